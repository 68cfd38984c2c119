"""Where posts help most: exact flows against linear programs, the integer program against every set."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.optimize import linprog

from winset.contribution import interdiction
from winset.contribution.flows import flow
from winset.contribution.interdiction import interdict
from winset.contribution.network import PROBLEMS, FlowNetwork, RouteArc, read_network
from winset.errors import ConvergenceError, DataError, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from winset.contribution.network import Problem


def made(problem: Problem, seed: int, *, nodes: int = 6, density: int = 2) -> FlowNetwork:
    chance = random.Random(seed)
    pairs = [(i, j) for i in range(nodes) for j in range(nodes) if i != j]
    chance.shuffle(pairs)
    arcs = []
    for i, j in pairs[: density * nodes]:
        bounded = problem == "max-flow" or (problem == "min-cost" and chance.random() < 0.8)
        capacity = Fraction(chance.randint(1, 90), chance.choice([1, 4])) if bounded else None
        cost = Fraction(0) if problem == "max-flow" else Fraction(chance.randint(0, 30))
        arcs.append(RouteArc(i, j, capacity, cost, chance.random() < 0.8))
    supply = [Fraction(0)] * nodes
    if problem != "max-flow":
        supply = [Fraction(chance.choice([-20, -5, 0, 5, 10])) for _ in range(nodes)]
    names = tuple(f"n{k}" for k in range(nodes))
    return FlowNetwork("made", problem, names, tuple(arcs), tuple(supply), 0, nodes - 1)


def by_linear_program(network: FlowNetwork, attacked: Collection[int]) -> float:
    """The same flow as the source of the layout states it: slack for supply and demand, at a penalty."""
    arcs = [a for k, a in enumerate(network.arcs) if k not in attacked]
    n, m = len(network.nodes), len(arcs)
    balance = np.zeros((n, m))
    for k, arc in enumerate(arcs):
        balance[arc.head, k] += 1.0
        balance[arc.tail, k] -= 1.0
    bounds: list[tuple[float, float | None]] = [
        (0.0, None if a.capacity is None else float(a.capacity)) for a in arcs
    ]
    if network.problem == "max-flow":
        value = np.zeros((n, 1))
        value[network.start], value[network.end] = 1.0, -1.0
        found = linprog(
            [*np.zeros(m), -1.0],
            A_eq=np.hstack([balance, value]),
            b_eq=np.zeros(n),
            bounds=[*bounds, (0.0, None)],
        )
        return -float(found.fun)
    wanted = np.array([float(s) for s in network.supply])
    slack = np.hstack([-np.diag((wanted < 0).astype(float)), np.diag((wanted > 0).astype(float))])
    penalty = float(network.penalty)
    found = linprog(
        [*(float(a.cost) for a in arcs), *np.full(2 * n, penalty)],
        A_eq=np.hstack([balance, slack]),
        b_eq=wanted,
        bounds=[*bounds, *[(0.0, None)] * (2 * n)],
    )
    return float(found.fun)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("seed", range(8))
def test_exact_flows_are_those_of_a_linear_program(problem: Problem, seed: int) -> None:
    network = made(problem, seed)
    for attacked in ((), network.attackable[:2]):
        found = flow(network, attacked)
        assert found.value is not None
        assert float(found.value) == pytest.approx(by_linear_program(network, attacked), abs=1e-7)
        for arc, along in zip(network.arcs, found.along, strict=True):
            assert along >= 0
            assert arc.capacity is None or along <= arc.capacity


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("seed", range(6))
def test_the_integer_program_finds_what_trying_all_sets_finds(problem: Problem, seed: int) -> None:
    network = made(problem, seed + 50)
    for attacks in (1, 3):
        most = min(attacks, len(network.attackable))
        by_trial, _ = interdiction._by_trial(network, network.attackable, most)
        by_program = interdiction._by_program(network, network.attackable, most)
        assert flow(network, by_program).value == flow(network, by_trial).value
        assert len(by_program) <= attacks


def test_every_set_by_hand() -> None:
    network = made("min-cost", 3)
    values = {
        arcs: flow(network, arcs).value
        for size in range(3)
        for arcs in combinations(network.attackable, size)
    }
    found = interdict(network, 2)
    worst = max(v for v in values.values() if v is not None)
    equal = [arcs for arcs, v in values.items() if v == worst]
    fewest = min(map(len, equal))
    assert found.value == worst
    assert found.attacked == max(a for a in equal if len(a) == fewest)
    assert {found.attacked, *found.as_good} == {a for a in equal if len(a) == fewest}
    assert found.tried == len(values)


def test_more_attacks_than_help_are_left_out() -> None:
    network = made("max-flow", 1)
    all_of_them = len(network.attackable)
    found = interdict(network, all_of_them)
    if found.tried == 0:
        pytest.fail("small networks are tried")
    assert len(found.attacked) < all_of_them
    for k in found.attacked:
        fewer = tuple(a for a in found.attacked if a != k)
        assert flow(network, fewer).value != found.value


def test_a_large_network_goes_to_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    network = made("shortest-path", 11)
    tried = interdict(network, 2)
    monkeypatch.setattr(interdiction, "MOST_TRIED", 1)
    found = interdict(network, 2)
    assert found.tried == 0
    assert found.value == tried.value


def test_a_program_that_says_something_else_than_the_flow_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = made("shortest-path", 11)
    solve = interdiction._DualProgram.solve

    def wrong(self: Any) -> tuple[tuple[int, ...], float]:
        attacked, bound = solve(self)
        return attacked, bound * 1.01 + 1.0

    monkeypatch.setattr(interdiction._DualProgram, "solve", wrong)
    with pytest.raises(ConvergenceError, match="integer program says"):
        interdiction._by_program(network, network.attackable, 2)


def test_a_flow_without_bound() -> None:
    arcs = (RouteArc(0, 1, None, Fraction(0), False), RouteArc(1, 2, None, Fraction(0), True))
    network = FlowNetwork("open", "max-flow", ("a", "b", "c"), arcs, (Fraction(0),) * 3, 0, 2)
    with pytest.raises(InfeasibleError, match="no bound"):
        interdict(network, 0)
    assert interdict(network, 1).value == 0
    with pytest.raises(DataError, match="--attacks -1"):
        interdict(network, -1)


def test_a_figure_with_decimals_stays_exact() -> None:
    arcs = tuple(RouteArc(0, 1 + k, Fraction(1, 10), Fraction(0), False) for k in range(3))
    arcs += tuple(RouteArc(1 + k, 4, Fraction(1, 5), Fraction(0), False) for k in range(3))
    network = FlowNetwork("tenths", "max-flow", tuple("abcde"), arcs, (Fraction(0),) * 5, 0, 4)
    assert flow(network).value == Fraction(3, 10)


ARCS = "StartNode,EndNode,Capacity,Attackable\nStart,B,10,1\nB,End,100,1\n"
NODES = "Node\nStart\nB\nEnd\n"


def folder(tmp_path: Path, arcs: str = ARCS, nodes: str = NODES) -> Path:
    (tmp_path / "arcs.csv").write_text(arcs, encoding="utf-8")
    (tmp_path / "nodes.csv").write_text(nodes, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arcs", "nodes", "said"),
    [
        (ARCS.replace("B,End,100", "B,End,0"), NODES, "arcs.csv row 3: Capacity is 0"),
        (ARCS.replace("100", "-7"), NODES, "Capacity is -7"),
        (ARCS.replace("100,1", "100,2"), NODES, "Attackable is '2'"),
        (ARCS.replace("B,End", "C,End"), NODES, "'C' is no node"),
        (ARCS + "Start,B,3,1\n", NODES, "stands in arcs.csv row 2 too"),
        (ARCS + "B,B,3,1\n", NODES, "to itself"),
        (ARCS.replace("100", "many"), NODES, "Capacity is 'many'"),
        (ARCS.replace("100", "1e-30"), NODES, "decimals"),
        (ARCS, NODES + "B\n", "stands twice"),
        (ARCS, "Node\nStart\nB\nMarket\n", "'End' is no node"),
        (ARCS.replace(",End,", ",Sink,"), NODES.replace("End", "Sink"), "--to NODE"),
        (ARCS.replace("Capacity", "Size"), NODES, "no column Capacity"),
        ("StartNode,EndNode,Capacity,Attackable\n", NODES, "no arc"),
    ],
)
def test_what_a_folder_cannot_say(tmp_path: Path, arcs: str, nodes: str, said: str) -> None:
    with pytest.raises(DataError) as refused:
        read_network(folder(tmp_path, arcs, nodes), "max-flow")
    assert said in str(refused.value)


def test_costs_need_supply_and_demand(tmp_path: Path) -> None:
    arcs = "StartNode,EndNode,Cost,Attackable\nStart,B,10,1\nB,End,1,1\n"
    nodes = "Node,SupplyDemand\nStart,0\nB,0\nEnd,1\n"
    with pytest.raises(DataError, match="no node supplies"):
        read_network(folder(tmp_path, arcs, nodes), "shortest-path")
    with pytest.raises(DataError, match="Cost is -10"):
        read_network(folder(tmp_path, arcs.replace("10", "-10"), nodes), "shortest-path")


def test_the_command_line(winset: Any, tmp_path: Path) -> None:
    place = folder(tmp_path)
    done = winset("common", "--routes", place, "--attacks", "1", "--json")
    assert done.code == 0
    assert done.json["value"] == 0.0
    assert done.json["attacked"] == [["B", "End"]]
    assert done.json["as_good"] == [[["Start", "B"]]]
    assert done.json["links"][0] == {
        "start": "Start",
        "end": "B",
        "value_without": 0.0,
        "loss": 10.0,
    }
    said = winset("common", "--routes", place, "--attacks", "5").out
    assert "B → End" in said
    assert "More than 1 of the 5 would change nothing" in said
    for wrong in (["--problem", "max"], ["--attacks", "-1"], ["--from", "Nowhere"]):
        refused = winset("common", "--routes", place, *wrong)
        assert (refused.code, refused.out) == (2, "")
    assert winset("common", "anti-drug", "--routes", place).code == 2
    assert winset("common", "--routes", tmp_path / "none").code == 2
