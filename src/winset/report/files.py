"""The files that a run leaves behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from winset.errors import DataError
from winset.files import replacing
from winset.report.page import render
from winset.report.sections import economies_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.report.sections import Section
    from winset.studies.scenario_run import Study


def write_all(study: Study, folder: Path, sections: Sequence[Section] = ()) -> None:
    """Write ``economies.csv``, ``result.json`` and ``report.html`` into a folder."""
    if folder.exists() and not folder.is_dir():
        raise DataError(f"--out {folder}: is a file. Name a folder.")
    with replacing(folder / "economies.csv") as draft:
        draft.write_text(economies_csv(study), encoding="utf-8", newline="\n")
    with replacing(folder / "result.json") as draft:
        payload = json.dumps(study.to_json(), allow_nan=False, ensure_ascii=False, indent=1)
        draft.write_text(payload + "\n", encoding="utf-8")
    write_page(study, folder / "report.html", sections)


def write_page(study: Study, path: Path, sections: Sequence[Section] = ()) -> None:
    """Write the report as one page, with further sections where they are given."""
    page = render(study, sections)
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
