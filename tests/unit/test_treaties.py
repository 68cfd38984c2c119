"""``winset treaty``: statuses on a date, intervals and places, gaps, and what is said not to be known."""

from __future__ import annotations

import datetime as dt

import pytest

from winset.errors import DataError
from winset.governance.intervals import places, wilson
from winset.governance.treaties.records import NEITHER, PARTY, SIGNED, Act, acts, treaties
from winset.studies.commitments import treaty_table

ON = dt.date(2025, 9, 1)
NONE = Act("", "", "", "")


@pytest.mark.parametrize(
    ("treaty", "code", "status"),
    [
        ("4-4", "CHN", SIGNED),  # Covenant on Civil and Political Rights
        ("4-4", "USA", PARTY),
        ("18-10", "RUS", SIGNED),  # Rome Statute
        ("21-6", "CHN", PARTY),  # Law of the Sea
        ("21-6", "USA", NEITHER),
        ("27-7-a", "USA", SIGNED),  # Kyoto
        ("TRTPNW", "IND", NEITHER),
        ("TRTPNW", "USA", PARTY),
    ],
)
def test_known_commitments(treaty, code, status):
    assert acts().get((treaty, code), NONE).status(ON) == status


def test_a_state_is_bound_from_the_day_it_joins_until_it_leaves():
    act = Act("1990-01-01", "1992-06-08", "2000-01-01", "ratification")
    seen = [act.status(dt.date(year, 6, 8)) for year in (1989, 1991, 1992, 1999, 2000)]
    assert seen == [NEITHER, SIGNED, PARTY, PARTY, NEITHER]
    assert act.years() == pytest.approx(2.43, abs=0.01)
    year_alone = Act("2010-05-05", "2016", "", "year alone")
    assert year_alone.status(dt.date(2016, 6, 1)) == SIGNED
    assert year_alone.status(dt.date(2016, 12, 31)) == PARTY
    assert year_alone.years() is None


def test_every_act_is_of_a_treaty_that_is_listed_and_ends_after_it_begins():
    codes = {treaty.code for treaty in treaties()}
    assert len(codes) == len(treaties()) == 160
    for (treaty, _), act in acts().items():
        assert treaty in codes
        assert act.signed or act.joined
        assert not act.left or act.left > act.joined


def test_places_do_not_rank_where_intervals_overlap():
    assert places([(0.8, 0.9), (0.1, 0.3), (0.2, 0.4), (0.3, 0.35)]) == [
        (1, 1), (2, 4), (2, 4), (2, 4),
    ]  # fmt: skip
    low, high = wilson(0, 10)
    assert low == 0.0
    assert high == pytest.approx(0.278, abs=0.001)


def test_figures_are_those_of_the_lists(winset):
    said = winset("treaty", "SCO", "--on", "2025-09-01", "--json").json
    assert said["on"] == "2025-09-01"
    count = {row["code"]: row["party"] for row in said["economies"]}
    assert len(count) == 10
    for code, party in count.items():
        assert party == sum(code in treaty["party"] for treaty in said["treaties"])
    alone = {t["treaty"]: t for t in said["treaties"]}
    for pair in said["pairs"]:
        a, b = pair["a"], pair["b"]
        same = sum((a in t["party"]) == (b in t["party"]) for t in said["treaties"])
        assert pair["alike"] == pytest.approx(same / len(alone))
        assert pair["low"] <= pair["alike"] <= pair["high"]
    for gap in said["gaps"]:
        assert set(gap["missing"]) == set(count) - set(alone[gap["treaty"]]["party"])
    assert {t["treaty"] for t in said["common"]} == {
        code for code, t in alone.items() if set(t["party"]) == set(count)
    }
    assert any("not measured" in line for line in said["not_measured"])
    assert all(t["reservations"] is None for t in said["treaties"])


def test_the_date_counts_for_members_and_treaties():
    early = treaty_table("CHN,USA", on=dt.date(1991, 1, 1))
    late = treaty_table("CHN,USA", on=ON)
    assert early.status.sum() < late.status.sum()
    assert len(treaty_table("SCO", on=dt.date(2010, 1, 1)).members) == 6
    assert not treaty_table("CHN,USA", on=dt.date(2015, 3, 1)).stale


def test_the_table_gives_places_as_ranges(winset):
    said = winset("treaty", "EU", "--on", "2025-09-01").out
    assert "nobody is ranked" in " ".join(said.split())
    assert "compliance" in said


def test_refusals(winset):
    said = winset("treaty", "XYZ")
    assert (said.code, said.out) == (2, "")
    assert "neither a bloc nor" in said.err
    with pytest.raises(DataError, match="at least two"):
        treaty_table("CHN", on=ON)
