"""``winset stable``: does an agreement hold together, who would leave, who would join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, JsonOption, ScenarioArgument, SetOption, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from winset.doors import Door, Stability

PlayersOption = Annotated[
    str | None,
    typer.Option(metavar="GROUP", help="The members: a bloc, or codes by comma [the scenario's]."),
]


@app.command()
def stable(
    scenario: ScenarioArgument,
    players: PlayersOption = None,
    candidates: Annotated[
        str,
        typer.Option(
            metavar="GROUP", help="Who might join: codes by comma, a bloc, partners, all, none."
        ),
    ] = "all",
    every: Annotated[
        bool | None,
        typer.Option(
            "--every/--no-every",
            help="Solve every coalition of the members: who objects, which are stable "
            "[up to 12 members].",
        ),
    ] = None,
    top: Annotated[int, typer.Option(help="How many outsiders to list.", min=0)] = 10,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Who would leave, who would join, and which members would do better apart.

    Example: winset stable sco-2025 --players SCO
    """
    from winset import doors
    from winset.cli.show import print_json, progress

    deal = doors.agreement(
        scenario,
        players=players,
        candidates=None if candidates == "none" else candidates,
        overrides=pairs(set_),
        blocs_file=blocs,
    )
    with progress("economies at the door", quiet=json) as report:
        done = doors.stable(deal, every=every, progress=report)
    if json:
        print_json(done.to_json())
    else:
        _show(done, top)


def _show(done: Stability, top: int) -> None:
    from winset.cli.show import console
    from winset.errors import listed

    terminal = console()
    title = done.agreement.scenario.title
    terminal.print(_table(f"{title}: members (USD million)", done.leaving, "inside", "if it left"))
    leavers = [door.code for door in done.leaving if door.wants]
    terminal.print(
        f"Internal stability: {listed(leavers)} would gain by leaving."
        if leavers
        else "Internal stability: no member would gain by leaving."
    )
    if done.surplus >= 0:
        terminal.print(
            f"With transfers all can be kept in: {done.surplus:,.0f} are left when each has what it "
            "would have outside."
        )
    else:
        terminal.print(
            f"No transfers among the members keep all in: {-done.surplus:,.0f} are missing."
        )
    if done.joining:
        eager = sorted(done.joining, key=lambda door: door.stays - door.moves)
        if top:
            terminal.print(
                _table(
                    "Outsiders that gain most by joining", eager[:top], "outside", "if it joined"
                )
            )
        wanting = [door for door in eager if door.wants]
        welcome = [door.code for door in wanting if not door.losers]
        terminal.print(
            f"External stability, open membership: {len(wanting)} of {len(eager)} outsiders would "
            "gain by joining."
        )
        terminal.print(
            "External stability, every member must agree: "
            + (
                f"{len(welcome)} could join without a loss to any member: {listed(welcome)}."
                if welcome
                else "none could join without a loss to some member."
            )
        )
    if done.objecting is None:
        terminal.print("Coalitions of members were not compared; --every does it.", style="dim")
        return
    if not done.objecting:
        terminal.print("No coalition of members would do better apart: own gains are in the core.")
    for who, excess in done.objecting:
        terminal.print(f"{'+'.join(who)} would have {excess:,.0f} more apart.")
    census = done.census or {}
    terminal.print(
        f"Of {census['count']:,} coalitions of two or more members {census['internally_stable']:,} are "
        f"internally stable, {census['potentially_stable']:,} with transfers, "
        f"{census['stable_open']:,} externally too, "
        f"{census['stable_exclusive']:,} when every member must agree to an accession."
    )


def _table(title: str, doors: Sequence[Door], here: str, there: str) -> Table:
    from rich.table import Table

    from winset.report.tables import number

    table = Table(title=title, title_justify="left")
    table.add_column("code", no_wrap=True)
    table.add_column(here, justify="right")
    table.add_column(there, justify="right")
    table.add_column("moves", no_wrap=True)
    table.add_column("members that would lose by it")
    for door in doors:
        table.add_row(
            door.code,
            number(door.stays, 1),
            number(door.moves, 1),
            "yes" if door.wants else "no",
            ", ".join(door.losers) or "none",
        )
    return table
