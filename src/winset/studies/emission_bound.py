r"""A scenario whose emissions are not above a bound: how much of it, or what carbon price, keeps it.

With E(z) the CO2 that counts and Ē the bound, the largest part λ of a change is sought with E(λ) = Ē, or the
lowest price τ that those who pay need beside the whole change, E(τ) = Ē, by Brent's method between a point
that keeps the bound and one that does not. Of a part λ costs and productivities move by d̂^λ,
tariffs along a line.

The shadow price is what one more tonne would be worth, by differences around z,

    μ = dW/dĒ = [W(z + h) − W(z − h)] / [E(z + h) − E(z − h)],

W being the sum of equivalent variations, of the world or of the members: USD million for a million tonnes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, InfeasibleError
from winset.scenario.changes import Joining, Tariff
from winset.scenario.pairs import group_in
from winset.studies.run_emissions import emitted
from winset.trade.solver import solve_shock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array, Mask
    from winset.places.blocs import Bloc
    from winset.scenario import Constraint, Scenario, Shock
    from winset.studies.run_emissions import RunEmissions
    from winset.trade import TradeResult
    from winset.worlds import World

KEPT = 1e-9  # of the CO2 that counts: by less than this a bound is not exceeded
LEAST = 0.01  # of a change: where this already exceeds the bound, no part of it keeps it
FIRST, DEAREST = 10.0, 2000.0  # USD a tonne: what is tried first, and last
NEAR = 0.01  # of a size or price: how far from it the shadow price looks


@dataclass(frozen=True, slots=True)
class EmissionBound:
    """What keeps a bound.

    Attributes
    ----------
    constraint : Constraint
    bound, without, after : float
        Million tonnes: the bound, what the scenario would emit without it, and what it does with it.
    size : float
        The part of the change that is made; 1 where a carbon price keeps the bound.
    price : float
        USD a tonne, 0 where the size does.
    payers : tuple of codes
        Who pays it.
    shadow, shadow_members : float
        What a tonne more would be worth to the world and to the members, USD; 0 where it does not bind.
    tried : int
        Equilibria that were solved.
    """

    constraint: Constraint
    bound: float
    without: float
    after: float
    size: float
    price: float
    payers: tuple[str, ...]
    shadow: float
    shadow_members: float
    tried: int

    @property
    def binding(self) -> bool:
        """Whether the scenario would exceed it."""
        return self.without > self.bound * (1.0 + KEPT)

    def to_json(self) -> dict[str, Any]:
        """Return ``constraint`` of ``winset run --json``."""
        return {
            **self.constraint.given(),
            "binding": self.binding,
            "bound_mt": self.bound,
            "without_mt": self.without,
            "after_mt": self.after,
            "size": self.size,
            "carbon_price_usd": self.price,
            "payers": list(self.payers),
            "shadow_price_usd": self.shadow,
            "shadow_price_members_usd": self.shadow_members,
            "equilibria": self.tried,
        }


@dataclass(frozen=True, slots=True)
class _Tried:
    """One equilibrium on the way: the CO2 that counts, in excess of the bound, and gains."""

    result: TradeResult
    excess: float
    world: float
    members: float


def kept(
    scenario: Scenario, world: World, shock: Shock, blocs: Mapping[str, Bloc] | None = None
) -> tuple[TradeResult, EmissionBound]:
    """Solve a scenario, of which `shock` is the whole, so that its bound is kept.

    Raises
    ------
    InfeasibleError
        No part of the change, or no price up to `DEAREST`, keeps it.
    DataError
        Nothing is known of the world's CO2; a tariff or quota still to be found; or nobody pays.
    ConvergenceError
        An equilibrium on the way was not found.
    """
    rule = scenario.constraint
    assert rule is not None
    plain = replace(scenario, constraint=None)
    if shock.requests or any(isinstance(c, Tariff) and c.answer for c in scenario.changes):
        raise DataError(
            "[constraint] and a tariff or quota that is asked for (answer, quota) do not go together: each "
            "is found given the other. Give the tariff a rate."
        )
    tried: dict[float, _Tried] = {}
    bound = np.nan

    def solved(z: float, made: Shock) -> _Tried:
        nonlocal bound
        if z not in tried:
            result = solve_shock(world, plain, made)
            found = emitted(result)
            if found is None:
                raise DataError(
                    f"[constraint] emissions: nothing is known of the CO2 of world {world.name!r} by sector. "
                    "Give it an emissions.csv (economy, sector, value_mt), or use icio-2022."
                )
            bound = float(found.before[_counted(rule, found)].sum()) * (1 + rule.percent / 100)
            gains = result.equivalent_variation
            tried[z] = _Tried(
                result,
                _total(rule, found) - bound,
                float(gains.sum()),
                float(gains[found.inside].sum()),
            )
        return tried[z]

    payers: tuple[str, ...] | None = None
    if rule.by == "size":
        without = _without(plain, rule, world, shock, blocs)
        whole = 1.0
    else:
        payers = _payers(rule, scenario, world, shock, blocs)
        whole = 0.0

    def scale(z: float) -> Shock:
        return scaled(without, shock, z) if payers is None else priced(world, shock, payers, z)

    first = solved(whole, scale(whole))
    at = whole
    if first.excess > KEPT * bound:

        def excess(z: float) -> float:
            return solved(z, scale(z)).excess

        at = _size(excess, bound, rule) if rule.by == "size" else _price(excess, bound)
    chosen = solved(at, scale(at))
    shadow, own = 0.0, 0.0
    if at != whole:
        low, high = (solved(z, scale(z)) for z in (at * (1 - NEAR), at * (1 + NEAR)))
        moved = high.excess - low.excess
        shadow = (high.world - low.world) / moved
        own = (high.members - low.members) / moved
    by_size = rule.by == "size"
    return chosen.result, EmissionBound(
        constraint=rule,
        bound=bound,
        without=bound + first.excess,
        after=bound + chosen.excess,
        size=at if by_size else 1.0,
        price=0.0 if by_size else at,
        payers=payers or (),
        shadow=shadow,
        shadow_members=own,
        tried=len(tried),
    )


def _counted(rule: Constraint, found: RunEmissions) -> Mask:
    return found.inside if rule.whose == "members" else np.full(len(found.inside), fill_value=True)


def _total(rule: Constraint, found: RunEmissions) -> float:
    return float((found.before + found.change)[_counted(rule, found)].sum())


def _size(excess: Callable[[float], float], bound: float, rule: Constraint) -> float:
    if excess(LEAST) > KEPT * bound:
        what = "the change" if rule.change is None else f"change {rule.change}"
        raise InfeasibleError(
            f"[constraint]: {100 * LEAST:g} % of {what} already puts CO2 above the bound of {bound:,.1f} "
            "million tonnes: no part of it keeps it. Let a carbon price compensate (by = 'carbon-price'), or "
            "allow some percent more."
        )
    return _root(excess, LEAST, 1.0)


def _price(excess: Callable[[float], float], bound: float) -> float:
    low, high = 0.0, FIRST
    while excess(high) > 0:
        low, high = high, 4.0 * high
        if low >= DEAREST:
            raise InfeasibleError(
                f"[constraint]: even {low:,.0f} USD a tonne leaves CO2 {excess(low):,.1f} million tonnes "
                f"above the bound of {bound:,.1f}. Let more economies pay it, or allow some percent more."
            )
    return _root(excess, low, high)


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # here, as a run without a bound need not wait for it

    return float(brentq(excess, low, high, xtol=1e-9 * high, rtol=1e-11))


def _payers(
    rule: Constraint,
    scenario: Scenario,
    world: World,
    shock: Shock,
    blocs: Mapping[str, Bloc] | None,
) -> tuple[str, ...]:
    if rule.economies is None:
        return shock.members
    return group_in(
        world, rule.economies, on=scenario.on, blocs=blocs, where="constraint: economies"
    ).codes


def _without(
    scenario: Scenario,
    rule: Constraint,
    world: World,
    shock: Shock,
    blocs: Mapping[str, Bloc] | None,
) -> Shock:
    """Return what is left when the change whose size is sought is not made."""
    others = () if rule.change is None else _others(scenario, rule.change)
    if others:
        return replace(scenario, changes=others).resolve(world, blocs)
    tariff = world.tariff if world.sectored else world.tariffs
    return replace(
        shock,
        cost=np.ones_like(shock.cost),
        tariff=np.asarray(tariff),
        productivity=np.ones_like(shock.productivity),
        carbon=None,
        export_tax=None,
    )


def _others(scenario: Scenario, number: int) -> tuple[Any, ...]:
    others = tuple(c for k, c in enumerate(scenario.changes, 1) if k != number)
    if any(isinstance(c, Joining) for c in others):
        raise DataError(
            f"[constraint] change = {number}: an accession begins with what the changes before it leave, so "
            "that the rest has no size of its own. Drop change: the size of all is found then."
        )
    return others


def scaled(without: Shock, whole: Shock, part: float) -> Shock:
    """Return a part of the way between two shocks; the whole itself at 1."""
    if part == 1.0:
        return whole

    def between(begin: Array | None, end: Array | None) -> Array | None:
        if end is None:
            return None
        begin = np.zeros_like(end) if begin is None else begin
        return np.asarray(begin + part * (end - begin))

    return replace(
        whole,
        cost=without.cost * (whole.cost / without.cost) ** part,
        tariff=without.tariff + part * (whole.tariff - without.tariff),
        productivity=without.productivity * (whole.productivity / without.productivity) ** part,
        carbon=between(without.carbon, whole.carbon),
        export_tax=between(without.export_tax, whole.export_tax),
    )


def priced(world: World, shock: Shock, payers: tuple[str, ...], price: float) -> Shock:
    """Return a shock with a carbon price on all CO2 of some economies, USD a tonne, beside its own."""
    rows = [world.index[code] for code in payers]
    carbon = np.zeros((len(world.sectors) + 1, len(world)))
    carbon[:, rows] = price
    return replace(shock, carbon=carbon if shock.carbon is None else shock.carbon + carbon)
