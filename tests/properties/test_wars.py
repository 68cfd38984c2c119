"""Symmetric countries fight alike, units and order do not matter, a bloc's answer is its best."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.worlds import build, worlds

from winset.scenario import Parameters
from winset.trade.policy import best_response, nash_tariffs
from winset.worlds import World

LABOR = Parameters(value_added_share=1.0, deficits="balanced")


@settings(max_examples=15)
@given(
    n=st.integers(2, 5),
    home=st.floats(0.4, 0.95),
    theta=st.floats(1.5, 9.0),
    beta=st.floats(0.3, 1.0),
    rate=st.floats(0.0, 0.3),
)
def test_symmetric_countries_set_one_tariff(
    n: int, home: float, theta: float, beta: float, rate: float
) -> None:
    flows = np.full((n, n), (1.0 - home) / (n - 1)) * 100.0
    np.fill_diagonal(flows, 100.0 * home)
    tariff = np.full((n, n), rate)
    np.fill_diagonal(tariff, 0.0)
    game = best_response.contest(
        build(flows, tariff), Parameters(trade_elasticity=theta, value_added_share=beta)
    )
    done = nash_tariffs.war(game, points=20)
    np.testing.assert_allclose(done.z, done.z[0], rtol=1e-7)
    np.testing.assert_allclose(done.welfare, done.welfare[0], rtol=1e-9)


@settings(max_examples=10)
@given(world=worlds(), factor=st.floats(0.01, 100.0))
def test_neither_order_nor_units_matter(world: World, factor: float) -> None:
    done = nash_tariffs.war(best_response.contest(world, LABOR), points=0)
    turned = world.select(world.codes[::-1])
    other = nash_tariffs.war(
        best_response.contest(
            build(
                factor * np.array(turned.trade[0]), np.array(turned.tariff[0]), list(turned.codes)
            ),
            LABOR,
        ),
        points=0,
    )
    np.testing.assert_allclose(other.tariff[::-1], done.tariff, rtol=1e-7)
    np.testing.assert_allclose(other.welfare[::-1], done.welfare, rtol=1e-9)


@settings(max_examples=8)
@given(world=worlds())
def test_a_war_is_certified_on_two_hundred_points(world: World) -> None:
    done = nash_tariffs.war(
        best_response.contest(world, LABOR, how="partner"), starts=1, points=200
    )
    assert done.certificate is not None
    assert done.certificate.largest_gain_percent <= 1e-7
