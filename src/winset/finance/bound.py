r"""The best portfolio without a table of all: mixed-integer programs on dividends, proved by exact values.

Each member's value is taken for the sum of its dividends up to an order,

    V_i(P) ≈ Σ_{T⊆P, |T|≤K} Δ_i(T),   |error| ≤ ε_i,

with a variable y_T = Π_{k∈T} x_k for each T. A program in which every member may have ε_i more than that
bounds what any portfolio can reach. Its answer is solved exactly and then excluded, until the bound falls
to the best that was found: what is left cannot be better. A decision by votes has no row of its own: the
program is that of the sum, and what does not pass is excluded. Source: the integer
L-shaped idea of Laporte & Louveaux (1993), from general knowledge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

from winset.errors import ConvergenceError, DataError
from winset.highs import Quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array

OBJECTIVES = ("sum", "all_gain", "agreed_shares", "max_min", "nash")
MONEY = ("sum", "all_gain", "agreed_shares", "decision")  # objectives in USD million
MOST_ROUNDS = 2_000
TANGENTS = 40
GAP = 1e-7  # of the scale: what a program may miss by its tolerances


@dataclass(frozen=True, slots=True)
class Search:
    """What is known of a portfolio problem.

    Attributes
    ----------
    dividends : mapping of mask to (p,) array
        Δ_i(T), USD million.
    errors : (p,) array
        ε_i.
    exact : function of a mask
        V_i(P), (p,).
    cost, outlay : (m,) arrays
    shares, sizes : (p,) arrays
    passes : function of net gains (p,), or None
        Whether a portfolio passes the bank's decision rule; needed for the objective "decision".
    """

    dividends: Mapping[int, Array]
    errors: Array
    exact: Callable[[int], Array]
    cost: Array
    outlay: Array
    budget: float
    shares: Array
    sizes: Array
    passes: Callable[[Array], bool] | None = None


@dataclass(frozen=True, slots=True)
class Proved:
    """A portfolio and the bound on all others.

    Attributes
    ----------
    mask : int or None
    figure, bound : floats
        What it reaches, and what no portfolio exceeds.
    solved : int
        Portfolios solved exactly on the way.
    """

    mask: int | None
    figure: float
    bound: float
    solved: int

    @property
    def gap(self) -> float:
        """Bound less figure; 0 where it is proved to be the best."""
        return max(self.bound - self.figure, 0.0)


def reached(search: Search, objective: str, mask: int, floor: float) -> float:
    """Return what a portfolio reaches exactly; −∞ where it does not fulfill the objective's condition."""
    inside = np.array([mask >> k & 1 for k in range(len(search.cost))], dtype=np.float64)
    values, cost = search.exact(mask), float(search.cost @ inside)
    net = values - search.shares * cost
    if objective == "max_min":
        return float(100.0 * (net / search.sizes).min())
    if objective == "nash":
        return float(np.log(net).sum()) if np.all(net > floor) else -math.inf
    if objective == "all_gain" and np.any(net < -floor):
        return -math.inf
    if objective == "agreed_shares" and np.any(values < -floor):
        return -math.inf
    if objective == "decision" and search.passes is not None and not search.passes(net):
        return -math.inf
    return float(values.sum() - cost)


def prove(search: Search, objective: str, *, rounds: int = MOST_ROUNDS) -> Proved:
    """Find the best portfolio within the budget and prove it.

    Raises
    ------
    DataError
        An unknown objective.
    ConvergenceError
        The program is not solved, or the bound has not met what was found after `rounds`: dividends of a
        higher order are needed.
    """
    known = OBJECTIVES if search.passes is None else (*OBJECTIVES, "decision")
    if objective not in known:
        raise DataError(f"objective {objective!r}: it is {', '.join(known)}.")
    sizes = [np.abs(each).max(initial=0.0) for each in search.dividends.values()]
    scale = max(float(max(sizes, default=0.0)), float(search.cost.max(initial=0.0)), 1e-300)
    floor = 1e-9 * scale
    program = _BoundProgram(search, objective, scale)
    best: tuple[float, int | None] = (-math.inf, None)
    size = scale if objective in MONEY else 1.0
    solved = 0
    while True:
        found = program.solve()
        if found is None:
            return Proved(best[1], best[0], best[0], solved)
        bound, mask = found
        if bound <= best[0] + GAP * size:
            return Proved(best[1], best[0], best[0], solved)
        figure = reached(search, objective, mask, floor)
        solved += 1
        if figure > best[0]:
            best = (figure, mask)
        if solved >= rounds:
            raise ConvergenceError(
                f"after {rounds} portfolios solved exactly the bound is {bound:,.6g} and the best found "
                f"{best[0]:,.6g}: dividends of this order leave too much open. Ask for a higher order.",
                residual=bound - best[0],
            )
        program.exclude(mask)


class _BoundProgram:
    """The program of a search, in units of its scale."""

    def __init__(self, search: Search, objective: str, scale: float) -> None:
        self.search, self.objective, self.scale = search, objective, scale
        m = len(search.cost)
        self.count = m
        groups = [mask for mask in sorted(search.dividends) if mask.bit_count() > 1]
        self.place = {1 << k: k for k in range(m)} | {mask: m + j for j, mask in enumerate(groups)}
        wide = len(self.place)
        p = len(search.shares)
        extra = {"max_min": 1, "nash": p}.get(objective, 0)
        self.columns = wide + extra
        model = self.model = Quiet()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("mip_rel_gap", 0.0)
        model.setOptionValue("mip_abs_gap", 1e-9)
        inf = highspy.kHighsInf
        low = np.concatenate([np.zeros(wide), np.full(extra, -1e6)])
        high = np.concatenate([np.ones(wide), np.full(extra, 1e6)])
        model.addVars(self.columns, low, high)
        kinds = np.full(m, highspy.HighsVarType.kInteger)
        model.changeColsIntegrality(m, np.arange(m, dtype=np.int32), kinds)
        for mask in groups:
            at, inside = self.place[mask], [k for k in range(m) if mask >> k & 1]
            for k in inside:
                self._row({at: 1.0, k: -1.0}, -inf, 0.0)
            row = dict.fromkeys(inside, -1.0) | {at: 1.0}
            self._row(row, 1.0 - len(inside), inf)
        biggest = max(search.budget, 1.0)
        self._row(
            {k: search.outlay[k] / biggest for k in range(m)},
            -inf,
            search.budget / biggest * (1 + 1e-12),
        )
        # Net gains: V_i − s_i C + ε_i, in units of the scale.
        self.net = [self._net(i) for i in range(p)]
        self.slack = search.errors / scale
        goal = np.zeros(self.columns)
        self.constant = 0.0
        if objective in MONEY:
            for mask, numbers in search.dividends.items():
                goal[self.place[mask]] += numbers.sum() / scale
            goal[:m] -= search.cost / scale
            self.constant = float(self.slack.sum())
        if objective == "all_gain":
            for i, row in enumerate(self.net):
                self._row(row, -float(self.slack[i]) - 1e-9, inf)
        if objective == "agreed_shares":
            for i in range(p):
                self._row(self._net(i, paying=False), -float(self.slack[i]) - 1e-9, inf)
        if objective == "max_min":
            goal[wide] = 1.0
            for i, row in enumerate(self.net):
                weight = 100.0 * scale / search.sizes[i]
                self._row(
                    {wide: 1.0} | {c: -weight * x for c, x in row.items()},
                    -inf,
                    weight * float(self.slack[i]),
                )
        if objective == "nash":
            for i, row in enumerate(self.net):
                goal[wide + i] = 1.0
                most = float(self.slack[i]) + sum(max(x, 0.0) for x in row.values())
                if most <= 0:
                    self._row({0: 0.0}, 1.0, 1.0)  # it never gains: no portfolio is allowed
                    continue
                for point in np.geomspace(1e-9 * most, most, TANGENTS).tolist():
                    # ln N ≤ ln a + (N − a)/a at every a.
                    self._row(
                        {wide + i: 1.0} | {c: -x / point for c, x in row.items()},
                        -inf,
                        math.log(point) - 1.0 + float(self.slack[i]) / point,
                    )
            self.constant = p * math.log(scale)
        self.model.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), -goal)

    def _net(self, i: int, *, paying: bool = True) -> dict[int, float]:
        row: dict[int, float] = {}
        for mask, numbers in self.search.dividends.items():
            at = self.place[mask]
            row[at] = row.get(at, 0.0) + float(numbers[i]) / self.scale
        for k in range(self.count if paying else 0):
            paid = float(self.search.shares[i] * self.search.cost[k]) / self.scale
            row[k] = row.get(k, 0.0) - paid
        return row

    def _row(self, row: Mapping[int, float], low: float, high: float) -> None:
        columns = np.array(list(row), dtype=np.int32)
        self.model.addRow(low, high, len(columns), columns, np.array(list(row.values())))

    def exclude(self, mask: int) -> None:
        """Keep out one portfolio."""
        inside = mask.bit_count()
        signs = {k: 1.0 if mask >> k & 1 else -1.0 for k in range(self.count)}
        self._row(signs, -highspy.kHighsInf, inside - 1.0)

    def solve(self) -> tuple[float, int] | None:
        """Return the bound and the portfolio where it is reached; None where none is left."""
        self.model.run()
        status = self.model.getModelStatus()
        if status in (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ):
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise ConvergenceError(
                f"the program of portfolios was not solved ({self.model.modelStatusToString(status)}).",
                residual=math.nan,
            )
        info, solution = self.model.getInfo(), self.model.getSolution().col_value
        bound = -float(info.mip_dual_bound)
        unit = self.scale if self.objective in MONEY else 1.0
        mask = sum(1 << k for k in range(self.count) if solution[k] > 0.5)
        constant = self.constant
        return (bound + constant) * unit if unit != 1.0 else bound + constant, mask
