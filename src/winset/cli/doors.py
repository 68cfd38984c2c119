"""``winset stable`` and ``winset join``: who would leave, who would come in, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import SHARE, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    OutOption,
    ScenarioArgument,
    SetOption,
    pairs,
)

if TYPE_CHECKING:
    from winset.display import Table
    from winset.studies.membership import Enlargement, Stability

PlayersOption = Annotated[
    str | None,
    typer.Option(metavar="GROUP", help="The members: a bloc, or codes by comma [the scenario's]."),
]


@app.command(rich_help_panel=SHARE)
def stable(
    scenario: ScenarioArgument,
    players: PlayersOption = None,
    outsiders: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Whom to ask whether they would join [all].")
    ] = None,
    top: Annotated[int, typer.Option(help="How many outsiders to list.", min=0)] = 10,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Would a member gain by leaving, or an outsider by joining, and could transfers prevent it?

    Example: winset stable sco-2025 --players SCO
    """
    from winset.cli.show import announce_compilation, deliver
    from winset.report.outputs import output
    from winset.studies import membership

    where = output(out, csv)
    announce_compilation()
    done = membership.stable(
        scenario, players=players, outsiders=outsiders, overrides=pairs(set_), blocs_file=blocs
    )
    deliver(
        where,
        done.to_json(),
        _standing(done, top),
        title=done.scenario.title,
        worlds=(done.world,),
        json=json,
    )


def _standing(done: Stability, top: int) -> list[Table | str]:
    """Return who would leave, who would join, and whether transfers could prevent it."""
    from winset.display import Table
    from winset.report.tables import number

    names = dict(zip(done.world.codes, done.world.names, strict=True))
    table = Table(f"{done.scenario.title} (USD million)")
    table.names("member", "economy")
    table.figures("gains inside", "by leaving")
    for code in sorted(done.members, key=lambda c: -done.leaving[c]):
        table.add_row(code, names[code], number(done.own[code], 0), number(done.leaving[code], 0))
    shown: list[Table | str] = [
        table,
        f"{', '.join(done.leavers)} would gain by leaving."
        if done.leavers
        else "Nobody gains by leaving.",
    ]
    wanting = done.joiners
    shown.append(f"{len(wanting)} of {len(done.joining)} outsiders would gain by joining.")
    if wanting and top:
        more = Table()
        more.names("outsider", "economy")
        more.figures("itself", "members together")
        for code in wanting[:top]:
            more.add_row(
                code,
                names[code],
                number(done.joining[code], 0),
                number(done.joining_members[code], 0),
            )
        shown.append(more)
    shown.append(
        f"With transfers everybody can be kept in: {number(max(done.surplus, 0.0), 0)} USD million are "
        "left after each has what it would have outside."
        if done.potentially_stable
        else f"No transfers can keep everybody in: {number(-done.surplus, 0)} USD million are missing."
    )
    if done.objections:
        worst = done.objections[0]
        shown.append(
            f"Without transfers {'+'.join(worst.coalition)} would have {worst.excess:,.0f} more alone."
        )
    elif done.objections is not None:
        shown.append("Without transfers no coalition would do better by itself.")
    return shown


@app.command(rich_help_panel=SHARE)
def join(
    scenario: ScenarioArgument,
    candidates: Annotated[
        str, typer.Option(metavar="CODES", help="Codes by comma, a bloc, or partners.")
    ],
    players: PlayersOption = None,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """What each candidate's accession does, and an order of enlargement that is a gain to all.

    Example: winset join sco-2025 --candidates partners
    """
    from winset.cli.show import announce_compilation, deliver
    from winset.report.outputs import output
    from winset.studies import membership

    where = output(out, csv)
    announce_compilation()
    done = membership.join(
        scenario, candidates=candidates, players=players, overrides=pairs(set_), blocs_file=blocs
    )
    deliver(
        where,
        done.to_json(),
        _growth(done),
        title=done.scenario.title,
        worlds=(done.world,),
        json=json,
    )


def _growth(done: Enlargement) -> list[Table | str]:
    """Return what each accession does, and how far enlargement goes."""
    from winset.display import Table
    from winset.report.tables import number

    names = dict(zip(done.world.codes, done.world.names, strict=True))
    table = Table(f"{done.scenario.title} (USD million)")
    table.names("candidate", "economy")
    table.figures("itself", "members")
    table.names("worst-off member")
    table.figures("its gain", "rest")
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
    shown: list[Table | str] = [table]
    everyone = (*done.candidates, *done.members)
    if done.growth.complete:
        shown.append(f"Every step a gain for all: {', '.join(done.order())}.")
    else:
        first = ", ".join(done.order()) or "nobody"
        shown.append(f"Every step a gain for all lets in {first}; then each that is left loses "
                       "somebody:")  # fmt: skip
        for candidate, loser in done.growth.blocked:
            shown.append(f"  {done.candidates[candidate]}: {everyone[loser]} would lose")
    entered = ", ".join(done.candidates[k] for k in done.growth.open_door) or "nobody"
    shown.append(f"An open door, where only the newcomer is asked: {entered}.")
    return shown
