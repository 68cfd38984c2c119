"""ADB Multi-Regional Input-Output tables: the sheet of the official workbook as CSV, USD million.

Above the figures stand a title ("Multiregional Input-Output Table 2023"), two more lines, the names
of the sectors, the codes of the economies and, last, the codes c1 … c35 and F1 … F5; the first four
columns hold nothing, the sector's name, the economy and the code. Below the industries stand r60 (inputs
in all), r99 (taxes), r61 to r63 (adjustments), r64 (value added), trs (transport) and r69 (total).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winset.errors import DataError
from winset.places.economies import economies
from winset.worlds.importing.io_table import Books, CellGroups, numbers, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECTOR, FINAL_USE = re.compile(r"c\d+"), re.compile(r"F\d+")
TOTAL, INPUTS, PAID = "r69", "r60", ("r99", "r61", "r62", "r63", "r64", "trs")
HEAD = 12  # rows in which the codes must stand
#: ADB's codes that are not ISO 3166.
CODES = {
    "BAN": "BGD",
    "BHU": "BTN",
    "BRU": "BRN",
    "CAM": "KHM",
    "DEN": "DNK",
    "FIJ": "FJI",
    "GER": "DEU",
    "INO": "IDN",
    "IRE": "IRL",
    "MAL": "MYS",
    "MLD": "MDV",
    "MON": "MNG",
    "NEP": "NPL",
    "NET": "NLD",
    "PHI": "PHL",
    "POR": "PRT",
    "PRC": "CHN",
    "ROM": "ROU",
    "RoW": "ROW",
    "SIN": "SGP",
    "SPA": "ESP",
    "SRI": "LKA",
    "SWI": "CHE",
    "TAJ": "TJK",
    "TAP": "TWN",
    "UAE": "ARE",
    "UKG": "GBR",
    "VIE": "VNM",
}


def recognized(path: Path) -> bool:
    """Whether a row of codes c1, c2, …, F1 stands near the top."""
    return any(_is_codes(row) for _, row in _top(path))


def _top(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, row in rows(path):
        if number > HEAD:
            return
        yield number, row


def _is_codes(row: list[str]) -> bool:
    cells = {cell.strip() for cell in row}
    return {"c1", "c2", "F1"} <= cells


def read(path: Path, year: int | None) -> Books:
    """Read the sheet row by row.

    Raises
    ------
    DataError
        A row that is none of the layout's, a cell that is no number, a missing row.
    """
    lines = rows(path)
    above: list[list[str]] = []
    for number, row in lines:
        if _is_codes(row):
            codes_row, last = [cell.strip() for cell in row], number
            break
        above.append([cell.strip() for cell in row])
    if len(above) < 2:
        raise DataError(f"{path}: no rows of sector names and economies above the codes c1, c2, ….")
    where = [_code(cell) for cell in above[-1]]
    if len(where) != len(codes_row):
        raise DataError(
            f"{path} row {last - 1}: {len(where)} cells where the row of codes has {len(codes_row)}."
        )
    first = next(k for k, cell in enumerate(codes_row) if SECTOR.fullmatch(cell))
    if first < 3:
        raise DataError(
            f"{path} row {last}: the codes begin in column {first + 1}; before them must stand the "
            "sector's name, the economy and the code."
        )
    industries = [(k, c) for k, c in enumerate(codes_row) if k >= first and SECTOR.fullmatch(c)]
    finals = [k for k, c in enumerate(codes_row) if k >= first and FINAL_USE.fullmatch(c)]
    total = next((k for k, cell in enumerate(where) if cell.casefold() == "tot"), None)
    codes = tuple(dict.fromkeys(where[k] for k, _ in industries))
    sectors = tuple(dict.fromkeys(c for _, c in industries))
    titles = {c: above[-2][k] for k, c in industries if k < len(above[-2]) and above[-2][k]}
    known = economies()
    books = Books(
        path=path,
        year=year or _year(path, above),
        codes=codes,
        names={code: known[code].name for code in codes if code in known},
        sectors=sectors,
        titles=titles,
    )
    users = CellGroups.of([(k - first, books.place(where[k], c)) for k, c in industries])
    buyers = CellGroups.of([(k - first, codes.index(where[k])) for k in finals])
    sellers: set[int] = set()
    for number, row in lines:
        code = row[first - 1].strip() if len(row) >= first else ""
        if not code and not any(cell.strip() for cell in row[first:]):
            continue  # remarks below the table
        economy = _code(row[first - 2].strip())
        if len(row) != len(codes_row):
            raise DataError(
                f"{path} row {number}: {len(row)} cells where row {last} has {len(codes_row)}."
            )
        cells = numbers(row[first:], path, number, first + 1)
        if code == TOTAL:
            books.spent = users.sums(cells, len(books.use))
        elif code in PAID:
            books.other += users.sums(cells, len(books.use))
        elif code in sectors and economy in codes:
            seller = books.place(economy, code)
            if seller in sellers:
                raise DataError(f"{path} row {number}: {economy}, sector {code} stands twice.")
            sellers.add(seller)
            books.sale(seller, users, buyers, cells)
            if total is not None:
                books.sold[seller] = cells[total - first]
        elif code != INPUTS:
            raise DataError(
                f"{path} row {number}: code {code!r} of economy {economy!r} is none of the layout's: "
                f"c1 to c35 with an economy of the header, {', '.join((INPUTS, *PAID, TOTAL))}."
            )
    if len(sellers) < len(books.use):
        missing = next(k for k in range(len(books.use)) if k not in sellers)
        raise DataError(f"{path}: no row for {books.seller(missing)}; every industry needs one.")
    return books


def _code(text: str) -> str:
    return CODES.get(text, text)


def _year(path: Path, above: list[list[str]]) -> int:
    title = " ".join(above[0]) if above else ""
    years = re.findall(r"(?:19|20)\d\d", title) or re.findall(r"(?:19|20)\d\d", path.name)
    if not years:
        raise DataError(f"{path}: neither title nor name say of which year it is. Add --year.")
    return int(years[0])
