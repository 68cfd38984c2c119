"""Games with answers in the literature."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from winset.games import Game, banzhaf, core, in_core, nucleolus, shapley

if TYPE_CHECKING:
    from collections.abc import Sequence


def bankruptcy(estate: float, claims: Sequence[float]) -> Game:
    names = [f"C{k}" for k in range(len(claims))]

    def worth(coalition: frozenset[str]) -> float:
        return max(
            0.0, estate - sum(c for n, c in zip(names, claims, strict=True) if n not in coalition)
        )

    return Game.from_function(names, worth)


def airport(costs: Sequence[float]) -> Game:
    names = [f"A{k}" for k in range(len(costs))]
    cost = dict(zip(names, costs, strict=True))
    return Game.from_function(names, lambda s: -max((cost[p] for p in s), default=0.0))


@pytest.mark.parametrize(
    ("estate", "shares"),
    [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])],
)
def test_talmud_estates(estate: float, shares: list[float]) -> None:
    """Aumann & Maschler (1985): the contested garment is the nucleolus."""
    found = nucleolus(bankruptcy(estate, [100, 200, 300]))
    np.testing.assert_allclose(found.division, shares, atol=1e-9)


def test_airport_shapley_value() -> None:
    """Littlechild & Owen (1973): each section of the runway is paid by those who use it."""
    costs = [1.0, 3.0, 4.0, 9.0, 9.5, 12.0]
    sections = np.diff([0.0, *costs])
    users = len(costs) - np.arange(len(costs))
    expected = -np.cumsum(sections / users)
    np.testing.assert_allclose(shapley(airport(costs)), expected, atol=1e-12)


def test_airport_nucleolus() -> None:
    """Littlechild (1974): the same game has min-type shares, computed by hand for 1, 2, 4."""
    found = nucleolus(airport([1.0, 2.0, 4.0]))
    np.testing.assert_allclose(found.division, [-1 / 2, -3 / 4, -11 / 4], atol=1e-9)


def test_glove_game() -> None:
    """One left glove, two right ones: the core gives all to the left glove (Shapley & Shubik 1969)."""
    game = Game.from_function(
        ["L", "R1", "R2"], lambda s: float("L" in s and bool({"R1", "R2"} & s))
    )
    np.testing.assert_allclose(shapley(game), [2 / 3, 1 / 6, 1 / 6])
    np.testing.assert_allclose(nucleolus(game).division, [1, 0, 0], atol=1e-9)
    assert not core(game).empty
    assert in_core(game, np.array([1.0, 0, 0]))
    assert not in_core(game, np.array([0.9, 0.1, 0]))


def test_vertices_of_a_convex_game_are_in_its_core() -> None:
    """Shapley (1971): the core of a convex game is the hull of its marginal vectors."""
    game = Game.from_function("ABCD", lambda s: float(len(s) ** 2 + ("A" in s) * len(s)))
    assert game.counterexample("convex") is None
    for order in permutations(range(4)):
        x, mask = np.zeros(4), 0
        for k in order:
            x[k] = game.values[mask | 1 << k] - game.values[mask]
            mask |= 1 << k
        assert in_core(game, x)
    assert in_core(game, shapley(game))


@pytest.fixture(scope="module")
def council() -> Game:
    """UN Security Council: nine of fifteen votes, no veto of the five permanent members."""
    names = [f"P{k}" for k in range(5)] + [f"E{k}" for k in range(10)]
    masks = np.arange(1 << 15)
    votes = sum(masks >> k & 1 for k in range(15))
    return Game(tuple(names), ((masks & 31 == 31) & (votes >= 9)).astype(float))


def test_security_council(council: Game) -> None:
    """Shapley–Shubik index 0.19627 and 0.001865 (421/2145 and 4/2145); Banzhaf 848 and 84 swings."""
    value = shapley(council)
    assert value[0] == pytest.approx(421 / 2145)
    assert value[14] == pytest.approx(4 / 2145)
    assert round(float(value[0]), 5) == 0.19627
    power = banzhaf(council)
    assert power[0] * 2**14 == pytest.approx(848)
    assert power[14] * 2**14 == pytest.approx(84)


def test_security_council_nucleolus(council: Game) -> None:
    """Veto players share the whole of a veto game's nucleolus (Arin & Feltkamp 1997)."""
    found = nucleolus(council)
    np.testing.assert_allclose(found.division, [0.2] * 5 + [0.0] * 10, atol=1e-9)


def test_majority_game_has_an_empty_core_with_proof() -> None:
    game = Game.from_function("ABC", lambda s: float(len(s) >= 2))
    found = core(game)
    assert found.empty
    assert found.least_core_excess == pytest.approx(1 / 3)
    cover = dict.fromkeys("ABC", 0.0)
    worth = 0.0
    for coalition, weight in found.balanced:
        worth += weight * game[coalition]
        for player in coalition:
            cover[player] += weight
    assert list(cover.values()) == pytest.approx([1, 1, 1])
    assert worth > game.grand


def lexicographic(n: int) -> list[frozenset[str]]:
    """Coalitions in the order 1, 12, 123, …, 13, …, 2, 23, …, as the source lists them."""

    def below(members: str, first: int) -> list[frozenset[str]]:
        found = []
        for k in range(first, n + 1):
            found += [frozenset(members + str(k)), *below(members + str(k), k + 1)]
        return found

    return below("", 1)


MISTAKES = {
    "insurance, Lemaire (1991)": (
        1,
        [46125, 69187.5, 90000, 53812.5, 17437.5, 30750, 5812.5],
        [52687.5, 24468.75, 12843.75],
    ),
    "broadcast costs, Hasan et al. (2011)": (
        -1,
        [8, 8, 10, 20, 19, 10, 20, 19, 1, 10, 13, 12, 10, 12, 11],
        [7.5, 0.5, 1.5, 10.5],
    ),
    "manufacturing costs, Oh & Shin (2012)": (
        -1,
        [375144, 568232, 772500, 551055, 245280, 452411, 211239],
        [331695.25, 233051.25, 207753.5],
    ),
    "production and transport, Sakawa et al. (2001)": (
        1,
        [0.060, 0.378, 0.536, 0.906, 1, 0.573, 0.747, 0.874, 0.485, 0.144, 0.546, 0.634, 0.255, 0.408,
         0.561, 0.182, 0.168, 0.337, 0.706, 0.801, 0.379, 0.538, 0.668, 0.279, 0.03, 0.383, 0.473,
         0.083, 0.249, 0.386, 0],
        [0.165, 0.3205, 0.0845, 0.3745, 0.0555],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_games_whose_first_published_nucleolus_was_wrong(name: str) -> None:
    """Guajardo & Jörnsten (2015), "Common mistakes in computing the nucleolus", give the right ones.

    The mistakes came from taking one solution of a stage's linear program for all of them.
    """
    sign, worth, expected = MISTAKES[name]
    n = len(expected)
    table = dict(zip(lexicographic(n), worth, strict=True)) | {frozenset(): 0.0}
    game = Game.from_function([str(k + 1) for k in range(n)], lambda s: sign * table[s])
    found = nucleolus(game, kind="prenucleolus")
    np.testing.assert_allclose(found.division, sign * np.array(expected), rtol=1e-9)


def by_size(n: int, worth: Sequence[float]) -> Game:
    """A game given as singles, pairs, triples, …, each in lexicographic order."""
    names = "ABCDE"[:n]
    order = [frozenset(c) for size in range(1, n + 1) for c in combinations(names, size)]
    table = dict(zip(order, worth, strict=True)) | {frozenset(): 0.0}
    return Game.from_function(names, lambda s: table[s])


def test_prenucleolus_outside_the_imputations() -> None:
    """Peleg & Sudhölter (2007), example 5.5.12."""
    found = nucleolus(by_size(3, [0, 0, 0, 10, 0, 0, 2]), kind="prenucleolus")
    np.testing.assert_allclose(found.division, [3, 3, -4], atol=1e-9)


@pytest.mark.parametrize(
    ("worth", "expected"),
    [
        # Ferguson, Game Theory, part IV, exercise on the nucleolus
        ([-1, 0, 1, 3, 4, 2, 5], [8 / 3, 2 / 3, 5 / 3]),
        # manual of the R package CoopGame 0.2.2 (Staudacher & Anwander)
        ([0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21], [3.5, 4.5, 5.5, 7.5]),
    ],
)
def test_textbook_nucleoli(worth: list[float], expected: list[float]) -> None:
    found = nucleolus(by_size(len(expected), worth))
    np.testing.assert_allclose(found.division, expected, atol=1e-9)


def test_per_capita_nucleolus() -> None:
    """Young (1985), p. 68: the first player gets 2/3."""
    found = nucleolus(by_size(3, [0, 0, 0, 0, 9, 10, 12]), kind="per-capita")
    assert found.division[0] == pytest.approx(2 / 3)
