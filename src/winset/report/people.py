"""Tables and sentences of `winset people`.

It is one file because what is said of a figure, and what makes it doubtful, stands beside the table that
has it.
"""

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
    together,
)
from winset.report.words import counted
from winset.studies.people_gravity import LEAST, PAST, TRAINED, TRIED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.people.labor import LaborSheet
    from winset.scenario.people_effects import Evidence
    from winset.studies.people import PeopleAccount, PeopleStudy
    from winset.studies.people_outcome import PeopleFigure, PeopleOutcome
    from winset.studies.people_scenario import PeopleScenario

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
CHANGED = {
    "migrants": "Migrants on the corridors that change: {before} before ({year}), {after}.",
    "students": "Students on the corridors that change: {before} before ({year}), {after}.",
    "works": "Works on the corridors that change: {before} before ({year}), {after}.",
}
INTO = {
    "migrants": "To where: migrants from abroad",
    "students": "To where: students from abroad",
    "works": "To where: works from abroad",
}
OUT = {
    "migrants": "From where: migrants abroad",
    "students": "From where: students abroad",
    "works": "From where: works abroad",
}
NOT_AMONG = {
    "migrants": "Not among migrants: {who}.",
    "students": "Not among students: {who}.",
    "works": "Not among works: {who}.",
}
KEPT = {
    "migrants": "Not known among migrants and left as they are: {pairs}.",
    "students": "Not known among students and left as they are: {pairs}.",
    "works": "Not known among works and left as they are: {pairs}.",
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
                    residual=f"{found.residual:.0e}",
                    hash=account.sha256[:12],
                )
            )
    lines.append(say("membership as of {on}", on=done.on.isoformat()))
    return lines


def scenario_tables(done: PeopleScenario, *, top: int) -> list[Table | str]:
    """Return what a scenario does to people, then sheets, scholarships and trade."""
    made: list[Table | str] = []
    for outcome in done.outcomes:
        made += _outcome(outcome, top)
    for _, sheet in done.sheets:
        made.append(sheet_table(sheet))
    if done.trade is not None:
        said = done.trade.to_json()
        share = said["share_through_people"]
        told = {
            "who": few((coded(code) for code in done.trade.members), 8),
            "whole": signed(done.trade.whole, 0),
            "low": signed(done.trade.low, 0),
            "high": signed(done.trade.high, 0),
            "without": signed(done.trade.without, 0),
        }
        made.append(
            say(
                "Through trade: {who} gain {whole} USD million of all changes ({low} to {high} at the ends "
                "of what studies say), {without} without those of people.",
                **told,
            )
            if share is None
            else say(
                "Through trade: {who} gain {whole} USD million of all changes ({low} to {high} at the ends "
                "of what studies say), {without} without those of people; {share} % of the gain comes "
                "through people.",
                **told,
                share=f"{100 * share:.0f}",
            )
        )
    return made


def _outcome(outcome: PeopleOutcome, top: int) -> list[Table | str]:
    what = outcome.kind
    made: list[Table | str] = []
    made.append(
        say(
            CHANGED[what],
            before=count(outcome.treated_before),
            year=str(outcome.year),
            after=said_figure(outcome.treated),
        )
    )
    for title, places in (
        (say(INTO[what]), outcome.destinations),
        (say(OUT[what]), outcome.origins),
    ):
        table = Table(title)
        table.names(say("code"), say("economy"))
        table.figures(say("before"), say("more"), say("80 % interval"), say("95 % interval"))
        table.figures(say("a thousand¦people"))
        for place in places[:top]:
            table.add_row(
                place.code, name(place.code, place.name), count(place.before), *ends(place.more),
                plain(place.per_thousand, 2),
            )  # fmt: skip
        made.append(table)
    gone = [f"{named(code)} {count(less)}" for code, less in outcome.from_elsewhere]
    told = {"home": count(outcome.from_home), "n": count(outcome.diverted)}
    made.append(
        say(
            "Of those who come, {home} would have stayed at home and {n} would have gone elsewhere: {gone}.",
            **told,
            gone=few(gone, 5),
        )
        if gone
        else say(
            "Of those who come, {home} would have stayed at home and {n} would have gone elsewhere.",
            **told,
        )
    )
    if outcome.refused:
        narrow = (
            f"{coded(code)} {local(f'{factor:.2f}')}"
            for code, factor in sorted(outcome.refused, key=lambda x: x[1])
        )
        made.append(
            say(
                "{n} hosts are full; what they admit most narrowly: {narrow}.",
                n=len(outcome.refused),
                narrow=few(narrow, 5),
            )
        )
    for one in outcome.scholarships:
        said = {
            "n": count(one["scholarships"]),
            "more": count(one["more_students"]),
            "share": f"{100 * one['to_those_who_come_anyway']:.0f}",
        }
        made.append(
            say(
                "{n} scholarships bring {more} more students; {share} % go to those who come anyway.",
                **said,
            )
            if one["usd_for_one_more_student"] is None
            else say(
                "{n} scholarships bring {more} more students; {share} % go to those who come anyway, and one "
                "more student costs {cost} USD a year.",
                **said,
                cost=count(one["usd_for_one_more_student"]),
            )
        )
    if outcome.remittances:
        table = Table(say("Remittances, USD million a year, as modelled"))
        table.names(say("code"), say("economy"))
        table.figures(say("before"), say("more"))
        for code, before, change in outcome.remittances[:top]:
            table.add_row(code, named(code), local(f"{before:,.0f}"), signed(change, 1))
        made.append(table)
    return made


def sheet_table(sheet: LaborSheet) -> Table:
    """Return a labor agreement's sheet, line by line."""
    table = Table(say("What a labor agreement is worth to those who move"))
    table.names(say("line¦of a sheet"))
    table.figures(say("figure"))
    rate = local(f"{100 * sheet.rate:g}")
    for line, value in (
        (say("migrants before"), f"{sheet.migrants:,.3f}"),
        (say("coefficient of an agreement, log points"), f"{sheet.coefficient:g}"),
        (say("more migrants"), f"{sheet.more_migrants:,.4f}"),
        (say("gain of each, in yearly incomes"), f"{sheet.gain:g}"),
        (say("yearly income, USD"), f"{sheet.income_usd:,.2f}"),
        (say("gain a year, USD"), f"{sheet.gain_usd_a_year:,.1f}"),
        (
            say("present value of {n} years at {rate} %, USD", n=sheet.years, rate=rate),
            f"{sheet.present_value_usd:,.2f}",
        ),
        (say("of it the first {n}, USD", n=sheet.first_years), f"{sheet.first_years_usd:,.2f}"),
        (say("what comes after them, USD"), f"{sheet.after_first_years_usd:,.2f}"),
    ):
        table.add_row(line, local(value))
    return table


def studied(one: Evidence) -> str:
    """Say what a study found, and what it is of."""
    size = (
        say("no figure")
        if one.estimate is None
        else f"{local(f'{one.estimate:.3g}')} {known(one.unit)}"
    )
    return say(
        "{kind}: {size} ({basis}; {source}, {read}): {note}.",
        kind=known(one.kind),
        size=size,
        basis=known(one.basis),
        source=known(one.source),
        read=known(one.read) if one.read else say("own¦figure"),
        note=known(one.note),
    )


def scenario_notes(done: PeopleScenario) -> list[str]:
    """Return what the figures rest on, and what is not known."""
    said = []
    seen: dict[str, None] = {}
    for outcome in done.outcomes:
        seen |= dict.fromkeys(map(studied, outcome.evidence))
        if outcome.missing:
            said.append(say(KEPT[outcome.kind], pairs=few(arrows(outcome.missing), 8)))
        if outcome.without_home:
            who = few((coded(code) for code in outcome.without_home), 8)
            said.append(say("No population at hand, so that nobody stays at home: {who}.", who=who))
    said += seen
    if any(outcome.evidence for outcome in done.outcomes):
        said.append(
            say(
                "Estimates are drawn evenly between their ends; the middle is a middle, not a best guess. "
                "Intervals hold what studies disagree on, not what the model leaves out: wages, rents, "
                "return."
            )
        )
    if done.outcomes:
        said.append(
            say("Totals are open: who stays at home is counted with the population of 2023.")
            if done.totals == "open"
            else say("Totals are closed: as many are abroad as before.")
        )
        said.append(
            say(
                "Who leaves is counted in persons; how educated they are, and how many return: no evidence."
            )
        )
    if any(outcome.remittances for outcome in done.outcomes):
        said.append(
            say(
                "Remittances are modelled by the World Bank from stocks and incomes; newcomers are taken to "
                "send as much as those who are there."
            )
        )
    if done.sheets:
        said.append(
            say(
                "The sheet counts migrants' own gain, at the beginning of each year: no cost of moving, "
                "nothing for those who stay, nothing of the hosts."
            )
        )
    if done.other:
        said.append(
            say(
                "Changes that are not about people: {what}; see winset run.",
                what=listed(known(str(one)) for one in done.other),
            )
        )
    return said


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
