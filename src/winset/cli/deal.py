"""``winset deal``: which issues to bundle so that everybody can sign."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import DECIDE, app
from winset.cli.run import BlocsOption, ChartOption, CsvOption, LangOption, OutOption, ReportOption
from winset.errors import DataError

if TYPE_CHECKING:
    pass


@app.command(rich_help_panel=DECIDE)
def deal(
    issues: Annotated[
        str, typer.Argument(metavar="ISSUES", help="A bundled deal, a CSV or a TOML file.")
    ],
    terms: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A TOML with exclude, need and floors, for a CSV."),
    ] = None,
    floor: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=X", help="Least gain with which CODE signs [0]. Repeatable."),
    ] = None,
    side_payments: Annotated[
        bool, typer.Option("--side-payments", help="Let those who gain pay those who lose.")
    ] = False,
    unit: Annotated[
        str | None,
        typer.Option(metavar="UNIT", help="Of scenarios: welfare_musd or welfare_percent."),
    ] = None,
    chart: ChartOption = None,
    draw: Annotated[str, typer.Option(help="What --chart shows: frontier or gains.")] = "frontier",
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Which package can all sign: the largest total gain that leaves nobody worse off.

    Example: winset deal silk-road-example
    """
    from winset.cli.show import deliver
    from winset.places.blocs import load_blocs
    from winset.report import speech
    from winset.report.outputs import output
    from winset.studies.scenario_deal import propose, strike

    where = output(out, csv)
    spoken = speech.checked(lang)
    proposal = propose(
        issues, terms=terms, floors=_floors(floor), unit=unit, blocs=load_blocs(blocs)
    )
    done = strike(proposal, side_payments=side_payments)
    found, agenda = done.deal, done.agenda
    if chart is not None:
        from winset.report import charts, frontier

        with speech.speaking(spoken):
            name = "" if agenda is None else speech.say(frontier.UNIT_NAMES[agenda.unit])
            charts.write(frontier.picture(found, draw, unit=name), chart)
    if report is not None:
        from winset.report import page, question_pages

        with speech.speaking(spoken):
            page.write_sheet(question_pages.deal(done), report)
    from winset.report import deals

    summary = [*deals.summary(found, agenda), *deals.other_rules(done)]
    deliver(
        where,
        done.to_json(),
        [deals.table(found, agenda), *summary],
        title=found.issues.title,
        worlds=() if agenda is None else (agenda.world,),
        notes=summary,
        json=json,
        files=(chart, report),
    )


def _floors(options: list[str] | None) -> dict[str, str]:
    """Split the ``--floor`` options."""
    floors: dict[str, str] = {}
    for option in options or []:
        code, equals, value = option.partition("=")
        if not equals:
            raise DataError(f"--floor {option}: write it as CODE=GAIN, for example --floor KGZ=2.")
        floors[code.strip()] = value.strip()
    return floors
