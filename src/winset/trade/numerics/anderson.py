"""Anderson's method (1965) for a fixed point x = g(x): one step of it, and an iteration.

With gaps g(x_m) − x_m, the next iterate is the combination of the last images g(x_m) whose gaps cancel
best; on a linear problem that is GMRES. `advance` is plain numpy that numba takes as it is: kernels
compile it (`winset.trade.compiled`), everybody else calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.numbers import Array

RIDGE = 1e-14  # keeps the small least-squares problem regular
MOST_STEPS = 2_000


def advance(
    held: int,
    fresh: bool,
    x: Array,
    gap: Array,
    image: Array,
    last_gap: Array,
    last_image: Array,
    gaps: Array,
    images: Array,
    gram: Array,
) -> int:
    """Put the next iterate into x; return how many differences have been seen.

    Parameters
    ----------
    held : int
        Differences seen since the last restart; the newest overwrites the oldest.
    fresh : bool
        Whether there is no earlier iterate, or it is to be forgotten.
    gap, image : (n,) arrays
        g(x) − x and g(x).
    last_gap, last_image : (n,) arrays
        Of the iterate before; the caller keeps them.
    gaps, images : (memory, n) arrays, overwritten
        Differences of successive gaps and images.
    gram : (memory, memory) array, overwritten
        Inner products of `gaps`.
    """
    memory = len(gaps)
    if fresh:
        held = 0
    else:
        place = held % memory
        np.subtract(gap, last_gap, gaps[place])
        np.subtract(image, last_image, images[place])
        held += 1
        seen = min(held, memory)
        row = np.dot(gaps[:seen], gaps[place])
        gram[place, :seen] = row
        gram[:seen, place] = row
    x[:] = image
    used = min(held, memory)
    if used == 0:
        return held
    small = gram[:used, :used].copy()
    largest = 0.0
    for m in range(used):
        largest = max(largest, small[m, m])
    if not largest > 0.0:  # nothing moved: there is nothing to combine
        return held
    for m in range(used):
        small[m, m] += RIDGE * largest
    weights = np.linalg.solve(small, np.dot(gaps[:used], gap))
    np.subtract(image, np.dot(weights, images[:used]), x)
    return held


class Anderson:
    """What `advance` remembers of the iterates of one fixed point."""

    def __init__(self, size: int, memory: int) -> None:
        self.held, self.fresh = 0, True
        self.last_gap, self.last_image = np.zeros(size), np.zeros(size)
        self.gaps, self.images = np.zeros((memory, size)), np.zeros((memory, size))
        self.gram = np.zeros((memory, memory))

    def forget(self) -> None:
        """Begin anew with the next iterate."""
        self.fresh = True

    def next(self, gap: Array, image: Array) -> Array:
        """Return the next iterate after one whose image is `image` and whose gap is `gap`.

        Both are kept until the next call.
        """
        x = np.empty_like(image)
        self.held = advance(
            self.held, self.fresh, x, gap, image, self.last_gap, self.last_image,
            self.gaps, self.images, self.gram,
        )  # fmt: skip
        self.fresh, self.last_gap, self.last_image = False, gap, image
        return x


def fixed_point(
    step: Callable[[Array], Array], start: Array, *, tolerance: float, memory: int = 6
) -> Array | None:
    """Solve x = step(x), an array of any shape; None when it does not converge.

    A step that more than doubles the residual is answered with a plain one, so that a contraction
    converges whatever the extrapolation does.
    """
    shape = start.shape
    x = start.ravel()
    mixing: Anderson | None = None  # where the start is the fixed point nothing is remembered
    best, stalled = np.inf, 0
    for _ in range(MOST_STEPS):
        image = step(x.reshape(shape)).ravel()
        gap = image - x
        size = float(np.abs(gap).max())
        if not np.isfinite(size):
            return None
        if size <= tolerance:
            return image.reshape(shape)
        stalled = 0 if size < 0.9 * best else stalled + 1
        if stalled >= 8 and size <= 100 * tolerance:  # rounding: nothing more to be had
            return image.reshape(shape)
        mixing = mixing or Anderson(x.size, memory)
        if size > 2.0 * best or stalled >= 30:
            mixing.forget()
            stalled = 0
        best = min(best, size)
        x = mixing.next(gap, image)
    return None
