"""The model of one sector: its baseline, and the equilibrium that a state of it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.trade.capabilities import ONE_SECTOR
from winset.trade.equilibrium import Equilibrium
from winset.trade.models import model
from winset.trade.models.model import Model, Shift, nothing
from winset.trade.models.one_sector.equations import (
    Baseline,
    State,
    equations,
    evaluate,
    target,
)

if TYPE_CHECKING:
    from winset.scenario import Parameters, Shock
    from winset.trade.numerics.newton import Root
    from winset.worlds import World


def baseline(world: World, parameters: Parameters) -> tuple[Baseline, tuple[str, ...]]:
    """Turn the accounts into shares and parameters; return them with the economies that were floored.

    Raises
    ------
    DataError
        The accounts cannot be closed.
    """
    accounts = world.accounts(parameters.value_added_share)
    spent = accounts.flows * (1.0 + world.tariffs)
    base = Baseline(
        share=spent / spent.sum(axis=0),
        tariff=world.tariffs,
        output=accounts.output,
        deficit=accounts.deficit,
        relief=1.0 - accounts.revenue / accounts.value_added,
        theta=parameters.trade_elasticity,
        beta=parameters.value_added_share,
        kappa=parameters.labor_supply_elasticity,
        psi=parameters.scale_elasticity,
        multiplicative=parameters.deficits == "multiplicative",
        income_tax=parameters.revenue == "income-tax",
        article=parameters.by_article,
    )
    return base, accounts.floored


def _change(base: Baseline, shock: Shock) -> Shift:
    del base
    return Shift(shock.cost, shock.tariff, shock.productivity, shock.export_tax)


def _problem(
    base: Baseline, change: Shift, part: float, vanish: bool, warm: State | None
) -> model.Equations:
    del warm
    here = replace(base, deficit=base.deficit * (1.0 - part)) if vanish else base
    return equations(here, target(here, change, part))


def _start(base: Baseline, near: State | None) -> State:
    del near
    return evaluate(base, target(base, nothing(base), 0.0), np.zeros(base.unknowns))


def rebased(base: Baseline, state: State) -> Baseline:
    """Return an equilibrium without deficits as a baseline of its own."""
    return replace(
        base,
        share=state.share,
        output=state.output,
        deficit=np.zeros_like(base.deficit),
        relief=1.0 - state.revenue / (base.beta * state.output),
    )


def _figures(base: Baseline, change: Shift, root: Root[State]) -> Equilibrium:
    state = root.state
    flows = state.share * state.spending / (1.0 + change.tariff)
    exported = state.export_revenue
    return Equilibrium(
        income=state.income,
        value_added=base.beta * state.output,
        revenue=state.revenue if exported is None else state.revenue - exported,
        deficit=state.deficit,
        output=state.output,
        sales=state.balance * (flows.sum(axis=1) - (0.0 if exported is None else exported)),
        wage=state.wage,
        price=state.price,
        labor=state.labor,
        relief=state.relief,
        spending=state.spending,
        flows=flows,
        balance=state.balance,
        residual=root.residual,
        worst=root.worst % len(state.output),
        iterations=root.iterations,
        export_revenue=exported,
    )


MODEL: Model[Baseline, State] = Model(
    name=ONE_SECTOR,
    unit="output",
    thrifty=False,
    baseline=baseline,
    change=_change,
    problem=_problem,
    start=_start,
    rebased=rebased,
    figures=_figures,
)
