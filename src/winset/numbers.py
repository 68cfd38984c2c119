"""Arrays that pass between rooms, their shapes standing in docstrings; how far figures may be apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
Places = NDArray[np.intp]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

#: How many times as large as the smallest figure of a game or a deal, but zero, the largest may be:
#: rounding is then a millionth of the smallest.
MOST_RANGE = 10**10
