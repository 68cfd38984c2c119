"""Derive CO2 by economy: territorial and consumption totals, and sectors of a common classification.

    python -m scripts.derive_co2 SHARED/data

From ``co2_gcp_gapminder`` (both totals of 2021) and ``owid_cait_co2_sector`` (2018, million tonnes).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from winset import tables
from winset.places.codes import code_of_name
from winset.worlds.inventory import CATEGORIES, YEAR

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "co2"
SPLIT_YEAR = "2018"
#: Territorial figures of these are in tonnes in the source: a thousand times what all the world emits.
IN_TONNES = ("KIR", "NRU", "TUV")


def territorial(row: dict[str, str]) -> str:
    """Return a total in million tonnes."""
    text = row["co2_territorial"]
    return f"{float(text) * 1e-6:.6g}" if row["iso3"] in IN_TONNES else text


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a source."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Write the table."""
    source = Path(sys.argv[1])
    split: dict[str, list[str]] = {}
    (path,) = (source / "owid_cait_co2_sector").glob("*.csv")
    for row in read(path):
        if row["Year"] == SPLIT_YEAR and (code := code_of_name(row["Entity"])):
            split[code] = [row[name] for name in CATEGORIES.values()]
    rows = [
        [
            row["iso3"],
            territorial(row),
            row["co2_consumption"],
            *split.get(row["iso3"], [""] * len(CATEGORIES)),
        ]
        for row in read(source / "co2_gcp_gapminder" / "co2_1990_2022.csv")
        if row["year"] == str(YEAR) and row["co2_territorial"]
    ]
    header = ("code", "territorial", "consumption", *CATEGORIES)
    tables.write_rows(TARGET / "co2.csv", header, rows)
    print(f"{len(rows)} economies, {sum(r[0] in split for r in rows)} with sectors")


if __name__ == "__main__":
    main()
