"""Many sectors with tariffs and export taxes, solved plainly: loops over quantities in levels, one root.

Written apart from winset: unknown are the levels of wages, prices, output and income, all at once; buyers
demand quantities by the CES at the prices that they pay, and what each border takes is counted there.
Arrays are [sector, exporter, importer], [sector, economy] and, for inputs, [economy, supplying, using].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import root


@dataclass(frozen=True)
class World:
    """What is known before; every price at the factory is 1 then, and no exports are taxed."""

    bought: np.ndarray  # quantities of traded sectors, [sector, exporter, importer]
    tariff: np.ndarray
    theta: np.ndarray
    labor: np.ndarray
    inputs: np.ndarray
    final: np.ndarray
    spent: np.ndarray
    income: np.ndarray
    wages: np.ndarray
    deficit: np.ndarray


def solve(
    world: World, cost: np.ndarray, tariff: np.ndarray, tax: np.ndarray
) -> dict[str, np.ndarray]:
    """Return wages, prices, incomes, border values and both revenues at new costs, tariffs and taxes.

    World value added is the numéraire and deficits are what they were.
    """
    count, n = world.labor.shape
    traded = len(world.theta)
    made = world.spent.copy()
    made[:traded] = world.bought.sum(axis=2)
    sizes = [n, count * n, count * n, n]

    def unpack(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        w, p, y, income = np.split(np.exp(z), np.cumsum(sizes)[:-1])
        return w, p.reshape(count, n), y.reshape(count, n) * made, income * world.income

    def settle(z: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        w, p, y, income = unpack(z)
        gate = np.ones((count, n))
        for j in range(count):
            for i in range(n):
                gate[j, i] = w[i] ** world.labor[j, i]
                for k in range(count):
                    gate[j, i] *= p[k, i] ** world.inputs[i, k, j]
        composite = np.zeros((count, n))
        for k in range(count):
            for i in range(n):
                need = sum(world.inputs[i, k, j] * gate[j, i] * y[j, i] for j in range(count))
                composite[k, i] = (need + world.final[k, i] * income[i]) / p[k, i]
        price_gap, sold = np.zeros((count, n)), np.zeros((count, n))
        border, import_duty, export_duty = np.zeros((n, n)), np.zeros(n), np.zeros(n)
        for j in range(count):
            for m in range(n):
                if j >= traded:
                    price_gap[j, m] = np.log(p[j, m] / gate[j, m])
                    sold[j, m] = composite[j, m]
                    continue
                paid = 0.0
                for i in range(n):
                    if not world.bought[j, i, m]:
                        continue
                    price = gate[j, i] * cost[j, i, m] * (1 + tax[j, i, m]) * (1 + tariff[j, i, m])
                    relative = price / (1 + world.tariff[j, i, m]) / p[j, m]
                    arrived = world.bought[j, i, m] * relative ** -(1 + world.theta[j])
                    arrived *= composite[j, m] / world.spent[j, m]
                    sent = arrived * cost[j, i, m]  # what melts is made too
                    sold[j, i] += sent
                    at_border = gate[j, i] * sent * (1 + tax[j, i, m])
                    border[i, m] += at_border
                    export_duty[i] += gate[j, i] * sent * tax[j, i, m]
                    import_duty[m] += at_border * tariff[j, i, m]
                    paid += at_border * (1 + tariff[j, i, m])
                price_gap[j, m] = np.log(paid / (p[j, m] * composite[j, m]))
        earned = w * world.wages
        labor_gap = (world.labor * gate * y).sum(axis=0) / earned - 1.0
        labor_gap[-1] = earned.sum() / world.wages.sum() - 1.0  # one market clears by Walras' law
        income_gap = (earned + import_duty + export_duty + world.deficit) / income - 1.0
        gaps = [labor_gap, price_gap.ravel(), (sold / y - 1.0).ravel(), income_gap]
        return np.concatenate(gaps), {
            "wage": w,
            "price": p,
            "income": income,
            "border": border,
            "tariffs": import_duty,
            "taxes": export_duty,
        }

    found = root(
        lambda z: settle(z)[0], np.zeros(sum(sizes)), method="hybr", options={"xtol": 1e-13}
    )
    gaps, there = settle(found.x)
    assert np.abs(gaps).max() < 1e-10, found.message
    return there
