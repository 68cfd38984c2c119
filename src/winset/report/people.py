"""Tables and sentences of `winset people` about a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.people.records import FULL
from winset.report.speech import (
    coded,
    few,
    known,
    listed,
    local,
    name,
    retold,
    say,
    signed,
    tiny,
    together,
)
from winset.report.words import counted
from winset.studies.people_gravity import LEAST, PAST, TRAINED, TRIED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.studies.people import PeopleAccount, PeopleStudy
    from winset.studies.people_outcome import PeopleFigure

WHERE = {
    "migrants": "Who lives where: {title}, {year}",
    "students": "Who studies where: {title}, {year}",
    "works": "Who publishes where: {title}, {year}",
}
HEADS = {"migrants": "migrants", "students": "students", "works": "works"}
TIES = {
    "weaker": "weaker",
    "as expected": "as expected",
    "stronger": "stronger",
    "not compared": "not compared",
}
FORECASTS = {
    "gravity": "gravity¦forecast",
    "no_change": "stays as it is",
    "trend": "goes on as it went",
}
#: What tells pairs apart, by the regressor's name.
SLOPES = {
    "ln_distance": "ln_distance",
    "border": "border",
    "language": "language",
    "colony": "colony",
    "visa": "visa",
    "ln_past": "ln_past",
}
NOT_AMONG = {
    "migrants": "Not among migrants: {who}.",
    "students": "Not among students: {who}.",
    "works": "Not among works: {who}.",
}
GRAVITY = {
    "migrants": "gravity of migrants {year} by PPML: {slopes}; {n} pairs; residual {residual}; table sha256 "
    "{hash}",
    "students": "gravity of students {year} by PPML: {slopes}; {n} pairs; residual {residual}; table sha256 "
    "{hash}",
    "works": "gravity of works {year} by PPML: {slopes}; {n} pairs; residual {residual}; table sha256 "
    "{hash}",
}


def tables(done: PeopleStudy, *, top: int) -> list[Table | str]:
    """Return members and corridors of every table, then works over time and forecasts."""
    made: list[Table | str] = []
    for account in done.accounts:
        if account.members:
            made += [_members(account), _corridors(account, done, top)]
            made += _said(account, done)
    made += _science(done)
    made += _forecast(done)
    return made


def _members(account: PeopleAccount) -> Table:
    table = Table(say(WHERE[account.kind], title=known(account.title), year=str(account.year)))
    table.names(say("code"), say("economy"))
    if account.kind == "works":
        table.figures(say("with abroad"), say("inside"), say("growth, %"))
        table.figures(say("a thousand¦people"), say("concentration"), spare=True)
        for side in account.members:
            table.add_row(
                side.code, name(side.code, side.name), count(side.out_all), count(side.out_inside),
                plain(side.growth, 0), plain(side.per_thousand, 2), plain(side.out_concentration, 2),
            )  # fmt: skip
        return table
    table.figures(say("abroad"), say("inside"), say("from abroad"), say("inside"))
    table.figures(
        say("balance¦of people"),
        say("growth, %"),
        say("a thousand¦people"),
        say("concentration"),
        spare=True,
    )
    for side in account.members:
        table.add_row(
            side.code, name(side.code, side.name), count(side.out_all), count(side.out_inside),
            count(side.in_all), count(side.in_inside), count(side.balance, sign=True),
            plain(side.growth, 0), plain(side.per_thousand, 1), plain(side.out_concentration, 2),
        )  # fmt: skip
    return table


def _corridors(account: PeopleAccount, done: PeopleStudy, top: int) -> Table:
    alone = len(done.chosen.codes) == 1
    shown = account.beyond if alone else account.inside
    table = Table(
        say("The largest corridors with all others, against what gravity expects")
        if alone
        else say("The largest corridors inside the group, against what gravity expects")
    )
    table.names(say("from¦where"), say("to¦where"))
    table.figures(say(HEADS[account.kind]), say("expected"), say("95 % interval"))
    table.names(say("tie"))
    rows = [c for c in shown if account.kind != "works" or alone or c.origin < c.destination]
    for one in rows[:top]:
        table.add_row(
            named(one.origin),
            named(one.destination),
            count(one.count),
            count(one.expected),
            "–" if np.isnan(one.low) else f"{count(one.low)} – {count(one.high)}",
            "" if one.tie in ("", "as expected") else say(TIES[one.tie]),
        )
    return table


def _said(account: PeopleAccount, done: PeopleStudy) -> list[str]:
    found = []
    weak = [c for c in account.inside if c.tie == "weaker"]
    strong = [c for c in account.inside if c.tie == "stronger"]
    half = 2 if account.kind == "works" else 1
    if account.gravity is not None and account.inside:
        said = [
            say(
                "{weak} ties inside are weaker than expected and {strong} stronger, of {all} that are known.",
                weak=len(weak) // half,
                strong=len(strong) // half,
                all=len(account.inside) // half,
            )
        ]
        if weak:
            most = max(weak, key=lambda c: c.expected - c.count)
            said.append(
                say(
                    "Most is missing from {a} to {b}: {n} where {expected} are expected.",
                    a=named(most.origin),
                    b=named(most.destination),
                    n=count(most.count),
                    expected=count(most.expected),
                )
            )
        found.append(together(said))
    for code, year, total in account.totals:
        if code in done.chosen.codes:
            found.append(
                say(
                    "{who} does not say from where its students come: {n} in all in {year}.",
                    who=named(code),
                    n=count(total),
                    year=str(year),
                )
            )
    if account.missing:
        found.append(
            say(
                "Not known inside the group, {n} of {all} corridors: {pairs}.",
                n=len(account.missing),
                all=len(account.missing) + len(account.inside),
                pairs=few(arrows(account.missing), 12),
            )
        )
    return found


def _science(done: PeopleStudy) -> list[Table | str]:
    if not done.science:
        return []
    table = Table(
        say(
            "Writing together: what being in the group does, all else equal (factor, 95 % interval)"
        )
    )
    table.names(say("year"))
    table.figures(say("works among members"), say("the group"), say("the EU"))
    table.figures(say("works at the EU's effect"))
    for effect in done.science:
        said = effect.to_json()
        factors = (said[key] for key in ("bloc_effect", "eu_effect"))
        table.add_row(
            str(effect.year),
            count(effect.works),
            *(
                "–"
                if one is None
                else local(f"{one['factor']:.2f} ({one['low']:.2f}–{one['high']:.2f})")
                for one in factors
            ),
            "–"
            if effect.at_union is None
            else f"{count(effect.at_union)} ({count(effect.at_union_low)}–{count(effect.at_union_high)})",
        )
    made: list[Table | str] = [table]
    if done.works:
        (first, before), (last, now) = done.works[0], done.works[-1]
        made.append(
            say(
                "Members wrote {before} works together in {first} and {now} in {last}, counted once a pair; "
                "part of the growth is better coverage.",
                before=count(before),
                first=str(first),
                now=count(now),
                last=str(last),
            )
        )
    return made


def _forecast(done: PeopleStudy) -> list[Table | str]:
    if done.forecast is None:
        return []
    said = done.forecast.to_json()
    table = Table(
        say(
            "Tried on a year unseen: stocks of {tried} from those of {past} and {trained}",
            tried=str(TRIED),
            past=str(PAST),
            trained=str(TRAINED),
        )
    )
    table.names(say("forecast"))
    table.figures(say("error, % of stocks"), say("root mean square"), say("of logs"))
    for row in said["forecasts"]:
        table.add_row(
            say(FORECASTS[row["forecast"]]),
            local(f"{100 * row['absolute_share']:.1f}"),
            count(row["root_mean_square"]),
            local(f"{row['root_mean_square_log']:.2f}"),
        )
    rows = {row["forecast"]: row["absolute_share"] for row in said["forecasts"]}
    best = min(rows, key=lambda name: rows[name])
    verdict = (
        say("Gravity is the best of the three.")
        if best == "gravity"
        else say(
            "Gravity is worse than the naive forecast that it {best}: it says which ties are unusual, and is "
            "no forecast.",
            best=say(FORECASTS[best]),
        )
    )
    return [table, verdict]


def notes(done: PeopleStudy) -> list[str]:
    """Return what is left out and how to read the figures."""
    said = [sentence] if (sentence := counted(done.chosen, say("the tables"))) else []
    for account in done.accounts:
        if account.absent:
            who = listed(coded(code) for code in account.absent)
            said.append(say(NOT_AMONG[account.kind], who=who))
        said += map(retold, account.notes)
    kinds = {account.kind for account in done.accounts}
    if "migrants" in kinds:
        said.append(
            say(
                "Migrants are by birth or by citizenship, whichever the host has; refugees are in it, "
                "seasonal workers are not, and many figures of 2020 are extrapolated. Russians in Kazakhstan "
                "and the like moved inside one state, mostly before 1991."
            )
        )
    if kinds & {"migrants", "students"}:
        said.append(
            say(
                "A host that names {n} origins or more is taken to name all; of one that names fewer the "
                "rest is not known, not zero.",
                n=FULL,
            )
        )
    if "students" in kinds:
        said.append(say("Students seek a degree abroad; most hosts end in 2016 or 2017."))
    if "works" in kinds:
        said.append(
            say(
                "A work of ten economies counts for 45 pairs; works at home are not in the data, so that "
                "being in a group is compared with other pairs, not with home."
            )
        )
    said.append(
        say(
            "Expected: by distance, border, language, colonial past, visa and migrants of 1990, with an "
            "effect of every origin and destination. A visa's coefficient is no effect: visas follow "
            "migration too."
        )
    )
    if done.forecast is not None:
        said.append(say("Of logs: of stocks of {n} persons or more.", n=f"{LEAST:.0f}"))
    return said


def footer(done: PeopleStudy) -> list[str]:
    """Return the lines that make the figures traceable."""
    lines = []
    for account in done.accounts:
        if account.gravity is not None:
            found = account.gravity.found
            slopes = listed(
                f"{say(SLOPES[c.name])} {signed(c.estimate, 2)} ({local(f'{c.error:.2f}')})"
                for c in found.coefficients
            )
            lines.append(
                say(
                    GRAVITY[account.kind],
                    year=str(account.year),
                    slopes=slopes,
                    n=found.observations,
                    residual=tiny(found.residual, 0),
                    hash=account.sha256[:12],
                )
            )
    lines.append(say("membership as of {on}", on=done.on.isoformat()))
    return lines


def ends(figure: PeopleFigure) -> tuple[str, str, str]:
    """Write a figure and its intervals."""
    return (
        count(figure.central, sign=True),
        f"{count(figure.low80, sign=True)} … {count(figure.high80, sign=True)}",
        f"{count(figure.low95, sign=True)} … {count(figure.high95, sign=True)}",
    )


def said_figure(figure: PeopleFigure) -> str:
    """Say a figure with both intervals."""
    middle, eighty, most = ends(figure)
    return say(
        "{middle} after (80 %: {eighty}; 95 %: {most})", middle=middle, eighty=eighty, most=most
    )


def arrows(pairs: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Return pairs by their codes in English, by their names in other languages."""
    return (f"{coded(a)} → {coded(b)}" for a, b in pairs)


def named(code: str) -> str:
    """Return an economy's name."""
    return name(code)


def count(value: float | None, *, sign: bool = False) -> str:
    """Write persons or works; an en dash where not known.

    >>> count(3471300.0), count(float("nan")), count(-12.4, sign=True)
    ('3,471,300', '–', '−12')
    """
    if value is None or value != value:
        return "–"
    digits = 0 if abs(value) >= 10 or value == round(value) else 1
    return signed(value, digits) if sign else local(f"{value:,.{digits}f}".replace("-", "−"))


def plain(value: float, digits: int) -> str:
    """Write a figure; an en dash where there is none."""
    text = "–" if value != value else f"{value:,.{digits}f}".replace("-", "−")
    return local(text if any(c in "123456789" for c in text) else text.removeprefix("−"))
