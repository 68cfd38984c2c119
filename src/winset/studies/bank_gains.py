"""What every portfolio of a plan is worth to every economy: each solved, or by dividends with their error."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.finance.projects import EXACT_PROJECTS, TABLE_PROJECTS
from winset.studies.bank_costs import costs_of
from winset.subsets import moebius
from winset.trade import portfolios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from winset.finance.projects import Plan
    from winset.network import Terms
    from winset.numbers import Array
    from winset.studies.bank_costs import Costs
    from winset.trade.portfolios import Ground, Worth
    from winset.worlds import World

    Progress = Callable[[int, int], None]

TOLERANCE = 1e-4  # of the gain by all projects: where orders of dividends end
MOST_SOLVED = 12_000  # portfolios for dividends
FIRST_ORDER = 3
CHECKS = 400  # portfolios at random that dividends are compared with
MARGIN = 1.5  # on the largest error found
CLIMBS = 4


@dataclass(frozen=True, slots=True)
class Gains:
    """Yearly gains of portfolios.

    Attributes
    ----------
    table : (2^m, p + 1) array or None
        Equivalent variation of the members, and of all outsiders together, USD million a year.
    dividends : mapping of mask to (n,) array
        Of what was solved for dividends; blank where every portfolio was solved.
    errors : (p + 1,) array
        How far figures of the table may be from exact ones; 0 where every portfolio was solved.
    solved : int
        Equilibria.
    order : int or None
        Of dividends.
    checked : int
        Portfolios that the errors rest on.
    """

    table: Array | None
    dividends: dict[int, Array]
    errors: Array
    solved: int
    order: int | None
    checked: int
    largest_residual: float


@dataclass(slots=True)
class ProjectSolver:
    """A plan's portfolios, solved exactly one at a time and remembered."""

    plan: Plan
    ground: Ground
    costs: Costs
    positions: list[int]
    known: dict[int, Worth]

    @property
    def count(self) -> int:
        """How many projects there are."""
        return len(self.plan.projects)

    def exact(self, mask: int) -> Array:
        """Return the equivalent variation of every economy, (n,), as a run of that scenario has it."""
        if mask not in self.known:
            self.known[mask] = portfolios.exactly(self.ground, self.costs(mask), self.name(mask))
        return self.known[mask].gains

    def name(self, mask: int) -> str:
        """Name a portfolio in a message."""
        return f"of the portfolio {self.plan.label(mask)}"

    def columns(self, gains: Array) -> Array:
        """Return the members' gains and those of all others together, (p + 1,)."""
        own = gains[self.positions]
        return np.append(own, gains.sum() - own.sum())

    def start(self, mask: int) -> Array:
        """Sum what single projects have moved."""
        x = np.zeros(len(self.ground.world))
        for k in range(self.count):
            if mask >> k & 1:
                x = x + self.known[1 << k].x[: len(x)]
        return x

    def many(
        self, masks: Iterator[tuple[int, Array]], workers: int | None
    ) -> Iterator[tuple[int, Worth]]:
        """Solve portfolios near those that are known."""
        return portfolios.each(self.ground, masks, self.start, self.name, workers=workers)


def solver_of(
    plan: Plan, world: World, positions: list[int], terms: Terms | None = None
) -> ProjectSolver:
    """Lay a plan on its world, and solve single projects and all of them exactly.

    Raises
    ------
    DataError
        As `costs_of`, or a project changes nothing that is traded.
    ConvergenceError
        A portfolio has no equilibrium; names it.
    """
    costs = costs_of(plan, world, terms)
    made = ProjectSolver(plan, portfolios.ground(world, plan.parameters), costs, positions, {})
    n = len(world)
    made.known[0] = portfolios.Worth(np.zeros(n), np.zeros(n), 0.0)
    for k, project in enumerate(plan.projects):
        if project.pairs and not project.routed and not costs(1 << k).any():
            raise DataError(
                f"project {project.name} changes no pair of economies of world {world.name!r}. Correct its "
                "pairs, or leave it out."
            )
        made.exact(1 << k)
    half = sum(1 << k for k in range(0, made.count, 2))
    made.ground = portfolios.sharpened(made.ground, costs(half), made.name(half))
    return made


def gains_of(
    solver: ProjectSolver,
    *,
    workers: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Gains:
    """Solve every portfolio where they are at most 2^14, and otherwise dividends of small ones.

    Raises
    ------
    ConvergenceError
        A portfolio has no equilibrium; names it.
    """
    if solver.count <= EXACT_PROJECTS:
        return _every(solver, workers, progress)
    return by_dividends(solver, workers, seed, progress)


def _every(solver: ProjectSolver, workers: int | None, progress: Progress | None) -> Gains:
    m, p = solver.count, len(solver.positions)
    table, worst = np.zeros((1 << m, p + 1)), 0.0
    for done, (mask, found) in enumerate(solver.many(solver.costs.walk(), workers), 1):
        table[mask] = solver.columns(found.gains)
        worst = max(worst, found.residual)
        if progress is not None and done % 64 == 0:
            progress(done, 1 << m)
    for mask, exact in solver.known.items():
        table[mask] = solver.columns(exact.gains)
    table[0] = 0.0
    return Gains(table, {}, np.zeros(p + 1), 1 << m, None, 0, worst)


def by_dividends(
    solver: ProjectSolver, workers: int | None, seed: int, progress: Progress | None
) -> Gains:
    """Solve portfolios of few projects, order by order, until checks at random are close enough.

    Raises
    ------
    ConvergenceError
        A portfolio has no equilibrium; names it.
    """
    m = solver.count
    dividends: dict[int, Array] = {}
    solved, worst, order = 0, 0.0, 0
    everything = solver.exact((1 << m) - 1)
    aim = TOLERANCE * max(float(np.abs(solver.columns(everything)).max()), 1e-300)
    checks = _drawn(m, seed)
    exact: dict[int, Array] = {}
    while True:
        order += 1
        for mask, found in solver.many(
            ((mask, solver.costs(mask)) for mask in _of_size(m, order)), workers
        ):
            parts = sum(
                (dividends[part] for part in _parts(mask)), np.zeros(len(solver.ground.world))
            )
            dividends[mask] = found.gains - parts
            solved, worst = solved + 1, max(worst, found.residual)
            if progress is not None:
                progress(solved, MOST_SOLVED)
        if order < FIRST_ORDER and order < m:
            continue
        errors = _errors(solver, dividends, checks, exact, workers)
        last = solved + comb(m, order + 1) > MOST_SOLVED or order == m
        if last or float(errors.max()) * MARGIN <= aim:
            break
    stated = MARGIN * errors
    table = _spread(solver, dividends) if m <= TABLE_PROJECTS else None
    return Gains(table, dividends, stated, solved + len(exact), order, len(exact), worst)


def _of_size(m: int, size: int) -> Iterator[int]:
    for rows in combinations(range(m), size):
        yield sum(1 << k for k in rows)


def _parts(mask: int) -> Iterator[int]:
    """Give the proper parts of a portfolio, but nothing."""
    part = (mask - 1) & mask
    while part:
        yield part
        part = (part - 1) & mask


def _drawn(m: int, seed: int) -> list[int]:
    """Draw different portfolios of every size, equally many of each."""
    from winset.trade.coalitions.certificate import drawn

    inside = drawn(m, CHECKS, seed)
    return [int(mask) for mask in inside @ (np.int64(1) << np.arange(m))]


def said(solver: ProjectSolver, dividends: dict[int, Array], masks: Sequence[int]) -> Array:
    """Return what dividends say of portfolios, (len(masks), p + 1)."""
    keys = np.array(list(dividends), dtype=np.int64)
    columns = np.array([solver.columns(each) for each in dividends.values()])
    return np.array([columns[(keys & ~mask) == 0].sum(axis=0) for mask in masks])


def _errors(
    solver: ProjectSolver,
    dividends: dict[int, Array],
    checks: list[int],
    exact: dict[int, Array],
    workers: int | None,
) -> Array:
    """Return the largest error of each column among the checks and uphill from the worst of them."""

    def compared(masks: list[int]) -> Array:
        new = [mask for mask in dict.fromkeys(masks) if mask not in exact]
        for mask, found in solver.many(((mask, solver.costs(mask)) for mask in new), workers):
            exact[mask] = solver.columns(found.gains)
        return np.asarray(
            np.abs(said(solver, dividends, masks) - np.array([exact[mask] for mask in masks]))
        )

    error = compared(checks)
    largest = error.max(axis=0)
    for start in np.argsort(-error.sum(axis=1), kind="stable")[:CLIMBS].tolist():
        mask, height = checks[start], float(error[start].sum())
        for _ in range(6):
            near = [mask ^ 1 << k for k in range(solver.count)]
            there = compared(near)
            largest = np.maximum(largest, there.max(axis=0))
            at = int(np.argmax(there.sum(axis=1)))
            if there[at].sum() <= height:
                break
            mask, height = near[at], float(there[at].sum())
    return np.asarray(largest)


def _spread(solver: ProjectSolver, dividends: dict[int, Array]) -> Array:
    """Return the table of all portfolios from dividends."""
    m, p = solver.count, len(solver.positions)
    keys = np.array(list(dividends), dtype=np.int64)
    columns = np.array([solver.columns(each) for each in dividends.values()])
    table = np.zeros((1 << m, p + 1))
    for k in range(p + 1):
        column = np.zeros(1 << m)
        column[keys] = columns[:, k]
        moebius(column, 1.0)
        table[:, k] = column
    for mask, exact in solver.known.items():
        table[mask] = solver.columns(exact.gains)
    table[0] = 0.0
    return table
