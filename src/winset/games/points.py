"""Further points of a game: tau value, Gately point, solidarity value."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import InfeasibleError
from winset.games import kernels

if TYPE_CHECKING:
    from winset.games.game import Game
    from winset.numbers import Array

ROUNDING = 1e-10


def utopia(game: Game) -> Array:
    """M_i = v(N) − v(N∖i), (n,): the most that the others let i have."""
    full = len(game.values) - 1
    return np.array([game.grand - game.values[full ^ (1 << k)] for k in range(game.n)])


def minimal_rights(game: Game) -> Array:
    """m_i = max_{S∋i} [v(S) − Σ_{j∈S∖i} M_j], (n,): what is left to i where all others have their most."""
    from winset.games.core import excesses

    most = utopia(game)
    remainder = excesses(game, most)  # v(S) − M(S), and M_i more for the one who remains
    masks = np.arange(len(game.values))
    return np.array([remainder[(masks >> k) & 1 == 1].max() + most[k] for k in range(game.n)])


def tau(game: Game) -> Array:
    """τ value, (n,): the efficient division on the way from minimal rights to utopia payoffs.

    Source: Tijs (1981).

    Raises
    ------
    InfeasibleError
        The game is not quasi-balanced: minimal rights exceed utopia, or v(N) is not between their sums.

    >>> from winset.games import Game
    >>> tau(Game.from_function("AB", lambda s: 10.0 if len(s) == 2 else 2.0 * ("A" in s))).tolist()
    [6.0, 4.0]
    """
    most, least = utopia(game), minimal_rights(game)
    tolerance = ROUNDING * max(float(np.abs(game.values).max()), 1e-300)
    if np.any(least > most + tolerance) or not (
        least.sum() - tolerance <= game.grand <= most.sum() + tolerance
    ):
        raise InfeasibleError(
            "the game is not quasi-balanced: its minimal rights and utopia payoffs leave v(N) no place "
            "between them, and it has no tau value."
        )
    room = most.sum() - least.sum()
    part = (game.grand - least.sum()) / room if room > tolerance else 0.0
    return np.asarray(least + part * (most - least))


def gately(game: Game) -> Array:
    """Gately's point, (n,): the division at which everybody's propensity to disrupt is the same.

    d_i = (v(N∖i) − x(N∖i)) / (v({i}) − x_i) equal for all: x_i = v({i}) + (v(N) − Σv({j})) s_i/Σs_j with
    s_i = v(N) − v(N∖i) − v({i}). Source: Gately (1974), in the closed form of Littlechild & Vaidya (1976).

    Raises
    ------
    InfeasibleError
        Σ s_j is zero where there is something to share.
    """
    singles = game.singles()
    stake = utopia(game) - singles
    surplus = game.grand - singles.sum()
    tolerance = ROUNDING * max(float(np.abs(game.values).max()), 1e-300)
    if abs(stake.sum()) <= tolerance:
        if abs(surplus) <= tolerance:
            return np.asarray(singles)
        raise InfeasibleError("nobody's leaving costs anything: Gately's point is not defined.")
    return np.asarray(singles + surplus * stake / stake.sum())


def solidarity(game: Game) -> Array:
    """Solidarity value ψ_i = Σ_{S∋i} (n−s)!(s−1)!/n! A(S), A(S) = Σ_{j∈S} [v(S) − v(S∖j)]/s, (n,).

    Source: Nowak & Radzik (1994).
    """
    n = game.n
    masks = np.arange(len(game.values))
    mean, size = np.zeros(len(masks)), np.zeros(len(masks), np.int64)
    for k in range(n):
        inside = np.flatnonzero((masks >> k) & 1 == 1)
        mean[inside] += game.values[inside] - game.values[inside ^ (1 << k)]
        size[inside] += 1
    mean[1:] /= size[1:]
    weights = np.array([0.0, *(1.0 / (s * comb(n, s)) for s in range(1, n + 1))])
    return np.asarray(kernels.sums_by_player(mean, weights[None, :], n)[0, :n])
