"""(World, Scenario) → equilibrium before and after with entry costs, by `models.entry_costs`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError, listed
from winset.trade.models.entry_costs import equations as entry
from winset.trade.numerics import newton
from winset.worlds.world_data import DOMESTIC_FLOOR

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.scenario import Parameters
    from winset.worlds import World


TOLERANCE = 1e-11


def baseline(world: World, parameters: Parameters) -> tuple[entry.Baseline, tuple[str, ...]]:
    """Close the accounts with entry costs; return them with the economies held at the floor.

    Output is Y_i = Σ_n (1 − ν_n) X_in + ν_i Σ_j X_ji. Where domestic sales are not in the data
    they are what GDP and the transfers that the article calibrates leave,
    X_ii = GDP_i + T_i − imports_i with T_i = (1 − ν_i)(imports_i − (1 − ν_i) exports_i), but at
    least `DOMESTIC_FLOOR` of what is sold.

    Raises
    ------
    DataError
        An economy without GDP or sales, or whose spending is not above its tariff revenue.
    """
    nu = parameters.entry_costs(world.codes)
    flows = world.flows.copy()
    floored: tuple[str, ...] = ()
    if not world.domestic_known:
        np.fill_diagonal(flows, 0.0)
        if missing := [c for c, g in zip(world.codes, world.gdp, strict=True) if not g > 0]:
            raise DataError(
                f"world {world.name!r}: no GDP for {listed(missing)}, and no domestic sales to "
                "derive output from. Add gdp_musd to economies.csv, or leave the economy out."
            )
        imports, exports = flows.sum(axis=0), flows.sum(axis=1)
        wanted = world.gdp + (1.0 - nu) * (imports - (1.0 - nu) * exports) - imports
        least = exports * DOMESTIC_FLOOR / (1.0 - DOMESTIC_FLOOR)
        np.fill_diagonal(flows, np.maximum(wanted, least))
        floored = tuple(world.codes[k] for k in np.flatnonzero(least > wanted))
    output = flows @ (1.0 - nu) + nu * flows.sum(axis=0)
    revenue = (flows * world.tariffs).sum(axis=0)
    spending = flows.sum(axis=0) + revenue
    for what, array in (("output", output), ("spending", spending)):
        if empty := [c for c, x in zip(world.codes, array, strict=True) if not x > 0]:
            raise DataError(
                f"world {world.name!r}: zero {what} for {listed(empty)}. Add its sales to "
                "trade.csv, or leave the economy out."
            )
    paid = flows * (1.0 + world.tariffs)
    return (
        entry.Baseline(
            share=paid / paid.sum(axis=0),
            tariff=np.asarray(world.tariffs),
            output=output,
            spending=spending,
            transfer=spending - revenue - output,
            relief=1.0 - revenue / output,
            entry=nu,
            response=entry.responses(nu, parameters.scale_elasticity, parameters.pass_through),
            epsilon=parameters.trade_elasticity,
            kappa=parameters.labor_supply_elasticity,
            psi=parameters.scale_elasticity,
            multiplicative=parameters.deficits == "multiplicative",
            income_tax=parameters.revenue == "income-tax",
        ),
        floored,
    )


def find(
    base: entry.Baseline,
    cost: Array,
    tariff: Array,
    productivity: Array,
    world: World,
    what: str,
    *,
    transfers: bool = False,
) -> newton.Root[entry.State]:
    """Find the root or raise ConvergenceError; with `transfers`, the change is that they vanish."""

    def problem(part: float) -> entry.Equations:
        here = replace(base, transfer=base.transfer * (1.0 - part)) if transfers else base
        return entry.equations(here, entry.target(here, cost, tariff, productivity, part))

    root = newton.follow(
        problem,
        np.zeros(3 * len(base.output)),
        valid=lambda state: bool(np.all(np.isfinite(state.residual))),
        tolerance=TOLERANCE,
    )
    if root.converged:
        return root
    code = world.codes[root.worst % len(world)]
    raise ConvergenceError(
        f"the equilibrium {what} was not found: after {root.iterations} Newton steps the residual "
        f"is {root.residual:.2g} of output, largest in {code}. Try a smaller change, or "
        'deficits = "balanced".',
        residual=root.residual,
        economy=code,
    )


def rebased(base: entry.Baseline, state: entry.State) -> entry.Baseline:
    """Return an equilibrium without transfers as a baseline of its own."""
    return replace(
        base,
        share=state.share,
        output=state.output,
        spending=state.spending,
        transfer=np.zeros_like(base.transfer),
        relief=1.0 - state.revenue / state.output,
    )


def welfare(base: entry.Baseline, initial: entry.State, state: entry.State) -> tuple[Array, Array]:
    """Return Ŵ and the equivalent variation in USD million, (n,), as `onesector.welfare` does."""
    relief = state.relief if base.income_tax and base.kappa > 0 else 1.0
    effort = base.kappa / (1.0 + base.kappa) * initial.output / relief
    rest = np.where(initial.spending > effort, initial.spending - effort, np.nan)
    weight = initial.spending / rest
    change = weight * (state.spending / initial.spending)
    change = (change + (1.0 - weight) * state.wage * state.labor) / state.price
    return change, (change - 1.0) * rest
