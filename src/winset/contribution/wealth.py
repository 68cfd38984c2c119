"""Contributors with incomes of their own: who gives how much of it, and that a transfer changes nothing.

Member i has w_i, keeps x_i and gives g_i = w_i − x_i ≥ 0; its utility is x_i^(1−α_i) G^α_i, G = Σ g. Alone it
gives so that G = α_i (w_i + G_{−i}), or nothing, so that the level is the one root of

    Σ_i max(0, w_i − G (1 − α_i)/α_i) = G.

Among those who give before and after it, a transfer of income leaves G and everybody's x as they were
(Warr 1983; Bergstrom, Blume & Varian 1986; from general knowledge). Lindahl's prices p_i = α_i w_i/G, which
sum to 1, support G = Σ α_i w_i, at which each keeps (1 − α_i) w_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array


@dataclass(frozen=True, slots=True)
class Giving:
    """What each gives and keeps, and the level; `price` are Lindahl's, none where each gives as it likes."""

    level: float
    given: Array
    kept: Array
    price: Array


def alone(wealth: Sequence[float] | Array, share: Sequence[float] | Array) -> Giving:
    """Return what each gives by itself, exactly: who gives is found by sorting.

    >>> round(alone([10.0, 10.0], [0.5, 0.5]).level, 9)
    6.666666667

    Raises
    ------
    DataError
        An income that is negative or no income at all, or a share outside (0, 1).
    """
    w, a = _checked(wealth, share)
    kappa = (1.0 - a) / a
    most = w / kappa  # the level at which a member stops giving
    order = np.argsort(-most, kind="stable")
    level = 0.0
    for count in range(1, len(w) + 1):
        giving = order[:count]
        level = float(w[giving].sum() / (1.0 + kappa[giving].sum()))
        if count == len(w) or level >= most[order[count]]:
            break
    given = np.maximum(w - level * kappa, 0.0)
    return Giving(level, given, w - given, np.zeros(len(w)))


def lindahl(wealth: Sequence[float] | Array, share: Sequence[float] | Array) -> Giving:
    """Return Lindahl's equilibrium, in which all want the same level at their own prices.

    Raises
    ------
    DataError
        As `alone`.
    """
    w, a = _checked(wealth, share)
    level = float((a * w).sum())
    return Giving(level, a * w, (1.0 - a) * w, a * w / level)


def _checked(
    wealth: Sequence[float] | Array, share: Sequence[float] | Array
) -> tuple[Array, Array]:
    w, a = np.asarray(wealth, dtype=np.float64), np.asarray(share, dtype=np.float64)
    if w.shape != a.shape or w.ndim != 1 or not len(w):
        raise DataError(f"{w.size} incomes need {w.size} shares, found {a.size}.")
    if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
        raise DataError("incomes are zero or more, and one of them above zero.")
    if not ((a > 0) & (a < 1)).all():
        raise DataError("shares of income that go to the common good lie between 0 and 1.")
    return w, a
