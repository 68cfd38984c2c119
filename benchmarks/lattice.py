"""Every coalition: the lattice of equilibria against one call of solve for each, and numpy batches.

The players are the 27 of the SCO family; units spread over their 2^27 coalitions are solved, with
all 194 economies and in the compact world, on one core and on all. `numpy_batches` is what a
careful user would write without a compiler: the same chord steps, from the empty coalition's
costs, for many coalitions as stacked matrices. All in the same run, on the same machine.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

import winset
from winset.scenario import Scenario
from winset.trade import lattice, onesector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

COALITIONS = 1 << 18  # of the 2^27, in units spread evenly
AGAINST = 300  # coalitions solved one by one
BATCH = 256


def some_units(problem: lattice.Problem, coalitions: int) -> list[int]:
    """Units spread evenly over the lattice."""
    count = max(2, coalitions >> problem.bits)
    return [int(k) for k in np.linspace(0, problem.units - 1, count)]


def on_threads(problem: lattice.Problem, units: list[int], workers: int) -> float:
    """Seconds for these units on so many threads, as `lattice.compute` runs them."""
    begun = time.perf_counter()
    for _ in lattice.on_threads(problem, units, False, workers, None):
        pass
    return time.perf_counter() - begun


def one_by_one(world: winset.World, scenario: Scenario, problem: lattice.Problem) -> float:
    """Seconds per coalition when each is a call of winset.solve."""
    generator = np.random.default_rng(0)
    change = scenario.changes[0]
    begun = time.perf_counter()
    for mask in generator.integers(3, 1 << len(problem.players), AGAINST):
        inside = [code for k, code in enumerate(problem.players) if int(mask) >> k & 1]
        alone = change.model_copy(update={"among": inside})
        winset.solve(world, replace(scenario, changes=(alone,)))
    return (time.perf_counter() - begun) / AGAINST


def numpy_batches(problem: lattice.Problem) -> float:
    """Seconds per coalition for stacked numpy arrays, a frozen Jacobian and no prediction."""
    base, n, p = problem.base, len(problem.codes), len(problem.players)
    masks = np.random.default_rng(1).integers(3, 1 << p, BATCH)
    begun = time.perf_counter()
    inside = np.zeros((BATCH, n))
    inside[:, :p] = masks[:, None] >> np.arange(p) & 1
    more = np.zeros((n, n))
    more[:p, :p] = base.share[:p, :p] * (problem.cost**-base.theta - 1.0)
    full = onesector.target(
        base, np.ones((n, n)), base.tariff, np.ones(n), 1.0
    )  # the Jacobian of the world before
    state = onesector.evaluate(base, full, np.zeros(n))
    inverse = np.linalg.inv(onesector.jacobian(base, full, state, n)).T
    u, own = np.zeros((BATCH, n)), base.beta
    for _ in range(400):
        reach = np.exp(-base.theta * u)
        total = reach @ base.share + inside * ((inside * reach) @ more)
        output = base.output * np.exp((u + (1 - own) / base.theta * np.log(total)) / own)
        world = output.sum(axis=1, keepdims=True) / base.output.sum()
        z = (output + base.deficit * world) / total
        sales = reach * (z @ base.share.T + inside * ((inside * z) @ more.T))
        residual = (output - sales) / base.output + world - 1.0
        if np.max(np.abs(residual)) <= 1e-11:
            break
        u -= residual @ inverse
    else:
        return float("nan")
    return (time.perf_counter() - begun) / BATCH


def main() -> dict[str, float]:
    """Measure and print; returns the figures."""
    world, scenario = winset.world(), Scenario.from_toml("sco-2025")
    cores = os.cpu_count() or 1
    figures: dict[str, float] = {}
    print(f"winset {winset.__version__}, SCO family")
    for resolution in ("compact", "full"):
        problem = lattice.prepare(world, scenario, resolution=resolution)  # type: ignore[arg-type]
        lattice.solve_unit(replace(problem, bits=4), 1)  # compiles, or loads what was compiled
        units = some_units(problem, COALITIONS if resolution == "compact" else COALITIONS // 4)
        solved = len(units) << problem.bits
        one = on_threads(problem, units, 1) / solved
        every = on_threads(problem, units, cores) / solved
        target = (
            world
            if resolution == "full"
            else lattice.compact_world(
                world, problem.players, scenario.parameters.value_added_share
            )
        )
        with threadpool_limits(1):
            single, stacked = one_by_one(target, scenario, problem), numpy_batches(problem)
        minutes = every * 2 ** len(problem.players) / 60
        print(
            f"{resolution}: {len(problem.codes)} economies, {solved:,} coalitions\n"
            f"  one core {1e6 * one:.2f} µs a coalition, {cores} cores {1e6 * every:.2f} µs: "
            f"2^{len(problem.players)} in {minutes:.1f} min\n"
            f"  winset.solve {1e6 * single:.0f} µs, {single / one:.0f} times as long; "
            f"numpy batches {1e6 * stacked:.1f} µs, {stacked / one:.1f} times as long"
        )
        figures |= {
            f"{resolution}_us": 1e6 * one,
            f"{resolution}_minutes_2_27": minutes,
            f"{resolution}_solve_ratio": single / one,
            f"{resolution}_numpy_ratio": stacked / one,
        }
    return figures
