"""The common ground of a bloc on roll calls made by hand: who counts, what divides, where it could meet."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.test_alignment import read

from winset.errors import DataError
from winset.governance.rollcalls.common_ground import CommonGround, common_ground
from winset.governance.rollcalls.ideal_points import IdealPoints
from winset.governance.rollcalls.records import RollCalls

ROWS = (
    "yyyn",  # 2001
    "y...",  # one voter: no meeting, no split
    "nnyy",  # 2002
    "aay.",
    "yyyy",
    "..yn",  # half of the bloc
    "yyyy",  # 2005, out of the years asked for
)
YEARS = [2001, 2001, 2002, 2002, 2002, 2003, 2005]
MEMBERS = ("KAZ", "RUS", "UZB", "USA")
ISSUES = [{"nu"}, set(), {"nu"}, {"hr"}, set(), set(), {"nu"}]


def calls() -> RollCalls:
    count = len(ROWS)
    return RollCalls(
        read(*ROWS), MEMBERS, np.array(YEARS), tuple(f"{y}-05-0{k + 1}" for k, y in enumerate(YEARS)),
        tuple(f"R/{k}" for k in range(count)), tuple(f"Title {k}" for k in range(count)),
        tuple(frozenset(about) for about in ISSUES), np.arange(count),
    )  # fmt: skip


def points() -> IdealPoints:
    years = np.array([2001, 2002, 2003])
    position = np.array([[-0.5, -0.7, np.nan], [-1.0, -1.0, -1.0], [np.nan] * 3, [2.0, 2.2, 2.4]])
    return IdealPoints(MEMBERS, years, position[:, :, None], np.full((4, 3, 1), 0.1), 0)


def ground(
    members: tuple[str, ...] = MEMBERS, *, years: tuple[int, int] = (2001, 2003), **more: object
) -> CommonGround:
    return common_ground(calls(), points(), members, *years, **more)  # type: ignore[arg-type]


def test_votes_and_positions_are_of_the_years_asked_for() -> None:
    found = ground()
    assert found.votes.tolist() == [5, 4, 5, 4]
    assert found.positions[0] == (pytest.approx(-0.6), pytest.approx(0.1))
    assert found.positions[2] is None
    assert found.positions[3] == (pytest.approx(2.2), pytest.approx(0.1))
    table = found.table()
    assert list(table.index) == ["USA", "KAZ", "RUS", "UZB"]
    assert table["votes"].tolist() == [4, 5, 4, 5]
    assert np.isnan(table.loc["UZB", "ideal_point"])


def test_roll_calls_with_one_voter_are_left_out_where_a_bloc_could_meet() -> None:
    """Of five with two or more: yes, abstain (two against two), abstain, yes, abstain (one to one)."""
    found = ground().meeting
    assert found.common_votes == {"yes": 2 / 5, "abstain": 3 / 5, "no": 0.0}
    assert found.distance == pytest.approx(np.mean([1 / 4, 1 / 2, 1 / 6, 0.0, 1 / 2]))
    assert (found.median, found.median_member) == (pytest.approx(-0.6), "KAZ")
    assert (found.midrange, found.outermost) == (pytest.approx(0.6), ("RUS", "USA"))


def test_a_bloc_without_positions_meets_nowhere_but_on_votes() -> None:
    nobody = IdealPoints(
        MEMBERS, np.array([1999]), np.full((4, 1, 1), np.nan), np.full((4, 1, 1), np.nan), 0
    )
    found = common_ground(calls(), nobody, MEMBERS, 2001, 2003).meeting
    assert (found.median, found.median_member, found.midrange, found.outermost) == (None,) * 4
    assert found.distance > 0.0


def test_the_most_divided_first_where_at_least_half_of_the_bloc_voted() -> None:
    found = ground()
    assert [(s.resolution, s.yes, s.abstain, s.no) for s in found.divided] == [
        ("R/2", ("UZB", "USA"), (), ("KAZ", "RUS")),
        ("R/5", ("UZB",), (), ("USA",)),
        ("R/3", ("UZB",), ("KAZ", "RUS"), ()),
        ("R/0", ("KAZ", "RUS", "UZB"), (), ("USA",)),
    ]
    assert found.divided[0].agreement_index == pytest.approx(0.25)
    assert (found.divided[0].date, found.divided[0].title) == ("2002-05-03", "Title 2")
    assert [s.resolution for s in ground(divided=2).divided] == ["R/2", "R/5"]
    assert ground(divided=0).divided == ()


def test_issues_have_their_own_cohesion() -> None:
    found = ground()
    assert set(found.by_issue) == {"nu", "hr"}
    assert found.by_issue["nu"].roll_calls == 2
    assert found.by_issue["hr"].roll_calls == 1
    nuclear = ground(issue="nu")
    assert nuclear.cohesion.roll_calls == 2
    assert nuclear.votes.tolist() == [2, 2, 2, 2]
    assert nuclear.positions == found.positions  # of all issues


@pytest.mark.parametrize(
    ("members", "years", "said"),
    [
        (("KAZ",), (2001, 2003), "at least two economies; got KAZ"),
        ((), (2001, 2003), "at least two economies; got none"),
        (("RUS", "USA"), (2003, 2003), "Years 2003-2003: of RUS, USA only USA voted"),
        (("KAZ", "RUS"), (2003, 2003), "of KAZ, RUS only none voted"),
        (("KAZ", "FRA"), (2001, 2003), "FRA"),
    ],
)
def test_blocs_that_have_no_common_ground(
    members: tuple[str, ...], years: tuple[int, int], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        ground(members, years=years)
