"""``winset share``: how a gain can be divided so that nobody has a reason to leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, JsonOption, SetOption, pairs
from winset.errors import DataError

if TYPE_CHECKING:
    from winset.games import Sharing

#: In the JSON of a game from a file, which no equilibrium stands behind.
NO_SOLVER = {"max_residual": None, "resolved_by_newton": 0}
RULES = ("own", "shapley", "nucleolus", "equal", "population", "gdp")


@app.command()
def share(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO]", help="A bundled scenario's name or a TOML file."),
    ] = None,
    game: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Divide this game instead: CSV coalition,value, or .npy."
        ),
    ] = None,
    players: Annotated[
        str | None,
        typer.Option(
            metavar="GROUP", help="Who bargains: a bloc, or codes by comma [the members]."
        ),
    ] = None,
    resolution: Annotated[
        str, typer.Option(help="full: all economies; compact: large outsiders, the rest by region.")
    ] = "full",
    save: Annotated[
        Path | None, typer.Option(metavar="FILE.npy", help="Keep the worth of every coalition.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an unfinished --save.")
    ] = False,
    gains: Annotated[
        bool, typer.Option("--gains", help="With --save: keep every member's gain as well.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads [all cores].")] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler that takes the work.")
    ] = None,
    fill: Annotated[
        str | None,
        typer.Option(metavar="HOW", help="Missing coalitions of a CSV: superadditive."),
    ] = None,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """How the gain can be shared: every coalition solved, shares under each rule, who objects.

    Example: winset share sco-2025 --players SCO
    """
    if (scenario is None) == (game is None):
        raise DataError("give a SCENARIO or --game FILE, one of the two.")
    said: tuple[str, ...] = ()
    if game is not None:
        done, extra = _of_file(game, players, fill), {}
        payload = done.to_json() | {"solver": {**NO_SOLVER, "seconds": done.seconds}}
    else:
        assert scenario is not None
        from winset.cli.show import announce_compilation, progress
        from winset.studies import sharing

        detail = sharing.checked_resolution(resolution)
        announce_compilation()
        with progress("coalitions", quiet=json) as report:
            result = sharing.share(
                scenario,
                players=players,
                resolution=detail,
                overrides=pairs(set_),
                blocs_file=blocs,
                save=save,
                resume=resume,
                gains=gains,
                workers=workers,
                cluster=cluster,
                progress=report,
            )
        done, extra, payload = result.sharing, result.about(), result.to_json()
        from winset.report import division

        said = division.opening(result)
    if json:
        from winset.cli.show import print_json

        print_json(payload)
        return
    _show(done, extra, said)


def _of_file(path: Path, players: str | None, fill: str | None) -> Sharing:
    from winset.games import Game
    from winset.games import share as divide
    from winset.places.groups import names

    if fill not in (None, "superadditive"):
        raise DataError(f"--fill {fill}: superadditive is the one way to fill missing coalitions.")
    listed = None if players is None else names(players)
    game = Game.load(path, players=listed, fill="superadditive" if fill else None)
    return divide(game)


def _show(done: Sharing, extra: dict[str, Any], said: tuple[str, ...]) -> None:
    from rich.table import Table

    from winset.cli.show import console
    from winset.report.tables import number

    game, terminal = done.game, console()
    title = extra.get("title", "Shares of the game")
    unit = "USD million" if extra else "the game's unit"
    table = Table(title=f"{title} ({unit})", title_justify="left")
    table.add_column("player", no_wrap=True)
    columns: dict[str, Any] = {"own": done.own} | dict(done.divisions)
    shown = [rule for rule in RULES if columns.get(rule) is not None]
    for rule in shown:
        table.add_column("own gain" if rule == "own" else rule, justify="right")
    digits = 0 if abs(game.grand) > 1000 else 3
    for k in sorted(range(game.n), key=lambda k: -float(done.divisions["shapley"][k])):
        table.add_row(game.players[k], *(number(float(columns[r][k]), digits) for r in shown))
    table.add_section()
    table.add_row("together", *(number(float(columns[r].sum()), digits) for r in shown))
    verdicts = ["yes" if done.in_core[rule] else "no" for rule in shown]
    table.add_row("nobody objects", *verdicts)
    terminal.print(table)
    for sentence in said:
        terminal.print(sentence)
    state = "empty" if done.core.empty else "not empty"
    terminal.print(
        f"{len(game.values):,} coalitions. The core is {state}: at the best division the worst-off "
        f"coalition is {'short' if done.core.empty else 'ahead'} by "
        f"{abs(done.core.least_core_excess):,.{digits}f}."
    )
    for rule in shown:
        if done.objections.get(rule):
            worst = done.objections[rule][0]
            terminal.print(
                f"{'own gain' if rule == 'own' else rule}: {'+'.join(worst.coalition)} would have "
                f"{worst.excess:,.{digits}f} more alone."
            )
    rule = "nucleolus"
    if done.transfers.get(rule):
        terminal.print(f"From own gains to the {rule}:")
        for payment in done.transfers[rule][:12]:
            terminal.print(
                f"  {payment.payer} pays {payment.receiver} {payment.amount:,.{digits}f}"
            )
    certificate = done.nucleolus
    terminal.print(
        f"{certificate.kind} certified: {len(certificate.stages)} levels, largest excess error "
        f"{certificate.largest_excess_error:.1e}, balance error "
        f"{certificate.largest_balance_error:.1e}, {certificate.scans} scans of all coalitions.",
        style="dim",
    )
    if "solver" in extra:
        solver, world = extra["solver"], extra["world"]
        terminal.print(
            f"{extra['resolution']}: {extra['economies']} economies of {world['name']}, sha256 "
            f"{world['sha256'][:12]}; largest residual {solver['max_residual']:.1e}, "
            f"{solver['resolved_by_newton']} solved again by Newton's method.",
            style="dim",
        )
