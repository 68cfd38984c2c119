"""``winset stable`` and ``winset join``: who would leave, who would come in, in which order."""

from __future__ import annotations

from typing import Annotated

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, JsonOption, ScenarioArgument, SetOption, pairs

PlayersOption = Annotated[
    str | None,
    typer.Option(metavar="GROUP", help="The members: a bloc, or codes by comma [the scenario's]."),
]


@app.command()
def stable(
    scenario: ScenarioArgument,
    players: PlayersOption = None,
    outsiders: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Whom to ask whether they would join [all].")
    ] = None,
    top: Annotated[int, typer.Option(help="How many outsiders to list.", min=0)] = 10,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Would a member gain by leaving, or an outsider by joining, and could transfers prevent it?

    Example: winset stable sco-2025 --players SCO
    """
    from winset.cli.show import announce_compilation
    from winset.studies import membership

    announce_compilation()
    done = membership.stable(
        scenario, players=players, outsiders=outsiders, overrides=pairs(set_), blocs_file=blocs
    )
    if json:
        from winset.cli.show import print_json

        print_json(done.to_json())
        return
    from rich.table import Table

    from winset.cli.show import console
    from winset.report.tables import number

    terminal = console()
    names = dict(zip(done.world.codes, done.world.names, strict=True))
    table = Table(title=f"{done.scenario.title} (USD million)", title_justify="left")
    for heading in ("member", "economy", "gains inside", "by leaving"):
        table.add_column(heading, justify="left" if heading in ("member", "economy") else "right")
    for code in sorted(done.members, key=lambda c: -done.leaving[c]):
        table.add_row(code, names[code], number(done.own[code], 0), number(done.leaving[code], 0))
    terminal.print(table)
    terminal.print(
        f"{', '.join(done.leavers)} would gain by leaving."
        if done.leavers
        else "Nobody gains by leaving."
    )
    wanting = done.joiners
    terminal.print(f"{len(wanting)} of {len(done.joining)} outsiders would gain by joining.")
    if wanting and top:
        more = Table()
        for heading in ("outsider", "economy", "itself", "members together"):
            more.add_column(
                heading, justify="left" if heading in ("outsider", "economy") else "right"
            )
        for code in wanting[:top]:
            more.add_row(
                code,
                names[code],
                number(done.joining[code], 0),
                number(done.joining_members[code], 0),
            )
        terminal.print(more)
    terminal.print(
        f"With transfers everybody can be kept in: {number(done.surplus, 0)} USD million are left "
        "after each has what it would have outside."
        if done.surplus >= 0
        else f"No transfers can keep everybody in: {number(-done.surplus, 0)} USD million are missing."
    )
    if done.objections:
        worst = done.objections[0]
        terminal.print(
            f"Without transfers {'+'.join(worst.coalition)} would have {worst.excess:,.0f} more alone."
        )
    elif done.objections is not None:
        terminal.print("Without transfers no coalition would do better by itself.")


@app.command()
def join(
    scenario: ScenarioArgument,
    candidates: Annotated[
        str, typer.Option(metavar="CODES", help="Codes by comma, a bloc, or partners.")
    ],
    players: PlayersOption = None,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """What each candidate's accession does, and an order of enlargement that is a gain to all.

    Example: winset join sco-2025 --candidates partners
    """
    from winset.cli.show import announce_compilation
    from winset.studies import membership

    announce_compilation()
    done = membership.join(
        scenario, candidates=candidates, players=players, overrides=pairs(set_), blocs_file=blocs
    )
    if json:
        from winset.cli.show import print_json

        print_json(done.to_json())
        return
    from rich.table import Table

    from winset.cli.show import console
    from winset.report.tables import number

    terminal = console()
    names = dict(zip(done.world.codes, done.world.names, strict=True))
    table = Table(title=f"{done.scenario.title} (USD million)", title_justify="left")
    for heading in ("candidate", "economy", "itself", "members", "worst-off member", "", "rest"):
        left = heading in ("candidate", "economy", "worst-off member")
        table.add_column(heading, justify="left" if left else "right")
    for a in sorted(done.accessions, key=lambda a: -a.itself):
        worst = min(a.members, key=lambda code: a.members[code])
        table.add_row(
            a.candidate,
            names[a.candidate],
            number(a.itself, 0),
            number(sum(a.members.values()), 0),
            worst,
            number(a.members[worst], 1),
            number(a.rest, 0),
        )
    terminal.print(table)
    everyone = (*done.candidates, *done.members)
    if done.growth.complete:
        terminal.print(f"Every step a gain for all: {', '.join(done.order())}.")
    else:
        first = ", ".join(done.order()) or "nobody"
        terminal.print(f"Every step a gain for all lets in {first}; then each that is left loses "
                       "somebody:")  # fmt: skip
        for candidate, loser in done.growth.blocked:
            terminal.print(f"  {done.candidates[candidate]}: {everyone[loser]} would lose")
    entered = ", ".join(done.candidates[k] for k in done.growth.open_door) or "nobody"
    terminal.print(f"An open door, where only the newcomer is asked: {entered}.")
