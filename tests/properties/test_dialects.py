"""A table written in any dialect is read back to the last digit, or refused; never as another number."""

from __future__ import annotations

import csv
import gzip
import io
import os
import tempfile
import zipfile
from pathlib import Path

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from winset import tables
from winset.errors import DataError

#: The bench asks for more with WINSET_EXAMPLES.
EXAMPLES = int(os.environ.get("WINSET_EXAMPLES", "2000"))

figures = st.one_of(
    st.integers(-(10**9), 10**9).map(str),
    st.decimals(-(10**7), 10**7, places=3, allow_nan=False).map(str),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: f"{x:.2f}"),
)
names = st.one_of(
    st.sampled_from(
        [
            "Kazakhstan",
            "Côte d'Ivoire",
            "Türkiye",
            "Россия",
            "Кыргызстан",
            "中国",
            'a "b"',
            "x, y",
            "x; y",
        ]
    ),
    st.text("abcXYZ -", min_size=1, max_size=8).map(lambda s: "n" + s.strip()),
)
tables_of = st.lists(st.tuples(names, figures), min_size=1, max_size=8)
dialects = st.fixed_dictionaries(
    {
        "separator": st.sampled_from([",", ";", "\t"]),
        "decimal": st.sampled_from([".", ","]),
        "thousands": st.sampled_from(["", "", "", ",", ".", " ", "\u00a0"]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp1252"]),
        "end": st.sampled_from(["\n", "\r\n", "\r"]),
        "pack": st.sampled_from(["", "", "gz", "zip", "xlsx"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "trailing": st.sampled_from([0, 0, 2]),
        "hint": st.booleans(),
    }
)


def written(figure: str, how: dict[str, object]) -> str:
    """Write a figure with marks of thousands and a decimal mark."""
    sign, bare = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
    whole, _, part = bare.partition(".")
    mark = str(how["thousands"])
    if mark == "." and how["separator"] == ",":
        mark = ""  # no program writes 1.234 for a thousand between commas
    if mark and mark != how["decimal"] and whole.isdigit():
        whole = f"{int(whole):,}".replace(",", mark)
    return sign + whole + (str(how["decimal"]) + part if part else "")


def file_of(folder: Path, rows: list[tuple[str, str]], how: dict[str, object]) -> Path | None:
    """Write the table; None where these characters cannot."""
    if how["pack"] == "xlsx":
        book = openpyxl.Workbook()
        for row in [("name", "value"), *((n, float(f)) for n, f in rows)]:
            book.active.append(row)
        book.save(folder / "t.xlsx")
        return folder / "t.xlsx"
    text = io.StringIO(newline="")
    if how["hint"]:
        text.write(f"sep={how['separator']}{how['end']}")
    writer = csv.writer(
        text, delimiter=how["separator"], lineterminator=how["end"], quoting=how["quoting"]
    )
    extra = [""] * int(how["trailing"])
    writer.writerow(["name", "value", *extra])
    writer.writerows([n, written(f, how), *extra] for n, f in rows)
    try:
        content = text.getvalue().encode(str(how["encoding"]))
    except UnicodeEncodeError:
        return None
    if how["pack"] == "gz":
        (folder / "t.csv.gz").write_bytes(gzip.compress(content))
        return folder / "t.csv.gz"
    if how["pack"] == "zip":
        with zipfile.ZipFile(folder / "t.zip", "w") as packed:
            packed.writestr("t.csv", content)
        return folder / "t.zip"
    (folder / "t.csv").write_bytes(content)
    return folder / "t.csv"


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables_of, dialects)
def test_never_another_number(rows, how):
    with tempfile.TemporaryDirectory() as folder:
        path = file_of(Path(folder), rows, how)
        if path is None:
            return
        wanted = [float(figure) for _, figure in rows]
        for read in (by_rows, by_blocks):
            try:
                found = read(path)
            except DataError:
                continue
            assert [float(value) for _, value in found] == wanted, (rows, how)
            if how["encoding"] in ("utf-8", "utf-8-sig", "utf-16"):
                assert [name for name, _ in found] == [name for name, _ in rows]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables_of, st.sampled_from(["\n", "\r\n"]))
def test_what_is_plain_is_never_refused(rows, end):
    how = {"separator": ",", "decimal": ".", "thousands": "", "encoding": "utf-8", "end": end,
           "pack": "", "quoting": csv.QUOTE_MINIMAL, "trailing": 0, "hint": False}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = file_of(Path(folder), rows, how)
        assert path is not None
        assert [float(value) for _, value in by_rows(path)] == [float(f) for _, f in rows]


def by_rows(path: Path) -> list[tuple[str, str]]:
    return [(row["name"], row["value"]) for _, row in tables.rows(path, figures=("value",))]


def by_blocks(path: Path) -> list[tuple[str, str]]:
    return [
        pair
        for block in tables.blocks(path, figures=("value",))
        for pair in zip(block.columns["name"], block.columns["value"], strict=True)
    ]
