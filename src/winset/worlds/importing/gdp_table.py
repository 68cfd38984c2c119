"""GDP by code: a plain table, or the World Bank's, the IMF's or Penn World Table's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.places.codes import read_codes
from winset.worlds.importing import files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.worlds.importing.flows import Columns

MOST_BYTES = 100_000_000
CODE = (
    "code", "iso3", "country code", "country_code", "countrycode", "iso", "iso_code", "ref_area",
    "economy", "country", "country name",
)  # fmt: skip
GDP = ("gdp_musd", "gdp", "value")
YEAR = ("year", "t", "date", "time")
SERIES = ("series code", "weo subject code", "indicator code", "series name",
          "subject descriptor", "indicator name")  # fmt: skip
SCALE = ("scale",)
#: What the International Monetary Fund's column Scale says, in `files.UNITS`.
SCALES = {
    "units": "usd",
    "thousands": "thousand-usd",
    "millions": "million-usd",
    "billions": "billion-usd",
}
#: Lines below the figures of DataBank and of the World Economic Outlook.
END = ("Data from database", "Last Updated", "International Monetary Fund")


def read(path: Path, columns: Columns, year: int, unit: str | None) -> dict[str, float]:
    """Read code → GDP in USD million; empty cells are no figure.

    Raises
    ------
    DataError
        No such column or series, a figure that is none, an economy given twice, or units that
        contradict each other.
    """
    skip = _before_header(path)
    header = tables.header(path, skip=skip, declared=columns.format)
    code = files.column(header, columns.code, CODE, "code", path)
    wide = next((c for c in header if c == str(year) or c.startswith(f"{year} [YR")), None)
    value = columns.gdp or wide or files.found(header, GDP)
    value = files.column(header, value, GDP, "gdp", path)
    when = None if value == wide else files.found(header, YEAR)
    series = _series(path, header, columns, skip)
    scale = files.found(header, SCALE)
    given: dict[str, tuple[int, str, str]] = {}
    for row, cells in tables.rows(
        path,
        (code, value),
        figures=(value,),
        until=END,
        skip=skip,
        declared=columns.format,
        most_bytes=MOST_BYTES,
    ):
        name, text = cells[code], cells[value]
        if when is not None and year and cells[when] != str(year):
            continue
        if series is not None and series[1] not in (cells[series[0]], cells[series[2]]):
            continue
        if not text:
            continue
        if name in given:
            raise DataError(
                f"{path} row {row}: {name} is given twice (row {given[name][0]}). Keep one row, or choose "
                "with --year."
            )
        given[name] = (row, text, cells[scale] if scale else "")
    column = read_codes(given, path)
    found: dict[str, float] = {}
    for name, (row, text, said) in given.items():
        if name not in column.codes:
            continue  # the world, an income group: no economy trades under that name
        found_code = column.codes[name]
        if found_code in found:
            raise DataError(
                f"{path} row {row}: {name} is {found_code}, which is given twice. Keep one row."
            )
        figure = files.number(text)
        if not (np.isfinite(figure) and figure > 0):
            raise DataError(
                f"{path} row {row}: {value} of {name} is {text!r}; it must be positive."
            )
        found[found_code] = figure * _factor(path, row, value, unit, said)
    if not found:
        raise DataError(f"{path}: no GDP{f' of {year}' if year else ''} in column {value}.")
    return found


def _factor(path: Path, row: int, column: str, unit: str | None, said: str) -> float:
    """Return USD million per unit: what the file says of itself, else what is declared, else USD."""
    if column == "gdp_musd":
        return 1.0
    own = SCALES.get(said.casefold())
    if own is not None and unit is not None and own != unit:
        raise DataError(
            f"{path} row {row}: the figures are in {said.casefold()} (column Scale), not in {unit}. Drop "
            "--gdp-unit."
        )
    return files.factor(own or unit or "usd", "--gdp-unit")


def _series(
    path: Path, header: Sequence[str], columns: Columns, skip: int
) -> tuple[str, str, str] | None:
    """Return the columns of a series' code and name and which is meant; None where there is one only."""
    kinds = [c for c in header if c.casefold() in SERIES]
    if not kinds:
        if columns.series is not None:
            raise DataError(
                f"{path}: --gdp-series is for a table with a column of series. Drop it."
            )
        return None
    seen: dict[str, str] = {}
    for _, cells in tables.rows(
        path, kinds, until=END, skip=skip, declared=columns.format, most_bytes=MOST_BYTES
    ):
        seen.setdefault(cells[kinds[0]], cells[kinds[-1]])
    wanted = columns.series
    known = {*seen, *seen.values()}
    if wanted is not None:
        if wanted not in known:
            raise DataError(
                f"{path}: no series {wanted!r}.{did_you_mean(wanted, known)} There are "
                f"{listed(list(dict.fromkeys(seen.values())), 8)}."
            )
        return kinds[0], wanted, kinds[-1]
    if len(seen) > 1:
        names = [f"{k} ({v})" if k != v else k for k, v in seen.items()]
        raise DataError(
            f"{path} holds several series: {listed(names, 8)}. Name the one of GDP with --gdp-series NAME."
        )
    return None


def _before_header(path: Path) -> int:
    """Count the lines of title that the World Bank puts above its table."""
    return 4 if tables.header(path)[0] == "Data Source" else 0
