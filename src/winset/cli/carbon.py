"""``winset carbon`` and ``winset club``: who emits for whom, and which climate club holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import PAY, app
from winset.cli.run import CsvOption, JsonOption, OutOption
from winset.errors import DataError

GAMES = ("nordhaus",)


@app.command(rich_help_panel=PAY)
def carbon(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Tables flows.csv, final.csv, emissions.csv, household_emissions.csv.",
        ),
    ],
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Whose emissions are in whose goods: production, consumption, imports and exports by region.

    Example: winset carbon my-tables
    """
    from winset.cli.show import deliver
    from winset.report import environment
    from winset.report.outputs import output
    from winset.studies.carbon import carbon as account

    where = output(out, csv)
    done = account(folder)
    deliver(
        where,
        done.to_json(),
        environment.accounts(done),
        [f"Note: {note}" for note in environment.carbon_notes(done)],
        title=f"Who emits for whom: {done.title}",
        json=json,
    )


@app.command(rich_help_panel=PAY)
def club(
    data: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="Tables input_original.csv and parameters.csv of the regions."
        ),
    ],
    scc: Annotated[
        float, typer.Option(metavar="USD", help="Social cost of carbon, USD a tonne of CO2.")
    ],
    tariff: Annotated[
        float, typer.Option(metavar="RATE", help="Penalty on outsiders: 0.05 is 5 %.")
    ],
    game: Annotated[str, typer.Option(metavar="GAME", help="Whose payoffs: nordhaus.")] = GAMES[0],
    status: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A table of region and status (1 in, 0 out): show that club too."
        ),
    ] = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Which climate club holds: every club is tried, and whoever would leave or join is named.

    Example: winset club --data my-regions --scc 50 --tariff 0.05
    """
    from winset.cli.show import deliver
    from winset.report import environment
    from winset.report.outputs import output
    from winset.studies.climate_club import climate_clubs

    where = output(out, csv)
    if game not in GAMES:
        raise DataError(f"--game {game}: there is {', '.join(GAMES)}.")
    done = climate_clubs(data, cost=scc, tariff=tariff, status=status)
    deliver(
        where,
        done.to_json(),
        environment.clubs(done),
        [f"Note: {note}" for note in environment.club_notes(done)],
        title="Which climate club holds",
        json=json,
    )
