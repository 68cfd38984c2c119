"""``winset treaty``: who has signed and joined which treaty, and whose commitments are alike."""

from __future__ import annotations

from typing import Annotated

import typer

from winset.cli.app import DECIDE, app
from winset.cli.run import BlocsOption, CsvOption, JsonOption, OutOption


@app.command(rich_help_panel=DECIDE)
def treaty(
    bloc: Annotated[
        str, typer.Argument(metavar="BLOC", help="A bloc, or blocs and codes by comma: CHN,KAZ.")
    ],
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The day that counts, for members and treaties [today]."),
    ] = None,
    top: Annotated[int, typer.Option(help="How many gaps to list.", min=1)] = 10,
    blocs_file: BlocsOption = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Who has signed and joined which treaty of the United Nations, and whose commitments are alike?

    Example: winset treaty SCO --on 2025-09-01
    """
    import datetime as dt

    from winset.cli.show import deliver
    from winset.places.blocs import load_blocs
    from winset.places.dates import read_date
    from winset.report import treaty_tables
    from winset.report.outputs import output
    from winset.studies.commitments import treaty_table

    where = output(out, csv)
    date = dt.date.today() if on is None else read_date(on)
    done = treaty_table(bloc, on=date, blocs=load_blocs(blocs_file))
    shown, notes = list(treaty_tables.shown(done, top=top)), treaty_tables.notes(done)
    deliver(
        where,
        done.to_json(),
        shown,
        [f"Note: {note}" for note in notes],
        title=treaty_tables.title(done),
        notes=notes,
        json=json,
    )
