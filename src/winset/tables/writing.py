"""Writing tables: UTF-8, one line end on every platform, no text that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Literal, get_args

from winset.errors import DataError
from winset.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

#: How the cells of a CSV are set apart: by commas with a decimal point, or by semicolons with a decimal
#: comma, which a spreadsheet opens with a click where the comma is the decimal mark.
Style = Literal["comma", "semicolon"]
#: What tells Excel that a CSV is UTF-8.
BOM = "\ufeff"


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a header and rows; cells that hold separators or quotes are quoted."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def checked_style(text: str) -> Style:
    """Read ``--csv``."""
    for style in get_args(Style):
        if text == style:
            return style  # type: ignore[no-any-return]
    raise DataError(f"--csv {text[:80]}: it is {' or '.join(get_args(Style))}.")


def csv_text(
    header: Sequence[str], rows: Iterable[Sequence[object]], style: Style = "comma"
) -> str:
    """Return a table as CSV: figures to their last bit, no text that a spreadsheet takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", delimiter=";" if style == "semicolon" else ",")
    writer.writerow([inert(name) for name in header])
    writer.writerows([_written(cell, style) for cell in row] for row in rows)
    return out.getvalue()


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], style: Style = "comma"
) -> None:
    """Write a table for people, see `csv_text`, with the mark by which Excel knows UTF-8."""
    with replacing(path) as draft:
        draft.write_text(BOM + csv_text(header, rows, style), encoding="utf-8", newline="")


def _written(cell: object, style: Style) -> str:
    """Write a cell as JSON writes it; nothing for no value."""
    if cell is None or cell != cell:  # NaN
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        text = repr(float(cell)).removesuffix(".0")  # not a numpy scalar's
        return text.replace(".", ",") if style == "semicolon" else text
    return inert(cell) if isinstance(cell, str) else str(cell)


def inert(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text, though it begins as a formula does.

    >>> inert("=1+1"), inert("-2.5"), inert("-cmd"), inert("China")
    ("'=1+1", '-2.5', "'-cmd", 'China')
    """
    line = re.sub(r"[\r\n\t]+", " ", cell)
    return f"'{line}" if re.match(r"\s*[=+@]|\s*-(?!\.?\d)", line) else line
