r"""Welfare taken apart: exact parts, and the first-order sum that published tables print.

**Exact, by what moves it** (`sources`): with w_n = α_n (1 − Γ_n)^{-1}, the weight of each sector in
consumption directly and through inputs,

    ln Ŵ = Σ_k w^k (ln ĉ^k − ln P̂^k)          own-trade share: −Σ_k (w^k/θ_k) ln π̂_nn^k
         + Σ_k w^k (ln Â + ψ ln L̂)            productivity, scale
         + ln (1 + r' + g' + d')/(1 + r + d)  revenue of tariffs, of export taxes, transfers over labor income
         + rest                               what employment adds (zero when κ = 0)

**Exact, by what it is worth** (`path`): the integral, along the straight path of the tariffs, of

    d ln W = Σ_ij (E_ni^j d ln c_n^j − M_in^j d ln c_i^j)/I_n       terms of trade
           + Σ_ij t_in^j M_in^j (d ln M_in^j − d ln c_i^j)/I_n      volume of trade

and what is left: trade costs, productivity, transfers and employment. An export tax e is part of the price
at the border, c_i (1 + e_in) in place of c_i, and the volume of what an economy taxes counts for it as that
of imports does, by e/(1 + e) of the customs value. Parts in logarithms are scaled by (Ŵ − 1)/ln Ŵ, so that
they add up to the equivalent variation in percent.

**First order** (`first_order`): the same two terms once, at the initial tariffs and flows, with
the finite changes M̂ − 1 and ĉ − 1. It is no welfare change; Caliendo & Parro's tables print it.

Sources: Caliendo & Parro (2015), equations 15 and 16; Arkolakis, Costinot & Rodríguez-Clare (2012).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError
from winset.trade.effects.figures import Decomposition
from winset.trade.equilibrium import TOLERANCE
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors.derivatives import sector_equations
from winset.trade.models.many_sectors.equations import customs_value
from winset.trade.models.model import positive
from winset.trade.numerics import newton

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.scenario import Scenario
    from winset.trade.models.many_sectors.result import SectorResult
    from winset.trade.models.model import Shift
    from winset.trade.result import TradeResult
    from winset.worlds import World


STEPS = 8  # intervals of the path
ROUGHLY = 3e-5  # what half the intervals may miss, in logarithms
MOST_CHANGES = 5  # contributions take an equilibrium for every subset of the changes


def decompose(
    result: TradeResult, sectors: SectorResult, *, blocs: Mapping[str, Bloc] | None = None
) -> Decomposition:
    """Take the welfare of a run in a world with sectors apart.

    Raises
    ------
    ConvergenceError
        An equilibrium on the way was not found.
    """
    logs = np.log(result.welfare)
    scale = 100.0 * np.divide(
        result.welfare - 1.0, logs, out=np.ones_like(logs), where=np.abs(logs) > 1e-12
    )
    sources, path = _sources(sectors, logs), _path(sectors, result.world)
    path["other"] = logs - path["terms_of_trade"] - path["volume"]
    return Decomposition(
        codes=result.codes,
        welfare=100.0 * (result.welfare - 1.0),
        sources={key: part * scale for key, part in sources.items()},
        path={key: part * scale for key, part in path.items()},
        first_order={key: 100.0 * part for key, part in _first_order(sectors).items()},
        changes=by_change(result.world, result.scenario, result.welfare, blocs=blocs),
    )


def by_change(
    world: World,
    scenario: Scenario,
    welfare: Array,
    *,
    blocs: Mapping[str, Bloc] | None = None,
) -> tuple[Array, ...]:
    """Return the Shapley value of every change, in percent of welfare; they add up to Ŵ − 1.

    A change adds to a set of the others what welfare with it exceeds welfare without it; its
    contribution is the mean over all orders in which the changes may come.
    """
    from winset.trade.solver import solve

    count = len(scenario.changes)
    if not 2 <= count <= MOST_CHANGES:
        return ()
    players = range(count)
    value: dict[tuple[int, ...], Array] = {
        (): np.zeros_like(welfare),
        tuple(players): 100.0 * (welfare - 1.0),
    }
    for size in range(1, count):
        for subset in combinations(players, size):
            part = replace(scenario, changes=tuple(scenario.changes[k] for k in subset))
            value[subset] = 100.0 * (solve(world, part, blocs=blocs).welfare - 1.0)
    shares = []
    for k in players:
        total = np.zeros_like(welfare)
        for subset in value:
            if k not in subset:
                size = len(subset)
                weight = factorial(size) * factorial(count - size - 1) / factorial(count)
                total = total + weight * (value[tuple(sorted((*subset, k)))] - value[subset])
        shares.append(total)
    return tuple(shares)


def _sources(sectors: SectorResult, logs: Array) -> dict[str, Array]:
    base, before, after = sectors.calibrated.base, sectors.calibrated.initial, sectors.state
    eye = np.eye(len(base.labor))
    weight = np.linalg.solve(eye - base.inputs, base.final.T[:, :, None])[:, :, 0].T
    own = (weight * (after.cost - after.price)).sum(axis=0)
    reach = weight.sum(axis=0)
    productivity = reach * np.log(sectors.change.productivity)
    scale = reach * base.psi * np.log(after.labor)
    old = {"revenue": before.revenue, "transfers": before.deficit}
    new = {"revenue": after.revenue, "transfers": after.deficit}
    if (exported := after.export_revenue) is not None:
        old["export_tax"] = np.zeros_like(exported)
        new |= {"revenue": after.revenue - exported, "export_tax": exported}
    low = 1.0 + sum(old.values()) / before.value_added
    high = 1.0 + sum(new.values()) / after.value_added
    gap = high - low
    mean = np.divide(gap, np.log(high / low), out=low.copy(), where=np.abs(gap) > 1e-13)
    beside = {
        key: (new[key] / after.value_added - old[key] / before.value_added) / mean for key in new
    }
    return {
        "own_trade_share": own,
        "productivity": productivity,
        "scale": scale,
        **beside,
        "employment": logs - own - productivity - scale - sum(beside.values()),
    }


def _first_order(sectors: SectorResult) -> dict[str, Array]:
    base, before, after = sectors.calibrated.base, sectors.calibrated.initial, sectors.state
    flows, new = sectors.flows(), sectors.new_flows()
    growth = np.divide(new, flows, out=np.ones_like(flows), where=flows > 0) - 1.0
    cost = np.expm1(after.cost[: len(base.theta)])[:, :, None]
    if (levied := sectors.change.export_tax) is not None:
        cost = (1.0 + cost) * (1.0 + levied) - 1.0
    terms = _terms_of_trade(flows, cost) / before.income
    volume = (base.tariff * flows * (growth - cost)).sum(axis=(0, 1)) / before.income
    return {
        "welfare": terms + volume,
        "terms_of_trade": terms,
        "volume": volume,
        "real_wage": after.wage / after.consumer_price - 1.0,
    }


def _terms_of_trade(flows: Array, price: Array) -> Array:
    """Σ_ij (E_ni^j p_ni^j − M_in^j p_in^j), p by what prices at the border change; sales at home cancel."""
    worth = flows * price
    return np.asarray(worth.sum(axis=(0, 2)) - worth.sum(axis=(0, 1)))


def _path(sectors: SectorResult, world: World) -> dict[str, Array]:
    """Integrate both terms along the path, by interpolation at Chebyshev's points.

    Errors fall geometrically with the number of points: where halving them moves the result by
    more than `ROUGHLY`, there are twice as many.
    """
    known = {0.0: sectors.calibrated.initial, 1.0: sectors.state}
    coarse = _integrated(sectors, STEPS // 2, known, world)
    fine = _integrated(sectors, STEPS, known, world)
    if any(np.abs(fine[key] - coarse[key]).max() > ROUGHLY for key in fine):
        fine = _integrated(sectors, 2 * STEPS, known, world)
    return fine


def _integrated(
    sectors: SectorResult, steps: int, known: dict[float, hat.State], world: World
) -> dict[str, Array]:
    """Integrate over `steps` intervals; equilibria by part of the way are kept in `known`."""
    base, traded = sectors.calibrated.base, len(sectors.calibrated.base.theta)
    points, slopes, weights = chebyshev(steps)
    states, tariffs = [], []
    for point in points:
        part = round(float(point), 12)
        tariffs.append(base.tariff + part * (sectors.change.tariff - base.tariff))
        if part not in known:
            nearest = min(known, key=lambda other: abs(other - part))
            known[part] = _between(base, sectors.change, part, known[nearest], world)
        states.append(known[part])
    flows = np.array([customs_value(s, t) for s, t in zip(states, tariffs, strict=True)])
    costs = np.array([s.cost[:traded] for s in states])
    d_flows = np.tensordot(slopes, flows, axes=1)
    d_costs = np.tensordot(slopes, costs, axes=1)
    result = {"terms_of_trade": np.zeros(len(world)), "volume": np.zeros(len(world))}
    levied = sectors.change.export_tax
    for k, (state, tariff) in enumerate(zip(states, tariffs, strict=True)):
        d_price = d_costs[k][:, :, None]
        if levied is not None:
            d_price = d_price + levied / (1.0 + points[k] * levied)
        real = d_flows[k] - flows[k] * d_price
        result["terms_of_trade"] += weights[k] * _terms_of_trade(flows[k], d_price) / state.income
        volume = (tariff * real).sum(axis=(0, 1))
        if levied is not None:
            rate = points[k] * levied
            volume = volume + (rate / (1.0 + rate) * real).sum(axis=(0, 2))
        result["volume"] += weights[k] * volume / state.income
    return result


def _between(
    base: hat.Baseline,
    change: Shift,
    part: float,
    last: hat.State,
    world: World,
) -> hat.State:
    goal = hat.target(base, change, part)
    equations = sector_equations(base, goal, last)
    root = newton.solve(
        (equations.residual, equations.slope),
        last.x,
        valid=positive,
        tolerance=TOLERANCE,
        thrifty=True,
    )
    if not root.converged or root.state is None:
        raise ConvergenceError(
            f"no equilibrium {part:.0%} of the way to the scenario was found, which the "
            "decomposition needs. Try a smaller change.",
            residual=root.residual,
            economy=world.codes[root.worst % len(world)],
        )
    return root.state


def chebyshev(steps: int) -> tuple[Array, Array, Array]:
    """Return points of [0, 1], the matrix of derivatives there, and Clenshaw–Curtis weights."""
    k = np.arange(steps + 1)
    points = (1.0 - np.cos(np.pi * k / steps)) / 2.0
    powers = np.polynomial.chebyshev.chebvander(2.0 * points - 1.0, steps)
    inverse = np.linalg.inv(powers)
    derivative = np.polynomial.chebyshev.chebder(np.eye(steps + 1))
    derivative = np.vstack([derivative, np.zeros((1, steps + 1))])
    whole = np.where(k % 2 == 0, 1.0 / (1.0 - k.astype(float) ** 2 + (k == 1)), 0.0)
    return points, np.asarray(powers @ (2.0 * derivative) @ inverse), np.asarray(whole @ inverse)
