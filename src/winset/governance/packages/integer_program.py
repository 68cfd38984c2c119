"""The integer program over packages, by HiGHS, checked in exact arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.governance.packages.issues import Issues


@dataclass(frozen=True, slots=True)
class Package:
    """One package: the issues in it, the gain of each country, and their sum."""

    issues: tuple[str, ...]
    gains: tuple[float, ...]
    total: float

    @property
    def worst(self) -> float:
        """Gain of the country that gains least."""
        return min(self.gains)


@dataclass(slots=True)
class Program:
    """Maximize over packages (0 or 1 for each issue) and `extra` variables up to `most`, by HiGHS."""

    issues: Issues
    extra: int = 0
    most: float = math.inf
    rows: list[tuple[NDArray[np.float64], float]] = field(default_factory=list)
    value: float = math.nan

    def __post_init__(self) -> None:
        for group in self.issues.exclude:
            row = self._row()
            row[list(group)] = -1
            self.rows.append((row, -1.0))
        for a, b in self.issues.need:
            row = self._row()
            row[a] -= 1
            row[b] += 1
            self.rows.append((row, 0.0))

    def _row(self) -> NDArray[np.float64]:
        return np.zeros(len(self.issues.names) + self.extra)

    def at_least(
        self, values: Sequence[Fraction], least: float, extra: Sequence[float] = ()
    ) -> None:
        """Ask Σ values_k x_k + extra · free ≥ least; the row is scaled to 1."""
        row = self._row()
        row[: len(values)] = [float(v) for v in values]
        row[len(values) :] = extra if len(extra) else 0.0
        scale = max(1e-300, float(np.abs(row).max()))
        self.rows.append((row / scale, least / scale))

    def forbid(self, package: Sequence[int]) -> None:
        """Rule out one package."""
        row = np.ones(len(self.issues.names) + self.extra)
        row[len(self.issues.names) :] = 0
        row[list(package)] = -1
        self.rows.append((row, 1.0 - len(package)))

    def solve(
        self, objective: Sequence[float], free: Sequence[float] = ()
    ) -> tuple[int, ...] | None:
        """Return the best package, or None when there is none."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        count = len(self.issues.names)
        cost = -np.array([*objective, *free], dtype=np.float64)
        scale = float(np.abs(cost).max()) or 1.0
        low, high = np.zeros(count + self.extra), np.ones(count + self.extra)
        low[count:], high[count:] = -np.inf, self.most
        constraints = []
        if self.rows:
            matrix = np.array([row for row, _ in self.rows])
            constraints = [LinearConstraint(matrix, np.array([b for _, b in self.rows]), np.inf)]
        integrality = np.ones(count + self.extra, dtype=np.int64)
        integrality[count:] = 0
        for presolve in (True, False):  # presolve may leave open whether there is a solution
            found = milp(
                cost / scale,
                integrality=integrality,
                bounds=Bounds(low, high),
                constraints=constraints,
                options={"mip_rel_gap": 0.0, "presolve": presolve},
            )
            if found.status == 2 and "nbounded" not in found.message:
                return None
            if found.status == 0:
                break
        if found.x is None or found.status != 0:
            raise ConvergenceError(
                f"the integer programme ended without an answer: {found.message}", residual=math.nan
            )
        self.value = -float(found.fun) * scale
        return tuple(int(k) for k in np.flatnonzero(found.x[:count] > 0.5))


def gains_of(issues: Issues, i: int) -> list[Fraction]:
    return [row[i] for row in issues.gains]


def totals_of(issues: Issues) -> list[Fraction]:
    return [sum(row, Fraction(0)) for row in issues.gains]


def largest(
    issues: Issues,
    floors: Mapping[int, Fraction],
    *,
    waived: tuple[int, int] | None = None,
    side_payments: bool = False,
    forbidden: Iterable[Sequence[int]] = (),
    objective: Sequence[Fraction] | None = None,
) -> tuple[int, ...] | None:
    """Return a package of the largest total that keeps the floors exactly, or None.

    The solver keeps constraints to within a tolerance; a package that it lets pass and that
    misses a floor in exact arithmetic is ruled out, and the search goes on.
    """
    totals = totals_of(issues)
    aim = list(totals if objective is None else objective)
    program = Program(issues)
    columns = {i: gains_of(issues, i) for i in floors}
    if waived is not None and waived[1] in columns:
        columns[waived[1]][waived[0]] = Fraction(0)
    asked = [(columns[i], floor) for i, floor in floors.items()]
    if side_payments:
        asked = [(totals, sum(floors.values(), Fraction(0)))]
    for values, floor in asked:
        program.at_least(values, float(floor))
    for package in forbidden:
        program.forbid(package)
    while True:
        found = program.solve([float(v) for v in aim])
        if found is None:
            return None
        if all(sum((v[k] for k in found), Fraction(0)) >= floor for v, floor in asked):
            return found
        program.forbid(found)


def package_of(issues: Issues, chosen: Sequence[int]) -> Package:
    gains = issues.of(chosen)
    return Package(
        tuple(issues.names[k] for k in chosen),
        tuple(float(g) for g in gains),
        float(sum(gains, Fraction(0))),
    )


def infeasible(
    issues: Issues, floors: Mapping[int, Fraction], side_payments: bool
) -> InfeasibleError:
    if side_payments:
        most = largest(issues, {})
        value = float(sum(issues.of(most or ()), Fraction(0)))
        return InfeasibleError(
            f"no package is worth the floors together ({float(sum(floors.values())):g}); the most "
            f"that any brings is {value:g}. Lower the floors."
        )
    needed = dict(floors)
    for i in floors:  # leave out what is not needed to make it impossible
        fewer = {j: f for j, f in needed.items() if j != i}
        if largest(issues, fewer) is None:
            needed = fewer
    names = ", ".join(f"{issues.countries[i]} (floor {float(f):g})" for i, f in needed.items())
    if len(needed) == 1:
        (i,) = needed
        most = largest(issues, {}, objective=gains_of(issues, i)) or ()
        return InfeasibleError(
            f"no package gives {names} what it asks; the most it can get is "
            f"{float(issues.of(most)[i]):g}. Lower its floor."
        )
    return InfeasibleError(f"no package keeps these floors together: {names}. Lower one of them.")
