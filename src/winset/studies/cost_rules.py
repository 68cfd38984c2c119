"""Rules by which a center's costs are borne, and the match that makes everybody give what is best for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.contribution.center import play
from winset.games import Game, nucleolus, shapley
from winset.governance.voting.majorities import gdp, population
from winset.studies import center_figures

if TYPE_CHECKING:
    from winset.contribution.center import Center, Efforts
    from winset.contribution.every_coalition import Coalitions
    from winset.contribution.reading import CenterPlan
    from winset.numbers import Array

MOST_NUCLEOLUS = 16  # members whose nucleolus and core are asked for


def lindahl_payments(center: Center, together: Efforts) -> Array | None:
    """What each bears under Lindahl's prices: p_i G for the good, less what its effort earns above its cost.

    p_i = b_i f′(G) is what a unit is worth to i. Each unit of effort is paid what it adds, at all members'
    prices together, which is its marginal cost: c_i g_i² in all. So i bears b_i f′(G) G − c_i g_i²/2. None
    for a threshold, which has no marginal unit.
    """
    if center.kind == "threshold":
        return None
    slope = np.ones(len(center)) if center.form == "linear" else center.satiation - together.level
    return np.asarray(center.benefit * slope * together.level - together.costs)


def match_of(center: Center) -> Array | None:
    """Return the part s_i of each one's cost that a pool must pay so that all give what is best, (n,).

    By itself i gives until (1 − s_i) c_i′ is what a unit is worth to it; at the best, c_i′ is what it is
    worth to all. So 1 − s_i = b_i/Σb where efforts add up; (b_i/Σb)(Σc/c_i) for the weakest link, where a
    negative part is a charge; b_i W_ii/Σ_k b_k W_ki along a network. None for a threshold.
    """
    b, c = center.benefit, center.cost
    if center.kind == "threshold":
        return None
    if center.kind == "network":
        assert center.weights is not None
        return np.asarray(1.0 - b * center.weights.diagonal() / (b @ center.weights))
    if center.kind == "weakest-link":
        return np.asarray(1.0 - b / b.sum() * c.sum() / c)
    part = 1.0 - b / b.sum()
    if np.isinf(center.exponent):
        return np.where(play(center, np.ones(len(center), dtype=np.bool_)).efforts > 0, part, 0.0)
    return np.asarray(part)


def payments_of(
    plan: CenterPlan, center: Center, alone: Efforts, together: Efforts, found: Coalitions
) -> dict[str, Array]:
    """Return what each bears of the costs under every rule, each an (n,) array that sums to them."""
    total = float(together.costs.sum())
    payments: dict[str, Array] = {"own": together.costs}
    if (priced := lindahl_payments(center, together)) is not None:
        payments["lindahl"] = priced
    weights: dict[str, Array | None] = {
        "equal": np.ones(len(center)),
        "benefit": center.benefit,
        "gdp": known(gdp(center.members)),
        "population": known(population(center.members)),
        "key": center_figures.keys(plan, center.members),
    }
    payments |= {
        rule: total * weight / weight.sum()
        for rule, weight in weights.items()
        if weight is not None
    }
    if found.gains[-1] > 0:
        game = Game(center.members, found.gains)
        divisions = {"shapley": shapley(game)}
        if len(center) <= MOST_NUCLEOLUS:
            divisions["nucleolus"] = nucleolus(game).division
        before = together.benefits - alone.payoffs
        payments |= {rule: before - gained for rule, gained in divisions.items()}
    return payments


def known(column: list[float | None]) -> Array | None:
    """Return a column that is whole, None where it has gaps."""
    found = [x for x in column if x is not None]
    return np.array(found) if len(found) == len(column) else None
