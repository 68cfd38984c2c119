"""What to doubt in tables of emissions: their unit, industries without emissions, negative footprints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, listed
from winset.worlds.inventory import YEAR, inventories

if TYPE_CHECKING:
    from winset.environment.accounts import Embodied, InterIndustry

GAS = "CO2"
UNITS = {-1: "Gt", 0: "Mt", 1: "kt", 2: "t"}  # by the power of 1,000 of a million tonnes in them
NEAR = 0.7  # of log10: economies within a factor of five of their inventory are in a unit
FAR = 1.5  # of log10: a factor of thirty from the unit of most is another one
FEWEST = 2  # economies that must agree on a unit, where there are so many


@dataclass(frozen=True, slots=True)
class Inventoried:
    """CO2 of tables beside the Global Carbon Project's, by economy; `unit` is blank where there is no one."""

    codes: tuple[str, ...]
    totals: tuple[float, ...]
    known: tuple[float, ...]
    unit: str

    def to_json(self) -> dict[str, Any]:
        """Return what is compared, with the factor of each on million tonnes."""
        return {
            "year": YEAR,
            "unit": self.unit or None,
            "economies": [
                {"code": code, "value": total, "territorial_mt": known, "factor": total / known}
                for code, total, known in zip(self.codes, self.totals, self.known, strict=True)
            ],
        }


def inventoried(system: InterIndustry) -> Inventoried | None:
    """Compare tables with the inventories, where regions are economies by code and a gas is CO2.

    None where none can be compared.

    Raises
    ------
    DataError
        Most are in one unit and some in another, a thousand times off: t, kt and Mt are mixed.
    """
    if GAS not in system.gases:
        return None
    g, told = system.gases.index(GAS), inventories()
    made = system.emissions[g].reshape(len(system.regions), -1).sum(axis=1) + system.households[g]
    rows = [
        (code, float(total), float(told[code].territorial))
        for code, total in zip(system.regions, made, strict=True)
        if code in told and told[code].territorial > 0 and total > 0
    ]
    if not rows:
        return None
    codes, totals, known = zip(*rows, strict=True)
    off = np.log10(np.array(totals) / np.array(known))
    agree = {power: np.abs(off - 3.0 * power) < NEAR for power in UNITS}
    power = max(agree, key=lambda p: (int(agree[p].sum()), -abs(p)))
    if agree[power].sum() < min(len(rows), max(FEWEST, len(rows) / 2)):
        return Inventoried(codes, totals, known, "")
    apart = np.flatnonzero(np.abs(off - 3.0 * power) > FAR)
    if len(apart):
        k = int(apart[0])
        raise DataError(
            f"emissions.csv: CO2 of {listed([codes[m] for m in apart], 8)} is in another unit than that of "
            f"the others, which are in {UNITS[power]} ({codes[k]}: {totals[k]:.6g} where {known[k]:.6g} "
            f"million tonnes are known for {YEAR}, {10 ** (off[k] - 3.0 * power):.3g} times what it would be "
            "there). Are t, kt and Mt mixed? Write all in one unit."
        )
    return Inventoried(codes, totals, known, UNITS[power])


def without_emissions(system: InterIndustry) -> list[tuple[str, str]]:
    """Return region and sector of the industries that make something and emit nothing of any gas."""
    idle = (system.output > 0) & ~(system.emissions != 0).any(axis=0)
    wide = len(system.sectors)
    return [
        (system.regions[k // wide], system.sectors[k % wide]) for k in np.flatnonzero(idle).tolist()
    ]


def negative(found: Embodied) -> list[dict[str, Any]]:
    """Return the footprints below zero, by region and gas."""
    return [
        {"region": region, "gas": gas, "consumption": float(found.consumption[g, n])}
        for g, gas in enumerate(found.gases)
        for n, region in enumerate(found.regions)
        if found.consumption[g, n] < 0
    ]
