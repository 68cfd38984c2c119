"""``winset gap``: does it narrow the gap between rich and poor?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OutOption,
    ReportOption,
    SetOption,
    pairs,
)
from winset.errors import DataError


@app.command(rich_help_panel=DELIVERED)
def gap(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", help="A bundled scenario's name or a TOML file."),
    ] = None,
    set_: SetOption = None,
    incomes: Annotated[
        str,
        typer.Option(
            metavar="CONCEPT",
            help="household (surveys, smoothed), or wid (national income by decile).",
        ),
    ] = "household",
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Of the incomes, 1990 to 2024 [the world's].")
    ] = None,
    lines: Annotated[
        str, typer.Option(metavar="Z,Z", help="Poverty lines, dollars a day; or none.")
    ] = "3.00,4.20,8.30",
    ppp: Annotated[
        str,
        typer.Option(
            metavar="YEAR",
            help="PPP year of the lines; with --lorenz of mean and line: 2021,2021.",
        ),
    ] = "2021",
    north: Annotated[str, typer.Option(metavar="GROUP", help="Who is the North.")] = "OECD",
    south: Annotated[str, typer.Option(metavar="GROUP", help="Who is the South.")] = "G77",
    channel: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="economy, d1 … d10: percent that each decile gains beside its economy.",
        ),
    ] = None,
    spending: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="economy, sector, d1 … d10: percent of each decile's spending, whose prices move.",
        ),
    ] = None,
    earnings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="economy, sector, d1 … d10: percent of each decile's earnings, if all stay in their sector.",
        ),
    ] = None,
    blocs_file: BlocsOption = None,
    lorenz: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Points of a Lorenz curve: columns p and L, or share."),
    ] = None,
    mean: Annotated[
        float | None, typer.Option(metavar="M", help="Mean income, in the unit of the line.")
    ] = None,
    line: Annotated[float | None, typer.Option(metavar="Z", help="The poverty line.")] = None,
    form: Annotated[
        str, typer.Option(metavar="FORM", help="quadratic, beta, or best of the two.")
    ] = "best",
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Does it narrow the gap: a scenario's gains on incomes of economies and persons, and poverty.

    With --lorenz: poverty and inequality from grouped data of your own.

    Example: winset gap sco-2025
    """
    from winset.cli.show import deliver
    from winset.report import speech
    from winset.report.outputs import output

    where = output(out, csv)
    spoken = speech.checked(lang)
    if (scenario is None) == (lorenz is None):
        raise DataError(
            "name a scenario, as winset gap sco-2025, or give grouped data, as winset gap --lorenz FILE."
        )
    if lorenz is not None:
        from winset.report import delivery
        from winset.studies.poverty import from_file, same_ppp

        if mean is None or line is None:
            raise DataError(
                "give --lorenz FILE with --mean M and --line Z, in one unit and one PPP year."
            )
        same_ppp(ppp)
        done = from_file(lorenz, mean=mean, line=line, form=form)
        deliver(
            where,
            done.to_json(),
            [delivery.poverty_table(done), *delivery.said_of_poverty(done)],
            title=f"Poverty and inequality of {lorenz.name}",
            json=json,
        )
        return
    from winset.report import income_gaps
    from winset.studies.income_gap import read_lines, read_ppp
    from winset.studies.scenario_run import gap_of

    found, world = gap_of(
        str(scenario),
        overrides=pairs(set_),
        blocs_file=blocs_file,
        concept=incomes,
        year=year,
        lines=read_lines(lines),
        ppp=read_ppp(ppp),
        north=north,
        south=south,
        channel=channel,
        spending=spending,
        earnings=earnings,
    )
    if report is not None:
        from winset.report import gap_page

        with speech.speaking(spoken):
            gap_page.write_page(found, report)
    deliver(
        where,
        found.to_json(),
        income_gaps.printed(found),
        income_gaps.notes(found),
        title=f"Does it narrow the gap: {found.title}",
        worlds=(world,),
        json=json,
        files=(report,),
    )
