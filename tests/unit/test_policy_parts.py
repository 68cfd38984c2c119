"""Reactions of two players: where they run, and that they meet in the war."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import winset as library
from winset.errors import ConvergenceError, DataError
from winset.scenario import Parameters
from winset.trade.policy import best_response, nash_bargain, nash_tariffs, sufficient_statistics

LABOR = Parameters(value_added_share=1.0, deficits="balanced")


@pytest.fixture(scope="module")
def two() -> tuple[Any, Any]:
    world = library.world("icio-2022").select(["USA", "CHN", "DEU"])
    game = best_response.contest(world, LABOR, ["USA", "CHN"])
    return game, nash_tariffs.war(game, points=0, starts=1)


def test_reactions_run_from_no_tariff_to_twice_the_wars_and_meet_in_it(two: Any) -> None:
    game, war = two
    faced, answers = nash_tariffs.reactions(game, war, points=3)
    own = [int(game.levers.of(k)[0]) for k in (0, 1)]
    for player in (0, 1):
        other = war.z[own[1 - player]]
        np.testing.assert_allclose(faced[:, player], [0.0, other, 2.0 * other])
        assert answers[1, player] == pytest.approx(war.z[own[player]], abs=1e-6)
        assert np.isfinite(answers[:, player]).all()


def test_reactions_are_of_two_players_with_one_rate_each(two: Any) -> None:
    game, war = two
    alone: Any = SimpleNamespace(players=game.players[:1], levers=game.levers)
    with pytest.raises(DataError, match=r"here are 1 with 2 rates\. Use --players A,B"):
        nash_tariffs.reactions(alone, war)
    wide: Any = SimpleNamespace(players=game.players, levers=range(3))
    with pytest.raises(DataError, match="here are 2 with 3 rates"):
        nash_tariffs.reactions(wide, war)


def test_today_every_market_clears_and_what_is_spent_is_earned_levied_or_lent() -> None:
    """The war by sufficient statistics begins at the data: no residual, nothing changed."""
    world = library.world("icio-2022").select(["USA", "CHN", "DEU"])
    base = sufficient_statistics._baseline(world, "")
    today = sufficient_statistics._evaluate(base, np.zeros(len(world)), base.tariff)
    assert (base.tariff > 0).any()
    np.testing.assert_allclose(today.residual, 0.0, atol=1e-12)
    np.testing.assert_allclose(today.price, 1.0, rtol=1e-12)
    np.testing.assert_allclose(today.spending, base.spending, rtol=1e-12)
    revenue = (today.flow * base.tariff).sum(axis=(0, 1))
    np.testing.assert_allclose(base.spending, base.value_added + revenue + base.deficit, rtol=1e-12)
    assert base.deficit.sum() == pytest.approx(0.0, abs=1e-9 * base.spending.sum())


def test_a_bargain_that_is_not_found_says_how_far_it_came(
    two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After as many steps as are allowed, counted from one, and with what a rate is still off."""
    monkeypatch.setattr(nash_bargain, "MOST_STEPS", 1)
    with pytest.raises(ConvergenceError, match=r"after 1 steps a rate is still \d") as raised:
        nash_bargain.cooperate(two[1], transfers=True)
    assert 0.0 < raised.value.residual < 10.0


def test_a_lever_names_the_partner_and_the_sector_that_it_is_for() -> None:
    """In the world's words, whatever the order in which the model keeps the sectors."""
    world = library.world("caliendo-parro-1993").select(["USA", "MEX", "CAN"])
    settings = Parameters(deficits="balanced")

    def named(how: Any) -> list[dict[str, str]]:
        game = best_response.contest(world, settings, ["USA", "MEX"], how)
        return [game.lever(k) for k in range(len(game.levers))]

    game = best_response.contest(world, settings, ["USA", "MEX"], "sector")
    traded = [world.sectors[k] for k in game.base.order[: len(game.base.theta)]]
    assert named("uniform") == [{}, {}]
    assert named("partner") == [
        {"partner": other} for own in ("USA", "MEX") for other in world.codes if other != own
    ]
    assert named("sector") == [{"sector": sector} for _ in range(2) for sector in traded]


def test_a_bargain_goes_a_tenth_at_most_in_one_step(two: Any) -> None:
    """However far the best tariffs are; what is left is told in full."""
    war = two[1]
    bounds = (-0.5, 1.0)
    y = np.zeros(len(war.z) + len(war.contest.players))
    for far in (2.0, 0.0):
        y[: len(war.z)] = far * war.z
        point = nash_bargain._at(war, y, war.state, True)
        move, residual = nash_bargain._direction(war, point, y, bounds)
        assert np.abs(move).max() == pytest.approx(min(residual, 0.1))
        assert (residual > 0.1) == (far > 0)
