"""Export taxes: whose the revenue is, Lerner's symmetry and where it ends, a small economy's best tax."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.properties.test_sectors import CHANGES, MATRIX, agree, linked, named, with_sectors
from tests.properties.worlds import build, scenario

from winset.trade import solve
from winset.trade.effects.welfare_decomposition import decompose
from winset.trade.solver import solve_shock
from winset.worlds import World

TAX: dict[str, Any] = {"kind": "export-tax", "from": ["C00"], "to": "all", "percent": 12.0}


def uneven(*, balanced: bool = False) -> World:
    random = np.random.default_rng(21)
    size = np.array([900.0, 250.0, 120.0, 60.0])
    flows = np.outer(size, size) / size.sum() * random.uniform(0.1, 0.4, (4, 4))
    if balanced:
        flows = (flows + flows.T) / 2.0
    np.fill_diagonal(flows, 2.0 * size)
    tariff = random.uniform(0.0, 0.25, (4, 4))
    np.fill_diagonal(tariff, 0.0)
    return build(flows, tariff)


def worlds(*, balanced: bool = False) -> dict[str, World]:
    one = uneven(balanced=balanced)
    return {"one sector": one, "many sectors": linked(one, 3, 5)}


@pytest.mark.parametrize("options", MATRIX, ids=named)
def test_one_sector_is_the_one_sector_model_with_export_taxes_too(options: dict[str, Any]) -> None:
    asked = scenario(
        options, *CHANGES, TAX, TAX | {"from": ["C02"], "to": ["C01"], "percent": -5.0}
    )
    one = uneven()
    mine, other = solve(one, asked), solve(with_sectors(one, 1, 4.0, None, 0), asked)
    agree(other, mine)
    raised = (mine.after.export_revenue, other.after.export_revenue)
    np.testing.assert_allclose(*raised, rtol=1e-9)  # type: ignore[misc]


@pytest.mark.parametrize("model", ["one sector", "many sectors"])
@pytest.mark.parametrize("deficits", ["world-share", "multiplicative", "balanced"])
def test_markets_clear_and_the_revenue_is_the_exporters(model: str, deficits: str) -> None:
    world = worlds()[model]
    result = solve(world, scenario({"deficits": deficits}, TAX))
    after = result.after
    np.testing.assert_allclose(after.sales, after.output, rtol=1e-10)
    assert after.export_revenue is not None
    at_border = after.flows[0].sum() - after.flows[0, 0]
    np.testing.assert_allclose(after.export_revenue, [at_border * 0.12 / 1.12, 0, 0, 0], rtol=1e-10)
    means = after.value_added + after.revenue + after.export_revenue + after.deficit
    np.testing.assert_allclose(after.income, means, rtol=1e-10)
    if deficits != "multiplicative":  # deficits stand, at customs values that contain the tax
        gap = after.flows.sum(axis=0) - after.flows.sum(axis=1)
        np.testing.assert_allclose(gap, after.deficit, atol=1e-8)
    if deficits == "world-share":
        np.testing.assert_allclose(after.deficit, result.before.deficit, atol=1e-8)
    row = {one["code"]: one for one in result.to_json()["economies"]}
    assert row["C00"]["export_tax_revenue_musd"] == pytest.approx(after.export_revenue[0])
    assert "export_tax_revenue_musd" not in solve(world, scenario({}, CHANGES[0])).columns()


CLOSED = [
    {"deficits": "balanced"},
    {"deficits": "balanced", "labor_supply_elasticity": 0.5, "scale_elasticity": 0.1},
]


def symmetric(world: World, options: dict[str, Any]) -> tuple[Any, Any]:
    """A tax on all that C00 exports, and the same on top of its tariffs on all that it imports."""
    taxed = solve(world, scenario(options, TAX))
    tariff = taxed.shock.tariff.copy()
    tariff[..., 1:, 0] = (1.0 + tariff[..., 1:, 0]) * 1.12 - 1.0
    with_tariff = solve_shock(
        world, taxed.scenario, replace(taxed.shock, tariff=tariff, export_tax=None)
    )
    return taxed, with_tariff


@pytest.mark.parametrize("options", CLOSED, ids=named)
@pytest.mark.parametrize("model", ["one sector", "many sectors"])
def test_lerner_symmetry_where_trade_is_balanced(model: str, options: dict[str, Any]) -> None:
    """Real allocations are the same, with others' tariffs and own ones in place (Lerner 1936)."""
    taxed, tariff = symmetric(worlds()[model], options)
    np.testing.assert_allclose(taxed.welfare, tariff.welfare, rtol=1e-10)
    np.testing.assert_allclose(taxed.employment, tariff.employment, rtol=1e-10)
    real = taxed.wage / taxed.price
    np.testing.assert_allclose(real, tariff.wage / tariff.price, rtol=1e-10)
    assert abs(taxed.welfare[0] - 1.0) > 1e-3
    # Wages at home, relative to all others', are lower by the tax: nominal figures differ.
    relative = (taxed.wage[0] / taxed.wage[1]) / (tariff.wage[0] / tariff.wage[1])
    assert relative == pytest.approx(1.0 / 1.12, rel=1e-9)


def test_lerner_symmetry_ends_with_transfers_that_are_held_in_money() -> None:
    taxed, tariff = symmetric(worlds()["one sector"], {"deficits": "world-share"})
    assert np.abs(taxed.welfare - tariff.welfare).max() > 1e-4


@pytest.mark.parametrize("model", ["one sector", "many sectors"])
def test_a_tax_on_one_buyer_is_no_tariff_of_that_buyer(model: str) -> None:
    """The buyer's price is the same; who has the revenue is not."""
    world = worlds()[model]
    tax = solve(world, scenario({}, TAX | {"to": ["C01"]}))
    rates = tax.shock.tariff.copy()
    rates[..., 0, 1] = (1.0 + rates[..., 0, 1]) * 1.12 - 1.0
    tariff = solve_shock(world, tax.scenario, replace(tax.shock, tariff=rates, export_tax=None))
    assert tax.welfare[0] > tariff.welfare[0] + 1e-4
    assert tax.welfare[1] < tariff.welfare[1] - 1e-4


def test_the_best_export_tax_of_a_small_economy_is_one_over_the_elasticity() -> None:
    """It sells goods of its own, of which buyers buy less by 1 + θ: e* = 1/θ (the best tariff's twin)."""
    size = np.array([1.0, 900.0, 800.0, 700.0])
    flows = 0.3 * np.outer(size, size) / size.sum()
    np.fill_diagonal(flows, size)
    world = build(flows)

    def gain(percent: float) -> float:
        return float(solve(world, scenario({}, TAX | {"percent": percent})).welfare[0] - 1.0)

    rates = (15.0, 24.0, 25.0, 26.0, 40.0)
    gains = [gain(rate) for rate in rates]
    assert gain(5.0) > 0
    assert max(gains) == gains[2] > 0
    assert gain(-10.0) < 0


def test_what_is_on_the_path_is_worth_what_welfare_says() -> None:
    """Terms of trade and volume of trade are all of it where nothing but taxes changes."""
    world = worlds(balanced=True)["many sectors"]
    result = solve(world, scenario({"deficits": "balanced"}, TAX, CHANGES[1]))
    assert result.sectors is not None
    found = decompose(result, result.sectors)
    np.testing.assert_allclose(found.path["other"], 0.0, atol=2e-4)
    assert abs(found.path["terms_of_trade"][0]) > 0.1
