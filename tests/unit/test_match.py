"""winset match: ranked pairs, untapped trade, absent members, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.test_potential import CODES, made
from tests.unit.test_potential import world as gravity_world

import winset as library
from winset.gravity import complementarity
from winset.report.matches import billion
from winset.studies.trade_match import fits

ON = ("--on", "2025-09-01")


@pytest.fixture
def sco(winset: Any) -> Any:
    return winset("match", "SCO", *ON, "--json").json


def test_pairs_of_the_sco(sco: Any) -> None:
    assert [m["code"] for m in sco["members"]] == "CHN KAZ KGZ RUS TJK UZB IND PAK IRN BLR".split()
    part = sco["complementarity"]
    assert part["world"]["name"] == "icio-2022"
    assert part["absent"] == ["KGZ", "TJK", "UZB", "IRN"]
    assert len(part["pairs"]) == 15
    scores = [pair["complementarity"] for pair in part["pairs"]]
    assert scores == sorted(scores, reverse=True)
    world = library.world("icio-2022")
    exports, imports = complementarity.by_sector(world.trade)
    for pair in part["pairs"]:
        i, n = world.index[pair["first"]], world.index[pair["second"]]
        x, m = exports[:, i] / exports[:, i].sum(), imports[:, n] / imports[:, n].sum()
        assert pair["complementarity_forth"] == pytest.approx(1 - np.abs(m - x).sum() / 2)
        both = pair["complementarity_forth"], pair["complementarity_back"]
        assert pair["complementarity"] == pytest.approx(sum(both) / 2)
        assert pair["trade_forth_musd"] == pytest.approx(world.flows[i, n])
        assert pair["trade_back_musd"] == pytest.approx(world.flows[n, i])


def test_strongest_sectors(sco: Any) -> None:
    (russia,) = (e for e in sco["complementarity"]["economies"] if e["code"] == "RUS")
    assert len(russia["sectors"]) == 28
    advantage = [s["rca"] for s in russia["sectors"]]
    assert advantage == sorted(advantage, reverse=True)
    assert sum(s["export_share_percent"] for s in russia["sectors"]) == pytest.approx(100)
    assert sum(s["lafay"] for s in russia["sectors"]) == pytest.approx(0, abs=1e-9)
    for s in russia["sectors"]:
        assert s["rsca"] == pytest.approx((s["rca"] - 1) / (s["rca"] + 1))
    assert "Oil and gas" in [s["name"] for s in russia["sectors"][:8]]


def test_untapped_flows(sco: Any) -> None:
    part = sco["potential"]
    assert (part["world"]["name"], part["absent"], part["sector"]) == ("world-2023", [], None)
    assert len(part["flows"]) == 78
    blank = [{*pair} for pair in part["unrecorded"]]  # what nobody counted is not below anything
    assert blank == [
        {"RUS", "TJK"}, {"RUS", "IRN"}, {"RUS", "BLR"}, {"TJK", "IRN"}, {"TJK", "BLR"}, {"IRN", "BLR"}
    ]  # fmt: skip
    assert not any({f["exporter"], f["importer"]} in blank for f in part["flows"])
    gaps = [f["untapped_musd"] for f in part["flows"]]
    assert gaps == sorted(gaps, reverse=True)
    data = library.world()
    for f in part["flows"]:
        actual = data.flows[data.index[f["exporter"]], data.index[f["importer"]]]
        assert f["actual_musd"] == pytest.approx(actual)
        gap = f["expected_musd"] - actual
        assert f["untapped_musd"] == pytest.approx(gap, abs=1e-6 * f["expected_musd"])
        assert f["low_musd"] < f["expected_musd"] < f["high_musd"]
        assert f["below"] == (actual < f["low_musd"])
        assert f["above"] == (actual > f["high_musd"])
    assert part["coefficients"]["ln_distance"]["estimate"] < -0.5
    assert part["solver"]["residual"] <= 1e-9


def test_the_same_bytes_twice(winset: Any) -> None:
    assert winset("match", "EAEU", *ON, "--json").out == winset("match", "EAEU", *ON, "--json").out


def test_tables_and_sentences(winset: Any) -> None:
    said = winset("match", "SCO", *ON, "--top", "4")
    assert said.code == 0, said.err
    text = " ".join(said.out.split())
    assert "fit best" in text
    assert "Most is untapped from China to India" in text
    assert "without the indices by sector: KGZ, TJK, UZB, IRN" in text
    assert "no record of their trade (it is blank or filled in): RUS–TJK, RUS–IRN" in text
    assert len(re.findall(r"[\d]  below$", said.out, re.MULTILINE)) <= 4


def test_one_world_for_both(winset: Any) -> None:
    old = "caliendo-parro-1993"
    part = winset("match", "CAN,USA,MEX", "--world", old, "--gravity", old, "--json").json
    assert [len(part["complementarity"]["pairs"]), len(part["potential"]["flows"])] == [3, 6]
    assert part["potential"]["without_place"] == ["ROW"]


def test_one_sector(winset: Any) -> None:
    part = winset(
        "match", "DEU,FRA,CZE", "--gravity", "icio-2022", "--sector", "C29", "--json"
    ).json["potential"]
    assert part["sector"] == "C29"
    data = library.world("icio-2022")
    (flow,) = (f for f in part["flows"] if (f["exporter"], f["importer"]) == ("CZE", "DEU"))
    cell = data.trade[data.sector("C29"), data.index["CZE"], data.index["DEU"]]
    assert flow["actual_musd"] == pytest.approx(cell)


def test_nobody_in_the_world_of_sectors(winset: Any) -> None:
    said = winset("match", "KGZ,TJK", *ON)
    assert said.code == 0
    assert "world icio-2022 has none of the members" in " ".join(said.out.split())
    part = winset("match", "KGZ,TJK", *ON, "--json").json
    assert part["complementarity"]["pairs"] == []
    assert len(part["potential"]["flows"]) == 2


def test_nobody_in_gravity(winset: Any) -> None:
    said = winset("match", "KGZ,TJK", "--gravity", "icio-2022")
    assert said.code == 0
    assert "No trade among members can be compared with gravity" in said.out


def test_nothing_below_is_said_plainly(winset: Any) -> None:
    said = winset("match", "ARG,BRA", *ON)
    assert "No trade among members is below what gravity expects of it." in said.out


def test_an_economy_that_exports_nothing_comes_last() -> None:
    world = library.world("icio-2022")
    trade = np.array(world.trade)
    k = world.index["CHN"]
    trade[:, k, :k] = trade[:, k, k + 1 :] = 0.0
    found = fits(replace(world, trade=trade), ("CHN", "KAZ", "RUS", "IND"))
    assert [np.isnan(pair.complementarity) for pair in found.pairs] == [False] * 3 + [True] * 3
    assert found.sectors["CHN"] == ()


@pytest.mark.parametrize("count", [1, 2])
def test_two_sectors_are_several(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Of gravity's world as of the world of sectors."""
    import datetime as dt

    from winset.errors import DataError
    from winset.studies import trade_match

    flows = made()
    split = replace(
        gravity_world(flows), sectors=("ore", "oil"), trade=np.stack([0.3 * flows, 0.7 * flows]),
        tariff=np.zeros((2, *flows.shape)),
    )  # fmt: skip
    worlds = {"two": split, "one": gravity_world(flows)}
    monkeypatch.setattr(trade_match, "load_world", worlds.__getitem__)
    on, which = dt.date(2025, 9, 1), "two" if count == 2 else "one"

    def ask(sectored: str, gravity: str) -> trade_match.Match:
        return trade_match.match("DEU,FRA", on=on, sectored=sectored, gravity=gravity, sector="ore")

    if count == 2:
        done = ask("two", "two")
        first = done.untapped.flows[0]
        there = flows[CODES.index(first.exporter), CODES.index(first.importer)]
        assert first.actual == pytest.approx(0.3 * there)
        assert len(done.fits.pairs) == 1
    else:
        with pytest.raises(DataError, match="--sector ore: world 'test' has one sector"):
            ask("two", which)
        with pytest.raises(DataError, match="world 'test' has one sector; which exports"):
            ask(which, "two")


def test_chart(winset: Any, tmp_path: Path) -> None:
    said = winset("match", "SCO", *ON, "--chart", tmp_path / "sco.svg", "--json")
    assert said.code == 0, said.err
    picture = (tmp_path / "sco.svg").read_text()
    assert "China to India: actual 120.3" in picture


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["SCOO"], "'SCOO' is neither a bloc nor the code of an economy. Did you mean SCO?"),
        (["KAZ"], "KAZ is one economy; a match takes two"),
        ([","], "nothing names no economy"),
        (["SCO", "--on", "2025"], "--on: '2025' is not a date"),
        (["SCO", "--on", "1990-01-01"], "bloc SCO has no member on 1990-01-01"),
        (["SCO", "--world", "world-2023"], "world 'world-2023' has one sector"),
        (["SCO", "--sector", "C29"], "--sector C29: world 'world-2023' has one sector"),
        (["EU", "--gravity", "icio-2022", "--sector", "C2"], "sector 'C2' is not in world"),
        (["SCO", "--world", "nowhere"], "world 'nowhere' is neither embedded"),
        (["SCO", *ON, "--chart", "a.jpg"], "a chart is written as .svg, .png or .html"),
        (["KGZ,TJK", "--gravity", "icio-2022", "--chart", "a.svg"], "no trade among members"),
    ],
)
def test_what_is_refused(winset: Any, arguments: list[str], message: str) -> None:
    said = winset("match", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_amounts_have_the_decimals_that_they_can_bear() -> None:
    assert billion(0.0) == "0.00"
    assert billion(1.2e6, sign=True) == "+1,200.0"
