"""The core: divisions to which no coalition objects; who objects, by how much, and proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from winset.errors import ConvergenceError, DataError
from winset.games import kernels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.games.game import Game

    Array = NDArray[np.float64]

TOLERANCE = 1e-9  # of the game's scale
ROWS_AT_ONCE = 60
MOST_ROUNDS = 500


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


def scale_of(game: Game) -> float:
    """The size against which tolerances count: the largest worth less that of the parts."""
    singles = game.singles()
    size = float(kernels.spread(game.values, game.n, *kernels.table(singles, game.n)))
    return size if size > 0 else max(1.0, float(np.max(np.abs(singles))))


def members(masks: Sequence[int] | Array, n: int) -> Array:
    """Indicator rows of masks, (len, n)."""
    return np.array([[float(int(m) >> k & 1) for k in range(n)] for m in masks]).reshape(-1, n)


def largest(
    game: Game, x: Array, apart: tuple[Array, Array] | None, scale: Array | None = None
) -> tuple[Array, NDArray[np.int64]]:
    """The largest (scaled) excess of each block, sorted down, with its coalitions.

    With `apart`, coalitions orthogonal to both vectors are left out.
    """
    n = game.n
    a, b = apart if apart is not None else (np.zeros(n), np.zeros(n))
    best, where = kernels.worst_by_block(
        game.values,
        n,
        *kernels.table(np.asarray(x, dtype=np.float64), n),
        *kernels.table(a, n),
        *kernels.table(b, n),
        np.ones(n + 1) if scale is None else scale,
        -1.0 if apart is None else 1e-10,
    )
    order = np.argsort(-best, kind="stable")
    order = order[np.isfinite(best[order])]
    return best[order], where[order]


def core(game: Game) -> Core:
    """Find the least core by linear programs whose rows come from scans of all coalitions.

    min ε subject to x(S) + ε ≥ v(S) for all S, x(N) = v(N); rows that a solution violates are
    added until none is (Maschler, Peleg & Shapley 1979 for the least core).

    Raises
    ------
    ConvergenceError
        The linear program failed, or its rounds ran out.
    """
    n, singles = game.n, game.singles()
    if n == 1:
        return Core(False, 0.0, np.array([game.grand]), (), game.grand)
    scale = scale_of(game)
    masks = [1 << k for k in range(n)] + [(1 << n) - 1 ^ 1 << k for k in range(n)]
    masks = list(dict.fromkeys(masks))
    for _ in range(MOST_ROUNDS):
        rows = members(masks, n)
        worth = (game.values[masks] - rows @ singles) / scale
        found = linprog(
            np.append(np.zeros(n), 1.0),
            A_ub=-np.column_stack([rows, np.ones(len(rows))]),
            b_ub=-worth,
            A_eq=np.append(np.ones(n), 0.0)[None],
            b_eq=[(game.grand - singles.sum()) / scale],
            bounds=(None, None),
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if found.status != 0:
            raise ConvergenceError(
                f"the linear program of the least core failed: {found.message}.", residual=np.inf
            )
        solution = np.asarray(found.x)
        x = solution[:n] * scale + singles
        epsilon = float(solution[n]) * scale
        best, where = largest(game, x, None)
        if best[0] <= epsilon + TOLERANCE * scale:
            break
        known = set(masks)
        masks += [
            int(m)
            for e, m in zip(best[:ROWS_AT_ONCE], where[:ROWS_AT_ONCE], strict=True)
            if e > epsilon + TOLERANCE * scale and int(m) not in known
        ]
    else:
        raise ConvergenceError(
            f"the least core was not found in {MOST_ROUNDS} rounds; the largest excess is still "
            f"{best[0] - epsilon:.3g} above its bound.",
            residual=float(best[0] - epsilon),
        )
    dual = np.maximum(-found.ineqlin.marginals, 0.0)
    cover = float((dual @ rows).mean())
    weights = dual / cover
    balanced = tuple(
        (tuple(game.name(masks[k]).split("+")), float(weights[k]))
        for k in np.flatnonzero(weights > 1e-9)
    )
    return Core(
        empty=epsilon > TOLERANCE * scale,
        least_core_excess=float(best[0]),
        division=x,
        balanced=balanced,
        balanced_worth=float(weights @ game.values[masks]),
    )


def in_core(game: Game, x: Array) -> bool:
    """Tell whether a division is efficient and leaves no coalition a reason to object."""
    scale = scale_of(game)
    x = np.asarray(x, dtype=np.float64)
    if abs(x.sum() - game.grand) > TOLERANCE * max(scale, abs(game.grand)):
        return False
    return game.n == 1 or bool(largest(game, x, None)[0][0] <= TOLERANCE * scale)


def objections(game: Game, x: Array, *, most: int = 10) -> tuple[Objection, ...]:
    """Return the coalitions with the largest positive excess, worst first."""
    n = game.n
    x = np.asarray(x, dtype=np.float64)
    if x.shape != (n,):
        raise DataError(f"{n} players need {n} shares, found {x.shape}.")
    if n == 1:
        return ()
    floor = TOLERANCE * scale_of(game)
    best, _ = largest(game, x, None)
    if best[0] <= floor:
        return ()
    threshold = max(floor, float(best[min(most, len(best)) - 1]))
    masks, excess = kernels.above(
        game.values, n, *kernels.table(x, n), threshold, max(4096, 64 * most)
    )
    order = np.lexsort((masks, -excess))[:most]
    return tuple(
        Objection(tuple(game.name(int(masks[k])).split("+")), float(excess[k]))
        for k in order
        if excess[k] > floor
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
