"""Who was chosen, who is counted, and why the others are not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from winset.places.groups import Group, Later, read_group
from winset.report.words import counted

YEAR = dt.date(2022, 1, 1)


def test_members_that_join_later_are_named_with_their_year() -> None:
    group = read_group("SCO", on=YEAR)
    assert group.to_json() == {
        "chosen": 10,
        "counted": 8,
        "later": [
            {"code": "IRN", "bloc": "SCO", "joined": "2023-07-04"},
            {"code": "BLR", "bloc": "SCO", "joined": "2024-07-04"},
        ],
        "absent": [],
    }


def test_who_joins_on_the_day_is_in() -> None:
    assert [who.code for who in read_group("SCO", on=dt.date(2023, 7, 4)).later] == ["BLR"]
    assert [who.code for who in read_group("SCO", on=dt.date(2023, 7, 3)).later] == ["IRN", "BLR"]


def test_partners_count_where_they_are_asked_for() -> None:
    """A partner that becomes a member is there already; a partner to come is not asked for by members."""
    wide = read_group("SCO+", on=YEAR)
    assert {"IRN", "BLR"} <= set(wide.codes)
    assert "LAO" in {who.code for who in wide.later}
    assert "LAO" not in {who.code for who in read_group("SCO", on=YEAR).later}


def test_who_is_named_by_code_besides_is_counted() -> None:
    assert [who.code for who in read_group("SCO,IRN", on=YEAR).later] == ["BLR"]


def test_in_words() -> None:
    both = Group(("CHN", "KAZ"), ("KGZ", "TJK"), (Later("IRN", "SCO", dt.date(2023, 7, 4)),))
    assert counted(both, "world icio-2022") == (
        "5 chosen, 2 counted: Iran joined SCO in 2023, Kyrgyzstan, Tajikistan are not in world icio-2022."
    )
    assert counted(Group(("CHN",)), "world icio-2022") == ""


@pytest.mark.parametrize("on", ["2022-01-01"])
def test_beside_the_verdict_and_in_the_json(winset: Any, on: str) -> None:
    said = winset("run", "sco-2025", "--set", "among=SCO", "--set", f"on={on}", "--json").json
    assert (said["counted"]["chosen"], said["counted"]["counted"]) == (10, 8)
    shown = winset("run", "sco-2025", "--set", "among=SCO", "--set", f"on={on}").out
    assert "10 chosen, 8 counted: Iran joined SCO in 2023, Belarus in 2024." in " ".join(
        shown.split()
    )


def test_votes_before_a_member_joined_are_told(winset: Any) -> None:
    said = winset("agree", "SCO", "--years", "2015-2019", "--json").json["counted"]
    assert (said["chosen"], said["counted"]) == (10, 8)
    assert {who["code"]: who["joined"][:4] for who in said["newer"]} == {
        "IND": "2017",
        "PAK": "2017",
    }
    shown = " ".join(winset("agree", "SCO", "--years", "2015-2019").out.split())
    assert "10 chosen, 8 counted: Iran joined SCO in 2023, Belarus in 2024." in shown
    assert "also those before a member joined: India (2017), Pakistan (2017)." in shown
    each = winset("agree", "SCO", "--years", "2016-2018", "--by-year", "--json").json
    assert [year["counted"]["counted"] for year in each] == [6, 8, 8]
    assert [[who["code"] for who in year["counted"]["newer"]] for year in each] == [
        [], ["IND", "PAK"], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("years", "rest"), [("2010-2030", "2010-2025"), ("1940-1950", "1946-1950")]
)
def test_years_beyond_the_data_are_refused(winset: Any, years: str, rest: str) -> None:
    said = winset("agree", "SCO" if years > "2000" else "USA,GBR", "--years", years)
    assert (said.code, said.out) == (2, "")
    assert f"Write {rest}." in said.err


@pytest.mark.parametrize(
    "line",
    [
        ("vote", "population", "--members", "SCO", "--on", "2022-01-01"),
        ("vote", "population", "--members", "SCO", "--on", "2022-01-01", "--design", "equal"),
        ("war", "world-2023", "--players", "SCO", "--on", "2022-01-01"),
        ("match", "SCO", "--on", "2022-01-01"),
        ("share", "sco-2025", "--players", "SCO", "--set", "on=2022-01-01", "--resolution", "compact"),
    ],
)  # fmt: skip
def test_every_question_about_a_bloc_says_whom_it_counts(
    winset: Any, line: tuple[str, ...]
) -> None:
    said = winset(*line, "--json").json["counted"]
    assert (said["chosen"], said["counted"]) == (10, 8)
    assert [who["code"] for who in said["later"]] == ["IRN", "BLR"]


def test_a_world_without_some_members_is_told(winset: Any) -> None:
    shown = winset("war", "icio-2022", "--players", "SCO", "--on", "2025-09-01")
    assert shown.code == 0, shown.err
    assert "10 chosen, 6 counted: " in " ".join(shown.out.split())
    assert "Kyrgyzstan" in shown.out
