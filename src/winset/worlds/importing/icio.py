"""OECD Inter-Country Input-Output tables, official CSV: one file a year, USD million.

Row 1 names the columns, the first column the rows. A row or column is an economy and a sector,
``KAZ_A01_02``; further columns are final uses, ``KAZ_HFCE``, and the total, ``OUT`` (``TOTAL``);
further rows are taxes, ``TLS`` (``KAZ_TAXSUB``), value added, ``VA`` (``VALU``), and the total, ``OUT``
(``OUTPUT``). Extended tables split China and Mexico by kind of trade (CN1, CN2, MX1, MX2); they are
merged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean, listed
from winset.places.economies import economies
from winset.worlds.importing.io_table import Books, CellGroups, numbers, rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FINAL_USES = (
    "HFCE",
    "NPISH",
    "GGFC",
    "GGCF",
    "GFCF",
    "INVNT",
    "DPABR",
    "DIRP",
    "DIRPA",
    "P33",
    "NONRES",
    "CONS_ABR",
    "CONS_NONRES",
)
TOTALS = ("OUT", "OUTPUT", "TOTAL")
PAID = re.compile(r"TLS|VA|VALU|(\w+_)?TAXSUB|(\w+_)?VALU")
MOST_HEADER = 1_000_000  # bytes
PART = re.compile(r"(MX|CN)[1-4]")
WHOLE = {"MX": "MEX", "CN": "CHN"}


def recognized(header: Sequence[str]) -> bool:
    """Whether a first row is that of an ICIO table."""
    return any(cell.endswith("_HFCE") for cell in header)


def read(path: Path, year: int | None) -> Books:
    """Read a table row by row.

    Raises
    ------
    DataError
        A row or column that is none of the layout's, a cell that is no number, a missing row.
    """
    lines = rows(path)
    _, header = next(lines, (0, []))
    labels = [cell.strip() for cell in header[1:]]
    parts = [_split(label) for label in labels]
    industries = [
        (k, part) for k, part in enumerate(parts) if part is not None and part[1] not in FINAL_USES
    ]
    codes = tuple(dict.fromkeys(part[0] for part in parts if part is not None))
    sectors = tuple(dict.fromkeys(sector for _, (_, sector) in industries))
    known = economies()
    books = Books(
        path=path,
        year=year or _year(path),
        codes=codes,
        names={code: known[code].name for code in codes if code in known},
        sectors=sectors,
        titles={},
    )
    users = CellGroups.of([(k, books.place(*part)) for k, part in industries])
    buyers = CellGroups.of(
        [
            (k, codes.index(part[0]))
            for k, part in enumerate(parts)
            if part is not None and part[1] in FINAL_USES
        ]
    )
    total = next((k for k, label in enumerate(labels) if label in TOTALS), None)
    if odd := [x for x, p in zip(labels, parts, strict=True) if p is None and x not in TOTALS]:
        raise DataError(
            f"{path} row 1: column {odd[0]!r} is neither an economy and a sector (KAZ_A01_02), nor a "
            "final use (KAZ_HFCE), nor the total OUT."
        )
    sellers: set[str] = set()
    for number, row in lines:
        label = row[0].strip()
        if len(row) != len(header):
            raise DataError(f"{path} row {number}: {len(row)} cells where row 1 has {len(header)}.")
        cells = numbers(row[1:], path, number, 2)
        part = _split(label)
        if label in TOTALS:
            books.spent = users.sums(cells, len(books.use))
        elif PAID.fullmatch(label):
            books.other += users.sums(cells, len(books.use))
        elif part is not None and label in labels and part[1] not in FINAL_USES:
            if label in sellers:
                raise DataError(f"{path} row {number}: {label} stands twice.")
            sellers.add(label)
            seller = books.place(*part)
            books.sale(seller, users, buyers, cells)
            if total is not None:
                books.sold[seller] = np.nan_to_num(books.sold[seller]) + cells[total]
        else:
            raise DataError(
                f"{path} row {number}: {label!r} is no column of row 1, nor one of TLS, VA and OUT."
                f"{did_you_mean(label, labels)}"
            )
    if missing := [labels[k] for k, _ in industries if labels[k] not in sellers]:
        raise DataError(f"{path}: no row for {listed(missing)}; every industry needs one.")
    if merged := sorted({m[0] for x in sellers if (m := PART.match(x))}):
        books.notes.append(f"{listed(merged)} merged into {listed(sorted(_wholes(merged)))}.")
    return books


def _wholes(parts: Sequence[str]) -> set[str]:
    return {WHOLE[part[:2]] for part in parts}


def _split(label: str) -> tuple[str, str] | None:
    """Return economy and item of a label, the parts of China and Mexico as the whole."""
    code, _, item = label.partition("_")
    if not item or not re.fullmatch(r"[A-Z][A-Z0-9]{2}", code) or item == "TAXSUB":
        return None
    return (WHOLE[code[:2]] if PART.fullmatch(code) else code), item


def _year(path: Path) -> int:
    """Return the last year in the file's name: 2020.csv, ICIO2021_2018.csv, 2020_SML.csv."""
    years = re.findall(r"(?:19|20)\d\d", path.name)
    if not years:
        raise DataError(f"{path}: the name does not say of which year it is. Add --year.")
    return int(years[-1])
