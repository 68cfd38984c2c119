"""What ideal points are estimated from: votes sorted by item and by member and year, where it begins."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from winset.errors import DataError
from winset.governance.rollcalls import ideal_points
from winset.governance.rollcalls.ideal_points import (
    estimate,
    lay_out,
    opening_cutpoints,
    un_ideal_points,
)
from winset.governance.rollcalls.records import ABSTAIN, NO, YES, RollCalls

N, A, Y = NO, ABSTAIN, YES


def calls(votes: list[list[int]], years: list[int], items: list[int] | None = None) -> RollCalls:
    count = len(votes)
    empty = ("",) * count
    members = tuple("PQRSTUVWXY"[: len(votes[0])])
    return RollCalls(
        np.array(votes, dtype=np.uint8), members, np.array(years), empty, empty, empty,
        (frozenset(),) * count, np.array(items or range(count)),
    )  # fmt: skip


#: P votes in 2001 and 2003, Q in 2001 and 2002, R never, S in 2003; the second and third are one item.
SOME = calls(
    [[Y, N, 0, 0], [0, Y, 0, 0], [N, 0, 0, A], [Y, 0, 0, N]], [2001, 2002, 2003, 2003], [5, 7, 7, 9]
)


def test_states_are_the_years_from_a_members_first_vote_to_its_last() -> None:
    found = lay_out(SOME)
    assert found.member.tolist() == [0, 0, 0, 1, 1, 3]
    assert found.year.tolist() == [2001, 2002, 2003, 2001, 2002, 2003]
    assert found.starts.tolist() == [0, 3, 5, 6]  # R has none
    assert found.voted.tolist() == [True, False, True, True, True, True]


def test_votes_are_sorted_by_item_and_by_state() -> None:
    found = lay_out(SOME)
    assert found.item_pointers.tolist() == [0, 2, 5, 7]
    by_item = list(zip(found.state_by_item.tolist(), found.vote_by_item.tolist(), strict=True))
    assert by_item == [(0, Y), (3, N), (2, N), (4, Y), (5, A), (2, Y), (5, N)]
    assert found.state_pointers.tolist() == [0, 1, 1, 3, 4, 5, 7]
    by_state = list(zip(found.item_by_state.tolist(), found.vote_by_state.tolist(), strict=True))
    assert by_state == [(0, Y), (1, N), (2, Y), (0, N), (1, Y), (1, A), (2, N)]


def test_fewer_than_two_who_vote_are_refused() -> None:
    with pytest.raises(DataError, match="at least two members that vote"):
        lay_out(calls([[Y, 0]], [2001]))
    assert len(lay_out(calls([[Y, N]], [2001])).member) == 2


def test_cutpoints_begin_at_the_shares_of_each_item() -> None:
    """Half a vote is added to each kind, so that none is empty."""
    found = opening_cutpoints(lay_out(SOME))
    # Items: yes, no | no, yes, abstain | yes, no.
    np.testing.assert_allclose(found[0], [ndtri(1.5 / 3.5), ndtri(2.0 / 3.5)])
    np.testing.assert_allclose(found[1], [ndtri(1.5 / 4.5), ndtri(3.0 / 4.5)])
    np.testing.assert_allclose(found[2], found[0])


def test_positions_begin_with_those_who_vote_alike_together() -> None:
    votes = np.array([[Y, Y, Y, N, N], [N, N, N, Y, Y], [Y, Y, A, N, N], [Y, Y, Y, Y, N]])
    start = ideal_points._start(votes.astype(np.uint8), 2)
    assert start.shape == (5, 2)
    np.testing.assert_allclose(start.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(start.std(axis=0), 1.0)
    first = start[:, 0] * np.sign(start[0, 0])
    assert first[0] == pytest.approx(first[1])
    assert (first[:3] > 0).all()
    assert (first[3:] < 0).all()
    # Of the agreement of pairs, by its own definition.
    share = np.array([[(votes[:, i] == votes[:, k]).mean() for k in range(5)] for i in range(5)])
    middle = np.eye(5) - 1 / 5
    leading = np.linalg.eigh(middle @ share @ middle)[1][:, -1]
    np.testing.assert_allclose(np.abs(first), np.abs(leading) / leading.std(), atol=1e-12)


def test_pairs_that_never_voted_together_count_as_average() -> None:
    votes = np.array([[Y, Y, 0], [Y, N, 0], [0, Y, Y]], dtype=np.uint8)
    share = np.array([[1.0, 0.5, 5 / 6], [0.5, 1.0, 1.0], [5 / 6, 1.0, 1.0]])
    share[0, 2] = share[2, 0] = (1.0 * 3 + 0.5 * 2 + 1.0 * 2) / 7
    middle = np.eye(3) - 1 / 3
    leading = np.linalg.eigh(middle @ share @ middle)[1][:, -1]
    found = ideal_points._start(votes, 1)[:, 0]
    np.testing.assert_allclose(np.abs(found), np.abs(leading) / leading.std(), atol=1e-12)


def test_roots_and_floors_of_matrices() -> None:
    matrix = np.array([[2.0, 0.5], [0.5, 1.0]])
    root, inverse = ideal_points._roots(matrix)
    np.testing.assert_allclose(root @ root, matrix)
    np.testing.assert_allclose(root @ inverse, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(ideal_points._floor(matrix), matrix)
    low = ideal_points._floor(np.diag([-1.0, 3.0]))
    np.testing.assert_allclose(np.linalg.eigvalsh(low), [ideal_points.PULL_FLOOR, 3.0])


def labelled(high: str, low: str) -> ideal_points.IdealPoints:
    """Positions without an estimation: of three members, over years of their own."""
    votes = calls([[Y, N, 0], [Y, N, 0], [0, Y, N], [0, Y, N]], [2001, 2002, 2003, 2004])
    layout = lay_out(votes)
    position = np.array([[3.0], [1.0], [0.0], [2.0], [4.0], [6.0], [-1.0], [-3.0]])
    covariance = np.full((8, 1, 1), 0.25)
    slopes = np.ones((4, 1))
    return ideal_points._label(votes, layout, position, covariance, slopes, (high, low), 17)


def test_scale_is_of_the_years_with_votes_and_errors_follow() -> None:
    found = labelled("P", "Q")
    assert found.years.tolist() == [2001, 2002, 2003, 2004]
    assert found.sweeps == 17
    known = np.isfinite(found.position)
    assert known[:, :, 0].tolist() == [
        [True, True, False, False],
        [True] * 4,
        [False, False, True, True],
    ]
    spread = np.array([3.0, 1, 0, 2, 4, 6, -1, -3]).std()
    np.testing.assert_allclose(found.standard_error[known], 0.5 / spread)
    assert found.position[known].mean() == pytest.approx(0.0, abs=1e-12)
    assert found.position[known].std() == pytest.approx(1.0)


@pytest.mark.parametrize(("high", "low"), [("P", "Q"), ("Q", "P"), ("Q", "R"), ("R", "Q")])
def test_the_first_pole_is_above_the_second_in_the_years_that_both_have(
    high: str, low: str
) -> None:
    """P is above Q in 2001 and 2002, though Q is higher on average over all its years."""
    found = labelled(high, low)
    above, below = (found.position[found.members.index(pole), :, 0] for pole in (high, low))
    both = np.isfinite(above) & np.isfinite(below)
    assert both.sum() == 2
    assert above[both].mean() > below[both].mean()


def test_poles_that_never_meet_leave_the_sign() -> None:
    forth, back = labelled("P", "R"), labelled("R", "P")
    np.testing.assert_array_equal(forth.position, back.position)


def test_dimensions_are_one_or_two_and_embedded_points_were_not_estimated_here() -> None:
    for wrong in (0, 3):
        with pytest.raises(DataError, match=f"dimensions = {wrong}: ideal points have 1 or 2"):
            estimate(SOME, dimensions=wrong, poles=("P", "Q"))
    assert un_ideal_points().sweeps == 0
