r"""Every club of some economies: members change something among themselves and may penalize outsiders.

A club is a `Problem` in which every economy of a small world is a player, so that what a club does to each
of them is known, but only some choose: the `core` is always inside, others never. Clubs are the rows of
`winset.trade.coalitions.neighbors`, tariff revenue, penalties and all.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.places.groups import Group
from winset.scenario import Shock
from winset.trade.coalitions.compute import exactly
from winset.trade.coalitions.neighbors import covered, lay_out, solve_neighbors
from winset.trade.coalitions.problem import (
    ROW_BITS,
    ROW_PLAYERS,
    SECTOR_PLAYERS,
    UNIT_BYTES,
    Problem,
    traded_of,
)
from winset.trade.models.many_sectors.equations import Baseline as Sectors
from winset.trade.models.many_sectors.solve import MODEL as SECTORS
from winset.trade.models.model import calibrate
from winset.trade.models.one_sector.solve import MODEL
from winset.trade.numerics.blas import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array, Mask
    from winset.scenario import Parameters
    from winset.trade.models.model import Calibrated
    from winset.worlds import World

CLUB = "the club"


@dataclass(frozen=True, slots=True)
class ClubProblem:
    """Who may be inside, and what being inside is.

    Attributes
    ----------
    problem : Problem
        All n economies are its players, in the order of the world.
    choosing : tuple of int
        Positions of those that choose; bit k of a club's number is the k-th of them.
    core : tuple of int
        Positions of those that are always inside.
    """

    problem: Problem
    choosing: tuple[int, ...]
    core: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many clubs there are."""
        return 1 << len(self.choosing)

    def inside(self, clubs: NDArray[np.int64]) -> Mask:
        """Return who is inside of numbered clubs, (m, n)."""
        found = np.zeros((len(clubs), len(self.problem.codes)), np.bool_)
        found[:, list(self.core)] = True
        found[:, list(self.choosing)] = (clubs[:, None] >> np.arange(len(self.choosing))) & 1 == 1
        return found


@dataclass(frozen=True, slots=True)
class AllClubs:
    """Every club solved: equivalent variation (2^f, n) in USD million, labor as a factor (2^f, n).

    `labor` is None where labor is fixed. `by_newton` counts those that the ordinary solver took over.
    """

    gains: Array
    labor: Array | None
    max_residual: float
    by_newton: int
    seconds: float


def lay(
    world: World,
    parameters: Parameters,
    *,
    choosing: Sequence[str],
    core: Sequence[str],
    cost: Array,
    tariff: Array,
    penalty: Array | None,
    productivity: Array,
    about: Mapping[str, Any],
) -> ClubProblem:
    """Lay out the clubs of a world.

    Parameters
    ----------
    cost, tariff : (n, n) arrays, or (J, n, n) in a world with sectors
        d̂ and t' between any two members.
    penalty : (n, n) array, or (J, n, n), or None
        t' of a member (column) on an outsider (row).
    productivity : (n,) array
        Â of a member.

    Raises
    ------
    DataError
        Too few or too many that choose, or a model that no kernel covers.
    """
    most = SECTOR_PLAYERS if world.sectored else ROW_PLAYERS
    if not 1 <= len(choosing) <= most or len(choosing) + len(core) < 2:
        raise DataError(
            f"{len(choosing)} economies choose and {len(core)} are the core: a club takes two, and all clubs "
            f"are tried for at most {most} that choose{' in a world with sectors' * world.sectored}. "
            "Name others, or merge some."
        )
    calibrated: Calibrated[Any, Any]
    if world.sectored:
        calibrated = calibrate(SECTORS, world, parameters)
        traded = traded_of(calibrated.base)
        cost, tariff = cost[traded], tariff[traded]
    else:
        calibrated = calibrate(MODEL, world, parameters)
    problem = Problem(
        players=world.codes,
        world=world,
        base=calibrated.base,
        before=calibrated.before,
        cost=cost,
        tariff=tariff,
        productivity=productivity,
        fast=False,
        bits=0,
        about=about,
        penalty=None,
    )
    problem = replace(problem, penalty=_of_traded(problem, penalty))
    if not covered(problem):
        raise DataError(
            'clubs are not solved with revenue = "income-tax" under elastic labor, or where the labor of an '
            'economy costs more than its income. Set revenue = "lump-sum", or a smaller '
            "labor_supply_elasticity."
        )
    places = world.index
    return ClubProblem(problem, tuple(places[c] for c in choosing), tuple(places[c] for c in core))


def _of_traded(problem: Problem, penalty: Array | None) -> Array | None:
    return (
        penalty[traded_of(problem.base)]
        if penalty is not None and isinstance(problem.base, Sectors)
        else penalty
    )


def penalized(wanted: ClubProblem, penalty: Array | None) -> ClubProblem:
    """Return the same clubs with another penalty, as `lay` takes it."""
    problem = wanted.problem
    return replace(wanted, problem=replace(problem, penalty=_of_traded(problem, penalty)))


def solve_all(
    wanted: ClubProblem,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AllClubs:
    """Solve every club.

    Raises
    ------
    ConvergenceError, DataError
        A club has no equilibrium; names its members.
    """
    begun = time.perf_counter()
    problem, n = wanted.problem, len(wanted.problem.codes)
    laid = lay_out(problem)
    room = max(4, int(np.log2(UNIT_BYTES / (8 * problem.unknowns))))
    bits = min(len(wanted.choosing), ROW_BITS, room)
    elastic = problem.base.kappa > 0
    gains = np.empty((wanted.count, n))
    labor = np.empty((wanted.count, n)) if elastic else None

    def unit(number: int) -> tuple[slice, float, int]:
        clubs = (number << bits) | np.arange(1 << bits)
        inside = wanted.inside(clubs)
        found = solve_neighbors(problem, laid, inside)
        part = slice(number << bits, (number + 1) << bits)
        gains[part] = found.gains
        if labor is not None:
            labor[part] = laid.labor(inside, found.u)
        nobody = part.start + np.flatnonzero(~inside.any(axis=1))
        gains[nobody] = 0.0  # changes nothing: to the last digit
        if labor is not None:
            labor[nobody] = 1.0
        residual = float(np.max(found.residual, initial=0.0, where=found.residual >= 0))
        missed = np.flatnonzero(np.isnan(found.values))
        for m in missed.tolist():
            one, factor, miss = exactly(problem, inside[m], CLUB)
            gains[part.start + m] = one
            if labor is not None:
                labor[part.start + m] = factor
            residual = max(residual, miss)
        return part, residual, len(missed)

    units = wanted.count >> bits
    worst, by_newton, done = 0.0, 0, 0
    with one_thread(), ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for _, residual, missed in pool.map(unit, range(units)):
            worst, by_newton, done = max(worst, residual), by_newton + missed, done + 1
            if progress is not None:
                progress(done, units)
    return AllClubs(gains, labor, worst, by_newton, time.perf_counter() - begun)


def shock_of(wanted: ClubProblem, inside: Mask) -> Shock:
    """Return what a club changes in the world, as `winset.trade.solver.solve_shock` takes it."""
    problem = wanted.problem
    change = problem.shift(inside)
    cost, tariff = change.cost, change.tariff
    if isinstance(problem.base, Sectors):
        traded, world = traded_of(problem.base), problem.world
        cost_there, tariff_there = np.ones_like(world.tariff), world.tariff.copy()
        cost_there[traded], tariff_there[traded] = cost, tariff
        cost, tariff = cost_there, tariff_there
    members = tuple(c for c, yes in zip(problem.codes, inside, strict=True) if yes)
    return Shock(cost, tariff, change.productivity, Group(members))
