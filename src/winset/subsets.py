r"""Sums over subsets: all 2ⁿ at once, or those with few members, whatever n is.

A family of coalitions of one size k is an (m, k) array of positions, ascending in each row, its rows in
the order of their ranks in the combinatorial number system,

    rank{s₁ < … < s_k} = Σ_j C(s_j, j),

which counts coalitions of k players by their largest members first. A family that is whole has rank and
position equal; in any other a rank is sought by bisection.

Source: the combinatorial number system is Pascal's (1887) and Lehmer's (1964), from general knowledge.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
from numba import njit, prange

if TYPE_CHECKING:
    from winset.numbers import Array, Integers

LOW = 14  # bits of a block of the transform: 128 KB stay in a near cache
STRIP = 8  # neighbors that a strided pass takes along: one line of a cache
MOST_RANK = 2**62


@njit(cache=True, parallel=True, nogil=True)
def moebius(values, sign):  # type: ignore[no-untyped-def]
    """In place: dividends of values (sign −1), or values of dividends (sign +1).

    Δ(S) = Σ_{T⊆S} (−1)^{|S|−|T|} v(T) and v(S) = Σ_{T⊆S} Δ(T), in two passes over the memory: the low
    players block by block, then the high ones strip by strip.
    """
    n = 0
    while (1 << n) < len(values):
        n += 1
    low = min(n, LOW)
    for block in prange(1 << (n - low)):
        first = block << low
        for k in range(low):
            step = 1 << k
            for m in range(1 << low):
                if m & step:
                    values[first + m] += sign * values[first + m - step]
    if n > low:
        for strip in prange((1 << low) // STRIP):
            begin = strip * STRIP
            for k in range(n - low):
                step = 1 << k
                for m in range(1 << (n - low)):
                    if m & step:
                        there = (m << low) + begin
                        below = ((m - step) << low) + begin
                        for j in range(STRIP):
                            values[there + j] += sign * values[below + j]


def binomials(n: int, most: int) -> Integers:
    """C(s, j) for s < n and j ≤ most, (n, most + 1): what ranks are made of.

    Raises
    ------
    OverflowError
        C(n, most) is beyond 64 bits.
    """
    if comb(n, min(most, n // 2)) > MOST_RANK:
        raise OverflowError(f"C({n}, {most})")
    return np.array([[comb(s, j) for j in range(most + 1)] for s in range(n)], dtype=np.int64)


def ranks(rows: Integers, n: int) -> Integers:
    """Return the rank of every row of a family, (m,)."""
    k = rows.shape[1]
    table = binomials(n, k)
    return np.asarray(table[rows, np.arange(1, k + 1)].sum(axis=1), dtype=np.int64)


@njit(cache=True, nogil=True)
def whole(k, rows):  # type: ignore[no-untyped-def]
    """Fill `rows` (C(n, k), k) with all coalitions of k players in the order of their ranks."""
    now = np.arange(k)
    for m in range(len(rows)):
        rows[m] = now
        j = 0
        while j < k - 1 and now[j] + 1 == now[j + 1]:
            now[j] = j
            j += 1
        now[j] += 1


def family(n: int, k: int) -> Integers:
    """All coalitions of k of n players, (C(n, k), k).

    >>> family(4, 2).tolist()
    [[0, 1], [0, 2], [1, 2], [0, 3], [1, 3], [2, 3]]
    """
    rows = np.empty((comb(n, k), k), dtype=np.int64)
    whole(k, rows)
    return rows


@njit(cache=True, nogil=True, inline="always")
def _place(rank, known, first, last):  # type: ignore[no-untyped-def]
    """Position of a rank among known[first:last], or −1."""
    if rank < last - first and known[first + rank] == rank:
        return first + rank  # a whole family
    lo, hi = first, last
    while lo < hi:
        mid = (lo + hi) >> 1
        if known[mid] < rank:
            lo = mid + 1
        else:
            hi = mid
    return lo if lo < last and known[lo] == rank else -1


@njit(cache=True, nogil=True)
def subset_sums(rows, table, known, begins, numbers, most, out, missing):  # type: ignore[no-untyped-def]
    """out[m] += Σ numbers[place of T] over the proper nonempty subsets T of rows[m] with |T| ≤ most.

    Parameters
    ----------
    rows : (m, k) array
    table : (n, k + 1) array
        `binomials`.
    known, begins : arrays
        Ranks of all coalitions at hand, those of size s at ``begins[s]:begins[s + 1]``.
    numbers : (at hand, c) array
    out : (m, c) array, added to
    missing : (m,) array, filled
        How many subsets are not at hand.
    """
    k = rows.shape[1]
    rank = np.zeros(1 << k, np.int64)
    size = np.zeros(1 << k, np.int64)
    for m in range(len(rows)):
        missing[m] = 0
        high = 0
        for part in range(1, (1 << k) - 1):
            if part >> (high + 1):
                high += 1
            rest = part ^ (1 << high)
            size[part] = size[rest] + 1
            rank[part] = rank[rest] + table[rows[m, high], size[part]]
            if size[part] > most:
                continue
            s = size[part]
            at = _place(rank[part], known, begins[s], begins[s + 1])
            if at < 0:
                missing[m] += 1
            else:
                for c in range(out.shape[1]):
                    out[m, c] += numbers[at, c]


@njit(cache=True, nogil=True)
def facets(rows, table, known, first, last, out):  # type: ignore[no-untyped-def]
    """out[m, j] = place of rows[m] without its j-th member among known[first:last], or −1."""
    k = rows.shape[1]
    for m in range(len(rows)):
        for left_out in range(k):
            rank = 0
            size = 0
            for j in range(k):
                if j != left_out:
                    size += 1
                    rank += table[rows[m, j], size]
            out[m, left_out] = _place(rank, known, first, last)


@njit(cache=True, parallel=True, nogil=True)
def worths(inside, rows, dividends, out):  # type: ignore[no-untyped-def]
    """out[s] += Σ Δ(T) over the rows T of one family that lie inside coalition s, (m, n) of booleans."""
    k = rows.shape[1]
    for s in prange(len(inside)):
        total = 0.0
        for t in range(len(rows)):
            here = True
            for j in range(k):
                if not inside[s, rows[t, j]]:
                    here = False
                    break
            if here:
                total += dividends[t]
        out[s] += total


def masks(rows: Integers) -> Integers:
    """The mask of every row, for at most 62 players, (m,)."""
    return np.asarray((np.int64(1) << rows).sum(axis=1), dtype=np.int64)


def spread_out(n: int, families: list[Integers], dividends: list[Array]) -> Array:
    """Return v(S) of all 2ⁿ coalitions from the dividends of some, (2ⁿ,)."""
    values = np.zeros(1 << n)
    for rows, numbers in zip(families, dividends, strict=True):
        values[masks(rows)] = numbers
    moebius(values, 1.0)
    return values


@njit(cache=True, nogil=True)
def _hopes(now, table, known, size_of, below, weight, ranks):  # type: ignore[no-untyped-def]
    """Estimate of one coalition, −1 where a part of it is not at hand; see `hopes`."""
    k = len(now)
    for a in range(k):
        r = 0
        for j in range(k):
            if j != a:
                r += table[now[j], j + 1 - (j > a)]
        at = _place(r, known, 0, len(known))
        if at < 0:
            return -1.0
        ranks[a] = at
    total = 0.0
    for a in range(k):
        for b in range(a + 1, k):
            r = 0
            for j in range(k):
                if j != a and j != b:
                    r += table[now[j], j + 1 - (j > a) - (j > b)]
            at = _place(r, below, 0, len(below))
            if weight[at] > 0.0:
                total += size_of[ranks[a]] * size_of[ranks[b]] / weight[at]
    return total


@njit(cache=True, nogil=True)
def hopes(n, rows, table, known, size_of, below, weight, floor, counts, sums, out):  # type: ignore[no-untyped-def]
    """Estimate |Δ(S)| of all coalitions S one larger than those of a family, whose parts are all in it.

        h(S) = Σ_{a<b} |Δ(S∖a)| |Δ(S∖b)| / w(S∖ab),   w(T) = Σ_x |Δ(T ∪ x)|,

    up to a factor: what two coalitions that differ in one member have in common binds the two. Fills
    `counts` and `sums` by whole powers of two of h, the first for none, and `out` (r, k) with those whose
    h is at least `floor`, as far as there is room; returns how many there are.
    """
    k = rows.shape[1] + 1
    now = np.empty(k, np.int64)
    places = np.empty(k, np.int64)
    found = 0
    for m in range(len(rows)):
        now[: k - 1] = rows[m]
        for s in range(now[k - 2] + 1, n):
            now[k - 1] = s
            h = _hopes(now, table, known, size_of, below, weight, places)
            if h < 0.0:
                continue
            part = 0
            if h > 0.0:
                part = min(max(int(np.log2(h)) + len(counts) // 2, 1), len(counts) - 1)
            counts[part] += 1
            sums[part] += h
            if h >= floor:
                if found < len(out):
                    out[found] = now
                found += 1
    return found
