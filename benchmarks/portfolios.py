"""All 2^20 portfolios of `sco-bank-20` by dividends, 1,000 of them exactly; programs against brute force.

``python -m benchmarks portfolios``. Seconds are of the clock and of processors (all threads).
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

from winset.finance import bound
from winset.finance import portfolios as choosing
from winset.finance.projects import service
from winset.studies.bank import run_bank
from winset.studies.bank_gains import by_dividends
from winset.studies.bank_search import present_dividends

SAMPLE = 1000
TWELVE = (
    "CKU",
    "TransAfghan",
    "Herat",
    "Rasht",
    "Chabahar",
    "Kars",
    "LaoCai",
    "Muse",
    "Raxaul",
    "ML1",
    "Karakoram",
    "Torghundi",
)


class _Clock:
    """Seconds of the clock and of processors since it was made."""

    def __init__(self) -> None:
        self.begun, self.used = time.perf_counter(), time.process_time()

    def __str__(self) -> str:
        return (
            f"{time.perf_counter() - self.begun:.1f} s of the clock, "
            f"{time.process_time() - self.used:.1f} s of processors"
        )


def drawn(count: int) -> list[int]:
    """Draw half of the sample from all portfolios, half from all sizes alike; none twice."""
    draw = np.random.default_rng(20)
    masks = dict.fromkeys(draw.integers(1, 1 << count, SAMPLE // 2).tolist())
    while len(masks) < SAMPLE:
        rows = draw.choice(count, draw.integers(1, count), replace=False)
        masks[int((1 << rows).sum())] = None
    return list(masks)


def twenty() -> None:
    """The whole command but its printing, and how far its table is from portfolios solved exactly."""
    clock = _Clock()
    done = run_bank("sco-bank-20")
    assert done.gains.table is not None
    print(
        f"2^{len(done.plan.projects)} portfolios, {len(done.world)} economies, the whole answer: {clock}; "
        f"{done.gains.solved:,} equilibria, dividends of {done.gains.order} projects, largest residual "
        f"{done.gains.largest_residual:.1e}"
    )
    clock = _Clock()
    masks = drawn(len(done.plan.projects))
    exact = np.array([done.solver.columns(done.solver.exact(mask)) for mask in masks])
    apart = np.abs(done.gains.table[masks] - exact).max(axis=0)
    print(
        f"{SAMPLE:,} portfolios solved exactly ({clock}): largest difference by column over the error stated "
        f"{(apart / done.gains.errors).max():.2f}; largest {apart.max():.3f} million USD a year of at most "
        f"{np.abs(exact).max():,.0f}, stated {done.gains.errors.max():.3f}"
    )


def twelve() -> None:
    """Every objective over 2^12 portfolios solved exactly, against programs with their certificate.

    Payments by GDP; once at the whole cost, and once at a hundredth of it, where all may gain.
    """
    done = run_bank("sco-bank-20", only=TWELVE)
    assert done.table is not None
    plan, members = done.plan, len(done.members)
    running = service(plan.projects, plan.bank.interest)
    clock = _Clock()
    part = by_dividends(done.solver, None, 0, None)
    dividends = present_dividends(done.solver, part, running)
    errors = part.errors[:-1] * sum(weight for _, weight in running)
    print(f"2^12 portfolios solved exactly; dividends of {part.order} projects: {clock}")
    single = [1 << k for k in range(len(plan.projects))]
    votes = 1 << np.arange(members)
    half = np.array([mask.bit_count() > members / 2 for mask in range(1 << members)])
    shares = done.shares["gdp"]
    for factor in (1.0, 0.01):
        table = replace(done.table, cost=factor * done.table.cost)
        floor = -1e-9 * table.scale
        brute = choosing.choices(table, shares, choosing.winning(table, shares, half))
        search = bound.Search(
            dividends,
            errors,
            lambda mask, table=table: table.values[mask],
            table.cost[single],
            table.outlay[single],
            table.budget,
            shares,
            table.sizes,
            lambda net, floor=floor: bool(half[int((net >= floor) @ votes)]),
        )
        for objective in (*bound.OBJECTIVES, "decision"):
            clock = _Clock()
            found, best = bound.prove(search, objective), brute[objective]
            same = "as by brute force" if found.mask == best.mask else f"NOT {best.mask}"
            gap = found.gap if found.mask is not None else 0.0
            chosen = (
                "none" if found.mask is None else "+".join(plan.chosen(found.mask)) or "nothing"
            )
            print(
                f"{factor:g} of costs, {objective}: {chosen} ({found.figure:,.6g}), {same}; gap {gap:.1e}, "
                f"{found.solved} solved exactly, {clock}"
            )


def main() -> None:
    """Measure and print; ``--twelve`` for the programs alone."""
    if "--twelve" not in sys.argv:
        twenty()
    twelve()


if __name__ == "__main__":
    main()
