"""``winset even``: the same question to every state, intervals by cluster, and files of one's own."""

from __future__ import annotations

import numpy as np
import pytest

from winset.errors import DataError
from winset.governance.rollcalls.evenhandedness import TextPair, even_hand, text_pairs
from winset.governance.rollcalls.records import ABSTAIN, NO, YES, RollCalls, un_roll_calls
from winset.studies.evenhandedness import even


def made(votes: list[list[int]]) -> RollCalls:
    """Roll calls A0, A1, … among members P, Q, R, …"""
    cells = np.array(votes, dtype=np.uint8)
    count = len(cells)
    return RollCalls(
        cells, tuple("PQRSTUVW"[: cells.shape[1]]), np.full(count, 2020), ("",) * count,
        tuple(f"A{k}" for k in range(count)), ("",) * count, (frozenset(),) * count, np.arange(count),
    )  # fmt: skip


def pair(a: int, b: int, x: str, y: str) -> TextPair:
    return TextPair("rights", 2020, f"A{a}", x, f"A{b}", y)


def test_sameness_chance_and_leaning_by_hand():
    calls = made([[YES, YES, NO, 0], [YES, NO, ABSTAIN, YES]])
    p, q, r, s = even_hand(calls, "PQRS", [pair(0, 1, "X", "Y")])
    assert [one.same for one in (p, q, r, s)] == [1.0, 0.0, 0.0, None]
    assert q.leaning == {"X": (1.0, 1), "Y": (-1.0, 1)}
    assert r.leaning["X"] == (-0.5, 1)
    # yes 2/3, no 1/3 on the one; yes 1/2, no 1/4, abstention 1/4 on the other
    assert p.expected == pytest.approx(2 / 3 * 1 / 2 + 1 / 3 * 1 / 4)
    assert p.low is None


def test_a_state_is_left_out_where_it_is_named():
    calls = made([[YES, YES], [YES, NO]])
    p, q = even_hand(calls, "PQ", [pair(0, 1, "Q", "Y")])
    assert (p.pairs, q.pairs) == (1, 0)


def test_the_names_of_states_do_not_matter():
    """Columns and codes exchanged together: the same figures, for whoever it is."""
    draw = np.random.default_rng(3)
    cells = draw.integers(NO, YES + 1, size=(24, 4))
    pairs = [pair(2 * k, 2 * k + 1, f"X{k % 6}", "Y") for k in range(12)]
    before = even_hand(made(cells.tolist()), "PQRS", pairs)
    after = even_hand(made(cells[:, ::-1].tolist()), "SRQP", pairs)
    for one, other in zip(before, after, strict=True):
        assert (one.same, one.low, one.high) == (other.same, other.low, other.high)


def test_an_interval_counts_pairs_of_countries_not_of_texts():
    draw = np.random.default_rng(4)
    cells = draw.integers(NO, YES + 1, size=(80, 2)).tolist()
    many = [pair(2 * k, 2 * k + 1, f"X{k}", "Y") for k in range(40)]
    few = [pair(2 * k, 2 * k + 1, f"X{k % 5}", "Y") for k in range(40)]
    wide, narrow = even_hand(made(cells), "P", few)[0], even_hand(made(cells), "P", many)[0]
    assert wide.same == narrow.same
    assert wide.high - wide.low > narrow.high - narrow.low
    assert even_hand(made(cells), "P", few[:4])[0].low is None


def test_an_interval_has_width_also_where_all_votes_are_the_same():
    cells = [[YES, NO]] * 12
    one = even_hand(made(cells), "P", [pair(2 * k, 2 * k + 1, f"X{k}", "Y") for k in range(6)])[0]
    assert (one.same, one.high) == (1.0, 1.0)
    assert one.low == pytest.approx(0.61, abs=0.01)


def test_every_pair_is_of_two_texts_of_one_session_that_name_two_countries():
    calls = un_roll_calls()
    year = dict(zip(calls.resolutions, calls.years.tolist(), strict=True))
    pairs = text_pairs()
    assert len(pairs) > 200
    for one in pairs:
        assert one.names_a != one.names_b
        assert year[one.a] == year[one.b] == one.year
    assert len({(one.a, one.b) for one in pairs}) == len(pairs)


def test_overlapping_intervals_share_places(winset):
    said = winset("even", "SCO", "--json").json
    rows = [row for row in said["economies"] if row["low"] is not None]
    for row in rows:
        before = sum(other["low"] > row["high"] for other in rows)
        assert row["best_place"] == 1 + before
    assert said["pairs"]
    assert "nobody is ranked" in " ".join(winset("even", "SCO").out.split())


def test_pairs_of_one_s_own(winset, tmp_path):
    path = tmp_path / "mine.csv"
    head = "family,year,a,names_a,b,names_b\n"
    path.write_text(head + "territory,2022,A/RES/ES-11/4,RUS,A/RES/77/125,ISR\n")
    said = winset("even", "CHN,USA", "--years", "2022", "--pairs", path, "--json").json
    assert len(said["pairs"]) == 1
    assert {row["pairs"] for row in said["economies"]} == {1}
    for row, message in (
        (
            "territory,2022,A/RES/1,RUS,A/RES/77/125,ISR\n",
            "row 2: 'A/RES/1' stands for 0 roll calls",
        ),
        ("territory,x,A/RES/ES-11/4,RUS,A/RES/77/125,ISR\n", "year is 'x'"),
        ("territory,2022,A/RES/ES-11/4,RUS,A/RES/77/125,RUS\n", "both texts name RUS"),
        ("", "no pairs"),
    ):
        path.write_text(head + row)
        refused = winset("even", "CHN,USA", "--pairs", path)
        assert (refused.code, refused.out) == (2, "")
        assert message in refused.err


def test_refusals():
    with pytest.raises(DataError, match="Known: rights, territory"):
        even("SCO", "2010-2020", family="right")
    with pytest.raises(DataError, match="no pair of texts"):
        even("CHN,USA", "1975")
