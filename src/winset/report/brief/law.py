"""Treaties: who is bound by what, and who votes alike on like cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Rules kept in common: treaties, and like cases"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "law", say(TITLE))
    bound = leaf.ask(f"winset treaty {desk.with_seat} --on {desk.on}")
    alike = leaf.try_(f"winset even {desk.with_seat} --on {desk.on}")
    codes = [row["code"] for row in bound.payload["economies"]]
    leaf.sentence = say(
        "Of {n} general {n|treaty|treaties} on record all have joined {all}; {first} has joined most "
        "({most}), {last} fewest ({least}).",
        n=leaf.count(bound, "count(treaties)"),
        all=leaf.whole(bound, "count(common)"),
        first=name(codes[0]),
        most=leaf.share(bound, f"economies[code={codes[0]}].share"),
        last=name(codes[-1]),
        least=leaf.share(bound, f"economies[code={codes[-1]}].share"),
    )
    voted = {} if alike is None else {row["code"] for row in alike.payload["economies"]}
    leaf.headings = (
        say("state"),
        say("treaties joined"),
        say("of all"),
        say("same vote on like cases"),
        say("low"),
        say("high"),
    )
    leaf.axis = say("treaties joined, % of those on record")
    for code in leaf.chosen(codes):
        place = f"economies[code={code}]"
        even = alike if code in voted else None
        leaf.rows.append(
            (
                leaf.named(code),
                leaf.whole(bound, f"{place}.party"),
                leaf.share(bound, f"{place}.share"),
                *(leaf.share(even, f"{place}.{key}") for key in ("same", "low", "high")),
            )
        )
        leaf.bar(leaf.named(code), bound, f"{place}.share", 100.0)
    if desk.seat in codes:
        leaf.seat = say(
            "{name}: party to {n}; signed and not ratified: {signed}.",
            name=name(str(desk.seat)),
            n=leaf.whole(bound, f"economies[code={desk.seat}].party"),
            signed=leaf.whole(bound, f"economies[code={desk.seat}].signed_only"),
        )
    leaf.doubt = say(
        "Joining is not keeping, like titles are not like facts, and the intervals of like cases are wide: "
        "their order is not settled."
    )
    leaf.change = say("Measures of compliance, and reservations, which this record has not.")
    leaf.sources = (
        "United Nations Treaty Collection, 2015 and 2022; manytreaties; UN roll calls, titles read by winset",
    )
    return leaf
