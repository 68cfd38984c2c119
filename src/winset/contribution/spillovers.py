"""What research in one member adds to productivity in the others.

    Δ ln A_i = ε_own Δ ln R_i + ε_from Σ_j m_ij Δ ln R_j

R is the stock of research, which grows by the percentage by which yearly spending is raised for good; m_ij is
j's part in what reaches i (its part in i's imports, or in i's co-authored works). The form is that of Coe &
Helpman (1995), from general knowledge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from winset.numbers import Array


def productivity(growth: Array, weights: Array, *, own: float, foreign: float) -> Array:
    """Return the factor of each member's productivity, (n,).

    Parameters
    ----------
    growth : (n,) array
        Factor of each one's research: 2 is doubled.
    weights : (n, n) array
        m, ``weights[i, j]`` of what reaches i from j; its diagonal is not used.
    own, foreign : float
        Elasticities.

    >>> productivity(np.full(2, 2.0), np.array([[0, 0.5], [1, 0]]), own=1.0, foreign=0.0).tolist()
    [2.0, 2.0]

    Raises
    ------
    DataError
        A factor that is not positive, a negative weight, or elasticities that are no figures.
    """
    factor = np.asarray(growth, dtype=np.float64)
    if not (np.isfinite(factor).all() and (factor > 0).all()):
        raise DataError("research changes by positive factors.")
    m = np.array(weights, dtype=np.float64)
    if m.shape != (len(factor), len(factor)) or not (np.isfinite(m).all() and (m >= 0).all()):
        raise DataError("weights of spillovers are zero or more, one for each pair.")
    if not (np.isfinite(own) and np.isfinite(foreign)):
        raise DataError("elasticities must be numbers.")
    np.fill_diagonal(m, 0.0)
    return np.exp(own * np.log(factor) + foreign * (m @ np.log(factor)))
