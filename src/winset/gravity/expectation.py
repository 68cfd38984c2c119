r"""What gravity expects of every pair, and how well that is known.

    E[X_in | z] = exp( b' z_in + e_i + m_n ) = μ_in

by Poisson pseudo-maximum likelihood with an effect of every origin i and destination n
(`winset.gravity.ppml`), so that sums over origins and destinations are those of the data. Trade, people and
works written together differ in their regressors z alone.

**Standard errors.** Parameters p = (b, e, m), one m being zero, with design rows Z:

    V = G/(G − 1) · H⁻¹ (Σ_g s_g s_g') H⁻¹,    H = Z' diag(μ) Z,    s_g = Σ_{in ∈ g} Z_in (X_in − μ_in),

the sandwich that holds whatever the variance of X, clustered by the G unordered pairs, since what is
left of i → n and of n → i goes together. By the delta method on the linear predictor the standard
error of ln μ_in is √(Z_in' V Z_in), effects included, and an interval is μ exp(± q · error). It is the
doubt about what is to be *expected* of a pair like this, not the spread of pairs around it.

Sources: Santos Silva & Tenreyro (2006), "The Log of Gravity", Review of Economics and Statistics 88(4);
Cameron & Miller (2015), "A Practitioner's Guide to Cluster-Robust Inference", Journal of Human Resources
50(2), equation 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError
from winset.gravity.ppml import at_rest, ppml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from winset.numbers import Array, Mask

#: What the sums over origins and destinations may miss of the data's, relative.
SUMS = 1e-6

DIGITS = 8  # significant, of estimates in JSON: the last ones depend on the machine's arithmetic


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An estimate and its standard error, clustered by pair."""

    name: str
    estimate: float
    error: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of every pair, rows being origins.

    Attributes
    ----------
    expected : (n, n) array
        μ, zero outside the pairs observed.
    error : (n, n) array
        Standard error of ln μ; NaN outside.
    coefficients : tuple of Coefficient
    used : tuple of str
        Regressors that effects and regressors before them do not explain.
    observations, clusters : int
        Directed pairs, and unordered ones.
    fit : float
        Squared correlation of actual and expected figures.
    gap : float
        Largest relative gap of the sums over origins or destinations.
    """

    expected: Array
    error: Array
    coefficients: tuple[Coefficient, ...]
    used: tuple[str, ...]
    observations: int
    clusters: int
    fit: float
    gap: float

    @property
    def residual(self) -> float:
        """Power of ten that the gap does not exceed: the rest of it differs from machine to machine."""
        return float(10.0 ** np.ceil(np.log10(max(self.gap, 1e-16))))

    def slope(self, name: str) -> Coefficient | None:
        """Return the coefficient of a regressor; None where it was left out."""
        return next((c for c in self.coefficients if c.name == name), None)

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Return the lower and upper end of the interval of what is expected, (n, n) each."""
        return interval(self.expected, self.error, level)


def rounded(value: float) -> float:
    """Cut an estimate to the digits that do not depend on the machine."""
    return float(f"{value:.{DIGITS}g}")


def interval(expected: Array, error: Array, level: float) -> tuple[Array, Array]:
    """Return μ exp(± q · error)."""
    from scipy.stats import norm

    half = float(norm.ppf(0.5 + level / 2.0)) * error
    return expected * np.exp(-half), expected * np.exp(half)


def expectation(
    actual: Array,
    regressors: Mapping[str, Array],
    pairs: Mask,
    what: str,
    *,
    clusters: NDArray[np.intp] | None = None,
) -> Expectation:
    """Estimate gravity on (n, n) figures; `what` they are is said where it fails.

    Parameters
    ----------
    actual : (n, n) array
        X, nonnegative.
    regressors : mapping of name to (n, n) array
    pairs : (n, n) mask
        Which cells are observed; each row and column with any must hold a positive X.
    clusters : (n, n) array of int, optional
        Cells of one number have errors that go together; both directions of a pair where it is not given.

    Raises
    ------
    ConvergenceError
        See `winset.gravity.ppml.ppml`; or sums that are not those of the data.
    """
    try:
        expected, slopes, kept = ppml(actual, np.array(list(regressors.values())), pairs)
    except ConvergenceError as lost:
        raise ConvergenceError(f"{what}: {lost}", residual=lost.residual) from None
    names = [list(regressors)[k] for k in kept]
    used = np.array([regressors[name] for name in names]).reshape(len(names), *actual.shape)
    covariance = Covariance.of(used, actual, expected, pairs, clusters)
    data = np.where(pairs, actual, 0.0)
    gap = max(
        np.abs(expected.sum(axis=k)[here] / data.sum(axis=k)[here] - 1.0).max()
        for k in (1, 0)
        for here in [pairs.any(axis=k)]
    )
    if gap > SUMS:
        raise ConvergenceError(
            f"{what} has not converged: what is expected of an economy is {gap:.1e} away from its "
            "actual total.",
            residual=float(gap),
        )
    correlation = np.corrcoef(actual[pairs], expected[pairs])[0, 1]
    return Expectation(
        expected=expected,
        error=np.where(pairs, covariance.errors(used), np.nan),
        coefficients=tuple(
            Coefficient(name, float(b), float(e))
            for name, b, e in zip(names, slopes, covariance.slopes(), strict=True)
        ),
        used=tuple(names),
        observations=int(pairs.sum()),
        clusters=covariance.clusters,
        fit=float(correlation**2),
        gap=float(gap),
    )


@dataclass(frozen=True, slots=True)
class Covariance:
    """V of all parameters, in blocks: slopes, exporters' and importers' effects."""

    between: Array  # (k, k)
    exporter: Array  # (n,) variances
    importer: Array
    across: Array  # (n, n) covariances of e_i and m_n
    with_exporter: Array  # (k, n)
    with_importer: Array
    clusters: int

    @classmethod
    def of(
        cls,
        used: Array,
        actual: Array,
        expected: Array,
        pairs: NDArray[np.bool_],
        clusters: NDArray[np.intp] | None = None,
    ) -> Covariance:
        from scipy import linalg, sparse

        k, n = len(used), len(actual)
        exporter, importer = np.nonzero(pairs)
        count = len(exporter)
        rows = np.arange(count)
        # The effect of the last importer is zero; effects of those that do not trade are not there.
        sell, buy = np.unique(exporter), np.unique(importer)
        buy_free = np.delete(buy, at_rest(pairs, sell, buy))
        columns = np.concatenate([np.arange(k), k + sell, k + n + buy_free])
        dummies = sparse.csr_array(
            (np.ones(2 * count), (np.tile(rows, 2), np.concatenate([exporter, n + importer]))),
            shape=(count, 2 * n),
        )
        design = sparse.hstack([sparse.csr_array(used[:, pairs].T), dummies], format="csc")
        design = design[:, columns].tocsr()
        mean, left = expected[pairs], actual[pairs] - expected[pairs]
        hessian = (design.T @ (sparse.diags_array(mean) @ design)).toarray()
        cluster = (
            np.minimum(exporter, importer) * n + np.maximum(exporter, importer)
            if clusters is None
            else clusters[exporter, importer]
        )
        numbers, cluster = np.unique(cluster, return_inverse=True)
        summing = sparse.csr_array((left, (cluster, rows)), shape=(len(numbers), count))
        scores = summing @ design
        # Effects of small and large traders differ by many powers of ten: balanced, then inverted.
        balance = 1.0 / np.sqrt(hessian.diagonal())
        bread = linalg.inv(hessian * np.outer(balance, balance), assume_a="pos")
        bread *= np.outer(balance, balance)
        meat = (scores.T @ scores).toarray()
        inner = bread @ meat @ bread * (len(numbers) / (len(numbers) - 1))
        full = np.zeros((k + 2 * n, k + 2 * n))
        full[np.ix_(columns, columns)] = inner
        e, m = slice(k, k + n), slice(k + n, k + 2 * n)
        return cls(
            full[:k, :k],
            full[e, e].diagonal(),
            full[m, m].diagonal(),
            full[e, m],
            full[:k, e],
            full[:k, m],
            len(numbers),
        )

    def slopes(self) -> Array:
        """Return the standard errors of b."""
        return np.asarray(np.sqrt(self.between.diagonal()))

    def errors(self, used: Array) -> Array:
        """Return √(Z' V Z) of every pair, (n, n)."""
        variance = np.einsum("ain,ab,bin->in", used, self.between, used, optimize=True)
        variance += 2.0 * np.einsum("ain,ai->in", used, self.with_exporter)
        variance += 2.0 * np.einsum("ain,an->in", used, self.with_importer)
        variance += self.exporter[:, None] + self.importer[None, :] + 2.0 * self.across
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))
