"""Package deals: which issues to bundle so that everybody can sign."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from winset.governance.packages.bargains import bargaining
from winset.governance.packages.integer_program import (
    Package,
    infeasible,
    largest,
    package_of,
    totals_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.governance.packages.issues import Issues

#: Equally good packages beyond this number are not listed.
MOST_TIES = 100


@dataclass(frozen=True, slots=True)
class Veto:
    """What the floor of one country costs: the total without it, less the total with it."""

    country: str
    cost: float
    package: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concession:
    """A country does not count one loss against its floor, and the total rises by `rise`."""

    country: str
    issue: str
    loss: float
    rise: float
    package: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deal:
    """The best packages and what stands in the way of better ones.

    Attributes
    ----------
    issues : Issues
    optimal : tuple of Package
        All packages with the largest total, to `MOST_TIES`.
    payments : tuple of float | None
        With side payments: what each country receives in the first optimal package, so that all
        stand equally far above their floors.
    frontier : tuple of Package
        Every combination of total and worst gain that no admissible package betters in both;
        from the largest total on. Floors are not asked here.
    bargains : mapping of name to Package or None
        ``nash``, ``kalai_smorodinsky``, ``egalitarian``.
    vetoes : tuple of Veto
        Floors that cost something, the costliest first.
    concession : Concession | None
        The single one that raises the total most.
    alone : tuple of names
        Issues that would pass one by one: each keeps every floor without the others.
    """

    issues: Issues
    optimal: tuple[Package, ...]
    payments: tuple[float, ...] | None
    frontier: tuple[Package, ...]
    bargains: Mapping[str, Package | None]
    vetoes: tuple[Veto, ...]
    concession: Concession | None
    alone: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the documented JSON."""
        countries = self.issues.countries
        best = self.optimal[0]
        after = best.gains
        if self.payments is not None:
            after = tuple(g + p for g, p in zip(best.gains, self.payments, strict=True))
        payload: dict[str, Any] = {
            "package": list(best.issues),
            "total": best.total,
            "gains": dict(zip(countries, after, strict=True)),
            "optimal_packages": [list(package.issues) for package in self.optimal],
            "frontier": [_point(countries, package) for package in self.frontier],
            "bargains": {
                name: None if package is None else _point(countries, package)
                for name, package in self.bargains.items()
            },
            "vetoes": [
                {"country": v.country, "cost": v.cost, "package": list(v.package)}
                for v in self.vetoes
            ],
            "concession": None,
            "passing_alone": list(self.alone),
        }
        if self.concession is not None:
            c = self.concession
            payload["concession"] = {
                "country": c.country,
                "issue": c.issue,
                "loss": c.loss,
                "rise": c.rise,
                "package": list(c.package),
            }
        if self.payments is not None:
            payload["payments"] = dict(zip(countries, self.payments, strict=True))
        return payload


def _point(countries: Sequence[str], package: Package) -> dict[str, Any]:
    return {
        "package": list(package.issues),
        "total": package.total,
        "worst": package.worst,
        "gains": dict(zip(countries, package.gains, strict=True)),
    }


def deal(issues: Issues, *, side_payments: bool = False) -> Deal:
    """Return the packages of the largest total gain that keep every floor, and their rivals.

    max Σ_k x_k Σ_i g_ki subject to Σ_k x_k g_ki ≥ floor_i for every country i (with side
    payments: Σ_i Σ_k x_k g_ki ≥ Σ_i floor_i), `exclude` and `need`, x binary.

    Raises
    ------
    InfeasibleError
        No package keeps the floors; names the countries whose floors cannot hold together.
    """
    floors = dict(enumerate(issues.floors))
    first = largest(issues, floors, side_payments=side_payments)
    if first is None:
        raise infeasible(issues, floors, side_payments)
    totals = totals_of(issues)
    ties = _ties(issues, floors, first, side_payments)
    optimal = tuple(package_of(issues, chosen) for chosen in ties)
    best = sum((totals[k] for k in ties[0]), Fraction(0))
    payments = None
    bargains: dict[str, Package | None]
    if side_payments:
        gains = issues.of(ties[0])
        each = (best - sum(issues.floors, Fraction(0))) / len(issues.countries)
        owed = [f + each - g for f, g in zip(issues.floors, gains, strict=True)]
        payments = tuple(float(x) for x in owed)
        after = tuple(float(f + each) for f in issues.floors)
        # with transferable gains the three coincide: the surplus over the floors in equal parts
        shared = Package(optimal[0].issues, after, float(best))
        bargains = {"nash": shared, "kalai_smorodinsky": shared, "egalitarian": shared}
    else:
        bargains = bargaining(issues)
    return Deal(
        issues,
        optimal,
        payments,
        frontier(issues),
        bargains,
        () if side_payments else vetoes(issues, best),
        None if side_payments else best_concession(issues, best),
        _passing_alone(issues),
    )


def _passing_alone(issues: Issues) -> tuple[str, ...]:
    def passes(k: int) -> bool:
        kept = zip(issues.gains[k], issues.floors, strict=True)
        return issues.admits([k]) and all(gain >= floor for gain, floor in kept)

    return tuple(name for k, name in enumerate(issues.names) if passes(k))


def _ties(
    issues: Issues, floors: Mapping[int, Fraction], first: tuple[int, ...], side_payments: bool
) -> list[tuple[int, ...]]:
    """Return all packages as good as the first, smaller ones first."""
    totals = totals_of(issues)
    best = sum((totals[k] for k in first), Fraction(0))
    found = [first]
    while len(found) < MOST_TIES:
        other = largest(issues, floors, side_payments=side_payments, forbidden=found)
        if other is None:
            break
        value = sum((totals[k] for k in other), Fraction(0))
        if value < best:
            break
        if value > best:  # the solver's gap hid it
            best, found = value, []
        found.append(other)
    return sorted(found, key=lambda chosen: (len(chosen), chosen))


def vetoes(issues: Issues, best: Fraction | None = None) -> tuple[Veto, ...]:
    """Return what each country's floor costs the others, the costliest first."""
    floors = dict(enumerate(issues.floors))
    if best is None:
        best = sum(issues.of(largest(issues, floors) or ()), Fraction(0))
    result = []
    for i in floors:
        without = largest(issues, {j: f for j, f in floors.items() if j != i})
        assert without is not None
        cost = sum(issues.of(without), Fraction(0)) - best
        if cost > 0:
            names = tuple(issues.names[k] for k in without)
            result.append(Veto(issues.countries[i], float(cost), names))
    return tuple(sorted(result, key=lambda veto: (-veto.cost, veto.country)))


def best_concession(issues: Issues, best: Fraction | None = None) -> Concession | None:
    """Return the loss that, not counted against its country's floor, raises the total most."""
    floors = dict(enumerate(issues.floors))
    if best is None:
        best = sum(issues.of(largest(issues, floors) or ()), Fraction(0))
    found: tuple[Fraction, int, int, tuple[int, ...]] | None = None
    for i in floors:
        for k in range(len(issues.names)):
            if issues.gains[k][i] >= 0:
                continue
            chosen = largest(issues, floors, waived=(k, i))
            assert chosen is not None
            rise = sum(issues.of(chosen), Fraction(0)) - best
            if rise > 0 and (found is None or rise > found[0]):
                found = (rise, k, i, chosen)
    if found is None:
        return None
    rise, k, i, chosen = found
    return Concession(
        issues.countries[i],
        issues.names[k],
        float(issues.gains[k][i]),
        float(rise),
        tuple(issues.names[j] for j in chosen),
    )


def frontier(issues: Issues) -> tuple[Package, ...]:
    """Return every pair of total and worst gain that no admissible package betters in both.

    By the ε-constraint method (Haimes, Lasdon & Wismer 1971): the largest total with a worst gain
    above that of the last point, then the best worst gain with that total. Floors are not asked.
    """
    points: list[tuple[int, ...]] = []
    unit = Fraction(1, math.lcm(*(g.denominator for row in issues.gains for g in row)))
    totals = totals_of(issues)
    above: Fraction | None = None
    while True:
        n = len(issues.countries)
        floors = {} if above is None else dict.fromkeys(range(n), above + unit)
        found = largest(issues, floors)
        if found is None:
            return tuple(package_of(issues, chosen) for chosen in points)
        best = sum((totals[k] for k in found), Fraction(0))
        while True:  # as good in total, better for the worst off
            worst = min(issues.of(found))
            better = _largest_of_total(issues, best, worst + unit)
            if better is None:
                break
            found = better
        points.append(found)
        above = min(issues.of(found))


def _largest_of_total(issues: Issues, total: Fraction, floor: Fraction) -> tuple[int, ...] | None:
    chosen = largest(issues, dict.fromkeys(range(len(issues.countries)), floor))
    if chosen is None or sum(issues.of(chosen), Fraction(0)) < total:
        return None
    return chosen
