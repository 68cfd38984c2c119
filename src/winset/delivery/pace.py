r"""When a line arrives at its target at the present pace, and whether its trend broke at the pledge.

Arrival. With y = a + b(t − t̄) + u fitted by least squares to the n values since the baseline, the line is
at T in the year t̄ + τ, τ = (T − a)/b. Its interval is Fieller's: all τ with

    (a + bτ − T)² ≤ q² s² (1/n + τ²/S),   S = Σ(t − t̄)²,  q the quantile of t with n − 2 degrees,

which has no end on one side where the slope b cannot be told from none.

Break. y = a + b t + k max(t − p, 0) + u with p the year of the pledge, on all years; k is what the pace
changed by. Errors of neighboring years go together: the error of k is widened by √((1 + ρ)/(1 − ρ)) with ρ
the first autocorrelation of the residuals, less its bias −(1 + 3ρ)/n (Kendall 1954, from general knowledge),
none below 0. Power is the chance to see the change that the promise needed at that error, by the
noncentral t. The placebo asks how many economies that promised nothing broke as far.

Source: Fieller (1954), "Some problems in interval estimation", from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.delivery.series import Line

LEVEL = 0.95
LEAST_BEFORE, LEAST_AFTER = 4, 3
LARGEST_RHO = 0.9
FAR = 1e4  # years: a line that takes longer does not arrive
ROUNDING = 1e-12  # of the values: residuals below it are those of an exact line


@dataclass(frozen=True, slots=True)
class Arrival:
    """The year of arrival and its interval; None: never, or without end on that side."""

    year: float | None
    low: float | None
    high: float | None
    slope: float

    def to_json(self) -> dict[str, Any]:
        """Return ``arrival`` of a line."""
        return {
            "year": self.year,
            "low": self.low,
            "high": self.high,
            "slope_a_year": self.slope,
            "bounded": self.low is not None and self.high is not None,
        }


@dataclass(frozen=True, slots=True)
class Break:
    """The change of pace at a pledge: estimate, error, p-value, power, and placebo.

    `change` and `needed` are units a year; `power` is None where the pace before was enough already;
    `placebo_share` is the share of `placebos` economies without the promise whose t is at least as far in
    the direction promised.
    """

    before: float
    change: float
    std_error: float
    p_value: float
    needed: float
    power: float | None
    autocorrelation: float
    years_before: int
    years_after: int
    placebos: int
    placebo_share: float | None

    @property
    def found(self) -> bool:
        """Whether the change is told from none."""
        return self.p_value < 1.0 - LEVEL

    def to_json(self) -> dict[str, Any]:
        """Return ``break`` of a line."""
        return {
            "pace_before": self.before,
            "change_of_pace": self.change,
            "std_error": self.std_error,
            "p_value": self.p_value,
            "found": self.found,
            "needed_change": self.needed,
            "on_its_way_before": self.power is None,
            "power": self.power,
            "autocorrelation": self.autocorrelation,
            "years_before": self.years_before,
            "years_after": self.years_after,
            "placebos": self.placebos,
            "placebo_share": self.placebo_share,
        }


def arrival(line: Line, target: float) -> Arrival | None:
    """Return when a line reaches a target at its pace; None with fewer than two values."""
    n = len(line.years)
    if n < 2:
        return None
    middle = float(line.years.mean())
    away = line.years - middle
    size = float(away @ away)
    level, slope = float(line.values.mean()), float(away @ line.values / size)
    gap = target - level
    tau = gap / slope if slope else np.inf
    # A line that moves away from its target was there before, if ever: it does not arrive.
    behind = middle + tau < line.years[0] or abs(tau) > FAR
    year = None if behind else float(middle + tau)
    left = line.values - level - slope * away
    noise = float(np.sqrt(left @ left / (n - 2))) if n > 2 else np.nan
    if n > 2 and noise <= ROUNDING * max(1.0, float(np.abs(line.values).max())):
        return Arrival(year, year, year, slope)
    if n == 2 or year is None:
        return Arrival(year, None, None, slope)
    from scipy.stats import t as student

    c = (float(student.ppf(0.5 + LEVEL / 2.0, n - 2)) * noise) ** 2
    A, B, C = slope**2 - c / size, -slope * gap, gap**2 - c / n
    if A <= 0:
        return Arrival(year, None, None, slope)
    root = np.sqrt(max(B * B - A * C, 0.0))
    return Arrival(year, float(middle + (-B - root) / A), float(middle + (-B + root) / A), slope)


def _kink(line: Line, year: float) -> tuple[float, float, float, float, int, int] | None:
    """Return pace before, its change, the error, ρ and the counts of years; None with too few."""
    before, after = int((line.years <= year).sum()), int((line.years > year).sum())
    if before < LEAST_BEFORE or after < LEAST_AFTER:
        return None
    t = line.years - year
    X = np.column_stack([np.ones(len(t)), t, np.maximum(t, 0.0)])
    inverse = np.linalg.inv(X.T @ X)
    beta = inverse @ (X.T @ line.values)
    left = line.values - X @ beta
    n = len(t)
    variance = float(left @ left) / (n - 3)
    whole = float(left @ left)
    rho = 0.0
    if whole > 0:
        rho = float(left[1:] @ left[:-1]) / whole
        rho = min(max(rho + (1.0 + 3.0 * rho) / n, 0.0), LARGEST_RHO)
    error = float(np.sqrt(variance * inverse[2, 2] * (1.0 + rho) / (1.0 - rho)))
    least = ROUNDING * max(1.0, float(np.abs(line.values).max()))
    return float(beta[1]), float(beta[2]), max(error, least), rho, before, after


def trend_break(
    line: Line, year: float, needed: float, *, up: bool, placebos: Iterable[Line] = ()
) -> Break | None:
    """Test whether the pace of a line changed at the year of a pledge; None with too few years.

    Parameters
    ----------
    needed : float
        Change a year that the promise asks for from its year on; its difference to the pace before is
        what the test must be able to see.
    """
    found = _kink(line, year)
    if found is None:
        return None
    from scipy.stats import nct
    from scipy.stats import t as student

    before, change, error, rho, years_before, years_after = found
    freedom = years_before + years_after - 3
    p = float(2.0 * student.sf(abs(change) / error, freedom))
    asked = needed - before
    critical = float(student.ppf(0.5 + LEVEL / 2.0, freedom))
    shift = min(abs(asked) / error, 1e3)
    sign = 1.0 if up else -1.0
    power = None
    if sign * asked > 0:
        power = 1.0 if shift > 40.0 else float(nct.sf(critical, freedom, shift))
    others = [k for other in placebos if (k := _kink(other, year)) is not None]
    share = None
    if others:
        share = float(np.mean([sign * k[1] / k[2] >= sign * change / error for k in others]))
    return Break(
        before, change, error, p, asked, power, rho, years_before, years_after, len(others), share
    )
