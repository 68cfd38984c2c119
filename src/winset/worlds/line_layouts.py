"""Tables of tariff lines as others publish them: WITS's tariffs with trade, and trade with a table of duties.

What is read becomes rows of ``lines.csv``, which `tariff_lines` checks as it checks a file of one's own.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winset.errors import DataError, listed
from winset.places.codes import read_codes
from winset.tables import blocks, header, rows
from winset.worlds.importing import baci, files
from winset.worlds.importing.tariff_columns import AHS, BND, LINES, MFN, PRF, WITS
from winset.worlds.line_duties import (
    DutyJoin,
    DutyTable,
    LineFlow,
    digits,
    duty_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from winset.places.codes import CodeColumn

#: WITS: type of duty → column of lines; ``PRF`` is a preference, where no rate in force is given.
DUTY_TYPES = {AHS: "applied", MFN: "mfn", BND: "bound", PRF: "preference"}
BACI = ("t", "i", "j", "k", "v")


@dataclass(slots=True)
class LaidLines:
    """Rows as ``lines.csv`` has them, with the row of the file that each is from.

    `percent` is whether the layout says so; None where the user must.
    """

    column: str
    rows: Iterable[tuple[int, Mapping[str, str]]]
    percent: bool | None = None
    notes: list[str] = field(default_factory=list)


def is_wits(names: Sequence[str]) -> bool:
    """Tell whether a header is of WITS's *Tariff and Trade Analysis*."""
    low = {name.casefold() for name in names}
    return set(WITS.needed) <= low


def wits(path: Path, names: Sequence[str], year: int | None) -> LaidLines:
    """Read WITS's tariffs with trade: a row for each product, reporter, partner and type of duty.

    Rates are simple averages in percent, trade is in thousand USD. In force is ``AHS``; where there is
    none, the lower of preference and MFN.

    Raises
    ------
    DataError
        Another type of duty, years mixed, no partner but the world, a pair twice, a rate that is none.
    """
    where = {name.casefold(): name for name in names}
    need = [where[name] for name in WITS.needed]
    value_column = where.get(WITS.value)
    if value_column is None:
        raise DataError(
            f"{path} row 1: no column 'Imports Value in 1000 USD'. Add it to the columns of the query: "
            "without trade a duty has no effect."
        )
    dated = where.get(WITS.year)
    found: dict[tuple[str, str, str], dict[str, tuple[int, float]]] = defaultdict(dict)
    years: set[str] = set()
    for number, cells in rows(path, need, figures=(where[WITS.rate], value_column)):
        reporter, partner, product, kind, text = (cells[name] for name in need)
        if dated is not None:
            if year is not None and cells[dated] != str(year):
                continue
            years.add(cells[dated])
        what = DUTY_TYPES.get(kind.upper())
        if what is None:
            raise DataError(
                f"{path} row {number}: DutyType is {kind!r}; known are {listed(list(DUTY_TYPES))}."
            )
        cell = found[product, partner, reporter]
        if what in cell:
            raise DataError(
                f"{path} row {number}: {kind} of {reporter} on {product} from {partner} stands in row "
                f"{cell[what][0]} already."
            )
        if text:
            cell[what] = number, _number(path, number, where[WITS.rate], text)
        if cells[value_column] and "value" not in cell:
            cell["value"] = number, _number(path, number, value_column, cells[value_column])
    if len(years) > 1:
        raise DataError(
            f"{path}: tariff years {listed(sorted(years))} are mixed. Choose one with --year."
        )
    column = read_codes((text for key in found for text in key[1:]), path)
    notes = [
        "Duties are WITS's simple averages of tariff lines, trade is in thousand USD.",
        *column.notes,
    ]
    if column.aggregates:
        notes.append(
            f"Rows of {listed(sorted(column.aggregates))}, which stand for many economies, are left out."
        )
    common = _common(found, notes)
    laid = list(_wits_rows(found, column, common, next(iter(years), ""), notes))
    if not laid:
        partners = sorted({partner for _, partner, _ in found})
        raise DataError(
            f"{path}: no row with one exporter and a rate: partners are {listed(partners, 4)}. Ask WITS "
            "for partners one by one, not for the world."
        )
    lengths = {len(row["code"]) for _, row in laid}
    name = "heading" if lengths <= {2, 4} else "hs6" if max(lengths) <= 6 else "line"
    return LaidLines(name, [(n, row | {name: row["code"]}) for n, row in laid], True, notes)


def _common(
    found: Mapping[tuple[str, str, str], Mapping[str, tuple[int, float]]], notes: list[str]
) -> dict[tuple[str, str, str], float]:
    """MFN and bound rates by (what, product, reporter): one for all partners, by trade where they differ."""
    rates: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    for (product, _, reporter), cell in found.items():
        weight = cell["value"][1] if "value" in cell else 0.0
        for what in ("mfn", "bound"):
            if what in cell:
                rates[what, product, reporter].append((cell[what][1], weight))
    differ = sum(
        max(rate for rate, _ in of) - min(rate for rate, _ in of) > 1e-9 for of in rates.values()
    )
    if differ:
        notes.append(
            f"{differ} MFN or bound rates differ by partner, as averages over the lines that are traded; "
            "their mean by trade is taken."
        )
    return {
        key: sum(rate * weight for rate, weight in of) / total
        if (total := sum(weight for _, weight in of)) > 0
        else sum(rate for rate, _ in of) / len(of)
        for key, of in rates.items()
    }


def _wits_rows(
    found: Mapping[tuple[str, str, str], Mapping[str, tuple[int, float]]],
    column: CodeColumn,
    common: Mapping[tuple[str, str, str], float],
    year: str,
    notes: list[str],
) -> Iterator[tuple[int, dict[str, str]]]:
    by_mfn, without = 0, 0
    for (product, partner, reporter), cell in found.items():
        if partner not in column.codes or reporter not in column.codes:
            continue
        mfn = common.get(("mfn", product, reporter), math.nan)
        ways = [
            rate for rate in (cell.get("preference", (0, math.nan))[1], mfn) if math.isfinite(rate)
        ]
        if "applied" in cell:
            applied = cell["applied"][1]
        elif ways:
            applied = min(ways)
            by_mfn += 1
        else:
            without += 1
            continue
        bound = common.get(("bound", product, reporter), math.nan)
        if math.isfinite(bound) and bound < applied:
            bound = math.nan  # averages over other lines: no evidence on overhang
        yield (
            min(number for number, _ in cell.values()),
            {
                "code": product,
                "exporter": column.codes[partner],
                "importer": column.codes[reporter],
                "value": repr(cell["value"][1]) if "value" in cell else "0",
                "applied": repr(applied),
                "mfn": repr(mfn) if math.isfinite(mfn) else "",
                "bound": repr(bound) if math.isfinite(bound) else "",
                "year": year,
            },
        )
    if by_mfn:
        notes.append(
            f"{by_mfn} duties have no rate in force (AHS); the lower of preference and MFN is taken."
        )
    if without:
        notes.append(f"{without} pairs have a bound rate alone and are left out.")


def with_duties(
    path: Path, duties: Path, importers: Sequence[str], *, year: int | None
) -> LaidLines:
    """Join trade by line with a table of duties.

    Trade is BACI's (``t, i, j, k, v``, thousand USD, with its country codes beside it), or has a product,
    an exporter, an importer and a value. Duties have a product, an importer, a rate, and an exporter where
    it is a preference; without one the rate is for everybody, and is MFN. Duties by 8 or 10 digits are
    averaged over the lines of a six-digit code.

    Raises
    ------
    DataError
        A column that is missing, a duty twice, or more trade without a duty than with one.
    """
    wanted = {code.upper() for code in importers}
    if is_baci(header(path)) and not wanted:
        raise DataError(
            f"{path} is the trade of all with all. Name who bargains with --importers, or have all of it "
            "solved line by line with --save DIR."
        )
    notes: list[str] = []
    table = DutyTable(duties, duty_rows(duties, notes))
    joining = DutyJoin(path, duties, year)
    laid = list(joining.joined(table, flows(path, wanted, year)))
    return LaidLines("hs6", laid, None, [*notes, *joining.notes(importers)])


def is_baci(names: Sequence[str]) -> bool:
    """Tell whether a header is of BACI."""
    return set(BACI) <= set(names)


def flows(path: Path, importers: set[str], year: int | None) -> Iterator[LineFlow]:
    """Stream trade by line to some importers, or to all; of BACI, or of a table of trade."""
    if is_baci(header(path)):
        return _baci(path, importers, year)
    return _traded(path, importers)


def _baci(path: Path, importers: set[str], year: int | None) -> Iterator[LineFlow]:
    """Stream BACI's flows; the row is that of the table."""
    names, _ = baci.countries_of(path, None, None)
    numbers = {number for number, code in names.items() if not importers or code in importers}
    if missing := sorted(importers - set(names.values())):
        raise DataError(f"{path}: no economy {listed(missing)} in its country codes.")
    seen: set[int] = set()
    for piece in files.chunks(
        path, {"t": "number", "i": "number", "j": "number", "k": "number", "v": "flow"}
    ):
        files.nonnegative(piece, "v", path)
        seen |= {int(t) for t in piece["t"].unique()}
        if year is not None:
            piece = piece[piece["t"] == year]
        elif len(seen) > 1:
            raise DataError(
                f"{path}: years {listed(sorted(map(str, seen)))}. Choose one with --year."
            )
        some = piece[piece["j"].isin(numbers)]
        cells = zip(
            *(some[name].astype(int).tolist() for name in "kij"), some["v"].tolist(), strict=True
        )
        for row, (k, i, j, value) in zip(some.index.tolist(), cells, strict=True):
            if i in names and i != j:
                yield LineFlow(int(row), f"{k:06d}", names[i], names[j], float(value))


def _traded(path: Path, importers: set[str]) -> Iterator[LineFlow]:
    names = header(path)
    product, exporter, importer, value = (
        files.column(names, None, known, what, path)
        for known, what in (
            (LINES.product, "product"),
            (LINES.exporter, "exporter"),
            (LINES.importer, "importer"),
            (LINES.value, "value"),
        )
    )
    texts: dict[str, None] = {}
    for block in blocks(path, (exporter, importer)):
        for name in (exporter, importer):
            texts.update(dict.fromkeys(map(str.strip, block.columns[name])))
    column = read_codes(texts, path)
    for number, cells in rows(path, (product, exporter, importer, value), figures=(value,)):
        of, to = (column.codes.get(cells[name]) for name in (exporter, importer))
        if of is None or to is None or (importers and to not in importers):
            continue
        code = digits(path, number, cells[product])[:6]
        yield LineFlow(number, code, of, to, _number(path, number, value, cells[value]))


def _number(path: Path, number: int, column: str, text: str) -> float:
    figure = files.number(text)
    if not math.isfinite(figure):
        raise DataError(f"{path} row {number}: {column} is {text!r}; it must be a number.")
    return figure
