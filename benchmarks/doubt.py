"""500 draws of parameters and flows against 500 single solves, in one sector and in many.

The same machine, the same run. Single solves are timed one by one at parameters and flows of the
draws themselves, and 500 of them are that many times their mean; the 500 draws are timed whole,
with what it takes to draw them and to build their worlds, on one core and on all.
"""

from __future__ import annotations

import os
import time

import numpy as np

from winset.scenario import Scenario
from winset.trade.solver import solve
from winset.trade.uncertainty.draws import solve_draws
from winset.trade.uncertainty.sampling import Sample, sample

DRAWS = 500
SINGLES = 25  # of the draws, solved one by one


def seconds_of_single(drawn: Sample) -> float:
    """Mean seconds of a single solve of the drawn worlds, the best of three for each."""
    found = []
    for draw in np.linspace(0, len(drawn) - 1, SINGLES).astype(int):
        world, scenario = drawn.drawn(int(draw))
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            solve(world, scenario)
            times.append(time.perf_counter() - begun)
        found.append(min(times))
    return float(np.mean(found))


def main() -> dict[str, float]:
    """Measure and print; returns the figures."""
    figures = {}
    cores = os.cpu_count() or 1
    print(f"{'scenario':>15} {'single ms':>10} {'cores':>6} {'500 draws s':>12} {'in singles':>11}")
    for name in ("sco-2025", "nafta"):
        scenario = Scenario.from_toml(name)
        drawn = sample(scenario.load_world(), scenario, DRAWS, 1)
        solve_draws(sample(drawn.world, scenario, 2, 1))  # compile
        single = seconds_of_single(drawn)
        for workers in sorted({1, cores} if name == "sco-2025" else {1}):
            taken = []
            for _ in range(3):
                begun = time.perf_counter()
                fresh = sample(drawn.world, scenario, DRAWS, 1)
                done = solve_draws(fresh, workers=workers)
                taken.append(time.perf_counter() - begun)
            ratio = min(taken) / single
            print(
                f"{name:>15} {1e3 * single:>10.2f} {workers:>6} {min(taken):>12.3f} {ratio:>11.1f}"
            )
            figures[f"{name}_{workers}_cores_in_singles"] = ratio
        print(
            f"{'':>15} largest residual {done.max_residual:.1e}, {done.resolved_by_newton} solved again "
            f"by Newton's method, {len(done.left_out)} left out; {DRAWS / ratio:.1f} times as fast as "
            f"{DRAWS} single solves"
        )
    return figures
