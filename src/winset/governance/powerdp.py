"""Kernels that count coalitions: enumeration of all, and dynamic programs over weights.

Three ways, from the most general to the largest:

* `enumerate_all`: every coalition of up to 30 members under any monotone rule, 64 at a time in
  one machine word;
* `lattice_swings`: several majorities with small weights, by a dynamic program over the joint
  totals and the size of the coalition, in exact modular arithmetic;
* `weighted_swings` and `weighted_minimal`: one majority of any number of members. The members
  outside a group enter one after the other, and only the totals from which the group can still
  reach the quota are kept, so that "all members but i" costs for all i together what a few passes
  cost. There is no division, hence no loss of digits: all terms are positive.

Counts beyond 2^63 are computed modulo several primes and put together by the Chinese remainder
theorem. Weights and quotas are int64 throughout; a coalition wins when its total ≥ quota.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Words = NDArray[np.uint64]

#: The ten largest primes below 2^63: 630 bits of exact counting.
PRIMES = tuple(2**63 - k for k in (25, 165, 259, 301, 375, 387, 391, 409, 457, 471))

#: Enumeration keeps one bit for every coalition: 2^30 bits are 128 MB.
MOST_ENUMERATED = 30


def primes_for(members: int) -> tuple[int, ...]:
    """Return as many primes as it takes to count 2^members coalitions."""
    count = members // 62 + 1
    if count > len(PRIMES):
        raise ValueError(f"{members} members: more coalitions than the primes can count")
    return PRIMES[:count]


def from_residues(residues: Sequence[int], primes: Sequence[int]) -> int:
    """Return the number below Π primes with these residues (Chinese remainder theorem)."""
    value, modulus = 0, 1
    for residue, prime in zip(residues, primes, strict=True):
        value += modulus * ((residue - value) * pow(modulus, -1, prime) % prime)
        modulus *= prime
    return value


# --- every coalition -----------------------------------------------------------------------------


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


# --- several majorities, small weights -----------------------------------------------------------


@nb.njit(cache=True)
def _lattice_swings(
    step: Integers, cells: int, win: NDArray[np.bool_], n: int, prime: np.uint64
) -> tuple[Words, np.uint64]:
    states = (n + 1) * cells
    count = np.zeros(states, dtype=np.uint64)
    count[0] = 1
    top = 0
    for i in range(n):
        shift = cells + step[i]
        top += shift
        for t in range(min(top, states - 1), shift - 1, -1):
            x = count[t] + count[t - shift]
            count[t] = x - prime if x >= prime else x
    winning = np.uint64(0)
    for t in range(states):
        if win[t % cells]:
            x = winning + count[t]
            winning = x - prime if x >= prime else x
    swings = np.zeros((n, n), dtype=np.uint64)
    without = np.zeros(states, dtype=np.uint64)
    for i in range(n):
        shift = cells + step[i]
        for t in range(states):
            x = count[t]
            if t >= shift:
                y = without[t - shift]
                x = x - y if x >= y else x + (prime - y)
            without[t] = x
        for s in range(n):
            total = np.uint64(0)
            for t in range(cells - step[i]):
                if win[t + step[i]] and not win[t]:
                    x = total + without[s * cells + t]
                    total = x - prime if x >= prime else x
            swings[i, s] = total
    return swings, winning


def lattice_swings(weights: Integers, win: NDArray[np.bool_]) -> tuple[list[list[int]], int]:
    """Count swings by size, and winning coalitions, over the lattice of joint totals.

    Parameters
    ----------
    weights : (m, n) array
        One row for each majority; row k sums to W_k.
    win : (W_1 + 1, …, W_m + 1) array
        Whether a coalition with these totals wins; must not fall in any total.

    Returns
    -------
    swings : n lists of n integers
        Coalitions of s members without i that lose, and win with i.
    winning : int
    """
    n = weights.shape[1]
    strides = np.ones(len(weights), dtype=np.int64)
    for k in range(len(weights) - 2, -1, -1):
        strides[k] = strides[k + 1] * win.shape[k + 1]
    step = (strides[:, None] * weights).sum(axis=0)
    primes = primes_for(n)
    parts = [
        _lattice_swings(step, win.size, np.ascontiguousarray(win).ravel(), n, np.uint64(p))
        for p in primes
    ]
    swings = [
        [from_residues([int(part[i, s]) for part, _ in parts], primes) for s in range(n)]
        for i in range(n)
    ]
    return swings, from_residues([int(winning) for _, winning in parts], primes)


# --- one majority, any size ----------------------------------------------------------------------


@nb.njit(cache=True, nogil=True)
def _add(target: Floats, first: int, last: int, source: Floats, shift: int, by: float) -> None:
    """target[t] += by · source[t + shift] for first ≤ t < last, where the source has it."""
    first = max(first, -shift)
    last = min(last, len(source) - shift)
    if first < last:
        # slices from zero on, so that the loop has no branches and runs in vector registers
        inner, x = target[first:last], source[first + shift : last + shift]
        for t in range(len(inner)):
            inner[t] += by * x[t]


@nb.njit(cache=True, nogil=True)
def _mix_two(inner: Floats, x: Floats, y: Floats, stay: float, go: float) -> None:
    for t in range(len(inner)):
        inner[t] = stay * x[t] + go * y[t]


@nb.njit(cache=True, nogil=True)
def _mix_four(
    inner: Floats, x: Floats, y: Floats, z: Floats, u: Floats, none: float, one: float, both: float
) -> None:
    for t in range(len(inner)):
        inner[t] = none * x[t] + one * (y[t] + z[t]) + both * u[t]


@nb.njit(cache=True, nogil=True)
def _enter(
    source: Floats, low: int, target: Floats, low2: int, w: int, stay: float, go: float
) -> None:
    """target[t] = stay · source[t] + go · source[t − w], each from its own lowest total on."""
    length = len(target)
    a, b = low2 - low, low2 - w - low  # where target[0] finds its two sources
    first = min(max(0, -a, -b), length)
    last = max(first, min(length, len(source) - a, len(source) - b))
    _mix_two(target[first:last], source[first + a :], source[first + b :], stay, go)
    for start, stop in ((0, first), (last, length)):
        target[start:stop] = 0.0
        _add(target, start, stop, source, a, stay)
        _add(target, start, stop, source, b, go)


@nb.njit(cache=True, nogil=True)
def _enter_two(
    source: Floats, low: int, target: Floats, low2: int, w: int, v: int, stay: float, go: float
) -> None:
    """Two members at once: the arrays are longer than the cache, and are read half as often."""
    length = len(target)
    a = low2 - low
    b, c, d = a - w, a - v, a - w - v
    first = min(max(0, -a, -d), length)
    last = max(first, min(length, len(source) - a))
    _mix_four(
        target[first:last],
        source[first + a :],
        source[first + b :],
        source[first + c :],
        source[first + d :],
        stay * stay,
        stay * go,
        go * go,
    )
    for start, stop in ((0, first), (last, length)):
        target[start:stop] = 0.0
        _add(target, start, stop, source, a, stay * stay)
        _add(target, start, stop, source, b, stay * go)
        _add(target, start, stop, source, c, stay * go)
        _add(target, start, stop, source, d, go * go)


@nb.njit(cache=True, nogil=True)
def _enter_modulo(
    source: Words, low: int, target: Words, low2: int, w: int, prime: np.uint64
) -> None:
    length = len(target)
    a, b = low2 - low, low2 - w - low
    first = min(max(0, -a, -b), length)
    last = max(first, min(length, len(source) - a, len(source) - b))
    for t in range(first):
        target[t] = source[t + a] if 0 <= t + a < len(source) else np.uint64(0)
    inner, x, y = target[first:last], source[first + a :], source[first + b :]
    for t in range(last - first):
        total = x[t] + y[t]
        inner[t] = min(total, total - prime)  # a difference below zero wraps to a large number
    for t in range(last, length):
        target[t] = source[t + b] if 0 <= t + b < len(source) else np.uint64(0)


@nb.njit(cache=True, nogil=True)
def _total_modulo(values: Words, prime: np.uint64) -> np.uint64:
    total = np.uint64(0)
    for x in values:
        total += x
        total = total - prime if total >= prime else total
    return total


class _Swings:
    """The recursion of `weighted_swings`: two arrays for each depth, used in turn."""

    __slots__ = ("p", "prime", "quota", "result", "rooms", "sums", "w")

    def __init__(self, w: list[int], quota: int, p: float, prime: int) -> None:
        self.w = w
        self.sums = np.concatenate([[0], np.cumsum(w)]).tolist()
        self.quota = quota
        self.p = p
        self.prime = prime
        self.rooms: dict[tuple[int, int], NDArray[np.generic]] = {}
        self.result: list[Any] = [0] * len(w)

    def room(self, depth: int, turn: int, length: int) -> NDArray[np.generic]:
        buffer = self.rooms.get((depth, turn))
        if buffer is None or len(buffer) < length:
            self.rooms.pop((depth, turn), None)
            buffer = np.empty(length, dtype=np.uint64 if self.prime else np.float64)
            self.rooms[depth, turn] = buffer
        return buffer[:length]

    def visit(
        self, depth: int, first: int, last: int, values: NDArray[Any], low: int, inside: int
    ) -> None:
        """Members first … last − 1 are still outside; `inside` is the weight of those within."""
        if last - first == 1:
            if self.prime:
                self.result[first] = int(_total_modulo(values, np.uint64(self.prime)))
            else:
                self.result[first] = float(np.sum(values))
            return
        middle = (first + last) // 2
        for group, entering in (
            ((first, middle), self.w[middle:last]),
            ((middle, last), self.w[first:middle]),
        ):
            kept = self.sums[group[1]] - self.sums[group[0]]
            coming = sum(entering)
            now, low_now, within = values, low, inside
            step = 1 if self.prime else 2
            for turn, k in enumerate(range(0, len(entering), step)):
                some = entering[k : k + step]
                coming -= sum(some)
                within += sum(some)
                low_next = max(0, self.quota - kept - coming)
                target = self.room(depth, turn % 2, max(0, min(self.quota, within + 1) - low_next))
                self.enter(now, low_now, target, low_next, some)
                now, low_now = target, low_next
            self.visit(depth + 1, *group, now, low_now, within)

    def enter(
        self, now: NDArray[Any], low: int, target: NDArray[Any], low2: int, some: list[int]
    ) -> None:
        if self.prime:
            _enter_modulo(now, low, target, low2, some[0], np.uint64(self.prime))
        elif len(some) == 2:
            _enter_two(now, low, target, low2, some[0], some[1], 1.0 - self.p, self.p)
        else:
            _enter(now, low, target, low2, some[0], 1.0 - self.p, self.p)


def weighted_swings(
    weights: Sequence[int], quota: int, *, p: float = 0.5, prime: int = 0
) -> list[float] | list[int]:
    """Return for each i the coalitions of the others with total in [quota − w_i, quota − 1].

    As a probability when every other member is in with probability p, or as a count modulo a
    prime. The members are halved again and again; the halves outside enter one by one, and only
    totals in ``[quota − w(group), quota − 1]`` are kept. With n members and total weight W that
    is O(n W) operations for all members together, where the naive way is O(n² W).
    """
    order = sorted(range(len(weights)), key=lambda i: weights[i])
    work = _Swings([int(weights[i]) for i in order], quota, p, prime)
    start = np.ones(1, dtype=np.uint64 if prime else np.float64)
    work.visit(0, 0, len(order), start, 0, 0)
    result: list[Any] = [0] * len(order)
    for i, value in zip(order, work.result, strict=True):
        result[i] = value
    return result


def weighted_losing(weights: Sequence[int], quota: int, prime: int) -> int:
    """Return the number of coalitions with a total below the quota, modulo a prime."""
    values = np.ones(1, dtype=np.uint64)
    within = 0
    for weight in sorted(int(x) for x in weights):
        within += weight
        target = np.empty(min(quota, within + 1), dtype=np.uint64)
        _enter_modulo(values, 0, target, 0, weight, np.uint64(prime))
        values = target
    return int(_total_modulo(values, np.uint64(prime)))


def quadrature(
    degree: int, *, digits: float = 12.0, monomials: bool = False
) -> tuple[Floats, Floats]:
    """Return Gauss–Legendre nodes and weights on [0, 1] for a polynomial with terms ≥ 0.

    Exact for the degree with ``degree // 2 + 1`` nodes. The Chebyshev coefficients of a Bernstein
    polynomial fall like exp(−m²/(2·degree)), so that about √(degree · digits · ln 10 / 2) nodes
    already give that many digits; those of a monomial like exp(−m²/degree).
    """
    exact = degree // 2 + 1
    enough = int(np.ceil(np.sqrt(degree * digits * np.log(10) / (4 if monomials else 2)))) + 2
    nodes, weights = np.polynomial.legendre.leggauss(min(exact, enough))
    return (nodes + 1) / 2, weights / 2


@nb.njit(cache=True, nogil=True, fastmath={"reassoc"})
def _minimal(w: Integers, quota: int, s: float, block: int) -> tuple[float, Floats]:
    """Weigh every minimal winning coalition by s^(size − 1); w must not rise."""
    n = len(w)
    low = np.zeros(n + 1, dtype=np.int64)
    high = np.zeros(n + 1, dtype=np.int64)
    before, after = 0, w.sum()
    for k in range(n + 1):
        low[k] = max(0, quota - after)
        high[k] = max(low[k], min(quota, before + 1))
        if k < n:
            before += w[k]
            after -= w[k]
    blocks = (n + block - 1) // block
    # forward: what is kept at the start of each block
    where = np.zeros(blocks + 1, dtype=np.int64)
    for b in range(blocks):
        where[b + 1] = where[b] + high[b * block] - low[b * block]
    kept = np.empty(where[blocks], dtype=np.float64)
    widest = 0
    for b in range(blocks):
        total = 0
        for k in range(b * block, min(n, (b + 1) * block) + 1):
            total += high[k] - low[k]
        widest = max(widest, total)
    inside = np.empty(widest, dtype=np.float64)
    kept[0] = 1.0
    for b in range(blocks - 1):
        here = kept[where[b] : where[b + 1]]
        start = 0
        inside[: len(here)] = here
        for k in range(b * block, (b + 1) * block):
            length = high[k] - low[k]
            following = high[k + 1] - low[k + 1]
            _enter(
                inside[start : start + length],
                low[k],
                inside[start + length : start + length + following],
                low[k + 1],
                w[k],
                1.0,
                s,
            )
            start += length
        kept[where[b + 1] : where[b + 2]] = inside[start : start + where[b + 2] - where[b + 1]]
    most = 0
    for k in range(n + 1):
        most = max(most, high[k] - low[k])
    ahead = np.zeros(most, dtype=np.float64)  # completions from k + 1 on, by total
    behind = np.zeros(most, dtype=np.float64)
    starts = np.zeros(block + 1, dtype=np.int64)
    result = np.zeros(n, dtype=np.float64)
    for b in range(blocks - 1, -1, -1):
        first, last = b * block, min(n, (b + 1) * block)
        here = kept[where[b] : where[b + 1]]
        inside[: len(here)] = here
        starts[0] = 0
        for k in range(first, last):
            length = high[k] - low[k]
            starts[k - first + 1] = starts[k - first] + length
            if k + 1 < last:
                following = high[k + 1] - low[k + 1]
                at = starts[k - first + 1]
                _enter(
                    inside[starts[k - first] : at],
                    low[k],
                    inside[at : at + following],
                    low[k + 1],
                    w[k],
                    1.0,
                    s,
                )
        for k in range(last - 1, first - 1, -1):
            length = high[k] - low[k]
            reaching = inside[starts[k - first] : starts[k - first] + length]
            # below the cut the next members must help; from it on this one is the last
            cut = min(max(quota - w[k] - low[k], 0), length)
            through = ahead[low[k] + w[k] - low[k + 1] :] if cut else ahead
            met = 0.0
            for t in range(cut):
                behind[t] = s * through[t]
                met += reaching[t] * behind[t]
            for t in range(cut, length):
                behind[t] = 1.0
                met += reaching[t]
            gap = low[k + 1] - low[k]
            past = behind[gap:]
            for t in range(length - gap):
                past[t] += ahead[t]
            result[k] = met
            ahead, behind = behind, ahead
    return ahead[0], result


def weighted_minimal(weights: Sequence[int], quota: int, *, s: float = 1.0) -> tuple[float, Floats]:
    """Return Σ s^(|S|−1) over the minimal winning coalitions S, and over those with each member.

    A coalition is minimal when, its members taken from the heaviest to the lightest, the last one
    brings it to the quota. With s = 1 these are counts (in floating point); integrated over s
    from 0 to 1 they are the sums of 1/|S| that the Deegan–Packel index takes.
    """
    order = np.argsort(-np.asarray(weights, dtype=np.int64), kind="stable")
    w = np.asarray(weights, dtype=np.int64)[order]
    block = max(1, int(np.sqrt(len(w))))
    total, sorted_result = _minimal(w, quota, s, block)
    result = np.zeros(len(w))
    result[order] = sorted_result
    return total, result


def count_minimal(weights: Sequence[int], quota: int, prime: int) -> int:
    """Return the number of minimal winning coalitions modulo a prime."""
    values = np.ones(1, dtype=np.uint64)
    heavy_first = sorted((int(x) for x in weights), reverse=True)
    within, left, low, total = 0, sum(heavy_first), 0, 0
    for weight in heavy_first:
        from_ = max(0, quota - weight - low)
        total += int(_total_modulo(values[from_:], np.uint64(prime)))
        within += weight
        left -= weight
        low_next = max(0, quota - left)
        target = np.empty(max(0, min(quota, within + 1) - low_next), dtype=np.uint64)
        _enter_modulo(values, low, target, low_next, weight, np.uint64(prime))
        values, low = target, low_next
    return total % prime
