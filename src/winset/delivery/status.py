r"""How far a promise is, by four methods that others use, on one path from a baseline b to a target T.

With x the latest value at year t, b at year s, T due at year D, everything is measured along the way that
was promised, so that turning the sign of the indicator and its direction leaves every figure alone.

Open SDG (growth):   r = [(x/b)^(1/(t−s)) − 1] / [(T/b)^(1/(D−s)) − 1],  only where b, x, T are all above or
                     all below zero; else, and always beside it,
Open SDG (linear):   r = [(x − b)/(t − s)] / [(T − b)/(D − s)];  ≥ 0.95 substantial, ≥ 0.6 moderate,
                     ≥ 0 limited, below: deterioration
ESCAP:               P = 100 (1 − |T − x̂(D)| / |T − b|), 100 where x̂(D) is at or beyond T; x̂ the line fitted
                     to all values since s with weights 1 … k, the latest weighing most; gap at most 10:
                     maintain, up to 100: accelerate, above: reverse
SDG Index:           score = 100 clip((x − w)/(T − w), 0, 1), w the worst: the 2.5th percentile of all
                     economies at s, on the far side of the target; arrow: points a year of the last
                     five years over those needed from s to D; ≥ 1 on track, ≥ ½ improving moderately,
                     ≥ 0 stagnating, below: decreasing
Simple distance:     done = (x − b)/(T − b) against (t − s)/(D − s), the share of time that is over

All four speak one language of four words, `STATUSES`; each keeps its own label beside it.

Sources: Open SDG, sdg-build, ProgressMeasure.py (quantitative target; bounds 0.95, 0.6, 0), whose target 0
is replaced there by 0.001 and whose base 0 is refused; UNECE (2022), technical notes on ESCAP's Anticipated
Progress Index: the gap anticipated over the progress required, recent data weighing more (ESCAP's weights and
its bounds of 10 and 100: from general knowledge); Sachs et al. (2019) for scores, the arrow's five years and
bounds from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from winset.delivery.series import Line
    from winset.numbers import Array

METHODS = ("open-sdg", "escap", "sdg-index", "distance")
REACHED, ON_TRACK, TOO_SLOW, AWAY = STATUSES = ("reached", "on-track", "too-slow", "away")
HIGH, MEDIUM = 0.95, 0.6
MAINTAIN = 10.0
RECENT = 5
WORST = 0.025
EXACT = 1e-12  # a ratio this near below a bound has reached it: rounding decides no status


@dataclass(frozen=True, slots=True)
class Course:
    """What was promised of one line: `up` tells whether more is better."""

    base_year: float
    base: float
    target: float
    deadline: float
    up: bool

    def done(self, x: float) -> float:
        """Return the share of the way from baseline to target, below 0 where it leads away."""
        return (x - self.base) / (self.target - self.base)

    def beyond(self, x: float) -> bool:
        """Tell whether a value is at the target or past it."""
        return x >= self.target if self.up else x <= self.target


@dataclass(frozen=True, slots=True)
class Said:
    """What one method says: its figure, its own label, and the status in the common words."""

    figure: float | None
    label: str
    status: str | None

    def to_json(self, name: str) -> dict[str, Any]:
        """Return an entry of ``methods``, the figure under its name."""
        return {name: self.figure, "label": self.label, "status": self.status}


@dataclass(frozen=True, slots=True)
class Four:
    """The four methods on one line, and figures beside them."""

    year: float
    value: float
    growth_ratio: float | None
    linear_ratio: float
    open_sdg: Said
    escap: Said
    predicted: float
    sdg_index: Said
    score_ratio: float | None
    worst: float
    distance: Said
    elapsed: float

    @property
    def said(self) -> tuple[Said, Said, Said, Said]:
        """In the order of `METHODS`."""
        return self.open_sdg, self.escap, self.sdg_index, self.distance

    @property
    def agreed(self) -> str | None:
        """The one status of all methods, None where they differ."""
        words = {said.status for said in self.said}
        return words.pop() if len(words) == 1 else None

    def to_json(self) -> dict[str, Any]:
        """Return ``methods`` of a line."""
        return {
            "open-sdg": {
                **self.open_sdg.to_json("ratio"),
                "growth_ratio": self.growth_ratio,
                "linear_ratio": self.linear_ratio,
            },
            "escap": {**self.escap.to_json("index"), "predicted": self.predicted},
            "sdg-index": {
                **self.sdg_index.to_json("score"),
                "pace_ratio": self.score_ratio,
                "worst": self.worst,
            },
            "distance": {**self.distance.to_json("done"), "elapsed": self.elapsed},
        }


def four(path: Course, line: Line, others: Array) -> Four | None:
    """Return the four methods on a line, None without a value after the base year.

    Parameters
    ----------
    others : (m,) array
        The indicator in other economies at the base year, for the worst value; none: the baseline.
    """
    since = line.between(path.base_year + 0.5, np.inf)
    if not len(since.years):
        return None
    t, x = float(since.years[-1]), float(since.values[-1])
    years = np.concatenate([[path.base_year], since.years])
    values = np.concatenate([[path.base], since.values])
    beyond = path.beyond(x)
    growth, linear = growth_ratio(path, t, x), linear_ratio(path, t, x)
    ratio = linear if growth is None else growth
    predicted, index = anticipated(path, years, values)
    worst = worst_of(path, others)
    score, pace = scaled_pace(path, years, values, worst)
    done, elapsed = path.done(x), (t - path.base_year) / (path.deadline - path.base_year)
    return Four(
        year=t,
        value=x,
        growth_ratio=growth,
        linear_ratio=linear,
        open_sdg=_open_sdg(ratio, beyond),
        escap=_escap(index, beyond),
        predicted=predicted,
        sdg_index=_arrow(score, pace, beyond),
        score_ratio=pace,
        worst=worst,
        distance=_distance(done, elapsed, beyond),
        elapsed=elapsed,
    )


def growth_ratio(path: Course, t: float, x: float) -> float | None:
    """Return observed over required compound growth; None where growth is not defined for all three."""
    signs = {float(np.sign(v)) for v in (path.base, x, path.target)}
    if len(signs) > 1 or 0.0 in signs or path.target == path.base:
        return None
    seen = np.log(x / path.base) / (t - path.base_year)
    needed = np.log(path.target / path.base) / (path.deadline - path.base_year)
    return float(np.expm1(seen) / np.expm1(needed))


def linear_ratio(path: Course, t: float, x: float) -> float:
    """Return observed over required change a year."""
    seen = (x - path.base) / (t - path.base_year)
    return float(seen / ((path.target - path.base) / (path.deadline - path.base_year)))


def anticipated(path: Course, years: Array, values: Array) -> tuple[float, float]:
    """Return the value expected at the deadline and ESCAP's index of anticipated progress."""
    weight = np.arange(1.0, len(years) + 1.0)
    middle = (weight @ years) / weight.sum()
    mean = (weight @ values) / weight.sum()
    away = years - middle
    slope = (weight * away) @ (values - mean) / ((weight * away) @ away)
    predicted = float(mean + slope * (path.deadline - middle))
    size = abs(path.target - path.base)
    # A line that ends on the target must not miss it by rounding.
    near = abs(path.target - predicted) <= EXACT * max(size, abs(path.target))
    if path.beyond(predicted) or near:
        return predicted, 100.0
    return predicted, float(100.0 * (1.0 - abs(path.target - predicted) / size))


def worst_of(path: Course, others: Array) -> float:
    """Return the value that scores 0: the far percentile of others, the baseline where that is no worse."""
    found = path.base
    if len(others):
        far = float(np.quantile(others, WORST if path.up else 1.0 - WORST))
        found = min(far, path.base) if path.up else max(far, path.base)
    return found


def scaled_pace(
    path: Course, years: Array, values: Array, worst: float
) -> tuple[float, float | None]:
    """Return the latest score, 0 to 100, and its recent pace over the pace needed; None if none is."""
    if worst == path.target:
        return 100.0, None
    score = 100.0 * np.clip((values - worst) / (path.target - worst), 0.0, 1.0)
    needed = (100.0 - score[0]) / (path.deadline - path.base_year)
    recent = int(np.argmax(years >= years[-1] - RECENT))
    recent = min(recent, len(years) - 2)
    seen = (score[-1] - score[recent]) / (years[-1] - years[recent])
    return float(score[-1]), None if needed <= 0 else float(seen / needed)


def _open_sdg(ratio: float, beyond: bool) -> Said:
    if beyond:
        return Said(ratio, "target achieved", REACHED)
    if ratio >= HIGH - EXACT:
        return Said(ratio, "substantial progress", ON_TRACK)
    if ratio >= MEDIUM - EXACT:
        return Said(ratio, "moderate progress", TOO_SLOW)
    if ratio >= 0.0:
        return Said(ratio, "limited progress", TOO_SLOW)
    return Said(ratio, "deterioration", AWAY)


def _escap(index: float, beyond: bool) -> Said:
    if beyond:
        return Said(index, "achieved", REACHED)
    if index >= 100.0 - MAINTAIN - EXACT:
        return Said(index, "maintain", ON_TRACK)
    if index >= 0.0:
        return Said(index, "accelerate", TOO_SLOW)
    return Said(index, "reverse", AWAY)


def _arrow(score: float, pace: float | None, beyond: bool) -> Said:
    if beyond:
        return Said(score, "achieved", REACHED)
    if pace is None:
        return Said(score, "no pace is needed", None)
    if pace >= 1.0 - EXACT:
        return Said(score, "on track", ON_TRACK)
    if pace >= 0.5 - EXACT:
        return Said(score, "moderately improving", TOO_SLOW)
    if pace >= 0.0:
        return Said(score, "stagnating", TOO_SLOW)
    return Said(score, "decreasing", AWAY)


def _distance(done: float, elapsed: float, beyond: bool) -> Said:
    if beyond:
        return Said(done, "there", REACHED)
    if done >= elapsed - EXACT:
        return Said(done, "ahead of the clock", ON_TRACK)
    if done >= 0.0:
        return Said(done, "behind the clock", TOO_SLOW)
    return Said(done, "farther than at the start", AWAY)
