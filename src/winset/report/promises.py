"""The table of pledges, those that cannot be checked first, and the sentence for a journalist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.delivery.pledges import PARTS
from winset.display import Table

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


def table(done: Account) -> Table:
    """Return every pledge with what it lacks."""
    made = Table(f"Pledges of {done.who}: those that cannot be checked come first")
    made.names("id", "date", "pledge")
    made.figures("target", "until")
    made.names("missing")
    for pledge in done.pledges:
        target = "–" if pledge.target is None else f"{pledge.target:g} {pledge.unit}"
        made.add_row(
            pledge.key,
            pledge.date,
            pledge.pledge,
            target,
            pledge.deadline or "–",
            ", ".join(pledge.missing) or "nothing",
        )
    return made


def sentences(done: Account) -> tuple[str, ...]:
    """Say how many can be checked, what is missing most, and what to write instead."""
    total, lacking = len(done.pledges), len(done.unchecked)
    said = [
        f"{total - lacking} of {total} pledges can be checked: they have indicator, unit, target, "
        "deadline and a public series, and a baseline where one is needed."
    ]
    counts = {part: sum(part in p.missing for p in done.pledges) for part in PARTS}
    said += [
        f"{count} lack{'s' if count == 1 else ''} the {part}: {REMEDY[part]}."
        for part, count in counts.items()
        if count
    ]
    said.append("Whether a series is kept says nothing of whether a pledge was kept.")
    return tuple(said)
