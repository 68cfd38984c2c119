"""Who pays whom, so that what each has becomes what each should have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array


EXACT = 16  # players up to which the number of payments is the least possible


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment."""

    payer: str
    receiver: str
    amount: float


def transfers(players: Sequence[str], have: Array, want: Array) -> tuple[Payment, ...]:
    """Return payments that turn `have` into `want`, with the least total and few payments.

    Nobody both pays and receives, so that the total is least. A group whose gaps add up to zero
    settles by itself with one payment fewer than it has members; up to 16 players the division
    into most such groups is found, beyond it the players are one group.

    Raises
    ------
    DataError
        The two do not add up to the same.

    >>> transfers(["A", "B", "C"], np.array([5.0, 1.0, 0.0]), np.array([2.0, 2.0, 2.0]))[0]
    Payment(payer='A', receiver='C', amount=2.0)
    """
    gap = np.asarray(want, dtype=np.float64) - np.asarray(have, dtype=np.float64)
    size = float(np.max(np.abs(gap), initial=0.0))
    base = max(float(np.max(np.abs(have), initial=0.0)), float(np.max(np.abs(want), initial=0.0)))
    tolerance = 1e-9 * size + 1e-12 * base
    if abs(gap.sum()) > 1e-6 * size + 1e-9 * base:
        raise DataError(
            f"what the players have and what they should have differ by {gap.sum():.6g} in total."
        )
    active = [k for k in range(len(gap)) if abs(gap[k]) > tolerance]
    payments: list[Payment] = []
    for group in _groups(gap, active, tolerance):
        payments += _settle(players, gap, group, tolerance)
    return tuple(sorted(payments, key=lambda p: (-p.amount, p.payer, p.receiver)))


def _groups(gap: Array, active: list[int], tolerance: float) -> list[list[int]]:
    """Divide the players into as many groups as possible whose gaps add up to zero."""
    m = len(active)
    if m > EXACT or m < 4:
        return [active] if active else []
    sums = np.zeros(1 << m)
    for k in range(m):
        sums[1 << k : 2 << k] = sums[: 1 << k] + gap[active[k]]
    zero = np.abs(sums) <= 10 * tolerance
    zero[-1] = True
    most = np.zeros(1 << m, dtype=np.int64)
    last = np.zeros(1 << m, dtype=np.int64)
    for mask in range(1, 1 << m):
        choices = [(most[mask ^ 1 << k], k) for k in range(m) if mask >> k & 1]
        best, last[mask] = max(choices, key=lambda pair: (pair[0], -pair[1]))
        most[mask] = best + int(zero[mask])
    groups: list[list[int]] = []
    mask = (1 << m) - 1
    current: list[int] = []
    while mask:
        if zero[mask] and current:
            groups.append(current)
            current = []
        current.append(active[last[mask]])
        mask ^= 1 << int(last[mask])
    groups.append(current)
    return groups


def _settle(
    players: Sequence[str], gap: Array, group: list[int], tolerance: float
) -> list[Payment]:
    """Largest payer to largest receiver, until all is settled."""
    left = {k: float(gap[k]) for k in group}
    payments = []
    while left:
        payer = min(left, key=lambda k: (left[k], k))
        receiver = max(left, key=lambda k: (left[k], -k))
        amount = min(-left[payer], left[receiver])
        if amount <= tolerance:
            break
        payments.append(Payment(players[payer], players[receiver], amount))
        for k, change in ((payer, amount), (receiver, -amount)):
            left[k] += change
            if abs(left[k]) <= tolerance:
                del left[k]
    return payments
