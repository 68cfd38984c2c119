"""Every portfolio of projects: costs of all pairs for each of 2ⁿ networks, exactly and fast.

Projects only add choices, so that costs never rise. An arc (k, l) that comes to cost w changes the best ways
by one step, ``g_ij ← min(g_ij, g_ik + w + g_lj)``, and only nodes with weight and the ends of what projects
touch have to be kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from winset.errors import DataError
from winset.network.changes import combined
from winset.network.costs import factors
from winset.network.graph import WayTerms, lay_out, weigh

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from winset.network.changes import Change
    from winset.network.graph import GraphArc, Row
    from winset.network.network import Network, Spread
    from winset.numbers import Array

MOST_PROJECTS = 62  # bits of a mask
APART = 1e6  # in place of an infinite log of costs


@dataclass(frozen=True, slots=True)
class Touched:
    """An arc that projects touch: from `tail` to `head` among the states kept, and its parts.

    A part is passed at the least cost among its rows, each of which is there from the start (no project) or
    with any of some projects, a mask. `projects` are all that touch it.
    """

    tail: int
    head: int
    parts: tuple[tuple[tuple[float, int], ...], ...]
    projects: int

    def cost(self, mask: int) -> float:
        """Return what it costs when the projects of a mask are there; infinite where it is not."""
        return math.fsum(
            min((c for c, of in part if not of or of & mask), default=math.inf)
            for part in self.parts
        )


@dataclass(frozen=True, slots=True)
class Variations:
    """Costs of all pairs of economies under every portfolio of some projects.

    `start` are costs between the states kept, of which the first are the nodes of `spread`; what is not
    joined lies `APART`. `weights` (K, K) are the shares of the nodes that are joined today, and `before`
    (E, E) are means of `start` by them.
    """

    spread: Spread
    projects: int
    start: Array
    weights: Array
    before: Array
    arcs: tuple[Touched, ...]

    @property
    def economies(self) -> tuple[str, ...]:
        """The economies of the rows and columns, in alphabetical order."""
        return self.spread.economies

    def changes(self, mask: int) -> Array:
        """Return the change of the log of costs between economies when a portfolio is built, (E, E).

        Raises
        ------
        DataError
            A bit of the mask is no project.
        """
        if not 0 <= mask < 1 << self.projects:
            raise DataError(f"portfolio {mask}: there are {self.projects} projects.")
        cost, done = self.start, 0
        for bit in range(self.projects):
            if mask >> bit & 1:
                done |= 1 << bit
                cost = self._with(cost, bit, done)
        return self._changes(cost)

    def walk(self) -> Iterator[tuple[int, Array]]:
        """Give every portfolio, a mask whose bit k is project k, once, with its `changes`; depth first."""
        stack: list[tuple[int, int, Array]] = [(0, 0, self.start)]
        while stack:
            mask, following, cost = stack.pop()
            yield mask, self._changes(cost)
            for bit in range(self.projects - 1, following - 1, -1):
                built = mask | 1 << bit
                stack.append((built, bit + 1, self._with(cost, bit, built)))

    def factors(self, change: Array, codes: Sequence[str]) -> Array:
        """Return d̂ in the order of a world's economies, see `winset.network.costs.factors`."""
        return factors(self.economies, change, codes)

    def _with(self, cost: Array, bit: int, mask: int) -> Array:
        """Return costs when a project comes to those of a mask, which holds it already."""
        first = True
        for arc in self.arcs:
            if not arc.projects >> bit & 1:
                continue
            new = arc.cost(mask)
            if not new < cost[arc.tail, arc.head]:
                continue
            # Who gains by the arc on the way to somebody gains on the way to its end, and from its beginning.
            to, since = cost[:, arc.tail] + new, cost[arc.head]
            rows = np.flatnonzero(to < cost[:, arc.head])
            columns = np.flatnonzero(new + since < cost[arc.tail])
            where = np.ix_(rows, columns)
            better = np.minimum(cost[where], to[rows, None] + since[None, columns])
            cost = cost.copy() if first else cost
            cost[where], first = better, False
        return cost

    def _changes(self, cost: Array) -> Array:
        kept = slice(0, len(self.spread.nodes))
        mean = self.spread.sums(self.weights * cost[kept, kept]) - self.before
        np.fill_diagonal(mean, 0.0)
        return np.asarray(mean)


def variations(
    network: Network, projects: Sequence[Sequence[Change]], terms: WayTerms | None = None
) -> Variations:
    """Prepare the costs of every portfolio of projects, each a list of changes.

    The figures are those of `combined` networks.

    Raises
    ------
    DataError
        As `winset.network.changes.combined`, or there are too many projects.
    """
    terms = WayTerms() if terms is None else terms
    if len(projects) > MOST_PROJECTS:
        raise DataError(f"{len(projects)} projects; at most {MOST_PROJECTS} make a portfolio.")
    whole = combined(network, projects)
    owners = _owners(network, projects)
    layout = lay_out(whole, terms.modes)
    price = terms.cost(network)
    base: set[Row] = {*network.links, *network.borders, *network.terminals}
    untouched, touched = [], []
    for arc in layout.arcs:
        known = tuple(tuple(row for row in rows if row in base) for rows in arc.parts)
        if known == arc.parts:
            untouched.append(arc)
            continue
        touched.append(arc)
        if all(known):  # it can be passed today
            untouched.append(type(arc)(arc.tail, arc.head, known))
    today = weigh(
        type(layout)(whole, layout.node, layout.mode, tuple(untouched), (), (), ()), terms
    )
    spread = network.spread()
    counted = spread.nodes.tolist()
    ends = sorted({end for arc in touched for end in (arc.tail, arc.head)} - set(counted))
    kept = np.array([*counted, *ends], np.intp)
    at = {int(state): k for k, state in enumerate(kept)}
    start = np.minimum(dijkstra(today.matrix, indices=kept)[:, kept], APART)
    inner = start[: len(counted), : len(counted)]
    weights = np.where(inner < APART, spread.share[:, None] * spread.share, 0.0)

    def part(rows: tuple[Row, ...]) -> tuple[tuple[float, int], ...]:
        return tuple((price(row.hours, row.usd), owners.get(row, 0)) for row in rows)

    def moved(arc: GraphArc) -> Touched:
        parts = tuple(part(rows) for rows in arc.parts)
        touching = reduce(or_, (mask for rows in parts for _, mask in rows))
        return Touched(at[arc.tail], at[arc.head], parts, touching)

    return Variations(
        spread,
        len(projects),
        np.asarray(start),
        weights,
        spread.sums(weights * inner),
        tuple(moved(arc) for arc in touched),
    )


def _owners(network: Network, projects: Sequence[Sequence[Change]]) -> dict[Row, int]:
    """Return for every row that projects bring the mask of those that do."""
    base: set[Row] = {*network.links, *network.borders, *network.terminals}
    owners: dict[Row, int] = {}
    for k, project in enumerate(projects):
        after = combined(network, [project])
        rows: set[Row] = {*after.links, *after.borders, *after.terminals}
        for row in rows - base:
            owners[row] = owners.get(row, 0) | 1 << k
    return owners
