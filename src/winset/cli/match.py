"""``winset match``: where does trade fit, and where is it below what it could be?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import GAIN, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OutOption,
    ReportOption,
    to_write,
)
from winset.errors import DataError

if TYPE_CHECKING:
    pass


@app.command(rich_help_panel=GAIN)
def match(
    bloc: Annotated[
        str, typer.Argument(metavar="BLOC", help="A bloc, or blocs and codes by comma: CHN,KAZ.")
    ],
    world: Annotated[
        str, typer.Option(metavar="WORLD", help="A world with sectors, for the indices by sector.")
    ] = "icio-2022",
    gravity: Annotated[
        str, typer.Option(metavar="WORLD", help="The world that gravity is estimated on.")
    ] = "world-2023",
    sector: Annotated[
        str | None,
        typer.Option(metavar="SECTOR", help="Gravity of one sector of that world [all together]."),
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="When membership counts [today].")
    ] = None,
    top: Annotated[int, typer.Option(help="How many pairs and flows to list.", min=1)] = 10,
    chart: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            callback=to_write,
            help="Write a chart: actual and expected trade (.svg, .png, .html).",
        ),
    ] = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Where does trade fit, and where is it below what it could be: a bloc's pairs compared.

    Example: winset match SCO --on 2025-09-01
    """
    import datetime as dt

    from winset.places.dates import read_date
    from winset.report import speech
    from winset.report.outputs import output
    from winset.studies.trade_match import match as compare

    where = output(out, csv)
    spoken = speech.checked(lang)
    date = dt.date.today() if on is None else read_date(on)
    done = compare(bloc, on=date, sectored=world, gravity=gravity, sector=sector, blocs_file=blocs)
    if chart is not None:
        from winset.report import charts, matches

        if not done.untapped.flows:
            raise DataError(f"--chart {chart}: there is no trade among members to draw.")
        with speech.speaking(spoken):
            charts.write(lambda width: matches.dots(done, top=top, width=width), chart)
    if report is not None:
        from winset.report import page, question_pages

        with speech.speaking(spoken):
            page.write_sheet(question_pages.match(done, top=top), report)
    from winset.cli.show import deliver, print_json

    if json and out is None:  # charts' library takes a second to load
        print_json(done.to_json())
        return
    from winset.report import matches

    said, notes = matches.sentences(done), matches.notes(done)
    footer = matches.footer(done)
    deliver(
        where,
        done.to_json(),
        [*matches.tables(done, top=top), *said],
        [*(f"Note: {note}" for note in notes), footer],
        title=f"Where trade of {bloc} fits",
        worlds=(done.fits.world, done.untapped.world),
        notes=(*said, *notes, *footer.splitlines()),
        json=json,
        files=(chart, report),
    )
