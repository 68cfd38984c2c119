"""The nucleolus by dividends is that of the table, and that of closed forms for players by the dozen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winset.errors import DataError, InfeasibleError
from winset.games import (
    SparseGame,
    airport,
    airport_nucleolus,
    bankruptcy,
    bankruptcy_by_dividends,
    divide_estate,
    nucleolus,
    shapley,
    sparse_nucleolus,
)
from winset.games.sparse_nucleolus import orthogonal


def drawn(n: int, seed: int, terms: int = 15) -> SparseGame:
    generator = np.random.default_rng(seed)
    names = [str(k) for k in range(n)]
    return SparseGame.of(
        names,
        {
            tuple(
                sorted(
                    generator.choice(
                        names, int(generator.integers(1, min(n, 3) + 1)), replace=False
                    )
                )
            ): float(generator.normal(1.0, 2.0))
            for _ in range(terms)
        },
    )


@settings(max_examples=8, deadline=None)
@given(st.integers(2, 7), st.integers(0, 1000))
def test_nucleolus_of_a_table(n: int, seed: int) -> None:
    game = drawn(n, seed)
    table = nucleolus(game.game(), kind="prenucleolus")
    found = sparse_nucleolus(game, kind="prenucleolus")
    np.testing.assert_allclose(found.division, table.division, atol=1e-8)
    assert found.proved
    assert found.gap <= 1e-8
    assert found.stages[0].excess == pytest.approx(table.stages[0].excess, abs=1e-8)


def test_imputations_of_sixteen() -> None:
    """Six who bring each other something among ten who do not."""
    names = [str(k) for k in range(16)]
    game = SparseGame.of(
        names, {("0",): 1.0, ("0", "1", "2"): 3.0, ("3", "4", "5"): 2.0, ("0", "3"): -1.0}
    )
    found = sparse_nucleolus(game)
    table = nucleolus(game.game())
    np.testing.assert_allclose(found.division, table.division, atol=1e-7)
    assert found.proved


@pytest.mark.parametrize(
    "costs", [(1.0, 2.0, 3.0, 4.0), (1.0, 5.0, 5.0, 9.0), (3.0, 3.0, 4.0, 31.0)]
)
def test_the_closed_form_of_an_airport(costs: tuple[float, ...]) -> None:
    named = {str(k): c for k, c in enumerate(costs)}
    table = nucleolus(airport(named).game()).division
    np.testing.assert_allclose(airport_nucleolus(named), table, atol=1e-9)


def test_an_airport_of_fifty() -> None:
    costs = {str(k): (1.0, 2.0, 3.0, 5.0, 20.0)[k // 10] for k in range(50)}
    found = sparse_nucleolus(airport(costs))
    assert found.proved
    np.testing.assert_allclose(found.division, airport_nucleolus(costs), atol=1e-9)


def test_an_estate_among_fifty() -> None:
    """Any two claim more than there is, so that the game has 51 dividends."""
    claims = {str(k): 5.0 + k / 12.5 for k in range(50)}
    game = bankruptcy_by_dividends(10.0, claims)
    assert game.terms == 51
    found = sparse_nucleolus(game)
    assert found.proved
    np.testing.assert_allclose(found.division, divide_estate(10.0, claims)["talmud"], atol=1e-9)


def test_a_majority_of_thirty_where_two_have_a_veto() -> None:
    """Both of them and one of two others decide: the nucleolus is in the core, which is theirs alone."""
    names = [str(k) for k in range(30)]
    game = SparseGame.of(
        names, {("0", "1", "2"): 1.0, ("0", "1", "3"): 1.0, ("0", "1", "2", "3"): -1.0}
    )
    found = sparse_nucleolus(game)
    assert found.proved
    np.testing.assert_allclose(found.division, [0.5, 0.5] + [0.0] * 28, atol=1e-9)


def test_an_estate_by_dividends_is_its_game() -> None:
    claims = {"a": 100.0, "b": 200.0, "c": 300.0, "d": 40.0}
    for estate in (0.0, 90.0, 350.0, 640.0):
        table, game = bankruptcy(estate, claims), bankruptcy_by_dividends(estate, claims)
        np.testing.assert_allclose(game.game().values, table.values, atol=1e-9)
        np.testing.assert_allclose(game.shapley(), shapley(table), atol=1e-9)
    with pytest.raises(DataError, match=r"more than 20,000 coalitions claim less"):
        bankruptcy_by_dividends(30.0, {str(k): 2.0 for k in range(60)})


def test_what_the_search_has_no_time_for_is_not_proved() -> None:
    found = sparse_nucleolus(drawn(12, 5, terms=60), kind="prenucleolus", seconds=0.0)
    assert not found.proved
    assert found.gap > 0.0
    assert found.division.sum() == pytest.approx(drawn(12, 5, terms=60).grand)


def test_what_has_no_nucleolus_is_refused() -> None:
    game = SparseGame.of("AB", {"A": 2.0, "AB": -1.0})
    with pytest.raises(InfeasibleError, match="no imputation"):
        sparse_nucleolus(game)
    assert sparse_nucleolus(game, kind="prenucleolus").division == pytest.approx([1.5, -0.5])
    names = [str(k) for k in range(400)]
    pairs = {(a, b): 1.0 for k, a in enumerate(names) for b in names[:k]}
    with pytest.raises(DataError, match=r"79,800 dividends: .* at most 50,000"):
        sparse_nucleolus(SparseGame.of(names, pairs))


def test_what_is_orthogonal_is_whole() -> None:
    generator = np.random.default_rng(1)
    rows = generator.integers(0, 2, (5, 9)).astype(float)
    basis = np.array(orthogonal(rows))
    assert len(basis) == 9 - np.linalg.matrix_rank(rows)
    assert not np.any(basis @ rows.T)
    assert np.linalg.matrix_rank(basis) == len(basis)


@pytest.mark.parametrize(("count", "largest"), [(21, 6765), (22, 0)])
def test_what_is_orthogonal_may_grow_too_large(count: int, largest: int) -> None:
    """Each entry is minus all earlier ones of the other sign, so that they grow as Fibonacci's do."""
    rows = np.array(
        [[float(j == k or (j < k and (k - j) % 2)) for j in range(count)] for k in range(1, count)]
    )
    for turned in (rows, rows[:, ::-1]):
        basis = orthogonal(turned)
        assert max((abs(e) for vector in basis for e in vector), default=0) == largest
        assert not np.any(np.array(basis).reshape(-1, count) @ turned.T)


def test_nothing_is_worth_anything() -> None:
    found = sparse_nucleolus(SparseGame.of("ABC", {}))
    assert found.proved
    assert found.division.tolist() == [0.0, 0.0, 0.0]
