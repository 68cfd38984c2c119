r"""The best common external tariff of a customs union: one rate a sector, the same for every outsider.

Kemp & Wan (1976) promise a common tariff that harms nobody outside, but one rate for each good; a union
of real sectors has few rates and many outsiders. Here the rates are

    1 + t'_j = (1 + t⁰_j) e^{y_j},       least ≤ t'_j ≤ most,

with t⁰ the members' mean. First the worst-off outsider is made as well off as can be,

    s* = max_y min_o EV_o(y)/I_o,

and if s* ≥ 0, so that the promise can be met by such a tariff, the members' sum is maximized under it,

    max_y Σ_m EV_m(y)   subject to   EV_o(y) ≥ 0 for every outsider.

Every evaluation is a general equilibrium, every derivative exact; the programs are solved by SLSQP (Kraft
1988, in scipy) from the members' mean, and what it returns is solved anew. Neither program is convex: the
answer is a local optimum, and "cannot be met" means that none was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors import solve as many_sectors
from winset.trade.models.many_sectors.derivatives import respond
from winset.trade.models.model import Shift, find
from winset.trade.policy import best_response
from winset.trade.policy.tariff_instruments import Levers

if TYPE_CHECKING:
    from winset.numbers import Array, Mask, Places
    from winset.trade.models.many_sectors.solve import Calibrated
    from winset.worlds import World

HARMLESS = 1e-7  # relative loss of an outsider up to which it counts as none: what SLSQP leaves
MOST_STEPS = 100
SCALE = 1e3  # of welfare, so that the programs' numbers are of the size of one


@dataclass(frozen=True, slots=True)
class CommonTariff:
    """The best common tariff that was found.

    Attributes
    ----------
    tariff : (T, n, n) array
    rates : (T,) array
        By traded sector, in the model's order; NaN where nothing is bought from outside.
    met : bool
        Whether it harms no outsider.
    """

    tariff: Array
    rates: Array
    state: hat.State
    met: bool
    steps: int


@dataclass(slots=True)
class _Search:
    """Equilibria by the rates' logarithms, the last one kept."""

    world: World
    calibrated: Calibrated
    cost: Array
    productivity: Array
    before: Array
    levers: Levers
    steps: int = 0
    last: tuple[bytes, hat.State] | None = field(default=None)

    def state(self, y: Array) -> hat.State:
        key = y.tobytes()
        if self.last is not None and self.last[0] == key:
            return self.last[1]
        warm = self.calibrated.initial if self.last is None else self.last[1]
        change = Shift(self.cost, self.levers.tariff(self.before, np.exp(y)), self.productivity)
        base = self.calibrated.base
        found = find(many_sectors.MODEL, base, change, self.world, "of a common tariff", warm=warm)
        self.steps += 1
        self.last = (key, found.state)
        return found.state

    def shares(self, y: Array) -> Array:
        """EV/I of every economy, (n,)."""
        initial = self.calibrated.initial
        variation = many_sectors.variations(self.calibrated.base, initial, self.state(y))[1]
        return np.asarray(SCALE * variation / initial.income)

    def slopes(self, y: Array) -> Array:
        """∂ (EV/I) / ∂y, (n, J)."""
        state, base, z = self.state(y), self.calibrated.base, np.exp(y)
        change = Shift(self.cost, self.levers.tariff(self.before, z), self.productivity)
        goal = hat.target(base, change, 1.0)
        lift = self.levers.lift(base, goal, state)
        found = respond(base, goal, state, lift.times(z), tolerance=1e-9)
        if found is None:
            raise ConvergenceError("a common tariff could not be differentiated.", residual=np.inf)
        slope = best_response.gradient(base, self.calibrated.initial, state, found)
        return np.asarray(SCALE * slope / self.calibrated.initial.income[:, None])


def best_common(
    world: World,
    calibrated: Calibrated,
    cost: Array,
    productivity: Array,
    tariff: Array,
    inside: Mask,
    bounds: tuple[float, float],
) -> CommonTariff:
    """Return the best common tariff of a union whose tariff is `tariff`, (T, n, n), the members' mean.

    Raises
    ------
    ConvergenceError
        An equilibrium on the way was not found, or a program did not end.
    """
    from scipy import optimize

    minimize: Any = optimize.minimize  # its types know no constraints with a Jacobian

    levers, sectors = _levers(tariff, calibrated.base.share, inside)
    search = _Search(world, calibrated, cost, productivity, tariff, levers)
    outside = np.flatnonzero(~inside)
    weight = np.where(inside, calibrated.initial.income, 0.0)
    weight = weight / weight.sum()
    first = np.array([tariff[j, outside[0], np.flatnonzero(inside)[0]] for j in sectors])
    limits = [tuple(np.log1p(bound) - np.log1p(t) for bound in bounds) for t in first]
    options = {"maxiter": MOST_STEPS, "ftol": 1e-9}

    def ended(found: Any) -> Array:
        # 8 and 9: no further step helps, or the steps are used up; what is there is judged below
        if found.status not in (0, 8, 9):
            raise ConvergenceError(
                f"the best common tariff was not found: {found.message}.", residual=np.inf
            )
        return np.asarray(found.x, dtype=np.float64)

    count = len(sectors)
    y = np.zeros(count)
    worst = float(search.shares(y)[outside].min())
    if worst < 0.0:
        ones = np.ones((len(outside), 1))
        found = minimize(
            lambda v: -v[-1],
            np.append(y, worst),
            jac=lambda _: np.append(np.zeros(count), -1.0),
            bounds=[*limits, (None, 0.0)],  # once nobody is harmed there is nothing more to ask
            constraints={
                "type": "ineq",
                "fun": lambda v: search.shares(v[:-1])[outside] - v[-1],
                "jac": lambda v: np.hstack([search.slopes(v[:-1])[outside], -ones]),
            },
            method="SLSQP",
            options=options,
        )
        y = ended(found)[:-1]
        worst = float(search.shares(y)[outside].min())
    if worst >= -SCALE * HARMLESS:
        found = minimize(
            lambda v: -float(weight @ search.shares(v)),
            y,
            jac=lambda v: -(weight @ search.slopes(v)),
            bounds=limits,
            constraints={
                "type": "ineq",
                "fun": lambda v: search.shares(v)[outside],
                "jac": lambda v: search.slopes(v)[outside],
            },
            method="SLSQP",
            options=options,
        )
        better = ended(found)
        kept = search.shares(better)
        if kept[outside].min() >= min(worst, -SCALE * HARMLESS):
            y, worst = better, float(kept[outside].min())
    state = search.state(y)
    rates = np.full(len(calibrated.base.theta), np.nan)
    rates[sectors] = np.expm1(np.log1p(first) + y)
    whole = levers.tariff(tariff, np.exp(y))
    return CommonTariff(whole, rates, state, worst >= -SCALE * HARMLESS, search.steps)


def _levers(tariff: Array, share: Array, inside: Mask) -> tuple[Levers, Places]:
    """One lever a sector, the factor on 1 + t of all outsiders' goods; and which sectors have one."""
    sector, exporter, importer = np.nonzero(
        (share > 0) & ~inside[None, :, None] & inside[None, None, :]
    )
    sectors = np.unique(sector)
    return Levers(
        sector=sector,
        exporter=exporter,
        importer=importer,
        lever=np.searchsorted(sectors, sector),
        offset=np.full(len(sector), -1.0),
        weight=1.0 + tariff[sector, exporter, importer],
        owner=np.zeros(len(sectors), dtype=np.intp),
        partner=np.full(len(sectors), -1),
        kind=sectors,
    ), sectors
