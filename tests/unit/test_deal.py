"""``winset deal``: what it prints, the files it reads, and the mistakes it explains."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from winset.errors import DataError
from winset.governance.packages import issues
from winset.governance.packages.issues import read_issues

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "issue,A,B\nx,3,-1\ny,-1,2\nz,4,-3\n"


def test_json_has_the_documented_keys(winset: Any) -> None:
    said = winset("deal", "silk-road-example", "--json").json
    assert {"package", "total", "gains", "optimal_packages", "frontier", "bargains"} <= set(said)
    assert set(said["bargains"]) == {"nash", "kalai_smorodinsky", "egalitarian"}
    assert said["package"] == said["optimal_packages"][0]
    assert sum(said["gains"].values()) == pytest.approx(said["total"])
    assert min(said["gains"].values()) >= 0


def test_a_small_deal_by_hand(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_text(TABLE, encoding="utf-8")
    said = winset("deal", path, "--json").json
    assert said["package"] == ["x", "y"]  # A 2, B 1; with z B would lose 2
    assert said["gains"] == {"A": 2, "B": 1}
    assert [(p["total"], p["worst"]) for p in said["frontier"]] == [(4, -2), (3, 1)]
    assert said["vetoes"][0] == {"country": "B", "cost": 1, "package": ["x", "y", "z"]}
    assert said["concession"]["country"] == "B"
    paid = winset("deal", path, "--side-payments", "--json").json
    assert paid["package"] == ["x", "y", "z"]
    assert paid["gains"] == {"A": 2, "B": 2}
    assert paid["payments"] == {"A": -4, "B": 4}
    assert "best" in winset("deal", path).out


def test_ties_are_all_listed(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_text("issue,A,B\nx,1,1\ny,1,1\nz,0,0\n", encoding="utf-8")
    (tmp_path / "terms.toml").write_text('exclude = [["x", "y"]]\n', encoding="utf-8")
    said = winset("deal", path, "--terms", tmp_path / "terms.toml", "--json").json
    assert sorted(said["optimal_packages"]) == [["x"], ["x", "z"], ["y"], ["y", "z"]]
    assert "4 packages are equally good" in winset(
        "deal", path, "--terms", tmp_path / "terms.toml"
    ).out  # fmt: skip


def test_terms_in_one_toml(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "deal.toml"
    path.write_text(
        "[need]\nx = ['z']\n[floors]\nB = -2\n[issues.x]\nA = 3\nB = -1\n"
        "[issues.y]\nA = -1\nB = 2\n[issues.z]\nA = 4\nB = -3\n",
        encoding="utf-8",
    )
    said = winset("deal", path, "--json").json
    assert said["package"] == ["x", "y", "z"]
    assert winset("deal", path, "--floor", "B=0", "--json").json["package"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE + "x,1,1\n", "issue 'x' is given twice"),
        (TABLE.replace("A,B", "A,A"), "column A stands twice"),
        (TABLE.replace("3,-1", "3,"), "no figure for B"),
        (TABLE.replace("3,-1", "3"), "2 cells where the header has 3"),
        (TABLE.replace("-3", "inf"), "not a number that can be added up"),
        (TABLE.replace("-3", "lots"), "'lots' is not a number"),
        (TABLE.replace("issue", "what"), "must be headed issue"),
        ("issue,A\n", "no issues"),
        ("", "empty. A table has a header"),
    ],
)
def test_a_wrong_table_is_explained(winset: Any, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "issues.csv"
    path.write_text(text, encoding="utf-8")
    said = winset("deal", path)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--floor", "B=3"], "no package gives B (floor 3) what it asks; the most it can get is 2"),
        (["--floor", "A=6", "--floor", "B=0"], "keeps these floors together: A (floor 6), B"),
        (["--floor", "C=1"], "'C', which is no column"),
        (["--floor", "B"], "CODE=GAIN"),
        (["--floor", "B=much"], "'much' is not a number"),
        (["--floor", "B=9", "--side-payments"], "worth the floors together (9)"),
    ],
)
def test_a_deal_that_cannot_be_is_explained(
    winset: Any, tmp_path: Path, arguments: list[str], message: str
) -> None:
    path = tmp_path / "issues.csv"
    path.write_text(TABLE, encoding="utf-8")
    said = winset("deal", path, *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_a_floor_holds_to_the_last_digit(winset: Any, tmp_path: Path) -> None:
    """Of A's 1 and B's loss of a ten-millionth the solver sees nothing; exact arithmetic does."""
    path = tmp_path / "issues.csv"
    path.write_text("issue,A,B\nx,1,-0.0000001\ny,-1,1000\n", encoding="utf-8")
    terms = tmp_path / "terms.toml"
    terms.write_text('exclude = [["x", "y"]]\n', encoding="utf-8")
    said = winset("deal", path, "--terms", terms, "--json").json
    assert (said["package"], said["total"]) == ([], 0)
    said = winset("deal", path, "--terms", terms, "--floor", "B=-0.0000001", "--json").json
    assert said["package"] == ["x"]


def test_unknown_names_in_the_terms(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_text(TABLE, encoding="utf-8")
    terms = tmp_path / "terms.toml"
    for text, message in (
        ('exclude = [["x", "w"]]\n', "'w', which is no issue"),
        ("floor = 1\n", "Did you mean floors?"),
    ):
        terms.write_text(text, encoding="utf-8")
        said = winset("deal", path, "--terms", terms)
        assert said.code == 2
        assert message in said.err
    assert "Did you mean silk-road-example?" in winset("deal", "silk-road-exampel").err


def test_floors_with_side_payments_reach_to_the_whole_and_no_further(
    winset: Any, tmp_path: Path
) -> None:
    """All of x, y, z is worth 4: floors of 4 together can be met, of 4.001 not."""
    path = tmp_path / "issues.csv"
    path.write_text(TABLE, encoding="utf-8")
    arguments = ("deal", path, "--side-payments", "--floor", "B=1.5", "--json")
    said = winset(*arguments, "--floor", "A=2.5").json
    assert said["gains"] == {"A": 2.5, "B": 1.5}
    assert winset(*arguments, "--floor", "A=2.501").code == 2


def test_only_the_floors_that_conflict_are_named(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "issues.csv"
    path.write_text("issue,A,B,C\nx,3,-1,1\ny,-1,2,1\nz,4,-3,1\n", encoding="utf-8")
    said = winset("deal", path, "--floor", "A=6", "--floor", "B=0", "--floor", "C=1")
    assert said.code == 2
    assert "floors together: A (floor 6), B (floor 0)." in said.err
    assert "C (floor" not in said.err


def test_the_concession_is_the_loss_that_costs_the_others_most(winset: Any, tmp_path: Path) -> None:
    """B's 3 on z keep the package at 3; not counted, x, y, z bring 4."""
    path = tmp_path / "issues.csv"
    path.write_text(TABLE, encoding="utf-8")
    said = winset("deal", path, "--json").json["concession"]
    assert (said["country"], said["issue"]) == ("B", "z")
    assert (said["loss"], said["rise"], said["package"]) == (-3, 1, ["x", "y", "z"])
    path.write_text("issue,A,B\nx,3,1\ny,1,2\n", encoding="utf-8")
    assert winset("deal", path, "--json").json["concession"] is None


def test_bargains_by_hand(winset: Any, tmp_path: Path) -> None:
    """Packages: none (0, 0), x (6, 1), y (1, 4), x+y excluded: Nash takes x (6), egalitarian either 1."""
    path = tmp_path / "issues.csv"
    path.write_text("issue,A,B\nx,6,1\ny,1,4\n", encoding="utf-8")
    terms = tmp_path / "terms.toml"
    terms.write_text('exclude = [["x", "y"]]\n', encoding="utf-8")
    said = winset("deal", path, "--terms", terms, "--json").json
    assert said["package"] == ["x"]
    assert said["bargains"]["nash"]["package"] == ["x"]
    assert said["bargains"]["egalitarian"]["package"] == ["x"]
    assert [(p["total"], p["worst"]) for p in said["frontier"]] == [(7, 1)]


@pytest.mark.parametrize("over", [0, 1])
def test_a_file_of_five_megabytes_is_the_largest(winset: Any, tmp_path: Path, over: int) -> None:
    path = tmp_path / "issues.csv"
    text = TABLE + "#" * (5_000_000 + over - len(TABLE))
    path.write_text(text, encoding="utf-8")
    said = winset("deal", path)
    assert said.code == 2
    assert ("5 MB" in said.err) is bool(over)


def test_gains_beyond_what_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "deal.csv"
    for large, refused in ((1e10, False), (1.1e10, True)):
        table.write_text(f"issue,A,B\nx,1,{large:.0f}\n", encoding="utf-8")
        if refused:
            with pytest.raises(DataError, match=r"gains of 1 and 1\.1e\+10 in one table"):
                read_issues(table)
        else:
            read_issues(table)


def test_decimals_are_counted_as_they_are_written() -> None:
    said = {"12.50": 2, "3e-7": 7, "4e3": 0, "12": 0, "0": 0, "-1.5e-1": 2, "nan": 0}
    assert {text: issues.decimals(text) for text in said} == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e15", 10**15),
        ("-1e15", -(10**15)),
        (" 1_000.25 ", Fraction(4001, 4)),
        ("1e-60", Fraction(1, 10**60)),
        ("1.1e15", None),
        ("1e-61", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        ("x" * 90, None),
    ],
)
def test_a_gain_is_a_number_that_can_be_added_up_exactly(text: str, value: object) -> None:
    if value is not None:
        assert issues._number(text, "here") == value
    else:
        with pytest.raises(DataError) as told:
            issues._number(text, "here")
        assert str(told.value) == f"here: {text[:80]!r} is not a number that can be added up."
