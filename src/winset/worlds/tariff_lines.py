"""Trade and tariffs by tariff line, from a table that a customs officer could have made."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed
from winset.sentences import Sentence
from winset.tables import header, rows
from winset.worlds import line_layouts
from winset.worlds.hs_revisions import LineRow, conversion, converted
from winset.worlds.line_duties import ad_valorem
from winset.worlds.line_elasticities import revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from winset.numbers import Array

#: Columns that may hold the code, with the numbers of digits that it may have there.
CODES = {"hs6": (6,), "line": (8, 10), "heading": (2, 4)}
NEEDED = ("exporter", "importer", "value", "applied")
FIGURES = ("value", "applied", "mfn", "bound", "specific", "unit_value")
RATES = ("applied", "mfn", "bound")
MOST_RATE = 3.0  # as a fraction; above it a rate is taken for a percentage
MOST_CELLS = 60_000_000  # lines × exporters × importers that are held at once


@dataclass(frozen=True, slots=True)
class TariffLines:
    """L lines, N exporters, V importers.

    Attributes
    ----------
    codes : L strings
        Digits of the Harmonized System or of a national schedule, with leading zeros.
    value : (L, N, V)
        Imports at world prices, before duty, in the file's unit.
    applied : (L, N, V)
        Duty that is levied, a fraction; 0 where nothing is traded and none is given.
    mfn, bound : (L, V)
        Duty on those without preference, and the ceiling promised to the WTO; NaN where not given.
    equivalent : (L, N, V), bool
        Whether a specific duty was turned into a rate by its unit value.
    """

    codes: tuple[str, ...]
    exporters: tuple[str, ...]
    importers: tuple[str, ...]
    value: Array
    applied: Array
    mfn: Array
    bound: Array
    equivalent: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    year: int | None = None
    revision: str = ""
    notes: tuple[str, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """Importers, who have something to offer, in the order of the file."""
        return self.importers

    def overhang(self) -> Array:
        """Return bound less MFN rate, (L, V); NaN where either is not known."""
        return self.bound - self.mfn


@dataclass(slots=True)
class LineReader:
    """Rows of a table of lines, one by one, and what years and revisions they were of."""

    path: Path
    column: str
    digits: tuple[int, ...]
    percent: bool | None
    year: int | None
    years: set[int] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def fail(self, number: int, what: str) -> DataError:
        return DataError(f"{self.path} row {number}: {what}")

    def read(self, number: int, row: Mapping[str, str]) -> LineRow | None:
        """Read a row; None for one of another year than the one asked for."""
        if row.get("year"):
            try:
                of = int(row["year"])
            except ValueError:
                raise self.fail(number, f"year is {row['year']!r}; it must be a year.") from None
            if self.year is not None and of != self.year:
                return None
            self.years.add(of)
        told = row.get("revision", "")
        if told:
            self.told.add(told)
        exporter, importer = row["exporter"], row["importer"]
        if not exporter or not importer:
            raise self.fail(number, "exporter or importer is empty. Name both.")
        if exporter == importer:
            raise self.fail(number, f"{exporter} trades with itself. Leave out domestic sales.")
        value = self.number(number, row, "value")
        if not value >= 0:
            raise self.fail(number, f"value is {value:g}; trade is not below 0.")
        applied = self.rate(number, row, "applied")
        if not math.isfinite(applied):
            raise self.fail(number, "applied is empty. Write 0 where no duty is levied.")
        mfn, bound = self.rate(number, row, "mfn"), self.rate(number, row, "bound")
        specific, unit = (
            self.number(number, row, c, blank=True) for c in ("specific", "unit_value")
        )
        equivalent = math.isfinite(specific) and specific != 0
        if equivalent:
            if not unit > 0 or specific < 0:
                raise self.fail(
                    number,
                    f"a specific duty of {specific:g} needs a unit_value above 0 (money per unit, the same "
                    "unit), by which it becomes a rate.",
                )
            ad_valorem = specific / unit
            applied += 100.0 * ad_valorem if self.percent else ad_valorem
        return LineRow(
            number,
            self.code(number, row),
            exporter,
            importer,
            value,
            applied,
            mfn,
            bound,
            equivalent,
            told,
        )

    def judge(self, *, converts: bool = False) -> None:
        """Refuse years, and revisions that nothing converts, that are mixed."""
        if len(self.years) > 1:
            raise DataError(
                f"{self.path}: years {', '.join(map(str, sorted(self.years)))} are mixed. Choose one with "
                "--year."
            )
        if len(self.told) > 1 and not converts:
            raise DataError(
                f"{self.path}: revisions {', '.join(sorted(self.told))} of the Harmonized System are mixed. "
                "Convert the rows to one of them with --revision."
            )

    def number(
        self, number: int, row: Mapping[str, str], column: str, *, blank: bool = False
    ) -> float:
        text = row.get(column, "")
        if not text and (blank or column == "value"):
            if blank:
                return math.nan
            raise self.fail(number, "value is empty. Write 0 where nothing is traded.")
        try:
            figure = float(text)
        except ValueError:
            figure = math.nan
        if not math.isfinite(figure):
            raise self.fail(number, f"{column} is {text!r}; it must be a number.")
        return figure

    def rate(self, number: int, row: Mapping[str, str], column: str) -> float:
        return ad_valorem(self.path, number, column, row.get(column, ""))

    def code(self, number: int, row: Mapping[str, str]) -> str:
        text = row[self.column].replace(".", "").replace(" ", "")
        if not re.fullmatch(r"[0-9]+", text):
            raise self.fail(number, f"{self.column} is {row[self.column]!r}; it has digits alone.")
        if len(text) not in self.digits:
            known = " or ".join(map(str, self.digits))
            if len(text) + 1 in self.digits:
                raise self.fail(
                    number,
                    f"{self.column} is {text!r}, {len(text)} digits where codes have {known}: a leading "
                    f"zero was lost, as spreadsheets do? Write 0{text}, as text.",
                )
            raise self.fail(number, f"{self.column} is {text!r}; it must have {known} digits.")
        if text[:2] == "00":
            raise self.fail(number, f"{self.column} is {text!r}; chapters begin at 01.")
        return text


def read_lines(
    path: Path,
    *,
    percent: bool | None = None,
    year: int | None = None,
    duties: Path | None = None,
    importers: Sequence[str] = (),
    to_revision: str | None = None,
    concordance: Path | None = None,
) -> TariffLines:
    """Read ``lines.csv``, or a table as others publish it (see `line_layouts`).

    Columns: one of ``hs6`` (6 digits), ``line`` (8 or 10, of a national schedule) or ``heading`` (2 or 4,
    where figures are added up); ``exporter``, ``importer``, ``value``, ``applied``; and ``mfn``, ``bound``,
    ``year``, ``revision``, ``specific`` with ``unit_value`` where known. Rates are fractions, or `percent`.
    With `duties` the table has trade alone, of `importers`. `to_revision` or a `concordance` converts codes
    of six digits.

    Raises
    ------
    DataError
        A code that lost its zero, revisions mixed, years mixed, a duty that is not ad valorem, a rate in
        percent, a duty above its bound, a row twice, an MFN rate that differs by exporter.
    """
    laid = _laid(path, year, duties, importers)
    if laid.percent is not None:
        if percent is not None and percent != laid.percent:
            raise DataError(f"{path}: rates of this layout are in percent. Leave out --rates.")
        percent = laid.percent
    reader = LineReader(path, laid.column, CODES[laid.column], percent, year)
    read = [row for number, cells in laid.rows if (row := reader.read(number, cells)) is not None]
    if importers and duties is None:
        read = [row for row in read if row.importer in importers]
    if not read:
        asked = [str(year)] if year else []
        raise DataError(
            f"{path}: no row{f' of {listed([*asked, *importers])}' if asked or importers else ''}. A table "
            "of lines has some."
        )
    converts = to_revision is not None or concordance is not None
    reader.judge(converts=converts)
    check = RateCheck(path, percent)
    for row in read:
        check.see(row)
    check.judge()
    notes = list(laid.notes)
    if converts:
        if laid.column != "hs6":
            raise DataError(
                f"{path}: --revision converts codes of six digits; {laid.column} has others."
            )
        read, more = converted(read, conversion(to_revision, concordance), to_revision, path)
        notes += more
    made = collected(read, str(path), scale=0.01 if percent else 1.0)
    of = revision(made.codes, str(path)) if laid.column != "heading" and concordance is None else ""
    if (count := int(made.equivalent.sum())) > 0:
        notes.append(
            Sentence(
                "{n} duties are specific in part; their rates are by unit values and move with prices.",
                n=f"{count}",
            )
        )
    return TariffLines(
        made.codes, made.exporters, made.importers, made.value, made.applied, made.mfn, made.bound,
        made.equivalent, next(iter(reader.years), None),
        to_revision or next(iter(reader.told), of), tuple(notes),
    )  # fmt: skip


def _laid(
    path: Path, year: int | None, duties: Path | None, importers: Sequence[str]
) -> line_layouts.LaidLines:
    """Find out how a table is laid out, and stream its rows."""
    if duties is not None:
        return line_layouts.with_duties(path, duties, importers, year=year)
    names = header(path)
    if line_layouts.is_wits(names):
        return line_layouts.wits(path, names, year)
    return laid_out(path, names)


def laid_out(path: Path, names: Sequence[str]) -> line_layouts.LaidLines:
    """Stream the rows of a table with columns of ``lines.csv``.

    Raises
    ------
    DataError
        BACI, which has no duties; no column with the code, or several.
    """
    if line_layouts.is_baci(names):
        raise DataError(f"{path} is BACI: trade without duties. Give them with --duties FILE.")
    found = [name for name in CODES if name in names]
    if len(found) != 1:
        raise DataError(
            f"{path} row 1: one column must hold the code, hs6, line or heading; found "
            f"{listed(found) or 'none'} among {listed(names)}."
        )
    figures = ("value", "specific", "unit_value")
    return line_layouts.LaidLines(found[0], rows(path, (found[0], *NEEDED), figures=figures))


@dataclass(slots=True)
class RateCheck:
    """Whether rates are fractions, percent, and within what is bound; fed row by row, judged at the end."""

    path: Path
    percent: bool | None
    most: tuple[float, int] = (0.0, 0)
    below: tuple[int, float] = (0, 0.0)  # rates above 0 and below 1, and the largest of them
    above: tuple[int, float] = (0, math.inf)  # those of 1 and more, and the least of them

    def see(self, r: LineRow) -> None:
        """Take a row.

        Raises
        ------
        DataError
            A duty above what is bound.
        """
        scale = 100.0 if self.percent else 1.0
        if r.bound < r.applied - 1e-9 * scale and not r.equivalent:
            raise DataError(
                f"{self.path} row {r.number}: {r.importer} applies {r.applied:g} on {r.code} above its bound "
                f"rate {r.bound:g}. Correct either; leave bound empty where it is not known or not binding."
            )
        if r.applied > 0 and not r.equivalent:
            self.most = max(self.most, (r.applied, r.number))
            if r.applied < 1:
                self.below = self.below[0] + 1, max(self.below[1], r.applied)
            else:
                self.above = self.above[0] + 1, min(self.above[1], r.applied)

    def judge(self) -> None:
        """Refuse percentages that would be read as fractions, and the other way round."""
        (low, under), (high, over) = self.below, self.above
        median = over if high > low else under if low > high else 0.5 * (under + over)
        most, number = self.most
        if self.percent is None and (most > MOST_RATE or (most >= 1 and median >= 1)):
            raise DataError(
                f"{self.path} row {number}: applied is {most:g}, that is {100 * most:g} percent: are rates "
                "in percent? A rate is a fraction, 0.05 for 5 percent. Say --rates percent or --rates "
                "fraction."
            )
        if self.percent and most <= 1 and low + high > 20:
            raise DataError(
                f"{self.path}: no rate is above {most:g} percent: are they fractions? Leave out "
                "--rates percent."
            )


def collected(
    cells: Iterable[LineRow],
    where: str,
    *,
    scale: float = 1.0,
) -> TariffLines:
    """Lay rows into arrays; `scale` makes their rates fractions.

    Raises
    ------
    DataError
        A line twice, an MFN or bound rate that differs by exporter, or more cells than memory holds.
    """
    read = list(cells)
    codes = {code: k for k, code in enumerate(sorted({row.code for row in read}))}
    exporters = {name: k for k, name in enumerate(dict.fromkeys(row.exporter for row in read))}
    importers = {name: k for k, name in enumerate(dict.fromkeys(row.importer for row in read))}
    shape = (len(codes), len(exporters), len(importers))
    if math.prod(shape) > MOST_CELLS:
        raise DataError(
            f"{where}: {shape[0]:,} lines × {shape[1]} exporters × {shape[2]} importers are more than "
            f"{MOST_CELLS:,} cells. Have them solved line by line with --save DIR, or name fewer "
            "--importers."
        )
    value, applied = np.zeros(shape), np.zeros(shape)
    equivalent = np.zeros(shape, dtype=bool)
    common = {name: np.full((shape[0], shape[2]), np.nan) for name in ("mfn", "bound")}
    seen: dict[tuple[int, int, int], int] = {}
    for row in read:
        at = codes[row.code], exporters[row.exporter], importers[row.importer]
        if at in seen:
            raise DataError(
                f"{where} row {row.number}: {row.code} from {row.exporter} to {row.importer} stands in row "
                f"{seen[at]} already. Add the two up, or keep one."
            )
        seen[at] = row.number
        value[at], applied[at], equivalent[at] = row.value, scale * row.applied, row.equivalent
        for name, told in (("mfn", row.mfn), ("bound", row.bound)):
            known = common[name][at[0], at[2]]
            if math.isfinite(told) and math.isfinite(known) and abs(known - scale * told) > 1e-9:
                raise DataError(
                    f"{where} row {row.number}: the {name} rate of {row.importer} on {row.code} is {told:g}, "
                    f"and {known / scale:g} in an earlier row. It is one for all exporters."
                )
            if math.isfinite(told):
                common[name][at[0], at[2]] = scale * told
    return TariffLines(
        tuple(codes), tuple(exporters), tuple(importers), value, applied, common["mfn"], common["bound"],
        equivalent,
    )  # fmt: skip
