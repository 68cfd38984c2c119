"""``winset even``: does a state vote alike on like texts that name different countries?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DECIDE, app
from winset.cli.run import BlocsOption, CsvOption, JsonOption, OutOption


@app.command(rich_help_panel=DECIDE)
def even(
    bloc: Annotated[
        str, typer.Argument(metavar="BLOC", help="A bloc, 'all', or codes by comma: CHN,USA.")
    ],
    years: Annotated[
        str, typer.Option(help="A year or a range, 1980 to 2025; the year a session opened.")
    ] = "2005-2025",
    family: Annotated[
        str | None, typer.Option(help="Only texts of one family: rights, territory.")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV with pairs of your own, in place of winset's."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When membership counts [the end of the last year]."),
    ] = None,
    blocs_file: BlocsOption = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Does a state vote alike on like resolutions that name different countries?

    Example: winset even SCO --years 2005-2025
    """
    from winset.cli.show import deliver
    from winset.places.blocs import load_blocs
    from winset.report import even_tables
    from winset.report.outputs import output
    from winset.studies import evenhandedness

    where = output(out, csv)
    done = evenhandedness.even(
        bloc, years, family=family, on=on, blocs=load_blocs(blocs_file), pairs_file=pairs
    )
    shown, notes = list(even_tables.shown(done)), even_tables.notes(done)
    deliver(
        where,
        done.to_json(),
        shown,
        [f"Note: {note}" for note in notes],
        title=even_tables.title(done),
        notes=notes,
        json=json,
    )
