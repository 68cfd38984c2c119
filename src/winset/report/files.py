"""The files that a run leaves behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from winset.files import replacing, replacing_all
from winset.report.page import render
from winset.report.sections import economies_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.report.sections import Section
    from winset.studies.scenario_run import Study


def write_all(study: Study, folder: Path, sections: Sequence[Section] = ()) -> None:
    """Write ``economies.csv``, ``result.json`` and ``report.html`` into a folder, all or none."""
    said = json.dumps(study.to_json(), allow_nan=False, ensure_ascii=False, indent=1)
    texts = {
        "economies.csv": economies_csv(study),
        "result.json": said + "\n",
        "report.html": render(study, sections),
    }
    with replacing_all(folder) as draft:
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8", newline="\n")


def write_page(study: Study, path: Path, sections: Sequence[Section] = ()) -> None:
    """Write the report as one page, with further sections where they are given."""
    page = render(study, sections)
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
