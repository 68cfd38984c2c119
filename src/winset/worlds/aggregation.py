"""Smaller worlds: some economies kept, groups of economies or sectors merged, accounts exact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.worlds.technology import Technology
    from winset.worlds.world_data import World


def select(world: World, codes: Sequence[str]) -> World:
    """Keep these economies and the trade among them, in this order; drop the rest.

    Deficits are those of the trade that is left, so they still sum to zero.
    """
    if len(set(codes)) != len(codes):
        raise DataError(f"select: a code is named twice in {listed(codes)}.")
    keep = np.array([world.position(code) for code in codes], dtype=np.intp)
    return replace(
        world,
        codes=tuple(codes),
        names=tuple(world.names[k] for k in keep),
        gdp=world.gdp[keep],
        trade=world.trade[:, keep][:, :, keep],
        tariff=world.tariff[:, keep][:, :, keep],
        facts={column: tuple(v[k] for k in keep) for column, v in world.facts.items()},
        technology=None if world.technology is None else world.technology.select(keep),
        mfn=None if world.mfn is None else world.mfn[:, keep][:, :, keep],
        tariff_source=(
            None if world.tariff_source is None else world.tariff_source[:, keep][:, :, keep]
        ),
        emissions=None if world.emissions is None else world.emissions[:, keep],
    )


def aggregate(world: World, groups: Mapping[str, Sequence[str]]) -> World:
    """Merge each group into one economy named by its key.

    Flows and GDP add up; trade inside a group becomes its domestic sales; a tariff becomes
    the mean weighted by trade, so that revenue stays what it was. Where domestic sales are
    not in the data they follow from GDP and exports as before, and the accounts of the
    merged economy are the sums of its parts' (but for floored economies: `closed` first).
    Value-added and input shares become means weighted by output, final shares by income.
    """
    target = np.arange(len(world))
    labels = list(world.codes)
    taken: dict[int, str] = {}
    for group, codes in groups.items():
        if not codes:
            raise DataError(f"aggregate: group {group!r} is empty.")
        if group in world.index and group not in codes:
            raise DataError(f"aggregate: {group!r} is the code of an economy outside the group.")
        members = [world.position(code) for code in codes]
        for k in members:
            if k in taken:
                raise DataError(
                    f"aggregate: {world.codes[k]} is in two groups, {taken[k]!r} and {group!r}."
                    if taken[k] != group
                    else f"aggregate: {world.codes[k]} is named twice in {group!r}."
                )
            taken[k] = group
        first = min(members)
        target[members] = first
        labels[first] = group
    kept = np.unique(target)
    summing = (target[None, :] == kept[:, None]).astype(np.float64)

    place = np.searchsorted(kept, target)

    def merged(cube: NDArray[np.float64]) -> NDArray[np.float64]:
        # Added one after another: a matrix product's last digit depends on BLAS's threads.
        into = np.zeros((len(kept), len(kept), *cube.shape[:-2]))
        np.add.at(into, (place[:, None], place[None, :]), np.moveaxis(cube, (-2, -1), (0, 1)))
        return np.ascontiguousarray(np.moveaxis(into, (0, 1), (-2, -1)))

    trade = merged(world.trade)
    pairs = summing.sum(axis=1)
    sold = trade.copy()
    if not world.domestic_known:
        for j in range(len(trade)):
            np.fill_diagonal(trade[j], 0.0)

    def merged_rates(rates: NDArray[np.float64]) -> NDArray[np.float64]:
        duty = merged(world.trade * rates)
        mean = merged(rates) / np.outer(pairs, pairs)
        result = np.divide(duty, sold, out=mean, where=sold > 0)
        if not world.domestic_known:
            for j in range(len(result)):
                np.fill_diagonal(result[j], 0.0)
        return result

    names = {world.codes[k]: world.names[k] for k in range(len(world))}
    facts = {
        column: tuple(_merged_fact(column, [v[k] for k in np.flatnonzero(row)]) for row in summing)
        for column, v in world.facts.items()
    }
    return replace(
        world,
        codes=tuple(labels[k] for k in kept),
        names=tuple(names.get(labels[k], labels[k]) for k in kept),
        gdp=np.asarray(np.bincount(place, weights=world.gdp), dtype=np.float64),
        trade=trade,
        tariff=merged_rates(world.tariff),
        facts=facts,
        technology=_merged_technology(world, summing),
        mfn=None if world.mfn is None else merged_rates(world.mfn),
        tariff_source=None,  # a mean of rates rests on several
        emissions=None if world.emissions is None else world.emissions @ summing.T,
    )


def _merged_technology(world: World, summing: NDArray[np.float64]) -> Technology | None:
    if world.technology is None:
        return None
    # The parameter matters only where the data give no value-added shares to weight.
    accounts = world.sector_accounts(1.0)
    return world.technology.merge(summing, accounts.output, accounts.income)


def aggregate_sectors(world: World, groups: Mapping[str, Sequence[str]]) -> World:
    """Merge each group of sectors into one named by its key; others stay as they are.

    Flows add up, a tariff becomes the mean weighted by trade, value-added and input shares
    those weighted by output. The sectors of a group must have one elasticity.

    Raises
    ------
    DataError
        An unknown or repeated sector, an empty group, or different elasticities in a group.
    """
    target = {sector: sector for sector in world.sectors}
    taken: set[str] = set()
    for group, sectors in groups.items():
        if not sectors:
            raise DataError(f"aggregate_sectors: group {group!r} is empty.")
        for sector in sectors:
            world.sector(sector)
            if sector in taken:
                raise DataError(f"aggregate_sectors: {sector} is in two groups.")
            target[sector] = group
            taken.add(sector)
    labels = tuple(dict.fromkeys(target.values()))
    summing = np.array([[float(target[s] == g) for s in world.sectors] for g in labels])
    trade = np.tensordot(summing, world.trade, axes=1)

    def merged(rates: NDArray[np.float64]) -> NDArray[np.float64]:
        duty = np.tensordot(summing, world.trade * rates, axes=1)
        mean = np.tensordot(summing, rates, axes=1) / summing.sum(axis=1)[:, None, None]
        return np.asarray(np.divide(duty, trade, out=mean, where=trade > 0))

    technology = world.technology
    if technology is not None:
        output = world.sector_accounts(1.0).output
        technology = technology.merge_sectors(summing, labels, output, "aggregate_sectors")
    return replace(
        world,
        sectors=labels,
        trade=trade,
        tariff=merged(world.tariff),
        technology=technology,
        mfn=None if world.mfn is None else merged(world.mfn),
        tariff_source=None,  # a mean of rates rests on several
        emissions=None if world.emissions is None else summing @ world.emissions,
    )


def _merged_fact(column: str, values: list[str]) -> str:
    if len(values) == 1:
        return values[0]
    if column in ("population", "area_km2"):
        return f"{sum(float(v) for v in values if v):.10g}"
    return values[0] if len(set(values)) == 1 else ""
