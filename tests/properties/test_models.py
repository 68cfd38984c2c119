"""Every model's equilibria, before and after any change, are what an equilibrium is asked to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from tests.properties.test_sectors import with_sectors
from tests.properties.worlds import build, cheaper, parameters, scenario, worlds

from winset.errors import ConvergenceError
from winset.scenario import Parameters
from winset.trade import TradeResult, solve
from winset.trade.capabilities import ENTRY_COSTS, MANY_SECTORS, ONE_SECTOR, model_of
from winset.trade.equilibrium import Equilibrium, checked, compared
from winset.trade.models.entry_costs.solve import baseline
from winset.worlds import World

MODELS = (ONE_SECTOR, MANY_SECTORS, ENTRY_COSTS)


def fit(model: str, world: World, chosen: dict[str, Any]) -> tuple[World, dict[str, Any]]:
    """The world and parameters that call for a model."""
    if model == MANY_SECTORS:
        world = with_sectors(world, 3, 5.0, 0.6, 1)
    if model == ENTRY_COSTS:
        chosen = chosen | {"value_added_share": 1.0, "entry_cost_share": 0.2, "pass_through": 0.9}
    return world, chosen


def holds(found: Equilibrium, world: World, tariff: np.ndarray, *, multiplicative: bool) -> None:
    """What the accounts of any equilibrium say, written out once more."""
    checked(found, world.codes, "of the test")
    n = len(world)
    assert all(
        getattr(found, key).shape == (n,)
        for key in "income value_added revenue deficit output sales wage price labor relief spending".split()
    )
    assert found.flows.shape == (n, n)
    assert np.all(found.flows >= 0)
    size = found.output.sum()
    duty = (found.flows * tariff).sum(axis=0)
    np.testing.assert_allclose(found.revenue, duty, rtol=1e-9, atol=1e-12 * size)
    bought = found.flows.sum(axis=0) + found.revenue
    np.testing.assert_allclose(found.spending, bought, rtol=1e-9)
    assert (found.balance == 1.0) or multiplicative
    assert abs(found.deficit.sum()) <= 1e-9 * size or multiplicative


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=25)
@given(worlds(), parameters(), st.floats(-60.0, 60.0), st.floats(0.0, 1.0))
def test_every_equilibrium_is_one(
    model: str, world: World, chosen: dict[str, Any], percent: float, rate: float
) -> None:
    world, chosen = fit(model, world, chosen)
    wanted = scenario(
        chosen,
        cheaper(*world.codes[:2], percent=percent),
        {"kind": "tariff", "exporters": "all", "importers": [world.codes[-1]], "rate": rate},
    )
    assert model_of(world, wanted.parameters) == model
    try:
        result = solve(world, wanted)
    except ConvergenceError:
        reject()  # if that were so of every draw, hypothesis would say so
    loose = chosen["deficits"] == "multiplicative"
    holds(result.before, world, world.tariffs, multiplicative=loose)
    flat = result.shock.tariff[0] if world.sectored else result.shock.tariff  # one for all sectors
    holds(result.after, world, flat, multiplicative=loose)
    np.testing.assert_allclose(result.before.wage, 1.0, rtol=1e-12)
    np.testing.assert_allclose(result.before.price, 1.0, rtol=1e-9)
    if chosen["deficits"] == "balanced":
        assert np.abs(result.before.deficit).max() <= 1e-9 * result.before.output.sum()
    again = compared(
        result.before, result.after, wanted.parameters.labor_supply_elasticity, world.codes
    )
    assert np.array_equal(again[0], result.welfare)
    assert np.array_equal(again[1], result.equivalent_variation)


def alone(result: TradeResult) -> np.ndarray:
    return np.array([result.welfare, result.wage, result.price, result.employment])


@settings(max_examples=15)
@given(worlds(), parameters())
def test_the_three_models_meet_where_they_are_the_same(
    world: World, chosen: dict[str, Any]
) -> None:
    """One sector, one of many sectors, and entry costs of almost nothing, at β = 1."""
    chosen = chosen | {"value_added_share": 1.0}
    change = cheaper(*world.codes[:2])
    plain = solve(world, scenario(chosen, change))
    nearly = solve(world, scenario(chosen | {"entry_cost_share": 1e-9}, change))
    assert alone(nearly) == pytest.approx(alone(plain), rel=1e-7)
    split = solve(
        with_sectors(world, 1, chosen["trade_elasticity"], 1.0, 0), scenario(chosen, change)
    )
    assert split.sectors is not None
    assert plain.sectors is None
    assert alone(split) == pytest.approx(alone(plain), rel=1e-9)


def test_domestic_sales_with_entry_costs_are_what_gdp_leaves() -> None:
    """X_ii = GDP_i + T_i − imports_i with T_i = (1 − ν_i)(imports_i − (1 − ν_i) exports_i), by hand."""
    flows = np.array([[0.0, 30.0, 10.0], [20.0, 0.0, 40.0], [50.0, 5.0, 0.0]])
    world = replace(build(flows), gdp=np.array([200.0, 300.0, 100.0]), domestic_known=False)
    nu = {"C00": 0.1, "C01": 0.2, "others": 0.4}
    base, floored = baseline(world, Parameters(value_added_share=1.0, entry_cost_share=nu))
    imports, exports = [70.0, 35.0, 50.0], [40.0, 60.0, 55.0]
    shares, home, output = [0.1, 0.2, 0.4], [], []
    for i in range(3):
        keep = 1.0 - shares[i]
        home.append(float(world.gdp[i]) + keep * (imports[i] - keep * exports[i]) - imports[i])
    assert home == pytest.approx([160.6, 254.6, 60.2])
    for i in range(3):
        sold = sum((1 - shares[n]) * flows[i, n] for n in range(3) if n != i)
        output.append(sold + (1 - shares[i]) * home[i] + shares[i] * (imports[i] + home[i]))
    assert floored == ()
    assert base.output == pytest.approx(output, rel=1e-14)
    assert base.spending == pytest.approx(np.add(home, imports), rel=1e-14)
    assert base.transfer == pytest.approx(np.add(home, imports) - output, rel=1e-12)
    assert base.deficit is base.transfer
    assert base.unknowns == 9
    assert base.response == pytest.approx([1 + v / (1 - v) for v in shares])


def test_an_economy_that_exports_more_than_gdp_holds_is_floored() -> None:
    flows = np.array([[0.0, 95.0, 0.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    world = replace(build(flows), gdp=np.array([1.0, 300.0, 100.0]), domestic_known=False)
    base, floored = baseline(world, Parameters(value_added_share=1.0, entry_cost_share=0.1))
    assert floored == ("C00",)
    assert base.share[0, 0] * base.spending[0] == pytest.approx(5.0)  # of 100 sold
