r"""One level of complaint: the least ε such that no coalition's excess exceeds it.

    min ε   subject to   x(S) + w_S ε ≥ v(S)  for every coalition not settled,
                         x(S) = its settled payoff for those that are, x(N) = v(N).

The rows are too many to write down. The linear program starts with few; scans of all coalitions
find those that a division violates. Scanning at the program's own solution zigzags, since that is
an extreme point far from the middle; so the scan is made half-way between it and the best division
known, which bounds ε from above as the program bounds it from below (the in–out separation of
Ben-Ameur & Neto 2007), until the two bounds meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from winset.errors import ConvergenceError
from winset.games import kernels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.games.game import Game
    from winset.numbers import Array


TOLERANCE = 1e-9  # of the game's scale: between the bounds of a level
ROWS_AT_ONCE = 100
MOST_ROUNDS = 500
ALL_ROWS = 8  # players up to which every coalition is a row from the start


@dataclass(frozen=True, slots=True)
class Settled:
    """Independent rows whose payoff is settled: coalitions, and players at their minimum.

    In the zero-normalized game, over its scale: y(S) = (v(S) − Σ_{i∈S} v({i})) / scale.
    """

    rows: Array
    values: Array

    def complement(self) -> tuple[Array, Array, Array]:
        """Orthonormal basis of the span, and two random vectors orthogonal to it."""
        basis = np.linalg.qr(self.rows.T)[0]
        generator = np.random.default_rng(20250901)
        vectors = generator.standard_normal((2, self.rows.shape[1]))
        for _ in range(2):
            vectors -= (vectors @ basis) @ basis.T
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return basis, *np.where(norms > 1e-9, vectors / np.maximum(norms, 1e-9), 0.0)

    def plus(self, row: Array, value: float) -> Settled:
        """Return it with a row added, unless the others imply it."""
        basis = np.linalg.qr(self.rows.T)[0]
        rest = row - basis @ (basis.T @ row)
        if np.linalg.norm(rest) < 1e-8 * np.linalg.norm(row):
            return self
        return Settled(np.vstack([self.rows, row]), np.append(self.values, value))


@dataclass(frozen=True, slots=True)
class Level:
    """A solved level, in the scaled zero-normalized game.

    Attributes
    ----------
    z : (n,) array
        A division that attains it.
    epsilon : float
    masks : list of int
        The rows that the program ended with.
    dual, at_least : arrays
        Multipliers of those rows and of the players' minimum; those of the rows with their
        weights sum to one.
    scans : int
    """

    z: Array
    epsilon: float
    masks: list[int]
    dual: Array
    at_least: Array
    scans: int


def scale_of(game: Game) -> float:
    """The size against which tolerances count: the largest worth less that of the parts."""
    singles = game.singles()
    size = kernels.spread(game.values, game.n, singles)
    largest_worth = max(abs(game.grand), float(np.max(np.abs(singles))))
    return size if size > 1e-12 * largest_worth else largest_worth or 1.0


def members(masks: Sequence[int] | Array, n: int) -> Array:
    """Indicator rows of masks, (len, n)."""
    column = np.array([int(m) for m in masks], dtype=np.int64)[:, None]
    return np.asarray((column >> np.arange(n)) & 1, dtype=np.float64).reshape(-1, n)


def largest(
    game: Game, x: Array, apart: tuple[Array, Array] | None = None, scale: Array | None = None
) -> tuple[Array, NDArray[np.int64]]:
    """The largest (scaled) excess of each block, sorted down, with its coalitions.

    With `apart`, coalitions orthogonal to both vectors are left out.
    """
    n = game.n
    a, b = apart if apart is not None else (np.zeros(n), np.zeros(n))
    best, where = kernels.worst_by_block(
        game.values,
        n,
        np.asarray(x, dtype=np.float64),
        a,
        b,
        np.ones(n + 1) if scale is None else scale,
        -1.0 if apart is None else 1e-10,
    )
    order = np.argsort(-best, kind="stable")
    order = order[np.isfinite(best[order])]
    return best[order], where[order]


def first_rows(n: int) -> list[int]:
    """The coalitions that every program starts with."""
    everybody = (1 << n) - 1
    if n <= ALL_ROWS:
        return list(range(1, everybody))
    return [1 << k for k in range(n)] + [everybody ^ 1 << k for k in range(n)]


def solve_level(
    game: Game,
    settled: Settled,
    masks: list[int],
    start: Array,
    *,
    size: Array,
    scale: float,
    bounded: bool,
) -> Level:
    """Solve a level.

    Parameters
    ----------
    masks : list of int
        Rows to begin with.
    start : (n,) array
        A division that satisfies what is settled, in the scaled zero-normalized game.
    size : (n + 1,) array
        w_S by number of members.
    bounded : bool
        Whether players must have their minimum, z ≥ 0.

    Raises
    ------
    ConvergenceError
        The linear program failed, or the bounds did not meet.
    """
    n, singles = game.n, game.singles()
    _, *apart = settled.complement()
    masks = [m for m, row in zip(masks, members(masks, n), strict=True) if _free(row, apart)]
    known = set(masks)
    z_in, upper, scans, gap = np.asarray(start), np.inf, 0, np.inf
    for _ in range(MOST_ROUNDS):
        found = _program(game, masks, settled, size, scale, bounded=bounded)
        z_out, lower = np.asarray(found.x[:n]), float(found.x[n])
        if n <= ALL_ROWS:
            return _level(found, z_out, lower, masks, n, scans)
        new: list[int] = []
        for z in (z_in if np.isinf(upper) else 0.5 * (z_in + z_out), z_out):
            best, where = largest(game, z * scale + singles, (apart[0], apart[1]), 1.0 / size)
            scans += 1
            top = float(best[0]) / scale if len(best) else -np.inf
            if top < upper:
                z_in, upper = z, top
            gap = upper - lower
            if gap <= TOLERANCE:
                return _level(found, z_in, lower, masks, n, scans)
            floor = (lower + 0.1 * TOLERANCE) * scale
            rows = [
                int(m)
                for e, m in zip(best[:ROWS_AT_ONCE], where[:ROWS_AT_ONCE], strict=True)
                if e > floor and int(m) not in known
            ]
            new += rows
            known |= set(rows)
            if rows and _cuts(game, rows, z_out, lower, size, scale):
                break
        if not new:
            break
        masks = masks + new
    raise ConvergenceError(
        f"a level of the game was not found: its bounds stay {gap:.3g} of the game's scale apart.",
        residual=gap,
    )


def _level(found: Any, z: Array, epsilon: float, masks: list[int], n: int, scans: int) -> Level:
    return Level(
        z,
        epsilon,
        masks,
        np.maximum(-found.ineqlin.marginals, 0.0),
        np.maximum(found.lower.marginals[:n], 0.0),
        scans,
    )


def _free(row: Array, apart: list[Array]) -> bool:
    return bool(abs(row @ apart[0]) + abs(row @ apart[1]) > 1e-10)


def _worths(game: Game, masks: list[int], scale: float) -> tuple[Array, Array]:
    rows = members(masks, game.n)
    return rows, (game.values[masks] - rows @ game.singles()) / scale


def _cuts(
    game: Game, masks: list[int], z: Array, epsilon: float, size: Array, scale: float
) -> bool:
    """Tell whether new rows exclude the program's solution, so that it must move."""
    rows, worth = _worths(game, masks, scale)
    weights = size[rows.sum(axis=1).astype(int)]
    return bool(np.max((worth - rows @ z) / weights) > epsilon + TOLERANCE)


def _program(
    game: Game, masks: list[int], settled: Settled, size: Array, scale: float, *, bounded: bool
) -> Any:
    """Solve the linear program over the rows at hand."""
    n = game.n
    rows, worth = _worths(game, masks, scale)
    found = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=-np.column_stack([rows, size[rows.sum(axis=1).astype(int)]]),
        b_ub=-worth,
        A_eq=np.column_stack([settled.rows, np.zeros(len(settled.rows))]),
        b_eq=settled.values,
        bounds=[*[(-1e-11 if bounded else None, None)] * n, (None, None)],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    if found.status != 0:
        raise ConvergenceError(
            f"a linear program over {len(masks)} coalitions failed: {found.message}.",
            residual=np.inf,
        )
    return found
