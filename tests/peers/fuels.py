"""Many sectors with fuels, reserves and a carbon price, solved plainly: loops over quantities, one root.

Written apart from winset: unknown are the levels of wages, rents, prices, output and income, all at once;
firms demand quantities by the CES, of which all else follows; nothing is iterated inside.
Arrays are [sector, exporter, importer], [sector, economy] and, for inputs, [economy, supplying, using].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import root


@dataclass(frozen=True)
class World:
    """What is known before; every price is 1 then."""

    share: np.ndarray
    tariff: np.ndarray
    theta: np.ndarray
    labor: np.ndarray
    inputs: np.ndarray
    final: np.ndarray
    made: np.ndarray
    income: np.ndarray
    deficit: np.ndarray
    rent: np.ndarray
    fuels: list[int]
    substitution: float
    burnt: np.ndarray
    other: np.ndarray
    homes: np.ndarray


def solve(world: World, tariff: np.ndarray, price: np.ndarray) -> dict[str, np.ndarray]:
    """Return wages, prices, output, income and CO2 at new tariffs and carbon prices."""
    count, n = world.made.shape
    traded = len(world.theta)
    scarce = [j for j in range(count) if world.rent[j].any()]
    sizes = [n, len(scarce) * n, count * n, count * n, n]
    labor = ((world.labor - world.rent) * world.made).sum(axis=0)
    whole = (world.labor * world.made).sum()

    def unpack(z: np.ndarray) -> list[np.ndarray]:
        parts = np.split(np.exp(z), np.cumsum(sizes)[:-1])
        rents = np.ones((count, n))
        rents[scarce] = parts[1].reshape(len(scarce), n)
        return [
            parts[0],
            rents,
            *(p.reshape(count, n) for p in parts[2:4]),
            parts[4] * world.income,
        ]

    def firm(w: float, r: float, p: np.ndarray, j: int, i: int, tax: float) -> dict[str, Any]:
        """Demands of a firm for a unit of output, and what it costs with the tax on what it emits."""
        rho, sigma = world.rent[j, i], world.substitution
        a = [world.inputs[i, k, j] for k in world.fuels]
        energy = sum(a)
        rest = 1.0 - rho - energy
        dirty = tax * world.burnt[j, i] / (energy * world.made[j, i]) if energy > 0 else 0.0
        fuel = np.prod(
            [(p[k] + dirty) ** (x / energy) for k, x in zip(world.fuels, a, strict=True)]
        )
        plain = [k for k in range(count) if k not in world.fuels]
        m = w ** ((world.labor[j, i] - rho) / rest)
        for k in plain:
            m *= p[k] ** (world.inputs[i, k, j] / rest)
        q = 1.0 - rho
        if sigma == 1.0:
            b = m ** (rest / q) * fuel ** (energy / q)
        else:
            b = (rest / q * m ** (1 - sigma) + energy / q * fuel ** (1 - sigma)) ** (
                1 / (1 - sigma)
            )
        cost = b**q * r**rho
        of_b = cost * q / b  # units of the bundle
        units_m, units_e = (of_b * x / q * (b / y) ** sigma for x, y in ((rest, m), (energy, fuel)))
        use = np.zeros(count)
        for k in plain:
            use[k] = units_m * m * (world.inputs[i, k, j] / rest) / p[k]
        for k, x in zip(world.fuels, a, strict=True):
            use[k] = units_e * fuel * (x / energy) / (p[k] + dirty)
        work = units_m * m * (world.labor[j, i] - rho) / rest / w
        tonnes = world.other[j, i] / world.made[j, i]
        if energy > 0:
            burnt = (
                sum(use[k] for k in world.fuels) / energy
            )  # every fuel in proportion to its value
            tonnes += burnt * world.burnt[j, i] / world.made[j, i]
        extra = tax * world.other[j, i] / world.made[j, i]
        return {
            "price": cost + extra,
            "use": use,
            "work": work,
            "reserve": cost * rho / r,
            "co2": tonnes,
        }

    def home(p: np.ndarray, i: int, tax: float, income: float) -> tuple[np.ndarray, float, float]:
        """Quantities, CO2 and price index."""
        bought = sum(world.final[k, i] for k in world.fuels) * world.income[i]
        dirty = np.zeros(count)
        if bought > 0:
            dirty[world.fuels] = tax * world.homes[i] / bought
        use = world.final[:, i] * income / (p + dirty)
        burnt = sum(use[k] for k in world.fuels) / bought if bought > 0 else 0.0
        return use, burnt * world.homes[i], float(np.prod((p + dirty) ** world.final[:, i]))

    def tables(z: np.ndarray) -> dict[str, Any]:
        w, r, p, volume, income = unpack(z)
        gates, firms = np.ones((count, n)), {}
        for i in range(n):
            for j in range(count):
                firms[j, i] = firm(w[i], r[j, i], p[:, i], j, i, price[j, i])
                gates[j, i] = firms[j, i]["price"]
        factor = (1 + tariff) / (1 + world.tariff)
        index, sold = gates.copy(), np.zeros((count, n, n))
        for j in range(traded):
            for m in range(n):
                terms = [
                    world.share[j, i, m] * (gates[j, i] * factor[j, i, m]) ** -world.theta[j]
                    for i in range(n)
                ]
                index[j, m] = sum(terms) ** (-1 / world.theta[j])
        use = np.zeros((count, n))
        co2, homes, living = np.zeros((count, n)), np.zeros(n), np.ones(n)
        for i in range(n):
            at_home, homes[i], living[i] = home(p[:, i], i, price[-1, i], income[i])
            use[:, i] += at_home
            for j in range(count):
                use[:, i] += firms[j, i]["use"] * world.made[j, i] * volume[j, i]
                co2[j, i] = firms[j, i]["co2"] * world.made[j, i] * volume[j, i]
        spent, duty = use * p, np.zeros(n)
        for m in range(n):
            for j in range(count):
                if j >= traded:
                    sold[j, m, m] = spent[j, m]
                    continue
                for i in range(n):
                    part = (
                        world.share[j, i, m]
                        * (gates[j, i] * factor[j, i, m] / index[j, m]) ** -world.theta[j]
                        * spent[j, m]
                    )
                    sold[j, i, m] = part / (1 + tariff[j, i, m])
                    duty[m] += part - sold[j, i, m]
        return {"w": w, "r": r, "p": p, "volume": volume, "income": income, "gates": gates, "index": index,
                "sold": sold, "duty": duty, "co2": co2, "homes": homes, "living": living,
                "firms": firms}  # fmt: skip

    def miss(z: np.ndarray) -> np.ndarray:
        t = tables(z)
        work, reserve = np.zeros(n), np.ones((count, n))
        for (j, i), one in t["firms"].items():
            work[i] += one["work"] * world.made[j, i] * t["volume"][j, i]
            if world.rent[j, i] > 0:
                reserve[j, i] = one["reserve"] * t["volume"][j, i] / world.rent[j, i]
        added = labor * t["w"] + (world.rent * world.made * t["r"]).sum(axis=0)
        level = added.sum() / whole
        taxes = (price[:-1] * t["co2"]).sum(axis=0) + price[-1] * t["homes"]
        means = added + t["duty"] + taxes + world.deficit * level
        worth = world.made * t["volume"] * t["gates"]
        return np.concatenate([
            work / labor - 1 + (level - 1), (reserve - 1)[scarce].ravel(),
            np.log(t["p"] / t["index"]).ravel(),
            ((t["sold"].sum(axis=2) - worth) / world.made).ravel(), (t["income"] - means) / world.income,
        ])  # fmt: skip

    found = root(miss, np.zeros(sum(sizes)), method="hybr", options={"xtol": 1e-14})
    assert np.abs(miss(found.x)).max() < 1e-10, found.message
    return tables(found.x)
