"""5,000 tariff lines from 230 exporters to one importer, and the best of 5,000 concessions.

The peer of GSIM is a plain loop over lines, each a system of 230 linear equations for numpy, in the same
run; over 200 lines, and then as much a line. The limit of the package is 60 seconds to a gap of 0.1 percent.
"""

from __future__ import annotations

import time

import numpy as np

from winset.governance.packages.many_lines import largest_package, nash_package
from winset.trade.models.partial.markets import Markets
from winset.trade.models.partial.methods import METHODS, solve

LINES, EXPORTERS, LOOPED = 5_000, 230, 200


def markets() -> Markets:
    """Random lines in which a third of the exporters sell."""
    generator = np.random.default_rng(0)
    shape = (LINES, EXPORTERS, 1)
    value = generator.lognormal(0, 2, shape) * (generator.random(shape) < 0.33)
    before = 1.0 + 0.2 * generator.random(shape)
    return Markets(
        value,
        before,
        1.0 + 0.6 * (before - 1.0),
        np.full((LINES, 1), -1.25),
        np.full((LINES, EXPORTERS), 1.5),
        generator.uniform(2, 12, (LINES, 1)),
    )


def looped(given: Markets, count: int) -> np.ndarray:
    """World prices of the first lines by the textbook's N × N system each."""
    theta, phi, change = given.import_shares(), given.export_shares(), given.change
    found = np.empty((count, EXPORTERS))
    for line in range(count):
        share, toward = theta[line, :, 0], phi[line, :, 0]
        demand, swap = given.demand[line, 0], given.substitution[line, 0]
        cross = np.broadcast_to(share * (demand + swap), (EXPORTERS, EXPORTERS)).copy()
        cross[np.diag_indices(EXPORTERS)] = share * demand - (1 - share) * swap
        weighted = toward[:, None] * cross
        right = weighted @ change[line, :, 0]
        found[line] = np.linalg.solve(np.diag(given.supply[line]) - weighted, right)
    return found


def main() -> None:
    """Measure and print."""
    given = markets()
    begun = time.perf_counter()
    peer = looped(given, LOOPED)
    each = (time.perf_counter() - begun) / LOOPED
    print(f"plain loop of linear solves: {each * LINES:.2f} s for {LINES:,} lines (from {LOOPED})")
    for method in METHODS:
        begun = time.perf_counter()
        done = solve(given, method)
        seconds = time.perf_counter() - begun
        print(f"{method}: {seconds:.2f} s, {each * LINES / seconds:.1f} times as fast as the loop")
        if method == "gsim":
            print(f"largest difference to it: {np.abs(done.world_price[:LOOPED] - peer).max():.1e}")
    generator = np.random.default_rng(1)
    worth, cost = generator.lognormal(0, 1.5, LINES), 0.6 * generator.lognormal(0, 1.5, LINES)
    first = (np.arange(LINES) < LINES // 2)[:, None]
    gains = np.where(first, np.stack([-cost, worth], axis=1), np.stack([worth, -cost], axis=1))
    begun = time.perf_counter()
    best = largest_package(gains, (0.0, 0.0), gap=1e-3)
    print(f"largest package: {time.perf_counter() - begun:.2f} s, gap {100 * best.gap:.4f} %")
    begun = time.perf_counter()
    nash_package(gains, (0.0, 0.0))
    print(f"Nash bargain: {time.perf_counter() - begun:.2f} s")
