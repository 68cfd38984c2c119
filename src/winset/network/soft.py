"""Soft choice of ways: every way is taken by somebody, the dearer the fewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.csgraph import dijkstra
from scipy.sparse.linalg import ArpackNoConvergence, eigs, splu

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.network.graph import Graph
    from winset.numbers import Array

MOST_STATES = 4_000  # the inverse takes 128 MB
STEPS = 60  # of a bisection
SMALLEST = 1e-250  # entries of an inverse below it are found by logs


@dataclass(frozen=True, slots=True)
class Soft:
    """Costs when ways are chosen softly, and what each link matters.

    With t_kl = exp(g_kl) the cost of an arc as a factor and A = [t_kl^−θ], the expected cost from i to j is
    τ_ij = [(I − A)⁻¹]_ij^(−1/θ), a sum over all ways (Allen & Arkolakis 2022); as θ → ∞ it is the cheapest
    way's.

    Attributes
    ----------
    log_inverse : (S, S) array
        ln (I − A)⁻¹ over the states of the graph, of which the first are the nodes; −∞ without a way.
    """

    graph: Graph
    theta: float
    log_inverse: Array

    @property
    def log_cost(self) -> Array:
        """ln τ between nodes, (N, N), infinite without a way; on the diagonal of going nowhere, or around."""
        count = len(self.graph.layout.network.nodes)
        return np.asarray(-self.log_inverse[:count, :count] / self.theta)

    def derivative(self, i: int, j: int) -> Array:
        """Return d ln τ_ij / d ln t_kl by arc: the share of goods from i to j that pass it, per crossing.

        (τ_ij / (τ_ik t_kl τ_lj))^θ = [B]_ik A_kl [B]_lj / [B]_ij with B = (I − A)⁻¹.

        Raises
        ------
        DataError
            No way leads from i to j.
        """
        if self.log_inverse[i, j] == -np.inf:
            raise DataError("no way leads from the one to the other: nothing to differentiate.")
        into, out = self.log_inverse[i, self.graph.tail], self.log_inverse[self.graph.head, j]
        return np.asarray(
            np.exp(into - self.theta * self.graph.cost + out - self.log_inverse[i, j])
        )

    def derivatives(self, pairs: Sequence[tuple[int, int]]) -> Array:
        """Return `derivative` of many pairs, (pairs, arcs)."""
        return np.array([self.derivative(i, j) for i, j in pairs]).reshape(
            len(pairs), len(self.graph.cost)
        )


def soften(graph: Graph, theta: float) -> Soft:
    """Return the soft choice of ways with elasticity `theta`.

    Raises
    ------
    DataError
        θ is not positive, or so small that going around in circles never ends (the message says from where on
        it does); the network is too large.
    """
    if not theta > 0.0 or not np.isfinite(theta):
        raise DataError(f"theta {theta:g}: it is a number above 0.")
    size = len(graph.layout)
    if size > MOST_STATES:
        raise DataError(
            f"soft choice of ways: {size:,} nodes and terminals; at most {MOST_STATES:,} are inverted."
        )
    matrix = np.zeros((size, size))
    np.add.at(matrix, (graph.tail, graph.head), np.exp(-theta * graph.cost))
    try:
        inverse = np.linalg.inv(np.eye(size) - matrix)
    except np.linalg.LinAlgError:
        inverse = np.full((size, size), np.nan)
    # I − A has a nonnegative inverse just where the sum over all ways converges (it is an M-matrix).
    if not (np.isfinite(inverse).all() and inverse.min() > -1e-9 * np.abs(inverse).max()):
        raise DataError(
            f"theta {theta:g} is too small for this network: ways that go around in circles add up without "
            f"end. It converges above {least_theta(graph):.4g}."
        )
    best = dijkstra(graph.matrix)
    if (inverse[np.isfinite(best)] < SMALLEST).any():
        return Soft(graph, theta, _by_source(graph, theta, best))
    with np.errstate(divide="ignore"):
        return Soft(graph, theta, np.log(np.where(np.isfinite(best), inverse, 0.0)))


def _by_source(graph: Graph, theta: float, best: Array) -> Array:
    """Return ln (I − A)⁻¹ where its entries are too small for a number, row by row.

    With d the best costs from a source, A' = [exp(−θ (g_kl + d_k − d_l))] has entries of at most 1, and ln B
    of j is that of its inverse less θ d_j.
    """
    size = len(graph.layout)
    found = np.full((size, size), -np.inf)
    for source in range(size):
        reached = np.flatnonzero(np.isfinite(best[source]))
        at = np.full(size, -1)
        at[reached] = np.arange(len(reached))
        inside = np.flatnonzero(at[graph.tail] >= 0)
        tail, head = graph.tail[inside], graph.head[inside]
        excess = graph.cost[inside] + best[source, tail] - best[source, head]
        shape = (len(reached), len(reached))
        matrix = csc_array((np.exp(-theta * excess), (at[head], at[tail])), shape)
        start = np.zeros(len(reached))
        start[at[source]] = 1.0
        whole = splu(csc_array(eye_array(len(reached)) - matrix)).solve(start)
        found[source, reached] = np.log(whole) - theta * best[source, reached]
    return found


def least_theta(graph: Graph) -> float:
    """Return the θ at which the spectral radius of A is 1: above it the sum over all ways converges.

    Raises
    ------
    DataError
        A circle costs nothing, so that there is none.
    """
    low, high = 0.0, 1.0
    while _radius(graph, high) >= 1.0:
        low, high = high, 2.0 * high
        if high > 1e9:
            raise DataError(
                "a way around in a circle costs nothing: no theta makes the sum finite."
            )
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _radius(graph, middle) >= 1.0 else (low, middle)
        if high - low < 1e-6 * high:
            break
    return high


def _radius(graph: Graph, theta: float) -> float:
    """Return the spectral radius of A, its largest eigenvalue, by Perron and Frobenius."""
    size = len(graph.layout)
    shape = (size, size)
    matrix = csr_array((np.exp(-theta * graph.cost), (graph.tail, graph.head)), shape)
    if size < 50:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max())
    try:
        found = eigs(matrix, k=1, which="LR", v0=np.ones(size), return_eigenvectors=False)
    except ArpackNoConvergence:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max())
    return float(np.abs(found).max())
