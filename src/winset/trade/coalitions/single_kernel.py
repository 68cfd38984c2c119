r"""The equilibrium of one coalition, compiled; `winset.trade.coalitions.batch_kernel` solves many with it.

A coalition S of the players carries out a change among its members: trade costs fall by d̂ within
S × S and productivity rises by Â within S. For each S the equilibrium of `models.one_sector`
(no tariffs, fixed labor, deficits a share of world value added) is solved for u = ln ĉ:

    T_n  = Σ_i K_in(S) e^{−θ u_i},   K(S) = π, and π d̂^{−θ} within S × S,   ln P̂_n = −ln T_n / θ
    ln ŵ = (u + ln Â(S) − (1 − β) ln P̂) / β,   Y' = Y ŵ,   X' = Y' + D ΣY'/ΣY
    F_i  = (Y'_i − e^{−θ u_i} Σ_n K_in X'_n / T_n) / Y_i + ΣY'/ΣY − 1 = 0

and v(S) = Σ_{i∈S} (Î_i/P̂_i − 1) I_i with I' = X' − (1 − β) Y'.

Here are the pieces for one coalition: the prediction of u(S) from coalitions solved before, by
inclusion–exclusion over the lowest members R of S, u(S) ≈ Σ_{∅≠A⊆R} (−1)^{|A|+1} u(S∖A), exact if
members interacted in groups smaller than R; and Newton's method with S's own Jacobian, for the
first coalition of a block and for those that the batches' chord steps miss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.linalg  # noqa: F401  (its BLAS is what numba calls: `one_thread` limits what is loaded)
from numba import njit

from winset.trade.numerics.kernels import FAST

if TYPE_CHECKING:
    pass


TOLERANCE = 2e-13  # of an economy's initial output, for every coalition
ORDER = 4  # of the inclusion–exclusion: deeper ones cost more than the steps they save


@njit(cache=True, nogil=True, fastmath=FAST)
def levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True, fastmath=FAST)
def _prices(reach, K, total):  # type: ignore[no-untyped-def]
    n = len(reach)
    total[:] = 0.0
    for i in range(n):
        r = reach[i]
        row = K[i]
        for k in range(n):
            total[k] += r * row[k]


@njit(cache=True, nogil=True, fastmath=FAST)
def residual(K, inverse_y, reach, yp, z, world, F):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True)
def jacobian(K, Y, D, theta, beta, reach, total, yp, z):  # type: ignore[no-untyped-def]
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
def newton(u, prod, K, Y, D, theta, beta, inverse_y, tolerance, space, most):  # type: ignore[no-untyped-def]
    """Newton's method from u, in place; returns the residual it ends with."""
    reach, total, lt, yp, z, F = space
    size = np.inf
    for _ in range(most):
        world = levels(u, prod, K, Y, D, theta, beta, reach, total, lt, yp, z)
        size = residual(K, inverse_y, reach, yp, z, world, F)
        if not np.isfinite(size):
            return np.inf
        if size <= tolerance:
            break
        step = np.linalg.solve(jacobian(K, Y, D, theta, beta, reach, total, yp, z), F)
        longest = np.abs(step).max()
        u -= step * min(1.0, 1.0 / longest)
    return size


@njit(cache=True, nogil=True, fastmath=FAST)
def predict(U, m, order, u):  # type: ignore[no-untyped-def]
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
