"""What holds a club: payoffs by the ordinary solver, deviations one by one, penalties and prices sought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.environment.abatement import Abated, abated
from winset.errors import ConvergenceError
from winset.studies.club_order import ClubOrder, levied
from winset.trade.coalitions import clubs, compute
from winset.trade.solver import solve_shock

if TYPE_CHECKING:
    from winset.numbers import Array, Mask
    from winset.worlds import World


TIE = 1e-9  # of income: nobody moves for less
STEPS = 20  # penalties that are tried from none to the highest
HIGHEST_TRIED = 1.0  # penalty
FINEST = 1e-4  # of a penalty that is sought
HIGHEST_PRICE = 1000.0  # USD a tonne that is tried
PRICE_STEP = 0.05


@dataclass(frozen=True, slots=True)
class Valued:
    """Payoffs of one club at a time."""

    problem: clubs.ClubProblem
    gas: Array
    policy: Abated
    damage: Array

    def of(self, gains: Array, labor: Array, inside: Mask) -> Array:
        """Equivalent variation and damages avoided, (n,)."""
        factor = np.where(inside, self.policy.emissions, 1.0) * labor
        return np.asarray(gains + ((1.0 - factor) @ self.gas) * self.damage)

    def exactly(self, problem: clubs.ClubProblem, club: int) -> Array:
        """Payoffs of a club in a problem like this one, solved by the ordinary solver, (n,)."""
        inside = problem.inside(np.array([club]))[0]
        gains, labor, _ = compute.exactly(problem.problem, inside, clubs.CLUB)
        return self.of(gains, labor, inside)


def tie_of(problem: clubs.ClubProblem) -> Array:
    """Return what counts as no gain: `TIE` of the income of each that chooses, USD million, (f,)."""
    return TIE * np.asarray(problem.problem.before.income)[list(problem.choosing)]


def verified(
    order: ClubOrder,
    problem: clubs.ClubProblem,
    world: World,
    valued: Valued,
    payoffs: Array,
    club: int,
    tie: Array,
) -> float:
    """Solve a club and every deviation anew with `winset.solve`; return the largest gap over income.

    Raises
    ------
    ConvergenceError
        Somebody gains by moving after all.
    """

    def anew(number: int) -> Array:
        inside = problem.inside(np.array([number]))[0]
        done = solve_shock(world, order.scenario, clubs.shock_of(problem, inside))
        return valued.of(done.equivalent_variation, done.after.labor, inside)

    income = problem.problem.before.income
    here = anew(club)
    gap = float((np.abs(here - payoffs[club]) / income).max())
    for k, place in enumerate(problem.choosing):
        there = anew(club ^ (1 << k))
        gap = max(gap, float((np.abs(there - payoffs[club ^ (1 << k)]) / income).max()))
        if there[place] - here[place] > tie[k]:
            raise ConvergenceError(
                f"a club is stable by a margin that rounding decides: {world.codes[place]} gains "
                f"{there[place] - here[place]:.3g} USD million by moving when both are solved anew.",
                residual=gap,
                economy=world.codes[place],
            )
    return gap


def holds(problem: clubs.ClubProblem, valued: Valued, club: int, tie: Array) -> bool:
    """Tell whether nobody gains by moving alone, all solved by the ordinary solver."""
    try:
        here = valued.exactly(problem, club)
        return all(
            valued.exactly(problem, club ^ (1 << k))[place] - here[place] <= tie[k]
            for k, place in enumerate(problem.choosing)
        )
    except ConvergenceError:
        return False


def dearest(
    order: ClubOrder,
    problem: clubs.ClubProblem,
    valued: Valued,
    intensity: Array,
    beta: Array,
    productivity: Array,
    tie: Array,
) -> float | None:
    """Return the highest carbon price at which the club of everybody holds, other things as ordered.

    Prices are tried from the highest, each a quarter below the one before, then halved between; None where
    none down to 1 USD a tonne holds, the highest where it holds there.
    """
    rules, club = order.rules, problem.count - 1

    def held(price: float) -> bool:
        policy = abated(
            price, intensity, value_added_share=beta,
            energy_share=rules.energy_share, elasticity=rules.energy_elasticity,
        )  # fmt: skip
        inner = replace(problem.problem, productivity=productivity * policy.resources**-beta)
        tried = replace(problem, problem=inner)
        return holds(tried, replace(valued, policy=policy), club, tie)

    high, low = None, HIGHEST_PRICE
    while not held(low):
        high, low = low, 0.75 * low
        if low < 1.0:
            return None
    while high is not None and high - low > PRICE_STEP:
        middle = (low + high) / 2.0
        low, high = (middle, high) if held(middle) else (low, middle)
    return low


def cheapest(problem: clubs.ClubProblem, valued: Valued, club: int, tie: Array) -> float | None:
    """Return the lowest penalty at which a club is Nash-stable; None where it is at none up to 100 %.

    Penalties are tried in steps of 5 % from zero, each club and deviation by the ordinary solver; between the
    first that holds and the one before, the border is halved down to 0.01 %. A window narrower than a step
    is missed.
    """
    world = problem.problem.world

    def held(penalty: float) -> bool:
        rates = levied(world, penalty) if penalty else None
        return holds(clubs.penalized(problem, rates), valued, club, tie)

    low = None
    for step in range(STEPS + 1):
        high = step * HIGHEST_TRIED / STEPS
        if held(high):
            break
        low = high
    else:
        return None
    if low is None:
        return 0.0
    while high - low > FINEST:
        middle = (low + high) / 2.0
        low, high = (low, middle) if held(middle) else (middle, high)
    return high
