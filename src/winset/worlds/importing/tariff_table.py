"""Tariffs by pair from a table of exporter, importer and rate, as a fraction or in percent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, listed
from winset.places.blocs import load_blocs, resolve
from winset.places.codes import read_codes
from winset.worlds.importing import files
from winset.worlds.importing.tariff_columns import PAIRS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.numbers import Array
    from winset.places.codes import CodeColumn
    from winset.tables import TableFormat

UNITS = {"fraction": 1.0, "percent": 0.01}
UNION = "the European Union"


def read(
    path: Path,
    codes: Sequence[str],
    year: int,
    unit: str | None,
    declared: TableFormat | None = None,
) -> tuple[Array, list[str]]:
    """Return rates (n, n), exporter × importer, fractions, and what is to be noted of them.

    A row of the European Union is of its members of the year, unless a member has a row of its own.

    Raises
    ------
    DataError
        No such column, a rate that is none, a pair given twice, or a median above 1 without a unit.
    """
    if unit is not None and unit not in UNITS:
        raise DataError(f"--tariff-unit {unit}: not one of {', '.join(UNITS)}.")
    header = tables.header(path, declared=declared)
    exporter = files.column(header, None, PAIRS.exporter, "exporter", path)
    importer = files.column(header, None, PAIRS.importer, "importer", path)
    rate = files.column(header, None, PAIRS.rate, "rate", path)
    said: dict[tuple[str, str], tuple[int, float]] = {}
    for row, cells in tables.rows(
        path, (exporter, importer, rate), figures=(rate,), declared=declared
    ):
        if not cells[rate]:
            continue
        value = files.number(cells[rate])
        if not np.isfinite(value):
            raise DataError(f"{path} row {row}: {rate} is {cells[rate]!r}; it must be a number.")
        pair = (cells[exporter], cells[importer])
        if pair in said:
            raise DataError(
                f"{path} row {row}: the pair {pair[0]} to {pair[1]} is row {said[pair][0]} again."
            )
        said[pair] = (row, value)
    if not said:
        raise DataError(f"{path}: no rates in it.")
    factor = UNITS[unit or factor_of(path, [value for _, value in said.values()])]
    column = read_codes((text for pair in said for text in pair), path)
    members = (
        resolve("EU", january(year), load_blocs()) if UNION in column.aggregates.values() else ()
    )
    index = {code: k for k, code in enumerate(codes)}
    found = np.full((len(codes), len(codes)), np.nan)
    for united in (True, False):  # a member's own row goes over the union's
        for (sender, receiver), (row, value) in said.items():
            ends = [_who(text, column, members) for text in (sender, receiver)]
            if (len(ends[0]) > 1 or len(ends[1]) > 1) != united:
                continue
            if not factor * value > -1:
                raise DataError(f"{path} row {row}: rate {value:g} must exceed -100 %.")
            for i in ends[0]:
                for n in ends[1]:
                    if i in index and n in index and i != n:
                        found[index[i], index[n]] = factor * value
    away = ~np.eye(len(codes), dtype=bool)
    missing = int(np.isnan(found[away]).sum())
    rates = found[away][~np.isnan(found[away])]
    if not len(rates):
        raise DataError(f"{path}: no rate between economies of this trade.")
    notes = [
        f"Tariffs of {path.name}: {len(rates):,} pairs, mean {100 * rates.mean():.2f} %, median "
        f"{100 * np.median(rates):.2f} %, highest {100 * rates.max():.2f} %"
        + (f"; {missing:,} pairs without a rate count as 0." if missing else ".")
    ]
    notes += column.notes
    if members:
        names = [t for t, what in column.aggregates.items() if what == UNION]
        notes.append(
            f"{listed(names)} in {path.name} is read as the {len(members)} members of the European Union "
            f"on 1 January {year}."
        )
    if others := [t for t, what in column.aggregates.items() if what != UNION]:
        notes.append(f"Rates of {listed(others)}, which stand for many economies, are left out.")
    return np.nan_to_num(found), notes


def january(year: int) -> dt.date:
    """Return the day whose members of the European Union are meant."""
    return dt.date(year, 1, 1)


def factor_of(path: Path, values: Sequence[float]) -> str:
    """Return fraction, unless the rates look like percent: then it must be said."""
    median = float(np.median(values))
    if median > 1:
        raise DataError(
            f"{path}: the median rate is {median:g}, which is {100 * median:,.0f} % if rates are "
            "fractions. In percent? Say --tariff-unit percent (or --tariff-unit fraction)."
        )
    return "fraction"


def _who(text: str, column: CodeColumn, members: Sequence[str]) -> tuple[str, ...]:
    if column.aggregates.get(text) == UNION:
        return tuple(members)
    return (column.codes[text],) if text in column.codes else ()
