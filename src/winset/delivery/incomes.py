"""Incomes per head, household incomes, distributions and votes, as they come with winset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.delivery.inequality import lognormal_shares
from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.numbers import Array

FOLDER = Path(__file__).parents[1] / "data" / "incomes"
FIRST, LAST = 1990, 2024
PPP = 2021
HOUSEHOLD, WID = CONCEPTS = ("household", "wid")
INCOME_GROUPS = ("low", "lower-middle", "upper-middle", "high")
#: Lines of older PPP years that the panel has shares of people for: PPP year, line, column.
OLDER = {(2017, 2.15): "below_215_ppp2017", (2017, 6.85): "below_685_ppp2017"}


@dataclass(frozen=True, slots=True)
class IncomePanel:
    """Economies of one year, (n,) arrays in the order of `codes`.

    `people` are persons, `gdp` international dollars of 2021 per head and year, `mean` household income
    or consumption in dollars of 2021 PPP a day, `gini` 0 to 1, `older` the share below lines of other PPP
    years, `deciles` (n, 10) shares of income; NaN where there is none. `thin` are those whose
    distribution has little behind it.
    """

    year: int
    concept: str
    codes: tuple[str, ...]
    people: Array
    gdp: Array
    mean: Array
    gini: Array
    group: tuple[str, ...]
    older: Mapping[tuple[int, float], Array]
    deciles: Array
    thin: tuple[str, ...]


def incomes(year: int, concept: str = HOUSEHOLD) -> IncomePanel:
    """Return the incomes of a year.

    ``household``: household income or consumption, lognormal deciles of the smoothed Gini. ``wid``: GDP
    per head, divided by WID's deciles of post-tax national income of its latest year; economies whose
    poorest tenth has nothing or less there are left out.

    Raises
    ------
    DataError
        No such year or concept.
    """
    if concept not in CONCEPTS:
        raise DataError(f"--incomes {concept}: not known. One of: {', '.join(CONCEPTS)}.")
    if not FIRST <= year <= LAST:
        raise DataError(f"no incomes of {year}: there are {FIRST} to {LAST}.")
    rows = [row for row in _rows() if row["year"] == str(year)]
    figures = {
        name: np.array([float(row[name]) if row[name] else np.nan for row in rows])
        for name in ("population_thousand", "gdp_pc", "mean_day", "gini", *OLDER.values())
    }
    codes = tuple(row["economy"] for row in rows)
    share = figures["gini"] / 100.0
    if concept == HOUSEHOLD:
        deciles = lognormal_shares(share)
        thin = tuple(row["economy"] for row in rows if row["quality"])
    else:
        told = {row["economy"]: row for row in tables.embedded_rows(FOLDER / "deciles.csv")}
        deciles = np.full((len(codes), 10), np.nan)
        for k, code in enumerate(codes):
            if code in told:
                shares = np.array([float(told[code][f"d{d}"]) for d in range(1, 11)])
                if (shares > 0).all():  # no index is defined where a tenth has nothing
                    deciles[k] = shares / shares.sum()
        thin = tuple(code for code in codes if told.get(code, {}).get("quality"))
    return IncomePanel(
        year,
        concept,
        codes,
        figures["population_thousand"] * 1e3,
        figures["gdp_pc"],
        figures["mean_day"] if concept == HOUSEHOLD else figures["gdp_pc"] / 365.25,
        share,
        tuple(row["group"] for row in rows),
        {key: figures[column] / 100.0 for key, column in OLDER.items()},
        deciles,
        thin,
    )


def gdp_of(year: int) -> dict[str, float]:
    """Return GDP per head of a year by economy."""
    return {
        row["economy"]: float(row["gdp_pc"])
        for row in _rows()
        if row["year"] == str(year) and row["gdp_pc"]
    }


def votes() -> dict[str, dict[str, float]]:
    """Return the percent of votes in the IMF, the IBRD and the General Assembly by economy, 2019."""
    return {
        row["economy"]: {name: float(row[name] or 0.0) for name in ("imf", "ibrd", "unga")}
        for row in tables.embedded_rows(FOLDER / "votes.csv")
    }


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    return tables.embedded_rows(FOLDER / "incomes.csv")
