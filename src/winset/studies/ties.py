"""Who gains from whom in an agreement: what pairs bring each other, and whose absence costs whom most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.trade.coalitions import compute

if TYPE_CHECKING:
    from winset.numbers import Array

PARTNERS = 3  # named of each


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs and absences of p players, USD million.

    Attributes
    ----------
    pairs : (p, p) array
        Δ({i, j}), what two bring each other beyond what each has alone.
    losses : (p, p) array
        Row j: what each of the others loses when j stays out; zero on the diagonal.
    """

    players: tuple[str, ...]
    pairs: Array
    losses: Array

    def synergy(self) -> list[dict[str, Any]]:
        """Return every pair with what the two bring each other by themselves, largest first."""
        first, second = np.triu_indices(len(self.players), 1)
        size = self.pairs[first, second]
        return [
            {
                "one": self.players[int(first[m])],
                "other": self.players[int(second[m])],
                "synergy_musd": float(size[m]),
            }
            for m in np.argsort(-size, kind="stable")
        ]

    def partners(self) -> list[dict[str, Any]]:
        """Return of each economy those with whom it brings most, by synergy."""
        found = []
        for k, code in enumerate(self.players):
            order = [int(j) for j in np.argsort(-self.pairs[k], kind="stable") if j != k]
            found += [
                {
                    "code": code,
                    "place": place,
                    "partner": self.players[j],
                    "synergy_musd": float(self.pairs[k, j]),
                }
                for place, j in enumerate(order[:PARTNERS], start=1)
            ]
        return found

    def absences(self) -> list[dict[str, Any]]:
        """Return what the others lose when an economy stays out, and who loses most; largest first."""
        total = self.losses.sum(axis=1)
        most = self._most(self.losses)
        return [
            {
                "absent": self.players[int(j)],
                "others_lose_musd": float(total[j]),
                "hurts_most": self.players[most[j]],
                "hurts_most_musd": float(self.losses[j, most[j]]),
            }
            for j in np.argsort(-total, kind="stable")
        ]

    def worst_absences(self) -> list[dict[str, Any]]:
        """Return of each economy whose absence costs it most."""
        most = self._most(self.losses.T)
        return [
            {
                "code": code,
                "absent": self.players[most[k]],
                "loses_musd": float(self.losses[most[k], k]),
            }
            for k, code in enumerate(self.players)
        ]

    def _most(self, losses: Array) -> list[int]:
        """Of each row the place of the largest but the diagonal."""
        apart = losses.copy()
        np.fill_diagonal(apart, -np.inf)
        return [int(j) for j in apart.argmax(axis=1)]

    def to_json(self) -> dict[str, Any]:
        """Return ``synergy``, ``partners``, ``absences`` and ``worst_absences``."""
        return {
            "synergy": self.synergy(),
            "partners": self.partners(),
            "absences": self.absences(),
            "worst_absences": self.worst_absences(),
        }


def ties_of(lattice: compute.Lattice, own: Array) -> Ties:
    """Read the pairs off a game that was solved, and solve it once more without each player.

    Parameters
    ----------
    own : (p,) array
        What each gains when all take part.

    Raises
    ------
    ConvergenceError
        A coalition has no equilibrium.
    """
    problem, values = lattice.problem, lattice.values
    p = len(problem.players)
    one = 1 << np.arange(p)
    alone = values[one]
    pairs = values[one[:, None] | one] - alone[:, None] - alone
    np.fill_diagonal(pairs, 0.0)
    everybody = (1 << p) - 1
    without = np.array([compute.coalition_gains(problem, everybody - (1 << j)) for j in range(p)])
    losses = own - without
    np.fill_diagonal(losses, 0.0)
    return Ties(problem.players, pairs, losses)
