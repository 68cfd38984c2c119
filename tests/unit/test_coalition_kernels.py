"""The pieces that a lattice is solved with: its layout, its equations, prediction, Newton's method."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset
from winset.errors import DataError
from winset.scenario import Scenario, parse
from winset.scenario.pairs import group_in
from winset.studies.sharing import checked_resolution, weights
from winset.trade.coalitions import batch_kernel, compute, single_kernel
from winset.trade.coalitions.problem import OUTSIDERS, Problem, compact_world, prepare
from winset.trade.models.model import Shift
from winset.trade.models.one_sector import equations as onesector
from winset.trade.numerics.kernels import cached
from winset.worlds import World

if TYPE_CHECKING:
    from pathlib import Path


def three() -> Problem:
    changes = [
        {"kind": "trade-cost", "among": ["KAZ", "UZB", "KGZ"], "percent": -20.0},
        {"kind": "productivity", "economies": ["KAZ", "UZB"], "percent": 5.0},
    ]
    return prepare(winset.world(), parse({"on": "2025-09-01", "change": changes}))


def pieces(problem: Problem, mask: int) -> tuple[Any, Any, Any, Any]:
    """K(S), ln Â(S) and the equations of one sector that say the same."""
    base, n = problem.base, len(problem.codes)
    inside = compute.members(mask)
    cost, productivity = np.ones((n, n)), np.ones(n)
    cost[np.ix_(inside, inside)] = problem.cost[np.ix_(inside, inside)]
    productivity[inside] = problem.productivity[inside]
    goal = onesector.target(base, Shift(cost, base.tariff, productivity), 1.0)
    return goal.kernel, goal.productivity, goal, inside


def test_members_of_a_coalition_are_the_bits_that_are_set() -> None:
    assert compute.members(0) == []
    assert compute.members(1) == [0]
    assert compute.members(0b1010_0001) == [0, 5, 7]


@pytest.mark.parametrize("mask", [0b011, 0b101, 0b111])
def test_the_kernel_states_the_equations_of_one_sector(mask: int) -> None:
    problem = three()
    base, n = problem.base, len(problem.codes)
    K, prod, goal, _ = pieces(problem, mask)
    dense, own = np.empty((n, n)), np.empty(n)
    batch_kernel._dense(base.share, problem.cost**-base.theta, mask, dense)
    batch_kernel._productive(np.log(problem.productivity), mask, own)
    np.testing.assert_allclose(dense, K, rtol=1e-14)
    np.testing.assert_allclose(own, prod, atol=1e-16)
    u = np.random.default_rng(mask).normal(0.0, 0.05, n)
    state = onesector.evaluate(base, goal, u)
    reach, total, lt, yp, z, F = (np.empty(n) for _ in range(6))
    world = single_kernel.levels(
        u, prod, K, base.output, base.deficit, base.theta, base.beta, reach, total, lt, yp, z
    )
    largest = single_kernel.residual(K, 1.0 / base.output, reach, yp, z, world, F)
    np.testing.assert_allclose(yp, state.output, rtol=1e-12)
    np.testing.assert_allclose(np.exp(-lt / base.theta), state.price, rtol=1e-12)
    np.testing.assert_allclose(z * total, state.spending, rtol=1e-12)
    np.testing.assert_allclose(F, state.residual, atol=1e-12)
    assert largest == pytest.approx(np.abs(state.residual).max(), rel=1e-10)
    slope = single_kernel.jacobian(
        K, base.output, base.deficit, base.theta, base.beta, reach, total, yp, z
    )
    np.testing.assert_allclose(slope, onesector.jacobian(base, goal, state, n), atol=1e-11)
    inverse = np.zeros((n, n))
    batch_kernel._invert(u, K, prod, base.output, base.deficit, base.theta, base.beta, inverse)
    np.testing.assert_allclose(inverse.T @ slope, np.eye(n), atol=1e-8)


def test_a_residual_that_is_no_number_is_large() -> None:
    n = 2
    F = np.empty(n)
    z = np.array([np.nan, 1.0])
    size = single_kernel.residual(np.eye(n), np.ones(n), np.ones(n), np.ones(n), z, 1.0, F)
    assert np.isnan(size)


def test_newtons_method_finds_the_root_or_says_that_it_breaks_down() -> None:
    problem = three()
    base, n = problem.base, len(problem.codes)
    K, prod, goal, _ = pieces(problem, 0b111)
    space = tuple(np.empty(n) for _ in range(6))
    given = (prod, K, base.output, base.deficit, base.theta, base.beta, 1.0 / base.output)
    u = np.zeros(n)
    assert single_kernel.newton(u, *given, 2e-13, space, 40) <= 2e-13
    assert np.abs(onesector.evaluate(base, goal, u).residual).max() <= 1e-12
    stopped = single_kernel.newton(np.zeros(n), *given, 2e-13, space, 1)
    assert stopped > 1e-6  # one step is not enough, and it is told
    assert single_kernel.newton(np.full(n, np.nan), *given, 2e-13, space, 40) == np.inf
    nobody = np.zeros((n, n))  # nothing is bought: no Jacobian has an inverse
    broken = single_kernel.newton(np.zeros(n), prod, nobody, *given[2:], 2e-13, space, 40)
    assert broken == np.inf


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_step_of_newtons_method_is_held_back_far_from_the_root(seed: int) -> None:
    """From prices that are off by e² the whole step runs away in a few rounds."""
    problem = three()
    base, n = problem.base, len(problem.codes)
    K, prod, goal, _ = pieces(problem, 0b111)
    space = tuple(np.empty(n) for _ in range(6))
    u = np.random.default_rng(seed).normal(0.0, 2.0, n)
    given = (base.output, base.deficit, base.theta, base.beta, 1.0 / base.output)
    assert single_kernel.newton(u, prod, K, *given, 2e-13, space, 60) <= 2e-13
    assert np.abs(onesector.evaluate(base, goal, u).residual).max() <= 1e-12


def test_where_there_is_no_inverse_the_last_one_stays() -> None:
    problem = three()
    base, n = problem.base, len(problem.codes)
    inverse = np.eye(n)
    batch_kernel._invert(
        np.zeros(n), np.zeros((n, n)), np.zeros(n), base.output, base.deficit, base.theta,
        base.beta, inverse,
    )  # fmt: skip
    np.testing.assert_array_equal(inverse, np.eye(n))


def test_prediction_is_exact_where_fewer_interact_than_are_left_out() -> None:
    """u(S) made of terms of single members and pairs: from order 3 on inclusion–exclusion has it all."""
    generator = np.random.default_rng(3)
    single, pair = generator.normal(size=5), generator.normal(size=(5, 5))

    def exact(mask: int) -> float:
        inside = compute.members(mask)
        return float(sum(single[k] + sum(pair[k, i] for i in inside if i < k) for k in inside))

    U = np.array([[exact(m), 2 * exact(m)] for m in range(32)])
    out = np.empty(2)
    for mask in (0b11111, 0b01110, 0b10101):
        U[mask] = np.nan  # what is predicted is not looked up
        single_kernel.predict(U, mask, 3, out)
        np.testing.assert_allclose(out, [exact(mask), 2 * exact(mask)], atol=1e-12)
        U[mask] = [exact(mask), 2 * exact(mask)]
    single_kernel.predict(U, 0b111, 1, out)  # from the one without the lowest member alone
    assert out[0] == pytest.approx(exact(0b110))


def test_series_are_exact_to_rounding_up_to_their_bound() -> None:
    for x in (batch_kernel.SERIES, -batch_kernel.SERIES, 1e-9, 0.0):
        assert batch_kernel._exponential(x) == pytest.approx(np.exp(x), rel=4e-16)


def test_coalitions_by_size_and_where_each_size_begins() -> None:
    masks, begins = batch_kernel._by_size(4)
    assert sorted(masks.tolist()) == list(range(16))
    assert begins.tolist() == [0, 1, 5, 11, 15, 16]
    for size in range(5):
        part = masks[begins[size] : begins[size + 1]].tolist()
        assert all(m.bit_count() == size for m in part)
        assert part == sorted(part)


def test_units_hold_their_solutions_in_the_room_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bits of a unit: as many as fit, at least 4, at most 16 and the players; few by Newton's method."""
    world, sco = winset.world(), Scenario.from_toml("sco-2025")
    ten = ["KAZ", *(c for c in world.codes if c != "KAZ")][:10]
    scenario = parse(
        {"on": "2025-09-01", "change": [{"kind": "trade-cost", "among": ten, "percent": -1.0}]}
    )
    problem = prepare(world, scenario)
    assert (problem.bits, problem.units) == (10, 1)
    assert replace(problem, bits=4).units == 64
    assert compute.single(problem).units == 1024
    module = sys.modules["winset.trade.coalitions.problem"]
    monkeypatch.setattr(module, "UNIT_BYTES", 8 * len(world) << 7)
    assert prepare(world, scenario).bits == 7
    monkeypatch.setattr(module, "UNIT_BYTES", (8 * len(world) << 7) - 1)
    assert prepare(world, scenario).bits == 6
    monkeypatch.setattr(module, "UNIT_BYTES", 1_000)
    assert prepare(world, scenario).bits == 4
    monkeypatch.setattr(module, "UNIT_BYTES", 1 << 60)
    assert prepare(world, sco, resolution="compact").bits == 16
    slow = scenario.with_parameters(deficits="multiplicative")
    assert prepare(world, slow).bits == 10


def test_players_stand_first_the_smallest_at_bit_zero() -> None:
    world = winset.world()
    problem = three()
    assert problem.codes[:3] == problem.players == ("KGZ", "UZB", "KAZ")
    sizes = [world.accounts(0.5).value_added[world.index[c]] for c in problem.players]
    assert sizes == sorted(sizes)
    assert problem.productivity.tolist() == [1.0, 1.05, 1.05]
    np.testing.assert_allclose(problem.cost, [[1, 0.8, 0.8], [0.8, 1, 0.8], [0.8, 0.8, 1]])
    scenario = Scenario.from_toml("sco-2025")
    assert prepare(world, scenario, ["KAZ", "KGZ", "UZB"], sort=False).players == (
        "KAZ", "KGZ", "UZB",
    )  # fmt: skip


def regions(sizes: dict[str, tuple[float, str]]) -> World:
    """Economies of a size and a region that trade with each other."""
    codes = tuple(sizes)
    size = np.array([s for s, _ in sizes.values()])
    trade = np.outer(
        size, size
    )  # whole numbers, so that equal economies are equal to the last digit
    np.fill_diagonal(trade, size * size.sum())
    return World(
        name="made up",
        year=2023,
        codes=codes,
        names=codes,
        gdp=np.full(len(codes), np.nan),
        sectors=("goods",),
        trade=trade[None],
        tariff=np.zeros((1, len(codes), len(codes))),
        domestic_known=True,
        facts={"region": tuple(region for _, region in sizes.values())},
    )


def test_a_compact_world_keeps_the_largest_outsiders_and_merges_the_rest_by_region() -> None:
    sizes = {"P": (1.0, "East"), "Q": (1.0, "West")}
    sizes |= {f"L{k}": (100.0 - k, "East") for k in range(OUTSIDERS)}
    sizes |= {"S1": (3.0, "East"), "S2": (4.0, "East"), "S3": (5.0, "West")}
    world = regions(sizes)
    small = compact_world(world, ["P", "Q"], 0.5)
    kept = {"P", "Q", "S3", *(f"L{k}" for k in range(OUTSIDERS))}
    assert set(small.codes) == kept | {"Rest of East"}  # one alone in its region stays itself
    closed = world.closed(0.5)
    rest = small.index["Rest of East"]
    pair = [closed.index["S1"], closed.index["S2"]]
    assert small.gdp[rest] == pytest.approx(closed.gdp[pair].sum(), rel=1e-12)
    assert small.flows[rest, rest] == pytest.approx(closed.flows[np.ix_(pair, pair)].sum())
    buyer = closed.index["L0"]
    assert small.flows[rest, small.index["L0"]] == pytest.approx(closed.flows[pair, buyer].sum())
    assert small.flows.sum() == pytest.approx(closed.flows.sum(), rel=1e-12)


def test_outsiders_of_one_size_are_kept_by_their_codes() -> None:
    sizes = {"P": (1.0, "East"), "Q": (1.0, "East")}
    sizes |= {f"X{k}": (7.0, "East") for k in range(OUTSIDERS + 2)}
    small = compact_world(regions(sizes), ["P", "Q"], 0.5)
    assert set(small.codes) == {"P", "Q", "Rest of East", *(f"X{k}" for k in range(OUTSIDERS))}


def test_how_far_compact_is_from_full() -> None:
    world = winset.world()
    codes = ["KAZ", "UZB", "KGZ", "RUS"]
    change = {"kind": "trade-cost", "among": codes, "percent": -10.0}
    scenario = parse({"on": "2025-09-01", "change": [change]})
    full = compute.compute(prepare(world, scenario))
    compact = compute.compute(prepare(world, scenario, resolution="compact"))
    assert np.abs(compute.check_against_full(world, scenario, full, draws=12)).max() <= 1e-10
    gap = compute.check_against_full(world, scenario, compact, draws=40, seed=2)
    drawn = np.random.default_rng(2).integers(3, 16, 40)
    some = full.values[drawn] != 0.0
    expected = compact.values[drawn][some] / full.values[drawn][some] - 1.0
    np.testing.assert_allclose(gap[some], expected, atol=1e-9)
    assert not gap[~some].any()
    assert np.abs(gap).max() > 1e-6


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_unit_is_solved_once_on_any_number_of_threads(workers: int) -> None:
    problem = replace(three(), bits=1)
    found = dict(compute.on_threads(problem, [3, 1, 2], False, workers, None))
    assert sorted(found) == [1, 2, 3]
    for unit, solved in found.items():
        expected = compute.solve_unit(problem, unit)
        np.testing.assert_array_equal(solved.values, expected.values)


def test_a_kernel_is_at_hand_once_it_was_called_and_until_its_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of numba itself: names of its files have been wrong as soon as modules moved."""
    monkeypatch.setattr("numba.core.config.CACHE_DIR", "")
    source = tmp_path / "small_kernel.py"

    def load(text: str) -> Any:
        source.write_text(text, "utf-8")
        spec = importlib.util.spec_from_file_location("small_kernel", source)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.kernel

    text = "from numba import njit\n@njit(cache=True)\ndef kernel(x):\n    return x + 1\n"
    kernel = load(text)
    assert not cached(kernel)
    assert kernel(1) == 2
    assert cached(kernel)
    assert cached(load(text))
    assert not cached(load(text.replace("+ 1", "+ 22")))


def test_compiled_tells_of_the_kernel_of_all_coalitions(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(compute, "cached", lambda kernel: asked.append(kernel) or True)
    assert compute.compiled() is True
    assert asked == [batch_kernel.solve_block]


def test_resolutions_and_players_are_read(winset: Any) -> None:
    del winset
    assert checked_resolution("full") == "full"
    assert checked_resolution("compact") == "compact"
    import datetime as dt

    import winset as library
    from winset.places.blocs import load_blocs

    on, world, blocs = dt.date(2025, 9, 1), library.world(), load_blocs()
    assert group_in(world, "kgz, KAZ,KGZ", on=on, blocs=blocs, where="--players").codes == (
        "KGZ",
        "KAZ",
    )
    with pytest.raises(DataError, match="--outsiders: 'KZA'"):
        group_in(world, "KZA", on=on, blocs=blocs, where="--outsiders")


def test_weights_are_given_where_every_player_has_one() -> None:
    from winset.games import Game
    from winset.places.economies import economies

    world = winset.world()
    game = Game(("KGZ", "KAZ"), np.array([0.0, 0.0, 0.0, 1.0]))
    found = weights(game, world)
    people = [economies()[c].population for c in game.players]
    np.testing.assert_array_equal(found["population"], people)
    np.testing.assert_array_equal(found["gdp"], world.gdp[[world.index[c] for c in game.players]])
    nowhere = regions({"AAA": (1.0, "x"), "KAZ": (2.0, "x")})
    assert weights(Game(("AAA", "KAZ"), np.array([0.0, 0.0, 0.0, 1.0])), nowhere) == {}


@pytest.mark.parametrize(
    ("percent", "third", "searches"), [(-95.0, False, 1), (-95.0, True, 4), (-1.0, True, 0)]
)
def test_the_kernel_counts_newtons_searches_and_states_its_largest_residual(
    percent: float, third: bool, searches: int
) -> None:
    """A coalition predicted from smaller ones is far off where what its members change is large and new."""
    inner = ["KAZ", "UZB", "KGZ"] if third else ["KAZ", "UZB"]
    cut = {"kind": "trade-cost", "among": inner, "percent": percent}
    also = {"kind": "trade-cost", "among": ["KAZ", "UZB", "KGZ"], "percent": -1e-9}
    problem = prepare(winset.world(), parse({"on": "2025-09-01", "change": [cut, also]}))
    report = compute.solve_unit(problem, 0).report
    assert report.by_newton == searches
    assert 1e-17 < report.residual < 1e-12
