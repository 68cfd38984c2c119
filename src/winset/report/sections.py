"""What a report is made of: sections with paragraphs, figures and tables.

Each room's file in this package offers a function that returns a `Section`; `winset.report.page` shows
them in order. A figure is drawn at two widths, for a desk and for a hand, and keeps its data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from winset.report import charts
from winset.report.sheets import book
from winset.tables import BOM, csv_text

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from winset.report.charts import Picture
    from winset.studies.scenario_run import Study

WIDE, NARROW = 860, 340


def csv_link(text: str) -> str:
    """Return CSV text as an address that a browser can save."""
    return "data:text/csv;charset=utf-8," + quote(BOM + text)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as SVG at both widths, with its data as CSV text."""

    id: str
    caption: str
    wide: Markup
    narrow: Markup
    csv: str

    @property
    def link(self) -> str:
        """The data as an address that a browser can save."""
        return csv_link(self.csv)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first cell of a row is its name; numbers have the column's decimals.

    `digits` has one entry per column after the first; `words` are those that hold words, which may run
    over several lines. A cell that is None has no figure.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    digits: tuple[int, ...]
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the report: paragraphs, then figures, then tables, then a closing list."""

    id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    items: tuple[str, ...] = ()


def figure(
    name: str, make: Callable[[int], Picture], *, caption: str, data: pd.DataFrame
) -> Figure:
    """Draw a chart at both widths; `data` is what it shows, for the link below it."""
    return Figure(
        id=name,
        caption=caption,
        wide=Markup(charts.svg(make(WIDE), name=f"{name}-wide")),
        narrow=Markup(charts.svg(make(NARROW), name=f"{name}-narrow")),
        csv=csv_text([str(name) for name in data.columns], data.astype(object).to_numpy().tolist()),
    )


def economies_csv(study: Study) -> str:
    """Return every economy's figures as CSV, members first and by gain."""
    sheet = book(study.to_json()).table("economies")
    return csv_text(sheet.columns, sheet.rows)
