r"""Inequality of incomes y with people w (shares summing to one) around the mean μ = Σ w y.

    Theil    T = Σ w (y/μ) ln(y/μ)            MLD  D = Σ w ln(μ/y)
    Gini     G = Σ_k w_k (2P_k − w_k) y_k/μ − 1, P the cumulative share of people, the poorest first
    Atkinson A_ε = 1 − [Σ w (y/μ)^{1−ε}]^{1/(1−ε)},  A_1 = 1 − exp(−D)

Theil and MLD are the sum of what is between groups and what is within them, exactly:

    T = Σ_g s_g T_g + Σ_g s_g ln(s_g/w_g),   D = Σ_g w_g D_g + Σ_g w_g ln(w_g/s_g),

s the group's share of income. A lognormal distribution with Gini G has σ = √2 Φ⁻¹((G + 1)/2), the Lorenz
curve L(p) = Φ(Φ⁻¹(p) − σ), and the share Φ((ln(z/μ) + σ²/2)/σ) of people below a line z.

Sources: Theil (1967); Shorrocks (1980), "The class of additively decomposable inequality measures";
Atkinson (1970), "On the measurement of inequality"; Aitchison & Brown (1957); from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array

EPSILONS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class IndexParts:
    """An index, what of it is between groups, and what within."""

    total: float
    between: float
    within: float

    def to_json(self) -> dict[str, float]:
        """Return an entry of ``persons``."""
        return {"total": self.total, "between": self.between, "within": self.within}


@dataclass(frozen=True, slots=True)
class Convergence:
    """β of yearly growth on the logarithm of income at the start, and σ at both ends."""

    first: int
    last: int
    economies: int
    beta: float
    std_error: float
    sigma_first: float
    sigma_last: float

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``convergence``."""
        return {
            "first": self.first,
            "last": self.last,
            "economies": self.economies,
            "beta": self.beta,
            "std_error": self.std_error,
            "sigma_first": self.sigma_first,
            "sigma_last": self.sigma_last,
        }


def _shares(y: Array, w: Array | None) -> tuple[Array, Array]:
    """Return incomes over their mean and shares of people, both checked."""
    people = np.full(len(y), 1.0) if w is None else np.asarray(w, dtype=np.float64)
    if not len(y) or people.shape != y.shape:
        raise DataError(f"{len(y)} incomes for {len(people)} groups of people.")
    for values, what in ((y, "income"), (people, "number of people")):
        if not ((values > 0) & np.isfinite(values)).all():
            k = int(np.argmin((values > 0) & np.isfinite(values)))
            raise DataError(
                f"the {what} of group {k + 1} is {values[k]:g}; inequality needs it above 0."
            )
    share = people / people.sum()
    return np.asarray(y / (share @ y)), share


def theil(y: Array, w: Array | None = None) -> float:
    """Return Theil's T of incomes (k,) with people (k,), equal ones without."""
    x, share = _shares(y, w)
    return float(share @ (x * np.log(x)))


def mld(y: Array, w: Array | None = None) -> float:
    """Return the mean logarithmic deviation."""
    x, share = _shares(y, w)
    return float(-(share @ np.log(x)))


def gini(y: Array, w: Array | None = None) -> float:
    """Return the Gini coefficient of groups within which all are equal."""
    x, share = _shares(y, w)
    order = np.argsort(x, kind="stable")
    x, share = x[order], share[order]
    return float((share * (2.0 * np.cumsum(share) - share)) @ x - 1.0)


def atkinson(y: Array, w: Array | None = None, *, epsilon: float = 1.0) -> float:
    """Return Atkinson's index with inequality aversion ε ≥ 0.

    Raises
    ------
    DataError
        ε is below 0, or an income is not above 0.
    """
    if not (np.isfinite(epsilon) and epsilon >= 0):
        raise DataError(f"inequality aversion is {epsilon:g}; it must be 0 or more.")
    x, share = _shares(y, w)
    if epsilon == 1.0:
        return float(-np.expm1(share @ np.log(x)))
    power = 1.0 - epsilon
    return float(1.0 - (share @ x**power) ** (1.0 / power))


def equally_distributed(y: Array, w: Array | None = None, *, epsilon: float = 1.0) -> float:
    """Return the income that, given to all, is worth what they have: μ (1 − A_ε)."""
    people = np.ones(len(y)) if w is None else w
    mean = float((people @ y) / people.sum())
    return mean * (1.0 - atkinson(y, w, epsilon=epsilon))


def parts(y: Array, w: Array, group: NDArray[np.intp]) -> tuple[IndexParts, IndexParts]:
    """Return Theil and MLD with their parts; `group` numbers the groups from 0, (k,)."""
    x, share = _shares(y, w)
    people = np.bincount(group, share)
    income = np.bincount(group, share * x)
    between_t = float(income @ np.log(income / people))
    between_d = float(people @ np.log(people / income))
    inside = x * (people / income)[group]  # over the mean of the group
    within_t = float((share * x) @ np.log(inside))
    within_d = float(-(share @ np.log(inside)))
    return (
        IndexParts(theil(y, w), between_t, within_t),
        IndexParts(mld(y, w), between_d, within_d),
    )


def lognormal_sigma(gini_index: Array) -> Array:
    """Return σ of lognormal distributions with these Gini coefficients, 0 to 1."""
    from scipy.special import ndtri

    return np.asarray(np.sqrt(2.0) * ndtri((gini_index + 1.0) / 2.0))


def lognormal_shares(gini_index: Array, groups: int = 10) -> Array:
    """Return the share of income of equal groups of people, (n, groups), the poorest first."""
    from scipy.special import ndtr, ndtri

    edges = ndtri(np.linspace(0.0, 1.0, groups + 1))
    return np.asarray(np.diff(ndtr(edges[None, :] - lognormal_sigma(gini_index)[:, None]), axis=1))


def lognormal_below(mean: Array, gini_index: Array, line: Array) -> Array:
    """Return the share of people below a line, in the unit of the mean."""
    from scipy.special import ndtr

    sigma = lognormal_sigma(gini_index)
    return np.asarray(ndtr((np.log(line / mean) + sigma**2 / 2.0) / sigma))


def lognormal_line(mean: Array, gini_index: Array, below: Array) -> Array:
    """Return the line below which these shares of people are."""
    from scipy.special import ndtri

    sigma = lognormal_sigma(gini_index)
    return np.asarray(mean * np.exp(ndtri(below) * sigma - sigma**2 / 2.0))


def incidence(before: Array, after: Array, w: Array, groups: int = 20) -> Array:
    """Return the growth, in percent, of mean incomes of equal groups of people, the poorest first.

    Anonymous: the groups after are of whoever then is there. A group of `before` that lies on a bound
    between two is divided.
    """

    def means(y: Array) -> Array:
        order = np.argsort(y, kind="stable")
        people = np.concatenate([[0.0], np.cumsum(w[order])]) / w.sum()
        income = np.concatenate([[0.0], np.cumsum((w * y)[order])]) / w.sum()
        return np.asarray(np.diff(np.interp(np.linspace(0.0, 1.0, groups + 1), people, income)))

    return np.asarray(100.0 * (means(after) / means(before) - 1.0))


def convergence(first: int, last: int, start: Array, end: Array) -> Convergence:
    """Return β and σ of incomes per head at two dates, (n,) each; errors robust to unequal variance.

    Raises
    ------
    DataError
        Fewer than four economies, or the last year is not after the first.
    """
    if last <= first or len(start) < 4:
        raise DataError(
            f"convergence from {first} to {last} of {len(start)} economies: it takes four or more and a "
            "later year."
        )
    x, growth = np.log(start), np.log(end / start) / (last - first)
    X = np.column_stack([np.ones(len(x)), x])
    inverse = np.linalg.inv(X.T @ X)
    beta = inverse @ (X.T @ growth)
    left = growth - X @ beta
    scale = len(x) / (len(x) - 2.0)
    covariance = scale * inverse @ ((X * (left**2)[:, None]).T @ X) @ inverse
    return Convergence(
        first,
        last,
        len(x),
        float(beta[1]),
        float(np.sqrt(covariance[1, 1])),
        float(x.std()),
        float(np.log(end).std()),
    )


def deciles(shares: Sequence[float], where: str) -> Array:
    """Return shares of income, the poorest first, as fractions that sum to one.

    Raises
    ------
    DataError
        They do not sum to 1 or 100, one is negative, or they fall.
    """
    values = np.array(shares, dtype=np.float64)
    total = float(values.sum())
    if not (abs(total - 100.0) <= 0.1 or abs(total - 1.0) <= 1e-3):
        raise DataError(f"{where}: the shares sum to {total:g}, neither to 1 nor to 100 percent.")
    if (values < 0).any() or (np.diff(values) < 0).any():
        raise DataError(
            f"{where}: shares of income must be 0 or more and rise from the poorest on."
        )
    return np.asarray(values / total)
