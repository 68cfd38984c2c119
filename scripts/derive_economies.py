"""Derive the embedded list of economies from the country tables.

Run from the repository with the folder of source files:

    python scripts/derive_economies.py ../shared/data

Population is the World Bank's of 2023, as counted; area is land and inland water in km².
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from winset.files import replacing

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "economies" / "economies.csv"
COLUMNS = ["code", "iso2", "name", "region", "subregion", "area_km2", "population", "un_member"]


def main(shared: Path) -> None:
    """Join names, areas and population by ISO3 code."""
    with (shared / "countries" / "population_2023.csv").open(encoding="utf-8") as file:
        people = {row["iso3"]: row["population"] for row in csv.DictReader(file)}
    with (shared / "countries" / "countries.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        if row["iso3"] == "UNK":
            row["iso3"] = "XKX"  # Kosovo, as the World Bank codes it
    for row in sorted(rows, key=lambda row: row["iso3"]):
        area = float(row["area_km2"])  # -1 where not known
        writer.writerow(
            row
            | {
                "code": row["iso3"],
                "area_km2": "" if area <= 0 else f"{area:.10g}",
                "population": people.get(row["iso3"], ""),
            }
        )
    with replacing(TARGET) as draft:
        draft.write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
