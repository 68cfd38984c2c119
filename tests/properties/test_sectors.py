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
from winset.trade import solve
from winset.trade.effects.welfare_decomposition import decompose
from winset.trade.models.many_sectors import derivatives
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors.solve import MODEL
from winset.trade.models.model import Shift, calibrate, find
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


#: Every closure with every use of revenue, with and without labor supply and scale.
MATRIX = [
    {
        "deficits": deficits,
        "revenue": revenue,
        "labor_supply_elasticity": kappa,
        "scale_elasticity": psi,
    }
    for deficits in ("world-share", "multiplicative", "additive", "balanced")
    for revenue in ("lump-sum", "income-tax")
    for kappa, psi in ((0.0, 0.0), (0.5, 0.0), (0.5, 0.1))
]


def named(options: dict[str, Any]) -> str:
    return "-".join(str(value) for value in options.values())


def linked(world: World, count: int, seed: int) -> World:
    """Split a world into sectors with their own elasticities, shares and input–output links."""
    random = np.random.default_rng(seed)
    parts = with_sectors(world, count, 4.0, None, seed)
    assert parts.technology is not None
    value_added = random.uniform(0.4, 0.7, (count, len(world)))
    mix = random.dirichlet(np.ones(count), (len(world), count)).transpose(0, 2, 1)
    return replace(
        parts,
        technology=replace(
            parts.technology,
            elasticity=random.uniform(2.0, 9.0, count),
            value_added=value_added,
            inputs=mix * (1.0 - value_added.T)[:, None, :],
        ),
    )


@pytest.fixture(scope="module")
def uneven() -> World:
    """Four economies of different size, with tariffs and deficits."""
    random = np.random.default_rng(11)
    size = np.array([900.0, 250.0, 120.0, 60.0])
    flows = np.outer(size, size) / size.sum() * random.uniform(0.1, 0.4, (4, 4))
    np.fill_diagonal(flows, 2.0 * size)
    tariff = random.uniform(0.0, 0.25, (4, 4))
    np.fill_diagonal(tariff, 0.0)
    return build(flows, tariff)


def agree(one: Any, other: Any) -> None:
    """Two results are the same to 1e-10, levels relative to their size."""
    for name in ("welfare", "wage", "price", "employment"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-10, rel=1e-10)
    size = other.flows.sum()
    for name in ("new_flows", "new_revenue", "new_output", "equivalent_variation"):
        here, there = getattr(one, name) / size, getattr(other, name) / size
        assert here == pytest.approx(there, abs=1e-10)


@pytest.mark.parametrize("options", MATRIX, ids=named)
@pytest.mark.parametrize("tables", [False, True], ids=["parameter", "tables"])
def test_one_sector_is_the_one_sector_model_in_every_closure(
    options: dict[str, Any], uneven: World, tables: bool
) -> None:
    scenario = parse({"change": CHANGES, "parameters": options, "on": "2025-01-01"})
    split = with_sectors(uneven, 1, 4.0, 0.5 if tables else None, 0)
    if tables:
        assert split.technology is not None
        n = len(uneven)
        technology = replace(
            split.technology, inputs=np.full((n, 1, 1), 0.5), final=np.ones((1, n))
        )
        split = replace(split, technology=technology)
    agree(solve(split, scenario), solve(uneven, scenario))


@pytest.mark.parametrize("options", MATRIX, ids=named)
def test_identical_sectors_merge_to_nothing_in_every_closure(
    options: dict[str, Any], uneven: World
) -> None:
    """Two of three sectors are alike but for size: merged, nothing changes; tables included."""
    weights = np.array([0.3, 0.2, 0.5])
    world = linked(uneven, 3, 5)
    technology = world.technology
    assert technology is not None
    assert technology.value_added is not None
    assert technology.inputs is not None
    value_added, inputs = technology.value_added.copy(), technology.inputs.copy()
    value_added[1], inputs[:, :, 1] = value_added[0], inputs[:, :, 0]
    theta = technology.elasticity.copy()
    theta[1] = theta[0]
    # Everybody buys of the two alike in proportion to their size, so that demand is one too.
    both = inputs[:, :2].sum(axis=1, keepdims=True)
    inputs[:, :2] = both * (weights[:2] / weights[:2].sum())[None, :, None]
    world = replace(
        world,
        trade=uneven.trade[0] * weights[:, None, None],
        technology=replace(technology, elasticity=theta, value_added=value_added, inputs=inputs),
    )
    merged = world.aggregate_sectors({"both": ["s0", "s1"]})
    assert len(merged.sectors) == 2
    scenario = parse({"change": CHANGES, "parameters": options, "on": "2025-01-01"})
    agree(solve(world, scenario), solve(merged, scenario))


@pytest.mark.parametrize("options", MATRIX, ids=named)
def test_symmetric_economies_get_the_same_in_every_closure(options: dict[str, Any]) -> None:
    """Two pairs of twins; in each pair both trade, tax and produce alike."""
    flows = np.full((4, 4), 10.0)
    np.fill_diagonal(flows, 100.0)
    tariff = np.where(np.eye(4, dtype=bool), 0.0, 0.1)
    world = linked(build(flows, tariff), 3, 7)
    technology = world.technology
    assert technology is not None
    assert technology.value_added is not None
    assert technology.inputs is not None
    alike = replace(
        technology,
        value_added=np.repeat(technology.value_added[:, :1], 4, axis=1),
        inputs=np.repeat(technology.inputs[:1], 4, axis=0),
    )
    weights = np.array([0.2, 0.3, 0.5])[:, None, None]
    world = replace(world, trade=flows * weights, technology=alike)
    changes = [
        {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -10.0},
        {"kind": "tariff", "exporters": "all", "importers": ["C02", "C03"], "rate": 0.3},
    ]
    result = solve(world, parse({"change": changes, "parameters": options, "on": "2025-01-01"}))
    for one, twin in ((0, 1), (2, 3)):
        for name in ("welfare", "wage", "price", "employment", "new_output"):
            values = getattr(result, name)
            assert values[one] == pytest.approx(values[twin], rel=1e-11)
    assert abs(result.welfare[0] - result.welfare[2]) > 1e-3


@pytest.mark.parametrize("options", MATRIX, ids=named)
def test_decomposition_adds_up_in_every_closure(options: dict[str, Any], uneven: World) -> None:
    scenario = parse({"change": CHANGES, "parameters": options, "on": "2025-01-01"})
    result = solve(linked(uneven, 3, 9), scenario)
    assert result.sectors is not None
    parts = decompose(result, result.sectors)
    for group in (parts.sources.values(), parts.path.values(), parts.changes):
        assert sum(group) == pytest.approx(parts.welfare, abs=1e-10)
    assert np.abs(parts.welfare).max() > 0.1


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
    base = calibrate(MODEL, world, scenario.parameters).base
    one, same = np.ones_like(base.tariff), np.ones(4)

    def log_welfare(rates: np.ndarray) -> tuple[float, hat.Target, hat.State]:
        root = find(MODEL, base, Shift(one, rates, same), world, "of the test")
        goal = hat.target(base, Shift(one, rates, same), 1.0)
        return float(np.log(root.state.income[0] / root.state.consumer_price[0])), goal, root.state

    _, goal, state = log_welfare(base.tariff)
    slope = derivatives.linearize(base, goal, state).welfare_gradient(0).tariff
    for cell in ((0, 1, 0), (2, 3, 2), (1, 0, 3)):
        step = np.zeros_like(base.tariff)
        step[cell] = 1e-4
        up, down = log_welfare(base.tariff + step)[0], log_welfare(base.tariff - step)[0]
        assert slope[cell] == pytest.approx((up - down) / 2e-4, abs=1e-7)
