r"""Does a player gain by other tariffs than its own in the war? Many deviations solved together.

A deviation of one player changes the columns of its members alone. The equilibria of G deviations are
then one chain of matrix products over the common part of the kernel, with the changed columns apart,

    total_gn = Σ_i K_in R_gi,  n ∉ members;        total_gn = Σ_i K^g_in R_gi,  n ∈ members,

in every sector (R = ĉ^{−θ}), and Broyden's method (1965) for all of them starts from the Jacobian of the
war itself. A deviation that misses tolerance is solved anew, alone; none is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError
from winset.trade.equilibrium import Status, enjoyed, judged, worth
from winset.trade.models.many_sectors import derivatives
from winset.trade.models.many_sectors import equations as hat
from winset.trade.numerics.anderson import fixed_point
from winset.trade.policy import best_response

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.trade.policy.best_response import BestResponse, Contest


PRECISE = 1e-11  # residual of a deviation's equilibrium, over value added
GAIN = 1e-9  # relative gain from which a deviation counts as profitable
MOST_CELLS = 6_000_000  # of the changed columns held at once
WIDEST = 1.0  # the grid of a rate ends here, or at three times the rate
MOST_STEPS = 30
LONGEST = 0.5  # most that the log of a wage moves in one step
INNER = 1e-13


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was tried against the war, and the best of it.

    Attributes
    ----------
    points : int
        Deviations tried, of every player.
    largest_gain_percent : float
        Best of all deviations against the war, percent of the player's income; not positive
        but for rounding.
    player : str
        Whose deviation that is.
    alone : int
        Deviations that were solved anew one by one.
    """

    points: int
    largest_gain_percent: float
    player: str
    alone: int


def certify(game: Contest, z: Array, found: BestResponse, *, points: int, seed: int) -> Certificate:
    """Try `points` deviations of every player.

    With one lever, a grid from zero to the larger of 100 percent and three times the rate;
    with several, half of them move all rates together and half are random, in all directions.

    Raises
    ------
    ConvergenceError
        A player gains by more than 1e-9 of its income.
    """
    state = found.state
    best, whose, alone = -np.inf, 0, 0
    slope = derivatives.slope(game.base, game.goal(z), state, tolerance=1e-10)
    inverse = np.asarray(np.linalg.inv(slope), dtype=np.float64)
    variation = best_response.variations(game, state)[1]
    for k, player in enumerate(game.players):
        own = game.levers.of(k)
        tried = deviations(z[own], points, np.random.default_rng([seed, k]))
        gains, again = payoffs(game, z, found, inverse, k, tried)
        alone += again
        gain = (gains - variation[list(player.members)].sum()) / game.scale[k]
        place = int(np.argmax(gain))
        if gain[place] > GAIN:
            why = ""
            if np.any(game.base.deficit != 0.0):
                why = " A deficit is a transfer that stays whatever the tariff: try --balanced."
            raise ConvergenceError(
                f"this is no equilibrium: {player.code} gains {100 * gain[place]:.2g} percent by a "
                f"mean tariff of {tried[place].mean():.4g} in place of {z[own].mean():.4g}.{why}",
                residual=float(gain[place]),
                economy=player.code,
            )
        if gain[place] > best:
            best, whose = float(gain[place]), k
    return Certificate(points, 100.0 * best, game.players[whose].code, alone)


def deviations(rates: Array, points: int, generator: np.random.Generator) -> Array:
    """Return other rates for one player's levers, (points, levers)."""
    if len(rates) == 1:
        rate = float(rates[0])
        return np.linspace(min(0.0, 2.0 * rate), max(WIDEST, 3.0 * rate), points)[:, None]
    together = np.exp(np.linspace(-0.3, 0.5, points // 2))[:, None] * (1.0 + rates) - 1.0
    count = points - points // 2
    size = np.exp(generator.uniform(np.log(1e-3), np.log(0.3), (count, 1)))
    apart = (1.0 + rates) * np.exp(size * generator.standard_normal((count, len(rates)))) - 1.0
    return np.vstack([together, apart])


def payoffs(
    game: Contest, z: Array, found: BestResponse, inverse: Array, player: int, tried: Array
) -> tuple[Array, int]:
    """Return a player's payoff at each row of `tried`, and how many were solved one by one."""
    base, members, state = game.base, list(game.players[player].members), found.state
    own = game.levers.of(player)
    ahead = state.x + (tried - z[own]) @ found.drift[:, own].T
    result = np.full(len(tried), np.nan)
    simple = not base.relieved and not base.multiplicative
    stride = max(1, MOST_CELLS // (len(members) * len(base.theta) * len(game.world)))
    done = np.zeros(len(tried), dtype=np.bool_)
    for first in range(0, len(tried) if simple else 0, stride):
        rows = slice(first, first + stride)
        batch = _Batch.of(game, z, own, members, tried[rows])
        result[rows], done[rows] = batch.solve(game, state, inverse, ahead[rows])
    for row in np.flatnonzero(~done):
        here = z.copy()
        here[own] = tried[row]
        alone = best_response.settle(game, here, state)
        result[row] = best_response.variations(game, alone)[1][members].sum()
    return result, int((~done).sum())


def _square(step: Array) -> Array:
    return np.asarray(np.maximum((step * step).sum(axis=1), 1e-300))


@dataclass(frozen=True, slots=True)
class _Batch:
    """G goals that differ in the columns `members`: kernel and kernel/(1 + t'), (T, G, n, members)."""

    base: hat.Baseline
    kernel: Array
    kept: Array
    columns: Array
    kept_columns: Array
    members: list[int]

    @classmethod
    def of(
        cls, game: Contest, z: Array, own: NDArray[np.intp], members: list[int], tried: Array
    ) -> _Batch:
        base, levers = game.base, game.levers
        goal = game.goal(z)
        cells = np.flatnonzero(np.isin(levers.lever, own))
        place = {m: k for k, m in enumerate(members)}
        j, i = levers.sector[cells], levers.exporter[cells]
        m = np.array([place[n] for n in levers.importer[cells].tolist()])
        rates = (
            levers.offset[cells]
            + levers.weight[cells] * (tried[:, np.searchsorted(own, levers.lever[cells])])
        )
        now = levers.tariff(base.tariff, z)[:, :, members]
        tariff = np.repeat(now[:, None], len(tried), axis=1)
        tariff[j, :, i, m] = rates.T
        factor = (1.0 + tariff) / (1.0 + base.tariff[:, None, :, members])
        share = base.share[:, None, :, members]
        columns = share * factor ** -base.theta[:, None, None, None]
        common = goal.kernel.copy()
        common[:, :, members] = 0.0
        return cls(base, common, common * goal.keep, columns, columns / (1.0 + tariff), members)

    def solve(
        self, game: Contest, state: hat.State, inverse: Array, x: Array
    ) -> tuple[Array, NDArray[np.bool_]]:
        """From x (G, n), return the payoff of the members and whether it is exact, (G,) each."""
        count = self.columns.shape[1]
        price = np.repeat(state.price[:, None], count, axis=1)
        spending = np.repeat((state.spending / self.base.value_added)[:, None], count, axis=1)
        steps: list[Array] = []
        size, gains, lowest = np.full(count, np.inf), np.full(count, np.nan), np.full(count, np.nan)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for _ in range(MOST_STEPS):
                found = self._evaluate(game, x, price, spending)
                if found is None:
                    break
                price, spending, residual, gains, lowest = found
                size = np.abs(residual).max(axis=1)
                if np.all(size <= PRECISE) or not np.all(np.isfinite(size)):
                    break
                # Broyden's update of the inverse, by its products with the last steps alone.
                step = -residual @ inverse.T
                for old, new in pairwise(steps):
                    step += new * ((old * step).sum(axis=1) / _square(old))[:, None]
                if steps:
                    shrink = (steps[-1] * step).sum(axis=1) / _square(steps[-1])
                    step /= np.maximum(1.0 - shrink, 0.1)[:, None]
                step *= (LONGEST / np.maximum(np.abs(step).max(axis=1), LONGEST))[:, None]
                steps.append(step)
                x = x + step
        ends = zip(size.tolist(), lowest.tolist(), strict=True)
        exact = [judged(miss, low, PRECISE) is Status.CONVERGED for miss, low in ends]
        return gains, np.array(exact)

    def _evaluate(
        self, game: Contest, x: Array, price: Array, spending: Array
    ) -> tuple[Array, Array, Array, Array, Array] | None:
        """Return prices, scaled spending, residuals (G, n); the members' payoff, the lowest income (G,)."""
        base = self.base
        traded, unit = len(base.theta), base.value_added
        theta = base.theta[:, None, None]
        own = base.labor[:, None] * x
        final = base.final[:, None]
        linked = bool(base.inputs.any())
        scale = base.psi * base.kappa

        def cost_of(log_price: Array) -> Array:
            cost = own
            if linked:
                cost = cost + np.matmul(log_price.transpose(2, 1, 0), base.inputs).transpose(
                    2, 1, 0
                )
            if scale > 0:
                cost = cost - scale * (x - (final * log_price).sum(axis=0))
            return np.asarray(cost)

        def price_of(cost: Array) -> tuple[Array, Array, Array]:
            reach = np.exp(-theta * cost[:traded])
            total = self._bought(reach, self.kernel, self.columns)
            log_price = cost.copy()
            log_price[:traded] = np.log(total) / -theta
            return log_price, reach, total

        if linked or scale > 0:
            inner = fixed_point(lambda p: price_of(cost_of(p))[0], price, tolerance=INNER)
            if inner is None:
                return None
            price = inner
        price, reach, total = price_of(cost_of(price))
        consumer = (final * price).sum(axis=0)
        labor = base.kappa * (x - consumer)
        value_added = unit * np.exp(x + labor)
        world = value_added.sum(axis=1, keepdims=True) / unit.sum()
        earned = value_added + base.deficit * world
        taxed = 1.0 - self._bought(reach, self.kept, self.kept_columns) / total

        def sales(scaled: Array) -> tuple[Array, Array]:
            need = scaled * unit
            output = need.copy()
            output[:traded] = reach * self._sold(need[:traded] / total)
            return output, (taxed * need[:traded]).sum(axis=0)

        def demand(scaled: Array) -> Array:
            output, revenue = sales(scaled)
            used = np.matmul(base.inputs, output.transpose(2, 0, 1)).transpose(1, 2, 0)
            return np.asarray((used + final * (revenue + earned)) / unit)

        if linked:
            inner = fixed_point(demand, spending, tolerance=INNER)
            if inner is None:
                return None
            spending = inner
        else:
            share = (final[:traded] * taxed).sum(axis=0)
            spending = final * (earned / (1.0 - share)) / unit
        output, revenue = sales(spending)
        paid = (base.labor[:, None] * output).sum(axis=0)
        residual = (value_added - paid) / unit + world - 1.0
        income = earned + revenue
        initial = game.calibrated.initial.income
        rest = enjoyed(initial, unit, 1.0, base.kappa)
        gain = worth(initial, income, rest, value_added / unit, np.exp(consumer))[1]
        payoff = gain[:, self.members].sum(axis=1)
        return price, spending, residual, payoff, income.min(axis=1)

    def _bought(self, reach: Array, kernel: Array, columns: Array) -> Array:
        """Σ_i K_in R_i, (T, G, n)."""
        result = np.matmul(reach, kernel)
        result[:, :, self.members] = np.einsum("tgi,tgim->tgm", reach, columns)
        return np.asarray(result)

    def _sold(self, need: Array) -> Array:
        """Σ_n K_in/(1 + t'_in) need_n, (T, G, n)."""
        result = np.matmul(need, self.kept.transpose(0, 2, 1))
        result += np.einsum("tgim,tgm->tgi", self.kept_columns, need[:, :, self.members])
        return np.asarray(result)
