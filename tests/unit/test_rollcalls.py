"""The embedded roll calls: what they hold, who sits where, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from winset.errors import DataError
from winset.governance.rollcalls.records import ISSUES, YES, member_names, un_roll_calls


def voted_in(code: str) -> set[int]:
    calls = un_roll_calls()
    return set(calls.years[calls.votes[:, calls.members.index(code)] > 0].tolist())


def test_every_vote_of_the_source_is_there():
    calls = un_roll_calls()
    assert calls.votes.shape == (6843, 199)
    older = calls.of_years(1946, 2019).votes
    assert older.shape == (6203, 199)
    assert [int((older == vote).sum()) for vote in (1, 2, 3)] == [65_548, 110_897, 693_664]
    assert [int((calls.votes == vote).sum()) for vote in (1, 2, 3)] == [73_594, 122_645, 786_095]
    assert (calls.years.min(), calls.years.max()) == (1946, 2025)
    assert tuple(member_names()) == calls.members


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("RUS", 1946, 2025),
        ("CHN", 1971, 2025),
        ("TWN", 1946, 1971),
        ("DEU", 1973, 2025),
        ("DDR", 1973, 1989),
        ("YUG", 1946, 1992),
        ("SRB", 2000, 2025),
        ("CSK", 1946, 1992),
        ("CZE", 1993, 2025),
        ("YMD", 1967, 1989),
        ("YEM", 1947, 2025),
    ],
)
def test_seats_and_their_succession(code, first, last):
    years = voted_in(code)
    assert (min(years), max(years)) == (first, last)


def test_china_holds_one_seat_at_a_time():
    calls = un_roll_calls()
    seats = calls.votes[:, calls.columns(["CHN", "TWN"])] > 0
    assert not seats.all(axis=1).any()


def test_withdrawn_codes_lead_to_the_continued_seat():
    calls = un_roll_calls()
    assert calls.columns(["SUN", "rus", "ZAR"]).tolist() == [
        calls.members.index("RUS"),
        calls.members.index("COD"),
    ]


def test_the_embargo_on_cuba_is_one_item_over_the_years():
    calls = un_roll_calls()
    embargo = [
        row
        for row, title in enumerate(calls.titles)
        if title.startswith("Necessity of ending the economic") and calls.years[row] <= 2002
    ]
    assert len(embargo) == 11
    assert len(set(calls.items[embargo].tolist())) == 1
    united_states = calls.votes[embargo, calls.members.index("USA")]
    assert np.count_nonzero(united_states == YES) == 0


def test_items_never_join_two_roll_calls_of_one_session():
    calls = un_roll_calls()
    pairs = np.stack([calls.items, calls.years], axis=1)
    assert len(np.unique(pairs, axis=0)) == len(pairs)


def test_refusals_say_what_to_do():
    calls = un_roll_calls()
    with pytest.raises(DataError, match="1946 to 2025"):
        calls.of_years(2030, 2031)
    with pytest.raises(DataError, match="Try 2010-2019"):
        calls.of_years(2019, 2010)
    with pytest.raises(DataError) as unknown:
        calls.on_issue("xx")
    assert all(code in str(unknown.value) for code in ISSUES)
    with pytest.raises(DataError, match=r"'KAZZ' never voted.*Did you mean KAZ"):
        calls.columns(["KAZZ"])
    with pytest.raises(DataError, match="No roll call on nu"):
        calls.of_years(1946, 1946).on_issue("nu")
