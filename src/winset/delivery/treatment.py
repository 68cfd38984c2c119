r"""Did joining change an indicator: staggered difference-in-differences and synthetic control.

Difference-in-differences. With g the year from which an economy is treated and C those never treated,

    ATT(g, t) = mean over g of (y_t − y_{g−1}) − mean over C of (y_t − y_{g−1}),
    θ(e) = Σ_g w_g ATT(g, g + e),  w_g the share of treated economies observed at e,

and the effect is the mean of θ(e) over e ≥ 0. No economy treated before serves as a control, so that effects
that differ by cohort do no harm. Errors are of the influence of every economy, so that years of one go
together. Before the treatment θ(e), e ≤ −2, is none where trends were alike: tested together (χ²).

Synthetic control. The treated line is set beside the average of untreated ones with weights of zero or more
that sum to one, chosen to be nearest before the treatment. Placebo: the same for every untreated economy;
p is the share, with the treated one, whose error after over error before is at least as large.

Sources: Callaway & Sant'Anna (2021), "Difference-in-Differences with multiple time periods" (unconditional,
never-treated controls); Abadie, Diamond & Hainmueller (2010); from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array

LEAST_BEFORE = 3
TIED = 1e4  # weight of the row by which weights sum to one, in units of the data's size


@dataclass(frozen=True, slots=True)
class IndicatorPanel:
    """Values (economies, years), NaN where there is none, and from which year each is treated (NaN never)."""

    economies: tuple[str, ...]
    years: NDArray[np.int64]
    values: Array
    since: Array


@dataclass(frozen=True, slots=True)
class Staggered:
    """Effects by years since treatment with their covariance, the mean after it, and the pre-test."""

    events: tuple[int, ...]
    effects: Array
    covariance: Array
    effect: float
    std_error: float
    pre_statistic: float | None
    pre_p: float | None
    treated: int
    controls: int


@dataclass(frozen=True, slots=True)
class Synthetic:
    """The treated line, its synthetic one, who it is made of, and the placebo."""

    economy: str
    since: int
    years: NDArray[np.int64]
    actual: Array
    made: Array
    weights: Mapping[str, float]
    effect: float
    error_before: float
    error_after: float
    p_value: float
    placebos: int


def staggered(panel: IndicatorPanel, window: int) -> Staggered:
    """Return the staggered difference-in-differences over `window` years before and after.

    Raises
    ------
    DataError
        No treated economy with years on both sides, or fewer than two never treated.
    """
    never = np.flatnonzero(np.isnan(panel.since))
    if len(never) < 2:
        raise DataError(
            f"{len(never)} economies are never treated; a comparison takes two or more of them."
        )
    cohorts = sorted({int(g) for g in panel.since[~np.isnan(panel.since)]})
    at = {int(year): k for k, year in enumerate(panel.years)}
    events = [e for e in range(-window, window + 1) if e != -1]
    influence: list[Array] = []
    effects: list[float] = []
    kept: list[int] = []
    used: set[int] = set()
    for e in events:
        cells = []
        for g in cohorts:
            if g - 1 not in at or g + e not in at:
                continue
            change = panel.values[:, at[g + e]] - panel.values[:, at[g - 1]]
            inside = np.flatnonzero((panel.since == g) & np.isfinite(change))
            outside = never[np.isfinite(change[never])]
            if len(inside) and len(outside) >= 2:
                cells.append((change, inside, outside))
        total = sum(len(inside) for _, inside, _ in cells)
        if not total:
            continue
        effect, of = 0.0, np.zeros(len(panel.economies))
        for change, inside, outside in cells:
            w = len(inside) / total
            mean, other = change[inside].mean(), change[outside].mean()
            effect += w * (mean - other)
            of[inside] += w * (change[inside] - mean) / len(inside)
            of[outside] -= w * (change[outside] - other) / len(outside)
            used |= set(inside.tolist())
        kept.append(e)
        effects.append(float(effect))
        influence.append(of)
    after = np.array([e >= 0 for e in kept], dtype=bool)
    if not after.any():
        raise DataError(
            "no treated economy has a value in the year before its treatment and in one after it."
        )
    psi = np.column_stack(influence)
    theta = np.array(effects)
    mean_psi = psi[:, after].mean(axis=1)
    statistic, p = _joint(theta[~after], psi[:, ~after].T @ psi[:, ~after])
    return Staggered(
        tuple(kept),
        theta,
        psi.T @ psi,
        float(theta[after].mean()),
        float(np.sqrt(mean_psi @ mean_psi)),
        statistic,
        p,
        len(used),
        len(never),
    )


def _joint(effects: Array, covariance: Array) -> tuple[float | None, float | None]:
    """Test that all effects are none; as many as the covariance has independent directions."""
    if not len(effects):
        return None, None
    from scipy.stats import chi2

    values, vectors = np.linalg.eigh(covariance)
    good = values > 1e-10 * max(float(values.max()), 1e-300)
    if not good.any():
        return None, None
    turned = vectors[:, good].T @ effects
    statistic = float((turned**2 / values[good]).sum())
    return statistic, float(chi2.sf(statistic, int(good.sum())))


def placebo_share(panel: IndicatorPanel, window: int, draws: int, seed: int) -> float | None:
    """Return how often treatment given at random to the never treated has as large an effect.

    Each draw gives the dates of the treated to as many of the never treated.
    """
    never = np.flatnonzero(np.isnan(panel.since))
    dates = panel.since[~np.isnan(panel.since)]
    if len(never) < len(dates) + 2 or not draws:
        return None
    own = staggered(panel, window)
    own_t = abs(own.effect) / own.std_error if own.std_error > 0 else np.inf
    rng = np.random.default_rng(seed)
    as_large, done = 0, 0
    for _ in range(draws):
        since = np.full(len(never), np.nan)
        since[rng.permutation(len(never))[: len(dates)]] = dates
        names = tuple(panel.economies[k] for k in never)
        try:
            found = staggered(
                IndicatorPanel(names, panel.years, panel.values[never], since), window
            )
        except DataError:  # a draw without values on both sides says nothing
            continue
        done += 1
        as_large += found.std_error > 0 and abs(found.effect) / found.std_error >= own_t
    return as_large / done if done else None


def synthetic(panel: IndicatorPanel, economy: str) -> Synthetic:
    """Return the synthetic control of one treated economy, on years that it and the donors have.

    Raises
    ------
    DataError
        The economy is not treated, or there are too few years or donors.
    """
    if economy not in panel.economies:
        raise DataError(
            f"{economy}: not in the panel. Economies: {', '.join(panel.economies[:20])}."
        )
    k = panel.economies.index(economy)
    since = panel.since[k]
    if np.isnan(since):
        raise DataError(f"{economy} is never treated: nothing to measure. Give its year in since.")
    have = np.isfinite(panel.values[k])
    never = [
        int(i)
        for i in np.flatnonzero(np.isnan(panel.since))
        if i != k and np.isfinite(panel.values[i, have]).all()
    ]
    years = panel.years[have]
    before = years < since
    if int(before.sum()) < LEAST_BEFORE or before.all():
        raise DataError(
            f"{economy}: {int(before.sum())} years before {int(since)} and {int((~before).sum())} from it "
            f"on; a synthetic control takes {LEAST_BEFORE} before and one after."
        )
    if len(never) < 2:
        raise DataError(
            f"{len(never)} untreated economies have all the years of {economy}; two or more are needed."
        )
    lines = panel.values[np.ix_(np.array([k, *never]), np.flatnonzero(have))]
    weights, made, pre, post = _matched(lines[0], lines[1:], before)
    own = post / max(pre, 1e-12 * max(1.0, float(np.abs(lines[0]).max())))
    ratios = []
    for j in range(1, len(lines)):
        others = np.delete(lines[1:], j - 1, axis=0)
        _, _, a, b = _matched(lines[j], others, before)
        ratios.append(b / max(a, 1e-12 * max(1.0, float(np.abs(lines[j]).max()))))
    p = (1 + sum(r >= own for r in ratios)) / (1 + len(ratios))
    return Synthetic(
        economy,
        int(since),
        years,
        lines[0],
        made,
        {panel.economies[i]: float(w) for i, w in zip(never, weights, strict=True) if w > 1e-6},
        float((lines[0] - made)[~before].mean()),
        pre,
        post,
        float(p),
        len(ratios),
    )


def _matched(
    line: Array, donors: Array, before: NDArray[np.bool_]
) -> tuple[Array, Array, float, float]:
    """Return weights, the synthetic line, and the errors before and after."""
    from scipy.optimize import nnls

    size = float(np.abs(donors[:, before]).max()) or 1.0
    A = np.vstack([donors[:, before].T / size, TIED * np.ones((1, len(donors)))])
    b = np.concatenate([line[before] / size, [TIED]])
    weights, _ = nnls(A, b)
    weights = weights / weights.sum()
    made = weights @ donors
    gap = line - made
    return (
        weights,
        made,
        float(np.sqrt((gap[before] ** 2).mean())),
        float(np.sqrt((gap[~before] ** 2).mean())),
    )


def table_of(
    economies: Sequence[str],
    years: Sequence[int],
    values: Sequence[float],
    since: Mapping[str, float],
) -> IndicatorPanel:
    """Lay rows of economy, year, value in a panel."""
    codes = tuple(sorted(set(economies)))
    span = np.array(sorted(set(years)), dtype=np.int64)
    at = {c: k for k, c in enumerate(codes)}
    when = {int(y): k for k, y in enumerate(span)}
    laid = np.full((len(codes), len(span)), np.nan)
    for c, y, v in zip(economies, years, values, strict=True):
        laid[at[c], when[y]] = v
    return IndicatorPanel(codes, span, laid, np.array([since.get(c, np.nan) for c in codes]))
