"""How many players, which units, in which order: the game of all coalitions at its bounds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.properties.worlds import build

from winset.errors import ConvergenceError, DataError
from winset.scenario import parse
from winset.trade.coalitions import compute
from winset.trade.coalitions.compute import Unit
from winset.trade.coalitions.problem import (
    MOST_PLAYERS,
    ROW_PLAYERS,
    SLOW_PLAYERS,
    Problem,
    prepare,
)
from winset.trade.equilibrium import Report, Status

if TYPE_CHECKING:
    from winset.worlds import World

NAMES = [f"C{k:02d}" for k in range(40)]


def world(n: int, tariff: float = 0.0) -> World:
    flows = np.full((n, n), 1.0) + np.diag(50.0 + np.arange(n))
    rates = np.where(np.eye(n, dtype=bool), 0.0, tariff)
    return build(flows, rates)


def problem(n: int, *, tariff: float = 0.0, **more: Any) -> Problem:
    cut = {"kind": "trade-cost", "among": NAMES[:n], "percent": -10.0}
    scenario = parse({"on": "2025-09-01", "change": [cut]} | more)
    return prepare(world(n, tariff), scenario)


@pytest.mark.parametrize("n", [MOST_PLAYERS, MOST_PLAYERS + 1])
def test_thirty_players_and_not_one_more(n: int) -> None:
    assert MOST_PLAYERS == 30
    if n == MOST_PLAYERS:
        assert problem(n).units << problem(n).bits == 1 << 30
    else:
        with pytest.raises(DataError, match="31 players: the game of all coalitions needs 2 to 30"):
            problem(n)


BY_ROWS = [
    {"tariff": 0.1}, {"parameters": {"deficits": "multiplicative"}},
    {"parameters": {"labor_supply_elasticity": 0.5}},
]  # fmt: skip
BY_NEWTON = {"tariff": 0.1, "parameters": {"labor_supply_elasticity": 0.5, "revenue": "income-tax"}}


@pytest.mark.parametrize("n", [SLOW_PLAYERS, SLOW_PLAYERS + 1])
def test_sixteen_players_where_each_coalition_takes_newtons_method(n: int) -> None:
    assert SLOW_PLAYERS == 16
    if n == SLOW_PLAYERS:
        made = problem(n, **BY_NEWTON)
        assert (made.fast, made.bits) == (False, 10)
    else:
        with pytest.raises(DataError, match=r"17 players with tariffs, .* only 16 players are"):
            problem(n, **BY_NEWTON)
    assert problem(n).fast


@pytest.mark.parametrize("n", [ROW_PLAYERS, ROW_PLAYERS + 1])
@pytest.mark.parametrize("slow", BY_ROWS)
def test_twenty_two_players_where_coalitions_are_rows(n: int, slow: dict[str, Any]) -> None:
    assert ROW_PLAYERS == 22
    if n == ROW_PLAYERS:
        made = problem(n, **slow)
        assert (made.fast, made.bits) == (False, 10)
    else:
        with pytest.raises(DataError, match=r"23 players with tariffs, .* only 22 players are"):
            problem(n, **slow)


def test_one_player_is_no_game_and_two_are() -> None:
    cut = {"kind": "trade-cost", "among": NAMES[:3], "percent": -10.0}
    scenario = parse({"on": "2025-09-01", "change": [cut]})
    assert prepare(world(3), scenario, ["C00", "C01"]).players == ("C00", "C01")
    with pytest.raises(DataError, match="1 players: the game of all coalitions needs 2 to 30"):
        prepare(world(3), scenario, ["C00", "C00"])


def test_units_hold_a_bounded_number_of_solutions() -> None:
    """32 MB of them, 16 bits at most and 4 at least; all players where there are few."""
    assert problem(2).bits == 2
    assert problem(20).bits == 16
    assert problem(3, tariff=0.1).bits == 3
    assert (problem(20).units, problem(3).units) == (16, 1)


def test_the_fingerprint_is_of_all_that_enters_an_equilibrium() -> None:
    made = problem(3)
    digest = hashlib.sha256(json.dumps(made.about, sort_keys=True).encode())
    for part in (*astuple(made.base), made.cost, made.tariff, made.productivity):
        digest.update(np.ascontiguousarray(part, dtype="<f8").tobytes())
    assert made.fingerprint == digest.hexdigest()
    turned = replace(made, about=dict(reversed(made.about.items())))
    assert turned.fingerprint == made.fingerprint
    assert replace(made, cost=made.cost * 1.0000001).fingerprint != made.fingerprint


# Units on threads and on a cluster.


def solved(_: Problem, unit: int, gains: bool = False) -> Unit:
    del gains
    return Unit(np.full(2, float(unit)), np.zeros((0, 0)), Report(Status.CONVERGED, 0.0, 0, -1, -1))


@pytest.mark.parametrize(("workers", "threads"), [(3, 3), (None, 7)])
def test_threads_are_as_many_as_asked_for_or_the_cores(
    monkeypatch: pytest.MonkeyPatch, workers: int | None, threads: int
) -> None:
    monkeypatch.setattr(compute, "solve_unit", solved)
    monkeypatch.setattr(compute.os, "cpu_count", lambda: 7)
    asked: list[int] = []
    pool = compute.ThreadPoolExecutor

    def counted(count: int) -> Any:
        asked.append(count)
        return pool(1)

    monkeypatch.setattr(compute, "ThreadPoolExecutor", counted)
    found = dict(compute.on_threads(problem(2), range(30), False, workers, None))
    assert asked == [threads]
    assert sorted(found) == list(range(30))
    assert all(unit.values[0] == number for number, unit in found.items())


class Cluster:
    """What is used of Dask: everything is solved as it is submitted."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, dict[str, Any]]] = []
        self.ahead = 0

    def Client(self, address: str, timeout: str) -> Cluster:  # noqa: N802 - its name there
        assert (address, timeout) == ("tcp://here:1", "10s")
        return self

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def scatter(self, what: Problem, broadcast: bool) -> Problem:
        assert broadcast
        return what

    def nthreads(self) -> dict[str, int]:
        return {"a": 2, "b": 1}

    def submit(self, work: Any, shared: Problem, unit: int, gains: bool, **options: Any) -> Any:
        self.asked.append((unit, options))
        done = work(shared, unit, gains)
        return SimpleNamespace(key=f"k{unit}", result=lambda: done, release=lambda: None)

    def as_completed(self, first: list[Any]) -> Any:
        self.ahead = len(first)
        queue = list(first)

        class Pool:
            def add(self, more: Any) -> None:
                queue.append(more)

            def __iter__(self) -> Any:
                while queue:
                    yield queue.pop(0)

        return Pool()


@pytest.mark.parametrize(("count", "ahead"), [(30, 12), (5, 5), (0, 0)])
def test_a_cluster_gets_every_unit_once_and_four_ahead_for_each_thread(
    monkeypatch: pytest.MonkeyPatch, count: int, ahead: int
) -> None:
    fake = Cluster()
    monkeypatch.setattr(compute, "import_module", lambda _: fake)
    monkeypatch.setattr(compute, "solve_unit", solved)
    found = list(compute.on_cluster(problem(2), range(count), False, 1, "tcp://here:1"))
    assert [unit for unit, _ in found] == list(range(count))
    assert [unit for unit, _ in fake.asked] == list(range(count))
    assert all(options == {"retries": 10, "pure": False} for _, options in fake.asked)
    assert fake.ahead == ahead


def test_a_cluster_that_is_not_installed_or_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(_: str) -> Any:
        raise ImportError

    monkeypatch.setattr(compute, "import_module", missing)
    with pytest.raises(DataError, match="--cluster needs Dask"):
        list(compute.on_cluster(problem(2), [0], False, None, "x"))

    def deaf(*_: Any, **__: Any) -> Any:
        raise OSError("timed out")

    monkeypatch.setattr(compute, "import_module", lambda _: SimpleNamespace(Client=deaf))
    with pytest.raises(DataError, match=r"--cluster x: no Dask scheduler answers \(timed out\)"):
        list(compute.on_cluster(problem(2), [0], False, None, "x"))


# A computation.


def test_progress_is_told_unit_by_unit_and_gains_only_where_they_are_asked_for() -> None:
    made = replace(problem(4), bits=2)
    told: list[tuple[int, int]] = []
    done = compute.compute(made, workers=1, progress=lambda a, b: told.append((a, b)))
    assert told == [(k, 4) for k in range(5)]
    assert done.gains is None
    assert done.resolved_by_newton == 0
    whole = compute.compute(made, workers=1, gains=True)
    assert whole.gains is not None
    assert whole.gains.shape == (16, 4)
    np.testing.assert_allclose(whole.values, done.values, atol=1e-9)
    for mask in range(16):
        inside = compute.members(mask)
        assert whole.values[mask] == pytest.approx(whole.gains[mask][inside].sum(), abs=1e-9)


def test_every_coalition_that_newtons_method_solved_is_counted() -> None:
    made = problem(3, **BY_NEWTON)
    done = compute.compute(made, workers=1)
    assert done.resolved_by_newton == 8
    assert compute.compute(problem(3, tariff=0.1), workers=1).resolved_by_newton == 0
    assert 0.0 <= done.max_residual < 1e-10
    assert done.values[[0, 1, 2, 4]].tolist() == [0.0] * 4  # nobody, or one alone


def test_one_alone_whose_productivity_changes_is_worth_something() -> None:
    change = [{"kind": "productivity", "economies": ["C00"], "percent": 5.0},
              {"kind": "trade-cost", "among": NAMES[:3], "percent": -10.0}]  # fmt: skip
    made = prepare(world(3), parse({"on": "2025-09-01", "change": change}))
    values = compute.compute(made, workers=1).values
    alone = 1 << made.players.index("C00")
    assert values[alone] > 0.1
    assert [values[1 << k] for k in range(3) if 1 << k != alone] == [0.0, 0.0]


def test_a_coalition_without_equilibrium_elsewhere_is_told() -> None:
    made = problem(2)
    report = Report(Status.NOT_CONVERGED, 0.5, 0, 3, -1)
    assert compute.refusal(made, Report(Status.CONVERGED, 0.0, 0, -1, -1)) is None
    told = compute.refusal(made, report)
    assert isinstance(told, ConvergenceError)
    assert "no equilibrium of coalition number 3 where another does" in str(told)
    assert told.residual == 0.5


def test_how_far_a_compact_world_is_from_the_full_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """v_compact/v_full − 1 where there is anything; drawn by a seed."""
    made = problem(4)
    known = np.arange(16.0)
    exact = np.where(known > 9.0, 1e-20, known * 1.25)
    monkeypatch.setattr(compute, "prepare", lambda *_, **__: made)
    monkeypatch.setattr(
        compute,
        "solve_coalition",
        lambda _, mask: solved(made, 0)._replace(values=exact[mask : mask + 1]),
    )
    lattice = compute.Lattice(made, known, None, 0.0, 0, 0.0)
    found = compute.check_against_full(None, None, lattice, draws=40, seed=5)  # type: ignore[arg-type]
    masks = np.random.default_rng(5).integers(3, 16, 40)
    np.testing.assert_allclose(found, np.where(masks > 9, 0.0, -0.2))
    assert len(compute.check_against_full(None, None, lattice)) == 1000  # type: ignore[arg-type]
