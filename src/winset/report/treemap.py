"""Rectangles whose areas are shares, laid so that they are as square as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Rectangle = tuple[float, float, float, float]  # x, y, width, height


def treemap(values: Sequence[float], width: float, height: float) -> list[Rectangle]:
    """Return a rectangle for each value, in their order; values fall and are above 0.

    Rows are filled along the shorter side as long as their worst ratio of sides falls (Bruls, Huizing & van
    Wijk 2000, from general knowledge).

    >>> treemap([1.0, 1.0], 2.0, 1.0)
    [(0.0, 0.0, 1.0, 1.0), (1.0, 0.0, 1.0, 1.0)]
    """
    total = sum(values)
    areas = [value * width * height / total for value in values]
    placed: list[Rectangle] = []
    x, y, w, h = 0.0, 0.0, width, height
    start = 0
    while start < len(areas):
        side = min(w, h)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(
            areas[start:end], side
        ):
            end += 1
        thick = sum(areas[start:end]) / side
        at = 0.0
        for area in areas[start:end]:
            long = area / thick
            placed.append((x, y + at, thick, long) if w >= h else (x + at, y, long, thick))
            at += long
        if w >= h:
            x, w = x + thick, w - thick
        else:
            y, h = y + thick, h - thick
        start = end
    return placed


def _worst(areas: Sequence[float], side: float) -> float:
    """Return the largest ratio of sides in a row of these areas."""
    thick = sum(areas) / side
    return max(max(thick * thick / area, area / (thick * thick)) for area in areas)
