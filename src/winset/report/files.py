"""The files that a run leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.files import replacing
from winset.report.page import render
from winset.report.words import claims, notes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.report.outputs import Output
    from winset.report.sections import Section
    from winset.studies.scenario_run import Study


def write_all(study: Study, output: Output, sections: Sequence[Section] = ()) -> tuple[Path, ...]:
    """Write the figures of a run, and ``report.html`` beside them in a folder; return the files."""
    return output.write(
        study.to_json(),
        title=study.scenario.title,
        worlds=(study.world,),
        notes=(*claims(study), *notes(study)),
        beside={"report.html": lambda: render(study, sections)},
    )


def write_page(study: Study, path: Path, sections: Sequence[Section] = ()) -> None:
    """Write the report as one page, with further sections where they are given."""
    page = render(study, sections)
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
