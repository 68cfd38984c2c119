"""Coalitions of few members, solved size by size from what their parts have told: their dividends.

The Harsanyi dividend of a coalition is what it is worth beyond all its parts, Δ(S) = v(S) − Σ_{T⊊S} Δ(T);
likewise of every unknown, Δu(S) = u(S) − Σ_{T⊊S} Δu(T). Where dividends fall from size to size, the sum
over the parts is a start so near that two or three chord steps arrive.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from winset.errors import DataError
from winset.trade.coalitions.compute import exactly
from winset.trade.coalitions.kept import Kept, key_of
from winset.trade.coalitions.neighbors import NearbySolver, lay_out, solve_rows, unit_of
from winset.trade.coalitions.rows import Solved
from winset.trade.coalitions.store import WITHOUT_FILE
from winset.trade.numerics.blas import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from winset.numbers import Array, Integers, Mask
    from winset.trade.coalitions.problem import Problem

A = TypeVar("A")
B = TypeVar("B")
STARTS = 4  # largest parts whose unknowns are kept to start from
KEPT_BYTES = 400_000_000  # of such unknowns


@dataclass(frozen=True, slots=True)
class Family:
    """The coalitions of one size that were solved.

    Attributes
    ----------
    members : (m, k) array
        Positions of the members, by rank, see `winset.subsets`.
    ranks : (m,) array
    values, dividends : (m,) arrays
        v(S) and Δ(S), USD million.
    own : (m, n) array or None
        Δu(S) of every economy, where it is kept.
    """

    members: Integers
    ranks: Integers
    values: Array
    dividends: Array
    own: Array | None

    @property
    def size(self) -> int:
        """Members of each."""
        return int(self.members.shape[1])


@dataclass(slots=True)
class Families:
    """Families of sizes 1, 2, … of a problem's coalitions, each solved from those before.

    `residual` is the largest of all that were solved, `by_newton` how many the ordinary solver took over.
    """

    problem: Problem
    workers: int
    families: list[Family] = field(default_factory=list)
    residual: float = 0.0
    by_newton: int = 0
    solved: int = 0
    kept: Kept | None = None
    _known: tuple[int, tuple[Integers, Integers, Array, int]] | None = None
    _rows: NearbySolver | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def unit(self) -> int:
        """How many coalitions make a part of the work."""
        return unit_of(self.problem)

    @property
    def players(self) -> int:
        """How many play."""
        return len(self.problem.players)

    def known(self, *, unknowns: bool = False) -> tuple[Integers, Integers, Array, int]:
        """Ranks of what is at hand, where each size begins, dividends (m, c), and the largest size.

        With `unknowns` the dividends are those of u.
        """
        kept = [f for f in self.families if not unknowns or f.own is not None]
        begins = np.zeros(len(kept) + 2, np.int64)
        begins[2:] = np.cumsum([len(f.ranks) for f in kept])
        columns = [f.own if unknowns else f.dividends[:, None] for f in kept]
        return (
            np.concatenate([f.ranks for f in kept]),
            begins,
            np.ascontiguousarray(np.concatenate(columns)),  # type: ignore[arg-type]
            len(kept),
        )

    def _unknowns(self) -> tuple[Integers, Integers, Array, int]:
        """Return `known` of the unknowns, put together once for each size."""
        with self._lock:
            if self._known is None or self._known[0] != len(self.families):
                self._known = len(self.families), self.known(unknowns=True)
            return self._known[1]

    def of_parts(self, members: Integers, *, unknowns: bool = False) -> Array:
        """Σ Δ(T) over the proper parts at hand of each coalition, (m, c)."""
        from winset import subsets

        count = self.problem.unknowns if unknowns else 1
        out = np.zeros((len(members), count))
        if not self.families or members.shape[1] == 1:
            return out
        ranks, begins, numbers, most = self._unknowns() if unknowns else self.known()
        table = subsets.binomials(self.players, members.shape[1])
        missing = np.zeros(len(members), np.int64)
        subsets.subset_sums(members, table, ranks, begins, numbers, most, out, missing)
        if not unknowns and missing.any():
            raise ValueError("a coalition is asked for before its parts")
        return out

    def add(self, members: Integers, progress: Callable[[int], None] | None = None) -> Family:
        """Solve coalitions of the next size, whose parts are all at hand; returns their family.

        Raises
        ------
        ConvergenceError, DataError
            A coalition has no equilibrium; names its members.
        """
        from winset import subsets

        n, size = self.problem.unknowns, members.shape[1]
        ranks = subsets.ranks(members, self.players)
        room = len(members) * n * 8 <= KEPT_BYTES
        keep = size <= STARTS and room and all(f.own is not None for f in self.families)
        values = np.zeros(len(members))
        own = np.zeros((len(members), n)) if keep else None
        if size == 1 and np.all(self.problem.productivity == 1.0):
            family = Family(members, ranks, values, values.copy(), own)  # one alone changes nothing
            self.families.append(family)
            return family

        def unit(first: int) -> tuple[int, Array, Array]:
            part = members[first : first + self.unit]
            inside = np.zeros((len(part), self.players), np.bool_)
            inside[np.arange(len(part))[:, None], part] = True
            start = self.of_parts(part, unknowns=True)
            found = self.solve(inside, start)
            return first, found.values, found.u - start

        for first, found, beyond in self.each(unit, range(0, len(members), self.unit)):
            values[first : first + self.unit] = found
            if own is not None:
                own[first : first + self.unit] = beyond
            if progress is not None:
                progress(len(found))
        family = Family(members, ranks, values, values - self.of_parts(members)[:, 0], own)
        self.families.append(family)
        return family

    def each(self, work: Callable[[A], B], parts: Iterable[A]) -> Iterator[B]:
        """Do a work for each part on threads, and return what comes out in order."""
        with one_thread(), ThreadPoolExecutor(self.workers) as pool:
            yield from pool.map(work, parts)

    @one_thread()
    def solve(self, inside: Mask, start: Array) -> Solved:
        """Solve any coalitions (m, p) from a start (m, n); what rows do not find, the ordinary solver does.

        Raises
        ------
        ConvergenceError, DataError
            A coalition has no equilibrium; names its members.
        """
        with self._lock:
            if self._rows is None:
                self._rows = lay_out(self.problem)
        key = key_of(inside, start) if self.kept is not None else b""
        before = self.kept.get(key) if self.kept is not None else None
        found, missed = before or self._solve(self._rows, inside, start)
        if self.kept is not None and before is None:
            self.kept.put(key, found, missed)
        with self._lock:
            self.by_newton += missed
            self.residual = max(self.residual, float(found.residual.max(initial=0.0)))
            self.solved += len(found.values)
        return found

    def _solve(self, rows: NearbySolver, inside: Mask, start: Array) -> tuple[Solved, int]:
        found = solve_rows(rows, inside, start)
        missed = np.flatnonzero(np.isnan(found.values)).tolist()
        for m in missed:
            gains, _, found.residual[m] = exactly(self.problem, inside[m])
            found.gains[m] = gains[: self.players]
            found.values[m] = found.gains[m][inside[m]].sum()
        return found, len(missed)


@contextmanager
def growth(
    problem: Problem,
    workers: int | None = None,
    *,
    save: Path | None = None,
    resume: bool = False,
) -> Iterator[Families]:
    """Begin with nobody; what is solved is kept in a file where one is named, see `kept`.

    Raises
    ------
    DataError
        ``--resume`` without ``--save``, or a file that cannot be used.
    """
    if resume and save is None:
        raise DataError(WITHOUT_FILE)
    with Kept.open(problem, save, resume=resume) if save is not None else nullcontext() as kept:
        yield Families(problem, workers or os.cpu_count() or 1, kept=kept)
