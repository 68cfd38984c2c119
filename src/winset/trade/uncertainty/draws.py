"""Many draws of parameters and flows, each in general equilibrium, solved together.

One sector goes through `one_sector_kernel`, sectors through `many_sectors_kernel`; both start from
equilibria that are known, under the same rule on deficits, and step with their inverse Jacobians. A
draw whose residual is above the solver's own tolerance is solved again by Newton's method, which also
solves what the two do not cover: entry costs, tariffs that answer others, export taxes, and in a world with
sectors tax relief with elastic labor. A draw for which there is no equilibrium, whose accounts cannot be
closed or whose welfare is not defined is left out and counted.
"""

from __future__ import annotations

import contextlib
import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.trade.capabilities import MANY_SECTORS, can, needed
from winset.trade.equilibrium import Report, Status
from winset.trade.models.model import Shift, nothing
from winset.trade.models.one_sector import equations as onesector
from winset.trade.models.one_sector.solve import baseline, rebased
from winset.trade.numerics import newton
from winset.trade.numerics.blas import one_thread
from winset.trade.numerics.kernels import cached
from winset.trade.result import COLUMNS, columns_of
from winset.trade.solver import solve, solve_shock
from winset.trade.uncertainty.many_sectors_kernel import Nearby
from winset.trade.uncertainty.one_sector_kernel import Common, Reference
from winset.worlds.domestic import DOMESTIC_FLOOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.scenario import Shock
    from winset.scenario.parameters import Deficits
    from winset.trade.result import TradeResult
    from winset.trade.uncertainty.sampling import Sample
    from winset.worlds import World

    Progress = Callable[[int, int], None]

STRATA = 8  # references along the trade elasticity, each with an inverse Jacobian of its own
NEAR = 1e-4  # residual of a reference, which is but a place to start from
BLOCK = 25  # draws between two reports of progress
REFUSED = (DataError, ConvergenceError, InfeasibleError)  # a draw that is left out
MOST_LEFT_OUT = 0.25  # of all draws


@dataclass(frozen=True, slots=True)
class Draws:
    """The figures of every draw.

    Attributes
    ----------
    columns : mapping of (draws, n) arrays
        The columns of the table of results; NaN where a draw is left out or a percentage has no base.
    left_out : tuple of (draw, reason)
        Draws that have no equilibrium, or no accounts, or no welfare.
    max_residual : float
        Largest over all draws, as `winset.trade.Solver.residual`.
    resolved_by_newton : int
        Draws that the ordinary solver solved.
    seconds : float
    """

    columns: Mapping[str, Array]
    left_out: tuple[tuple[int, str], ...]
    max_residual: float
    resolved_by_newton: int
    seconds: float

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which draws have an equilibrium, (draws,)."""
        kept = np.ones(len(self.columns["welfare_percent"]), dtype=np.bool_)
        kept[[draw for draw, _ in self.left_out]] = False
        return kept


def solve_draws(
    sample: Sample,
    *,
    blocs: Mapping[str, Bloc] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Draws:
    """Solve every draw of a sample.

    Parameters
    ----------
    sample : Sample
        From `winset.trade.uncertainty.sampling.sample`.
    workers : int, optional
        Threads in the model of one sector; all cores by default. The figures do not depend on it.
    progress : callable, optional
        Called with draws done and draws in all.

    Raises
    ------
    DataError
        More than a quarter of the draws cannot be solved.
    """
    begun = time.perf_counter()
    draws, n = len(sample), len(sample.world)
    store = {key: np.full((draws, n), np.nan) for key in COLUMNS}
    model = needed(sample.world, sample.scenario.parameters, "draws", "Drawing what is in doubt")
    shock = sample.scenario.resolve(sample.world, blocs)
    residual = 0.0
    left_out: list[tuple[int, str]] = []
    resolved = 0

    def keep(draw: int, result: TradeResult) -> float:
        for key, column in result.columns().items():
            store[key][draw] = column
        return result.solver.residual

    with one_thread():
        by_kernel = can(model, "draws by kernel") and not shock.requests
        # The kernel of one sector knows no export taxes; that of many sectors hands them to Newton's method.
        by_kernel = by_kernel and (shock.export_tax is None or model == MANY_SECTORS)
        if by_kernel and model == MANY_SECTORS:
            near: dict[int, Nearby] = {}
            for _rule, own in sample.by_rule():
                nearby = Nearby()
                with contextlib.suppress(*REFUSED):  # without a reference the first draw is one
                    solve_shock(*_median(sample, own), shock, nearby.find)
                near |= dict.fromkeys(own.tolist(), nearby)
            for draw in _reported(list(near), draws, progress):
                nearby = near[draw]
                missed_before = nearby.missed
                try:
                    case = sample.drawn(draw)
                    residual = max(residual, keep(draw, solve_shock(*case, shock, nearby.find)))
                    resolved += nearby.missed > missed_before
                except REFUSED as error:
                    left_out.append((draw, str(error)))
            left_out.sort()
        else:
            missed: Sequence[int] = range(draws)
            if by_kernel:
                residual, missed = _by_chords(sample, shock, store, workers, progress)
                progress = None
            for draw in _reported(missed, draws, progress):
                try:
                    residual = max(residual, keep(draw, solve(*sample.drawn(draw), blocs=blocs)))
                    resolved += 1
                except REFUSED as error:
                    left_out.append((draw, str(error)))
    if len(left_out) > MOST_LEFT_OUT * draws:
        raise DataError(
            f"{len(left_out)} of {draws} draws cannot be solved, the first because: "
            f"{left_out[0][1]} Narrow the distributions in [doubt]{_fixing(sample, left_out)}."
        )
    return Draws(store, tuple(left_out), residual, resolved, time.perf_counter() - begun)


def _reported(draws: Sequence[int], total: int, progress: Progress | None) -> Iterator[int]:
    for number, draw in enumerate(draws):
        if progress is not None and number % BLOCK == 0:
            progress(number, total)
        yield draw
    if progress is not None:
        progress(total, total)


def _fixing(sample: Sample, left_out: Sequence[tuple[int, str]]) -> str:
    """Say how to go on without a rule on deficits under which no draw can be solved."""
    lost = {draw for draw, _ in left_out}
    for rule, own in sample.by_rule():
        if sample.rules is not None and lost.issuperset(own.tolist()):
            fixed = '{ distribution = "fixed" }'
            return f", or keep the scenario's own rule (deficits = {fixed}): none under {rule} can"
    return ""


def _median(sample: Sample, draws: NDArray[np.intp]) -> tuple[Any, Any]:
    """Return world and scenario with every scalar at the median of all draws, flows as they are.

    The rule on deficits is that of `draws`.
    """
    middle = np.median(sample.values, axis=0)[None]
    rules = None if sample.rules is None else sample.rules[draws[:1]]
    return replace(sample, values=middle, sigma=0.0, rules=rules).drawn(0)


def compiled(world: World) -> bool:
    """Tell whether the kernel for such a world has been compiled on this machine before."""
    from winset.trade.uncertainty import many_sectors_kernel, one_sector_kernel

    return cached(many_sectors_kernel.iterate if world.sectored else one_sector_kernel.solve_draw)


@dataclass(frozen=True, slots=True)
class _Study:
    """What all draws of one sector under one rule on deficits share."""

    sample: Sample
    shock: Shock
    rule: Deficits
    common: Common
    thetas: Array
    betas: Array


def _by_chords(
    sample: Sample,
    shock: Shock,
    store: dict[str, Array],
    workers: int | None,
    progress: Progress | None,
) -> tuple[float, list[int]]:
    """Solve one sector near references; returns the largest residual and the draws that missed."""
    world, parameters, draws = sample.world, sample.scenario.parameters, len(sample)
    thetas, betas = sample.column("trade_elasticity"), sample.column("value_added_share")
    tariff = np.ascontiguousarray(world.tariffs, dtype=np.float64)
    thetas = np.full(draws, parameters.trade_elasticity) if thetas is None else thetas
    betas = np.full(draws, parameters.value_added_share) if betas is None else betas
    kappa = parameters.labor_supply_elasticity
    common = Common(
        gdp=world.gdp,
        prod=np.log(shock.productivity),
        known=world.domestic_known,
        floor=DOMESTIC_FLOOR,
        tariff=tariff,
        new_tariff=np.ascontiguousarray(shock.tariff),
        push=np.log(shock.cost * (1.0 + shock.tariff) / (1.0 + tariff)),
        taxed=bool(tariff.any() or shock.tariff.any()),
        kappa=kappa,
        psi=parameters.scale_elasticity,
        multiplicative=False,
        relieved=parameters.revenue == "income-tax" and kappa > 0,
        balanced=False,
    )
    middle, blocks = float(np.median(betas)), []
    for rule, own in sample.by_rule():
        ruled = common._replace(
            multiplicative=rule == "multiplicative", balanced=rule == "balanced"
        )
        study = _Study(sample, shock, rule, ruled, thetas, betas)
        order = own[np.argsort(thetas[own], kind="stable")]
        groups = (
            -(-STRATA * len(own) // draws) if sample.column("trade_elasticity") is not None else 1
        )
        for stratum in np.array_split(order, min(groups, len(own))):
            reference = _reference(study, float(np.median(thetas[stratum])), middle)
            parts = np.array_split(stratum, -(-len(stratum) // BLOCK))
            blocks += [(study, reference, part) for part in parts]
    residual, missed, done = 0.0, [], 0
    for part, rows, reports in _on_threads(blocks, workers):
        good = np.array([report.status == Status.CONVERGED for report in reports])
        for key, column in _columns(rows[good]).items():
            store[key][part[good]] = column
        found = [report.residual for report in reports if report.status == Status.CONVERGED]
        residual = max(residual, *found, 0.0)
        missed += [int(draw) for draw in part[~good]]
        done += len(part)
        if progress is not None:
            progress(done, draws)
    return residual, sorted(missed)


_Block = tuple[_Study, "Reference | None", "NDArray[np.intp]"]


def _on_threads(
    blocks: Sequence[_Block], workers: int | None
) -> Iterator[tuple[NDArray[np.intp], Array, list[Report]]]:
    """The kernel lets go of the interpreter lock, so threads are enough."""
    count = workers or os.cpu_count() or 1
    queue = iter(blocks)
    running: dict[Future[tuple[Array, list[Report]]], NDArray[np.intp]] = {}
    with ThreadPoolExecutor(count) as pool:
        try:
            while True:
                while len(running) < 2 * count and (block := next(queue, None)) is not None:
                    running[pool.submit(_solve_block, *block)] = block[2]
                if not running:
                    return
                ready, _pending = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield running.pop(future), *future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _reference(study: _Study, theta: float, beta: float) -> Reference | None:
    """Solve the flows of the data at θ and β, roughly: a place to start from.

    None where there is no equilibrium near.
    """
    world, scenario, shock = study.sample.world, study.sample.scenario, study.shock
    parameters = replace(
        scenario.parameters, deficits=study.rule, trade_elasticity=theta, value_added_share=beta
    )
    try:
        base, _ = baseline(world, parameters)
    except DataError:
        return None
    size = base.unknowns
    starts, inverses = np.zeros((2, size)), np.zeros((2, size, size))
    steps = [(1, Shift(shock.cost, shock.tariff, shock.productivity))]
    if parameters.deficits == "balanced":
        steps.insert(0, (0, nothing(base)))
        base = replace(base, deficit=np.zeros(len(world)))
    for number, change in steps:
        goal = onesector.target(base, change, 1.0)
        root = newton.solve(
            onesector.equations(base, goal),
            np.zeros(size),
            valid=lambda state: bool(np.all(state.output > 0)),
            tolerance=NEAR,
        )
        if not np.isfinite(root.residual):
            return None
        starts[number] = root.x
        inverses[number] = np.linalg.inv(onesector.jacobian(base, goal, root.state, size))
        base = rebased(base, root.state)
    return Reference(starts, inverses)


def _solve_block(
    study: _Study, reference: Reference | None, block: NDArray[np.intp]
) -> tuple[Array, list[Report]]:
    """Solve some draws; returns the kernel's rows (draws, rows, n), NaN where it failed, and reports."""
    from winset.trade.uncertainty import one_sector_kernel

    n = len(study.sample.world)
    rows = np.full((len(block), len(one_sector_kernel.ROWS), n), np.nan)
    if reference is None:
        return rows, [Report(Status.NOT_CONVERGED, np.inf, 0, -1, -1)] * len(block)
    work = np.empty((3, n, n))
    reports = [
        one_sector_kernel.solve_draw(
            study.sample.trade(int(draw))[0],
            float(study.thetas[draw]),
            float(study.betas[draw]),
            study.common,
            reference,
            work,
            rows[k],
        )
        for k, draw in enumerate(block)
    ]
    return rows, reports


def _columns(rows: Array) -> dict[str, Array]:
    """Return the columns of the table for draws of the kernel, (draws, n) each."""
    from winset.trade.uncertainty.one_sector_kernel import ROWS

    figures = {name: rows[:, k] for k, name in enumerate(ROWS)}
    spending = figures.pop("spending")
    level = (figures["price"] * spending).sum(axis=1) / spending.sum(axis=1)
    return columns_of(price_level=level[:, None], **figures)
