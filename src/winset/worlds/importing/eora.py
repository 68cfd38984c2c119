"""EORA26: a folder of tab-separated matrices with their labels beside them, thousand USD.

``Eora26_2017_bp_T.txt`` (intermediate use), ``…_FD.txt`` (final use) and ``…_VA.txt`` (primary inputs),
without headers; ``labels_T.txt`` and ``labels_FD.txt`` give country, code, kind and item of every row
or column. The rest of the world (ROW) is one line without sectors: what is sold to it and bought from
it stays outside the world, its goods that are used here counting as value added.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed
from winset.worlds.importing.io_table import Books, CellGroups, numbers, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from winset.numbers import Array


THOUSAND = 1e-3  # USD million
YEAR = r"(?:19|20)\d\d"


def recognized(path: Path) -> bool:
    """Whether a folder holds EORA26's labels."""
    return path.is_dir() and (path / "labels_T.txt").is_file()


def read(folder: Path, year: int | None) -> Books:
    """Read the three matrices row by row.

    Raises
    ------
    DataError
        A missing file, a matrix of another shape than its labels, a cell that is no number.
    """
    matrices = {part: _matrix(folder, part, year) for part in ("T", "FD", "VA")}
    sellers, buyers = _labels(folder / "labels_T.txt"), _labels(folder / "labels_FD.txt")
    counts: dict[str, int] = {}
    for code, _, _ in sellers:
        counts[code] = counts.get(code, 0) + 1
    most = max(counts.values())
    codes = tuple(code for code, count in counts.items() if count == most)
    if odd := [code for code, count in counts.items() if count != most and code != "ROW"]:
        raise DataError(
            f"{folder / 'labels_T.txt'}: {listed(odd)} has not the {most} sectors of the others; "
            "this is not EORA26, whose economies all have the same."
        )
    sectors = tuple(dict.fromkeys(item for code, _, item in sellers if code == codes[0]))
    books = Books(
        path=folder,
        year=year or _year(matrices["T"]),
        codes=codes,
        names={code: name for code, name, _ in sellers if code in counts},
        sectors=sectors,
        titles={},
        file=matrices["T"],
    )
    inside = {code: k for k, code in enumerate(codes)}
    at = [books.place(code, item) if code in inside else -1 for code, _, item in sellers]
    users = CellGroups.of([(k, place) for k, place in enumerate(at) if place >= 0])
    finals = CellGroups.of([(k, inside[c]) for k, (c, _, _) in enumerate(buyers) if c in inside])
    outside = np.array([place < 0 for place in at])
    final_outside = np.array([code not in inside for code, _, _ in buyers])
    imported = 0.0
    for place, cells in zip(at, _lines(matrices["T"], len(sellers), len(sellers)), strict=True):
        if place < 0:
            books.other += users.sums(cells, len(books.use))
            imported += float(cells[users.columns].sum())
        else:
            books.use[place] += users.sums(cells, len(books.use))
            books.beyond[place] += cells[outside].sum()
    for place, cells in zip(at, _lines(matrices["FD"], len(sellers), len(buyers)), strict=True):
        if place < 0:
            imported += float(cells[finals.columns].sum())
        else:
            books.buy(place, finals, cells)
            books.beyond[place] += cells[final_outside].sum()
    for cells in _lines(matrices["VA"], None, len(sellers)):
        books.other += users.sums(cells, len(books.use))
    if outside.any():
        books.notes.append(
            "EORA's rest of the world has no sectors and is left out: sales to it "
            f"{books.beyond.sum():,.6g}, purchases from it {imported:,.6g} USD million."
        )
    return books


def _matrix(folder: Path, part: str, year: int | None) -> Path:
    pattern = f"*{year}*_{part}.txt" if year else f"*_{part}.txt"
    found = [p for p in sorted(folder.glob(pattern)) if not p.name.startswith("labels")]
    if not found and (plain := folder / f"{part}.txt").is_file():
        found = [plain]
    if len(found) != 1:
        problem = "no" if not found else "more than one"
        raise DataError(
            f"{folder}: {problem} file {pattern}. Unpack one year of EORA26 there, as downloaded: "
            "Eora26_2017_bp_T.txt, …_FD.txt, …_VA.txt; or choose with --year."
        )
    return found[0]


def _labels(path: Path) -> list[tuple[str, str, str]]:
    """Return code, name and item of every line."""
    if not path.is_file():
        raise DataError(f"{path} is missing; it comes with EORA26 (indices.zip).")
    labels = []
    for number, row in rows(path, "\t"):
        if len(row) < 4 or not row[1].strip():
            raise DataError(f"{path} row {number}: needs country, code, kind and item by tabs.")
        labels.append((row[1].strip(), row[0].strip(), row[3].strip()))
    if not labels:
        raise DataError(f"{path}: empty.")
    return labels


def _lines(path: Path, count: int | None, columns: int) -> Iterator[Array]:
    """Stream a matrix in USD million and hold it to its shape."""
    seen = 0
    for number, row in rows(path, "\t"):
        if len(row) == columns + 1 and not row[-1].strip():
            row = row[:-1]  # a tab at the end of the line
        if len(row) != columns:
            raise DataError(f"{path} row {number}: {len(row)} cells, but {columns} labels.")
        seen += 1
        if count is not None and seen > count:
            raise DataError(f"{path}: more than {count} rows, but as many labels.")
        yield THOUSAND * numbers(row, path, number)
    if count is not None and seen != count:
        raise DataError(f"{path}: {seen} rows, but {count} labels.")


def _year(path: Path) -> int:
    years = [y for name in (path.parent.name, path.name) for y in re.findall(YEAR, name)]
    if not years:
        raise DataError(f"{path}: neither file nor folder say of which year it is. Add --year.")
    return int(years[-1])
