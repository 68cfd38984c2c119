"""Figures that the tables, charts and pages of common ground show, on cases made by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import headings, rows

from winset.errors import DataError
from winset.governance.rollcalls.common_ground import Split
from winset.governance.rollcalls.ideal_points import IdealPoints
from winset.places.groups import Group
from winset.report import (
    common_ground,
    common_ground_charts,
    common_ground_tables,
)

pytestmark = pytest.mark.usefixtures("undrawn")

# Common ground.


def cohesion(**changes: Any) -> dict[str, Any]:
    return {
        "roll_calls": 120,
        "unanimous": 0.254,
        "agreement_index": 0.876,
        "rice": 0.345,
    } | changes


def payload(**changes: Any) -> dict[str, Any]:
    point = {"A": 0.254, "B": None, "C": -1.256, "D": 0.0}
    own = cohesion(
        by_issue={
            "hr": cohesion(roll_calls=20, agreement_index=0.5),
            "nu": cohesion(roll_calls=30, agreement_index=0.9, unanimous=None),
        },
        members=[
            {"with_others": 0.816, "lone_dissents": 3, "pivotal": 0.126, "cohesion_without": 0.905}
            for _ in point
        ],
        common_position={"median": 0.123, "median_member": "D", "outermost": ["C", "A"]},
    )
    said = {
        "years": "2015",
        "economies": [
            {"code": code, "votes": 100 * (code != "B"), "ideal_point": p,
             "standard_error": None if p is None else 0.1049}
            for code, p in point.items()
        ],
        "pairs": [
            {"a": "A", "b": "C", "votes": 90, "agreement": 0.606, "kappa": 0.1, "pi": -0.126},
            {"a": "A", "b": "D", "votes": 80, "agreement": 0.906, "kappa": 0.8, "pi": 0.7},
            {"a": "C", "b": "D", "votes": 70, "agreement": 1.0, "kappa": None, "pi": None},
        ],
        "cohesion": own,
    }  # fmt: skip
    return said | changes


NAMES = {code: f"Land {code}" for code in "ABCD"}
SPLITS = (
    Split("2015-12-01", "R/70/1", "Peace", 0.1, tuple(f"M{k}" for k in range(10)), ("A",), ()),
    Split("2015-12-02", "R/70/2", "Trade", 0.2, tuple(f"M{k}" for k in range(11)), (), ("A", "B")),
)


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A common ground of four members, named after their codes."""
    for module in (common_ground, common_ground_tables, common_ground_charts):
        monkeypatch.setattr(module, "member_names", lambda: NAMES)
    agree = np.array([[1, 0.2, 0.9], [0.2, 1, 0.3], [0.9, 0.3, 1]])
    pairs = SimpleNamespace(
        agreement=agree, kappa=agree / 2, votes=np.array([[0, 10, 20], [10, 0, 0], [20, 0, 0]])
    )
    return SimpleNamespace(
        members=("A", "C", "D"), pairs=pairs, first=2014, last=2016, divided=SPLITS
    )


PLACES = np.array([[9.0, 0.5, np.nan, 0.25, 9.0], [9.0, -1.0, -1.5, -2.0, 9.0]])
ERRORS = np.array([[9.0, 0.1, np.nan, 0.2, 9.0], [9.0, 0.1, 0.2, 0.3, 9.0]])
POINTS = IdealPoints(  # the charts draw the first of two dimensions
    ("A", "C"),
    np.array([2013, 2014, 2015, 2016, 2017]),
    np.stack([PLACES, PLACES + 7.0], axis=-1),
    np.stack([ERRORS, ERRORS + 7.0], axis=-1),
    3,
)


def study(found: Any, said: dict[str, Any], **changes: Any) -> Any:
    part = SimpleNamespace(ground=found, payload=said, group=Group(("A", "C", "D")), newer=())
    late = SimpleNamespace(ground=None, payload=payload(years="2016"))
    fields = {
        "bloc": "SCO", "first": 2014, "last": 2016, "issue": None, "by_year": False,
        "parts": (part, late), "whole": part, "course": (part, late), "points": POINTS,
    }  # fmt: skip
    return SimpleNamespace(**fields | changes)


def test_members_pairs_issues_and_splits_in_figures(ground: Any) -> None:
    against = {
        "bloc": "EU",
        "plurality_agreement": 0.456,
        "pair_agreement": 0.404,
        "roll_calls": 99,
    }
    said = list(common_ground_tables.shown(study(ground, payload(against=against))))
    assert said[:3] == [
        "SCO, 2014-2016: 120 roll calls. The members voted alike on 25 %; agreement index 0.88, Rice "
        "0.34 (1 = united).",
        "Ideal points run from C to A; the median is 0.12, nearest to it D.",
        "With EU: majorities agree on 46 % of 99 roll calls, pairs of members on 40 %.",
    ]
    members, issues, pairs = said[3:6]
    assert rows(members) == [  # type: ignore[arg-type]
        ["A Land A", "100", "0.25", "0.10", "82 %", "3", "13 %", "0.91"],
        ["D Land D", "100", "0.00", "0.10", "82 %", "3", "13 %", "0.91"],
        ["C Land C", "100", "-1.26", "0.10", "82 %", "3", "13 %", "0.91"],
        ["B Land B", "0", "–", "–", "82 %", "3", "13 %", "0.91"],
    ]
    assert rows(issues) == [  # type: ignore[arg-type]
        ["hr Human rights", "20", "25 %", "0.50", "0.34"],
        ["nu Nuclear weapons and nuclear material", "30", "–", "0.90", "0.34"],
    ]
    assert rows(pairs) == [  # type: ignore[arg-type]
        ["A–D", "80", "91 %", "0.80", "0.70"],
        ["A–C", "90", "61 %", "0.10", "-0.13"],
    ]
    assert str(pairs.title) == "Pairs, by agreement beyond chance"  # type: ignore[union-attr]
    ten = ", ".join(f"M{k}" for k in range(10))
    assert said[6:] == [
        "Most divided:",
        f"  2015-12-01 R/70/1 Peace: 10 yes ({ten}); 1 abstain (A)",
        "  2015-12-02 R/70/2 Trade: 11 yes; 2 no (A, B)",
    ]


def test_of_many_pairs_those_that_agree_most_and_least(ground: Any) -> None:
    def listed(count: int) -> tuple[str, list[str]]:
        many = [
            {"a": "A", "b": f"{k}", "votes": 1, "agreement": 0.5, "kappa": k / 20, "pi": 0.5}
            for k in range(count)
        ]
        ground.divided = ()
        table = list(common_ground_tables.shown(study(ground, payload(pairs=many))))[-1]
        return str(table.title), [row[0] for row in rows(table)]  # type: ignore[union-attr, arg-type]

    assert listed(10)[1] == [f"A–{k}" for k in range(9, -1, -1)]
    title, shown = listed(11)
    assert shown == [f"A–{k}" for k in (10, 9, 8, 7, 6, 4, 3, 2, 1, 0)]
    assert title == "The 5 pairs that agree most, and least, beyond chance"


def test_without_positions_or_rivals_fewer_sentences(ground: Any) -> None:
    bare = payload()
    bare["cohesion"]["common_position"] = {"median": None, "median_member": None, "outermost": None}
    said = list(common_ground_tables.shown(study(ground, bare, issue="hr")))
    assert [isinstance(part, str) for part in said] == [True, *[False] * 3, *[True] * 3]
    assert str(said[0]).startswith("SCO, 2014-2016 on human rights: 120")


def test_the_course_over_the_years(ground: Any) -> None:
    against = {"bloc": "EU", "pair_agreement": 0.404}
    done = study(ground, payload(against=against), by_year=True)
    done.parts[1].payload["against"] = {"bloc": "EU", "pair_agreement": None}
    (table,) = common_ground_tables.shown(done)
    assert headings(table)[-1] == "agrees with EU"  # type: ignore[arg-type]
    assert rows(table) == [  # type: ignore[arg-type]
        ["2015", "3", "120", "25 %", "0.88", "0.34", "0.12", "40 %"],
        ["2016", "3", "120", "25 %", "0.88", "0.34", "0.12", "–"],
    ]
    (plain,) = common_ground_tables.shown(study(ground, payload(), by_year=True))
    assert len(headings(plain)) == 7  # type: ignore[arg-type]


def test_the_section_and_the_page_of_common_ground(ground: Any) -> None:
    page = common_ground.page(study(ground, payload()))
    assert page.title == "SCO, 2014-2016"
    assert page.verdict == (
        "120 roll calls; the members voted alike on 25 percent. Agreement index 0.88, Rice 0.34 (1 is "
        "united).",
        "Most united on nuclear weapons and nuclear material (0.90), least on human rights (0.50).",
        "Ideal points run from C to A; in the middle stands D.",
    )
    section, course = page.sections
    members, issues = section.grids
    assert members.rows == (
        ("Land A", "100", "0.25", "0.10", "82", "3", "13"),
        ("Land D", "100", "0.00", "0.10", "82", "3", "13"),
        ("Land C", "100", "−1.26", "0.10", "82", "3", "13"),
        ("Land B", "0", "–", "–", "82", "3", "13"),
    )
    assert members.digits == (0,) * 6
    assert issues.digits == (0,) * 4
    assert issues.rows == (
        ("Human rights", "20", "25", "0.50", "0.34"),
        ("Nuclear weapons and nuclear material", "30", "–", "0.90", "0.34"),
    )
    ten = ", ".join(f"M{k}" for k in range(10))
    assert section.items == (
        f"2015-12-01 R/70/1 Peace: 10 yes ({ten}); 1 abstain (A).",
        "2015-12-02 R/70/2 Trade: 11 yes; 2 no (A, B).",
    )
    assert len(section.figures) == 2
    assert "outermost" not in section.figures[1].caption
    assert course.grids[0].rows[0] == ("2015", "3", "120", "25", "0.88", "0.12")
    assert course.grids[0].digits == (0,) * 5
    assert isinstance(page.figures, list)
    year = common_ground.page(study(ground, payload(), first=2016))
    assert len(year.sections) == 1
    assert year.figures == payload()


def test_a_ground_without_splits_or_positions(ground: Any) -> None:
    ground.divided = ()
    empty = IdealPoints((), POINTS.years, POINTS.position[:0], POINTS.standard_error[:0], 1)
    bare = payload()
    bare["cohesion"]["by_issue"] = {"hr": cohesion()}
    bare["cohesion"]["common_position"]["median"] = None
    page = common_ground.page(study(ground, bare, first=2016, points=empty))
    assert len(page.verdict) == 1
    assert page.sections[0].paragraphs == page.sections[0].items == ()
    assert len(page.sections[0].figures) == 1


def test_what_the_charts_of_common_ground_draw(ground: Any) -> None:
    table = common_ground_charts.agreement_frame(ground)
    assert sorted(zip(table["a"], table["b"], table["agreement"], table["votes"], strict=True)) == [
        ("A", "C", 0.2, 10), ("A", "D", 0.9, 20), ("C", "A", 0.2, 10), ("D", "A", 0.9, 20),
    ]  # fmt: skip
    assert table["kappa"].tolist() == pytest.approx((table["agreement"] / 2).tolist())
    spec = common_ground_charts.heat_map(table, width=860).to_dict()
    assert spec["layer"][0]["encoding"]["color"]["scale"]["domain"] == [20.0, 100]
    places = common_ground_charts.path_frame(POINTS, ("A", "C", "Z"), 2014, 2016)
    assert [tuple(row) for row in places[["code", "year", "ideal_point", "run"]].to_numpy()] == [
        ("A", 2014, 0.5, 0), ("A", 2016, 0.25, 1), ("C", 2014, -1.0, 0), ("C", 2015, -1.5, 0),
        ("C", 2016, -2.0, 0),
    ]  # fmt: skip
    assert places["low"].tolist()[:2] == pytest.approx([0.5 - 0.196, 0.25 - 0.392])
    assert places["high"].tolist()[:2] == pytest.approx([0.5 + 0.196, 0.25 + 0.392])


def test_of_many_members_the_outermost_and_the_middle_are_named() -> None:
    def colored(count: int) -> list[str]:
        table = pd.DataFrame({
            "code": [f"M{k}" for k in range(count) for _ in (0, 1)],
            "year": [2014, 2015] * count, "run": 0,
            "ideal_point": [float(k) for k in range(count) for _ in (0, 1)],
        })  # fmt: skip
        table["low"], table["high"] = table["ideal_point"] - 1, table["ideal_point"] + 1
        table["standard_error"], table["name"] = 0.5, table["code"]
        spec = common_ground_charts.paths(table, width=860).to_dict()
        scale = spec["layer"][-1]["encoding"]["color"]["scale"]
        drawn = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
        assert drawn == pytest.approx([-1.1, count + 0.1])
        lines = [one for one in spec["layer"] if one["mark"]["type"] == "line"]
        assert len(lines) == (2 if count > 8 else 1)
        if count > 8:
            data = spec["datasets"][lines[0]["data"]["name"]]
            assert not {row["code"] for row in data} & set(scale["domain"])
        return list(scale["domain"])

    assert colored(8) == [f"M{k}" for k in range(8)]
    assert colored(9) == ["M0", "M4", "M8"]


def test_codes_at_the_ends_keep_apart_and_inside() -> None:
    table = pd.DataFrame({
        "code": ["P", "P", "Q", "Q", "R", "R"], "year": [2014, 2015] * 3, "run": 0, "name": "",
        "ideal_point": [0.0, 1.0, 0.0, 1.0, 0.0, 0.0], "standard_error": 0.0,
    })  # fmt: skip
    table["low"] = table["high"] = table["ideal_point"]
    spec = common_ground_charts.paths(table, width=860).to_dict()
    data = spec["datasets"][spec["layer"][-1]["data"]["name"]]
    at = {row["code"]: row["ideal_point"] for row in data}
    apart = 11 * 1.2 / 400
    assert at["R"] == 0.0
    assert sorted([at["P"], at["Q"]]) == pytest.approx([1.0, 1.0 + apart])
    assert {row["year"] for row in data} == {2015}


def test_the_charts_that_can_be_drawn(ground: Any) -> None:
    found: Any = [SimpleNamespace(ground=ground, payload=payload(years="2015"))]
    for name in ("agreement", "positions", "course"):
        assert common_ground_charts.picture(name, found, POINTS, 2014, 2016)(860).to_dict()
    with pytest.raises(DataError, match="no ideal point in 1990-1991"):
        common_ground_charts.picture("positions", found, POINTS, 1990, 1991)
    with pytest.raises(DataError, match="--draw pie"):
        common_ground_charts.picture("pie", found, POINTS, 2014, 2016)
    course = common_ground_charts.course_frame([payload(years="2015")]).to_dict("records")
    assert course == [{
        "year": 2015, "members": 3, "roll_calls": 120, "agreement_index": 0.876, "rice": 0.345,
        "unanimous": 0.254, "median": 0.123,
    }]  # fmt: skip
    assert not math.isnan(course[0]["median"])
