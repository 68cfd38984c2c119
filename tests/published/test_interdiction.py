"""The networks of the Pyomo gallery: maximum flow as printed there, the others by every set of arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from winset.contribution import interdiction
from winset.contribution.flows import flow
from winset.contribution.network import read_network

if TYPE_CHECKING:
    from pathlib import Path

    from winset.contribution.network import Problem

OTHERS: tuple[tuple[str, Problem], ...] = (
    ("shortest_path", "shortest-path"),
    ("min_cost_flow", "min-cost"),
)


@pytest.mark.parametrize(
    ("attacks", "value", "attacked"),
    [(0, 80.0, []), (1, 10.0, [["Start", "C"]]), (2, 0.0, [["B", "End"], ["D", "End"]])],
)
def test_maximum_flow_as_printed(
    winset: Any, shared_data: Path, attacks: int, value: float, attacked: list[list[str]]
) -> None:
    folder = shared_data / "validation" / "interdiction" / "max_flow"
    done = winset(
        "common", "--routes", folder, "--problem", "max-flow", "--attacks", attacks, "--json"
    ).json
    assert done["value"] == value
    assert done["attacked"] == attacked


@pytest.mark.parametrize(("folder", "problem"), OTHERS)
@pytest.mark.parametrize("attacks", [0, 1, 2, 3])
def test_the_other_problems_by_every_set_and_by_the_program(
    shared_data: Path, folder: str, problem: Problem, attacks: int
) -> None:
    network = read_network(shared_data / "validation" / "interdiction" / folder, problem)
    found = interdiction.interdict(network, attacks)
    assert found.tried > 0
    program = interdiction._by_program(network, network.attackable, attacks)
    assert flow(network, program).value == found.value
