"""Reactions of two players: where they run, and that they meet in the war."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.properties.worlds import build

import winset as library
from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.scenario import Parameters
from winset.trade.policy import (
    best_response,
    nash_bargain,
    nash_certificate,
    nash_tariffs,
    sufficient_statistics,
    tariff_instruments,
)

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


def test_a_bargain_that_leaves_a_player_worse_off_than_the_war_names_its_bounds(two: Any) -> None:
    with pytest.raises(InfeasibleError) as said:
        nash_bargain.cooperate(two[1], least=1.5, most=1.75)
    assert "no tariffs between 150 and 175 percent were found that leave every player" in str(
        said.value
    )


def test_a_rates_grid_goes_from_none_or_twice_a_subsidy_to_thrice_the_rate() -> None:
    for rate, ends in ((0.2, (0.0, 1.0)), (0.5, (0.0, 1.5)), (-0.2, (-0.4, 1.0))):
        tried = nash_certificate.deviations(np.array([rate]), 5, np.random.default_rng(0))
        np.testing.assert_allclose(tried[:, 0], np.linspace(*ends, 5), atol=1e-15)


def test_a_lever_for_all_has_neither_partner_nor_sector() -> None:
    share = np.full((2, 3, 3), 1 / 3)
    for how, sizes in {"uniform": 1, "partner": 2, "sector": 2, "partner-sector": 4}.items():
        levers: Any = tariff_instruments.of_players(share, [[0]], how)  # type: ignore[arg-type]
        assert len(levers) == sizes
        assert set(levers.partner.tolist()) == ({1, 2} if "partner" in how else {-1})
        assert set(levers.kind.tolist()) == ({0, 1} if "sector" in how else {-1})


class Two:
    """Two levers of one player."""

    def __len__(self) -> int:
        return 2

    def of(self, _: int) -> Any:
        """All of them."""
        return np.arange(2)


def test_a_step_that_is_no_ascent_goes_uphill_by_the_steepest_rate(
    two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    game, war = two
    asked: Any = SimpleNamespace(players=game.players[:1], levers=Two())
    monkeypatch.setattr(best_response, "volumes", lambda *_: np.eye(2))
    slope = np.array([[2.0, -4.0]])
    step = best_response._step(asked, None, war.state, None, slope)  # type: ignore[arg-type]
    np.testing.assert_allclose(step, best_response.UPHILL * np.array([0.5, -1.0]))
    monkeypatch.setattr(best_response, "volumes", lambda *_: -np.eye(2))
    step = best_response._step(asked, None, war.state, None, slope)  # type: ignore[arg-type]
    np.testing.assert_allclose(step, slope[0])


def test_a_model_without_the_game_that_is_asked_for_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = build(np.array([[80.0, 20.0], [20.0, 70.0]]))
    monkeypatch.setattr(best_response, "can", lambda *_: False)
    for use, games in (("war", "tariff games"), ("union", "unions")):
        with pytest.raises(
            DataError, match=rf"^the model of .* has no {games}\. Use another world"
        ):
            best_response.suited(world, LABOR, use)
        entry = replace(LABOR, entry_cost_share=0.1)
        with pytest.raises(
            DataError, match=rf"^entry_cost_share and .* not part of {games}\. Leave"
        ):
            best_response.suited(world, entry, use)


def test_sufficient_statistics_refuse_who_exports_nothing_by_name() -> None:
    """C01 buys abroad but sells nothing there; C02 sells, but buys nothing."""
    world = build(np.array([[80.0, 20.0, 0.0], [0.0, 70.0, 0.0], [6.0, 9.0, 40.0]]))
    base = sufficient_statistics._baseline(world, "")
    inside = np.ones(3, dtype=np.bool_)
    taxed = sufficient_statistics._taxed(base, inside)
    with pytest.raises(DataError, match=r": C01 exports nothing\. Leave it out"):
        sufficient_statistics._solve(world, base, inside, taxed)


def test_the_first_step_of_sufficient_statistics_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far from the war the extrapolation knows nothing yet; the war is the same."""
    world = library.world("icio-2022").select(["USA", "CHN", "DEU"])
    base = sufficient_statistics._baseline(world, "")
    inside = np.ones(3, dtype=np.bool_)
    taxed = sufficient_statistics._taxed(base, inside)
    wanted = sufficient_statistics._solve(world, base, inside, taxed)[1]
    wages: list[Any] = []
    evaluate = sufficient_statistics._evaluate

    def watched(of: Any, log_wage: Any, tariff: Any) -> Any:
        wages.append(log_wage.copy())
        return evaluate(of, log_wage, tariff)

    monkeypatch.setattr(sufficient_statistics, "_evaluate", watched)
    monkeypatch.setattr(sufficient_statistics, "LONGEST", 1e-4)
    rates = sufficient_statistics._solve(world, base, inside, taxed)[1]
    assert np.abs(wages[2] - wages[1]).max() == pytest.approx(1e-4)
    np.testing.assert_allclose(rates, wanted, rtol=1e-8)
