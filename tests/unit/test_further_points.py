"""Further divisions against the examples that are published of them, and against their definitions.

Published ones are those of the manual of CoopGame 0.2.2 (Staudacher & Anwander), with where it has them from.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from winset.errors import DataError, InfeasibleError
from winset.games import (
    Game,
    core_corners,
    further,
    gately,
    glove,
    in_core,
    modiclus,
    nucleolus,
    proportional_nucleolus,
    tau,
)
from winset.games.excess_program import members


def listed(worth: str, n: int) -> Game:
    """A game by its worths in the order 1, 2, 3, 12, 13, 23, 123."""
    numbers = iter(float(x) for x in worth.split())
    values = {
        frozenset(row): next(numbers)
        for size in range(1, n + 1)
        for row in combinations("ABCDEF"[:n], size)
    }
    return Game.from_function("ABCDEF"[:n], lambda s: values[s])


FOUR = listed("0 0 0 0 5 5 8 9 10 8 13 15 16 17 21", 4)


def test_published_points() -> None:
    """The nucleolus of its own; Stach (2011), Gately (1974), Young (1985, p. 68)."""
    np.testing.assert_allclose(nucleolus(FOUR).division, [3.5, 4.5, 5.5, 7.5])
    np.testing.assert_allclose(tau(listed("0 0 0 1 2 1 3", 3)), [1.2, 0.6, 1.2])
    np.testing.assert_allclose(gately(listed("0 0 0 4 0 3 6", 3)), [18 / 11, 36 / 11, 12 / 11])
    np.testing.assert_allclose(
        gately(listed("0 0 0 1170 770 210 1530", 3)), [827.7049, 476.5574, 225.7377], atol=1e-4
    )
    cost = listed("15 20 55 35 61 65 78", 3)
    saved = Game(cost.players, members(np.arange(8), 3) @ cost.singles() - np.asarray(cost.values))
    np.testing.assert_allclose(nucleolus(saved, kind="per-capita").division, [2 / 3, 7 / 6, 61 / 6])


def test_the_modiclus_is_least_of_all_differences() -> None:
    """CoopGame has 4.25, 5.25, 5.75, 5.75: less only where nobody and everybody are left out of the pairs."""

    def differences(x: np.ndarray, part: slice) -> list[float]:
        excess = (FOUR.values - members(np.arange(16), 4) @ x)[part]
        return sorted(np.subtract.outer(excess, excess).ravel().round(7).tolist(), reverse=True)

    x, other = modiclus(FOUR), np.array([4.25, 5.25, 5.75, 5.75])
    np.testing.assert_allclose(x, [13 / 3, 16 / 3, 17 / 3, 17 / 3])
    whole, proper = slice(0, 16), slice(1, 15)
    assert differences(x, whole) < differences(other, whole)
    assert differences(other, proper) < differences(x, proper)
    for step in np.eye(4)[:, None] - np.eye(4)[None]:
        for move in step:
            assert differences(x, whole) <= differences(x + 1e-3 * move, whole)


def test_the_modiclus_of_constant_sums_is_the_prenucleolus() -> None:
    majority = Game.from_function("ABCDE", lambda s: float(2 * ("A" in s) + len(s) > 3))
    assert all(majority.values + majority.values[::-1] == 1.0)
    np.testing.assert_allclose(
        modiclus(majority), nucleolus(majority, kind="prenucleolus").division, atol=1e-9
    )


def test_both_sides_of_a_market_of_gloves_have_the_same() -> None:
    """Sudhölter: the modiclus gives both sides the same, however many they are."""
    np.testing.assert_allclose(modiclus(glove("AB", "CDE")), [0.5] * 2 + [1 / 3] * 3, atol=1e-9)


def test_the_proportional_nucleolus_is_its_definition() -> None:
    """Of Young, Okada & Hashimoto's kind: two binding proportions, the third left ahead."""
    game = listed("0 0 0 48 60 72 140", 3)
    found = proportional_nucleolus(game)
    x = found.division
    assert found.proved
    assert x.sum() == pytest.approx(140.0)
    ratio = {pair: sum(x["ABC".index(p)] for p in pair) / game[pair] for pair in ("AB", "AC", "BC")}
    # x(S)/v(S) all equal is feasible here, and no other division has a larger least
    assert list(ratio.values()) == pytest.approx([280 / 180] * 3)
    additive = Game.from_function("ABC", lambda s: float(sum("ABC".index(p) + 1 for p in s)))
    np.testing.assert_allclose(proportional_nucleolus(additive).division, [1, 2, 3], atol=1e-9)


def test_corners_of_cores() -> None:
    """CoopGame prints the one point of the first; of a convex game they are the marginals of all orders."""
    np.testing.assert_allclose(core_corners(listed("0 1 2 3 4 5 6", 3)), [[1.0, 2.0, 3.0]])
    convex = Game.from_function("ABCD", lambda s: float(len(s) ** 2) + 0.1 * ("A" in s) * len(s))
    assert convex.counterexample("convex") is None
    corners = core_corners(convex)
    assert len(corners) == 24
    assert all(in_core(convex, corner) for corner in corners)
    assert len(core_corners(Game.from_function("ABC", lambda s: float(len(s) > 1)))) == 0
    five = core_corners(glove("AB", "CDE"))
    np.testing.assert_allclose(five, [[1, 1, 0, 0, 0]], atol=1e-9)
    alone = Game(("A",), np.array([0.0, 2.0]))
    assert core_corners(alone).tolist() == [[2.0]]


def test_corners_are_those_of_every_choice_of_rows() -> None:
    generator = np.random.default_rng(3)
    game = Game.from_function("ABCD", lambda s: len(s) ** 1.5 + float(generator.random()))
    rows = members(np.arange(1, 15), 4)
    worth = game.values[1:15]
    expected = []
    for three in combinations(range(14), 3):
        system = np.vstack([rows[list(three)], np.ones(4)])
        if abs(np.linalg.det(system)) > 1e-9:
            x = np.linalg.solve(system, [*worth[list(three)], game.grand])
            if np.all(rows @ x >= worth - 1e-9):
                expected.append(x)
    distinct = np.unique(np.round(expected, 7), axis=0)
    assert len(distinct) > 3
    np.testing.assert_allclose(core_corners(game), distinct, atol=1e-6)


def test_what_there_is_not_is_said() -> None:
    majority = Game.from_function("ABC", lambda s: float(len(s) > 1))
    found = further(majority)
    assert found is not None
    said = found.to_json()
    assert said["tau"] is None
    assert "not quasi-balanced" in said["refused"]["tau"]
    assert said["core_vertices"] == []
    assert said["modiclus"] == pytest.approx({"A": 1 / 3, "B": 1 / 3, "C": 1 / 3})
    assert further(Game(tuple("ABCDEFGHIJKLM"), np.zeros(1 << 13))) is None
    seven = Game(tuple("ABCDEFG"), np.zeros(128))
    with pytest.raises(DataError, match="corners of the core are listed for 6"):
        core_corners(seven)
    with pytest.raises(DataError, match="A is worth -1"):
        proportional_nucleolus(Game(("A", "B"), np.array([0.0, -1.0, 0.0, 2.0])))
    with pytest.raises(InfeasibleError, match="too few coalitions"):
        proportional_nucleolus(Game(("A", "B"), np.array([0.0, 0.0, 0.0, 2.0])))
    with pytest.raises(DataError, match="modiclus is for 8"):
        modiclus(Game(tuple("ABCDEFGHI"), np.zeros(512)))


def test_one_player_has_what_it_is_worth_by_every_rule() -> None:
    found = further(Game(("A",), np.array([0.0, 1.5])))
    for rule, point in found.points.items():
        assert point.tolist() == [1.5], rule
