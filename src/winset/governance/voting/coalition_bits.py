"""Kernels that look at every coalition: one bit each, 64 at a time in one machine word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Integers, Words


#: Enumeration keeps one bit for every coalition: 2^30 bits are 128 MB.
MOST_ENUMERATED = 30


@nb.njit(cache=True, inline="always")
def _ones(x: Any) -> Any:
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@nb.njit(cache=True)
def winning_words(
    weights: Integers, quotas: Integers, truth: NDArray[np.bool_], required: np.int64
) -> Words:
    """Return one bit for every coalition: bit ``S & 63`` of word ``S >> 6`` tells whether S wins.

    Parameters
    ----------
    weights : (m, n) array
        One row for each majority.
    quotas : (m,) array
    truth : (2^m,) array
        Whether a coalition wins that has the majorities whose bits are set.
    required : int
        Mask of the members without whom nothing passes.
    """
    m, n = weights.shape
    inner = min(n, 6)
    low = np.zeros((m, 1 << inner), dtype=np.int64)
    for k in range(m):
        for s in range(1 << inner):
            for i in range(inner):
                if s >> i & 1:
                    low[k, s] += weights[k, i]
    words = np.zeros(1 << max(n - 6, 0), dtype=np.uint64)
    high = np.zeros(m, dtype=np.int64)
    for word in range(len(words)):
        for k in range(m):
            high[k] = 0
            for i in range(6, n):
                if word >> (i - 6) & 1:
                    high[k] += weights[k, i]
        bits = np.uint64(0)
        for s in range(1 << inner):
            if ((word << 6) | s) & required != required:
                continue
            state = 0
            for k in range(m):
                if high[k] + low[k, s] >= quotas[k]:
                    state |= 1 << k
            if truth[state]:
                bits |= np.uint64(1) << np.uint64(s)
        words[word] = bits
    return words


@nb.njit(cache=True)
def _critical(words: Words, n: int, has: Words, word: int, out: Words) -> np.uint64:
    """Fill out[i] with the coalitions of this word that lose when i leaves; return their union."""
    win = words[word]
    union = np.uint64(0)
    for i in range(n):
        if i < 6:
            out[i] = win & has[i] & ~(win << np.uint64(1 << i))
        elif word >> (i - 6) & 1:
            out[i] = win & ~words[word ^ (1 << (i - 6))]
        else:
            out[i] = np.uint64(0)
        union |= out[i]
    return union


@nb.njit(cache=True)
def _masks(n: int) -> tuple[Words, Words]:
    """Return the subsets of a word that contain i < 6, and those of each size 0 … 6."""
    has = np.zeros(6, dtype=np.uint64)
    size = np.zeros(7, dtype=np.uint64)
    for s in range(1 << min(n, 6)):
        ones = 0
        for i in range(6):
            if s >> i & 1:
                ones += 1
                has[i] |= np.uint64(1) << np.uint64(s)
        size[ones] |= np.uint64(1) << np.uint64(s)
    return has, size


@nb.njit(cache=True)
def count_all(words: Words, n: int) -> tuple[int, Integers, Integers, Integers, int]:
    """Count over the winning coalitions of `winning_words`.

    Returns
    -------
    winning : int
    swings : (n, n) array
        ``swings[i, s]``: coalitions of s members without i that lose, and win with i.
    shared : (n, n + 1) array
        ``shared[i, c]``: winning coalitions with c critical members, i among them.
    minimal : (n, n + 1) array
        ``minimal[i, s]``: minimal winning coalitions of s members with i.
    minimal_total : int
    """
    has, size = _masks(n)
    swings = np.zeros((n, n), dtype=np.int64)
    shared = np.zeros((n, n + 1), dtype=np.int64)
    minimal = np.zeros((n, n + 1), dtype=np.int64)
    minimal_total = 0
    winning = 0
    critical = np.zeros(n, dtype=np.uint64)
    for word in range(len(words)):
        win = words[word]
        if win == 0:
            continue
        winning += _ones(win)
        union = _critical(words, n, has, word, critical)
        if union == 0:
            continue
        outer = _ones(np.uint64(word))
        # the number of critical members of each of the 64 coalitions, as bit planes
        p0 = p1 = p2 = p3 = p4 = np.uint64(0)
        least = win
        for i in range(n):
            c = critical[i]
            if i < 6:
                least &= c | ~has[i]
            elif word >> (i - 6) & 1:
                least &= c
            if c == 0:
                continue
            for s in range(7):
                found = c & size[s]
                if found:
                    swings[i, outer + s - 1] += _ones(found)
            carry = c
            p0, carry = p0 ^ carry, p0 & carry
            p1, carry = p1 ^ carry, p1 & carry
            p2, carry = p2 ^ carry, p2 & carry
            p3, carry = p3 ^ carry, p3 & carry
            p4 ^= carry
        left = union
        number = 1
        while left:
            match = left
            match &= p0 if number & 1 else ~p0
            match &= p1 if number & 2 else ~p1
            match &= p2 if number & 4 else ~p2
            match &= p3 if number & 8 else ~p3
            match &= p4 if number & 16 else ~p4
            if match:
                left &= ~match
                for i in range(n):
                    found = critical[i] & match
                    if found:
                        shared[i, number] += _ones(found)
            number += 1
        if least:
            minimal_total += _ones(least)
            for i in range(n):
                found = critical[i] & least
                if found:
                    for s in range(7):
                        minimal[i, outer + s] += _ones(found & size[s])
    return winning, swings, shared, minimal, minimal_total


@nb.njit(cache=True)
def list_minimal(words: Words, n: int, most: int) -> Integers:
    """Return the masks of the first `most` minimal winning coalitions."""
    has, _ = _masks(n)
    critical = np.zeros(n, dtype=np.uint64)
    found = np.zeros(most, dtype=np.int64)
    number = 0
    for word in range(len(words)):
        if words[word] == 0 or number == most:
            continue
        if _critical(words, n, has, word, critical) == 0:
            continue
        least = words[word]
        for i in range(n):
            if i < 6:
                least &= critical[i] | ~has[i]
            elif word >> (i - 6) & 1:
                least &= critical[i]
        for s in range(64):
            if number < most and least >> np.uint64(s) & np.uint64(1):
                found[number] = (word << 6) | s
                number += 1
    return found[:number]
