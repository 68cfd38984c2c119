"""Tariff wars: tables and sentences for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report import words
from winset.report.significant import at_most
from winset.report.speech import coded, local, name, percent, plain, say, signed, tiny
from winset.report.tables import number
from winset.trade.gains import direction
from winset.trade.policy.nash_tariffs import compared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.numbers import Array
    from winset.studies.tariff_war import TariffWar
    from winset.trade.policy.nash_bargain import NashBargain
    from winset.trade.policy.nash_tariffs import NashEquilibrium
    from winset.trade.policy.sufficient_statistics import War
    from winset.trade.result import Solver
    from winset.worlds import World

LEAST = 0.01  # percent of income below which a gain is as good as none


def _table(title: str, *figures: str) -> Table:
    table = Table(title)
    table.names(say("code"), say("economy"))
    table.figures(*figures)
    return table


def by_size(world: World, rates: Mapping[str, float], change: Array, *, top: int) -> Table:
    """Tariff and welfare of the largest economies."""
    table = _table(
        say("Tariff war in {world}", world=world.name), say("tariff %"), say("welfare %")
    )
    for k in np.argsort(-world.flows.sum(axis=1), kind="stable")[:top]:
        code = world.codes[k]
        shown = local(f"{100 * rates[code]:.1f}") if code in rates else ""
        table.add_row(code, name(code, world.names[k]), shown, figure(float(change[k]), 2))
    return table


def figure(value: float, digits: int) -> str:
    """Write a figure as the language does."""
    return local(number(value, digits))


def losers(world: World, change: Array) -> str:
    """Return who loses, and the mean."""
    worst = int(np.argmin(change))
    losing = int((direction(change / 100.0) < 0).sum())
    return say(
        "{n} of {all} economies lose, worst {name} ({gain}); the mean is {mean}.",
        n=losing,
        all=len(world),
        name=name(world.codes[worst], world.names[worst]),
        gain=percent(float(change[worst])),
        mean=percent(float(change.mean())),
    )


def footer(world: World, elasticities: str, *, balanced: bool, solver: Solver) -> str:
    """Return what identifies the computation."""
    return say(
        "elasticities {elasticities}, {deficits}; world {world}, sha256 {hash}; residual {residual} after "
        "{n} steps",
        elasticities=elasticities or say("of the world"),
        deficits=say("no deficits") if balanced else say("unchanged deficits"),
        world=world.name,
        hash=world.sha256[:12],
        residual=tiny(solver.residual),
        n=solver.iterations,
    )


def players(done: NashEquilibrium, statistics: War | None, *, top: int) -> Table:
    """Mean tariff and welfare of the players, the largest first, then of the largest others."""
    game, world = done.contest, done.contest.world
    title = {"uniform": "one rate each", "partner": "rates by partner", "sector": "rates by sector"}
    how = title.get(game.instruments, "rates by partner and sector")
    table = _table(f"Tariff war in {world.name}, {how}, exact", "tariff %", "welfare %")
    if statistics is not None:
        table.figures("by statistics: tariff %", "welfare %")
    payoff = 100.0 * done.payoff / game.scale
    size = game.calibrated.initial.income
    order = np.argsort(-(game.weights @ size), kind="stable")
    for k in order[:top]:
        player = game.players[k]
        row = [
            player.code,
            player.name if len(player.members) == 1 else f"{len(player.members)} members",
            local(f"{100 * done.tariff[k]:.1f}"),
            figure(float(payoff[k]), 2),
        ]
        if statistics is not None:
            m = player.members[0]
            row += [
                local(f"{100 * statistics.tariff[m]:.1f}"),
                figure(100.0 * float(statistics.welfare[m] - 1.0), 2),
            ]
        table.add_row(*row)
    inside = game.weights.sum(axis=0) > 0
    others = [m for m in np.argsort(-size, kind="stable") if not inside[m]]
    for m in others[: max(top - len(game.players), 0)]:
        row = [world.codes[m], world.names[m], "", figure(100.0 * float(done.welfare[m] - 1.0), 2)]
        if statistics is not None:
            row += ["", figure(100.0 * float(statistics.welfare[m] - 1.0), 2)]
        table.add_row(*row)
    return table


def sentences(done: NashEquilibrium, statistics: War | None) -> list[str]:
    """Return the proof of the war, and how far the statistics are from it."""
    said = []
    if done.certificate is not None:
        c = done.certificate
        said.append(
            say(
                "No player gains by another tariff: of {n} tried for each, the best is {player}'s, worth "
                "{gain} % of its income.",
                n=c.points,
                player=coded(c.player),
                gain=plain(c.largest_gain_percent, 2)
                if abs(c.largest_gain_percent) >= LEAST
                else say("less than {least}", least=local(f"{LEAST}")),
            )
        )
    if done.starts > 1:
        said.append(
            say(
                "{n} starting points lead to the same war, to within {spread} percentage points of tariff.",
                n=done.starts,
                spread=at_most(100 * done.spread, 4),
            )
        )
    if statistics is not None:
        gap = compared(done, statistics)
        said.append(
            say(
                "Sufficient statistics are off by {mean} percentage points of tariff on average, at most "
                "{most} ({player}), and by at most {welfare} points of welfare.",
                mean=plain(100 * gap["mean_tariff_gap"], 2),
                most=plain(100 * gap["largest_tariff_gap"], 2),
                player=coded(gap["largest_tariff_gap_player"]),
                welfare=plain(gap["largest_welfare_gap_percent"], 2),
            )
        )
    return said


def bargain(agreed: NashBargain, *, top: int) -> Table:
    """What players agree on, and what it is worth to each."""
    game = agreed.war.contest
    table = _table(
        "Nash bargain from the war", "tariff %", "welfare %", "above the war %", "today above it %"
    )
    if agreed.transfers:
        table.figures("receives, USD million")
    payoff, worth = 100.0 * agreed.payoff / game.scale, 100.0 * agreed.worth / game.scale
    today = -100.0 * agreed.war.payoff / game.scale
    order = np.argsort(-(game.weights @ game.calibrated.initial.income), kind="stable")
    for k in order[:top]:
        player = game.players[k]
        row = [
            player.code,
            player.name if len(player.members) == 1 else f"{len(player.members)} members",
            local(f"{100 * agreed.tariff[k]:.1f}"),
            figure(float(payoff[k]), 2),
            figure(float(worth[k]), 2),
            figure(float(today[k]), 2),
        ]
        if agreed.transfers:
            row.append(figure(float(agreed.transfer[k]), 0))
        table.add_row(*row)
    return table


def bargain_sentences(agreed: NashBargain) -> list[str]:
    """Return what the agreement is worth to all players together."""
    total, now = float(agreed.worth.sum()), -float(agreed.war.payoff.sum())
    return [
        say(
            "Above the war, the bargain is worth {total} billion USD a year to its players together; "
            "today's tariffs are worth {now} billion.",
            total=signed(total / 1000, 1),
            now=signed(now / 1000, 1),
        )
    ]


def shown(done: TariffWar, *, top: int) -> tuple[list[Table | str], str]:
    """Return a war's tables and sentences: who sets which tariff, who loses; and what it rests on."""
    data, exact = done.world, done.exact
    if exact is None:
        war = done.statistics
        assert war is not None
        rates = {c: float(war.tariff[data.position(c)]) for c in war.players}
        change = 100.0 * (np.asarray(war.welfare) - 1.0)
        said: list[Table | str] = [
            by_size(data, rates, change, top=top),
            losers(data, change),
        ]
        last = footer(data, war.elasticities, balanced=war.balanced, solver=war.solver)
    else:
        parameters = exact.contest.parameters
        said = [players(exact, done.statistics, top=top)]
        change = 100.0 * (np.asarray(exact.welfare) - 1.0)
        said.append(losers(data, change))
        said += sentences(exact, done.statistics)
        if done.agreed is not None:
            said += [bargain(done.agreed, top=top), *bargain_sentences(done.agreed)]
        last = footer(
            exact.contest.world,
            parameters.elasticities,
            balanced=parameters.deficits == "balanced",
            solver=exact.solver,
        )
    own = dict(zip(data.codes, change.tolist(), strict=True))
    names = dict(zip(data.codes, data.names, strict=True))
    said.append(words.gains_by_rule(names, done.others, own))
    if sentence := words.counted(done.group, say("world {name}", name=data.name)):
        said.append(sentence)
    return said, say("{footer}; members of blocs on {on}", footer=last, on=done.on.isoformat())
