"""Codes of one revision of the Harmonized System as codes of another, and what of the trade that splits."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from winset.errors import DataError, listed
from winset.tables import header, rows
from winset.worlds.line_elasticities import concordance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: For each code the codes that it becomes, with the share of its trade in each.
Conversion: TypeAlias = "Mapping[str, Sequence[tuple[str, float]]]"

REVISIONS = ("2007",)  # that the embedded concordance leads to, from 2017


def conversion(to: str | None, file: Path | None) -> Conversion:
    """Return the embedded concordance of HS 2017 to 2007, or a user's.

    A file has columns ``from`` and ``to``, and ``share`` where a code splits in parts that are known;
    without it the parts are equal.

    Raises
    ------
    DataError
        Another revision without a file, a code that is none, or shares that do not sum to one.
    """
    if file is not None:
        return _file(file)
    if to not in REVISIONS:
        raise DataError(
            f"--revision {str(to)[:80]}: winset brings the concordance of HS 2017 to "
            f"{listed(list(REVISIONS))}. For another, give a table of codes "
            "with --concordance FILE (columns from, to)."
        )
    return {new: ((old, 1.0),) for new, old in concordance().items()}


def _file(path: Path) -> Conversion:
    shared = "share" in header(path)
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    for number, cells in rows(path, ("from", "to"), figures=("share",) if shared else ()):
        old, new = cells["from"].replace(".", ""), cells["to"].replace(".", "")
        for name, code in (("from", old), ("to", new)):
            if not (code.isdigit() and len(code) == 6):
                raise DataError(
                    f"{path} row {number}: {name} is {cells[name]!r}; it must have 6 digits."
                )
        if new in parts[old]:
            raise DataError(f"{path} row {number}: {old} to {new} stands there already.")
        try:
            share = float(cells["share"]) if shared else 1.0
        except ValueError:
            share = math.nan
        if not 0 <= share <= 1:
            raise DataError(
                f"{path} row {number}: share is {cells.get('share')!r}; it must be from 0 to 1."
            )
        parts[old][new] = share
    if not parts:
        raise DataError(f"{path}: no row. A concordance has some.")
    for old, of in parts.items():
        total = sum(of.values())
        if shared and abs(total - 1.0) > 1e-6:
            raise DataError(f"{path}: shares of {old} sum to {total:g}, not to 1.")
    return {
        old: tuple((new, share / sum(of.values())) for new, share in of.items())
        for old, of in parts.items()
    }


@dataclass(frozen=True, slots=True)
class LineRow:
    """A row of a table of lines; rates in the file's unit, NaN where not given."""

    number: int
    code: str
    exporter: str
    importer: str
    value: float
    applied: float
    mfn: float
    bound: float
    equivalent: bool
    told: str = ""


def converted(
    read: Sequence[LineRow], by: Conversion, to: str | None, where: object
) -> tuple[list[LineRow], list[str]]:
    """Return rows in the codes of another revision, those of one line added up, and what is to be noted.

    Trade is added; a duty is the mean by the trade of each exporter, an MFN or bound rate by all that the
    importer buys, a plain mean where nothing is traded. Rows that say that they are of the revision
    asked for, and codes that the concordance leads to, stay.

    Raises
    ------
    DataError
        A code of neither revision.
    """
    known = {new for parts in by.values() for new, _ in parts}
    parts: dict[tuple[str, str, str], list[tuple[float, LineRow]]] = defaultdict(list)
    whole = moved = split = 0.0
    for row in read:
        whole += row.value
        stays = (to is not None and to in row.told) or (row.code not in by and row.code in known)
        if not stays and row.code not in by:
            raise DataError(
                f"{where} row {row.number}: {row.code} is a code of neither revision of the concordance. "
                "Mend the code, or add it with --concordance."
            )
        goes = ((row.code, 1.0),) if stays else by[row.code]
        moved += row.value * (goes[0][0] != row.code or len(goes) > 1)
        split += row.value * (len(goes) > 1)
        for code, share in goes:
            parts[code, row.exporter, row.importer].append((share, row))
    common: dict[tuple[str, str], list[tuple[float, LineRow]]] = defaultdict(list)
    for (code, _, importer), of in parts.items():
        common[code, importer] += of
    lines = [
        LineRow(
            min(row.number for _, row in of),
            code,
            exporter,
            importer,
            sum(share * row.value for share, row in of),
            _mean([(share * row.value, row.applied) for share, row in of]),
            _mean([(share * row.value, row.mfn) for share, row in common[code, importer]]),
            _mean([(share * row.value, row.bound) for share, row in common[code, importer]]),
            any(row.equivalent for _, row in of),
        )
        for (code, exporter, importer), of in parts.items()
    ]
    several = sum(len({row.code for _, row in of}) > 1 for of in common.values())
    part = 100.0 / whole if whole else 0.0
    note = (
        f"Converted to HS {to or 'of the concordance'}: {part * moved:.2g} % of the trade is in codes that "
        f"changed, {part * split:.2g} % in codes that split in several; {several} lines are made of several "
        "codes, their duties means by trade."
    )
    return lines, [note]


def _mean(of: Sequence[tuple[float, float]]) -> float:
    """Mean of what is known by weight; a plain one without weights, NaN where nothing is known."""
    known = [(weight, rate) for weight, rate in of if not math.isnan(rate)]
    total = sum(weight for weight, _ in known)
    if total > 0:
        return sum(weight * rate for weight, rate in known) / total
    return sum(rate for _, rate in known) / len(known) if known else math.nan
