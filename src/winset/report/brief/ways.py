"""Corridors: through whom each member's trade passes, and on whom it depends for its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf, lacking
from winset.report.speech import known, name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Corridors: through whom trade passes"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "ways", say(TITLE))
    done = leaf.ask("winset route --map")
    rows = {row["code"]: row for row in done.payload["economies"] if row["share_through_it"]}
    codes = sorted(
        (code for code in desk.members if code in rows),
        key=lambda code: -rows[code]["share_through_it"],
    )
    if 2 * len(codes) < max(4, len(desk.members)):
        why = say(
            "Of the {all} members of {bloc} {n} {n|is|are} on the network of Eurasia: too few to say through "
            "whom it trades.",
            all=len(desk.members),
            bloc=known(desk.bloc),
            n=len(codes),
        )
        return lacking(desk, "ways", say(TITLE), why)
    first = codes[0]
    leaf.sentence = say(
        "{name} depends most on one neighbor for its way: {share} of its trade by land and sea passes "
        "through {through}.",
        name=name(first),
        share=leaf.share(done, f"economies[code={first}].share_through_it"),
        through=name(rows[first]["most_dependent_on"]),
    )
    leaf.headings = (say("member"), say("passes most through"), say("share of its trade"))
    leaf.axis = say("share of trade through one neighbor, %")
    for code in leaf.chosen(codes):
        place = f"economies[code={code}].share_through_it"
        leaf.rows.append(
            (leaf.named(code), name(rows[code]["most_dependent_on"]), leaf.share(done, place))
        )
        leaf.bar(leaf.named(code), done, place, 100.0)
    if desk.seat in rows:
        leaf.seat = say(
            "{name}: {share} of its trade passes through {through}.",
            name=name(str(desk.seat)),
            share=leaf.share(done, f"economies[code={desk.seat}].share_through_it"),
            through=name(rows[str(desk.seat)]["most_dependent_on"]),
        )
    leaf.doubt = say(
        "Trade takes the best way of the network, all of it; hours and prices are mostly derived or general "
        "knowledge, each with its grade."
    )
    leaf.change = say("Transit by border post, as customs count it.")
    leaf.sources = ("winset's network of Eurasia, each figure with its grade",)
    return leaf
