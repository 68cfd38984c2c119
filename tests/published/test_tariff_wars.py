"""Optimal and Nash tariffs with a closed form, against the general solver.

Gros (1987, Journal of International Economics 23, 357–367): with goods distinguished by country the
best tariff of a country is t = 1/(θ s), where s is the part of the other's spending, at world prices,
that goes to the other's own goods (θ = σ − 1). So a small country asks for 1/θ, whatever its size.
With the other's tariff t* and its own-trade share λ* at consumer prices, s = λ*(1 + t*)/(1 + t* λ*).
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.properties.worlds import build

from winset.scenario import Parameters
from winset.trade.policy import best_response, nash_tariffs


def parameters(theta: float, beta: float = 1.0) -> Parameters:
    return Parameters(trade_elasticity=theta, value_added_share=beta)


def own_share(home: float, theta: float, rate: float) -> float:
    """The share of a symmetric country's own goods at its tariff, wages being equal."""
    return home / (home + (1.0 - home) * (1.0 + rate) ** -theta)


def best(theta: float, share: float, rate: float) -> float:
    """Gros' rule, `share` and `rate` being the other's."""
    return (1.0 + rate * share) / (theta * share * (1.0 + rate))


@pytest.mark.parametrize("home", [0.55, 0.8, 0.97])
@pytest.mark.parametrize("theta", [1.5, 4.0, 8.0])
def test_the_war_of_two_symmetric_countries(home: float, theta: float) -> None:
    world = build(100.0 * np.array([[home, 1.0 - home], [1.0 - home, home]]))
    rate = brentq(lambda t: t - best(theta, own_share(home, theta, t), t), 1e-6, 10.0, xtol=1e-14)
    done = nash_tariffs.war(best_response.contest(world, parameters(theta)), starts=3)
    np.testing.assert_allclose(done.tariff, rate, rtol=1e-8)
    share = own_share(home, theta, rate)
    price = (home + (1.0 - home) * (1.0 + rate) ** -theta) ** (-1.0 / theta)
    income = 1.0 / (1.0 - (1.0 - share) * rate / (1.0 + rate))
    np.testing.assert_allclose(done.welfare, income / price, rtol=1e-10)


@pytest.mark.parametrize("theta", [2.0, 5.0])
def test_a_small_country_asks_for_one_over_theta(theta: float) -> None:
    world = build(np.array([[1.0, 1e-3], [1e-3, 1e7]]))
    done = nash_tariffs.war(best_response.contest(world, parameters(theta), ["C00"]))
    assert done.tariff[0] == pytest.approx(1.0 / theta, rel=1e-4)


def test_the_optimal_tariff_against_free_trade() -> None:
    """t = 1/(θ λ*) with λ* the other's own-trade share where t is in force."""
    world = build(np.array([[60.0, 20.0], [20.0, 100.0]]))
    game = best_response.contest(world, parameters(3.0), ["C00"])
    done = nash_tariffs.war(game)
    share = done.state.share[0, 1, 1]
    assert done.tariff[0] == pytest.approx(1.0 / (3.0 * share), rel=1e-9)


@pytest.mark.parametrize("beta", [0.9, 0.5])
@pytest.mark.parametrize("theta", [2.0, 4.0])
def test_intermediates_leave_the_rule_of_gros_alone_in_the_limit_of_a_small_country(
    theta: float, beta: float
) -> None:
    """Lerner's symmetry: one rate on all imports, inputs among them, taxes exports alike."""
    world = build(np.array([[1.0, 1e-3], [1e-3, 1e7]]))
    done = nash_tariffs.war(best_response.contest(world, parameters(theta, beta=beta), ["C00"]))
    assert done.tariff[0] == pytest.approx(1.0 / theta, rel=1e-8)
