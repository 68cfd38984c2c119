"""Whose emissions are in whose goods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.environment.accounts import embodied
from winset.environment.reading import read_system

if TYPE_CHECKING:
    from pathlib import Path

    from winset.environment.accounts import Embodied, InterIndustry
    from winset.numbers import Array


@dataclass(frozen=True, slots=True)
class Carbon:
    """The accounts of a system, and what they come from."""

    title: str
    system: InterIndustry
    accounts: Embodied

    def to_json(self) -> dict[str, Any]:
        """Return the accounts by region and gas, in the unit of the emissions.

        ``production`` and ``consumption`` leave out ``households``, whose emissions arise where they live;
        ``embodied`` counts every unit once, by where it arises and whose final demand it serves;
        ``bilateral`` is what arises in the exporter for all that it sells, inputs too.
        """
        found = self.accounts
        return {
            "title": self.title,
            "regions": list(found.regions),
            "sectors": list(self.system.sectors),
            "gases": list(found.gases),
            "production": self._by_region(found.production),
            "consumption": self._by_region(found.consumption),
            "imports": self._by_region(found.imports),
            "exports": self._by_region(found.exports),
            "households": self._by_region(found.households),
            "embodied": self._by_pair(found.embodied),
            "bilateral": self._by_pair(found.bilateral),
        }

    def _by_region(self, account: Array) -> dict[str, dict[str, float]]:
        found = self.accounts
        return {
            region: {gas: float(account[g, n]) for g, gas in enumerate(found.gases)}
            for n, region in enumerate(found.regions)
        }

    def _by_pair(self, account: Array) -> list[dict[str, Any]]:
        found = self.accounts
        return [
            {"from": source, "to": target, "gas": gas, "value": float(account[g, m, n])}
            for g, gas in enumerate(found.gases)
            for m, source in enumerate(found.regions)
            for n, target in enumerate(found.regions)
        ]


def carbon(folder: Path) -> Carbon:
    """Read a folder of inter-industry tables with emissions, and account for who emits for whom.

    Raises
    ------
    DataError
        As `winset.environment.reading.read_system` and `winset.environment.accounts.embodied`.
    """
    system = read_system(folder)
    return Carbon(folder.name, system, embodied(system))
