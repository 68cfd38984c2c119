"""Flows through a network, exactly: all figures are scaled to whole numbers first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from winset.contribution.network import FlowNetwork


@dataclass(frozen=True, slots=True)
class Shipment:
    """What runs through a network.

    Attributes
    ----------
    value : Fraction or None
        What arrives (maximum flow), else what it costs with penalties; None where nothing bounds it.
    along : (arcs) fractions
    unsent, unserved : (nodes) fractions
        Supply that stays where it is and demand that nothing reaches; none for maximum flow.
    """

    value: Fraction | None
    along: tuple[Fraction, ...]
    unsent: tuple[Fraction, ...] = ()
    unserved: tuple[Fraction, ...] = ()

    @property
    def amount(self) -> Fraction:
        """Demand that nothing reaches."""
        return sum(self.unserved, Fraction(0))


def flow(network: FlowNetwork, attacked: Collection[int] = ()) -> Shipment:
    """Return the best flow of a network without the arcs that are attacked.

    * max-flow: as much as possible from start to end (Edmonds & Karp 1972);
    * shortest-path, min-cost: supply goes to demand at least cost; a unit that is not sent costs the
      network's penalty and one that does not arrive again (successive shortest paths).
    """
    arcs = [k for k in range(len(network.arcs)) if k not in attacked]
    return _most(network, arcs) if network.problem == "max-flow" else _cheapest(network, arcs)


class _Residual:
    """Arcs in pairs, each the other's way back: arc e ^ 1 undoes arc e."""

    def __init__(self, count: int) -> None:
        self.out: list[list[int]] = [[] for _ in range(count)]
        self.head: list[int] = []
        self.room: list[int] = []
        self.cost: list[int] = []

    def add(self, tail: int, head: int, room: int, cost: int = 0) -> int:
        for node, other, left, paid in ((tail, head, room, cost), (head, tail, 0, -cost)):
            self.out[node].append(len(self.head))
            self.head.append(other)
            self.room.append(left)
            self.cost.append(paid)
        return len(self.head) - 2

    def push(self, end: int, via: Sequence[int], most: int | None = None) -> int:
        """Send as much as fits along the way that led to `end`."""
        way, node = [], end
        while via[node] >= 0:
            way.append(via[node])
            node = self.head[via[node] ^ 1]
        amount = min(self.room[e] for e in way)
        amount = amount if most is None else min(amount, most)
        for e in way:
            self.room[e] -= amount
            self.room[e ^ 1] += amount
        return amount


def _most(network: FlowNetwork, arcs: Sequence[int]) -> Shipment:
    bounded = [network.arcs[k].capacity for k in arcs]
    scale = lcm(1, *(c.denominator for c in bounded if c is not None))
    endless = 1 + sum(int(c * scale) for c in bounded if c is not None)
    left = _Residual(len(network.nodes))
    at = {}
    for k, capacity in zip(arcs, bounded, strict=True):
        arc = network.arcs[k]
        room = endless if capacity is None else int(capacity * scale)
        at[k] = left.add(arc.tail, arc.head, room)
    total = 0
    while (via := _fewest_arcs(left, network.start, network.end)) is not None:
        total += left.push(network.end, via)
        if total >= endless:
            return Shipment(None, ())
    return Shipment(Fraction(total, scale), _along(network, at, left, scale))


def _along(
    network: FlowNetwork, at: dict[int, int], left: _Residual, scale: int
) -> tuple[Fraction, ...]:
    return tuple(
        Fraction(left.room[at[k] ^ 1], scale) if k in at else Fraction(0)
        for k in range(len(network.arcs))
    )


def _fewest_arcs(left: _Residual, start: int, end: int) -> list[int] | None:
    via = [-2] * len(left.out)
    via[start] = -1
    edge = [start]
    while edge:
        new = []
        for node in edge:
            for e in left.out[node]:
                there = left.head[e]
                if via[there] == -2 and left.room[e] > 0:
                    via[there] = e
                    if there == end:
                        return via
                    new.append(there)
        edge = new
    return None


def _cheapest(network: FlowNetwork, arcs: Sequence[int]) -> Shipment:
    bounds = [network.arcs[k].capacity for k in arcs]
    units = [*(c for c in bounds if c is not None), *network.supply]
    scale = lcm(1, *(u.denominator for u in units))
    price = lcm(1, *(arc.cost.denominator for arc in network.arcs))
    count = len(network.nodes)
    source, sink = count, count + 1
    left = _Residual(count + 2)
    wanted = [int(s * scale) for s in network.supply]
    endless = sum(map(abs, wanted))
    at = {}
    for k, capacity in zip(arcs, bounds, strict=True):
        arc = network.arcs[k]
        room = endless if capacity is None else int(capacity * scale)
        at[k] = left.add(arc.tail, arc.head, room, int(arc.cost * price))
    own = {
        node: left.add(source, node, -w) if w < 0 else left.add(node, sink, w)
        for node, w in enumerate(wanted)
        if w
    }
    potential = [0] * (count + 2)
    spent = 0
    while (found := _least_cost(left, source, sink, potential)) is not None:
        via, distance = found
        farthest = distance[sink]
        for node, d in enumerate(distance):
            potential[node] += farthest if d < 0 else min(d, farthest)
        spent += left.push(sink, via) * potential[sink]
    unsent = tuple(Fraction(left.room[own[n]] if wanted[n] < 0 else 0, scale) for n in range(count))
    unserved = tuple(
        Fraction(left.room[own[n]] if wanted[n] > 0 else 0, scale) for n in range(count)
    )
    missing = sum(unsent, Fraction(0)) + sum(unserved, Fraction(0))
    value = Fraction(spent, scale * price) + network.penalty * missing
    return Shipment(value, _along(network, at, left, scale), unsent, unserved)


def _least_cost(
    left: _Residual, start: int, end: int, potential: Sequence[int]
) -> tuple[list[int], list[int]] | None:
    """Dijkstra's distances in reduced costs, −1 where beyond `end` or out of reach, and the ways."""
    distance = [-1] * len(left.out)
    best = [-1] * len(left.out)
    via = [-1] * len(left.out)
    best[start] = 0
    queue = [(0, start)]
    while queue:
        d, node = heapq.heappop(queue)
        if distance[node] >= 0:
            continue
        distance[node] = d
        if node == end:
            return via, distance
        for e in left.out[node]:
            there = left.head[e]
            if left.room[e] <= 0 or distance[there] >= 0:
                continue
            new = d + left.cost[e] + potential[node] - potential[there]
            if best[there] < 0 or new < best[there]:
                best[there], via[there] = new, e
                heapq.heappush(queue, (new, there))
    return None
