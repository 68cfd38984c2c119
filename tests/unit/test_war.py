"""Tariff wars from sufficient statistics: the conditions hold, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.properties.worlds import build

import winset as library
from winset.errors import DataError
from winset.trade.policy.sufficient_statistics import sufficient_war


def two(home: float, abroad: float) -> library.World:
    return build(np.array([[home, abroad], [abroad, home]]))


def test_two_symmetric_economies_against_the_closed_form() -> None:
    """t = 1/(θ λ'_own) where λ' is the share at t: wages stay equal by symmetry."""
    world = two(80.0, 20.0)
    found = sufficient_war(world)
    t = float(found.tariff[0])
    assert found.tariff[1] == pytest.approx(t, rel=1e-12)
    own = 0.8 / (0.8 + 0.2 * (1 + t) ** -4.0)
    assert t == pytest.approx(1.0 / (4.0 * own), rel=1e-10)
    price = (0.8 + 0.2 * (1 + t) ** -4.0) ** (-1 / 4)
    income = 1.0 / (1.0 - (1 - own) * t / (1 + t))
    assert found.welfare[0] == pytest.approx(income / price, rel=1e-10)


def test_a_small_economy_asks_for_one_over_theta() -> None:
    """Its exports are a tiny share of every market."""
    flows = np.array([[1.0, 1e-3], [1e-3, 1e6]])
    found = sufficient_war(build(flows), players=["C00"])
    assert found.tariff[0] == pytest.approx(0.25, rel=1e-6)
    assert np.isnan(found.tariff[1])


def test_order_of_economies_does_not_matter() -> None:
    world = library.world("icio-2022")
    codes = ["USA", "CHN", "DEU", "JPN", "IND", "BRA"]
    one = sufficient_war(world.select(codes), balanced=True)
    two_ = sufficient_war(world.select(codes[::-1]), balanced=True)
    np.testing.assert_allclose(one.welfare, two_.welfare[::-1], rtol=1e-9)
    np.testing.assert_allclose(one.tariff, two_.tariff[::-1], rtol=1e-8)


def test_all_of_icio_lose_on_average(winset: Any) -> None:
    plain = winset("war", "icio-2022", "--balanced", "--elasticities", "U4", "--json").json
    assert len(plain["players"]) == 81
    assert np.mean([p["welfare_percent"] for p in plain["players"]]) < 0
    assert all(0 < p["tariff"] < 1 for p in plain["players"])
    assert plain["solver"]["residual"] <= 1e-10


def test_no_deficits_are_left_when_balanced_and_shares_of_the_world_otherwise() -> None:
    world = library.world("icio-2022").select(["USA", "CHN", "DEU", "JPN"])
    kept, none = sufficient_war(world), sufficient_war(world, balanced=True)
    assert np.abs(kept.welfare - none.welfare).max() > 1e-4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["caliendo-parro-1993"], "has an input–output table"),
        (["icio-2022", "--elasticities", "XY"], "the world has no such set"),
        (["icio-2022", "--players", "USX"], "'USX' is neither a bloc nor an economy"),
        (["icio-2022", "--method", "guess"], "--method guess: it is sufficient, exact, both"),
        (["world-2023", "--elasticities", "IS"], "has no sets of elasticities"),
    ],
)
def test_what_is_refused(winset: Any, arguments: list[str], message: str) -> None:
    said = winset("war", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_an_economy_that_buys_nothing_of_a_sector_is_named() -> None:
    world = library.world("icio-2022").select(["USA", "CHN"])
    trade = np.array(world.trade)
    trade[3, :, 1] = 0.0
    from dataclasses import replace

    with pytest.raises(DataError, match="CHN spends nothing in some sector"):
        sufficient_war(replace(world, trade=trade))
