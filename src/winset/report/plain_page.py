"""A page without a trade scenario: title, verdict, sections, method, sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset import __version__
from winset.files import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from winset.report.sections import Section


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one page says.

    Attributes
    ----------
    title, kicker : str
        `kicker` is the line above the title: what was asked.
    verdict : tuple of str
        The answer, in sentences.
    sections : tuple of Section
    method, sources : tuple of str
    figures : JSON object
        Everything that was computed, for whoever wants to check.
    """

    title: str
    kicker: str
    verdict: tuple[str, ...]
    sections: tuple[Section, ...]
    method: tuple[str, ...]
    sources: tuple[str, ...]
    figures: Any


def render(sheet: Sheet) -> str:
    """Return the page as HTML text, without anything from the network."""
    from winset.report.page import environment

    figures = json.dumps(sheet.figures, ensure_ascii=False, allow_nan=False, indent=1)
    return (
        environment()
        .get_template("sheet.html")
        .render(sheet=sheet, sections=sheet.sections, version=__version__, figures=figures)
    )


def write(sheet: Sheet, path: Path) -> None:
    """Write the page to a file."""
    page = render(sheet)
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")
