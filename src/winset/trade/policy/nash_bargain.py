r"""Cooperative tariffs: what players agree on when the alternative is the war (Ossa 2014).

Nash's bargain (1950) from the war as the threat point,

    max Σ_p ln(U_p − U_p^war)    over all rates, between bounds,

in general equilibrium; with transfers, over lump sums T_p with Σ_p T_p = 0 as well, which are paid in the
model: they move wages and prices like any deficit. What each player has above its war is what the
agreement is worth to it.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors.derivatives import respond
from winset.trade.numerics.blas import one_thread
from winset.trade.policy import best_response
from winset.trade.policy.nash_tariffs import mean_rates
from winset.trade.result import Solver

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.trade.policy.best_response import Contest
    from winset.trade.policy.nash_tariffs import NashEquilibrium


TOLERANCE = 1e-8  # of rates, and of transfers over income
FLOOR = 1e-6  # gain over income below which ln is continued by its parabola
MOST_LEVERS = 600
MOST_STEPS = 100
LONGEST = 0.1  # most that a rate, or a transfer over income, moves in one step
BEGIN = 0.25  # the first tariffs tried, in units of those of the war


@dataclass(frozen=True, slots=True)
class NashBargain:
    """The tariffs of a Nash bargain from a war.

    Attributes
    ----------
    z : (m,) array
        The levers' rates.
    transfer : (players,) array
        Lump sum received, USD million; zero without transfers.
    worth : (players,) array
        Payoff above the war, USD million.
    """

    war: NashEquilibrium
    transfers: bool
    z: Array
    state: hat.State
    welfare: Array
    variation: Array
    transfer: Array
    worth: Array
    solver: Solver

    @property
    def tariff(self) -> Array:
        """Each player's mean rate, weighted by its imports at customs value, (players,)."""
        return mean_rates(self.war.contest, self.z, self.state)

    @property
    def payoff(self) -> Array:
        """Sum of the equivalent variations of each player, USD million."""
        return np.asarray(self.war.contest.weights @ self.variation)

    def to_json(self) -> dict[str, Any]:
        """Return the key ``cooperation`` of ``winset war --json``."""
        game = self.war.contest
        percent, worth = 100.0 * self.payoff / game.scale, 100.0 * self.worth / game.scale
        today = -self.war.payoff
        return {
            "transfers": self.transfers,
            "players": [
                {
                    "code": player.code,
                    "tariff": float(self.tariff[k]),
                    "welfare_percent": float(percent[k]),
                    "worth_percent": float(worth[k]),
                    "worth_musd": float(self.worth[k]),
                    "today_worth_percent": float(100.0 * today[k] / game.scale[k]),
                    "today_worth_musd": float(today[k]),
                    "transfer_musd": float(self.transfer[k]),
                }
                for k, player in enumerate(game.players)
            ],
            "solver": asdict(self.solver),
        }


@one_thread()
def cooperate(
    war: NashEquilibrium, *, transfers: bool = False, least: float = 0.0, most: float = 2.0
) -> NashBargain:
    """Bargain over the tariffs of a war's players, rates between `least` and `most`.

    Newton's method on the gradient over the rates that no bound holds. The Hessian has the exact
    −Sᵀ diag(1/gain²) S of the logarithms (S the derivatives of the gains) and, for the curvature of
    the gains themselves, the volumes of `winset.trade.policy.best_response` as in the war.

    Raises
    ------
    DataError
        A war of one player, or more than 600 rates.
    InfeasibleError
        No tariffs were found that leave every player better off than the war.
    ConvergenceError
        The bargain was not found to tolerance.
    """
    begun = time.perf_counter()
    game = war.contest
    count, players = len(game.levers), len(game.players)
    if players < 2:
        raise DataError("--cooperate needs two players or more: nobody bargains alone.")
    if count > MOST_LEVERS:
        raise DataError(
            f"--cooperate over {count} rates is too much; at most {MOST_LEVERS}. Name fewer players "
            "or use --instruments uniform."
        )
    y = np.zeros(count + (players if transfers else 0))
    y[:count] = np.clip(BEGIN * war.z, least, most)
    point = _at(war, y, war.state, transfers)
    step, residual = 0, np.inf
    while step < MOST_STEPS:
        step += 1
        move, residual = _direction(war, point, y, (least, most))
        if residual <= TOLERANCE:
            break
        damping, better = 1.0, None
        while better is None and damping > 1e-4:
            trial = y + damping * move
            trial[:count] = np.clip(trial[:count], least, most)
            there = _at(war, trial, point.state, transfers)
            if there.value > point.value or _direction(war, there, trial, (least, most))[1] < (
                residual
            ):
                better = trial, there
            damping /= 2.0
        if better is None:
            break
        y, point = better
    if not np.all(point.gain > 0):
        loser = game.players[int(np.argmin(point.gain))].code
        raise InfeasibleError(
            f"no tariffs between {100 * least:g} and {100 * most:g} percent were found that leave "
            f"every player better off than the war: {loser} would lose. Allow --transfers."
        )
    if not residual <= TOLERANCE:
        raise ConvergenceError(
            f"the bargain was not found: after {step} steps a rate is still {residual:.2g} off.",
            residual=residual,
        )
    welfare, variation = best_response.variations(game, point.state)
    return NashBargain(
        war=war,
        transfers=transfers,
        z=y[:count],
        state=point.state,
        welfare=welfare,
        variation=variation,
        transfer=y[count:] * game.scale if transfers else np.zeros(players),
        worth=point.gain * game.scale,
        solver=Solver(step, residual, time.perf_counter() - begun),
    )


@dataclass(frozen=True, slots=True)
class _Point:
    """An agreement on the way: gains above the war over income, their derivatives, and B.

    `value` is Σ ln gain, `first` and `second` its derivatives by the gains.
    """

    state: hat.State
    gain: Array
    slope: Array
    volume: Array
    value: float
    first: Array
    second: Array


def _at(war: NashEquilibrium, y: Array, near: hat.State, transfers: bool) -> _Point:
    """Solve and differentiate the equilibrium at y = (rates, transfers over income)."""
    game = war.contest
    count = len(game.levers)
    z, base, split = y[:count], game.base, _division(game)
    if transfers:
        base = replace(base, deficit=base.deficit + split @ (y[count:] * game.scale))
    state = best_response.settle(game, z, near, base=base)
    goal = game.goal(z)
    lift = game.levers.lift(base, goal, state)
    if transfers:
        lift = lift.with_transfers(split * game.scale)
    found = respond(base, goal, state, lift, tolerance=1e-12)
    if found is None:
        raise ConvergenceError(
            "the agreement could not be differentiated: prices or spending diverge.",
            residual=float("inf"),
        )
    gains = best_response.gradient(base, game.calibrated.initial, state, found)
    payoff = game.weights @ best_response.variations(game, state)[1]
    gain = (payoff - war.payoff) / game.scale
    # Below the floor ln is continued by its parabola, so that a start may be worse than the war.
    high, below = np.maximum(gain, FLOOR), gain / FLOOR - 1.0
    under = gain < FLOOR
    value = np.where(under, np.log(FLOOR) + below - 0.5 * below**2, np.log(high))
    first = np.where(under, (1.0 - below) / FLOOR, 1.0 / high)
    weight = game.weights.T @ (first / game.scale)
    volume = best_response.volumes(
        game, goal, state, found.tangent, np.arange(count), np.arange(len(y)), weight
    )
    return _Point(
        state=state,
        gain=gain,
        slope=(game.weights @ gains) / game.scale[:, None],
        volume=volume,
        value=float(value.sum()),
        first=first,
        second=-1.0 / high**2,
    )


def _direction(
    war: NashEquilibrium, point: _Point, y: Array, bounds: tuple[float, float]
) -> tuple[Array, float]:
    """Return the Newton step within the bounds and its longest part, the residual."""
    count = len(point.volume)
    gradient = point.first @ point.slope
    held = np.zeros(len(y), dtype=np.bool_)
    held[:count] = ((y[:count] <= bounds[0]) & (gradient[:count] < 0)) | (
        (y[:count] >= bounds[1]) & (gradient[:count] > 0)
    )
    free = np.flatnonzero(~held)
    hessian = point.slope.T @ (point.second[:, None] * point.slope)
    hessian[:, :count] += point.volume.T
    system = hessian[np.ix_(free, free)]
    right = gradient[free]
    if len(y) > count:  # the sum of the transfers stays zero
        scale = war.contest.scale / war.contest.scale.sum()
        row = np.where(free >= count, scale[np.maximum(free - count, 0)], 0.0)
        weight = float(np.abs(system).max())
        system = np.block([[system, weight * row[:, None]], [weight * row[None], np.zeros((1, 1))]])
        right = np.append(right, -weight * (row @ y[free]))
    step = np.zeros(len(y))
    step[free] = -np.linalg.solve(system, right)[: len(free)]
    size = float(np.abs(step).max()) if len(free) else 0.0
    return step * min(1.0, LONGEST / max(size, 1e-300)), size


def _division(game: Contest) -> Array:
    """How a player's lump sum is split over its members: by initial income, (n, players)."""
    share = game.weights * game.calibrated.initial.income
    return np.asarray((share / share.sum(axis=1, keepdims=True)).T)
