"""Every coalition of a scenario's players, each in general equilibrium: the game v(S).

`prepare` says what is to be solved, `solve_unit` solves a run of neighboring coalitions, `compute`
solves them all, on threads or on a Dask cluster, into memory or into a file that can be resumed.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from winset.errors import ConvergenceError, DataError, WinsetError
from winset.trade.coalitions.neighbors import covered, lay_out, solve_neighbors
from winset.trade.coalitions.problem import Problem, prepare
from winset.trade.coalitions.store import Ledger, finished
from winset.trade.equilibrium import TOLERANCE, Report, Status, compared
from winset.trade.models.model import find, sought
from winset.trade.numerics.blas import one_thread
from winset.trade.numerics.kernels import cached

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from winset.numbers import Array, Mask
    from winset.scenario import Scenario
    from winset.trade.models.one_sector.equations import Baseline
    from winset.worlds import World


NOTHING = 1e-12  # of the largest worth: below it a coalition is worth nothing but rounding


@dataclass(frozen=True, slots=True)
class Lattice:
    """The values of all coalitions.

    Attributes
    ----------
    values : (2^p,) array
        v(S) in USD million; bit k of the position is player k.
    gains : (2^p, p) array or None
        Equivalent variation of every player in every coalition.
    max_residual : float
        Largest residual over all coalitions, relative to an economy's output.
    resolved_by_newton : int
        Coalitions that the chord steps missed.
    """

    problem: Problem
    values: Array
    gains: Array | None
    max_residual: float
    resolved_by_newton: int
    seconds: float


class Unit(NamedTuple):
    """Neighboring coalitions, solved: values (2^bits,), gains (2^bits, p) or (0, 0), and the report.

    What was not solved is NaN.
    """

    values: Array
    gains: Array
    report: Report


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a change beyond measure: no root
def solve_unit(problem: Problem, unit: int, gains: bool = False) -> Unit:
    """Solve the coalitions ``unit << bits`` to ``(unit + 1) << bits``; a pure function.

    Each is what `winset.solve` finds: what the kernel does not cover, or does not find, goes to
    `exact_gains`. At the first coalition that has no equilibrium the unit ends, and the report names it.
    """
    p, size = len(problem.players), 1 << problem.bits
    values = np.full(size, np.nan)
    each = np.full((size, p) if gains else (0, 0), np.nan)
    report = Report(Status.CONVERGED, 0.0, 0, -1, -1)
    batched = problem.fast or covered(problem)
    if problem.fast:
        report = _by_kernel(problem, unit, values, each)
    elif batched:
        report = _by_rows(problem, unit, values, each)
    residual, by_newton = report.residual, report.by_newton
    for m in np.flatnonzero(np.isnan(values)).tolist():
        mask = unit << problem.bits | m
        try:
            variation, missed = exact_gains(problem, mask)
        except WinsetError as error:
            code = getattr(error, "economy", None)
            economy = problem.codes.index(code) if code is not None else -1
            return Unit(values, each, Report(Status.REFUSED, residual, by_newton, mask, economy))
        values[m] = variation[members(mask)].sum()
        if gains:
            each[m] = variation
        residual = max(residual, missed)
        by_newton += not problem.fast  # the kernel has counted those that it missed
    for mask in (0, *(1 << k for k in range(p) if problem.penalty is None)):
        m = mask - (unit << problem.bits)
        if 0 <= m < size and np.all(problem.productivity[members(mask)] == 1.0):
            values[m] = 0.0  # nobody, or one alone, changes nothing: to the last digit
            each[m : m + 1] = 0.0
    return Unit(values, each, Report(Status.CONVERGED, residual, by_newton, -1, -1))


def _by_kernel(problem: Problem, unit: int, values: Array, gains: Array) -> Report:
    from winset.trade.coalitions import batch_kernel

    base = cast("Baseline", problem.base)
    with one_thread():
        report: Report = batch_kernel.solve_block(
            unit,
            problem.bits,
            np.ascontiguousarray(base.share),
            np.ascontiguousarray(problem.cost**-base.theta),
            np.log(problem.productivity),
            np.array(base.output),
            np.array(base.deficit),
            base.beta * base.output + base.deficit,
            base.theta,
            base.beta,
            TOLERANCE,
            values,
            gains,
        )
    return report


def _by_rows(problem: Problem, unit: int, values: Array, gains: Array) -> Report:
    p, bits = len(problem.players), problem.bits
    masks = unit << bits | np.arange(1 << bits)
    inside = (masks[:, None] >> np.arange(p)) & 1 == 1
    found = solve_neighbors(problem, lay_out(problem), inside)
    values[:] = found.values
    if len(gains):
        gains[:] = found.gains
    worst = float(np.max(found.residual, initial=0.0, where=found.residual >= 0))
    return Report(Status.CONVERGED, worst, 0, -1, -1)


def members(mask: int) -> list[int]:
    """Return the positions of the players in a coalition.

    >>> members(0b1101)
    [0, 2, 3]
    """
    return [k for k in range(mask.bit_length()) if mask >> k & 1]


def exact_gains(problem: Problem, mask: int) -> tuple[Array, float]:
    """Solve one coalition as `winset.solve` does: the gains of all players, (p,), and the residual.

    Raises
    ------
    ConvergenceError, DataError
        The coalition has no equilibrium; names its members.
    """
    p = len(problem.players)
    gains, _, residual = exactly(problem, mask >> np.arange(p, dtype=object) & 1 == 1)
    return gains[:p], residual


@one_thread()
def exactly(
    problem: Problem, inside: Mask, what: str = "the coalition"
) -> tuple[Array, Array, float]:
    """Solve one coalition (p,) as `winset.solve` does: gains and labor of all economies, and the residual.

    Raises
    ------
    ConvergenceError, DataError
        The coalition has no equilibrium; names its members.
    """
    names = "+".join(c for c, yes in zip(problem.players, inside, strict=True) if yes)
    who, base = f"{what} {names or 'of nobody'}", problem.base
    try:
        change = problem.shift(inside)
        found = find(problem.model, base, change, problem.world, f"of {who}").equilibrium
        _, variation = compared(problem.before, found, base.kappa, problem.codes, sought(base))
    except DataError as error:
        raise DataError(f"{who}: {error}") from error
    return variation, found.labor, found.residual


def refusal(problem: Problem, report: Report) -> WinsetError | None:
    """Say why a unit could not be solved, None where it was."""
    if report.status == Status.CONVERGED:
        return None
    try:
        exact_gains(problem, report.where)
    except WinsetError as error:
        return error
    return ConvergenceError(  # on another machine
        f"one machine finds no equilibrium of coalition number {report.where} where another does. "
        "Run it on one of them.",
        residual=report.residual,
    )


def compiled() -> bool:
    """Tell whether the kernels have been compiled on this machine before."""
    from winset.trade.coalitions import batch_kernel

    return cached(batch_kernel.solve_block)


def single(problem: Problem) -> Problem:
    """Return the problem in units of one coalition: unit number and mask are the same."""
    return replace(problem, bits=0)


def solve_coalition(problem: Problem, mask: int) -> Unit:
    """Solve one coalition, with the gains of every player.

    Raises
    ------
    ConvergenceError, DataError
        The coalition has no equilibrium; names its members.
    """
    solved = solve_unit(single(problem), mask, gains=True)
    if (error := refusal(problem, solved.report)) is not None:
        raise error
    return solved


def coalition_gains(problem: Problem, mask: int) -> Array:
    """Return what every player gains when those of `mask` carry out the change, (p,) USD million."""
    return np.asarray(solve_coalition(problem, mask).gains[0])


def own_gains(problem: Problem) -> Array:
    """Return what each player gains by itself when all carry out the change, (p,)."""
    return coalition_gains(problem, (1 << len(problem.players)) - 1)


def compute(
    problem: Problem,
    *,
    save: Path | None = None,
    resume: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    gains: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Lattice:
    """Solve every coalition.

    Parameters
    ----------
    save : path, optional
        Keep the values in this ``.npy`` file (and gains beside it); a run that is interrupted or
        killed loses at most the units in progress, and goes on with `resume`, which takes a
        finished file as it is.
    workers : int, optional
        Threads; all cores by default.
    cluster : str, optional
        Address of a Dask scheduler that takes the units instead.
    progress : callable, optional
        Called with units done and units in all.

    Raises
    ------
    DataError
        Memory or disk will not suffice, or the file belongs to another game.
    ConvergenceError
        A coalition has no equilibrium; names its members.
    """
    begun = time.perf_counter()
    if resume and save is not None and Path(save).exists():
        return _finished(problem, Path(save), gains, begun)
    p = len(problem.players)
    need = (8 << p) * (1 + p * gains)
    ledger = Ledger.open(problem, save, need=need, gains=gains, resume=resume)
    with ledger:
        todo = ledger.missing()
        done = problem.units - len(todo)
        if progress is not None:
            progress(done, problem.units)
        solved = on_cluster if cluster is not None else on_threads
        # Closed at once when a unit fails, so that threads and their limits never outlive the call.
        with closing(solved(problem, todo, gains, workers, cluster)) as results:
            for unit, solution in results:
                if (error := refusal(problem, solution.report)) is not None:
                    raise error
                ledger.store(unit, *solution)
                done += 1
                if progress is not None:
                    progress(done, problem.units)
        residual, resolved = ledger.reports()
        whole, every = ledger.finish()
    return Lattice(
        problem,
        whole,
        every,
        residual,
        resolved,
        time.perf_counter() - begun,
    )


def _finished(problem: Problem, save: Path, gains: bool, begun: float) -> Lattice:
    """Read the file of a run that came to its end."""
    values, every, about = finished(problem, save, gains=gains)
    return Lattice(
        problem,
        values,
        every,
        about["max_residual"],
        about["resolved_by_newton"],
        time.perf_counter() - begun,
    )


Solved = tuple[int, Unit]


def on_threads(
    problem: Problem, todo: Sequence[int], gains: bool, workers: int | None, _: str | None
) -> Generator[Solved, None, None]:
    """The kernel lets go of the interpreter lock, so threads are enough."""
    count = workers or os.cpu_count() or 1
    queue = iter(todo)
    running: dict[Future[Any], int] = {}
    with one_thread(), ThreadPoolExecutor(count) as pool:
        try:
            while True:
                while len(running) < 2 * count and (unit := next(queue, None)) is not None:
                    running[pool.submit(solve_unit, problem, unit, gains)] = unit
                if not running:
                    return
                ready, _pending = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield running.pop(future), future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def on_cluster(
    problem: Problem, todo: Sequence[int], gains: bool, workers: int | None, address: str | None
) -> Generator[Solved, None, None]:
    """Units are idempotent: Dask runs one again when its worker dies."""
    del workers
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise DataError("--cluster needs Dask: pip install 'winset[cluster]'.") from None
    try:
        client = distributed.Client(address, timeout="10s")
    except (OSError, TimeoutError, ValueError) as error:
        raise DataError(f"--cluster {address}: no Dask scheduler answers ({error}).") from error
    with client:
        shared = client.scatter(problem, broadcast=True)
        queue = iter(todo)
        units: dict[str, int] = {}

        def submit() -> Any:
            if (unit := next(queue, None)) is None:
                return None
            future = client.submit(solve_unit, shared, unit, gains, retries=10, pure=False)
            units[future.key] = unit
            return future

        ahead = 4 * max(1, sum(client.nthreads().values()))
        first = [f for f in (submit() for _ in range(min(ahead, len(todo)))) if f is not None]
        pool = distributed.as_completed(first)
        for future in pool:
            yield units.pop(future.key), future.result()
            future.release()
            if (more := submit()) is not None:
                pool.add(more)


def check_against_full(
    world: World, scenario: Scenario, lattice: Lattice, *, draws: int = 1000, seed: int = 0
) -> Array:
    """Return v_compact(S)/v_full(S) − 1 for random coalitions, (draws,); 0 where they are worth nothing."""
    full = prepare(world, scenario, lattice.problem.players, resolution="full")
    masks = np.random.default_rng(seed).integers(3, len(lattice.values), draws)
    exact = np.array([solve_coalition(full, int(mask)).values[0] for mask in masks])
    known = np.asarray(lattice.values[masks])
    some = np.abs(exact) > NOTHING * np.abs(exact).max()
    gap = np.divide(known - exact, exact, out=np.zeros_like(exact), where=some)
    return np.asarray(gap)
