"""Equations of every model: slopes by differences, conditions by their definition, no unit of money."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.properties.test_sectors import linked
from tests.properties.worlds import CLOSURES, build

from winset.scenario import Parameters, parse
from winset.trade import solve
from winset.trade.models.entry_costs import equations as entry
from winset.trade.models.entry_costs.solve import MODEL as ENTRY
from winset.trade.models.many_sectors.solve import MODEL as MANY
from winset.trade.models.model import Shift, calibrate
from winset.trade.models.one_sector.solve import MODEL as ONE
from winset.worlds import World

COSTS = {
    "value_added_share": 1.0,
    "entry_cost_share": {"C00": 0.2, "others": 0.1},
    "pass_through": 0.9,
}


def flows() -> np.ndarray:
    random = np.random.default_rng(12)
    size = np.array([900.0, 250.0, 120.0, 60.0])
    made = np.outer(size, size) / size.sum() * random.uniform(0.1, 0.4, (4, 4))
    np.fill_diagonal(made, 2.0 * size)
    return np.asarray(made)


def world(scale: float = 1.0) -> World:
    tariff = np.random.default_rng(13).uniform(0.0, 0.25, (4, 4))
    np.fill_diagonal(tariff, 0.0)
    return build(scale * flows(), tariff)


def moved(base: Any) -> tuple[Any, ...]:
    """New costs, tariffs and productivities."""
    random = np.random.default_rng(14)
    cost = np.exp(random.normal(0.0, 0.05, base.tariff.shape))
    return cost, base.tariff + 0.05, np.exp(random.normal(0.0, 0.05, len(base.deficit)))


@pytest.mark.parametrize("closure", CLOSURES, ids=lambda closure: "-".join(closure))
@pytest.mark.parametrize("model", ["one sector", "entry costs"])
def test_slopes_are_what_differences_show(model: str, closure: dict[str, Any]) -> None:
    kind, more = (ONE, {}) if model == "one sector" else (ENTRY, COSTS)
    base, _ = kind.baseline(world(), Parameters(**(more | closure)))  # type: ignore[attr-defined]
    residual, slope = kind.problem(base, Shift(*moved(base)), 0.7, False, None)  # type: ignore[attr-defined]
    x = np.random.default_rng(15).normal(0.0, 0.02, base.unknowns)
    _, state = residual(x)
    exact = slope(x, state)
    assert exact.shape == (base.unknowns, base.unknowns)
    for k in range(base.unknowns):
        step = np.zeros_like(x)
        step[k] = 1e-6
        numeric = (residual(x + step)[0] - residual(x - step)[0]) / 2e-6
        np.testing.assert_allclose(exact[:, k], numeric, atol=1e-6 * (1.0 + np.abs(numeric).max()))


@pytest.mark.parametrize("closure", CLOSURES, ids=lambda closure: "-".join(closure))
def test_entry_costs_by_their_definitions(closure: dict[str, Any]) -> None:
    """Shares, prices, budgets and labor at any wages, spending and labor."""
    parameters = Parameters(**(COSTS | closure))
    base, _ = ENTRY.baseline(world(), parameters)
    cost, tariff, productivity = moved(base)
    goal = entry.target(base, Shift(cost, tariff, productivity), 1.0)
    x = np.random.default_rng(16).normal(0.0, 0.02, base.unknowns)
    state = entry.evaluate(base, goal, x)
    wage, spent, labor = np.exp(x.reshape(3, 4))
    theta, psi = 4.0, parameters.scale_elasticity
    unit = wage * labor**-psi / productivity
    for n in range(4):
        taxed = ((1.0 + tariff[:, n]) / (1.0 + base.tariff[:, n])) ** base.response[n]
        reach = base.share[:, n] * (unit * cost[:, n] * taxed) ** -theta
        np.testing.assert_allclose(state.share[:, n], reach / reach.sum(), rtol=1e-10)
        price = (spent[n] / wage[n]) ** (1.0 - base.response[n]) * reach.sum() ** (-1.0 / theta)
        assert state.price[n] == pytest.approx(price, rel=1e-10)
    sent = state.share * state.spending / (1.0 + tariff)
    np.testing.assert_allclose(state.flows, sent)
    np.testing.assert_allclose(state.revenue, (tariff * sent).sum(axis=0))
    output = base.output * wage * labor
    paid = sent @ (1.0 - base.entry) + base.entry * sent.sum(axis=0)
    balance = output.sum() / paid.sum() if base.multiplicative else 1.0
    assert state.balance == pytest.approx(balance)
    np.testing.assert_allclose(state.sales, balance * paid)
    left = np.log(1.0 - state.revenue / output)
    relief = np.log(base.relief) - left if base.income_tax else np.zeros(4)
    growth = output / base.output if base.multiplicative else output.sum() / base.output.sum()
    wanted = np.concatenate([
        (output - balance * paid) / base.output + output.sum() / base.output.sum() - 1.0,
        (state.spending - output - state.revenue - base.transfer * growth) / base.spending,
        np.log(labor) - base.kappa * (relief + np.log(wage) - np.log(state.price)),
    ])  # fmt: skip
    np.testing.assert_allclose(state.residual, wanted, atol=1e-12)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
@pytest.mark.parametrize("model", ["one sector", "entry costs", "many sectors"])
def test_the_unit_of_money_does_not_matter(model: str, scale: float) -> None:
    changes = [
        {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -15.0},
        {"kind": "tariff", "exporters": "all", "importers": ["C02"], "rate": 0.25},
    ]
    more = COSTS if model == "entry costs" else {}
    scenario = parse({"change": changes, "parameters": more, "on": "2025-01-01"})

    def made(factor: float) -> World:
        plain = world(factor)
        return linked(plain, 2, 9) if model == "many sectors" else plain

    one, other = solve(made(1.0), scenario), solve(made(scale), scenario)
    for name in ("welfare", "wage", "price"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-9)
    np.testing.assert_allclose(other.new_flows, scale * one.new_flows, rtol=1e-8)
    np.testing.assert_allclose(
        other.equivalent_variation, scale * one.equivalent_variation, rtol=1e-6
    )


def test_a_sector_that_nobody_sells_has_the_price_of_the_own() -> None:
    """Bought of nobody, its share is one at home, and the others are as they were."""
    split = linked(world(), 2, 9)
    trade = np.array(split.trade)
    trade[1, :, 3] = 0.0
    base = calibrate(MANY, replace(split, trade=trade), Parameters()).base
    assert base.share[1, :, 3].tolist() == [0.0, 0.0, 0.0, 1.0]
    np.testing.assert_allclose(base.share.sum(axis=1), 1.0)
