"""Many sectors: one is the one-sector model, identical ones merge, symmetric economies agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.worlds import build, parameters, worlds

from winset.scenario import parse
from winset.trade import derivatives, hat, sectoral, solve
from winset.trade.decomposition import decompose
from winset.worlds import World
from winset.worlds.technology import Technology

CHANGES: list[dict[str, Any]] = [
    {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -15.0},
    {"kind": "tariff", "exporters": "all", "importers": ["C02"], "rate": 0.25},
    {"kind": "productivity", "economies": ["C01"], "percent": 3.0},
]


def with_sectors(world: World, count: int, theta: float, beta: float | None, seed: int) -> World:
    """Split a world into sectors of random sizes, all inputs going everywhere."""
    random = np.random.default_rng(seed)
    n = len(world)
    split = random.dirichlet(np.ones(count), (n, n)).transpose(2, 0, 1)
    return replace(
        world,
        sectors=tuple(f"s{j}" for j in range(count)),
        trade=world.trade[0] * split,
        tariff=np.repeat(world.tariff, count, axis=0),
        technology=Technology(
            elasticity=np.full(count, theta),
            names=tuple(f"s{j}" for j in range(count)),
            value_added=None if beta is None else np.full((count, n), beta),
        ),
    )


@settings(max_examples=12)
@given(worlds(), parameters())
def test_one_sector_is_the_one_sector_model(world: World, given_: dict[str, Any]) -> None:
    scenario = parse({"change": CHANGES, "parameters": given_, "on": "2025-01-01"})
    theta = scenario.parameters.trade_elasticity
    plain = solve(world, scenario)
    split = solve(with_sectors(world, 1, theta, None, 0), scenario)
    for name in ("welfare", "wage", "price", "employment"):
        assert getattr(split, name) == pytest.approx(getattr(plain, name), abs=1e-10, rel=1e-10)
    size = plain.flows.sum()
    assert split.new_flows / size == pytest.approx(plain.new_flows / size, abs=1e-10)
    assert split.new_revenue / size == pytest.approx(plain.new_revenue / size, abs=1e-10)


@settings(max_examples=8)
@given(worlds(), st.integers(0, 1000))
def test_identical_sectors_merge_to_nothing(world: World, seed: int) -> None:
    random = np.random.default_rng(seed)
    weights = random.dirichlet(np.ones(3))
    parts = with_sectors(world, 3, 4.0, 0.6, seed)
    parts = replace(parts, trade=world.trade[0] * weights[:, None, None])
    merged = parts.aggregate_sectors({"all": list(parts.sectors)})
    scenario = parse({"change": CHANGES, "on": "2025-01-01"})
    apart, together = solve(parts, scenario), solve(merged, scenario)
    assert apart.welfare == pytest.approx(together.welfare, abs=1e-10)
    assert apart.wage == pytest.approx(together.wage, abs=1e-10)


def test_symmetric_economies_get_the_same() -> None:
    flows = np.full((4, 4), 10.0)
    np.fill_diagonal(flows, 100.0)
    world = with_sectors(build(flows), 3, 4.0, 0.5, 1)
    world = replace(world, trade=flows * np.array([0.2, 0.3, 0.5])[:, None, None])
    assert world.technology is not None
    world = replace(world, technology=replace(world.technology, elasticity=np.array([2.0, 5, 9])))
    result = solve(world, parse({"change": CHANGES[:1], "on": "2025-01-01"}))
    assert result.welfare[0] == pytest.approx(result.welfare[1], abs=1e-12)
    assert result.welfare[2] == pytest.approx(result.welfare[3], abs=1e-12)
    assert result.welfare[0] > 1.0


@settings(max_examples=5)
@given(worlds(), parameters(), st.integers(0, 1000))
def test_decomposition_adds_up(world: World, given_: dict[str, Any], seed: int) -> None:
    world = with_sectors(world, 2, 4.0, None, seed)
    scenario = parse({"change": CHANGES, "parameters": given_, "on": "2025-01-01"})
    result = solve(world, scenario)
    assert result.sectors is not None
    parts = decompose(result, result.sectors)
    for group in (parts.sources.values(), parts.path.values(), parts.changes):
        assert sum(group) == pytest.approx(parts.welfare, abs=1e-10)
    assert len(parts.changes) == len(CHANGES)


def test_gradient_is_that_of_finite_differences() -> None:
    random = np.random.default_rng(3)
    flows = random.uniform(5, 20, (4, 4)) + np.diag(np.full(4, 100.0))
    tariff = random.uniform(0, 0.2, (4, 4))
    np.fill_diagonal(tariff, 0.0)
    world = with_sectors(build(flows, tariff), 3, 4.0, 0.5, 2)
    scenario = parse({"change": CHANGES[:1], "on": "2025-01-01"})
    base = sectoral.calibrate(world, scenario.parameters).base
    one, same = np.ones_like(base.tariff), np.ones(4)

    def log_welfare(rates: np.ndarray) -> tuple[float, hat.Target, hat.State]:
        root = sectoral.find(base, one, rates, same, world, "of the test")
        goal = hat.target(base, one, rates, same, 1.0)
        return float(np.log(root.state.income[0] / root.state.consumer_price[0])), goal, root.state

    _, goal, state = log_welfare(base.tariff)
    slope = derivatives.linearize(base, goal, state).welfare_gradient(0).tariff
    for cell in ((0, 1, 0), (2, 3, 2), (1, 0, 3)):
        step = np.zeros_like(base.tariff)
        step[cell] = 1e-4
        up, down = log_welfare(base.tariff + step)[0], log_welfare(base.tariff - step)[0]
        assert slope[cell] == pytest.approx((up - down) / 2e-4, abs=1e-7)
