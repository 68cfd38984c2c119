"""What counts as a gain or a loss: one threshold, wherever economies are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array

#: Change of welfare below which an economy is unmoved: 0.005 percent, half of the last digit printed.
UNMOVED = 5e-5


def direction(change: Array | float) -> NDArray[np.int8]:
    """Return 1 for a gain, −1 for a loss, 0 for an economy that is unmoved.

    `change` is relative to income: Ŵ − 1, or an equivalent variation over what it is a variation of.

    >>> direction(np.array([0.01, 4e-5, -4e-5, -5e-5])).tolist()
    [1, 0, 0, -1]
    """
    change = np.asarray(change, dtype=np.float64)
    return np.where(np.abs(change) < UNMOVED, 0, np.sign(change)).astype(np.int8)
