"""Every coalition of a scenario's players, each in general equilibrium: the game v(S).

`prepare` says what is to be solved, `solve_unit` solves a run of neighboring coalitions, `compute`
solves them all, on threads or on a Dask cluster, into memory or into a file that can be resumed.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from winset import __version__
from winset.errors import ConvergenceError, DataError, listed
from winset.scenario import Tariff
from winset.trade.coalitions.store import Ledger, finished
from winset.trade.models.one_sector import equations as onesector
from winset.trade.numerics import newton
from winset.trade.numerics.blas import one_thread
from winset.trade.solver import TOLERANCE, baseline, without_deficits

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.scenario import Scenario
    from winset.worlds import World


Resolution = Literal["full", "compact"]
OUTSIDERS = 8  # the largest outsiders that a compact world keeps; the rest merge by region
MOST_PLAYERS = 30
SLOW_PLAYERS = 16  # without the fast kernel, a coalition takes milliseconds
UNIT_BYTES = 32_000_000  # of solutions kept in a unit, to predict its neighbors from


@dataclass(frozen=True, slots=True)
class Problem:
    """What every coalition needs; arrays as in `batches.solve_block`, players first.

    Attributes
    ----------
    players : tuple of codes
        In the order of the bits: the smallest economy is bit 0.
    base : Baseline
        The world before, deficits removed where the scenario says so.
    cost, tariff, productivity : (p, p), (p, p), (p,) arrays
        The change between players.
    fast : bool
        Whether the kernel for one sector without tariffs and with fixed labor applies.
    about : mapping
        What identifies the game: scenario, world, resolution, versions.
    """

    players: tuple[str, ...]
    codes: tuple[str, ...]
    base: onesector.Baseline
    cost: Array
    tariff: Array
    productivity: Array
    fast: bool
    bits: int
    about: Mapping[str, Any]

    @property
    def units(self) -> int:
        """Number of units."""
        return 1 << (len(self.players) - self.bits)

    @property
    def fingerprint(self) -> str:
        """Hash of `about` and of every array."""
        digest = hashlib.sha256(json.dumps(self.about, sort_keys=True).encode())
        base = self.base
        for array in (base.share, base.output, base.deficit, self.cost, self.productivity):
            digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return digest.hexdigest()


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


def compact_world(world: World, players: Sequence[str], value_added_share: float) -> World:
    """Keep the players and the largest outsiders, merge the rest by region; accounts stay exact."""
    closed = world.closed(value_added_share)
    inside = set(players)
    outside = sorted(
        (code for code in closed.codes if code not in inside),
        key=lambda code: (-closed.gdp[closed.index[code]], code),
    )
    regions = closed.facts.get("region", ("",) * len(closed))
    groups: dict[str, list[str]] = {}
    for code in outside[OUTSIDERS:]:
        groups.setdefault(f"Rest of {regions[closed.index[code]] or 'world'}", []).append(code)
    return closed.aggregate({name: codes for name, codes in groups.items() if len(codes) > 1})


def prepare(
    world: World,
    scenario: Scenario,
    players: Sequence[str] | None = None,
    *,
    resolution: Resolution = "full",
    blocs: Mapping[str, Bloc] | None = None,
    sort: bool = True,
) -> Problem:
    """Lay out the game of a scenario: by default its members are the players.

    Players are sorted by size, the smallest first, which makes neighbors most alike; with
    `sort` false they keep the order given.

    Raises
    ------
    DataError
        Unknown or too few or too many players, or a change that none of them carries out.
    """
    if world.sectored or scenario.parameters.has_entry_costs:
        raise DataError(
            "the game of all coalitions is played in the model of one sector without entry costs: "
            f"world {world.name!r} has {len(world.sectors)} sectors, entry_cost_share = "
            f"{scenario.parameters.entry_cost_share}. Use another world or drop the parameter."
        )
    if any(isinstance(change, Tariff) and change.mfn for change in scenario.changes):
        raise DataError(
            "mfn = true gives a coalition's tariff cut to everybody, but in the game of all coalitions "
            "outsiders are left as they are. Drop mfn, or compare single runs (winset run)."
        )
    shock = scenario.resolve(world, blocs)
    if shock.answers:
        raise DataError(
            f"change {shock.answers[0].change} asks for a tariff (answer = {shock.answers[0].how!r}), but "
            "the game of all coalitions needs changes of known size. Run the scenario first and write "
            "the rate that it finds."
        )
    chosen = tuple(dict.fromkeys(players if players is not None else shock.members))
    rows = [world.position(code) for code in chosen]
    if not 2 <= len(chosen) <= MOST_PLAYERS:
        raise DataError(
            f"{len(chosen)} players: the game of all coalitions needs 2 to {MOST_PLAYERS}. "
            "Name fewer with --players."
        )
    beta = scenario.parameters.value_added_share
    if sort:
        size = world.accounts(beta).value_added
        chosen = tuple(sorted(chosen, key=lambda c: (size[world.index[c]], c)))
    rows = [world.index[code] for code in chosen]
    cost = shock.cost[np.ix_(rows, rows)]
    tariff = shock.tariff[np.ix_(rows, rows)]
    productivity = shock.productivity[rows]
    old = world.tariffs[np.ix_(rows, rows)]
    if np.all(cost == 1.0) and np.all(productivity == 1.0) and np.all(tariff == old):
        raise DataError(
            f"scenario {scenario.title!r} changes nothing among {listed(chosen)}. Choose other players."
        )
    small = compact_world(world, chosen, beta) if resolution == "compact" else world.closed(beta)
    small = small.select([*chosen, *(c for c in small.codes if c not in set(chosen))])
    base = baseline(small.accounts(beta), small.tariffs, scenario.parameters)
    if scenario.parameters.deficits == "balanced":
        base = without_deficits(base, small)
    fast = not (base.tariff.any() or tariff.any() or base.kappa or base.multiplicative)
    if not fast and len(chosen) > SLOW_PLAYERS:
        raise DataError(
            f"{len(chosen)} players with tariffs, multiplicative deficits or elastic labor: every "
            f"coalition takes Newton's method, milliseconds instead of microseconds, so that only "
            f"{SLOW_PLAYERS} players are allowed. Name fewer with --players."
        )
    bits = min(len(chosen), max(4, int(np.log2(UNIT_BYTES / (8 * len(small))))), 16)
    return Problem(
        players=chosen,
        codes=small.codes,
        base=base,
        cost=cost,
        tariff=tariff,
        productivity=productivity,
        fast=fast,
        bits=bits if fast else min(bits, 6, len(chosen)),
        about={
            "winset": __version__,
            "scenario": scenario.to_toml(),
            "world": {"name": world.name, "year": world.year, "sha256": world.sha256},
            "resolution": resolution,
            "players": list(chosen),
        },
    )


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a change beyond measure: no root
def solve_unit(
    problem: Problem, unit: int, gains: bool = False
) -> tuple[Array, Array, tuple[float, float, float]]:
    """Solve the coalitions ``unit << bits`` to ``(unit + 1) << bits``; a pure function.

    Returns values, gains (or an empty array), and (largest residual, coalitions that took
    Newton's method, 1 + the first that failed).
    """
    p, size = len(problem.players), 1 << problem.bits
    values = np.empty(size)
    each = np.empty((size, p) if gains else (0, 0))
    if not problem.fast:
        report = _solve_slowly(problem, unit, values, each)
        return values, each, report
    from winset.trade.coalitions import batch_kernel, single_kernel

    base, found = problem.base, np.zeros(3)
    with one_thread():
        batch_kernel.solve_block(
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
            single_kernel.TOLERANCE,
            values,
            each,
            found,
        )
    for k in range(p):  # one player alone changes nothing, to the last digit
        m = (1 << k) - (unit << problem.bits)
        if 0 <= m < size and problem.productivity[k] == 1.0:
            values[m] = 0.0
    return values, each, (float(found[0]), float(found[1]), float(found[2]))


def compiled() -> bool:
    """Tell whether the kernels have been compiled on this machine before."""
    from winset.trade.coalitions import batch_kernel

    kernel: Any = batch_kernel.solve_block  # numba's own type does not tell of its cache
    folder = Path(kernel._cache.cache_path)
    return any(folder.glob("batch_kernel.solve_block-*.nbi"))


def single(problem: Problem) -> Problem:
    """Return the problem in units of one coalition: unit number and mask are the same."""
    return replace(problem, bits=0)


def own_gains(problem: Problem) -> Array:
    """Return what each player gains by itself when all carry out the change, (p,)."""
    grand = (1 << len(problem.players)) - 1
    _, gains, report = solve_unit(single(problem), grand, gains=True)
    if report[2]:
        raise ConvergenceError(
            "no equilibrium of the grand coalition was found.", residual=report[0]
        )
    return np.asarray(gains[0])


def _solve_slowly(
    problem: Problem, unit: int, values: Array, gains: Array
) -> tuple[float, float, float]:
    """Newton's method for every coalition, for what the kernel does not cover."""
    base, n, p = problem.base, len(problem.codes), len(problem.players)
    same = onesector.target(base, np.ones((n, n)), base.tariff, np.ones(n), 0.0)
    initial = onesector.evaluate(base, same, np.zeros(base.unknowns))
    start, worst = np.zeros(base.unknowns), 0.0
    for m in range(len(values)):
        mask = unit << problem.bits | m
        cost, tariff, productivity = np.ones((n, n)), base.tariff.copy(), np.ones(n)
        inside = [k for k in range(p) if mask >> k & 1]
        pairs = np.ix_(inside, inside)
        cost[pairs], tariff[pairs] = problem.cost[pairs], problem.tariff[pairs]
        productivity[inside] = problem.productivity[inside]

        def at(
            part: float, goal: tuple[Array, Array, Array] = (cost, tariff, productivity)
        ) -> onesector.Equations:
            return onesector.equations(base, onesector.target(base, *goal, part))

        def valid(state: onesector.State) -> bool:
            return bool(np.all(onesector.income(base, state) > 0))

        root = newton.follow(at, start, valid=valid, tolerance=TOLERANCE)
        if not root.converged:
            return worst, float(m), 1.0 + mask
        worst = max(worst, root.residual)
        variation = onesector.welfare(base, initial, root.state)[1]
        values[m] = variation[inside].sum()
        if len(gains):
            gains[m] = variation[:p]
    return worst, float(len(values)), 0.0


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
            for unit, (values, each, report) in results:
                if report[2]:
                    mask = int(report[2]) - 1
                    members = [c for k, c in enumerate(problem.players) if mask >> k & 1]
                    raise ConvergenceError(
                        f"no equilibrium was found for the coalition {'+'.join(members)}. Try a smaller "
                        'change, or deficits = "balanced".',
                        residual=report[0],
                        economy=members[-1] if members else None,
                    )
                ledger.store(unit, values, each, report)
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


Solved = tuple[int, tuple["Array", "Array", tuple[float, float, float]]]


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
    """Return v_compact(S)/v_full(S) − 1 for random coalitions, (draws,)."""
    full = prepare(world, scenario, lattice.problem.players, resolution="full")
    masks = np.random.default_rng(seed).integers(3, len(lattice.values), draws)
    one = single(full)
    exact = np.array([solve_unit(one, int(mask))[0][0] for mask in masks])
    known = np.asarray(lattice.values[masks])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(exact == known, 0.0, known / exact - 1.0)
