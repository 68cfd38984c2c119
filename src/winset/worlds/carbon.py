r"""CO2 by sector and economy of a world: from its own ``emissions.csv``, or from embedded inventories.

An economy's total is its territorial CO2 of 2021 (Global Carbon Project), without a remainder; how it splits
by kind of source is that of 2018 (CAIT). In the 28 sectors of `icio-2022` each kind k goes to sectors j as

    ∝ w_kj Y_nj,

Y being output and w how much of the kind a dollar of output takes in the world, from tables 1 and A.2 of
Farrokhi & Lashkaripour (2025): fuel burnt in industry by direct CO2; electricity and heat by what total CO2
has beyond direct; process emissions by direct CO2 within chemicals, minerals and metals; fugitive ones to
coal, oil and gas by output; other fuel to agriculture. Of buildings and transport households have so much
that the world's emit 13.4 % of all CO2 directly, and of electricity 27.5 % (table A.2); what is left of both
is services'.

A world of one sector has the totals. What is derived is no measurement: the sectors of an economy differ from
the world's as its kinds of source do, not each by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed
from winset.worlds.inventory import CATEGORIES, YEAR, inventories

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.worlds.world_data import World

ROW = "ROW"  # the code of whoever is left
SERVICES = "Services"
#: By industry of the article: share of CO2 %, its intensity, direct and total CO2 Mt.
INDUSTRIES = {
    "agriculture": (4.2, 100.0, 512.0, 945.0),
    "mining": (1.9, 183.0, 158.0, 411.0),
    "food": (3.3, 45.9, 333.0, 731.0),
    "textiles": (1.9, 59.7, 101.0, 415.0),
    "wood": (0.5, 61.0, 33.0, 116.0),
    "paper": (2.1, 125.9, 174.0, 469.0),
    "chemicals": (9.5, 179.5, 890.0, 2106.0),
    "plastics": (1.8, 89.1, 130.0, 390.0),
    "minerals": (8.6, 458.4, 1369.0, 1895.0),
    "metals": (14.7, 205.2, 1392.0, 3260.0),
    "machinery": (3.0, 42.0, 149.0, 660.0),
    "vehicles": (1.2, 34.0, 60.0, 266.0),
    "other": (0.6, 42.0, 57.0, 125.0),
    "construction": (1.5, 59.2, 175.0, 329.0),
    "trade": (3.6, 34.7, 163.0, 807.0),
    "transport": (27.3, 498.3, 5089.0, 6082.0),
    "services": (14.5, 26.7, 908.0, 3256.0),
}
#: The industry of each sector; services are the last four together.
OF_SECTOR = {
    **dict.fromkeys(("A01", "A02", "A03"), "agriculture"),
    **dict.fromkeys(("B05", "B06", "B07", "B08", "B09"), "mining"),
    "C10T12": "food", "C13T15": "textiles", "C16": "wood", "C17_18": "paper",
    **dict.fromkeys(("C19", "C20", "C21"), "chemicals"),
    "C22": "plastics", "C23": "minerals",
    **dict.fromkeys(("C24A", "C24B", "C25"), "metals"),
    **dict.fromkeys(("C26", "C27", "C28"), "machinery"),
    **dict.fromkeys(("C29", "C301", "C302T309"), "vehicles"),
    "C31T33": "other",
}  # fmt: skip
PROCESSES = ("C20", "C23", "C24A", "C24B")
FUELS = ("B05", "B06")
FARMS = ("A01", "A02", "A03")
HOUSEHOLDS = 4056.0 / 30327.0  # of the world's CO2, direct
HOUSEHOLD_POWER = 4010.0 / 14578.0  # of that of making energy
TOO_FAR = 100.0  # times: totals so far from the inventories are in another unit


@dataclass(frozen=True, slots=True)
class SectorCarbon:
    """CO2 of a world in million tonnes: of sectors (J, n) and of households (n,).

    `told` are the economies whose total is known; `measured` says whether their sectors are from the world's
    own data (else derived as the module says).
    """

    sectors: Array
    households: Array
    told: tuple[str, ...]
    measured: bool
    year: int

    @property
    def totals(self) -> Array:
        """By economy, (n,)."""
        return np.asarray(self.sectors.sum(axis=0) + self.households)


def carbon_of(world: World) -> SectorCarbon | None:
    """Return the CO2 of a world; None where nothing is known of its sectors or economies.

    Raises
    ------
    DataError
        Its own emissions are off the inventories by a factor of a hundred or more: t, kt and Mt mixed.
    """
    if world.emissions is not None:
        found = SectorCarbon(
            world.emissions, np.zeros(len(world)), world.codes, measured=True, year=world.year
        )
        _in_one_unit(world, found.totals)
        return found
    known = inventories()
    told = tuple(code for code in world.codes if code in known)
    if not told or not (len(world.sectors) == 1 or set(world.sectors) == {*OF_SECTOR, SERVICES}):
        return None
    totals, kinds = _of_economies(world)
    if len(world.sectors) == 1:
        return SectorCarbon(
            totals[None].copy(), np.zeros(len(world)), told, measured=False, year=YEAR
        )
    return _split(world, totals, kinds, told)


def intensity(world: World, carbon: SectorCarbon) -> Array:
    """Return tonnes of CO2 per USD of output, (J, n); zero where nothing is made.

    Where domestic sales are not in the data, output is that of a value-added share of one half.
    """
    known = world.domestic_known
    output = world.trade.sum(axis=2) if known else world.accounts(0.5).output[None]
    return np.asarray(
        np.divide(carbon.sectors, output, out=np.zeros_like(carbon.sectors), where=output > 0)
    )


def _of_economies(world: World) -> tuple[Array, Array]:
    """Return the totals (n,) and their parts by kind (k, n); the rest of the world has what is left."""
    known = inventories()
    size, kinds = np.zeros(len(world)), np.zeros((len(CATEGORIES), len(world)))
    amounts = {
        code: np.array([one.kinds[key] for key in CATEGORIES]) * one.territorial
        for code, one in known.items()
        if one.kinds
    }
    whole = np.sum(list(amounts.values()), axis=0)
    usual = whole / whole.sum()
    for k, code in enumerate(world.codes):
        codes = [code] if code in known else []
        if code == ROW:
            codes = [c for c in known if c not in world.index]
        size[k] = sum(known[c].territorial for c in codes)
        parts = np.sum([amounts.get(c, usual * known[c].territorial) for c in codes], axis=0)
        kinds[:, k] = parts / size[k] if size[k] > 0 else usual
    return size, kinds


def _split(world: World, totals: Array, kinds: Array, told: tuple[str, ...]) -> SectorCarbon:
    output = world.trade.sum(axis=2)
    direct, power = _weights(world)
    mt = dict(zip(CATEGORIES, kinds * totals, strict=True))
    place = {sector: j for j, sector in enumerate(world.sectors)}
    made = np.zeros_like(output)

    def give(amount: Array, weights: Array) -> None:
        """Spread an amount over sectors by weight and output; where there is no output, over all."""
        by = weights[:, None] * output
        by = np.where(by.sum(axis=0) > 0, by, output)
        made[:] += amount * by / by.sum(axis=0)

    def only(names: tuple[str, ...], weights: Array) -> Array:
        chosen = np.zeros_like(weights)
        chosen[[place[name] for name in names]] = 1.0
        return np.asarray(weights * chosen)

    ones = np.ones(len(world.sectors))
    homes = mt["buildings"] + mt["transport"]
    part = min(HOUSEHOLDS * totals.sum() / homes.sum(), 1.0)
    households = part * homes + HOUSEHOLD_POWER * mt["electricity_heat"]
    give((1.0 - part) * homes, only((SERVICES,), ones))
    give((1.0 - HOUSEHOLD_POWER) * mt["electricity_heat"], power)
    give(mt["manufacturing_construction"], direct)
    give(mt["processes"], only(PROCESSES, direct))
    give(mt["fugitive"], only(FUELS, ones))
    give(mt["other_fuel"], only(FARMS, ones))
    return SectorCarbon(made, households, told, measured=False, year=YEAR)


def _weights(world: World) -> tuple[Array, Array]:
    """Return direct CO2 and that of energy bought, per unit of the world's output, (J,) each."""
    last = ("construction", "trade", "transport", "services")
    size = {name: share / rate for name, (share, rate, _, _) in INDUSTRIES.items()}
    direct, power = [], []
    for sector in world.sectors:
        names = last if sector == SERVICES else (OF_SECTOR[sector],)
        whole = sum(size[name] for name in names)
        # Fuel of industry and construction: what trade and transport burn is of another kind.
        burnt = ("construction",) if sector == SERVICES else names
        direct.append(sum(INDUSTRIES[name][2] for name in burnt) / whole)
        power.append(sum(INDUSTRIES[name][3] - INDUSTRIES[name][2] for name in names) / whole)
    return np.array(direct), np.array(power)


def _in_one_unit(world: World, totals: Array) -> None:
    known = inventories()
    off = {
        code: totals[k] / known[code].territorial
        for k, code in enumerate(world.codes)
        if code in known and known[code].territorial > 0 and totals[k] > 0
    }
    wrong = [code for code, ratio in off.items() if not 1.0 / TOO_FAR < ratio < TOO_FAR]
    if wrong:
        code = wrong[0]
        raise DataError(
            f"world {world.name!r}: emissions of {listed(wrong, 8)} are far from their inventories ({code}: "
            f"{totals[world.index[code]]:.6g} where {known[code].territorial:.6g} million tonnes of CO2 are "
            f"known, a factor of {off[code]:.3g}). Is emissions.csv in t or kt? Write million tonnes."
        )
