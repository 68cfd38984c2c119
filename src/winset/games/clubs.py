r"""Which clubs hold: payoffs of everybody in every club, and who would rather be on the other side.

Payoffs are an array W (2^f, f): ``W[S, k]`` is what player k has when those of S are inside, bit k of S being
player k. Unlike in a `Game` outsiders have payoffs too: they ride free or pay a penalty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array

BLOCK = 1 << 16  # clubs at a time


@dataclass(frozen=True, slots=True)
class Round:
    """One round of accession: who went in, who went out, and the club after it."""

    joined: tuple[int, ...]
    left: tuple[int, ...]
    club: int


def moving(payoffs: Array, club: int) -> Array:
    """Return what each player gains by changing sides alone, (f,): W[S ⊕ k, k] − W[S, k]."""
    k = np.arange(payoffs.shape[1])
    return np.asarray(payoffs[club ^ (1 << k), k] - payoffs[club, k])


def wanting(payoffs: Array, tie: Array) -> NDArray[np.bool_]:
    """Return who gains more than `tie` (f,) by changing sides alone, in every club, (2^f, f).

    A club in which nobody does is Nash-stable, internally (nobody leaves) and externally (nobody joins;
    d'Aspremont et al. 1983, from general knowledge).
    """
    size, f = payoffs.shape
    found = np.empty((size, f), np.bool_)
    for k in range(f):
        pairs = payoffs[:, k].reshape(-1, 2, 1 << k)  # without k, with k
        inside = pairs[:, 1] - pairs[:, 0]
        wants = np.stack([inside > tie[k], -inside > tie[k]], axis=1)
        found[:, k] = wants.reshape(size)
    return found


def rounds(payoffs: Array, tie: Array, start: int = 0, most: int = 100) -> tuple[list[Round], bool]:
    """Let everybody at once take the side that is better for it alone, again and again.

    Returns the rounds, and whether they came to rest: a club that was there before means that they never do.
    """
    club, seen, found = start, {start}, list[Round]()
    for _ in range(most):
        gain = moving(payoffs, club)
        movers = np.flatnonzero(gain > tie).tolist()
        if not movers:
            return found, True
        joined = tuple(k for k in movers if not club >> k & 1)
        left = tuple(k for k in movers if club >> k & 1)
        club ^= sum(1 << k for k in movers)
        found.append(Round(joined, left, club))
        if club in seen:
            return found, False
        seen.add(club)
    return found, False


def objection(payoffs: Array, tie: Array, club: int) -> int | None:
    """Return a club to which a group, of insiders and outsiders, would move together; None: there is none.

    Every mover gains more than its `tie`; all others stay. Where there is none the club is a strong
    equilibrium (Aumann 1959, from general knowledge), hence coalition-proof; where there is one, it may yet
    be coalition-proof. Of several the one in which the least mover gains most, in parts of its tie.
    """
    size, f = payoffs.shape
    best, where = 1.0, None
    here = payoffs[club]
    for first in range(0, size, BLOCK):
        others = np.arange(first, min(first + BLOCK, size))
        movers = ((others ^ club)[:, None] >> np.arange(f)) & 1 == 1
        gain = np.where(movers, (payoffs[others] - here) / tie, np.inf).min(axis=1)
        gain[others == club] = -np.inf
        top = int(np.argmax(gain))
        if gain[top] > best:
            best, where = float(gain[top]), int(others[top])
    return where


def surplus(payoffs: Array) -> Array:
    """Return Σ_{k in S} (W[S, k] − W[S∖k, k]) of every club, (2^f,).

    Zero or more: transfers inside can keep everybody in (potential internal stability; Carraro, Eyckmans &
    Finus 2006, from general knowledge).
    """
    size, f = payoffs.shape
    total = np.zeros(size)
    for k in range(f):
        pairs = payoffs[:, k].reshape(-1, 2, 1 << k)
        total.reshape(-1, 2, 1 << k)[:, 1] += pairs[:, 1] - pairs[:, 0]
    return total


def transfers(payoffs: Array, club: int) -> Array:
    """Return what each member receives so that all have their payoff outside and equal parts of the surplus.

    t_k = W[S∖k, k] + σ(S)/|S| − W[S, k] inside, 0 outside, (f,); they sum to zero.
    """
    f = payoffs.shape[1]
    inside = (club >> np.arange(f)) & 1 == 1
    gain = np.where(inside, -moving(payoffs, club), 0.0)
    return np.where(inside, gain.sum() / max(int(inside.sum()), 1) - gain, 0.0)


def holding_without(wants: NDArray[np.bool_], player: int) -> NDArray[np.bool_]:
    """Return the clubs that are stable among the others when a player stays outside, whatever it wants."""
    found = wants.sum(axis=1) == wants[:, player]
    found.reshape(-1, 2, 1 << player)[:, 1] = False
    return np.asarray(found)
