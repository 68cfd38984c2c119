r"""The kernel that solves one block of coalitions after another.

A coalition S of the players carries out a change among its members: trade costs fall by d̂ within
S × S and productivity rises by Â within S. For each S the equilibrium of `winset.trade.onesector`
(no tariffs, fixed labor, deficits a share of world value added) is solved for u = ln ĉ:

    T_n  = Σ_i K_in(S) e^{−θ u_i},   K(S) = π, and π d̂^{−θ} within S × S,   ln P̂_n = −ln T_n / θ
    ln ŵ = (u + ln Â(S) − (1 − β) ln P̂) / β,   Y' = Y ŵ,   X' = Y' + D ΣY'/ΣY
    F_i  = (Y'_i − e^{−θ u_i} Σ_n K_in X'_n / T_n) / Y_i + ΣY'/ΣY − 1 = 0

and v(S) = Σ_{i∈S} (Î_i/P̂_i − 1) I_i with I' = X' − (1 − β) Y'.

What makes it fast:

* u(S) is predicted from coalitions solved before, by inclusion–exclusion over the lowest members R
  of S, u(S) ≈ Σ_{∅≠A⊆R} (−1)^{|A|+1} u(S∖A): exact if members interacted in groups smaller than R;
* then chord steps u ← u − J⁻¹F with the inverse Jacobian frozen for 2^`FROZEN` neighbors. After the
  first residual the exponentials and logarithms are those of tiny changes, by their series;
* K is updated in the rows and columns of the players that come or go.

A coalition whose residual misses the tolerance is solved again by Newton's method with its own
Jacobian; one that misses it even then is reported, never accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TOLERANCE = 2e-12  # of an economy's initial output, for every coalition
ORDER = 4  # of the inclusion–exclusion: deeper ones cost more than the steps they save
FROZEN = 8  # bits: one inverse Jacobian for so many coalitions
SERIES = 2e-3  # largest change for which the series below are exact to rounding

_FAST = {"reassoc", "contract", "arcp", "nsz"}  # NaN and infinity keep their meaning


@njit(cache=True, nogil=True, fastmath=_FAST)
def _levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z):  # type: ignore[no-untyped-def]
    """Everything that follows from u, by exponentials and logarithms; returns ΣY'/ΣY."""
    n = len(u)
    for i in range(n):
        reach[i] = np.exp(-theta * u[i])
    _prices(reach, K, total)
    sum_new = 0.0
    sum_old = 0.0
    for i in range(n):
        lt[i] = np.log(total[i])
        yp[i] = Y[i] * np.exp((u[i] + prod[i] + (1.0 - beta) / theta * lt[i]) / beta)
        sum_new += yp[i]
        sum_old += Y[i]
    world = sum_new / sum_old
    for i in range(n):
        z[i] = (yp[i] + D[i] * world) / total[i]
    return world


@njit(cache=True, nogil=True, fastmath=_FAST)
def _prices(reach, K, total):  # type: ignore[no-untyped-def]
    n = len(reach)
    total[:] = 0.0
    for i in range(n):
        r = reach[i]
        row = K[i]
        for k in range(n):
            total[k] += r * row[k]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _shifted(step, K, Y, D, theta, beta, reach, total, lt, yp, z, work):  # type: ignore[no-untyped-def]
    """The same after a tiny step u ← u − step, by series; returns ΣY'/ΣY."""
    n = len(step)
    for i in range(n):
        x = theta * step[i]
        reach[i] *= 1.0 + x * (
            1.0 + x / 2 * (1.0 + x / 3 * (1.0 + x / 4 * (1.0 + x / 5 * (1.0 + x / 6))))
        )
    for i in range(n):
        work[i] = total[i]
    _prices(reach, K, total)
    sum_new = 0.0
    sum_old = 0.0
    for i in range(n):
        r = (total[i] - work[i]) / work[i]
        dl = r * (1.0 - r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * (1 / 5 - r / 6)))))
        lt[i] += dl
        x = ((1.0 - beta) / theta * dl - step[i]) / beta
        yp[i] *= 1.0 + x * (
            1.0 + x / 2 * (1.0 + x / 3 * (1.0 + x / 4 * (1.0 + x / 5 * (1.0 + x / 6))))
        )
        sum_new += yp[i]
        sum_old += Y[i]
    world = sum_new / sum_old
    for i in range(n):
        z[i] = (yp[i] + D[i] * world) / total[i]
    return world


@njit(cache=True, nogil=True, fastmath=_FAST)
def _residual(K, inverse_y, reach, yp, z, world, F):  # type: ignore[no-untyped-def]
    n = len(reach)
    largest = 0.0
    for i in range(n):
        row = K[i]
        sales = 0.0
        for k in range(n):
            sales += row[k] * z[k]
        F[i] = (yp[i] - reach[i] * sales) * inverse_y[i] + world - 1.0
    for i in range(n):
        size = abs(F[i])
        if not size <= largest:  # a NaN counts as large
            largest = size
    return largest


@njit(cache=True, nogil=True, fastmath=_FAST)
def _apply(inverse, F, step):  # type: ignore[no-untyped-def]
    """step = J⁻¹ F, with `inverse` stored by columns of J⁻¹; returns the largest change."""
    n = len(F)
    step[:] = 0.0
    for i in range(n):
        f = F[i]
        row = inverse[i]
        for k in range(n):
            step[k] += f * row[k]
    largest = 0.0
    for i in range(n):
        largest = max(largest, abs(step[i]))
    return largest


@njit(cache=True, nogil=True)
def _jacobian(K, Y, D, theta, beta, reach, total, yp, z):  # type: ignore[no-untyped-def]
    """∂F/∂u, as `onesector.jacobian` at no tariffs and fixed labor."""
    n = len(Y)
    share = reach.reshape(n, 1) * K / total
    turned = np.ascontiguousarray(share.T)
    spend = z * total
    d_wage = -(1.0 - beta) / beta * turned
    for i in range(n):
        d_wage[i, i] += 1.0 / beta
    d_out = yp.reshape(n, 1) * d_wage
    column = d_out.sum(axis=0)
    d_spend = d_out + (D / Y.sum()).reshape(n, 1) * column
    flow = share * spend
    d_sales = share @ d_spend + theta * (flow @ turned)
    for i in range(n):
        d_sales[i, i] -= theta * flow[i].sum()
    return (d_out - d_sales) / Y.reshape(n, 1) + column / Y.sum()


@njit(cache=True, nogil=True)
def _newton(u, prod, K, Y, D, theta, beta, inverse_y, tolerance, space, most):  # type: ignore[no-untyped-def]
    """Newton's method from u, in place; returns the residual it ends with."""
    reach, total, lt, yp, z, F = space
    size = np.inf
    for _ in range(most):
        world = _levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z)
        size = _residual(K, inverse_y, reach, yp, z, world, F)
        if not np.isfinite(size):
            return np.inf
        if size <= tolerance:
            break
        step = np.linalg.solve(_jacobian(K, Y, D, theta, beta, reach, total, yp, z), F)
        longest = np.abs(step).max()
        u -= step * min(1.0, 1.0 / longest)
    return size


@njit(cache=True, nogil=True)
def _set_cost(K, pi, boost, mask, players, player, inside):  # type: ignore[no-untyped-def]
    """Give a player's row and column the costs of the coalition, or the old ones."""
    for j in range(players):
        if j != player and (mask >> j) & 1:
            if inside:
                K[player, j] = pi[player, j] * boost[player, j]
                K[j, player] = pi[j, player] * boost[j, player]
            else:
                K[player, j] = pi[player, j]
                K[j, player] = pi[j, player]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _predict(U, m, order, u):  # type: ignore[no-untyped-def]
    """Inclusion–exclusion over the lowest members of m, from rows of U filled before."""
    rest = m
    lowest = 0
    count = 0
    while rest and count < order:
        lowest |= rest & -rest
        rest &= rest - 1
        count += 1
    u[:] = 0.0
    part = lowest
    while part:
        odd = 0
        bits = part
        while bits:
            odd ^= 1
            bits &= bits - 1
        row = U[m ^ part]
        if odd:
            for i in range(len(u)):
                u[i] += row[i]
        else:
            for i in range(len(u)):
                u[i] -= row[i]
        part = (part - 1) & lowest


@njit(cache=True, nogil=True, fastmath=_FAST)
def solve_block(  # type: ignore[no-untyped-def]
    high, bits, pi, boost, lnA, Y, D, income, theta, beta, tolerance, order, values, gains, report
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
    values : (2^bits,) array, filled
        v(S), USD million.
    gains : (2^bits, p) array or (0, 0), filled
        Equivalent variation of every player in every coalition, USD million.
    report : (3,) array, filled
        Largest residual; coalitions solved again by Newton; 1 + the first coalition that failed.
    """
    n, players = len(Y), len(boost)
    inverse_y = 1.0 / Y
    U = np.empty((1 << bits, n))
    reach, total, lt, yp = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    z, F, step, work = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    space = (reach, total, lt, yp, z, F)
    u = np.zeros(n)
    prod = np.zeros(n)
    K = pi.copy()
    inverse = np.zeros((n, n))
    frozen = min(FROZEN, bits)
    mask = 0
    for j in range(players - bits):
        if (high >> j) & 1:
            _set_cost(K, pi, boost, mask, players, j + bits, True)
            mask |= 1 << (j + bits)
            prod[j + bits] = lnA[j + bits]
    report[:] = 0.0
    for m in range(1 << bits):
        flipped = m ^ (m - 1) if m else 0
        for j in range(bits):
            if (flipped >> j) & 1:
                inside = (m >> j) & 1 == 1
                if inside:
                    _set_cost(K, pi, boost, mask, players, j, True)
                    mask |= 1 << j
                    prod[j] = lnA[j]
                else:
                    mask &= ~(1 << j)
                    _set_cost(K, pi, boost, mask, players, j, False)
                    prod[j] = 0.0
        if m == 0:
            u[:] = 0.0
            size = _newton(u, prod, K, Y, D, theta, beta, inverse_y, tolerance, space, 40)
            world = _levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z)
        else:
            _predict(U, m, order, u)
            world = _levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z)
        if m & ((1 << frozen) - 1) == 0:
            inverse[:, :] = np.linalg.inv(_jacobian(K, Y, D, theta, beta, reach, total, yp, z)).T
        size = _residual(K, inverse_y, reach, yp, z, world, F)
        rounds = 0
        while not size <= tolerance and rounds < 30 and size < 1.0:
            rounds += 1
            longest = _apply(inverse, F, step)
            for i in range(n):
                u[i] -= step[i]
            if longest * theta / beta < SERIES:
                world = _shifted(step, K, Y, D, theta, beta, reach, total, lt, yp, z, work)
            else:
                world = _levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z)
            size = _residual(K, inverse_y, reach, yp, z, world, F)
        if not size <= tolerance:
            report[1] += 1.0
            size = _newton(u, prod, K, Y, D, theta, beta, inverse_y, tolerance, space, 60)
            world = _levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z)
            if not size <= tolerance and report[2] == 0.0:
                report[2] = 1.0 + mask
        report[0] = max(report[0], size)
        U[m] = u
        value = 0.0
        for i in range(players):
            inside = (mask >> i) & 1 == 1
            if inside or len(gains) > 0:
                final = yp[i] * beta + D[i] * world
                gain = final * np.exp(lt[i] / theta) - income[i]
                if inside:
                    value += gain
                if len(gains) > 0:
                    gains[m, i] = gain
        values[m] = value
