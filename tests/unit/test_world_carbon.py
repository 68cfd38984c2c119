"""CO2 of worlds: totals, where they come from, charges at the border, and what a scenario does to them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import winset as product
from winset.errors import DataError
from winset.scenario import CarbonBorder, Scenario, Tariff
from winset.studies.carbon import system_of
from winset.studies.run_emissions import emitted
from winset.worlds import World, read_world, write_world
from winset.worlds.carbon import INDUSTRIES, carbon_of, intensity
from winset.worlds.inventory import inventories

WORLDS = ("icio-2022", "world-2022-sectors", "world-2023")


@pytest.mark.parametrize("name", WORLDS)
def test_totals_are_those_of_the_inventories(name: str) -> None:
    world = product.world(name)
    found, known = carbon_of(world), inventories()
    assert found is not None
    assert not found.measured
    for k, code in enumerate(world.codes):
        if code in known:
            assert found.totals[k] == pytest.approx(known[code].territorial, rel=1e-12)
    if "ROW" in world.index:
        assert found.totals.sum() == pytest.approx(
            sum(one.territorial for one in known.values()), rel=1e-12
        )
    assert (found.sectors >= 0).all()
    assert (found.households >= 0).all()


def test_households_of_the_world_emit_what_the_table_says() -> None:
    world = product.world("icio-2022")
    found = carbon_of(world)
    assert found is not None
    kinds = inventories()
    power = sum(i.territorial * i.kinds["electricity_heat"] for i in kinds.values() if i.kinds)
    direct = 4056.0 / 30327.0 * found.totals.sum()
    assert found.households.sum() == pytest.approx(direct + 4010.0 / 14578.0 * power, rel=0.01)


def test_the_article_s_direct_and_total_co2_add_up() -> None:
    assert sum(row[0] for row in INDUSTRIES.values()) == pytest.approx(100.0, abs=0.3)
    assert sum(row[2] for row in INDUSTRIES.values()) == pytest.approx(11693.0, abs=2)
    assert sum(row[3] for row in INDUSTRIES.values()) == pytest.approx(22261.0, abs=3)


def test_nothing_is_said_of_a_world_of_other_sectors(winset: Any) -> None:
    assert carbon_of(product.world("caliendo-parro-1993")) is None
    done = winset("carbon", "caliendo-parro-1993")
    assert (done.code, done.out) == (2, "")
    assert "nothing is known of its CO2. Give it an emissions.csv" in done.err


def test_accounts_of_a_world_are_its_own(winset: Any) -> None:
    world = product.world("icio-2022")
    gas = carbon_of(world)
    assert gas is not None
    system = system_of(world, gas)
    assert system.output == pytest.approx(world.trade.sum(axis=2).T.ravel(), rel=1e-9)
    said = winset("carbon", "icio-2022", "--json").json
    made = sum(x["CO2"] for x in said["production"].values())
    used = sum(x["CO2"] for x in said["consumption"].values())
    assert used == pytest.approx(made, rel=1e-10)
    home = sum(x["CO2"] for x in said["households"].values())
    assert made + home == pytest.approx(gas.totals.sum(), rel=1e-10)
    gaps = {row["code"]: row["gap_percent"] for row in said["compared"]}
    assert abs(gaps["CHN"]) < 10
    assert abs(gaps["USA"]) < 10
    assert gaps["ROW"] is None


def small(tmp_path: Path, rows: str) -> Path:
    """Three economies of two sectors, with emissions."""
    folder = tmp_path / "small"
    folder.mkdir()
    about = {"name": "small", "year": 2021, "sources": [], "licenses": []}
    (folder / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    files = {
        "economies": "code,name,gdp_musd\nKAZ,Kazakhstan,\nUZB,Uzbekistan,\nKGZ,Kyrgyzstan,\n",
        "sectors": "sector,elasticity\ngoods,4\nservices,5\n",
        "trade": "exporter,importer,sector,value_musd\n"
        + "".join(
            f"{a},{b},{s},{9000 if a == b else 100 + 17 * i + 31 * k}\n"
            for i, a in enumerate(("KAZ", "UZB", "KGZ"))
            for k, b in enumerate(("KAZ", "UZB", "KGZ"))
            for s in ("goods", "services")
        ),
        "emissions": "economy,sector,value_mt\n" + rows,
    }
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


GOOD = "KAZ,goods,200\nKAZ,services,75\nUZB,goods,121\nKGZ,goods,9\n"


def test_a_world_may_bring_its_own(tmp_path: Path) -> None:
    world = read_world(small(tmp_path, GOOD))
    assert world.emissions is not None
    assert world.emissions.tolist() == [[200, 121, 9], [75, 0, 0]]
    found = carbon_of(world)
    assert found is not None
    assert found.measured
    again = read_world(write_world(world, tmp_path / "again"))
    assert again == world
    assert np.array_equal(again.emissions, world.emissions)
    assert replace(world, emissions=None).sha256 != world.sha256
    merged = world.aggregate({"CA": ["UZB", "KGZ"]})
    assert merged.emissions is not None
    assert merged.emissions.sum() == 405
    assert world.select(["KGZ", "KAZ"]).emissions.tolist() == [[9, 200], [0, 75]]  # type: ignore[union-attr]
    assert world.closed(0.5).emissions.tolist() == [[275, 121, 9]]  # type: ignore[union-attr]
    one = world.aggregate_sectors({"all": ["goods"]})
    assert one.emissions is not None
    assert one.emissions.sum() == 405


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("KAZ,steel,1\n", "sector 'steel' is not of the world"),
        ("KAZ,,1\n", "sector '' is not of the world"),
        ("XXX,goods,1\n", "economy 'XXX' is not in economies.csv"),
        ("KAZ,goods,-1\n", "emissions are zero or more"),
        ("KAZ,goods,1\nKAZ,goods,1\n", "KAZ, goods is given twice"),
        ("KAZ,goods,much\n", "it must be a number"),
    ],
)
def test_wrong_emissions_are_refused_with_their_row(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(DataError, match=r"emissions\.csv row ") as told:
        read_world(small(tmp_path, rows))
    assert said in str(told.value)


def test_tonnes_for_million_tonnes_are_noticed(tmp_path: Path, winset: Any) -> None:
    done = winset(
        "carbon", small(tmp_path, GOOD.replace(",200", ",200000").replace(",75", ",75000"))
    )
    assert (done.code, done.out) == (2, "")
    assert "emissions of KAZ are far from their inventories" in done.err
    assert "Is emissions.csv in t or kt? Write million tonnes." in done.err


def charged(world: World, **keys: Any) -> Scenario:
    change = CarbonBorder(kind="carbon-border", importers=keys.pop("importers", "EU"), **keys)
    return Scenario(title="a charge", changes=(change,), world=world.name)


def test_a_charge_in_a_world_of_one_sector_is_the_tariff_of_its_rate() -> None:
    world = product.world("world-2023")
    gas = carbon_of(world)
    assert gas is not None
    rate = 80.0 * float(intensity(world, gas)[0, world.index["CHN"]])
    assert 0 < rate < 0.2
    by_charge = product.solve(world, charged(world, importers="KAZ", exporters="CHN", price=80.0))
    cut = Tariff(kind="tariff", exporters="CHN", importers="KAZ", points=rate)
    by_tariff = product.solve(world, Scenario(title="a tariff", changes=(cut,)))
    assert by_charge.equivalent_variation == pytest.approx(
        by_tariff.equivalent_variation, rel=1e-10
    )


def test_what_was_paid_at_home_is_deducted() -> None:
    world = product.world("icio-2022")
    scenario = charged(world, price=60.0, paid={"CHN": 60.0, "IND": 20.0, "KAZ": 99.0})
    shock = scenario.resolve(world)
    more = shock.tariff - world.tariff
    gas = carbon_of(world)
    assert gas is not None
    v, buyer = intensity(world, gas), world.index["DEU"]
    for code, due in (("CHN", 0.0), ("KAZ", 0.0), ("IND", 40.0), ("RUS", 60.0), ("FRA", 0.0)):
        seller = world.index[code]
        assert more[:, seller, buyer] == pytest.approx(due * v[:, seller], abs=1e-12), code
    outside = [k for k, c in enumerate(world.codes) if c not in shock.members]
    assert not more[:, :, outside].any()
    all_paid = charged(world, price=60.0, paid={"all": 60.0})
    assert all_paid.resolve(world).changes_nothing(world)
    assert charged(world, price=0.0).resolve(world).changes_nothing(world)


def test_only_the_sectors_named_are_charged() -> None:
    world = product.world("icio-2022")
    more = charged(world, price=60.0, sectors=["C23"]).resolve(world).tariff - world.tariff
    assert {world.sectors[j] for j in np.flatnonzero(more.any(axis=(1, 2)))} == {"C23"}


def test_zero_price_is_said_to_change_nothing(winset: Any) -> None:
    done = winset("run", "cbam-2026", "--set", "price=0")
    assert (done.code, done.out) == (2, "")
    assert "changes nothing" in done.err


def test_the_parts_of_a_change_of_co2_add_up() -> None:
    scenario = Scenario.from_toml("cbam-2026")
    result = product.solve(scenario.load_world(), scenario)
    found = emitted(result)
    assert found is not None
    assert result.sectors is not None
    after = result.sectors.state
    before = result.sectors.calibrated.initial
    base = result.sectors.calibrated.base
    volume = after.output / before.output * np.exp(before.cost - after.cost)
    gas = found.carbon
    new = (gas.sectors[base.order] * volume).sum(axis=0)
    assert found.scale + found.composition == pytest.approx(new - gas.sectors.sum(axis=0), abs=1e-9)
    assert found.change.sum() < 0  # less of what is charged is made where it takes more CO2
    assert found.change[~found.inside].sum() < 0 < found.change[found.inside].sum()
    assert found.leakage is None


def test_nothing_happens_to_co2_where_nothing_happens() -> None:
    world = product.world("icio-2022")
    scenario = Scenario(
        title="x", changes=(Tariff(kind="tariff", exporters="KAZ", importers="EU", percent=0.0),)
    )
    found = emitted(product.solve(world, scenario))
    assert found is not None
    assert found.change == pytest.approx(0.0, abs=1e-6)
    assert found.leakage is None


def test_a_run_says_what_becomes_of_co2(winset: Any) -> None:
    said = winset("run", "cbam-2026", "--json").json["emissions"]
    assert said["technique_mt"] == 0
    parts = ("scale_mt", "composition_mt", "technique_mt", "households_mt")
    assert said["change_mt"] == pytest.approx(sum(said[p] for p in parts), abs=1e-9)
    assert said["change_mt"] == pytest.approx(said["inside_mt"] + said["outside_mt"], abs=1e-9)
    assert said["change_mt"] == pytest.approx(
        sum(e["change_mt"] for e in said["economies"]), abs=1e-9
    )
    assert "CO2 −" in winset("run", "cbam-2026").out
