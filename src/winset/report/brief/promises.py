"""Pledges and their state: which can be checked, and what the others lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf, lacking
from winset.report.speech import known, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Pledges and their state"
#: What a pledge needs, in plain words.
PLEDGE_PARTS = {
    "indicator": "what is counted",
    "baseline": "where it starts",
    "target": "how much",
    "deadline": "until when",
    "series": "public series",
}


def build(desk: Desk) -> Leaf:
    """Write the section."""
    bloc = desk.bloc.removesuffix("+")
    leaf = Leaf(desk, "pledges", say(TITLE))
    done = leaf.try_(f"winset track {bloc}")
    if done is None:
        why = say(
            "No pledge of {bloc} is bundled; a table of its own is read by: winset track FILE.",
            bloc=known(bloc),
        )
        return lacking(desk, "pledges", say(TITLE), why)
    leaf.sentence = say(
        "{kept} of {n} {n|pledge|pledges} can be checked at all; {late} {late|lacks|lack} a deadline and "
        "{series} a public series.",
        kept=leaf.whole(done, "checkable"),
        n=leaf.count(done, "pledges_counted"),
        late=leaf.count(done, "missing.deadline"),
        series=leaf.whole(done, "missing.series"),
    )
    leaf.headings = (say("what is missing"), say("pledges"))
    leaf.axis = say("pledges that lack it")
    for part in PLEDGE_PARTS:
        leaf.rows.append((say(PLEDGE_PARTS[part]), leaf.whole(done, f"missing.{part}")))
        leaf.bar(say(PLEDGE_PARTS[part]), done, f"missing.{part}")
    leaf.doubt = say(
        "Of the pledges on record, a selection; that one can be checked says nothing of whether it was kept."
    )
    leaf.change = say("A public series for each pledge, kept by somebody other than who pledged.")
    leaf.sources = ("Each pledge with a page of its own",)
    return leaf
