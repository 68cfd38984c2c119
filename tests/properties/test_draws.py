"""Draws solved together are the draws solved one by one, in any world under any closure."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_sectors import CHANGES, with_sectors
from tests.properties.worlds import parameters, worlds

from winset.errors import ConvergenceError, DataError
from winset.scenario import parse
from winset.trade import solve
from winset.trade.uncertainty.draws import solve_draws
from winset.trade.uncertainty.sampling import sample
from winset.worlds import World


def alike(world: World, given_: dict[str, Any], draws: int) -> None:
    scenario = parse({"change": CHANGES, "parameters": given_, "on": "2025-01-01"})
    drawn = sample(world, scenario, draws, 7)
    try:
        done = solve_draws(drawn)
    except DataError as error:
        if "cannot be solved" not in str(error):
            raise
        return
    assert done.max_residual <= 1e-11
    for draw in range(draws):
        try:
            result = solve(*drawn.drawn(draw))
        except (DataError, ConvergenceError):
            assert not done.kept[draw]
            continue
        assert done.kept[draw]
        for key in ("welfare_percent", "real_wage_percent", "exports_percent", "price_percent"):
            gap = np.abs(done.columns[key][draw] - result.columns()[key])
            assert float(gap.max()) < 1e-7, key  # 1e-9 of the figure itself, in percent


@settings(max_examples=25)
@given(worlds(), parameters())
def test_draws_of_one_sector(world: World, given_: dict[str, Any]) -> None:
    given_["value_added_share"] = min(given_["value_added_share"], 0.9)
    alike(world, given_, 6)


@settings(max_examples=8)
@given(worlds(), parameters(), st.integers(0, 1000))
def test_draws_of_many_sectors(world: World, given_: dict[str, Any], seed: int) -> None:
    alike(with_sectors(world, 3, 5.0, 0.6, seed), given_, 3)
