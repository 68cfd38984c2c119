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

import numpy as np

from winset.errors import ConvergenceError

if TYPE_CHECKING:
    from winset.games.sparse import SparseGame
    from winset.numbers import Array, Mask

CLOSED = 1e-7  # of the largest dividend or worth: a gap up to it is none
MOST_ROUNDS = 100
SECONDS = 20.0  # for each search


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
    ConvergenceError
        No coalition was found in time.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    n = game.n
    alone = np.array(x, dtype=np.float64)
    costs: list[Array] = [alone]
    rows: list[int] = []
    columns: list[int] = []
    entries: list[float] = []
    tops: list[float] = []
    at, row = n, 0
    for members, dividends in zip(game.members, game.dividends, strict=True):
        size = members.shape[1]
        if size == 1:
            np.add.at(alone, members[:, 0], -dividends)
            continue
        for coalition, number in zip(members.tolist(), dividends.tolist(), strict=True):
            if number > 0.0:  # y ≤ s_i
                for k in coalition:
                    rows += [row, row]
                    columns += [at, k]
                    entries += [1.0, -1.0]
                    tops.append(0.0)
                    row += 1
            else:  # Σ s − y ≤ |T| − 1
                rows += [row] * (size + 1)
                columns += [*coalition, at]
                entries += [1.0] * size + [-1.0]
                tops.append(size - 1.0)
                row += 1
            at += 1
        costs.append(-dividends)
    rows += [row] * n
    columns += list(range(n))
    entries += [1.0] * n
    bottoms = np.append(np.full(row, -np.inf), 1.0)
    table = coo_array((entries, (rows, columns)), shape=(row + 1, at)).tocsr()
    found = milp(
        np.concatenate(costs),
        integrality=np.append(np.ones(n), np.zeros(at - n)),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(table, bottoms, np.append(tops, n - 1.0)),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ConvergenceError(f"no coalition was found: {found.message}", residual=np.inf)
    inside = np.asarray(found.x[:n] > 0.5)
    excess = float(game.worth(inside[None])[0] - np.asarray(x)[inside].sum())
    bound = found.mip_dual_bound
    return inside, excess, max(excess, -float(bound) if bound is not None else np.inf)


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
    scale = max(
        abs(game.grand), *(float(np.abs(d).max(initial=0.0)) for d in game.dividends), 1e-300
    )
    if n == 1:
        return SparseCore(np.array([game.grand]), 0.0, 0.0, True, (), 0, scale)
    inside = np.concatenate([np.eye(n, dtype=np.bool_), ~np.eye(n, dtype=np.bool_)])
    worth = game.worth(inside)
    best, lower, upper = singles + (game.grand - singles.sum()) / n, -np.inf, np.inf
    worst: tuple[str, ...] = ()
    names = np.array(game.players)
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
            objects, excess, bound = largest_excess(game, point, seconds=seconds)
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
