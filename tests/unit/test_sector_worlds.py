"""Worlds with sectors as folders: what is read back, and what is said of what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as library
from winset.errors import DataError
from winset.scenario import SCENARIOS
from winset.worlds import write_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CODES, SECTORS = ("AAA", "BBB"), ("farm", "mill", "shop")
SCENARIO = """world = "w"
on = "2025-01-01"
[[change]]
kind = "tariff"
exporters = ["AAA"]
importers = ["BBB"]
sector = "mill"
rate = 0.2
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A sound world of two economies and three sectors, the last of them not traded."""
    world = tmp_path / "w"
    world.mkdir()
    (world / "datapackage.json").write_text('{"name": "w", "year": 2020}', "utf-8")
    (world / "economies.csv").write_text("code,name\nAAA,A\nBBB,B\n", "utf-8")
    trade = ["exporter,importer,sector,value_musd"]
    for sector in SECTORS:
        trade += [f"{c},{c},{sector},100" for c in CODES]
    trade += ["AAA,BBB,farm,10", "BBB,AAA,farm,12", "AAA,BBB,mill,20", "BBB,AAA,mill,18"]
    (world / "trade.csv").write_text("\n".join(trade) + "\n", "utf-8")
    (world / "tariffs.csv").write_text("exporter,importer,sector,rate\nAAA,BBB,mill,0.1\n", "utf-8")
    (world / "sectors.csv").write_text(
        "sector,elasticity,theta_low\nfarm,8,4\nmill,4,2\nshop,,\n", "utf-8"
    )
    io, value_added, final = (
        ["economy,using,supplying,share"],
        ["economy,sector,share"],
        ["economy,sector,share"],
    )
    for code in CODES:
        for using in SECTORS:
            value_added.append(f"{code},{using},0.55")
            io += [f"{code},{using},{supplying},0.15" for supplying in SECTORS]
        final += [
            f"{code},{sector},{a}" for sector, a in zip(SECTORS, (0.3, 0.3, 0.4), strict=True)
        ]
    for name, lines in (("io", io), ("value_added", value_added), ("final", final)):
        (world / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (tmp_path / "s.toml").write_text(SCENARIO, "utf-8")
    return tmp_path


def spoil(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        text = (place / "w" / file).read_text("utf-8")
        assert old in text
        (place / "w" / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


def drop_rows(file: Path, start: str) -> None:
    rows = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(row for row in rows if not row.startswith(start)), "utf-8")


def no_value_added(place: Path) -> None:
    """The sectors of AAA spend all on inputs."""
    for name, old, new in (("value_added", ",0.55", ",0"), ("io", ",0.15", ",0.333333333")):
        file = place / "w" / f"{name}.csv"
        rows = file.read_text("utf-8").splitlines(keepends=True)
        text = "".join(r.replace(old, new) if r.startswith("AAA") else r for r in rows)
        file.write_text(text, "utf-8")


def of_itself(place: Path) -> None:
    """The shop of AAA buys of itself alone and adds nothing: its price has no anchor."""
    drop_rows(place / "w" / "io.csv", "AAA,shop,")
    spoil("value_added.csv", "AAA,shop,0.55", "AAA,shop,0")(place)
    with (place / "w" / "io.csv").open("a", encoding="utf-8") as file:
        file.write("AAA,shop,shop,1\n")


CASES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "negative input": (
        spoil("io.csv", "AAA,mill,farm,0.15", "AAA,mill,farm,-0.15"),
        ["io.csv row 5", "AAA, sector mill, input of farm: share is -0.15, negative by 0.15"],
    ),
    "unbalanced column": (
        spoil("io.csv", "AAA,mill,farm,0.15", "AAA,mill,farm,0.25"),
        ["AAA", "mill", "sum to 1.1, not 1: +0.1"],
    ),
    "final shares": (
        spoil("final.csv", "BBB,shop,0.4", "BBB,shop,0.3"),
        ["final.csv", "BBB", "sum to 0.9, not 1: -0.1"],
    ),
    "elasticity of zero": (
        spoil("sectors.csv", "farm,8", "farm,0"),
        ["sectors.csv row 2", "elasticity of farm is 0", "positive"],
    ),
    "negative elasticity of a set": (
        spoil("sectors.csv", "mill,4,2", "mill,4,-2"),
        ["sectors.csv row 3", "theta_low of mill is -2"],
    ),
    "no elasticity though traded": (
        spoil("sectors.csv", "farm,8,4", "farm,,"),
        ["sector farm has no elasticity but 22 USD million"],
    ),
    "sector missing": (
        spoil("sectors.csv", "mill,4,2\n", ""),
        ["no elasticity for sector 'mill'"],
    ),
    "sector without trade": (
        spoil("sectors.csv", "shop,,", "shop,3,3"),
        ["sector shop has an elasticity but no trade"],
    ),
    "sector without sales": (
        spoil("sectors.csv", "shop,,", "shop,,\nmine,,"),
        ["sector mine has no sales"],
    ),
    "value added missing": (
        spoil("value_added.csv", "AAA,mill,0.55\n", ""),
        ["value_added.csv", "no share for AAA, sector mill"],
    ),
    "input above one": (
        spoil("io.csv", "AAA,mill,farm,0.15", "AAA,mill,farm,15"),
        ["AAA, sector mill, input of farm: share is 15, above 1 by 14"],
    ),
    "input that is no number": (
        spoil("io.csv", "AAA,mill,farm,0.15", "AAA,mill,farm,nan"),
        ["io.csv row 5", "share of AAA, sector mill, input of farm is empty"],
    ),
    "input given twice": (
        spoil("io.csv", "AAA,mill,farm,0.15", "AAA,mill,farm,0.15\nAAA,mill,farm,0.1"),
        ["io.csv row 6", "AAA, farm in mill is given twice"],
    ),
    "negative value added": (
        spoil("value_added.csv", "BBB,shop,0.55", "BBB,shop,-0.05"),
        ["value_added.csv row 7", "BBB, sector shop: share is -0.05, negative by 0.05"],
    ),
    "negative final share": (
        spoil("final.csv", "BBB,shop,0.4", "BBB,shop,-0.1"),
        ["final.csv row 7", "BBB, sector shop: share is -0.1"],
    ),
    "no final shares of an economy": (
        lambda place: drop_rows(place / "w" / "final.csv", "BBB,"),
        ["final.csv", "the shares of BBB sum to 0, not 1: -1"],
    ),
    "inputs above output, no value added given": (
        lambda place: (
            (place / "w" / "value_added.csv").unlink(),
            spoil("io.csv", "AAA,mill,farm,0.15", "AAA,mill,farm,0.9")(place),
        ),
        ["io.csv", "input shares of AAA, sector mill, sum to 1.2; more than one leaves no value"],
    ),
    "an economy without value added": (
        lambda place: no_value_added(place),
        ["zero value added for AAA"],
    ),
    "a sector made of itself alone": (
        lambda place: of_itself(place),
        ["AAA, sector shop adds no value", "no wage stands behind its price"],
    ),
    "elasticity that is no number": (
        spoil("sectors.csv", "farm,8", "farm,eight"),
        ["sectors.csv row 2", "elasticity of farm is 'eight'; it must be a number"],
    ),
    "elasticity of infinity": (
        spoil("sectors.csv", "farm,8", "farm,inf"),
        ["sectors.csv row 2", "elasticity of farm is 'inf'; it must be a number"],
    ),
    "elasticity missing in one set": (
        spoil("sectors.csv", "mill,4,2", "mill,4,"),
        ["sectors.csv row 3", "mill: elasticity is '4' but theta_low is ''"],
    ),
    "sector declared twice": (
        spoil("sectors.csv", "mill,4,2", "mill,4,2\nmill,5,2"),
        ["sectors.csv row 4", "sector mill is declared twice"],
    ),
    "negative flow": (
        spoil("trade.csv", "AAA,BBB,mill,20", "AAA,BBB,mill,-20"),
        ["trade.csv row", "value_musd is -20; a flow cannot be negative"],
    ),
    "tariff of an unknown sector": (
        spoil("tariffs.csv", "AAA,BBB,mill", "AAA,BBB,mil"),
        ["tariffs.csv row 2", "'mil'", "Did you mean mill?"],
    ),
    "shares without sectors.csv": (
        lambda place: (place / "w" / "sectors.csv").unlink(),
        ["io.csv: needs sectors.csv beside it"],
    ),
    "unknown using sector": (
        spoil("io.csv", "AAA,mill,farm", "AAA,mil,farm"),
        ["io.csv row 5", "'mil'", "Did you mean mill?"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_folder(case: str, place: Path, winset: Any) -> None:
    change, words = CASES[case]
    change(place)
    said = winset("run", place / "s.toml", "--json")
    assert said.code == 2
    assert said.out == ""
    plain = " ".join(said.err.split())
    for word in words:
        assert word in plain


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("sector=mil", ["'mil'", "Did you mean mill?"]),
        ("sector=shop", ["'shop'", "not traded"]),
        ("elasticities=lo", ["no such set", "low"]),
        ("entry_cost_share=0.1", ["value_added_share"]),
    ],
)
def test_bad_choice(option: str, words: list[str], place: Path, winset: Any) -> None:
    said = winset("run", place / "s.toml", "--set", option)
    assert said.code == 2
    for word in words:
        assert word in " ".join(said.err.split())


def test_accounts_that_do_not_balance_are_named(place: Path, winset: Any) -> None:
    """Shares that sum to one, but consumption that is not what the flows leave."""
    said = winset("world", "check", place / "w")
    assert said.code == 0, said.err
    assert "The accounts of 6 of 6 sectors do not balance" in said.out
    # Trade is balanced; the tariff of 10 % on 20 is revenue.
    rows = [row for row in said.out.splitlines() if row.startswith("  BBB, sector shop")]
    output = 112 + 118 + 100
    income = 0.55 * output + 2.0
    wanted = 0.15 * output + 0.4 * income - 100
    assert f"{abs(wanted):,.6g} USD million {'above' if wanted > 0 else 'below'}" in rows[0]


def test_elasticities_are_a_choice(place: Path, winset: Any) -> None:
    def gain(*options: str) -> float:
        said = winset("run", place / "s.toml", *options, "--json")
        assert said.code == 0, said.err
        return float(said.json["economies"][1]["welfare_percent"])

    own, low = gain(), gain("--elasticities", "LOW")
    assert own != pytest.approx(low, abs=1e-6)
    assert gain("--set", "elasticities=low") == low
    assert gain("--elasticities", "uniform") not in (own, low)


def test_output_of_a_folder(place: Path, winset: Any) -> None:
    said = winset("run", place / "s.toml", "--json", "--out", place / "out")
    assert said.code == 0, said.err
    assert [s["elasticity"] for s in said.json["sectors"]] == [8, 4, None]
    mill = said.json["sectors"][1]["economies"]
    assert mill[1]["imports_percent"] < 0
    shop = said.json["sectors"][2]["economies"]
    assert [cell["exports_musd"] for cell in shop] == [0, 0]
    assert [cell["exports_percent"] for cell in shop] == [None, None]


def test_written_world_gives_the_published_figures(tmp_path: Path, winset: Any) -> None:
    world = library.world("caliendo-parro-1993")
    write_world(world, tmp_path / "mine", compress=True)
    again = library.world(tmp_path / "mine")
    assert np.array_equal(again.trade, world.trade)
    text = (SCENARIOS / "nafta.toml").read_text("utf-8")
    (tmp_path / "s.toml").write_text(text.replace("caliendo-parro-1993", "mine"), "utf-8")
    rates = (SCENARIOS / "nafta-2005.csv").read_bytes()
    (tmp_path / "nafta-2005.csv").write_bytes(rates)
    said = winset("run", tmp_path / "s.toml", "--json")
    (mexico,) = (e for e in said.json["economies"] if e["code"] == "MEX")
    assert mexico["welfare_percent"] == pytest.approx(0.0073, abs=0.001)


def test_consumption_that_is_set_to_zero_is_told() -> None:
    """In the 1993 world inputs exceed spending by 3.6 percent of what is consumed."""
    data = library.world("caliendo-parro-1993")
    accounts = data.sector_accounts(1.0)
    found = data.unmet(1.0)
    assert found is not None
    assert found["musd"] == pytest.approx(accounts.unmet.sum(), rel=1e-12)
    assert found["percent_of_income"] == pytest.approx(3.556, abs=0.001)
    assert [e["musd"] for e in found["economies"]] == sorted(
        (e["musd"] for e in found["economies"]), reverse=True
    )
    worst = found["economies"][0]
    n = data.index[worst["code"]]
    assert worst["musd"] == pytest.approx(accounts.unmet[:, n].sum())
    assert worst["percent_of_income"] == pytest.approx(
        100 * accounts.unmet[:, n].sum() / accounts.income[n]
    )
    assert worst["sectors"][0]["musd"] == pytest.approx(accounts.unmet[:, n].max())
    assert library.world("world-2023").unmet(0.5) is None


def test_a_run_and_the_world_say_what_is_unmet(winset: Any) -> None:
    said = winset("run", "nafta", "--json").json["world"]["unmet"]
    shown = winset("world", "show", "caliendo-parro-1993", "--json").json["unmet"]
    assert said == shown
    words = " ".join(winset("run", "nafta", "--top", "0").out.split())
    assert (
        f"{said['musd']:,.6g} USD million or {said['percent_of_income']:.2g} % of what is consumed"
        in words
    )
    assert said["economies"][0]["code"] in words
    assert winset("run", "sco-2025", "--json").json["world"]["unmet"] is None


def shares_folder(folder: Path, inputs: float, *, value_added: float | None = None) -> Path:
    """Two economies, one sector, whose inputs are so much of output."""
    (folder / "datapackage.json").write_text('{"name": "w", "year": 2023}', "utf-8")
    (folder / "economies.csv").write_text("code\nAAA\nBBB\n", "utf-8")
    (folder / "trade.csv").write_text(
        "exporter,importer,sector,value_musd\nAAA,AAA,x,70\nBBB,BBB,x,80\nAAA,BBB,x,10\nBBB,AAA,x,12\n",
        "utf-8",
    )
    (folder / "sectors.csv").write_text("sector,elasticity\nx,4\n", "utf-8")
    (folder / "io.csv").write_text(
        f"economy,using,supplying,share\nAAA,x,x,{inputs}\nBBB,x,x,0.5\n", "utf-8"
    )
    if value_added is not None:
        (folder / "value_added.csv").write_text(
            f"economy,sector,share\nAAA,x,{value_added}\nBBB,x,0.5\n", "utf-8"
        )
    return folder


def test_shares_off_by_less_than_a_percent_are_rescaled_and_told(tmp_path: Path) -> None:
    data = library.world(shares_folder(tmp_path, 0.5, value_added=0.506))
    assert data.technology is not None
    assert data.technology.value_added is not None
    assert data.technology.inputs is not None
    assert data.technology.value_added[0, 0] == pytest.approx(0.506 / 1.006)
    assert data.technology.inputs[0, 0, 0] == pytest.approx(0.5 / 1.006)
    assert any("rescaled, 1 of 2 (AAA, sector x: 1.0060)" in note for note in data.notes)


def test_inputs_above_one_are_rescaled_not_cut(tmp_path: Path) -> None:
    data = library.world(shares_folder(tmp_path, 1.004))
    assert data.technology is not None
    assert data.technology.value_added is not None
    assert data.technology.inputs is not None
    assert data.technology.value_added[0, 0] == 0.0
    assert data.technology.inputs[0, 0, 0] == pytest.approx(1.0)
    assert any("Input shares that do not sum to one are rescaled" in note for note in data.notes)


@pytest.mark.parametrize(("value_added", "inputs"), [(0.52, 0.5), (0.48, 0.5), (None, 1.02)])
def test_shares_off_by_more_are_refused(
    tmp_path: Path, value_added: float | None, inputs: float
) -> None:
    with pytest.raises(DataError, match="AAA, sector x"):
        library.world(shares_folder(tmp_path, inputs, value_added=value_added))


def test_shares_off_by_rounding_are_not_told(tmp_path: Path) -> None:
    data = library.world(shares_folder(tmp_path, 0.5, value_added=0.50005))
    assert not any("rescaled" in note for note in data.notes)
