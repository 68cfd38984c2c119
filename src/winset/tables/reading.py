"""Tables row by row, however they are written (`winset.tables.dialect`).

A row's number is the one that a spreadsheet shows: from 1, blank rows counted. A row with more or
fewer cells than the header is refused, never cut or filled; empty cells at the end of a row, which
spreadsheets leave, are none. Cells of columns named as figures are given in plain notation
(`winset.tables.figures`), an empty text where there is no value.
"""

from __future__ import annotations

import csv
import gzip
import io
from contextlib import closing
from typing import TYPE_CHECKING, TextIO

from winset.errors import DataError, control_character, listed
from winset.tables.dialect import FAULTS, Dialect, TableFormat, UnreadableError, opened, sniff
from winset.tables.figures import Figures
from winset.tables.sheets import sheet_records

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

MOST_LINE = 65_536  # characters


def bounded(
    file: TextIO, most_line: int = MOST_LINE, most: int | None = None, end: str = "\n"
) -> Iterator[str]:
    """Yield lines, none of them longer than `most_line` characters, `most` in all."""
    read = 0
    while line := file.readline(most_line):
        if len(line) == most_line and not line.endswith(end):
            raise csv.Error(f"a line longer than {most_line:,} characters")
        read += len(line)
        if most is not None and read > most:
            raise csv.Error(f"larger than {most / 1e6:g} MB unpacked")
        yield line


def split(lines: Iterable[str], separator: str = ",") -> Iterator[list[str]]:
    """Split lines into cells; quoted cells may hold separators and line ends."""
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t", strict=True)


def records(
    path: Path,
    *,
    separator: str | None = None,
    declared: TableFormat | None = None,
    how: Dialect | None = None,
    most_line: int = MOST_LINE,
    most_bytes: int | None = None,
) -> Generator[tuple[int, list[str]]]:
    """Stream the rows of a table with their numbers, as they are; rows without a cell are skipped.

    Raises
    ------
    UnreadableError
        The file cannot be opened, unpacked, decoded or split; after which row.
    """
    how = how or sniff(path, separator, declared)
    if how.kind == "xlsx":
        yield from sheet_records(path, (declared or TableFormat()).sheet)
        return
    number = int(how.hint)
    try:
        with opened(path, how, most_bytes=most_bytes) as file:
            lines = bounded(file, most_line, most_bytes, how.newline)
            for row in split(lines, how.separator):
                number += 1
                if row:
                    yield number, row
    except FAULTS as error:
        raise UnreadableError(path, number, error) from error


def header(
    path: Path,
    *,
    skip: int = 0,
    separator: str | None = None,
    declared: TableFormat | None = None,
    most_line: int = MOST_LINE,
) -> list[str]:
    """Return the names of a table's columns, which stand after `skip` rows.

    Raises
    ------
    DataError
        The file is unreadable or empty.
    """
    stream = records(path, separator=separator, declared=declared, most_line=most_line)
    with closing(stream):
        names = next((titles(cells) for number, cells in stream if number > skip), [])
    if not names:
        raise DataError(f"{path}: empty. A table has a header.")
    return names


def rows(
    path: Path,
    needed: Sequence[str] = (),
    *,
    figures: Sequence[str] = (),
    until: Sequence[str] = (),
    skip: int = 0,
    declared: TableFormat | None = None,
    most_line: int = MOST_LINE,
    most_bytes: int | None = None,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Stream the rows of a table with their numbers, by the names of the header.

    `skip` rows stand above the header; a row whose first cell begins with one of `until` ends it.

    Raises
    ------
    DataError
        The file is unreadable, a column among `needed` is missing, a column stands twice, a row has
        another number of cells than the header, or a figure can be read in two ways.
    """
    how = sniff(path, None, declared)
    columns: list[str] | None = None
    read: dict[str, Figures] = {}
    for number, cells in records(
        path, how=how, declared=declared, most_line=most_line, most_bytes=most_bytes
    ):
        if number <= skip:
            continue
        if columns is None:
            columns = titles(cells)
            if problem := unfit(columns, needed):
                raise DataError(f"{path} row {number}: {problem}")
            read = figures_of(path, columns, figures, number, how, declared)
            continue
        if until and cells[0].strip().startswith(tuple(until)):
            return
        fitting, problem = fitted(cells, len(columns))
        if problem:
            raise DataError(f"{path} row {number}: {problem}")
        if not any(fitting):
            continue
        row = dict(zip(columns, fitting, strict=True))
        for column, each in read.items():
            row[column] = each.plain(row[column], number)
        yield number, row
    if columns is None:
        raise DataError(f"{path}: empty. A table has a header.")


def figures_of(
    path: Path,
    columns: Sequence[str],
    named: Sequence[str],
    head: int,
    how: Dialect,
    declared: TableFormat | None,
) -> dict[str, Figures]:
    """Return readers of the columns of figures of a table whose header is row `head`."""

    def reader(column: str) -> Figures:
        k = columns.index(column)

        def cells() -> Iterator[tuple[int, str]]:
            for number, row in records(path, how=how, declared=declared):
                if number > head and len(row) > k:
                    yield number, row[k]

        mark = declared.decimal if declared else None
        return Figures(str(path), column, cells, declared=mark, local=how.separator != ",")

    return {column: reader(column) for column in named if column in columns}


def titles(cells: Sequence[str]) -> list[str]:
    """Return the names of a header, without blank ones at its end."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def unfit(columns: Sequence[str], needed: Sequence[str]) -> str:
    """Say what is wrong with a header; nothing where it will do."""
    if missing := [column for column in needed if column not in columns]:
        return (
            f"no column {', '.join(missing)}; found {listed(columns) or 'nothing'}. "
            f"Needed: {', '.join(needed)}."
        )
    if twice := next((c for c in columns if c and columns.count(c) > 1), None):
        return f"column {twice} stands twice. Keep one."
    return ""


def fitted(cells: Sequence[str], width: int) -> tuple[list[str], str]:
    """Return a row's cells without blanks around them, and what is wrong; empty cells alone are no row."""
    bare = [cell.strip() for cell in cells]
    if len(bare) > width and not any(bare[width:]):
        bare = bare[:width]
    if not any(bare):
        return [""] * width, ""
    if found := control_character("".join(bare)):
        return bare, f"the control character {found} stands in it. Take it out."
    if len(bare) == width:
        return bare, ""
    return bare, f"{len(bare)} cells where the header has {width}. {_remedy(bare, width)}"


def _remedy(cells: Sequence[str], width: int) -> str:
    if len(cells) < width:
        return "Fill the row, with nothing between two separators where there is no value."
    return (
        "Is there a comma, such as one of thousands, in a number or a name? Put it in quotes. "
        f"The row: {_shown(cells)}"
    )


def _shown(cells: Sequence[str]) -> str:
    text = ",".join(cells)
    return text if len(text) <= 80 else text[:79] + "…"


def embedded_rows(path: Path | Traversable) -> list[dict[str, str]]:
    """Read a table that comes with winset: sound by its tests, so that nothing is checked here."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.name.endswith(".gz") else content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))
