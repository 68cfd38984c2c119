"""Derive the embedded points and land borders from the country tables.

Run from the repository with the folder of source files:

    python scripts/derive_geography.py ../shared/data

A border that only one side lists is none (one case in the source: Sri Lanka with India).
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from winset.files import replacing

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "geography"
RENAMED = {"UNK": "XKX"}  # Kosovo, as the World Bank codes it


def main(shared: Path) -> None:
    """Write points.csv and borders.csv, keyed by ISO3 code."""
    with (shared / "countries" / "countries.csv").open(encoding="utf-8") as file:
        rows = {RENAMED.get(row["iso3"], row["iso3"]): row for row in csv.DictReader(file)}
    borders = {
        code: {RENAMED.get(other, other) for other in row["borders"].split()}
        for code, row in rows.items()
    }
    points = [
        (code, f"{float(row['latitude']):.4f}", f"{float(row['longitude']):.4f}")
        for code, row in sorted(rows.items())
    ]
    shared_borders = sorted(
        (code, other)
        for code, others in borders.items()
        for other in others
        if code < other and code in borders[other]
    )
    write("points.csv", ("code", "latitude", "longitude"), points)
    write("borders.csv", ("code", "neighbor"), shared_borders)


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write one table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with replacing(TARGET / name) as draft:
        draft.write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
