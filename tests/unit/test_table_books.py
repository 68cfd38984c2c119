"""Workbooks and columns of a table: each cell as it stands there, or refused with what to do."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pytest

from winset import tables
from winset.errors import DataError
from winset.tables import columns as fast
from winset.tables import sheets
from winset.tables.sheets import sheet_records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook, one sheet for each name."""

    def write(**pages: list[list[Any]]) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in pages.items():
            page = made.create_sheet(name)
            for row in rows:
                page.append(row)
        path = tmp_path / "t.xlsx"
        made.save(path)
        return path

    return write


# Sheets.


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("KAZ", "KAZ"),
        (3, "3"),
        (3.0, "3"),
        (-3.0, "-3"),
        (0.1, "0.1"),
        (1 / 3, "0.3333333333333333"),
        (2.0**53 - 1, "9007199254740991"),
        (2.0**53, "9007199254740992.0"),
        (-(2.0**53), "-9007199254740992.0"),
        (1e300, "1e+300"),
        (True, "True"),
        (dt.datetime(2025, 9, 1), "2025-09-01"),
        (dt.datetime(2025, 9, 1, 12, 30), "2025-09-01T12:30:00"),
        (dt.date(2025, 9, 1), "2025-09-01"),
    ],
)
def test_a_cell_is_written_as_a_csv_holds_it(value: object, text: str) -> None:
    assert sheets._text(value) == text


def test_the_first_sheet_or_the_one_that_is_named(book: Callable[..., Path]) -> None:
    path = book(Notes=[["note"]], Data=[["code", "value"], [], ["KAZ", 1.5]])
    assert list(sheet_records(path, None)) == [(1, ["note"])]
    assert list(sheet_records(path, "Data")) == [(1, ["code", "value"]), (3, ["KAZ", "1.5"])]
    declared = tables.TableFormat(sheet="Data")
    assert list(tables.rows(path, declared=declared)) == [(3, {"code": "KAZ", "value": "1.5"})]
    (block,) = tables.blocks(path, declared=declared)
    assert (list(block.rows), block.columns) == ([3], {"code": ["KAZ"], "value": ["1.5"]})


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(book: Callable[..., Path]) -> None:
    path = book(Notes=[["note"]], Data=[["code"]])
    with pytest.raises(
        DataError, match=r"no sheet 'data'\. Did you mean Data\? Sheets: Notes, Data"
    ):
        list(sheet_records(path, "data"))


def test_a_formula_that_was_never_computed_is_refused_by_row(book: Callable[..., Path]) -> None:
    path = book(Data=[["code", "value"], ["KAZ", 1], ["UZB", "=B2*2"]])
    with pytest.raises(
        DataError,
        match=r"t\.xlsx after row 3: .*formula '=B2\*2' has no value; open and save it in Excel",
    ):
        list(sheet_records(path, None))


def test_what_only_looks_like_a_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<no>")
    with pytest.raises(DataError, match=r"t\.xlsx: .*not an Excel workbook: ."):
        list(tables.records(path))


def test_a_workbook_larger_than_may_be_unpacked(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(Data=[["code"], ["KAZ"]])
    with zipfile.ZipFile(path) as packed:
        size = sum(item.file_size for item in packed.infolist())
    monkeypatch.setattr(sheets, "MOST_UNPACKED", size)
    assert len(list(sheet_records(path, None))) == 2
    monkeypatch.setattr(sheets, "MOST_UNPACKED", size - 1)
    with pytest.raises(DataError, match="larger than 4 GB unpacked"):
        list(sheet_records(path, None))
    assert sheets.MOST_UNPACKED > 0


def test_a_sheet_that_misstates_its_size_is_read_whole(
    book: Callable[..., Path], tmp_path: Path
) -> None:
    path = book(Data=[["code", "value"], ["KAZ", 1], ["UZB", 2]])
    other = tmp_path / "other.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename.startswith("xl/worksheets/"):
                content = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', content)
            new.writestr(item, content)
    assert [cells for _, cells in sheet_records(other, None)] == [
        ["code", "value"],
        ["KAZ", "1"],
        ["UZB", "2"],
    ]


def test_figures_of_a_workbook_are_plain(book: Callable[..., Path]) -> None:
    path = book(Data=[["code", "value"], ["KAZ", "1,234.5"], ["UZB", 1234.0], ["KGZ", ".."]])
    wanted = ["1234.5", "1234", ""]
    assert [row["value"] for _, row in tables.rows(path, figures=("value",))] == wanted
    (block,) = tables.blocks(path, figures=("value",))
    assert list(block.columns["value"]) == wanted


# Columns.


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


def shapes(path: Path) -> list[tuple[list[int], dict[str, list[str]]]]:
    """The blocks of a table, with the kind of each: which rows, which cells."""
    return [
        (list(b.rows), {name: list(cells) for name, cells in b.columns.items()})
        for b in tables.blocks(path)
    ]


def test_plain_pieces_are_cut_without_being_parsed(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "_parsed", None)
    for separator in (",", ";", "\t"):
        for end in ("\n", "\r\n"):
            text = end.join(separator.join(row) for row in (["a", "b"], ["x", "1"], ["y", "2"]))
            assert shapes(file(text + end)) == [([2, 3], {"a": ["x", "y"], "b": ["1", "2"]})]


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"x",1\n',  # quotes
        "a,b\nx,1\n,\n",  # a row of nothing
        "a,b\n,\nx,1\n",
        "a,b\nx,1\n\n",  # an empty line
        "a,b\nx,1,\n",  # empty cells at the end
        "a,b,\nx,1\n",
        "a,b\rx,1\r",  # the line ends of old Macs
    ],
)
def test_other_pieces_are_parsed(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    row = 3 if text.startswith("a,b\n,") else 2
    assert shapes(file(text)) == [([row], {"a": ["x"], "b": ["1"]})]
    monkeypatch.setattr(fast, "_parsed", lambda *_: iter(()))
    assert shapes(file(text)) == []


@pytest.mark.parametrize(
    ("piece", "cells"),
    [
        ("x,1\ny,2\n", ["x", "1", "y", "2"]),
        ("x,1\ny,2", ["x", "1", "y", "2"]),
        ("x,1\r\ny,2\r\n", ["x", "1", "y", "2"]),
        ("x,1\ny,\n", ["x", "1", "y", ""]),
        ("x,\n,2\n", ["x", "", "", "2"]),
        ("x,1,2\ny\n", None),  # as many cells in all, in other rows
        ("x\ny,1,2\n", None),
        ("x\ny\nz,1\n", None),
        ("x,1\n\ny,2\n", None),
        ("x,1\n,\n", None),
        (",\nx,1\n", None),
        ('x,"1"\n', None),
        ("x,\x071\n", None),
        ("x,1\ry,2\n", None),
        ("\n", None),
        ("x,1\n\n", None),
    ],
)
def test_a_piece_is_cut_where_every_row_is_as_wide_as_the_header(
    piece: str, cells: list[str] | None
) -> None:
    assert fast._cut(piece, 2, ",") == cells


def test_a_column_alone_is_cut_too() -> None:
    assert fast._cut("x\ny\n", 1, ",") == ["x", "y"]
    assert fast._cut("x\n\ny\n", 1, ",") is None


@pytest.mark.parametrize("hint", ["", "sep=;\n"])
def test_rows_are_counted_over_pieces_and_a_hint(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, hint: str
) -> None:
    monkeypatch.setattr(fast, "PIECE", 8)
    monkeypatch.setattr(fast, "ROWS", 2)
    lines = [f"k{k};{k}" for k in range(12)]
    lines[5] = ";"
    path = file(hint + "\n".join(["a;b", *lines]) + "\n")
    first = 2 + bool(hint)
    found = shapes(path)
    assert [row for rows, _ in found for row in rows] == [
        k for k in range(first, first + 12) if k != first + 5
    ]
    assert [cell for _, columns in found for cell in columns["b"]] == [
        str(k) for k in range(12) if k != 5
    ]
    assert max(len(rows) for rows, _ in found) <= 3


def test_parsed_rows_come_in_blocks_of_bounded_size(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "ROWS", 2)
    path = file('"a",b\n' + "".join(f"x,{k}\n" for k in range(5)))
    assert [rows for rows, _ in shapes(path)] == [[2, 3], [4, 5], [6]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\nx,1\ny,1,2\n", r"row 3: 3 cells where the header has 2"),
        ('a,b\nx,1\n"y\nz,1\n', r"after row 2: not readable as CSV"),
        ('"a",b\nx,1\ny\n', r"row 3: 1 cells"),
        ("a,b\nx,1\ny,\x07\n", r"row 3: the control character U\+0007"),
        ("", r"empty\. A table has a header"),
        ("a,b,a\n", r"row 1: column a stands twice"),
    ],
)
def test_faults_are_told_by_row_when_read_in_blocks(
    file: Callable[[str], Path], text: str, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        shapes(file(text))


def test_a_line_too_long_is_refused_and_a_long_file_is_not(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(text: str) -> int:
        return sum(len(b.rows) for b in tables.blocks(file("a,b\n" + text), most_line=20))

    assert read("x,1\n" * 400) == 400
    monkeypatch.setattr(fast, "PIECE", 4)
    assert read("x,12" + "2" * 19 + "\n") == 1  # beyond the piece 20 characters with its end
    with pytest.raises(DataError, match="a line longer than 20 characters"):
        read("x,12" + "2" * 20 + "\n")


@pytest.mark.parametrize(
    ("declared", "cells", "wanted"),
    [
        (None, ["1", "-2.5e3", ".5"], ["1", "-2.5e3", ".5"]),
        (None, ["1,234.5", "2"], ["1234.5", "2"]),
        (None, ["1.234.567", "2"], ["1234567", "2"]),  # two points: thousands
        (None, ["1", "-"], ["1", ""]),
        (None, ["1", ".."], ["1", ""]),
        ("comma", ["1.234", "2"], ["1234", "2"]),
        ("point", ["1.234", "2"], ["1.234", "2"]),
    ],
)
def test_columns_of_figures_are_plain(
    file: Callable[[str], Path], declared: Any, cells: list[str], wanted: list[str]
) -> None:
    path = file("a\tv\n" + "".join(f"x\t{cell}\n" for cell in cells))
    local = tables.TableFormat(decimal=declared)
    comma = file("a,v\n" + "".join(f'x,"{cell}"\n' for cell in cells))
    for found in (path, comma):
        read = [
            c for b in tables.blocks(found, figures=("v",), declared=local) for c in b.columns["v"]
        ]
        assert read == wanted
        by_row = [row["v"] for _, row in tables.rows(found, figures=("v",), declared=local)]
        assert by_row == wanted


def test_a_column_that_is_wanted_must_be_there(file: Callable[[str], Path]) -> None:
    with pytest.raises(
        DataError, match=r"t\.csv row 1: no column gdp; found a, b\. Needed: a, gdp"
    ):
        list(tables.blocks(file("a,b\nx,1\n"), ("a", "gdp")))


def test_many_rows_in_blocks_are_those_of_the_file(file: Callable[[str], Path]) -> None:
    count = 30_000
    path = file("a,b\n" + "".join(f"k{k},{k}\n" for k in range(count)))
    found = list(tables.blocks(path))
    values = np.concatenate([np.array(b.columns["b"], dtype=float) for b in found])
    np.testing.assert_array_equal(values, np.arange(count))
    assert [r for b in found for r in b.rows] == list(range(2, count + 2))
