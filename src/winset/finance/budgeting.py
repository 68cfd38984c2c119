r"""A budget, projects and what each voter has of them: which projects are bought, in exact fractions.

Equal shares. Every voter holds b/n. A project j that is not bought yet is ρ-affordable where

    Σ_i min(m_i, ρ u_ij) = c_j,

m_i being what is left to voter i. The project with the smallest ρ is bought, each voter paying
min(m_i, ρ u_ij), until none is affordable. Source: Peters, Pierczyński & Skowron (2021).

Most welfare. The set of the largest Σ_j Σ_i u_ij whose costs are within the budget: a knapsack, by the list
of undominated (cost, welfare) pairs (Nemhauser & Ullmann 1969, from general knowledge).

Greedy. Projects by welfare for a unit of cost, each bought if it still fits.

Phragmén, for approvals. Voters earn at the same pace; a project is bought by its supporters as soon as they
hold its cost together; the first that does not fit, or is tied with one, ends it (Los, Christoff & Grossi
2022, from general knowledge).

Ties go to the name that is first in the order of its letters, and every one is told. What nobody
wants is never bought.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_PAIRS = 2_000_000  # undominated pairs of cost and welfare that are kept
MOST_TIED = 100  # sets of the same welfare that are listed


@dataclass(frozen=True, slots=True)
class Ballots:
    """Projects and what voters have of them.

    Attributes
    ----------
    budget : Fraction
    costs : mapping of project to Fraction
    utilities : mapping of voter to mapping of project to Fraction
        u_ij > 0, or 0 where a project is approved that costs nothing and cost is what it is worth.
    measure : str
        What utilities are: ``cost`` or ``cardinality`` of what is approved, or ``utilities`` as given.
    """

    budget: Fraction
    costs: Mapping[str, Fraction]
    utilities: Mapping[str, Mapping[str, Fraction]]
    measure: str

    @property
    def wanted(self) -> list[str]:
        """Projects of which somebody has something and that fit into the budget, by name."""
        some = {project for has in self.utilities.values() for project in has}
        return sorted(project for project in some if self.costs[project] <= self.budget)

    def welfare(self, project: str) -> Fraction:
        """Σ_i u_ij."""
        return sum((has.get(project, Fraction(0)) for has in self.utilities.values()), Fraction(0))


@dataclass(frozen=True, slots=True)
class Purchase:
    """A project that was bought.

    Attributes
    ----------
    price : Fraction
        ρ of equal shares; welfare for a unit of cost of the greedy rule; the time of Phragmén's.
    payments : mapping of voter to Fraction
        Blank under the greedy rule.
    tied : tuple of str
        Projects that would have been bought as well, this one included; blank where it was alone.
    """

    project: str
    price: Fraction | None
    payments: Mapping[str, Fraction]
    tied: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the figures as numbers, and the exact price as a fraction."""
        return {
            "project": self.project,
            "price": None if self.price is None else float(self.price),
            "price_exact": None if self.price is None else str(self.price),
            "payments": {voter: float(paid) for voter, paid in self.payments.items() if paid},
            "tied": list(self.tied),
        }


def _choose(ranked: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the first name of the smallest figure, and all of that figure where there are several."""
    least = min(ranked.values())
    tied = tuple(sorted(name for name, figure in ranked.items() if figure == least))
    return tied[0], tied if len(tied) > 1 else ()


def price(
    cost: Fraction, utilities: Mapping[str, Fraction], left: Mapping[str, Fraction]
) -> Fraction | None:
    """Return the smallest ρ with Σ_i min(m_i, ρ u_i) = c; None where supporters do not hold the cost.

    >>> half, one = Fraction(1, 2), Fraction(1)
    >>> price(one, {"a": one, "b": one}, {"a": half, "b": half})
    Fraction(1, 2)
    """
    holders = sorted((left[voter] / u, voter) for voter, u in utilities.items())
    if sum((left[voter] for _, voter in holders), Fraction(0)) < cost:
        return None
    weight = sum(utilities.values(), Fraction(0))
    spent = Fraction(0)  # of those who give all that they have
    for most, voter in holders:
        rho = (cost - spent) / weight
        if rho <= most:
            return rho
        spent += left[voter]
        weight -= utilities[voter]
    return None  # only where there are no supporters


def equal_shares(ballots: Ballots) -> tuple[list[Purchase], dict[str, Fraction]]:
    """Return what is bought, in the order of the purchases, and what each voter has left."""
    share = ballots.budget / len(ballots.utilities)
    left = dict.fromkeys(ballots.utilities, share)
    supporters = {
        project: {v: has[project] for v, has in ballots.utilities.items() if project in has}
        for project in ballots.wanted
        if ballots.welfare(project) > 0
    }
    bought: list[Purchase] = []
    while True:
        prices = {}
        for project, who in supporters.items():
            rho = price(ballots.costs[project], who, left)
            if rho is not None:
                prices[project] = rho
        if not prices:
            return bought, left
        project, tied = _choose(prices)
        rho, who = prices[project], supporters.pop(project)
        paid = {voter: min(left[voter], rho * u) for voter, u in who.items()}
        for voter, sum_paid in paid.items():
            left[voter] -= sum_paid
        bought.append(Purchase(project, rho, paid, tied))


def greedy(ballots: Ballots) -> list[Purchase]:
    """Return what is bought by welfare for a unit of cost, each project as long as it fits."""
    left = ballots.budget
    bought: list[Purchase] = []
    densities: dict[str, tuple[int, Fraction]] = {}
    for project in ballots.wanted:
        cost, welfare = ballots.costs[project], ballots.welfare(project)
        densities[project] = (1, -welfare / cost) if cost else (0, -welfare)
    while densities := {p: d for p, d in densities.items() if ballots.costs[p] <= left}:
        project, tied = _choose(densities)
        paid, density = densities.pop(project)
        left -= ballots.costs[project]
        bought.append(Purchase(project, -density if paid else None, {}, tied))
    return bought


def phragmen(ballots: Ballots) -> list[Purchase]:
    """Return what is bought by voters who earn at the same pace; of utilities only who has any counts."""
    supporters = {
        project: [voter for voter, has in ballots.utilities.items() if project in has]
        for project in ballots.wanted
    }
    since = dict.fromkeys(ballots.utilities, Fraction(0))  # when each last paid
    left = ballots.budget
    bought: list[Purchase] = []
    while supporters:
        times = {
            project: (ballots.costs[project] + sum((since[voter] for voter in who), Fraction(0)))
            / len(who)
            for project, who in supporters.items()
        }
        project, tied = _choose(times)
        if any(ballots.costs[other] > left for other in (project, *tied)):
            return bought
        time, who = times[project], supporters.pop(project)
        bought.append(Purchase(project, time, {voter: time - since[voter] for voter in who}, tied))
        for voter in who:
            since[voter] = time
        left -= ballots.costs[project]
    return bought


def most_welfare(ballots: Ballots) -> tuple[tuple[str, ...], Fraction, list[tuple[str, ...]]]:
    """Return the set of the largest welfare, that welfare, and all sets that reach it.

    Of several sets that one is taken which has the first name in which two differ; at most `MOST_TIED` are
    listed.

    Raises
    ------
    DataError
        The undominated pairs of cost and welfare are too many.
    """
    names = ballots.wanted
    costs = [ballots.costs[name] for name in names]
    worths = [ballots.welfare(name) for name in names]
    fronts = [
        ([Fraction(0)], [Fraction(0)])
    ]  # of the last projects: costs and welfare, both rising
    for cost, worth in zip(reversed(costs), reversed(worths), strict=True):
        fronts.append(_with(fronts[-1], cost, worth, ballots.budget))
        if sum(len(front[0]) for front in fronts) > MOST_PAIRS:
            raise DataError(
                f"{len(names)} projects of such costs have too many sums to find the largest welfare "
                "exactly. Write costs in a coarser unit, or fewer projects."
            )
    fronts.reverse()

    def best(first: int, budget: Fraction) -> Fraction:
        sums, welfare = fronts[first]
        return welfare[bisect_right(sums, budget) - 1]

    def sets(first: int, budget: Fraction, taken: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if first == len(names):
            yield taken
            return
        goal = best(first, budget)
        with_it = budget - costs[first]
        if with_it >= 0 and worths[first] + best(first + 1, with_it) == goal:
            yield from sets(first + 1, with_it, (*taken, names[first]))
        if best(first + 1, budget) == goal:
            yield from sets(first + 1, budget, taken)

    found = []
    for chosen in sets(0, ballots.budget, ()):
        found.append(chosen)
        if len(found) == MOST_TIED:
            break
    return found[0], best(0, ballots.budget), found


Front = tuple[list[Fraction], list[Fraction]]


def _with(front: Front, cost: Fraction, worth: Fraction, budget: Fraction) -> Front:
    """Return the undominated pairs with or without one more project."""
    pairs = list(zip(*front, strict=True))
    more = [(c + cost, w + worth) for c, w in pairs if c + cost <= budget]
    sums: list[Fraction] = []
    worths: list[Fraction] = []
    for c, w in sorted(pairs + more, key=lambda pair: (pair[0], -pair[1])):
        if not worths or w > worths[-1]:
            sums.append(c)
            worths.append(w)
    return sums, worths


def bought(purchases: Sequence[Purchase]) -> list[str]:
    """Return the names of what was bought, in their order."""
    return sorted(purchase.project for purchase in purchases)
