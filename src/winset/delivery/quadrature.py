r"""Integrals whose integrand may have no end at either bound: the double-exponential rule.

    ∫_a^b f = Σ_k h f(x_k) x'(t_k),   x(t) = a + (b − a) q(t),   q = 1/(1 + exp(−π sinh t))

The distance from the nearer bound is what falls off doubly exponentially, so that powers and logarithms
at a bound cost nothing. The step is halved until two sums agree.

Source: Takahasi & Mori (1974), Publications of RIMS 9, from general knowledge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.numbers import Array

TOLERANCE = 1e-13
MOST_HALVINGS = 8
REACH = 4.0  # of t: beyond it a node is nearer than 1e-37 to its bound


def integral(f: Callable[[Array], Array], low: float, high: float) -> float:
    """Return the integral of f between two bounds; f is never asked at a bound itself.

    Raises
    ------
    ConvergenceError
        Two sums still differ by more than `TOLERANCE` after the last halving.
    """
    if not high > low:
        return 0.0
    before, change = np.inf, np.inf
    for halving in range(3, 3 + MOST_HALVINGS):
        h = 0.5**halving
        t = h * np.arange(-int(REACH / h), int(REACH / h) + 1)
        grown = np.exp(-np.pi * np.sinh(t))
        share = 1.0 / (1.0 + grown)
        x = low + (high - low) * share
        weight = (high - low) * np.pi * np.cosh(t) * share * grown / (1.0 + grown)
        inside = (x > low) & (x < high) & (weight > 0)
        now = float(h * (weight[inside] * f(x[inside])).sum())
        change = abs(now - before)
        if change <= TOLERANCE * max(1.0, abs(now)):
            return now
        before = now
    raise ConvergenceError(
        f"an integral between {low:g} and {high:g} has not settled: its sums differ by {change:.1e}.",
        residual=float(change),
    )
