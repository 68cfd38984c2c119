r"""Where people go when something changes: exact hats of a choice among destinations, with capacity.

A resident of i goes to j with probability s_ij = e^{u_ij} / Σ_k e^{u_ik}, home among the k. When a change
multiplies the attraction e^{u_ij} by φ̂_ij,

    n̂_ij = φ̂_ij λ_j / Σ_k s_ik φ̂_ik λ_k,       n'_ij = n_ij n̂_ij,

with λ = 1 where hosts take everybody. A host j with room for C_j admits by a common factor λ_j ≤ 1,

    Σ_i n'_ij ≤ C_j,   λ_j ≤ 1,   one of both an equality,

found by scaling rows and columns in turn (Sinkhorn): rows are met by the formula itself, and
λ_j ← min(1, λ_j C_j / Σ_i n'_ij). Rows keep their sums: of what a change brings to a destination, part
stayed at home before and part went elsewhere.

Sources: random utility with Gumbel shocks (McFadden 1974) and hat algebra after Dekle, Eaton & Kortum
(2008); scaling after Sinkhorn (1967), from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError

if TYPE_CHECKING:
    from winset.numbers import Array

MET = 1e-13  # of a host's capacity
MOST_ROUNDS = 200_000


@dataclass(frozen=True, slots=True)
class Moved:
    """People after a change, (n, m); `admission` is λ, (m,); `rounds` how often hosts were scaled."""

    people: Array
    admission: Array
    rounds: int


def shares(people: Array) -> Array:
    """Return s, each row over its sum; a row of nobody stays zero."""
    whole = people.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(people, whole, out=np.zeros_like(people), where=whole > 0))


def move(people: Array, attraction: Array, capacity: Array | None = None) -> Moved:
    """Return where people go.

    Parameters
    ----------
    people : (n, m) array
        Residents of i by destination j; who stays at home stands in a column of i too, where the total of
        those abroad is open.
    attraction : (n, m) array
        φ̂, positive.
    capacity : (m,) array, optional
        C, infinite where a host takes everybody.

    Raises
    ------
    DataError
        Negative people, attraction that is not positive and finite, or hosts who cannot take a row together.
    ConvergenceError
        Capacity is not met within `MOST_ROUNDS` rounds.
    """
    if (people < 0).any() or not np.isfinite(people).all():
        raise DataError("people: a count is negative or no number.")
    if not ((attraction > 0) & np.isfinite(attraction)).all():
        raise DataError("attraction: every factor is a positive number.")
    whole = people.sum(axis=1)
    drawn = shares(people) * attraction
    if capacity is None or not np.isfinite(capacity).any():
        factor = np.ones(people.shape[1])
        return Moved(_placed(whole, drawn, factor), factor, 0)
    _room(people, capacity, whole)
    factor = np.ones(people.shape[1])
    bound = np.isfinite(capacity)
    limit = capacity[bound]
    gap = np.inf
    best = np.inf
    for rounds in range(1, MOST_ROUNDS + 1):
        placed = _placed(whole, drawn, factor)
        arrived = placed.sum(axis=0)
        over = arrived[bound] / limit - 1.0
        held = factor[bound] < 1.0
        gap = float(np.where(held, np.abs(over), np.maximum(over, 0.0)).max(initial=0.0))
        if gap <= MET:
            return Moved(placed, factor, rounds)
        scaled = np.divide(
            factor[bound] * limit, arrived[bound], out=np.ones_like(limit), where=arrived[bound] > 0
        )
        # Scaling nears the end by a constant share a round: every tenth is Newton's while that helps.
        if rounds % 10 == 0 and gap < best:
            best = gap
            factor = _newton(whole, placed, arrived, factor, capacity)
        else:
            factor[bound] = np.minimum(scaled, 1.0)
    raise ConvergenceError(
        f"hosts' capacity is not met in {MOST_ROUNDS:,} rounds: one is {gap:.1e} off.", residual=gap
    )


def _newton(whole: Array, placed: Array, arrived: Array, factor: Array, capacity: Array) -> Array:
    """Return factors after one step on the logs of those of hosts that are full."""
    full = np.flatnonzero(
        np.isfinite(capacity) & (arrived > 0) & ((factor < 1.0) | (arrived > capacity))
    )
    share = np.divide(placed, whole[:, None], out=np.zeros_like(placed), where=whole[:, None] > 0)
    slope = np.eye(len(full)) - (placed[:, full].T @ share[:, full]) / arrived[full, None]
    step = np.linalg.lstsq(slope, np.log(capacity[full] / arrived[full]), rcond=None)[0]
    moved = factor.copy()
    moved[full] = np.minimum(factor[full] * np.exp(np.clip(step, -2.0, 2.0)), 1.0)
    return moved


def _room(people: Array, capacity: Array, whole: Array) -> None:
    if (capacity <= 0).any() or np.isnan(capacity).any():
        raise DataError("capacity: a host's capacity is a positive number.")
    # All that must be placed fits only where hosts without a bound, or with room, are open to it.
    reach = people > 0
    shut = reach.any(axis=1) & ~(reach & ~np.isfinite(capacity)).any(axis=1)
    if shut.any() and float(whole[shut].sum()) > float(capacity[reach[shut].any(axis=0)].sum()) * (
        1.0 + 1e-12
    ):
        raise DataError(
            "capacity: hosts together have less room than people who must be placed. Raise it, or let "
            "people stay at home."
        )


def _placed(whole: Array, drawn: Array, factor: Array) -> Array:
    open_ = drawn * factor
    total = open_.sum(axis=1, keepdims=True)
    placed = np.divide(open_, total, out=np.zeros_like(open_), where=total > 0)
    return np.asarray(placed * whole[:, None])
