"""Tables and sentences of a scenario of `winset people`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.people import arrows, count, ends, named, plain, said_figure
from winset.report.speech import coded, few, known, listed, local, name, say, signed

if TYPE_CHECKING:
    from winset.people.labor import LaborSheet
    from winset.scenario.people_effects import Evidence
    from winset.studies.people_outcome import PeopleOutcome
    from winset.studies.people_scenario import PeopleScenario


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


KEPT = {
    "migrants": "Not known among migrants and left as they are: {pairs}.",
    "students": "Not known among students and left as they are: {pairs}.",
    "works": "Not known among works and left as they are: {pairs}.",
}


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
