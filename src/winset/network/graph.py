"""A network as a graph: states, arcs, and what passing each costs.

A state is a node, or a node on board a mode where loading takes time or money: who stays on the train passes
through, who changes to a truck unloads and loads. An arc is a link in one direction with the border that it
crosses, or a loading, or an unloading.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from winset.errors import DataError
from winset.network.network import (
    CHOICE,
    DIRECTIONS,
    LAND,
    MODES,
    RULE,
    Border,
    Link,
    Network,
    Terminal,
)
from winset.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array

Row = Link | Border | Terminal

#: A day on the way costs so much of a good's value: the middle of 0.6 to 2.1 % (Hummels & Schaur 2013).
VALUE_OF_DAY = 0.0135
LOW_VALUE, HIGH_VALUE = 0.006, 0.021


@dataclass(frozen=True, slots=True)
class WayTerms:
    """What a way is chosen by, ``g = v · days + USD / value``, so that costs are e^g times the price.

    Attributes
    ----------
    value_of_day : float
        v, ad valorem, as a fraction.
    value_of_unit : float or None
        USD that a unit of cargo is worth: the network's where None; infinite: time alone counts.
    modes : tuple of str
        By which goods may go; all where empty.
    """

    value_of_day: float = VALUE_OF_DAY
    value_of_unit: float | None = None
    modes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        worth = self.value_of_unit
        if not 0.0 <= self.value_of_day < 1.0:
            raise DataError(
                f"value of a day {self.value_of_day:g}: it is a fraction from 0 to 1, 0.0135 for 1.35 %."
            )
        if worth is not None and not worth > 0.0:
            raise DataError(f"value of cargo {worth:g}: it is USD above 0.")
        if wrong := [mode for mode in self.modes if mode not in MODES]:
            raise DataError(f"mode {wrong[0][:40]!r} is none of {', '.join(MODES)}.")

    def cost(self, network: Network) -> Callable[[float, float], float]:
        """Return what hours and USD cost together."""
        worth = network.value_of_unit if self.value_of_unit is None else self.value_of_unit
        if self.value_of_day == 0.0 and not (network.priced and math.isfinite(worth)):
            raise DataError("neither time nor money counts, so that no way is better than another.")
        hourly, per_usd = self.value_of_day / 24.0, 1.0 / worth
        return lambda hours, usd: hours * hourly + usd * per_usd


@dataclass(frozen=True, slots=True)
class GraphArc:
    """From state `tail` to state `head`; each of `parts` is passed by the best of its rows."""

    tail: int
    head: int
    parts: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """States and arcs of a network, whatever they cost. The first states are the nodes, in order."""

    network: Network
    node: tuple[int, ...]
    mode: tuple[str, ...]
    arcs: tuple[GraphArc, ...]
    uncharted: tuple[str, ...]
    reversed_use: tuple[str, ...]
    one_sided: tuple[str, ...]

    def __len__(self) -> int:
        """Count the states."""
        return len(self.node)


@dataclass(frozen=True, slots=True)
class Graph:
    """Arcs with what they cost under `terms`; of arcs that join the same states the cheapest.

    `matrix` has the costs, (states, states), `kept` the numbers of its arcs, in the order of tail and head;
    `chosen` the row by which each part of an arc is passed; `cost`, `hours` and `usd` are by arc.
    """

    layout: GraphLayout
    terms: WayTerms
    matrix: csr_array
    kept: NDArray[np.intp] = field(repr=False)
    chosen: tuple[tuple[Row, ...], ...]
    cost: Array
    hours: Array
    usd: Array
    tail: NDArray[np.intp] = field(repr=False)
    head: NDArray[np.intp] = field(repr=False)

    def without(self, shut: NDArray[np.bool_]) -> Graph:
        """Return the graph without some of its arcs, whose numbers stay."""
        rest = np.flatnonzero(~shut)
        kept = rest[_cheapest(self.tail[rest], self.head[rest], self.cost[rest], self.hours[rest])]
        where = (self.tail[kept], self.head[kept])
        matrix = csr_array((self.cost[kept], where), self.matrix.shape)
        return replace(self, matrix=matrix, kept=kept)

    def arc(self, tail: NDArray[np.intp], head: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the numbers of the arcs of `matrix` from states to states."""
        size = len(self.layout)
        keys = self.tail[self.kept] * size + self.head[self.kept]
        return self.kept[np.searchsorted(keys, tail * size + head)]


def lay_out(network: Network, modes: Sequence[str] = ()) -> GraphLayout:
    """Return states and arcs of what is open, by some modes or all.

    A crossing costs what its two nodes' rows say together, the side that is left and the side that is
    entered; where neither node has one, the row between the two economies, or the one of the other direction
    (`reversed_use` names those); where there is none, nothing (`uncharted`). `one_sided` are crossings with
    a row at one node alone.

    Raises
    ------
    DataError
        No link is open by these modes.
    """
    links = [link for link in network.links if link.open and (not modes or link.mode in modes)]
    if not links:
        raise DataError(f"no link is open by {', '.join(modes) or 'any mode'}.")
    node, mode = list(range(len(network.nodes))), [""] * len(network.nodes)
    terminals: dict[tuple[str, str], list[Terminal]] = {}
    for terminal in network.terminals:
        terminals.setdefault((terminal.node, terminal.mode), []).append(terminal)
    states: dict[tuple[str, str], int] = {}
    arcs: list[GraphArc] = []

    def state(name: str, by: str) -> int:
        if (name, by) not in states:
            own = terminals.get((name, by), [])
            rows = tuple(t for t in own if t.standing == RULE)
            if not rows:
                plain = [t for t in own if not t.standing] or terminals.get(("", by), [])
                rows = (*plain, *(t for t in own if t.standing == CHOICE))
            states[name, by] = network.index[name]
            if rows:
                states[name, by] = len(node)
                gate = network.index[name]
                arcs.extend(
                    (GraphArc(gate, len(node), (rows,)), GraphArc(len(node), gate, (rows,)))
                )
                node.append(gate)
                mode.append(by)
        return states[name, by]

    table = _Borders(network)
    for link in links:
        ends = (state(link.start, link.mode), state(link.end, link.mode))
        for a, b, tail, head in (
            (link.start, link.end, *ends),
            (link.end, link.start, *ends[::-1]),
        ):
            for parts in table.ways(a, b, link.mode):
                arcs.append(GraphArc(tail, head, ((link,), *parts)))
            if link.one_way:
                break
    return GraphLayout(
        network,
        tuple(node),
        tuple(mode),
        tuple(arcs),
        tuple(sorted(table.uncharted)),
        tuple(sorted(table.reversed_use)),
        tuple(sorted(table.one_sided)),
    )


SIDES = {"out": "out by {mode}", "in": "in by {mode}"}


class _Borders:
    """Finds the rows of crossings, and keeps what it had to fill in."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rows: dict[tuple[str, ...], list[Border]] = {}
        for row in network.borders:
            key = (row.node, row.start, row.end, row.mode, row.direction)
            self.rows.setdefault(key, []).append(row)
        self.modes = {row.mode for row in network.borders}
        self.uncharted: set[str] = set()
        self.reversed_use: set[str] = set()
        self.one_sided: set[str] = set()

    def ways(self, a: str, b: str, mode: str) -> list[tuple[tuple[Row, ...], ...]]:
        """Return the ways to cross from node a to node b, each a tuple of parts with their rows."""
        left, entered = self.network.node(a).economy, self.network.node(b).economy
        if left == entered or (mode not in LAND and mode not in self.modes):
            return [()]
        whole = self._pair(left, entered, mode)
        if ruled := [row for row in whole if row.standing == RULE]:
            return [(tuple(ruled),)]
        sides = (self._side(a, mode, *DIRECTIONS), self._side(b, mode, *DIRECTIONS[::-1]))
        beside = tuple(row for row in whole if row.standing == CHOICE)
        if any(sides):
            if not all(sides):
                self.one_sided.add(Sentence("{a}–{b} ({mode})", a=a, b=b, mode=mode))
            both = tuple(tuple(side) for side in sides if side)
            return [both, (beside,)] if beside else [both]
        if not whole:
            if mode in LAND:
                self.uncharted.add(Sentence("{a}–{b} ({mode})", a=left, b=entered, mode=mode))
            return [()]
        return [(tuple(whole),)]

    def _side(self, node: str, mode: str, direction: str, other: str) -> list[Border]:
        """Return the rows of a side; those of the other direction where it has none of its own."""
        for way in (direction, "", other):
            for by in (mode, "") if mode in LAND else (mode,):
                if found := self.rows.get((node, "", "", by, way)):
                    if way == other:
                        way = Sentence(SIDES[direction], mode=by) if by else direction
                        self.reversed_use.add(Sentence("{place} {way}", place=node, way=way))
                    return found
        return []

    def _pair(self, left: str, entered: str, mode: str) -> list[Border]:
        for by in (mode, "") if mode in LAND else (mode,):
            if found := self.rows.get(("", left, entered, by, "")):
                return found
            if found := self.rows.get(("", entered, left, by, "")):
                told = f"{left}→{entered}"
                self.reversed_use.add(
                    Sentence("{pair} by {mode}", pair=told, mode=by) if by else told
                )
                return found
        return []


def weigh(layout: GraphLayout, terms: WayTerms) -> Graph:
    """Return the graph of a layout under terms."""
    price = terms.cost(layout.network)
    chosen = tuple(
        tuple(
            min(rows, key=lambda row: (price(row.hours, row.usd), row.hours)) for rows in arc.parts
        )
        for arc in layout.arcs
    )
    hours = np.array([math.fsum(row.hours for row in rows) for rows in chosen])
    usd = np.array([math.fsum(row.usd for row in rows) for rows in chosen])
    cost = np.array([math.fsum(price(row.hours, row.usd) for row in rows) for rows in chosen])
    tail = np.array([arc.tail for arc in layout.arcs], np.intp)
    head = np.array([arc.head for arc in layout.arcs], np.intp)
    kept = _cheapest(tail, head, cost, hours)
    size = (len(layout), len(layout))
    matrix = csr_array((cost[kept], (tail[kept], head[kept])), size)
    return Graph(layout, terms, matrix, kept, chosen, cost, hours, usd, tail, head)


def _cheapest(
    tail: NDArray[np.intp], head: NDArray[np.intp], cost: Array, hours: Array
) -> NDArray[np.intp]:
    """Return the numbers of the cheapest arcs between their states, in the order of tail and head."""
    order = np.lexsort((np.arange(len(cost)), hours, cost, head, tail))
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    return np.asarray(order[first])


def graph(network: Network, terms: WayTerms | None = None) -> Graph:
    """Return the graph of a network under terms, see `lay_out` and `weigh`."""
    terms = WayTerms() if terms is None else terms
    return weigh(lay_out(network, terms.modes), terms)
