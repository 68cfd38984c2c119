"""The table of pledges, those that cannot be checked first, and the sentence for a journalist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.delivery.pledges import PARTS
from winset.delivery.series import bundled_series
from winset.delivery.status import METHODS
from winset.display import Table, signed
from winset.report.speech import known, listed, local, say

if TYPE_CHECKING:
    from typing import Any

    from winset.delivery.pace import Arrival
    from winset.delivery.pledges import Account, Pledge
    from winset.studies.promise_keeping_result import FollowedPledge, PromiseReport, Tracked

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


def checked(done: Account) -> dict[str, Any]:
    """Return the account of a draft with winset's own series that might measure what lacks one."""
    said = done.to_json()
    for pledge, entry in zip(done.pledges, said["pledges"], strict=True):
        entry["candidates"] = candidates(pledge)
    return said


def candidates(pledge: Pledge) -> list[str]:
    """Return series of winset's panel whose names share words with a pledge that names none."""
    if pledge.series or pledge.measure:
        return []
    words = {w[:5] for w in f"{pledge.indicator} {pledge.pledge}".casefold().split() if len(w) > 3}
    found = []
    for name in bundled_series().lines:
        hits = {w[:5] for w in name.split("_") if len(w) > 3} & words
        if hits:
            found.append((-len(hits), name))
    return [name for _, name in sorted(found)[:3]]


def followed(done: PromiseReport) -> tuple[Table | str, ...]:
    """Return what the series say: a table of lines, breaks, and sentences."""
    said: list[Table | str] = [*sentences(done.account)[:-1]]
    total = len(done.account.pledges)
    with_series, measured = len(done.kept), done.measured
    said.append(
        f"Of {total} pledges, {with_series} {'has' if with_series == 1 else 'have'} figures at hand, and "
        f"{len(measured)} any since the baseline."
    )
    for kept in done.kept.values():
        said += _unmeasured(kept)
    if measured:
        said += [_lines(done), *_of_methods(done), *_of_breaks(done)]
    said.append(
        "That an indicator moved is no proof that a promise moved it, and that it is on its way none that "
        "the promise was kept."
    )
    return tuple(said)


def _lines(done: PromiseReport) -> Table:
    table = Table("How far, by four methods: status, and the figure that it rests on")
    table.names("pledge", "economy")
    table.figures("from", "to", "target")
    table.names("Open SDG", "ESCAP", "SDG Index", "distance")
    table.figures("arrives")
    for kept in done.measured:
        for line in kept.lines:
            table.add_row(
                kept.pledge.key,
                line.economy,
                f"{line.path.base:g} ({line.path.base_year:.0f})",
                f"{line.line.values[-1]:.4g} ({line.line.years[-1]:.0f})",
                f"{line.path.target:g} ({line.path.deadline:.0f})",
                *_cells(line),
                arrives(line.arrival),
            )
    return table


def _cells(line: Tracked) -> list[str]:
    if line.four is None:
        return ["there before" if line.held else "fell back"] * len(METHODS)
    return [f"{said.status or '–'} ({_short(said.figure)})" for said in line.four.said]


def arrives(found: Arrival | None) -> str:
    """Write a year of arrival with its interval."""
    if found is None:
        return "–"
    if found.year is None:
        return "never at this pace"
    if found.low is None or found.high is None:
        return f"{found.year:.0f} (no telling)"
    return f"{found.year:.0f} ({found.low:.0f}–{found.high:.0f})"


def _of_methods(done: PromiseReport) -> list[str]:
    lines = sum(len(kept.lines) for kept in done.measured)
    said = [
        f"The methods agree on {lines - done.disagreeing} of {lines} lines"
        + (
            f"; on {done.disagreeing} the verdict is the method's, and nobody is ranked by them."
            if done.disagreeing
            else "."
        )
    ]
    for kept in done.measured:
        best, worst = kept.ends
        if len(kept.lines) > 1:
            said.append(
                f"{kept.pledge.key}: the best member by all methods is {best or 'nobody'}, the last "
                f"{worst or 'nobody'}."
            )
        if kept.gaps:
            said.append(
                f"{kept.pledge.key}: {len(kept.gaps)} bound without an answer: "
                + "; ".join(f"{who}: {why}" for who, why in list(kept.gaps.items())[:5])
                + "."
            )
    return said


def _of_breaks(done: PromiseReport) -> list[str]:
    said = []
    for kept in done.measured:
        for line in kept.lines:
            found = line.change
            if found is None:
                continue
            verdict = "changed" if found.found else "cannot be told to have changed"
            text = (
                f"{kept.pledge.key}, {line.economy}: from the pledge on the pace {verdict} "
                f"({signed(found.change, 3)} a year on {signed(found.before, 3)}, p = {found.p_value:.2f}); "
            )
            text += (
                "the pace before was enough already"
                if found.power is None
                else f"the change that was needed would have been seen with a chance of {found.power:.0%}"
            )
            if found.placebo_share is not None:
                text += (
                    f"; {found.placebo_share:.0%} of {found.placebos} that promised nothing changed "
                    "as far"
                )
            said.append(text + ".")
    return said


def _unmeasured(kept: FollowedPledge) -> list[str]:
    if kept.measured:
        return []
    why = "; ".join(f"{who}: {text}" for who, text in list(kept.gaps.items())[:3])
    more = f" and {len(kept.gaps) - 3} more" if len(kept.gaps) > 3 else ""
    said = f"{kept.pledge.key}: no figure since the pledge ({why}{more})."
    if kept.pace_before is not None and kept.pace_needed is not None:
        said += (
            f" Before it the pace was {signed(kept.pace_before, 3)} a year; the pledge needs "
            f"{signed(kept.pace_needed, 3)}."
        )
    return [said]


def footer(done: PromiseReport) -> list[str]:
    """Return what the figures rest on."""
    return [
        f"Series: {done.series}. Statuses: reached, on-track, too-slow, away. Open SDG: pace over needed "
        "pace, on track from 0.95; ESCAP: 100 less the gap expected at the deadline in percent of the way, "
        "on track from 90; SDG Index: score, on track where the last five years' pace is the needed one; "
        "distance: share of the way done, against the share of time."
    ]


def _short(x: float | None) -> str:
    return "–" if x is None else f"{x:.3g}".replace("-", "−")
