r"""Any coalitions of any size in a world of many sectors: every unknown of the model is predicted.

An unknown row is z = (ln P̂, X'/V − X/V, x), 2nJ and the model's own x = ln ŵ (and ln μ), all zero in the
world before. Of neighbors it is nearly additive, as wages are in a world of one sector, so that prices and
spending begin where they end but for some millionths; `sector_kernel` iterates the three together with
what is frozen of the world before, `uncertainty.many_sectors_kernel`.

A row is an equilibrium when no equation of the model, those of prices and of spending included, is missed
by more than `TOLERANCE` (prices as logarithms, spending and the labor market in terms of value added).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from winset.trade.coalitions.rows import Solved, rest_of
from winset.trade.equilibrium import TOLERANCE, worth
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.model import SHRUNK, nothing

if TYPE_CHECKING:
    from winset.numbers import Array, Mask
    from winset.trade.coalitions.problem import Problem
    from winset.trade.coalitions.sector_kernel import Changes
    from winset.trade.uncertainty.many_sectors_kernel import Frozen, Here

FINE = 1e-13  # gap at which an iteration stops


@dataclass(frozen=True, slots=True)
class SectorRows:
    """What every row needs.

    Attributes
    ----------
    begin : (n, J) array
        Spending over value added in the world before.
    income, rest : (n,) arrays
        Before; `rest` is what welfare is a factor on.
    """

    base: hat.Baseline
    here: Here
    changes: Changes
    frozen: Frozen
    begin: Array
    income: Array
    rest: Array

    def reference(self, inside: Mask, u: Array) -> Frozen:
        """Return what is frozen of the world before: near enough to every coalition."""
        del inside, u
        return self.frozen

    def near(self, inside: Mask, start: Array, reference: Frozen) -> Solved:
        """Solve the coalitions of `inside` (m, p) from `start`; NaN where the ordinary solver is to look."""
        from winset.trade.coalitions import sector_kernel

        (m, p), n = inside.shape, len(self.income)
        u, income = start.copy(), np.full((m, n), np.nan)
        residual, gains = np.full(m, np.nan), np.full((m, p), np.nan)
        if m:
            sector_kernel.solve_each(
                self.here, self.changes, reference, self.begin,
                np.ascontiguousarray(inside), u, FINE, income, residual,
            )  # fmt: skip
        wage, price = self._wage(u), self._price(u)
        sound = (residual <= TOLERANCE) & (income.min(axis=1, initial=np.inf) > 0)
        sound &= wage.min(axis=1, initial=np.inf) > np.log(SHRUNK)
        earned = np.exp(wage + self.base.kappa * (wage - price))
        worths = worth(self.income, income, self.rest, earned, np.exp(price))[1][:, :p]
        sound &= np.isfinite(worths).all(axis=1)
        gains[sound] = worths[sound]
        residual[~sound] = np.nan
        u[~sound] = start[~sound]
        return Solved(u, (gains * inside).sum(axis=1), gains, residual)

    def labor(self, inside: Mask, u: Array) -> Array:
        """Return L̂ of every economy, (m, n)."""
        del inside
        return np.asarray(np.exp(self.base.kappa * (self._wage(u) - self._price(u))))

    def _wage(self, u: Array) -> Array:
        first = 2 * self.begin.size
        return np.asarray(u[:, first : first + len(self.begin)])

    def _price(self, u: Array) -> Array:
        """ln of what consumption costs, (m, n)."""
        price = u[:, : self.begin.size].reshape(len(u), *self.begin.shape)
        return np.asarray((price * self.base.final.T).sum(axis=2))


def unknowns_of(base: hat.Baseline) -> int:
    """Return how long a row of unknowns is."""
    return 2 * base.labor.size + base.unknowns


def rows_of(problem: Problem) -> SectorRows:
    """Lay out what every row needs."""
    from winset.trade.coalitions.sector_kernel import Changes
    from winset.trade.uncertainty.many_sectors_kernel import here_of, reference

    base, p = cast("hat.Baseline", problem.base), len(problem.players)
    theta = base.theta[:, None, None]
    before = hat.target(base, nothing(base), 0.0)
    state = hat.evaluate(base, before, np.zeros(base.unknowns))
    if state is None:
        raise FloatingPointError("the world before has no prices")
    inner, old = base.share[:, :p, :p], base.tariff[:, :p, :p]
    levied = np.zeros((len(base.theta), 0, p)) if problem.penalty is None else problem.penalty
    rows = levied.shape[1]
    shut = (1.0 + levied) / (1.0 + base.tariff[:, :rows, :p])
    changed = problem.cost * (1.0 + problem.tariff) / (1.0 + old)
    kernel = np.ascontiguousarray(inner * changed**-theta)
    outside = np.ascontiguousarray(base.share[:, :rows, :p] * shut**-theta)
    return SectorRows(
        base=base,
        here=here_of(base, before),
        changes=Changes(
            kernel,
            kernel / (1.0 + problem.tariff),
            outside,
            outside / (1.0 + levied),
            np.log(problem.productivity),
        ),
        frozen=reference(base, before, state).frozen,
        begin=np.ascontiguousarray((state.spending / base.value_added).T),
        income=problem.before.income,
        rest=rest_of(problem),
    )
