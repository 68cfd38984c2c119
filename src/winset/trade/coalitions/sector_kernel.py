"""Coalitions one after another in a world of many sectors, compiled; `sector_rows` lays them out.

Each is iterated as `uncertainty.many_sectors_kernel` does, near an equilibrium that is known.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from winset.numbers import Array
from winset.trade.equilibrium import Status
from winset.trade.numerics.kernels import FAST_KERNEL
from winset.trade.uncertainty.many_sectors_kernel import Here, iterate_in, missed, room


class Changes(NamedTuple):
    """What members change; T traded sectors, n economies, p of which may be inside.

    Attributes
    ----------
    kernel, sold : (T, p, p) arrays
        π (d̂ t̂)^{−θ} between members, and the same over 1 + t'.
    outside, outside_sold : (T, n, p) arrays
        The same of a member's purchases from outside; of no economies (T, 0, p) without a penalty.
    productivity : (p,) array
        ln Â.
    """

    kernel: Array
    sold: Array
    outside: Array
    outside_sold: Array
    productivity: Array


@njit(**FAST_KERNEL)
def _lay(first, changes, inside, kernel, sold, productivity):  # type: ignore[no-untyped-def]
    """Fill the kernel, what of it is sold net of tariffs and ln Â of one coalition."""
    traded = len(kernel)
    p = len(inside)
    kernel[:] = first.kernel
    sold[:] = first.sold
    productivity[:] = 0.0
    for k in range(p):
        if not inside[k]:
            continue
        productivity[k] = changes.productivity[k]
        for j in range(traded):
            for i in range(changes.outside.shape[1]):
                if i != k:
                    kernel[j, k, i] = changes.outside[j, i, k]
                    sold[j, i, k] = changes.outside_sold[j, i, k]
            for i in range(p):
                if inside[i]:
                    kernel[j, k, i] = changes.kernel[j, i, k]
                    sold[j, i, k] = changes.sold[j, i, k]


@njit(**FAST_KERNEL)
def solve_each(first, changes, frozen, begin, inside, z, fine, income, residual):  # type: ignore[no-untyped-def]
    """Solve coalitions near a known equilibrium, in place.

    Parameters
    ----------
    first : Here
        The world before; `begin` (n, J) is its spending over value added.
    frozen : Frozen
    inside : (m, p) array of bool
    z : (m, 2nJ + x) array
        Where each begins, and where it is found: prices, spending less `begin`, x.
    income : (m, n) array
        I'.
    residual : (m,) array
        The largest miss of any of the model's equations; left as it is where none was found.
    """
    n, count = first.labor.shape
    size = n * count
    unknowns = z.shape[1] - 2 * size
    kernel, sold = np.empty_like(first.kernel), np.empty_like(first.sold)
    productivity = np.empty(n)
    here = Here(
        kernel, sold, first.theta, first.labor, first.inputs, first.final, first.V, first.D,
        productivity, first.kappa, first.psi, first.multiplicative,
    )  # fmt: skip
    space = room(here, unknowns)
    price, scaled, x = np.empty((n, count)), np.empty((n, count)), np.empty(unknowns)
    for row in range(len(z)):
        _lay(first, changes, inside[row], kernel, sold, productivity)
        price[:] = z[row, :size].copy().reshape(n, count)
        scaled[:] = begin + z[row, size : 2 * size].copy().reshape(n, count)
        x[:] = z[row, 2 * size :]
        found = iterate_in(here, frozen, price, scaled, x, fine, space)
        if found.status != Status.CONVERGED:
            continue
        z[row, :size] = price.ravel()
        z[row, size : 2 * size] = (scaled - begin).ravel()
        z[row, 2 * size :] = x
        income[row] = space.income
        residual[row] = missed(space)
