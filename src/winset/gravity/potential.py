r"""Where trade is below what it could be: gravity predicted against actual, with its doubt.

    E[X_in | z] = exp( b' z_in + e_i + m_n ) = μ_in,      z = ln distance, border, region

for every exporter i and importer n ≠ i, zeros of trade included, by Poisson pseudo-maximum
likelihood (`winset.gravity.ppml`). The effects e_i and m_n take up everything that an economy has for
all its partners (size, wealth, remoteness, tariffs for all), so the sums of μ over importers and over
exporters are those of the data: what a pair trades above its μ, others trade below. Potential is where trade
would go if only distance, borders and regions told partners apart.

**Standard errors.** Parameters p = (b, e, m), one m being zero, with design rows Z:

    V = G/(G − 1) · H⁻¹ (Σ_g s_g s_g') H⁻¹,    H = Z' diag(μ) Z,    s_g = Σ_{in ∈ g} Z_in (X_in − μ_in),

the sandwich that holds whatever the variance of X, clustered by the G unordered pairs, since what is
left of i → n and of n → i goes together. By the delta method on the linear predictor the standard
error of ln μ_in is √(Z_in' V Z_in), effects included, and an interval is μ exp(± q · error). It is the
doubt about what is to be *expected* of a pair like this, not the spread of pairs around it.

Sources: Santos Silva & Tenreyro (2006), "The Log of Gravity", Review of Economics and Statistics 88(4);
Fally (2015), "Structural gravity and fixed effects", Journal of International Economics 97, for the
sums; Cameron & Miller (2015), "A Practitioner's Guide to Cluster-Robust Inference", Journal of Human
Resources 50(2), equation 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError, listed
from winset.gravity.ppml import ppml
from winset.places import geography

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.worlds import World


#: Fewest economies that gravity is estimated on; with fewer the effects leave nothing to explain.
FEWEST = 10
#: What the sums over exporters and importers may miss of the data's, relative.
SUMS = 1e-6


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An estimate and its standard error, clustered by pair."""

    name: str
    estimate: float
    error: float


@dataclass(frozen=True, slots=True)
class Potential:
    """Actual and expected trade of every pair, USD million, (n, n), rows exporting.

    Attributes
    ----------
    codes : tuple of n codes
        The economies that gravity was estimated on.
    actual, expected : (n, n) arrays
        X and μ; NaN on the diagonal. μ is 0 for an exporter that exports, or an importer that
        imports, nothing at all.
    error : (n, n) array
        Standard error of ln μ; NaN on the diagonal and where μ is 0.
    coefficients : tuple of Coefficient
    without_point : tuple of codes
        Economies of the world whose place is not known, left out.
    observations, pairs : int
        Flows, and unordered pairs (clusters).
    fit : float
        Squared correlation of actual and expected trade.
    residual : float
        Power of ten that no relative gap of the sums over exporters or importers exceeds.
    """

    codes: tuple[str, ...]
    actual: Array
    expected: Array
    error: Array
    coefficients: tuple[Coefficient, ...]
    without_point: tuple[str, ...]
    observations: int
    pairs: int
    fit: float
    residual: float

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Return the lower and upper end of the interval of the expected trade, (n, n) each."""
        from scipy.stats import norm

        half = float(norm.ppf(0.5 + level / 2.0)) * self.error
        return self.expected * np.exp(-half), self.expected * np.exp(half)

    def quartiles(self) -> tuple[float, float]:
        """Between which ratios of actual to expected trade the middle half of what is expected lies.

        Quartiles of X/μ over all pairs, each weighing as much as its μ.
        """
        seen = self.expected > 0
        weight = self.expected[seen]
        ratio = self.actual[seen] / weight
        order = np.argsort(ratio, kind="stable")
        reached = np.cumsum(weight[order]) / weight.sum()
        low, high = ratio[order][np.searchsorted(reached, [0.25, 0.75])]
        return float(low), float(high)


def potential(world: World, *, sector: str | None = None) -> Potential:
    """Estimate gravity on the trade of a world: all sectors together, or one.

    Raises
    ------
    DataError
        An unknown sector, or fewer than `FEWEST` economies whose place is known and that trade.
    ConvergenceError
        The estimation did not converge.
    """
    flows = world.flows if sector is None else world.trade[world.sector(sector)]
    known = np.array([code in geography.points() for code in world.codes])
    codes = tuple(code for code, here in zip(world.codes, known, strict=True) if here)
    actual = np.array(flows[np.ix_(known, known)], dtype=np.float64)
    np.fill_diagonal(actual, 0.0)
    sells, buys = np.asarray(actual.any(axis=1)), np.asarray(actual.any(axis=0))
    if min(int(sells.sum()), int(buys.sum())) < FEWEST:
        without = listed([c for c, here in zip(world.codes, known, strict=True) if not here])
        raise DataError(
            f"world {world.name!r}: gravity needs at least {FEWEST} economies that export and "
            f"{FEWEST} that import and whose place is known; {int(sells.sum())} export and "
            f"{int(buys.sum())} import. "
            + (f"Place not known: {without}. Use ISO 3166 alpha-3 codes. " if without else "")
            + "Use a larger world, such as world-2023."
        )
    pairs = sells[:, None] & buys[None, :] & ~np.eye(len(codes), dtype=bool)
    regressors = {
        "ln_distance": np.log(np.where(pairs, geography.distances(codes), 1.0)),
        "border": geography.contiguity(codes),
        "region": geography.same_region(codes),
    }
    try:
        expected, slopes, kept = ppml(actual, np.array(list(regressors.values())), pairs)
    except ConvergenceError as lost:
        raise ConvergenceError(
            f"gravity on world {world.name!r}: {lost}", residual=lost.residual
        ) from None
    names = [list(regressors)[k] for k in kept]
    used = np.array([regressors[name] for name in names]).reshape(len(names), *actual.shape)
    covariance = _Covariance.of(used, actual, expected, pairs)
    gap = max(
        np.abs(expected.sum(axis=k)[here] / actual.sum(axis=k)[here] - 1.0).max()
        for k, here in ((1, sells), (0, buys))
    )
    if gap > SUMS:
        raise ConvergenceError(
            f"gravity on world {world.name!r} has not converged: expected trade of an economy is "
            f"{gap:.1e} away from its actual total.",
            residual=float(gap),
        )
    error = np.where(pairs, covariance.errors(used), np.nan)
    correlation = np.corrcoef(actual[pairs], expected[pairs])[0, 1]
    for array in (actual, expected):
        np.fill_diagonal(array, np.nan)
    return Potential(
        codes=codes,
        actual=actual,
        expected=expected,
        error=error,
        coefficients=tuple(
            Coefficient(name, float(b), float(e))
            for name, b, e in zip(names, slopes, covariance.slopes(), strict=True)
        ),
        without_point=tuple(c for c, here in zip(world.codes, known, strict=True) if not here),
        observations=int(pairs.sum()),
        pairs=covariance.clusters,
        fit=float(correlation**2),
        # Rounding decides the rest of it, and that differs from machine to machine.
        residual=float(10.0 ** np.ceil(np.log10(max(gap, 1e-16)))),
    )


@dataclass(frozen=True, slots=True)
class _Covariance:
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
        cls, used: Array, actual: Array, expected: Array, pairs: NDArray[np.bool_]
    ) -> _Covariance:
        from scipy import linalg, sparse

        k, n = len(used), len(actual)
        exporter, importer = np.nonzero(pairs)
        count = len(exporter)
        rows = np.arange(count)
        # The effect of the last importer is zero; effects of those that do not trade are not there.
        columns = np.concatenate(
            [np.arange(k), k + np.unique(exporter), k + n + np.unique(importer)]
        )
        columns = columns[:-1]
        dummies = sparse.csr_array(
            (np.ones(2 * count), (np.tile(rows, 2), np.concatenate([exporter, n + importer]))),
            shape=(count, 2 * n),
        )
        design = sparse.hstack([sparse.csr_array(used[:, pairs].T), dummies], format="csc")
        design = design[:, columns].tocsr()
        mean, left = expected[pairs], actual[pairs] - expected[pairs]
        hessian = (design.T @ (sparse.diags_array(mean) @ design)).toarray()
        cluster = np.minimum(exporter, importer) * n + np.maximum(exporter, importer)
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
