"""Tables row by row: UTF-8 with or without a byte-order mark, plain or gzipped.

A row's number is the one that a spreadsheet shows: from 1, blank rows counted. A row with more or
fewer cells than the header is refused, never cut or filled; empty cells at the end of a row, which
spreadsheets leave, are none.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from winset.errors import DataError, listed

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

MOST_LINE = 65_536  # characters


class UnreadableError(DataError):
    """A file that is no table.

    Attributes
    ----------
    row : int
        The last row that could be read.
    reason : str
    """

    def __init__(self, path: Path, row: int, reason: object) -> None:
        self.row, self.reason = row, str(reason)
        after = f" after row {row}" if row else ""
        super().__init__(f"{path}{after}: not readable as CSV in UTF-8 ({reason}).")


#: What goes wrong while a file is opened, unpacked, decoded and split.
FAULTS = (OSError, UnicodeDecodeError, csv.Error, EOFError, zlib.error)


@contextmanager
def opened(path: Path, *, most_bytes: int | None = None) -> Iterator[TextIO]:
    """Open a table's text, its line ends as they are.

    Raises
    ------
    UnreadableError
        No such file, not a file, or larger than `most_bytes`.
    """
    try:
        if path.exists() and not path.is_file():
            raise UnreadableError(path, 0, "not a file")
        if most_bytes is not None and path.stat().st_size > most_bytes:
            raise UnreadableError(path, 0, f"larger than {most_bytes / 1e6:g} MB")
        if path.suffix == ".gz":
            file = cast("TextIO", gzip.open(path, "rt", encoding="utf-8-sig", newline=""))  # noqa: SIM115
        else:
            file = path.open(encoding="utf-8-sig", newline="")
    except FileNotFoundError:
        raise UnreadableError(path, 0, "no such file") from None
    except OSError as error:
        raise UnreadableError(path, 0, error.strerror) from error
    with file:
        yield file


def bounded(file: TextIO, most_line: int = MOST_LINE) -> Iterator[str]:
    """Yield lines, none of them longer than `most_line` characters."""
    while line := file.readline(most_line):
        if len(line) == most_line and not line.endswith("\n"):
            raise csv.Error(f"a line longer than {most_line:,} characters")
        yield line


def split(lines: Iterable[str], separator: str = ",") -> Iterator[list[str]]:
    """Split lines into cells; quoted cells may hold separators and line ends."""
    return csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t", strict=True)


def records(
    path: Path,
    *,
    separator: str = ",",
    most_line: int = MOST_LINE,
    most_bytes: int | None = None,
) -> Generator[tuple[int, list[str]]]:
    """Stream the rows of a table with their numbers, as they are; rows without a cell are skipped.

    Raises
    ------
    UnreadableError
        The file cannot be opened, unpacked, decoded or split; after which row.
    """
    number = 0
    try:
        with opened(path, most_bytes=most_bytes) as file:
            for row in split(bounded(file, most_line), separator):
                number += 1
                if row:
                    yield number, row
    except FAULTS as error:
        raise UnreadableError(path, number, error) from error


def header(
    path: Path, *, skip: int = 0, separator: str = ",", most_line: int = MOST_LINE
) -> list[str]:
    """Return the names of a table's columns, which stand after `skip` rows.

    Raises
    ------
    DataError
        The file is unreadable or empty.
    """
    stream = records(path, separator=separator, most_line=most_line)
    with closing(stream):
        names = next((titles(cells) for number, cells in stream if number > skip), [])
    if not names:
        raise DataError(f"{path}: empty. A table has a header.")
    return names


def rows(
    path: Path,
    needed: Sequence[str] = (),
    *,
    skip: int = 0,
    separator: str = ",",
    most_line: int = MOST_LINE,
    most_bytes: int | None = None,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Stream the rows of a table with their numbers, by the names of the header.

    `skip` rows stand above the header.

    Raises
    ------
    DataError
        The file is unreadable, a column among `needed` is missing, a column stands twice, or a row
        has another number of cells than the header.
    """
    columns: list[str] | None = None
    for number, cells in records(
        path, separator=separator, most_line=most_line, most_bytes=most_bytes
    ):
        if number <= skip:
            continue
        if columns is None:
            columns = titles(cells)
            if problem := unfit(columns, needed):
                raise DataError(f"{path} row {number}: {problem}")
            continue
        fitting, problem = fitted(cells, len(columns))
        if problem:
            raise DataError(f"{path} row {number}: {problem}")
        yield number, dict(zip(columns, fitting, strict=True))
    if columns is None:
        raise DataError(f"{path}: empty. A table has a header.")


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
    """Return a row's cells without blanks around them, and what is wrong with their number."""
    bare = [cell.strip() for cell in cells]
    if len(bare) > width and not any(bare[width:]):
        bare = bare[:width]
    if len(bare) == width:
        return bare, ""
    return bare, f"{len(bare)} cells where the header has {width}. {_remedy(bare, width)}"


def _remedy(cells: Sequence[str], width: int) -> str:
    if len(cells) < width:
        return "Fill the row, with nothing between two commas where there is no value."
    return f"Is there a comma in a number or a name? Put it in quotes. The row: {_shown(cells)}"


def _shown(cells: Sequence[str]) -> str:
    text = ",".join(cells)
    return text if len(text) <= 80 else text[:79] + "…"


def embedded_rows(path: Path | Traversable) -> list[dict[str, str]]:
    """Read a table that comes with winset: sound by its tests, so that nothing is checked here."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.name.endswith(".gz") else content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))
