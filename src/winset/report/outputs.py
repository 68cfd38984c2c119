"""What ``--out`` writes: a workbook, a CSV, a JSON, or a folder with the last two."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError
from winset.files import replacing
from winset.report.sheets import book
from winset.tables import checked_style, write_csv, write_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from winset.tables import Style
    from winset.worlds import World

#: Endings of files that are something else: no folder is called so.
OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".tsv", ".txt", ".html", ".dta", ".parquet", ".pdf")


@dataclass(frozen=True, slots=True)
class Output:
    """Where figures are written and how their CSV is; nowhere where `path` is None."""

    path: Path | None
    style: Style

    @property
    def folder(self) -> bool:
        """Whether several files are written, into a folder."""
        return self.path is not None and self.path.suffix.lower() not in (".xlsx", ".csv", ".json")

    def write(
        self,
        payload: Any,
        *,
        title: str,
        worlds: Iterable[World] = (),
        notes: Iterable[str] = (),
    ) -> tuple[Path, ...]:
        """Write what a command prints with ``--json``, see `winset.report.sheets.book`; return the files.

        Raises
        ------
        DataError
            A place that cannot be written, or a table that Excel cannot hold.
        """
        if self.path is None:
            return ()
        whole = book(payload, title=title, worlds=worlds, notes=notes)
        main = whole.table()
        kind = self.path.suffix.lower()
        if kind == ".xlsx":
            write_workbook(self.path, [(s.name, s.columns, s.rows) for s in whole.sheets])
        elif kind == ".csv":
            write_csv(self.path, main.columns, main.rows, self.style)
        elif kind == ".json":
            write_json(self.path, payload)
        else:
            table, result = self.path / f"{main.name}.csv", self.path / "result.json"
            write_csv(table, main.columns, main.rows, self.style)
            write_json(result, payload)
            return table, result
        return (self.path,)


def output(path: Path | None, csv: str) -> Output:
    """Read ``--out`` and ``--csv``, before anything is solved.

    Raises
    ------
    DataError
        A kind of file that is not written, or a style that nothing would have.
    """
    style = checked_style(csv)
    if path is not None and path.suffix.lower() in OTHERS:
        raise DataError(
            f"--out {path}: {path.suffix} is not written. Name a file that ends in .xlsx, .csv or .json, "
            "or a folder."
        )
    if path is not None and path.exists() and path.is_dir() != Output(path, style).folder:
        is_, name = ("a folder", "a file") if path.is_dir() else ("a file", "a folder")
        raise DataError(f"--out {path}: is {is_}. Name {name}.")
    if style != "comma" and (path is None or path.suffix.lower() in (".xlsx", ".json")):
        raise DataError(f"--csv {csv}: no CSV is written. Add --out FILE.csv, or a folder.")
    return Output(path, style)


def write_json(path: Path, payload: Any) -> None:
    """Write a result as ``--json`` prints it, with letters of every script as they are."""
    with replacing(path) as draft:
        text = json.dumps(payload, allow_nan=False, ensure_ascii=False, indent=1)
        draft.write_text(text + "\n", encoding="utf-8", newline="\n")
