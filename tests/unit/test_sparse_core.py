"""The least core by dividends is that of the table, and says so where it is not proved."""

from __future__ import annotations

import numpy as np
import pytest

from winset.games import SparseGame, core, sparse_core
from winset.games.sparse_core import largest_excess


def drawn(n: int, seed: int, terms: int = 20) -> SparseGame:
    generator = np.random.default_rng(seed)
    names = [str(k) for k in range(n)]
    dividends = {}
    for _ in range(terms):
        size = int(generator.integers(1, 4))
        dividends[tuple(sorted(generator.choice(names, size, replace=False)))] = float(
            generator.normal(1.0, 2.0)
        )
    return SparseGame.of(names, dividends)


@pytest.mark.parametrize("seed", range(4))
def test_least_core_of_a_table(seed: int) -> None:
    game = drawn(4 + seed, seed)
    table = core(game.game())
    found = sparse_core(game)
    assert found.proved
    assert found.upper == pytest.approx(table.least_core_excess, abs=1e-5)
    assert found.lower == pytest.approx(table.least_core_excess, abs=1e-5)
    assert found.empty == table.empty
    assert found.division.sum() == pytest.approx(game.grand)


def test_the_coalition_that_objects_most() -> None:
    game = drawn(9, 3)
    x = np.random.default_rng(0).normal(size=9)
    inside, excess, bound = largest_excess(game, x)
    table = game.game()
    masks = np.arange(1, 2**9 - 1)
    rows = (masks[:, None] >> np.arange(9)) & 1 == 1
    every = table.values[masks] - rows @ x
    assert excess == pytest.approx(every.max()) == pytest.approx(bound, abs=1e-6)
    assert game.worth(inside[None])[0] - x[inside].sum() == pytest.approx(excess)


def test_what_is_not_proved_says_so() -> None:
    game = drawn(40, 1, terms=40)
    found = sparse_core(game, rounds=2)
    assert not found.proved
    assert found.gap > 0.0
    assert found.lower <= found.upper
    assert largest_excess(game, found.division)[1] <= found.upper + 1e-5
    assert found.empty is None or found.lower > 0.0 or found.upper <= 0.0


def test_forty_players_of_whom_two_can_do_without_the_others() -> None:
    """Everybody is worth what two are: the two share it, and the core is not empty."""
    game = SparseGame.of([str(k) for k in range(40)], {("0", "1"): 10.0})
    found = sparse_core(game)
    assert found.proved
    assert found.empty is False
    assert found.division[:2].sum() == pytest.approx(10.0, abs=1e-5)
