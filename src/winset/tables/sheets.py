"""Rows of an Excel workbook as text, one sheet of it."""

from __future__ import annotations

import datetime as dt
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

from winset.errors import did_you_mean
from winset.tables.dialect import MOST_UNPACKED, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from openpyxl import Workbook


def sheet_records(path: Path, sheet: str | None) -> Generator[tuple[int, list[str]]]:
    """Stream the rows of a sheet with their numbers; the first sheet where none is named.

    Raises
    ------
    UnreadableError
        No workbook, no such sheet, or a formula whose value was never computed.
    """
    import openpyxl

    with zipfile.ZipFile(path) as packed:
        if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED:
            raise UnreadableError(path, 0, "larger than 4 GB unpacked")
    number = 0
    try:
        values = openpyxl.load_workbook(path, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(path, read_only=True, data_only=False)
        for number, cells in _rows(path, values, formulas, sheet):
            yield number, cells
    except UnreadableError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise, at any row
        raise UnreadableError(path, number, f"not an Excel workbook: {error}") from error


def _rows(
    path: Path, values: Workbook, formulas: Workbook, sheet: str | None
) -> Generator[tuple[int, list[str]]]:
    with closing(values), closing(formulas):
        names = [page.title for page in values.worksheets]
        name = sheet if sheet is not None else (names[0] if names else "")
        if name not in names:
            raise UnreadableError(
                path, 0, f"no sheet {name!r}.{did_you_mean(name, names)} Sheets: {', '.join(names)}"
            )
        page, written = values[name], formulas[name]
        page.reset_dimensions()
        written.reset_dimensions()
        pairs = zip(
            page.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=True
        )
        for number, (row, source) in enumerate(pairs, 1):
            for value, formula in zip(row, source, strict=True):
                if value is None and formula is not None:
                    raise UnreadableError(
                        path, number, f"formula {formula!r} has no value; open and save it in Excel"
                    )
            cells = [_text(value) for value in row]
            if any(cells):
                yield number, cells


def _text(value: object) -> str:
    """Write a cell as a CSV would hold it; a float to its last digit."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return str(value)
