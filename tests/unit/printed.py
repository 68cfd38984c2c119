"""What a table of the terminal says, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.worlds import World

if TYPE_CHECKING:
    from winset.display import Table


def headings(table: Table) -> list[str]:
    """The headings of a table."""
    return [column.heading for column in table.columns]


def rows(table: Table) -> list[list[str]]:
    """The cells of a table, row by row."""
    found = []
    for at, row in enumerate(zip(*(column.cells for column in table.columns), strict=True)):
        if table.parts.get(at):
            found.append(["", table.parts[at], *[""] * (len(row) - 2)])
        found.append(list(row))
    return found


def sides(table: Table) -> list[str]:
    """On which side the figures of each column stand."""
    return ["right" if column.figure else "left" for column in table.columns]


def made_world(
    codes: str, flows: list[list[float]], tariff: list[list[float]] | None = None
) -> World:
    """A world of one sector, its economies named after their codes."""
    n = len(flows)
    rates = np.zeros((n, n)) if tariff is None else np.array(tariff, dtype=float)
    return World(
        name="made",
        year=2020,
        codes=tuple(codes.split()),
        names=tuple(f"Land {code}" for code in codes.split()),
        gdp=np.full(n, np.nan),
        sectors=("goods",),
        trade=np.array(flows, dtype=float)[None],
        tariff=rates[None],
        domestic_known=True,
    )
