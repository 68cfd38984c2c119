"""winset track and winset effect: pledges that cannot be checked come first; what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from winset.delivery.pledges import COLUMNS, bundled

HEAD = ",".join(COLUMNS[:10])
GOOD = "a,SCO,2020,Raise trade,trade,index,WDI,100,150,2030"


def test_the_bundled_pledges_are_ninety_two_of_twenty_six_groups() -> None:
    pledges = bundled()
    assert len(pledges) == 92
    assert len({pledge.who for pledge in pledges}) == 26
    assert all(pledge.address.startswith("http") and pledge.source for pledge in pledges)


def test_what_cannot_be_checked_comes_first(winset: Any) -> None:
    said = winset("track", "sco", "--json").json
    assert said["pledges_counted"] == 28
    assert said["checkable"] == 4
    lacking = [len(pledge["missing"]) for pledge in said["pledges"]]
    assert lacking == sorted(lacking, reverse=True)
    assert lacking[0] > 0
    assert said["missing"]["series"] == 22
    shown = winset("track", "SCO").out
    assert "4 of 28 pledges can be checked" in shown
    assert "neither" not in winset("track", "all").out


def test_a_draft_is_told_what_it_lacks(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "draft.csv"
    path.write_text(f"{HEAD}\n{GOOD}\nb,SCO,2020,Deepen ties,,,,,,\n")
    said = winset("track", "--check", path, "--json").json
    assert [pledge["id"] for pledge in said["pledges"]] == ["b", "a"]
    parts = ["indicator", "baseline", "target", "deadline", "series"]
    assert said["pledges"][0]["missing"] == parts
    assert said["pledges"][1]["checkable"]
    told = winset("track", str(path), "--json").json
    for key in ("pledges_counted", "checkable", "missing"):
        assert told[key] == said[key]
    assert [pledge["missing"] for pledge in told["pledges"]] == [parts, []]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (GOOD.replace("2030", "2019"), "is before the pledge"),
        (GOOD.replace("2030", "soon"), "Write a year or a date"),
        (GOOD.replace("150", "100"), "nothing is promised"),
        (GOOD.replace("150", "much"), "must be a number"),
        (GOOD + "\n" + GOOD, "given twice"),
    ],
)
def test_a_pledge_that_is_none_is_refused(winset: Any, tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "draft.csv"
    path.write_text(f"{HEAD}\n{row}\n")
    done = winset("track", "--check", path)
    assert done.code == 2
    assert said in " ".join(done.err.split())


def test_nobody_and_nothing_is_refused(winset: Any) -> None:
    for asked in (
        ("track",),
        ("track", "SCOO"),
        ("track", "SCO", "--method", "guess"),
        ("track", "--method", "sdg-index", "nowhere"),
    ):
        assert winset(*asked).code == 2, asked


def codebook(folder: Path, values: str) -> Path:
    folder.mkdir(exist_ok=True)
    heading = "Code,Best value (= 100),Worst value (= 0)"
    (folder / "codebook.csv").write_text(f"{heading}\nsdg1_a,10,0\nsdg2_b,0,100\n")
    (folder / "values.csv").write_text(f"iso3,code,value\n{values}")
    return folder


def test_a_missing_goal_takes_the_regions(winset: Any, tmp_path: Path) -> None:
    folder = codebook(tmp_path / "x", "AAA,sdg1_a,5\nAAA,sdg2_b,20\nBBB,sdg1_a,20\n")
    said = winset("track", "--method", "sdg-index", folder, "--json").json
    first, second = said["countries"]
    assert first["goals"] == {"1": 50.0, "2": 80.0}
    assert first["index"] == 65.0
    assert second["index"] is None  # one of two indicators: scored, not ranked
    assert second["goals"] == {"1": 100.0}


@pytest.mark.parametrize(
    "values", ["AAA,sdg1_a,5\nAAA,sdg1_a,6\n", "AAA,sdg9_z,1\n", "AAA,sdg1_a,x\n", ""]
)
def test_values_that_are_none_are_refused(winset: Any, tmp_path: Path, values: str) -> None:
    folder = codebook(tmp_path / "x", values)
    assert winset("track", "--method", "sdg-index", folder).code == 2


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    """Six economies, five years; an agreement of two pairs that raises trade by half a log point."""
    rng = np.random.default_rng(5)
    codes = "AAA BBB CCC DDD EEE FFF".split()
    lines = ["exporter,importer,year,trade,rta,flat"]
    for a in codes:
        for b in codes:
            level = rng.normal(3, 1) + 2 * (a == b)
            for year in range(2000, 2005):
                rta = int({a, b} in ({"AAA", "BBB"}, {"CCC", "FFF"}) and year >= 2002)
                trade = np.exp(level + 0.5 * rta + rng.normal(0, 0.05))
                lines.append(f"{a},{b},{year},{trade:.6f},{rta},1")
    path = tmp_path / "panel.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_known_effect_is_found(winset: Any, panel: Path) -> None:
    said = winset("effect", panel, "--json").json
    assert said["n"] == 180
    found = said["coefficients"]["rta"]
    assert found["estimate"] == pytest.approx(0.5, abs=0.05)
    assert 0 < found["std_error"] < 0.05
    shown = winset("effect", panel, "--regressors", "rta,flat").out
    assert "Left out" in shown
    assert "flat" in shown


@pytest.mark.parametrize(
    "asked",
    [
        ("--regressors", "tra"),
        ("--effects", "pairs"),
        ("--borders", "all"),
        ("--clusters", "year"),
        ("--estimator", "probit"),
        ("--years", "1999"),
        ("--years", "x"),
        ("--regressors", "flat"),
    ],
)
def test_an_estimate_that_cannot_be_is_refused(winset: Any, panel: Path, asked: Any) -> None:
    assert winset("effect", panel, *asked).code == 2


def test_the_page_on_the_sco_says_what_the_table_does() -> None:
    """Measurable or not, what is missing and how the page was read: docs/sco-pledges.md, row by row."""
    pledges = {pledge.pledge: pledge for pledge in bundled() if pledge.who == "SCO"}
    text = (Path(__file__).parents[2] / "docs" / "sco-pledges.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| 2")]
    assert len(rows) == len(pledges) == 28
    for row in rows:
        pledge = pledges[row[2].strip()]
        lacking = "yes" if not pledge.missing else "no: " + ", ".join(pledge.missing)
        assert row[1].strip() == pledge.date[:4]
        assert row[5].strip() == lacking
        assert pledge.address in row[6]
        assert row[7].strip() == pledge.checked != ""
    assert sum(not pledge.missing for pledge in pledges.values()) == 4
    read = [pledge.checked.partition(" read")[0] for pledge in pledges.values()]
    counted = [read.count(kind) for kind in ("agency's report", "newspaper's report")]
    assert counted == [23, 3]
    assert not any(pledge.checked for pledge in bundled() if pledge.who != "SCO")
