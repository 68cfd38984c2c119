"""Caliendo & Parro's model solved plainly: nested loops in numpy, written apart from winset.

As in the program that comes with the article: given wages, prices are iterated to a fixed point;
shares follow; spending of all economies and sectors solves one linear system of n J equations; wages
move by a damped step along each economy's excess of exports over imports. Nothing here is shared with
winset's solver: not the unknowns, not the equations that close it, not the linear algebra.

Arrays are [sector, exporter, importer], [sector, economy] and, for input coefficients, [economy,
supplying, using]. World value added is the numéraire.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from winset.worlds import World

DAMPING = 0.5  # of the step of wages; with high elasticities a smaller one is needed
MOST_ROUNDS, MOST_PRICES = 400, 10_000


@dataclass(frozen=True)
class Base:
    """What is known before: shares of spending, tariffs, parameters, value added, deficits."""

    share: np.ndarray
    tariff: np.ndarray
    theta: np.ndarray
    labor: np.ndarray
    inputs: np.ndarray
    final: np.ndarray
    value_added: np.ndarray
    deficit: np.ndarray


@dataclass(frozen=True)
class Found:
    """The equilibrium after: hats of wages and prices, the rest in levels."""

    wage: np.ndarray
    price: np.ndarray
    share: np.ndarray
    spending: np.ndarray
    income: np.ndarray
    rounds: int

    def index(self, base: Base) -> np.ndarray:
        """Consumer prices, a hat."""
        return np.asarray(np.exp((base.final * np.log(self.price)).sum(axis=0)))


def base_of(world: World) -> Base:
    """Take the tables of a world; consumption is what they leave, never negative."""
    technology = world.technology
    assert technology is not None
    assert technology.value_added is not None
    assert technology.inputs is not None
    trade, tariff = np.array(world.trade), np.array(world.tariff)
    theta = np.where(np.isnan(technology.elasticity), 1.0, technology.elasticity)
    output = trade.sum(axis=2)
    paid = trade * (1 + tariff)
    spending = paid.sum(axis=1)
    share = np.zeros_like(paid)
    for j in range(len(paid)):
        for n in range(len(world)):
            if spending[j, n] > 0:
                share[j, :, n] = paid[j, :, n] / spending[j, n]
            else:
                share[j, n, n] = 1.0
    labor, inputs = np.array(technology.value_added), np.array(technology.inputs)
    used = np.stack([inputs[n] @ output[:, n] for n in range(len(world))], axis=1)
    left = np.maximum(spending - used, 0.0)
    return Base(
        share=share,
        tariff=tariff,
        theta=theta,
        labor=labor,
        inputs=inputs,
        final=left / left.sum(axis=0),
        value_added=(labor * output).sum(axis=0),
        deficit=trade.sum(axis=(0, 1)) - output.sum(axis=0),
    )


def prices(base: Base, wage: np.ndarray, tariff: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Iterate prices given wages."""
    price = start
    toll = ((1 + tariff) / (1 + base.tariff)) ** -base.theta[:, None, None]
    kernel, theta = base.share * toll, base.theta[:, None]
    for _ in range(MOST_PRICES):
        reach = unit_cost(base, wage, price) ** -theta
        new = np.matmul(reach[:, None, :], kernel)[:, 0, :] ** (-1 / theta)
        gap = np.abs(new - price).max()
        price = new
        if gap < 1e-12:
            return np.asarray(price)
    raise AssertionError("prices did not settle")


def unit_cost(base: Base, wage: np.ndarray, price: np.ndarray) -> np.ndarray:
    """What a unit of every sector costs, given wages and the prices of inputs; a hat."""
    inputs = np.matmul(np.log(price).T[:, None, :], base.inputs)[:, 0, :].T
    return np.asarray(wage**base.labor * np.exp(inputs))


def expenditure(
    base: Base, share: np.ndarray, tariff: np.ndarray, earned: np.ndarray, deficit: np.ndarray
) -> np.ndarray:
    """Solve for spending: inputs of what is sold, and final use out of wages, tariffs, deficits."""
    count, n = base.labor.shape
    sold = share / (1 + tariff)  # of spending of the importer, what reaches the exporter
    system = np.eye(n * count)
    for i in range(n):
        rows = slice(i * count, (i + 1) * count)
        for m in range(n):
            columns = slice(m * count, (m + 1) * count)
            system[rows, columns] -= base.inputs[i] * sold[:, i, m]
            if m == i:
                revenue = (share[:, :, i] * tariff[:, :, i] / (1 + tariff[:, :, i])).sum(axis=1)
                system[rows, columns] -= np.outer(base.final[:, i], revenue)
    right = (base.final * (earned + deficit)).T.ravel()
    return np.asarray(np.linalg.solve(system, right).reshape(n, count).T)


def solve(
    base: Base,
    tariff: np.ndarray,
    deficit: np.ndarray,
    *,
    tolerance: float = 1e-11,
    damping: float = DAMPING,
) -> Found:
    """Move wages until every economy's trade balance is its deficit."""
    n = len(base.value_added)
    wage, price = np.ones(n), np.ones_like(base.labor)
    for k in range(MOST_ROUNDS):
        wage = wage * base.value_added.sum() / (wage * base.value_added).sum()
        price = prices(base, wage, tariff, price)
        cost = unit_cost(base, wage, price)
        toll = (1 + tariff) / (1 + base.tariff)
        share = base.share * (cost[:, :, None] * toll / price[:, None, :]) ** (
            -base.theta[:, None, None]
        )
        earned = wage * base.value_added
        spending = expenditure(base, share, tariff, earned, deficit)
        flows = share / (1 + tariff) * spending[:, None, :]
        excess = flows.sum(axis=(0, 2)) - flows.sum(axis=(0, 1)) + deficit
        if np.abs(excess / earned).max() < tolerance:
            revenue = (flows * tariff).sum(axis=(0, 1))
            return Found(wage, price, share, spending, earned + revenue + deficit, k)
        wage = wage * (1 + damping * excess / earned)
    raise AssertionError("wages did not settle")


def settled(
    base: Base, *, balanced: bool, tolerance: float = 1e-11, damping: float = DAMPING
) -> tuple[Base, Found]:
    """Return the equilibrium at unchanged tariffs as a base of its own, deficits zero if `balanced`."""
    deficit = 0.0 * base.deficit if balanced else base.deficit
    found = solve(base, base.tariff, deficit, tolerance=tolerance, damping=damping)
    after = replace(
        base,
        share=found.share,
        value_added=found.wage * base.value_added,
        deficit=deficit,
    )
    return after, found


def welfare_percent(
    world: World,
    tariff: np.ndarray,
    *,
    balanced: bool,
    tolerance: float = 1e-11,
    damping: float = DAMPING,
) -> np.ndarray:
    """Return the equivalent variation of new tariffs in percent of income, (n,)."""
    base, before = settled(base_of(world), balanced=balanced, tolerance=tolerance, damping=damping)
    after = solve(base, tariff, base.deficit, tolerance=tolerance, damping=damping)
    return np.asarray(100 * (after.income / before.income / after.index(base) - 1))
