"""Whose goods pass through whom: transit, the trade that each border and link carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.network.network import Link
from winset.network.paths import ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.network.graph import Graph
    from winset.network.network import Network
    from winset.numbers import Array

BITS = 64


@dataclass(frozen=True, slots=True)
class Transit:
    """What passes where when all trade takes the best ways.

    Attributes
    ----------
    economies : tuple of str
        In alphabetical order.
    through : (E, E) array
        Share of the trade of the economy of a row, with those of the network, that passes through the
        economy of a column, neither end of it.
    centrality : (E,) array
        Share of the trade of all others among themselves that passes through an economy.
    by_border : mapping
        Trade over the crossings of two neighbors (in alphabetical order), both ways, in the unit of flows.
    by_link : (arcs,) array
        Trade over each arc of the graph.
    total : float
        Trade between economies of the network that has a way.
    """

    economies: tuple[str, ...]
    through: Array
    centrality: Array
    by_border: dict[tuple[str, str], float]
    by_link: Array
    total: float


def transit(graph: Graph, flows: Array) -> Transit:
    """Send trade between economies, (E, E) with rows sending, along the best ways between their nodes.

    Trade of a pair is spread over their nodes by the shares of both ends; what has no way is left out.
    """
    network = graph.layout.network
    spread = network.spread()
    economies, owner = spread.economies, spread.owners()
    found = ways(graph, spread.nodes.tolist())
    flows = np.where(np.eye(len(economies), dtype=np.bool_), 0.0, flows)
    joined = np.isfinite(found.cost[:, spread.nodes]).astype(np.float64)
    by_node = flows[np.ix_(owner, owner)] * spread.share[:, None] * spread.share * joined
    carried = spread.sums(by_node)
    position = {code: e for e, code in enumerate(economies)}
    of_node = np.array([position[node.economy] for node in network.nodes])
    into = of_node[np.array(graph.layout.node)[graph.head]]
    passing = np.zeros((len(economies), *flows.shape))  # through whom, from, to
    for low in range(0, len(economies), BITS):
        inside = (into >= low) & (into < low + BITS)
        bit = (into - low).clip(0, BITS - 1).astype(np.uint64)
        passed = found.passed(np.where(inside, np.uint64(1) << bit, np.uint64(0)))[:, spread.nodes]
        for e in range(low, min(low + BITS, len(economies))):
            on = (passed >> np.uint64(e - low) & np.uint64(1)).astype(np.float64) * by_node
            on[owner == e] = 0.0
            on[:, owner == e] = 0.0
            passing[e] = spread.sums(on)
    own = carried.sum(axis=0) + carried.sum(axis=1)
    through = (passing.sum(axis=1) + passing.sum(axis=2)).T / np.where(own > 0.0, own, 1.0)[:, None]
    others = carried.sum() - own
    centrality = passing.sum(axis=(1, 2)) / np.where(others > 0.0, others, 1.0)
    load = _loads(graph, found.arcs, found.before, by_node, spread.nodes)
    return Transit(
        economies,
        np.asarray(through),
        centrality,
        _borders(network, graph, load),
        load,
        float(carried.sum()),
    )


def _loads(
    graph: Graph,
    arcs: NDArray[np.intp],
    before: NDArray[np.intp],
    amounts: Array,
    ends: NDArray[np.intp],
) -> Array:
    """Return what passes each arc when amounts go from every source to nodes: up the trees, leaves first."""
    waiting = np.zeros(arcs.shape)
    waiting[:, ends] = amounts
    states = np.arange(arcs.shape[1])
    line = np.arange(len(arcs))[:, None]
    ancestor = np.where(arcs >= 0, before, states)
    depth = (arcs >= 0).astype(np.intp)
    while True:
        further = ancestor[line, ancestor]
        if np.array_equal(further, ancestor):
            break
        depth, ancestor = depth + depth[line, ancestor], further
    load = np.zeros(len(graph.cost))
    for level in range(int(depth.max()), 0, -1):
        rows, heads = np.nonzero(depth == level)
        amount = waiting[rows, heads]
        np.add.at(load, arcs[rows, heads], amount)
        np.add.at(waiting, (rows, before[rows, heads]), amount)
    return load


def _borders(network: Network, graph: Graph, load: Array) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for arc, amount in zip(graph.layout.arcs, load.tolist(), strict=True):
        row = arc.parts[0][0]
        if amount > 0.0 and isinstance(row, Link) and row.mode != "sea" and network.crosses(row):
            first, second = sorted((network.node(row.start).economy, network.node(row.end).economy))
            found[first, second] = found.get((first, second), 0.0) + amount
    return found
