r"""The tariffs that harm nobody outside: Kemp & Wan's system, one level for each outsider.

Kemp & Wan (1976): some common tariff, with lump-sum transfers inside, leaves every outsider exactly
as well off and every member better. Here it is the root of a square system,

    EV_o = 0                     for every outsider o,
    EV_m / I_m = g               for every member m,        Σ_m T_m = 0,

in the level y_o of the tariffs on the goods of each outsider, the members' transfers T and g:

    1 + t' = (1 + t⁰_j) e^{y_o},

with t⁰ the union's tariff by sector (``partner-sector``) or zero (``partner``: one rate on all goods of an
outsider): it tells outsiders apart, as a common external tariff (`common_tariff`) does not. Every
evaluation is a general equilibrium with the transfers paid, every derivative exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from winset.errors import ConvergenceError, InfeasibleError, listed
from winset.trade.equilibrium import TOLERANCE as CLEARED
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors import solve as many_sectors
from winset.trade.models.many_sectors.derivatives import respond, sector_equations
from winset.trade.models.model import Shift, positive
from winset.trade.numerics import newton
from winset.trade.policy import best_response, tariff_instruments

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.numbers import Array, Mask
    from winset.trade.models.many_sectors.solve import Calibrated
    from winset.worlds import World

    Residual = Callable[[Array], tuple[Array, hat.State | None]]
    Slope = Callable[[Array, hat.State | None], Array]

Level = Literal["partner", "partner-sector"]

TOLERANCE = 1e-11  # of every equivalent variation, over income


class Harmless(NamedTuple):
    """Tariffs (T, n, n), the equilibrium at them, transfers (n,), steps taken and what is left over."""

    tariff: Array
    state: hat.State
    transfer: Array
    steps: int
    residual: float


@dataclass(frozen=True, slots=True)
class System:
    """The square system of Kemp & Wan in v = (y by outsider, T over income by member, g)."""

    world: World
    calibrated: Calibrated
    cost: Array
    productivity: Array
    tariff: Array
    levers: tariff_instruments.Levers
    inside: Mask

    @property
    def size(self) -> int:
        return len(self.world) + 1

    def split(self, v: Array) -> tuple[Array, Array]:
        """Return the levers (outsiders,) and the transfers (n,) in USD million."""
        count = int((~self.inside).sum())
        transfer = np.zeros(len(self.world))
        transfer[self.inside] = v[count:-1] * self.calibrated.initial.income[self.inside]
        return np.exp(v[:count]), transfer

    def settle(self, v: Array, warm: hat.State) -> hat.State | None:
        """The equilibrium at v, or None."""
        z, transfer = self.split(v)
        base = replace(self.calibrated.base, deficit=self.calibrated.base.deficit + transfer)
        tariff = self.levers.tariff(self.tariff, z)
        goal = hat.target(base, Shift(self.cost, tariff, self.productivity), 1.0)
        equations = sector_equations(base, goal, warm)
        root = newton.solve(
            (equations.residual, equations.slope),
            warm.x,
            valid=positive,
            tolerance=1e-13,
        )
        return root.state if root.residual <= CLEARED else None

    def residual(self, v: Array, warm: hat.State) -> tuple[Array, hat.State | None]:
        """What is left of the conditions, over initial income."""
        state = self.settle(v, warm)
        if state is None:
            return np.full(self.size, np.nan), None
        income = self.calibrated.initial.income
        share = (
            many_sectors.variations(self.calibrated.base, self.calibrated.initial, state)[1]
            / income
        )
        transfer = self.split(v)[1][self.inside]
        total = transfer.sum() / income[self.inside].sum()
        return np.concatenate([share[~self.inside], share[self.inside] - v[-1], [total]]), state

    def slope(self, v: Array, state: hat.State) -> Array:
        """The Jacobian of `residual`, exact."""
        z, transfer = self.split(v)
        initial = self.calibrated.initial
        base = replace(self.calibrated.base, deficit=self.calibrated.base.deficit + transfer)
        tariff = self.levers.tariff(self.tariff, z)
        goal = hat.target(base, Shift(self.cost, tariff, self.productivity), 1.0)
        lift = self.levers.lift(base, goal, state)
        places = np.flatnonzero(self.inside)
        paid = np.zeros((len(self.world), len(places)))
        paid[places, np.arange(len(places))] = initial.income[places]
        found = respond(base, goal, state, lift.times(z).with_transfers(paid), tolerance=1e-9)
        if found is None:
            return np.full((self.size, self.size), np.nan)
        share = best_response.gradient(base, initial, state, found) / initial.income[:, None]
        result = np.zeros((self.size, self.size))
        result[:-1, :-1] = np.vstack([share[~self.inside], share[self.inside]])
        result[len(z) : -1, -1] = -1.0
        result[-1, len(z) : -1] = initial.income[places] / initial.income[places].sum()
        return result


def levers_of(
    world: World, tariff: Array, share: Array, inside: Mask, level: Level
) -> tariff_instruments.Levers:
    """One lever for each outsider, the factor 1 + t' (or the factor on it) of all its goods."""
    sector, exporter, importer = np.nonzero(
        (share > 0) & ~inside[None, :, None] & inside[None, None, :]
    )
    outsiders = np.flatnonzero(~inside)
    if idle := sorted(set(outsiders.tolist()) - set(exporter.tolist())):
        raise InfeasibleError(
            f"{listed(world.codes[k] for k in idle)} sells nothing to the union: no tariff on its "
            "goods can make up for a loss. Merge small economies (--keep)."
        )
    base = tariff[sector, exporter, importer] if level == "partner-sector" else 0.0
    return tariff_instruments.Levers(
        sector=sector,
        exporter=exporter,
        importer=importer,
        lever=np.searchsorted(outsiders, exporter),
        offset=np.full(len(sector), -1.0),
        weight=1.0 + base + np.zeros(len(sector)),
        owner=np.zeros(len(outsiders), dtype=np.intp),
        partner=outsiders,
        kind=np.full(len(outsiders), -1),
    )


def harmless(
    system: System, plain: hat.State, level: Level, flows: Array, bounds: tuple[float, float]
) -> Harmless:
    """Solve the system, from the union's equilibrium at its own tariff.

    Raises
    ------
    InfeasibleError
        A rate beyond the bounds would be needed; names the outsider.
    ConvergenceError
        No root was found.
    """
    levers, world = system.levers, system.world
    count = len(levers)
    start = np.zeros(system.size)
    if level == "partner":
        start[:count] = np.log1p(levers.mean(flows, system.tariff))
    last = plain
    begin, _ = system.residual(start, last)

    def problem(part: float) -> tuple[Residual, Slope]:
        def function(v: Array) -> tuple[Array, hat.State | None]:
            nonlocal last
            residual, state = system.residual(v, last)
            last = state or last
            return residual - (1.0 - part) * begin, state

        def slope(v: Array, state: hat.State | None) -> Array:
            if state is None:
                return np.full((system.size, system.size), np.nan)
            return system.slope(v, state)

        return function, slope

    root = newton.follow(problem, start, valid=lambda state: state is not None, tolerance=TOLERANCE)
    z, transfer = system.split(root.x)
    tariff = levers.tariff(system.tariff, z)
    rates = tariff[levers.sector, levers.exporter, levers.importer]
    _within(system, rates, bounds, reached=root.converged)
    if not root.converged or root.state is None:
        places = [*np.flatnonzero(~system.inside), *np.flatnonzero(system.inside), 0]
        code = world.codes[places[root.worst]]
        raise ConvergenceError(
            f"no external tariff was found that leaves every outsider as well off: after "
            f"{root.iterations} Newton steps {code} is {100 * root.residual:.2g} percent off.",
            residual=root.residual,
            economy=code,
        )
    return Harmless(tariff, root.state, transfer, root.iterations, root.residual)


def _within(system: System, rates: Array, bounds: tuple[float, float], *, reached: bool) -> None:
    """Raise InfeasibleError where a rate lies outside the bounds; name the outsider."""
    least, most = bounds
    beyond = np.maximum(least - rates, rates - most)
    if not beyond.max() > 0:
        return
    cell = int(np.argmax(beyond))
    levers, world = system.levers, system.world
    code = world.codes[levers.exporter[cell]]
    out = dict.fromkeys(world.codes[k] for k in levers.exporter[beyond > 0])
    side, bound = ("above", most) if rates[cell] > most else ("below", least)
    takes = "takes" if reached else "would take"
    raise InfeasibleError(
        f"no external tariff within bounds leaves every outsider as well off: for {code} it {takes} "
        f"a rate of {100 * rates[cell]:.4g} percent on its goods, {side} the bound of "
        f"{100 * bound:g} percent ({len(out)} outsiders beyond: {listed(out)}). Widen the bounds "
        "(--least, --most), or merge small economies (--keep)."
    )
