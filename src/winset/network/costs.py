"""From ways to trade costs: what every pair of economies pays, and by which factor a change alters it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.network.graph import WayTerms, graph
from winset.network.paths import ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.network.graph import Graph
    from winset.network.network import Network, Spread
    from winset.numbers import Array

#: Factor on the cost of what no way is left for: at a trade elasticity of 4 a trillionth is still traded.
PROHIBITIVE = 1_000.0


@dataclass(frozen=True, slots=True)
class PairCosts:
    """What goods pay between economies, by the best ways between their nodes.

    Attributes
    ----------
    spread : Spread
        The economies, in alphabetical order as the rows (from) and columns (to) of what follows, and the K
        nodes where their trade begins and ends.
    cost : (K, K) array
        ``g = v · days + USD / value`` of the best way, infinite without one.
    log_cost, hours, usd : (E, E) array
        Means over nodes by their shares; 0 on the diagonal, infinite where nodes are not joined.
    """

    spread: Spread
    terms: WayTerms
    cost: Array
    log_cost: Array
    hours: Array
    usd: Array

    @property
    def economies(self) -> tuple[str, ...]:
        """The economies of the rows and columns."""
        return self.spread.economies

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Whether every node of an economy is joined with every node of another, (E, E)."""
        return np.isfinite(self.log_cost)


def pair_costs(network: Network, terms: WayTerms | None = None) -> PairCosts:
    """Return what goods pay between all economies of a network.

    Raises
    ------
    DataError
        As `winset.network.graph.graph`.
    """
    return pair_costs_of(graph(network, terms))


def pair_costs_of(weighed: Graph) -> PairCosts:
    """Return what goods pay between all economies, from a graph."""
    spread = weighed.layout.network.spread()
    found = ways(weighed, spread.nodes.tolist())
    cost = found.cost[:, spread.nodes]
    hours, usd = (
        np.where(np.isfinite(cost), found.total(by_arc)[:, spread.nodes], np.inf)
        for by_arc in (weighed.hours, weighed.usd)
    )
    return PairCosts(
        spread,
        weighed.terms,
        cost,
        mean_of_pairs(cost, spread),
        mean_of_pairs(hours, spread),
        mean_of_pairs(usd, spread),
    )


def mean_of_pairs(by_node: Array, spread: Spread) -> Array:
    """Return means over nodes for economies, zero on the diagonal; infinite where a pair of nodes is."""
    gap = ~np.isfinite(by_node)
    if gap.any():
        mean = spread.means(np.where(gap, 0.0, by_node))
        mean[spread.sums(gap.astype(np.float64)) > 0.0] = np.inf
    else:
        mean = spread.means(by_node)
    np.fill_diagonal(mean, 0.0)
    return mean


def changes(base: PairCosts, after: PairCosts) -> Array:
    """Return the change of the log of costs between economies, (E, E), zero on the diagonal.

    Nodes that were not joined before count for nothing: how their goods went is not known. Nodes that no way
    joins any more pay `PROHIBITIVE` times as much.

    Raises
    ------
    DataError
        The two are not of the same nodes.
    """
    if base.economies != after.economies or not (
        np.array_equal(base.spread.nodes, after.spread.nodes)
        and np.array_equal(base.spread.share, after.spread.share)
    ):
        raise DataError("pair costs of two networks are not compared: their nodes differ.")
    return mean_of_pairs(node_changes(base.cost, after.cost), base.spread)


def node_changes(base: Array, after: Array) -> Array:
    """Return the change of the log of costs between nodes, see `changes`."""
    with np.errstate(invalid="ignore"):
        change = after - base
    change = np.where(np.isfinite(after), change, math.log(PROHIBITIVE))
    return np.where(np.isfinite(base), change, 0.0)


def factors(economies: Sequence[str], change: Array, codes: Sequence[str]) -> Array:
    """Return d̂ = exp(change), (n, n), in the order of a world's economies.

    It is 1 between economies of which one is not in the network, and at home.
    """
    at = {code: e for e, code in enumerate(economies)}
    inside = np.array([k for k, code in enumerate(codes) if code in at], np.intp)
    rows = np.array([at[codes[k]] for k in inside], np.intp)
    found = np.ones((len(codes), len(codes)))
    found[np.ix_(inside, inside)] = np.exp(change[np.ix_(rows, rows)])
    np.fill_diagonal(found, 1.0)
    return found


def cost_factors(base: PairCosts, after: PairCosts, codes: Sequence[str]) -> Array:
    """Return factors on trade costs from one network to another, see `changes` and `factors`."""
    return factors(base.economies, changes(base, after), codes)


def market_access(hours: Array, size: Array) -> float:
    """Return ``Σ_i Σ_{j≠i} size_j / hours_ij`` over all pairs that are joined; the diagonal is left out.

    `hours` (n, n) are of nodes or of economies. Sources of the measure: Harris (1954) in its use for roads by
    Krantz (2024), as far as the notes on his data tell.
    """
    off = ~np.eye(len(hours), dtype=np.bool_) & np.isfinite(hours)
    if (hours[off] <= 0.0).any():
        raise DataError("market access: two places lie zero hours from each other.")
    return float((np.broadcast_to(size, hours.shape)[off] / hours[off]).sum())
