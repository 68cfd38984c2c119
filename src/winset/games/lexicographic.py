r"""The lexicographic procedure of the nucleolus, for coalitions that are not all written down.

Stage k minimizes ε subject to x(S) + w_S ε ≥ v(S) for the coalitions that are not settled, as in
`nucleolus`. Here they are found by a search that also returns a bound on what it did not find: while its
coalition exceeds the level it becomes a row; once the bound does not, the level is proved. A search that runs
out of time leaves a level that is not, and the result says by how much a coalition may exceed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from winset.errors import ConvergenceError
from winset.games.excess_program import ExcessProgram, Settled
from winset.games.nucleolus import POSITIVE, Stage, polished

if TYPE_CHECKING:
    from winset.numbers import Array, Mask

CLOSED = 1e-6  # of the game's scale: what a coalition exceeds its level by is none
MOST_ROUNDS = 400


class ObjectionSearch(Protocol):
    """Coalitions that can be asked for the one that objects most."""

    players: tuple[str, ...]
    singles: Array
    grand: float
    scale: float

    def first(self) -> Mask:
        """Rows that every program starts with, (m, n)."""
        ...

    def worth(self, inside: Mask) -> Array:
        """v(S) of rows, (m,)."""
        ...

    def weight(self, inside: Mask) -> Array:
        """w_S of rows, (m,)."""
        ...

    def worst(self, x: Array, settled: Settled) -> tuple[Mask, float]:
        """Rows with a large (v(S) − x(S))/w_S outside the span of the settled ones, and a bound on all.

        No rows and −∞ where no coalition is left.
        """
        ...


@dataclass(frozen=True, slots=True)
class Lexicographic:
    """A division that makes the largest complaint least, then the next, and how far that is proved.

    Attributes
    ----------
    division : (n,) array
    stages : tuple of Stage
    proved : bool
        Whether at every level no unsettled coalition exceeds it, by the bounds of the searches, and the
        weights balance: Kohlberg's criterion.
    gap : float
        By how much an unsettled coalition may exceed its level at most, over all levels.
    largest_balance_error : float
        By how much the weights of a level fail to balance at most.
    rows : int
        Coalitions that were ever written down.
    """

    division: Array
    stages: tuple[Stage, ...]
    proved: bool
    gap: float
    largest_balance_error: float
    rows: int


@dataclass(slots=True)
class _Tightened:
    """What is tight in every solution, by stage, and what every stage started from."""

    rows: list[Mask] = field(default_factory=list)
    level_of: list[int] = field(default_factory=list)
    least: list[int] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    before: list[Settled] = field(default_factory=list)
    cover: list[Array] = field(default_factory=list)


def lexicographic(search: ObjectionSearch, *, bounded: bool) -> Lexicographic:
    """Settle level after level.

    Parameters
    ----------
    bounded : bool
        Whether players must have what they have alone: the nucleolus; without, the prenucleolus.

    Raises
    ------
    ConvergenceError
        A linear program failed, or a stage settles nothing.
    """
    n = len(search.players)
    surplus = (search.grand - search.singles.sum()) / search.scale
    settled = Settled(np.ones((1, n)), np.array([surplus]))
    inside, found, level = search.first(), _Tightened(), np.inf
    while len(settled.rows) < n:
        inside, z, dual, at_least = _level(search, settled, inside, level, bounded=bounded)
        n_stage, epsilon = len(found.stages), float(z[n])
        level = min(level, epsilon)
        tight = np.flatnonzero(dual > POSITIVE)
        bound = np.flatnonzero(at_least > POSITIVE) if bounded else np.zeros(0, np.int64)
        rows = inside[tight]
        found.before.append(settled)
        found.cover.append(dual[tight] @ rows + (at_least if bounded else 0.0))
        found.stages.append(
            Stage(
                epsilon * search.scale,
                tuple(_names(search, row) for row in rows),
                tuple(dual[tight].tolist()),
            )
        )
        count = len(settled.rows)
        values, weights = _normal(search, rows), search.weight(rows)
        for k in np.argsort(-dual[tight], kind="stable"):
            settled = settled.plus(
                rows[k].astype(np.float64), float(values[k] - weights[k] * epsilon)
            )
            found.rows.append(rows[k])
            found.level_of.append(n_stage)
        for player in bound.tolist():
            settled = settled.plus(np.eye(n)[player], 0.0)
            found.least.append(player)
        if len(settled.rows) == count:
            raise ConvergenceError(
                f"stage {n_stage + 1} of the nucleolus settles no coalition: its duals are all below "
                f"{POSITIVE:g}.",
                residual=float(dual.max(initial=0.0)),
            )
    return _certified(search, found, surplus, len(inside))


def _names(search: ObjectionSearch, row: Mask) -> tuple[str, ...]:
    return tuple(name for name, there in zip(search.players, row, strict=True) if there)


def _normal(search: ObjectionSearch, inside: Mask) -> Array:
    """Worth of rows in the scaled zero-normalized game."""
    return np.asarray((search.worth(inside) - inside @ search.singles) / search.scale)


def _level(
    search: ObjectionSearch, settled: Settled, inside: Mask, most: float, *, bounded: bool
) -> tuple[Mask, Array, Array, Array]:
    """Solve a level; return all rows, (z, ε), and the multipliers of rows and of the players' minimum.

    The rows at hand bound the level from below, the level before, `most`, from above: where both are the
    same there is nothing to search for.
    """
    n = len(search.players)
    _, *apart = settled.complement()
    program = ExcessProgram(settled, bounded=bounded)
    free = np.abs(inside @ apart[0]) + np.abs(inside @ apart[1]) > 1e-10
    at: list[int] = np.flatnonzero(free).tolist()
    program.add(
        inside[free].astype(np.float64), _normal(search, inside[free]), search.weight(inside[free])
    )
    for _ in range(MOST_ROUNDS):
        solution = program.solve()
        z, epsilon = solution[0], float(solution[0][n])
        if epsilon >= most - 0.1 * CLOSED:
            break
        x = z[:n] * search.scale + search.singles
        rows, bound = search.worst(x, settled)
        if bound <= (epsilon + 0.1 * CLOSED) * search.scale or not len(rows):
            break
        excess = (_normal(search, rows) - rows @ z[:n]) / search.weight(rows)
        rows = np.unique(rows[excess > epsilon + 0.1 * CLOSED], axis=0)
        new = rows[~(rows[:, None, :] == inside[None, at, :]).all(axis=2).any(axis=1)]
        if not len(new):
            break
        at += list(range(len(inside), len(inside) + len(new)))
        inside = np.concatenate([inside, new])
        program.add(new.astype(np.float64), _normal(search, new), search.weight(new))
    dual = np.zeros(len(inside))
    dual[at] = solution[1]
    return inside, z, dual, solution[2]


def _certified(
    search: ObjectionSearch, found: _Tightened, surplus: float, count: int
) -> Lexicographic:
    """Solve all tight rows at once, and check every level of that by a search and its weights."""
    n = len(search.players)
    rows = np.array(found.rows).reshape(-1, n)
    y, levels = polished(
        surplus,
        (rows.astype(np.float64), _normal(search, rows), search.weight(rows)),
        found.level_of,
        found.least,
        len(found.stages),
    )
    x, gap, balance = y * search.scale + search.singles, 0.0, 0.0
    bound, checked = (
        np.inf,
        np.inf,
    )  # of the level checked last, which those at the same height rest on
    for level, before, cover in zip(levels, found.before, found.cover, strict=True):
        basis = before.complement()[0]
        if float(level) < checked - 1e-9:
            _, bound = search.worst(x, before)
            checked = float(level)
        gap = max(gap, bound - float(level) * search.scale)
        balance = max(balance, float(np.abs(cover - basis @ (basis.T @ cover)).max()))
    stages = tuple(
        Stage(float(level) * search.scale, s.coalitions, s.weights)
        for level, s in zip(levels, found.stages, strict=True)
    )
    proved = gap <= CLOSED * search.scale and balance <= 1e-7
    return Lexicographic(x, stages, proved, gap, balance, count)
