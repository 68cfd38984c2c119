"""All 2^18 climate clubs of 19 regions in general equilibrium, and 1,000 of them by ``winset.solve``."""

from __future__ import annotations

import tomllib

import numpy as np

from winset.studies import club_order, trade_club
from winset.trade.coalitions import clubs
from winset.trade.solver import solve_shock

SAMPLE = 1000


def main() -> None:
    """Solve, time and compare."""
    raw = tomllib.loads((club_order.CLUBS / "climate-club.toml").read_text(encoding="utf-8"))
    raw["club"]["core"] = "EU"
    order = club_order.read_order(raw)
    done = trade_club.solve_club(order)
    count, n = done.problem.count, len(done.world)
    print(
        f"{count:,} clubs of {n} regions: {done.solved.seconds:.1f} s, "
        f"{1e6 * done.solved.seconds / count:.0f} us each; by Newton {done.solved.by_newton}, "
        f"largest residual {done.solved.max_residual:.1e}"
    )
    print(
        f"stable {len(done.stable)}; with cheapest penalty, highest price, deviations solved anew: "
        f"{done.seconds:.1f} s"
    )
    numbers = np.random.default_rng(0).choice(count, SAMPLE, replace=False)
    gap = 0.0
    for number, inside in zip(numbers, done.problem.inside(numbers), strict=True):
        result = solve_shock(done.world, order.scenario, clubs.shock_of(done.problem, inside))
        apart = np.abs(done.solved.gains[number] - result.equivalent_variation)
        gap = max(gap, float((apart / result.before.income).max()))
    print(f"{SAMPLE:,} of them by winset.solve: largest difference {gap:.1e} of income")


if __name__ == "__main__":
    main()
