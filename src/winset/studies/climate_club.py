"""Which climate club holds, out of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.environment import club_game
from winset.environment.reading import read_club_game, read_members
from winset.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.environment.club_game import NordhausGame
    from winset.numbers import Array

HIGHEST_PENALTY = 10.0  # 1,000 percent


@dataclass(frozen=True, slots=True)
class Club:
    """A club: what it is worth to every region, and at which penalties it holds.

    Attributes
    ----------
    members : (n,) array of bool
    welfare, moving : (n,) arrays
        USD billion a year: what a region has, and what it would gain by leaving or joining alone.
    held_between : pairs of floats
        Intervals of the penalty in which nobody gains by moving.
    price, cut : floats
        Mean carbon price by emissions, USD a tonne, and the part of all emissions that is cut.
    stable : bool
        Whether nobody gains by moving alone.
    """

    members: NDArray[np.bool_]
    welfare: Array
    moving: Array
    held_between: tuple[tuple[float, float], ...]
    price: float
    cut: float
    stable: bool


@dataclass(frozen=True, slots=True)
class ClimateClubs:
    """All stable clubs of a game, and one that was asked about."""

    game: NordhausGame
    cost: float
    tariff: float
    stable: tuple[Club, ...]
    asked: Club | None
    nobody: Array

    @property
    def tried(self) -> int:
        """How many clubs there are."""
        return 1 << len(self.game)

    def names(self, club: Club) -> list[str]:
        """Return who is in a club."""
        return [name for name, yes in zip(self.game.regions, club.members, strict=True) if yes]

    def to_json(self) -> dict[str, Any]:
        """Return all stable clubs with what they are worth, in USD billion a year.

        Where a club was asked about, its own figures stand beside: ``members``, ``welfare``, ``is_stable``.
        """
        about = {
            "game": "nordhaus",
            "scc_usd_per_tonne": self.cost,
            "penalty_percent": 100.0 * self.tariff,
            "regions": list(self.game.regions),
            "clubs": self.tried,
            "stable": [self._club(club) for club in self.stable],
        }
        if self.asked is None:
            return about
        return about | self._club(self.asked) | {"is_stable": self.asked.stable}

    def _club(self, club: Club) -> dict[str, Any]:
        def named(values: Array) -> dict[str, float]:
            return {n: float(x) for n, x in zip(self.game.regions, values, strict=True)}

        return {
            "members": self.names(club),
            "welfare": named(club.welfare),
            "gain": named(club.welfare - self.nobody),
            "gain_by_moving": named(club.moving),
            "total": float(club.welfare.sum()),
            "mean_price_usd_per_tonne": club.price,
            "emissions_percent": -100.0 * club.cut,
            "holds_at_penalties_percent": [[100.0 * a, 100.0 * b] for a, b in club.held_between],
        }


def climate_clubs(
    folder: Path, *, cost: float, tariff: float, status: Path | None = None
) -> ClimateClubs:
    """Try every club of a game in the layout of `winset.environment.reading.read_club_game`.

    Parameters
    ----------
    cost : float
        Social cost of carbon, USD a tonne: what members charge.
    tariff : float
        The penalty on outsiders, 0.05 for five percent.
    status : path, optional
        Table of region and status; that club is shown too, stable or not.

    Raises
    ------
    DataError
        A cost or penalty out of range, or a table that is not understood.
    """
    if not 0.0 < cost <= 1e5:
        raise DataError(f"--scc {cost:g}: it must be above 0 and at most 100,000 USD a tonne.")
    if not 0.0 <= tariff <= HIGHEST_PENALTY:
        raise DataError(
            f"--tariff {tariff:g}: a penalty is between 0 and {HIGHEST_PENALTY:g} (0.05 is 5 %)."
        )
    game = read_club_game(folder)
    masks = club_game.stable_clubs(game, cost, tariff)
    n = len(game)
    asked = None
    if status is not None:
        members = read_members(status, game.regions)
        asked = _club(game, members, cost, tariff)
    stable = [_club(game, club_game.clubs(mask, 1, n)[0], cost, tariff) for mask in masks]
    stable.sort(key=lambda club: (-int(club.members.sum()), club.members.tolist()))
    nobody = game.payoffs(np.zeros(n, dtype=np.bool_), cost, tariff)
    return ClimateClubs(game, cost, tariff, tuple(stable), asked, nobody)


def _club(game: NordhausGame, members: NDArray[np.bool_], cost: float, tariff: float) -> Club:
    gain, slack = club_game.moving(game, members, cost, tariff)
    prices = game.prices(members, cost)
    emitted = game.emissions / game.emissions.sum()
    return Club(
        members=members,
        welfare=game.payoffs(members, cost, tariff),
        moving=gain,
        held_between=tuple(club_game.penalties(game, members, cost)),
        price=float(prices @ emitted),
        cut=float(game.cuts(prices) @ emitted),
        stable=bool((gain <= slack).all()),
    )
