"""``winset join``: what each accession does, and in which order all inside always gain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, JsonOption, ScenarioArgument, SetOption, pairs
from winset.cli.stable import PlayersOption

if TYPE_CHECKING:
    from winset.doors import Enlargement


@app.command()
def join(
    scenario: ScenarioArgument,
    candidates: Annotated[
        str,
        typer.Option(
            metavar="GROUP", help="Who may join: codes by comma, a bloc, or partners, or all."
        ),
    ],
    players: PlayersOption = None,
    order: Annotated[
        bool | None,
        typer.Option(
            "--order/--no-order",
            help="Search the orders of enlargement [up to 17 candidates].",
        ),
    ] = None,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """What each accession does to all, and the order in which every step is a gain for all.

    Example: winset join sco-2025 --candidates partners
    """
    from winset import doors
    from winset.cli.show import print_json, progress

    deal = doors.agreement(
        scenario,
        players=players,
        candidates=candidates,
        overrides=pairs(set_),
        blocs_file=blocs,
    )
    with progress("sets of candidates", quiet=json) as report:
        done = doors.join(deal, order=order, progress=report)
    if json:
        print_json(done.to_json())
    else:
        _show(done)


def _show(done: Enlargement) -> None:
    from rich.table import Table

    from winset.cli.show import console
    from winset.errors import listed
    from winset.report.tables import number

    terminal, deal = console(), done.agreement
    table = Table(
        title=f"{deal.scenario.title}: each accession alone (USD million)", title_justify="left"
    )
    table.add_column("candidate", no_wrap=True)
    for column in ("itself", "members", "the rest"):
        table.add_column(column, justify="right")
    table.add_column("members that would lose by it")
    for a in sorted(done.accessions, key=lambda a: -a.own):
        table.add_row(
            a.code,
            number(a.own, 1),
            number(sum(a.members.values()), 1),
            number(a.rest, 1),
            ", ".join(a.losers) or "none",
        )
    terminal.print(table)
    terminal.print(f"{len(deal.members)} members: {listed(deal.members, most=30)}.")
    wanting = [a for a in done.accessions if a.own > a.floor]
    welcome = [a.code for a in wanting if not a.losers]
    terminal.print(
        f"Open membership: {len(wanting)} of {len(done.accessions)} would join. If every member must "
        f"agree: {listed(welcome, most=20) if welcome else 'none'}."
    )
    found = done.order
    if found is None:
        terminal.print("The orders of enlargement were not searched.", style="dim")
        return
    steps = list(done.steps())
    if found.complete:
        terminal.print(
            f"{found.orders:,.0f} orders bring all in with every step a gain for all inside; this one "
            "has the largest smallest gain:"
        )
    elif steps:
        terminal.print(
            f"No order brings all in with every step a gain for all inside. The furthest takes "
            f"{len(steps)}:"
        )
    else:
        terminal.print("No accession is a gain for all: no order has a first step.")
    for number_, step in enumerate(steps, 1):
        least = step["least_gain"]
        terminal.print(
            f"  {number_}. {step['code']}: itself {step['own_musd']:+,.1f}, members "
            f"{step['members_musd']:+,.1f}, least {least['code']} {least['musd']:+,.2f}"
        )
    for k, who in found.blocked.items():
        losers = listed([done.codes[i] for i in who], most=12)
        terminal.print(f"  Then {done.codes[k]} would be no gain for {losers}.")
