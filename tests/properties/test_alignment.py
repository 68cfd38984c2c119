"""What must hold for any votes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from winset.governance.rollcalls.alignment import (
    WEIGHTS,
    agreement,
    agreement_index,
    cohesion,
    common_position,
    rice_index,
    roles,
)

VOTES = arrays(
    np.uint8,
    st.tuples(st.integers(1, 12), st.integers(2, 7)),
    elements=st.integers(0, 3).map(np.uint8),
)


@given(VOTES, st.sampled_from(sorted(WEIGHTS)))
def test_pairs_are_symmetric_and_bounded(votes, weights):
    pairs = agreement(votes, weights=weights)
    for matrix in (pairs.agreement, pairs.kappa, pairs.pi):
        np.testing.assert_allclose(matrix, matrix.T)
        known = matrix[np.isfinite(matrix)]
        assert (known >= -1.0 - 1e-12).all()
        assert (known <= 1.0 + 1e-12).all()
    known = np.isfinite(pairs.agreement)
    assert (pairs.agreement[known] >= 0.0).all()
    assert (known == (pairs.votes > 0)).all()
    both = np.isfinite(pairs.pi) & np.isfinite(pairs.kappa)
    assert (pairs.pi[both] <= pairs.kappa[both] + 1e-12).all()


@given(VOTES, st.randoms(use_true_random=False))
def test_order_of_members_and_roll_calls_does_not_matter(votes, random):
    columns, rows = list(range(votes.shape[1])), list(range(votes.shape[0]))
    random.shuffle(columns)
    random.shuffle(rows)
    shuffled = votes[rows][:, columns]
    here, there = agreement(votes), agreement(shuffled)
    np.testing.assert_allclose(there.kappa, here.kappa[np.ix_(columns, columns)])
    one, other = cohesion(votes), cohesion(shuffled)
    assert one.agreement_index == pytest.approx(other.agreement_index, nan_ok=True)
    assert one.rice == pytest.approx(other.rice, nan_ok=True)
    np.testing.assert_allclose(roles(shuffled).pivotal, roles(votes).pivotal[columns])


@given(VOTES)
def test_indices_are_bounded_and_one_only_when_united(votes):
    index, rice = agreement_index(votes), rice_index(votes)
    for values in (index, rice):
        known = values[np.isfinite(values)]
        assert ((known >= 0.0) & (known <= 1.0)).all()
    for row, value in zip(votes, index, strict=True):
        sides = set(row[row > 0].tolist())
        assert (value == 1.0) == (len(sides) == 1)


@given(VOTES)
def test_swapping_yes_and_no_changes_no_figure(votes):
    mirrored = np.where(votes > 0, 4 - votes, 0).astype(np.uint8)
    np.testing.assert_allclose(agreement(votes).kappa, agreement(mirrored).kappa)
    np.testing.assert_allclose(agreement_index(votes), agreement_index(mirrored))
    vote, distance = common_position(votes)
    opposite, same = common_position(mirrored)
    np.testing.assert_array_equal(np.where(vote > 0, 4 - vote, 0), opposite)
    np.testing.assert_allclose(distance, same)


@given(VOTES)
def test_no_position_is_nearer_than_the_common_one(votes):
    _, distance = common_position(votes)
    for row, apart in zip(votes, distance, strict=True):
        cast = row[row > 0].astype(float)
        if len(cast):
            assert apart == pytest.approx(
                min(np.abs(cast - position).mean() / 2 for position in (1, 2, 3))
            )
