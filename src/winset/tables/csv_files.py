"""Reading the CSV files of a world folder: rows with where they stand, or whole columns at once."""

from __future__ import annotations

import csv
import gzip
import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_PROBLEMS = 200  # a file with more is the wrong file: stop reading it
BLOCK = 50_000  # rows read at once
MOST_AT_ONCE = 500_000  # rows of a file that is split without a parser
MOST_PLAIN = 50_000_000  # bytes of it
MOST_LINE = 65_536  # characters


@dataclass
class Problems:
    """Everything wrong with a folder, in the order found."""

    folder: Path
    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Note a problem at a file or row."""
        self.found.append(f"{where}: {what}")

    @property
    def full(self) -> bool:
        """Whether reading on is of no use."""
        return len(self.found) >= MOST_PROBLEMS


def number(text: str, what: str, where: str, problems: Problems) -> float:
    """Read a finite number, or report it and return NaN."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.add(where, f"{what} is {text!r}; it must be a number.")
        return math.nan
    return value


def find(folder: Path, name: str) -> Path | None:
    """Return a file of the folder, plain or gzipped."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


@contextmanager
def lines(path: Path) -> Iterator[Iterator[str]]:
    """Open a text file and yield its lines, none of them longer than MOST_LINE."""
    if path.suffix == ".gz":
        file = gzip.open(path, "rt", encoding="utf-8-sig", newline="")  # noqa: SIM115
    else:
        file = path.open(encoding="utf-8-sig", newline="")
    with file:

        def bounded() -> Iterator[str]:
            while line := file.readline(MOST_LINE):
                if len(line) == MOST_LINE and not line.endswith("\n"):
                    raise csv.Error(f"a line longer than {MOST_LINE} characters")
                yield line

        yield bounded()


def rows(
    folder: Path, name: str, columns: tuple[str, ...], problems: Problems
) -> Iterator[tuple[str, dict[str, str]]]:
    """Stream a CSV's rows as dicts, with where each stands; report what cannot be read."""
    path = find(folder, name)
    if path is None:
        problems.add(name, "the file is missing.")
        return
    number = 1
    try:
        with lines(path) as text:
            reader = csv.reader(text)
            header = [cell.strip() for cell in next(reader, [])]
            if missing := [column for column in columns if column not in header]:
                problems.add(
                    f"{path.name} row 1",
                    f"no column {', '.join(missing)}; found {', '.join(header[:8]) or 'nothing'}. "
                    f"Needed: {', '.join(columns)}.",
                )
                return
            for row in reader:
                number += 1
                where = f"{path.name} row {number}"
                if not row:
                    continue
                if len(row) != len(header):
                    problems.add(where, f"{len(row)} cells where the header has {len(header)}.")
                else:
                    yield where, dict(zip(header, map(str.strip, row), strict=True))
                if problems.full:
                    problems.add(where, "too many problems; the rest was not read.")
                    return
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        problems.add(f"{path.name} after row {number}", f"not readable as CSV in UTF-8 ({error}).")


def header(folder: Path, name: str) -> list[str]:
    """Return the names of a CSV's columns; none where it cannot be read."""
    path = find(folder, name)
    if path is None:
        return []
    try:
        with lines(path) as text:
            return [cell.strip() for cell in next(csv.reader(text), [])]
    except (OSError, UnicodeDecodeError, csv.Error, EOFError):
        return []


class IrregularError(Exception):
    """A file that must be gone through row by row, to say what is wrong and where."""


def blocks(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[dict[str, list[str]]]:
    """Read a well-formed CSV by column, fast: a plain one at once, else `BLOCK` rows at a time.

    Raises IrregularError where anything is not as it should be, a missing column among `columns`
    included; the caller then reads it again with `rows`.
    """
    path = find(folder, name)
    if path is None:
        raise IrregularError
    if (plain := _plain(path)) is not None:
        if any(column not in plain for column in columns):
            raise IrregularError
        yield plain
        return
    try:
        with lines(path) as text:
            reader = csv.reader(text)
            header = [cell.strip() for cell in next(reader, [])]
            if any(column not in header for column in columns):
                raise IrregularError
            some = False
            while body := list(islice(reader, BLOCK)):
                body = [row for row in body if row]
                if any(len(row) != len(header) for row in body):
                    raise IrregularError
                if body:
                    some = True
                    cells = zip(*body, strict=True)
                    yield {c: list(column) for c, column in zip(header, cells, strict=True)}
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        raise IrregularError from error
    if not some:
        raise IrregularError


def _plain(path: Path) -> dict[str, list[str]] | None:
    """Read a CSV without quotes, every row as wide as the header, by splitting it; else None."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            raw = file.read(MOST_PLAIN + 1)
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError):
        return None
    if len(raw) > MOST_PLAIN or '"' in text or "\r" in text or not text.endswith("\n"):
        return None
    head, _, body = text[:-1].partition("\n")
    header = [cell.strip() for cell in head.split(",")]
    marks = np.frombuffer(body.encode(), dtype=np.uint8)
    marks = marks[(marks == ord(",")) | (marks == ord("\n"))]
    width = len(header)
    # With one more end of line the separators come in rows: commas, then one end of line.
    marks = np.append(marks, np.uint8(ord("\n")))
    if not body or len(marks) % width or len(marks) // width > MOST_AT_ONCE:
        return None
    grid = marks.reshape(-1, width)
    if not ((grid[:, :-1] == ord(",")).all() and (grid[:, -1] == ord("\n")).all()):
        return None
    if width == 1 and "\n\n" in f"\n{body}\n":
        return None
    cells = body.replace("\n", ",").split(",")
    return {column: cells[k::width] for k, column in enumerate(header)}
