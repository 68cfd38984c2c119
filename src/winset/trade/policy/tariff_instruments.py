r"""Tariffs as instruments: levers that move the rates of many cells at once.

A lever z sets the tariff of each of its cells, an importer's rate on an exporter's goods in a sector,

    t' = offset + weight · z,

and a cell obeys one lever at most. A country's one rate on all imports, a rate by partner, by
sector or by both, and a common external tariff moved by a factor for each partner are all of this form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.trade.models.many_sectors.derivatives import Lift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array, Places
    from winset.trade.models.many_sectors.equations import Baseline, State, Target


Instruments = Literal["uniform", "partner", "sector", "partner-sector"]
INSTRUMENTS: tuple[Instruments, ...] = get_args(Instruments)


@dataclass(frozen=True, slots=True)
class Levers:
    """m levers over C cells of the (T, n, n) cube of tariffs.

    Attributes
    ----------
    sector, exporter, importer, lever : (C,) arrays of positions
    offset, weight : (C,) arrays
        ``t' = offset + weight · z[lever]``.
    owner : (m,) array
        Position of the player that a lever belongs to.
    partner, kind : (m,) arrays
        The exporter and the sector that a lever is for; −1 where it is for all.
    """

    sector: Places
    exporter: Places
    importer: Places
    lever: Places
    offset: Array
    weight: Array
    owner: Places
    partner: Places
    kind: Places

    def __len__(self) -> int:
        return len(self.owner)

    def tariff(self, before: Array, z: Array) -> Array:
        """Lay the levers on the tariffs `before`, (T, n, n)."""
        result = before.copy()
        rates = self.offset + self.weight * z[self.lever]
        result[self.sector, self.exporter, self.importer] = rates
        return result

    def of(self, owner: int) -> Places:
        """Return the positions of a player's levers."""
        return np.flatnonzero(self.owner == owner)

    def mean(self, weight: Array, rates: Array) -> Array:
        """Return each lever's mean rate over its cells, weighted by a (T, n, n) cube, (m,)."""
        at = (self.sector, self.exporter, self.importer)
        total = np.bincount(self.lever, weight[at], len(self))
        duty = np.bincount(self.lever, weight[at] * rates[at], len(self))
        return np.asarray(np.divide(duty, total, out=np.zeros_like(duty), where=total > 0))

    def lift(self, base: Baseline, goal: Target, state: State) -> Lift:
        """Return what one more unit of each lever does at unchanged costs, prices and spending."""
        j, i, n = self.sector, self.exporter, self.importer
        m, shape = len(self), (len(base.theta), len(base.value_added))
        at = (j, i, n)
        keep, share = goal.keep[at], state.share[at]
        push = self.weight * keep
        change = -share * keep * (base.theta[j] + 1.0) * push

        def gathered(place: Places, values: Array) -> Array:
            flat = (j * shape[1] + place) * m + self.lever
            total = np.bincount(flat, values, shape[0] * shape[1] * m)
            return np.asarray(total.reshape(*shape, m), dtype=np.float64)

        return Lift(
            pushed=gathered(n, share * push),
            sales=gathered(i, change * state.spending[j, n]),
            kept=gathered(n, change),
            cost=np.zeros((shape[1], m)),
            deficit=np.zeros((shape[1], m)),
            moved=np.zeros(
                (shape[1], m)
            ),  # games of tariffs are played where exports are not taxed
        )


def checked(name: str) -> Instruments:
    """Read ``--instruments``."""
    for known in INSTRUMENTS:
        if name == known:
            return known
    raise DataError(
        f"--instruments {name}: it is {', '.join(INSTRUMENTS)}.{did_you_mean(name, INSTRUMENTS)}"
    )


def of_players(share: Array, players: Sequence[Sequence[int]], instruments: Instruments) -> Levers:
    """Return the levers of players, each a group of importers: z is the rate itself.

    A player's levers cover what its members buy from outside of it; cells without trade are
    left out. `share` is π, (T, n, n).
    """
    member = np.full(share.shape[1], -1)
    for k, places in enumerate(players):
        member[list(places)] = k
    sector, exporter, importer = np.nonzero(share > 0)
    foreign = (member[importer] >= 0) & (member[importer] != member[exporter])
    sector, exporter, importer = sector[foreign], exporter[foreign], importer[foreign]
    owner = member[importer]
    partner, kind = np.full_like(owner, -1), np.full_like(owner, -1)
    if instruments in ("partner", "partner-sector"):
        partner = exporter
    if instruments in ("sector", "partner-sector"):
        kind = sector
    keys, lever = np.unique(np.stack([owner, partner, kind]), axis=1, return_inverse=True)
    return Levers(
        sector=sector,
        exporter=exporter,
        importer=importer,
        lever=lever.ravel(),
        offset=np.zeros(len(sector)),
        weight=np.ones(len(sector)),
        owner=keys[0],
        partner=keys[1],
        kind=keys[2],
    )
