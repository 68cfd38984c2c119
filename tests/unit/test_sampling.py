"""What is drawn from what: quantiles, elasticities by sector, value added, errors of flows; seeds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.unit.printed import made_world

import winset as library
from winset.errors import DataError
from winset.report.doubts import percent
from winset.scenario import parse
from winset.scenario.doubts import Distribution
from winset.trade.uncertainty.intervals import drivers
from winset.trade.uncertainty.sampling import STANDARD_ERRORS, quantile, sample
from winset.worlds import World
from winset.worlds.technology import Technology

ONE = made_world("A B C", [[90, 5, 0], [10, 80, 10], [5, 15, 70]])
CHANGE = {"kind": "trade-cost", "among": ["A", "B"], "percent": -10.0}
U = np.array([0.025, 0.5, 0.8])


def scenario(**outer: Any) -> Any:
    return parse({"on": "2025-09-01", "change": [CHANGE]} | outer)


def sectored(elasticity: list[float], *, own: bool = True, inputs: bool = True) -> World:
    """Two or three sectors in the three economies."""
    count = len(elasticity)
    trade = np.stack([ONE.trade[0]] * count)
    names = tuple(f"s{j}" for j in range(count))
    technology = Technology(
        names=names,
        elasticity=np.array(elasticity),
        value_added=np.full((count, 3), 0.4) if own else None,
        inputs=np.full((3, count, count), 0.6 / count) if inputs else None,
    )  # fmt: skip
    return replace(
        ONE, sectors=names, trade=trade, tariff=np.zeros_like(trade), technology=technology
    )


# Quantiles.


def test_quantiles_of_every_distribution() -> None:
    z = stats.norm.ppf(U)
    found = quantile(Distribution("lognormal", sigma=0.3), 4.0, U)
    np.testing.assert_allclose(found, 4.0 * np.exp(0.3 * z))
    np.testing.assert_allclose(
        quantile(Distribution("lognormal", sigma=0.3, median=6.0), 4.0, U), 6.0 * np.exp(0.3 * z)
    )
    odds = 0.25 * np.exp(0.2 * z)
    np.testing.assert_allclose(
        quantile(Distribution("logit-normal", sigma=0.2), 0.2, U), odds / (1 + odds)
    )
    np.testing.assert_allclose(
        quantile(Distribution("uniform", low=2.0, high=10.0), 4.0, U), 2 + 8 * U
    )
    # From 2 to 10 with its mode at 4: a quarter of the mass is below the mode.
    triangular = quantile(Distribution("triangular", low=2.0, mode=4.0, high=10.0), 1.0, U)
    by_hand = [2 + np.sqrt(0.025 * 8 * 2), 10 - np.sqrt(0.5 * 8 * 6), 10 - np.sqrt(0.2 * 8 * 6)]
    np.testing.assert_allclose(triangular, by_hand)


def test_quantiles_from_zero_on() -> None:
    np.testing.assert_allclose(quantile(Distribution("uniform", low=0.0, high=2.0), 4.0, U), 2 * U)


@pytest.mark.parametrize("sigma", [0.0, 0.5, 1.0])
def test_flows_err_by_a_lognormal_of_mean_one_drawn_by_seed_and_draw(sigma: float) -> None:
    drawn = replace(sample(ONE, scenario(), 4, seed=9), sigma=sigma)
    for draw in (0, 3):
        found = drawn.trade(draw)
        flat, data = found.reshape(-1)[drawn.cells], ONE.trade.reshape(-1)[drawn.cells]
        z = np.random.default_rng((9, draw)).standard_normal(len(data), dtype=np.float32)
        np.testing.assert_allclose(flat, data * np.exp(sigma * z - sigma**2 / 2), rtol=1e-5)
        still = np.delete(np.arange(found.size), drawn.cells)
        np.testing.assert_array_equal(found.reshape(-1)[still], ONE.trade.reshape(-1)[still])


# Standard errors.


def test_standard_errors_as_printed_in_table_1_of_caliendo_and_parro() -> None:
    """99 percent sample: agriculture, mining, then manufactures in the order of the table."""
    assert STANDARD_ERRORS == {
        9.11: 2.01, 13.53: 3.67, 2.62: 0.61, 8.10: 1.28, 11.50: 2.87, 16.52: 2.65, 64.85: 15.61,
        3.13: 1.78, 1.67: 2.23, 2.41: 1.60, 3.28: 2.51, 6.99: 2.12, 1.45: 2.80, 12.95: 4.53,
        12.91: 1.64, 3.95: 1.77, 8.71: 1.56, 3.98: 1.08,
    }  # fmt: skip


def test_elasticities_with_standard_errors_are_drawn_apart() -> None:
    found = sample(sectored([9.11, 4.0, 9.11]), scenario(), 10)
    assert found.names == (
        "trade_elasticity of s0, s2",
        "trade_elasticity of s1",
        "value_added_share",
    )
    sigma = np.sqrt(np.log(1 + (2.01 / 9.11) ** 2))
    assert found.distributions["trade_elasticity of s0, s2"] == {
        "distribution": "lognormal", "sigma": pytest.approx(sigma), "median": 9.11,
    }  # fmt: skip
    assert found.distributions["trade_elasticity of s1"]["sigma"] == 0.25
    assert found.distributions["value_added_share"] == {
        "distribution": "lognormal", "sigma": 0.2, "median": 1.0,
        "of": "factor on the odds of every sector's own",
    }  # fmt: skip
    assert found.distributions["flows"] == {"distribution": "lognormal", "sigma": 0.2}
    world, drawn = found.drawn(3)
    theta = world.technology.elasticity  # type: ignore[union-attr]
    assert theta.tolist() == [found.values[3, 0], found.values[3, 1], found.values[3, 0]]
    assert drawn.parameters.elasticities == ""


def test_where_fewer_than_half_have_standard_errors_one_factor_moves_all() -> None:
    for elasticity, alone in (([9.11, 4.0], False), ([9.11, 4.0, 5.0], True)):
        found = sample(sectored(elasticity), scenario(), 10)
        assert (found.names[0] == "trade_elasticity") is alone
    assert found.distributions["trade_elasticity"]["of"] == "factor on every sector's own"
    theta = found.drawn(0)[0].technology.elasticity  # type: ignore[union-attr]
    np.testing.assert_allclose(theta, np.array([9.11, 4.0, 5.0]) * found.values[0, 0])
    wanted = scenario(doubt={"trade_elasticity": {"sigma": 0.1}})
    assert sample(sectored([9.11, 4.0]), wanted, 10).names[0] == "trade_elasticity"


def test_value_added_moves_by_its_odds_and_inputs_give_way() -> None:
    found = sample(sectored([9.11, 4.0]), scenario(), 10)
    factor = found.values[2, -1]
    technology = found.drawn(2)[0].technology
    assert technology is not None
    new = 0.4 * factor / (0.6 + 0.4 * factor)
    np.testing.assert_allclose(technology.value_added, new)
    np.testing.assert_allclose(technology.inputs.sum(axis=1), 1 - new)
    fixed = scenario(doubt={"value_added_share": {"distribution": "fixed"}})
    assert "value_added_share" not in sample(sectored([9.11, 4.0]), fixed, 10).names
    assert sample(sectored([9.11, 4.0], own=False), scenario(), 10).names[-1].startswith("trade")
    free = sectored([9.11, 4.0], own=False, inputs=False)
    assert sample(free, scenario(), 10).names[-1] == "value_added_share"


def test_one_elasticity_rules_all_where_it_is_asked_for() -> None:
    uniform = scenario(parameters={"elasticities": "uniform", "trade_elasticity": 7.0})
    found = sample(sectored([9.11, 4.0]), uniform, 10)
    assert found.names[0] == "trade_elasticity"
    assert found.distributions["trade_elasticity"]["median"] == 7.0
    assert found.drawn(1)[1].parameters.trade_elasticity == found.values[1, 0]


# One sector.


def test_what_is_drawn_in_one_sector() -> None:
    found = sample(ONE, scenario(), 200, 3)
    assert found.names == ("trade_elasticity", "value_added_share")
    assert found.distributions["trade_elasticity"] == {
        "distribution": "lognormal", "sigma": 0.25, "median": 4.0,
    }  # fmt: skip
    assert found.distributions["value_added_share"] == {
        "distribution": "logit-normal", "sigma": 0.2, "median": 0.5,
    }  # fmt: skip
    theta, beta = found.column("trade_elasticity"), found.column("value_added_share")
    assert theta is not None
    assert beta is not None
    assert found.column("flows") is None
    # A Latin hypercube has one draw in every two-hundredth of the distribution.
    ranks = np.sort(stats.norm.cdf(np.log(theta / 4.0) / 0.25))
    assert np.all(np.floor(200 * ranks) == np.arange(200))
    odds = np.log(beta / (1 - beta)) / 0.2
    assert np.all(np.floor(200 * np.sort(stats.norm.cdf(odds))) == np.arange(200))
    drawn = found.drawn(5)[1].parameters
    assert (drawn.trade_elasticity, drawn.value_added_share) == (theta[5], beta[5])
    assert len(found) == 200
    spread = sample(ONE, scenario(doubt={"trade_elasticity": {"distribution": "uniform", "low": 2.0,
                                                              "high": 3.0}}), 10)  # fmt: skip
    assert "median" not in spread.distributions["trade_elasticity"]


def test_errors_of_flows_have_mean_one_and_leave_home_and_nothing_alone() -> None:
    found = sample(ONE, scenario(), 4000, 3)
    ratio = np.array([found.trade(k)[0] for k in range(4000)])
    assert np.all(ratio[:, [0, 1, 2], [0, 1, 2]] == [90, 80, 70])
    assert not ratio[:, 0, 2].any()
    error = np.log(ratio[:, 0, 1] / 5)
    assert error.std() == pytest.approx(0.2, rel=0.05)
    assert error.mean() == pytest.approx(-0.02, abs=0.01)
    assert np.array_equal(found.trade(7), sample(ONE, scenario(), 10, 3).trade(7))
    assert not np.array_equal(found.trade(7), found.trade(8))
    fixed = sample(ONE, scenario(doubt={"flows": {"distribution": "fixed"}}), 10)
    assert fixed.sigma == 0
    np.testing.assert_array_equal(fixed.trade(0), ONE.trade)
    assert fixed.trade(0) is not ONE.trade


def test_seeds_count() -> None:
    first, again, other = (sample(ONE, scenario(), 20, seed).values for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(first, sample(ONE, scenario(), 20).values)  # one is usual


@pytest.mark.parametrize(
    ("draws", "seed", "said"),
    [
        (1, 1, "--draws 1: it must be between 2 and 20,000"),
        (20_001, 1, "--draws 20001"),
        (10, -1, "--seed -1: it must be a whole number from 0 to 4294967295"),
        (10, 2**32, "--seed 4294967296"),
    ],
)
def test_draws_and_seeds_that_are_refused(draws: int, seed: int, said: str) -> None:
    with pytest.raises(DataError, match=said):
        sample(ONE, scenario(), draws, seed)
    assert len(sample(ONE, scenario(), 2, 2**32 - 1)) == 2
    assert len(sample(ONE, scenario(), 20_000, 0)) == 20_000


FIXED = {"distribution": "fixed"}


@pytest.mark.parametrize(
    ("world", "outer", "said"),
    [
        (ONE, {"doubt": dict.fromkeys(("trade_elasticity", "value_added_share", "flows", "deficits"), FIXED)},
         "everything is fixed"),
        (ONE, {"doubt": {"trade_elasticity": {"distribution": "standard-errors"}}},
         "standard errors belong to elasticities by sector, but one θ = 4 rules here"),
        (sectored([4.0, 5.0]), {"doubt": {"trade_elasticity": {"distribution": "standard-errors"}}},
         "no standard errors are known for the elasticities of world 'made'. Use"),
        (sectored([9.11, 5.0]), {"doubt": {"trade_elasticity": {"sigma": 0.1, "median": 3.0}}},
         "has an elasticity for each sector"),
        (sectored([9.11, 5.0]),
         {"doubt": {"trade_elasticity": {"distribution": "uniform", "low": 1.0, "high": 3.0}}},
         "has an elasticity for each sector"),
        (sectored([9.11, 5.0]), {"doubt": {"value_added_share": {"sigma": 0.1, "median": 0.3}}},
         "has value-added shares of its own"),
        (ONE, {"parameters": {"value_added_share": 1.0}, "doubt": {"value_added_share": {"sigma": 0.1}}},
         "the scenario's own is 1, whose odds are infinite"),
    ],
)  # fmt: skip
def test_doubts_that_a_world_has_no_figures_for(world: World, outer: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        sample(world, scenario(**outer), 10)


def test_a_share_of_one_is_in_doubt_only_where_a_median_says_so() -> None:
    whole = {"parameters": {"value_added_share": 1.0}}
    assert sample(ONE, scenario(**whole), 10).names == ("trade_elasticity",)
    told = whole | {"doubt": {"value_added_share": {"sigma": 0.1, "median": 0.5}}}
    assert "value_added_share" in sample(ONE, scenario(**told), 10).names


# What drives the spread.


def test_drivers_add_up_and_find_what_drives() -> None:
    x = np.random.default_rng(0).random((100, 2))
    y = np.column_stack([np.exp(x[:, 0]), x[:, 1] ** 3, np.ones(100)])
    found = drivers(x, y)
    assert found.shape == (3, 3)
    np.testing.assert_allclose(found[:, 0], [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found[:, 1], [0, 1, 0], atol=1e-12)
    assert np.isnan(found[:, 2]).all()
    mixed = drivers(x, (x[:, 0] + x[:, 1])[:, None])
    assert mixed.sum() == pytest.approx(1.0)
    assert mixed[0, 0] == pytest.approx(0.5, abs=0.15)
    assert np.isfinite(drivers(x[:20], y[:20, :1])).all()  # ten draws for each scalar
    assert np.isnan(drivers(x[:19], y[:19, :1])).all()
    assert drivers(x[:19], y[:19]).shape == (3, 3)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.01, "1 %"), (0.0099, "1.0 %"), (0.99, "99 %"), (0.991, "99.1 %"),
     (0.9981, "99.8 %"), (0.934, "93 %")],
)  # fmt: skip
def test_shares_in_percent_never_claim_all_or_none(share: float, said: str) -> None:
    assert percent(share) == said


def test_sweeps_and_draws_of_an_embedded_world_have_its_standard_errors() -> None:
    nafta = library.world("caliendo-parro-1993")
    change = {"kind": "tariff", "exporters": ["USA"], "importers": ["MEX"], "rate": 0.0}
    found = sample(nafta, parse({"on": "2025-09-01", "change": [change]}), 10)
    assert sum(name.startswith("trade_elasticity of") for name in found.names) >= 18
