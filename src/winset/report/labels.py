"""Names beside the points of a scatter, where there is room for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Where a name may stand, best first: (horizontal, vertical) steps from the point.
PLACES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
GAP = 6.0  # from the middle of a point to its name, in pixels
LETTER, LINE = 0.66, 1.15  # width and height of a letter over the size of the font


def place(
    x: Sequence[float],
    y: Sequence[float],
    texts: Sequence[str],
    *,
    width: float,
    height: float,
    size: float = 9.0,
) -> list[tuple[float, float] | None]:
    """Return the middle of each name, or None where it would cover a point or another name.

    Greedy, in the order given: put first what must be named. All in pixels, y downward.
    """
    taken = [(a - 4.0, b - 4.0, a + 4.0, b + 4.0) for a, b in zip(x, y, strict=True)]
    found: list[tuple[float, float] | None] = []
    for a, b, text in zip(x, y, texts, strict=True):
        half, tall = LETTER * size * len(text) / 2, LINE * size / 2
        spot = None
        for right, down in PLACES if text else ():
            sideways = GAP if right and not down else GAP / 2
            middle = (a + right * (sideways + half), b + down * (GAP + tall))
            box = (middle[0] - half, middle[1] - tall, middle[0] + half, middle[1] + tall)
            inside = box[0] >= 0 and box[2] <= width + 24 and box[1] >= -4 and box[3] <= height
            if inside and not any(
                box[0] < q[2] and q[0] < box[2] and box[1] < q[3] and q[1] < box[3] for q in taken
            ):
                taken.append(box)
                spot = middle
                break
        found.append(spot)
    return found
