"""Derive the bundled pledges from a collection of summit pledges with their sources.

    python -m scripts.derive_pledges SOURCE/pledges.csv

Pledges stand in words of the collection's own; facts with their page. Kept: every row. What is not a
date or a figure there ("not stated", "2030; 2035") is left blank here and said in the note, so that what
cannot be checked is seen to be so.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from winset import tables
from winset.delivery.pledges import COLUMNS

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "pledges" / "pledges.csv"
DATE = re.compile(r"\d{4}(-\d\d-\d\d)?")
FIGURE = re.compile(r"-?\d+(\.\d+)?")
#: What the bundled series can measure: baseline_year, direction, bound, on, measure. Who is bound, and
#: which way is meant, are read from the wording by hand.
MEASURED = {
    "sco25-pv": ("2025", "up", "together", "", "solar_capacity_gw"),
    "sco25-wind": ("2025", "up", "together", "", "wind_capacity_gw"),
    "cop28-res": ("2022", "up", "together", "", "renewable_capacity_gw"),
    "asean-cap45": ("", "up", "together", "", "renewable_share_capacity_pct"),
    "asean-ei40": ("2005", "down", "together", "", "energy_intensity_mj_per_usd"),
    "apec-ei45": ("2005", "down", "together", "", "energy_intensity_mj_per_usd"),
    "apec-res": ("2010", "up", "together", "", "renewable_share_final_energy_pct"),
    "eu-res425": ("", "up", "together", "", "renewable_share_final_energy_pct"),
    "nato-35": ("2024", "up", "each", "2025-06-25", "milex_pct_gdp"),
}


def derived(row: dict[str, str]) -> list[str]:
    """One row of the bundled table."""
    notes = [row["note"]] if row["note"] else []
    kept = {}
    for name, pattern in (("baseline", FIGURE), ("target", FIGURE), ("deadline", DATE)):
        fits = pattern.fullmatch(row[name]) is not None
        kept[name] = row[name] if fits else ""
        if row[name] and not fits:
            notes.append(f"{name} in the source: {row[name]}")
    series = "" if re.match(r"no public series|none", row["data_series"]) else row["data_series"]
    unit = "" if row["unit"] == "not measurable" else row["unit"]
    return [
        row["id"], row["bloc"], row["date"], row["pledge"], row["indicator"] if unit else "", unit,
        series, kept["baseline"], kept["target"], kept["deadline"], row["source_title"],
        row["source_address"], "; ".join(notes), *MEASURED.get(row["id"], ("",) * 5),
    ]  # fmt: skip


def main() -> None:
    """Write the table."""
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = [derived(row) for row in csv.DictReader(file)]
    tables.write_csv(TARGET, COLUMNS, rows, "comma")


if __name__ == "__main__":
    main()
