"""Accounts of emissions before and after a scenario, and what is doubted in tables of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.test_environment import folder
from tests.unit.test_world_carbon import GOOD, small

from winset.errors import DataError
from winset.studies.carbon import carbon
from winset.studies.carbon_changes import CarbonChange, carbon_changes

CHANGE = """title = "Cheaper trade of two"
world = "small"
on = 2025-01-01
{energy}
[[change]]
kind = "trade-cost"
among = ["KAZ", "UZB"]
percent = -20
{more}
"""
PRICE = """[[change]]
kind = "carbon-price"
economies = ["KAZ"]
price = 20
"""
ENERGY = """[parameters.energy]
sectors = ["goods"]
"""


def scenario(at: Path, *, energy: str = "", more: str = "", rows: str = GOOD) -> Path:
    small(at, rows)
    path = at / "change.toml"
    path.write_text(CHANGE.format(energy=energy, more=more), encoding="utf-8")
    return path


def adds_up(done: CarbonChange) -> None:
    """What changes in production is its parts; what changes in consumption sums to it; no unit twice."""
    old, new, run = done.before.accounts, done.after.accounts, done.emissions
    made = new.production[0] - old.production[0]
    assert made == pytest.approx(run.scale + run.composition + run.technique, abs=1e-9)
    assert made + (new.households - old.households)[0] == pytest.approx(run.change, abs=1e-9)
    for account in (old, new):
        assert account.consumption.sum() == pytest.approx(account.production.sum(), rel=1e-12)
        assert account.bilateral.sum(axis=2) == pytest.approx(account.production, rel=1e-10)
    assert np.abs(made).max() > 1e-3


@pytest.mark.parametrize(
    ("energy", "more"), [("", ""), (ENERGY, PRICE)], ids=["many sectors", "energy"]
)
def test_accounts_before_and_after_add_up(tmp_path: Path, energy: str, more: str) -> None:
    done = carbon_changes(scenario(tmp_path, energy=energy, more=more))
    adds_up(done)
    assert done.emissions.technique.any() == bool(energy)
    if not energy:  # the accounts before are those of the world alone
        alone = carbon(tmp_path / "small").accounts
        assert done.before.accounts.embodied == pytest.approx(alone.embodied, rel=1e-9)
        assert done.before.accounts.bilateral == pytest.approx(alone.bilateral, rel=1e-9)


def test_accounts_of_one_sector_add_up() -> None:
    done = carbon_changes("sco-2025", overrides={"percent": "-5"})
    adds_up(done)
    assert done.emissions.composition == pytest.approx(0.0, abs=1e-12)
    alone = carbon("world-2023-free").accounts
    assert done.before.accounts.embodied == pytest.approx(alone.embodied, rel=1e-9, abs=1e-12)
    k = done.result.codes.index("CHN")
    dearer = done.result.wage[k] ** 0.5 * done.result.price[k] ** 0.5
    volume = done.result.after.output[k] / done.result.before.output[k] / dearer
    assert abs(dearer - 1.0) > 1e-4
    grown = done.emissions.scale[k] / done.before.accounts.production[0, k]
    assert grown == pytest.approx(volume - 1.0, rel=1e-9)  # volumes, not dollars


def test_without_trade_everybody_uses_what_he_emits(tmp_path: Path) -> None:
    path = scenario(tmp_path, energy='[parameters]\ndeficits = "balanced"')
    path.write_text(
        path.read_text("utf-8").replace('["KAZ", "UZB"]', '"all"').replace("-20", "5000"),
        encoding="utf-8",
    )
    found = carbon_changes(path).after.accounts
    assert found.imports == pytest.approx(0.0, abs=1e-3)
    assert found.bilateral == pytest.approx(found.embodied, abs=1e-3)
    assert found.consumption == pytest.approx(found.production, abs=1e-3)


def test_a_scenario_is_told_in_both_methods(tmp_path: Path, winset: Any) -> None:
    path = scenario(tmp_path, energy=ENERGY, more=PRICE)
    said = winset("carbon", path, "--json").json
    assert said["emissions"] == winset("run", path, "--json").json["emissions"]
    assert said["members"] == ["KAZ", "UZB"]
    for row in said["changes"]:
        code = row["code"]
        after = {key: said["after"][key][code]["CO2"] for key in ("production", "consumption")}
        made = said["production"][code]["CO2"]
        assert after["production"] - made == pytest.approx(row["production_change_mt"], abs=1e-9)
        used = said["consumption"][code]["CO2"]
        assert after["consumption"] - used == pytest.approx(row["consumption_change_mt"], abs=1e-9)
        parts = row["scale_mt"] + row["composition_mt"] + row["technique_mt"]
        assert parts == pytest.approx(row["production_change_mt"], abs=1e-9)
    assert len(said["after"]["embodied"]) == len(said["after"]["bilateral"]) == 9
    printed = " ".join(winset("carbon", path, "--report", tmp_path / "page.html").out.split())
    assert "by final demand" in printed
    assert "Leakage:" in printed
    assert "CO2 before and after" in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cbam-2027",), "Did you mean cbam-2026"),
        (("icio-2022", "--set", "percent=-5"), "icio-2022 is no scenario: --set and --blocs"),
        (("nafta",), "nothing is known of its CO2"),
        (
            ("sco-2025", "--set", "entry_cost_share=0.2", "--set", "value_added_share=1"),
            "with entry costs sales do not tell how much is made",
        ),
        (("nowhere.toml",), "nowhere.toml"),
    ],
)
def test_what_is_no_scenario_with_co2_is_refused(winset: Any, words: Any, said: str) -> None:
    done = winset("carbon", *words)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())


# What is doubted in tables.

LANDS = {"CHN": 11_000.0, "USA": 5_000.0, "KAZ": 280.0, "RUS": 1_750.0}


def tabled(at: Path, factors: tuple[float, ...], codes: tuple[str, ...] = tuple(LANDS)) -> Path:
    """Tables of four economies whose CO2 is that of the inventories, nearly, in some units."""
    at.mkdir(exist_ok=True)
    flows = [f"{a},s,{b},s,1" for a in codes for b in codes if a != b]
    files = {
        "flows": ("from_region,from_sector,to_region,to_sector,value", flows),
        "final": ("from_region,from_sector,to_region,value", [f"{a},s,{a},50" for a in codes]),
        "emissions": (
            "region,sector,gas,value",
            [f"{a},s,CO2,{LANDS[a] * f}" for a, f in zip(codes, factors, strict=True)],
        ),
    }
    for name, (head, rows) in files.items():
        (at / f"{name}.csv").write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return at


@pytest.mark.parametrize(("factor", "unit"), [(1e-3, "Gt"), (1.0, "Mt"), (1e3, "kt"), (1e6, "t")])
def test_the_unit_of_tables_is_said(tmp_path: Path, winset: Any, factor: float, unit: str) -> None:
    path = tabled(tmp_path / "t", (factor,) * 4)
    said = winset("carbon", path, "--json").json["inventories"]
    assert said["unit"] == unit
    assert [row["factor"] for row in said["economies"]] == pytest.approx([factor] * 4, rel=0.2)
    assert f"CO2 is in {unit} by the Global" in " ".join(winset("carbon", path).out.split())


def test_tonnes_and_kilotonnes_mixed_are_refused(tmp_path: Path, winset: Any) -> None:
    done = winset("carbon", tabled(tmp_path / "t", (1e3, 1e3, 1e6, 1e3)))
    assert (done.code, done.out) == (2, "")
    said = " ".join(done.err.split())
    assert "CO2 of KAZ is in another unit than that of the others, which are in kt" in said
    assert "Are t, kt and Mt mixed?" in said


@pytest.mark.parametrize(
    ("factors", "codes"),
    [((1.0, 7.0, 100.0, 30.0), tuple(LANDS)), ((1e3, 1e6), ("CHN", "KAZ"))],
    ids=["nothing like it", "two that do not agree"],
)
def test_a_unit_that_is_none_is_said(tmp_path: Path, winset: Any, factors: Any, codes: Any) -> None:
    path = tabled(tmp_path / "t", factors, codes)
    assert winset("carbon", path, "--json").json["inventories"]["unit"] is None
    assert "CO2 is in no unit of the Global" in " ".join(winset("carbon", path).out.split())


def test_regions_that_are_no_economies_have_no_inventory(tmp_path: Path, winset: Any) -> None:
    assert winset("carbon", folder(tmp_path), "--json").json["inventories"] is None


def test_output_without_emissions_is_named(tmp_path: Path, winset: Any) -> None:
    path = folder(tmp_path, emissions="a,s,CO2,3\n")
    assert winset("carbon", path, "--json").json["without_emissions"] == ["b, s"]
    said = " ".join(winset("carbon", path).out.split())
    assert "1 industry has output and no emissions: b." in said


def test_negative_footprints_are_reported(tmp_path: Path, winset: Any) -> None:
    path = folder(tmp_path)
    with (path / "final.csv").open("a", encoding="utf-8") as file:
        file.write("a,s,b,-4.5\n")
    (path / "final.csv").write_text(
        (path / "final.csv").read_text("utf-8").replace("b,s,b,6", "b,s,b,0.5"), encoding="utf-8"
    )
    said = winset("carbon", path, "--json").json
    assert [(one["region"], one["gas"]) for one in said["negative"]] == [("b", "CO2")]
    assert said["negative"][0]["consumption"] == said["consumption"]["b"]["CO2"] < 0
    assert sum(x["CO2"] for x in said["consumption"].values()) == pytest.approx(7.0)
    assert "Negative footprints of b (CO2)" in " ".join(winset("carbon", path).out.split())


def test_inputs_of_what_makes_nothing_are_refused(tmp_path: Path) -> None:
    path = folder(tmp_path, emissions="a,s,CO2,3\nb,s,CO2,4\n")
    with (path / "flows.csv").open("a", encoding="utf-8") as file:
        file.write("a,idle,a,s,1\na,s,b,idle,2\n")
    with pytest.raises(DataError, match="b, idle buys inputs of 2, but its output is 0"):
        carbon(path)
