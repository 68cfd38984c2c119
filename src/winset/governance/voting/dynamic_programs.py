"""Kernels that count coalitions by dynamic programs over weights.

* `lattice_swings`: several majorities with small weights, by a dynamic program over the joint
  totals and the size of the coalition, in exact modular arithmetic;
* `weighted_swings` and `weighted_minimal`: one majority of any number of members. The members
  outside a group enter one after the other, and only the totals from which the group can still
  reach the quota are kept, so that "all members but i" costs for all i together what a few passes
  cost. There is no division, hence no loss of digits: all terms are positive.

Counts beyond 2^63 are computed modulo several primes and put together by the Chinese remainder
theorem. Weights and quotas are int64 throughout; a coalition wins when its total ≥ quota.

It is one file because all of these share the same arithmetic modulo a prime, compiled once.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array, Integers, Words


#: Of these bases one at least shows that a number below 3.3e24 is composite (Sorenson & Webster 2017,
#: from general knowledge).
BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


@cache
def primes_for(members: int) -> tuple[int, ...]:
    """Return as many of the largest primes below 2^63 as it takes to count 2^members coalitions.

    >>> [2**63 - prime for prime in primes_for(200)]
    [25, 165, 259, 301]
    """
    found: list[int] = []
    candidate = 2**63 - 1
    while len(found) < members // 62 + 1:
        if _prime(candidate):
            found.append(candidate)
        candidate -= 2
    return tuple(found)


def _prime(number: int) -> bool:
    """Tell whether an odd number from 41 to 3.3e24 is prime (Miller & Rabin)."""
    twos = (number - 1 & 1 - number).bit_length() - 1
    for base in BASES:
        x = pow(base, number - 1 >> twos, number)
        if x in (1, number - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % number
            if x == number - 1:
                break
        else:
            return False
    return True


def from_residues(residues: Sequence[int], primes: Sequence[int]) -> int:
    """Return the number below Π primes with these residues (Chinese remainder theorem)."""
    value, modulus = 0, 1
    for residue, prime in zip(residues, primes, strict=True):
        value += modulus * ((residue - value) * pow(modulus, -1, prime) % prime)
        modulus *= prime
    return value


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
def _add(target: Array, first: int, last: int, source: Array, shift: int, by: float) -> None:
    """target[t] += by · source[t + shift] for first ≤ t < last, where the source has it."""
    first = max(first, -shift)
    last = min(last, len(source) - shift)
    if first < last:
        # slices from zero on, so that the loop has no branches and runs in vector registers
        inner, x = target[first:last], source[first + shift : last + shift]
        for t in range(len(inner)):
            inner[t] += by * x[t]


@nb.njit(cache=True, nogil=True)
def _mix_two(inner: Array, x: Array, y: Array, stay: float, go: float) -> None:
    for t in range(len(inner)):
        inner[t] = stay * x[t] + go * y[t]


@nb.njit(cache=True, nogil=True)
def _mix_four(
    inner: Array, x: Array, y: Array, z: Array, u: Array, none: float, one: float, both: float
) -> None:
    for t in range(len(inner)):
        inner[t] = none * x[t] + one * (y[t] + z[t]) + both * u[t]


@nb.njit(cache=True, nogil=True)
def _enter(
    source: Array, low: int, target: Array, low2: int, w: int, stay: float, go: float
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
    source: Array, low: int, target: Array, low2: int, w: int, v: int, stay: float, go: float
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
        self, depth: int, among: tuple[int, int], values: NDArray[Any], low: int, inside: int
    ) -> None:
        """Members first … last − 1 are still outside; `inside` is the weight of those within."""
        first, last = among
        if last - first == 1:
            if self.prime:
                self.result[first] = int(_total_modulo(values, np.uint64(self.prime)))
            else:
                self.result[first] = float(np.sum(values))
            return
        if self.w[first] == self.w[last - 1]:  # alike: what holds of one holds of all
            group = (last - 1, last)
            some = self.entered(depth, group, self.w[first : last - 1], values, low, inside)
            self.visit(depth + 1, group, *some)
            self.result[first : last - 1] = [self.result[last - 1]] * (last - 1 - first)
            return
        middle = (first + last) // 2
        for group, entering in (
            ((first, middle), self.w[middle:last]),
            ((middle, last), self.w[first:middle]),
        ):
            some = self.entered(depth, group, entering, values, low, inside)
            self.visit(depth + 1, group, *some)

    def entered(
        self,
        depth: int,
        group: tuple[int, int],
        entering: list[int],
        values: NDArray[Any],
        low: int,
        inside: int,
    ) -> tuple[NDArray[Any], int, int]:
        """Let some enter but a group; return the values, their lowest total, and the weight within."""
        kept = self.sums[group[1]] - self.sums[group[0]]
        coming = sum(entering)
        step = 1 if self.prime else 2
        for turn, k in enumerate(range(0, len(entering), step)):
            some = entering[k : k + step]
            coming -= sum(some)
            inside += sum(some)
            low_next = max(0, self.quota - kept - coming)
            target = self.room(depth, turn % 2, max(0, min(self.quota, inside + 1) - low_next))
            self.enter(values, low, target, low_next, some)
            values, low = target, low_next
        return values, low, inside

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
    work.visit(0, (0, len(order)), start, 0, 0)
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


def swing_quadrature(weights: Sequence[int], quota: int) -> tuple[Array, Array]:
    """Return nodes and weights on [0, 1] that integrate the chance of a swing over p.

    A swing of s others, of n − 1, has chance p^s (1 − p)^(n−1−s). With a ≤ s ≤ b, where the
    lightest and the heaviest members say how few and how many can be needed, Gauss–Jacobi with the
    weight p^a (1 − p)^(n−1−b) is exact with (b − a)/2 + 1 nodes, and fewer do.
    """
    light = np.sort(np.asarray(weights, dtype=np.int64))
    n = len(light)
    fewest = int(np.searchsorted(np.cumsum(light[::-1]), quota)) + 1
    # the others of a swing stay below the quota
    most = int(np.searchsorted(np.cumsum(light), quota))
    least, largest = min(fewest - 1, n - 1), min(most, n - 1)
    k = np.arange(largest - least + 1)
    return _quadrature(least, n - 1 - largest, k, k[::-1])


def size_quadrature(weights: Sequence[int], quota: int) -> tuple[Array, Array]:
    """Return nodes and weights on [0, 1] that integrate s^(k−1) to 1/k.

    For all sizes k that a minimal winning coalition can have: at least what the heaviest members
    need, at most one more than the lightest can have without reaching the quota.
    """
    light = np.sort(np.asarray(weights, dtype=np.int64))
    fewest = int(np.searchsorted(np.cumsum(light[::-1]), quota)) + 1
    # without its lightest member a minimal coalition stays below the quota
    most = max(fewest, min(int(np.searchsorted(np.cumsum(light[1:]), quota)) + 1, len(light)))
    k = np.arange(most - fewest + 1)
    return _quadrature(fewest - 1, 0, k, np.zeros_like(k))


def _quadrature(low: int, high: int, up: Integers, down: Integers) -> tuple[Array, Array]:
    """Integrate every p^(low + up_k) (1 − p)^(high + down_k) to a relative error of 1e-12.

    With more than some three hundred members to what the logarithms of their factorials leave of 16 digits.

    Gauss–Jacobi nodes, about as few as do it: the terms are known, so that the number is found by
    trying. All terms are positive, so that their sum is as exact.
    """
    from scipy.special import betaln, gammaln, xlog1py, xlogy

    degree = int((up + down).max())
    error = max(1e-12, 4.0 * np.finfo(np.float64).eps * gammaln(low + high + degree + 2.0))
    scale = betaln(low + 1, high + 1)
    exact = betaln(low + up + 1, high + down + 1)
    count, most = 1, degree // 2 + 1
    while True:
        p, logs = _jacobi(count, low, high)
        logs += scale
        at = p[:, None]
        terms = np.exp(logs[:, None] + xlogy(up, at) + xlog1py(down, -at) - exact)
        if count == most or np.abs(terms.sum(axis=0) - 1).max() < error:
            break
        count = min(most, count + 1 + count // 16)
    return p, np.asarray(np.exp(logs - xlogy(low, p) - xlog1py(high, -p)))


def _jacobi(count: int, low: int, high: int) -> tuple[Array, Array]:
    """Return nodes on [0, 1] for the weight p^low (1 − p)^high, and logarithms of their shares of 1.

    Nodes are the eigenvalues of the recurrence of the orthonormal polynomials, and the share of one is
    1/Σ_k p_k(x)² there (Golub & Welsch 1969): without powers of two, which overflow for a thousand members.
    """
    from scipy.linalg import eigvalsh_tridiagonal
    from scipy.special import logsumexp

    k, both = np.arange(count, dtype=np.float64), low + high
    even = 2.0 * k + both
    middle = np.full(count, (low - high) / (both + 2.0))
    middle[1:] = (low - high) * both / (even[1:] * (even[1:] + 2.0))
    j = k[1:]
    square = 4.0 * j * (j + low) * (j + high) * (j + both)
    beside = np.sqrt(square / (even[1:] ** 2 * (even[1:] ** 2 - 1.0)))
    x = eigvalsh_tridiagonal(middle, beside) if count > 1 else middle.copy()
    before, now, total = np.zeros(count), np.ones(count), np.ones(count)
    logs = np.zeros(count)
    for k_ in range(count - 1):
        following = (x - middle[k_]) * now - (beside[k_ - 1] * before if k_ else 0.0)
        before, now = now, following / beside[k_]
        total += now**2
        size = np.where(total > 1e100, total, 1.0)
        before, now, total = before / np.sqrt(size), now / np.sqrt(size), total / size
        logs -= np.log(size)
    logs -= np.log(total)
    return np.asarray((x + 1.0) / 2.0), np.asarray(logs - logsumexp(logs))


@nb.njit(cache=True, nogil=True, fastmath={"reassoc"})
def _minimal(w: Integers, quota: int, s: float, block: int) -> tuple[float, Array]:
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


def weighted_minimal(weights: Sequence[int], quota: int, *, s: float = 1.0) -> tuple[float, Array]:
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
