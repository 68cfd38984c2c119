"""Welfare taken apart, each part by its own formula: sources, the path of tariffs, the first order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.properties.test_sectors import linked
from tests.properties.worlds import build

from winset.errors import ConvergenceError
from winset.scenario import parse
from winset.trade import solve
from winset.trade.effects import welfare_decomposition as parts
from winset.trade.effects.figures import Decomposition
from winset.trade.models.many_sectors.equations import State, customs_value
from winset.trade.models.many_sectors.result import SectorResult
from winset.worlds import World

CHANGES: list[dict[str, Any]] = [
    {"kind": "tariff", "exporters": "all", "importers": ["C02"], "rate": 0.05},
    {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -5.0},
    {"kind": "productivity", "economies": ["C01"], "percent": 2.0},
]


@pytest.fixture(scope="module")
def world() -> World:
    random = np.random.default_rng(11)
    size = np.array([900.0, 250.0, 120.0])
    flows = np.outer(size, size) / size.sum() * random.uniform(0.1, 0.4, (3, 3))
    np.fill_diagonal(flows, 2.0 * size)
    tariff = random.uniform(0.1, 0.25, (3, 3))
    np.fill_diagonal(tariff, 0.0)
    return linked(build(flows, tariff), 2, 9)


@pytest.fixture(
    scope="module",
    params=[{}, {"labor_supply_elasticity": 0.5, "scale_elasticity": 0.1}],
    ids=["", "labor"],
)
def solved(world: World, request: pytest.FixtureRequest) -> tuple[Any, SectorResult, Decomposition]:
    given = {"change": CHANGES, "parameters": request.param, "on": "2025-01-01"}
    result = solve(world, parse(given))
    assert result.sectors is not None
    return result, result.sectors, parts.decompose(result, result.sectors)


def logs(taken: Decomposition, percent: np.ndarray) -> np.ndarray:
    """A part in logarithms: they were scaled to add up to the percentage."""
    return percent * np.log1p(taken.welfare / 100.0) / taken.welfare


def test_what_moves_welfare(solved: Any) -> None:
    result, sectors, taken = solved
    base, before, after = sectors.calibrated.base, sectors.calibrated.initial, sectors.state
    count, n = base.labor.shape
    np.testing.assert_allclose(taken.welfare, 100.0 * (result.welfare - 1.0))
    for k in range(n):
        weight = np.linalg.inv(np.eye(count) - base.inputs[k]) @ base.final[:, k]
        own = -sum(
            weight[j] / base.theta[j] * np.log(after.share[j, k, k] / base.share[j, k, k])
            for j in range(count)
        )
        found = {key: logs(taken, part)[k] for key, part in taken.sources.items()}
        assert found["own_trade_share"] == pytest.approx(own, abs=1e-9)
        productivity = np.log(1.02) if k == 1 else 0.0
        assert found["productivity"] == pytest.approx(weight.sum() * productivity, abs=1e-12)
        scale = weight.sum() * base.psi * np.log(after.labor[k])
        assert found["scale"] == pytest.approx(scale, abs=1e-12)
        old, new = ((s.revenue[k], s.deficit[k], s.value_added[k]) for s in (before, after))
        ends = [1.0 + (r + d) / v for r, d, v in (old, new)]
        both = found["revenue"] + found["transfers"]
        assert both == pytest.approx(np.log(ends[1] / ends[0]), abs=1e-10)
        ratio = (new[0] / new[2] - old[0] / old[2]) / (ends[1] - ends[0])
        assert found["revenue"] == pytest.approx(both * ratio, abs=1e-10)
        assert sum(found.values()) == pytest.approx(np.log(result.welfare[k]), abs=1e-12)
        if base.kappa == 0.0:
            assert found["employment"] == pytest.approx(0.0, abs=1e-9)


def test_the_first_order_at_the_tariffs_and_flows_before(solved: Any) -> None:
    _, sectors, taken = solved
    base, before, after = sectors.calibrated.base, sectors.calibrated.initial, sectors.state
    flows = customs_value(before, base.tariff)
    new = customs_value(after, sectors.change.tariff)
    cost = np.exp(after.cost) - 1.0
    count, n = base.labor.shape
    for k in range(n):
        terms = volume = 0.0
        for j in range(count):
            for i in range(n):
                terms += flows[j, k, i] * cost[j, k] - flows[j, i, k] * cost[j, i]
                growth = new[j, i, k] / flows[j, i, k] - 1.0
                volume += base.tariff[j, i, k] * flows[j, i, k] * (growth - cost[j, i])
        found = {key: part[k] for key, part in taken.first_order.items()}
        assert found["terms_of_trade"] == pytest.approx(100.0 * terms / before.income[k], rel=1e-9)
        assert found["volume"] == pytest.approx(100.0 * volume / before.income[k], rel=1e-9)
        assert found["welfare"] == pytest.approx(found["terms_of_trade"] + found["volume"])
        wage = after.wage[k] / after.consumer_price[k] - 1.0
        assert found["real_wage"] == pytest.approx(100.0 * wage, rel=1e-9)


def test_the_path_is_that_of_many_small_steps(solved: Any, world: World) -> None:
    _, sectors, taken = solved
    base, change = sectors.calibrated.base, sectors.change
    steps, states = 40, [sectors.calibrated.initial]
    for k in range(1, steps + 1):
        states.append(parts._between(base, change, k / steps, states[-1], world))
    terms, volume = np.zeros(3), np.zeros(3)

    def at(k: int) -> tuple[State, np.ndarray, np.ndarray]:
        tariff = base.tariff + k / steps * (change.tariff - base.tariff)
        return states[k], tariff, customs_value(states[k], tariff)

    for k in range(steps):
        (one, tariff, flows), (other, later, grown) = at(k), at(k + 1)
        cost = (other.cost - one.cost)[: len(base.theta)]
        middle, income = (flows + grown) / 2.0, (one.income + other.income) / 2.0
        worth = middle * cost[:, :, None]
        terms += (worth.sum(axis=(0, 2)) - worth.sum(axis=(0, 1))) / income
        real = np.log(grown / flows) - cost[:, :, None]
        volume += ((tariff + later) / 2.0 * middle * real).sum(axis=(0, 1)) / income
    np.testing.assert_allclose(logs(taken, taken.path["terms_of_trade"]), terms, atol=1e-5)
    np.testing.assert_allclose(logs(taken, taken.path["volume"]), volume, atol=1e-5)
    total = sum(taken.path.values())
    np.testing.assert_allclose(total, taken.welfare, atol=1e-9)


def test_a_rough_path_has_twice_the_points(
    solved: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sectors, _ = solved
    asked: list[int] = []

    def integrated(_: Any, steps: int, *_rest: Any) -> dict[str, np.ndarray]:
        asked.append(steps)
        return {"volume": np.full(3, {4: 0.0, 8: gap, 16: 7.0}[steps])}

    monkeypatch.setattr(parts, "_integrated", integrated)
    for gap, steps in ((2.9e-5, [4, 8]), (3.1e-5, [4, 8, 16]), (-3.1e-5, [4, 8, 16])):
        asked.clear()
        found = parts._path(sectors, world)["volume"][0]
        assert asked == steps
        assert found == (7.0 if len(steps) == 3 else gap)


def test_a_step_that_is_not_found_is_told(
    solved: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sectors, _ = solved
    base, initial = sectors.calibrated.base, sectors.calibrated.initial
    monkeypatch.setattr(parts, "TOLERANCE", -1.0)
    with pytest.raises(ConvergenceError, match=r"no equilibrium 25% of the way") as told:
        parts._between(base, sectors.change, 0.25, initial, world)
    assert told.value.economy in world.codes
