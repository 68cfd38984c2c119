"""``winset share``: how a gain can be divided so that nobody has a reason to leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import SHARE, app
from winset.cli.run import BlocsOption, CsvOption, JsonOption, OutOption, SetOption, pairs
from winset.errors import DataError

if TYPE_CHECKING:
    from winset.display import Table
    from winset.games import Sharing

#: In the JSON of a game from a file, which no equilibrium stands behind.
NO_SOLVER = {"max_residual": None, "resolved_by_newton": 0}
RULES = ("own", "shapley", "nucleolus", "welfare", "narrowest", "equal", "population", "gdp")
SPARE = RULES[5:]  # columns that a narrow terminal goes without


@app.command(rich_help_panel=SHARE)
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
        Path | None,
        typer.Option(
            metavar="FILE.npy",
            help="Keep the worth of every coalition; with dividends what was solved.",
        ),
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
    method: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="exact: every coalition; dividends: small ones [exact; of all players dividends].",
        ),
    ] = None,
    order: Annotated[
        int | None,
        typer.Option(metavar="K", help="With dividends: coalitions of up to K members are solved."),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="With dividends: stated error, as a part of the worth of all [1e-5]."
        ),
    ] = None,
    aversion: Annotated[
        float | None,
        typer.Option(
            metavar="E",
            help="Also by rules that weigh the poor: inequality aversion above 0, such as 1.",
        ),
    ] = None,
    fill: Annotated[
        str | None,
        typer.Option(metavar="HOW", help="Missing coalitions of a CSV: superadditive."),
    ] = None,
    set_: SetOption = None,
    blocs: BlocsOption = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """How the gain can be shared: every coalition solved, shares under each rule, who objects.

    Example: winset share sco-2025 --players SCO
    """
    if (scenario is None) == (game is None):
        raise DataError("give a SCENARIO or --game FILE, one of the two.")
    from winset.cli.show import deliver
    from winset.report.outputs import output

    if game is not None and (method, order, tolerance) != (None, None, None):
        raise DataError(
            "--method, --order and --tolerance belong to a SCENARIO, not to --game FILE."
        )
    if game is not None and aversion is not None:
        raise DataError(
            "--aversion belongs to a SCENARIO: nobody knows how poor the players of --game FILE are."
        )
    where, worlds = output(out, csv), []
    said: tuple[str, ...] = ()
    if game is not None:
        from winset.games import further

        done, extra = _of_file(game, players, fill), {}
        more = further(done.game)
        payload = done.to_json() | {
            "further": None if more is None else more.to_json(),
            "solver": {**NO_SOLVER, "seconds": done.seconds},
        }
    else:
        assert scenario is not None
        from winset.cli.show import announce_compilation, progress
        from winset.studies import sharing

        detail = sharing.checked_resolution(resolution)
        way = sharing.checked_method(method, order, tolerance)
        announce_compilation()
        from winset.studies import whole_world

        if way != sharing.EXACT and whole_world.many(
            scenario,
            players,
            dividends=way == sharing.DIVIDENDS,
            overrides=pairs(set_),
            blocs_file=blocs,
        ):
            sharing.here_and_without_gains(gains=gains, cluster=cluster)
            if aversion is not None:
                raise DataError(
                    "--aversion is for players of whom every coalition is known, 27 at most. Name them by "
                    "--players."
                )
            with progress("coalitions", quiet=json, unit="equilibria") as report:
                everybody = whole_world.share_all(
                    scenario,
                    players=players,
                    overrides=pairs(set_),
                    blocs_file=blocs,
                    order=order,
                    tolerance=tolerance,
                    workers=workers,
                    save=save,
                    resume=resume,
                    progress=report,
                )
            from winset.report import whole_world as words

            deliver(
                where,
                everybody.to_json(),
                words.shown(everybody),
                words.basis(everybody),
                title=everybody.scenario.title,
                worlds=[everybody.world],
                json=json,
            )
            return
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
                method=way,
                order=order,
                tolerance=tolerance,
                aversion=aversion,
                progress=report,
            )
        done, extra, payload = result.sharing, result.about(), result.to_json()
        worlds.append(result.world)
        from winset.report import division

        said = division.opening(result)
    shown, dim = _shown(done, extra, said)
    if game is not None and more is not None:
        from winset.report.further import shown as also

        shown += also(more)
    title = extra.get("title", "Shares of the game")
    deliver(where, payload, shown, dim, title=title, worlds=worlds, json=json)


def _tied(extra: dict[str, Any]) -> list[str]:
    """Say which pairs bring most, and whose absence costs the others most."""
    from winset.display import money

    pairs = ", ".join(
        f"{row['one']}–{row['other']} {row['synergy_musd']:+,.0f}" for row in extra["synergy"][:3]
    )
    worst = extra["absences"][0]
    return [
        f"By themselves most is brought by: {pairs}.",
        f"Without {worst['absent']} the others lose {money(worst['others_lose_musd'])} USD, most of it "
        f"{worst['hurts_most']} ({money(worst['hurts_most_musd'])}).",
    ]


def _weighed(found: dict[str, Any]) -> list[str]:
    """Say what the rules that weigh the poor do to welfare and to the gap between members."""
    before, each = found["equally_distributed_usd_before"], found["equally_distributed_usd"]
    said = ", ".join(f"{rule} {each[rule] - before:+,.2f}" for rule in each)
    wide = ", ".join(f"{rule} {found['gini'][rule]:.5f}" for rule in each)
    return [
        f"Inequality aversion {found['epsilon']:g}: the income that, given to every person of the members "
        f"alike, is worth theirs is {before:,.2f} USD a year; by division it changes by {said}.",
        f"Gini between members, by people: {found['gini_before']:.5f} before; {wide}.",
        "welfare: the division with the largest such income to which no coalition objects (within "
        f"{found['welfare_gap_usd']:.1g} USD); narrowest: nobody has less than alone, and the gap is least "
        "by every index. Inside a member all count as equal.",
    ]


def _approximate(found: dict[str, Any], error: float) -> str:
    """Say that worths are sums of dividends, how far they may be off, and what that rests on."""
    checked = found["certificate"]
    return (
        f"Not every coalition was solved: worths are sums of dividends to order {found['order']}, from "
        f"{found['equilibria'] - checked['checked']:,} equilibria; ± {error:,.2g} (largest of "
        f"{checked['checked']:,} checked: {checked['largest_error_musd']:,.2g}, root mean square "
        f"{checked['rms_error_musd']:,.2g}; orders left out sum to {checked['orders_left_out_musd']:,.2g} if "
        "they fall on)."
    )


def _of_file(path: Path, players: str | None, fill: str | None) -> Sharing:
    from winset.games import Game
    from winset.games import share as divide
    from winset.places.groups import names

    if fill not in (None, "superadditive"):
        raise DataError(f"--fill {fill}: superadditive is the one way to fill missing coalitions.")
    listed = None if players is None else names(players)
    game = Game.load(path, players=listed, fill="superadditive" if fill else None)
    return divide(game)


def _shown(
    done: Sharing, extra: dict[str, Any], said: tuple[str, ...]
) -> tuple[list[Table | str], list[str]]:
    """Return the table of shares and what follows from it; and what it rests on."""
    from winset.display import Table
    from winset.report.tables import number

    game = done.game
    title = extra.get("title", "Shares of the game")
    unit = "USD million" if extra else "the game's unit"
    found = extra.get("dividends")
    unit += f"; dividends to order {found['order']}, ± {extra['error_musd']:,.2g}" if found else ""
    table = Table(f"{title} ({unit})")
    table.names("player")
    columns: dict[str, Any] = {"own": done.own} | dict(done.divisions)
    rules = [rule for rule in RULES if columns.get(rule) is not None]
    for rule in rules:
        table.figures("own gain" if rule == "own" else rule, spare=rule in SPARE)
    digits = 0 if abs(game.grand) > 1000 else 3
    for k in sorted(range(game.n), key=lambda k: -float(done.divisions["shapley"][k])):
        table.add_row(game.players[k], *(number(float(columns[r][k]), digits) for r in rules))
    table.add_part()
    table.add_row("together", *(number(float(columns[r].sum()), digits) for r in rules))
    table.add_row("nobody objects", *("yes" if done.in_core[rule] else "no" for rule in rules))
    state = "empty" if done.core.empty else "not empty"
    shown: list[Table | str] = [
        table,
        *said,
        f"{len(game.values):,} coalitions. The core is {state}: at the best division the worst-off "
        f"coalition is {'short' if done.core.empty else 'ahead'} by "
        f"{abs(done.core.least_core_excess):,.{digits}f}.",
    ]
    for rule in rules:
        if done.objections.get(rule):
            worst = done.objections[rule][0]
            shown.append(
                f"{'own gain' if rule == 'own' else rule}: {'+'.join(worst.coalition)} would have "
                f"{worst.excess:,.{digits}f} more alone."
            )
    if "synergy" in extra:
        shown += _tied(extra)
    rule = "nucleolus"
    if done.transfers.get(rule):
        shown.append(f"From own gains to the {rule}:")
        shown += [
            f"  {payment.payer} pays {payment.receiver} {payment.amount:,.{digits}f}"
            for payment in done.transfers[rule][:12]
        ]
    if "aversion" in extra:
        shown += _weighed(extra["aversion"])
    certificate = done.nucleolus
    if found:
        shown.append(_approximate(found, extra["error_musd"]))
    dim = [
        f"{certificate.kind} certified: {len(certificate.stages)} levels, largest excess error "
        f"{certificate.largest_excess_error:.1e}, balance error "
        f"{certificate.largest_balance_error:.1e}, {certificate.scans} scans of all coalitions."
    ]
    if "solver" in extra:
        solver, world = extra["solver"], extra["world"]
        dim.append(
            f"{extra['resolution']}: {extra['economies']} economies of {world['name']}, sha256 "
            f"{world['sha256'][:12]}; largest residual {solver['max_residual']:.1e}, "
            f"{solver['resolved_by_newton']} solved again by Newton's method."
        )
    return shown, dim
