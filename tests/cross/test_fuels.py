"""The model with energy against plain loops over quantities: two fuels, reserves, tariffs, deficits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.peers import fuels
from tests.peers.three_economies import three_economies

from winset.scenario import EnergyBlock, Parameters
from winset.trade.models.energy.equations import CarbonShift, EnergyBaseline
from winset.trade.models.energy.solve import MODEL
from winset.trade.models.model import Shift, calibrate, find


def laid(elasticity: float, supply: dict[str, float]) -> EnergyBaseline:
    """The baseline of two fuels, with CO2 of households besides and some that no fuel explains."""
    world = three_economies()
    block = EnergyBlock(world.sectors[:2], elasticity, supply)
    base = calibrate(MODEL, world, Parameters(energy=block)).base
    return replace(
        base, homes_burnt=np.array([0.4, 0.2, 0.3]), burnt=0.8 * base.burnt, other=0.2 * base.burnt
    )


@pytest.mark.parametrize("elasticity", [0.65, 1.0, 2.5])
@pytest.mark.parametrize("supplied", [False, True])
def test_the_equilibrium_is_that_of_plain_loops(elasticity: float, supplied: bool) -> None:
    names = three_economies().sectors
    base = laid(elasticity, {names[0]: 2.0, names[1]: 4.0} if supplied else {})
    tariff = base.tariff + 0.05 * (base.tariff > 0)
    price = np.random.default_rng(7).uniform(10.0, 90.0, (5, 3))
    none = np.ones_like(base.tariff)
    shift = CarbonShift.of(Shift(none, tariff, np.ones(3)), price)
    found = find(MODEL, base, shift, three_economies(), "of the test")
    keys: Any = (
        "share",
        "tariff",
        "theta",
        "labor",
        "inputs",
        "final",
        "made",
        "deficit",
        "rent",
        "burnt",
        "other",
    )
    plain = fuels.World(
        **{key: getattr(base, key) for key in keys},
        income=base.earned,
        fuels=base.fuels.tolist(),
        substitution=elasticity,
        homes=base.homes_burnt,
    )
    there = fuels.solve(plain, tariff, price)
    state = found.state
    for ours, theirs in (
        (state.wage, there["w"]),
        (np.exp(state.price), there["p"]),
        (np.exp(state.cost), there["gates"]),
        (state.income / base.earned, there["income"] / base.earned),
        (state.output / np.exp(state.cost) / base.made, there["volume"]),
        (state.emissions, there["co2"]),
        (state.homes, there["homes"]),
        (state.consumer_price, there["living"]),
    ):
        assert ours == pytest.approx(theirs, rel=1e-9)
    paid = (price[:-1] * state.emissions).sum(axis=0) + price[-1] * state.homes
    assert state.carbon == pytest.approx(paid, rel=1e-11)
