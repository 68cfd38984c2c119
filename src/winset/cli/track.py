"""``winset track``: what was promised, and what was delivered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import CsvOption, JsonOption, OutOption
from winset.errors import DataError, did_you_mean

METHODS = ("all", "sdg-index")


@app.command(rich_help_panel=DELIVERED)
def track(
    what: Annotated[
        str,
        typer.Argument(
            metavar="BLOC|FOLDER", help="A bloc with bundled pledges, or a folder with your own."
        ),
    ],
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            help="all (four methods side by side), or sdg-index (scores of a folder with codebook.csv "
            "and values.csv).",
        ),
    ] = "all",
    top: Annotated[int, typer.Option(help="How many countries to list.", min=1)] = 20,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """What became of the promises: each pledge against what is measured.

    Example: winset track SCO
    """
    from winset.cli.show import deliver
    from winset.report.outputs import output

    where = output(out, csv)
    if method not in METHODS:
        raise DataError(
            f"--method {method}: not known.{did_you_mean(method, METHODS)} One of: {', '.join(METHODS)}."
        )
    if method == "sdg-index":
        from winset.delivery.sdg_index import sdg_index
        from winset.report import delivery

        done = sdg_index(Path(what))
        deliver(
            where,
            done.to_json(),
            [delivery.ranking(done, top=top), *delivery.said_of_index(done)],
            title="SDG Index",
            json=json,
        )
        return
    raise DataError(f"{what}: only --method sdg-index is built so far.")
