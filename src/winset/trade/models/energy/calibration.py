r"""From a world, its CO2 and a scenario's block of energy to the baseline of the model.

In a world without a table of inputs these are bought in the composition of final demand, fuels too, which
says nothing of who burns them. There an economy's fuels go to its sectors in proportion to their CO2, at
most `MOST` of a sector's inputs, and the other inputs make room; what every good sells as an input in all,
and what every sector buys in all, stay what they are.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean, listed
from winset.trade.models.energy.equations import EnergyBaseline
from winset.trade.models.many_sectors import solve as plain
from winset.trade.models.many_sectors.equations import Baseline
from winset.worlds.carbon import SectorCarbon, carbon_of

if TYPE_CHECKING:
    from winset.numbers import Array, Places
    from winset.scenario import EnergyBlock, Parameters
    from winset.worlds import World

MOST = 0.9  # of a sector's inputs that may be fuels


def baseline(world: World, parameters: Parameters) -> tuple[EnergyBaseline, tuple[str, ...]]:
    """Return the initial equilibrium with its fuels and CO2, and the economies that were floored.

    Raises
    ------
    DataError
        As the model of many sectors; fuels that the world does not have; or a supply so inelastic that
        reserves would earn more than the value added of the sector.
    """
    base, floored = plain.baseline(world, parameters)
    block = parameters.energy
    assert block is not None
    order = base.order
    place = {world.sectors[j]: k for k, j in enumerate(order)}
    for key in (*block.sectors, *block.supply):
        if key not in place:
            raise DataError(
                f"energy: sector {key!r} is not in world {world.name!r}."
                f"{did_you_mean(key, world.sectors)} It has {listed(world.sectors, 40)}."
            )
    fuels = np.array([place[key] for key in block.sectors], dtype=np.intp)
    gas = carbon_of(world)
    if gas is None:
        shape = base.labor.shape
        gas = SectorCarbon(np.zeros(shape), np.zeros(shape[1]), (), measured=False, year=world.year)
    accounts = world.sector_accounts(parameters.value_added_share)
    made, mass = accounts.output[order], gas.sectors[order]
    inputs = base.inputs
    if len(fuels) and (world.technology is None or world.technology.inputs is None):
        inputs = by_carbon(inputs, made, mass, fuels)
    used = inputs[:, fuels].sum(axis=1).T
    burnt = np.where((used > 0) & (made > 0), mass, 0.0)
    at_home = base.final[fuels].sum(axis=0) > 0
    homes = np.where(at_home, gas.households, 0.0)
    known = {f.name: getattr(base, f.name) for f in fields(Baseline)}
    found = EnergyBaseline(
        **(known | {"inputs": inputs}),
        fuels=fuels,
        substitution=block.elasticity,
        rent=_rents(world, block, base, place),
        made=made,
        earned=accounts.income,
        burnt=burnt,
        other=mass - burnt,
        homes_burnt=homes,
        homes_other=gas.households - homes,
    )
    return found, floored


def _rents(world: World, block: EnergyBlock, base: Baseline, place: dict[str, int]) -> Array:
    """Return what reserves earn of output, ρ = 1/(1 + η), (J, n)."""
    rent = np.zeros_like(base.labor)
    for key, elasticity in block.supply.items():
        j = place[key]
        rent[j] = 1.0 / (1.0 + elasticity)
        short = rent[j] > base.labor[j] * (1.0 + 1e-12)
        if short.any():
            least = float(base.labor[j].min())
            remedy = f"Give at least {1.0 / least - 1.0:.4g}" if least > 0 else "Leave it out"
            who = listed([c for c, no in zip(world.codes, short, strict=True) if no], 6)
            raise DataError(
                f"energy: supply of {key} = {elasticity:g} means that its reserves earn "
                f"{100 * float(rent[j, 0]):.3g} % of output, but value added is less in {who}. {remedy}."
            )
        rent[j] = np.minimum(rent[j], base.labor[j])
    return rent


def by_carbon(inputs: Array, made: Array, mass: Array, fuels: Places) -> Array:
    """Return inputs with each economy's fuels where its CO2 is, (n, J, J).

    `inputs` is of rank one in every economy: all sectors buy in one composition. `made` and `mass` are
    (J, n), output in USD million and CO2.
    """
    found = inputs.copy()
    plain_rows = np.setdiff1d(np.arange(len(made)), fuels)
    for n in range(len(inputs)):
        sold = inputs[n] * made[:, n]
        whole, room = sold[fuels].sum(), MOST * sold.sum(axis=0)
        taken = _filled(mass[:, n], whole, room)
        if taken is None:
            continue
        left = sold.sum(axis=0) - taken
        new = np.zeros_like(sold)
        new[fuels] = sold[fuels].sum(axis=1)[:, None] * (taken / whole)
        new[plain_rows] = sold[plain_rows].sum(axis=1)[:, None] * (left / left.sum())
        there = made[:, n] > 0
        found[n][:, there] = new[:, there] / made[there, n]
    return found


def _filled(weight: Array, whole: float, room: Array) -> Array | None:
    """Spread a sum in proportion to weights, nowhere above its room; None where that cannot be."""
    taken = np.zeros_like(room)
    free = (weight > 0) & (room > 0)
    if not whole > 0 or room[free].sum() <= whole:
        return None
    for _ in range(len(room)):
        rest = whole - taken[~free].sum()
        taken[free] = rest * weight[free] / weight[free].sum()
        over = free & (taken > room)
        if not over.any():
            return taken
        taken[over] = room[over]
        free &= ~over
    return taken
