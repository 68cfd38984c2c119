"""On whom one depends: how few suppliers there are, and how large the largest of them is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from winset.numbers import Array

FOLDER = Path(__file__).parents[1] / "data" / "dependence"
MINERAL_YEARS = (2018, 2019, 2020, 2021, 2022)
FUEL_YEARS = (2015, 2018)
CONCENTRATED = 0.25  # HHI above which a market is called concentrated (2,500 of 10,000)
GOVERNED = 2.5  # the indicators go from −2.5 to 2.5


@dataclass(frozen=True, slots=True)
class Material:
    """A raw material: output by economy, (m, 5) for `MINERAL_YEARS`, NaN where nothing is told."""

    name: str
    unit: str
    category: str
    stage: str
    symbol: str
    recycling_percent: float | None
    hs6: str
    codes: tuple[str, ...]
    output: Array

    def in_year(self, year: int) -> dict[str, float]:
        """Return the output by economy, those that make none left out."""
        made = self.output[:, MINERAL_YEARS.index(year)]
        return {code: float(x) for code, x in zip(self.codes, made, strict=True) if x > 0}


@dataclass(frozen=True, slots=True)
class Suppliers:
    """Suppliers of one thing, the largest first.

    Attributes
    ----------
    total : float
        What they supply.
    shares : mapping of codes
        Parts of the total.
    hhi : float
        Σ s², from 1/n to 1; None where nothing is supplied.
    risk : float
        Σ s² g, see `governed`; None where nothing is supplied.
    untold : float
        The part of suppliers without governance indicators, which count as the mean of the others.
    """

    total: float
    shares: Mapping[str, float]
    hhi: float | None
    risk: float | None
    untold: float

    @property
    def largest(self) -> tuple[str, float] | None:
        """The largest supplier and its share."""
        return next(iter(self.shares.items()), None)


def market(supply: Mapping[str, float]) -> Suppliers:
    """Return the market that suppliers make.

    The concentration is Herfindahl and Hirschman's,

        HHI = Σ_i s_i²,   risk = Σ_i s_i² g_i,   g_i = (2.5 − (GE_i + RL_i)/2) / 5 in [0, 1],

    g being how badly a supplier is governed by the World Bank's indicators of government effectiveness and
    rule of law. Weighting a concentration by governance is what assessments of criticality do (from general
    knowledge); whose governance is good is in dispute, so that both stand side by side.

    Raises
    ------
    DataError
        A supply is negative.
    """
    for code, amount in supply.items():
        if not amount >= 0:
            raise DataError(f"supply of {code} is {amount:g}; it must be zero or more.")
    total = float(sum(supply.values()))
    if not total > 0:
        return Suppliers(0.0, {}, None, None, 0.0)
    order = sorted((c for c in supply if supply[c] > 0), key=lambda c: (-supply[c], c))
    shares = {code: supply[code] / total for code in order}
    known = governed()
    told = [known[c] for c in order if c in known]
    usual = sum(told) / len(told) if told else 0.5
    return Suppliers(
        total=total,
        shares=shares,
        hhi=float(sum(s**2 for s in shares.values())),
        risk=float(sum(s**2 * known.get(c, usual) for c, s in shares.items())),
        untold=float(sum(s for c, s in shares.items() if c not in known)),
    )


def outside(supply: Mapping[str, float], members: Collection[str]) -> Suppliers:
    """Return the market of the suppliers that are no members."""
    return market({code: amount for code, amount in supply.items() if code not in members})


@lru_cache(maxsize=1)
def governed() -> Mapping[str, float]:
    """Return g of `market` by economy."""
    found = {}
    for _, row in _rows("governance.csv", ("code",), ("government_effectiveness", "rule_of_law")):
        both = (float(row["government_effectiveness"]) + float(row["rule_of_law"])) / 2.0
        found[row["code"]] = min(max((GOVERNED - both) / (2.0 * GOVERNED), 0.0), 1.0)
    return found


@lru_cache(maxsize=1)
def materials() -> tuple[Material, ...]:
    """Return the embedded raw materials, in alphabetical order."""
    years = tuple(str(year) for year in MINERAL_YEARS)
    made: dict[str, dict[str, list[float]]] = {}
    units: dict[str, str] = {}
    for _, row in _rows("minerals.csv", ("mineral", "unit", "code"), years):
        cells = [float(row[year]) if row[year] else np.nan for year in years]
        made.setdefault(row["mineral"], {})[row["code"]] = cells
        units[row["mineral"]] = row["unit"].replace("metr. t", "t").replace("Mio m3", "million m3")
    return tuple(
        Material(
            name=row["mineral"],
            unit=units[row["mineral"]],
            category=row["category"],
            stage=row["stage"],
            symbol=row["symbol"],
            recycling_percent=float(row["recycling_percent"]) if row["recycling_percent"] else None,
            hs6=row["hs6"],
            codes=tuple(made[row["mineral"]]),
            output=np.array(list(made[row["mineral"]].values())),
        )
        for _, row in _rows(
            "materials.csv",
            ("mineral", "category", "stage", "symbol", "hs6"),
            ("recycling_percent",),
        )
    )


@lru_cache(maxsize=2)
def fuels(year: int) -> Mapping[tuple[str, str], float]:
    """Return trade in coal, oil, gas and electricity by exporter and importer, USD million."""
    column = f"musd_{year}"
    return {
        (row["exporter"], row["importer"]): float(row[column])
        for _, row in _rows("fuels.csv", ("exporter", "importer"), (column,))
        if row[column]
    }


@cache
def changed(first: int, second: int) -> tuple[int, int]:
    """Return how many materials were concentrated in a year, and how many of them no longer in another."""
    before = [m for m in materials() if (market(m.in_year(first)).hhi or 0.0) > CONCENTRATED]
    left = sum((market(m.in_year(second)).hhi or 0.0) <= CONCENTRATED for m in before)
    return len(before), left


@cache
def sources() -> tuple[str, ...]:
    """Return what the tables of materials, fuels and governance are from."""
    told = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    return tuple(source["title"] for source in told["sources"])


def _rows(
    name: str, keys: tuple[str, ...], figures: tuple[str, ...]
) -> list[tuple[str, dict[str, str]]]:
    problems = tables.Problems(FOLDER)
    found = list(tables.checked_rows(FOLDER, name, (*keys, *figures), problems, figures))
    problems.refuse(str(FOLDER))
    return found
