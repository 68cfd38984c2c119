"""How far values from dividends are from exact ones: coalitions at random, then uphill from the worst.

Coalitions of every size are solved exactly and compared. From the worst of them the search goes on to
neighbors, one member more, fewer or another, as long as the error grows: errors of neighbors are alike,
so that the worst of all is near the worst of some thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.numbers import Array, Mask
    from winset.trade.coalitions.families import Families

CHECKS = 10_000
CLIMBS = 6  # worst coalitions to begin from
STEPS = 12  # at most, from each
MARGIN = 1.25  # on the largest error found
NEIGHBORS = 400  # looked at in a step, at most
STARTS = 3  # largest coalitions whose dividends of unknowns a start is made of
MOST_STARTS = 6_000  # of them


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The errors found.

    Attributes
    ----------
    checked : int
        Coalitions solved exactly and compared.
    largest, rms : float
        Error, USD million; the mean square is that of the coalitions drawn at random.
    worst : tuple of int
        Members of the coalition where it is largest.
    by_size : tuple of (size, checked, largest, rms)
    rest : float
        What the orders left out sum to, if they fall on as those solved do.
    stated : float
        The error that a value may have: the larger of `MARGIN` largest and `rest`.
    """

    checked: int
    largest: float
    rms: float
    worst: tuple[int, ...]
    by_size: tuple[tuple[int, int, float, float], ...]
    rest: float

    @property
    def stated(self) -> float:
        """The error to state, USD million."""
        return max(MARGIN * self.largest, self.rest)

    def to_json(self, players: tuple[str, ...]) -> dict[str, Any]:
        """Return the entry ``certificate`` of ``dividends``."""
        return {
            "checked": self.checked,
            "largest_error_musd": self.largest,
            "rms_error_musd": self.rms,
            "largest_in": [players[k] for k in self.worst],
            "orders_left_out_musd": self.rest,
            "stated_error_musd": self.stated,
            "by_size": [
                {"size": s, "checked": c, "largest_error_musd": e, "rms_error_musd": r}
                for s, c, e, r in self.by_size
            ],
        }


def drawn(n: int, checks: int, seed: int) -> Mask:
    """Draw different coalitions of every size from two up, equally many of each, (m, n).

    Sizes of which there are fewer are taken whole, and the others the more of; everybody is always there.
    """
    from winset.subsets import family

    generator = np.random.default_rng(seed)
    sizes = sorted(range(2, n + 1), key=lambda s: (comb(n, s), s))
    found: list[Mask] = []
    left = checks
    for done, size in enumerate(sizes):
        share = -(-left // (len(sizes) - done))
        if comb(n, size) <= 2 * share:
            rows = family(n, size)
        else:
            keys = generator.random((2 * share, n))  # some come twice
            rows = np.unique(np.sort(np.argpartition(keys, size - 1)[:, :size]), axis=0)
            rows = rows[np.sort(generator.permutation(len(rows))[:share])]
        inside = np.zeros((len(rows), n), np.bool_)
        inside[np.arange(len(rows))[:, None], rows] = True
        found.append(inside)
        left -= len(rows)
    return np.concatenate(found)


class Checker:
    """Solves coalitions exactly and compares them with what dividends say."""

    def __init__(self, growth: Families) -> None:
        self.growth = growth
        self.said: Callable[[Mask], Array] = lambda inside: np.zeros(len(inside))
        self.exact: dict[bytes, float] = {}
        self._starts = [
            f
            for f in growth.families
            if f.own is not None and f.size <= STARTS and len(f.ranks) <= MOST_STARTS
        ]

    def values(self, inside: Mask) -> Array:
        """v(S) of coalitions (m, n), each solved once."""
        keys = [row.tobytes() for row in np.packbits(inside, axis=1)]
        new = [m for m, key in enumerate(keys) if key not in self.exact]
        parts = [
            new[first : first + self.growth.unit] for first in range(0, len(new), self.growth.unit)
        ]
        for part, values in zip(
            parts, self.growth.each(self._solve, [inside[p] for p in parts]), strict=True
        ):
            self.exact |= dict(zip((keys[m] for m in part), values.tolist(), strict=True))
        return np.array([self.exact[key] for key in keys])

    def _solve(self, inside: Mask) -> Array:
        start = np.zeros((len(inside), self.growth.problem.unknowns))
        for family in self._starts:
            here = inside[:, family.members].all(axis=2)
            assert family.own is not None
            start += here.astype(np.float64) @ family.own
        return self.growth.solve(inside, start).values

    def errors(self, inside: Mask) -> Array:
        """What dividends say less what is, (m,)."""
        return self.said(inside) - self.values(inside)


def neighbors(row: Mask, generator: np.random.Generator) -> Mask:
    """All coalitions with one member more or fewer, and those with one exchanged; at most `NEIGHBORS`."""
    n = len(row)
    flips = row ^ np.eye(n, dtype=np.bool_)
    inner, outer = np.flatnonzero(row), np.flatnonzero(~row)
    a, b = (x.ravel() for x in np.meshgrid(inner, outer))
    if len(a) > NEIGHBORS - n:
        some = generator.choice(len(a), max(NEIGHBORS - n, 0), replace=False)
        a, b = a[some], b[some]
    swaps = np.tile(row, (len(a), 1))
    at = np.arange(len(a))
    swaps[at, a], swaps[at, b] = False, True
    found = np.concatenate([flips, swaps])
    return np.asarray(found[found.sum(axis=1) >= 2])


def certify(checker: Checker, inside: Mask, rest: float, *, seed: int = 0) -> Accuracy:
    """Compare coalitions at random (m, n), then climb from the worst; see `drawn`.

    Raises
    ------
    ConvergenceError, DataError
        A coalition has no equilibrium; names its members.
    """
    error = np.abs(checker.errors(inside))
    size = inside.sum(axis=1)
    by_size = tuple(
        (int(s), int(np.sum(size == s)), float(error[size == s].max()), _rms(error[size == s]))
        for s in np.unique(size)
    )
    generator = np.random.default_rng(seed)
    largest, worst = float(error.max()), inside[int(np.argmax(error))]
    for start in np.argsort(-error, kind="stable")[:CLIMBS]:
        row, height = inside[start], float(error[start])
        for _ in range(STEPS):
            near = neighbors(row, generator)
            there = np.abs(checker.errors(near))
            best = int(np.argmax(there))
            if there[best] <= height:
                break
            row, height = near[best], float(there[best])
        if height > largest:
            largest, worst = height, row
    return Accuracy(
        checked=len(checker.exact),
        largest=largest,
        rms=_rms(error),
        worst=tuple(np.flatnonzero(worst).tolist()),
        by_size=by_size,
        rest=rest,
    )


def _rms(error: Array) -> float:
    return float(np.sqrt(np.mean(error**2)))
