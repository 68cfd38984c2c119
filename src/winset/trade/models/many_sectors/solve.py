"""The model of many sectors: its baseline, and the equilibrium that a state of it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from winset.trade.capabilities import MANY_SECTORS
from winset.trade.equilibrium import Equilibrium, enjoyed, measured, worth
from winset.trade.models import model
from winset.trade.models.many_sectors.derivatives import sector_equations
from winset.trade.models.many_sectors.equations import (
    Baseline,
    State,
    customs_value,
    evaluate,
    rebased,
    target,
)
from winset.trade.models.model import Model, Shift, nothing, sought

if TYPE_CHECKING:
    from winset.numbers import Array, Places
    from winset.scenario import Parameters, Shock
    from winset.trade.numerics.newton import Root
    from winset.worlds import World


SHORT = 1e-6  # of spending: where inputs exceed it by more, the data are no equilibrium

Calibrated = model.Calibrated[Baseline, State]


AnyState = TypeVar("AnyState", bound=State)


def baseline(world: World, parameters: Parameters) -> tuple[Baseline, tuple[str, ...]]:
    """Turn the accounts into shares and parameters; return them with the economies that were floored.

    Raises
    ------
    DataError
        The accounts cannot be closed.
    """
    accounts = world.sector_accounts(parameters.value_added_share)
    order = np.concatenate([np.flatnonzero(accounts.traded), np.flatnonzero(~accounts.traded)])
    count = int(accounts.traded.sum())
    every: slice | Places = order
    traded: slice | Places = order[:count]
    if (order[1:] > order[:-1]).all():  # the traded ones come first already: quicker
        every, traded = slice(None), slice(count)
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
    base = Baseline(
        share=share,
        tariff=np.array(world.tariff[traded]),
        theta=np.array(theta[traded]),
        labor=np.array(accounts.labor[every]),
        inputs=np.array(accounts.inputs[:, every][:, :, every], order="C"),
        final=np.array(accounts.final[every]),
        value_added=accounts.value_added,
        deficit=accounts.deficit,
        relief=1.0 - accounts.revenue / accounts.value_added,
        kappa=parameters.labor_supply_elasticity,
        psi=parameters.scale_elasticity,
        multiplicative=parameters.deficits == "multiplicative",
        income_tax=parameters.revenue == "income-tax",
        article=parameters.by_article,
        order=order,
        short=bool(accounts.unmet.sum() > SHORT * accounts.spending.sum()),
    )
    return base, accounts.floored


def _change(base: Baseline, shock: Shock) -> Shift:
    traded = base.order[: len(base.theta)]
    export_tax = None if shock.export_tax is None else shock.export_tax[traded]
    return Shift(shock.cost[traded], shock.tariff[traded], shock.productivity, export_tax)


def _problem(
    base: Baseline, change: Shift, part: float, vanish: bool, warm: State | None
) -> model.Equations:
    here = replace(base, deficit=base.deficit * (1.0 - part)) if vanish else base
    equations = sector_equations(here, target(here, change, part), warm)
    return equations.residual, equations.slope


def _start(base: Baseline, near: State | None) -> State | None:
    if near is None and base.short:
        return None
    here = target(base, nothing(base), 0.0)
    if near is None:
        return evaluate(base, here, np.zeros(base.unknowns))
    prices = np.zeros_like(base.labor)
    return evaluate(base, here, np.zeros(base.unknowns), prices, near.spending)


def sector_figures(base: Baseline, change: Shift, root: Root[AnyState]) -> Equilibrium:
    """Return what an evaluation with sectors says as an equilibrium."""
    state, home = root.state, np.diag(root.state.spending[len(base.theta) :].sum(axis=0))
    flows = customs_value(state, change.tariff).sum(axis=0) + home
    exported = state.export_revenue
    return Equilibrium(
        income=state.income,
        value_added=state.value_added,
        revenue=state.revenue if exported is None else state.revenue - exported,
        deficit=state.deficit,
        output=state.output.sum(axis=0),
        sales=state.balance * (flows.sum(axis=1) - (0.0 if exported is None else exported)),
        wage=state.wage,
        price=state.consumer_price,
        labor=state.labor,
        relief=state.relief,
        spending=state.spending.sum(axis=0),
        flows=flows,
        balance=state.balance,
        residual=root.residual,
        worst=root.worst % len(state.income),
        iterations=root.iterations,
        export_revenue=exported,
    )


def variations(base: Baseline, initial: State, state: State) -> tuple[Array, Array]:
    """Return Ŵ and the equivalent variation in USD million, (n,) each, where many states are tried.

    What leaves the model is compared by `winset.trade.equilibrium.compared`; the formulas are its.
    """
    taxed, earned = measured(state.relief, state.wage * state.labor, sought(base))
    rest = enjoyed(initial.income, initial.value_added, taxed, base.kappa)
    return worth(initial.income, state.income, rest, earned, state.consumer_price)


MODEL: Model[Baseline, State] = Model(
    name=MANY_SECTORS,
    unit="value added",
    thrifty=True,
    baseline=baseline,
    change=_change,
    problem=_problem,
    start=_start,
    rebased=rebased,
    figures=sector_figures,
)
