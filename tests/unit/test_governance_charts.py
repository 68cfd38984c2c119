"""Charts and pages of voting power, common ground and deals."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.governance.packages.issues import read_issues
from winset.governance.packages.search import deal
from winset.governance.rollcalls.alignment import similarity_order
from winset.governance.rollcalls.ideal_points import un_ideal_points
from winset.governance.voting.power_indices import power
from winset.governance.voting.rules import find_rule, weighted
from winset.report import common_ground_charts, frontier
from winset.report import power as powers
from winset.report.labels import place
from winset.studies.agreement import agreement

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {
    "vote": ("vote", "eec-1958"),
    "agree": ("agree", "CHN,RUS,KAZ,IND", "--years", "2017-2019"),
    "deal": ("deal", "silk-road-example"),
}


@pytest.mark.parametrize("command", PAGES)
def test_a_chart_alone_and_a_page(winset: Any, tmp_path: Path, command: str) -> None:
    for suffix, start in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".html", b"<!DOCTYPE html>")):
        path = tmp_path / f"chart{suffix}"
        said = winset(*PAGES[command], "--chart", path)
        assert said.code == 0, said.err
        assert f"Written: {path}" in said.out
        assert path.read_bytes().startswith(start)
    page = tmp_path / "page.html"
    said = winset(*PAGES[command], "--report", page, "--json")
    assert said.json  # nothing but JSON on the line
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") >= 2
    assert "Data (CSV)" in text
    assert "Sources" in text
    said = winset(*PAGES[command], "--chart", tmp_path / "chart.pdf")
    assert (said.code, said.out) == (2, "")
    assert ".svg, .png or .html" in said.err


@pytest.mark.parametrize("draw", ["agreement", "positions", "course"])
def test_every_chart_of_agree(winset: Any, tmp_path: Path, draw: str) -> None:
    path = tmp_path / "chart.svg"
    assert winset(*PAGES["agree"], "--chart", path, "--draw", draw).code == 0
    assert path.stat().st_size > 2000


def test_an_unknown_chart_is_refused(winset: Any, tmp_path: Path) -> None:
    for command in ("agree", "deal"):
        said = winset(*PAGES[command], "--chart", tmp_path / "x.svg", "--draw", "pie")
        assert said.code == 2
        assert "--draw pie" in said.err
    assert not list(tmp_path.iterdir())


def test_the_power_chart_divides_where_a_person_has_the_mean_power() -> None:
    found = power(find_rule("eu-council").build())
    table = powers.frame(found)
    drawn = powers.power_chart(table, width=860).to_dict()
    rows = next(
        data for data in drawn["datasets"].values() if len(data) == 27 and "side" in data[0]
    )
    for row in rows:
        assert row["side"].startswith("above") == (row["per_head"] >= 1)
    line = next(data for data in drawn["datasets"].values() if len(data) == 2)
    slope = math.log(line[1]["banzhaf_percent"] / line[0]["banzhaf_percent"])
    assert slope / math.log(line[1]["size"] / line[0]["size"]) == pytest.approx(0.5)
    scales = [layer["encoding"]["x"]["scale"]["type"] for layer in drawn["layer"]]
    assert set(scales) == {"log"}


def test_without_populations_power_is_drawn_against_weight() -> None:
    table = powers.frame(power(weighted(["a", "b", "c"], [3, 2, 2], 4)))
    assert table.attrs["size"] == "weight"
    assert powers.power_chart(table, width=340).to_dict()


def test_the_heat_map_stands_in_the_order_of_similarity() -> None:
    found = agreement("SCO", "2015-2019")[0].ground
    table = common_ground_charts.agreement_frame(found)
    order = [found.members[k] for k in similarity_order(found.pairs.agreement)]
    assert table.attrs["order"] == order
    spec = common_ground_charts.heat_map(table, width=860).to_dict()["layer"][0]["encoding"]
    assert spec["x"]["sort"] == spec["y"]["sort"] == order


def test_bands_are_95_percent_and_gaps_break_the_line() -> None:
    points = un_ideal_points()
    table = common_ground_charts.path_frame(points, ("ZAF", "USA"), 1970, 2000)
    np.testing.assert_allclose(table["high"] - table["low"], 2 * 1.96 * table["standard_error"])
    south_africa = table[table["code"] == "ZAF"]
    assert not {1980, 1990} & set(south_africa["year"])  # its delegation was not seated
    assert south_africa["run"].nunique() > 1
    assert table[table["code"] == "USA"]["run"].nunique() == 1


def test_the_frontier_chart_holds_the_frontier_the_best_and_the_bargains() -> None:
    found = deal(read_issues("silk-road-example"))
    table = frontier.frame(found)
    drawn = {(row.total, row.worst) for row in table.itertuples() if row.on_frontier}
    assert drawn == {(package.total, package.worst) for package in found.frontier}
    best = table[table["kind"] == frontier.KINDS["best"]]
    assert list(best["total"]) == [found.optimal[0].total]


def test_names_cover_neither_points_nor_each_other() -> None:
    generator = np.random.default_rng(0)
    x, y = generator.uniform(0, 300, 60), generator.uniform(0, 200, 60)
    spots = place(list(x), list(y), ["ABC"] * 60, width=300, height=200)
    assert sum(spot is not None for spot in spots) > 30
    boxes = []
    for spot in spots:
        if spot is not None:
            left = spot.x - {"left": 0, "center": 9, "right": 18}[spot.align]
            boxes.append((left, spot.y - 5, left + 18, spot.y + 5))
            assert not any(
                left < a < left + 18 and spot.y - 5 < b < spot.y + 5
                for a, b in zip(x, y, strict=True)
            )
    for p, q in combinations(boxes, 2):
        assert p[2] <= q[0] or q[2] <= p[0] or p[3] <= q[1] or q[3] <= p[1]


def test_swapped_votes_of_the_source_are_told(winset: Any) -> None:
    said = winset("agree", "GRC,ITA,FRA", "--years", "2009-2011")
    assert "in 2010 the source gives GRC and GRD each other's votes" in said.out
    assert "source gives" not in winset("agree", "GRC,ITA,FRA", "--years", "2012").out
