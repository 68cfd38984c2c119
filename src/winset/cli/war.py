"""``winset war``: what if everybody retaliates?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, JsonOption, ReportOption
from winset.errors import DataError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from winset.places.blocs import Bloc
    from winset.trade.policy.nash_bargain import Agreement
    from winset.trade.policy.nash_tariffs import Equilibrium
    from winset.trade.policy.sufficient_statistics import War
    from winset.worlds import World

METHODS = ("sufficient", "exact", "both")


@app.command()
def war(
    world: Annotated[str, typer.Argument(metavar="WORLD", help="An embedded world, or a folder.")],
    players: Annotated[
        str, typer.Option(metavar="GROUP", help="Who fights: all, a bloc, or codes by comma.")
    ] = "all",
    as_one: Annotated[
        bool, typer.Option("--as-one", help="A bloc among the players sets one tariff. [exact]")
    ] = False,
    method: Annotated[
        str | None,
        typer.Option(
            help="sufficient statistics (Lashkaripour 2021), exact, or both; exact where an option "
            "needs it.",
        ),
    ] = None,
    instruments: Annotated[
        str,
        typer.Option(help="What a player sets: uniform, partner, sector, partner-sector. [exact]"),
    ] = "uniform",
    elasticities: Annotated[
        str, typer.Option(metavar="SET", help="A set of trade elasticities of the world [its own].")
    ] = "",
    balanced: Annotated[
        bool, typer.Option("--balanced", help="Remove trade deficits before the war.")
    ] = False,
    value_added_share: Annotated[
        float | None,
        typer.Option(help="Value added in output where the world names none [1]. [exact]"),
    ] = None,
    cooperate: Annotated[
        bool, typer.Option("--cooperate", help="Bargain from the war: what is peace worth? [exact]")
    ] = False,
    transfers: Annotated[
        bool, typer.Option("--transfers", help="The bargain may include payments.")
    ] = False,
    starts: Annotated[
        int, typer.Option(help="Starting points, which must lead to the same war.", min=1, max=100)
    ] = 2,
    points: Annotated[
        int,
        typer.Option(help="Deviations tried for every player; 0: none.", min=0, max=100_000),
    ] = 200,
    seed: Annotated[int, typer.Option(help="Of random starts and deviations.", min=0)] = 0,
    chart: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Best responses of two players: .svg, .png or .html."),
    ] = None,
    report: ReportOption = None,
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

    from winset.places.blocs import load_blocs
    from winset.trade.policy.tariff_instruments import checked
    from winset.worlds import world as load_world

    how = checked(instruments)
    options = {
        "--instruments": how != "uniform",
        "--as-one": as_one,
        "--value-added-share": value_added_share is not None,
        "--cooperate": cooperate,
        "--chart": chart is not None,
        "--report": report is not None,
    }
    needed = [name for name, given in options.items() if given]
    chosen = method or ("exact" if needed else "sufficient")
    if chosen not in METHODS:
        raise DataError(f"--method {chosen}: it is {', '.join(METHODS)}.")
    if chosen == "sufficient" and needed:
        raise DataError(f"{needed[0]} needs --method exact.")
    if chosen == "both" and (set(needed) - {"--cooperate", "--chart", "--report"}):
        raise DataError(f"{needed[0]}: sufficient statistics know no such war. Use --method exact.")
    if transfers and not cooperate:
        raise DataError("--transfers is about the bargain: add --cooperate.")
    data = load_world(world)
    groups = _players(players, dt.date.today(), data, load_blocs(blocs), as_one=as_one)
    statistics = None
    if chosen != "exact":
        from winset.trade.policy.sufficient_statistics import sufficient_war

        alone = None if groups is None else list(groups)
        statistics = sufficient_war(
            data, players=alone, elasticities=elasticities, balanced=balanced
        )
        if chosen == "sufficient":
            _print(statistics, top=top, json=json)
            return
    from winset.scenario.parameters import checked_parameters
    from winset.trade.policy import best_response, nash_bargain, nash_tariffs

    parameters = checked_parameters(
        {
            "value_added_share": 1.0 if value_added_share is None else value_added_share,
            "elasticities": elasticities,
            "deficits": "balanced" if balanced else "world-share",
        },
        "winset war",
    )
    game = best_response.contest(data, parameters, groups, how)
    done = nash_tariffs.war(game, starts=starts, seed=seed, points=points)
    agreed = nash_bargain.cooperate(done, transfers=transfers) if cooperate else None
    if chart is not None:
        from winset.report import charts, reactions

        frame = reactions.frame(done)
        charts.write(lambda width: reactions.diagram(frame, done, width=width), chart)
    if report is not None:
        from winset.report import plain_page, reactions

        plain_page.write(reactions.sheet(done, agreed), report)
    if json:
        from winset.cli.show import print_json

        said = done.to_json()
        if statistics is not None:
            from winset.trade.policy.nash_tariffs import compared

            said["sufficient"] = compared(done, statistics)
        if agreed is not None:
            said["cooperation"] = agreed.to_json()
        print_json(said)
        return
    _print_exact(done, statistics, agreed, top=top)
    if written := ", ".join(str(path) for path in (chart, report) if path is not None):
        typer.echo(f"Written: {written}")


def _players(
    text: str, on: dt.date, data: World, known: Mapping[str, Bloc], *, as_one: bool
) -> dict[str, list[str]] | None:
    """Read ``--players``: names of players to the codes that act under them; None for all."""
    if text == "all":
        return None
    from winset.studies.sharing import named_players

    groups: dict[str, list[str]] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        codes = named_players(item, on, data, known) or ()
        if as_one and item not in data.index:
            groups[item] = list(codes)
        else:
            groups |= {code: [code] for code in codes}
    if not groups:
        raise DataError(f"--players {text!r} names nobody in world {data.name!r}.")
    return groups


def _print(done: War, *, top: int, json: bool) -> None:
    """Show a war by sufficient statistics."""
    if json:
        from winset.cli.show import print_json

        print_json(done.to_json())
        return
    import numpy as np

    from winset.cli.show import console
    from winset.report import wars

    terminal, data = console(), done.world
    rates = {c: float(done.tariff[data.position(c)]) for c in done.players}
    terminal.print(wars.by_size(data, rates, 100.0 * (done.welfare - 1.0), top=top))
    terminal.print(wars.losers(data, 100.0 * (np.asarray(done.welfare) - 1.0)))
    terminal.print(
        wars.footer(data, done.elasticities, balanced=done.balanced, solver=done.solver),
        style="dim",
    )


def _print_exact(
    done: Equilibrium, statistics: War | None, agreed: Agreement | None, *, top: int
) -> None:
    """Show an exact war, with what it is compared to."""
    from winset.cli.show import console
    from winset.report import wars

    terminal = console()
    shown: list[Any] = [wars.players(done, statistics, top=top)]
    change = 100.0 * (done.welfare - 1.0)
    shown.append(wars.losers(done.contest.world, change))
    shown += wars.sentences(done, statistics)
    if agreed is not None:
        shown += [wars.bargain(agreed, top=top), *wars.bargain_sentences(agreed)]
    for item in shown:
        terminal.print(item)
    parameters = done.contest.parameters
    terminal.print(
        wars.footer(
            done.contest.world,
            parameters.elasticities,
            balanced=parameters.deficits == "balanced",
            solver=done.solver,
        ),
        style="dim",
    )
