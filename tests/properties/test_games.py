"""Axioms: what a value or the nucleolus must satisfy in every game."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from winset.games import (
    Game,
    core,
    equal_surplus,
    in_core,
    myerson,
    nucleolus,
    objections,
    owen,
    shapley,
    transfers,
    weighted_shapley,
)
from winset.games.values import by_name

few = settings(max_examples=40)


@st.composite
def games(draw: st.DrawFn, *, most: int = 7) -> Game:
    """Draw a game, of small whole numbers half of the time."""
    n = draw(st.integers(2, most))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = generator.normal(size=1 << n)
    if draw(st.booleans()):
        values = generator.integers(0, 4, 1 << n).astype(float)
    values[0] = 0.0
    return Game(tuple("ABCDEFGHI"[:n]), values)


def permuted(game: Game, order: list[int]) -> Game:
    """The same game with player k renamed order[k]."""
    masks = np.arange(len(game.values))
    moved = sum(((masks >> k) & 1) << order[k] for k in range(game.n))
    values = np.empty(len(masks))
    values[moved] = game.values
    return Game(game.players, values)


@few
@given(games())
def test_efficiency(game: Game) -> None:
    for x in (
        shapley(game),
        equal_surplus(game),
        weighted_shapley(game, np.arange(1.0, game.n + 1)),
        owen(game, [game.players[:2]]),
        nucleolus(game, kind="prenucleolus").division,
        nucleolus(game, kind="per-capita").division,
    ):
        np.testing.assert_allclose(x.sum(), game.grand, atol=1e-9)


@few
@given(games(most=6), st.randoms(use_true_random=False))
def test_anonymity(game: Game, random: object) -> None:
    order = list(range(game.n))
    random.shuffle(order)  # type: ignore[attr-defined]
    other = permuted(game, order)
    np.testing.assert_allclose(shapley(other)[order], shapley(game), atol=1e-10)
    np.testing.assert_allclose(
        nucleolus(other, kind="prenucleolus").division[order],
        nucleolus(game, kind="prenucleolus").division,
        atol=1e-7,
    )


@few
@given(games(most=6))
def test_a_null_player_gets_nothing(game: Game) -> None:
    values = np.concatenate([game.values, game.values])
    wider = Game((*game.players, "NULL"), values)
    np.testing.assert_allclose(shapley(wider), np.append(shapley(game), 0.0), atol=1e-10)


@few
@given(games(most=6), st.integers(0, 2**31))
def test_additivity_of_the_shapley_value(game: Game, seed: int) -> None:
    more = np.random.default_rng(seed).normal(size=len(game.values))
    more[0] = 0.0
    other = Game(game.players, more)
    both = Game(game.players, game.values + more)
    np.testing.assert_allclose(shapley(both), shapley(game) + shapley(other), atol=1e-10)


@few
@given(games(most=6))
def test_nucleolus_is_in_a_core_that_is_not_empty(game: Game) -> None:
    found = core(game)
    x = nucleolus(game, kind="prenucleolus").division
    assert in_core(game, x) is (not found.empty)
    assert bool(objections(game, x)) is found.empty


@few
@given(games(most=6), st.floats(0.01, 100), st.integers(0, 2**31))
def test_invariance_under_strategic_equivalence(game: Game, factor: float, seed: int) -> None:
    shift = np.random.default_rng(seed).normal(size=game.n) * 3
    masks = np.arange(len(game.values))
    add = sum(((masks >> k) & 1) * shift[k] for k in range(game.n))
    other = Game(game.players, factor * game.values + add)
    np.testing.assert_allclose(
        shapley(other), factor * shapley(game) + shift, atol=1e-8 * (1 + factor)
    )
    np.testing.assert_allclose(
        nucleolus(other, kind="prenucleolus").division,
        factor * nucleolus(game, kind="prenucleolus").division + shift,
        atol=1e-6 * (1 + factor),
    )


@few
@given(games(most=9))
def test_moebius_round_trip(game: Game) -> None:
    again = Game.from_dividends(game.players, game.dividends())
    np.testing.assert_allclose(again.values, game.values, atol=1e-9)


@few
@given(games())
def test_equal_weights_trivial_unions_and_full_links_give_the_shapley_value(game: Game) -> None:
    value = shapley(game)
    np.testing.assert_allclose(weighted_shapley(game, np.ones(game.n)), value, atol=1e-10)
    np.testing.assert_allclose(owen(game, []), value, atol=1e-10)
    np.testing.assert_allclose(owen(game, [game.players]), value, atol=1e-10)
    links = [(a, b) for a in game.players for b in game.players if a < b]
    np.testing.assert_allclose(myerson(game, links), value, atol=1e-10)


@few
@given(games())
def test_transfers_lead_from_one_division_to_the_other(game: Game) -> None:
    have, want = equal_surplus(game), shapley(game)
    paid = dict.fromkeys(game.players, 0.0)
    for payment in transfers(game.players, have, want):
        assert payment.amount > 0
        paid[payment.payer] -= payment.amount
        paid[payment.receiver] += payment.amount
    gap = by_name(game, want - have)
    np.testing.assert_allclose(list(paid.values()), list(gap.values()), atol=1e-8)
