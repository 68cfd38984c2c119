"""Trade creation and diversion: parts that add up, whatever the world and the change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_sectors import with_sectors
from tests.properties.worlds import build, cheaper, parameters, scenario, worlds

import winset
from winset.scenario import Scenario
from winset.trade.effects.creation_diversion import Diversion, measure
from winset.worlds import World

few = settings(max_examples=20)


def tariff(rate: float, exporters: Any, importer: str) -> dict[str, Any]:
    return {"kind": "tariff", "exporters": exporters, "importers": [importer], "rate": rate}


def measured(world: World, wanted: Scenario) -> Diversion:
    return measure(winset.solve(world, wanted), wanted.resolve(world))


def shares(flows: np.ndarray, tariffs: np.ndarray) -> np.ndarray:
    paid = flows * (1 + tariffs)
    return np.asarray(paid / paid.sum(axis=0))


@few
@given(worlds(), parameters(), st.sampled_from([0.0, 0.1, 0.4]))
def test_what_partners_gain_is_creation_and_diversion(
    world: World, chosen: dict[str, object], rate: float
) -> None:
    wanted = scenario(
        chosen,
        cheaper(*world.codes[:2]),
        {"kind": "tariff", "exporters": "all", "importers": [world.codes[2]], "rate": rate},
    )
    result = winset.solve(world, wanted)
    shock = wanted.resolve(world)
    found = measure(result, shock)
    size = np.abs(found.change).max()
    old, new = shares(result.flows, world.tariffs), shares(result.new_flows, shock.tariff)
    spent = (result.flows * (1 + world.tariffs)).sum(axis=0)
    for importer in (0, 1):
        partner = 1 - importer
        gain = spent[importer] * (new[partner, importer] - old[partner, importer])
        parts = found.creation[importer] + found.diversion[importer] + found.adjustment[importer]
        assert parts == pytest.approx(gain, abs=1e-9 * size)
        assert found.creation[importer] > 0
        assert found.diversion[importer] > 0
    assert found.change.sum(axis=0) == pytest.approx(0.0, abs=1e-9 * size)
    assert found.adjusted.sum(axis=0) == pytest.approx(0.0, abs=1e-9 * size)
    assert found.created.sum(axis=0) == pytest.approx(found.creation, abs=1e-9 * size)
    partners_gain = (found.change + found.diverted).sum(axis=0) - found.change.diagonal()
    assert partners_gain == pytest.approx(found.creation + found.diversion, abs=1e-9 * size)
    assert not found.change[:, 3:].any()  # markets that the change does not reach


@few
@given(worlds(), parameters(), st.integers(0, 1000))
def test_parts_add_up_over_sectors(world: World, chosen: dict[str, object], seed: int) -> None:
    split = with_sectors(world, 2, 4.0, None, seed)
    cut = tariff(0.0, [world.codes[1]], world.codes[0]) | {"sector": "s1"}
    found = measured(split, scenario(chosen, cut))
    size = np.abs(found.change).max()
    gain = found.change[1, 0]
    assert found.adjustment[0] == pytest.approx(found.adjusted[1, 0], abs=1e-9 * size)
    assert found.creation[0] + found.diversion[0] == pytest.approx(gain, abs=1e-9 * size)
    assert found.created[1, 0] == pytest.approx(found.creation[0], abs=1e-9 * size)
    assert not found.change[:, 1:].any()


@few
@given(worlds(tariffs=False), parameters())
def test_no_change_creates_and_diverts_nothing(world: World, chosen: dict[str, object]) -> None:
    undone = [cheaper(*world.codes[:2], percent=25.0), cheaper(*world.codes[:2], percent=-20.0)]
    found = measured(world, scenario(chosen, *undone))
    assert not found.change.any()
    assert not found.adjusted.any()
    assert not found.created.any()
    assert not found.diverted.any()
    assert found.tariffs is None
    assert found.to_json() == {}


@few
@given(worlds(), parameters(), st.randoms(use_true_random=False))
def test_permuting_economies_permutes_the_parts(world: World, chosen, random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(world)))
    random.shuffle(order)
    moved = build(
        world.flows[np.ix_(order, order)],
        world.tariffs[np.ix_(order, order)],
        [world.codes[k] for k in order],
    )
    wanted = scenario(chosen, cheaper(*world.codes[:2]), tariff(0.05, "all", world.codes[2]))
    once, twice = measured(world, wanted), measured(moved, wanted)
    size = np.abs(once.change).max()
    for name in ("change", "adjusted", "created", "diverted"):
        first = getattr(once, name)[np.ix_(order, order)]
        assert first == pytest.approx(getattr(twice, name), abs=1e-8 * size)


@few
@given(worlds(), parameters())
def test_one_sector_split_alike_is_the_whole(world: World, chosen: dict[str, object]) -> None:
    theta = float(str(chosen["trade_elasticity"]))
    wanted = scenario(chosen, cheaper(*world.codes[:2]), tariff(0.1, "all", world.codes[2]))
    whole = measured(world, wanted)
    split = measured(with_sectors(world, 1, theta, None, 0), wanted)
    size = np.abs(whole.change).max()
    assert split.change == pytest.approx(whole.change, abs=1e-8 * size)
    assert split.adjustment == pytest.approx(whole.adjustment, abs=1e-8 * size)
    assert whole.tariffs is not None
    assert split.tariffs is not None
    everyone = np.ones(len(world), dtype=bool)
    means = whole.tariffs.mean(everyone, everyone)
    assert split.tariffs.mean(everyone, everyone) == pytest.approx(means)


def three() -> World:
    """Home buys of a partner, an outsider and itself; all alike."""
    flows = np.full((3, 3), 20.0) + np.diag(np.full(3, 160.0))
    rates = np.where(np.eye(3), 0.0, 0.2)
    return build(flows, rates, ["AAA", "BBB", "CCC"])


def test_a_cut_for_one_diverts_and_a_cut_for_all_does_not() -> None:
    given_: dict[str, object] = {"deficits": "balanced"}
    cut = tariff(0.0, ["BBB"], "AAA")
    one = measured(three(), scenario(given_, cut))
    everyone = measured(three(), scenario(given_, cut | {"mfn": True}))
    assert one.creation[0] > 0
    assert one.diversion[0] > 0
    assert one.outsiders() == [("CCC", pytest.approx(one.diversion[0]))]
    assert everyone.creation[0] > one.creation[0]
    assert everyone.diversion[0] == 0.0
    # By hand: 24 from each, tariffs included, 180 from home; what BBB costs falls by a sixth, θ = 4.
    spent, pull = 180.0 + 2 * 24.0, 1.2**4
    total = 24 * pull + 24 + 180
    assert one.change[1, 0] == pytest.approx(spent * 24 * pull / total - 24)
    assert one.diversion[0] == pytest.approx(24 - spent * 24 / total)
    assert one.creation[0] == pytest.approx(180 - spent * 180 / total)
    assert everyone.created[1:, 0] == pytest.approx(everyone.creation[0] / 2)


def test_a_rise_on_one_sends_trade_home_and_to_outsiders() -> None:
    found = measured(three(), scenario({}, tariff(0.5, ["BBB"], "AAA")))
    assert found.creation[0] < 0  # sales at home replace imports
    assert found.diversion[0] < 0  # an outsider gains
    assert found.change[1, 0] == pytest.approx(found.creation[0] + found.diversion[0])


def test_creation_by_partner_goes_by_what_each_gains() -> None:
    flows = np.full((4, 4), 20.0) + np.diag(np.full(4, 160.0))
    flows[1, 0] = 60.0
    world = build(flows, np.where(np.eye(4), 0.0, 0.2), ["AAA", "BBB", "CCC", "DDD"])
    found = measured(world, scenario({}, tariff(0.0, ["BBB", "CCC"], "AAA")))
    ratio = found.change[1, 0] / found.change[2, 0]
    assert ratio > 2
    assert found.created[1, 0] / found.created[2, 0] == pytest.approx(ratio)
    said = found.to_json()
    assert sum(row["musd"] for row in said["creation"]["partners"]) == pytest.approx(
        said["creation"]["musd"]
    )
    assert [row["code"] for row in said["diversion"]["outsiders"]] == ["DDD"]
    assert said["diversion"]["importers"] == [{"code": "AAA", "musd": said["diversion"]["musd"]}]


def test_means_of_tariffs_by_hand() -> None:
    flows = np.array([[100.0, 1, 1, 1], [30, 100, 1, 1], [10, 1, 100, 1], [0, 1, 1, 100]])
    rates = np.zeros((4, 4))
    rates[:, 0] = [0.0, 0.1, 0.3, 0.5]
    world = build(flows, rates, ["AAA", "BBB", "CCC", "DDD"])
    wanted = scenario({}, tariff(0.02, ["BBB"], "AAA"))
    said = measured(world, wanted).to_json()["tariffs"]
    assert [row["code"] for row in said] == ["AAA"]
    assert said[0]["members"] == pytest.approx(
        {
            "weighted_percent": 10.0,
            "new_weighted_percent": 2.0,
            "simple_percent": 10.0,
            "new_simple_percent": 2.0,
        }
    )
    assert said[0]["outsiders"]["weighted_percent"] == pytest.approx(30.0)
    assert said[0]["outsiders"]["simple_percent"] == pytest.approx(40.0)
    assert said[0]["all"]["weighted_percent"] == pytest.approx(15.0)
    assert said[0]["all"]["new_weighted_percent"] == pytest.approx((0.6 + 3) / 40 * 100)
    assert said[0]["all"]["simple_percent"] == pytest.approx(30.0)


def test_with_entry_costs_trade_answers_tariffs_by_more() -> None:
    given_: dict[str, object] = {"value_added_share": 1.0, "entry_cost_share": 0.2}
    found = measured(three(), scenario(given_, tariff(0.0, ["BBB"], "AAA")))
    pull = 1.2 ** (4 * (1 + 0.2 / 0.8))  # θ φ
    total = 24 * pull + 24 + 180
    assert found.change[1, 0] == pytest.approx(228 * 24 * pull / total - 24)
