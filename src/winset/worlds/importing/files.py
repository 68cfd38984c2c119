"""Reading published CSV files: headers, columns in pieces, units, and where they came from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean
from winset.worlds.world_data import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from winset.numbers import Array
    from winset.tables import TableFormat

UNITS = {"usd": 1e-6, "thousand-usd": 1e-3, "million-usd": 1.0, "billion-usd": 1e3}


def factor(unit: str, option: str) -> float:
    """Return how many USD million a unit is."""
    if unit not in UNITS:
        raise DataError(
            f"{option} {unit}: not a unit.{did_you_mean(unit, UNITS)} Known: {', '.join(UNITS)}."
        )
    return UNITS[unit]


def source(path: Path, kind: str) -> Source:
    """Say which file figures came from, with its hash."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return Source(f"{kind}: file {path.name}, sha256 {digest.hexdigest()}")


Kind = Literal["text", "number", "flow"]


def chunks(
    path: Path, columns: dict[str, Kind], declared: TableFormat | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the columns in pieces; numbers that are none are named with their row.

    A ``flow`` may have no value (NaN); a ``number`` must have one.
    """
    import pandas as pd

    figures = [name for name, what in columns.items() if what != "text"]
    for block in tables.blocks(path, tuple(columns), figures=figures, declared=declared):
        cells = block.columns
        yield pd.DataFrame(
            {
                name: list(map(str.strip, cells[name]))
                if what == "text"
                else numbers(cells[name], block.rows, name, path, blank=what == "flow")
                for name, what in columns.items()
            },
            index=pd.Index(block.rows),
        )


def numbers(
    cells: Sequence[str], rows: Sequence[int], name: str, path: Path, *, blank: bool = False
) -> Array:
    """Read a column of finite numbers, or name the first cell that is none; NaN where it may be blank."""
    try:
        values = np.array(list(map(float, cells)))
    except ValueError:
        values = np.array([number(cell) for cell in cells])
    wrong = np.flatnonzero(~np.isfinite(values))
    if blank:
        wrong = np.array([k for k in wrong.tolist() if cells[k] != ""], dtype=np.intp)
    if len(wrong):
        k = int(wrong[0])
        raise DataError(
            f"{path} row {rows[k]}: {name} is {cells[k].strip()!r}; it must be a number."
        )
    return values


def number(text: str) -> float:
    """Read a number; NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def found(header: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the column that has one of the usual names."""
    folded = {cell.casefold(): cell for cell in header}
    return next((folded[name] for name in names if name in folded), None)


def column(
    header: Sequence[str], given: str | None, usual: Sequence[str], what: str, path: Path
) -> str:
    """Return the column given, or the one with a usual name; raise where there is none."""
    if given is not None:
        if given not in header:
            raise DataError(
                f"{path} row 1: no column {given!r}.{did_you_mean(given, header)} "
                f"Found: {', '.join(header[:12])}."
            )
        return given
    if (column := found(header, usual)) is None:
        raise DataError(
            f"{path} row 1: no column for the {what}; found {', '.join(header[:12])}. "
            f"Name it with --{what}-column."
        )
    return column


def nonnegative(piece: pd.DataFrame, column: str, path: Path) -> None:
    """Refuse a negative flow."""
    negative = piece[column].to_numpy() < 0
    if negative.any():
        k = int(np.argmax(negative))
        raise DataError(
            f"{path} row {piece.index[k]}: {column} is {piece[column].iloc[k]:g}; a flow cannot be "
            "negative."
        )


def of_year(years: set[int], year: int | None, path: Path) -> None:
    """Refuse a file of several years without a choice, and a year that it does not hold."""
    if year is None and len(years) > 1:
        raise DataError(
            f"{path} holds the years {min(years)} to {max(years)}. Choose one with --year."
        )
    if year is not None and year not in years:
        raise DataError(
            f"{path} has nothing of {year}; it holds {', '.join(map(str, sorted(years)[:12]))}."
        )
