"""Writing Excel workbooks: figures to their last bit, no text that is a formula, the same bytes each time."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

from winset.errors import DataError
from winset.files import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_TEXT = 32_767  # characters in a cell
MOST_ROWS = 1_048_576
SAMPLE = 200  # rows that tell how wide a column is
NARROWEST, WIDEST = 8, 60  # columns, in characters
MADE = "1980-01-01T00:00:00Z"  # in place of the time of writing


def write_workbook(
    path: Path, sheets: Sequence[tuple[str, Sequence[str], Sequence[Sequence[object]]]]
) -> None:
    """Write named sheets, each a header, which stays in sight, and rows.

    Raises
    ------
    DataError
        A table that Excel cannot hold, or a place that cannot be written.
    """
    import openpyxl

    for name, _, rows in sheets:
        _check(name, rows, path)
    whole = openpyxl.Workbook(write_only=True)
    for name, header, rows in sheets:
        _fill(whole.create_sheet(name), header, rows)
    with replacing(path) as draft:
        whole.save(draft)
        _timeless(draft)


def _check(name: str, rows: Sequence[Sequence[object]], path: Path) -> None:
    """Refuse what Excel cannot hold, before a sheet is begun."""
    if len(rows) >= MOST_ROWS:
        raise DataError(
            f"{path}: {name} has {len(rows):,} rows; Excel holds {MOST_ROWS - 1:,}. Write JSON."
        )
    longest = max((len(c) for row in rows for c in row if isinstance(c, str)), default=0)
    if longest > MOST_TEXT:
        raise DataError(
            f"{path}: {name} has a text of {longest:,} characters; a cell of Excel holds {MOST_TEXT:,}. "
            "Write JSON."
        )


def _fill(page: Any, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page.freeze_panes = "A2"
    for k, heading in enumerate(header):
        longest = max([len(heading), *(len(_short(row[k])) for row in rows[:SAMPLE])])
        width = min(max(longest + 2, NARROWEST), WIDEST)
        page.column_dimensions[get_column_letter(k + 1)].width = width

    def cell(value: object, *, bold: bool = False) -> Any:
        if value is None or value != value:  # NaN
            return None
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            # As text that is said to be a number: a float of its own would lose its last digit.
            made = WriteOnlyCell(
                page, value=repr(value if isinstance(value, int) else float(value))
            )
            made.data_type = "n"
            return made
        made = WriteOnlyCell(page, value=str(value))
        made.data_type = "s"  # also where it begins as a formula does
        if bold:
            made.font = Font(bold=True)
        return made

    page.append([cell(heading, bold=True) for heading in header])
    for row in rows:
        page.append([cell(value) for value in row])


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value or "")


def _timeless(path: Path) -> None:
    """Write the parts of a workbook anew without the time at which they were made."""
    with zipfile.ZipFile(path) as packed:
        parts = [(item.filename, packed.read(item)) for item in packed.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = re.sub(rb">[0-9T:-]+Z<", f">{MADE}<".encode(), content)
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
