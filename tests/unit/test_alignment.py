"""Agreement, cohesion and roles on cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from winset.errors import DataError
from winset.governance.rollcalls.alignment import (
    agreement,
    agreement_index,
    between,
    cohesion,
    common_position,
    plurality,
    rice_index,
    roles,
    similarity_order,
)
from winset.governance.rollcalls.records import ABSENT, ABSTAIN, NO, YES

LETTERS = {".": ABSENT, "n": NO, "a": ABSTAIN, "y": YES}


def read(*rows: str) -> np.ndarray:
    """One string per roll call, one letter per member."""
    return np.array([[LETTERS[letter] for letter in row] for row in rows], dtype=np.uint8)


def test_rice_and_agreement_index_of_six_yes_two_no_two_abstain():
    votes = read("yyyyyynnaa")
    assert rice_index(votes)[0] == pytest.approx(4 / 8)
    assert agreement_index(votes)[0] == pytest.approx((6 - 0.5 * 4) / 10)


@pytest.mark.parametrize(
    ("row", "rice", "index"),
    [
        ("yyy", 1.0, 1.0),
        ("nnn.", 1.0, 1.0),
        ("yyynnn", 0.0, 0.25),
        ("yna", 0.0, 0.0),
        ("aaa", np.nan, 1.0),
        ("y...", 1.0, 1.0),
        ("....", np.nan, np.nan),
    ],
)
def test_indices_at_their_ends(row, rice, index):
    assert rice_index(read(row))[0] == pytest.approx(rice, nan_ok=True)
    assert agreement_index(read(row))[0] == pytest.approx(index, nan_ok=True)


def test_cohesion_leaves_out_roll_calls_with_one_voter():
    result = cohesion(read("yy.", "yn.", "y..", "aaa"))
    assert result.roll_calls == 3
    assert result.rice == pytest.approx((1 + 0) / 2)
    assert result.agreement_index == pytest.approx((1 + 0.25 + 1) / 3)
    assert result.unanimous == pytest.approx(2 / 3)


def test_absence_is_not_abstention():
    votes = read("yy", "y.", "ya", ".n", "nn")
    pair = agreement(votes)
    assert pair.votes[0, 1] == 3
    assert pair.agreement[0, 1] == pytest.approx(2 / 3)


def test_kappa_and_pi_by_hand():
    # a: y y y n, b: y y n n. Observed 3/4. Cohen: 3/4·2/4 + 1/4·2/4 = 1/2. Scott: (5/8)² + (3/8)².
    pair = agreement(read("yy", "yy", "yn", "nn"))
    assert pair.kappa[0, 1] == pytest.approx((0.75 - 0.5) / 0.5)
    by_chance = (25 + 9) / 64
    assert pair.pi[0, 1] == pytest.approx((0.75 - by_chance) / (1 - by_chance))


def test_linear_weights_count_abstaining_as_half_a_disagreement():
    votes = read("ya", "yn", "yy", "aa")
    assert agreement(votes, weights="linear").agreement[0, 1] == pytest.approx(1 - 1.5 / 4)
    assert agreement(votes, weights="quadratic").agreement[0, 1] == pytest.approx(1 - 1.25 / 4)


def test_kappa_is_undefined_when_both_always_vote_yes():
    pair = agreement(read("yy", "yy"))
    assert pair.agreement[0, 1] == 1.0
    assert np.isnan(pair.kappa[0, 1])
    assert np.isnan(pair.pi[0, 1])


def test_unknown_weights_are_named():
    with pytest.raises(DataError, match=r"'lineal'.*Did you mean linear"):
        agreement(read("yy"), weights="lineal")


def test_roles_find_the_lone_dissenter_and_the_pivot():
    votes = read("yyyn", "yyny", "yynn", "yyyn")
    result = roles(votes)
    assert result.lone_dissents.tolist() == [0, 0, 1, 2]
    # the fourth member: others yyy, yyn, yyn, yyy; it voted with them only on the second
    assert result.with_others[3] == pytest.approx(1 / 4)
    # leads of 3:1 fall to 2:2 by one of the majority; the tie on the third has no plurality
    assert result.pivotal.tolist() == pytest.approx([1.0, 1.0, 2 / 3, 1 / 3])
    assert result.cohesion_without[3] == pytest.approx((1 + 0.5 + 0.5 + 1) / 4)


def test_two_others_are_enough_to_be_alone_against_and_one_is_not():
    votes = read("yyn", "y.n", "yna", "..n")
    assert roles(votes).lone_dissents.tolist() == [0, 0, 1]
    assert roles(read("yyn.", "y.n.")).cohesion_without[3] == pytest.approx((0.5 + 0.25) / 2)


def test_who_never_voted_has_no_role():
    result = roles(read("yy.", "yn."))
    assert np.isnan([result.with_others[2], result.pivotal[2]]).all()
    assert result.lone_dissents[2] == 0


def test_plurality_is_absent_in_a_tie():
    assert plurality(read("yyn", "yn.", "aan", "...")).tolist() == [YES, ABSENT, ABSTAIN, ABSENT]


def test_common_position_is_the_median_and_abstention_between_equal_camps():
    vote, distance = common_position(read("yyyn", "yynn", "yaan", "nnna", "...."))
    assert vote.tolist() == [YES, ABSTAIN, ABSTAIN, NO, ABSENT]
    assert distance[:4].tolist() == pytest.approx([1 / 4, 1 / 2, 1 / 4, 1 / 8])
    assert np.isnan(distance[4])


def test_between_blocs():
    own, other = read("yy", "yn", "nn"), read("yyy", "nnn", "yyn")
    count, by_plurality, by_pair = between(own, other)
    assert count == 2  # the bloc's own tie is left out
    assert by_plurality == pytest.approx(1 / 2)
    assert by_pair == pytest.approx((6 + 3 + 2) / 18)


def test_similarity_order_puts_camps_side_by_side():
    camps = np.array([0, 1, 0, 1, 0, 1])
    order = similarity_order(np.where(camps[:, None] == camps, 0.9, 0.2))
    assert np.count_nonzero(np.diff(camps[order])) == 1
