"""Ballots on projects: by hand in exact fractions, against all sets, and what is refused."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from tests.properties.fuzzing import called

from winset.errors import DataError
from winset.finance import budgeting
from winset.finance.ballots import parse_ballots, read_ballots
from winset.studies.bank_game import count_ballots

if TYPE_CHECKING:
    from pathlib import Path

GAME: dict[str, Any] = {
    "budget": 3,
    "projects": {"p1": 1, "p2": 1, "p3": 2, "p4": 0.5},
    "approvals": {"KAZ": ["p1", "p3"], "UZB": ["p1"], "KGZ": ["p2", "p4"]},
}


def written(folder: Path, game: Any) -> Path:
    path = folder / "game.json"
    path.write_text(json.dumps(game), encoding="utf-8")
    return path


def counted(folder: Path, game: Any, satisfaction: str | None = None) -> dict[str, Any]:
    return count_ballots(written(folder, game), satisfaction=satisfaction).to_json()


def test_by_hand(tmp_path: Path) -> None:
    """Each holds 1. p1 costs its two supporters 1/2 each; of p2 and p4 KGZ pays one, the other no more."""
    by_number = counted(tmp_path, GAME, "cardinality")
    assert by_number["equal_shares"] == ["p1", "p4"]  # p4 at 1/2 a project, before p2 at 1
    assert by_number["max_welfare"] == by_number["greedy"] == ["p1", "p2", "p4"]
    assert by_number["left"] == {"KAZ": 0.5, "UZB": 0.5, "KGZ": 0.5}
    by_cost = counted(tmp_path, GAME, "cost")
    assert by_cost["equal_shares"] == ["p1", "p2"]  # p2 and p4 are tied at 1 a unit of cost
    assert by_cost["max_welfare"] == ["p1", "p3"]
    assert {"rule": "equal_shares", "round": 2, "tied": ["p2", "p4"], "taken": "p2"} in by_cost[
        "ties"
    ]


def test_utilities_pay_in_proportion(tmp_path: Path) -> None:
    """Of a project that costs 3, worth 2 and 1 to two who hold 2 each, they pay 2 and 1."""
    game = {
        "budget": 4,
        "projects": {"road": 3},
        "utilities": {"KAZ": {"road": 2}, "UZB": {"road": 1}},
    }
    done = counted(tmp_path, game)
    assert done["purchases"]["equal_shares"][0]["payments"] == {"KAZ": 2.0, "UZB": 1.0}
    assert done["satisfaction"] == "utilities"
    assert "phragmen" not in done


def test_figures_are_what_is_written(tmp_path: Path) -> None:
    """Three tenths are enough for three projects of a tenth: not so in binary fractions."""
    game = {
        "budget": 0.3,
        "projects": {"a": 0.1, "b": 0.1, "c": 0.1},
        "approvals": {"KAZ": ["a", "b", "c"]},
    }
    done = counted(tmp_path, game)
    assert done["equal_shares"] == done["max_welfare"] == done["greedy"] == ["a", "b", "c"]


def test_most_welfare_is_that_of_all_sets() -> None:
    for seed in range(60):
        draw = random.Random(seed)
        names = [f"p{k}" for k in range(7)]
        costs = {name: Fraction(draw.randint(1, 6)) for name in names}
        table = {f"v{k}": {n: Fraction(draw.randint(0, 3)) for n in names} for k in range(4)}
        budget = Fraction(draw.randint(6, 20))
        ballots = parse_ballots(
            {"budget": budget, "projects": costs, "utilities": table}, None, "x"
        )
        sets = [
            chosen
            for size in range(8)
            for chosen in combinations(ballots.wanted, size)
            if sum(costs[name] for name in chosen) <= budget
        ]
        worth = {chosen: sum(map(ballots.welfare, chosen)) for chosen in sets}
        most = max(worth.values())
        best, welfare, tied = budgeting.most_welfare(ballots)
        assert welfare == most
        assert tied == sorted(chosen for chosen in sets if worth[chosen] == most)
        assert best == tied[0]


def test_equal_shares_never_overdraw() -> None:
    """Payments add up to costs, nobody pays more than its share, and what is left buys nothing more."""
    for seed in range(40):
        draw = random.Random(seed)
        names = [f"p{k}" for k in range(6)]
        costs = {name: Fraction(draw.randint(1, 9)) for name in names}
        table = {f"v{k}": {n: Fraction(draw.randint(0, 4)) for n in names} for k in range(5)}
        game = {"budget": Fraction(20), "projects": costs, "utilities": table}
        ballots = parse_ballots(game, None, "x")
        bought, left = budgeting.equal_shares(ballots)
        assert all(sum(each.payments.values()) == costs[each.project] for each in bought)
        assert all(money >= 0 for money in left.values())
        assert sum(left.values()) == 20 - sum(costs[each.project] for each in bought)
        rest = set(ballots.wanted) - {each.project for each in bought}
        for name in rest:
            who = [v for v, has in ballots.utilities.items() if name in has]
            assert sum(left[v] for v in who) < costs[name]


def test_a_project_without_cost_is_free(tmp_path: Path) -> None:
    game = {
        "budget": 1,
        "projects": {"a": 0, "b": 1},
        "approvals": {"KAZ": ["a"], "UZB": ["a", "b"]},
    }
    done = counted(tmp_path, game, "cardinality")
    assert done["equal_shares"] == ["a"]
    assert done["greedy"] == done["max_welfare"] == ["a", "b"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": 0.4}, "below the cheapest project, p4 at 0.5"),
        ({"budget": -1}, "is negative|below the cheapest"),
        ({"budget": "3"}, "budget = '3' is no number"),
        ({"budget": True}, "budget = True is no number"),
        ({"projects": {}}, "projects is empty"),
        ({"projects": {"p1": -1}}, "cost of p1 = -1 is negative"),
        ({"approvals": {"KAZ": ["p9"]}}, "approvals of KAZ: 'p9' is no project"),
        ({"approvals": {"KAZ": ["p1", "p1"]}}, "'p1' stands twice"),
        ({"approvals": {"KAZ": "p1"}}, "write a list of projects"),
        ({"approvals": {}}, "nobody votes"),
        ({"utilities": {"KAZ": {"p1": 1}}}, "found approvals and utilities"),
        ({"Budget": 3}, "unknown key 'Budget'. Did you mean budget"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_ballots(written(tmp_path, GAME | change))


def test_a_name_that_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "game.json"
    path.write_text(
        '{"budget": 3, "projects": {"a": 1, "a": 2}, "approvals": {}}', encoding="utf-8"
    )
    with pytest.raises(DataError, match="'a' stands twice"):
        read_ballots(path)
    for text in ("[1]", "{", '{"budget": 1e999, "projects": {"a": 1}, "approvals": {"v": []}}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError):
            read_ballots(path)


def test_on_the_command_line(tmp_path: Path) -> None:
    path = written(tmp_path, GAME)
    done = called("bank", "--game", str(path), "--satisfaction", "cost", "--json")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert said["equal_shares"] == ["p1", "p2"]
    table = called("bank", "--game", str(path), "--satisfaction", "cardinality")
    assert "p1, p2, p4" in table.out
    assert "first by name" in table.out
    wrong = called("bank", "--game", str(path), "--satisfaction", "costs")
    assert wrong.code == 2
    assert "Did you mean cost" in wrong.err
    assert not wrong.out
