"""5,000 tariff lines from 230 exporters to one importer, and the best of 5,000 concessions.

The peer of GSIM is a plain loop over lines, each a system of 230 linear equations for numpy, in the same
run; over 200 lines, and then as much a line. The limit of the package is 60 seconds to a gap of 0.1 percent.

``python -m benchmarks lines --all`` solves 5,000 lines × 230 exporters × 230 importers instead: eleven
million flows of BACI's layout and a table of duties, made up, in a process of its own. The limit is 2 GB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.products import downloads
from winset.governance.packages.many_lines import largest_package, nash_package
from winset.trade.models.partial.markets import Markets
from winset.trade.models.partial.methods import METHODS, solve
from winset.worlds.line_elasticities import concordance

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


def all_with_all() -> None:
    """Stream the trade of all with all, and print rows, seconds and the peak of memory."""
    goods = np.array(sorted(map(int, concordance()))[:LINES])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = downloads(folder, goods)
        for name in ("trade", "tariffs"):
            print(f"{name}: {made[name].stat().st_size / 1e6:,.0f} MB")
        save, told = folder / "offers", folder / "totals.json"
        begun = time.perf_counter()
        with told.open("w") as out:
            run = subprocess.Popen(
                [sys.executable, "-m", "winset.cli", "offer", str(made["trade"]), "--duties",
                 str(made["tariffs"]), "--rates", "percent", "--cut", "50", "--save", str(save), "--json"],
                stdout=out,
            )  # fmt: skip
            _, status, usage = os.wait4(run.pid, 0)
        if status:
            sys.exit("winset offer --save: failed")
        seconds = time.perf_counter() - begun
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9
        answer = json.loads(told.read_text())
        written = sum(path.stat().st_size for path in (save / "by-line").iterdir()) / 1e6
        print(
            f"{answer['lines']:,} lines, {answer['rows']:,} rows, {len(answer['parties'])} economies: "
            f"{seconds:.0f} s by the clock, {usage.ru_utime + usage.ru_stime:.0f} s of the processor, peak "
            f"{peak:.2f} GB (limit 2 GB); results by line {written:,.0f} MB"
        )


def main() -> None:
    """Measure and print."""
    if "--all" in sys.argv:
        all_with_all()
        return
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
