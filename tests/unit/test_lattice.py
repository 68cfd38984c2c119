"""The lattice of equilibria: exact, resumable, and the same however it is run."""

from __future__ import annotations

import datetime as dt
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as library
from winset.errors import ConvergenceError, DataError
from winset.places.blocs import resolve
from winset.scenario import Scenario, parse
from winset.trade.coalitions import compute
from winset.trade.coalitions.problem import OUTSIDERS, Problem, prepare
from winset.trade.equilibrium import TOLERANCE, Report, Status

if TYPE_CHECKING:
    from pathlib import Path

ON = dt.date(2025, 9, 1)


@pytest.fixture(scope="module")
def sco() -> Scenario:
    return Scenario.from_toml("sco-2025")


def problem(scenario: Scenario, players: int = 10, **options: Any) -> Problem:
    codes = resolve("SCO+", ON)[:players]
    return prepare(library.world(), scenario, codes, **options)


def alone(scenario: Scenario, codes: list[str], change: dict[str, Any]) -> float:
    """v(S) by the solver of single scenarios."""
    wanted = parse({"on": "2025-09-01", "change": [change | {"among": codes}]})
    wanted = replace(wanted, parameters=scenario.parameters)
    result = library.solve(library.world(), wanted)
    return sum(float(result.equivalent_variation[result.world.index[c]]) for c in codes)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"deficits": "additive", "trade_elasticity": 7.0},
        {"deficits": "balanced", "value_added_share": 0.7},
        {"scale_elasticity": 0.1},
        {"deficits": "multiplicative"},
        {"labor_supply_elasticity": 0.3},
    ],
    ids=lambda s: ", ".join(map(str, s.values())) or "defaults",
)
def test_every_coalition_agrees_with_the_solver(sco: Scenario, settings: dict[str, Any]) -> None:
    scenario = sco.with_parameters(**settings)
    few = 10 if not settings else 5
    solved = compute.compute(problem(scenario, few))
    assert solved.max_residual <= 1e-10
    masks = np.random.default_rng(0).choice(1 << few, 30 if few == 10 else 12, replace=False)
    for mask in masks:
        codes = [c for k, c in enumerate(solved.problem.players) if mask >> k & 1]
        if len(codes) < 2:
            assert solved.values[mask] == pytest.approx(0.0, abs=1e-6)
            continue
        expected = alone(scenario, codes, {"kind": "trade-cost", "percent": -10.0})
        assert solved.values[mask] == pytest.approx(expected, rel=1e-9)


def test_twenty_seven_players_at_random(sco: Scenario) -> None:
    """Single coalitions of the 2^27, on 194 economies."""
    one = replace(problem(sco, 27), bits=0)
    for mask in np.random.default_rng(1).integers(1, 1 << 27, 8):
        codes = [c for k, c in enumerate(one.players) if mask >> k & 1]
        value = compute.solve_unit(one, int(mask))[0][0]
        expected = alone(sco, codes, {"kind": "trade-cost", "percent": -10.0})
        assert value == pytest.approx(expected, rel=1e-9)


def test_productivity_rises_with_membership() -> None:
    scenario = parse(
        {
            "on": "2025-09-01",
            "change": [
                {"kind": "trade-cost", "among": ["KAZ", "UZB", "KGZ"], "percent": -5.0},
                {"kind": "productivity", "economies": ["KAZ", "UZB", "KGZ"], "percent": 1.0},
            ],
        }
    )
    solved = compute.compute(prepare(library.world(), scenario))
    kgz = solved.problem.players.index("KGZ")
    change = {"kind": "productivity", "economies": ["KGZ"], "percent": 1.0}
    result = library.solve(library.world(), parse({"on": "2025-09-01", "change": [change]}))
    expected = float(result.equivalent_variation[result.world.index["KGZ"]])
    assert solved.values[1 << kgz] == pytest.approx(expected, rel=1e-9)


def test_gains_add_up_to_values(sco: Scenario) -> None:
    solved = compute.compute(problem(sco, 8), gains=True)
    assert solved.gains is not None
    inside = (np.arange(256)[:, None] >> np.arange(8)) & 1
    np.testing.assert_allclose((solved.gains * inside).sum(axis=1), solved.values, atol=1e-6)
    np.testing.assert_allclose(solved.gains[-1], compute.own_gains(solved.problem), rtol=1e-9)


def test_compact_keeps_the_accounts_and_says_how_far_it_is(sco: Scenario) -> None:
    small = problem(sco, 10, resolution="compact")
    full = problem(sco, 10)
    assert len(small.codes) == 10 + OUTSIDERS + 5
    assert small.base.output.sum() == pytest.approx(full.base.output.sum(), rel=1e-12)
    gap = compute.check_against_full(library.world(), sco, compute.compute(small), draws=50)
    assert 1e-6 < np.max(np.abs(gap)) < 0.02


def test_the_order_of_prediction_changes_nothing(sco: Scenario) -> None:
    """Units of 2^5 and of 2^10 coalitions predict from different neighbors."""
    once = compute.compute(problem(sco))
    twice = compute.compute(replace(problem(sco), bits=5))
    np.testing.assert_allclose(once.values, twice.values, rtol=1e-10, atol=1e-6)


def test_what_the_kernel_refuses_the_ordinary_solver_is_asked(
    sco: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = compute.compute(problem(sco, 4), gains=True)
    monkeypatch.setattr(compute, "TOLERANCE", -1.0)  # no residual is as small
    refused = compute._by_kernel(problem(sco, 4), 0, np.empty(16), np.empty((0, 0)))
    assert (refused.status, refused.where) == (Status.NOT_CONVERGED, 0)
    found = compute.compute(problem(sco, 4), gains=True)
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-9)
    np.testing.assert_allclose(found.gains, expected.gains, rtol=1e-9, atol=1e-6)
    assert found.max_residual <= TOLERANCE


def test_a_coalition_without_equilibrium_is_named_with_the_economy_that_fails() -> None:
    far = prepare(library.world(), scenario_of("SCO", -95.0))
    with pytest.raises(ConvergenceError, match="falls to zero") as told:
        compute.compute(far)
    assert "no equilibrium of the coalition " in str(told.value)
    assert told.value.economy in far.codes
    with pytest.raises(ConvergenceError, match="falls to zero"):
        compute.own_gains(far)
    with pytest.raises(ConvergenceError, match="falls to zero"):
        library.solve(library.world(), scenario_of("SCO", -95.0))


def test_a_loss_of_productivity_that_starves_an_outsider_is_no_equilibrium() -> None:
    """v(N) = −12,195 was told where Mongolia has no income."""
    change = [
        {"kind": "trade-cost", "among": ["MNG", "KAZ"], "percent": -10.0},
        {"kind": "productivity", "economies": ["MNG"], "percent": -40.0},
    ]
    scenario = parse({"on": "2025-09-01", "change": change})
    for fast in (True, False):
        with pytest.raises(ConvergenceError, match="the income of MNG falls to zero"):
            compute.compute(replace(prepare(library.world(), scenario), fast=fast))


def test_a_welfare_that_is_not_defined_is_refused_with_the_coalition() -> None:
    change = [{"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -5.0}]
    parameters = {"labor_supply_elasticity": 9.0}
    scenario = parse({"on": "2025-09-01", "change": change, "parameters": parameters})
    with pytest.raises(DataError, match=r"^the coalition of nobody: labor_supply_elasticity = 9 "):
        compute.compute(prepare(library.world(), scenario))


def test_nobody_and_one_alone_change_nothing_to_the_last_digit(sco: Scenario) -> None:
    for settings in ({}, {"labor_supply_elasticity": 0.3}, {"deficits": "multiplicative"}):
        solved = compute.compute(problem(sco.with_parameters(**settings), 4), gains=True)
        for mask in (0, 1, 2, 4, 8):
            assert solved.values[mask] == 0.0
            assert not solved.gains[mask].any()
        assert np.all(solved.values[[3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15]] != 0.0)


def scenario_of(among: str, percent: float) -> Scenario:
    change = {"kind": "trade-cost", "among": among, "percent": percent}
    return parse({"on": "2025-09-01", "change": [change]})


@pytest.mark.parametrize("fast", [True, False])
def test_values_that_were_not_solved_are_no_numbers(fast: bool) -> None:
    """Nobody is handed what memory held before."""
    far = prepare(library.world(), scenario_of("SCO", -95.0))
    wanted = replace(far, fast=fast, bits=2)
    unit = next(u for u in range(wanted.units) if not solvable(wanted, u))
    values, gains, report = compute.solve_unit(wanted, unit, gains=True)
    assert report.status == Status.REFUSED
    assert np.isnan(values[report.where - (unit << 2)])
    assert np.isnan(gains[report.where - (unit << 2)]).all()
    error = compute.refusal(wanted, report)
    assert isinstance(error, ConvergenceError)
    assert error.economy == wanted.codes[report.economy]


def solvable(wanted: Problem, unit: int) -> bool:
    return compute.solve_unit(wanted, unit).report.status == Status.CONVERGED


def test_a_report_that_this_machine_does_not_share_is_refused_still(sco: Scenario) -> None:
    wanted = problem(sco, 4)
    assert compute.refusal(wanted, Report(Status.CONVERGED, 0.0, 0, -1, -1)) is None
    error = compute.refusal(wanted, Report(Status.REFUSED, 1e-3, 0, 3, -1))
    assert isinstance(error, ConvergenceError)
    assert "no equilibrium of coalition number 3 where another does" in str(error)


def test_what_is_refused(sco: Scenario) -> None:
    with pytest.raises(DataError, match="changes nothing among"):
        prepare(library.world(), sco, ["USA", "CAN"])
    with pytest.raises(DataError, match="XXX"):
        prepare(library.world(), sco, ["KAZ", "XXX"])


def test_two_to_thirty_players(sco: Scenario) -> None:
    codes = [c for c in library.world().codes if c not in ("KAZ", "UZB")]
    assert len(prepare(library.world(), sco, ["KAZ", "UZB", *codes[:28]]).players) == 30
    with pytest.raises(DataError, match=r"31 players: the game of all coalitions needs 2 to 30"):
        prepare(library.world(), sco, ["KAZ", "UZB", *codes[:29]])
    assert prepare(library.world(), sco, ["KAZ", "UZB", "KAZ"]).players == ("UZB", "KAZ")
    with pytest.raises(DataError, match=r"1 players: the game of all coalitions needs 2 to 30"):
        prepare(library.world(), sco, ["KAZ", "KAZ"])


def test_twenty_two_players_without_the_fast_kernel(sco: Scenario) -> None:
    slow = sco.with_parameters(deficits="multiplicative")
    assert not problem(slow, 22).fast
    with pytest.raises(DataError, match=r"23 players with .* only 22 players are allowed"):
        problem(slow, 23)
    assert problem(sco, 23).fast


def test_a_dask_cluster_whose_worker_dies(sco: Scenario, tmp_path: Path) -> None:
    """The same bytes as on threads, with one of two workers killed on the way."""
    distributed = pytest.importorskip("distributed", reason="needs the extra winset[cluster]")
    codes = resolve("SCO+", ON)[:12]
    wanted = replace(prepare(library.world(), sco, codes, resolution="compact"), bits=6)
    expected = compute.compute(wanted).values
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        pids = [worker.process.pid for worker in cluster.workers.values()]
        killed: list[int] = []

        def kill(done: int, _total: int) -> None:
            if done >= 6 and not killed:
                killed.append(pids[0])
                subprocess.run(["kill", "-9", str(pids[0])], check=True)

        solved = compute.compute(
            wanted,
            save=tmp_path / "game.npy",
            cluster=cluster.scheduler_address,
            progress=kill,
        )
    assert killed
    np.testing.assert_array_equal(solved.values, expected)


def test_no_scheduler_at_that_address(sco: Scenario) -> None:
    with pytest.raises(DataError, match="no Dask scheduler answers"):
        compute.compute(problem(sco, 4), cluster="tcp://127.0.0.1:1")
