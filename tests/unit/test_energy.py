"""Fuels as an input, a price on carbon, and a bound on emissions: limits, figures, refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.peers.three_economies import three_economies
from tests.unit.test_world_carbon import GOOD, small

import winset as product
from winset.errors import DataError, InfeasibleError
from winset.scenario import Constraint, EnergyBlock, Parameters, Scenario, parse
from winset.studies.emission_bound import kept
from winset.studies.run_emissions import emitted
from winset.trade.coalitions.problem import prepare
from winset.trade.models.energy.calibration import by_carbon
from winset.trade.models.energy.equations import CarbonShift
from winset.trade.models.energy.solve import MODEL
from winset.trade.models.model import Shift, calibrate, find
from winset.trade.uncertainty.draws import solve_draws
from winset.trade.uncertainty.sampling import sample
from winset.worlds import World

FUELS = EnergyBlock(("goods 1", "goods 2"), 0.65, {"goods 1": 2.0})
CUT: dict[str, Any] = {"kind": "trade-cost", "among": ["C00", "C01"], "percent": -20.0}


@pytest.fixture(scope="module")
def world() -> World:
    return three_economies()


def fuels(world: World, elasticity: float = 0.65, **supply: float) -> EnergyBlock:
    names = dict(zip(("first", "second"), world.sectors, strict=False))
    return EnergyBlock(world.sectors[:2], elasticity, {names[k]: v for k, v in supply.items()})


def scenario(*changes: dict[str, Any], **parameters: Any) -> Scenario:
    made = parse({"change": list(changes), "on": "2025-01-01"})
    return replace(made, parameters=replace(made.parameters, **parameters))


def priced(price: float, economies: Any = "all", **keys: Any) -> dict[str, Any]:
    return {"kind": "carbon-price", "economies": economies, "price": price, **keys}


@pytest.mark.parametrize("deficits", ["world-share", "multiplicative", "balanced"])
def test_without_fuels_and_price_it_is_the_old_model(world: World, deficits: str) -> None:
    old = product.solve(world, scenario(CUT, deficits=deficits))
    for block in (EnergyBlock(), fuels(world, 1.0)):
        new = product.solve(world, scenario(CUT, deficits=deficits, energy=block))
        for key in ("welfare", "wage", "price"):
            assert getattr(new, key) == pytest.approx(getattr(old, key), rel=1e-11)
        assert new.new_flows == pytest.approx(old.new_flows, rel=1e-9)
        assert new.columns()["exports_to_gdp_percent"] == pytest.approx(
            old.columns()["exports_to_gdp_percent"], abs=1e-8
        )


@pytest.mark.parametrize("deficits", ["world-share", "multiplicative"])
def test_slopes_are_what_differences_show(world: World, deficits: str) -> None:
    block = fuels(world, 0.65, first=2.0)
    base = calibrate(MODEL, world, Parameters(energy=block, deficits=deficits)).base
    base = replace(base, other=0.3 * base.burnt, homes_burnt=np.array([0.4, 0.2, 0.3]))
    price = np.random.default_rng(7).uniform(10.0, 90.0, (5, 3))
    shift = Shift(np.full(base.tariff.shape, 1.02), base.tariff + 0.03, np.ones(3))
    shift = CarbonShift.of(shift, price)
    residual, slope = MODEL.problem(base, shift, 1.0, False, None)
    x = np.random.default_rng(15).normal(0.0, 0.02, base.unknowns)
    exact = slope(x, residual(x)[1])
    for k in range(base.unknowns):
        step = np.zeros_like(x)
        step[k] = 1e-6
        numeric = (residual(x + step)[0] - residual(x - step)[0]) / 2e-6
        # The Jacobian that Newton steps with is rough: prices and spending to a thousandth.
        np.testing.assert_allclose(exact[:, k], numeric, atol=3e-3 * np.abs(numeric).max())


def test_all_co2_of_households_pays(world: World) -> None:
    """That of their fuels by fuel, any other by all that they buy."""
    base = calibrate(MODEL, world, Parameters(energy=fuels(world, 0.65, first=2.0))).base
    base = replace(
        base, homes_burnt=np.array([0.4, 0.2, 0.3]), homes_other=np.array([0.3, 0.5, 0.1])
    )
    price = np.random.default_rng(7).uniform(10.0, 90.0, (5, 3))
    none = np.ones_like(base.tariff)
    change = CarbonShift.of(Shift(none, base.tariff, np.ones(3)), price)
    state = find(MODEL, base, change, world, "of the test").state
    paid = (price[:-1] * state.emissions).sum(axis=0) + price[-1] * state.homes
    assert state.carbon == pytest.approx(paid, rel=1e-11)
    assert (state.homes < base.homes_burnt + base.homes_other).all()


def test_a_baseline_without_deficits_has_its_own_accounts(world: World) -> None:
    block = fuels(world, 0.65, first=2.0, second=5.0)
    found = calibrate(MODEL, world, Parameters(energy=block, deficits="balanced"))
    base, state = found.base, found.initial
    assert base.labor + base.inputs.sum(axis=1).T == pytest.approx(np.ones((4, 3)), abs=1e-12)
    assert np.abs(state.residual).max() < 1e-11
    assert base.made == pytest.approx(state.output, rel=1e-11)
    assert base.earned == pytest.approx(state.income, rel=1e-11)
    assert (base.labor * base.made).sum(axis=0) == pytest.approx(base.value_added, rel=1e-11)


def test_a_table_of_inputs_says_who_buys_fuels(world: World) -> None:
    block = fuels(world)
    assert world.technology is not None
    assert world.technology.inputs is not None
    base, _ = MODEL.baseline(world, Parameters(energy=block))
    inputs = world.technology.inputs[:, base.order][:, :, base.order]
    np.testing.assert_array_equal(base.inputs, inputs)


def test_a_carbon_price_is_in_the_order_of_the_sectors(world: World) -> None:
    given = scenario(priced(50.0, ["C01"], sectors=[world.sectors[2]]))
    base = calibrate(MODEL, world, Parameters(energy=fuels(world))).base
    turned = replace(base, order=np.array([3, 2, 0, 1]))
    change = MODEL.change(turned, given.resolve(world))
    assert isinstance(change, CarbonShift)
    assert change.carbon is not None
    assert np.argwhere(change.carbon).tolist() == [[1, 1]]


def test_a_unit_elasticity_is_the_limit_of_others(world: World) -> None:
    at = {
        s: product.solve(world, scenario(priced(40.0), energy=fuels(world, s, first=2.0))).welfare
        for s in (1.0 - 1e-5, 1.0, 1.0 + 1e-5)
    }
    low, one, high = at.values()
    assert (low + high) / 2 == pytest.approx(one, abs=1e-9)
    assert np.abs(high - low).max() > 1e-9


def test_the_easier_fuels_give_way_the_more_co2_falls(world: World) -> None:
    cuts = []
    for elasticity in (0.1, 0.65, 2.0):
        change = scenario(priced(100.0), energy=fuels(world, elasticity))
        found = emitted(product.solve(world, change))
        assert found is not None
        assert found.technique.sum() < 0
        parts = found.scale + found.composition + found.technique + found.households
        assert parts == pytest.approx(found.change, abs=1e-12)
        after = float((found.before + found.change).sum())
        assert found.priced.sum() == pytest.approx(100.0 * after, rel=1e-9)
        cuts.append(-float(found.change.sum()) / found.before.sum())
    assert 0 < cuts[0] < cuts[1] < cuts[2] < 1


def test_reserves_hold_fuels_in_use(world: World) -> None:
    """The less elastic the supply, the more its price falls, and the more is burnt where nothing is paid."""
    leaks, rents = [], []
    for supply in ({}, {"first": 5.0, "second": 5.0}, {"first": 1.5, "second": 1.5}):
        result = product.solve(
            world, scenario(priced(100.0, ["C00"]), energy=fuels(world, 0.65, **supply))
        )
        found = emitted(result)
        assert found is not None
        leaks.append(float(found.change[1:].sum() / found.before[1:].sum()))
        state = result.sectors.state  # type: ignore[union-attr]
        base = result.sectors.calibrated.base  # type: ignore[union-attr]
        grown = state.output * state.how.kept / base.made  # type: ignore[attr-defined]
        rents.append(np.exp(state.log_rent)[base.scarce] - grown[base.scarce])  # type: ignore[attr-defined]
    assert leaks[0] < leaks[1] < leaks[2]
    assert np.abs(np.concatenate(rents)).max() < 1e-9


def test_without_fuels_a_price_is_a_cost_by_intensity(world: World) -> None:
    result = product.solve(world, scenario(priced(30.0, ["C00"])))
    found = emitted(result)
    assert found is not None
    assert found.by_intensity
    assert not found.technique.any()
    assert found.priced[0] == pytest.approx(30.0 * (found.before + found.change)[0], rel=1e-9)
    assert not found.priced[1:].any()
    assert world.emissions is not None
    # To first order what a unit costs more is the price times CO2 over output, and what follows from it.
    little = product.solve(world, scenario(priced(1e-4, ["C00"])))
    state = little.sectors.state  # type: ignore[union-attr]
    base = little.sectors.calibrated.base  # type: ignore[union-attr]
    intensity = world.emissions[base.order, 0] / base.made[:, 0]  # type: ignore[attr-defined]
    assert (1.0 - state.how.kept)[:, 0] == pytest.approx(1e-4 * intensity, rel=1e-4)  # type: ignore[attr-defined]


def test_only_who_and_what_is_named_pays(world: World) -> None:
    some = scenario(priced(50.0, ["C01"], sectors=[world.sectors[2]]), priced(5.0, ["C00"]))
    carbon = some.resolve(world).carbon
    assert carbon is not None
    assert carbon[2, 1] == 50.0
    assert carbon[:, 0].tolist() == [5.0] * 5
    assert carbon.sum() == 75.0
    homes = scenario(priced(50.0, ["C01"], sector=world.sectors[2], households=True))
    assert homes.resolve(world).carbon[-1].tolist() == [0.0, 50.0, 0.0]  # type: ignore[index]
    phased = parse({"change": [priced(80.0, phase=[2026, 2029])], "on": "2025-01-01", "year": 2026})
    assert set(np.unique(phased.resolve(world).carbon)) == {20.0}  # type: ignore[arg-type]
    assert scenario(priced(0.0)).resolve(world).changes_nothing(world)
    assert (
        scenario(priced(1.0)).resolve(world).sha256 != scenario(priced(2.0)).resolve(world).sha256
    )


def test_fuels_go_where_the_co2_is_and_accounts_stay() -> None:
    final = np.array([[0.2, 0.3], [0.1, 0.1], [0.7, 0.6]])
    inputs = final.T[:, :, None] * np.full((2, 1, 3), 0.5)
    made = np.array([[10.0, 20.0], [30.0, 5.0], [60.0, 75.0]])
    mass = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 0.0]])
    found = by_carbon(inputs, made, mass, np.array([0]))
    used = found[0] * made[:, 0]
    assert used[0] == pytest.approx(10.0 * mass[:, 0] / 4.0 * (used[0].sum() / 10.0))
    assert used.sum(axis=0) == pytest.approx(0.5 * made[:, 0])
    assert used.sum(axis=1) == pytest.approx((inputs[0] * made[:, 0]).sum(axis=1))
    assert np.array_equal(found[1], inputs[1])  # without CO2 nothing says where
    crowded = by_carbon(inputs, made, np.array([[100.0, 0], [1.0, 0], [1.0, 0]]), np.array([0]))
    used = crowded[0] * made[:, 0]
    assert used[0, 0] == pytest.approx(0.9 * 5.0)
    assert used[0, 1] == pytest.approx(used[0, 2])
    assert used.sum(axis=1) == pytest.approx((inputs[0] * made[:, 0]).sum(axis=1))


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"energy": EnergyBlock(("coal",))}, "energy: sector 'coal' is not in world"),
        ({"energy": EnergyBlock(supply={"goods": 0.1})}, "energy: sector 'goods' is not in"),
        ({"labor_supply_elasticity": 0.5}, "labor_supply_elasticity and a carbon price"),
        ({"revenue": "income-tax"}, "revenue = 'income-tax' and a carbon price"),
    ],
)
def test_what_does_not_go_with_energy_is_refused(
    world: World, parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError) as told:
        product.solve(world, scenario(priced(1.0), **parameters))
    assert said in str(told.value)


def test_reserves_cannot_earn_more_than_value_added(world: World) -> None:
    with pytest.raises(
        DataError, match=r"reserves earn 90\.9 % of output, but value added is less"
    ):
        product.solve(world, scenario(CUT, energy=fuels(world, 0.65, first=0.1)))


def test_other_commands_refuse_a_carbon_price(world: World) -> None:
    change = scenario(priced(10.0, ["C00"]))
    with pytest.raises(DataError, match="the game of all coalitions is played in"):
        prepare(world, change)
    with pytest.raises(DataError, match="Drawing what is in doubt is not for the model of many"):
        solve_draws(sample(world, change, 2))
    with pytest.raises(DataError, match="act on sectors, but world 'test' has none"):
        product.solve(world.closed(0.5), change)
    quota = {"kind": "quota", "exporters": ["C01"], "importers": ["C00"], "percent": -10.0}
    with pytest.raises(DataError, match="A tariff or quota that is asked for is not for"):
        product.solve(world, scenario(quota, priced(10.0, ["C00"])))


def test_a_scenario_with_energy_is_read_back() -> None:
    text = {
        "change": [CUT],
        "on": "2025-01-01",
        "parameters": {"energy": {"sectors": ["B05"], "elasticity": 0.4, "supply": {"B05": 2.0}}},
        "constraint": {"emissions": "not above", "by": "carbon-price", "economies": "SCO"},
    }
    made = parse(text)
    assert made.parameters.energy == EnergyBlock(("B05",), 0.4, {"B05": 2.0})
    import tomllib

    again = parse(tomllib.loads(made.to_toml()))
    assert (again.parameters, again.constraint) == (made.parameters, made.constraint)
    assert "energy" not in parse({"change": [CUT], "on": "2025-01-01"}).to_toml()
    assert made.with_parameters(trade_elasticity=5.0).parameters.energy == made.parameters.energy


# A bound.


def bounded(world: World, *changes: dict[str, Any], **rule: Any) -> Any:
    made = replace(scenario(*changes, energy=FUELS), constraint=Constraint(**rule))
    made = replace(made, parameters=replace(made.parameters, energy=fuels(world)))
    shock = replace(made, constraint=None).resolve(world)
    return kept(made, world, shock)


def test_a_carbon_price_compensates(world: World) -> None:
    result, bound = bounded(world, CUT, by="carbon-price")
    found = emitted(result)
    assert found is not None
    assert bound.binding
    assert bound.without > bound.bound
    assert bound.price > 0
    assert bound.payers == ("C00", "C01")
    assert found.change.sum() == pytest.approx(0.0, abs=1e-7 * bound.bound)
    assert bound.after == pytest.approx(bound.bound, rel=1e-7)
    everybody = bounded(world, CUT, by="carbon-price", economies="all")[1]
    assert 0 < everybody.price < bound.price
    # A little more CO2 allowed is worth the shadow price.
    looser, after = bounded(world, CUT, by="carbon-price", percent=1e-3)
    gained = looser.equivalent_variation.sum() - result.equivalent_variation.sum()
    assert gained / (after.bound - bound.bound) == pytest.approx(bound.shadow, rel=1e-2)


def test_the_size_of_a_change_is_found(world: World) -> None:
    change = (CUT, priced(0.01, ["C00", "C01", "C02"]))
    result, bound = bounded(world, *change, change=1)
    assert 0 < bound.size < 1
    assert bound.after == pytest.approx(bound.bound, rel=1e-7)
    by_hand = {**CUT, "percent": 100.0 * (0.8**bound.size - 1.0)}
    same = product.solve(world, scenario(by_hand, change[1], energy=fuels(world)))
    assert same.welfare == pytest.approx(result.welfare, rel=1e-10)
    free = bounded(world, *change, change=1, percent=50.0)[1]
    assert not free.binding
    assert (free.size, free.shadow) == (1.0, 0.0)


def test_a_bound_that_nothing_keeps_is_told(world: World) -> None:
    with pytest.raises(InfeasibleError, match=r"1 % of the change already puts CO2 above"):
        bounded(world, CUT)
    with pytest.raises(InfeasibleError, match=r"even .* USD a tonne leaves CO2"):
        bounded(world, CUT, by="carbon-price", economies=["C02"], percent=-60.0)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"emissions": "below"}, "emissions"),
        ({"emissions": "not above", "change": 3}, "change = 3, but the scenario has 1"),
        ({"emissions": "not above", "by": "carbon-price", "change": 1}, "Drop it"),
        ({"emissions": "not above", "economies": "SCO"}, "economies says who pays"),
        ({"emissions": "not above", "much": 1}, "much"),
    ],
)
def test_a_wrong_constraint_is_refused(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=r"constraint") as told:
        parse({"change": [CUT], "on": "2025-01-01", "constraint": rule})
    assert said in str(told.value)


def test_only_a_run_keeps_a_bound(world: World) -> None:
    made = replace(scenario(CUT), constraint=Constraint())
    with pytest.raises(DataError, match="kept by winset run alone"):
        product.solve(world, made)


RUN = """title = "Cheaper trade, no more CO2"
world = "small"
on = 2025-01-01
[parameters.energy]
sectors = ["goods"]
[[change]]
kind = "trade-cost"
among = ["KAZ", "UZB"]
percent = -20
[constraint]
emissions = "not above"
by = "carbon-price"
"""


def test_a_run_says_what_keeps_the_bound(tmp_path: Path, winset: Any) -> None:
    small(tmp_path, GOOD)
    path = tmp_path / "bound.toml"
    path.write_text(RUN, encoding="utf-8")
    said = winset("run", path, "--json").json
    rule = said["constraint"]
    assert rule["binding"]
    assert rule["after_mt"] == pytest.approx(rule["bound_mt"], rel=1e-7)
    assert rule["payers"] == ["KAZ", "UZB"]
    assert said["emissions"]["technique_mt"] < 0
    assert said["parameters"]["energy"]["sectors"] == ["goods"]
    printed = winset("run", path).out
    assert f"pay {rule['carbon_price_usd']:,.2f} USD a tonne" in " ".join(printed.split())
    assert "Emissions" not in json.dumps(said["scenario"])


def test_co2_without_output_is_named(tmp_path: Path, winset: Any) -> None:
    folder = small(tmp_path, GOOD)
    trade = (folder / "trade.csv").read_text(encoding="utf-8").splitlines()
    left = [row for row in trade if not row.startswith("KGZ,") or "services" in row]
    (folder / "trade.csv").write_text("\n".join(left) + "\n", encoding="utf-8")
    path = tmp_path / "cut.toml"
    path.write_text(RUN.split("[constraint]")[0], encoding="utf-8")
    said = winset("run", path, "--json").json["emissions"]
    assert said["without_output"] == ["KGZ, goods"]
    assert "CO2 without output in KGZ, goods" in " ".join(winset("run", path).out.split())
    refused = winset("carbon", folder)
    assert (refused.code, refused.out) == (2, "")
    assert "emissions of KGZ, goods, whose output is 0" in refused.err
