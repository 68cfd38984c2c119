"""All 2^20 portfolios of `sco-bank-20` by dividends, 1,000 of them exactly; programs against brute force.

``python -m benchmarks portfolios``. Seconds are of the clock and of processors (all threads).
"""

from __future__ import annotations

import time

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
    """Every objective over 2^12 portfolios solved exactly, against programs with their certificate."""
    done = run_bank("sco-bank-20", only=TWELVE)
    assert done.table is not None
    every, plan = done.table, done.plan
    rate = plan.bank.interest
    running = service(plan.projects, rate)
    clock = _Clock()
    part = by_dividends(done.solver, None, 0, None)
    dividends = present_dividends(done.solver, part, running)
    errors = part.errors[:-1] * sum(weight for _, weight in running)
    print(f"2^12 portfolios solved exactly, dividends of {part.order} projects: {clock}")
    single = [1 << k for k in range(len(plan.projects))]
    half = np.array(
        [int(mask).bit_count() > len(done.members) / 2 for mask in range(1 << len(done.members))]
    )
    for rule, shares in done.shares.items():
        brute = choosing.choices(every, shares, choosing.winning(every, shares, half))
        search = bound.Search(
            dividends,
            errors,
            lambda mask: every.values[mask],
            every.cost[single],
            every.outlay[single],
            every.budget,
            shares,
            every.sizes,
            lambda net: bool(half[int((net >= -1e-9 * every.scale) @ (1 << np.arange(len(net))))]),
        )
        for objective in (*bound.OBJECTIVES, "decision"):
            clock = _Clock()
            found, best = bound.prove(search, objective), brute[objective]
            same = (
                "the same"
                if found.mask == best.mask
                else f"NOT THE SAME: {best.mask}, {best.figure}"
            )
            chosen = (
                "none" if found.mask is None else "+".join(plan.chosen(found.mask)) or "nothing"
            )
            print(
                f"{rule}, {objective}: {chosen}, {found.figure:,.6g}, {same} as by brute force; gap "
                f"{found.gap if found.mask is not None else 0.0:.1e}, {found.solved} solved exactly, {clock}"
            )


def main() -> None:
    """Measure and print."""
    twenty()
    twelve()


if __name__ == "__main__":
    main()
