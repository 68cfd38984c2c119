"""Tariffs of and on the split-out economies, by sector.

An importer's MFN rate of a sector is the trade-weighted one of its product group (UN SDG 17.10.1, latest of
2015 to 2018): agriculture, textiles, clothing, fuels, other industry. Members of the EAEU take Russia's
rates of icio-2022. An agreement in force in 2023 makes them zero (full), half (partial) or leaves them
(minor). They are then scaled, at most to the MFN rate, so that the goods mean weighted by trade is the
applied one of the World Bank (latest to 2022) or of the same UN series. Rates of known importers on the
split-out are their MFN rates as `winset.worlds.mfn` infers them, times the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scripts.splitting.sources import number, rows

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array
    from winset.worlds import World

GROUPS = {
    "agr": "A01 A02 A03 C10T12",
    "tex": "C13T15",
    "oil": "B05 B06 B09 C19",
}
UNION = ("ARM", "BLR", "KAZ", "KGZ", "RUS")  # EAEU: Russia's rates on others, none among themselves
LEADER = "RUS"
TREATED = {"zero": 0.0, "partial": 0.5, "minor": 1.0, "none": 1.0}
#: MFN means that differ from the UN's of 2015, percent: Uzbekistan's about 7.5 since 2020 (US trade.gov,
#: Uzbekistan: Trade Barriers).
LATER = {"UZB": 7.5}


@dataclass(frozen=True)
class Tariffs:
    """Rates as fractions: `by` (U, J, K + U) the split-out charge, `on` (U, J, K) they face, and sources."""

    by: Array
    on: Array
    basis: dict[str, str]


def agreements(shared: Path) -> dict[frozenset[str], float]:
    """Return what is left of an MFN rate for every pair with an agreement in force in 2023."""
    return {
        frozenset((row["iso3_a"], row["iso3_b"])): TREATED[row["treat_2023"]]
        for row in rows(shared / "agreements" / "pairs_2023.csv")
    }


def tariffs(shared: Path, world: World, units: tuple[str, ...], bought: Array) -> Tariffs:
    """Return the tariffs; `bought` (U, J, K + U) is what the units buy, to weight the means."""
    sectors, known = world.sectors, world.codes[:-1]
    left = agreements(shared)
    mfn, applied, years = _published(shared)
    means = _means(shared)
    partners = (*known, *units)
    by = np.zeros((len(units), len(sectors), len(partners)))
    basis = {}
    leader = world.mfn_rates[:, (world.index[LEADER] + 1) % len(known), world.index[LEADER]]
    for k, code in enumerate(units):
        if code in UNION:
            rate, said = leader.copy(), "common tariff of the EAEU, as Russia's in icio-2022"
        elif code in mfn:
            rate = _by_sector(mfn[code], sectors)
            said = f"UN SDG 17.10.1, {years[code]}, by product group"
            if code in LATER:
                rate *= LATER[code] / 100.0 / (mfn[code]["alp"] / 100.0)
                said += f", brought to a mean of {LATER[code]:g} %"
        else:
            basis[code] = "not known, taken as 0"
            continue
        share = np.array([_left(left, code, other) for other in partners])
        raw = rate[:, None] * share
        raw[-1] = 0.0  # services
        weight = bought[k].copy()
        weight[-1] = 0.0
        mean = float((raw * weight).sum() / weight.sum())
        published = means.get(code) or (applied.get(code, {}).get("alp"), years.get(code, ""))
        if published[0] is not None and mean > 0 and code not in UNION:
            factor = published[0] / 100.0 / mean
            raw = np.minimum(raw * factor, np.where(share[None] > 0, rate[:, None], 0.0))
            said += f"; weighted mean brought towards {published[0]:g} % ({published[1]})"
        by[k], basis[code] = raw, said
    on = np.zeros((len(units), len(sectors), len(known)))
    charged = world.mfn_rates[:, -1, :-1]  # on an exporter without any agreement
    for k, code in enumerate(units):
        on[k] = charged * np.array([_left(left, code, other) for other in known])
    on[:, -1] = 0.0
    return Tariffs(by, on, basis)


def _left(left: dict[frozenset[str], float], one: str, other: str) -> float:
    if one == other or (one in UNION and other in UNION):
        return 0.0
    return left.get(frozenset((one, other)), 1.0)


def _by_sector(groups: dict[str, float], sectors: tuple[str, ...]) -> Array:
    rates = np.full(len(sectors), groups.get("ind", groups.get("alp", 0.0)))
    for j, sector in enumerate(sectors):
        for group, text in GROUPS.items():
            if sector in text.split() and group in groups:
                rates[j] = groups[group]
        if sector == "C13T15" and {"tex", "clo"} <= groups.keys():
            rates[j] = (groups["tex"] + groups["clo"]) / 2.0
    rates[-1] = 0.0
    return np.asarray(rates / 100.0)


def _published(
    shared: Path,
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]], dict[str, str]]:
    """Return MFN and applied means by importer and group, percent, of each importer's latest year."""
    table = rows(shared / "tariffs_by_group_unsd" / "tariffs_importer_group_2005_2018.csv")
    years: dict[str, str] = {}
    for row in table:
        years[row["iso3"]] = max(years.get(row["iso3"], ""), row["year"])
    mfn: dict[str, dict[str, float]] = {}
    applied: dict[str, dict[str, float]] = {}
    for row in table:
        if row["year"] == years[row["iso3"]]:
            mfn.setdefault(row["iso3"], {})[row["group"]] = number(row["mfn_weighted"])
            applied.setdefault(row["iso3"], {})[row["group"]] = number(row["applied_weighted"])
    return mfn, applied, years


def _means(shared: Path) -> dict[str, tuple[float, str]]:
    """Return the applied mean of every importer weighted by its trade, percent, and its year."""
    table = rows(shared / "tariffs_by_importer" / "tariffs_by_importer.csv")
    return {
        row["iso3"]: (
            float(row["applied_weighted_pct"]),
            row["applied_weighted_year"].removesuffix(".0"),
        )
        for row in table
        if row["applied_weighted_pct"] and int(float(row["applied_weighted_year"])) >= 2015
    }
