"""Anderson's method (1965), compiled: the step that `chords` and `nearby` take.

For a fixed point x = g(x) with images g(x_m) and gaps g(x_m) − x_m, the next iterate is the combination of
the last images whose gaps cancel best. `models.many_sectors` is the same in numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from winset.trade.coalitions.single_kernel import FAST

if TYPE_CHECKING:
    pass


RIDGE = 1e-14  # keeps the small least-squares problem regular


@njit(cache=True, nogil=True, fastmath=FAST)
def advance(  # type: ignore[no-untyped-def]
    held, fresh, x, gap, image, last_gap, last_image, gaps, images, gram
):
    """Put the next iterate into x; returns how many differences have been seen.

    Parameters
    ----------
    held : int
        Differences seen since the last restart; the newest overwrites the oldest.
    fresh : bool
        Whether there is no earlier iterate, or it is to be forgotten.
    gap, image : (n,) arrays
        g(x) − x and g(x).
    last_gap, last_image : (n,) arrays, overwritten
        Of the iterate before.
    gaps, images : (memory, n) arrays, overwritten
        Differences of successive gaps and images.
    gram : (memory, memory) array, overwritten
        Inner products of `gaps`.
    """
    n, memory = len(x), len(gaps)
    if fresh:
        held = 0
    else:
        place = held % memory
        for k in range(n):
            gaps[place, k] = gap[k] - last_gap[k]
            images[place, k] = image[k] - last_image[k]
        held += 1
        for m in range(min(held, memory)):
            product = 0.0
            for k in range(n):
                product += gaps[m, k] * gaps[place, k]
            gram[m, place] = product
            gram[place, m] = product
    last_gap[:] = gap
    last_image[:] = image
    x[:] = image
    used = min(held, memory)
    if used == 0:
        return held
    right = np.empty(used)
    largest = 0.0
    for m in range(used):
        largest = max(largest, gram[m, m])
        product = 0.0
        for k in range(n):
            product += gaps[m, k] * gap[k]
        right[m] = product
    small = gram[:used, :used].copy()
    for m in range(used):
        small[m, m] += RIDGE * largest
    weights = np.linalg.solve(small, right)
    for m in range(used):
        for k in range(n):
            x[k] -= weights[m] * images[m, k]
    return held
