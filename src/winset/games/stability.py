r"""Who would leave, who would join, and in which order a group can grow: logic on members' gains.

u_i(S) is what player i gains when the coalition S acts and all others stay as they are; unlike a
game's v(S) it is known for outsiders too. Arrays are ``gains[mask, i]``, bit k of the mask is
player k.

* S is internally stable if no member gains by leaving: u_i(S) ≥ u_i(S∖i) for i ∈ S.
* S is externally stable under open membership if no outsider gains by joining:
  u_j(S) ≥ u_j(S∪j) for j ∉ S; under exclusive membership, if no outsider gains by joining without
  a loss to some member, who would refuse it.
* S is potentially internally stable if transfers among its members can make it so:
  Σ_{i∈S} u_i(S) ≥ Σ_{i∈S} u_i(S∖i).

Sources: d'Aspremont, Jacquemin, Gabszewicz & Weymark (1983); Carraro, Eyckmans & Finus (2006) for
potential stability; Finus & Rundshagen (2003) for open and exclusive membership.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from winset.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Flags = NDArray[np.bool_]

RELATIVE = 1e-9  # of the largest gain: less than this is no gain
MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Stable:
    """For every coalition, whether it is stable in each sense; arrays of 2^n flags.

    `exclusive` is external stability when every member must agree to an accession.
    """

    internal: Flags
    external: Flags
    exclusive: Flags
    potential: Flags


def stable_coalitions(gains: Array) -> Stable:
    """Judge every coalition.

    Parameters
    ----------
    gains : (2^n, n) array
        u_i(S) of all players, outsiders included.

    Raises
    ------
    DataError
        Wrong shape, or a gain that is not finite.
    """
    count, n = _checked(gains)
    if count != 1 << n:
        raise DataError(f"{n} players have 2^{n} = {1 << n} coalitions, found {count} rows.")
    floor = tolerance(gains)
    masks = np.arange(count)
    internal, external = np.ones(count, np.bool_), np.ones(count, np.bool_)
    exclusive, claims = np.ones(count, np.bool_), np.zeros(count)
    worth = np.zeros(count)
    for k in range(n):
        inside = masks[(masks >> k & 1) == 1]
        outside = inside ^ (1 << k)
        stay, leave = gains[inside, k], gains[outside, k]
        internal[inside] &= leave - stay <= floor
        claims[inside] += leave
        worth[inside] += stay
        joins = stay - leave > floor
        external[outside] &= ~joins
        refused = np.zeros(len(outside), np.bool_)
        for i in range(n):
            if i != k:
                refused |= (outside >> i & 1 == 1) & (gains[inside, i] < gains[outside, i] - floor)
        exclusive[outside] &= ~joins | refused
    return Stable(internal, external, exclusive, claims - worth <= floor)


def tolerance(gains: Array) -> float:
    """Return what counts as nothing: 1e-9 of the largest gain."""
    return RELATIVE * float(np.max(np.abs(gains), initial=0.0))


@dataclass(frozen=True, slots=True)
class Step:
    """One accession on the way: who joins, and what it changes for every player of the array."""

    candidate: int
    change: Array


@dataclass(frozen=True, slots=True)
class Enlargement:
    """How far a group can grow by steps that are each a gain for all who are then inside.

    Attributes
    ----------
    complete : bool
        Whether some order brings all candidates in.
    orders : float
        How many orders do (exact below 2^53).
    steps : tuple of Step
        Of the orders that bring in the most candidates, the one whose smallest gain, relative to
        `size`, is largest.
    blocked : mapping
        Each candidate that is left outside, and the players that would lose by its accession then,
        itself possibly among them.
    """

    complete: bool
    orders: float
    steps: tuple[Step, ...]
    blocked: dict[int, tuple[int, ...]]


def enlargement(gains: Array, size: Array | None = None) -> Enlargement:
    """Find the order of enlargement in which every step is a gain for all, exactly.

    Every set T of candidates is judged: T is reached if some c ∈ T is such that T∖c is reached
    and u_i(T) > u_i(T∖c) for every founder, every candidate of T∖c, and c itself.

    Parameters
    ----------
    gains : (2^c, c + m) array
        ``gains[T]`` when the candidates T have joined the m founders; candidates come first.
    size : (c + m,) array, optional
        What gains are compared with to choose among orders, such as incomes; ones by default.

    Raises
    ------
    DataError
        Wrong shape, a gain that is not finite, or more than 20 candidates.
    """
    count, columns = _checked(gains)
    c = count.bit_length() - 1
    if c > MOST_CANDIDATES:
        raise DataError(
            f"{c} candidates: the order of enlargement is exact for at most {MOST_CANDIDATES}. "
            "Name fewer."
        )
    weight = np.ones(columns) if size is None else np.asarray(size, dtype=np.float64)
    least, orders, last = _reach(
        np.ascontiguousarray(gains, dtype=np.float64), c, weight, tolerance(gains)
    )
    reached = np.flatnonzero(orders > 0)
    members = np.array([int(mask).bit_count() for mask in reached])
    fullest = reached[members == members.max()]
    final = int(fullest[np.argmax(least[fullest])])
    steps = []
    mask = final
    while mask:
        k = int(last[mask])
        steps.append(Step(k, gains[mask] - gains[mask ^ (1 << k)]))
        mask ^= 1 << k
    inside = [k for k in range(c) if final >> k & 1] + list(range(c, columns))
    floor = tolerance(gains)
    blocked = {}
    for k in range(c):
        if not final >> k & 1:
            change = gains[final | 1 << k] - gains[final]
            blocked[k] = tuple(i for i in sorted([k, *inside]) if not change[i] > floor)
    return Enlargement(final == count - 1, float(orders[-1]), tuple(reversed(steps)), blocked)


@njit(cache=True, nogil=True)
def _reach(gains, c, weight, floor):  # type: ignore[no-untyped-def]
    """For every set: the best smallest gain on a way to it, the number of ways, the last to join."""
    count, columns = gains.shape
    least = np.full(count, -np.inf)
    orders = np.zeros(count)
    last = np.full(count, -1)
    least[0] = np.inf
    orders[0] = 1.0
    for mask in range(1, count):
        for k in range(c):
            before = mask ^ (1 << k)
            if not (mask >> k) & 1 or orders[before] == 0.0:
                continue
            smallest = least[before]
            good = True
            for i in range(columns):
                if i < c and not (mask >> i) & 1:
                    continue
                change = gains[mask, i] - gains[before, i]
                if not change > floor:
                    good = False
                    break
                smallest = min(smallest, change / weight[i])
            if good:
                orders[mask] += orders[before]
                if smallest > least[mask]:
                    least[mask] = smallest
                    last[mask] = k
    return least, orders, last


def _checked(gains: Array) -> tuple[int, int]:
    shape = np.shape(gains)
    if len(shape) != 2 or shape[0] == 0 or shape[0] & (shape[0] - 1) or 1 << shape[1] < shape[0]:
        raise DataError(
            f"gains have the shape {shape}; they need 2^n rows, one for each coalition, and a "
            "column for each player."
        )
    if not np.all(np.isfinite(gains)):
        row, column = (int(k) for k in np.argwhere(~np.isfinite(gains))[0])
        raise DataError(f"gains[{row}, {column}] is {gains[row, column]}; it must be finite.")
    return shape[0], shape[1]
