"""Tariff lines that memory does not hold: sorted by chapter on the disk, then given one line after another.

Trade of all with all at six digits is 5,000 lines × 200 exporters × 200 importers, of which a twentieth is
traded: ten million rows, in a file that is sorted by country. One pass lays each row into the file of its
chapter (and each duty, where duties are a table of their own, which a second pass then joins); after that a
chapter is read at a time, and of it one line at a time becomes arrays. The rules of rows are those of
`tariff_lines` and `line_duties`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, listed
from winset.files import replacing
from winset.tables import header
from winset.worlds import line_layouts
from winset.worlds.hs_revisions import LineRow
from winset.worlds.line_duties import Duty, DutyJoin, DutyTable, LineFlow, duty_rows
from winset.worlds.line_elasticities import revision
from winset.worlds.tariff_lines import CODES, LineReader, RateCheck, collected, laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.worlds.tariff_lines import TariffLines

HELD = 200_000  # rows that wait in memory to be written
INDEX = "whole.json"
#: What of a row goes to the disk; names are numbers there.
LINE = np.dtype(
    [("number", "<i8"), ("code", "S10"), ("exporter", "<i4"), ("importer", "<i4"), ("value", "<f8"),
     ("applied", "<f8"), ("mfn", "<f8"), ("bound", "<f8"), ("equivalent", "?")]
)  # fmt: skip
TRADE = np.dtype(
    [("row", "<i8"), ("code", "S10"), ("exporter", "<i4"), ("importer", "<i4"), ("value", "<f8")]
)
DUTY = np.dtype(
    [("row", "<i8"), ("code", "S10"), ("importer", "<i4"), ("exporter", "<i4"), ("rate", "<f8"),
     ("mfn", "<f8"), ("bound", "<f8")]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineStream:
    """A table of lines, sorted by chapter on the disk.

    Attributes
    ----------
    folder : where the chapters are
    where : what messages begin with, the table
    codes : all lines, in rising order
    exporters, importers : names, in the order of the table
    chapters : rows by chapter
    scale : what makes its rates fractions
    """

    folder: Path
    where: str
    codes: tuple[str, ...]
    exporters: tuple[str, ...]
    importers: tuple[str, ...]
    chapters: dict[str, int]
    scale: float
    year: int | None
    revision: str
    notes: tuple[str, ...]

    def lines(self, chapter: str) -> Iterator[TariffLines]:
        """Give the lines of a chapter, each with those who sell and those who buy it."""
        for _, of in _by_code(self.folder / f"{chapter}.lines", LINE, 10):
            yield collected(self._rows(of), self.where, scale=self.scale)

    def _rows(self, of: NDArray[Any]) -> Iterator[LineRow]:
        for number, code, i, v, *rest in of.tolist():
            yield LineRow(number, code.decode(), self.exporters[i], self.importers[v], *rest)


@dataclass(slots=True)
class _Names:
    """Numbers for names, as they come."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))


@dataclass(slots=True)
class _Chapters:
    """Rows that go to the file of their chapter."""

    folder: Path
    kind: str
    dtype: np.dtype[Any]
    waiting: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    count: int = 0
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, chapter: str, row: tuple[Any, ...]) -> None:
        self.waiting.setdefault(chapter, []).append(row)
        self.count += 1
        if self.count >= HELD:
            self.flush()

    def flush(self) -> None:
        for chapter, held in self.waiting.items():
            with (self.folder / f"{chapter}.{self.kind}").open("ab") as file:
                file.write(np.array(held, self.dtype).tobytes())
            self.rows[chapter] += len(held)
        self.waiting.clear()
        self.count = 0


def _by_code(path: Path, dtype: np.dtype[Any], digits: int) -> Iterator[tuple[bytes, NDArray[Any]]]:
    """Give the rows of a chapter's file by the first digits of their codes, in the order of the table."""
    if not path.exists():
        return
    read = np.fromfile(path, dtype)
    code = read["code"].astype(f"S{digits}")
    order = np.argsort(code, kind="stable")
    read, code = read[order], code[order]
    starts = [0, *(np.flatnonzero(code[1:] != code[:-1]) + 1).tolist(), len(read)]
    for start, end in pairwise(starts):
        yield bytes(code[start]), read[start:end]


def streamed(
    path: Path,
    folder: Path,
    *,
    percent: bool | None = None,
    year: int | None = None,
    duties: Path | None = None,
    importers: Sequence[str] = (),
) -> LineStream:
    """Sort a table of lines by chapter into a new `folder`, or take what an earlier run has sorted there.

    As `winset.worlds.tariff_lines.read_lines` has it, without a conversion of codes; with `duties` all
    importers of the table bargain where none is named.

    Raises
    ------
    DataError
        As `read_lines`; a table of WITS, which is read at once.
    """
    if not (folder / INDEX).exists():
        with replacing(folder, directory=True) as draft:
            _sort(path, draft, percent, year, duties, importers)
    told = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return LineStream(
        folder, str(path), tuple(told["codes"]), tuple(told["exporters"]), tuple(told["importers"]),
        told["chapters"], told["scale"], told["year"], told["revision"], tuple(told["notes"]),
    )  # fmt: skip


def _sort(
    path: Path,
    folder: Path,
    percent: bool | None,
    year: int | None,
    duties: Path | None,
    importers: Sequence[str],
) -> None:
    names = header(path)
    if line_layouts.is_wits(names):
        raise DataError(
            f"--save: {path.name} is a table of WITS, which is read at once. Leave it out."
        )
    exporters, buyers = _Names(), _Names()
    notes: list[str] = []
    if duties is not None:
        column = "hs6"
        laid: Iterable[tuple[int, Mapping[str, str]]] = _joined(
            path, folder, duties, importers, year, notes
        )
    else:
        own = laid_out(path, names)
        column, laid = own.column, own.rows
    reader = LineReader(path, column, CODES[column], percent, year)
    check = RateCheck(path, percent)
    chapters = _Chapters(folder, "lines", LINE)
    codes: set[str] = set()
    specific = 0
    for number, cells in laid:
        row = reader.read(number, cells)
        if row is None or (importers and row.importer not in importers):
            continue
        check.see(row)
        codes.add(row.code)
        specific += row.equivalent
        at = exporters.of(row.exporter), buyers.of(row.importer)
        chapters.add(
            row.code[:2],
            (row.number, row.code, *at, row.value, row.applied, row.mfn, row.bound, row.equivalent),
        )
    chapters.flush()
    if not codes:
        asked = [*([str(year)] if year else []), *importers]
        raise DataError(
            f"{path}: no row{f' of {listed(asked)}' if asked else ''}. A table of lines has some."
        )
    reader.judge()
    check.judge()
    of = revision(tuple(codes), str(path)) if column != "heading" else ""
    if specific:
        notes.append(
            f"{specific} duties are specific in part; their rates are by unit values and move with prices."
        )
    index = {
        "codes": sorted(codes),
        "exporters": list(exporters.numbers),
        "importers": list(buyers.numbers),
        "chapters": dict(sorted(chapters.rows.items())),
        "scale": 0.01 if percent else 1.0,
        "year": next(iter(reader.years), None),
        "revision": next(iter(reader.told), of),
        "notes": notes,
    }
    (folder / INDEX).write_text(json.dumps(index), encoding="utf-8")


def _joined(
    path: Path,
    folder: Path,
    duties: Path,
    importers: Sequence[str],
    year: int | None,
    notes: list[str],
) -> Iterator[tuple[int, dict[str, str]]]:
    """Lay duties and trade by chapter, then join them line by line; files of both go with the draft."""
    exporters, buyers = _Names(), _Names()
    rates = _Chapters(folder, "duties", DUTY)
    for duty in duty_rows(duties, notes):
        of = exporters.of(duty.exporter) if duty.exporter else -1
        rates.add(
            duty.code[:2],
            (duty.row, duty.code, buyers.of(duty.importer), of, duty.rate, duty.mfn, duty.bound),
        )
    rates.flush()
    trade = _Chapters(folder, "trade", TRADE)
    for flow in line_layouts.flows(path, set(importers), year):
        at = exporters.of(flow.exporter), buyers.of(flow.importer)
        trade.add(flow.code[:2], (flow.row, flow.code, *at, flow.value))
    trade.flush()
    sellers, to = list(exporters.numbers), list(buyers.numbers)
    joining = DutyJoin(path, duties, year)
    for chapter in sorted(trade.rows):
        told = dict(_by_code(folder / f"{chapter}.duties", DUTY, 6))
        for code, of_line in _by_code(folder / f"{chapter}.trade", TRADE, 10):
            table = DutyTable(
                duties,
                (
                    Duty(row, full.decode(), to[v], "" if i < 0 else sellers[i], *rest)
                    for row, full, v, i, *rest in told.get(code, np.empty(0, DUTY)).tolist()
                ),
            )
            yield from joining.joined(
                table,
                (
                    LineFlow(row, full.decode(), sellers[i], to[v], value)
                    for row, full, i, v, value in of_line.tolist()
                ),
            )
        for kind in ("duties", "trade"):
            (folder / f"{chapter}.{kind}").unlink(missing_ok=True)
    for left in folder.glob("*.duties"):
        left.unlink()
    notes += joining.notes(importers)
