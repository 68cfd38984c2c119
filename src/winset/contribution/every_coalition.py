"""Every coalition of a center: its gain, and whether it holds; all 2ⁿ in closed form, by numba.

What depends on a set of members (sums, least cost, largest ratio) is looked up in two tables, of its low and
of its high members; so a coalition's equilibrium takes a few operations, and so do those that one member's
leaving or joining would make. `winset.contribution.center.play` states the same forms one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit, prange

from winset.contribution.center import play

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.contribution.center import Center
    from winset.numbers import Array, Integers

LOW = 14  # members of the low table
BLOCKS = 512  # of coalitions, for progress
TIE = 1e-12  # of all benefits: below, nobody moves for it
POWER, LINK, SHOT, STEP, BOUNDED, NETWORK = range(6)
#: Counts of coalitions by size: all; no member gains by leaving; no outsider by joining; both; members can
#: be kept in by payments among them; no member loses against acting alone. The last three count only
#: coalitions that gain something together.
COUNTED = ("coalitions", "internally", "externally", "stable", "with_transfers", "all_gain")
#: Best coalitions by size, by the sum of everybody's payoffs.
KEPT = ("any", "stable", "with_transfers", "all_gain")


@dataclass(frozen=True, slots=True)
class Coalitions:
    """What became of all coalitions of a center.

    Attributes
    ----------
    gains : (2^n,) array
        v(S) − Σ_{i∈S} u_i(∅): what the members of S have more together than when all act alone.
    counts : (n + 1, 6) array
        `COUNTED` by size.
    welfare : (n + 1, 4) array
        The largest sum of all payoffs, of `KEPT`, by size; −inf where there is none.
    best : (n + 1, 4) array
        Whose it is, as a mask; −1 where there is none.
    """

    gains: Array
    counts: Integers
    welfare: Array
    best: Integers


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _sum(table, mask, low):  # type: ignore[no-untyped-def]
    return table[0, mask & ((1 << low) - 1)] + table[1, mask >> low]


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _most(table, mask, low):  # type: ignore[no-untyped-def]
    return max(table[0, mask & ((1 << low) - 1)], table[1, mask >> low])


@njit(cache=True, nogil=True, error_model="numpy")
def _first(values, mask, wanted):  # type: ignore[no-untyped-def]
    """The first member of a mask with this value."""
    k = 0
    while not (mask >> k & 1 and values[k] == wanted):
        k += 1
    return k


@njit(cache=True, nogil=True, error_model="numpy")
def _several(mask):  # type: ignore[no-untyped-def]
    return (mask & (mask - 1)) != 0


@njit(cache=True, nogil=True, error_model="numpy")
def _state(mask, full, low, how, figures, columns, tables):  # type: ignore[no-untyped-def]
    """Equilibrium of a coalition: f(G), factors of members' and outsiders' costs, who pays alone and what.

    `how`: kind, 1 for quadratic, 1 for leader; `figures`: e, A, τ; `columns`: b, factor of a member's cost,
    third of the tables, −c, capacity, factor of an outsider's cost; `tables`: sums of b, of the factor of a
    member's cost, of (b/c)^e or, the largest, b/c or net worth alone; the largest −c.
    """
    kind, quadratic, leader = how
    e, A, tau = figures
    if not _several(mask):
        mask = 0
    out = full ^ mask
    B = _sum(tables[0], mask, low)
    if kind == POWER:
        P = _sum(tables[1], mask, low)
        Q = _sum(tables[2], out, low)
        if e == 1.0:
            if leader:
                B = B / (1.0 + Q)
            T = B * P + Q
        else:
            powered = B**e if mask else 0.0
            X = powered * P + Q  # T^e
            T = X ** (1.0 / e)
    elif kind == LINK:
        T = -_most(tables[2], out, low)
        if mask:
            T = min(T, B / _sum(tables[1], mask, low))
    elif kind == SHOT:
        T = _most(tables[2], out, low)
        provider = -1
        if mask:
            wanted = -B / _most(tables[3], mask, low)
            if wanted >= T:
                T = wanted
                provider = _first(columns[3], mask, _most(tables[3], mask, low))
        if provider < 0:
            provider = _first(columns[2], out, T)
    else:
        return _lumpy(mask, out, low, kind, tau, B, columns, tables)
    if quadratic:
        G = A * T / (1.0 + T)
        f = A * G - G * G / 2.0
    else:
        G = T
        f = G
    if kind == POWER:
        if e == 1.0:
            H = (G / T) ** 2 / 2.0
            return f, H * B * B, H, -1, 0.0
        H = G * G / (X * T) / 2.0
        return f, H * B * powered, H, -1, 0.0
    if kind == LINK:
        return f, G * G / 2.0, G * G / 2.0, -1, 0.0
    return f, 0.0, 0.0, provider, -columns[3, provider] * G * G / 2.0


@njit(cache=True, nogil=True, error_model="numpy")
def _lumpy(mask, out, low, kind, tau, B, columns, tables):  # type: ignore[no-untyped-def]
    """A threshold: the coalition where it is worth it, else the best outsider, else nobody."""
    if mask:
        if kind == STEP:
            price = tau / _sum(tables[1], mask, low)
            cost = price * tau / 2.0
        else:
            price = _price(mask, tau, columns)
            cost = 0.0
            for k in range(columns.shape[1]):
                if mask >> k & 1:
                    cost += _bounded(price, k, columns)
        if cost <= B:
            return 1.0, price * price / 2.0 if kind == STEP else price, 0.0, -1, 0.0
    net = _most(tables[2], out, low)
    if net >= 0.0:
        k = _first(columns[2], out, net)
        return 1.0, 0.0, 0.0, k, -columns[3, k] * tau * tau / 2.0
    return 0.0, 0.0, 0.0, -1, 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _price(mask, need, columns):  # type: ignore[no-untyped-def]
    """λ with Σ min(capacity, λ/c) = τ, members by c × capacity; infinite if they cannot."""
    free = 0.0
    for k in range(columns.shape[1]):
        if mask >> k & 1:
            free -= 1.0 / columns[3, k]
    for k in range(columns.shape[1]):
        if mask >> k & 1:
            if free <= 0.0:
                break
            price = need / free
            if price <= -columns[3, k] * columns[4, k]:
                return price
            need -= columns[4, k]
            free += 1.0 / columns[3, k]
    return np.inf


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _bounded(price, k, columns):  # type: ignore[no-untyped-def]
    c = -columns[3, k]
    g = min(columns[4, k], price / c)
    return np.inf if price == np.inf else c * g * g / 2.0


@njit(cache=True, nogil=True, error_model="numpy")
def _payoff(k, inside, kind, state, columns):  # type: ignore[no-untyped-def]
    f, within, outside, provider, alone = state
    u = columns[0, k] * f
    if kind == BOUNDED:
        if inside and within > 0.0:
            u -= _bounded(within, k, columns)
    else:
        u -= within * columns[1, k] if inside else outside * columns[5, k]
    return u - alone if provider == k else u


@njit(cache=True, nogil=True, error_model="numpy")
def _note(size, sound, total, mask, counts, welfare, best):  # type: ignore[no-untyped-def]
    inside_ok, outside_ok, kept_ok, gaining, worthwhile = sound
    stable = inside_ok and outside_ok and worthwhile
    kept_ok = kept_ok and worthwhile
    gaining = gaining and worthwhile
    flags = (True, inside_ok, outside_ok, stable, kept_ok, gaining)
    for c in range(6):
        if flags[c]:
            counts[size, c] += 1
    for place, flag in enumerate((True, stable, kept_ok, gaining)):
        if flag and total > welfare[size, place]:
            welfare[size, place] = total
            best[size, place] = mask


@njit(cache=True, nogil=True, error_model="numpy")
def _size(mask):  # type: ignore[no-untyped-def]
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _block(first, last, n, low, how, figures, columns, tables, slack, gains, counts, welfare, best):  # type: ignore[no-untyped-def]
    full = (1 << n) - 1
    kind = how[0]
    nobody = _state(0, full, low, how, figures, columns, tables)
    base = np.empty(n)
    for k in range(n):
        base[k] = _payoff(k, False, kind, nobody, columns)
    for mask in range(first, last):
        here = _state(mask, full, low, how, figures, columns, tables)
        acting = _several(mask)
        total = 0.0
        gain = 0.0
        leaving = 0.0
        inside_ok = True
        outside_ok = True
        gaining = acting
        for k in range(n):
            bit = 1 << k
            inside = (mask & bit) != 0
            u = _payoff(k, inside and acting, kind, here, columns)
            total += u
            other = mask ^ bit
            there = _state(other, full, low, how, figures, columns, tables)
            moved = _payoff(k, not inside and _several(other), kind, there, columns)
            if inside:
                gain += u - base[k]
                leaving += moved - base[k]
                if moved > u + slack:
                    inside_ok = False
                if u < base[k] - slack:
                    gaining = False
            elif moved > u + slack:
                outside_ok = False
        gains[mask] = gain if acting else 0.0
        sound = (inside_ok, outside_ok, gain >= leaving - slack, gaining, gain > slack)
        _note(_size(mask), sound, total, mask, counts, welfare, best)


@njit(cache=True, nogil=True, error_model="numpy")
def _network_block(first, last, n, b, c, W, slack, gains, counts, welfare, best):  # type: ignore[no-untyped-def]
    """The same where efforts reach along W and benefits are linear: what others give adds up.

    A member gives D_i/c_i, D_i = Σ_{k∈S} b_k W_ki, an outsider b_j W_jj/c_j. Member k adds to the others'
    efforts b_k W_ki/c_i, from which it has b_k W_ki of itself.
    """
    D = np.empty(n)
    g = np.empty(n)
    own = np.empty(n)
    base = np.zeros(n)
    for k in range(n):
        own[k] = b[k] * W[k, k] / c[k]
    for k in range(n):
        for j in range(n):
            base[k] += b[k] * W[k, j] * own[j]
        base[k] -= c[k] * own[k] ** 2 / 2.0
    for mask in range(first, last):
        acting = _several(mask)
        for i in range(n):
            D[i] = 0.0
        for k in range(n):
            if mask >> k & 1:
                for i in range(n):
                    D[i] += b[k] * W[k, i]
        for i in range(n):
            g[i] = D[i] / c[i] if acting and mask >> i & 1 else own[i]
        total = 0.0
        gain = 0.0
        leaving = 0.0
        inside_ok = True
        outside_ok = True
        gaining = acting
        for k in range(n):
            bit = 1 << k
            inside = (mask & bit) != 0
            u = -c[k] * g[k] ** 2 / 2.0
            moved = 0.0
            other = mask ^ bit
            team = _several(other)
            mine = own[k]
            if not inside and team:
                mine = (D[k] + b[k] * W[k, k]) / c[k]
            for j in range(n):
                u += b[k] * W[k, j] * g[j]
                if j == k:
                    there = mine
                elif other >> j & 1 and team:
                    there = (D[j] - b[k] * W[k, j] if inside else D[j] + b[k] * W[k, j]) / c[j]
                else:
                    there = own[j]
                moved += b[k] * W[k, j] * there
            moved -= c[k] * mine**2 / 2.0
            total += u
            if inside:
                gain += u - base[k]
                leaving += moved - base[k]
                if moved > u + slack:
                    inside_ok = False
                if u < base[k] - slack:
                    gaining = False
            elif moved > u + slack:
                outside_ok = False
        gains[mask] = gain if acting else 0.0
        sound = (inside_ok, outside_ok, gain >= leaving - slack, gaining, gain > slack)
        _note(_size(mask), sound, total, mask, counts, welfare, best)


@njit(cache=True, parallel=True, nogil=True, error_model="numpy")
def _run(begins, n, low, how, figures, columns, tables, slack, gains, counts, welfare, best):  # type: ignore[no-untyped-def]
    for t in prange(len(begins) - 1):
        _block(
            begins[t], begins[t + 1], n, low, how, figures, columns, tables, slack, gains, counts[t],
            welfare[t], best[t],
        )  # fmt: skip


@njit(cache=True, parallel=True, nogil=True, error_model="numpy")
def _run_network(begins, n, b, c, W, slack, gains, counts, welfare, best):  # type: ignore[no-untyped-def]
    for t in prange(len(begins) - 1):
        _network_block(
            begins[t], begins[t + 1], n, b, c, W, slack, gains, counts[t], welfare[t], best[t]
        )


def coalitions(center: Center, progress: Callable[[int, int], None] | None = None) -> Coalitions:
    """Look at every coalition of a center."""
    n = len(center)
    order = np.arange(n)
    if center.kind == "threshold":  # who reaches the capacity first, first
        order = np.argsort(center.cost * center.capacity, kind="stable")
    prepared = None if center.kind == "network" else _prepared(center, order)
    best = play(center, np.ones(n, dtype=np.bool_)).benefits
    slack = TIE * float(max(best.sum(), center.benefit.sum()))
    gains = np.zeros(1 << n)
    counts = np.zeros((n + 1, len(COUNTED)), dtype=np.int64)
    welfare = np.full((n + 1, len(KEPT)), -np.inf)
    whose_best = np.full((n + 1, len(KEPT)), -1, dtype=np.int64)
    ends = np.linspace(0, 1 << n, min(BLOCKS, 1 << max(n - 4, 0)) + 1).astype(np.int64)
    done = max(len(ends) // 32, 1)
    for at in range(0, len(ends) - 1, done):
        part = ends[at : at + done + 1]
        here = len(part) - 1
        counted = np.zeros((here, *counts.shape), dtype=np.int64)
        found = np.full((here, *welfare.shape), -np.inf)
        whose = np.full((here, *whose_best.shape), -1, dtype=np.int64)
        if prepared is None:
            b, c, W = center.benefit, center.cost, center.weights
            _run_network(part, n, b, c, W, slack, gains, counted, found, whose)
        else:
            low, how, figures, columns, tables = prepared
            _run(part, n, low, how, figures, columns, tables, slack, gains, counted, found, whose)
        counts += counted.sum(axis=0)
        for t in range(here):
            better = found[t] > welfare
            welfare[better], whose_best[better] = found[t][better], whose[t][better]
        if progress is not None:
            progress(int(part[-1]), 1 << n)
    if (order != np.arange(n)).any():
        gains, whose_best = _in_order(gains, order), _masks_in_order(whose_best, order)
    return Coalitions(gains, counts, welfare, whose_best)


def _prepared(
    center: Center, order: Integers
) -> tuple[int, tuple[int, int, int], tuple[float, float, float], Array, Array]:
    """Tables of a center for the kernel, its members in an order."""
    b, c, room = center.benefit[order], center.cost[order], center.capacity[order]
    n, e = len(b), center.exponent
    low = min(n, LOW)
    zero = np.zeros(n)
    kind, inside, outside, third = POWER, c, c, b / c
    most = False
    if center.kind == "weakest-link":
        kind, third, most = LINK, -b / c, True
    elif center.kind == "threshold":
        kind = STEP if np.isinf(room).all() else BOUNDED
        net = b - c * center.threshold**2 / 2.0
        inside, outside, most = 1.0 / c, zero, True
        third = np.where(room >= center.threshold, net, -np.inf)
    elif np.isinf(e):
        kind, inside, outside, most = SHOT, zero, zero, True
    else:
        inside, outside, third = c**-e, b ** (1.0 + e) * c**-e, (b / c) ** e
    columns = np.stack([b, inside, third, -c, room, outside])
    tables = np.stack(
        [
            _tabled(b, low, most=False),
            _tabled(inside, low, most=False),
            _tabled(third, low, most=most),
            _tabled(-c, low, most=True),
        ]
    )
    how = (kind, int(center.form == "quadratic"), int(center.timing == "leader"))
    return low, how, (e, center.satiation, center.threshold), columns, tables


def _tabled(values: Array, low: int, *, most: bool) -> Array:
    """Sum, or largest, of every subset of the low and of the high members, (2, 2^low)."""
    n = len(values)
    found = np.full((2, 1 << max(low, n - low)), -np.inf if most else 0.0)
    for row, (first, last) in enumerate(((0, low), (low, n))):
        for k in range(first, last):
            size = 1 << (k - first)
            before = found[row, :size]
            found[row, size : 2 * size] = (
                np.maximum(before, values[k]) if most else before + values[k]
            )
    return found


def _in_order(gains: Array, order: Integers) -> Array:
    """Return gains by masks in which bit order[k] is what bit k was."""
    n = len(order)
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    cube = gains.reshape((2,) * n)  # axis a is bit n − 1 − a
    axes = [n - 1 - int(place[n - 1 - a]) for a in range(n)]
    return np.ascontiguousarray(cube.transpose(axes)).reshape(-1)


def _masks_in_order(masks: Integers, order: Integers) -> Integers:
    found = np.zeros_like(masks)
    for k, bit in enumerate(order):
        found |= ((masks >> k) & 1) << int(bit)
    return np.where(masks < 0, -1, found)
