"""Series of indicators by economy and year: those of a file, and the panel that comes with winset."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.numbers import Array

FOLDER = Path(__file__).parents[1] / "data" / "indicators"
NEEDED = ("economy", "year", "indicator", "value")


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one economy: years (k,), rising, and values (k,)."""

    economy: str
    indicator: str
    years: Array
    values: Array
    source: str = ""

    def between(self, first: float, last: float) -> Line:
        """Return the years from `first` to `last`, both counted."""
        inside = (self.years >= first) & (self.years <= last)
        return Line(
            self.economy, self.indicator, self.years[inside], self.values[inside], self.source
        )

    def at(self, year: float) -> float | None:
        """Return the value of a year, None where there is none."""
        found = np.flatnonzero(self.years == year)
        return float(self.values[found[0]]) if len(found) else None


@dataclass(frozen=True, slots=True)
class SeriesBook:
    """Lines by indicator, then by economy; units by indicator, blank where they are not told."""

    lines: Mapping[str, Mapping[str, Line]]
    units: Mapping[str, str]
    name: str

    def of(self, indicator: str) -> Mapping[str, Line]:
        """Return the lines of an indicator, none where it is not known."""
        return self.lines.get(indicator, {})


def read_series(path: Path) -> SeriesBook:
    """Read a table of economy, year, indicator, value, and if you like unit and source.

    Raises
    ------
    DataError
        A column is missing, a year or value is none, a year stands twice, or the unit of a line changes.
    """
    found: dict[tuple[str, str], dict[int, float]] = {}
    units: dict[str, tuple[str, str]] = {}
    sources: dict[tuple[str, str], str] = {}
    for row, cells in tables.rows(path, NEEDED, figures=("value",)):
        where = f"{path.name} row {row}"
        economy, indicator, text = cells["economy"], cells["indicator"], cells["year"]
        if not economy or not indicator:
            raise DataError(f"{where}: {'economy' if not economy else 'indicator'} is blank.")
        if not (text.isdigit() and len(text) == 4):
            raise DataError(f"{where}: year is {text!r}. Write four digits, as 2024.")
        if not cells["value"]:
            continue  # a gap, as good as a missing row
        value = _value(cells["value"], where)
        line = found.setdefault((indicator, economy), {})
        if int(text) in line:
            raise DataError(f"{where}: {indicator} of {economy} stands twice in {text}. Keep one.")
        line[int(text)] = value
        unit = cells.get("unit", "")
        told, first = units.setdefault(indicator, (unit, where))
        if told != unit:
            raise DataError(
                f"{where}: {indicator} of {economy} is in {unit or 'no unit'!r} in {text}, and in "
                f"{told or 'no unit'!r} at {first}. A unit that changes makes a break that nobody "
                "promised: turn all values into one."
            )
        if cells.get("source"):
            sources[indicator, economy] = cells["source"]
    if not found:
        raise DataError(f"{path}: no value in it.")
    return _book(found, {name: unit for name, (unit, _) in units.items()}, sources, path.name)


@lru_cache(maxsize=1)
def bundled_series() -> SeriesBook:
    """Return the panel that comes with winset, with the series of groups beside the economies."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    sources: dict[tuple[str, str], str] = {}
    for row in tables.embedded_rows(FOLDER / "indicators.csv"):
        year, economy = int(row.pop("year")), row.pop("economy")
        for name, text in row.items():
            if text:
                found.setdefault((name, economy), {})[year] = float(text)
    for row in tables.embedded_rows(FOLDER / "groups.csv"):
        key = row["indicator"], row["economy"]
        found.setdefault(key, {})[int(row["year"])] = float(row["value"])
        sources[key] = row["note"]
    return _book(found, {}, sources, "indicators")


def _book(
    found: Mapping[tuple[str, str], Mapping[int, float]],
    units: Mapping[str, str],
    sources: Mapping[tuple[str, str], str],
    name: str,
) -> SeriesBook:
    lines: dict[str, dict[str, Line]] = {}
    for (indicator, economy), values in found.items():
        years = sorted(values)
        lines.setdefault(indicator, {})[economy] = Line(
            economy,
            indicator,
            np.array(years, dtype=np.float64),
            np.array([values[year] for year in years]),
            sources.get((indicator, economy), ""),
        )
    return SeriesBook(lines, units, name)


def _value(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise DataError(f"{where}: value is {text!r}; it must be a number, or blank for a gap.")
    return value
