r"""Which portfolio: the best sum, the best that every member gains by, max–min, Nash; who blocks, who pays.

A portfolio P of m projects is a mask, bit k for project k. `PortfolioTable` holds for every one of them the
present value V_i(P) of each member's gains and what it costs, C(P). With payments t_i(P) that add up to C(P)
the net gain is N_i(P) = V_i(P) − t_i(P). Three regimes:

* fixed shares, t_i = s_i C: all gain where V_i ≥ s_i C for every i;
* shares by agreement, t_i ≥ 0: possible where every V_i ≥ 0 and Σ V_i ≥ C;
* side payments, t_i of any sign: possible where Σ V_i ≥ C, so that unanimity costs nothing.

The price of unanimity is the best sum less the best that all accept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array, Integers, Mask

SAME = 1e-9  # of the largest value: below, two portfolios are worth the same
ZERO = 1e-9  # of the largest value: a loss below it is rounding


@dataclass(frozen=True, slots=True)
class PortfolioTable:
    """Every portfolio.

    Attributes
    ----------
    members : tuple of p codes
    values : (2^m, p) array
        V_i(P), USD million.
    cost : (2^m,) array
        C(P): PV of building and upkeep.
    outlay : (2^m,) array
        What counts against the budget: cost of building.
    budget : float
    sizes : (p,) array
        GDP, USD million: what a member's gain is measured by.
    """

    members: tuple[str, ...]
    values: Array
    cost: Array
    outlay: Array
    budget: float
    sizes: Array

    @property
    def affordable(self) -> Mask:
        """Whether a portfolio is within the budget, (2^m,)."""
        return np.asarray(self.outlay <= self.budget * (1.0 + 1e-12))

    @property
    def total(self) -> Array:
        """Σ V_i − C, (2^m,)."""
        return np.asarray(self.values.sum(axis=1) - self.cost)

    @property
    def scale(self) -> float:
        """What rounding is measured by."""
        return float(max(np.abs(self.values).max(initial=0.0), self.cost.max(initial=0.0), 1e-300))

    def net(self, shares: Array, masks: Integers | slice | int = slice(None)) -> Array:
        """V_i − s_i C, (…, p)."""
        return np.asarray(self.values[masks] - np.multiply.outer(self.cost[masks], shares))


def additive(figures: Sequence[float]) -> Array:
    """Return Σ of what is in a portfolio for all of them, (2^m,).

    >>> additive([1.0, 10.0]).tolist()
    [0.0, 1.0, 10.0, 11.0]
    """
    sums = np.zeros(1)
    for figure in figures:
        sums = np.concatenate([sums, sums + figure])
    return sums


def best(goal: Array, allowed: Mask, scale: float) -> int | None:
    """Return the allowed portfolio with the largest goal; None where none is allowed.

    Of several within rounding the one with fewest projects, then the lowest mask.
    """
    where = np.flatnonzero(allowed)
    if not len(where):
        return None
    figures = goal[where]
    close = where[figures >= figures.max() - SAME * scale]
    return int(min(close.tolist(), key=lambda mask: (mask.bit_count(), mask)))


@dataclass(frozen=True, slots=True)
class Choice:
    """A portfolio chosen under an objective.

    Attributes
    ----------
    mask : int or None
        None where no portfolio fulfills the conditions.
    figure : float
        What was maximized.
    """

    objective: str
    mask: int | None
    figure: float


def choices(table: PortfolioTable, shares: Array, passing: Mask | None = None) -> dict[str, Choice]:
    """Return the best portfolio under each objective, payments by fixed shares (p,) where they matter.

    ``sum``; ``all_gain`` under the shares; ``agreed_shares`` and ``side_payments`` of the module's three
    regimes; ``max_min`` of the net gain in percent of GDP; ``nash``, the largest product of net gains
    that are all positive; ``decision``, the best sum among those that pass (2^m,).
    """
    within, total, scale = table.affordable, table.total, table.scale
    net = table.net(shares)
    floor = -ZERO * scale
    gain = within & np.all(net >= floor, axis=1)
    unhurt = within & np.all(table.values >= floor, axis=1) & (total >= floor)
    percent = 100.0 * (net / table.sizes).min(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        product = np.where(net > -floor, np.log(np.maximum(net, 1e-300)), -np.inf).sum(axis=1)
    made = {
        "sum": best(total, within, scale),
        "all_gain": best(total, gain, scale),
        "agreed_shares": best(total, unhurt, scale),
        "side_payments": best(total, within & (total >= floor), scale),
        "max_min": best(percent, within, float(np.abs(percent[within]).max(initial=0.0))),
        "nash": best(product, within & np.isfinite(product), 1.0),
    }
    goals = {"max_min": percent, "nash": product}
    if passing is not None:
        made["decision"] = best(total, within & passing, scale)
    return {
        name: Choice(
            name, mask, float(goals.get(name, total)[mask]) if mask is not None else float("nan")
        )
        for name, mask in made.items()
    }


def blockers(table: PortfolioTable, mask: int, shares: Array) -> dict[str, float]:
    """Return who would not sign a portfolio under fixed shares, and what each lacks, USD million."""
    net = table.net(shares, mask)
    return {
        member: float(-short)
        for member, short in zip(table.members, net, strict=True)
        if short < -ZERO * table.scale
    }


def price_of_vetoes(table: PortfolioTable, shares: Array) -> dict[str, float]:
    """Return by how much the best accepted sum rises where one member alone need not sign."""
    net, within, total = table.net(shares), table.affordable, table.total
    loses = net < -ZERO * table.scale
    count = loses.sum(axis=1)
    everybody = float(total[within & (count == 0)].max())  # nothing is always accepted
    return {
        member: float(total[within & (count - loses[:, k] == 0)].max()) - everybody
        for k, member in enumerate(table.members)
    }


def frontier(table: PortfolioTable, shares: Array) -> list[tuple[int, float, float]]:
    """Return portfolios that none beats in the sum and the worst-off: mask, sum, percent of GDP."""
    where = np.flatnonzero(table.affordable)
    total = table.total[where]
    worst = 100.0 * (table.net(shares, where) / table.sizes).min(axis=1)
    order = np.lexsort((where, -worst, -total))
    found: list[tuple[int, float, float]] = []
    highest = -np.inf
    for k in order.tolist():
        if worst[k] > highest:
            highest = float(worst[k])
            found.append((int(where[k]), float(total[k]), highest))
    return found


def by_benefit(table: PortfolioTable, mask: int) -> Array | None:
    """Return payments in proportion to gains, nothing from who loses, (p,); None where nobody gains."""
    gains = np.maximum(table.values[mask], 0.0)
    if gains.sum() <= 0:
        return None
    return np.asarray(table.cost[mask] * gains / gains.sum())


def coalition_values(table: PortfolioTable, hosts: Sequence[int]) -> tuple[Array, Integers]:
    """Return what each coalition of members can do by itself, (2^p,), and by which portfolio.

    v(S) = max Σ_{i∈S} V_i(Q) − C(Q) over portfolios Q within the budget whose hosts are all in S; never
    below 0. `hosts` are the members that host each project, as masks of members.
    """
    p, m = len(table.members), len(hosts)
    where = np.flatnonzero(table.affordable)
    needed = np.zeros(len(table.cost), np.int64)
    for k in range(m):
        needed |= np.where(np.arange(len(needed)) >> k & 1, hosts[k], 0)
    needed = needed[where]
    worth, by = np.zeros(1 << p), np.zeros(1 << p, np.int64)
    values, cost = table.values[where], table.cost[where]
    for coalition in range(1, 1 << p):
        inside = (coalition >> np.arange(p)) & 1
        net = np.where(needed & ~coalition == 0, values @ inside.astype(np.float64) - cost, -np.inf)
        at = int(np.argmax(net))
        if net[at] > 0:
            worth[coalition], by[coalition] = net[at], where[at]
    return worth, by


def winning(table: PortfolioTable, shares: Array, wins: NDArray[np.bool_]) -> Mask:
    """Whether those who do not lose win a vote, (2^m,); `wins` says so of every coalition, (2^p,)."""
    yes = table.net(shares) >= -ZERO * table.scale
    votes = yes @ (1 << np.arange(len(table.members)))
    return np.asarray(wins[votes])


def neighbors(mask: int, count: int) -> list[int]:
    """Return the portfolios with one project more or fewer."""
    return [mask ^ 1 << k for k in range(count)]


def identical(values: Mapping[int, Array], count: int) -> list[tuple[int, int]]:
    """Return pairs of projects of which the second adds nothing to the first, by their singles and pairs."""
    found = []
    for j in range(count):
        for k in range(j + 1, count):
            both, one, other = values[1 << j | 1 << k], values[1 << j], values[1 << k]
            size = max(float(np.abs(both).max()), 1e-300)
            if max(np.abs(both - one).max(), np.abs(both - other).max()) <= SAME * size:
                found.append((j, k))
    return found
