"""A club against climate change: who joins a carbon price when outsiders pay a penalty tariff."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array

BACKSTOP = 0.837  # of the cost of abatement, as in the published payoffs
MOST_STATES = 24  # 2^24 clubs of 24 payoffs take 3 GB, a block at a time
BLOCK = 16  # clubs at a time, as a power of two
TIE = 1e-12  # of what a move is made of: below, nobody moves for it


@dataclass(frozen=True, slots=True)
class NordhausGame:
    """The quadratic club game of Nordhaus (2015) in the form of its published replication; n regions.

    Attributes
    ----------
    regions : tuple of n strings
    gdp : (n,) array
        USD billion.
    emissions : (n,) array
        CO2, million tonnes.
    abatement : (n,) array
        m, the cost of abatement: ``0.837 m μ²`` of GDP at a cut of μ.
    bought : (n, n) array
        M, USD billion: ``M[i, j]`` is what j imports from i.
    gain, loss : (n,) arrays
        a and b: a tariff τ on outsiders is worth ``a τ − b τ²`` of a member's imports from them to the
        member, and costs them ``a τ``.
    """

    regions: tuple[str, ...]
    gdp: Array
    emissions: Array
    abatement: Array
    bought: Array
    gain: Array
    loss: Array

    def __len__(self) -> int:
        return len(self.regions)

    def prices(self, members: NDArray[np.bool_], cost: float) -> Array:
        """Return the carbon price of every region, USD a tonne, (..., n).

        The social cost of carbon in the club, outside it the region's own part of it: its share of GDP.
        """
        return np.where(members, cost, cost * self.gdp / self.gdp.sum())

    def cuts(self, prices: Array) -> Array:
        """Return μ = p (CO2/GDP) / (2 · 0.837 m) / 1000, the part of emissions cut, (..., n)."""
        return np.asarray(
            prices * (self.emissions / self.gdp) / (2.0 * BACKSTOP * self.abatement) / 1000.0
        )

    def payoffs(self, members: NDArray[np.bool_], cost: float, tariff: float) -> Array:
        """Return what clubs are worth to every region, USD billion a year, (..., n).

        Trade, damages avoided and abatement,

            W_j = T_j + (GDP_j / ΣGDP) c Σ_i μ_i CO2_i / 1000 − 0.837 m_j μ_j² GDP_j,
            T_j = Σ_{i outside} (τ a_j − τ² b_j) M_ij  inside,   −τ Σ_{k inside} a_k M_jk  outside,

        at a social cost of carbon c (USD a tonne) and a penalty τ (0.05 is five percent).

        Parameters
        ----------
        members : (..., n) array of bool
        """
        inside = members.astype(np.float64)
        mu = self.cuts(self.prices(members, cost))
        avoided = (mu @ self.emissions)[..., None] * (self.gdp / self.gdp.sum()) * cost / 1000.0
        spent = BACKSTOP * self.abatement * mu**2 * self.gdp
        levied = (tariff * self.gain - tariff**2 * self.loss) * ((1.0 - inside) @ self.bought)
        borne = tariff * (inside @ (self.gain[:, None] * self.bought.T))
        trade = np.where(members, levied, -borne)
        return np.asarray(trade + avoided - spent)


def clubs(first: int, count: int, n: int) -> NDArray[np.bool_]:
    """Return `count` clubs from the one numbered `first`, (count, n): bit k of the number is region k."""
    numbers = np.arange(first, first + count, dtype=np.int64)
    return np.asarray((numbers[:, None] >> np.arange(n)) & 1, dtype=np.bool_)


def joining(game: NordhausGame, cost: float, tariff: float) -> tuple[Array, Array]:
    """Return what each region gains by being inside, c (n,) and G (n, n): c_k + Σ_{j≠k inside} G_kj.

    Damages and abatement change by a region's own cut alone, trade by who else is inside, so that

        c_k = w_k(in) − w_k(out) + (τ a_k − τ² b_k) Σ_{i≠k} M_ik,
        G_kj = τ a_j M_kj − (τ a_k − τ² b_k) M_jk,

    w being damages avoided less abatement.
    """
    n = len(game)
    levied = tariff * game.gain - tariff**2 * game.loss
    between = tariff * game.gain * game.bought - levied[:, None] * game.bought.T
    np.fill_diagonal(between, 0.0)
    alone = game.payoffs(np.eye(n, dtype=np.bool_), cost, tariff).diagonal()
    nobody = game.payoffs(np.zeros(n, dtype=np.bool_), cost, tariff)
    return alone - nobody, between


def moving(
    game: NordhausGame, members: NDArray[np.bool_], cost: float, tariff: float
) -> tuple[Array, Array]:
    """Return what each region gains by leaving or joining alone, (..., n), and what is rounding, (n,).

    A club is Nash-stable where nobody gains more than rounding.
    """
    own, between = joining(game, cost, tariff)
    slack = TIE * (np.abs(own) + np.abs(between).sum(axis=1))
    return np.where(members, -1.0, 1.0) * (own + members @ between.T), slack


def stable_clubs(game: NordhausGame, cost: float, tariff: float) -> list[int]:
    """Return the number of every Nash-stable club, by trying all 2^n.

    Stable: no member gains by leaving alone, no outsider by joining alone; whom either leaves as he is
    stays. Bit k of a number is region k.

    Raises
    ------
    DataError
        More than `MOST_STATES` regions.
    """
    n = len(game)
    if n > MOST_STATES:
        raise DataError(
            f"{n} regions have 2^{n} clubs: all can be tried for at most {MOST_STATES}. Merge some of them."
        )
    size = 1 << min(n, BLOCK)
    found: list[int] = []
    for first in range(0, 1 << n, size):
        members = clubs(first, size, n)
        gain, slack = moving(game, members, cost, tariff)
        found += (first + np.flatnonzero((gain <= slack).all(axis=1))).tolist()
    return found


def penalties(
    game: NordhausGame, members: NDArray[np.bool_], cost: float
) -> list[tuple[float, float]]:
    """Return the intervals of penalties in [0, 1] at which a club is Nash-stable.

    What a region gains by staying is a quadratic in τ, whose roots are where it changes its mind.
    """
    at = np.array([0.0, 0.5, 1.0])
    gains = []
    for tariff in at:
        gains.append(-moving(game, members, cost, float(tariff))[0])
    curves = np.linalg.solve(np.vander(at), np.array(gains)).T  # (n, 3), the highest power first
    ends = {0.0, 1.0}
    for curve in curves:
        ends |= {float(r.real) for r in np.roots(curve) if r.imag == 0 and 0.0 < r.real < 1.0}
    marks = sorted(ends)
    held: list[tuple[float, float]] = []
    for low, high in pairwise(marks):
        if all(np.polyval(curve, (low + high) / 2.0) >= 0.0 for curve in curves):
            if held and held[-1][1] == low:
                low = held.pop()[0]
            held.append((low, high))
    return held
