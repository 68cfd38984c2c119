"""A ballot on projects under a budget: what equal shares, most welfare, greed and Phragmén's rule buy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from winset import __version__
from winset.finance import budgeting
from winset.finance.ballots import parse_ballots, read_ballots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winset.finance.budgeting import Ballots, Purchase


@dataclass(frozen=True, slots=True)
class BallotCount:
    """What each rule buys.

    Attributes
    ----------
    chosen : mapping of rule to names in their order
    purchases : mapping of rule to the purchases in their order
        Of the rules that buy one project after another.
    left : mapping of voter to Fraction
        What equal shares leaves to each.
    tied : tuple of sets
        All sets of the largest welfare, at most `budgeting.MOST_TIED`.
    """

    ballots: Ballots
    chosen: Mapping[str, Sequence[str]]
    purchases: Mapping[str, Sequence[Purchase]]
    left: Mapping[str, Fraction]
    tied: tuple[tuple[str, ...], ...]

    def spent(self, rule: str) -> Fraction:
        """What a rule's projects cost together."""
        return sum(
            (self.ballots.costs[name] for name in self.chosen[rule]), 0 * self.ballots.budget
        )

    def welfare(self, rule: str) -> Fraction:
        """What voters have together of a rule's projects."""
        return sum(map(self.ballots.welfare, self.chosen[rule]), 0 * self.ballots.budget)

    @property
    def ties(self) -> list[dict[str, Any]]:
        """Every tie that was broken by name."""
        found: list[dict[str, Any]] = [
            {"rule": rule, "round": k, "tied": list(each.tied), "taken": each.project}
            for rule, purchases in self.purchases.items()
            for k, each in enumerate(purchases, 1)
            if each.tied
        ]
        if len(self.tied) > 1:
            found.append(
                {
                    "rule": "max_welfare",
                    "round": None,
                    "tied": [list(each) for each in self.tied],
                    "taken": list(self.chosen["max_welfare"]),
                }
            )
        return found

    @property
    def beyond(self) -> list[str]:
        """Projects that cost more than the budget."""
        return sorted(p for p, cost in self.ballots.costs.items() if cost > self.ballots.budget)

    @property
    def unwanted(self) -> list[str]:
        """Projects that nobody wants."""
        some = {project for has in self.ballots.utilities.values() for project in has}
        return sorted(set(self.ballots.costs) - some)

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset bank --game --json`` prints; projects by name under each rule."""
        return {
            **{rule: list(names) for rule, names in self.chosen.items()},
            "budget": float(self.ballots.budget),
            "satisfaction": self.ballots.measure,
            "voters": len(self.ballots.utilities),
            "ties": self.ties,
            "spent": {rule: float(self.spent(rule)) for rule in self.chosen},
            "welfare": {rule: float(self.welfare(rule)) for rule in self.chosen},
            "left": {voter: float(money) for voter, money in self.left.items()},
            "purchases": {
                rule: [each.to_json() for each in purchases]
                for rule, purchases in self.purchases.items()
            },
            "beyond_budget": self.beyond,
            "unwanted": self.unwanted,
            "winset": __version__,
        }


def exactly(raw: Any) -> Any:
    """Return what JSON holds with its figures as fractions, 0.1 as one tenth."""
    if isinstance(raw, dict):
        return {key: exactly(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [exactly(value) for value in raw]
    if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        return Fraction(repr(raw))
    return raw


def count_ballots(
    source: Path | Mapping[str, Any], *, satisfaction: str | None = None
) -> BallotCount:
    """Count a file, or what such a file holds, see `winset.finance.ballots.read_ballots`.

    Raises
    ------
    DataError
        See `winset.finance.ballots.read_ballots`.
    """
    from collections.abc import Mapping as Table

    if isinstance(source, Table):
        ballots = parse_ballots(source, satisfaction, "game")
    else:
        ballots = read_ballots(source, satisfaction)
    shares, left = budgeting.equal_shares(ballots)
    largest, _, tied = budgeting.most_welfare(ballots)
    purchases = {"equal_shares": shares, "greedy": budgeting.greedy(ballots)}
    if ballots.measure != "utilities":
        purchases["phragmen"] = budgeting.phragmen(ballots)
    chosen: dict[str, Sequence[str]] = {
        "equal_shares": budgeting.bought(shares),
        "max_welfare": largest,
        "greedy": budgeting.bought(purchases["greedy"]),
    }
    if "phragmen" in purchases:
        chosen["phragmen"] = budgeting.bought(purchases["phragmen"])
    return BallotCount(ballots, chosen, purchases, left, tuple(tied))
