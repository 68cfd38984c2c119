"""Who pays for a portfolio: fixed parts, benefit, Shapley and nucleolus; and equal shares of the budget."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from winset.finance import budgeting
from winset.finance import portfolios as choosing
from winset.games import Game, nucleolus, shapley
from winset.studies.bank_poor import narrowest_gains

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from winset.finance.portfolios import PortfolioTable
    from winset.finance.projects import Plan
    from winset.numbers import Array
    from winset.studies.bank import Portfolio
    from winset.studies.weighing_poor import Aversion

MOST_GAME_MEMBERS = 12  # of whom every coalition is asked what it could build


def equal_shares(
    plan: Plan, members: Sequence[str], solved: Callable[[int], Portfolio]
) -> tuple[int, list[budgeting.Purchase]]:
    """Divide the budget equally among members, by what each project is worth to each by itself."""
    utilities: dict[str, dict[str, Fraction]] = {code: {} for code in members}
    for k, project in enumerate(plan.projects):
        values = solved(1 << k).values
        for code, value in zip(members, values, strict=True):
            if value > 0:
                utilities[code][project.name] = Fraction(float(value))
    ballots = budgeting.Ballots(
        Fraction(plan.bank.budget_musd),
        {project.name: Fraction(project.cost) for project in plan.projects},
        utilities,
        "utilities",
    )
    purchases, _ = budgeting.equal_shares(ballots)
    names = budgeting.bought(purchases)
    mask = sum(1 << k for k, name in enumerate(plan.names) if name in names)
    solved(mask)
    return mask, purchases


def payments(
    table: PortfolioTable | None,
    members: Sequence[str],
    hosts: Sequence[int],
    shares: Mapping[str, Array],
    recommended: int,
    solved: Callable[[int], Portfolio],
    averse: Aversion | None = None,
    rate: float = 0.0,
) -> tuple[Array | None, dict[str, tuple[int, Array]]]:
    """Return what coalitions could do, and who pays what under each rule for which portfolio."""
    there = solved(recommended)
    made: dict[str, tuple[int, Array]] = {
        rule: (recommended, part * there.cost) for rule, part in shares.items()
    }
    gains = np.maximum(there.values, 0.0)
    if gains.sum() > 0:
        made["benefit"] = (recommended, there.cost * gains / gains.sum())  # losers pay nothing
    if table is None or len(members) > MOST_GAME_MEMBERS:
        return None, made
    claims, by = choosing.coalition_values(table, hosts)
    if len(members) > 1 and claims[-1] > 0:
        game = Game(tuple(members), claims)
        mask = int(by[-1])
        values = solved(mask).values
        made["shapley"] = (mask, values - shapley(game))
        # Where members free ride, they may have more alone than together.
        stays = game.singles().sum() <= game.grand * (1.0 + 1e-12)
        found = nucleolus(game, kind="nucleolus" if stays else "prenucleolus")
        made["nucleolus"] = (mask, values - found.division)
        if averse is not None and stays:
            net = narrowest_gains(float(claims[-1]), game.singles(), averse, rate)
            made["narrowest"] = (mask, values - net)
    return claims, made
