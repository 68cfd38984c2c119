"""All coalitions of the 27: time per coalition, ratios, and the whole run (make bench-lattice).

``python -m benchmarks.lattice`` solves a sample and extrapolates; with ``--all`` it solves all
2^27 and divides the game, and with ``--all --full`` it does so on 194 economies.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import winset
from winset.games import Game, share
from winset.places.blocs import resolve
from winset.scenario import Scenario, TradeCost
from winset.trade.coalitions import compute
from winset.trade.coalitions.problem import Problem, Resolution, prepare
from winset.trade.models.model import Shift, nothing
from winset.trade.models.one_sector import equations as onesector
from winset.trade.numerics import newton

ON = dt.date(2025, 9, 1)
SAMPLE = {"compact": 16, "full": 6}  # units
BATCH = 256  # coalitions in the stacked arrays


def problem(resolution: Resolution) -> Problem:
    """The 27 of the SCO family on world-2023."""
    scenario = Scenario.from_toml("sco-2025")
    return prepare(winset.world(), scenario, resolve("SCO+", ON), resolution=resolution)


def per_coalition(wanted: Problem, units: int) -> float:
    """Seconds per coalition on all cores, from units spread over the lattice."""
    chosen = np.random.default_rng(0).choice(wanted.units, units, replace=False)
    compute.solve_unit(wanted, int(chosen[0]))  # compiles
    begun = time.perf_counter()
    for _ in compute.on_threads(wanted, [int(u) for u in chosen], False, None, None):
        pass
    return (time.perf_counter() - begun) / (units << wanted.bits)


def one_by_one(wanted: Problem, draws: int) -> tuple[float, float, float]:
    """Seconds per coalition of winset.solve and of plain numpy, and the largest difference."""
    world = winset.world()
    generator = np.random.default_rng(1)
    masks = generator.integers(3, 1 << len(wanted.players), draws)
    base, n = wanted.base, len(wanted.codes)
    solving = plain = 0.0
    gap = 0.0
    for mask in masks:
        inside = [k for k in range(len(wanted.players)) if mask >> k & 1]
        codes = [wanted.players[k] for k in inside]
        change = TradeCost(kind="trade-cost", among=codes, percent=-10.0)
        begun = time.perf_counter()
        result = winset.solve(world, Scenario("", (change,)))
        solving += time.perf_counter() - begun
        if n == len(world):
            rows = [world.index[c] for c in codes]
            one = compute.solve_unit(compute.single(wanted), int(mask))[0][0]
            gap = max(gap, abs(one / result.equivalent_variation[rows].sum() - 1.0))
        cost = np.ones((n, n))
        cost[np.ix_(inside, inside)] = wanted.cost[np.ix_(inside, inside)]
        begun = time.perf_counter()
        goal = onesector.target(base, Shift(cost, base.tariff, np.ones(n)), 1.0)
        newton.solve(
            onesector.equations(base, goal),
            np.zeros(n),
            valid=lambda _: True,
            tolerance=1e-11,
        )
        plain += time.perf_counter() - begun
    return solving / draws, plain / draws, gap


def numpy_batches(wanted: Problem) -> float:
    """Seconds per coalition for stacked numpy arrays, a frozen Jacobian and no prediction."""
    base, n, p = wanted.base, len(wanted.codes), len(wanted.players)
    masks = np.random.default_rng(1).integers(3, 1 << p, BATCH)
    begun = time.perf_counter()
    inside = np.zeros((BATCH, n))
    inside[:, :p] = masks[:, None] >> np.arange(p) & 1
    more = np.zeros((n, n))
    more[:p, :p] = base.share[:p, :p] * (wanted.cost**-base.theta - 1.0)
    full = onesector.target(base, nothing(base), 0.0)  # the Jacobian of the world before
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


def whole(resolution: Resolution) -> dict[str, float]:
    """Solve all 2^27 coalitions and divide the game."""
    wanted = problem(resolution)
    compute.solve_unit(compute.single(wanted), 3)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        begun = time.perf_counter()
        solved = compute.compute(wanted, save=Path(folder) / "game.npy")
        first = time.perf_counter() - begun
        print(
            f"{resolution}: {len(solved.values):,} coalitions of {len(wanted.codes)} economies in "
            f"{first:.0f} s, largest residual {solved.max_residual:.1e}, {solved.resolved_by_newton} "
            "by Newton's method"
        )
        begun = time.perf_counter()
        done = share(Game(wanted.players, solved.values))
        second = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"Shapley, Banzhaf, core, certified nucleolus ({len(done.nucleolus.stages)} levels, "
        f"{done.nucleolus.scans} scans), objections: {second:.0f} s; peak memory {memory:.1f} GB"
    )
    return {"lattice_s": first, "division_s": second, "memory_gb": memory}


def main() -> dict[str, float]:
    """Measure and print; returns the figures."""
    figures: dict[str, float] = {}
    for resolution, units in SAMPLE.items():
        wanted = problem(resolution)  # type: ignore[arg-type]
        each = per_coalition(wanted, units)
        solving, plain, gap = one_by_one(wanted, 60)
        stacked = numpy_batches(wanted)
        print(
            f"{resolution}, {len(wanted.codes)} economies: {1e6 * each:.2f} µs per coalition on all "
            f"cores ({units << wanted.bits:,} of them), so 2^27 in about {each * 2**27 / 60:.1f} min; "
            f"winset.solve {1e3 * solving:.1f} ms ({solving / each:,.0f} times), "
            f"numpy Newton {1e3 * plain:.2f} ms ({plain / each:,.0f} times), "
            f"numpy batches {1e6 * stacked:.0f} µs ({stacked / each:,.0f} times)"
            + (f"; largest difference {gap:.1e}" if gap else "")
        )
        figures |= {f"{resolution}_us": 1e6 * each, f"{resolution}_over_solve": solving / each}
        figures[f"{resolution}_over_numpy_batches"] = stacked / each
    return figures


if __name__ == "__main__":
    if "--all" in sys.argv:
        whole("full" if "--full" in sys.argv else "compact")
    else:
        main()
