"""The economies of the world: ISO 3166 alpha-3 codes, names, area and population."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from winset.tables import embedded_rows

FOLDER = Path(__file__).parents[1] / "data" / "economies"


@dataclass(frozen=True, slots=True)
class Economy:
    """One economy, with the figures of 2023.

    Attributes
    ----------
    code, name, region, subregion : str
        ISO 3166 alpha-3 code (XKX for Kosovo), English name, UN geoscheme.
    area_km2 : float | None
        Land and inland water; None where no figure is at hand.
    population : int | None
        Persons (World Bank); None where the World Bank counts none apart.
    """

    code: str
    name: str
    region: str
    subregion: str
    area_km2: float | None
    population: int | None


@lru_cache(maxsize=1)
def economies() -> dict[str, Economy]:
    """Return all economies by code.

    >>> economies()["KAZ"].name
    'Kazakhstan'
    """
    return {
        row["code"]: Economy(
            row["code"],
            row["name"],
            row["region"],
            row["subregion"],
            float(row["area_km2"]) if row["area_km2"] else None,
            int(row["population"]) if row["population"] else None,
        )
        for row in embedded_rows(FOLDER / "economies.csv")
    }
