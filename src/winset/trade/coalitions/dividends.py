r"""The game of all coalitions from the dividends of small ones, and how far it is from exact.

    v(S) ≈ Σ_{T⊆S, |T|≤K} Δ(T).

Dividends of trade agreements fall from order to order: what three share is what two pairs have in
common, and so on. Coalitions are solved size by size; where a tolerance is asked for, only those whose
parts say that they can matter, until what is left out is estimated to be below it. Then coalitions of
every size are solved exactly and compared (`certificate`). Nothing here is exact, and what comes out
says so: order, error, and how many coalitions the error rests on.

Sources: Harsanyi (1963) for dividends; growing downward-closed sets of terms by what their parts
contribute is how adaptive sparse grids grow (Gerstner & Griebel 2003, from general knowledge).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.trade.coalitions.certificate import CHECKS, Accuracy, Checker, certify, drawn
from winset.trade.coalitions.families import Families, Family, growth
from winset.trade.coalitions.store import most_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from winset.numbers import Array, Integers, Mask
    from winset.trade.coalitions.problem import Problem

    Progress = Callable[[int, int], None]

LEAST_TOLERANCE = 1e-9  # of the worth of all: dividends are differences of numbers of 16 digits
DEFAULT_TOLERANCE = 1e-5
WHOLE = 3_000  # coalitions of a size that are solved without asking which matter
MOST_SOLVED = 6_000_000
DECAYS = 0.7  # ratio of two orders above which dividends do not fall
BINS = 400  # whole powers of two of an estimate
NOISE = 1e-9  # of the worth of all: orders that sum to less are rounding
FIRST_SCALE = 0.3  # of what estimates sum to, before an order tells


@dataclass(frozen=True, slots=True)
class DividendOrder:
    """Dividends of one order: coalitions there are, solved, the largest and the sum, USD million."""

    order: int
    count: int
    solved: int
    largest: float
    total: float

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``by_order``."""
        return {
            "order": self.order,
            "coalitions": self.count,
            "solved": self.solved,
            "largest_dividend_musd": self.largest,
            "sum_of_absolute_musd": self.total,
        }


@dataclass(frozen=True, slots=True)
class Dividends:
    """A game by its dividends up to an order.

    Attributes
    ----------
    families : tuple of Family
        Sizes 1, 2, …
    values : (2^p,) array
        v(S) of all coalitions, that of all players together exact.
    grand : float
        v(N), solved exactly.
    rate : float or None
        Ratio of the sums of the last two orders; None with fewer than two.
    """

    problem: Problem
    families: tuple[Family, ...]
    orders: tuple[DividendOrder, ...]
    values: Array
    grand: float
    rate: float | None
    certificate: Accuracy
    solved: int
    max_residual: float
    resolved_by_newton: int
    seconds: float

    @property
    def order(self) -> int:
        """K."""
        return self.orders[-1].order

    def to_json(self) -> dict[str, Any]:
        """Return ``dividends`` of ``winset share --json``."""
        return {
            "order": self.order,
            "equilibria": self.solved,
            "by_order": [order.to_json() for order in self.orders],
            "rate": self.rate,
            "certificate": self.certificate.to_json(self.problem.players),
        }


def compute(
    problem: Problem,
    *,
    order: int | None = None,
    tolerance: float | None = None,
    workers: int | None = None,
    checks: int = CHECKS,
    seed: int = 0,
    save: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Dividends:
    """Solve small coalitions, and certify what all others are worth by them.

    Parameters
    ----------
    order : int, optional
        Solve all coalitions of up to so many members.
    tolerance : float, optional
        Instead: go on until the stated error is below this part of the worth of all; 1e-5 by default.
    save : path, optional
        Keep every equilibrium in this file as it is solved; `resume` goes on from it, see `kept`.

    Raises
    ------
    DataError
        An order below 2, a tolerance that double precision does not reach, both at once, too many
        coalitions, dividends that do not fall, or a file that cannot be used.
    ConvergenceError
        A coalition has no equilibrium; names its members.
    """
    begun = time.perf_counter()
    n = len(problem.players)
    order, tolerance = checked(n, order, tolerance)
    with growth(problem, workers, save=save, resume=resume) as grown:
        run, found = _grown(grown, order, tolerance, checks, seed, progress)
    assert run.values is not None
    run.values[-1] = run.grand
    return Dividends(
        problem=problem,
        families=tuple(grown.families),
        orders=tuple(run.orders),
        values=run.values,
        grand=run.grand,
        rate=run.rate,
        certificate=found,
        solved=grown.solved,
        max_residual=grown.residual,
        resolved_by_newton=grown.by_newton,
        seconds=time.perf_counter() - begun,
    )


def _grown(
    grown: Families,
    order: int | None,
    tolerance: float | None,
    checks: int,
    seed: int,
    progress: Progress | None,
) -> tuple[_Run, Accuracy]:
    """Solve what is asked for, and certify it."""
    problem, n = grown.problem, grown.players
    everybody = np.ones((1, n), np.bool_)
    grand = float(grown.solve(everybody, np.zeros((1, problem.unknowns))).values[0])
    run = _Run(grown, grand, checks, seed, progress)
    if order is not None:
        for size in range(1, order + 1):
            run.whole(size)
        found = run.certified()
        if run.fails and order < n:
            raise _no_decay(run, order)
    else:
        assert tolerance is not None
        found = run.adaptive(tolerance * max(abs(grand), 1e-300))
    return run, found


def checked(n: int, order: int | None, tolerance: float | None) -> tuple[int | None, float | None]:
    """Return the order or tolerance asked for, or refuse it."""
    if order is not None and tolerance is not None:
        raise DataError("give --order or --tolerance, one of the two.")
    if order is not None:
        if order < 2:
            raise DataError(
                f"--order {order}: coalitions of one change nothing; 2 is the lowest order."
            )
        count = sum(math.comb(n, k) for k in range(1, min(order, n) + 1))
        need = 8 * (min(order, n) + 4) * count + (8 << n)
        if count > 10 * MOST_SOLVED or need > most_memory():
            raise DataError(
                f"--order {order} of {n} players: {count:,} equilibria and {need / 1e9:,.1f} GB of memory. "
                "Ask for a lower order, or for a --tolerance, which solves only what matters."
            )
        return min(order, n), None
    if tolerance is None:
        tolerance = DEFAULT_TOLERANCE
    if not LEAST_TOLERANCE <= tolerance < 1.0:
        raise DataError(
            f"--tolerance {tolerance:g}: it is a part of the worth of all, from {LEAST_TOLERANCE:g}, "
            "which is what differences of double precision give, to below 1."
        )
    return None, tolerance


class _Run:
    """A growth on its way, with what each order summed to."""

    def __init__(
        self, grown: Families, grand: float, checks: int, seed: int, progress: Progress | None
    ) -> None:
        self.grown, self.grand, self.checks, self.seed = grown, grand, checks, seed
        self.progress = progress
        self.orders: list[DividendOrder] = []
        self.values: Array | None = None
        self.left = 0.0  # what was left out of orders solved in part, by estimate
        self.scale = FIRST_SCALE
        self._checker: Checker | None = None
        self._drawn: Mask | None = None

    @property
    def n(self) -> int:
        return self.grown.players

    def whole(self, size: int) -> None:
        """Solve all coalitions of a size."""
        from winset.subsets import family

        self.add(family(self.n, size))

    def add(self, members: Integers) -> Family:
        """Solve coalitions of the next size."""
        done = 0

        def told(more: int) -> None:
            nonlocal done
            done += more
            if self.progress is not None:
                self.progress(done, len(members))

        family = self.grown.add(members, told)
        size = np.abs(family.dividends)
        self.orders.append(
            DividendOrder(
                family.size,
                math.comb(self.n, family.size),
                len(size),
                float(size.max(initial=0.0)),
                float(size.sum()),
            )
        )
        return family

    @property
    def rate(self) -> float | None:
        """Ratio of the last two orders' sums; None where there are no two."""
        sums = [o.total for o in self.orders if o.order > 1 or o.total > 0.0]
        if len(sums) < 2:
            return None
        if sums[-1] <= NOISE * abs(self.grand):
            return 0.0
        return sums[-1] / sums[-2] if sums[-2] > 0.0 else math.inf

    @property
    def fails(self) -> bool:
        """Whether dividends do not fall."""
        return self.rate is not None and self.rate >= DECAYS

    @property
    def rest(self) -> float:
        """What all orders left out sum to, if each falls as the last did; nothing if none is left."""
        if self.orders[-1].order == self.n:
            return self.left
        rate = self.rate
        if rate is None:
            return self.left
        if rate >= 1.0:
            return math.inf
        return self.left + self.orders[-1].total * rate / (1.0 - rate)

    def certified(self) -> Accuracy:
        """Check what has been solved so far."""
        from winset import subsets

        families = self.grown.families
        values = subsets.spread_out(
            self.n, [f.members for f in families], [f.dividends for f in families]
        )
        self.values = values
        weights = np.int64(1) << np.arange(self.n)

        def said(inside: Mask) -> Array:
            return np.asarray(values[inside.astype(np.int64) @ weights])

        if self._checker is None or self._drawn is None:
            self._checker = Checker(self.grown)
            self._drawn = drawn(self.n, self.checks, self.seed)
        self._checker.said = said
        return certify(self._checker, self._drawn, self.rest, seed=self.seed)

    def adaptive(self, tolerance: float) -> Accuracy:
        """Add order after order, of each what matters, until the stated error is below a tolerance."""
        self.whole(1)
        if self.n > 1:
            self.whole(2)
        while True:
            last = self.orders[-1].order
            if last == self.n or (self.rate is not None and self.rest <= tolerance):
                found = self.certified()
                if found.stated <= tolerance or last == self.n:
                    return found
            members = self.candidates(0.25 * tolerance)
            if self.grown.solved + len(members) > MOST_SOLVED:
                raise _no_decay(self, last)
            if not len(members):
                return self.certified()
            before = self.left
            family = self.add(members)
            self._learn(family, before)

    def candidates(self, budget: float) -> Integers:
        """Coalitions one larger whose parts are all solved, but those that sum to less than a budget."""
        from winset import subsets

        last, below = self.grown.families[-1], self.grown.families[-2]
        size = last.size + 1
        count = math.comb(self.n, size)
        if count <= WHOLE and len(last.ranks) == math.comb(self.n, last.size):
            self._hoped = (0.0, 0.0)
            return subsets.family(self.n, size)
        table = subsets.binomials(self.n, size)
        strength = np.abs(last.dividends)
        weight = np.zeros(len(below.ranks))
        places = np.zeros(last.members.shape, np.int64)
        subsets.facets(last.members, table, below.ranks, 0, len(below.ranks), places)
        np.add.at(weight, places.ravel(), np.repeat(strength, last.size))
        counts, sums = np.zeros(BINS, np.int64), np.zeros(BINS)

        def look(floor: float, room: int) -> Integers:
            out = np.zeros((room, size), np.int64)
            counts[:], sums[:] = 0, 0.0
            found = subsets.hopes(
                self.n, last.members, table, last.ranks, strength, below.ranks, weight, floor,
                counts, sums, out,
            )  # fmt: skip
            return out[: min(found, room)]

        look(math.inf, 0)
        under = np.cumsum(sums) * self.scale
        part = int(np.searchsorted(under, budget, side="right"))  # bins below go unsolved
        floor = 2.0 ** (part - BINS // 2) if part else 0.0
        room = int(counts[part:].sum()) if part else int(counts.sum())
        skipped = float(sums[:part].sum())
        self._hoped = (skipped, float(sums[part:].sum()))
        chosen = look(floor, room)
        return np.asarray(chosen[np.argsort(subsets.ranks(chosen, self.n), kind="stable")])

    def _learn(self, family: Family, before: float) -> None:
        """Compare estimates with what came: the next ones are scaled by it."""
        skipped, hoped = self._hoped
        if hoped > 0.0:
            self.scale = float(np.abs(family.dividends).sum()) / hoped
        self.left = before + skipped * self.scale


def _no_decay(run: _Run, order: int) -> DataError:
    sums: Sequence[str] = [f"{o.total:,.3g}" for o in run.orders if o.order > 1]
    return DataError(
        f"dividends do not fall fast enough: orders 2 to {order} sum to {', '.join(sums)} USD million, and "
        f"{run.grown.solved:,} coalitions were solved. The change is too large or too abrupt for this "
        "method: solve every coalition (--method exact), ask for a higher --order, or a larger --tolerance."
    )
