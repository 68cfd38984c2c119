"""``winset agree``: its JSON, its tables, and what it refuses."""

from __future__ import annotations

import pytest

from winset.governance.rollcalls.ideal_points import un_ideal_points
from winset.governance.rollcalls.records import ISSUES

MEMBERS = "CHN,RUS,KAZ,KGZ,TJK,UZB"


def test_json_has_the_documented_keys(winset):
    result = winset("agree", MEMBERS, "--years", "2010-2019", "--json").json
    assert list(result) == ["years", "economies", "pairs", "cohesion", "counted"]
    assert result["years"] == "2010-2019"
    assert [economy["code"] for economy in result["economies"]] == MEMBERS.split(",")
    assert list(result["economies"][0]) == ["code", "votes", "ideal_point", "standard_error"]
    assert len(result["pairs"]) == 15
    assert list(result["pairs"][0]) == ["a", "b", "votes", "agreement", "kappa", "pi"]
    assert list(result["cohesion"]) == [
        "roll_calls",
        "rice",
        "agreement_index",
        "unanimous",
        "by_issue",
        "members",
        "most_divided",
        "common_position",
    ]


def test_by_year_gives_the_estimates_of_each_year(winset):
    result = winset("agree", "USA,RUS,CHN", "--years", "1970-1972", "--by-year", "--json").json
    assert [year["years"] for year in result] == ["1970", "1971", "1972"]
    points = un_ideal_points()
    for year in result:
        place, _ = points.mean("USA", [int(year["years"])])
        assert year["economies"][0]["ideal_point"] == place
    china = [year["economies"][2] for year in result]
    assert china[0] == {"code": "CHN", "votes": 0, "ideal_point": None, "standard_error": None}
    assert {pair["b"] for pair in result[0]["pairs"]} == {"RUS"}
    assert china[1]["ideal_point"] is not None


def test_all_is_everyone_who_voted(winset):
    result = winset("agree", "all", "--years", "1946", "--json").json
    codes = {economy["code"] for economy in result["economies"]}
    assert len(codes) == 54
    assert {"RUS", "TWN", "YUG"} <= codes
    assert all(economy["votes"] for economy in result["economies"])


def test_an_issue_narrows_the_roll_calls_but_not_the_ideal_points(winset):
    everything = winset("agree", "CHN,RUS", "--years", "2015", "--json").json
    nuclear = winset("agree", "CHN,RUS", "--years", "2015", "--issue", "nu", "--json").json
    assert nuclear["pairs"][0]["votes"] < everything["pairs"][0]["votes"]
    assert nuclear["economies"][0]["ideal_point"] == everything["economies"][0]["ideal_point"]


def test_against_another_bloc(winset):
    result = winset("agree", MEMBERS, "--years", "2019", "--against", "USA,ISR", "--json").json
    assert result["against"]["members"] == ["USA", "ISR"]
    assert 0.0 < result["against"]["pair_agreement"] < 0.5


@pytest.mark.parametrize("more", [(), ("--by-year",), ("--against", "USA,GBR"), ("--issue", "hr")])
def test_tables(winset, more):
    said = winset("agree", MEMBERS, "--years", "2017-2019", *more)
    assert said.code == 0
    assert "agreement index" in said.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("XYZ,RUS", "--years", "2010"),
            "'XYZ' is neither a bloc nor an economy of the roll calls",
        ),
        (("KAZZ,RUS", "--years", "2010"), "Did you mean KAZ"),
        (("RUS", "--years", "2010"), "at least two economies; got RUS"),
        (("RUS,SUN", "--years", "1980"), "at least two economies; got RUS"),
        (("RUS,CHN", "--years", "1960"), "only RUS voted"),
        (("RUS,CHN", "--years", "2019-2010"), "Try 2010-2019"),
        (("RUS,CHN", "--years", "2031-2040"), "1946 to 2025"),
        (("RUS,CHN", "--years", "lately"), "such as 1972 or 2010-2019"),
        (("RUS,CHN", "--years", "2010", "--weights", "cubic"), "identical, linear, quadratic"),
        (("RUS,CHN", "--years", "2010", "--against", ","), "names no economy"),
        (("RUS,CHN", "--years", "2010", "--dimensions", "3"), "1 or 2 dimensions"),
    ],
)
def test_refusals(winset, arguments, message):
    said = winset("agree", *arguments, "--json")
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_an_unknown_issue_lists_the_six(winset):
    said = winset("agree", "RUS,CHN", "--years", "2010", "--issue", "nuclear")
    assert said.code == 2
    assert all(f"{code} ({name})" in said.err for code, name in ISSUES.items())


def test_by_year_takes_the_members_of_each_year(winset):
    """India and Pakistan joined in June 2017: they are members in 2017, not in 2016."""
    years = winset("agree", "SCO", "--years", "2016-2018", "--by-year", "--json").json
    inside = [{economy["code"] for economy in year["economies"]} for year in years]
    assert [{"IND", "PAK"} <= codes for codes in inside] == [False, True, True]
    assert [len(codes) for codes in inside] == [6, 8, 8]
    pooled = winset("agree", "SCO", "--years", "2016-2018", "--json").json
    assert len(pooled["economies"]) == 8


def test_on_fixes_the_members(winset):
    said = winset("agree", "SCO", "--years", "2016-2018", "--on", "2016-12-31", "--json").json
    assert len(said["economies"]) == 6


def test_the_meeting_place_of_the_bloc(winset):
    """Median, midrange and outermost follow from the ideal points; shares of common votes sum to one."""
    said = winset("agree", MEMBERS, "--years", "2015", "--json").json
    points = {e["code"]: e["ideal_point"] for e in said["economies"]}
    place = said["cohesion"]["common_position"]
    ordered = sorted(points.values())
    assert place["median"] == pytest.approx((ordered[2] + ordered[3]) / 2)
    assert place["midrange"] == pytest.approx((ordered[0] + ordered[-1]) / 2)
    assert [points[code] for code in place["outermost"]] == [ordered[0], ordered[-1]]
    assert sum(place["common_votes"].values()) == pytest.approx(1)
    assert 0 < place["distance"] < 0.3


def test_most_divided_are_the_least_agreed_first(winset):
    said = winset("agree", MEMBERS, "--years", "2010-2019", "--json").json
    split = said["cohesion"]["most_divided"]
    index = [each["agreement_index"] for each in split]
    assert len(split) == 5
    assert index == sorted(index)
    for each in split:
        counts = [len(each[side]) for side in ("yes", "abstain", "no")]
        assert sum(counts) >= 3
        assert each["agreement_index"] == pytest.approx(
            (1.5 * max(counts) - 0.5 * sum(counts)) / sum(counts)
        )
