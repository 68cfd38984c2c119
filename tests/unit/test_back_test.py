"""Back-tests: scores by their definition, the bundled ones, and a change of the user's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.studies.back_test import _fake, _treated
from winset.studies.back_test_scores import score

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """title = "x"
world = "{world}"
[[change]]
kind = "trade-cost"
among = ["KAZ", "KGZ"]
percent = -6
"""


def test_a_forecast_that_came_true_scores_one() -> None:
    rng = np.random.default_rng(1)
    actual, weight = rng.normal(size=50), rng.uniform(1, 9, 50)
    done = score(actual, actual, weight)
    assert done.correlation == pytest.approx(1.0, abs=1e-12)
    assert done.slope == pytest.approx(1.0, abs=1e-12)
    assert done.explained == pytest.approx(1.0, abs=1e-12)
    half = score(actual, 0.5 * actual, weight)
    assert half.slope == pytest.approx(2.0, abs=1e-12)
    assert half.explained == pytest.approx(0.75, abs=1e-12)
    assert score(actual, np.zeros(50), weight).explained == pytest.approx(0.0, abs=1e-12)


def test_pairs_are_read_in_both_directions_and_placebos_keep_their_number() -> None:
    codes = tuple("ABCDEFGH")
    found = _treated("A,B x C; A,B", codes)
    told = {(codes[i], codes[k]) for i, k in np.argwhere(found)}
    assert told == {("A", "C"), ("C", "A"), ("B", "C"), ("C", "B"), ("A", "B"), ("B", "A")}
    fake = _fake(found, np.random.default_rng(3))
    assert not (fake & found).any()
    assert (fake == fake.T).all()


def test_the_enlargement_is_foreseen_in_direction_and_others_are_not(winset: Any) -> None:
    said = winset("backtest", "--json").json
    by = {test["id"]: test for test in said["tests"]}
    assert set(by) == {
        "eu-2004", "eaeu-2015", "china-korea-2015", "eu-vietnam-2020", "rcep-2022", "nafta-1993",
    }  # fmt: skip
    europe = {f["forecast"]: f for f in by["eu-2004"]["forecasts"]}
    assert by["eu-2004"]["happened"]["treated"] > 0.2
    assert europe["given"]["pairs_weighted"]["variance_explained"] == pytest.approx(0.031, abs=2e-3)
    assert europe["estimated"]["pairs_weighted"]["correlation"] == pytest.approx(0.205, abs=2e-3)
    assert europe["estimated"]["placebo_share_as_good"] <= 0.05
    assert europe["no change"]["pairs_weighted"]["variance_explained"] == 0.0
    for name in ("eaeu-2015", "china-korea-2015", "eu-vietnam-2020", "rcep-2022"):
        forecasts = {f["forecast"]: f for f in by[name]["forecasts"]}
        assert by[name]["happened"]["treated"] < 0  # beyond the world's growth
        assert forecasts["estimated"]["pairs_weighted"]["variance_explained"] < 0
        assert forecasts["estimated"]["placebo_share_as_good"] > 0.5
    shown = " ".join(winset("backtest", "eaeu-2015", "--placebos", "4").out.split())
    assert "worse than to say that nothing changes" in shown or "explains 0.0 %" in shown


def package(folder: Path, year: int, factor: float) -> Path:
    folder.mkdir()
    flows = {
        (a, b): (400.0 if a == b else 40.0 + 3 * i + 7 * k)
        for i, a in enumerate(("KAZ", "KGZ", "UZB", "TJK"))
        for k, b in enumerate(("KAZ", "KGZ", "UZB", "TJK"))
    }
    rows = [
        f"{a},{b},{v * (factor if {a, b} == {'KAZ', 'KGZ'} else 1.0):.6f}"
        for (a, b), v in flows.items()
    ]
    (folder / "trade.csv").write_text("exporter,importer,value_musd\n" + "\n".join(rows) + "\n")
    codes = ("KAZ", "KGZ", "UZB", "TJK")
    (folder / "economies.csv").write_text(
        "code,name,gdp_musd\n" + "".join(f"{c},{c},300\n" for c in codes)
    )
    about = {
        "name": folder.name,
        "year": year,
        "unit": "USD million",
        "resources": [{"name": n, "path": f"{n}.csv"} for n in ("economies", "trade")],
    }
    (folder / "datapackage.json").write_text(json.dumps(about))
    return folder


def test_a_world_that_did_what_was_forecast(winset: Any, tmp_path: Path) -> None:
    before, later = package(tmp_path / "a", 2010, 1.0), package(tmp_path / "b", 2015, 1.3)
    scenario = tmp_path / "s.toml"
    scenario.write_text(SCENARIO.format(world=before))
    said = winset("backtest", scenario, "--after", later, "--json").json
    (test,) = said["tests"]
    forecast = test["forecasts"][0]["pairs"]
    assert forecast["correlation"] > 0.95
    assert forecast["variance_explained"] > 0.8
    assert test["treated_pairs"] == 2


def test_what_cannot_be_tested_is_refused(winset: Any, tmp_path: Path) -> None:
    for asked in (("backtest", "nope"), ("backtest", "--after", "icio-2022"),
                  ("backtest", "sco-2025", "--after", "icio-2022")):  # fmt: skip
        done = winset(*asked)
        assert done.code == 2
        assert not done.out
    a = package(tmp_path / "a", 2010, 1.0)
    scenario = tmp_path / "s.toml"
    scenario.write_text(SCENARIO.format(world=a))
    assert "not after" in " ".join(winset("backtest", scenario, "--after", a).err.split())
