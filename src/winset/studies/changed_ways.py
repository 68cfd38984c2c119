"""What a closed border or an opened link is worth to everybody, in general equilibrium."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.network.costs import PROHIBITIVE, changes, factors, pair_costs_of
from winset.network.graph import HIGH_VALUE, LOW_VALUE, lay_out, weigh
from winset.sentences import Listing, Sentence
from winset.studies import deficit_rules
from winset.studies.network_costs import factors_between, in_equilibrium
from winset.studies.network_questions import network_notes
from winset.worlds import WITH_TARIFFS
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.network.costs import PairCosts
    from winset.network.graph import GraphLayout
    from winset.numbers import Array
    from winset.studies.deficit_rules import OtherRule
    from winset.studies.network_questions import Question
    from winset.trade.result import TradeResult


@dataclass(frozen=True, slots=True)
class ChangedWays:
    """What the changes of a question are worth.

    Attributes
    ----------
    before, after : PairCosts
    fastest : two (E, E) arrays
        Hours by the fastest ways, before and after.
    factor : (n, n) or (J, n, n) array
        d̂, in the order of the world's economies.
    result : TradeResult
    low, high : TradeResult
        With a day worth 0.6 % and 2.1 % of the goods on the way.
    others : tuple of OtherRule
        The same under the other rules on deficits.
    """

    question: Question
    layout: GraphLayout
    before: PairCosts
    after: PairCosts
    fastest: tuple[Array, Array]
    factor: Array
    result: TradeResult
    low: TradeResult
    high: TradeResult
    others: tuple[OtherRule, ...]

    @property
    def mean_cost(self) -> Array:
        """Change of trade costs by economy of the world, percent: a mean over its trade with the network."""
        codes, world = self.before.economies, self.result.world
        inside = np.array([code in codes for code in world.codes])
        weights = world.flows * np.outer(inside, inside)
        np.fill_diagonal(weights, 0.0)
        factor = self.factor if self.factor.ndim == 2 else self._by_trade()
        paid = (weights * (factor - 1.0)).sum(axis=0) + (weights * (factor - 1.0)).sum(axis=1)
        traded = weights.sum(axis=0) + weights.sum(axis=1)
        return np.asarray(100.0 * paid / np.where(traded > 0.0, traded, 1.0))

    def _by_trade(self) -> Array:
        trade = self.result.world.trade
        whole = trade.sum(axis=0)
        return np.asarray(
            np.where(
                whole > 0.0,
                (trade * self.factor).sum(axis=0) / np.where(whole > 0.0, whole, 1.0),
                1.0,
            )
        )

    @property
    def figures(self) -> dict[str, float | None]:
        """Means of changes over the trade of the network's economies that has a way, and the largest."""
        world, codes = self.result.world, self.before.economies
        known = [code for code in codes if code in world.index]
        rows = np.array([codes.index(code) for code in known])
        at = np.array([world.index[code] for code in known])
        flows = world.flows[np.ix_(at, at)].copy()
        np.fill_diagonal(flows, 0.0)
        old, new = (hours[np.ix_(rows, rows)] for hours in self.fastest)
        joined = np.isfinite(old) & np.isfinite(new) & (flows > 0.0)
        if not joined.any():
            return {"time_percent": None, "cost_percent": None}
        time = np.where(joined, new, 1.0) / np.where(joined & (old > 0.0), old, 1.0) - 1.0
        plain = factors(codes, changes(self.before, self.after), known)
        cost = np.where(joined, plain - 1.0, 0.0)
        weights = np.where(joined, flows, 0.0) / flows[joined].sum()
        return {
            "time_percent": 100.0 * float((weights * time).sum()),
            "time_percent_plain_mean": 100.0 * float(time[joined].mean()),
            "time_percent_lowest": 100.0 * float(time[joined].min()),
            "time_percent_highest": 100.0 * float(time[joined].max()),
            "cost_percent": 100.0 * float((weights * cost).sum()),
            "cost_percent_plain_mean": 100.0 * float(cost[joined].mean()),
            "cost_percent_lowest": 100.0 * float(cost[joined].min()),
            "cost_percent_highest": 100.0 * float(cost[joined].max()),
        }

    @property
    def cut(self) -> list[tuple[str, str]]:
        """Pairs of economies with nodes that no way joins any more."""
        lost = self.before.reached & ~self.after.reached
        codes = self.before.economies
        return [(codes[i], codes[j]) for i, j in np.argwhere(lost).tolist()]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset route --close PLACE --json`` prints."""
        said = self.question.to_json()
        manifest = self.result.manifest()
        said |= {key: manifest[key] for key in ("parameters", "world")}
        said["solver"] = {
            "iterations": self.result.solver.iterations,
            "residual": self.result.solver.residual,
        }
        said["figures"] = self.figures
        cost = self.mean_cost.tolist()
        inside = set(self.before.economies)
        said["economies"] = [
            {
                "code": code,
                "name": self.result.world.names[k],
                "in_network": code in inside,
                "cost_percent": cost[k],
                "welfare_percent": 100.0 * float(self.result.welfare[k] - 1.0),
                "welfare_musd": float(self.result.equivalent_variation[k]),
                "welfare_percent_low": 100.0 * float(self.low.welfare[k] - 1.0),
                "welfare_percent_high": 100.0 * float(self.high.welfare[k] - 1.0),
            }
            for k, code in sorted(enumerate(self.result.codes), key=lambda item: item[1])
        ]
        said["summary"] = self.result.summary()
        said["deficit_rules"] = [
            {key: value for key, value in other.to_json().items() if key != "economies"}
            for other in self.others
        ]
        said["cut"] = [{"from": a, "to": b} for a, b in self.cut]
        said["notes"] = list(self.notes)
        return said

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures rest on, and what they leave out."""
        question = self.question
        notes = network_notes(question, self.layout)
        if self.cut:
            notes.append(
                Sentence(
                    "{n} pairs have nodes that no way of the network joins any more: trade between those "
                    "nodes pays {times} times as much. Ways beyond the network would soften it.",
                    n=len(self.cut),
                    times=f"{PROHIBITIVE:,.0f}",
                )
            )
        absent = [code for code in self.before.economies if code not in self.result.world.index]
        if absent:
            notes.append(
                Sentence(
                    "Not in world '{world}': {who}.",
                    world=self.result.world.name,
                    who=Listing(tuple(absent), most=len(absent)),
                )
            )
        notes += [
            Sentence(
                "Costs change between economies of the network alone; all others trade at the costs they "
                "had, and all trade of a pair is taken to go by the best way of this network."
            ),
            Sentence(
                "Money costs are counted as lost on the way like time, though carriers and officials earn "
                "them."
            ),
        ]
        return tuple(notes)


def worth(
    question: Question,
    *,
    world: str = WITH_TARIFFS,
    by_sector: Mapping[str, float] | None = None,
) -> ChangedWays:
    """Solve for what the changes of a question are worth to every economy of a world.

    Raises
    ------
    DataError
        Nothing is changed, no pair's cost changes, or as `winset.studies.network_costs.factors_between`.
    ConvergenceError
        There is no equilibrium to be found.
    """
    if not question.changes:
        raise DataError("nothing is changed: close a border, open links, or make borders faster.")
    target = load_world(world)
    terms = question.terms
    old, new = (lay_out(net, terms.modes) for net in (question.base, question.network))
    before, after = (pair_costs_of(weigh(layout, terms)) for layout in (old, new))
    by_time = replace(terms, value_of_unit=math.inf, value_of_day=terms.value_of_day or LOW_VALUE)
    fastest = tuple(pair_costs_of(weigh(layout, by_time)).hours for layout in (old, new))
    factor = factors_between(old, new, target, terms, by_sector)
    if np.all(factor == 1.0):
        raise DataError(
            f"{question.said}: no pair of economies of world {target.name!r} has another best way for it. "
            "There is nothing to solve."
        )
    codes = tuple(code for code in target.codes if code in before.economies)
    title = question.said

    def solved(value: float) -> TradeResult:
        other = factors_between(old, new, target, replace(terms, value_of_day=value))
        return in_equilibrium(target, other, title=title, codes=codes)

    result = in_equilibrium(target, factor, title=title, codes=codes)
    return ChangedWays(
        question,
        new,
        before,
        after,
        (fastest[0], fastest[1]),
        factor,
        result,
        solved(LOW_VALUE),
        solved(HIGH_VALUE),
        deficit_rules.under_other_rules(result),
    )
