"""Derive the tables of people from the sources beside the repository.

    python -m scripts.derive_people SOURCE

SOURCE has the folders migrants_undesa2020, students_uis, coauthorship_openalex, visa_passport_index,
geodist_cepii and remittances_services. Figures are as the sources have them; keyed by ISO 3166 alpha-3,
codes that went out of use read as those of today, a year a column, a pair without any figure left out.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from winset.places.codes import OLD
from winset.places.economies import economies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "people"
STOCKS = ("1990", "2000", "2010", "2015", "2020")
STUDIED = tuple(str(year) for year in range(2012, 2019))
SNAPSHOTS = ("2013", "2018", "2023")
#: Codes of GeoDist that are not among `OLD`.
GEODIST = {"PAL": "PSE"}
#: Students of both Congos stand under one code, two rows a pair: whose is whose is not known.
BOTH_CONGOS = "COD"
TIES = ("comlang_off", "comlang_ethno", "colony", "comcol", "col45")


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a source."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def code(text: str) -> str:
    """The code of today, blank where it is none."""
    now = GEODIST.get(text) or OLD.get(text, text)
    return now if now in economies() else ""


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a gzipped table, the same bytes each time."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    (TARGET / name).write_bytes(gzip.compress(out.getvalue().encode(), 9, mtime=0))


def migrants(source: Path) -> None:
    """Migrant stocks by origin and destination."""
    rows = read(source / "migrants_undesa2020" / "migrant_stock_bilateral.csv")
    write(
        "migrants.csv.gz",
        ("origin", "destination", *STOCKS),
        [
            [a, b, *(row[f"stock_{year}"] for year in STOCKS)]
            for row in rows
            if (a := code(row["iso3_origin"])) and (b := code(row["iso3_dest"]))
        ],
    )


def students(source: Path) -> None:
    """Students abroad by origin, destination and year, and the totals of both."""
    cells: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in read(source / "students_uis" / "students_bilateral_2012_2018.csv"):
        a, b = code(row["iso3_origin"]), code(row["iso3_dest"])
        if a and b and a != BOTH_CONGOS:
            cells[a, b][row["year"]] = row["students"]
    write(
        "students.csv.gz",
        ("origin", "destination", *STUDIED),
        [[*pair, *(found.get(year, "") for year in STUDIED)] for pair, found in cells.items()],
    )
    totals = read(source / "students_uis" / "students_totals.csv")
    write(
        "students-totals.csv.gz",
        ("code", "year", "outbound", "inbound"),
        [
            [c, row["year"], *(row[k].removesuffix(".0") for k in ("outbound", "inbound"))]
            for row in totals
            if (c := code(row["iso3"]))
        ],
    )


def works(source: Path) -> None:
    """Works with authors in both economies: three years of all pairs, and the years of some."""
    folder = source / "coauthorship_openalex"
    pairs = read(folder / "coauthorship_pairs_2013_2018_2023.csv")
    write(
        "works.csv.gz",
        ("first", "second", *SNAPSHOTS),
        [
            [*sorted((a, b)), *(row[f"works_{year}"] for year in SNAPSHOTS)]
            for row in pairs
            if (a := code(row["iso_a"])) and (b := code(row["iso_b"]))
        ],
    )
    yearly = read(folder / "coauthorship_among_27_2000_2023.csv")
    years = [name for name in yearly[0] if name.isdigit()]
    write(
        "works-by-year.csv.gz",
        ("first", "second", *years),
        [[row["iso_a"], row["iso_b"], *(row[year] for year in years)] for row in yearly],
    )


def ties(source: Path) -> None:
    """Pairs that share a language or a colonial past."""
    rows = read(source / "geodist_cepii" / "dist_cepii.csv")
    found = []
    for row in rows:
        a, b = code(row["iso_o"]), code(row["iso_d"])
        if a and b and a < b and any(row[tie] == "1" for tie in TIES):
            found.append([a, b, *(row[tie] for tie in TIES)])
    write("ties.csv.gz", ("first", "second", *TIES), found)


def visas(source: Path) -> None:
    """What a passport needs."""
    rows = read(source / "visa_passport_index" / "visa_requirements_2025.csv")
    write(
        "visas.csv.gz",
        ("passport", "destination", "requirement"),
        [
            [a, b, row["requirement"]]
            for row in rows
            if (a := code(row["passport"])) and (b := code(row["destination"]))
        ],
    )


def remittances(source: Path) -> None:
    """Remittances by pair, USD million, as modelled."""
    rows = read(source / "remittances_services" / "remittances_bilateral_2021_knomad.csv")
    write(
        "remittances.csv.gz",
        ("sender", "receiver", "musd"),
        [
            [a, b, row["musd"]]
            for row in rows
            if (a := code(row["sender"])) and (b := code(row["receiver"]))
        ],
    )


def main() -> None:
    """Write all tables."""
    source = Path(sys.argv[1])
    for make in (migrants, students, works, ties, visas, remittances):
        make(source)


if __name__ == "__main__":
    main()
