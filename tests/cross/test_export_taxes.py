"""Export taxes against plain loops over quantities in levels: one sector, and many with inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.peers import export_taxes
from tests.peers.three_economies import three_economies

from winset.scenario import Parameters
from winset.trade.models.many_sectors.solve import MODEL as MANY
from winset.trade.models.model import Shift, calibrate, find
from winset.trade.models.one_sector.solve import MODEL as ONE
from winset.worlds import World


def changed(tariff: np.ndarray, n: int, seed: int) -> Shift:
    """Costs, tariffs and export taxes, some of them subsidies, of every pair; none at home."""
    random = np.random.default_rng(seed)
    home = np.eye(n, dtype=bool)
    cost = np.where(home, 1.0, random.uniform(0.9, 1.1, tariff.shape))
    tax = np.where(home, 0.0, random.uniform(-0.1, 0.4, tariff.shape))
    return Shift(cost, np.where(home, tariff, tariff + 0.04), np.ones(n), tax)


def agree(found: Any, there: dict[str, np.ndarray], price: np.ndarray) -> None:
    for ours, theirs in (
        (found.wage, there["wage"]),
        (found.price, price),
        (found.income, there["income"]),
        (found.flows[~np.eye(3, dtype=bool)], there["border"][~np.eye(3, dtype=bool)]),
        (found.revenue, there["tariffs"]),
        (found.export_revenue, there["taxes"]),
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


def together(parts: World) -> World:
    """The same economies with all goods in one sector."""
    trade = parts.trade.sum(axis=0, keepdims=True)
    return replace(
        parts,
        sectors=("goods",),
        trade=trade,
        tariff=parts.tariff[:1],
        technology=None,
        emissions=None,
    )


@pytest.mark.parametrize("deficits", ["world-share", "balanced"])
@pytest.mark.parametrize("seed", [1, 2])
def test_one_sector_is_what_plain_loops_find(deficits: Any, seed: int) -> None:
    world = together(three_economies())
    calibrated = calibrate(ONE, world, Parameters(deficits=deficits))
    base, before = calibrated.base, calibrated.before
    plain = export_taxes.World(
        bought=before.flows[None],
        tariff=base.tariff[None],
        theta=np.array([4.0]),
        labor=np.full((1, 3), 0.5),
        inputs=np.full((3, 1, 1), 0.5),
        final=np.ones((1, 3)),
        spent=before.spending[None],
        income=before.income,
        wages=before.value_added,
        deficit=before.deficit,
    )
    change = changed(base.tariff, 3, seed)
    assert change.export_tax is not None
    there = export_taxes.solve(
        plain, change.cost[None], change.tariff[None], change.export_tax[None]
    )
    found = find(ONE, base, change, world, "of the test").equilibrium
    agree(found, there, there["price"][0])
    taxed = change.export_tax / (1.0 + change.export_tax)
    np.testing.assert_allclose(found.export_revenue, (found.flows * taxed).sum(axis=1), rtol=1e-10)


@pytest.mark.parametrize("deficits", ["world-share", "balanced"])
def test_many_sectors_are_what_plain_loops_find(deficits: Any) -> None:
    world = three_economies()
    calibrated = calibrate(MANY, world, Parameters(deficits=deficits))
    base, before = calibrated.base, calibrated.initial
    plain = export_taxes.World(
        bought=base.share * before.spending[: len(base.theta), None, :] / (1.0 + base.tariff),
        tariff=base.tariff,
        theta=base.theta,
        labor=base.labor,
        inputs=base.inputs,
        final=base.final,
        spent=before.spending,
        income=before.income,
        wages=before.value_added,
        deficit=before.deficit,
    )
    change = changed(base.tariff, 3, 3)
    assert change.export_tax is not None
    there = export_taxes.solve(plain, change.cost, change.tariff, change.export_tax)
    found = find(MANY, base, change, world, "of the test")
    agree(found.equilibrium, there, np.exp((base.final * np.log(there["price"])).sum(axis=0)))
    np.testing.assert_allclose(np.exp(found.state.price), there["price"], rtol=1e-8)
