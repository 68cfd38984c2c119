"""GDP by code: a plain table, or the World Bank's own with a column per year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError
from winset.worlds.importing import files

if TYPE_CHECKING:
    from pathlib import Path

    from winset.worlds.importing.flows import Columns

MOST_BYTES = 100_000_000
CODE = ("code", "iso3", "country code", "country_code", "iso", "economy", "country")
GDP = ("gdp_musd", "gdp", "value")
YEAR = ("year", "t", "date")


def read(path: Path, columns: Columns, year: int, factor: float) -> dict[str, float]:
    """Read code → GDP in USD million; empty cells are no figure."""
    skip = _before_header(path)
    header = tables.header(path, skip=skip)
    code = files.column(header, columns.code, CODE, "code", path)
    wide = next((c for c in header if c == str(year) or c.startswith(f"{year} [YR")), None)
    value = columns.gdp or wide or files.found(header, GDP)
    value = files.column(header, value, GDP, "gdp", path)
    when = None if value == wide else files.found(header, YEAR)
    scale = 1.0 if value == "gdp_musd" else factor
    found: dict[str, float] = {}
    for row, cells in tables.rows(path, (code, value), skip=skip, most_bytes=MOST_BYTES):
        name, text = cells[code], cells[value]
        if when is not None and year and cells[when] != str(year):
            continue
        if text in ("", "..", "NA", "n/a"):
            continue
        try:
            figure = float(text)
        except ValueError:
            figure = float("nan")
        if not (np.isfinite(figure) and figure > 0):
            raise DataError(
                f"{path} row {row}: {value} of {name} is {text!r}; it must be positive."
            )
        if name in found:
            raise DataError(
                f"{path} row {row}: {name} is given twice. Keep one row, or choose with --year."
            )
        found[name] = figure * scale
    if not found:
        raise DataError(f"{path}: no GDP{f' of {year}' if year else ''} in column {value}.")
    return found


def _before_header(path: Path) -> int:
    """Count the lines of title that the World Bank puts above its table."""
    return 4 if tables.header(path)[0] == "Data Source" else 0
