"""The core: divisions to which no coalition objects; who objects, by how much, and proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.games import kernels
from winset.games.excess_program import (
    Excesses,
    Settled,
    first_rows,
    members,
    scale_of,
    solve_level,
)

if TYPE_CHECKING:
    from winset.games.game import Game
    from winset.numbers import Array


TOLERANCE = 1e-8  # of the game's scale: an excess up to it is none


@dataclass(frozen=True, slots=True)
class Objection:
    """A coalition that could do better alone, and by how much together."""

    coalition: tuple[str, ...]
    excess: float


@dataclass(frozen=True, slots=True)
class Core:
    """Whether the core is empty, with proof.

    Attributes
    ----------
    empty : bool
    least_core_excess : float
        ε*, the least largest excess that any efficient division leaves: positive if empty.
    division : (n,) array
        A division of the least core; in the core where it is not empty.
    balanced : tuple of (coalition, weight)
        Weights with Σ_S λ_S 1_S = 1_N. By Bondareva (1963) and Shapley (1967) the core is empty
        if and only if some such weights give Σ λ_S v(S) > v(N); these attain ε*.
    balanced_worth : float
        Σ λ_S v(S).
    """

    empty: bool
    least_core_excess: float
    division: Array
    balanced: tuple[tuple[tuple[str, ...], float], ...]
    balanced_worth: float


def excesses(game: Game, x: Array) -> Array:
    """v(S) − x(S) for every coalition, (2^n,)."""
    low, high = kernels.table(np.asarray(x, dtype=np.float64), game.n)
    return np.asarray(game.values - np.add.outer(high, low).ravel())


def core(game: Game) -> Core:
    """Find the least core, min ε subject to x(S) + ε ≥ v(S) for all S and x(N) = v(N).

    Source: Maschler, Peleg & Shapley (1979) for the least core.

    Raises
    ------
    ConvergenceError
        A linear program failed.
    """
    n, singles = game.n, game.singles()
    if n == 1:
        return Core(False, 0.0, np.array([game.grand]), (), game.grand)
    scale = scale_of(game)
    surplus = (game.grand - singles.sum()) / scale
    level = solve_level(
        game,
        Excesses(game),
        Settled(np.ones((1, n)), np.array([surplus])),
        first_rows(n),
        np.full(n, surplus / n),
        size=np.ones(n + 1),
        scale=scale,
        bounded=False,
    )
    x = level.z * scale + singles
    epsilon = float(Excesses(game).largest(x)[0][0])
    rows = members(level.masks, n)
    weights = level.dual / float((level.dual @ rows).mean())
    balanced = tuple(
        (tuple(game.name(level.masks[k]).split("+")), float(weights[k]))
        for k in np.flatnonzero(weights > 1e-9)
    )
    return Core(
        empty=epsilon > TOLERANCE * scale,
        least_core_excess=epsilon,
        division=x,
        balanced=balanced,
        balanced_worth=float(weights @ game.values[level.masks]),
    )


def in_core(game: Game, x: Array) -> bool:
    """Tell whether a division is efficient and leaves no coalition a reason to object."""
    scale = scale_of(game)
    x = np.asarray(x, dtype=np.float64)
    if abs(x.sum() - game.grand) > TOLERANCE * max(scale, abs(game.grand)):
        return False
    return game.n == 1 or bool(Excesses(game).largest(x)[0][0] <= TOLERANCE * scale)


def objections(game: Game, x: Array, *, most: int = 10) -> tuple[Objection, ...]:
    """Return the `most` coalitions with the largest positive excess, worst first.

    An excess up to 1e-8 of the game's scale counts as none; of equal ones the coalition with the
    lower mask comes first.
    """
    n = game.n
    x = np.asarray(x, dtype=np.float64)
    if x.shape != (n,):
        raise DataError(f"{n} players need {n} shares, found {x.shape}.")
    if n == 1:
        return ()
    floor = TOLERANCE * scale_of(game)
    masks, excess = kernels.top(game.values, n, *kernels.table(x, n), floor, most)
    return tuple(
        Objection(tuple(game.name(int(mask)).split("+")), float(e))
        for mask, e in zip(masks, excess, strict=True)
    )


def in_prekernel(game: Game, x: Array) -> bool:
    """Tell whether s_ij = s_ji for all pairs (Maschler, Peleg & Shapley 1972)."""
    s = _surpluses(game, x)
    return bool(np.all(np.abs(s - s.T) <= 1e-7 * scale_of(game)))


def in_kernel(game: Game, x: Array) -> bool:
    """Tell whether an imputation has s_ij ≤ s_ji or x_j = v({j}) for all pairs.

    Source: Davis & Maschler (1965).
    """
    tolerance = 1e-7 * scale_of(game)
    s = _surpluses(game, x)
    least = np.abs(np.asarray(x) - game.singles()) <= tolerance
    outweighs = s > s.T + tolerance
    return not bool(np.any(outweighs & ~least[None, :]))


def _surpluses(game: Game, x: Array) -> Array:
    low, high = kernels.table(np.asarray(x, dtype=np.float64), game.n)
    s = np.asarray(kernels.surpluses(game.values, game.n, low, high))
    np.fill_diagonal(s, 0.0)
    return s
