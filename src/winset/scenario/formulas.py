"""Tariff changes as negotiators write them: from the present rate to the new one.

| key | new rate t' of the present t | |
|---|---|---|
| ``rate`` | x | a rate, 0.10 is ten percent |
| ``percent`` | t (1 + x/100) | a linear cut or rise; −36 as in the Uruguay Round on agriculture |
| ``points`` | t + x, a cut not below zero | 0.05 is five points on |
| ``cap`` | min(t, x) | no rate above x |
| ``swiss`` | x t/(x + t) | the Swiss formula: x is its coefficient and the highest rate there can be |
| ``margin`` | (1 − x) m | a margin of preference on the MFN rate m, see `winset.worlds.mfn` |

Source: Francois & Martin (2003), Formula approaches for market access negotiations, The World Economy
26.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from winset.numbers import Array


@dataclass(frozen=True, slots=True)
class Formula:
    """One way to write a tariff change: the new rates, and which sizes make sense.

    `new` takes present rates, or MFN rates if `of_mfn`, and the size. `replaces`: the present rate
    does not matter.
    """

    new: Callable[[Array, float], Array]
    low: float
    high: float
    above: bool  # the lower bound itself is not allowed
    hint: str
    replaces: bool = False
    of_mfn: bool = False

    def problem(self, value: float) -> str | None:
        """Say what is wrong with a size; None when nothing is."""
        low = value > self.low if self.above else value >= self.low
        if math.isfinite(value) and low and value <= self.high:
            return None
        floor = f"{'above' if self.above else 'at least'} {self.low:g}"
        ceiling = f" and at most {self.high:g}" if math.isfinite(self.high) else ""
        return f"must be {floor}{ceiling}. {self.hint}"


def _points(present: Array, size: float) -> Array:
    return np.maximum(present + size, np.minimum(present, 0.0))


def _swiss(present: Array, size: float) -> Array:
    return np.where(present > 0, size * present / (size + np.maximum(present, 0.0)), present)


FORMULAS: dict[str, Formula] = {
    "rate": Formula(
        lambda present, size: np.full_like(present, size),
        -1.0,
        10.0,
        True,
        "Write 0.10 for ten percent: is it in percent?",
        replaces=True,
    ),
    "percent": Formula(
        lambda present, size: present * (1.0 + size / 100.0),
        -100.0,
        math.inf,
        False,
        "Write -36 for a cut by 36 percent of the present rate; -100 abolishes it.",
    ),
    "points": Formula(_points, -1.0, 3.0, True, "Write 0.05 for five percentage points."),
    "cap": Formula(
        lambda present, size: np.minimum(present, size),
        0.0,
        3.0,
        False,
        "Write 0.15 for a cap of fifteen percent.",
    ),
    "swiss": Formula(
        _swiss, 0.0, 1.0, True, "Write the coefficient as a fraction: 0.08 for a coefficient of 8."
    ),
    "margin": Formula(
        lambda mfn, size: (1.0 - size) * mfn,
        0.0,
        1.0,
        False,
        "Write 0.25 for a preference of a quarter of the MFN rate; 1 is duty free.",
        replaces=True,
        of_mfn=True,
    ),
}


def given_to_all(present: Array, new: Array, named: NDArray[np.bool_]) -> Array:
    """Extend what the `named` pairs are given to every exporter, (..., n, n).

    `new` holds what the formula makes of every cell. By importer and sector: where no named
    exporter's rate rises, nobody else's rises either; where none falls, nobody else's falls; so that
    an exporter that is better off already stays so.
    """
    step = np.where(named, new - present, 0.0)
    rises = (step > 0).any(axis=-2, keepdims=True)
    falls = (step < 0).any(axis=-2, keepdims=True)
    given = np.where(
        ~rises, np.minimum(present, new), np.where(~falls, np.maximum(present, new), new)
    )
    reached = named.any(axis=-2, keepdims=True) & ~np.eye(present.shape[-1], dtype=np.bool_)
    return np.where(named, new, np.where(reached, given, present))
