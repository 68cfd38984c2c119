r"""Regressions with many effects: Poisson or least squares on rows, effects swept out, errors clustered.

    Poisson:        E[y | z] = exp(b'z + Σ_f effect_f)
    least squares:  y = b'z + Σ_f effect_f + u

An effect of each group f (exporter and year, importer and year, pair) is never estimated: the regressors
and the working dependent variable are freed of their weighted means within groups, one kind of group
after another, until nothing is left to take (alternating projections). Poisson repeats weighted least
squares on η + (y − μ)/μ with weights μ (Correia, Guimarães & Zylkin 2020; Guimarães & Portugal 2010).

A group without any positive y has an effect of −∞: its rows say nothing of b and leave the sample before
anything is estimated, again and again until none is left.

Errors: V = (Z'WZ)⁻¹ (Σ_g s_g s_g') (Z'WZ)⁻¹ with scores s summed over the rows of a cluster, times
G/(G − 1) for G clusters. Absorbed effects cost no degrees of freedom beyond, as in the guide's replication.

Sources: Santos Silva & Tenreyro (2006); Correia, Guimarães & Zylkin (2020), "Fast Poisson estimation with
high-dimensional fixed effects", Stata Journal 20(1), from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array, Mask

    Labels = NDArray[np.intp]

SWEPT = 1e-10  # of a column's size: what a round of projections may still change
SETTLED = 1e-10  # of the deviance
MOST_STEPS = 60
MOST_ROUNDS = 20_000
IDENTIFIED = 1e-9  # share of a regressor's variation that must be left


@dataclass(frozen=True, slots=True)
class Absorbed:
    """Slopes and their covariance; `kept` names regressors by place, `rows` the sample by place."""

    slopes: Array
    covariance: Array
    kept: tuple[int, ...]
    rows: Labels
    fitted: Array
    clusters: int
    steps: int

    @property
    def errors(self) -> Array:
        """Standard errors."""
        return np.asarray(np.sqrt(self.covariance.diagonal()))


def estimate(
    y: Array,
    regressors: Array,
    effects: Sequence[Labels],
    clusters: Labels | None,
    *,
    poisson: bool,
) -> Absorbed:
    """Estimate the slopes of `regressors`, shape (rows, k).

    Parameters
    ----------
    y : (rows,) array
        Nonnegative for Poisson.
    effects : sequence of (rows,) arrays
        Which group of each kind a row is in, numbered from 0; none at all gives a constant.
    clusters : (rows,) array, optional
        Rows whose errors may go together; without it each row stands alone.

    Raises
    ------
    DataError
        No row or no regressor is left, or there is one cluster.
    ConvergenceError
        Projections or reweighting have not settled.
    """
    rows = _with_trade(y, effects) if poisson else np.arange(len(y))
    if not len(rows):
        raise DataError("no row is left: every group of some effect is without trade.")
    y, z = y[rows], regressors[rows]
    groups = [_renumbered(f[rows]) for f in effects] or [np.zeros(len(y), dtype=np.intp)]
    kept = _identified(z, groups)
    if not kept:
        raise DataError("the effects explain every regressor: nothing is left to estimate.")
    z = z[:, kept]
    if poisson:
        slopes, fitted, left, steps = _poisson(y, z, groups)
        weight = fitted
    else:
        weight = np.ones(len(y))
        both = _swept(np.column_stack([y, z]), weight, groups)
        left, steps = both[:, 1:], 1
        slopes = np.asarray(np.linalg.lstsq(left, both[:, 0], rcond=None)[0], dtype=np.float64)
        fitted = y - (both[:, 0] - left @ slopes)
    cluster = np.arange(len(y)) if clusters is None else _renumbered(clusters[rows])
    count = int(cluster.max()) + 1
    if count < 2:
        raise DataError("errors are clustered by one cluster; take two or more.")
    scores = left * (y - fitted)[:, None]
    summed = np.column_stack([np.bincount(cluster, s, count) for s in scores.T])
    bread = np.linalg.inv(left.T @ (weight[:, None] * left))
    covariance = count / (count - 1.0) * bread @ (summed.T @ summed) @ bread
    return Absorbed(slopes, covariance, tuple(kept), rows, fitted, count, steps)


def _poisson(y: Array, z: Array, groups: Sequence[Labels]) -> tuple[Array, Array, Array, int]:
    mean = 0.5 * (y + y.mean())
    linear = np.log(mean)
    deviance = np.inf
    left = z - z.mean(axis=0)
    working = np.zeros(len(y))
    before = np.zeros(len(y))
    for step in range(1, MOST_STEPS + 1):
        target = linear + (y - mean) / mean
        # Where the last step ended is where this one begins: projections then have little left to do.
        both = _swept(np.column_stack([working + target - before, left]), mean, groups)
        working, left, before = both[:, 0], both[:, 1:], target
        slopes = np.linalg.solve(left.T @ (mean[:, None] * left), left.T @ (mean * working))
        linear = target - (working - left @ slopes)
        mean = np.exp(linear)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / mean), 0.0)
        now = float(2.0 * (ratio - (y - mean)).sum())
        if not np.isfinite(now):
            break
        if abs(now - deviance) <= SETTLED * max(abs(now), 0.1):
            return slopes, mean, left, step
        deviance = now
    raise ConvergenceError(
        f"Poisson regression with absorbed effects has not settled in {MOST_STEPS} steps.",
        residual=float(abs(now - deviance)),
    )


def _swept(columns: Array, weight: Array, groups: Sequence[Labels]) -> Array:
    """Free columns of their weighted means within every kind of group."""
    sizes = [np.bincount(group, weight) for group in groups]

    def round_of(x: Array) -> Array:
        for group, size in zip(groups, sizes, strict=True):
            x = x - (np.bincount(group, weight * x, len(size)) / size)[group]
        return x

    found = np.empty_like(columns)
    for k, x in enumerate(columns.T):
        scale = float(np.sqrt((weight * x**2).sum())) + 1e-300
        x = round_of(x)
        for _ in range(MOST_ROUNDS):
            once = round_of(x)
            if float(np.sqrt((weight * (once - x) ** 2).sum())) <= SWEPT * scale:
                x = once
                break
            twice = round_of(once)
            # Irons and Tuck: along the line of the last two rounds as far as they say.
            bend = (twice - once) - (once - x)
            curved = float((weight * bend * bend).sum())
            if curved > 0:
                twice = twice - float((weight * (twice - once) * bend).sum()) / curved * (
                    twice - once
                )
            x = twice
        else:
            raise ConvergenceError(
                f"effects are not swept out in {MOST_ROUNDS} rounds.", residual=SWEPT
            )
        found[:, k] = x
    return found


def _identified(z: Array, groups: Sequence[Labels]) -> list[int]:
    """Return the regressors that neither effects nor the regressors before them explain."""
    left = _swept(z - z.mean(axis=0), np.ones(len(z)), groups)
    kept: list[int] = []
    basis: list[Array] = []
    for k in range(z.shape[1]):
        rest = left[:, k]
        for other in basis:
            rest = rest - other * float(rest @ other)
        whole = float(((z[:, k] - z[:, k].mean()) ** 2).sum())
        size = float(rest @ rest)
        if whole > 0 and size > IDENTIFIED * whole:
            kept.append(k)
            basis.append(rest / np.sqrt(size))
    return kept


def _with_trade(y: Array, effects: Sequence[Labels]) -> Labels:
    keep: Mask = np.ones(len(y), dtype=bool)
    while True:
        before = int(keep.sum())
        for group in effects:
            keep &= np.bincount(group, np.where(keep, y, 0.0))[group] > 0
        if int(keep.sum()) == before:
            return np.flatnonzero(keep)


def _renumbered(labels: Labels) -> Labels:
    return np.unique(labels, return_inverse=True)[1].astype(np.intp)
