"""Goods totals by pair where national statistics say more than BACI.

What BACI's totals of 2023 lack is filled in before (`scripts.blanks.filling`, without `icio-2022`, which the
split is held against). Uzbekistan's and Kyrgyzstan's totals by partner are their own of 2022.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from winset.places.codes import code_of_name

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array

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
