"""Small elections with printed outcomes.

The running example of Lackner & Skowron, Approval-Based Multi-Winner Voting (Example 1 with Examples 8 and
11, read in what its authors keep with their program abcvoting), and the elections that the authors of
pabutools test their rules by (read in its ``tests/rules/test_rule.py``).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from winset.studies.bank_game import BallotCount, count_ballots


def election(
    budget: int, costs: dict[str, str], ballots: list[str], satisfaction: str
) -> BallotCount:
    game: dict[str, Any] = {
        "budget": Fraction(budget),
        "projects": {name: Fraction(cost) for name, cost in costs.items()},
        "approvals": {f"v{k:02}": ballot.split() for k, ballot in enumerate(ballots)},
    }
    return count_ballots(game, satisfaction=satisfaction)


RUNNING = ["a b"] * 3 + ["a c"] * 3 + ["a d"] * 2 + ["b c f", "e", "f", "g"]


@pytest.mark.parametrize("satisfaction", ["cost", "cardinality"])
def test_the_running_example(satisfaction: str) -> None:
    """With four seats Phragmén elects a, b, c, d; equal shares stop after a, for which eight pay 1/8."""
    done = election(4, dict.fromkeys("abcdefg", "1"), RUNNING, satisfaction)
    assert done.chosen["phragmen"] == ["a", "b", "c", "d"]
    assert done.chosen["equal_shares"] == ["a"]
    assert done.purchases["equal_shares"][0].price == Fraction(1, 8)
    assert [done.left[f"v{k:02}"] for k in (0, 7, 8)] == [Fraction(5, 24)] * 2 + [Fraction(1, 3)]


@pytest.mark.parametrize(
    ("satisfaction", "bought"), [("cardinality", ["p0", "p1", "p3"]), ("cost", ["p0", "p2"])]
)
def test_satisfaction_decides_which_are_cheap(satisfaction: str, bought: list[str]) -> None:
    """The second election: by number the two cheap projects, by cost the dear one that three want."""
    costs = {"p0": "1", "p1": "0.9", "p2": "2", "p3": "1.09"}
    ballots = ["p0", "p1 p2 p3", "p1 p2 p3", "p2"]
    assert election(4, costs, ballots, satisfaction).chosen["equal_shares"] == bought


def test_ties_of_greed_and_of_welfare() -> None:
    """The first election: all outcomes that ties allow, of which the first by name is taken."""
    costs = {"p0": "1", "p1": "3", "p2": "2", "p3": "1"}
    both = ["p0 p1 p2 p3"] * 2
    by_cost = election(3, costs, both, "cost")
    assert by_cost.tied == (("p0", "p2"), ("p1",), ("p2", "p3"))
    assert by_cost.purchases["greedy"][0].tied == ("p0", "p1", "p2", "p3")
    assert by_cost.chosen["greedy"] == ["p0", "p2"]
    by_number = election(3, costs, both, "cardinality")
    assert by_number.tied == (("p0", "p2"), ("p0", "p3"), ("p2", "p3"))
    assert by_number.chosen["greedy"] == ["p0", "p3"]


def test_a_project_without_cost() -> None:
    """The fourth election: what costs nothing satisfies nobody by its cost."""
    costs = {"p0": "0", "p1": "1", "p2": "2"}
    ballots = ["p0", "p0 p1 p2", "p2"]
    by_cost = election(2, costs, ballots, "cost")
    assert by_cost.chosen["greedy"] == ["p0", "p2"]
    assert by_cost.tied == (("p0", "p2"), ("p2",))
    assert by_cost.chosen["equal_shares"] == []
    by_number = election(2, costs, ballots, "cardinality")
    assert by_number.chosen["equal_shares"] == ["p0"]
    assert by_number.chosen["max_welfare"] == ("p0", "p2")
