"""Shortest ways: between two nodes leg by leg, between all at once with what is summed along them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from winset.errors import DataError, listed
from winset.network.network import Border, Link, Terminal
from winset.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.network.graph import Graph, Row
    from winset.numbers import Array


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a route between two nodes (the same one at a terminal), passed by one row of the network."""

    start: str
    end: str
    mode: str
    row: Row

    @property
    def kind(self) -> str:
        """``link``, ``border`` or ``terminal``."""
        return type(self.row).__name__.casefold()

    @property
    def km(self) -> float:
        """Length, where it is a link."""
        return self.row.km if isinstance(self.row, Link) else 0.0

    @property
    def hours_grade(self) -> str:
        """How the hours are known."""
        return self.row.hours_grade if isinstance(self.row, Link) else self.row.grade

    @property
    def usd_grade(self) -> str:
        """How the money is known."""
        return self.row.usd_grade if isinstance(self.row, Link) else self.row.grade


@dataclass(frozen=True, slots=True)
class Route:
    """A way from one node to another, and `log_cost`, by which it was chosen."""

    legs: tuple[Leg, ...]
    log_cost: float

    @property
    def hours(self) -> float:
        """Hours in all."""
        return math.fsum(leg.row.hours for leg in self.legs)

    @property
    def usd(self) -> float:
        """USD per unit of cargo in all."""
        return math.fsum(leg.row.usd for leg in self.legs)

    @property
    def km(self) -> float:
        """Length in all."""
        return math.fsum(leg.km for leg in self.legs)

    def grades(self, figure: str) -> dict[str, float]:
        """Return which share of the hours, usd or km rests on which grade, the largest first."""
        found: dict[str, list[float]] = {}
        for leg in self.legs:
            if figure == "km":
                if isinstance(leg.row, Link):
                    found.setdefault(leg.row.grade, []).append(leg.km)
                continue
            grade = leg.hours_grade if figure == "hours" else leg.usd_grade
            found.setdefault(grade, []).append(getattr(leg.row, figure))
        sums = {grade: math.fsum(each) for grade, each in found.items()}
        whole = math.fsum(sums.values())
        if not whole:
            return {}
        ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
        return {grade: part / whole for grade, part in ranked if part}


def route(graph: Graph, start: str, end: str) -> Route:
    """Return the best way from a node to another.

    Raises
    ------
    DataError
        The nodes are the same, or nothing leads from one to the other.
    """
    network = graph.layout.network
    source, target = network.index[start], network.index[end]
    if source == target:
        raise DataError(Sentence("{place} to itself is no route. Name two nodes.", place=start))
    cost, before = dijkstra(graph.matrix, indices=[source], return_predecessors=True)
    if not math.isfinite(cost[0, target]):
        raise DataError(unreached(graph, start, end))
    states = [target]
    while states[-1] != source:
        states.append(int(before[0, states[-1]]))
    legs: list[Leg] = []
    passed = np.array(states[::-1], np.intp)
    for number in graph.arc(passed[:-1], passed[1:]):
        legs += _legs(graph, int(number))
    return Route(tuple(legs), float(cost[0, target]))


def _legs(graph: Graph, number: int) -> list[Leg]:
    layout = graph.layout
    arc = layout.arcs[number]
    a, b = (layout.network.nodes[layout.node[state]].id for state in (arc.tail, arc.head))
    rows = graph.chosen[number]
    mode = next((row.mode for row in rows if isinstance(row, Link | Terminal)), "")
    # The side that is left comes before the link, the side that is entered after it.
    crossing = [row for row in rows if isinstance(row, Border)]
    before = [row for row in crossing if row.node == a]
    after = [row for row in crossing if row.node != a]
    rest = [row for row in rows if not isinstance(row, Border)]
    return [Leg(a, b, mode, row) for row in (*before, *rest, *after)]


def unreached(graph: Graph, start: str, end: str) -> str:
    """Say that nothing leads from one node to another, and what it is that stands apart."""
    network = graph.layout.network
    cost = dijkstra(graph.matrix, indices=[network.index[start]])[0, : len(network.nodes)]
    turned = csr_array(graph.matrix.T)
    back = dijkstra(turned, indices=[network.index[end]])[0, : len(network.nodes)]
    near = [node.id for node, c in zip(network.nodes, cost, strict=True) if math.isfinite(c)]
    far = [node.id for node, c in zip(network.nodes, back, strict=True) if math.isfinite(c)]
    by = f" by {', '.join(graph.terms.modes)}" if graph.terms.modes else ""
    fewer, said = (near, f"from {start}") if len(near) <= len(far) else (far, f"to {end}")
    return (
        f"nothing leads from {start} to {end}{by}: {said} there is a way only "
        f"{'to' if fewer is near else 'from'} {listed(sorted(set(fewer) - {start, end})) or 'itself'}. "
        "Add a link, or allow more modes."
    )


@dataclass(frozen=True, slots=True)
class Ways:
    """Best ways from every node of a list to every other: `cost` (sources, nodes), and sums along them."""

    graph: Graph
    sources: NDArray[np.intp]
    cost: Array
    before: NDArray[np.intp]

    @property
    def arcs(self) -> NDArray[np.intp]:
        """The arc by which each state is entered, (sources, states), −1 where none is."""
        found = np.full(self.before.shape, -1, np.intp)
        rows, heads = np.nonzero(self.before >= 0)
        found[rows, heads] = self.graph.arc(self.before[rows, heads], heads)
        return found

    def total(self, by_arc: Array) -> Array:
        """Return what an amount by arc adds up to along each way, (sources, nodes); NaN without a way.

        Each state is joined to its predecessor, then to that one's, so that log2 of the longest way's steps
        suffice.
        """
        found = self._along(by_arc, np.add)[:, : len(self.graph.layout.network.nodes)]
        return np.where(np.isfinite(self.cost), found, np.nan)

    def passed(self, bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return the union of bits by arc along each way, (sources, nodes)."""
        return self._along(bits, np.bitwise_or)[:, : len(self.graph.layout.network.nodes)]

    def _along(self, by_arc: NDArray[Any], joined: np.ufunc) -> NDArray[Any]:
        states = np.arange(len(self.graph.layout))
        arcs = self.arcs
        ancestor = np.where(arcs >= 0, self.before, states)
        found = np.where(arcs >= 0, by_arc[arcs], np.zeros((), by_arc.dtype))
        line = np.arange(len(self.sources))[:, None]
        while True:
            further = ancestor[line, ancestor]
            if np.array_equal(further, ancestor):
                return found
            found = joined(found, found[line, ancestor])
            ancestor = further


def ways(graph: Graph, sources: Sequence[int] | None = None) -> Ways:
    """Return best ways from nodes, by their positions, or from all."""
    count = len(graph.layout.network.nodes)
    chosen = np.arange(count) if sources is None else np.asarray(sources, np.intp)
    cost, before = dijkstra(graph.matrix, indices=chosen, return_predecessors=True)
    return Ways(graph, chosen, cost[:, :count], before.astype(np.intp))
