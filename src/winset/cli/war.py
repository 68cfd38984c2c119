"""``winset war``: what if everybody retaliates?"""

from __future__ import annotations

from typing import Annotated

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, JsonOption
from winset.errors import DataError


@app.command()
def war(
    world: Annotated[str, typer.Argument(metavar="WORLD", help="An embedded world, or a folder.")],
    players: Annotated[
        str, typer.Option(metavar="GROUP", help="Who fights: all, a bloc, or codes by comma.")
    ] = "all",
    method: Annotated[
        str, typer.Option(help="sufficient: from sufficient statistics (Lashkaripour 2021).")
    ] = "sufficient",
    elasticities: Annotated[
        str, typer.Option(metavar="SET", help="A set of trade elasticities of the world [its own].")
    ] = "",
    balanced: Annotated[
        bool, typer.Option("--balanced", help="Remove trade deficits before the war.")
    ] = False,
    top: Annotated[
        int, typer.Option(help="How many of the largest economies to list.", min=1)
    ] = 20,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """What if everybody retaliates: the tariffs and losses of a trade war.

    Example: winset war icio-2022 --balanced
    """
    import datetime as dt

    from winset.blocs import load_blocs
    from winset.shares import named_players
    from winset.trade.tariffs import sufficient_war
    from winset.worlds import world as load_world

    if method != "sufficient":
        raise DataError(f"--method {method}: sufficient is the one method at hand.")
    data = load_world(world)
    chosen = None
    if players != "all":
        chosen = named_players(players, dt.date.today(), data, load_blocs(blocs))
    done = sufficient_war(data, players=chosen, elasticities=elasticities, balanced=balanced)
    if json:
        from winset.cli.show import print_json

        print_json(done.to_json())
        return
    import numpy as np
    from rich.table import Table

    from winset.cli.show import console
    from winset.report.tables import number

    terminal = console()
    table = Table(title=f"Tariff war in {data.name}", title_justify="left")
    for heading in ("code", "economy", "tariff %", "welfare %"):
        table.add_column(heading, justify="left" if heading in ("code", "economy") else "right")
    size = data.flows.sum(axis=1)
    change = 100.0 * (done.welfare - 1.0)
    for k in np.argsort(-size)[:top]:
        rate = done.tariff[k]
        shown = "" if np.isnan(rate) else f"{100 * rate:.1f}"
        table.add_row(data.codes[k], data.names[k], shown, number(float(change[k]), 2))
    terminal.print(table)
    worst = int(np.argmin(change))
    terminal.print(
        f"{int((change < 0).sum())} of {len(data)} economies lose, worst {data.names[worst]} "
        f"({number(float(change[worst]), 2)} %); the mean is {number(float(change.mean()), 2)} %."
    )
    terminal.print(
        f"elasticities {elasticities or 'of the world'}, {'no' if balanced else 'unchanged'} deficits; "
        f"world {data.name}, sha256 {data.sha256[:12]}; residual {done.solver.residual:.1e} after "
        f"{done.solver.iterations} steps",
        style="dim",
    )
