"""Soft choice of ways: every way is taken by somebody, the dearer the fewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import ArpackNoConvergence, eigs

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.network.graph import Graph
    from winset.numbers import Array

MOST_STATES = 4_000  # the inverse takes 128 MB
STEPS = 60  # of a bisection


@dataclass(frozen=True, slots=True)
class Soft:
    """Costs when ways are chosen softly, and what each link matters.

    With t_kl = exp(g_kl) the cost of an arc as a factor and A = [t_kl^−θ], the expected cost from i to j is
    τ_ij = [(I − A)⁻¹]_ij^(−1/θ), a sum over all ways (Allen & Arkolakis 2022); as θ → ∞ it is the cheapest
    way's.

    Attributes
    ----------
    inverse : (S, S) array
        (I − A)⁻¹ over the states of the graph, of which the first are the nodes.
    strength : (arcs,) array
        t_kl^−θ.
    """

    graph: Graph
    theta: float
    inverse: Array
    strength: Array

    @property
    def log_cost(self) -> Array:
        """ln τ between nodes, (N, N), infinite without a way; on the diagonal of going nowhere, or around."""
        count = len(self.graph.layout.network.nodes)
        with np.errstate(divide="ignore"):
            return np.asarray(-np.log(self.inverse[:count, :count]) / self.theta)

    def derivative(self, i: int, j: int) -> Array:
        """Return d ln τ_ij / d ln t_kl by arc: the share of goods from i to j that pass it, per crossing.

        (τ_ij / (τ_ik t_kl τ_lj))^θ = [B]_ik A_kl [B]_lj / [B]_ij with B = (I − A)⁻¹.

        Raises
        ------
        DataError
            No way leads from i to j.
        """
        if not self.inverse[i, j] > 0.0:
            raise DataError("no way leads from the one to the other: nothing to differentiate.")
        into, out = self.inverse[i, self.graph.tail], self.inverse[self.graph.head, j]
        return np.asarray(into * self.strength * out / self.inverse[i, j])

    def derivatives(self, pairs: Sequence[tuple[int, int]]) -> Array:
        """Return `derivative` of many pairs, (pairs, arcs)."""
        return np.array([self.derivative(i, j) for i, j in pairs]).reshape(
            len(pairs), len(self.strength)
        )


def soften(graph: Graph, theta: float) -> Soft:
    """Return the soft choice of ways with elasticity `theta`.

    Raises
    ------
    DataError
        θ is not positive, so small that going around in circles never ends (the message says from where on it
        does), or so large that costs are too small for a number; the network is too large.
    """
    if not theta > 0.0 or not np.isfinite(theta):
        raise DataError(f"theta {theta:g}: it is a number above 0.")
    size = len(graph.layout)
    if size > MOST_STATES:
        raise DataError(
            f"soft choice of ways: {size:,} nodes and terminals; at most {MOST_STATES:,} are inverted."
        )
    strength = np.exp(-theta * graph.cost)
    matrix = np.zeros((size, size))
    np.add.at(matrix, (graph.tail, graph.head), strength)
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
    inverse = np.maximum(inverse, 0.0)
    joined = _reaches(matrix > 0.0)
    if (strength == 0.0).any() or (inverse[joined] == 0.0).any():
        raise DataError(
            f"theta {theta:g} is too large for this network: shares of ways are too small for a number. "
            "Take a smaller one, or the best ways alone."
        )
    return Soft(graph, theta, np.where(joined, inverse, 0.0), strength)


def _reaches(step: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which states lead to which, themselves included."""
    found = step | np.eye(len(step), dtype=np.bool_)
    while True:
        further = (found.astype(np.float32) @ found.astype(np.float32)) > 0.0
        if np.array_equal(further, found):
            return found
        found = further


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
