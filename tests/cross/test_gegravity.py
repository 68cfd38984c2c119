"""The same shock as gegravity 0.3 (Herman 2021), the Python peer, on its own 30-country sample.

gegravity's `simulate` does not solve the full model: it holds each economy's share of world output
and spending at its baseline while it solves for prices (its `_full_ge` takes `output_shr` and
`cost_exp_shr` from the baseline), so that sales need not equal output at the prices it reports.
Three tests follow from that:

* its own system, written independently in five lines, reproduces its figures to 1e-8: this is what
  it solves;
* winset's equilibrium differs from its figures by no more than that approximation, 1.1e-4 of
  welfare for Canada, 4e-5 for Japan and 2e-5 for the 28 others;
* given winset's output and spending as data, gegravity's multilateral resistances return winset's
  trade flows to 1e-8, which is the whole equilibrium seen through its equations.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from winset import Parameters, World, solve
from winset.scenario import Scenario, TradeCost

COEFFICIENTS = {
    "pta": 0.479,
    "contiguity": 0.891577,
    "common_language": 0.0331,
    "lndist": -0.3898623,
    "international": -3.41,
}
PAIR = [("CAN", "JPN"), ("JPN", "CAN")]


def peer(data: pd.DataFrame, *, simulate: bool) -> Any:
    """Build and solve gegravity's model; its pandas usage warns, which is not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gegravity

        baseline = gegravity.BaselineData(
            data, trade_var_name="trade", expend_var_name="E", output_var_name="Y"
        )
        table = pd.DataFrame(
            {"var": list(COEFFICIENTS), "coeff": list(COEFFICIENTS.values()), "ste": 0.1}
        )
        model = gegravity.OneSectorGE(
            baseline,
            year="2006",
            reference_importer="DEU",
            expend_var_name="E",
            output_var_name="Y",
            sigma=5,
            cost_variables=list(COEFFICIENTS),
            cost_coeff_values=gegravity.CostCoeffs(table, "var", "coeff", "ste"),
            quiet=True,
        )
        model.build_baseline(omr_rescale=10, mr_tolerance=1e-12)
        if simulate:
            experiment = model.baseline_data.copy()
            row = [
                pair in PAIR for pair in zip(experiment.exporter, experiment.importer, strict=True)
            ]
            assert (experiment.loc[row, "pta"] == 0).all()
            experiment.loc[row, "pta"] = 1
            model.define_experiment(experiment)
            model.simulate(ge_tolerance=1e-12)
        return model


@pytest.fixture(scope="module")
def sample(shared_data: Path) -> pd.DataFrame:
    return pd.read_csv(shared_data / "gegravity" / "sample_data_set.dlm")


@pytest.fixture(scope="module")
def simulated(sample: pd.DataFrame) -> Any:
    return peer(sample, simulate=True)


def modeled(model: Any, column: str = "baseline modeled trade") -> pd.DataFrame:
    return model.bilateral_trade_results.reset_index().pivot(
        index="exporter", columns="importer", values=column
    )


def as_world(flows: pd.DataFrame) -> World:
    codes = tuple(flows.index)
    n = len(codes)
    return World(
        name="gegravity sample",
        year=2006,
        codes=codes,
        names=codes,
        gdp=np.full(n, np.nan),
        sectors=("goods",),
        trade=flows.to_numpy()[None].copy(),
        tariff=np.zeros((1, n, n)),
        domestic_known=True,
    )


def agreement() -> Scenario:
    """The agreement as a trade cost: exp(coefficient) is d̂ to the power −θ, with θ = σ − 1 = 4."""
    factor = float(np.exp(-COEFFICIENTS["pta"] / 4.0))
    return Scenario(
        "Canada–Japan agreement",
        (TradeCost(kind="trade-cost", among=["CAN", "JPN"], factor=factor),),
        parameters=Parameters(value_added_share=1.0, deficits="multiplicative"),
    )


def test_gegravity_solves_prices_at_baseline_shares(simulated: Any) -> None:
    """Σ_n π_in(p) E_n = Y_i with E and Y of the baseline: the system its figures satisfy."""
    flows = modeled(simulated)
    codes = list(flows.index)
    trade, boost = flows.to_numpy(), np.ones(flows.shape)
    for exporter, importer in PAIR:
        boost[codes.index(exporter), codes.index(importer)] = np.exp(COEFFICIENTS["pta"])
    spending, output = trade.sum(axis=0), trade.sum(axis=1)
    price = np.ones(len(codes))
    for _ in range(3000):
        index = (trade / spending * boost).T @ price**-4.0
        price = ((trade / spending * boost) @ (spending / index) / output) ** 0.25
        price /= price[codes.index("DEU")]
    index = (trade / spending * boost).T @ price**-4.0
    reported = simulated.country_results.loc[codes, "terms of trade change (percent)"].to_numpy()
    np.testing.assert_allclose(100 * (price * index**0.25 - 1), reported, atol=1e-6)


def test_equilibrium_is_within_the_peers_approximation(simulated: Any) -> None:
    world = as_world(modeled(simulated))
    result = solve(world, agreement())
    reported = simulated.country_results.loc[list(world.codes), "terms of trade change (percent)"]
    gap = np.abs(result.wage / result.price - (1.0 + reported.to_numpy() / 100.0))
    assert gap.max() < 1.1e-4
    assert gap[world.index["JPN"]] < 4e-5
    assert gap[[c not in ("CAN", "JPN") for c in world.codes]].max() < 2e-5


def test_peers_resistances_return_our_flows(sample: pd.DataFrame, simulated: Any) -> None:
    world = as_world(modeled(simulated))
    result = solve(world, agreement())
    after = sample.copy()
    after.loc[
        [pair in PAIR for pair in zip(after.exporter, after.importer, strict=True)], "pta"
    ] = 1
    after["Y"] = after.exporter.map(
        dict(zip(world.codes, result.new_flows.sum(axis=1), strict=True))
    )
    after["E"] = after.importer.map(
        dict(zip(world.codes, result.new_flows.sum(axis=0), strict=True))
    )
    flows = modeled_baseline(peer(after, simulate=False), world.codes)
    np.testing.assert_allclose(flows, result.new_flows, rtol=1e-8)


def modeled_baseline(model: Any, codes: tuple[str, ...]) -> np.ndarray:
    """Trade that gegravity's own baseline implies: t^{1−σ} Y E / (Y_world (ΠP)^{1−σ})."""
    costs = model.baseline_trade_costs
    table = costs.pivot(index="exporter", columns="importer", values="trade_cost")
    # gegravity renames the economy whose inward resistance is the numéraire
    countries = {"DEU" if c == "ZZZ_DEU" else c: about for c, about in model.country_set.items()}
    table = table.rename(index={"ZZZ_DEU": "DEU"}, columns={"ZZZ_DEU": "DEU"})
    flows = np.empty((len(codes), len(codes)))
    for i, exporter in enumerate(codes):
        for k, importer in enumerate(codes):
            flows[i, k] = (
                table.loc[exporter, importer]
                * countries[exporter].baseline_output_share
                * countries[importer].baseline_expenditure
                * countries[exporter]._baseline_omr_ratio
                * countries[importer]._baseline_imr_ratio
            )
    return flows
