"""How draws are solved: progress, those that are left out, blocks without a reference, references."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.properties.test_sectors import linked
from tests.properties.worlds import build
from tests.unit.test_sampling import ONE, scenario

from winset.errors import ConvergenceError, DataError
from winset.scenario import parse
from winset.trade.equilibrium import Report, Status
from winset.trade.result import COLUMNS
from winset.trade.solver import solve_shock
from winset.trade.uncertainty import draws, many_sectors_kernel, one_sector_kernel
from winset.trade.uncertainty.many_sectors_kernel import Nearby
from winset.trade.uncertainty.sampling import sample


def test_progress_is_told_at_every_block_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "BLOCK", 2)
    told: list[tuple[int, int]] = []
    found = list(draws._reported([3, 5, 7, 8, 9], 20, lambda *state: told.append(state)))
    assert found == [3, 5, 7, 8, 9]
    assert told == [(0, 20), (2, 20), (4, 20), (20, 20)]
    assert list(draws._reported([1], 1, None)) == [1]


def test_progress_of_blocks_on_threads_counts_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "BLOCK", 4)
    told: list[tuple[int, int]] = []
    drawn = sample(ONE, scenario(), 30)
    draws.solve_draws(drawn, workers=1, progress=lambda *state: told.append(state))
    assert told[-1] == (30, 30)
    done = [state[0] for state in told]
    assert done == sorted(done)
    assert all(0 < b - a <= 4 for a, b in zip([0, *done], done, strict=False))


@pytest.mark.parametrize(("lost", "good"), [(0, True), (2, True), (3, False)])
def test_a_quarter_of_the_draws_may_be_left_out(
    monkeypatch: pytest.MonkeyPatch, lost: int, good: bool
) -> None:
    number = iter(range(8))

    def solve(*_: Any, **__: Any) -> Any:
        k = next(number)
        if k < lost:
            raise ConvergenceError(f"no equilibrium {k}.", residual=1.0)
        columns = {key: np.full(len(ONE), float(k)) for key in COLUMNS}
        return SimpleNamespace(columns=lambda: columns, solver=SimpleNamespace(residual=0.5 + k))

    monkeypatch.setattr(draws, "can", lambda *_: False)
    monkeypatch.setattr(draws, "solve", solve)
    drawn = sample(ONE, scenario(), 8)
    if good:
        found = draws.solve_draws(drawn)
        assert found.left_out == tuple((k, f"no equilibrium {k}.") for k in range(lost))
        assert found.kept.tolist() == [k >= lost for k in range(8)]
        assert (found.max_residual, found.resolved_by_newton) == (7.5, 8 - lost)
        assert found.columns["welfare_percent"][7].tolist() == [7.0] * len(ONE)
    else:
        with pytest.raises(
            DataError,
            match=r"3 of 8 draws cannot be solved, the first because: no equilibrium 0\. Narrow the",
        ):
            draws.solve_draws(drawn)


def test_a_block_without_a_reference_is_not_solved() -> None:
    study: Any = SimpleNamespace(sample=SimpleNamespace(world=ONE))
    rows, reports = draws._solve_block(study, None, np.array([4, 5]))
    assert rows.shape[0] == 2
    assert np.isnan(rows).all()
    assert reports == [Report(Status.NOT_CONVERGED, np.inf, 0, -1, -1)] * 2


@pytest.mark.parametrize(("workers", "threads"), [(3, 3), (None, 5)])
def test_blocks_are_solved_on_as_many_threads_as_asked_for(
    monkeypatch: pytest.MonkeyPatch, workers: int | None, threads: int
) -> None:
    asked: list[int] = []
    pool = draws.ThreadPoolExecutor

    def counted(count: int) -> Any:
        asked.append(count)
        return pool(1)

    monkeypatch.setattr(draws.os, "cpu_count", lambda: 5)
    monkeypatch.setattr(draws, "ThreadPoolExecutor", counted)
    monkeypatch.setattr(draws, "_solve_block", lambda _, reference, block: (block, [reference]))
    blocks: Any = [(None, k, np.array([k])) for k in range(40)]
    found = list(draws._on_threads(blocks, workers))
    assert asked == [threads]
    assert sorted(int(part[0]) for part, _, _ in found) == list(range(40))


def test_draws_without_deficits_begin_without_them() -> None:
    """Balanced trade is solved in two steps; the figures are those of the ordinary solver."""
    for deficits in ("balanced", "multiplicative", "world-share"):
        own = {"deficits": {"distribution": "fixed"}}
        drawn = sample(ONE, scenario(parameters={"deficits": deficits}, doubt=own), 6)
        found = draws.solve_draws(drawn, workers=1)
        assert found.resolved_by_newton == 0
        for k in (0, 5):
            wanted = draws.solve(*drawn.drawn(k)).columns()["welfare_percent"]
            np.testing.assert_allclose(found.columns["welfare_percent"][k], wanted, atol=1e-8)


def test_the_first_equilibrium_of_each_kind_stays_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where a later one was not found near it; closures that are not near have none."""
    world = linked(build(np.full((3, 3), 5.0) + np.diag([90.0, 80.0, 70.0])), 2, 4)
    cut = {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -10.0}
    plain = parse({"on": "2025-09-01", "change": [cut]})
    finder = Nearby()

    def solved(given: Any) -> Any:
        return solve_shock(world, given, given.resolve(world), finder.find)

    first = solved(plain)
    kept = dict(finder.references)
    assert finder.missed == 0
    near = solved(plain.with_parameters(trade_elasticity=4.4))
    assert finder.missed == 0
    monkeypatch.setattr(many_sectors_kernel, "_near", lambda *_: None)
    again = solved(plain)
    assert finder.missed == len(kept) > 0
    assert all(finder.references[what] is one for what, one in kept.items())
    np.testing.assert_allclose(again.welfare, first.welfare, atol=1e-10)
    assert near.welfare.shape == first.welfare.shape
    other = Nearby()
    relieved = plain.with_parameters(labor_supply_elasticity=0.5, revenue="income-tax")
    solve_shock(world, relieved, relieved.resolve(world), other.find)
    assert other.references == {}
    assert other.missed > 0


def test_what_is_frozen_returns_the_duty_that_is_levied_on_what_is_bought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a dollar spent on a sector returns at home: its sales inside and the duty on imports."""
    world = linked(build(np.full((3, 3), 5.0) + np.diag([90.0, 80.0, 70.0])), 2, 4)
    duty = {"kind": "tariff", "importers": "C00", "exporters": ["C01", "C02"], "points": 0.3}
    given = parse({"on": "2025-09-01", "change": [duty]})
    seen: list[Any] = []
    freeze = many_sectors_kernel.reference

    def watched(base: Any, goal: Any, state: Any) -> Any:
        seen.append((base, goal, state, freeze(base, goal, state)))
        return seen[-1][-1]

    monkeypatch.setattr(many_sectors_kernel, "reference", watched)
    solve_shock(world, given, given.resolve(world), Nearby().find)
    base, goal, state, reference = seen[-1]
    traded = len(base.theta)
    for i in range(len(world)):
        within = np.linalg.inv(reference.frozen.own_spending[i])
        bought, levied = np.ones(base.labor.shape[0]), np.zeros(base.labor.shape[0])
        for k in range(traded):
            bought[k] = state.share[k, i, i] * goal.keep[k, i, i]
            levied[k] = sum(
                state.share[k, j, i] * (1.0 - goal.keep[k, j, i]) for j in range(len(world))
            )
        assert (levied.max() > 0.01) == (i == 0)
        wanted = np.eye(len(bought)) - base.inputs[i] * bought - np.outer(base.final[:, i], levied)
        np.testing.assert_allclose(within, wanted, atol=1e-9)


def test_where_nothing_has_changed_the_reference_is_found_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sweeps end where they are fine, not where they have stalled for a while."""
    world = linked(build(np.full((3, 3), 5.0) + np.diag([90.0, 80.0, 70.0])), 2, 4)
    cut = {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -10.0}
    given = parse({"on": "2025-09-01", "change": [cut]})
    finder, roots = Nearby(), []
    near = many_sectors_kernel._near

    def watched(*args: Any) -> Any:
        roots.append(near(*args))
        return roots[-1]

    monkeypatch.setattr(many_sectors_kernel, "_near", watched)
    first = solve_shock(world, given, given.resolve(world), finder.find)
    again = solve_shock(world, given, given.resolve(world), finder.find)
    np.testing.assert_allclose(again.welfare, first.welfare, atol=1e-11)
    assert roots
    assert max(root.iterations for root in roots) <= 4


def test_the_lowest_income_is_spending_less_what_is_bought_as_inputs() -> None:
    spending, output = np.array([10.0, 4.0, 7.0]), np.array([6.0, 10.0, 1.0])
    assert one_sector_kernel._lowest(spending, output, 0.5) == -1.0  # 4 − 5, not the least spending
    assert one_sector_kernel._lowest(spending, output, 0.9) == 3.0
    spending[1] = np.nan
    assert np.isnan(one_sector_kernel._lowest(spending, output, 0.5))


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_sweeps_from_what_is_no_number_end_at_once(
    monkeypatch: pytest.MonkeyPatch, lost: float
) -> None:
    world = linked(build(np.full((3, 3), 5.0) + np.diag([90.0, 80.0, 70.0])), 2, 4)
    cut = {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -10.0}
    given = parse({"on": "2025-09-01", "change": [cut]})
    seen: list[Any] = []
    whole = many_sectors_kernel.iterate

    def watched(*args: Any) -> Any:
        seen.append(args)
        return whole(*args)

    monkeypatch.setattr(many_sectors_kernel, "iterate", watched)
    finder = Nearby()
    for _ in range(2):
        solve_shock(world, given, given.resolve(world), finder.find)
    here, frozen, price, scaled, x, *more = seen[-1]
    for spoiled in (price, x):
        kept = spoiled.copy()
        spoiled[...] = lost
        ended = whole(here, frozen, price, scaled, x, *more)
        assert (ended.status, ended.sweeps) == (Status.NOT_FINITE, 1)
        assert not np.isfinite(ended.gap)
        spoiled[...] = kept
    assert whole(here, frozen, price, scaled, x, *more).status == Status.CONVERGED


@pytest.mark.parametrize("rows", range(9))
def test_rows_are_taken_by_fours_and_none_is_left(rows: int) -> None:
    generator = np.random.default_rng(rows)
    matrix = generator.normal(size=(rows, 5))
    left, right, product, total = (
        generator.normal(size=rows),
        np.arange(5.0),
        np.ones(rows),
        np.ones(5),
    )
    many_sectors_kernel._times(matrix, right, product)
    np.testing.assert_allclose(product, matrix @ right, atol=1e-14)
    many_sectors_kernel._gather(left, matrix, total)
    np.testing.assert_allclose(total, 1.0 + left @ matrix, atol=1e-14)


def test_the_largest_gap_is_that_of_either_sign_and_what_is_no_number() -> None:
    top = np.zeros(1)

    def largest(*gap: float) -> float:
        return float(many_sectors_kernel._largest(np.array(gap), top))

    assert largest(0.0, -0.0) == 0.0
    assert largest(1e-300, -3.0, 2.0) == 3.0
    assert largest(-2.0, 5.0, -4.0) == 5.0
    assert largest(1.0, -np.inf, 2.0) == np.inf
    for what in (np.nan, -np.nan):
        assert np.isnan(largest(np.inf, what, -7.0))
