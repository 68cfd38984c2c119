"""(World with sectors, Scenario) → equilibrium before and after, by `models.many_sectors`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors.derivatives import Equations
from winset.trade.numerics import newton

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.scenario import Parameters, Shock
    from winset.worlds import World
    from winset.worlds.sector_accounts import SectorAccounts


TOLERANCE = 1e-11
CONSISTENT = 1e-9  # residual below which the data are an equilibrium as they stand


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The initial equilibrium of a world with sectors.

    `order` holds the positions in the world of the model's sectors (the traded ones first),
    `iterations` the Newton steps that it took to get there.
    """

    base: hat.Baseline
    initial: hat.State
    order: NDArray[np.intp]
    floored: tuple[str, ...]
    iterations: int


def baseline(world: World, accounts: SectorAccounts, parameters: Parameters) -> hat.Baseline:
    """Turn accounts into shares and parameters, the traded sectors first."""
    order = sector_order(accounts.traded)
    traded = order[: int(accounts.traded.sum())]
    technology = world.technology
    theta = np.full(len(world.sectors), parameters.trade_elasticity)
    if technology is not None:
        theta = technology.theta(parameters.elasticities, parameters.trade_elasticity)
    paid = accounts.flows[traded] * (1.0 + world.tariff[traded])
    total = paid.sum(axis=1)
    # A sector that an economy buys nothing of keeps a price: that of its own product.
    share = np.divide(paid, total[:, None, :], out=np.zeros_like(paid), where=total[:, None, :] > 0)
    empty_sector, empty = np.nonzero(total <= 0)
    share[empty_sector, empty, empty] = 1.0
    return hat.Baseline(
        share=share,
        tariff=np.asarray(world.tariff[traded]),
        theta=theta[traded],
        labor=accounts.labor[order],
        inputs=np.ascontiguousarray(accounts.inputs[:, order][:, :, order]),
        final=accounts.final[order],
        value_added=accounts.value_added,
        deficit=accounts.deficit,
        relief=1.0 - accounts.revenue / accounts.value_added,
        kappa=parameters.labor_supply_elasticity,
        psi=parameters.scale_elasticity,
        multiplicative=parameters.deficits == "multiplicative",
        income_tax=parameters.revenue == "income-tax",
    )


def sector_order(traded: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the positions of the traded sectors, then of the others."""
    return np.concatenate([np.flatnonzero(traded), np.flatnonzero(~traded)])


def calibrate(
    world: World,
    parameters: Parameters,
    finder: Callable[..., newton.Root[hat.State]] | None = None,
) -> Calibrated:
    """Return the initial equilibrium, deficits removed where they are to be balanced.

    `finder` does the work of `find`, where another is at hand.

    Where the data leave a sector with less final demand than none, consumption there is zero and
    the data are no equilibrium: the model's own, at unchanged tariffs, is the starting point.

    Raises
    ------
    DataError
        The accounts cannot be closed.
    ConvergenceError
        There is no equilibrium without deficits.
    """
    accounts = world.sector_accounts(parameters.value_added_share)
    base = baseline(world, accounts, parameters)
    same = (np.ones_like(base.tariff), base.tariff, np.ones(len(world)))
    order, iterations = sector_order(accounts.traded), 0
    start = None
    balanced = parameters.deficits == "balanced" and bool(np.any(accounts.deficit))
    if not balanced:
        start = hat.evaluate(base, hat.target(base, *same, 0.0), np.zeros(base.unknowns))
    if start is None or np.abs(start.residual).max() > CONSISTENT:
        root = (finder or find)(base, *same, world, "of the accounts", deficits=balanced)
        iterations = root.iterations
        base = hat.rebased(base, root.state)
        start = hat.evaluate(
            base,
            hat.target(base, *same, 0.0),
            np.zeros(base.unknowns),
            np.zeros_like(base.labor),
            root.state.spending,
        )
    if start is None:
        raise ConvergenceError(
            f"the accounts of world {world.name!r} are no equilibrium: prices or spending diverge.",
            residual=float("inf"),
        )
    return Calibrated(base, start, order, accounts.floored, iterations)


def traded_shock(calibrated: Calibrated, shock: Shock) -> tuple[Array, Array, Array]:
    """Return d̂, t' (both of the traded sectors, in the model's order) and Â."""
    traded = calibrated.order[: len(calibrated.base.theta)]
    return shock.cost[traded], shock.tariff[traded], shock.productivity


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a change beyond measure: no root
def find(
    base: hat.Baseline,
    cost: Array,
    tariff: Array,
    productivity: Array,
    world: World,
    what: str,
    *,
    deficits: bool = False,
    warm: hat.State | None = None,
) -> newton.Root[hat.State]:
    """Find the root or raise ConvergenceError; with `deficits`, the change is that they vanish."""

    def problem(
        part: float,
    ) -> tuple[
        Callable[[Array], tuple[Array, hat.State | None]],
        Callable[[Array, hat.State | None], Array],
    ]:
        here = replace(base, deficit=base.deficit * (1.0 - part)) if deficits else base
        equations = Equations(here, hat.target(here, cost, tariff, productivity, part), warm)
        return equations.residual, equations.slope

    def valid(state: hat.State | None) -> bool:
        return state is not None and bool(np.all(state.income > 0))

    root = newton.follow(
        problem, np.zeros(base.unknowns), valid=valid, tolerance=TOLERANCE, thrifty=True
    )
    if root.converged and root.state is not None:
        return newton.Root(
            root.x, root.state, root.residual, root.worst, root.iterations, converged=True
        )
    code = world.codes[root.worst % len(world)]
    raise ConvergenceError(
        f"the equilibrium {what} was not found: after {root.iterations} Newton steps the residual "
        f"is {root.residual:.2g} of value added, largest in {code}. Try a smaller change, or "
        'deficits = "balanced".',
        residual=root.residual,
        economy=code,
    )


def welfare(base: hat.Baseline, initial: hat.State, state: hat.State) -> tuple[Array, Array]:
    """Return Ŵ and the equivalent variation in USD million, (n,), as `onesector.welfare` does."""
    relief = state.relief if base.relieved else 1.0
    effort = base.kappa / (1.0 + base.kappa) * initial.value_added / relief
    rest = np.where(initial.income > effort, initial.income - effort, np.nan)
    weight = initial.income / rest
    change = weight * (state.income / initial.income)
    change = (change + (1.0 - weight) * state.wage * state.labor) / state.consumer_price
    return change, (change - 1.0) * rest
