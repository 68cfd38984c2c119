r"""Cooperative tariffs: what players agree on when the alternative is the war (Ossa 2014).

Nash's bargain (1950) from the war as the threat point,

    max Σ_p ln(U_p − U_p^war)    over all rates, between bounds,

in general equilibrium; with transfers, over lump sums T_p with Σ_p T_p = 0 as well, which are paid in the
model: they move wages and prices like any deficit. What each player has above its war is what the
agreement is worth to it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.trade import hat, strategy
from winset.trade.derivatives import Lift, respond
from winset.trade.nash import mean_rates
from winset.trade.result import Solver

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.trade.nash import Equilibrium
    from winset.trade.strategy import Contest

    Array = NDArray[np.float64]

TOLERANCE = 1e-7  # of the projected gradient of the sum of logarithms
FLOORS = (1e-2, 1e-4, 1e-7)  # gains, over income, below which ln is continued by its parabola
MOST_LEVERS = 600
MOST_STEPS = 300


@dataclass(frozen=True, slots=True)
class Agreement:
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

    war: Equilibrium
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


def cooperate(
    war: Equilibrium, *, transfers: bool = False, least: float = 0.0, most: float = 2.0
) -> Agreement:
    """Bargain over the tariffs of a war's players, rates between `least` and `most`.

    Raises
    ------
    DataError
        A war of one player, or more than 600 rates.
    InfeasibleError
        No tariffs were found that leave every player better off than the war.
    ConvergenceError
        The bargain was not found to tolerance.
    """
    from scipy.optimize import minimize

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
    problem = _Problem(war, transfers, {})
    y = np.zeros(count + (players if transfers else 0))
    y[:count] = np.clip(0.25 * war.z, least, most)
    bounds = [(least, most)] * count + [(-1.0, 1.0)] * (len(y) - count)
    constraints = []
    if transfers:
        balance = np.concatenate([np.zeros(count), game.scale / game.scale.sum()])
        constraints = [{"type": "eq", "fun": balance.__matmul__, "jac": lambda _: balance}]
    steps = 0
    for floor in FLOORS:
        found = minimize(
            problem.loss,
            y,
            args=(floor,),
            jac=True,
            method="SLSQP",
            bounds=bounds,
            constraints=constraints,
            options={"maxiter": MOST_STEPS, "ftol": 1e-15},
        )
        y = np.clip(found.x, [low for low, _ in bounds], [high for _, high in bounds])
        steps += int(found.nit)
    point = problem.at(y)
    gain = point.gain
    if not np.all(gain > 0):
        loser = game.players[int(np.argmin(gain))].code
        raise InfeasibleError(
            f"no tariffs between {100 * least:g} and {100 * most:g} percent were found that leave "
            f"every player better off than the war: {loser} would lose. Allow --transfers."
        )
    residual = _stationary(problem, y, bounds, count, floor=FLOORS[-1])
    if not residual <= TOLERANCE * players:
        raise ConvergenceError(
            f"the bargain was not found: its gradient is still {residual:.2g} after {steps} steps.",
            residual=residual,
        )
    welfare, variation = strategy.variations(game, point.state)
    return Agreement(
        war=war,
        transfers=transfers,
        z=y[:count],
        state=point.state,
        welfare=welfare,
        variation=variation,
        transfer=y[count:] * game.scale if transfers else np.zeros(players),
        worth=gain * game.scale,
        solver=Solver(steps, residual, time.perf_counter() - begun),
    )


@dataclass(frozen=True, slots=True)
class _Point:
    """An agreement on the way: gains above the war over income, and their derivatives."""

    state: hat.State
    gain: Array
    slope: Array


@dataclass(frozen=True, slots=True)
class _Problem:
    """Gains of the players at y = (rates, transfers over income); the last points are kept."""

    war: Equilibrium
    transfers: bool
    known: dict[bytes, _Point]

    def at(self, y: Array) -> _Point:
        key = y.tobytes()
        if key not in self.known:
            near = list(self.known.values())[-1].state if self.known else self.war.state
            self.known[key] = self._solve(y, near)
            while len(self.known) > 2:
                del self.known[next(iter(self.known))]
        return self.known[key]

    def loss(self, y: Array, floor: float) -> tuple[float, Array]:
        """−Σ ln gain and its gradient, ln continued by a parabola below `floor`."""
        point = self.at(y)
        below = (point.gain - floor) / floor
        low = np.log(floor) + below - 0.5 * below**2
        value = np.where(point.gain > floor, np.log(np.maximum(point.gain, floor)), low)
        weight = np.where(point.gain > floor, 1.0 / np.maximum(point.gain, floor),
                          (1.0 - below) / floor)  # fmt: skip
        return -float(value.sum()), -np.asarray(weight @ point.slope)

    def _solve(self, y: Array, near: hat.State) -> _Point:
        game = self.war.contest
        count, players, n = len(game.levers), len(game.players), len(game.world)
        z = y[:count]
        split = _division(game)
        base = game.base
        if self.transfers:
            base = replace(base, deficit=base.deficit + split @ (y[count:] * game.scale))
        state = strategy.settle(game, z, near, base=base)
        goal = game.goal(z)
        lift = game.levers.lift(base, goal, state)
        if self.transfers:
            blank = np.zeros((len(base.theta), n, players))
            lift = Lift(
                pushed=np.concatenate([lift.pushed, blank], axis=2),
                sales=np.concatenate([lift.sales, blank], axis=2),
                kept=np.concatenate([lift.kept, blank], axis=2),
                cost=np.zeros((n, len(y))),
                deficit=np.hstack([np.zeros((n, count)), split * game.scale]),
            )
        found = respond(base, goal, state, lift, tolerance=1e-12)
        if found is None:
            raise ConvergenceError(
                "the agreement could not be differentiated: prices or spending diverge.",
                residual=float("inf"),
            )
        gains = strategy.gradient(base, game.calibrated.initial, state, found)
        payoff = game.weights @ strategy.variations(game, state)[1]
        return _Point(
            state,
            (payoff - self.war.payoff) / game.scale,
            (game.weights @ gains) / game.scale[:, None],
        )


def _division(game: Contest) -> Array:
    """How a player's lump sum is split over its members: by initial income, (n, players)."""
    share = game.weights * game.calibrated.initial.income
    return np.asarray((share / share.sum(axis=1, keepdims=True)).T)


def _stationary(
    problem: _Problem,
    y: Array,
    bounds: list[tuple[float, float]],
    count: int,
    *,
    floor: float,
) -> float:
    """Largest component of the gradient that neither a bound nor the sum of transfers holds.

    Rates are weighed by what they move: the gradient over the sum of logarithms, per percentage
    point of a rate.
    """
    _, slope = problem.loss(y, floor)
    low, high = np.array(bounds).T
    free = slope.copy()
    free[(y <= low) & (slope > 0)] = 0.0
    free[(y >= high) & (slope < 0)] = 0.0
    if len(y) > count:
        scale = problem.war.contest.scale / problem.war.contest.scale.sum()
        multiplier = slope[count:] @ scale / (scale @ scale)
        free[count:] = slope[count:] - multiplier * scale
    return 0.01 * float(np.abs(free).max())
