"""Industries that grow and shrink, and welfare in parts: what the terminal and the report show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as library
from winset.report import industries, page
from winset.report.methods import methods
from winset.scenario import parse
from winset.studies import scenario_run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def nafta() -> scenario_run.Study:
    return scenario_run.run("nafta")


def test_shares_of_an_economy_move_between_its_industries(nafta: scenario_run.Study) -> None:
    frame = industries.moves(nafta)
    assert len(frame) == 31 * 40
    assert frame.groupby("code")["change_points"].sum().abs().max() < 1e-9
    assert frame["change_points"].is_monotonic_decreasing
    (cell,) = frame[(frame["code"] == "MEX") & (frame["sector"] == "Electrical")].to_dict("records")
    said = nafta.result.to_json()["sectors"]
    (sector,) = (s for s in said if s["sector"] == "Electrical")
    (economy,) = (e for e in sector["economies"] if e["code"] == "MEX")
    gap = economy["new_employment_share_percent"] - economy["employment_share_percent"]
    assert cell["change_points"] == pytest.approx(gap)
    assert (cell["role"], cell["industry"]) == ("member", "Electrical")


def test_a_few_members_are_all_listed_many_are_ranked(nafta: scenario_run.Study) -> None:
    frame = industries.moves(nafta)
    members = frame[frame["role"] == "member"]
    grown, shrunk = industries._ends(members, "member", 10)
    assert grown["code"].value_counts().to_dict() == {"CAN": 3, "MEX": 3, "USA": 3}
    assert (grown["change_points"] > 0).all()
    assert (shrunk["change_points"] < 0).all()
    pooled, _ = industries._ends(members, "member", 2)
    assert pooled["change_points"].tolist() == members["change_points"].tolist()[:2]


def test_terminal(winset: Any) -> None:
    said = winset("run", "nafta", "--top", "3")
    assert said.code == 0, said.err
    assert "Which industries" in said.out
    assert "Grows most among members: Electrical in Mexico, +1.27 points" in said.out
    exact, _, first = said.out.partition("First order, percent: NOT welfare")
    assert re.search(r"MEX +\+0\.01 +\+1\.70 +−1\.69", exact)
    assert re.search(r"MEX +\+1\.31 +−0\.41 +\+1\.72 +\+1\.72", first)
    assert "The first-order sum is no welfare change" in first


def test_no_table_of_industries_with_top_0_but_the_parts(winset: Any) -> None:
    said = winset("run", "nafta", "--top", "0")
    assert "Which industries" not in said.out
    assert "NOT welfare" in said.out


def test_a_world_of_one_sector_says_nothing_of_industries(winset: Any) -> None:
    said = winset("run", "sco-2025")
    assert "industries" not in said.out
    assert industries.sections(scenario_run.run("sco-2025")) == ()


def test_columns_of_each_group_add_up(nafta: scenario_run.Study) -> None:
    taken = nafta.result.decomposition
    assert taken is not None
    columns = industries.exact_columns(taken)
    assert list(columns) == [
        "= own trade",
        "+ tariff revenue",
        "= terms of trade",
        "+ volume of trade",
        "+ other",
    ]
    sources = columns["= own trade"] + columns["+ tariff revenue"]
    path = columns["= terms of trade"] + columns["+ volume of trade"] + columns["+ other"]
    np.testing.assert_allclose(sources, taken.welfare, atol=2e-3)
    np.testing.assert_allclose(path, taken.welfare, atol=1e-9)


SEVERAL = """
world = "caliendo-parro-1993"
[[change]]
kind = "tariff"
exporters = ["USA"]
importers = ["MEX"]
rate = 0.0
[[change]]
kind = "trade-cost"
among = ["USA", "CAN"]
sector = "Auto"
percent = -5
"""


def test_contributions_of_several_changes_have_columns(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(SEVERAL)
    done = scenario_run.run(tmp_path / "two.toml")
    taken = done.result.decomposition
    assert taken is not None
    columns = industries.exact_columns(taken)
    both = columns["= change 1"] + columns["+ change 2"]
    np.testing.assert_allclose(both, taken.welfare, atol=1e-10)
    (section,) = (s for s in industries.sections(done) if s.id == "parts")
    assert "+ change 2" in section.grids[0].headings


def small(percent: float) -> scenario_run.Study:
    """Solve a change of productivity in five economies of icio-2022."""
    world = library.world("icio-2022").select(["KAZ", "CHN", "RUS", "DEU", "USA"])
    change = {"kind": "productivity", "economies": ["KAZ"], "percent": percent}
    result = library.solve(world, parse({"change": [change]}))
    return scenario_run.Study(result)


def test_industries_that_do_not_move_are_said_not_to() -> None:
    done = small(0.0001)
    assert industries.sentences(done) == (
        "No member's industries change their share in its employment.",
    )
    (first,) = industries.sections(done)  # nothing taken apart: no second section
    assert first.grids == ()
    assert len(industries.moves_table(done, top=5)) == 0


def test_report(nafta: scenario_run.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "pictures", lambda _: ())  # the map takes the time
    text = page.render(nafta)
    for name in ("industries", "parts"):
        assert f'<h2 id="{name}">' in text
    assert "with 40 sectors, 20 of them traded, input–output links among them" in text
    assert "one sector and roundabout production" not in text
    assert "Electrical, Mexico: +1.27 points of employment, from 0.61 %" in text
    assert "Mexico, tariff revenue: −1.69 %" in text
    assert "first order, %: not welfare" in text
    assert text == page.render(nafta)


def test_the_method_of_each_world() -> None:
    assert "one sector and roundabout production" in methods(scenario_run.run("sco-2025")).model
    said = methods(small(1.0)).model
    assert "28 sectors, 28 of them traded, inputs bought in the composition of final" in said


def test_trade_with_the_group_is_over_the_value_added_of_the_data(
    nafta: scenario_run.Study,
) -> None:
    from winset.report.charts import gains_frame

    frame = gains_frame(nafta).set_index("code")
    world = nafta.world
    k, others = world.index["MEX"], [world.index["USA"], world.index["CAN"]]
    trade = world.flows[k, others].sum() + world.flows[others, k].sum()
    base = nafta.result.sectors.calibrated.base.value_added[k]
    # deficits are removed first, so trade is near the data's and not the same
    assert frame.loc["MEX", "inside_trade"] == pytest.approx(100 * trade / base, rel=0.3)
