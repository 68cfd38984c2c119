"""What must hold of every equilibrium, whatever the world."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.properties.worlds import build, cheaper, parameters, scenario, worlds

import winset
from winset.trade.models.model import Shift
from winset.trade.models.one_sector import equations as onesector
from winset.trade.models.one_sector.solve import baseline
from winset.trade.result import TradeResult
from winset.worlds import World

few = settings(max_examples=40)


def columns(result: TradeResult) -> np.ndarray:
    """Every percentage figure of a result, (figures, economies)."""
    return np.array([v for k, v in result.columns().items() if k.endswith("_percent")])


@few
@given(worlds(), parameters())
def test_no_change_has_no_effect(world: World, chosen: dict[str, object]) -> None:
    assume(chosen["deficits"] != "balanced")  # removing the deficits is itself a change of trade
    codes = world.codes[:2]
    undone = [cheaper(*codes, percent=25.0), cheaper(*codes, percent=-20.0)]
    result = winset.solve(world, scenario(chosen, *undone))
    assert np.nanmax(np.abs(columns(result))) < 1e-8


@few
@given(worlds(), parameters(), st.floats(1e-3, 1e3))
def test_scaling_all_flows_changes_nothing(
    world: World, chosen: dict[str, object], factor: float
) -> None:
    wanted = scenario(chosen, cheaper(*world.codes[:3]))
    scaled = build(world.flows * factor, world.tariffs)
    once, twice = winset.solve(world, wanted), winset.solve(scaled, wanted)
    np.testing.assert_allclose(columns(once), columns(twice), atol=1e-7)
    np.testing.assert_allclose(
        once.equivalent_variation * factor,
        twice.equivalent_variation,
        rtol=1e-6,
        atol=1e-5 * factor,
    )


@few
@given(worlds(), parameters(), st.randoms(use_true_random=False))
def test_permuting_economies_permutes_the_result(world: World, chosen, random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(world)))
    random.shuffle(order)
    moved = build(
        world.flows[np.ix_(order, order)],
        world.tariffs[np.ix_(order, order)],
        [world.codes[k] for k in order],
    )
    wanted = scenario(chosen, cheaper(*world.codes[:2]))
    once, twice = winset.solve(world, wanted), winset.solve(moved, wanted)
    np.testing.assert_allclose(columns(once)[:, order], columns(twice), atol=1e-7)


@few
@given(worlds(), parameters())
def test_walras_law(world: World, chosen: dict[str, object]) -> None:
    """Every economy's sales are its output, its spending its means; the world adds up."""
    wanted = scenario(
        chosen,
        cheaper(*world.codes[:3]),
        {"kind": "tariff", "exporters": "all", "importers": [world.codes[-1]], "rate": 0.25},
    )
    result = winset.solve(world, wanted)
    shock = wanted.resolve(world)
    sales = result.new_flows.sum(axis=1)
    if chosen["deficits"] == "multiplicative":  # transfers follow output up to a common factor
        sales *= result.new_output.sum() / sales.sum()
    np.testing.assert_allclose(sales, result.new_output, rtol=1e-9)
    np.testing.assert_allclose(
        (result.new_flows * shock.tariff).sum(axis=0), result.new_revenue, rtol=1e-9, atol=1e-9
    )
    assert result.solver.residual <= 1e-10


@few
@given(worlds(tariffs=False, balanced=True), st.floats(1.5, 9.0), st.floats(0.3, 1.0))
def test_welfare_formula_of_arkolakis_costinot_rodriguez_clare(
    world: World, theta: float, beta: float
) -> None:
    """One factor, balanced trade, no tariffs: Ŵ = λ̂_nn^(−1/(θβ)) (their equation 1)."""
    chosen: dict[str, object] = {
        "trade_elasticity": theta,
        "value_added_share": beta,
        "deficits": "balanced",
    }
    result = winset.solve(world, scenario(chosen, cheaper(*world.codes[:3])))
    before = result.flows.diagonal() / result.flows.sum(axis=0)
    after = result.new_flows.diagonal() / result.new_flows.sum(axis=0)
    np.testing.assert_allclose(
        result.welfare, (after / before) ** (-1.0 / (theta * beta)), rtol=1e-8
    )


@few
@given(worlds(), parameters())
def test_two_identical_halves_are_as_one(world: World, chosen: dict[str, object]) -> None:
    """Splitting the last economy in two, with free trade between the halves."""
    assume(chosen["scale_elasticity"] == 0.0)  # with scale effects, size itself matters
    n = len(world)
    part = np.ones((n + 1, n))
    part[n - 1 :] = 0.5
    rows = [*range(n), n - 1]
    flows = world.flows[np.ix_(rows, rows)] * np.outer(part[:, 0], part[:, 0])
    split = build(flows, world.tariffs[np.ix_(rows, rows)], [*world.codes, "TWIN"])
    wanted = scenario(chosen, cheaper(*world.codes[:2]))
    whole, halves = winset.solve(world, wanted), winset.solve(split, wanted)
    np.testing.assert_allclose(
        np.delete(halves.welfare, n), whole.welfare, rtol=1e-8, err_msg="the rest changed"
    )
    assert halves.welfare[n] == pytest.approx(halves.welfare[n - 1], rel=1e-9)


@few
@given(worlds(), parameters(), st.integers(0, 2**31))
def test_jacobian_against_finite_differences(
    world: World, chosen: dict[str, object], seed: int
) -> None:
    """Off the solution too, and for every closure."""
    wanted = scenario(chosen, cheaper(*world.codes[:3]))
    shock = wanted.resolve(world)
    base, _ = baseline(world, wanted.parameters)
    goal = onesector.target(base, Shift(shock.cost, shock.tariff, shock.productivity), 1.0)
    function, slope = onesector.equations(base, goal)
    x = np.random.default_rng(seed).normal(0, 0.05, base.unknowns)
    exact = slope(x, function(x)[1])
    step = 1e-6
    for k in range(len(x)):
        e = np.zeros_like(x)
        e[k] = step
        numeric = (function(x + e)[0] - function(x - e)[0]) / (2 * step)
        np.testing.assert_allclose(exact[:, k], numeric, rtol=1e-6, atol=1e-7)


@few
@given(worlds(tariffs=False), parameters(closures=False))
def test_productivity_is_a_gain_to_its_owner(world: World, chosen: dict[str, object]) -> None:
    """And all productivities together are a gain of that size to everybody."""
    assume(chosen["labor_supply_elasticity"] == 0.0)
    everywhere = {"kind": "productivity", "economies": "all", "percent": 2.0}
    result = winset.solve(world, scenario(chosen, everywhere))
    power = 1.0 / float(str(chosen["value_added_share"]))
    np.testing.assert_allclose(result.welfare, 1.02**power, rtol=1e-8)
