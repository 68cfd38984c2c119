"""What ``--out`` writes: a workbook, a CSV, a JSON, or a folder with the last two."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError
from winset.files import check_folder, check_target, replacing, replacing_all
from winset.report.sheets import book
from winset.tables import BOM, checked_style, csv_text, write_csv, write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
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
        beside: Mapping[str, Callable[[], str]] | None = None,
    ) -> tuple[Path, ...]:
        """Write what a command prints with ``--json``, see `winset.report.sheets.book`; return the files.

        In a folder all files are written or none; `beside` makes the texts of further ones, by name.

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
            texts = {
                f"{main.name}.csv": BOM + csv_text(main.columns, main.rows, self.style),
                "result.json": _text(payload),
                **{name: make() for name, make in (beside or {}).items()},
            }
            with replacing_all(self.path) as draft:
                for name, text in texts.items():
                    (draft / name).write_text(text, encoding="utf-8", newline="")
            return tuple(self.path / name for name in texts)
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
    if style != "comma" and (path is None or path.suffix.lower() in (".xlsx", ".json")):
        raise DataError(f"--csv {csv}: no CSV is written. Add --out FILE.csv, or a folder.")
    found = Output(path, style)
    if path is not None:
        (check_folder if found.folder else check_target)(path)
    return found


def write_json(path: Path, payload: Any) -> None:
    """Write a result as ``--json`` prints it, with letters of every script as they are."""
    with replacing(path) as draft:
        draft.write_text(_text(payload), encoding="utf-8", newline="\n")


def _text(payload: Any) -> str:
    return json.dumps(payload, allow_nan=False, ensure_ascii=False, indent=1) + "\n"
