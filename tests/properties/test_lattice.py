"""The lattice is the solver: on random worlds both give the same, or both refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from tests.properties.test_sectors import linked

import winset
from winset.errors import ConvergenceError, DataError
from winset.scenario import parse
from winset.trade.coalitions import compute
from winset.trade.coalitions.neighbors import covered
from winset.trade.coalitions.problem import prepare
from winset.worlds import World

CODES = ("AAA", "BBB", "CCC", "DDD", "EEE")


def random_world(seed: int, spread: float, taxed: bool) -> World:
    """Five economies of unequal size; `spread` makes their deficits large."""
    generator = np.random.default_rng(seed)
    size = np.exp(generator.normal(0.0, 1.2, 5))
    trade = np.outer(size, size) * np.exp(generator.normal(0.0, spread, (5, 5)))
    np.fill_diagonal(trade, 4.0 * size * size.sum() * generator.uniform(0.3, 1.0, 5))
    tariff = generator.uniform(0.0, 0.4, (5, 5)) * taxed
    np.fill_diagonal(tariff, 0.0)
    return World(
        name="random",
        year=2023,
        codes=CODES,
        names=CODES,
        gdp=np.full(5, np.nan),
        sectors=("goods",),
        trade=1000.0 * trade[None],
        tariff=tariff[None],
        domestic_known=True,
    )


@st.composite
def games(draw: st.DrawFn) -> dict[str, Any]:
    """A world, a change among three of its economies, and parameters."""
    kind = draw(st.sampled_from(["cost", "productivity", "tariff", "both"]))
    return {
        "seed": draw(st.integers(0, 10_000)),
        "spread": draw(st.sampled_from([0.3, 0.8, 1.5])),
        "taxed": draw(st.booleans()),
        "kind": kind,
        "percent": draw(st.sampled_from([-95.0, -80.0, -50.0, -20.0, -10.0, -1.0, 15.0])),
        "deficits": draw(
            st.sampled_from(["world-share", "multiplicative", "additive", "balanced"])
        ),
        "beta": draw(st.sampled_from([0.3, 0.5, 1.0])),
        "kappa": draw(st.sampled_from([0.0, 0.0, 0.0, 0.5])),
    }


def outcome(solving: Any) -> np.ndarray | None:
    """What comes out, None where it is refused."""
    try:
        return np.asarray(solving())
    except (ConvergenceError, DataError):
        return None


def scenario_of(game: dict[str, Any], players: list[str]) -> Any:
    changes: list[dict[str, Any]] = []
    if game["kind"] in ("cost", "both") and len(players) > 1:  # one alone has no pair
        changes.append({"kind": "trade-cost", "among": players, "percent": game["percent"]})
    if game["kind"] in ("productivity", "both"):
        size = max(game["percent"], -60.0)
        changes.append({"kind": "productivity", "economies": players, "percent": size})
    if game["kind"] == "tariff":
        changes.append({"kind": "tariff", "among": players, "rate": 0.9 + game["percent"] / 100.0})
    parameters = {
        "deficits": game["deficits"],
        "value_added_share": game["beta"],
        "labor_supply_elasticity": game["kappa"],
    }
    return parse({"on": "2025-09-01", "change": changes, "parameters": parameters})


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(game=games())
@example(
    game={
        "seed": 1,
        "spread": 1.5,
        "taxed": False,
        "kind": "cost",
        "percent": -95.0,
        "deficits": "world-share",
        "beta": 0.5,
        "kappa": 0.0,
    }
)
def test_lattice_is_solve_or_both_refuse(game: dict[str, Any]) -> None:
    agreed(random_world(game["seed"], game["spread"], game["taxed"]), game)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(game=games(), count=st.integers(2, 4), alone=st.booleans())
def test_lattice_of_sectors_is_solve_or_both_refuse(
    game: dict[str, Any], count: int, alone: bool
) -> None:
    """With links between sectors that have elasticities of their own, the last of them not traded."""
    world = linked(random_world(game["seed"], game["spread"], game["taxed"]), count, game["seed"])
    if alone:
        world = untraded(world)
    agreed(world, game)


def untraded(world: World) -> World:
    """Let each economy make for itself what it has of the last sector."""
    assert world.technology is not None
    trade, tariff = world.trade.copy(), world.tariff.copy()
    elasticity = world.technology.elasticity.copy()
    trade[-1] = np.diag(trade[-1].sum(axis=0))
    tariff[-1], elasticity[-1] = 0.0, np.nan
    technology = replace(world.technology, elasticity=elasticity)
    return replace(world, trade=trade, tariff=tariff, technology=technology)


def agreed(world: World, game: dict[str, Any]) -> None:
    """Hold every coalition of three to what the ordinary solver finds of it."""
    players = ["AAA", "BBB", "CCC"]
    scenario = scenario_of(game, players)
    problem = outcome_of_prepare(world, scenario, players)
    if problem is None:
        event("the game cannot be laid out")
        return
    refused = 0
    for mask in range(1, 8):
        inside = [c for k, c in enumerate(problem.players) if mask >> k & 1]
        found = outcome(lambda mask=mask: compute.coalition_gains(problem, mask))
        if len(inside) == 1 and game["kind"] in ("cost", "tariff"):
            if (
                found is None and game["kappa"]
            ):  # no welfare to begin with: `solve` refuses all of it
                assert outcome(lambda: winset.solve(world, scenario).welfare) is None
                refused += 1
                continue
            assert found is not None, game
            own = found[problem.players.index(inside[0])]
            assert abs(own) <= 1e-9 * world.flows.sum()
            continue
        single = scenario_of(game, inside)

        def solved(single: Any = single) -> np.ndarray:
            result = winset.solve(world, single)
            return result.equivalent_variation[[world.index[c] for c in problem.players]]

        wanted = outcome(solved)
        assert (found is None) == (wanted is None), (mask, found, wanted)
        if found is None or wanted is None:
            refused += 1
            continue
        scale = np.abs(wanted) + 1e-9 * world.flows.sum(axis=1)[: len(found)].max()
        assert np.all(np.abs(found - wanted) <= 1e-9 * scale + 1e-12 * world.flows.sum())
    event("refused" if refused else "solved")
    event("fast" if problem.fast else "near" if covered(problem) else "by Newton")
    try:
        whole = compute.compute(problem)
    except (ConvergenceError, DataError):
        assert refused
    else:
        assert not refused
        assert np.isfinite(whole.values).all()


def outcome_of_prepare(world: World, scenario: Any, players: list[str]) -> Any:
    """The problem, or None where the world or the change does not allow a game."""
    try:
        return prepare(world, scenario, players)
    except (DataError, ConvergenceError):
        return None


def test_the_slow_way_gives_what_the_kernel_gives() -> None:
    """Both are held to the same check and to the same values."""
    world = random_world(5, 0.3, taxed=False)
    game = {"kind": "both", "percent": -20.0, "deficits": "world-share", "beta": 0.5, "kappa": 0.0}
    problem = prepare(world, scenario_of(game, ["AAA", "BBB", "CCC", "DDD"]))
    assert problem.fast
    quick = compute.compute(problem, gains=True)
    slow = compute.compute(replace(problem, fast=False), gains=True)
    np.testing.assert_allclose(quick.values, slow.values, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(quick.gains, slow.gains, rtol=1e-9, atol=1e-6)
