"""The table of pledges, those that cannot be checked first, and the sentence for a journalist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.delivery.pledges import PARTS
from winset.delivery.series import bundled_series
from winset.delivery.status import METHODS
from winset.display import Table
from winset.report.speech import (
    known,
    language,
    listed,
    local,
    retold,
    say,
    signed,
    together,
)

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


#: How far a pledge is, in words.
STATUSES = {
    "reached": "reached",
    "on-track": "on-track",
    "too-slow": "too-slow",
    "away": "away",
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
        target = (
            "–" if pledge.target is None else local(f"{pledge.target:g}") + f" {known(pledge.unit)}"
        )
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
    measured = done.measured
    said.append(
        say(
            "Of {total} pledges, {n} {n|has|have} figures at hand, and {measured} any since the baseline.",
            total=len(done.account.pledges),
            n=len(done.kept),
            measured=len(measured),
        )
    )
    for kept in done.kept.values():
        said += _unmeasured(kept)
    if measured:
        said += [_lines(done), *_of_methods(done), *_of_breaks(done)]
    said.append(
        say(
            "That an indicator moved is no proof that a promise moved it, and that it is on its way none "
            "that the promise was kept."
        )
    )
    return tuple(said)


def _lines(done: PromiseReport) -> Table:
    table = Table(say("How far, by four methods: status, and the figure that it rests on"))
    table.names(say("pledge"), say("economy"))
    table.figures(say("from¦start"), say("to¦last"), say("target"))
    table.names("Open SDG", "ESCAP", "SDG Index", say("distance¦to the target"))
    table.figures(say("arrives"))
    for kept in done.measured:
        for line in kept.lines:
            table.add_row(
                kept.pledge.key,
                called(line.economy),
                f"{local(f'{line.path.base:g}')} ({line.path.base_year:.0f})",
                f"{local(f'{line.line.values[-1]:.4g}')} ({line.line.years[-1]:.0f})",
                f"{local(f'{line.path.target:g}')} ({line.path.deadline:.0f})",
                *_cells(line),
                arrives(line.arrival),
            )
    return table


def called(who: str) -> str:
    """Return the code of an economy or bloc, as the terminal prints it; its name in other languages."""
    return who if language() == "en" else retold(who)


def _cells(line: Tracked) -> list[str]:
    if line.four is None:
        return [say("there before") if line.held else say("fell back")] * len(METHODS)
    return [
        f"{say(STATUSES[said.status]) if said.status else '–'} ({_short(said.figure)})"
        for said in line.four.said
    ]


def arrives(found: Arrival | None) -> str:
    """Write a year of arrival with its interval."""
    if found is None:
        return "–"
    if found.year is None:
        return say("never at this pace")
    if found.low is None or found.high is None:
        return say("{year} (no telling)", year=f"{found.year:.0f}")
    return f"{found.year:.0f} ({found.low:.0f}–{found.high:.0f})"


def _of_methods(done: PromiseReport) -> list[str]:
    lines = sum(len(kept.lines) for kept in done.measured)
    told = {"n": lines - done.disagreeing, "lines": lines}
    said = [
        say(
            "The methods agree on {n} of {lines} lines; on {other} the verdict is the method's, and nobody "
            "is ranked by them.",
            **told,
            other=done.disagreeing,
        )
        if done.disagreeing
        else say("The methods agree on {n} of {lines} lines.", **told)
    ]
    for kept in done.measured:
        best, worst = kept.ends
        if len(kept.lines) > 1:
            said.append(
                say(
                    "{pledge}: the best member by all methods is {best}, the last {worst}.",
                    pledge=kept.pledge.key,
                    best=called(best) if best else say("nobody¦of members"),
                    worst=called(worst) if worst else say("nobody¦of members"),
                )
            )
        if kept.gaps:
            said.append(
                say(
                    "{pledge}: {n} bound without an answer: {why}.",
                    pledge=kept.pledge.key,
                    n=len(kept.gaps),
                    why=_why(kept, 5),
                )
            )
    return said


def _why(kept: FollowedPledge, most: int) -> str:
    said = [say("{who}: {why}", who=called(who), why=retold(why)) for who, why in kept.gaps.items()]
    return say("; ").join(said[:most])


def _of_breaks(done: PromiseReport) -> list[str]:
    said = []
    for kept in done.measured:
        for line in kept.lines:
            found = line.change
            if found is None:
                continue
            told = {
                "pledge": kept.pledge.key,
                "who": called(line.economy),
                "change": signed(found.change, 3),
                "before": signed(found.before, 3),
                "p": local(f"{found.p_value:.2f}"),
            }
            parts = [
                say(
                    "{pledge}, {who}: from the pledge on the pace changed ({change} a year on {before}, "
                    "p = {p})",
                    **told,
                )
                if found.found
                else say(
                    "{pledge}, {who}: from the pledge on the pace cannot be told to have changed ({change} a "
                    "year on {before}, p = {p})",
                    **told,
                ),
                say("the pace before was enough already")
                if found.power is None
                else say(
                    "the change that was needed would have been seen with a chance of {power}%",
                    power=f"{100 * found.power:.0f}",
                ),
            ]
            if found.placebo_share is not None:
                parts.append(
                    say(
                        "{share}% of {n} that promised nothing changed as far",
                        share=f"{100 * found.placebo_share:.0f}",
                        n=found.placebos,
                    )
                )
            said.append(say("{parts}.", parts=say("; ").join(parts)))
    return said


def _unmeasured(kept: FollowedPledge) -> list[str]:
    if kept.measured:
        return []
    told = {"pledge": kept.pledge.key, "why": _why(kept, 3)}
    more = len(kept.gaps) - 3
    said = [
        say("{pledge}: no figure since the pledge ({why} and {n} more).", **told, n=more)
        if more > 0
        else say("{pledge}: no figure since the pledge ({why}).", **told)
    ]
    if kept.pace_before is not None and kept.pace_needed is not None:
        said.append(
            say(
                "Before it the pace was {before} a year; the pledge needs {needed}.",
                before=signed(kept.pace_before, 3),
                needed=signed(kept.pace_needed, 3),
            )
        )
    return [together(said)]


def footer(done: PromiseReport) -> list[str]:
    """Return what the figures rest on."""
    return [
        say(
            "Series: {series}. Statuses: reached, on-track, too-slow, away. Open SDG: pace over needed "
            "pace, on track from 0.95; ESCAP: 100 less the gap expected at the deadline in percent of the "
            "way, on track from 90; SDG Index: score, on track where the last five years' pace is the needed "
            "one; distance: share of the way done, against the share of time.",
            series=known(done.series),
        )
    ]


def _short(x: float | None) -> str:
    return "–" if x is None else local(f"{x:.3g}".replace("-", "−"))
