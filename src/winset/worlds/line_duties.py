"""A table of duties by line, and how trade by line finds its duty there."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from winset.errors import DataError, listed
from winset.places.codes import read_codes
from winset.tables import blocks, header, rows
from winset.worlds.importing import files
from winset.worlds.importing.tariff_columns import LINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

LEFT_OUT = 0.5  # more of the trade without a duty is no table of it


class Duty(NamedTuple):
    """A row of a table of duties; `exporter` is blank where it is for all; rates in its unit, NaN if none."""

    row: int
    code: str
    importer: str
    exporter: str
    rate: float
    mfn: float
    bound: float


class LineFlow(NamedTuple):
    """Trade by line: the row where it stands, six digits, exporter, importer, value."""

    row: int
    code: str
    exporter: str
    importer: str
    value: float


def digits(path: Path, row: int, text: str) -> str:
    """Return the code of a product in a table of trade or duties, of 6, 8 or 10 digits.

    Raises
    ------
    DataError
        Another number of digits, such as where a leading zero was lost.
    """
    code = text.replace(".", "").replace(" ", "")
    if not code.isdigit() or len(code) not in (6, 8, 10):
        lost = code.isdigit() and len(code) in (5, 7, 9)
        raise DataError(
            f"{path} row {row}: product is {text!r}; it must have 6, 8 or 10 digits."
            + (f" A leading zero was lost? Write 0{code}, as text." if lost else "")
        )
    return code


def ad_valorem(path: Path, row: int, column: str, text: str) -> float:
    """Read a rate as it stands; NaN where nothing does.

    Raises
    ------
    DataError
        A duty that is not ad valorem, one with a sign of percent, one below 0.
    """
    if not text:
        return math.nan
    bare = text.removesuffix("%").strip()
    rate = files.number(bare)
    if math.isnan(rate):
        raise DataError(
            f"{path} row {row}: {column} is {text!r}, which is no ad-valorem rate. Write the part by value "
            "there, and a specific duty into the columns specific (money per unit) and unit_value."
        )
    if bare != text:
        raise DataError(
            f"{path} row {row}: {column} is {text!r}, in percent. Write {rate / 100:g}, or without the sign "
            "and with --rates percent."
        )
    if not math.isfinite(rate) or rate < 0:
        raise DataError(f"{path} row {row}: {column} is {text}; a duty is not below 0.")
    return rate


def duty_rows(path: Path, notes: list[str]) -> Iterator[Duty]:
    """Stream a table of duties: a product, an importer, a rate, and an exporter where it is a preference.

    What stands for the world, or for nobody, is for everybody; rows of other aggregates of exporters are
    too. Importers and exporters that are no economy are left out.

    Raises
    ------
    DataError
        A column that is missing, a code of other digits, a rate that is none.
    """
    names = header(path)
    low = {name.casefold(): name for name in names}
    product = files.column(names, None, LINES.product, "product", path)
    importer = files.column(names, None, LINES.importer, "importer", path)
    rate = files.column(names, None, LINES.rate, "rate", path)
    exporter = files.found(names, LINES.exporter)
    who = (importer,) if exporter is None else (importer, exporter)
    texts: dict[str, None] = {}
    for block in blocks(path, who):
        for name in who:
            texts.update(dict.fromkeys(map(str.strip, block.columns[name])))
    column = read_codes((text for text in texts if text), path)
    notes += column.notes
    others = [low[name] for name in ("mfn", "bound") if name in low]
    for row, cells in rows(path, (product, importer, rate), figures=(rate, *others)):
        to, of = cells[importer], cells[exporter] if exporter else ""
        if to not in column.codes or not (not of or of in column.codes or of in column.aggregates):
            continue
        told = [
            ad_valorem(path, row, name, cells[name]) if name in others or name == rate else math.nan
            for name in (rate, low.get("mfn", ""), low.get("bound", ""))
        ]
        yield Duty(
            row,
            digits(path, row, cells[product]),
            column.codes[to],
            column.codes.get(of, ""),
            *told,
        )


class DutyTable:
    """Duties by six digits, importer and exporter; those of longer codes are averaged, without weights."""

    def __init__(self, path: Path, duties: Iterable[Duty]) -> None:
        several: defaultdict[tuple[str, str, str, str], list[tuple[int, float]]] = defaultdict(list)
        self.longer: set[str] = set()
        for duty in duties:
            six = duty.code[:6]
            if len(duty.code) > 6:
                self.longer.add(six)
            for what, rate in (("rate", duty.rate), ("mfn", duty.mfn), ("bound", duty.bound)):
                if not math.isnan(rate):
                    several[what, six, duty.importer, duty.exporter].append((duty.row, rate))
        self._own: dict[tuple[str, str, str], float] = {}
        self._mfn: dict[tuple[str, str], float] = {}
        self._bound: dict[tuple[str, str], float] = {}
        said: dict[tuple[str, str], float] = {}
        for (what, six, to, of), found in several.items():
            if len(found) > 1 and six not in self.longer and what == "rate":
                raise DataError(
                    f"{path} row {found[1][0]}: the duty of {to} on {six} stands in row {found[0][0]} "
                    "already."
                )
            rate = found[0][1] if len(found) == 1 else sum(r for _, r in found) / len(found)
            if what == "bound":
                self._bound[six, to] = rate
            elif what == "mfn":
                said[six, to] = rate
            elif of:
                self._own[six, to, of] = rate
            else:
                self._mfn[six, to] = rate
        self._mfn |= said

    def of(self, flow: LineFlow) -> tuple[float | None, float, float]:
        """Return the duty in force (None: none given), the MFN and the bound rate (NaN: not known)."""
        at = flow.code, flow.importer
        mfn = self._mfn.get(at)
        rate = self._own.get((*at, flow.exporter), mfn)
        return rate, math.nan if mfn is None else mfn, self._bound.get(at, math.nan)


@dataclass(slots=True)
class DutyJoin:
    """Trade that finds its duty, and the count of what does not."""

    path: Path
    duties: Path
    year: int | None
    whole: float = 0.0
    left: float = 0.0
    lost: set[str] = field(default_factory=set)
    longer: int = 0

    def joined(
        self, table: DutyTable, flows: Iterable[LineFlow]
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Return rows as ``lines.csv`` has them."""
        self.longer += len(table.longer)
        year = "" if self.year is None else str(self.year)
        for flow in flows:
            self.whole += flow.value
            rate, mfn, bound = table.of(flow)
            if rate is None:
                self.left += flow.value
                self.lost.add(flow.code)
                continue
            yield (
                flow.row,
                {
                    "hs6": flow.code,
                    "exporter": flow.exporter,
                    "importer": flow.importer,
                    "value": repr(flow.value),
                    "applied": repr(rate),
                    "mfn": "" if math.isnan(mfn) else repr(mfn),
                    "bound": "" if math.isnan(bound) else repr(bound),
                    "year": year,
                },
            )

    def notes(self, wanted: Sequence[str]) -> list[str]:
        """Judge all that was joined, and say what was left out.

        Raises
        ------
        DataError
            No trade, or more of it without a duty than with one.
        """
        if not self.whole:
            raise DataError(f"{self.path}: no trade of {listed(sorted(wanted)) or 'anybody'}.")
        if self.left > LEFT_OUT * self.whole:
            raise DataError(
                f"{self.duties}: no duty for {100 * self.left / self.whole:.0f} % of the trade in "
                f"{self.path.name}, such as {listed(sorted(self.lost), 3)}. Are codes of one revision, and "
                "importers written alike?"
            )
        notes = []
        if self.longer:
            notes.append(
                f"Duties of {self.duties.name} by national line are averaged, without weights, over "
                f"{self.longer:,} codes of six digits."
            )
        if self.lost:
            notes.append(
                f"{len(self.lost)} lines with {100 * self.left / self.whole:.2g} % of the trade have no duty "
                f"in {self.duties.name} and are left out."
            )
        return notes
