"""Ways to count the coalitions of a rule: what every power index is made of.

All counts are whole numbers without rounding, whatever their length. Only what a dynamic program
over large weights integrates (Shapley–Shubik, Deegan–Packel) or adds up in floating point (public
good) is approximate, to about 12 digits, for all of its terms are positive.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.governance.voting import coalition_bits, dynamic_programs
from winset.governance.voting.majorities import Majority

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.governance.voting.rules import Rule

    Number = int | float | Fraction

#: Threads of the dynamic program over large weights; each holds a few arrays of quota size.
THREADS = 2

#: Members whose minimal winning coalitions are still counted one by one: of more there may be more than a
#: floating-point number holds.
MOST_MINIMAL = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """What the indices are made of; `None` where there is no count.

    Attributes
    ----------
    swings : n integers
        Winning coalitions that lose when the member leaves.
    shapley : n floats
        Shapley–Shubik index.
    winning, minimal_total : int
        Winning, and minimal winning coalitions.
    minimal : n numbers
        Minimal winning coalitions with the member.
    packel : n numbers
        Σ 1/|S| over these.
    johnston : n numbers
        Σ 1/(number of critical members) over the coalitions in which the member is critical.
    method : str
    """

    swings: list[int]
    shapley: list[float]
    winning: int
    minimal_total: int | None
    minimal: list[Number] | None
    packel: list[Number] | None
    johnston: list[Number] | None
    method: str


def _orders(n: int) -> list[Fraction]:
    """Return s!(n−s−1)!/n!: how often s given members come first and one given member next."""
    return [Fraction(1, n * ways) for ways in _combinations(n - 1)]


@lru_cache(maxsize=8)
def _combinations(n: int) -> tuple[int, ...]:
    """Return how many coalitions of n there are of each size from 0 to n."""
    row = [1]
    for k in range(n):
        row.append(row[-1] * (n - k) // (k + 1))
    return tuple(row)


def _weighted_sum(counts: Sequence[int], by: Sequence[Fraction]) -> float:
    return float(sum((int(c) * w for c, w in zip(counts, by, strict=True)), Fraction(0)))


# --- every coalition -----------------------------------------------------------------------------


def words_of(rule: Rule) -> NDArray[np.uint64]:
    """Return one bit for every coalition of a rule of at most 30 members."""
    return coalition_bits.winning_words(
        np.array([m.weights for m in rule.majorities], dtype=np.int64),
        np.array([m.quota for m in rule.majorities], dtype=np.int64),
        np.array(rule.truth, dtype=np.bool_),
        np.int64(sum(1 << i for i in rule.veto)),
    )


def by_enumeration(rule: Rule) -> Counts:
    """Look at all 2^n coalitions."""
    n = len(rule)
    winning, swings, shared, minimal, total = coalition_bits.count_all(words_of(rule), n)
    each = [Fraction(0)] + [Fraction(1, k) for k in range(1, n + 1)]
    return Counts(
        [int(x) for x in swings.sum(axis=1)],
        [_weighted_sum(row, _orders(n)) for row in swings],
        int(winning),
        int(total),
        [float(x) for x in minimal.sum(axis=1)],
        [_weighted_sum(row, each) for row in minimal],
        [_weighted_sum(row, each) for row in shared],
        "enumeration",
    )


# --- kinds of members ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kinds:
    """Members that no rule tells apart, taken together.

    Attributes
    ----------
    members : T lists of positions
    weights : (m, T) array
        Of one member of each kind, in every majority.
    """

    members: tuple[tuple[int, ...], ...]
    weights: NDArray[np.int64]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Members of each kind."""
        return tuple(len(group) for group in self.members)

    @property
    def states(self) -> int:
        """Coalitions that differ in more than names: Π (size + 1)."""
        return math.prod(size + 1 for size in self.sizes)


def kinds_of(rule: Rule) -> Kinds:
    """Group the members by their weights in all majorities and by their vetoes."""
    groups: dict[tuple[int, ...], list[int]] = {}
    rows = zip(*(m.weights for m in rule.majorities), strict=True)
    for i, row in enumerate(rows):
        groups.setdefault((*row, int(i in rule.veto)), []).append(i)
    return Kinds(
        tuple(tuple(group) for group in groups.values()),
        np.array([key[:-1] for key in groups], dtype=np.int64).T,
    )


def by_kinds(rule: Rule, kinds: Kinds) -> Counts:
    """Look at every coalition up to the exchange of equal members.

    A coalition is how many members it has of each kind, c_t of n_t, and stands for Π C(n_t, c_t).
    """
    n, sizes = len(rule), kinds.sizes
    grid = np.indices([size + 1 for size in sizes], dtype=np.int64)  # c_t in every state
    state = np.zeros(grid.shape[1:], dtype=np.int64)
    for k, majority in enumerate(rule.majorities):
        total = np.tensordot(kinds.weights[k], grid, axes=1)
        state |= (total >= majority.quota).astype(np.int64) << k
    win = np.array(rule.truth, dtype=np.bool_)[state]
    for t, group in enumerate(kinds.members):
        if group[0] in rule.veto:
            win &= grid[t] == sizes[t]
    critical = []  # winning states that lose when one member of the kind leaves
    for t in range(len(sizes)):
        loses = np.zeros_like(win)
        after, before = _along(t, slice(1, None)), _along(t, slice(None, -1))
        loses[after] = win[after] & ~win[before]
        critical.append(loses)
    number = sum(c * g for c, g in zip(critical, grid, strict=True))
    least = win & np.logical_and.reduce([c | (g == 0) for c, g in zip(critical, grid, strict=True)])
    combinations = [_combinations(size) for size in sizes]

    def count(chosen: NDArray[np.bool_], by: NDArray[np.int64], kind: int = -1) -> dict[int, int]:
        """Count coalitions, those with one given member of a kind, by the value of `by`."""
        places = np.flatnonzero(chosen)
        many = np.ones(len(places), dtype=object)
        for t, size in enumerate(sizes):
            ways = combinations[t]
            if t == kind:
                ways = (0, *_combinations(size - 1))
            many *= np.array(ways, dtype=object)[grid[t].ravel()[places]]
        found: dict[int, int] = {}
        for value, ways_ in zip(by.ravel()[places].tolist(), many, strict=True):
            found[value] = found.get(value, 0) + int(ways_)
        return found

    size_of = grid.sum(axis=0)
    orders = _orders(n)
    columns: list[tuple[int, float, int, Fraction, Fraction]] = []
    for t, loses in enumerate(critical):
        swings, minimal = count(loses, size_of, t), count(least, size_of, t)
        shared = count(loses, number, t)
        columns.append(
            (
                sum(swings.values()),
                float(sum((c * orders[s - 1] for s, c in swings.items()), Fraction(0))),
                sum(minimal.values()),
                sum((Fraction(c, s) for s, c in minimal.items()), Fraction(0)),
                sum((Fraction(c, k) for k, c in shared.items()), Fraction(0)),
            )
        )
    kind_of = {i: t for t, group in enumerate(kinds.members) for i in group}
    by_member = [columns[kind_of[i]] for i in range(n)]
    swings_, shapley, minimal_, packel, johnston = (
        list[Any](column) for column in zip(*by_member, strict=True)
    )
    return Counts(
        swings_,
        shapley,
        sum(count(win, size_of).values()),
        sum(count(least, size_of).values()),
        minimal_,
        packel,
        johnston,
        "kinds",
    )


def _along(axis: int, part: slice) -> tuple[slice, ...]:
    return (*[slice(None)] * axis, part)


# --- one majority --------------------------------------------------------------------------------


def as_weighted(rule: Rule) -> tuple[list[int], int] | None:
    """Return weights and a quota that say the same as a rule of one majority and vetoes.

    A veto is a weight so large that the quota is out of reach without it. None when the rule has
    several majorities.
    """
    if len(rule.majorities) != 1:
        return None
    majority = rule.majorities[0]
    divisor = math.gcd(*majority.weights)
    weights = [w // divisor for w in majority.weights]
    quota = -(-majority.quota // divisor)
    extra = sum(weights) - quota + 1
    for i in rule.veto:
        weights[i] += extra
    return weights, quota + extra * len(rule.veto)


def by_weights(weights: list[int], quota: int) -> Counts:
    """One majority of any size; see `dynamic_programs.weighted_swings` for the cost.

    Of more than `MOST_MINIMAL` members without the minimal winning coalitions of each.
    """
    n = len(weights)
    primes = dynamic_programs.primes_for(n)
    # A swing of S is a swing of the others under the dual quota: the lower one is cheaper.
    dual = sum(weights) - quota + 1
    low = min(quota, dual)
    nodes, shares = dynamic_programs.swing_quadrature(weights, low)
    listed = n <= MOST_MINIMAL
    powers, powers_share = dynamic_programs.size_quadrature(weights, quota)
    with ThreadPoolExecutor(THREADS) as pool:
        residues = pool.map(
            lambda q: dynamic_programs.weighted_swings(weights, low, prime=q), primes
        )
        counted = list(residues)
        losing = list(pool.map(lambda q: dynamic_programs.weighted_losing(weights, low, q), primes))
        minimal = list(
            pool.map(lambda q: dynamic_programs.count_minimal(weights, quota, q), primes)
        )
        swung = list(
            pool.map(lambda p: dynamic_programs.weighted_swings(weights, low, p=float(p)), nodes)
        )
        # the slowest ones last, together with the plain count of s = 1
        by_size = list(
            pool.map(
                lambda s: dynamic_programs.weighted_minimal(weights, quota, s=float(s))[1],
                [1.0, *powers] if listed else [],
            )
        )
    swings = [
        dynamic_programs.from_residues([int(r[i]) for r in counted], primes) for i in range(n)
    ]
    below = dynamic_programs.from_residues(losing, primes)
    return Counts(
        swings,
        [math.fsum(c * v[i] for c, v in zip(shares, swung, strict=True)) for i in range(n)],
        2**n - below if low == quota else below,
        dynamic_programs.from_residues(minimal, primes),
        [float(x) for x in by_size[0]] if listed else None,
        [
            math.fsum(c * v[i] for c, v in zip(powers_share, by_size[1:], strict=True))
            for i in range(n)
        ]
        if listed
        else None,
        None,
        "weights",
    )


def weighted_shares(
    weights: Sequence[int], quota: int, index: str = "banzhaf"
) -> NDArray[np.float64]:
    """Return normalized Banzhaf or Shapley–Shubik shares of one majority, and nothing else.

    For searches that ask many times: by the dynamic program, whatever the number of members.

    Raises
    ------
    DataError
        An unknown index.
    """
    low = min(quota, sum(weights) - quota + 1)
    if index == "banzhaf":
        values = np.array(dynamic_programs.weighted_swings(weights, low, p=0.5))
    elif index == "shapley_shubik":
        nodes, by = dynamic_programs.swing_quadrature(weights, low)
        at_nodes = [dynamic_programs.weighted_swings(weights, low, p=float(p)) for p in nodes]
        values = by @ np.array(at_nodes)
    else:
        raise DataError(f"index {index!r}: use banzhaf or shapley_shubik.")
    return np.asarray(values / values.sum())


# --- several majorities --------------------------------------------------------------------------


def axes_of(rule: Rule) -> tuple[tuple[int, ...], ...]:
    """Return the different rows of weights: majorities of the same weights share a total."""
    return tuple(dict.fromkeys(majority.weights for majority in rule.majorities))


def lattice_states(rule: Rule) -> int:
    """Return how many sizes × joint totals `by_lattice` keeps."""
    return (len(rule) + 1) * math.prod(sum(row) + 1 for row in axes_of(with_vetoes(rule)))


def with_vetoes(rule: Rule) -> Rule:
    """Return a rule of several majorities with its vetoes as one more majority."""
    if not rule.veto:
        return rule
    marks = tuple(int(i in rule.veto) for i in range(len(rule)))
    half = len(rule.truth)
    return replace(
        rule,
        majorities=(*rule.majorities, Majority("veto", marks, len(rule.veto))),
        truth=(False,) * half + rule.truth,
        veto=(),
    )


def by_lattice(rule: Rule) -> Counts:
    """Several majorities whose weights are small; see `dynamic_programs.lattice_swings`."""
    rule = with_vetoes(rule)
    n, axes = len(rule), axes_of(rule)
    win = np.zeros((1,) * len(axes), dtype=np.int64)
    for k, majority in enumerate(rule.majorities):
        shape = [1] * len(axes)
        shape[axes.index(majority.weights)] = -1
        reached = np.arange(majority.total + 1) >= majority.quota
        win = win + (reached.astype(np.int64) << k).reshape(shape)
    swings, winning = dynamic_programs.lattice_swings(
        np.array(axes, dtype=np.int64), np.array(rule.truth, dtype=np.bool_)[win]
    )
    shapley = [_weighted_sum(row, _orders(n)) for row in swings]
    return Counts([sum(row) for row in swings], shapley, winning, None, None, None, None, "lattice")
