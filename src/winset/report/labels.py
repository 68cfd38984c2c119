"""Names that fit: beside the points of a scatter, where there is room, and along an axis, in lines."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import altair as alt

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

#: Where a name may stand, best first: (horizontal, vertical) steps from the point.
BESIDE = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
ABOVE = ((1, -1), (-1, -1), (0, -1), (1, 1), (-1, 1), (1, 0), (-1, 0))
Align = Literal["left", "center", "right"]
ALIGN: dict[int, Align] = {1: "left", 0: "center", -1: "right"}
GAP = 7.0  # from the middle of a point to its name, in pixels
LINE = 1.15  # height of a letter over the size of the font
#: How an axis shows the lines of `folded`.
LINES = "split(datum.label, '\\n')"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a name is written: its anchor in pixels and on which side of the text that is."""

    x: float
    y: float
    align: Align


def place(
    x: Sequence[float],
    y: Sequence[float],
    texts: Sequence[str],
    *,
    width: float,
    height: float,
    size: float = 9.0,
    places: Sequence[tuple[int, int]] = BESIDE,
    level: float | None = None,
) -> list[Spot | None]:
    """Return where each name stands, or None where it would cover a point, another name or a line.

    Greedy, in the order given: put first what must be named. All in pixels, y downward; `level` is the
    height of a line across the chart.
    """
    taken = [(a - 4.0, b - 4.0, a + 4.0, b + 4.0) for a, b in zip(x, y, strict=True)]
    if level is not None:
        taken.append((0.0, level - 0.5, width + GAP, level + 0.5))
    found: list[Spot | None] = []
    for a, b, text in zip(x, y, texts, strict=True):
        wide = long(text, size)
        half = LINE * size / 2
        spot = None
        for right, down in places if text else ():
            anchor = a + right * (GAP if not down else 2.0)
            middle = b + down * (GAP + half)
            left = {1: anchor, 0: anchor - wide / 2, -1: anchor - wide}[right]
            box = (left, middle - half, left + wide, middle + half)
            inside = left >= 0 and box[2] <= width + 12 and box[1] >= -4 and box[3] <= height
            if inside and not any(
                box[0] < q[2] and q[0] < box[2] and box[1] < q[3] and q[1] < box[3] for q in taken
            ):
                taken.append(box)
                spot = Spot(anchor, middle, ALIGN[right])
                break
        found.append(spot)
    return found


def round_numbers(low: float, high: float, *, most: int) -> list[float]:
    """Return 1, 2, 5, 10 … between two positive numbers; only powers of ten if there are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        values = [s * 10.0**k for k in powers for s in steps if low <= s * 10.0**k <= high]
        if len(values) <= most:
            break
    return values


def folded(text: str, room: float, *, size: float = 10.0) -> str:
    """Break a name into lines that fit so many pixels, between words, and between Chinese letters.

    >>> folded("China 07 Edible vegetables", 90.0)
    'China 07 Edible\\nvegetables'
    """
    lines = [""]
    for piece in re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+", text):
        if lines[-1] and long((lines[-1] + piece).rstrip(), size) > room:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def long(text: str, size: float) -> float:
    """Return about how many pixels the longest line of a text takes."""
    return max(size * sum(map(_wide, line)) for line in text.split("\n"))


def _wide(letter: str) -> float:
    """Width of a letter over the size of the font: Chinese, Cyrillic, Latin."""
    if letter >= "\u2e80":
        return 1.0
    return (
        (0.76 if letter.isupper() else 0.62)
        if letter >= "\u0400"
        else 0.68
        if letter.isupper()
        else 0.52
    )


def written(table: pd.DataFrame, x: alt.X, y: alt.Y, *, size: float = 9.0) -> list[alt.Chart]:
    """Return the layers that write `text` at the places of a table with a column `align`."""
    layers = []
    side: Align
    for side in get_args(Align):
        rows = table[table["align"] == side]
        if len(rows):
            mark = alt.Chart(rows).mark_text(
                fontSize=size, color="#333333", baseline="middle", align=side, aria=False
            )
            layers.append(mark.encode(x=x, y=y, text="text:N"))
    return layers
