"""Whose emissions are in whose goods: of tables of one's own, or of a world of trade."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.environment.accounts import InterIndustry, embodied
from winset.environment.reading import MOST_INDUSTRIES, read_system
from winset.errors import DataError
from winset.places.economies import economies
from winset.studies.carbon_checks import inventoried, negative, without_emissions
from winset.trade.numerics.blas import one_thread
from winset.worlds import embedded_worlds
from winset.worlds import world as load_world
from winset.worlds.carbon import carbon_of
from winset.worlds.inventory import inventories

if TYPE_CHECKING:
    from winset.environment.accounts import Embodied
    from winset.numbers import Array
    from winset.studies.carbon_checks import Inventoried
    from winset.worlds import World
    from winset.worlds.carbon import SectorCarbon

GAS = "CO2"


@dataclass(frozen=True, slots=True)
class Carbon:
    """The accounts of a system, and what they come from; of a world, that world and its CO2."""

    title: str
    system: InterIndustry
    accounts: Embodied
    world: World | None = None
    gas: SectorCarbon | None = None
    inventoried: Inventoried | None = None

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
            "negative": negative(found),
            "without_emissions": [
                f"{region}, {sector}" for region, sector in without_emissions(self.system)
            ],
            "inventories": None if self.inventoried is None else self.inventoried.to_json(),
            **self._of_world(),
        }

    def compared(self) -> list[tuple[str, float, float | None, float | None]]:
        """Return by economy its consumption with households, the published one, and tonnes a head."""
        found, told, people = self.accounts, inventories(), economies()
        rows = []
        for n, code in enumerate(found.regions):
            used = float(found.consumption[0, n] + found.households[0, n])
            published = told[code].consumption if code in told else np.nan
            heads = people[code].population if code in people else None
            rows.append(
                (
                    code,
                    used,
                    None if np.isnan(published) else float(published),
                    used * 1e6 / heads if heads else None,
                )
            )
        return rows

    def _of_world(self) -> dict[str, Any]:
        if self.world is None or self.gas is None:
            return {}
        return {
            "winset": __version__,
            "unit": "million tonnes of CO2",
            "year": self.gas.year,
            "measured_by_sector": self.gas.measured,
            "world": {
                "name": self.world.name,
                "year": self.world.year,
                "sha256": self.world.sha256,
            },
            "compared": [
                {
                    "code": code,
                    "consumption_with_households": used,
                    "published": published,
                    "gap_percent": 100.0 * (used / published - 1.0) if published else None,
                    "tonnes_a_head": each,
                }
                for code, used, published, each in self.compared()
            ],
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


@one_thread()
def carbon(source: str | Path) -> Carbon:
    """Account for who emits for whom, in a folder of inter-industry tables or in a world.

    Raises
    ------
    DataError
        As `winset.environment.reading.read_system`, `winset.environment.accounts.embodied` and
        `winset.studies.carbon_checks.inventoried`; or a world of whose CO2 by sector nothing is known.
    """
    folder = Path(source)
    if str(source) not in embedded_worlds() and not (folder / "economies.csv").is_file():
        system = read_system(folder)
        return Carbon(folder.name, system, embodied(system), inventoried=inventoried(system))
    target = load_world(source)
    gas = known_carbon(target)
    system = system_of(target, gas)
    return Carbon(target.name, system, embodied(system), target, gas)


def bounded(target: World) -> None:
    """Refuse a world of more industries than can be accounted for."""
    count, n = len(target.sectors), len(target)
    if count * n > MOST_INDUSTRIES:
        raise DataError(
            f"world {target.name!r}: {n} economies of {count} sectors are {count * n:,} industries; at most "
            f"{MOST_INDUSTRIES:,} fit. Merge sectors or economies."
        )


def known_carbon(target: World) -> SectorCarbon:
    """Return the CO2 of a world, or refuse one of which nothing is known."""
    if (gas := carbon_of(target)) is None:
        raise DataError(
            f"world {target.name!r}: nothing is known of its CO2. Give it an emissions.csv (economy, sector, "
            "value_mt), or take icio-2022 or world-2022-sectors."
        )
    return gas


def system_of(target: World, gas: SectorCarbon) -> InterIndustry:
    """Return the inter-industry system that a world's accounts imply.

    Inputs and final demand of every sector come from abroad in the shares in which all of its goods do
    (proportionality). Where the world has no table of inputs, half of output is inputs, in the composition of
    final demand, as in the model.

    Raises
    ------
    DataError
        Too many industries, or accounts that cannot be closed.
    """
    bounded(target)
    accounts = target.sector_accounts(0.5)
    sold = np.divide(
        accounts.flows,
        accounts.spending[:, None, :],
        out=np.zeros_like(accounts.flows),
        where=accounts.spending[:, None, :] > 0,
    )  # [k, i, n]: what i has of a dollar that n spends on k
    final = accounts.final * accounts.income
    return laid(target, sold, accounts.inputs, accounts.output, final, gas.sectors, gas.households)


def laid(
    target: World,
    sold: Array,
    inputs: Array,
    output: Array,
    final: Array,
    mass: Array,
    households: Array,
) -> InterIndustry:
    """Return the system of a world's economies and sectors.

    Parameters
    ----------
    sold : (J, n, n) array
        ``[k, i, m]``: what i has of a dollar that m spends on k.
    inputs : (n, J, J) array
        ``[m, k, j]``: what a dollar of output of j buys of k.
    output, final, mass : (J, n) arrays
        Output and final demand, USD million, and CO2.
    households : (n,) array
        CO2 of final demand itself.
    """
    count, n = output.shape
    flows = np.einsum("kin,nkj,jn->iknj", sold, inputs, output, optimize=True)
    used = np.einsum("kin,kn->ikn", sold, final)
    return InterIndustry(
        target.codes,
        target.sectors,
        (GAS,),
        np.ascontiguousarray(flows.reshape(n * count, n * count)),
        np.ascontiguousarray(used.reshape(n * count, n)),
        mass.T.reshape(1, n * count).copy(),
        households[None].copy(),
    )
