"""``winset people``: who studies, lives and publishes where, and what opens the door."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import GAIN, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OnOption,
    OutOption,
    ReportOption,
    SeedOption,
    SetOption,
    pairs,
)
from winset.errors import DataError


@app.command(rich_help_panel=GAIN)
def people(
    what: Annotated[
        str,
        typer.Argument(
            metavar="BLOC|CODE|SCENARIO",
            help="A bloc, codes by comma, or changes of rules: a bundled example or a TOML file.",
        ),
    ],
    of: Annotated[
        str | None,
        typer.Option(metavar="WHOM", help="migrants, students or works [all that there are]."),
    ] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Of one table [its last full year].")
    ] = None,
    on: OnOption = None,
    set_: SetOption = None,
    totals: Annotated[
        str | None,
        typer.Option(
            metavar="HOW", help="Of a scenario: open (people may leave home) or closed [open]."
        ),
    ] = None,
    capacity: Annotated[
        str | None,
        typer.Option(
            metavar="held|FILE",
            help="Of a scenario: hosts take no more than they have, or a table of destination and capacity.",
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(metavar="N", help="Of a scenario's effects, for intervals [200].")
    ] = None,
    seed: SeedOption = 1,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A table of your own: origin, destination, year, persons."
        ),
    ] = None,
    blank: Annotated[
        str | None,
        typer.Option(metavar="WHAT", help="An empty cell of it is missing, or zero."),
    ] = None,
    hosts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Totals of hosts (destination, total) to check it with."),
    ] = None,
    remittances: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Of a scenario: sender, receiver, musd of your own."),
    ] = None,
    promises: Annotated[
        bool,
        typer.Option(
            "--promises", help="Workshops, places and scholarships that a group was promised."
        ),
    ] = False,
    costs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What one of them costs and brings, with its source."),
    ] = None,
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Try gravity on a year that it has not seen.")
    ] = False,
    top: Annotated[int, typer.Option(help="How many corridors to list.", min=1)] = 10,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Who studies, lives and publishes where, and what a change of rules would do to it.

    Example: winset people SCO --on 2025-09-01
    """
    from winset.cli.show import deliver
    from winset.report import people as tell
    from winset.report import people_changes, speech
    from winset.report.outputs import output
    from winset.studies.people_laying import find_people_scenario
    from winset.studies.people_scenario import USUAL_DRAWS, people_scenario

    where = output(out, csv)
    spoken = speech.checked(lang)
    path = None if promises else find_people_scenario(what)
    _fitting(
        promises=promises,
        scenario=path is not None,
        given={
            "--year": year, "--on": on, "--hosts": hosts, "--forecast": forecast or None, "--set": set_,
            "--totals": totals, "--capacity": capacity, "--draws": draws, "--remittances": remittances,
            "--of": of, "--data": data, "--blank": blank, "--costs": costs, "--report": report,
        },
    )  # fmt: skip
    if promises:
        from winset.report import people_costs
        from winset.studies.people_costs import cost_sheet

        sheet = cost_sheet(what, costs)
        deliver(
            where, sheet.to_json(), people_costs.cost_tables(sheet),
            [f"Note: {note}" for note in people_costs.cost_notes(sheet)],
            title=f"What was promised to people: {what}", json=json,
        )  # fmt: skip
        return
    if path is not None:
        changed = people_scenario(
            path,
            overrides=pairs(set_),
            of=of,
            totals=totals or "open",
            capacity=capacity,
            data=data,
            blank=blank,
            remittances=remittances,
            draws=USUAL_DRAWS if draws is None else draws,
            seed=seed,
            blocs_file=blocs,
        )
        if report is not None:
            from winset.report import people_pages

            with speech.speaking(spoken):
                people_pages.write_scenario(changed, report)
        deliver(
            where, changed.to_json(), people_changes.scenario_tables(changed, top=top),
            [f"Note: {note}" for note in people_changes.scenario_notes(changed)],
            title=changed.scenario.title, json=json, files=(report,),
        )  # fmt: skip
        return
    import datetime as dt

    from winset.places.dates import read_date
    from winset.studies.people import people as account

    done = account(
        what,
        on=dt.date.today() if on is None else read_date(on),
        of=of,
        year=year,
        data=data,
        blank=blank,
        hosts=hosts,
        forecast=forecast,
        blocs_file=blocs,
    )
    if report is not None:
        from winset.report import people_pages

        with speech.speaking(spoken):
            people_pages.write_study(done, report)
    deliver(
        where, done.to_json(), tell.tables(done, top=top),
        [*(f"Note: {note}" for note in tell.notes(done)), *tell.footer(done)],
        title=f"Who studies, lives and publishes where: {what}", json=json, files=(report,),
    )  # fmt: skip


#: Options of an account of a group, and of a scenario.
OF_GROUP = ("--year", "--on", "--hosts", "--forecast")
OF_SCENARIO = ("--set", "--totals", "--capacity", "--draws", "--remittances")


def _fitting(*, promises: bool, scenario: bool, given: dict[str, object]) -> None:
    """Refuse options that would say nothing."""
    wrong = ["--costs"] if not promises else [key for key in given if key != "--costs"]
    if not promises:
        wrong += OF_GROUP if scenario else OF_SCENARIO
    for key in wrong:
        if given[key]:
            about = (
                "is about --promises"
                if key == "--costs"
                else "does not go with --promises"
                if promises
                else "is about a group, not about a scenario"
                if scenario
                else "is about a scenario, not about a group"
            )
            raise DataError(f"{key} {about}. Drop it.")
