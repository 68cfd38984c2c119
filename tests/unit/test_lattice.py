"""The lattice of equilibria: exact, resumable, and the same however it is run."""

from __future__ import annotations

import datetime as dt
import json
import random
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as library
from winset.errors import ConvergenceError, DataError
from winset.places.blocs import resolve
from winset.scenario import Scenario, parse
from winset.trade.coalitions import compute, single_kernel
from winset.trade.coalitions.problem import OUTSIDERS, Problem, prepare
from winset.trade.coalitions.store import RECORD
from winset.trade.equilibrium import Status

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


def test_an_impossible_tolerance_is_reported_with_the_coalition(
    sco: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(single_kernel, "TOLERANCE", 0.0)
    with pytest.raises(ConvergenceError, match="no equilibrium was found for the coalition"):
        compute.compute(problem(sco, 4))


RUN = """
import sys, time
from pathlib import Path
import winset
from dataclasses import fields, replace
from winset.trade.coalitions import compute
from winset.trade.coalitions.problem import prepare
scenario = winset.Scenario.from_toml("sco-2025")
codes = sys.argv[2].split(",")
problem = replace(prepare(winset.world(), scenario, codes, resolution="compact"), bits=6)
slow = compute.solve_unit
def paused(*arguments):
    time.sleep(0.02)
    return slow(*arguments)
compute.solve_unit = paused
print("ready", flush=True)
save = Path(sys.argv[1])
compute.compute(problem, save=save, resume=save.with_name(save.name + ".ledger").exists(), workers=2)
print("done", flush=True)
"""


def test_killed_five_times_and_resumed_gives_the_same_bytes(sco: Scenario, tmp_path: Path) -> None:
    codes = resolve("SCO+", ON)[:12]
    script = tmp_path / "run.py"
    script.write_text(textwrap.dedent(RUN), "utf-8")
    whole = replace(prepare(library.world(), sco, codes, resolution="compact"), bits=6)
    compute.compute(whole, save=tmp_path / "whole.npy")
    command = [sys.executable, str(script), str(tmp_path / "killed.npy"), ",".join(codes)]
    chance = random.Random(7)
    killed = 0
    for _ in range(40):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if killed < 5:
            time.sleep(chance.uniform(0.02, 0.25))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
        else:
            said, _err = process.communicate()
            assert said == "done\n"
        if (tmp_path / "killed.npy").exists():
            break
    assert killed == 5
    assert (tmp_path / "killed.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
    assert not list(tmp_path.glob("*.part"))
    assert not list(tmp_path.glob("*.ledger"))


def stop_after(units: int) -> Any:
    """A progress callback that interrupts."""

    def report(done: int, _total: int) -> None:
        if done >= units:
            raise KeyboardInterrupt

    return report


def test_interrupted_then_resumed(sco: Scenario, tmp_path: Path) -> None:
    wanted = replace(problem(sco), bits=6)
    save = tmp_path / "game.npy"
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop_after(5))
    with pytest.raises(DataError, match=r"an unfinished run is there. Go on with it by --resume"):
        compute.compute(wanted, save=save)
    seen: list[int] = []
    solved = compute.compute(
        wanted, save=save, resume=True, progress=lambda done, _: seen.append(done)
    )
    assert seen[0] >= 5
    np.testing.assert_array_equal(solved.values, compute.compute(wanted).values)
    about = json.loads((tmp_path / "game.json").read_text("utf-8"))
    assert about["players"] == list(wanted.players)
    assert about["world"]["sha256"] == library.world().sha256


def test_a_record_cut_short_is_done_again(sco: Scenario, tmp_path: Path) -> None:
    wanted, save = replace(problem(sco), bits=6), tmp_path / "game.npy"
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop_after(8))
    log = tmp_path / "game.npy.ledger"
    log.write_bytes(log.read_bytes()[: -RECORD.size // 2])
    solved = compute.compute(wanted, save=save, resume=True)
    np.testing.assert_array_equal(solved.values, compute.compute(wanted).values)


def test_a_finished_file_is_taken_as_it_is(sco: Scenario, tmp_path: Path) -> None:
    wanted, save = problem(sco), tmp_path / "game.npy"
    first = compute.compute(wanted, save=save, gains=True)
    seen: list[int] = []
    again = compute.compute(
        wanted, save=save, gains=True, resume=True, progress=lambda done, _: seen.append(done)
    )
    assert seen == []  # nothing is solved again
    np.testing.assert_array_equal(again.values, first.values)
    np.testing.assert_array_equal(again.gains, first.gains)
    assert again.max_residual == first.max_residual
    other = problem(sco.with_parameters(trade_elasticity=5.0))
    with pytest.raises(DataError, match="holds another game"):
        compute.compute(other, save=save, gains=True, resume=True)
    save.with_suffix(".json").unlink()
    with pytest.raises(DataError, match="what belongs to it is not readable"):
        compute.compute(wanted, save=save, resume=True)


def interrupted(wanted: Problem, save: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop_after(3))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kind": "tariff", "rate": 0.05}, {"kind": "tariff", "rate": 0.06}),
        ({"kind": "trade-cost", "percent": -5.0}, {"kind": "trade-cost", "percent": -6.0}),
        ({"kind": "productivity", "percent": 1.0}, {"kind": "productivity", "percent": 2.0}),
    ],
    ids=["tariff", "cost", "productivity"],
)
def test_a_run_is_resumed_only_by_what_began_it(
    before: dict[str, Any], after: dict[str, Any], tmp_path: Path
) -> None:
    codes, save = ["KAZ", "UZB", "KGZ", "RUS", "CHN", "IND"], tmp_path / "game.npy"

    def game(change: dict[str, Any]) -> Problem:
        whom = "economies" if change["kind"] == "productivity" else "among"
        scenario = parse({"on": "2025-09-01", "change": [change | {whom: codes}]})
        return replace(prepare(library.world(), scenario), bits=2)

    interrupted(game(before), save)
    with pytest.raises(DataError, match="was begun with another scenario and another shock_sha256"):
        compute.compute(game(after), save=save, resume=True)
    solved = compute.compute(game(before), save=save, resume=True)
    np.testing.assert_array_equal(solved.values, compute.compute(game(before)).values)
    with pytest.raises(DataError, match="holds another game"):
        compute.compute(game(after), save=save, resume=True)


@pytest.mark.parametrize(("kind", "column"), [("tariff", "rate"), ("trade-cost", "factor")])
def test_a_file_edited_between_kill_and_resume_is_another_game(
    kind: str, column: str, tmp_path: Path
) -> None:
    """The scenario's text stays the same, so that only what the file resolves to tells."""
    codes = ["KAZ", "UZB", "KGZ", "RUS"]
    pairs, save, toml = tmp_path / "pairs.csv", tmp_path / "game.npy", tmp_path / "s.toml"
    toml.write_text(f'on = 2025-09-01\n[[change]]\nkind = "{kind}"\nfile = "pairs.csv"\n', "utf-8")

    def game(size: float) -> Problem:
        rows = [f"{a},{b},{size}" for a in codes for b in codes if a != b]
        pairs.write_text(f"exporter,importer,{column}\n" + "\n".join(rows) + "\n", "utf-8")
        scenario = Scenario.from_toml(toml)
        return replace(prepare(library.world(), scenario, codes), bits=1)

    first = game(0.9)
    interrupted(first, save)
    second = game(0.91)
    assert second.about["scenario"] == first.about["scenario"]
    assert second.fingerprint != first.fingerprint
    with pytest.raises(DataError, match="was begun with another shock_sha256"):
        compute.compute(second, save=save, resume=True)
    solved = compute.compute(game(0.9), save=save, resume=True)
    np.testing.assert_array_equal(solved.values, compute.compute(first).values)


def test_everything_that_enters_an_equilibrium_is_in_the_fingerprint(sco: Scenario) -> None:
    """Each array and each parameter of the problem, changed alone, gives another fingerprint."""
    wanted = problem(sco, 4)
    seen = {wanted.fingerprint}
    for name in ("cost", "tariff", "productivity"):
        other = getattr(wanted, name).copy()
        other.flat[-1] += 0.01
        seen.add(replace(wanted, **{name: other}).fingerprint)
    for field in fields(wanted.base):
        value = getattr(wanted.base, field.name)
        other = value + 0.01 if not isinstance(value, bool) else not value
        seen.add(replace(wanted, base=replace(wanted.base, **{field.name: other})).fingerprint)
    assert len(seen) == 1 + 3 + len(fields(wanted.base))


@pytest.mark.parametrize("fast", [True, False])
def test_values_that_were_not_solved_are_no_numbers(
    sco: Scenario, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    """Nobody is handed what memory held before."""
    monkeypatch.setattr(single_kernel, "TOLERANCE", 0.0)
    monkeypatch.setattr(compute, "TOLERANCE", 0.0)
    wanted = replace(problem(sco, 4), fast=fast, bits=2)
    values, gains, report = compute.solve_unit(wanted, 3, gains=True)
    assert report.status == Status.NOT_CONVERGED
    assert np.isnan(values[report.where - 12])
    assert np.isnan(gains[report.where - 12]).all()


def test_what_is_refused(sco: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, save = replace(problem(sco), bits=6), tmp_path / "game.npy"
    with pytest.raises(DataError, match="there is no unfinished run"):
        compute.compute(wanted, save=save, resume=True)
    with pytest.raises(DataError, match="--resume needs --save"):
        compute.compute(wanted, resume=True)
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop_after(3))
    other = replace(problem(sco.with_parameters(trade_elasticity=5.0)), bits=6)
    with pytest.raises(DataError, match="was begun with another scenario"):
        compute.compute(other, save=save, resume=True)
    monkeypatch.setattr("winset.trade.coalitions.store._free_memory", lambda: 1000)
    with pytest.raises(DataError, match=r"take 0\.0 GB, and 0\.0 GB of memory are free"):
        compute.compute(wanted)
    with pytest.raises(DataError, match=r"1 players: the game of all coalitions needs 2 to 30"):
        prepare(library.world(), sco, ["KAZ"])
    with pytest.raises(DataError, match=r"needs 2 to 30\. Name fewer"):
        prepare(library.world(), sco, library.world().codes[:31])
    with pytest.raises(DataError, match="changes nothing among"):
        prepare(library.world(), sco, ["USA", "CAN"])
    slow = sco.with_parameters(deficits="multiplicative")
    with pytest.raises(DataError, match="only 16 players are allowed"):
        problem(slow, 20)


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
