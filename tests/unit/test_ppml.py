"""Poisson regression of pairs: it finds the maximum, meets the sums, drops what says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from winset.errors import ConvergenceError
from winset.gravity import ppml as regression
from winset.gravity.ppml import ppml

SIZE = 6
EVERY = ~np.eye(SIZE, dtype=bool)


def drawn(seed: int = 1, count: int = 2) -> np.ndarray:
    """Regressors, (count, n, n)."""
    return np.random.default_rng(seed).normal(2.0, 1.0, (count, SIZE, SIZE))


def made(regressors: np.ndarray, slopes: list[float], *, noise: float = 0.0) -> np.ndarray:
    """Flows of these slopes and of effects that are far apart; at home too, where nothing counts."""
    draw = np.random.default_rng(2)
    linear = np.tensordot(slopes, regressors, 1)
    linear += draw.normal(5, 3, SIZE)[:, None] + draw.normal(0, 2, SIZE)[None, :]
    return np.exp(linear + draw.normal(0, noise, linear.shape))


def likelihood(actual: np.ndarray, mean: np.ndarray, pairs: np.ndarray) -> float:
    return float((actual[pairs] * np.log(mean[pairs]) - mean[pairs]).sum())


def test_slopes_and_flows_that_made_the_data_are_found() -> None:
    z = drawn()
    actual = made(z, [0.7, -1.3])
    mean, slopes, kept = ppml(actual, z, EVERY)
    assert list(kept) == [0, 1]
    np.testing.assert_allclose(slopes, [0.7, -1.3], rtol=1e-9)
    np.testing.assert_allclose(mean[EVERY], actual[EVERY], rtol=1e-9)


def test_what_is_not_observed_neither_counts_nor_is_expected() -> None:
    z = drawn()
    actual = made(z, [0.7, -1.3], noise=1.0)
    pairs = EVERY.copy()
    pairs[0, 1] = pairs[3, 2] = False
    mean, slopes, _ = ppml(actual, z, pairs)
    assert (mean[~pairs] == 0.0).all()
    assert (mean[pairs] > 0.0).all()
    other = np.where(pairs, actual, 1e6)
    np.testing.assert_allclose(ppml(other, z, pairs)[1], slopes, rtol=1e-12)
    elsewhere = np.where(pairs, z, 50.0)
    np.testing.assert_allclose(ppml(actual, elsewhere, pairs)[1], slopes, rtol=1e-9)


def test_sums_of_rows_columns_and_regressors_are_those_of_the_data() -> None:
    z = drawn()
    actual = np.where(EVERY, made(z, [0.7, -1.3], noise=1.5), 0.0)
    mean, _, _ = ppml(actual, z, EVERY)
    for axis in (0, 1):
        np.testing.assert_allclose(mean.sum(axis=axis), actual.sum(axis=axis), rtol=1e-11)
    weighed = [(x * mean).sum() for x in z], [(x * actual).sum() for x in z]
    np.testing.assert_allclose(*weighed, rtol=1e-11)


def test_no_other_slope_is_likelier() -> None:
    z = drawn()
    actual = made(z, [0.7, -1.3], noise=1.5)
    mean, slopes, _ = ppml(actual, z, EVERY)
    best = likelihood(actual, mean, EVERY)
    for k in (0, 1):
        for away in (-1e-3, 1e-3):
            moved = mean * np.exp(away * z[k])
            assert likelihood(actual, moved, EVERY) < best
    assert np.isfinite(slopes).all()


def test_without_regressors_rows_and_columns_alone_are_met() -> None:
    everywhere = np.ones((SIZE, SIZE), dtype=bool)
    actual = made(drawn(), [0.7, -1.3])
    mean, slopes, kept = ppml(actual, np.zeros((0, SIZE, SIZE)), everywhere)
    assert (len(slopes), len(kept)) == (0, 0)
    both = np.outer(actual.sum(axis=1), actual.sum(axis=0)) / actual.sum()
    np.testing.assert_allclose(mean, both, rtol=1e-11)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_the_unit_of_money_changes_nothing_but_itself(scale: float) -> None:
    z = drawn()
    actual = made(z, [0.7, -1.3], noise=1.0)
    mean, slopes, _ = ppml(actual, z, EVERY)
    other, same, _ = ppml(scale * actual, z, EVERY)
    np.testing.assert_allclose(same, slopes, rtol=1e-9)
    np.testing.assert_allclose(other, scale * mean, rtol=1e-9)


def test_rows_and_columns_without_trade_are_left_out() -> None:
    """Who sells nothing has no effect; the others are as without it."""
    z = drawn()
    actual = made(z, [0.7, -1.3], noise=1.0)
    pairs = EVERY.copy()
    pairs[2], pairs[:, 4] = False, False
    mean, slopes, _ = ppml(np.where(pairs, actual, 0.0), z, pairs)
    assert mean[2].sum() == mean[:, 4].sum() == 0.0
    rows, columns = [0, 1, 3, 4, 5], [0, 1, 2, 3, 5]
    here = np.ix_(rows, columns)
    alone = ppml(actual[here], z[:, here[0], here[1]], pairs[here])
    np.testing.assert_allclose(slopes, alone[1], rtol=1e-9)
    np.testing.assert_allclose(mean[here], alone[0], rtol=1e-9)


# What is not identified.

ROW = np.arange(SIZE, dtype=float)[:, None] * np.ones(SIZE)


@pytest.mark.parametrize(
    ("regressors", "kept"),
    [
        ([ROW, drawn()[0]], [1]),  # an effect of rows
        ([drawn()[0], ROW.T], [0]),  # of columns
        ([ROW + 3.0 * ROW.T, drawn()[0]], [1]),  # of both
        ([np.full((SIZE, SIZE), 4.0), drawn()[0]], [1]),  # the same everywhere
        ([np.zeros((SIZE, SIZE)), drawn()[0]], [1]),
        ([drawn()[0], -2.0 * drawn()[0]], [0]),  # of two that say the same, the first
        ([drawn()[0], drawn()[1], drawn()[0] - 3.0 * drawn()[1] + ROW], [0, 1]),
        ([drawn()[0], drawn()[0] + 1e-6 * drawn()[1]], [0]),  # the same but for a millionth
        ([drawn()[0], drawn()[0] + 1e-3 * drawn()[1]], [0, 1]),
        ([1e-6 * drawn()[0], 1e6 * drawn()[1]], [0, 1]),  # units do not matter
        ([1e12 * ROW + 1e13 * ROW.T, drawn()[0]], [1]),
    ],
)
def test_a_regressor_that_others_explain_is_left_out(
    regressors: list[np.ndarray], kept: list[int]
) -> None:
    z = np.array(regressors)
    actual = made(drawn(), [0.3, -0.5], noise=0.5)
    found = ppml(actual, z, EVERY)
    assert list(found[2]) == kept
    assert len(found[1]) == len(kept)
    np.testing.assert_allclose(ppml(actual, z[kept], EVERY)[0], found[0], rtol=1e-6)


@pytest.mark.parametrize("regressor", [ROW, ROW.T, ROW - 2.0 * ROW.T])
def test_effects_are_of_the_pairs_that_are_observed(regressor: np.ndarray) -> None:
    """Rows and columns with unlike numbers of pairs."""
    pairs = EVERY.copy()
    pairs[0, 2:] = pairs[4, 1] = pairs[1:3, 5] = False
    actual = np.where(pairs, made(drawn(), [0.3, -0.5], noise=0.5), 0.0)
    assert list(ppml(actual, np.array([regressor, drawn()[0]]), pairs)[2]) == [1]
    alone = ppml(actual, drawn()[:1], pairs)[0]
    np.testing.assert_allclose(alone.sum(axis=0), actual.sum(axis=0), rtol=1e-10)
    np.testing.assert_allclose(alone.sum(axis=1), actual.sum(axis=1), rtol=1e-10)


# Where Newton's whole step is too long, and where there is no maximum.


def test_far_from_the_maximum_steps_are_halved() -> None:
    """One flow carries nearly everything: from equal flows the whole step overshoots."""
    z = np.zeros((1, SIZE, SIZE))
    z[0, 0, 1], z[0, 2, 3], z[0, 4, 5] = 40.0, 1.0, -3.0
    actual = np.where(EVERY, 1.0, 0.0)
    actual[0, 1], actual[2, 3] = 1e8, 5.0
    mean, slopes, _ = ppml(actual, z, EVERY)
    np.testing.assert_allclose(mean.sum(axis=0), actual.sum(axis=0), rtol=1e-10)
    np.testing.assert_allclose(mean.sum(axis=1), actual.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose((z * mean).sum(), (z * actual).sum(), rtol=1e-10)
    assert len(slopes) == 1


@pytest.mark.parametrize("size", [-3.0, 1e-3, 1.0, 100.0])
def test_a_sample_that_a_regressor_separates_is_refused(size: float) -> None:
    """All flows where the regressor is not zero are zero: its slope would have no end."""
    z = np.zeros((1, SIZE, SIZE))
    z[0, 0, 1], z[0, 3, 2] = size, 2.0 * size
    actual = np.where(EVERY & (z[0] == 0), made(drawn(), [0.3, -0.5]), 0.0)
    with pytest.raises(ConvergenceError, match=r"has no maximum: .* its slope has no end") as told:
        ppml(actual, z, EVERY)
    assert told.value.residual <= 1e-9
    actual[0, 1] = actual[actual > 0].min()  # one flow there, and there is a maximum
    assert np.isfinite(ppml(actual, z, EVERY)[1]).all()


def test_zeros_on_both_sides_of_the_others_do_not_separate() -> None:
    z = np.zeros((1, SIZE, SIZE))
    z[0, 0, 1], z[0, 3, 2] = 1.0, -2.0
    actual = np.where(EVERY & (z[0] == 0), made(drawn(), [0.3, -0.5]), 0.0)
    mean, slopes, _ = ppml(actual, z, EVERY)
    assert mean[0, 1] == pytest.approx(2.0 * mean[3, 2], rel=1e-9)
    assert np.isfinite(slopes).all()


def test_too_few_steps_are_told_with_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    z = drawn()
    actual = made(z, [0.7, -1.3], noise=1.0)
    monkeypatch.setattr(regression, "MOST_STEPS", 3)
    with pytest.raises(ConvergenceError, match="has not converged in 3 steps: a score is ") as told:
        ppml(actual, z, EVERY)
    assert 1e-9 < told.value.residual < 1.0
    assert f"{told.value.residual:.1e} of its sum" in str(told.value)
