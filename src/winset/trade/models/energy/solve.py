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
from winset.trade.models.many_sectors.solve import sector_figures
from winset.trade.models.many_sectors.warm import WarmEquations
from winset.trade.models.model import Model, Shift, nothing

if TYPE_CHECKING:
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
    there = hat.target(base, change, part)
    carbon = change.carbon if isinstance(change, CarbonShift) else None
    known = {f.name: getattr(there, f.name) for f in fields(hat.Target)}
    return EnergyTarget(**known, due=charge(base, carbon, part))


def _problem(
    base: EnergyBaseline, change: Shift, part: float, vanish: bool, warm: EnergyState | None
) -> model.Equations:
    here = replace(base, deficit=base.deficit * (1.0 - part)) if vanish else base
    goal = energy_target(here, change, part)
    equations = WarmEquations(here, goal, warm, evaluate, slope)
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
    return replace(sector_figures(base, change, root), carbon=root.state.carbon)


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
