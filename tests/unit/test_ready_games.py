"""Ready games against their own definitions and against what is published of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from winset.errors import DataError, InfeasibleError
from winset.games import (
    Game,
    SparseGame,
    airport,
    assignment,
    bankruptcy,
    divide_estate,
    flow,
    gately,
    glove,
    minimal_rights,
    nucleolus,
    shapley,
    solidarity,
    tau,
    utopia,
)


def test_the_airport_of_a_table_and_of_a_hundred() -> None:
    costs = {"a": 2.0, "b": 5.0, "c": 5.0, "d": 9.0}
    table = Game.from_function(tuple(costs), lambda s: max(costs[p] for p in s))
    np.testing.assert_allclose(airport(costs).shapley(), shapley(table), atol=1e-12)
    for n in (50, 100):
        game = airport({str(k): float(k + 1) for k in range(n)})
        pieces = np.array([1.0 / (n - k) for k in range(n)])
        np.testing.assert_allclose(game.shapley(), np.cumsum(pieces), rtol=1e-12)
        assert game.grand == pytest.approx(n)


@pytest.mark.parametrize("estate", [100.0, 200.0, 300.0, 450.0])
def test_rules_of_bankruptcy_are_values_of_its_game(estate: float) -> None:
    claims = {"a": 100.0, "b": 200.0, "c": 300.0}
    game, rules = bankruptcy(estate, claims), divide_estate(estate, claims)
    np.testing.assert_allclose(rules["random-arrival"], shapley(game), atol=1e-9)
    np.testing.assert_allclose(rules["talmud"], nucleolus(game).division, atol=1e-6)
    np.testing.assert_allclose(rules["adjusted-proportional"], tau(game), atol=1e-9)
    for rule, x in rules.items():
        assert x.sum() == pytest.approx(estate), rule
        assert np.all(x >= -1e-9), rule
        assert np.all(x <= np.array(list(claims.values())) + 1e-9), rule


def test_the_estates_of_the_talmud() -> None:
    """Ketubot 93a, as Aumann & Maschler (1985) print it."""
    claims = {"a": 100.0, "b": 200.0, "c": 300.0}
    for estate, shares in ((100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])):
        np.testing.assert_allclose(divide_estate(estate, claims)["talmud"], shares)


@pytest.mark.parametrize("n", [50, 100])
def test_random_arrival_of_many(n: int) -> None:
    """Equal claims share equally, and shares add up whatever the claims."""
    even = divide_estate(60.0, {str(k): 3.0 for k in range(n)})["random-arrival"]
    np.testing.assert_allclose(even, 60.0 / n, rtol=1e-9)
    claims = {str(k): float(1 + k % 7) for k in range(n)}
    shares = divide_estate(100.0, claims)["random-arrival"]
    assert shares.sum() == pytest.approx(100.0, rel=1e-9)
    small, large = shares[0], shares[6]
    assert small < large


@pytest.mark.parametrize("n", [50, 100])
def test_a_weighted_majority_of_few_winning_coalitions(n: int) -> None:
    """One has n − 2 votes, all others one, and n − 1 decide: he and any other, or all the others.

    1 − Π(1 − u_C) has too many terms; with two vetoes there are few: both of them and any of three others.
    """
    names = [str(k) for k in range(n)]
    terms = {}
    for size in (1, 2, 3):
        for others in combinations(names[2:5], size):
            terms["0", "1", *others] = float((-1) ** (size + 1))
    game = SparseGame.of(names, terms)
    x = game.shapley()
    small = Game.from_function(tuple(names[:5]), lambda s: float({"0", "1"} <= s and len(s) > 2))
    np.testing.assert_allclose(x[:5], shapley(small), atol=1e-12)
    assert np.all(x[5:] == 0.0)


def test_gloves_matchings_and_pipes() -> None:
    game = glove("AB", "C")
    np.testing.assert_allclose(shapley(game), [1 / 6, 1 / 6, 4 / 6])
    np.testing.assert_allclose(nucleolus(game).division, [0, 0, 1], atol=1e-9)
    market = assignment({("b", "s"): 5.0, ("b", "t"): 8.0, ("c", "s"): 3.0, ("c", "t"): 7.0})
    assert market.grand == 12.0
    assert market["bt"] == 8.0
    assert market["bc"] == 0.0
    net = flow([("A", "source", "x", 3.0), ("B", "x", "sink", 2.0), ("C", "source", "sink", 1.0)])
    assert (net.grand, net["AB"], net["A"], net["AC"]) == (3.0, 2.0, 0.0, 1.0)
    turned = flow(
        [("A", "source", "x", 1.0), ("A", "source", "y", 1.0), ("A", "x", "y", 1.0),
         ("B", "x", "sink", 1.0), ("B", "y", "sink", 1.0)]
    )  # fmt: skip
    assert turned.grand == 2.0


def test_points_of_a_small_game() -> None:
    worth = {"A": 0, "B": 0, "C": 0, "AB": 90, "AC": 80, "BC": 70, "ABC": 120}
    game = Game.from_function("ABC", lambda s: float(worth["".join(sorted(s))]))
    np.testing.assert_allclose(utopia(game), [50, 40, 30])
    np.testing.assert_allclose(minimal_rights(game), [50, 40, 30])
    np.testing.assert_allclose(tau(game), [50, 40, 30])
    np.testing.assert_allclose(gately(game), [50, 40, 30])
    assert solidarity(game).sum() == pytest.approx(120)
    sparse = SparseGame.of_game(game)
    np.testing.assert_allclose(sparse.solidarity(), solidarity(game), atol=1e-9)


def test_points_that_are_not_there() -> None:
    majority = Game.from_function("ABC", lambda s: float(len(s) > 1))
    with pytest.raises(InfeasibleError, match="not quasi-balanced"):
        tau(majority)
    with pytest.raises(InfeasibleError, match="Gately"):
        gately(majority)
    additive = Game.from_function("AB", lambda s: float(len(s)))
    assert gately(additive).tolist() == tau(additive).tolist() == [1.0, 1.0]


def test_what_is_no_game_is_refused() -> None:
    for build, match in (
        (lambda: airport({"a": -1.0}), "cost of a is -1"),
        (lambda: airport({}), "needs a player"),
        (lambda: glove("A", "A"), "left and a right"),
        (lambda: assignment({("a", "a"): 1.0}), "buyer and a seller"),
        (lambda: bankruptcy(7.0, {"a": 3.0}), "estate of 7"),
        (lambda: flow([("A", "source", "sink", -1.0)]), "capacity"),
        (lambda: divide_estate(2e6, {"a": 3e6}), "Divide estate"),
    ):
        with pytest.raises(DataError, match=match):
            build()
