"""Goods totals by pair where BACI has none or national statistics say more.

BACI knows a flow when one of both sides reports it. Russia's trade of 2023 with others that do not report
(Belarus, Iran, Mongolia, Tajikistan, ...) is therefore missing, as is theirs with one another. Such pairs are
filled by gravity over all positive flows, log T_in on log GDP of both, log distance, a common border and
effects of who does not report, but with no less than the fuels (HS 27) of 2018. Uzbekistan's and
Kyrgyzstan's totals by partner are their own of 2022.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np

from winset.places.codes import code_of_name
from winset.places.geography import contiguity, distances

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array

ANCHOR = "RUS"  # reports to nobody in the data: who has no trade with it reports neither
LEAST_GDP = 1_000.0  # USD million: below it no trade may be the truth
NATIONAL = {"UZB": "uzb", "KGZ": "kgz"}
YEAR = "2022"
NAMES = {
    "The Republic of Korea": "KOR",
    "Republic of Korea": "KOR",
    "Turkey": "TUR",
    "China (Sar Hong Kong)": "HKG",
    "USA": "USA",
    "The Netherlands": "NLD",
    "Czech Republic": "CZE",
    "Great Britain": "GBR",
}


def silent(codes: tuple[str, ...], goods: Array, gdp: Array) -> list[int]:
    """Return the positions of economies that report to nobody: no trade either way with Russia."""
    anchor = codes.index(ANCHOR)
    none = (goods[anchor] == 0) & (goods[:, anchor] == 0) & (gdp > LEAST_GDP)
    none[anchor] = True
    return [int(k) for k in np.flatnonzero(none)]


def filled(codes: tuple[str, ...], goods: Array, fuels: Array, gdp: Array) -> tuple[Array, Array]:
    """Return the totals with what is missing among the silent by gravity, and which pairs that are."""
    away = distances(codes)
    known = np.isfinite(away)
    border = contiguity(codes).astype(float)
    members = silent(codes, goods, gdp)
    good = (goods > 0) & known & (away > 0) & (gdp[:, None] > LEAST_GDP) & (gdp > LEAST_GDP)
    i, n = np.nonzero(good)

    def regressors(rows: Array, columns: Array) -> Array:
        return np.column_stack(
            [
                np.ones(len(rows)),
                np.log(gdp[rows]),
                np.log(gdp[columns]),
                np.log(away[rows, columns]),
                border[rows, columns],
            ]
        )

    beta = np.linalg.lstsq(regressors(i, n), np.log(goods[i, n]), rcond=None)[0]
    result, guessed = goods.copy(), np.zeros(goods.shape, dtype=np.bool_)
    for a in members:
        for b in members:
            if a == b or goods[a, b] > 0 or goods[b, a] > 0 or not known[a, b]:
                continue
            size = float(np.exp(regressors(np.array([a]), np.array([b])) @ beta)[0])
            result[a, b] = max(size, fuels[a, b])
            guessed[a, b] = True
    return result, guessed


def with_national(codes: tuple[str, ...], goods: Array, shared: Path) -> Array:
    """Return the totals with Uzbekistan's and Kyrgyzstan's own by partner."""
    result, place = goods.copy(), {code: k for k, code in enumerate(codes)}
    for reporter, short in NATIONAL.items():
        path = shared / "national_trade_uzb_kgz" / f"{short}_trade_by_partner_2010_2023.csv"
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                code = NAMES.get(row["partner"]) or code_of_name(row["partner"])
                if row["year"] != YEAR or code not in place or code == reporter:
                    continue
                ends = (place[reporter], place[code])
                result[ends if row["flow"] == "export" else ends[::-1]] = float(row["kusd"]) / 1e3
    return result
