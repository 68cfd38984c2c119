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

Once the steps of a batch are below `SMALL`, only what they change is multiplied, in single precision,
and added to what double precision has: a change of 10⁻⁷ that is right to seven digits adds 10⁻¹⁴ of
rounding, a tenth of the tolerance or less, and takes half the time.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from winset.trade.coalitions.single_kernel import FINE, ORDER, jacobian, newton, predict
from winset.trade.compiled import judged, worth
from winset.trade.equilibrium import Report, Status
from winset.trade.numerics.kernels import FAST_KERNEL, KERNEL

GROUP = 10  # bits: one inverse Jacobian for so many coalitions
WIDTH = 64  # coalitions in a batch
ROUNDS = 30  # chord steps before Newton's method takes over
SERIES = 2e-3  # largest change for which the series below are exact to rounding
NEAR = 0.4  # largest change for which those of the first evaluation are
SMALL = 1e-7  # largest change of which single precision is enough


@njit(**FAST_KERNEL)
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


@njit(**FAST_KERNEL)
def _increment(change, inside, matrix, extra, total):  # type: ignore[no-untyped-def]
    """total += change·matrix + inside ∘ ((inside ∘ change)·extra), the products in single precision."""
    count, p = inside.shape
    n = len(matrix)
    part = np.empty((count, p), np.float32)
    for s in range(count):
        for j in range(p):
            part[s, j] = inside[s, j] * change[s, j]
    whole = np.dot(change, matrix)
    part_whole = np.dot(part, extra)
    for s in range(count):
        for j in range(p):
            whole[s, j] += inside[s, j] * part_whole[s, j]
        for i in range(n):
            total[s, i] += whole[s, i]


@njit(**FAST_KERNEL)
def _exponential(x):  # type: ignore[no-untyped-def]
    """e^x for tiny x."""
    return 1.0 + x * (1.0 + x / 2 * (1.0 + x / 3 * (1.0 + x / 4 * (1.0 + x / 5 * (1.0 + x / 6)))))


@njit(**FAST_KERNEL)
def _powers(factor, x, out):  # type: ignore[no-untyped-def]
    """out = e^(factor·x).

    Where all are below `NEAR`, to 4·10⁻¹⁵ by a series at a sixteenth, squared four times: the loop is one of
    vectors.
    """
    far = 0.0
    for i in range(len(x)):
        far = max(far, abs(x[i]))
    if abs(factor) * far < NEAR:
        for i in range(len(x)):
            y = factor * x[i] / 16.0
            y = 1.0 + y * (
                1.0 + y / 2 * (1.0 + y / 3 * (1.0 + y / 4 * (1.0 + y / 5 * (1.0 + y / 6))))
            )
            y *= y
            y *= y
            y *= y
            out[i] = y * y
    else:
        for i in range(len(x)):
            out[i] = np.exp(factor * x[i])


@njit(**FAST_KERNEL)
def _logarithms(x, out):  # type: ignore[no-untyped-def]
    """out = ln x; where all are near one, to rounding by the series of artanh (x − 1)/(x + 1)."""
    low, high = np.inf, 0.0
    for i in range(len(x)):
        low, high = min(low, x[i]), max(high, x[i])
    if low > 1.0 - NEAR / 2 and high < 1.0 + NEAR / 2:
        for i in range(len(x)):
            r = (x[i] - 1.0) / (x[i] + 1.0)
            q = r * r
            tail = 1 / 9 + q * (1 / 11 + q * (1 / 13 + q / 15))
            out[i] = 2.0 * r * (1.0 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * tail))))
    else:
        for i in range(len(x)):
            out[i] = np.log(x[i])


@njit(**FAST_KERNEL)
def _demand(Y, D, yp, total, z):  # type: ignore[no-untyped-def]
    """z = X'/T of one coalition; returns ΣY'/ΣY."""
    world = yp.sum() / Y.sum()
    for i in range(len(Y)):
        z[i] = (yp[i] + D[i] * world) / total[i]
    return world


@njit(**KERNEL)
def _dense(pi, boost, mask, K):  # type: ignore[no-untyped-def]
    """K(S) of one coalition."""
    K[:, :] = pi
    p = len(boost)
    for i in range(p):
        if (mask >> i) & 1:
            for j in range(p):
                if (mask >> j) & 1 and i != j:
                    K[i, j] = pi[i, j] * boost[i, j]


@njit(**KERNEL)
def _productive(lnA, mask, prod):  # type: ignore[no-untyped-def]
    prod[:] = 0.0
    for j in range(len(lnA)):
        if (mask >> j) & 1:
            prod[j] = lnA[j]


@njit(**KERNEL)
def _invert(u, K, prod, Y, D, theta, beta, inverse):  # type: ignore[no-untyped-def]
    """Put the transposed inverse Jacobian at u in place; where there is none, the last one stays."""
    n = len(u)
    reach = np.exp(-theta * u)
    total = reach @ K
    yp = Y * np.exp((u + prod + (1.0 - beta) / theta * np.log(total)) / beta)
    z = np.empty(n)
    _demand(Y, D, yp, total, z)
    J = jacobian(K, Y, D, theta, beta, reach, total, yp, z)
    if np.isfinite(J.sum()):
        try:
            inverse[:, :] = np.linalg.inv(J).T
        except Exception:  # singular; numba knows no narrower class
            return


@njit(**KERNEL)
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


@njit(**FAST_KERNEL)
def _lowest(yp, world, D, beta):  # type: ignore[no-untyped-def]
    """The lowest income of all economies; a NaN in it is a NaN in the residual."""
    lowest = np.inf
    for i in range(len(yp)):
        lowest = min(lowest, yp[i] * beta + D[i] * world)
    return lowest


@njit(**KERNEL)  # not fast: nothing changed must be worth nothing, to the last digit
def _worth(mask, yp, world, D, lt, income, theta, beta, gains, row):  # type: ignore[no-untyped-def]
    """v(S) and, if wanted, the gains of all players."""
    value = 0.0
    wanted = len(gains) > 0
    for i in range(len(income)):
        inside = (mask >> i) & 1 == 1
        if inside or wanted:
            price = 1.0 / np.exp(lt[i] / theta)
            gain = worth(income[i], yp[i] * beta + D[i] * world, income[i], 1.0, price)[1]
            if inside:
                value += gain
            if wanted:
                gains[row, i] = gain
    return value


@njit(**FAST_KERNEL)
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
        Of the residual, in terms of an economy's initial output: what is above is no equilibrium.
    values : (2^bits,) array, filled
        v(S), USD million; NaN where no equilibrium was found.
    gains : (2^bits, p) array or (0, 0), filled
        Equivalent variation of every player in every coalition, USD million; NaN likewise.

    Returns
    -------
    Report
        `where` is the first coalition that failed, `economy` the one without income.
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
    sales, change = np.empty((WIDTH, n)), np.empty((WIDTH, n), np.float32)
    pi_single, extra_single = pi.astype(np.float32), extra.astype(np.float32)
    turned_single, extra_turned_single = turned.astype(np.float32), extra_turned.astype(np.float32)
    inside, part, part_out = np.empty((WIDTH, p)), np.empty((WIDTH, p)), np.empty((WIDTH, p))
    world, ids = np.empty(WIDTH), np.empty(WIDTH, np.int64)
    players_income = income[:p]
    own = (1.0 - beta) / theta
    status, worst, by_newton, where, economy = Status.CONVERGED, 0.0, 0, -1, -1
    inverse = np.eye(n)
    for upper in range(1 << (bits - group)):
        middle = upper << group | masks[begins[half]]
        if upper == 0:
            U[0] = 0.0
            _dense(pi, boost, high << bits, K)
            _productive(lnA, high << bits, prod)
            newton(U[0], prod, K, Y, D, theta, beta, inverse_y, FINE, space, 40)
            _invert(U[0], K, prod, Y, D, theta, beta, inverse)
        for size in range(group + 1):
            if (upper == 0 and size == half + 1) or (upper > 0 and size == 0):
                if upper == 0:
                    v[:] = U[middle]
                else:  # as before the lowest of the others came
                    v[:] = U[middle ^ ((upper & -upper) << group)]
                mask = high << bits | middle
                _dense(pi, boost, mask, K)
                _productive(lnA, mask, prod)
                _invert(v, K, prod, Y, D, theta, beta, inverse)
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
                    _powers(-theta, u[s], reach[s])
                _product(reach[:count], inside[:count], pi, extra, total[:count], part, part_out)
                for s in range(count):
                    _logarithms(total[s], lt[s])
                    for i in range(n):
                        z[s, i] = u[s, i] + own * lt[s, i]
                    for j in range(p):
                        z[s, j] += inside[s, j] * lnA[j]
                    _powers(1.0 / beta, z[s], yp[s])
                    for i in range(n):
                        yp[s, i] *= Y[i]
                    world[s] = _demand(Y, D, yp[s], total[s], z[s])
                _product(
                    z[:count], inside[:count], turned, extra_turned, sales[:count], part, part_out
                )
                rounds = 0
                while count:
                    kept = 0
                    for s in range(count):
                        largest = 0.0
                        for i in range(n):
                            f = (yp[s, i] - reach[s, i] * sales[s, i]) * inverse_y[i]
                            f += world[s] - 1.0
                            F[s, i] = f
                            largest = max(largest, abs(f))
                        finite = np.isfinite(F[s].sum())
                        m = ids[s]
                        mask = high << bits | m
                        settled = finite and largest <= FINE
                        if not settled and (not finite or largest >= 1.0 or rounds >= ROUNDS):
                            settled = True
                            by_newton += 1
                            _dense(pi, boost, mask, K)
                            _productive(lnA, mask, prod)
                            if not finite:
                                u[s] = 0.0
                            largest = newton(
                                u[s], prod, K, Y, D, theta, beta, inverse_y, FINE, space, 60
                            )
                            lt[s], yp[s] = space[2], space[3]
                            world[s] = yp[s].sum() / Y.sum()
                        if settled:
                            found = judged(largest, _lowest(yp[s], world[s], D, beta), tolerance)
                            value = _worth(
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
                            if found == Status.CONVERGED and not np.isfinite(value):
                                found = Status.NOT_FINITE
                            if found == Status.CONVERGED:
                                worst = max(worst, largest)
                                U[m] = u[s]
                            else:
                                value = np.nan
                                if len(gains) > 0:
                                    gains[m] = np.nan
                                U[m] = 0.0  # a place to predict from, if not a near one
                                if status == Status.CONVERGED:
                                    status, where = found, mask
                                    if found == Status.NO_INCOME:
                                        economy = int(np.argmin(yp[s] * beta + D * world[s]))
                            values[m] = value
                        else:
                            if kept < s:
                                ids[kept], world[kept] = m, world[s]
                                u[kept], reach[kept], total[kept] = u[s], reach[s], total[s]
                                lt[kept], yp[kept], F[kept] = lt[s], yp[s], F[s]
                                z[kept], sales[kept] = z[s], sales[s]
                                inside[kept] = inside[s]
                            kept += 1
                    count = kept
                    if count == 0:
                        break
                    rounds += 1
                    np.dot(F[:count], inverse, step[:count])
                    longest = 0.0
                    for s in range(count):
                        for i in range(n):
                            longest = max(longest, abs(step[s, i]))
                            u[s, i] -= step[s, i]
                    longest *= theta / beta
                    if longest < SMALL:
                        for s in range(count):
                            for i in range(n):
                                more = reach[s, i] * (_exponential(theta * step[s, i]) - 1.0)
                                change[s, i] = more
                                reach[s, i] += more
                        new[:count] = total[:count]
                        _increment(
                            change[:count], inside[:count], pi_single, extra_single, new[:count]
                        )
                    else:
                        for s in range(count):
                            for i in range(n):
                                if longest < SERIES:
                                    reach[s, i] *= _exponential(theta * step[s, i])
                                else:
                                    reach[s, i] = np.exp(-theta * u[s, i])
                        _product(
                            reach[:count], inside[:count], pi, extra, new[:count], part, part_out
                        )
                    for s in range(count):
                        if longest < SERIES:
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
                        new[s] = z[s]
                        world[s] = _demand(Y, D, yp[s], total[s], z[s])
                    if longest < SMALL:
                        for s in range(count):
                            for i in range(n):
                                change[s, i] = z[s, i] - new[s, i]
                        _increment(
                            change[:count],
                            inside[:count],
                            turned_single,
                            extra_turned_single,
                            sales[:count],
                        )
                    else:
                        _product(
                            z[:count],
                            inside[:count],
                            turned,
                            extra_turned,
                            sales[:count],
                            part,
                            part_out,
                        )
    return Report(status, worst, by_newton, where, economy)
