"""Names of the arrays that pass between rooms; shapes stand in docstrings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]
Places = NDArray[np.intp]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
