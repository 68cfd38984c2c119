"""The model with entry costs: its baseline, and the equilibrium that a state of it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed
from winset.trade.capabilities import ENTRY_COSTS
from winset.trade.equilibrium import Equilibrium
from winset.trade.models import model
from winset.trade.models.entry_costs.equations import (
    Baseline,
    State,
    equations,
    evaluate,
    responses,
    target,
)
from winset.trade.models.model import Model, Shift, nothing
from winset.worlds.domestic import DOMESTIC_FLOOR

if TYPE_CHECKING:
    from winset.scenario import Parameters, Shock
    from winset.trade.numerics.newton import Root
    from winset.worlds import World


def baseline(world: World, parameters: Parameters) -> tuple[Baseline, tuple[str, ...]]:
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
        Baseline(
            share=paid / paid.sum(axis=0),
            tariff=np.asarray(world.tariffs),
            output=output,
            spending=spending,
            transfer=spending - revenue - output,
            relief=1.0 - revenue / output,
            entry=nu,
            response=responses(nu, parameters.scale_elasticity, parameters.pass_through),
            epsilon=parameters.trade_elasticity,
            kappa=parameters.labor_supply_elasticity,
            psi=parameters.scale_elasticity,
            multiplicative=parameters.deficits == "multiplicative",
            income_tax=parameters.revenue == "income-tax",
        ),
        floored,
    )


def _change(base: Baseline, shock: Shock) -> Shift:
    del base
    return Shift(shock.cost, shock.tariff, shock.productivity)


def _problem(
    base: Baseline, change: Shift, part: float, vanish: bool, warm: State | None
) -> model.Equations:
    del warm
    here = replace(base, transfer=base.transfer * (1.0 - part)) if vanish else base
    return equations(here, target(here, change, part))


def _start(base: Baseline, near: State | None) -> State:
    del near
    return evaluate(base, target(base, nothing(base), 0.0), np.zeros(base.unknowns))


def rebased(base: Baseline, state: State) -> Baseline:
    """Return an equilibrium without transfers as a baseline of its own."""
    return replace(
        base,
        share=state.share,
        output=state.output,
        spending=state.spending,
        transfer=np.zeros_like(base.transfer),
        relief=1.0 - state.revenue / state.output,
    )


def _figures(base: Baseline, change: Shift, root: Root[State]) -> Equilibrium:
    del change
    state = root.state
    return Equilibrium(
        income=state.income,
        value_added=state.output,
        revenue=state.revenue,
        deficit=state.transfer,
        output=state.output,
        sales=state.sales,
        wage=state.wage,
        price=state.price,
        labor=state.labor,
        # Without labor supply nobody works more for a lower tax, whatever is left to be taxed.
        relief=state.relief if base.kappa > 0 else np.ones_like(state.relief),
        spending=state.spending,
        flows=state.flows,
        balance=state.balance,
        residual=root.residual,
        worst=root.worst % len(state.output),
        iterations=root.iterations,
    )


MODEL: Model[Baseline, State] = Model(
    name=ENTRY_COSTS,
    unit="output",
    thrifty=False,
    baseline=baseline,
    change=_change,
    problem=_problem,
    start=_start,
    rebased=rebased,
    figures=_figures,
)
