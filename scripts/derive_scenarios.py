"""Derive the pair files of the bundled scenarios.

Run from the repository with the folder of source files:

    python scripts/derive_scenarios.py ../shared/data
"""

from __future__ import annotations

import csv
import sys
from itertools import permutations
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "scenarios"

#: World Bank (2019), "Belt and Road Economics", the six overland corridors.
CORRIDORS = {
    "New Eurasia Land Bridge": "CHN KAZ RUS BLR POL CZE DEU",
    "China–Mongolia–Russia": "CHN MNG RUS",
    "China–Central Asia–West Asia": "CHN KAZ KGZ TJK UZB TKM IRN TUR",
    "China–Indochina Peninsula": "CHN VNM LAO KHM THA MYS SGP",
    "China–Pakistan": "CHN PAK",
    "Bangladesh–China–India–Myanmar": "BGD CHN IND MMR",
}
CORRIDOR_FACTOR = 0.95


def main(shared: Path) -> None:
    """Write belt-and-road.csv and liberation-day.csv."""
    pairs = {pair for members in CORRIDORS.values() for pair in permutations(members.split(), 2)}
    _write("belt-and-road.csv", "factor", [(*pair, CORRIDOR_FACTOR) for pair in sorted(pairs)])
    with (shared / "world2023" / "country_labels.csv").open(encoding="utf-8") as file:
        codes = [row["iso3"] for row in csv.DictReader(file)]
    with (shared / "liberation2025" / "us_tariffs.csv").open(encoding="utf-8") as file:
        rates = [float(row["applied_tariff"]) for row in csv.DictReader(file)]
    tariffs = [
        (code, "USA", max(rate, 0.10))
        for code, rate in sorted(zip(codes, rates, strict=True))
        if code != "USA"
    ]
    _write("liberation-day.csv", "rate", tariffs)


def _write(name: str, column: str, rows: list[tuple[str, str, float]]) -> None:
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["exporter", "importer", column])
        writer.writerows((a, b, f"{x:g}") for a, b, x in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
