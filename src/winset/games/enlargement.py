"""Doors: would a member leave, would an outsider come in, and in which order can a group grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from winset.numbers import Array


@dataclass(frozen=True, slots=True)
class Growth:
    """How a group can be enlarged when every step must be a gain.

    Attributes
    ----------
    order : tuple of int
        A longest order of candidates in which every step is a gain for all who are in and for
        the one who enters (exclusive membership: nobody is let in at a member's expense).
    complete : bool
        Whether it lets everybody in.
    open_door : tuple of int
        Who ends up inside when anyone may enter who gains by it, the largest gain first, and
        members have no say (open membership).
    blocked : tuple of (candidate, player)
        At the end of `order`, who is kept out and by whom: the player who would lose most.
    """

    order: tuple[int, ...]
    complete: bool
    open_door: tuple[int, ...]
    blocked: tuple[tuple[int, int], ...]


def growth(gains: Array, candidates: int, *, tolerance: float | Array = 0.0) -> Growth:
    """Find the orders of enlargement.

    Parameters
    ----------
    gains : (2^c, p) array
        Gain of every player, candidates first, when the candidates of the mask are inside. The
        other p − c players are members throughout.
    candidates : int
        c.
    tolerance : float or (p,) array
        Gains and losses below this, of each player, count as none.
    """
    c, members = candidates, list(range(candidates, gains.shape[1]))
    least = np.broadcast_to(np.asarray(tolerance, dtype=np.float64), gains.shape[1:])
    before = np.full(1 << c, -1)
    reached = np.zeros(1 << c, dtype=np.bool_)
    reached[0] = True
    best = 0
    for mask in range(1 << c):
        if not reached[mask]:
            continue
        if mask.bit_count() > best.bit_count():
            best = mask
        inside = members + [k for k in range(c) if mask >> k & 1]
        for k in range(c):
            new = mask | 1 << k
            if not mask >> k & 1 and not reached[new]:
                change = gains[new] - gains[mask]
                asked = [*inside, k]
                if np.all((change[asked] >= 0) | (np.abs(change[asked]) < least[asked])):
                    reached[new] = True
                    before[new] = k
    order: list[int] = []
    mask = best
    while mask:
        order.append(int(before[mask]))
        mask ^= 1 << int(before[mask])
    inside = members + [k for k in range(c) if best >> k & 1]
    blocked = []
    for k in range(c):
        if not best >> k & 1:
            change = gains[best | 1 << k] - gains[best]
            asked = [*inside, k]
            blocked.append((k, asked[int(np.argmin(change[asked]))]))
    return Growth(
        tuple(reversed(order)), best == (1 << c) - 1, _open_door(gains, c, least), tuple(blocked)
    )


def _open_door(gains: Array, c: int, least: Array) -> tuple[int, ...]:
    mask = 0
    entered: list[int] = []
    while True:
        wins = [
            (float(gain), -k)
            for k in range(c)
            if not mask >> k & 1
            and (gain := gains[mask | 1 << k, k] - gains[mask, k]) > 0
            and gain >= least[k]
        ]
        if not wins:
            return tuple(entered)
        k = -max(wins)[1]
        entered.append(k)
        mask |= 1 << k
