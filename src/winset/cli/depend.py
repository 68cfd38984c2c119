"""``winset depend``: on whom does one depend, and who depends on oneself?"""

from __future__ import annotations

from typing import Annotated

import typer

from winset.cli.app import GAIN, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OutOption,
    ReportOption,
)


@app.command(rich_help_panel=GAIN)
def depend(
    bloc: Annotated[
        str, typer.Argument(metavar="BLOC|CODE", help="A bloc, or blocs and codes by comma.")
    ],
    stop: Annotated[
        str | None,
        typer.Option(metavar="GROUP", help="Whose stop is asked for [the largest suppliers]."),
    ] = None,
    world: Annotated[
        str, typer.Option(metavar="WORLD", help="Whose goods by sector, and whose equilibria.")
    ] = "world-2022-sectors",
    sector: Annotated[
        str | None, typer.Option(metavar="SECTOR", help="Stops of this sector's goods alone.")
    ] = None,
    short: Annotated[
        float, typer.Option(metavar="THETA", help="Trade elasticity of the short run.")
    ] = 1.0,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="When membership counts [today].")
    ] = None,
    top: Annotated[int, typer.Option(help="How many minerals and sectors to list.", min=1)] = 10,
    partners: Annotated[
        int, typer.Option(help="How many suppliers stop, one by one.", min=0, max=50)
    ] = 5,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """On whom do we depend: minerals, fuels, goods, and what it costs if a supplier stops, or we do.

    Example: winset depend SCO --on 2025-09-01
    """
    import datetime as dt

    from winset.cli.show import deliver
    from winset.places.dates import read_date
    from winset.report import dependence, speech
    from winset.report.outputs import output
    from winset.studies.dependence import depend as look

    where = output(out, csv)
    spoken = speech.checked(lang)
    done = look(
        bloc,
        on=dt.date.today() if on is None else read_date(on),
        world=world,
        stop=stop,
        short=short,
        sector=sector,
        top=partners,
        blocs_file=blocs,
    )
    if report is not None:
        from winset.report import page, question_pages

        with speech.speaking(spoken):
            page.write_sheet(question_pages.depend(done, top=top), report)
    deliver(
        where,
        done.to_json(),
        [*dependence.tables(done, top=top), *dependence.sentences(done)],
        [f"Note: {note}" for note in dependence.notes(done)],
        title=f"On whom {bloc} depends",
        worlds=(done.world,),
        json=json,
        files=(report,),
    )
