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
from typing import TYPE_CHECKING

import highspy
import numpy as np

from winset.errors import ConvergenceError
from winset.games import kernels
from winset.highs import Quiet

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


class Excesses:
    """The largest excesses of a game at one division after another.

    A block holds the coalitions that agree in all but the lowest players. From division x to x′ an excess
    e(S) = v(S) − x(S) of a block with high players H rises by at most

        x(H) − x′(H) + Σ_{low i} max(0, x_i − x′_i),

    so a block whose largest excess was seen before is looked at again only where it can reach what is asked
    for. This holds while the coalitions left out stay left out, and for excesses that all weigh the same;
    others are looked at in full every time.
    """

    SLACK = 1e-12  # of the worths: rounding of the bounds

    def __init__(self, game: Game, weight: Array | None = None) -> None:
        n = self.n = game.n
        self.values = game.values
        self.weight = np.ones(n + 1) if weight is None else weight
        self.low = kernels.low_bits(n)
        blocks = 1 << (n - self.low)
        self.reach = np.full(blocks, np.inf)  # largest excess when seen last, and x(H) then
        self.seen = np.zeros(blocks, np.int64)  # at which of the divisions
        self.lows = [np.zeros(self.low)]
        self.slack = self.SLACK * float(max(abs(game.grand), np.abs(game.singles()).max()))

    def largest(
        self, x: Array, apart: tuple[Array, Array] | None = None, *, floor: float = -np.inf
    ) -> tuple[Array, NDArray[np.int64]]:
        """The largest (weighted) excess of each block, sorted down, with its coalitions.

        With `apart`, coalitions orthogonal to both vectors are left out. With `floor`, blocks that cannot
        reach above it are: the largest of all is among those returned if it is above.
        """
        n, x = self.n, np.asarray(x, dtype=np.float64)
        zeros = np.zeros(n)
        high = kernels.table(x, n)[1]
        blocks = np.arange(len(self.reach))
        equal = bool(np.all(self.weight[1:] == self.weight[1]))
        if equal:
            rise = np.array([np.maximum(then - x[: self.low], 0.0).sum() for then in self.lows])
            can = self.weight[1] * (self.reach - high + rise[self.seen]) > floor - self.slack
            blocks = np.flatnonzero(can)
        left_out = (zeros, zeros, -1.0) if apart is None else (*apart, 1e-10)
        best, where = kernels.worst_by_block(self.values, n, x, left_out, self.weight, blocks)
        if equal:
            self.reach[blocks] = best / self.weight[1] + high[blocks]
            self.seen[blocks] = len(self.lows)
            self.lows.append(x[: self.low].copy())
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
    excesses: Excesses,
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
    excesses : Excesses
        Of the game, weighted by 1 / `size`, asked at most for coalitions that are free here too.
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
    program = ExcessProgram(settled, bounded=bounded)
    program.add(*_rows(game, masks, size, scale))
    z_in, upper, scans, gap = np.asarray(start), np.inf, 0, np.inf
    for _ in range(MOST_ROUNDS):
        found = program.solve()
        z_out, lower = found[0][:n], float(found[0][n])
        if n <= ALL_ROWS:
            return _level(found, z_out, lower, masks, scans)
        new: list[int] = []
        floor = (lower + 0.1 * TOLERANCE) * scale
        for z in (z_in if np.isinf(upper) else 0.5 * (z_in + z_out), z_out):
            best, where = excesses.largest(z * scale + singles, (apart[0], apart[1]), floor=floor)
            scans += 1
            top = float(best[0]) / scale if len(best) else -np.inf
            if top < upper:
                z_in, upper = z, top
            gap = upper - lower
            if gap <= TOLERANCE:
                return _level(found, z_in, lower, masks, scans)
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
        program.add(*_rows(game, new, size, scale))
    raise ConvergenceError(
        f"a level of the game was not found: its bounds stay {gap:.3g} of the game's scale apart.",
        residual=gap,
    )


def _level(
    found: tuple[Array, Array, Array],
    z: Array,
    epsilon: float,
    masks: list[int],
    scans: int,
) -> Level:
    return Level(z, epsilon, masks, found[1], found[2], scans)


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


def _rows(game: Game, masks: list[int], size: Array, scale: float) -> tuple[Array, Array, Array]:
    rows, worth = _worths(game, masks, scale)
    return rows, worth, size[rows.sum(axis=1).astype(int)]


class ExcessProgram:
    """The linear program over the rows at hand; rows are added to the model that was solved before."""

    def __init__(self, settled: Settled, *, bounded: bool) -> None:
        n, inf = settled.rows.shape[1], highspy.kHighsInf
        self.n, self.fixed = n, len(settled.rows)
        self.model = Quiet()
        for key in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self.model.setOptionValue(key, 1e-10)
        low = np.append(np.full(n, -1e-11 if bounded else -inf), -inf)
        self.model.addVars(n + 1, low, np.full(n + 1, inf))
        self.model.changeColCost(n, 1.0)
        self._rows(
            np.column_stack([settled.rows, np.zeros(self.fixed)]), settled.values, settled.values
        )

    def _rows(self, rows: Array, low: Array, high: Array) -> None:
        count, width = rows.shape
        self.model.addRows(
            count,
            np.asarray(low, dtype=np.float64),
            np.asarray(high, dtype=np.float64),
            rows.size,
            np.arange(0, rows.size, width, dtype=np.int32),
            np.tile(np.arange(width, dtype=np.int32), count),
            np.ascontiguousarray(rows, dtype=np.float64).ravel(),
        )

    def add(self, rows: Array, worth: Array, weights: Array) -> None:
        """Add x(S) + w_S ε ≥ v(S) for these coalitions, in the scaled zero-normalized game."""
        self._rows(np.column_stack([rows, weights]), worth, np.full(len(rows), highspy.kHighsInf))

    def solve(self) -> tuple[Array, Array, Array]:
        """Return (z, ε), the multipliers of the coalitions and those of the players' minimum."""
        self.model.run()
        status = self.model.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise ConvergenceError(
                f"a linear program over {self.model.getNumRow() - self.fixed} coalitions failed: "
                f"{self.model.modelStatusToString(status)}.",
                residual=np.inf,
            )
        found = self.model.getSolution()
        return (
            np.array(found.col_value),
            np.maximum(np.array(found.row_dual)[self.fixed :], 0.0),
            np.maximum(np.array(found.col_dual)[: self.n], 0.0),
        )
