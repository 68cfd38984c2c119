"""Tables and sentences of `winset people`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table, signed
from winset.errors import listed
from winset.people.records import FULL
from winset.places.economies import economies
from winset.report.words import counted
from winset.studies.people_gravity import LEAST, PAST, TRAINED, TRIED

if TYPE_CHECKING:
    from winset.people.labor import LaborSheet
    from winset.studies.people import PeopleAccount, PeopleStudy
    from winset.studies.people_outcome import PeopleFigure, PeopleOutcome
    from winset.studies.people_scenario import PeopleScenario

VERB = {"migrants": "lives", "students": "studies", "works": "publishes"}
HEADS = {"migrants": "migrants", "students": "students", "works": "works"}


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
    table = Table(f"Who {VERB[account.kind]} where: {account.title}, {account.year}")
    table.names("code", "economy")
    if account.kind == "works":
        table.figures("with abroad", "inside", "growth, %")
        table.figures("a thousand", "concentration", spare=True)
        for side in account.members:
            table.add_row(
                side.code, side.name, count(side.out_all), count(side.out_inside),
                plain(side.growth, 0), plain(side.per_thousand, 2), plain(side.out_concentration, 2),
            )  # fmt: skip
        return table
    table.figures("abroad", "inside", "from abroad", "inside")
    table.figures("balance", "growth, %", "a thousand", "concentration", spare=True)
    for side in account.members:
        table.add_row(
            side.code, side.name, count(side.out_all), count(side.out_inside), count(side.in_all),
            count(side.in_inside), count(side.balance, sign=True), plain(side.growth, 0),
            plain(side.per_thousand, 1), plain(side.out_concentration, 2),
        )  # fmt: skip
    return table


def _corridors(account: PeopleAccount, done: PeopleStudy, top: int) -> Table:
    alone = len(done.chosen.codes) == 1
    shown = account.beyond if alone else account.inside
    where = "with all others" if alone else "inside the group"
    table = Table(f"The largest corridors {where}, against what gravity expects")
    table.names("from", "to")
    table.figures(HEADS[account.kind], "expected", "95 % interval")
    table.names("tie")
    rows = [c for c in shown if account.kind != "works" or alone or c.origin < c.destination]
    for one in rows[:top]:
        table.add_row(
            named(one.origin),
            named(one.destination),
            count(one.count),
            count(one.expected),
            "–" if np.isnan(one.low) else f"{count(one.low)} – {count(one.high)}",
            "" if one.tie == "as expected" else one.tie,
        )
    return table


def _said(account: PeopleAccount, done: PeopleStudy) -> list[str]:
    found = []
    weak = [c for c in account.inside if c.tie == "weaker"]
    strong = [c for c in account.inside if c.tie == "stronger"]
    half = 2 if account.kind == "works" else 1
    if account.gravity is not None and account.inside:
        said = (
            f"{len(weak) // half} ties inside are weaker than expected and {len(strong) // half} "
            "stronger, of "
            f"{len(account.inside) // half} that are known."
        )
        if weak:
            most = max(weak, key=lambda c: c.expected - c.count)
            said += (
                f" Most is missing from {named(most.origin)} to {named(most.destination)}: "
                f"{count(most.count)} "
                f"where {count(most.expected)} are expected."
            )
        found.append(said)
    for code, year, total in account.totals:
        if code in done.chosen.codes:
            found.append(
                f"{named(code)} does not say from where its students come: {count(total)} in all in {year}."
            )
    if account.missing:
        pairs = [f"{a} → {b}" for a, b in account.missing]
        found.append(
            f"Not known inside the group, {len(pairs)} of {len(pairs) + len(account.inside)} corridors: "
            f"{listed(pairs, 12)}."
        )
    return found


def _science(done: PeopleStudy) -> list[Table | str]:
    if not done.science:
        return []
    table = Table(
        "Writing together: what being in the group does, all else equal (factor, 95 % interval)"
    )
    table.names("year")
    table.figures("works among members", "the group", "the EU", "works at the EU's effect")
    for effect in done.science:
        said = effect.to_json()
        bloc, union = (said[key] for key in ("bloc_effect", "eu_effect"))
        table.add_row(
            str(effect.year),
            count(effect.works),
            "–" if bloc is None else f"{bloc['factor']:.2f} ({bloc['low']:.2f}–{bloc['high']:.2f})",
            "–"
            if union is None
            else f"{union['factor']:.2f} ({union['low']:.2f}–{union['high']:.2f})",
            "–"
            if effect.at_union is None
            else f"{count(effect.at_union)} ({count(effect.at_union_low)}–{count(effect.at_union_high)})",
        )
    made: list[Table | str] = [table]
    if done.works:
        (first, before), (last, now) = done.works[0], done.works[-1]
        made.append(
            f"Members wrote {count(before)} works together in {first} and {count(now)} in {last}, "
            "counted once a "
            "pair; part of the growth is better coverage."
        )
    return made


def _forecast(done: PeopleStudy) -> list[Table | str]:
    if done.forecast is None:
        return []
    said = done.forecast.to_json()
    table = Table(f"Tried on a year unseen: stocks of {TRIED} from those of {PAST} and {TRAINED}")
    table.names("forecast")
    table.figures("error, % of stocks", "root mean square", "of logs")
    names = {"gravity": "gravity", "no_change": "stays as it is", "trend": "goes on as it went"}
    for row in said["forecasts"]:
        table.add_row(
            names[row["forecast"]],
            f"{100 * row['absolute_share']:.1f}",
            count(row["root_mean_square"]),
            f"{row['root_mean_square_log']:.2f}",
        )
    rows = {row["forecast"]: row["absolute_share"] for row in said["forecasts"]}
    best = min(rows, key=lambda name: rows[name])
    verdict = (
        "Gravity is the best of the three."
        if best == "gravity"
        else f"Gravity is worse than the naive forecast that it {names[best]}: it says which ties are "
        "unusual, and is no forecast."
    )
    return [table, verdict]


def notes(done: PeopleStudy) -> list[str]:
    """Return what is left out and how to read the figures."""
    said = [sentence] if (sentence := counted(done.chosen, "the tables")) else []
    for account in done.accounts:
        if account.absent:
            said.append(f"Not among {account.kind}: {', '.join(account.absent)}.")
        said += account.notes
    kinds = {account.kind for account in done.accounts}
    if "migrants" in kinds:
        said.append(
            "Migrants are by birth or by citizenship, whichever the host has; refugees are in it, "
            "seasonal workers "
            "are not, and many figures of 2020 are extrapolated. Russians in Kazakhstan and the like moved "
            "inside one state, mostly before 1991."
        )
    if kinds & {"migrants", "students"}:
        said.append(
            f"A host that names {FULL} origins or more is taken to name all; of one that names fewer "
            "the rest is "
            "not known, not zero."
        )
    if "students" in kinds:
        said.append("Students seek a degree abroad; most hosts end in 2016 or 2017.")
    if "works" in kinds:
        said.append(
            "A work of ten economies counts for 45 pairs; works at home are not in the data, so that "
            "being in a group "
            "is compared with other pairs, not with home."
        )
    said.append(
        "Expected: by distance, border, language, colonial past, visa and migrants of 1990, with an "
        "effect of every "
        "origin and destination. A visa's coefficient is no effect: visas follow migration too."
    )
    if done.forecast is not None:
        said.append(f"Of logs: of stocks of {LEAST:.0f} persons or more.")
    return said


def footer(done: PeopleStudy) -> list[str]:
    """Return the lines that make the figures traceable."""
    lines = []
    for account in done.accounts:
        if account.gravity is not None:
            found = account.gravity.found
            slopes = ", ".join(
                f"{c.name} {signed(c.estimate, 2)} ({c.error:.2f})" for c in found.coefficients
            )
            lines.append(
                f"gravity of {account.kind} {account.year} by PPML: {slopes}; {found.observations:,} "
                "pairs; residual "
                f"{found.residual:.0e}; table sha256 {account.sha256[:12]}"
            )
    lines.append(f"membership as of {done.on.isoformat()}")
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
        made.append(
            f"Through trade: {listed(done.trade.members)} gain {signed(done.trade.whole, 0)} USD "
            f"million of all changes ({signed(done.trade.low, 0)} to {signed(done.trade.high, 0)} at "
            f"the ends of what studies say), {signed(done.trade.without, 0)} without those of people"
            + ("." if share is None else f"; {100 * share:.0f} % of the gain comes through people.")
        )
    return made


def _outcome(outcome: PeopleOutcome, top: int) -> list[Table | str]:
    what = outcome.kind
    made: list[Table | str] = []
    treated = outcome.treated
    made.append(
        f"{what.capitalize()} on the corridors that change: {count(outcome.treated_before)} before "
        f"({outcome.year}), {said_figure(treated)}."
    )
    for title, places in (
        (f"To where: {what} from abroad", outcome.destinations),
        (f"From where: {what} abroad", outcome.origins),
    ):
        table = Table(title)
        table.names("code", "economy")
        table.figures("before", "more", "80 % interval", "95 % interval", "a thousand")
        for place in places[:top]:
            table.add_row(
                place.code, place.name, count(place.before), *ends(place.more),
                plain(place.per_thousand, 2),
            )  # fmt: skip
        made.append(table)
    gone = [f"{named(code)} {count(less)}" for code, less in outcome.from_elsewhere]
    made.append(
        f"Of those who come, {count(outcome.from_home)} would have stayed at home and "
        f"{count(outcome.diverted)} would "
        f"have gone elsewhere{': ' if gone else ''}{listed(gone, 5)}."
    )
    if outcome.refused:
        made.append(
            f"{len(outcome.refused)} hosts are full; what they admit most narrowly: "
            + listed(
                [
                    f"{code} {factor:.2f}"
                    for code, factor in sorted(outcome.refused, key=lambda x: x[1])
                ],
                5,
            )
            + "."
        )
    for one in outcome.scholarships:
        said = (
            f"{count(one['scholarships'])} scholarships bring {count(one['more_students'])} more students; "
            f"{100 * one['to_those_who_come_anyway']:.0f} % go to those who come anyway"
        )
        if one["usd_for_one_more_student"] is not None:
            said += (
                f", and one more student costs {count(one['usd_for_one_more_student'])} USD a year"
            )
        made.append(said + ".")
    if outcome.remittances:
        table = Table("Remittances, USD million a year, as modelled")
        table.names("code", "economy")
        table.figures("before", "more")
        for code, before, change in outcome.remittances[:top]:
            table.add_row(code, named(code), f"{before:,.0f}", signed(change, 1))
        made.append(table)
    return made


def sheet_table(sheet: LaborSheet) -> Table:
    """Return a labor agreement's sheet, line by line."""
    table = Table("What a labor agreement is worth to those who move")
    table.names("line")
    table.figures("figure")
    for name, value in (
        ("migrants before", f"{sheet.migrants:,.3f}"),
        ("coefficient of an agreement, log points", f"{sheet.coefficient:g}"),
        ("more migrants", f"{sheet.more_migrants:,.4f}"),
        ("gain of each, in yearly incomes", f"{sheet.gain:g}"),
        ("yearly income, USD", f"{sheet.income_usd:,.2f}"),
        ("gain a year, USD", f"{sheet.gain_usd_a_year:,.1f}"),
        (
            f"present value of {sheet.years} years at {100 * sheet.rate:g} %, USD",
            f"{sheet.present_value_usd:,.2f}",
        ),
        (f"of it the first {sheet.first_years}, USD", f"{sheet.first_years_usd:,.2f}"),
        ("what comes after them, USD", f"{sheet.after_first_years_usd:,.2f}"),
    ):
        table.add_row(name, value)
    return table


def scenario_notes(done: PeopleScenario) -> list[str]:
    """Return what the figures rest on, and what is not known."""
    said = []
    seen: dict[str, None] = {}
    for outcome in done.outcomes:
        for one in outcome.evidence:
            size = "no figure" if one.estimate is None else f"{one.estimate:.3g} {one.unit}"
            seen[
                f"{one.kind}: {size} ({one.basis}; {one.source}, {one.read or 'own'}): {one.note}."
            ] = None
        if outcome.missing:
            pairs = [f"{a} → {b}" for a, b in outcome.missing]
            said.append(f"Not known among {outcome.kind} and left as they are: {listed(pairs, 8)}.")
        if outcome.without_home:
            said.append(
                f"No population at hand, so that nobody stays at home: {listed(outcome.without_home)}."
            )
    said += seen
    if any(outcome.evidence for outcome in done.outcomes):
        said.append(
            "Estimates are drawn evenly between their ends; the middle is a middle, not a best guess. "
            "Intervals hold "
            "what studies disagree on, not what the model leaves out: wages, rents, return."
        )
    if done.outcomes:
        said.append(
            "Totals are open: who stays at home is counted with the population of 2023."
            if done.totals == "open"
            else "Totals are closed: as many are abroad as before."
        )
        said.append(
            "Who leaves is counted in persons; how educated they are, and how many return: no evidence."
        )
    if any(outcome.remittances for outcome in done.outcomes):
        said.append(
            "Remittances are modelled by the World Bank from stocks and incomes; newcomers are taken "
            "to send as much "
            "as those who are there."
        )
    if done.sheets:
        said.append(
            "The sheet counts migrants' own gain, at the beginning of each year: no cost of moving, "
            "nothing for those "
            "who stay, nothing of the hosts."
        )
    if done.other:
        said.append(
            f"Changes that are not about people: {', '.join(map(str, done.other))}; see winset run."
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
    return f"{middle} after (80 %: {eighty}; 95 %: {most})"


def named(code: str) -> str:
    """Return an economy's name."""
    known = economies()
    return known[code].name if code in known else code


def count(value: float | None, *, sign: bool = False) -> str:
    """Write persons or works; an en dash where not known.

    >>> count(3471300.0), count(float("nan")), count(-12.4, sign=True)
    ('3,471,300', '–', '−12')
    """
    if value is None or value != value:
        return "–"
    digits = 0 if abs(value) >= 10 or value == round(value) else 1
    return signed(value, digits) if sign else f"{value:,.{digits}f}".replace("-", "−")


def plain(value: float, digits: int) -> str:
    """Write a figure; an en dash where there is none."""
    text = "–" if value != value else f"{value:,.{digits}f}".replace("-", "−")
    return text if any(c in "123456789" for c in text) else text.removeprefix("−")
