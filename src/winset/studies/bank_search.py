"""The search for what all accept: a neighbor that is better, and programs where portfolios are too many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from winset.finance import bound
from winset.finance import portfolios as choosing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from winset.finance.portfolios import Choice
    from winset.finance.projects import Plan
    from winset.numbers import Array, Mask
    from winset.studies.bank import Portfolio
    from winset.studies.bank_gains import Gains, ProjectSolver


def _accepted(found: Portfolio, shares: Array, passing: Any) -> bool:
    net = found.values - shares * found.cost
    size = max(float(np.abs(found.values).max(initial=0.0)), found.cost, 1e-300)
    return _wins(net >= -choosing.ZERO * size, passing)


def _wins(yes: Mask, passing: Any) -> bool:
    """Whether those who say yes, (p,), are enough: all, or a coalition that `passing` (2^p,) names."""
    if passing is None:
        return bool(yes.all())
    return bool(passing[int(yes @ (1 << np.arange(len(yes))))])


def better(
    mask: int,
    count: int,
    solved: Callable[[int], Portfolio],
    shares: Array,
    passing: Any,
    plan: Plan,
) -> int | None:
    """Return a neighbor that all accept and that is worth more, by exact figures; the best of them."""
    here = solved(mask)
    found: tuple[float, int] | None = None
    stands = _accepted(here, shares, passing)
    for near in choosing.neighbors(mask, count):
        there = solved(near)
        if there.outlay > plan.bank.budget_musd or not _accepted(there, shares, passing):
            continue
        size = max(abs(here.total), 1.0)
        if stands and there.total <= here.total + choosing.SAME * size:
            continue
        if found is None or there.total > found[0]:
            found = (there.total, near)
    return None if found is None else found[1]


def proved(
    solver: ProjectSolver,
    gains: Gains,
    running: Sequence[tuple[int, float]],
    costs: Array,
    outlays: Array,
    plan: Plan,
    shares: Array,
    sizes: Array,
    solved: Callable[[int], Portfolio],
    passing: Any = None,
) -> dict[str, bound.Proved]:
    """Prove the best portfolios without a table, by dividends and programs."""
    floor = choosing.ZERO * max(float(costs.sum()), 1e-300)
    search = bound.Search(
        present_dividends(solver, gains, running),
        gains.errors[:-1] * sum(weight for _, weight in running),
        lambda mask: solved(mask).values,
        costs,
        outlays,
        plan.bank.budget_musd,
        shares,
        sizes,
        None if passing is None else lambda net: _wins(net >= -floor, passing),
    )
    asked = bound.OBJECTIVES if passing is None else (*bound.OBJECTIVES, "decision")
    return {objective: bound.prove(search, objective) for objective in asked}


def present_dividends(
    solver: ProjectSolver, gains: Gains, running: Sequence[tuple[int, float]]
) -> dict[int, Array]:
    """Return the dividends of present values: Δ(T) counts while all of T is in service."""
    return {
        mask: sum(w for there, w in running if mask & there == mask) * yearly[solver.positions]
        for mask, yearly in gains.dividends.items()
    }


def of_proofs(proofs: Mapping[str, bound.Proved]) -> dict[str, Choice]:
    made = {name: choosing.Choice(name, each.mask, each.figure) for name, each in proofs.items()}
    made["side_payments"] = made["sum"]
    return made
