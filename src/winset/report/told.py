"""From what a command prints to a page: its tables as grids, its sentences as paragraphs.

For a study whose tables and sentences are all that there is to show; one with charts makes its own
`Sheet` of the same parts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from winset.display import Table
from winset.report.page import Sheet
from winset.report.sections import Grid, Section
from winset.report.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from winset.worlds import World


def grid(table: Table, *, parts: bool = False) -> Grid:
    """Return a table of the terminal as one of a page; with `parts`, labels stand above their rows."""
    columns = [column.cells for column in table.columns]
    rows = list(zip(*columns, strict=True))
    if parts:
        for row, label in sorted(table.parts.items(), reverse=True):
            rows.insert(row, (label, *[""] * (len(columns) - 1)))
    return Grid(
        headings=tuple(column.heading or say("remark") for column in table.columns),
        rows=tuple(rows),
        digits=(0,) * (len(columns) - 1),
        words=tuple(k for k, column in enumerate(table.columns[1:]) if not column.figure),
    )


def sections(shown: Iterable[Table | str], *, parts: bool = False) -> tuple[Section, ...]:
    """Return a section for every table that has rows; sentences stand above the table they follow."""
    made: list[tuple[Table, list[str]]] = []
    for item in shown:
        if isinstance(item, Table):
            if len(item):
                made.append((item, []))
        elif made:
            made[-1][1].extend(item.splitlines())
    return tuple(
        Section(f"table-{k}", table.title, tuple(said), grids=(grid(table, parts=parts),))
        for k, (table, said) in enumerate(made)
    )


def sheet(
    title: str,
    kicker: str,
    shown: Sequence[Table | str],
    *,
    verdict: Sequence[str] = (),
    method: Sequence[str] = (),
    sources: Sequence[str] = (),
    figures: Any,
) -> Sheet:
    """Return the page of what a command prints; the sentences before its first table are the verdict."""
    first = next((k for k, item in enumerate(shown) if isinstance(item, Table)), len(shown))
    leading = [line for item in shown[:first] for line in str(item).splitlines()]
    return Sheet(
        title=title,
        kicker=kicker,
        verdict=(*leading, *verdict),
        sections=sections(shown[first:]),
        method=tuple(method),
        sources=tuple(sources),
        figures=figures,
    )


def timeless(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a command's JSON without the seconds that it took: the same run is the same page."""
    solver = {key: said for key, said in payload["solver"].items() if key != "seconds"}
    return payload | {"solver": solver}


def sourced(*worlds: World) -> tuple[str, ...]:
    """Return the sources of worlds, each once."""
    return tuple(
        dict.fromkeys(
            f"{source.title} ({source.license})" if source.license else source.title
            for world in worlds
            for source in world.sources
        )
    )


def value(text: str, language: str) -> float | None:
    """Return the number that a cell shows in a language; None where it shows none, or more than one.

    >>> value("−1,234.5", "en"), value("1\N{NO-BREAK SPACE}234,5", "ru"), value("Kazakhstan", "en")
    (-1234.5, 1234.5, None)
    """
    figure = text.removesuffix("%").strip().replace("−", "-")
    figure = (
        re.sub(r"\s", "", figure).replace(",", ".") if language == "ru" else figure.replace(",", "")
    )
    return float(figure) if re.fullmatch(r"[+-]?\d+(\.\d+)?", figure) else None
