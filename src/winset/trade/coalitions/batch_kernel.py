r"""Blocks of coalitions in a world of many economies: the same equations, many coalitions at once.

With n economies the cost of a coalition in `winset.trade.coalitions.single_kernel` is that of products of an
n × n matrix with a vector, which wait for memory. Here the coalitions of a batch are the rows of
a matrix, so that these become products of matrices:

    T = R π + M ∘ ((M ∘ R) Δ),   Δ = π (d̂^{−θ} − 1) between players,

where row s of R is e^{−θ u} of coalition s and row s of M tells its members: only S × S differs
from the initial shares. Sales take π and Δ transposed, chord steps the inverse Jacobian.

A batch holds coalitions with equally many of the `GROUP` lowest members and the same others: none
of them is needed to predict another. All coalitions of a group share one inverse Jacobian, that
of a coalition with half of the low members, which is nearest to all. A coalition that reaches the
tolerance leaves the batch at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from winset.trade.coalitions.single_kernel import ORDER, jacobian, newton, predict
from winset.trade.equilibrium import Report, Status, worth
from winset.trade.numerics.kernels import FAST

if TYPE_CHECKING:
    pass


GROUP = 10  # bits: one inverse Jacobian for so many coalitions
WIDTH = 64  # coalitions in a batch
gained = njit(inline="always")(worth)  # the formula itself stands in `winset.trade.equilibrium`
ROUNDS = 30  # chord steps before Newton's method takes over
SERIES = 2e-3  # largest change for which the series below are exact to rounding


@njit(cache=True, nogil=True, fastmath=FAST)
def _product(rows, inside, matrix, extra, out, part, part_out):  # type: ignore[no-untyped-def]
    """out = rows·matrix + inside ∘ ((inside ∘ rows)·extra)."""
    count, p = inside.shape
    np.dot(rows, matrix, out)
    for s in range(count):
        for j in range(p):
            part[s, j] = inside[s, j] * rows[s, j]
    np.dot(part[:count], extra, part_out[:count])
    for s in range(count):
        for j in range(p):
            out[s, j] += inside[s, j] * part_out[s, j]


@njit(cache=True, nogil=True, fastmath=FAST)
def _exponential(x):  # type: ignore[no-untyped-def]
    """e^x for tiny x."""
    return 1.0 + x * (1.0 + x / 2 * (1.0 + x / 3 * (1.0 + x / 4 * (1.0 + x / 5 * (1.0 + x / 6)))))


@njit(cache=True, nogil=True, fastmath=FAST)
def _demand(Y, D, yp, total, z):  # type: ignore[no-untyped-def]
    """z = X'/T of one coalition; returns ΣY'/ΣY."""
    world = yp.sum() / Y.sum()
    for i in range(len(Y)):
        z[i] = (yp[i] + D[i] * world) / total[i]
    return world


@njit(cache=True, nogil=True)
def _dense(pi, boost, mask, K):  # type: ignore[no-untyped-def]
    """K(S) of one coalition."""
    K[:, :] = pi
    p = len(boost)
    for i in range(p):
        if (mask >> i) & 1:
            for j in range(p):
                if (mask >> j) & 1 and i != j:
                    K[i, j] = pi[i, j] * boost[i, j]


@njit(cache=True, nogil=True)
def _productive(lnA, mask, prod):  # type: ignore[no-untyped-def]
    prod[:] = 0.0
    for j in range(len(lnA)):
        if (mask >> j) & 1:
            prod[j] = lnA[j]


@njit(cache=True, nogil=True)
def _inverse(u, K, prod, Y, D, theta, beta):  # type: ignore[no-untyped-def]
    """Transposed inverse Jacobian at u."""
    n = len(u)
    reach = np.exp(-theta * u)
    total = reach @ K
    yp = Y * np.exp((u + prod + (1.0 - beta) / theta * np.log(total)) / beta)
    z = np.empty(n)
    _demand(Y, D, yp, total, z)
    J = jacobian(K, Y, D, theta, beta, reach, total, yp, z)
    return np.ascontiguousarray(np.linalg.inv(J).T)


@njit(cache=True, nogil=True)
def _by_size(bits):  # type: ignore[no-untyped-def]
    """Masks of `bits` bits by how many are set, and where each size begins."""
    begins = np.zeros(bits + 2, np.int64)
    masks = np.empty(1 << bits, np.int64)
    k = 0
    for size in range(bits + 1):
        begins[size] = k
        for m in range(1 << bits):
            rest = m
            count = 0
            while rest:
                rest &= rest - 1
                count += 1
            if count == size:
                masks[k] = m
                k += 1
    begins[bits + 1] = k
    return masks, begins


@njit(cache=True, nogil=True)  # not fast: nothing changed must be worth nothing, to the last digit
def _worth(mask, yp, world, D, lt, income, theta, beta, gains, row):  # type: ignore[no-untyped-def]
    """v(S) and, if wanted, the gains of all players; and who has no income, or −1.

    Asked of every economy, as `winset.solve` does: one whose income is not positive has no equilibrium.
    """
    value = 0.0
    wanted = len(gains) > 0
    for i in range(len(yp)):
        after = yp[i] * beta + D[i] * world
        if not after > 0.0:
            return np.nan, i
        if i < len(income):
            inside = (mask >> i) & 1 == 1
            if inside or wanted:
                price = 1.0 / np.exp(lt[i] / theta)
                gain = gained(income[i], after, income[i], 1.0, price)[1]
                if inside:
                    value += gain
                if wanted:
                    gains[row, i] = gain
    return value, -1


@njit(cache=True, nogil=True, fastmath=FAST)
def solve_block(  # type: ignore[no-untyped-def]
    high, bits, pi, boost, lnA, Y, D, income, theta, beta, tolerance, values, gains
):
    """Solve the 2^bits coalitions whose members above `bits` are those of `high`.

    Parameters
    ----------
    high, bits : int
        The coalitions are ``high << bits | m`` for m = 0 … 2^bits − 1.
    pi : (n, n) array
        Initial shares, players first; columns sum to one.
    boost : (p, p) array
        d̂^{−θ} between players.
    lnA : (p,) array
        ln Â of the players.
    Y, D, income : (n,) arrays
        Output, deficit and income before, USD million.
    tolerance : float
        Of the residual, in terms of an economy's initial output, for every coalition.
    values : (2^bits,) array, filled
        v(S), USD million; what has no equilibrium stays as it was.
    gains : (2^bits, p) array or (0, 0), filled
        Equivalent variation of every player in every coalition, USD million.

    Returns
    -------
    Report
        `where` is the first coalition that failed, `economy` where it did.
    """
    n, p = len(Y), len(boost)
    group = min(GROUP, bits)
    half = group // 2
    masks, begins = _by_size(group)
    turned = np.ascontiguousarray(pi.T)
    extra = np.zeros((p, p))
    for i in range(p):
        for j in range(p):
            if i != j:
                extra[i, j] = pi[i, j] * (boost[i, j] - 1.0)
    extra_turned = np.ascontiguousarray(extra.T)
    inverse_y = 1.0 / Y
    U = np.empty((1 << bits, n))
    K, prod, v = np.empty((n, n)), np.empty(n), np.empty(n)
    space = (np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n))
    u, reach, total = np.empty((WIDTH, n)), np.empty((WIDTH, n)), np.empty((WIDTH, n))
    lt, yp, z = np.empty((WIDTH, n)), np.empty((WIDTH, n)), np.empty((WIDTH, n))
    F, step, new = np.empty((WIDTH, n)), np.empty((WIDTH, n)), np.empty((WIDTH, n))
    inside, part, part_out = np.empty((WIDTH, p)), np.empty((WIDTH, p)), np.empty((WIDTH, p))
    world, ids = np.empty(WIDTH), np.empty(WIDTH, np.int64)
    players_income = income[:p]
    own = (1.0 - beta) / theta
    status, worst, by_newton, where, economy = Status.CONVERGED.value, 0.0, 0, -1, -1
    inverse = np.zeros((n, n))
    for upper in range(1 << (bits - group)):
        middle = upper << group | masks[begins[half]]
        if upper == 0:
            U[0] = 0.0
            _dense(pi, boost, high << bits, K)
            _productive(lnA, high << bits, prod)
            newton(U[0], prod, K, Y, D, theta, beta, inverse_y, tolerance, space, 40)
            inverse[:, :] = _inverse(U[0], K, prod, Y, D, theta, beta)
        for size in range(group + 1):
            if (upper == 0 and size == half + 1) or (upper > 0 and size == 0):
                if upper == 0:
                    v[:] = U[middle]
                else:  # as before the lowest of the others came
                    v[:] = U[middle ^ ((upper & -upper) << group)]
                mask = high << bits | middle
                _dense(pi, boost, mask, K)
                _productive(lnA, mask, prod)
                inverse[:, :] = _inverse(v, K, prod, Y, D, theta, beta)
            for first in range(begins[size], begins[size + 1], WIDTH):
                count = min(WIDTH, begins[size + 1] - first)
                for s in range(count):
                    m = upper << group | masks[first + s]
                    ids[s] = m
                    if m:
                        predict(U, m, ORDER, u[s])
                    else:
                        u[s] = U[0]
                    mask = high << bits | m
                    for j in range(p):
                        inside[s, j] = (mask >> j) & 1
                    for i in range(n):
                        reach[s, i] = np.exp(-theta * u[s, i])
                _product(reach[:count], inside[:count], pi, extra, total[:count], part, part_out)
                for s in range(count):
                    for i in range(n):
                        lt[s, i] = np.log(total[s, i])
                        yp[s, i] = u[s, i] + own * lt[s, i]
                    for j in range(p):
                        yp[s, j] += inside[s, j] * lnA[j]
                    for i in range(n):
                        yp[s, i] = Y[i] * np.exp(yp[s, i] / beta)
                    world[s] = _demand(Y, D, yp[s], total[s], z[s])
                rounds = 0
                while count:
                    _product(
                        z[:count], inside[:count], turned, extra_turned, F[:count], part, part_out
                    )
                    kept = 0
                    for s in range(count):
                        largest = 0.0
                        for i in range(n):
                            f = (yp[s, i] - reach[s, i] * F[s, i]) * inverse_y[i] + world[s] - 1.0
                            F[s, i] = f
                            largest = max(largest, abs(f))
                        finite = np.isfinite(F[s].sum())
                        m = ids[s]
                        mask = high << bits | m
                        if finite and largest <= tolerance:
                            worst = max(worst, largest)
                            U[m] = u[s]
                            value, poor = _worth(
                                mask,
                                yp[s],
                                world[s],
                                D,
                                lt[s],
                                players_income,
                                theta,
                                beta,
                                gains,
                                m,
                            )
                            if status == Status.CONVERGED.value:
                                if poor >= 0:
                                    status, where, economy = Status.NO_INCOME.value, mask, poor
                                elif not np.isfinite(value):
                                    status, where = Status.NOT_FINITE.value, mask
                            values[m] = value
                        elif not finite or largest >= 1.0 or rounds >= ROUNDS:
                            by_newton += 1
                            _dense(pi, boost, mask, K)
                            _productive(lnA, mask, prod)
                            if not finite:
                                u[s] = 0.0
                            largest = newton(
                                u[s], prod, K, Y, D, theta, beta, inverse_y, tolerance, space, 60
                            )
                            worst = max(worst, largest)
                            U[m] = u[s]
                            new_world = space[3].sum() / Y.sum()
                            value, poor = _worth(
                                mask, space[3], new_world, D, space[2], players_income, theta, beta,
                                gains, m,
                            )  # fmt: skip
                            if not largest <= 100.0 * tolerance:
                                value = np.nan
                                if len(gains) > 0:
                                    gains[m] = np.nan
                                if status == Status.CONVERGED.value:
                                    status, where = Status.NOT_CONVERGED.value, mask
                            elif status == Status.CONVERGED.value:
                                if poor >= 0:
                                    status, where, economy = Status.NO_INCOME.value, mask, poor
                                elif not np.isfinite(value):
                                    status, where = Status.NOT_FINITE.value, mask
                            values[m] = value
                        else:
                            if kept < s:
                                ids[kept], world[kept] = m, world[s]
                                u[kept], reach[kept], total[kept] = u[s], reach[s], total[s]
                                lt[kept], yp[kept], F[kept] = lt[s], yp[s], F[s]
                                inside[kept] = inside[s]
                            kept += 1
                    count = kept
                    if count == 0:
                        break
                    rounds += 1
                    np.dot(F[:count], inverse, step[:count])
                    for s in range(count):
                        longest = 0.0
                        for i in range(n):
                            longest = max(longest, abs(step[s, i]))
                        tiny = longest * theta / beta < SERIES
                        world[s] = 1.0 if tiny else 0.0
                        for i in range(n):
                            u[s, i] -= step[s, i]
                        if tiny:
                            for i in range(n):
                                reach[s, i] *= _exponential(theta * step[s, i])
                        else:
                            for i in range(n):
                                reach[s, i] = np.exp(-theta * u[s, i])
                    _product(reach[:count], inside[:count], pi, extra, new[:count], part, part_out)
                    for s in range(count):
                        if world[s] == 1.0:
                            for i in range(n):
                                r = (new[s, i] - total[s, i]) / total[s, i]
                                d = r * (
                                    1.0
                                    - r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r / 6))))
                                )
                                lt[s, i] += d
                                yp[s, i] *= _exponential((own * d - step[s, i]) / beta)
                                total[s, i] = new[s, i]
                        else:
                            for i in range(n):
                                total[s, i] = new[s, i]
                                lt[s, i] = np.log(new[s, i])
                                a = lnA[i] * inside[s, i] if i < p else 0.0
                                yp[s, i] = Y[i] * np.exp((u[s, i] + a + own * lt[s, i]) / beta)
                        world[s] = _demand(Y, D, yp[s], total[s], z[s])
    return Report(status, worst, by_newton, where, economy)
