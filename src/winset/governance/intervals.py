"""Shares with their intervals, and places that intervals allow."""

from __future__ import annotations

import math
from collections.abc import Sequence

Z = 1.959964  # of 95 percent
LEVEL = 0.95


def wilson(hits: float, trials: float) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²))/(1 + z²/n), p = hits/n (Wilson 1927; from general
    knowledge).

    >>> tuple(round(end, 3) for end in wilson(8, 10))
    (0.49, 0.943)
    """
    share = hits / trials
    middle = share + Z * Z / (2 * trials)
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials**2))
    scale = 1 + Z * Z / trials
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def places(ends: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return the best and the worst place that each interval allows, 1 the largest.

    An interval stands before another only where they do not overlap; nobody is ranked within a tie.

    >>> places([(0.8, 0.9), (0.1, 0.3), (0.2, 0.4)])
    [(1, 1), (2, 3), (2, 3)]
    """
    return [
        (
            1 + sum(low > own_high for low, _ in ends),
            len(ends) - sum(high < own_low for _, high in ends),
        )
        for own_low, own_high in ends
    ]
