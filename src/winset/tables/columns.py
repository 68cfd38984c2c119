"""Tables by column, fast: a piece without quotes is cut at its separators, another one is parsed.

The pieces bound the memory, so that a file of any size can be read.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, control_character
from winset.tables.dialect import FAULTS, UnreadableError, opened, sniff
from winset.tables.reading import (
    MOST_LINE,
    bounded,
    figures_of,
    fitted,
    records,
    split,
    titles,
    unfit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from winset.tables.dialect import Dialect, TableFormat

PIECE = 2_000_000  # characters
ROWS = 200_000  # of a piece that is parsed


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a table.

    Attributes
    ----------
    rows : sequence of int
        Where each stands in the file, from 1.
    columns : mapping to sequences of str
        Their cells by the names of the header.
    """

    rows: Sequence[int]
    columns: Mapping[str, Sequence[str]]


def blocks(
    path: Path,
    needed: Sequence[str] = (),
    *,
    figures: Sequence[str] = (),
    declared: TableFormat | None = None,
    most_line: int = MOST_LINE,
) -> Iterator[Block]:
    """Stream a table in blocks of columns; cells may have blanks around them, figures are plain.

    Raises
    ------
    DataError
        As `winset.tables.rows`.
    """
    how = sniff(path, None, declared)
    read = None
    for block in _blocks(path, needed, how, declared, most_line):
        if read is None:
            read = figures_of(path, list(block.columns), figures, 1, how, declared)
        plain = {c: f.plain_column(block.columns[c], block.rows) for c, f in read.items()}
        yield Block(block.rows, {**block.columns, **plain})


def _blocks(
    path: Path, needed: Sequence[str], how: Dialect, declared: TableFormat | None, most_line: int
) -> Iterator[Block]:
    if how.kind == "xlsx":
        numbered = records(path, how=how, declared=declared)
        _, names = next(numbered, (0, []))
        yield from _parsed(path, numbered, _header(path, names, needed))
        return
    row = 1 + how.hint  # the last that was read
    separator = how.separator
    try:
        with opened(path, how) as file:
            first = next(bounded(file, most_line, end=how.newline), "")
            # A quoted name may hold a line end: then everything is parsed.
            if '"' in first or how.newline == "\r":
                parsed = split(chain([first], bounded(file, most_line, end=how.newline)), separator)
                columns = _header(path, next(parsed, []), needed)
                yield from _parsed(path, enumerate(parsed, row + 1), columns)
                return
            columns = _header(path, next(split([first], separator), []), needed)
            width = first.count(separator) + 1
            while piece := file.read(PIECE):
                tail = file.readline(most_line)
                if len(tail) == most_line and not tail.endswith("\n"):
                    raise csv.Error(f"a line longer than {most_line:,} characters")
                piece += tail
                if (cells := _cut(piece, width, separator)) is not None:
                    count = len(cells) // width
                    named = {c: cells[k::width] for k, c in enumerate(columns)}
                    yield Block(range(row + 1, row + 1 + count), named)
                    row += count
                    continue
                lines = list(io.StringIO(piece, newline=""))
                if '"' in piece:  # a quoted cell may go on in the next piece
                    rest = split(chain(lines, bounded(file, most_line)), separator)
                    yield from _parsed(path, enumerate(rest, row + 1), columns)
                    return
                yield from _parsed(path, enumerate(split(lines, separator), row + 1), columns)
                row += len(lines)
    except FAULTS as error:
        raise UnreadableError(path, row, error) from error


def _header(path: Path, cells: Sequence[str], needed: Sequence[str]) -> list[str]:
    columns = titles(cells)
    if not columns:
        raise DataError(f"{path}: empty. A table has a header.")
    if problem := unfit(columns, needed):
        raise DataError(f"{path} row 1: {problem}")
    return columns


def _parsed(
    path: Path, parsed: Iterable[tuple[int, list[str]]], columns: Sequence[str]
) -> Iterator[Block]:
    """Collect parsed rows with their numbers."""
    numbers: list[int] = []
    body: list[list[str]] = []

    def block() -> Block:
        cells = zip(*body, strict=True)
        return Block(numbers, {c: list(cell) for c, cell in zip(columns, cells, strict=True)})

    row = 1
    try:
        for row, cells in parsed:
            if not cells:
                continue
            fitting, problem = fitted(cells, len(columns))
            if problem:
                raise DataError(f"{path} row {row}: {problem}")
            if not any(fitting):
                continue
            numbers.append(row)
            body.append(fitting)
            if len(body) == ROWS:
                yield block()
                numbers, body = [], []
    except FAULTS as error:
        raise UnreadableError(path, row, error) from error
    if body:
        yield block()


def _cut(piece: str, width: int, separator: str) -> list[str] | None:
    """Cut a piece without quotes whose every row has `width` cells; None for any other."""
    if '"' in piece or control_character(piece):
        return None
    if "\r" in piece:
        piece = piece.replace("\r\n", "\n")
    body = piece.removesuffix("\n")
    if "\r" in body or not body:
        return None
    marks = np.frombuffer(body.encode(), dtype=np.uint8)
    marks = marks[(marks == ord(separator)) | (marks == ord("\n"))]
    # With one more end of line the separators come in rows: commas, then one end of line.
    marks = np.append(marks, np.uint8(ord("\n")))
    if len(marks) % width:
        return None
    grid = marks.reshape(-1, width)
    if not ((grid[:, :-1] == ord(separator)).all() and (grid[:, -1] == ord("\n")).all()):
        return None
    if f"\n{separator * (width - 1)}\n" in f"\n{body}\n":  # a row of nothing
        return None
    return body.replace("\n", separator).split(separator)
