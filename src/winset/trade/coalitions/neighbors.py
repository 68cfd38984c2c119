"""Coalitions whose equilibria are near each other, in whichever model the problem's world calls for.

`rows` solves them where there is one sector, `sector_rows` where there are many. What neither covers or
finds, the ordinary solver has the word on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from winset.trade.coalitions import rows, sector_rows
from winset.trade.coalitions.rows import Solved, rest_of
from winset.trade.numerics.blas import one_thread

if TYPE_CHECKING:
    from winset.numbers import Array, Mask
    from winset.trade.coalitions.problem import Problem

UNIT = 1024  # rows that begin with one reference
SECTOR_UNIT = 64  # in a world with sectors, where each takes as long as a thousand others
WIDTH = 128  # of them solved together: what a near cache holds


class NearbySolver(Protocol):
    """A problem laid out for its kernel."""

    def reference(self, inside: Mask, u: Array) -> Any:
        """Return what is frozen of the model at one coalition, (p,), and its unknowns."""
        ...

    def near(self, inside: Mask, start: Array, reference: Any) -> Solved:
        """Solve the coalitions of `inside` (m, p) from `start` (m, unknowns); NaN where none is found."""
        ...

    def labor(self, inside: Mask, u: Array) -> Array:
        """Return L̂ of every economy at the unknowns of each coalition, (m, n)."""
        ...


def covered(problem: Problem) -> bool:
    """Tell whether a kernel's equations are those of a problem, and welfare is defined in it."""
    base = problem.base
    if base.income_tax and base.kappa > 0:
        return False
    return bool(np.all(rest_of(problem) > 0))


def lay_out(problem: Problem) -> NearbySolver:
    """Lay a problem out for its kernel; it must be `covered`."""
    return sector_rows.rows_of(problem) if problem.sectored else rows.rows_of(problem)


def unit_of(problem: Problem) -> int:
    """Return how many coalitions make a part of the work."""
    return SECTOR_UNIT if problem.sectored else UNIT


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a change beyond measure: no root
def solve_rows(laid: NearbySolver, inside: Mask, start: Array) -> Solved:
    """Solve the coalitions of `inside` (m, p) from `start` (m, unknowns); a pure function.

    A row is NaN where no equilibrium was found, or one that `find` would look at again.
    """
    parts = []
    for first in range(0, len(start), UNIT):
        last = min(first + UNIT, len(start))
        middle = (first + last) // 2
        reference = laid.reference(inside[middle], start[middle])
        for begin in range(first, last, WIDTH):
            part = slice(begin, min(begin + WIDTH, last))
            parts.append(laid.near(inside[part], start[part], reference))
    if len(parts) == 1:
        return parts[0]
    return Solved(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def solve_neighbors(problem: Problem, laid: NearbySolver, inside: Mask) -> Solved:
    """Solve 2^b coalitions, (2^b, p): each is predicted from those with fewer of the low members.

    Row m has the low members that are the bits of m, and what else is inside is inside in all.
    """
    from winset.trade.coalitions.single_kernel import ORDER, predict

    bits = (len(inside) - 1).bit_length()
    low = np.arange(len(inside))
    size = ((low[:, None] >> np.arange(bits)) & 1).sum(axis=1)
    u = np.zeros((len(inside), problem.unknowns))
    middle = int(low[size == bits // 2][0])
    parts = []
    with one_thread():
        reference = laid.reference(inside[0], u[0])
        for count in range(bits + 1):
            at = np.flatnonzero(size == count)
            for m in at if count else ():
                predict(u, m, ORDER, u[m])
            if count == 1:
                reference = laid.reference(inside[middle], u[0])
            found = laid.near(inside[at], u[at], reference)
            u[at] = found.u
            parts.append((at, found))
    order = np.argsort(np.concatenate([at for at, _ in parts]))
    columns = zip(*(found for _, found in parts), strict=True)
    return Solved(*(np.concatenate(column)[order] for column in columns))
