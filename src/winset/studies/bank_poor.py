r"""A bank that weighs the poor: the portfolio with the largest welfare, and payments that narrow the gap.

Net gains N_i are present values. They count as what they would bring a year for ever, r N_i, on top of GDP a
head: z_i = y_i + r N_i / n_i, which `winset.studies.weighing_poor` weighs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.finance import portfolios as choosing
from winset.finance.projects import TABLE_PROJECTS
from winset.studies.weighing_poor import aversion_of, checked_epsilon, narrowest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.finance.portfolios import Choice, PortfolioTable
    from winset.finance.projects import Plan
    from winset.numbers import Array
    from winset.studies.weighing_poor import Aversion


def averse_of(
    epsilon: float | None, plan: Plan, members: Sequence[str], sizes: Array
) -> Aversion | None:
    """Return how the members of a plan are weighed; None where it is not asked.

    Raises
    ------
    DataError
        ε out of range, a member without figures, no interest, or more projects than a table holds.
    """
    if checked_epsilon(epsilon) is None:
        return None
    if len(plan.projects) > TABLE_PROJECTS:
        raise DataError(
            f"--aversion is for at most {TABLE_PROJECTS} projects, of which every portfolio is known. Choose "
            "some by --only."
        )
    if not plan.bank.interest > 0:
        raise DataError(
            "[bank] interest is 0: no yearly income stands for a present value. Raise it."
        )
    return aversion_of(float(epsilon or 0.0), members, sizes)


def welfare_choice(table: PortfolioTable, shares: Array, of: Aversion, rate: float) -> Choice:
    """Return the portfolio with the largest W_ε, USD a head, payments by fixed shares (p,)."""
    z = of.after(rate * table.net(shares))
    parts = of.people / of.people.sum()
    allowed = table.affordable & np.all(z > 0, axis=1)
    z = np.maximum(z, 1e-300)
    if of.epsilon == 1.0:
        goal = np.exp(np.log(z) @ parts)
    else:
        goal = (z ** (1.0 - of.epsilon) @ parts) ** (1.0 / (1.0 - of.epsilon))
    spread = float(np.ptp(goal[allowed])) if allowed.any() else 0.0
    mask = choosing.best(goal, allowed, spread)
    return choosing.Choice("welfare", mask, float(goal[mask]) if mask is not None else float("nan"))


def narrowest_gains(total: float, alone: Array, of: Aversion, rate: float) -> Array:
    """Return the net gains, (p,) present values, that narrow the gap most and leave nobody below `alone`."""
    return narrowest(rate * total, rate * alone, of) / rate
