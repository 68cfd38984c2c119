"""CO2 by economy: the totals that every account must meet, and how they split by kind of source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from winset import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[1] / "data" / "co2"
YEAR = 2021
#: Kinds of source by key, with their names where they were published.
CATEGORIES = {
    "electricity_heat": "Electricity and heat",
    "manufacturing_construction": "Manufacturing and construction",
    "transport": "Transport",
    "buildings": "Buildings",
    "other_fuel": "Other fuel combustion",
    "fugitive": "Fugitive emissions",
    "processes": "Industry",
}


@dataclass(frozen=True, slots=True)
class Inventory:
    """CO2 of one economy, million tonnes: `territorial` and `consumption` of 2021, NaN where not told.

    `kinds` are parts that sum to one, by the keys of `CATEGORIES`; empty where they are not told.
    """

    territorial: float
    consumption: float
    kinds: Mapping[str, float]


@lru_cache(maxsize=1)
def inventories() -> Mapping[str, Inventory]:
    """Return what is embedded, by code."""
    problems = tables.Problems(FOLDER)
    figures = ("territorial", "consumption", *CATEGORIES)
    found = {}
    for _, row in tables.checked_rows(FOLDER, "co2.csv", ("code", *figures), problems, figures):
        kinds = {key: float(row[key] or 0.0) for key in CATEGORIES}
        total = sum(kinds.values())
        found[row["code"]] = Inventory(
            float(row["territorial"] or "nan"),
            float(row["consumption"] or "nan"),
            {key: value / total for key, value in kinds.items()} if total > 0 else {},
        )
    problems.refuse(str(FOLDER))
    return found
