r"""Poisson pseudo-maximum likelihood of a table of pairs with an effect of every row and every column.

    max over b, e, m of  Σ_in [ X_in η_in − exp η_in ],    η_in = b' z_in + e_i + m_n,

by Newton's method on all parameters together. The likelihood is concave, so that a step which does not
raise it is halved; the last step is a full one. Scores of the effects are the gaps of the sums of rows
and columns, which therefore are met to rounding (Fally 2015).

A regressor that the effects (and the regressors before it) explain is left out, as its slope is not
identified.

Sources: Santos Silva & Tenreyro (2006), "The Log of Gravity", Review of Economics and Statistics 88(4);
Fally (2015), "Structural gravity and fixed effects", Journal of International Economics 97.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array, Mask

    Indices = NDArray[np.intp]

CONVERGED = 1e-12  # of the score, relative to sums of rows, columns and regressors
STALLED = 1e-9  # what rounding may leave where no step is smaller
MOST_STEPS = 60
IDENTIFIED = 1e-9  # share of a regressor's variation that must be left


def ppml(actual: Array, regressors: Array, pairs: Mask) -> tuple[Array, Array, Sequence[int]]:
    """Return the expected values (n, n), zero outside `pairs`, the slopes, and whose they are.

    Parameters
    ----------
    actual : (n, n) array
        X, nonnegative.
    regressors : (k, n, n) array
    pairs : (n, n) mask
        Which cells are observed; each row and column with any must hold a positive X.

    Raises
    ------
    ConvergenceError
        The scores are not zero after `MOST_STEPS` steps, or the sample is separated: pairs without
        trade whose expected trade a slope lowers for ever, without a maximum.
    """
    scale = float(actual[pairs].mean())
    data = np.where(pairs, actual / scale, 0.0)
    rows, columns = np.flatnonzero(pairs.any(axis=1)), np.flatnonzero(pairs.any(axis=0))
    kept = _identified(regressors, pairs, rows, columns)
    z = regressors[list(kept)]
    # Centred, so that effects and slopes do not mix more than they must.
    middle = z[:, pairs].mean(axis=1) if len(kept) else np.zeros(0)
    z = np.where(pairs, z - middle[:, None, None], 0.0)
    out, into = data.sum(axis=1), data.sum(axis=0)
    slope = np.zeros(len(kept))
    e, m = np.zeros(len(data)), np.zeros(len(data))
    e[rows], m[columns] = np.log(out[rows] / out.mean()), np.log(into[columns] / into.mean())

    def at(slope: Array, e: Array, m: Array) -> tuple[Array, float]:
        linear = np.tensordot(slope, z, 1) + e[:, None] + m[None, :]
        with np.errstate(over="ignore"):
            mean = np.where(pairs, np.exp(np.where(pairs, linear, 0.0)), 0.0)
        return mean, float((data * linear).sum() - mean.sum())

    mean, likelihood = at(slope, e, m)
    size = np.concatenate([np.abs(z * data).sum(axis=(1, 2)) + 1e-300, out[rows], into[columns]])
    free = np.delete(np.arange(len(size)), len(kept) + len(rows) + at_rest(pairs, rows, columns))
    gap, fading = np.inf, False
    for _ in range(MOST_STEPS):
        left = data - mean
        score = np.concatenate(
            [(z * left).sum(axis=(1, 2)), left.sum(axis=1)[rows], left.sum(axis=0)[columns]]
        )
        gap = float(np.abs(score / size).max())
        if gap <= CONVERGED:
            break
        step = _step(z, mean, rows, columns, score, free)
        length = 1.0
        while length > 1e-8:
            moved = step * length
            tried_e, tried_m = e.copy(), m.copy()
            tried_e[rows] += moved[len(kept) : len(kept) + len(rows)]
            tried_m[columns] += moved[len(kept) + len(rows) :]
            found, higher = at(slope + moved[: len(kept)], tried_e, tried_m)
            if np.isfinite(higher) and higher >= likelihood - 1e-13 * abs(likelihood):
                break
            length /= 2.0
        else:
            break
        slope, e, m = slope + moved[: len(kept)], tried_e, tried_m
        # At a maximum the last step moves next to nothing; without one it divides by e again and again.
        fading = bool((found < mean / 2.0).any())
        mean, likelihood = found, higher
    if not gap <= STALLED:
        raise ConvergenceError(
            f"Poisson regression has not converged in {MOST_STEPS} steps: a score is {gap:.1e} of its sum.",
            residual=gap,
        )
    if fading:
        raise ConvergenceError(
            "Poisson regression has no maximum: a regressor tells pairs without trade from all pairs "
            "that trade, so that its slope has no end. Use a larger world, or all sectors together.",
            residual=gap,
        )
    return mean * scale, slope, kept


def at_rest(pairs: Mask, rows: Indices, columns: Indices) -> Indices:
    """Return which columns' effects stay at zero: the last of each set of pairs that hang together.

    Effects of rows can rise where those of columns fall, so that one of each set is not identified; a table
    of one year is one set, years side by side are many.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    here = np.argwhere(pairs[np.ix_(rows, columns)])
    size = len(rows) + len(columns)
    ends = (here[:, 0], len(rows) + here[:, 1])
    graph = sparse.coo_array((np.ones(len(here)), ends), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    _, first = np.unique(part[len(rows) :][::-1], return_index=True)
    return np.sort(len(columns) - 1 - first)


def _step(
    z: Array, mean: Array, rows: Indices, columns: Indices, score: Array, free: Indices
) -> Array:
    """Solve H·step = score; effects that are not `free` stay as they are."""
    from scipy import linalg

    k, r = len(z), len(rows)
    weighted = z * mean
    hessian = np.zeros((len(score), len(score)))
    hessian[:k, :k] = np.tensordot(weighted, z, axes=((1, 2), (1, 2)))
    hessian[:k, k : k + r] = weighted.sum(axis=2)[:, rows]
    hessian[:k, k + r :] = weighted.sum(axis=1)[:, columns]
    hessian[k : k + r, k + r :] = mean[np.ix_(rows, columns)]
    np.fill_diagonal(hessian[k : k + r, k : k + r], mean.sum(axis=1)[rows])
    np.fill_diagonal(hessian[k + r :, k + r :], mean.sum(axis=0)[columns])
    hessian = np.triu(hessian)
    hessian += np.triu(hessian, 1).T
    # Effects of small and large traders differ by many powers of ten: balanced before they are solved for.
    balance = 1.0 / np.sqrt(hessian.diagonal()[free])
    reduced = hessian[np.ix_(free, free)] * np.outer(balance, balance)
    step = np.zeros(len(score))
    step[free] = balance * linalg.solve(reduced, balance * score[free], assume_a="sym")
    return step


def _identified(regressors: Array, pairs: Mask, rows: Indices, columns: Indices) -> list[int]:
    """Return the regressors that neither effects nor the regressors before them explain."""
    weight = pairs.astype(np.float64)
    r, c = len(rows), len(columns)
    effects = np.zeros((r + c, r + c))
    np.fill_diagonal(effects[:r, :r], weight.sum(axis=1)[rows])
    np.fill_diagonal(effects[r:, r:], weight.sum(axis=0)[columns])
    effects[:r, r:] = weight[np.ix_(rows, columns)]
    effects[r:, :r] = effects[:r, r:].T
    inverse = np.linalg.pinv(effects, hermitian=True)
    kept: list[int] = []
    residuals: list[Array] = []
    for k, regressor in enumerate(regressors):
        z = regressor * weight
        sums = np.concatenate([z.sum(axis=1)[rows], z.sum(axis=0)[columns]])
        own = inverse @ sums
        left = z.copy()
        left[np.ix_(rows, columns)] -= (own[:r, None] + own[None, r:]) * weight[
            np.ix_(rows, columns)
        ]
        whole = float(((z - weight * z.sum() / weight.sum()) ** 2).sum())
        for other in residuals:
            left = left - other * float((left * other).sum())
        rest = float((left**2).sum())
        if whole > 0 and rest > IDENTIFIED * whole:
            kept.append(k)
            residuals.append(left / np.sqrt(rest))
    return kept
