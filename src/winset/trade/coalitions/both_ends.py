r"""Shapley values of an agreement of very many, from coalitions of few and from all but few.

The Shapley value is what a member adds on average while the coalition grows from nobody to all,

    φ_i = ∫₀¹ g_i(t) dt,   g_i(t) = E[v(S ∪ i) − v(S)],  every other being in S with probability t

(Owen 1972). At t = 0 dividends say how g_i begins, g_i(0) = Δ(i), g_i′(0) = Σ_j Δ(ij),
g_i″(0) = 2 Σ_{j<k} Δ(ijk); at t = 1 those of the dual game v*(S) = v(N) − v(N∖S) say how it ends,
g_i(1) = Δ*(i), g_i′(1) = −Σ_j Δ*(ij). The polynomial that agrees with all of them (Hermite's) is integrated.
Growing from one end alone, the terms left out all add up; between two ends the polynomial is off by the
fourth derivative over 720.

How far it is off is known in one figure, since Shapley values sum to v(N), which is solved: the gap. The
error stated for each value is `MARGIN` gaps, and never less than `LEAST` of v(N), for a gap may cancel. In
games small enough to be solved whole the largest error of a value was at most 2.2 gaps (tests).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.trade.coalitions.families import Families, growth

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winset.numbers import Array, Integers, Mask
    from winset.trade.coalitions.problem import Problem

    Progress = Callable[[int, int], None]

MOST_PLAYERS = 400
ORDERS = (2, 3)
MARGIN = 5.0  # gaps that a value may be off
LEAST = 1e-6  # of the worth of all, taken for the gap where that is smaller
MOST_TRIPLES = 10_000  # whose worths are handed on
DEFAULT_TOLERANCE = 1e-2
LEAST_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class BothEnds:
    """What the ends of a game say; p players, USD million.

    Attributes
    ----------
    pairs : (p, p) array
        Δ({i, j}), what two bring each other by themselves.
    own : (p,) array
        What each gains when all take part.
    without : (p, p) array
        Row j: what each gains when all but j take part.
    grand : float
        v(N).
    shapley, banzhaf : (p,) arrays
        Integral and middle of the polynomial.
    inside, worths : (m, p) and (m,) arrays
        Coalitions solved: of one, of two, of all but one, of all but two; of three where they are few.
    order : int
        Largest coalitions solved at the lower end.
    """

    problem: Problem
    pairs: Array
    own: Array
    without: Array
    grand: float
    shapley: Array
    banzhaf: Array
    inside: Mask
    worths: Array
    order: int
    solved: int
    max_residual: float
    resolved_by_newton: int
    seconds: float

    @property
    def gap(self) -> float:
        """Σ φ_i − v(N): what is known of the error."""
        return float(self.shapley.sum() - self.grand)

    @property
    def error(self) -> float:
        """The error that a Shapley value may have, as estimated from the gap."""
        return MARGIN * max(abs(self.gap), LEAST * abs(self.grand))

    def losses(self) -> Array:
        """Row j: what each of the others loses when j stays out, (p, p), zero on the diagonal."""
        lost = self.own - self.without
        np.fill_diagonal(lost, 0.0)
        return lost


def compute(
    problem: Problem,
    *,
    order: int | None = None,
    tolerance: float | None = None,
    workers: int | None = None,
    save: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> BothEnds:
    """Solve pairs, all but pairs, and triples where the tolerance asks for them.

    Parameters
    ----------
    order : int, optional
        2 or 3.
    tolerance : float, optional
        Instead: the part of v(N) that the stated error may be; 0.01
        by default.
    save : path, optional
        Keep every equilibrium in this file as it is solved; `resume` goes on from it, see `kept`.

    Raises
    ------
    DataError
        An order or tolerance that this does not reach, too many players, or a file that cannot be used.
    ConvergenceError
        A coalition has no equilibrium; names its members.
    """
    begun = time.perf_counter()
    p = len(problem.players)
    order, tolerance = asked(p, order, tolerance)
    with growth(problem, workers, save=save, resume=resume) as grown:
        ends = _Ends(grown, progress)
        found = ends.read(begun)
        if order == 3 or (tolerance is not None and not _within(found, tolerance)):
            ends.triples()
            found = ends.read(begun)
    if tolerance is not None and not _within(found, tolerance):
        raise DataError(
            f"--tolerance {tolerance:g}: with orders up to 3 the Shapley values are within "
            f"{_reached(found):.2g} of the worth of all. Ask for that, or for fewer players."
        )
    return found


def asked(p: int, order: int | None, tolerance: float | None) -> tuple[int | None, float | None]:
    if p > MOST_PLAYERS:
        raise DataError(
            f"{p} players: {MOST_PLAYERS} are the most, for their pairs alone are {comb(p, 2):,} equilibria "
            f"of as many economies, and {16 * comb(p, 2) * p / 1e9:,.1f} GB. Name fewer with --players."
        )
    if order is not None and tolerance is not None:
        raise DataError("give --order or --tolerance, one of the two.")
    if order is not None and order not in ORDERS:
        raise DataError(
            f"--order {order}: with more than 30 players it is 2 or 3; {comb(p, 4):,} coalitions of four "
            "are too many."
        )
    if order is None and tolerance is None:
        tolerance = DEFAULT_TOLERANCE
    if tolerance is not None and not LEAST_TOLERANCE <= tolerance < 1.0:
        raise DataError(
            f"--tolerance {tolerance:g}: with more than 30 players it is a part of the worth of all from "
            f"{LEAST_TOLERANCE:g} to below 1."
        )
    return order, tolerance


def _reached(found: BothEnds) -> float:
    return found.error / max(abs(found.grand), 1e-300)


def _within(found: BothEnds, tolerance: float) -> bool:
    return _reached(found) <= tolerance


class _Ends:
    """Both ends of a game, solved."""

    def __init__(self, grown: Families, progress: Progress | None) -> None:
        from winset.subsets import family

        self.grown, self.progress = grown, progress
        p, n = grown.players, grown.problem.unknowns
        self.doing, self.todo = 0, 2 * comb(p, 2) + p + 1
        for size in (1, 2):
            grown.add(family(p, size), self._told)
        everybody = np.ones((1, p), np.bool_)
        whole = grown.solve(everybody, np.zeros((1, n)))
        self.own, self.grand = whole.gains[0], float(whole.values[0])
        all_but = grown.solve(~np.eye(p, dtype=np.bool_), np.tile(whole.u[0], (p, 1)))
        self.without, self.leaving = all_but.gains, self.grand - all_but.values
        rows = family(p, 2)

        def apart(part: Integers) -> Array:
            inside = np.ones((len(part), p), np.bool_)
            inside[np.arange(len(part))[:, None], part] = False
            start = all_but.u[part[:, 0]] + all_but.u[part[:, 1]] - whole.u[0]
            return grown.solve(inside, start).values

        parts = [rows[first : first + grown.unit] for first in range(0, len(rows), grown.unit)]
        left = []
        for values in grown.each(apart, parts):
            left.append(values)
            self._told(len(values))
        dual = self.grand - np.concatenate(left) - self.leaving[rows].sum(axis=1)
        self.without_two = np.concatenate(left)
        self.ending = -_to_members(rows, dual, p)

    def _told(self, more: int) -> None:
        self.doing += more
        if self.progress is not None:
            self.progress(min(self.doing, self.todo), self.todo)

    def triples(self) -> None:
        """Solve all coalitions of three."""
        from winset.subsets import family

        self.todo += comb(self.grown.players, 3)
        self.grown.add(family(self.grown.players, 3), self._told)

    def known(self) -> tuple[Mask, Array]:
        """Coalitions that were solved, (m, p), and what they are worth."""
        p = self.grown.players
        inside, worths = [], []
        for family in self.grown.families:
            if family.size > 2 and len(family.ranks) > MOST_TRIPLES:
                continue
            some = np.zeros((len(family.ranks), p), np.bool_)
            some[np.arange(len(some))[:, None], family.members] = True
            inside.append(some)
            worths.append(family.values)
            if family.size == 1:
                inside.append(~some)
                worths.append(self.grand - self.leaving)
            elif family.size == 2:
                inside.append(~some)
                worths.append(self.without_two)
        return np.concatenate(inside), np.concatenate(worths)

    def read(self, begun: float) -> BothEnds:
        """Fit the polynomials."""
        grown, p = self.grown, self.grown.players
        first, second, *third = grown.families
        at_0, at_1 = first.dividends, self.leaving
        slope_0, slope_1 = _to_members(second.members, second.dividends, p), self.ending
        # From here g less its value at 0: A t³ + B t⁴ beside slope t + bend t²/2.
        rise, turn = at_1 - at_0 - slope_0, slope_1 - slope_0
        if third:
            bend = 2.0 * _to_members(third[0].members, third[0].dividends, p)
            rise, turn = rise - bend / 2.0, turn - bend
            four = turn - 3.0 * rise
            three = rise - four
            rest = bend / 6.0 + three / 4.0 + four / 5.0
            middle = bend / 8.0 + three / 8.0 + four / 16.0
        else:
            three = turn - 2.0 * rise
            two = rise - three
            rest, middle = two / 3.0 + three / 4.0, two / 4.0 + three / 8.0
        inside, worths = self.known()
        pairs = np.zeros((p, p))
        pairs[second.members[:, 0], second.members[:, 1]] = second.dividends
        return BothEnds(
            problem=grown.problem,
            pairs=pairs + pairs.T,
            own=self.own,
            without=self.without,
            grand=self.grand,
            shapley=at_0 + slope_0 / 2.0 + rest,
            banzhaf=at_0 + slope_0 / 2.0 + middle,
            inside=inside,
            worths=worths,
            order=len(grown.families),
            solved=grown.solved,
            max_residual=grown.residual,
            resolved_by_newton=grown.by_newton,
            seconds=time.perf_counter() - begun,
        )


def _to_members(rows: Integers, dividends: Array, p: int) -> Array:
    """Σ_{T∋i} Δ(T), (p,)."""
    sums = np.bincount(rows.ravel(), np.repeat(dividends, rows.shape[1]), p)
    return np.asarray(sums, dtype=np.float64)
