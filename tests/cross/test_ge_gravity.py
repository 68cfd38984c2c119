"""Baier, Yotov & Zylkin (2019): their fixed-point iteration, as ge_gravity (Stata, R) runs it.

On the 44 countries of the R package's sample (WIOD, year 2000), a partial effect on the pairs that
joined the European Union between 2000 and 2014, under additive and multiplicative deficits. The
iteration is written here afresh from their equations 3 to 5: wages from market clearing, world
output held fixed, then prices, then spending. Welfare, real wages and prices must agree to 1e-7.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from winset import Parameters, World, solve
from winset.scenario import Scenario, TradeCost

THETA, EFFECT = 4.0, 0.2


@pytest.fixture(scope="module")
def world_and_pairs(shared_data: Path) -> tuple[World, np.ndarray]:
    import pyreadr

    (frame,) = pyreadr.read_r(shared_data / "ge_gravity_r" / "TradeData0014.rda").values()
    wide = {
        year: frame[frame.year == year].pivot(index="expcode", columns="impcode")
        for year in (2000, 2014)
    }
    joined = (wide[2014]["eu_enlargement"] - wide[2000]["eu_enlargement"]).to_numpy() > 0
    flows = wide[2000]["trade"]
    codes = tuple(map(str, flows.index))
    n = len(codes)
    world = World(
        name="TradeData0014",
        year=2000,
        codes=codes,
        names=codes,
        gdp=np.full(n, np.nan),
        sectors=("goods",),
        trade=flows.to_numpy()[None].astype(float),
        tariff=np.zeros((1, n, n)),
        domestic_known=True,
    )
    return world, joined


@pytest.mark.parametrize("deficits", ["additive", "multiplicative"])
def test_same_equilibrium(
    world_and_pairs: tuple[World, np.ndarray], deficits: str, tmp_path: Path
) -> None:
    world, joined = world_and_pairs
    np.fill_diagonal(joined, val=False)
    assert joined.any()
    rows = [
        f"{world.codes[i]},{world.codes[k]},{np.exp(-EFFECT / THETA)!s}"
        for i, k in np.argwhere(joined)
    ]
    (tmp_path / "pairs.csv").write_text("exporter,importer,factor\n" + "\n".join(rows) + "\n")
    scenario = Scenario(
        "EU enlargement",
        (TradeCost(kind="trade-cost", file="pairs.csv"),),
        parameters=Parameters(value_added_share=1.0, deficits=deficits),  # type: ignore[arg-type]
        folder=tmp_path,
    )
    result = solve(world, scenario)

    flows = world.flows
    output, spending = flows.sum(axis=1), flows.sum(axis=0)
    deficit = spending - output
    kernel = flows / spending * np.where(joined, np.exp(EFFECT), 1.0)
    wage, index, spent = np.ones(len(world)), np.ones(len(world)), spending
    for _ in range(5000):
        wage = (kernel @ (spent / index) / output) ** (1.0 / (1.0 + THETA))
        wage *= output.sum() / (output * wage).sum()
        index = kernel.T @ wage**-THETA
        spent = spending * wage if deficits == "multiplicative" else output * wage + deficit
    price = index ** (-1.0 / THETA)
    welfare = (wage if deficits == "multiplicative" else spent / spending) / price

    np.testing.assert_allclose(result.welfare, welfare, rtol=1e-7)
    np.testing.assert_allclose(result.wage, wage, rtol=1e-7)
    np.testing.assert_allclose(result.price, price, rtol=1e-7)
    np.testing.assert_allclose(result.new_flows.sum(axis=0), spent, rtol=1e-7)
