r"""The least core of a game by its dividends, for any number of players, with a gap that is proved.

    min ε  subject to  x(S) + ε ≥ v(S) for all S but nobody and everybody,  x(N) = v(N).

The program is solved over the coalitions at hand, which bounds ε from below. The coalition that objects
most to its division is then sought as a maximum of a polynomial in zeros and ones,

    max_s Σ_T Δ(T) Π_{i∈T} s_i − Σ_i x_i s_i,

a mixed-integer program with a variable for each dividend (Glover & Woolsey 1974, from general knowledge),
whose bound is one on ε from above. The coalition becomes a row, until the two bounds meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from winset.errors import ConvergenceError, DataError
from winset.highs import Quiet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.games.sparse import SparseGame
    from winset.numbers import Array, Mask

CLOSED = 1e-7  # of the largest dividend or worth: a gap up to it is none
MOST_ROUNDS = 100
SECONDS = 20.0  # for each search
MOST_TERMS = 50_000  # dividends, each a variable


@dataclass(frozen=True, slots=True)
class SparseCore:
    """Bounds on the least core.

    Attributes
    ----------
    division : (n,) array
        Efficient; no coalition has more than `upper` over it.
    lower, upper : float
        Bounds on ε*, the least largest excess.
    proved : bool
        Whether the bounds meet.
    worst : tuple of str
        The coalition that objects most to `division`, as far as it was found.
    rows : int
        Coalitions that were ever written down.
    """

    division: Array
    lower: float
    upper: float
    proved: bool
    worst: tuple[str, ...]
    rows: int
    scale: float

    @property
    def gap(self) -> float:
        """What the bounds leave open."""
        return self.upper - self.lower

    @property
    def empty(self) -> bool | None:
        """Whether the core is empty; None where that is not proved."""
        if self.lower > CLOSED * self.scale:
            return True
        return False if self.upper <= CLOSED * self.scale else None


def largest_excess(
    game: SparseGame, x: Array, *, seconds: float = SECONDS
) -> tuple[Mask, float, float]:
    """Return the coalition with the largest v(S) − x(S) found, its excess, and a bound on that of all.

    Nobody and everybody are left out.

    Raises
    ------
    DataError
        More dividends than a search takes.
    ConvergenceError
        No coalition was found in time.
    """
    return _found(Objector(game, seconds=seconds), np.asarray(x, dtype=np.float64))


def _found(objector: Objector, x: Array) -> tuple[Mask, float, float]:
    inside, bound = objector.largest(x)
    if inside is None:
        raise ConvergenceError(
            f"no coalition was found in {objector.seconds:g} s.", residual=np.inf
        )
    excess = float(objector.game.worth(inside[None])[0] - x[inside].sum())
    return inside, excess, max(excess, bound)


class Objector:
    """The mixed-integer program that finds who objects most to one division after another.

    Where all dividends of two and more are positive its relaxation has whole-numbered corners (each row has
    one 1 and one −1), so that it is a minimum cut; elsewhere HiGHS branches.
    """

    def __init__(self, game: SparseGame, *, seconds: float = SECONDS) -> None:
        if game.terms > MOST_TERMS:
            raise DataError(
                f"{game.terms:,} dividends: the coalition that objects most is sought among at most "
                f"{MOST_TERMS:,}. Leave out small ones, or take a lower order."
            )
        n = game.n
        self.game, self.n, self.seconds = game, n, seconds
        self.alone, costs = game.singles(), [np.zeros(n)]
        self.scale = max(sizes(game), 1e-300)
        model = self.model = Quiet()
        for key, to in (
            ("time_limit", seconds),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 1e-9),
            ("mip_feasibility_tolerance", 1e-9),
            ("mip_heuristic_effort", 0.0),
        ):
            model.setOptionValue(key, to)
        rows: list[list[int]] = [list(range(n))]
        entries: list[list[float]] = [[1.0] * n]
        low, high = [1.0], [n - 1.0]
        at = n
        for members, dividends in zip(game.members, game.dividends, strict=True):
            size = members.shape[1]
            if size == 1:
                continue
            for coalition, number in zip(members.tolist(), dividends.tolist(), strict=True):
                if number > 0.0:  # y ≤ s_i
                    rows += [[at, k] for k in coalition]
                    entries += [[1.0, -1.0]] * size
                    low += [-np.inf] * size
                    high += [0.0] * size
                else:  # Σ s − y ≤ |T| − 1
                    rows.append([*coalition, at])
                    entries.append([1.0] * size + [-1.0])
                    low.append(-np.inf)
                    high.append(size - 1.0)
                at += 1
            costs.append(-dividends / self.scale)
        model.addVars(at, np.zeros(at), np.ones(at))
        model.changeColsCost(at, np.arange(at, dtype=np.int32), np.concatenate(costs))
        self._whole(range(n))
        self._add(rows, entries, low, high)
        self.columns, self.rows = at, len(rows)

    def _whole(self, columns: Iterable[int]) -> None:
        for k in columns:
            self.model.changeColIntegrality(k, highspy.HighsVarType.kInteger)

    def _add(
        self,
        rows: list[list[int]],
        entries: list[list[float]],
        low: list[float],
        high: list[float],
    ) -> None:
        starts = np.cumsum([0, *map(len, rows[:-1])]).astype(np.int32)
        index = np.array([k for row in rows for k in row], dtype=np.int32)
        numbers = np.array([e for row in entries for e in row], dtype=np.float64)
        self.model.addRows(
            len(rows), np.array(low), np.array(high), len(index), starts, index, numbers
        )

    def outside(self, equations: list[list[int]]) -> None:
        """Leave out the coalitions that satisfy all these equations, c·s = 0 with whole numbers c, if any."""
        model = self.model
        if (columns := model.getNumCol()) > self.columns:
            model.deleteCols(
                columns - self.columns, np.arange(self.columns, columns, dtype=np.int32)
            )
            more = np.arange(self.rows, model.getNumRow(), dtype=np.int32)
            model.deleteRows(len(more), more)
        if not equations:
            return
        rows, entries, low, high = [], [], [], []
        extra = 2 * len(equations)
        model.addVars(extra, np.zeros(extra), np.ones(extra))
        self._whole(range(self.columns, self.columns + extra))
        for k, c in enumerate(equations):
            support = [i for i, e in enumerate(c) if e]
            some = [float(c[i]) for i in support]
            least, most = sum(e for e in some if e < 0), sum(e for e in some if e > 0)
            up, down = self.columns + 2 * k, self.columns + 2 * k + 1
            rows += [[*support, up], [*support, down]]
            entries += [[*some, -(1.0 - least)], [*some, 1.0 + most]]
            low += [least, -np.inf]
            high += [np.inf, most]
        rows.append(list(range(self.columns, self.columns + extra)))
        entries.append([1.0] * extra)
        low.append(1.0)
        high.append(np.inf)
        self._add(rows, entries, low, high)

    def largest(self, x: Array) -> tuple[Mask | None, float]:
        """Return the coalition found with the largest v(S) − x(S), and a bound on all; −∞ where none is."""
        n, status = self.n, highspy.HighsModelStatus
        self.model.changeColsCost(
            n, np.arange(n, dtype=np.int32), (np.asarray(x) - self.alone) / self.scale
        )
        self.model.run()
        if self.model.getModelStatus() == status.kInfeasible:
            return None, -np.inf
        info = self.model.getInfo()
        bound = -info.mip_dual_bound * self.scale
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None, bound
        return np.array(self.model.getSolution().col_value[:n]) > 0.5, bound


def sizes(game: SparseGame) -> float:
    """The size against which tolerances count: the largest dividend, or the worth of all."""
    return max(abs(game.grand), *(float(np.abs(d).max(initial=0.0)) for d in game.dividends), 0.0)


def sparse_core(
    game: SparseGame, *, rounds: int = MOST_ROUNDS, seconds: float = SECONDS
) -> SparseCore:
    """Bound the least core of a game from both sides.

    Raises
    ------
    ConvergenceError
        A linear program failed, or a search found no coalition in time.
    """
    from scipy.optimize import linprog

    n, singles = game.n, game.singles()
    scale = max(sizes(game), 1e-300)
    if n == 1:
        return SparseCore(np.array([game.grand]), 0.0, 0.0, True, (), 0, scale)
    inside = np.concatenate([np.eye(n, dtype=np.bool_), ~np.eye(n, dtype=np.bool_)])
    worth = game.worth(inside)
    best, lower, upper = singles + (game.grand - singles.sum()) / n, -np.inf, np.inf
    worst: tuple[str, ...] = ()
    names, objector = np.array(game.players), Objector(game, seconds=seconds)
    for _ in range(rounds):
        found = linprog(
            np.append(np.zeros(n), 1.0),
            A_ub=np.column_stack([-inside.astype(np.float64), -np.ones(len(inside))]),
            b_ub=-worth,
            A_eq=np.append(np.ones(n), 0.0)[None],
            b_eq=[game.grand],
            bounds=(None, None),
        )
        if found.status != 0 or found.x is None or found.fun is None:
            raise ConvergenceError(f"a linear program failed: {found.message}", residual=np.inf)
        x, lower = found.x[:n], max(lower, float(found.fun))
        new: list[Mask] = []
        for point in (x,) if np.isinf(upper) else (0.5 * (x + best), x):
            objects, excess, bound = _found(objector, point)
            if bound < upper:
                best, upper, worst = point, bound, tuple(names[objects].tolist())
            if excess > lower + 0.1 * CLOSED * scale:
                new.append(objects)
            if upper - lower <= CLOSED * scale:
                break
        if upper - lower <= CLOSED * scale or not new:
            break
        inside = np.unique(np.concatenate([inside, np.array(new)]), axis=0)
        worth = game.worth(inside)
    proved = upper - lower <= CLOSED * scale
    return SparseCore(best, lower, max(upper, lower), proved, worst, len(inside), scale)
