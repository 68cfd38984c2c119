"""Tables of people by origin and destination: read, checked, and what they do not say.

A figure is a count of persons (or works) of one year. Zero is nobody; a pair without a figure is not known,
and is never taken for zero without being told so. Rows are origins, columns destinations.

The embedded tables: migrants of the United Nations (stocks, by birth or citizenship, whichever the
destination has), students of UNESCO (2012 to 2018), works of OpenAlex with authors in two economies. In
the first
two a destination that names `FULL` origins or more is taken to name all, so that the others are none; one
that
names fewer leaves the rest unsaid ("other"), and those pairs are not known.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.places.codes import read_codes, remedy
from winset.sentences import Listing, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.numbers import Array

FOLDER = Path(__file__).parents[1] / "data" / "people"
Kind = Literal["migrants", "students", "works"]
KINDS: tuple[Kind, ...] = ("migrants", "students", "works")
WHAT = {
    "migrants": "migrants, persons (UN DESA 2020)",
    "students": "students abroad, persons (UNESCO UIS, about 2019)",
    "works": "works with authors in both, counted once a pair (OpenAlex, August 2024)",
}
#: From so many origins on a destination is taken to name all of them.
FULL = 30
MOST_BYTES = 50_000_000
BLANKS = ("missing", "zero")

ORIGIN = ("origin", "iso3_origin", "from", "sender")
DESTINATION = ("destination", "iso3_dest", "dest", "to", "receiver")
VALUE = ("persons", "value", "stock", "flow", "students", "migrants", "count")
YEAR_COLUMN = re.compile(r"(?:(stock|flow|students|migrants)_)?((?:19|20)\d\d)")
#: Words of the columns that say how persons are counted.
SAYS = {"measure": ("stock", "flow"), "basis": ("birth", "citizenship")}


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """People by year, origin and destination.

    Attributes
    ----------
    kind, title : str
    codes : tuple of n codes
    years : tuple of Y numbers, rising
    people : (Y, n, n) array
        Rows origins; NaN where nothing is known, and on the diagonal.
    notes : tuple of str
        What the reading made of the file.
    """

    kind: str
    title: str
    codes: tuple[str, ...]
    years: tuple[int, ...]
    people: Array
    notes: tuple[str, ...] = ()

    @property
    def index(self) -> dict[str, int]:
        """Position by code."""
        return {code: k for k, code in enumerate(self.codes)}

    def of(self, year: int) -> Array:
        """Return the figures of a year, (n, n).

        Raises
        ------
        DataError
            There are none.
        """
        if year not in self.years:
            years = ", ".join(map(str, self.years))
            raise DataError(f"{self.kind}: no figures of {year}. Years: {years}.")
        return np.array(self.people[self.years.index(year)])

    def latest(self) -> tuple[Array, Array]:
        """Return each pair's last figure and its year, (n, n) each; NaN where there is none."""
        found, when = np.full(self.people.shape[1:], np.nan), np.full(self.people.shape[1:], np.nan)
        for year, here in zip(self.years, self.people, strict=True):
            there = np.isfinite(here)
            found[there], when[there] = here[there], year
        return found, when

    def select(self, codes: Sequence[str]) -> Records:
        """Return the same of some economies, in their order."""
        at = [self.index[code] for code in codes]
        return replace(self, codes=tuple(codes), people=self.people[:, at][:, :, at])


@lru_cache(maxsize=3)
def embedded(kind: Kind) -> Records:
    """Return an embedded table.

    >>> stocks = embedded("migrants")
    >>> stocks.of(2020)[stocks.index["IND"], stocks.index["ARE"]]
    3471300.0
    """
    rows = tables.embedded_rows(FOLDER / f"{kind}.csv.gz")
    first, second = list(rows[0])[:2]
    years = [name for name in rows[0] if name.isdigit()]
    codes = tuple(sorted({row[side] for row in rows for side in (first, second)}))
    at = {code: k for k, code in enumerate(codes)}
    people = np.full((len(years), len(codes), len(codes)), np.nan)
    for row in rows:
        i, j = at[row[first]], at[row[second]]
        for k, year in enumerate(years):
            if row[year]:
                people[k, i, j] = float(row[year])
                if kind == "works":
                    people[k, j, i] = float(row[year])
    if kind == "works":  # a pair without a row has no work
        people = np.nan_to_num(people, nan=0.0)
    else:
        _complete(people)
    for here in people:
        np.fill_diagonal(here, np.nan)
    return Records(kind, WHAT[kind], codes, tuple(map(int, years)), people)


def _complete(people: Array) -> None:
    """Where a destination names many origins in a year, the others are none; in place."""
    for here in people:
        full = np.isfinite(here).sum(axis=0) >= FULL
        here[:, full] = np.nan_to_num(here[:, full], nan=0.0)


@lru_cache(maxsize=1)
def totals_of_students() -> Mapping[tuple[str, int], tuple[float | None, float | None]]:
    """Return students abroad and from abroad by code and year, None where not stated (UNESCO UIS).

    >>> totals_of_students()["CHN", 2017]
    (869387.0, 157108.0)
    """
    return {
        (row["code"], int(row["year"])): (
            float(row["outbound"]) if row["outbound"] else None,
            float(row["inbound"]) if row["inbound"] else None,
        )
        for row in tables.embedded_rows(FOLDER / "students-totals.csv.gz")
    }


@lru_cache(maxsize=1)
def remittances() -> Mapping[tuple[str, str], float]:
    """Return remittances of 2021 by sender and receiver, USD million, as modelled by the World Bank."""
    return {
        (row["sender"], row["receiver"]): float(row["musd"])
        for row in tables.embedded_rows(FOLDER / "remittances.csv.gz")
    }


@lru_cache(maxsize=1)
def works_by_year() -> tuple[tuple[int, ...], Mapping[tuple[str, str], tuple[float, ...]]]:
    """Return years and, of pairs of the SCO family, works of every year (OpenAlex)."""
    rows = tables.embedded_rows(FOLDER / "works-by-year.csv.gz")
    years = [name for name in rows[0] if name.isdigit()]
    cells = {
        (row["first"], row["second"]): tuple(float(row[year]) for year in years) for row in rows
    }
    return tuple(map(int, years)), cells


def read_records(path: Path, *, kind: str = "migrants", blank: str | None = None) -> Records:
    """Read a table of your own: a row a pair and year, or a row a pair and a column a year.

    Columns ``origin``, ``destination`` and ``year`` with ``persons``; or columns such as ``2020`` or
    ``stock_2020``. ``measure`` (stock, flow) and ``basis`` (birth, citizenship) may say how persons are
    counted: the same in every row. `blank` says what an empty cell is, where zeros stand in the table too.

    Raises
    ------
    DataError
        A column is missing; stocks stand beside flows, or births beside citizenships; zeros beside empty
        cells
        without `blank`; a count is negative or none; a code is unknown; a pair and year stands twice.
    """
    if blank is not None and blank not in BLANKS:
        raise DataError(f"--blank {blank[:80]}: it is {' or '.join(BLANKS)}.")
    names = tables.header(path)
    low = {name.casefold(): name for name in names}
    origin, destination = _column(low, ORIGIN, path, names), _column(low, DESTINATION, path, names)
    wide = {name: found for name in names if (found := YEAR_COLUMN.fullmatch(name.casefold()))}
    if wide:
        measures = {str(m[1]) for m in wide.values() if m[1] in SAYS["measure"]}
        if len(measures) > 1:
            raise DataError(
                f"{path} row 1: columns of stocks beside columns of flows ({listed(wide)}). A stock is "
                "who lives "
                "there, a flow who came in a year: they do not add up. Keep one."
            )
        columns = tuple(wide)
    else:
        columns = (_column(low, VALUE, path, names),)
        if "year" not in low:
            raise DataError(f"{path} row 1: no column year; found {listed(names)}.")
    return _read(path, kind, blank, (origin, destination), columns, low)


def _column(low: Mapping[str, str], names: Sequence[str], path: Path, found: Sequence[str]) -> str:
    there = [low[name] for name in names if name in low]
    if not there:
        raise DataError(
            f"{path} row 1: no column {names[0]}; found {listed(found)}. Needed: origin, destination, "
            "and year "
            "with persons, or a column a year such as 2020."
        )
    if len(there) > 1:
        raise DataError(f"{path} row 1: {' and '.join(there)} say the same. Keep one column.")
    return there[0]


def _read(
    path: Path,
    kind: str,
    blank: str | None,
    sides: tuple[str, str],
    columns: tuple[str, ...],
    low: Mapping[str, str],
) -> Records:
    cells: dict[tuple[int, str, str], float] = {}
    where_of: dict[tuple[int, str, str], int] = {}
    said: dict[str, tuple[str, int]] = {}
    zero: int | None = None
    empty: list[tuple[int, str, str]] = []
    first_empty: int | None = None
    long = "year" in low and len(columns) == 1 and not YEAR_COLUMN.fullmatch(columns[0].casefold())
    for number, row in tables.rows(path, sides, figures=columns, most_bytes=MOST_BYTES):
        where = f"{path} row {number}"
        a, b = (row[side] for side in sides)
        if not a or not b:
            raise DataError(f"{where}: {sides[0 if not a else 1]} is empty. Name an economy.")
        for key, words in SAYS.items():
            if key in low:
                _same(said, key, row[low[key]].casefold(), words, number, path)
        for column in columns:
            year = _year(row[low["year"]], where) if long else int(column[-4:])
            key_ = (year, a, b)
            if key_ in where_of:
                raise DataError(
                    f"{where}: {a} → {b} of {year} stands in row {where_of[key_]} too. Keep one."
                )
            where_of[key_] = number
            if not row[column]:
                empty.append(key_)
                first_empty = first_empty or number
                continue
            cells[key_] = _count(row[column], column, where)
            if cells[key_] == 0.0:
                zero = zero or number
    if not cells:
        raise DataError(f"{path}: no figures in it.")
    if zero is not None and empty and blank is None:
        raise DataError(
            f"{path}: zeros (row {zero}) beside empty cells (row {first_empty}). Is an empty cell nobody, or "
            "not known? Say so with --blank zero or --blank missing."
        )
    if blank == "zero":
        cells |= dict.fromkeys(empty, 0.0)
    return _made(path, kind, cells, where_of, said, blank)


def _made(
    path: Path,
    kind: str,
    cells: Mapping[tuple[int, str, str], float],
    where_of: Mapping[tuple[int, str, str], int],
    said: Mapping[str, tuple[str, int]],
    blank: str | None,
) -> Records:
    texts = read_codes((text for key in where_of for text in key[1:]), path)
    for text in texts.unknown:
        at = next(row for key, row in where_of.items() if text in key[1:])
        raise DataError(f"{path} row {at}: {text[:80]!r} is no code; {remedy(text)}")
    kept = {
        (year, texts.codes[a], texts.codes[b]): value
        for (year, a, b), value in cells.items()
        if a in texts.codes and b in texts.codes and texts.codes[a] != texts.codes[b]
    }
    years = tuple(sorted({year for year, _, _ in kept}))
    codes = tuple(sorted({code for _, a, b in kept for code in (a, b)}))
    at_code = {code: k for k, code in enumerate(codes)}
    people = np.full((len(years), len(codes), len(codes)), np.nan)
    for (year, a, b), value in kept.items():
        people[years.index(year), at_code[a], at_code[b]] = value
    notes = list(texts.notes)
    if texts.aggregates:
        notes.append(
            Sentence(
                "Left out, for they are many economies: {who}.",
                who=Listing(tuple(texts.aggregates)),
            )
        )
    if blank is not None:
        notes.append(
            Sentence("Empty cells are read as nobody.")
            if blank == "zero"
            else Sentence("Empty cells are read as not known.")
        )
    said_of = "".join(f", {word}" for word, _ in said.values())
    return Records(kind, f"{kind} of {path.name}{said_of}", codes, years, people, tuple(notes))


def _same(
    said: dict[str, tuple[str, int]],
    key: str,
    word: str,
    words: Sequence[str],
    number: int,
    path: Path,
) -> None:
    if word not in words:
        raise DataError(
            f"{path} row {number}: {key} is {word[:80]!r}; it is {' or '.join(words)}."
            f"{did_you_mean(word[:80], words)}"
        )
    before = said.setdefault(key, (word, number))
    if before[0] != word:
        why = (
            "who lives there is not who came in a year"
            if key == "measure"
            else "those born abroad are not those of foreign citizenship"
        )
        raise DataError(
            f"{path} row {number}: {key} is {word}, and {before[0]} in row {before[1]}: {why}, and the "
            "two do "
            "not add up. Keep the rows of one."
        )


def _year(text: str, where: str) -> int:
    if not re.fullmatch(r"(19|20)\d\d", text):
        raise DataError(f"{where}: year is {text[:80]!r}; write it like 2020.")
    return int(text)


def _count(text: str, column: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0.0):
        raise DataError(
            f"{where}: {column} is {text[:80]!r}; a count is zero or more, and an empty cell where not known."
        )
    return value


def read_hosts(path: Path, people: Array, codes: Sequence[str], what: str = "total") -> Array:
    """Read a figure a host, ``destination`` and ``total`` or ``capacity``, (n,); infinite where none is.

    Raises
    ------
    DataError
        A host's figure is below the sum of the people there by origin, or a row is wrong.
    """
    names = tables.header(path)
    low = {name.casefold(): name for name in names}
    host = _column(low, ("destination", "iso3_dest", "code", "iso3", "host"), path, names)
    usual = ("total", "inbound", "capacity", "places")
    figure = _column(low, (what, *(name for name in usual if name != what)), path, names)
    found = np.full(len(codes), np.inf)
    at = {code: k for k, code in enumerate(codes)}
    rows = list(tables.rows(path, (host, figure), figures=(figure,), most_bytes=MOST_BYTES))
    read = read_codes((row[host] for _, row in rows), path)
    seen: dict[str, int] = {}
    for number, row in rows:
        where = f"{path} row {number}"
        code = read.codes.get(row[host])
        if code is None or code not in at:
            raise DataError(
                f"{where}: {row[host][:80]!r} is no host of the table.{did_you_mean(row[host][:80], codes)}"
            )
        if code in seen:
            raise DataError(f"{where}: {code} stands in row {seen[code]} too. Keep one.")
        seen[code] = number
        value = _count(row[figure], figure, where)
        inside = float(np.nansum(people[:, at[code]]))
        if value < inside * (1.0 - 1e-12):
            raise DataError(
                f"{where}: {figure} of {code} is {value:,.0f}, below the {inside:,.0f} who are there "
                "by origin. A "
                "host has room at least for those; is one of the two of another year?"
            )
        found[at[code]] = value
    return found


def read_remittances(path: Path) -> dict[tuple[str, str], float]:
    """Read ``sender,receiver,musd``: who lives where sends home, USD million a year.

    Raises
    ------
    DataError
        A column is missing, a code unknown, a figure negative or a pair there twice.
    """
    found: dict[tuple[str, str], float] = {}
    rows = list(
        tables.rows(path, ("sender", "receiver", "musd"), figures=("musd",), most_bytes=MOST_BYTES)
    )
    read = read_codes((row[side] for _, row in rows for side in ("sender", "receiver")), path)
    for number, row in rows:
        where = f"{path} row {number}"
        pair = tuple(read.codes.get(row[side], "") for side in ("sender", "receiver"))
        if not all(pair):
            text = next(row[side] for side in ("sender", "receiver") if row[side] not in read.codes)
            raise DataError(f"{where}: {text[:80]!r} is no code; {remedy(text)}")
        key = (pair[0], pair[1])
        if key in found:
            raise DataError(f"{where}: {key[0]} → {key[1]} stands in an earlier row too. Keep one.")
        found[key] = _count(row["musd"], "musd", where)
    if not found:
        raise DataError(f"{path}: no rows.")
    return found
