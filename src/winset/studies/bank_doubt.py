"""Does the portfolio survive our doubts: draws of costs, delays, effects and the trade elasticity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.finance import portfolios as choosing
from winset.finance.projects import service
from winset.trade import portfolios

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array
    from winset.studies.bank import Bank

LEAST, MOST = 20, 2_000
LOWEST_THETA = 1.5


@dataclass(frozen=True, slots=True)
class Doubted:
    """What draws say of the portfolios that were named.

    Attributes
    ----------
    masks : tuple of int
    best, accepted : (k,) arrays
        Part of the draws in which a portfolio has the largest sum of those named, and in which every member
        gains under the bank's fixed shares.
    gains : (k, p) array
        Part of the draws in which each member gains.
    mean, regret, worst : (k,) arrays
        Mean sum, mean and largest regret against the best of those named, USD million.
    low, high : (k,) arrays
        Quantiles of 5 and 95 % of the sum.
    """

    draws: int
    seed: int
    masks: tuple[int, ...]
    best: Array
    accepted: Array
    gains: Array
    mean: Array
    regret: Array
    worst: Array
    low: Array
    high: Array

    @property
    def robust(self) -> int:
        """The portfolio with the smallest largest regret."""
        return self.masks[int(np.argmin(self.worst))]

    def to_json(self, done: Bank) -> dict[str, Any]:
        """Return ``doubt`` of ``winset bank --json``."""
        plan = done.plan
        return {
            "draws": self.draws,
            "seed": self.seed,
            "assumed": plan.file.doubt.model_dump(),
            "portfolios": [
                {
                    "projects": plan.chosen(mask),
                    "best_share": float(self.best[k]),
                    "all_gain_share": float(self.accepted[k]),
                    "member_gains_share": {
                        code: float(x) for code, x in zip(done.members, self.gains[k], strict=True)
                    },
                    "mean_sum_musd": float(self.mean[k]),
                    "low_musd": float(self.low[k]),
                    "high_musd": float(self.high[k]),
                    "mean_regret_musd": float(self.regret[k]),
                    "largest_regret_musd": float(self.worst[k]),
                }
                for k, mask in enumerate(self.masks)
            ],
            "robust": plan.chosen(self.robust),
        }


def doubt(done: Bank, draws: int, seed: int) -> Doubted:
    r"""Draw costs, delays, effects and θ, and solve every named portfolio anew in each draw.

    Costs are multiplied by e^{σz}, each project's by its own; openings come later by |z| times the years
    given; ln d̂ of all projects is multiplied by one e^{σz}, as a day's value would move it; θ by e^{σz}.
    While a part of a portfolio is in service, members have the same part of the new gain as of the old one.

    Raises
    ------
    DataError
        Draws out of range.
    ConvergenceError
        A draw has no equilibrium.
    """
    if not LEAST <= draws <= MOST:
        raise DataError(f"--draws {draws}: from {LEAST} to {MOST:,}.")
    plan, sure = done.plan, done.plan.file.doubt
    generator = np.random.default_rng(seed)
    masks = _named(done)
    m, rate = len(plan.projects), plan.bank.interest
    shares = done.shares[done.rule]
    positions = [done.world.index[code] for code in done.members]
    inside = np.array([[mask >> k & 1 for k in range(m)] for mask in masks], dtype=np.float64)
    steady = np.array([done.yearly_of(mask) for mask in masks])  # (k, p), of the study itself
    totals = np.zeros((draws, len(masks)))
    nets = np.zeros((draws, len(masks), len(positions)))
    building = np.array([project.present_cost(rate) for project in plan.projects])
    for draw in range(draws):
        dearer = np.exp(sure.cost * generator.standard_normal(m))
        delays = np.abs(sure.delay_years * generator.standard_normal(m))
        effect = float(np.exp(sure.effect * generator.standard_normal()))
        theta = plan.parameters.trade_elasticity * float(
            np.exp(sure.trade_elasticity * generator.standard_normal())
        )
        parameters = replace(plan.parameters, trade_elasticity=max(theta, LOWEST_THETA))
        on = portfolios.ground(done.world, parameters)
        running = service(plan.projects, rate, delays)
        upkeep = np.array(
            [
                project.line.upkeep
                * project.cost
                * sum(w for there, w in running if there >> k & 1)
                for k, project in enumerate(plan.projects)
            ]
        )
        costs = dearer * (building + upkeep)
        for k, mask in enumerate(masks):
            new = portfolios.exactly(on, effect * done.log_cost(mask), f"of draw {draw + 1}").gains
            here = new[positions]
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = np.where(np.abs(steady[k]) > 0, here / steady[k], 0.0)
            values = sum(
                (weight * ratio * done.yearly_of(mask & there) for there, weight in running),
                np.zeros(len(positions)),
            )
            cost = float(costs @ inside[k])
            nets[draw, k] = values - shares * cost
            totals[draw, k] = values.sum() - cost
    size = max(float(np.abs(totals).max()), 1e-300)
    accepted = nets >= -choosing.ZERO * size
    regret = totals.max(axis=1, keepdims=True) - totals
    return Doubted(
        draws,
        seed,
        masks,
        best=np.asarray((regret <= choosing.SAME * size).mean(axis=0)),
        accepted=np.asarray(accepted.all(axis=2).mean(axis=0)),
        gains=np.asarray(accepted.mean(axis=0)),
        mean=np.asarray(totals.mean(axis=0)),
        regret=np.asarray(regret.mean(axis=0)),
        worst=np.asarray(regret.max(axis=0)),
        low=np.asarray(np.quantile(totals, 0.05, axis=0)),
        high=np.asarray(np.quantile(totals, 0.95, axis=0)),
    )


def _named(done: Bank) -> tuple[int, ...]:
    """Return nothing, what objectives and rules chose, and what is recommended, each once."""
    found: Sequence[int] = [
        0,
        done.recommended,
        *(choice.mask or 0 for chosen in done.by_rule.values() for choice in chosen.values()),
        done.equal_shares[0],
        *(mask for mask, _ in done.payments.values()),
    ]
    return tuple(dict.fromkeys(found))
