r"""Grouped Lorenz curves in two forms, and what follows from them: Gini, deciles, measures of poverty.

With L(p) the share of income of the poorest share p, μ the mean and z the poverty line, income at p is
μL'(p), and

    headcount H: L'(H) = z/μ            gap   = H − (μ/z) L(H)
    severity  = ∫₀ᴴ (1 − μL'/z)² dp     Watts = ∫₀ᴴ ln(z/(μL')) dp        Gini = 1 − 2∫₀¹ L dp

General quadratic: L(1 − L) = a(p² − L) + bL(p − 1) + c(p − L), so with e = −(a + b + c + 1), m = b² − 4a,
n = 2be − 4c,  L(p) = −½ (bp + e + √(mp² + np + e²)).

Beta: L(p) = p − θ p^γ (1 − p)^δ.

Both are fitted by least squares on the points, the last (1, 1) left out: the first without constant, the
second in logarithms. A curve is valid where L'(0⁺) ≥ 0 and L'' > 0; as the beta form with γ < 1 has
incomes below zero at the very bottom however well it fits, its L' is looked at from p = 0.001, and the
share with incomes below zero is told: Watts leaves it out, as no logarithm is defined there.

Sources: Datt (1998), "Computational Tools for Poverty Measurement and Analysis", IFPRI; Villaseñor &
Arnold (1989); Kakwani (1980), through the equations at hand. The points of validity are from general
knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from winset import __version__
from winset.delivery.quadrature import integral
from winset.errors import DataError
from winset.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array

Form = Literal["quadratic", "beta", "best"]
FORMS: tuple[Form, ...] = ("quadratic", "beta", "best")
LEAST_POINTS = 4  # below the last: three coefficients and one to spare
BOTTOM = 0.001
GRID = np.arange(1, 100) / 100.0
BISECTIONS = 200
TINY = 1e-30


class Curve(Protocol):
    """A Lorenz curve: L, its slope and curvature on 0 < p < 1."""

    @property
    def form(self) -> str:
        """Its name."""

    @property
    def coefficients(self) -> Mapping[str, float]:
        """What was estimated."""

    def at(self, p: Array) -> Array:
        """L(p)."""

    def slope(self, p: Array) -> Array:
        """L'(p): income over mean."""

    def curvature(self, p: Array) -> Array:
        """L''(p)."""

    def gini(self) -> float:
        """1 − 2∫L."""


@dataclass(frozen=True, slots=True)
class Quadratic:
    """The general quadratic curve by its three coefficients."""

    a: float
    b: float
    c: float
    form = "quadratic"

    @property
    def e(self) -> float:
        """−(a + b + c + 1)."""
        return -(self.a + self.b + self.c + 1.0)

    @property
    def m(self) -> float:
        """b² − 4a."""
        return self.b**2 - 4.0 * self.a

    @property
    def n(self) -> float:
        """2be − 4c."""
        return 2.0 * self.b * self.e - 4.0 * self.c

    @property
    def coefficients(self) -> Mapping[str, float]:
        """a, b and c."""
        return {"a": self.a, "b": self.b, "c": self.c}

    def _root(self, p: Array) -> Array:
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(self.m * p**2 + self.n * p + self.e**2))

    def at(self, p: Array) -> Array:
        """L(p)."""
        return np.asarray(-0.5 * (self.b * p + self.e + self._root(p)))

    def slope(self, p: Array) -> Array:
        """L'(p)."""
        return np.asarray(-0.5 * self.b - (2.0 * self.m * p + self.n) / (4.0 * self._root(p)))

    def curvature(self, p: Array) -> Array:
        """L''(p) = (n² − 4me²)/(8 root³)."""
        return np.asarray((self.n**2 - 4.0 * self.m * self.e**2) / (8.0 * self._root(p) ** 3))

    def gini(self) -> float:
        """1 − 2∫L = 1 + b/2 + e + ∫√(mp² + np + e²)."""
        return 1.0 + 0.5 * self.b + self.e + integral(self._root, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Beta:
    """The beta curve."""

    theta: float
    gamma: float
    delta: float
    form = "beta"

    @property
    def coefficients(self) -> Mapping[str, float]:
        """theta, gamma and delta."""
        return {"theta": self.theta, "gamma": self.gamma, "delta": self.delta}

    def _hump(self, p: Array) -> Array:
        return np.asarray(self.theta * p**self.gamma * (1.0 - p) ** self.delta)

    def at(self, p: Array) -> Array:
        """L(p)."""
        return np.asarray(p - self._hump(p))

    def slope(self, p: Array) -> Array:
        """L'(p) = 1 − hump·(γ/p − δ/(1 − p))."""
        return np.asarray(1.0 - self._hump(p) * (self.gamma / p - self.delta / (1.0 - p)))

    def curvature(self, p: Array) -> Array:
        """L''(p)."""
        g, d, q = self.gamma, self.delta, 1.0 - p
        inner = g * (1.0 - g) / p**2 + 2.0 * g * d / (p * q) + d * (1.0 - d) / q**2
        return np.asarray(self._hump(p) * inner)

    def gini(self) -> float:
        """2θ B(1 + γ, 1 + δ)."""
        from scipy.special import beta

        return float(2.0 * self.theta * beta(1.0 + self.gamma, 1.0 + self.delta))


@dataclass(frozen=True, slots=True)
class Poverty:
    """Measures of one curve at a mean and a line; `negative` is the share with incomes below zero."""

    curve: Curve
    mean: float
    line: float
    gini: float
    headcount: float
    gap: float
    severity: float
    watts: float
    deciles: tuple[float, ...]
    median: float
    negative: float
    squared_error: float
    faults: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset gap --lorenz FILE --json`` prints."""
        return {
            "winset": __version__,
            "form": self.curve.form,
            "coefficients": dict(self.curve.coefficients),
            "mean": self.mean,
            "line": self.line,
            "gini": self.gini,
            "headcount": self.headcount,
            "gap": self.gap,
            "severity": self.severity,
            "watts": self.watts,
            "deciles": list(self.deciles),
            "median": self.median,
            "negative_share": self.negative,
            "squared_error": self.squared_error,
            "valid": not self.faults,
            "faults": list(self.faults),
        }


def checked(p: Array, L: Array, where: str = "Lorenz points") -> tuple[Array, Array]:
    """Return the points of a Lorenz curve between its ends, (0, 0) and (1, 1) left out.

    Raises
    ------
    DataError
        Points out of order, above the line of equality, not convex, or too few.
    """
    if not ((p >= 0) & (p <= 1) & (L >= 0) & (L <= 1)).all():
        k = int(np.argmin((p >= 0) & (p <= 1) & (L >= 0) & (L <= 1)))
        raise DataError(
            Sentence(
                "{where}: point {k} is p = {p}, L = {L}; both must be shares from 0 to 1. Divide percent by "
                "100.",
                where=where,
                k=k + 1,
                p=f"{p[k]:g}",
                L=f"{L[k]:g}",
            )
        )
    if not (np.diff(p) > 0).all():
        k = int(np.argmin(np.diff(p) > 0)) + 1
        raise DataError(
            Sentence(
                "{where}: point {k} has p = {p} after {before}. Sort by p.",
                where=where,
                k=k + 1,
                p=f"{p[k]:g}",
                before=f"{p[k - 1]:g}",
            )
        )
    if p[-1] == 1 and L[-1] != 1:
        raise DataError(
            Sentence(
                "{where}: L is {L} at p = 1; all people have all income: L = 1.",
                where=where,
                L=f"{L[-1]:g}",
            )
        )
    middle = (p > 0) & (p < 1)
    if (p[0] == 0) and L[0] != 0:
        raise DataError(f"{where}: L is {L[0]:g} at p = 0; nobody has nothing: L = 0.")
    x, y = p[middle], L[middle]
    if len(x) < LEAST_POINTS:
        raise DataError(
            Sentence(
                "{where}: {n} points between 0 and 1; a curve of three coefficients takes {least} or more.",
                where=where,
                n=len(x),
                least=LEAST_POINTS,
            )
        )
    slopes = np.diff(np.concatenate([[0.0], y, [1.0]])) / np.diff(np.concatenate([[0.0], x, [1.0]]))
    falls = np.diff(slopes) < -1e-9
    if falls.any():
        k = int(np.argmax(falls))
        raise DataError(
            f"{where}: not convex at p = {x[k]:g}, L = {y[k]:g}: the slope falls from "
            f"{slopes[k]:.6g} to {slopes[k + 1]:.6g}, so that richer people would earn less. Sort people "
            "by income before they are grouped, or mend the point."
        )
    if not (y < x).all():
        k = int(np.argmin(y < x))
        raise DataError(
            f"{where}: L = {y[k]:g} is not below p = {x[k]:g}; with equal incomes there is no curve to fit."
        )
    return x, y


def fit_quadratic(p: Array, L: Array) -> Quadratic:
    """Fit the general quadratic to points between the ends, shapes (k,)."""
    design = np.column_stack([p**2 - L, L * (p - 1.0), p - L])
    a, b, c = np.linalg.lstsq(design, L * (1.0 - L), rcond=None)[0]
    return Quadratic(float(a), float(b), float(c))


def fit_beta(p: Array, L: Array) -> Beta:
    """Fit the beta form to points between the ends, shapes (k,)."""
    design = np.column_stack([np.ones(len(p)), np.log(p), np.log(1.0 - p)])
    theta, gamma, delta = np.linalg.lstsq(design, np.log(p - L), rcond=None)[0]
    return Beta(float(np.exp(theta)), float(gamma), float(delta))


def faults(curve: Curve) -> tuple[str, ...]:
    """Say why a curve is no Lorenz curve; nothing where it is one."""
    found = []
    if not np.isfinite(curve.at(GRID)).all():
        return ("L is not defined everywhere between 0 and 1",)
    if isinstance(curve, Quadratic) and not curve.e < 0:
        found.append(f"L(0) is {-curve.e:.3g}, not 0")
    low = float(curve.slope(np.array([BOTTOM]))[0])
    if low < 0:
        found.append(f"L' is {low:.3g} at p = {BOTTOM}: incomes below zero")
    if not (curve.curvature(GRID) > 0).all():
        k = int(np.argmin(curve.curvature(GRID) > 0))
        found.append(f"L'' is not above 0 at p = {GRID[k]:g}")
    return tuple(found)


def poverty(curve: Curve, mean: float, line: float, p: Array, L: Array) -> Poverty:
    """Return the measures of a fitted curve; `p` and `L` are the points it was fitted to.

    Raises
    ------
    DataError
        Mean or line is not above zero, or the curve is not convex between 0 and 1.
    ConvergenceError
        An integral has not settled.
    """
    for value, what in ((mean, "mean"), (line, "poverty line")):
        if not (np.isfinite(value) and value > 0):
            raise DataError(f"the {what} is {value:g}; it must be above 0.")
    wrong = faults(curve)
    if any("L''" in fault or "not defined" in fault for fault in wrong):
        raise DataError(
            f"the {curve.form} form fitted to these points is no Lorenz curve: {'; '.join(wrong)}. "
            "Take another form, or finer groups."
        )
    ratio = line / mean
    H = _where(curve.slope, ratio)
    negative = _where(curve.slope, 0.0)
    at_head = float(curve.at(np.array([H]))[0]) if 0.0 < H < 1.0 else H
    severity = integral(lambda x: (1.0 - curve.slope(x) / ratio) ** 2, 0.0, H)
    # Where the slope rises from zero, rounding may leave it at or below: a logarithm's end is integrable.
    watts = integral(lambda x: np.log(ratio / np.maximum(curve.slope(x), TINY)), negative, H)
    edges = np.concatenate([[0.0], curve.at(np.arange(1, 10) / 10.0), [1.0]])
    return Poverty(
        curve=curve,
        mean=mean,
        line=line,
        gini=curve.gini(),
        headcount=H,
        gap=H - at_head / ratio,
        severity=severity,
        watts=watts,
        deciles=tuple(np.diff(edges).tolist()),
        median=float(mean * curve.slope(np.array([0.5]))[0]),
        negative=negative,
        squared_error=float(((curve.at(p) - L) ** 2).sum()),
        faults=wrong,
    )


def grouped(p: Array, L: Array, *, mean: float, line: float, form: Form, where: str) -> Poverty:
    """Fit points of a Lorenz curve in a form, or in the one that fits best, and measure poverty.

    ``best`` is, of the valid ones, the one with the lower sum of squared errors of L.

    Raises
    ------
    DataError
        Points that are no Lorenz curve; a form that gives none (``best``: neither does).
    """
    x, y = checked(p, L, where)
    fits: dict[str, Callable[[Array, Array], Curve]] = {
        "quadratic": fit_quadratic,
        "beta": fit_beta,
    }
    if form != "best":
        return poverty(fits[form](x, y), mean, line, x, y)
    curves = [fit(x, y) for fit in fits.values()]
    valid = [curve for curve in curves if not faults(curve)]
    if not valid:
        said = "; ".join(f"{curve.form}: {', '.join(faults(curve))}" for curve in curves)
        raise DataError(f"{where}: neither form gives a Lorenz curve ({said}). Use finer groups.")
    best = min(valid, key=lambda curve: float(((curve.at(x) - y) ** 2).sum()))
    return poverty(best, mean, line, x, y)


def _where(slope: Callable[[Array], Array], value: float) -> float:
    """Return the p at which a rising slope reaches a value: 0 or 1 where it is above or below all along."""
    low, high = 0.0, 1.0
    tiny = np.array([1e-300, np.nextafter(1.0, 0.0)])
    with np.errstate(all="ignore"):
        ends = slope(tiny)
    if ends[0] >= value:
        return 0.0
    if ends[1] <= value:
        return 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if float(slope(np.array([middle]))[0]) < value:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
