"""Derive who mines what, who sells fuels to whom, and how suppliers are governed.

    python -m scripts.derive_dependence SHARED/data

From ``minerals_world_mining_data`` (every economy's output, five years, six significant digits),
``energy_trade_hs27_baci`` (pairs of at least 1 million USD in a year, four significant digits) and the
World Bank's two columns of ``infrastructure_qog_wef``.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

from winset import tables
from winset.environment.dependence import FUEL_YEARS, MINERAL_YEARS

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "dependence"
LEAST = 1.0  # USD million


def rounded(text: str, digits: int, scale: float = 1.0) -> str:
    """Write a figure to some significant digits; a blank stays one."""
    if not text:
        return ""
    value = float(text) * scale
    return f"{float(f'{value:.{digits}g}'):.12g}"


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a source."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def packed(name: str, header: tuple[str, ...], rows: list[list[str]]) -> None:
    """Write a table compressed, the same bytes every time."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    (TARGET / name).write_bytes(gzip.compress(out.getvalue().encode(), mtime=0))


def main() -> None:
    """Write the tables."""
    source = Path(sys.argv[1])
    mined = read(source / "minerals_world_mining_data" / "mineral_production_2018_2022.csv")
    years = tuple(str(year) for year in MINERAL_YEARS)
    packed(
        "minerals.csv.gz",
        ("mineral", "unit", "code", *years),
        [
            [r["mineral"], r["unit"], r["iso3"], *(rounded(r[year], 6) for year in years)]
            for r in mined
            if r["iso3"] != "WLD" and any(float(r[year] or 0) for year in years)
        ],
    )
    tables.write_rows(
        TARGET / "materials.csv",
        ("mineral", "category", "stage", "symbol", "recycling_percent", "hs6"),
        [
            [
                r["mineral"], r["category"], r["stage"].lower(), r["symbol"],
                rounded(r["eol_recycling_input_rate"], 4, 100.0), r["hs6"],
            ]
            for r in read(source / "minerals_world_mining_data" / "minerals_hs_codes.csv")
        ],
    )  # fmt: skip
    columns = [f"kusd_{year}" for year in FUEL_YEARS]
    packed(
        "fuels.csv.gz",
        ("exporter", "importer", *(f"musd_{year}" for year in FUEL_YEARS)),
        [
            [r["exporter"], r["importer"], *(rounded(r[c], 4, 1e-3) for c in columns)]
            for r in read(source / "energy_trade_hs27_baci" / "energy_trade_hs27_2015_2018.csv")
            if max(float(r[c] or 0) for c in columns) * 1e-3 >= LEAST
        ],
    )
    tables.write_rows(
        TARGET / "governance.csv",
        ("code", "government_effectiveness", "rule_of_law"),
        [
            [r["iso3"], r["gov_effectiveness"], r["rule_of_law"]]
            for r in read(source / "infrastructure_qog_wef" / "infrastructure_cross_section.csv")
            if r["gov_effectiveness"] and r["rule_of_law"]
        ],
    )


if __name__ == "__main__":
    main()
