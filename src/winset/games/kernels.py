"""Loops over all coalitions: one pass each, in blocks, on all cores.

A block holds the coalitions that agree in all but the lowest `LOW` players, so that sums over a
coalition's members are one addition: a table by low bits plus a number for the block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit, prange

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array


PARALLEL = 15  # players from which several cores are worth their coordination
LOW = 12  # most bits of a block: tables of 32 KB stay in the nearest cache


@njit(cache=True)
def low_bits(n):  # type: ignore[no-untyped-def]
    """Players of a block: few enough that there are 64 blocks to share and to choose from."""
    return min(LOW, n if n <= 6 else n - 6)


@njit(cache=True, inline="always")
def _bits(mask):  # type: ignore[no-untyped-def]
    """Number of members."""
    mask = mask - ((mask >> 1) & 0x55555555)
    mask = (mask & 0x33333333) + ((mask >> 2) & 0x33333333)
    mask = (mask + (mask >> 4)) & 0x0F0F0F0F
    return ((mask * 0x01010101) & 0xFFFFFFFF) >> 24


@njit(cache=True)
def first_not_finite(values):  # type: ignore[no-untyped-def]
    """First position that is not finite, or −1."""
    for mask in range(len(values)):
        if not np.isfinite(values[mask]):
            return mask
    return -1


@njit(cache=True)
def fill_superadditive(values, n):  # type: ignore[no-untyped-def]
    """Fill NaN, smaller coalitions first, with the best split in two parts."""
    for size in range(1, n + 1):
        for mask in range(1, 1 << n):
            if _bits(mask) != size or not np.isnan(values[mask]):
                continue
            best = 0.0 if size == 1 else -np.inf
            part = (mask - 1) & mask
            while part:
                best = max(best, values[part] + values[mask ^ part])
                part = (part - 1) & mask
            values[mask] = best


@njit(cache=True)
def not_superadditive(values, n, tolerance):  # type: ignore[no-untyped-def]
    """Disjoint S, T with v(S) + v(T) > v(S ∪ T), or −1."""
    for mask in range(1, 1 << n):
        part = (mask - 1) & mask
        while part > (mask ^ part):
            if values[part] + values[mask ^ part] > values[mask] + tolerance:
                return part, mask ^ part
            part = (part - 1) & mask
    return -1, -1


@njit(cache=True)
def not_monotone(values, n, tolerance):  # type: ignore[no-untyped-def]
    """S and S ∪ {i} with v(S) > v(S ∪ {i}), or −1."""
    for mask in range(1 << n):
        for i in range(n):
            if not (mask >> i) & 1 and values[mask] > values[mask | 1 << i] + tolerance:
                return mask, mask | 1 << i
    return -1, -1


@njit(cache=True)
def not_convex(values, n, tolerance):  # type: ignore[no-untyped-def]
    """S ∪ {i} and S ∪ {j} that break supermodularity, or −1."""
    for mask in range(1 << n):
        for i in range(n):
            if (mask >> i) & 1:
                continue
            for j in range(i + 1, n):
                if (mask >> j) & 1:
                    continue
                one, two = mask | 1 << i, mask | 1 << j
                if values[one] + values[two] > values[one | two] + values[mask] + tolerance:
                    return one, two
    return -1, -1


@njit(cache=True)
def _sums_of_block(values, weights, n, block, part):  # type: ignore[no-untyped-def]
    low = low_bits(n)
    work = np.empty(1 << low)
    high = _bits(block)
    for r in range(len(weights)):
        for m in range(1 << low):
            work[m] = weights[r, high + _bits(m)] * values[(block << low) | m]
        length = 1 << low
        for k in range(low):  # the odd half holds player k; then fold the two halves
            inside = 0.0
            length >>= 1
            for m in range(length):
                inside += work[2 * m + 1]
                work[m] = work[2 * m] + work[2 * m + 1]
            part[r, k] = inside
        part[r, low] = work[0]


@njit(cache=True, parallel=True)
def _sums_in_parallel(values, weights, n, parts):  # type: ignore[no-untyped-def]
    for block in prange(len(parts)):
        _sums_of_block(values, weights, n, block, parts[block])


@njit(cache=True)
def _sums_in_turn(values, weights, n, parts):  # type: ignore[no-untyped-def]
    for block in range(len(parts)):
        _sums_of_block(values, weights, n, block, parts[block])


def sums_by_player(values: Array, weights: Array, n: int) -> Array:
    """For each weight by size w_s: Σ_{T∋i} w_s v(T) for every i, and Σ_T w_s v(T) last.

    `weights` is (r, n + 1); returns (r, n + 1). Sums are formed block by block and then over
    blocks in order, so that they do not depend on the number of cores.
    """
    low = low_bits(n)
    blocks = 1 << (n - low)
    parts = np.zeros((blocks, len(weights), low + 1))
    (_sums_in_parallel if n >= PARALLEL else _sums_in_turn)(values, weights, n, parts)
    result = np.zeros((len(weights), n + 1))
    result[:, :low] = parts[:, :, :low].sum(axis=0)
    result[:, n] = parts[:, :, low].sum(axis=0)
    for k in range(low, n):
        inside = (np.arange(blocks) >> (k - low)) & 1 == 1
        result[:, k] = parts[inside, :, low].sum(axis=0)
    return result


@njit(cache=True, parallel=True)
def pair_sums(values, weights, n):  # type: ignore[no-untyped-def]
    """Σ_{T⊇{i,j}} w_s v(T), (n, n), the sums over single players on the diagonal."""
    low = low_bits(n)
    blocks = 1 << (n - low)
    chunks = min(blocks, 64)
    parts = np.zeros((chunks, n, n))
    for chunk in prange(chunks):
        for block in range(chunk, blocks, chunks):
            for m in range(1 << low):
                mask = (block << low) | m
                value = weights[_bits(mask)] * values[mask]
                left = mask
                while left:
                    i = _bits((left & -left) - 1)
                    left &= left - 1
                    parts[chunk, i, i] += value
                    other = left
                    while other:
                        parts[chunk, i, _bits((other & -other) - 1)] += value
                        other &= other - 1
    total = np.zeros((n, n))
    for chunk in range(chunks):
        total += parts[chunk]
    return total


def table(x: Array, n: int) -> tuple[Array, Array]:
    """Return x(S) for all coalitions of the low players, and for all of the high ones."""
    low = low_bits(n)
    return _subset_sums(x[:low]), _subset_sums(x[low:])


def _subset_sums(x: Array) -> Array:
    """Sums over all subsets by doubling."""
    result = np.zeros(1 << len(x))
    for k, value in enumerate(x):
        result[1 << k : 2 << k] = result[: 1 << k] + value
    return result


@njit(cache=True)
def _worst_of_block(values, n, tables, scale, apart, block):  # type: ignore[no-untyped-def]
    low = low_bits(n)
    xl, xh, al, ah, bl, bh = tables
    high = _bits(block)
    everybody = (1 << n) - 1
    top = -np.inf
    at = 0
    for m in range(1 << low):
        mask = (block << low) | m
        e = (values[mask] - (xl[m] + xh[block])) * scale[high + _bits(m)]
        if (
            e > top
            and abs(al[m] + ah[block]) + abs(bl[m] + bh[block]) > apart
            and mask != 0
            and mask != everybody
        ):
            top = e
            at = mask
    return top, at


@njit(cache=True, parallel=True)
def _worst_in_parallel(values, n, tables, scale, apart, blocks, best, where):  # type: ignore[no-untyped-def]
    for k in prange(len(blocks)):
        best[k], where[k] = _worst_of_block(values, n, tables, scale, apart, blocks[k])


@njit(cache=True)
def _worst_in_turn(values, n, tables, scale, apart, blocks, best, where):  # type: ignore[no-untyped-def]
    for k in range(len(blocks)):
        best[k], where[k] = _worst_of_block(values, n, tables, scale, apart, blocks[k])


def worst_by_block(
    values: Array,
    n: int,
    x: Array,
    apart: tuple[Array, Array, float],
    scale: Array,
    blocks: NDArray[np.int64],
) -> tuple[Array, NDArray[np.int64]]:
    """The largest excess (v(S) − x(S)) · scale_{|S|} of each of these blocks, and where.

    `apart` are a, b and a bound: coalitions with |a(S)| + |b(S)| up to it are left out, those whose excess
    is fixed, told by two random vectors that vanish on their span. So are nobody and everybody.
    """
    a, b, bound = apart
    best, where = np.empty(len(blocks)), np.zeros(len(blocks), np.int64)
    tables = (*table(x, n), *table(a, n), *table(b, n))
    run = _worst_in_parallel if n >= PARALLEL else _worst_in_turn
    run(values, n, tables, scale, bound, blocks, best, where)
    return best, where


@njit(cache=True)
def _spread_of_block(values, n, xl, xh, block):  # type: ignore[no-untyped-def]
    low = low_bits(n)
    top = 0.0
    for m in range(1 << low):
        top = max(top, abs(values[(block << low) | m] - (xl[m] + xh[block])))
    return top


@njit(cache=True, parallel=True)
def _spread_in_parallel(values, n, xl, xh, best):  # type: ignore[no-untyped-def]
    for block in prange(len(best)):
        best[block] = _spread_of_block(values, n, xl, xh, block)


@njit(cache=True)
def _spread_in_turn(values, n, xl, xh, best):  # type: ignore[no-untyped-def]
    for block in range(len(best)):
        best[block] = _spread_of_block(values, n, xl, xh, block)


def spread(values: Array, n: int, x: Array) -> float:
    """max |v(S) − x(S)| over all coalitions."""
    best = np.zeros(1 << (n - low_bits(n)))
    run = _spread_in_parallel if n >= PARALLEL else _spread_in_turn
    run(values, n, *table(x, n), best)
    return float(best.max())


@njit(cache=True)
def top(values, n, xl, xh, floor, most):  # type: ignore[no-untyped-def]
    """The coalitions with the largest excesses above `floor`, worst first, at most so many.

    All are looked at, nobody and everybody left out; of equal excesses the lower mask comes first.
    """
    low = low_bits(n)
    masks = np.zeros(most, np.int64)
    excess = np.zeros(most)
    count = 0
    everybody = (1 << n) - 1
    for block in range(1 << (n - low)):
        for m in range(1 << low):
            mask = (block << low) | m
            e = values[mask] - (xl[m] + xh[block])
            if not e > floor or mask == 0 or mask == everybody:
                continue
            if count < most:
                count += 1
            place = count - 1
            while place > 0 and e > excess[place - 1]:
                excess[place], masks[place] = excess[place - 1], masks[place - 1]
                place -= 1
            excess[place], masks[place] = e, mask
            if count == most:
                floor = max(floor, excess[most - 1])
    return masks[:count], excess[:count]


@njit(cache=True)
def surpluses(values, n, xl, xh):  # type: ignore[no-untyped-def]
    """s_ij = max {e(S) : i ∈ S, j ∉ S}, (n, n), −inf on the diagonal."""
    low = low_bits(n)
    s = np.full((n, n), -np.inf)
    floor = -np.inf
    count = 0
    for block in range(1 << (n - low)):
        for m in range(1 << low):
            mask = (block << low) | m
            e = values[mask] - (xl[m] + xh[block])
            if e <= floor:
                continue
            for i in range(n):
                if (mask >> i) & 1:
                    for j in range(n):
                        if not (mask >> j) & 1 and e > s[i, j]:
                            s[i, j] = e
            count += 1
            if count % 64 == 0:
                floor = np.inf
                for i in range(n):
                    for j in range(n):
                        if i != j:
                            floor = min(floor, s[i, j])
    return s


@njit(cache=True)
def restricted(values, links):  # type: ignore[no-untyped-def]
    """Myerson's game: the worth of a coalition is that of its connected parts."""
    result = np.zeros(len(values))
    for mask in range(1, len(values)):
        left = mask
        while left:
            part = left & -left
            edge = part
            while edge:
                i = _bits((edge & -edge) - 1)
                edge &= edge - 1
                new = links[i] & mask & ~part
                part |= new
                edge |= new
            result[mask] += values[part]
            left &= ~part
    return result


@njit(cache=True, parallel=True)
def weighted_shares(dividends, weights, n):  # type: ignore[no-untyped-def]
    """Σ_{T∋i} w_i / w(T) Δ(T), (n,)."""
    low = low_bits(n)
    blocks = 1 << (n - low)
    parts = np.zeros((blocks, n))
    for block in prange(blocks):
        for m in range(1 << low):
            mask = (block << low) | m
            total = 0.0
            for i in range(n):
                if (mask >> i) & 1:
                    total += weights[i]
            if total > 0.0:
                share = dividends[mask] / total
                for i in range(n):
                    if (mask >> i) & 1:
                        parts[block, i] += weights[i] * share
    return parts.sum(axis=0)
