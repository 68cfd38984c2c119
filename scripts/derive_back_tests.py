"""Derive the bundled panels of back-tests: goods trade and tariffs of the years before and after.

    python -m scripts.derive_back_tests PANELS

`icio.csv.gz`, `wiod.csv.gz`: goods with sales at home and weighted tariffs, four significant digits, for
the years that `tests.csv` names. `manufacturing.csv.gz`: trade in manufactures of 1993 and 2005 among the
economies of the NAFTA world.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

from winset.places.economies import economies
from winset.worlds.package import world as world_named

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "back-tests"
YEARS = {
    "icio_goods_panel_2011_2022": ("icio", {"2014", "2015", "2019", "2021", "2022"}),
    "wiod_goods_panel_2000_2014": ("wiod", {"2003", "2007"}),
}


def short(text: str) -> str:
    """Four significant digits."""
    return f"{float(text):.4g}" if abs(float(text)) < 1e4 else f"{float(f'{float(text):.4g}'):.0f}"


def write(path: Path, rows: list[list[str]]) -> None:
    """Write a packed table whose bytes depend on its rows alone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["year", "exporter", "importer", "goods", "tariff"])
    writer.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))


def main() -> None:
    """Write the tables."""
    folder = Path(sys.argv[1])
    for source, (name, years) in YEARS.items():
        with gzip.open(folder / f"{source}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            rows = [
                [
                    r["year"], r["exporter"], r["importer"], short(r["goods_musd"]),
                    short(r["tariff_goods_weighted_pct"]) if float(r["tariff_goods_weighted_pct"]) else "",
                ]
                for r in csv.DictReader(file)
                if r["year"] in years
            ]  # fmt: skip
        write(TARGET / f"{name}.csv.gz", rows)
    world = set(world_named("caliendo-parro-1993").codes) & set(economies())
    with gzip.open(
        folder / "agtpa_panel_1986_2006.csv.gz", "rt", encoding="utf-8", newline=""
    ) as file:
        rows = [
            [r["year"], a, b, short(r["trade"]), ""]
            for r in csv.DictReader(file)
            for a, b in [(r["exporter"].replace("ROM", "ROU"), r["importer"].replace("ROM", "ROU"))]
            if r["year"] in ("1993", "2005") and {a, b} <= world and float(r["trade"]) > 0
        ]
    write(TARGET / "manufacturing.csv.gz", rows)


if __name__ == "__main__":
    main()
