"""What counts as a gain: one threshold for everybody who counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import winset as library
from winset.report.words import verdict
from winset.studies import scenario_run
from winset.trade.gains import UNMOVED, direction
from winset.trade.result import TradeResult


def test_the_threshold_itself_counts_as_moved() -> None:
    below = np.nextafter(UNMOVED, 0.0)
    found = direction(np.array([UNMOVED, below, -UNMOVED, -below, 0.0, 1.0]))
    assert found.tolist() == [1, 0, -1, 0, 0, 1]
    assert UNMOVED == 0.005 / 100


@pytest.fixture(scope="module")
def solved() -> TradeResult:
    scenario = library.Scenario.from_toml("sco-2025", overrides={"among": '["KAZ","UZB","KGZ"]'})
    return library.solve(library.world(), scenario)


def moved(result: TradeResult, **change: float) -> TradeResult:
    """The result with the welfare of some economies set, all others unmoved."""
    welfare = np.ones(len(result.codes))
    for code, percent in change.items():
        welfare[result.world.index[code]] = 1.0 + percent / 100.0
    return replace(result, welfare=welfare, equivalent_variation=result.income * (welfare - 1.0))


def test_rounding_noise_is_no_loss(solved: TradeResult) -> None:
    said = verdict(moved(solved, KAZ=0.3, UZB=0.2, KGZ=0.1, USA=-1e-9, CHN=-0.0049))
    assert said[:2] == ("3 of 3 members gain.", "None of the 191 outsiders loses.")


def test_a_loss_of_half_the_last_digit_counts(solved: TradeResult) -> None:
    done = moved(solved, KAZ=0.3, UZB=0.2, KGZ=0.1, USA=-0.006, CHN=-0.25)
    money = done.income[done.world.index["CHN"]] * -0.25 / 100
    assert verdict(done)[1] == (
        "2 of 191 outsiders lose, 1 more than 0.1 % and 1 more than 0.05 %; worst China "
        f"(−0.25 %, −{-money / 1000:.1f} billion USD)."
    )
    counts = done.summary()
    assert [counts[f"outsiders_{way}"] for way in ("gaining", "losing")] == [0, 2]
    assert counts["outsiders_losing_more_than"] == {"0.05": 1, "0.1": 1}
    assert counts["worst_in_money"] == {"code": "CHN", "welfare_musd": pytest.approx(money)}
    assert counts["worst"] == {"code": "CHN", "welfare_percent": pytest.approx(-0.25)}
    assert counts["unmoved_below_percent"] == 0.005


def test_members_that_lose_and_that_do_not_move_are_told_apart(solved: TradeResult) -> None:
    said = verdict(moved(solved, KAZ=0.3, UZB=-0.2, KGZ=0.004))
    assert said[0] == "1 of 3 members gain, 1 is unmoved; Uzbekistan −0.20 % loses."
    assert verdict(moved(solved, KAZ=0.3))[0] == "1 of 3 members gain, 2 are unmoved."


def test_counts_of_the_verdict_are_those_of_the_table() -> None:
    done = scenario_run.run("sco-2025")
    percent = done.result.table()["welfare_percent"]
    roles = done.result.table()["role"]
    summary = done.result.summary()
    for role in ("member", "outsider"):
        own = percent[roles == role]
        assert summary[f"{role}s_gaining"] == int((own >= 0.005).sum())
        assert summary[f"{role}s_losing"] == int((own <= -0.005).sum())
    assert (
        f"{summary['outsiders_losing']} of {int((roles == 'outsider').sum())} outsiders lose"
        in (verdict(done.result)[1])
    )


def test_draws_count_gains_by_the_same_threshold() -> None:
    from winset.trade.uncertainty.draws import solve_draws
    from winset.trade.uncertainty.intervals import intervals
    from winset.trade.uncertainty.sampling import sample

    done = scenario_run.run("sco-2025")
    drawn = sample(done.world, done.scenario, 20, 1)
    found = solve_draws(drawn)
    chance = intervals(done.result, drawn, found).chance
    gaining = found.columns["welfare_percent"] >= 0.005
    np.testing.assert_allclose(chance, gaining.mean(axis=0), atol=1e-12)
