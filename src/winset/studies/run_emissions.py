r"""What a scenario does to CO2: how much is made, of what, and how much moves to those outside.

At unchanged technique the CO2 of sector j in economy n follows its volume of output,

    E'_nj = E_nj q̂_nj,   q̂ = Ŷ/ĉ,

households' own their real consumption. The change of an economy is taken apart as in Grossman & Krueger
(1993; from general knowledge): scale, all its output growing alike, Σ_j E_nj (Q̂_n − 1) with Q̂ the mean of q̂
by output; composition, the rest of what volumes do; households; and technique, what a unit of output emits:
zero but in the model with energy (`winset.trade.models.energy`), whose E' is other than E q̂.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.trade.models.energy.equations import EnergyBaseline, EnergyState
from winset.worlds.carbon import SectorCarbon, carbon_of

if TYPE_CHECKING:
    from winset.numbers import Array, Mask, Places
    from winset.trade import TradeResult

NOTHING = 1e-9  # of the world's CO2: a change below it is none


@dataclass(frozen=True, slots=True)
class RunEmissions:
    """CO2 before and what changes, million tonnes, by economy (n,).

    `inside` says whom the scenario names; `priced` is the revenue of a carbon price, USD million, (n,), which
    is a cost `by_intensity` where the scenario names no fuels; `idle` are sectors with CO2 and no output,
    whose CO2 no change moves.
    """

    codes: tuple[str, ...]
    carbon: SectorCarbon
    before: Array
    scale: Array
    composition: Array
    households: Array
    inside: Mask
    technique: Array
    priced: Array
    by_intensity: bool = False
    idle: tuple[str, ...] = ()

    @property
    def change(self) -> Array:
        """All of it, (n,)."""
        return self.scale + self.composition + self.technique + self.households

    @property
    def leakage(self) -> float | None:
        """What rises outside in what falls inside; None where inside nothing falls."""
        within = float(self.change[self.inside].sum())
        if within >= -NOTHING * self.before.sum():
            return None
        return -float(self.change[~self.inside].sum()) / within

    def to_json(self) -> dict[str, Any]:
        """Return ``emissions`` of ``winset run --json``."""
        leak, whole, changed = self.leakage, float(self.before.sum()), float(self.change.sum())
        return {
            "unit": "million tonnes of CO2",
            "year": self.carbon.year,
            "measured_by_sector": self.carbon.measured,
            "before_mt": whole,
            "change_mt": changed,
            "change_percent": 100.0 * changed / whole,
            "scale_mt": float(self.scale.sum()),
            "composition_mt": float(self.composition.sum()),
            "technique_mt": float(self.technique.sum()),
            "households_mt": float(self.households.sum()),
            "carbon_revenue_musd": float(self.priced.sum()),
            "without_output": list(self.idle),
            "inside_mt": float(self.change[self.inside].sum()),
            "outside_mt": float(self.change[~self.inside].sum()),
            "leakage_percent": None if leak is None else 100.0 * leak,
            "economies": [
                {
                    "code": code,
                    "before_mt": float(self.before[k]),
                    "change_mt": float(self.change[k]),
                    "scale_mt": float(self.scale[k]),
                    "composition_mt": float(self.composition[k]),
                    "technique_mt": float(self.technique[k]),
                    "households_mt": float(self.households[k]),
                    "carbon_revenue_musd": float(self.priced[k]),
                }
                for k, code in sorted(enumerate(self.codes), key=lambda pair: pair[1])
            ],
        }


def emitted(result: TradeResult) -> RunEmissions | None:
    """Return what a solved scenario does to CO2; None where nothing is known of it by sector.

    Raises
    ------
    DataError
        As `winset.worlds.carbon.carbon_of`.
    """
    if result.sectors is None or (gas := carbon_of(result.world)) is None:
        return None
    return changed(result, gas)


def changed(result: TradeResult, gas: SectorCarbon) -> RunEmissions:
    """Return what a solved scenario does to CO2; with one sector all of it is scale."""
    order = sector_order(result)
    made, volume = volumes(result)
    mass = gas.sectors[order]
    growth = (made * volume).sum(axis=0) / made.sum(axis=0)
    scale = mass.sum(axis=0) * (growth - 1.0)
    composition = (mass * (volume - 1.0)).sum(axis=0) - scale
    after, homes = emissions_after(result, gas)
    households = homes - gas.households
    technique = np.zeros_like(scale)
    if result.sectors is not None:
        base = result.sectors.calibrated.base
        if isinstance(base, EnergyBaseline) and len(base.fuels):
            technique = (after[order] - mass * volume).sum(axis=0)
    inside = set(result.members)
    energy = result.scenario.parameters.energy
    sectors = [result.world.sectors[j] for j in order]
    return RunEmissions(
        codes=result.codes,
        carbon=gas,
        before=gas.totals,
        scale=scale,
        composition=composition,
        households=households,
        inside=np.array([code in inside for code in result.codes]),
        technique=technique,
        by_intensity=energy is not None and not energy.sectors,
        priced=np.zeros_like(scale) if result.after.carbon is None else result.after.carbon,
        idle=tuple(
            f"{result.codes[n]}, {sectors[j]}"
            for j, n in np.argwhere((mass > 0) & ~(made > 0)).tolist()
        ),
    )


def sector_order(result: TradeResult) -> Places:
    """Return the positions in the world of the model's sectors."""
    if result.sectors is None:
        return np.arange(len(result.world.sectors))
    return result.sectors.calibrated.base.order


def volumes(result: TradeResult) -> tuple[Array, Array]:
    """Return output before, USD million, and q̂, each (J, n) in the model's order.

    In the model of one sector ĉ = ŵ^β P̂^{1−β} L̂^{−ψ} / Â. What makes nothing before has q̂ = 1.
    """
    if result.sectors is None:
        after, parameters = result.after, result.scenario.parameters
        beta, psi = parameters.value_added_share, parameters.scale_elasticity
        cost = after.wage**beta * after.price ** (1.0 - beta) * after.labor**-psi
        old, new = result.before.output[None], after.output[None]
        dearer = (cost / result.shock.productivity)[None]
    else:
        before, state = result.sectors.calibrated.initial, result.sectors.state
        old, new, dearer = before.output, state.output, np.exp(state.cost - before.cost)
    found = np.ones_like(old)
    np.divide(new, old * dearer, out=found, where=old > 0)
    return old, found


def emissions_after(result: TradeResult, gas: SectorCarbon) -> tuple[Array, Array]:
    """Return CO2 after a scenario, million tonnes: of the world's sectors (J, n), of households (n,)."""
    if result.sectors is not None and isinstance(result.sectors.state, EnergyState):
        own, homes = result.sectors.state.emissions, result.sectors.state.homes
    else:
        own = gas.sectors[sector_order(result)] * volumes(result)[1]
        bought = (result.after.income / result.before.income) / result.after.price
        homes = gas.households * bought
    found = np.empty_like(gas.sectors)
    found[sector_order(result)] = own
    return found, homes
