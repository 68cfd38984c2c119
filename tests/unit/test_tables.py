"""The one reader of CSV: nothing is dropped, filled or shifted; what cannot be read is named by row."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pytest

from winset import tables
from winset.errors import DataError
from winset.tables import columns as fast

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str | bytes, name: str = "t.csv") -> Path:
        path = tmp_path / name
        content = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def by_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    return list(tables.rows(path))


def by_blocks(path: Path) -> list[tuple[int, dict[str, str]]]:
    return [
        (row, {name: column[k].strip() for name, column in block.columns.items()})
        for block in tables.blocks(path)
        for k, row in enumerate(block.rows)
    ]


READERS = [by_rows, by_blocks]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_marks_and_compression(file, read, name, end, mark):
    path = file(mark + end.join(["code,value", "KAZ,1", "", "UZB, 2 "]) + end, name)
    assert read(path) == [(2, {"code": "KAZ", "value": "1"}), (4, {"code": "UZB", "value": "2"})]


@pytest.mark.parametrize("read", READERS)
def test_a_row_of_nothing_is_no_row(file, read):
    assert read(file("a,b\n,\nx,1\n,\n")) == [(3, {"a": "x", "b": "1"})]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('a,b\n"x, y",1\n', ["x, y", "1"]),
        ('a,b\n"x ""y""",1\n', ['x "y"', "1"]),
        ('a,b\n"x\ny",1\n', ["x\ny", "1"]),
        ('a,b\nx, "1,5"\n', ["x", "1,5"]),
        ('"a",b\nx,1\n', ["x", "1"]),
        ("a,b\nx,1", ["x", "1"]),
        ("a,b,,\nx,1,,\n", ["x", "1"]),
        ("a,b\nx,1,,,\n", ["x", "1"]),
        ("a,b,\nx,1\n", ["x", "1"]),
        ("a,b\nx\u2028y,\u00e9\n", ["x\u2028y", "\u00e9"]),
    ],
)
def test_cells(file, read, text, cells):
    ((row, found),) = read(file(text))
    assert (row, found) == (2, dict(zip("ab", cells, strict=True)))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\nx,1\ny,3,700\n", "row 3: 3 cells where the header has 2. Is there a comma.*y,3,700"),
        ("a,b\nx,1\ny\n", "row 3: 1 cells where the header has 2. Fill the row"),
        ("a,b\n\nx,1\n\ny\n", "row 5: 1 cells"),
        ('a,b\n"x",1\ny,1,2\n', "row 3: 3 cells"),
        ("a,a\nx,1\n", "row 1: column a stands twice"),
        ("", "empty"),
        ("\n", "empty"),
        ('a,b\nx,1\n"y,1\n', "after row 2: not readable as CSV"),
        (b"a,b\nx,\xff\n", "not readable as CSV in UTF-8"),
        ("a,b\nx," + "1" * 3_000_000 + "\n", "a line longer than 65,536 characters"),
    ],
)
def test_what_is_refused(file, read, text, message):
    path = file(text)
    with pytest.raises(DataError, match=rf"(?s){path.name}.*{message}"):
        read(path)


@pytest.mark.parametrize("read", READERS)
def test_broken_gzip_is_told(tmp_path, read):
    path = tmp_path / "t.csv.gz"
    whole = gzip.compress(b"a,b\n" + os.urandom(5_000).hex().encode() + b",1\n")
    for broken in (whole[:40], whole[: len(whole) // 2], whole[:40] + b"\0" * 99, b"a,b\nx,1\n"):
        path.write_bytes(broken)
        with pytest.raises(DataError, match="not readable as CSV"):
            read(path)


@pytest.mark.parametrize("read", READERS)
def test_a_pipe_a_folder_and_nothing_are_told(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    for name, message in (("pipe", "not a file"), (".", "not a file"), ("gone", "no such file")):
        with pytest.raises(DataError, match=message):
            read(tmp_path / name)


def test_needed_columns(file):
    path = file("code,value\nKAZ,1\n")
    for read in (tables.rows, tables.blocks):
        with pytest.raises(DataError, match=r"row 1: no column gdp; found code, value. Needed: c"):
            next(iter(read(path, ("code", "gdp"))))


def test_rows_above_the_header_are_skipped_and_counted(file):
    path = file('"Source",x\n\nnote\n\ncode,value\nKAZ,1\n')
    assert list(tables.rows(path, skip=4)) == [(6, {"code": "KAZ", "value": "1"})]
    assert tables.header(path, skip=4) == ["code", "value"]
    assert tables.header(path) == ["Source", "x"]


def test_a_file_that_is_too_large(file):
    path = file("a,b\n" + "x,1\n" * 10)
    assert len(list(tables.rows(path, most_bytes=44))) == 10
    with pytest.raises(DataError, match=r"larger than 4\.3e-05 MB"):
        list(tables.rows(path, most_bytes=43))


@pytest.mark.parametrize("piece", [1, 7, 40, 10_000])
def test_blocks_do_not_depend_on_where_a_piece_ends(file, monkeypatch, piece):
    monkeypatch.setattr(fast, "PIECE", piece)
    monkeypatch.setattr(fast, "ROWS", 3)
    lines = [f"k{k},{k}" for k in range(20)]
    lines[7], lines[12] = "", 'k12," 1,2"'
    path = file("\r\n".join(["a,b", *lines]))
    assert by_blocks(path) == by_rows(path)
    assert [row for row, _ in by_blocks(path)] == [k for k in range(2, 22) if k != 9]


def test_problems_are_collected_row_by_row(file):
    path = file("code,value\nKAZ,1\nUZB\nKGZ,2,3\nTJK,4\n")
    problems = tables.Problems(path.parent)
    found = list(tables.checked_rows(path.parent, path.name, ("code",), problems))
    assert [(where, row["code"]) for where, row in found] == [
        ("t.csv row 2", "KAZ"),
        ("t.csv row 5", "TJK"),
    ]
    assert [problem[:20] for problem in problems.found] == [
        "t.csv row 3: 1 cells",
        "t.csv row 4: 3 cells",
    ]


def test_reading_stops_at_too_many_problems(file):
    path = file("code,value\n" + "KAZ\n" * 500)
    problems = tables.Problems(path.parent)
    assert not list(tables.checked_rows(path.parent, path.name, ("code",), problems))
    assert len(problems.found) == 201
    assert problems.found[-1] == "t.csv row 201: too many problems; the rest was not read."


def test_a_number_is_finite_or_a_problem(tmp_path):
    problems = tables.Problems(tmp_path)
    assert tables.number("1e3", "value", "row 2", problems) == 1000.0
    assert not problems.found
    for text in ("", "x", "nan", "inf", "1,5"):
        tables.number(text, "value", "row 2", problems)
    assert len(problems.found) == 5
    assert problems.found[0] == "row 2: value is empty; it must be a number."


def test_what_is_written_is_read_back(tmp_path):
    cells = [["x, y", '"'], ["a\nb", ""], ["é", "0.1"]]
    path = tmp_path / "t.csv"
    tables.write_rows(path, ["a", "b"], cells)
    assert [list(row.values()) for _, row in tables.rows(path)] == cells
    assert b"\r" not in path.read_bytes()


def test_embedded_tables_are_read_as_any_other(file):
    path = file("code,name\nKAZ,Kazakhstan\n")
    assert tables.embedded_rows(path) == [row for _, row in tables.rows(path)]
    path = file("code,name\nKAZ,Kazakhstan\n", "t.csv.gz")
    assert tables.embedded_rows(path) == [row for _, row in tables.rows(path)]
