"""The table of pledges, those that cannot be checked first, and the sentence for a journalist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.delivery.pledges import PARTS
from winset.display import Table
from winset.report.speech import known, listed, local, say

if TYPE_CHECKING:
    from winset.delivery.pledges import Account

#: What to add, by what is missing.
REMEDY = {
    "indicator": "say what is to be counted, in which unit",
    "baseline": "state the value and year from which it is measured",
    "target": "state a figure",
    "deadline": "state a date",
    "series": "name a public series, or who will publish one",
}


#: What a pledge may lack, in words.
PART = {
    "indicator": "indicator",
    "baseline": "baseline",
    "target": "target",
    "deadline": "deadline",
    "series": "series",
}


def table(done: Account) -> Table:
    """Return every pledge with what it lacks."""
    made = Table(
        say("Pledges of {who}: those that cannot be checked come first", who=known(done.who))
    )
    made.names(say("id"), say("date"), say("pledge"))
    made.figures(say("target"), say("until"))
    made.names(say("missing"))
    for pledge in done.pledges:
        target = "–" if pledge.target is None else local(f"{pledge.target:g}") + f" {pledge.unit}"
        made.add_row(
            pledge.key,
            pledge.date,
            pledge.pledge,
            target,
            pledge.deadline or "–",
            listed(say(PART[part]) for part in pledge.missing) or say("nothing"),
        )
    return made


def sentences(done: Account) -> tuple[str, ...]:
    """Say how many can be checked, what is missing most, and what to write instead."""
    total, lacking = len(done.pledges), len(done.unchecked)
    said = [
        say(
            "{n} of {all} pledges can be checked: they have indicator, unit, target, deadline and a public "
            "series, and a baseline where one is needed.",
            n=total - lacking,
            all=total,
        )
    ]
    counts = {part: sum(part in p.missing for p in done.pledges) for part in PARTS}
    said += [
        say(
            "{n} {n|lacks|lack} the {part}: {remedy}.",
            n=count,
            part=say(PART[part]),
            remedy=say(REMEDY[part]),
        )
        for part, count in counts.items()
        if count
    ]
    said.append(say("Whether a series is kept says nothing of whether a pledge was kept."))
    return tuple(said)
