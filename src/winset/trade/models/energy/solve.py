"""The model of many sectors with energy: its equations as a `Model`, and what its states are."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.trade.capabilities import ENERGY
from winset.trade.equilibrium import Equilibrium
from winset.trade.models import model
from winset.trade.models.energy.calibration import baseline
from winset.trade.models.energy.derivatives import slope
from winset.trade.models.energy.equations import (
    CarbonShift,
    EnergyBaseline,
    EnergyState,
    EnergyTarget,
    charge,
    evaluate,
    rebased,
)
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.model import Model, Shift, nothing

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.scenario import Shock
    from winset.trade.numerics.newton import Root


def _change(base: EnergyBaseline, shock: Shock) -> Shift:
    traded = base.order[: len(base.theta)]
    carbon = shock.carbon
    if carbon is not None:
        carbon = carbon[np.append(base.order, len(base.order))]
    return CarbonShift.of(
        Shift(shock.cost[traded], shock.tariff[traded], shock.productivity), carbon
    )


def energy_target(base: EnergyBaseline, change: Shift, part: float) -> EnergyTarget:
    """Return a part of the way to a change, the carbon price along a line."""
    there = hat.target(base, *change, part)
    carbon = change.carbon if isinstance(change, CarbonShift) else None
    known = {f.name: getattr(there, f.name) for f in fields(hat.Target)}
    return EnergyTarget(**known, due=charge(base, carbon, part))


class EnergyEquations:
    """The pair of functions that `newton.follow` wants, warm-started from the last evaluation."""

    def __init__(
        self, base: EnergyBaseline, goal: EnergyTarget, warm: EnergyState | None = None
    ) -> None:
        self.base, self.goal, self.last = base, goal, warm

    def residual(self, x: Array) -> tuple[Array, EnergyState | None]:
        """Return the residuals at x and the state."""
        last = self.last
        state = evaluate(
            self.base,
            self.goal,
            x,
            None if last is None else last.price,
            None if last is None else last.spending,
        )
        if state is None:
            return np.full(self.base.unknowns, np.nan), None
        self.last = state
        return state.residual, state

    def slope(self, x: Array, state: EnergyState | None) -> Array:
        """Return the Jacobian at a state; x is in it."""
        del x
        if state is None:
            return np.full((self.base.unknowns, self.base.unknowns), np.nan)
        return slope(self.base, self.goal, state)


def _problem(
    base: EnergyBaseline, change: Shift, part: float, vanish: bool, warm: EnergyState | None
) -> model.Equations:
    here = replace(base, deficit=base.deficit * (1.0 - part)) if vanish else base
    equations = EnergyEquations(here, energy_target(here, change, part), warm)
    return equations.residual, equations.slope


def _start(base: EnergyBaseline, near: EnergyState | None) -> EnergyState | None:
    if near is None and base.short:
        return None
    here = energy_target(base, nothing(base), 0.0)
    at = np.zeros(base.unknowns)
    if near is None:
        return evaluate(base, here, at)
    return evaluate(base, here, at, np.zeros_like(base.labor), near.spending)


def _figures(base: EnergyBaseline, change: Shift, root: Root[EnergyState]) -> Equilibrium:
    state, home = root.state, np.diag(root.state.spending[len(base.theta) :].sum(axis=0))
    flows = hat.customs_value(state, change.tariff).sum(axis=0) + home
    return Equilibrium(
        income=state.income,
        value_added=state.value_added,
        revenue=state.revenue,
        deficit=state.deficit,
        output=state.output.sum(axis=0),
        sales=state.balance * flows.sum(axis=1),
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
        carbon=state.carbon,
    )


MODEL: Model[EnergyBaseline, EnergyState] = Model(
    name=ENERGY,
    unit="value added",
    thrifty=True,
    baseline=baseline,
    change=_change,
    problem=_problem,
    start=_start,
    rebased=rebased,
    figures=_figures,
)
