"""Bargaining solutions over the packages that keep every floor."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from winset.governance.packages.integer_program import (
    Program,
    gains_of,
    infeasible,
    largest,
    package_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.governance.packages.integer_program import Package
    from winset.governance.packages.issues import Issues


def bargaining(issues: Issues) -> dict[str, Package | None]:
    """Return three bargaining solutions over the packages that keep every floor.

    With u_i the gain above the floor, and b_i the most that i gets in any such package:

    * ``nash``: max Π u_i (Nash 1950); None when no package leaves all who can gain above 0;
    * ``kalai_smorodinsky``: max min u_i/b_i, then Σ u_i/b_i (Kalai & Smorodinsky 1975);
    * ``egalitarian``: max min u_i, then Σ u_i (Kalai 1977).

    Packages are whole: there are no lotteries. Countries with b_i = 0 are left out of product and
    minimum.

    Raises
    ------
    InfeasibleError
        No package keeps the floors.
    """
    floors = dict(enumerate(issues.floors))
    if largest(issues, floors) is None:
        raise infeasible(issues, floors, side_payments=False)
    ideal = {}
    for i in floors:
        chosen = largest(issues, floors, objective=gains_of(issues, i))
        assert chosen is not None
        ideal[i] = issues.of(chosen)[i] - issues.floors[i]
    gaining = {i: b for i, b in ideal.items() if b > 0}
    if not gaining:
        nothing = package_of(issues, largest(issues, floors) or ())
        return dict.fromkeys(("nash", "kalai_smorodinsky", "egalitarian"), nothing)
    nash = _nash(issues, floors, gaining)
    return {
        "nash": None if nash is None else package_of(issues, nash),
        "kalai_smorodinsky": package_of(issues, _evenly(issues, floors, gaining, 1.0)),
        "egalitarian": package_of(
            issues,
            _evenly(
                issues,
                floors,
                dict.fromkeys(gaining, Fraction(1)),
                float(max(gaining.values())),
            ),
        ),
    }


def _evenly(
    issues: Issues, floors: Mapping[int, Fraction], unit: Mapping[int, Fraction], most: float
) -> tuple[int, ...]:
    """Maximize the least u_i/unit_i, then their sum; exactly, by raising the floors."""

    def least(chosen: Sequence[int]) -> Fraction:
        gains = issues.of(chosen)
        return min((gains[i] - issues.floors[i]) / unit[i] for i in unit)

    objective = [sum((row[i] / unit[i] for i in unit), Fraction(0)) for row in issues.gains]
    # nobody's share exceeds the largest; said to the solver, which drops coefficients below 1e-9
    program = Program(issues, extra=1, most=most)
    for i, floor in floors.items():
        program.at_least(gains_of(issues, i), float(floor))
        if i in unit:
            values = [g / unit[i] for g in gains_of(issues, i)]
            program.at_least(values, float(floor / unit[i]), [-1.0])
    best: tuple[int, ...] | None = None
    while best is None:
        found = program.solve([0.0] * len(issues.names), [1.0])
        assert found is not None
        gains = issues.of(found)
        if all(gains[i] >= floor for i, floor in floors.items()):
            best = found
        program.forbid(found)
    while True:
        level = least(best)
        raised = {
            i: issues.floors[i] + level * unit[i] if i in unit else floor
            for i, floor in floors.items()
        }
        chosen = largest(issues, raised, objective=objective)
        assert chosen is not None
        if least(chosen) <= level:
            return chosen
        best = chosen


def _nash(
    issues: Issues, floors: Mapping[int, Fraction], gaining: Mapping[int, Fraction]
) -> tuple[int, ...] | None:
    """Maximize Σ log u_i by tangents: log u ≤ log a + (u − a)/a, a new one at every package met."""
    who = list(gaining)
    program = Program(issues, extra=len(who), most=0.0)  # log of a share of the best possible
    scaled = {i: [g / gaining[i] for g in gains_of(issues, i)] for i in who}

    def tangent(place: int, at: float) -> None:
        i = who[place]
        row = [0.0] * len(who)
        row[place] = -1.0
        offset = math.log(at) - 1.0 - float(issues.floors[i] / gaining[i]) / at
        program.at_least([g / Fraction(at) for g in scaled[i]], -offset, row)

    for i, floor in floors.items():
        program.at_least(gains_of(issues, i), float(floor))
    for place in range(len(who)):
        for at in (1.0, 0.1, 0.001):
            tangent(place, at)
    best: tuple[int, ...] | None = None
    value = -math.inf
    while True:
        found = program.solve([0.0] * len(issues.names), [1.0] * len(who))
        # every package met is ruled out: what is left cannot exceed the tangents' optimum
        if found is None or program.value <= value - 1e-9:
            return best
        gains = issues.of(found)
        shares = [(gains[i] - issues.floors[i]) / gaining[i] for i in who]
        kept = all(gains[i] >= floor for i, floor in floors.items())
        if kept and min(shares) > 0:
            reached = math.fsum(math.log(s) for s in shares)
            if reached > value + 1e-12:
                best, value = found, reached
            for place, share in enumerate(shares):
                tangent(place, float(share))
        program.forbid(found)
