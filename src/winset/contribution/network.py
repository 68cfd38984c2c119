"""A network of routes: nodes, arcs, what they carry and cost, and which of them can be attacked.

A folder has ``nodes.csv`` and ``arcs.csv`` in the layout of the Pyomo gallery's network_interdiction:

* ``arcs.csv``: StartNode, EndNode, Attackable (1 or 0); Capacity where flow is bounded (−1 or blank: no
  bound) and Cost where it is paid for;
* ``nodes.csv``: Node; SupplyDemand (negative: supply, positive: demand) where costs are; Country, optional,
  whose territory a node is.

All figures are kept as exact fractions, so that values of small and large networks are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from winset import tables
from winset.errors import DataError, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Problem = Literal["max-flow", "shortest-path", "min-cost"]
PROBLEMS: tuple[Problem, ...] = get_args(Problem)
NEEDED: Mapping[Problem, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "max-flow": ((), ("Capacity",)),
    "shortest-path": (("SupplyDemand",), ("Cost",)),
    "min-cost": (("SupplyDemand",), ("Capacity", "Cost")),
}
MOST_FIGURE = 1e15
MOST_DECIMALS = 15


@dataclass(frozen=True, slots=True)
class RouteArc:
    """A route from node `tail` to node `head`, by their positions; `capacity` is None where unbounded."""

    tail: int
    head: int
    capacity: Fraction | None
    cost: Fraction
    attackable: bool


@dataclass(frozen=True, slots=True)
class FlowNetwork:
    """A network and the question that is asked of it.

    Attributes
    ----------
    supply : (nodes) fractions
        What a node demands; negative where it supplies. None of it for maximum flow.
    start, end : int
        For maximum flow: positions of the nodes between which the flow runs.
    countries : (nodes) strings
        Blank where not known.
    """

    title: str
    problem: Problem
    nodes: tuple[str, ...]
    arcs: tuple[RouteArc, ...]
    supply: tuple[Fraction, ...]
    start: int = -1
    end: int = -1
    countries: tuple[str, ...] = ()

    @property
    def attackable(self) -> tuple[int, ...]:
        """Positions of the arcs that can be attacked."""
        return tuple(k for k, arc in enumerate(self.arcs) if arc.attackable)

    @property
    def penalty(self) -> Fraction:
        """What a unit costs that is not sent, and again one that does not arrive.

        The number of nodes times the largest cost of an arc, as in the source of the layout: more than any
        route without a loop, so that nothing is left unserved that can be served.
        """
        return len(self.nodes) * max((arc.cost for arc in self.arcs), default=Fraction(0))

    def name(self, arc: int) -> tuple[str, str]:
        """Return the names of an arc's ends."""
        found = self.arcs[arc]
        return self.nodes[found.tail], self.nodes[found.head]


def checked_problem(text: str) -> Problem:
    """Return the name of a problem, or raise DataError."""
    found = next((p for p in PROBLEMS if p == text), None)
    if found is None:
        raise DataError(
            f"--problem {text}: not known.{did_you_mean(text, PROBLEMS)} One of {', '.join(PROBLEMS)}."
        )
    return found


def read_network(
    folder: Path, problem: Problem, *, start: str = "Start", end: str = "End"
) -> FlowNetwork:
    """Read ``nodes.csv`` and ``arcs.csv`` of a folder.

    Raises
    ------
    DataError
        A file or column is missing; an end of an arc is no node; a node or an arc stands twice; a figure is
        no number; a capacity of zero, a negative cost, an Attackable that is neither 0 nor 1; nothing is
        supplied or demanded; or there is no `start` or `end` for maximum flow.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. It holds nodes.csv and arcs.csv.")
    of_nodes, of_arcs = NEEDED[problem]
    problems = tables.Problems(folder)
    nodes: dict[str, int] = {}
    supply: list[Fraction] = []
    countries: list[str] = []
    for where, row in tables.checked_rows(
        folder, "nodes.csv", ("Node", *of_nodes), problems, of_nodes
    ):
        name = row["Node"]
        if not name or name in nodes:
            problems.add(
                where, f"node {name!r} stands twice." if name else "a node without a name."
            )
            continue
        nodes[name] = len(nodes)
        given = _exact(row, "SupplyDemand", where, problems) if of_nodes else Fraction(0)
        supply.append(given or Fraction(0))
        countries.append(row.get("Country", ""))
    arcs: list[RouteArc] = []
    seen: dict[tuple[str, str], str] = {}
    for where, row in tables.checked_rows(
        folder, "arcs.csv", ("StartNode", "EndNode", *of_arcs, "Attackable"), problems,
        (*of_arcs, "Attackable"),
    ):  # fmt: skip
        ends = row["StartNode"], row["EndNode"]
        if unknown := [name for name in ends if name not in nodes]:
            said = f"{unknown[0]!r} is no node of nodes.csv.{did_you_mean(unknown[0], nodes)}"
            problems.add(where, said)
            continue
        if ends in seen:
            said = f"the arc from {ends[0]} to {ends[1]} stands in {seen[ends]} too. Merge the two."
            problems.add(where, said)
            continue
        if ends[0] == ends[1]:
            problems.add(where, f"the arc leads from {ends[0]} to itself. Leave it out.")
            continue
        seen[ends] = where
        capacity = _capacity(row, where, problems) if "Capacity" in of_arcs else None
        cost = Fraction(0)
        if "Cost" in of_arcs:
            cost = _exact(row, "Cost", where, problems) or Fraction(0)
            if cost < 0:
                problems.add(where, f"Cost is {float(cost):g}; it must be zero or more.")
        if row["Attackable"] not in ("0", "1"):
            problems.add(where, f"Attackable is {row['Attackable']!r}; 1 is yes, 0 is no.")
        attackable = row["Attackable"] == "1"
        arcs.append(RouteArc(nodes[ends[0]], nodes[ends[1]], capacity, cost, attackable))
    if not problems.found:
        _whole(problem, tuple(nodes), arcs, supply, (start, end), problems)
    problems.refuse(str(folder))
    of_flow = problem == "max-flow"
    return FlowNetwork(
        title=folder.name,
        problem=problem,
        nodes=tuple(nodes),
        arcs=tuple(arcs),
        supply=tuple(supply),
        start=nodes[start] if of_flow else -1,
        end=nodes[end] if of_flow else -1,
        countries=tuple(countries) if any(countries) else (),
    )


def _whole(
    problem: Problem,
    nodes: tuple[str, ...],
    arcs: list[RouteArc],
    supply: list[Fraction],
    ends: tuple[str, str],
    problems: tables.Problems,
) -> None:
    """What no single row shows."""
    if not arcs:
        problems.add("arcs.csv", "no arc in it.")
    if problem == "max-flow":
        for option, name in zip(("--from", "--to"), ends, strict=True):
            if name not in nodes:
                said = f"no node {name!r}, between which the flow is to run; found {listed(nodes)}."
                problems.add("nodes.csv", f"{said} Name it with {option} NODE.")
        if ends[0] == ends[1]:
            problems.add("nodes.csv", f"the flow is to run from {ends[0]} to itself.")
    elif not (any(s < 0 for s in supply) and any(s > 0 for s in supply)):
        which = "supplies" if not any(s < 0 for s in supply) else "demands"
        said = (
            f"no node {which} anything: SupplyDemand is negative for supply, positive for demand."
        )
        problems.add("nodes.csv", said)


def _capacity(row: dict[str, str], where: str, problems: tables.Problems) -> Fraction | None:
    if not row["Capacity"]:
        return None
    found = _exact(row, "Capacity", where, problems)
    if found is None or found == -1:
        return None
    if found <= 0:
        problems.add(
            where,
            f"Capacity is {float(found):g}. Leave an arc out that carries nothing, or write -1 for one "
            "without a bound.",
        )
    return found


def _exact(
    row: dict[str, str], column: str, where: str, problems: tables.Problems
) -> Fraction | None:
    """Read a figure as it is written, without rounding."""
    value = tables.number(row[column], column, where, problems)
    if value != value:
        return None
    found = Fraction(row[column])
    if abs(value) > MOST_FIGURE or (found * 10**MOST_DECIMALS).denominator != 1:
        problems.add(
            where,
            f"{column} is {row[column]}; at most {MOST_FIGURE:g} with {MOST_DECIMALS} decimals is read.",
        )
        return None
    return found
