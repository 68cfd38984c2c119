"""Reading the files of a folder so that everything wrong with them is told at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winset.errors import DataError
from winset.tables.dialect import UnreadableError, sniff
from winset.tables.reading import figures_of, fitted, records, titles, unfit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from winset.tables.figures import Figures

TOLD = 10  # problems in one message
MOST_PROBLEMS = 200  # a file with more is the wrong file: stop reading it


@dataclass
class Problems:
    """Everything wrong with a folder, in the order found."""

    folder: Path
    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Note a problem at a file or row."""
        self.found.append(f"{where}: {what}")

    def refuse(self, what: str) -> None:
        """Raise DataError with the first ten problems, where there is any; `what` was to be read."""
        if self.found:
            raise DataError(f"{what}:\n  " + "\n  ".join(self.found[:TOLD]))

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
        problems.add(
            where, f"{what} {'is ' + repr(text) if text else 'is empty'}; it must be a number."
        )
        return math.nan
    return value


def find(folder: Path, name: str) -> Path | None:
    """Return a file of the folder, plain or gzipped."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def checked_rows(
    folder: Path,
    name: str,
    needed: Sequence[str],
    problems: Problems,
    figures: Sequence[str] = (),
) -> Iterator[tuple[str, dict[str, str]]]:
    """Stream a table's rows by name as `rows` does; what is wrong is reported, and reading goes on."""
    path = find(folder, name)
    if path is None:
        problems.add(name, "the file is missing.")
        return
    columns: list[str] | None = None
    read: dict[str, Figures] = {}
    try:
        how = sniff(path)
        for row, cells in records(path, how=how):
            where = f"{path.name} row {row}"
            if columns is None:
                columns = titles(cells)
                if problem := unfit(columns, needed):
                    problems.add(where, problem)
                    return
                read = figures_of(path, columns, figures, row, how, None)
                continue
            fitting, problem = fitted(cells, len(columns))
            if problem:
                problems.add(where, problem)
            elif any(fitting):
                given = dict(zip(columns, fitting, strict=True))
                for column, each in read.items():
                    given[column] = each.plain(given[column], row)
                yield where, given
            if problems.full:
                problems.add(where, "too many problems; the rest was not read.")
                return
    except UnreadableError as error:
        problems.add(
            f"{path.name} after row {error.row}" if error.row else path.name,
            error.told,
        )
    except DataError as error:  # a figure that can be read in two ways
        problems.add(path.name, str(error).removeprefix(f"{path} "))
    if columns is None and not problems.found:
        problems.add(path.name, "empty. A table has a header.")
