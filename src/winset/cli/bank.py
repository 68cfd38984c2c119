"""``winset bank``: which projects all would sign, who pays, and whose bank it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import PAY, app
from winset.cli.run import CsvOption, JsonOption, OutOption
from winset.errors import DataError


@app.command(rich_help_panel=PAY)
def bank(
    game: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A JSON file of budget, projects, and approvals or utilities."
        ),
    ] = None,
    satisfaction: Annotated[
        str | None,
        typer.Option(
            metavar="MEASURE", help="What an approved project is worth: cost or cardinality [cost]."
        ),
    ] = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Which projects would all sign, who pays, and whose bank is it.

    Example: winset bank --game ballots.json --satisfaction cardinality
    """
    from winset.cli.show import deliver
    from winset.report import banks
    from winset.report.outputs import output
    from winset.studies.bank_game import count_ballots

    where = output(out, csv)
    if game is None:
        raise DataError("name a --game FILE.json.")
    done = count_ballots(game, satisfaction=satisfaction)
    deliver(
        where,
        done.to_json(),
        banks.ballots(done),
        [f"Note: {note}" for note in banks.ballot_notes(done)],
        title="What a budget buys",
        json=json,
    )
