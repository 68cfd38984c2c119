"""Games by their dividends give what the same games give as tables."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winset.errors import DataError
from winset.games import (
    Game,
    SparseGame,
    banzhaf,
    banzhaf_owen,
    interaction,
    myerson,
    owen,
    shapley,
    weighted_shapley,
)
from winset.subsets import family, moebius, ranks

NAMES = "ABCDEFGHIJ"
few = settings(max_examples=50, deadline=None)


@st.composite
def sparse(draw: st.DrawFn) -> SparseGame:
    """Draw a game of up to ten players and some dividends of any sizes."""
    n = draw(st.integers(1, 10))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    terms = {}
    for _ in range(draw(st.integers(1, 25))):
        size = int(generator.integers(1, n + 1))
        terms["".join(sorted(generator.choice(list(NAMES[:n]), size, replace=False)))] = float(
            generator.normal() * 10.0 ** generator.integers(-3, 4)
        )
    return SparseGame.of(NAMES[:n], terms)


def close(one: np.ndarray, two: np.ndarray, game: Game) -> None:
    scale = max(1e-300, float(np.abs(game.dividends()).max()))
    np.testing.assert_allclose(one / scale, two / scale, atol=1e-10, rtol=1e-10)


@few
@given(sparse())
def test_a_table_of_it_has_the_same_values(game: SparseGame) -> None:
    table = game.game()
    close(game.shapley(), shapley(table), table)
    close(game.banzhaf(), banzhaf(table), table)
    close(game.singles(), table.singles(), table)
    close(game.interaction(), interaction(table), table)
    weights = np.arange(1.0, game.n + 1)
    close(game.weighted_shapley(weights), weighted_shapley(table, weights), table)
    assert game.grand == pytest.approx(table.grand, abs=1e-9)
    inside = (np.arange(1 << game.n)[:, None] >> np.arange(game.n)) & 1 == 1
    close(game.worth(inside), table.values, table)
    again = SparseGame.of_game(table)
    close(again.shapley(), game.shapley(), table)


@few
@given(sparse(), st.integers(0, 2**32 - 1))
def test_owen_and_myerson(game: SparseGame, seed: int) -> None:
    generator, table = np.random.default_rng(seed), game.game()
    label = generator.integers(0, 4, game.n)
    unions = [[p for p, g in zip(game.players, label, strict=True) if g == u] for u in range(3)]
    close(game.owen(unions), owen(table, unions), table)
    close(game.banzhaf_owen(unions), banzhaf_owen(table, unions), table)
    close(game.banzhaf_owen([]), banzhaf(table), table)
    chance = generator.choice([0.2, 0.4, 0.9])
    links = [pair for pair in combinations(game.players, 2) if generator.random() < chance]
    close(game.myerson(links), myerson(table, links), table)


@few
@given(sparse())
def test_solidarity_is_its_definition(game: SparseGame) -> None:
    from math import factorial

    table, n = game.game(), game.n
    expected = np.zeros(n)
    for mask in range(1, 1 << n):
        inside = [k for k in range(n) if mask >> k & 1]
        s = len(inside)
        mean = np.mean([table.values[mask] - table.values[mask ^ 1 << k] for k in inside])
        expected[inside] += factorial(n - s) * factorial(s - 1) / factorial(n) * mean
    close(game.solidarity(), expected, table)


@given(st.integers(1, 12), st.integers(0, 100))
def test_ranks_are_positions_in_a_whole_family(n: int, size: int) -> None:
    size = 1 + size % n
    np.testing.assert_array_equal(ranks(family(n, size), n), np.arange(len(family(n, size))))


@pytest.mark.parametrize("n", [1, 5, 14, 15, 17])
def test_moebius_in_blocks_is_moebius_in_turn(n: int) -> None:
    values = np.random.default_rng(n).normal(size=1 << n)
    plain = values.copy()
    for k in range(n):
        upper = np.flatnonzero(np.arange(1 << n) >> k & 1)
        plain[upper] -= plain[upper - (1 << k)]
    moebius(values, -1.0)
    np.testing.assert_array_equal(values, plain)


def test_taylor_pairs_and_singles_are_all_there_is() -> None:
    game = SparseGame.of("ABCD", {"A": 1.0, "AB": 2.0, "BCD": 3.0, "ABCD": -1.0})
    pairs = game.interaction(kind="taylor")
    assert pairs.sum() / 2 + game.singles().sum() == pytest.approx(game.grand)


def test_what_is_no_game_is_refused() -> None:
    with pytest.raises(DataError, match="no player 'Z'"):
        SparseGame.of("AB", {"AZ": 1.0})
    with pytest.raises(DataError, match="dividend of nobody"):
        SparseGame.of("AB", {"": 1.0})
    with pytest.raises(DataError, match="must be finite"):
        SparseGame.of("AB", {"A": float("nan")})
    with pytest.raises(DataError, match="ascending"):
        SparseGame(("A", "B"), (np.array([[1, 0]]),), (np.ones(1),))
    with pytest.raises(DataError, match="room for 30"):
        SparseGame.of([str(k) for k in range(31)], {}).game()
    with pytest.raises(DataError, match="positive weights"):
        SparseGame.of("AB", {"AB": 1.0}).weighted_shapley([1.0, 0.0])
    with pytest.raises(DataError, match="shapley, banzhaf or taylor"):
        SparseGame.of("AB", {"AB": 1.0}).interaction(kind="none")
