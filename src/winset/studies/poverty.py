"""A file of grouped incomes → a Lorenz curve, and the poverty and inequality that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.delivery import lorenz
from winset.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from winset.delivery.lorenz import Poverty
    from winset.numbers import Array

SUMS = 5e-4  # how far shares may be from one: printed with three or four digits


def from_file(path: Path, *, mean: float, line: float, form: str) -> Poverty:
    """Fit a Lorenz curve to the points of a file and measure poverty below a line.

    The file has the columns ``p`` and ``L`` (cumulative shares of people and income), or ``share``
    (of income, the poorest group first; groups of equal size, or as ``people`` says).

    Raises
    ------
    DataError
        See `winset.delivery.lorenz.grouped`; a form that is none; shares that do not sum to one.
    ConvergenceError
        An integral has not settled.
    """
    known = next((name for name in lorenz.FORMS if name == form), None)
    if known is None:
        raise DataError(
            f"--form {form}: not known.{did_you_mean(form, lorenz.FORMS)} One of: "
            f"{', '.join(lorenz.FORMS)}."
        )
    p, L = read_points(path)
    return lorenz.grouped(p, L, mean=mean, line=line, form=known, where=str(path))


def same_ppp(text: str) -> None:
    """Refuse a mean and a line of two PPP years: ``--ppp 2017,2021``.

    Raises
    ------
    DataError
        The years differ, or are none.
    """
    years = [part.strip() for part in text.split(",")]
    if not all(year.isdigit() and len(year) == 4 for year in years) or len(years) > 2:
        raise DataError(
            f"--ppp: {text!r} is no PPP year. Write 2021, or that of mean and line: 2021,2021."
        )
    if len(set(years)) > 1:
        raise DataError(
            f"the mean is in {years[0]} PPP and the line in {years[1]} PPP: prices differ by economy between "
            "the two, so that no poverty follows. Take both of one year."
        )


def read_points(path: Path) -> tuple[Array, Array]:
    """Return cumulative shares of people and of income, in the order of the file.

    Raises
    ------
    DataError
        Columns are missing, a cell is no number, or shares do not sum to one.
    """
    columns = tables.header(path)
    named = {name.casefold(): name for name in columns}
    if {"p", "l"} <= set(named):
        p, L = (_column(path, named[key]) for key in ("p", "l"))
        return p, L
    if "share" not in named:
        raise DataError(
            f"{path}: no columns p and L, and none called share; found {', '.join(columns)}. Name the "
            "cumulative shares of people and of income p and L, or each group's part of income share."
        )
    share = _summed(path, _column(path, named["share"]), "share")
    people = np.full(len(share), 1.0 / len(share))
    if "people" in named:
        people = _summed(path, _column(path, named["people"]), "people")
    p, L = np.cumsum(people), np.cumsum(share)
    p[-1] = L[-1] = 1.0
    return p, L


def _summed(path: Path, values: Array, what: str) -> Array:
    total = float(values.sum())
    if abs(total - 1.0) > SUMS:
        percent = " Divide percent by 100." if abs(total - 100.0) < 100 * SUMS else ""
        raise DataError(f"{path}: {what} sums to {total:.6g}, not to 1.{percent}")
    return values


def _column(path: Path, name: str) -> Array:
    found = []
    for row, cells in tables.rows(path, (name,), figures=(name,)):
        try:
            found.append(float(cells[name]))
        except ValueError as error:
            raise DataError(
                f"{path} row {row}: {name} is {cells[name]!r}; it must be a number."
            ) from error
    return np.array(found)
