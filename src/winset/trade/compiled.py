"""The rules that stand elsewhere as plain functions, compiled for the kernels that repeat them often.

Only kernels import this: it brings numba, which takes as long to load as a scenario to solve. What a
change is worth is not compiled fast, so that nothing changed is worth nothing to the last digit.
"""

from __future__ import annotations

import scipy.linalg  # noqa: F401  (its BLAS is what numba calls: `one_thread` limits what is loaded)
from numba import njit

from winset.trade import equilibrium
from winset.trade.numerics import anderson
from winset.trade.numerics.kernels import FAST

advance = njit(cache=True, nogil=True, fastmath=FAST)(anderson.advance)
judged = njit(cache=True, nogil=True)(equilibrium.judged)
enjoyed = njit(cache=True, nogil=True)(equilibrium.enjoyed)
worth = njit(cache=True, nogil=True)(equilibrium.worth)
