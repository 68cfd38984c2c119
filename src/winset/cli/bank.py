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
    portfolio: Annotated[
        str | None,
        typer.Argument(metavar="[PORTFOLIO]", help="A bundled portfolio's name or a TOML file."),
    ] = None,
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
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Threads [all cores].", min=1)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the portfolios checked at random.", min=0)] = 0,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Which projects would all sign, who pays, and whose bank is it.

    Example: winset bank two-islands
    """
    from winset.cli.show import deliver, progress
    from winset.report import banks
    from winset.report.outputs import output

    where = output(out, csv)
    if game is not None:
        if portfolio is not None:
            raise DataError("a portfolio and --game are two questions. Ask one at a time.")
        from winset.studies.bank_game import count_ballots

        counted = count_ballots(game, satisfaction=satisfaction)
        deliver(
            where,
            counted.to_json(),
            banks.ballots(counted),
            [f"Note: {note}" for note in banks.ballot_notes(counted)],
            title="What a budget buys",
            json=json,
        )
        return
    if satisfaction is not None:
        raise DataError(
            "--satisfaction is for --game: members of a bank have gains, not approvals."
        )
    if portfolio is None:
        _list_portfolios()
        return
    from winset.studies.bank import run_bank

    with progress("portfolios", quiet=json, unit="portfolios") as told:
        done = run_bank(portfolio, workers=workers, seed=seed, progress=told)
    deliver(
        where,
        done.to_json(),
        banks.portfolios(done),
        [f"Note: {note}" for note in banks.portfolio_notes(done)],
        title=done.plan.title,
        worlds=(done.world,),
        json=json,
    )


def _list_portfolios() -> None:
    from winset.cli.show import listing
    from winset.finance.projects import bundled_portfolios, find_plan

    listing([(name, find_plan(name).title) for name in bundled_portfolios()])
