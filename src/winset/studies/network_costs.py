"""Pair costs of a network in general equilibrium: from factors on trade costs to who gains and who loses."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.network.costs import cost_factors, pair_costs_of
from winset.network.graph import weigh
from winset.places.groups import Group
from winset.scenario import Parameters, Scenario, Shock
from winset.trade.solver import solve_shock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.network.graph import GraphLayout, WayTerms
    from winset.numbers import Array
    from winset.trade.result import TradeResult
    from winset.worlds import World


def shock_of(world: World, factor: Array, codes: tuple[str, ...] = ()) -> Shock:
    """Return what factors on trade costs, (n, n) or (J, n, n), change in a world; `codes` are whom it names.

    In a world with sectors factors (n, n) are of every traded sector.
    """
    tariff = (world.tariff if world.sectored else world.tariffs).copy()
    cost = np.ones_like(tariff)
    if world.sectored and factor.ndim == 2:
        traded = slice(None) if world.technology is None else world.technology.traded
        cost[traded] = factor
    else:
        cost[...] = factor
    return Shock(cost, tariff, np.ones(len(world)), Group(codes=codes or world.codes))


def in_equilibrium(
    world: World,
    factor: Array,
    *,
    title: str,
    codes: tuple[str, ...] = (),
    parameters: Parameters | None = None,
) -> TradeResult:
    """Solve for the equilibrium that factors on trade costs lead to, see `winset.trade.solve`.

    Raises
    ------
    ConvergenceError
        There is none to be found.
    """
    scenario = Scenario(
        title=title,
        changes=(),
        world=world.name,
        on=dt.date(world.year, 12, 31),
        parameters=parameters or Parameters(),
    )
    return solve_shock(world, scenario, shock_of(world, factor, codes))


def factors_between(
    base: GraphLayout,
    after: GraphLayout,
    world: World,
    terms: WayTerms,
    by_sector: Mapping[str, float] | None = None,
) -> Array:
    """Return d̂ from one network to another, (n, n); with a day's value by sector (J, n, n).

    Sectors that `by_sector` does not name have the value of `terms`; sectors that are not traded have 1.

    Raises
    ------
    DataError
        The world has no sectors, or not the one named.
    """
    if by_sector is None:
        return _factors(base, after, world, terms)
    if not world.sectored:
        raise DataError(f"values of a day by sector: world {world.name!r} has no sectors.")
    for name in by_sector:
        if name not in world.sectors:
            raise DataError(
                f"values of a day: no sector {name[:40]!r} in world {world.name!r}."
                f"{did_you_mean(name[:40], world.sectors)}"
            )
    found = np.ones_like(world.tariff)
    known: dict[float, Array] = {}
    for j, name in enumerate(world.sectors):
        value = by_sector.get(name, terms.value_of_day)
        if world.technology is None or world.technology.traded[j]:
            if value not in known:
                known[value] = _factors(base, after, world, replace(terms, value_of_day=value))
            found[j] = known[value]
    return found


def _factors(base: GraphLayout, after: GraphLayout, world: World, terms: WayTerms) -> Array:
    before, then = (pair_costs_of(weigh(layout, terms)) for layout in (base, after))
    return cost_factors(before, then, world.codes)
