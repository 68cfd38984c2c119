"""Worlds with sectors: NAFTA against plain nested loops, and 160 sectors × 50 economies in memory.

The peer (`tests.peers.nested`) is the algorithm of the program that comes with Caliendo & Parro (2015)
in numpy: prices to a fixed point, spending by one dense system of 1,240 equations, wages by damped
steps. Its damping is the fastest of those tried (0.2, 0.3, 0.5; it diverges above). Both solve the scenario
``nafta`` on the same arrays: the equilibrium without deficits, then the change of tariffs; the peer once
to 1e-6 of an economy's value added, as published programs stop, and once to winset's 1e-11.

No package on PyPI solves this model. The general-equilibrium packages there are of other kinds:
gegravity has one sector and no inputs (compared in `benchmarks.spine`); cgelab, pystdcge and
cge-modeling build one country's model on a social accounting matrix, without bilateral trade of many
economies; none reads sectors × economies with input–output links and bilateral tariffs.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from tests.peers import nested

from winset.scenario import parse, read_scenario
from winset.trade import solve
from winset.worlds import World
from winset.worlds.technology import Technology

if TYPE_CHECKING:
    from collections.abc import Callable

ECONOMIES, SECTORS, TRADED = 50, 160, 120


def best(call: Callable[[], object], runs: int) -> float:
    """Seconds of the fastest of some runs."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return min(times)


def large() -> World:
    """A made-up world with input–output links and tariffs, 120 of 160 sectors traded."""
    random = np.random.default_rng(0)
    size = np.exp(random.normal(0, 1.2, ECONOMIES)) * 1e5
    spread = np.exp(random.normal(0, 1, (SECTORS, ECONOMIES, ECONOMIES)))
    trade = np.outer(size, size) / size.sum() * spread / SECTORS
    away = ~np.eye(ECONOMIES, dtype=bool)
    trade[TRADED:, away] = 0.0
    for sheet in trade:
        np.fill_diagonal(sheet, 0.0)
        home = 2.0 * size / SECTORS * random.uniform(0.5, 2.0, ECONOMIES)
        np.fill_diagonal(sheet, home + np.maximum(sheet.sum(axis=0), sheet.sum(axis=1)))
    tariff = np.where(away, random.uniform(0, 0.2, trade.shape), 0.0)
    tariff[TRADED:] = 0.0
    value_added = random.uniform(0.3, 0.7, (SECTORS, ECONOMIES))
    mix = random.dirichlet(np.full(SECTORS, 0.3), (ECONOMIES, SECTORS)).transpose(0, 2, 1)
    theta = random.uniform(2, 12, SECTORS)
    theta[TRADED:] = np.nan
    codes = tuple(f"C{k:02d}" for k in range(ECONOMIES))
    names = tuple(f"s{j}" for j in range(SECTORS))
    return World(
        name="large",
        year=2023,
        codes=codes,
        names=codes,
        gdp=np.full(ECONOMIES, np.nan),
        sectors=names,
        trade=trade,
        tariff=tariff,
        domestic_known=True,
        technology=Technology(
            elasticity=theta,
            names=names,
            value_added=value_added,
            inputs=mix * (1.0 - value_added.T)[:, None, :],
        ),
    )


def large_run() -> None:
    """Solve the large world in this process and print what it took."""
    world = large()
    scenario = parse(
        {
            "on": "2025-01-01",
            "change": [
                {"kind": "trade-cost", "among": ["C00", "C01", "C02", "C03"], "percent": -10},
                {"kind": "tariff", "exporters": "all", "importers": ["C05"], "rate": 0.25},
            ],
        }
    )
    result = solve(world, scenario)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak *= 1 if sys.platform == "darwin" else 1024
    print(
        f"{SECTORS} sectors × {ECONOMIES} economies: {result.solver.seconds:.2f} s, "
        f"{result.solver.iterations} Newton steps, residual {result.solver.residual:.1e}, "
        f"peak memory of the process {peak / 1e9:.2f} GB (limit: a minute)"
    )


def main() -> None:
    """Print seconds, ratios and the largest difference of any figure."""
    scenario = read_scenario("nafta")
    world = scenario.load_world()
    tariff = scenario.resolve(world, None).tariff
    result = solve(world, scenario)
    own = best(lambda: solve(world, scenario), 10)
    print(f"winset, nafta, 31 × 40 sectors: {own:.3f} s, residual {result.solver.residual:.1e}")
    for tolerance in (1e-6, 1e-11):
        begun = time.perf_counter()
        found = nested.welfare_percent(world, tariff, balanced=True, tolerance=tolerance)
        seconds = time.perf_counter() - begun
        gap = np.abs(found - 100 * (result.welfare - 1)).max()
        print(
            f"nested loops to {tolerance:g}: {seconds:.2f} s, {seconds / own:.0f} times as long; "
            f"largest difference {gap:.1e} percentage points"
        )
    command = [sys.executable, "-c", "from benchmarks.sectors import large_run; large_run()"]
    subprocess.run(command, check=True, env=os.environ)


if __name__ == "__main__":
    main()
