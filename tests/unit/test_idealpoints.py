"""The estimator recovers what it was given; its kernels differentiate rightly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_ndtr

from winset.errors import ConvergenceError, DataError
from winset.governance.rollcalls.ideal_points import estimate, un_ideal_points
from winset.governance.rollcalls.ordinal_kernels import (
    CUTPOINT_VARIANCE,
    GAP_PRIOR,
    hazard,
    item_step,
    path_step,
    vote_derivatives,
)
from winset.governance.rollcalls.records import ABSTAIN, NO, YES, RollCalls, un_roll_calls


def simulate(*, members=60, years=6, per_year=80, dimensions=1, seed=1) -> tuple[RollCalls, ...]:
    """Draw positions, items and votes from the model; a tenth of the votes is missing."""
    draw = np.random.default_rng(seed)
    start = draw.normal(size=(members, 1, dimensions))
    walk = 0.15 * draw.normal(size=(members, years, dimensions)).cumsum(axis=1)
    position = start + walk
    count = years * per_year
    year = np.repeat(np.arange(years), per_year)
    slope = draw.normal(size=(count, dimensions)) * (1.2, 0.7)[:dimensions]
    middle = draw.normal(size=count)
    gap = draw.uniform(0.2, 1.0, size=count)
    utility = np.einsum("ird,rd->ri", position[:, year], slope) + draw.normal(size=(count, members))
    votes = np.where(
        utility > (middle + gap)[:, None], YES, np.where(utility > middle[:, None], ABSTAIN, NO)
    )
    votes[draw.random(votes.shape) < 0.1] = 0
    names = tuple(f"M{k:02d}" for k in range(members))
    empty = ("",) * count
    calls = RollCalls(
        votes.astype(np.uint8), names, 2000 + year, empty, empty, empty,
        (frozenset(),) * count, np.arange(count),
    )  # fmt: skip
    return calls, position


def poles(position: np.ndarray) -> tuple[str, str]:
    mean = position[:, :, 0].mean(axis=1)
    return f"M{mean.argmax():02d}", f"M{mean.argmin():02d}"


def test_recovers_simulated_positions_and_covers_them():
    calls, truth = simulate()
    points = estimate(calls, innovation=0.15, poles=poles(truth))
    truth = truth[:, :, 0]
    truth = (truth - truth.mean()) / truth.std()
    estimated = points.position[:, :, 0]
    for year in range(truth.shape[1]):
        assert np.corrcoef(truth[:, year], estimated[:, year])[0, 1] > 0.98
    covered = np.abs(estimated - truth) < 2 * points.standard_error[:, :, 0]
    assert 0.85 < covered.mean() < 0.99


def test_recovers_two_dimensions_up_to_rotation():
    calls, truth = simulate(dimensions=2, seed=3)
    points = estimate(calls, dimensions=2, innovation=0.15, poles=poles(truth))
    flat, target = points.position.reshape(-1, 2), truth.reshape(-1, 2)
    fitted = flat @ np.linalg.lstsq(flat, target - target.mean(axis=0), rcond=None)[0]
    for axis in (0, 1):
        assert np.corrcoef(fitted[:, axis], target[:, axis])[0, 1] > 0.95
    assert np.corrcoef(flat[:, 0], target[:, 0])[0, 1] > 0.9  # items discriminate most there


def test_scale_and_sign_are_fixed():
    calls, truth = simulate(members=25, years=3, per_year=30)
    high, low = poles(truth)
    points = estimate(calls, poles=(high, low))
    assert points.position.mean() == pytest.approx(0.0, abs=1e-10)
    assert points.position.std() == pytest.approx(1.0)
    turned = estimate(calls, poles=(low, high))
    np.testing.assert_allclose(turned.position, -points.position)


def test_order_of_members_and_roll_calls_does_not_matter():
    calls, truth = simulate(members=20, years=3, per_year=30)
    points = estimate(calls, poles=poles(truth), tolerance=1e-6)
    draw = np.random.default_rng(5)
    row, column = draw.permutation(len(calls.years)), draw.permutation(20)
    shuffled = RollCalls(
        calls.votes[row][:, column], tuple(calls.members[k] for k in column), calls.years[row],
        calls.dates, calls.resolutions, calls.titles, calls.issues, calls.items[row],
    )  # fmt: skip
    again = estimate(shuffled, poles=poles(truth), tolerance=1e-6)
    np.testing.assert_allclose(again.position, points.position[column], atol=1e-4)


def log_probability(vote: int, lower: float, upper: float) -> float:
    if vote == NO:
        return float(log_ndtr(lower))
    if vote == YES:
        return float(log_ndtr(-upper))
    if lower + upper > 0.0:  # the same by symmetry, where differences of Φ keep their digits
        lower, upper = -upper, -lower
    return float(log_ndtr(upper) + np.log1p(-np.exp(log_ndtr(lower) - log_ndtr(upper))))


@pytest.mark.parametrize("vote", [NO, ABSTAIN, YES])
@pytest.mark.parametrize(("lower", "upper"), [(-0.4, 0.3), (1.0, 2.5), (-3.0, -2.0), (2.0, 2.1)])
def test_derivatives_of_a_vote(vote, lower, upper):
    step = 1e-4

    def f(a: float, b: float) -> float:
        return log_probability(vote, lower + a * step, upper + b * step)

    d_lower, d_upper, c_lower, c_upper, c_both = vote_derivatives(vote, lower, upper)
    assert d_lower == pytest.approx((f(1, 0) - f(-1, 0)) / (2 * step), rel=1e-4, abs=1e-6)
    assert d_upper == pytest.approx((f(0, 1) - f(0, -1)) / (2 * step), rel=1e-4, abs=1e-6)
    second = (f(1, 0) - 2 * f(0, 0) + f(-1, 0)) / step**2
    assert c_lower == pytest.approx(-second, rel=1e-3, abs=1e-5)
    second = (f(0, 1) - 2 * f(0, 0) + f(0, -1)) / step**2
    assert c_upper == pytest.approx(-second, rel=1e-3, abs=1e-5)
    second = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * step**2)
    assert c_both == pytest.approx(-second, rel=1e-3, abs=1e-5)


def log_density(x: float) -> float:
    return -0.5 * x * x - 0.5 * np.log(2.0 * np.pi)


@pytest.mark.parametrize("x", [-200.0, -40.0, -37.0, -6.01, -6.0, -5.99, -1.0, 0.0, 3.0, 9.0])
def test_the_hazard_keeps_its_digits_where_the_distribution_vanishes(x):
    assert hazard(x) == pytest.approx(np.exp(log_density(x) - log_ndtr(x)), rel=6e-5)


@pytest.mark.parametrize("gap", [0.3, 2.0])
@pytest.mark.parametrize("far", [-40.0, -20.0, -9.0, -7.0, 7.0, 9.0, 20.0, 40.0])
def test_derivatives_keep_their_digits_in_the_tails(far, gap):
    """Of ln Φ in closed form, by its own logarithms."""
    lower, upper = far, far + gap
    d_lower, _, c_lower, _, _ = vote_derivatives(NO, lower, upper)
    ratio = np.exp(log_density(lower) - log_ndtr(lower))
    assert d_lower == pytest.approx(ratio, rel=1e-4)
    assert c_lower == pytest.approx(ratio * (ratio + lower), rel=0.02, abs=1e-12)
    _, d_upper, _, c_upper, _ = vote_derivatives(YES, lower, upper)
    ratio = np.exp(log_density(upper) - log_ndtr(-upper))
    assert d_upper == pytest.approx(-ratio, rel=1e-4)
    assert c_upper == pytest.approx(ratio * (ratio - upper), rel=0.02, abs=1e-12)
    mass = log_probability(ABSTAIN, lower, upper)
    at_lower, at_upper = (np.exp(log_density(x) - mass) for x in (lower, upper))
    wanted = (
        -at_lower, at_upper,
        at_lower * (at_lower - lower), at_upper * (at_upper + upper), -at_lower * at_upper,
    )  # fmt: skip
    np.testing.assert_allclose(
        vote_derivatives(ABSTAIN, lower, upper), wanted, rtol=0.02, atol=1e-9
    )


def log_posterior(parameters, position, votes, variance):
    """Of one item: its slopes, then its two cutpoints."""
    slope, (lower, upper) = parameters[:-2], parameters[-2:]
    prior = -slope @ slope / (2.0 * variance) + GAP_PRIOR * np.log(upper - lower)
    prior -= (lower**2 + upper**2) / (2.0 * CUTPOINT_VARIANCE)
    cast = zip(votes, position @ slope, strict=True)
    return prior + sum(log_probability(vote, lower - at, upper - at) for vote, at in cast)


@pytest.mark.parametrize("kinds", [(NO, ABSTAIN, YES), (NO, YES), (YES,)])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_steps_on_an_item_end_where_it_is_most_probable(kinds, dimensions):
    """Also where nobody abstains, and where all agree; a second item does not disturb the first."""
    draw = np.random.default_rng(4)
    variance, count = 0.49, 30
    position = draw.normal(size=(count, dimensions))
    utility = position @ np.array([1.5, -0.6])[:dimensions] + draw.normal(size=count)
    votes = np.digitize(utility, [-0.4, 0.4]) + 1
    votes[~np.isin(votes, kinds)] = kinds[0]
    both = np.concatenate([votes, draw.permutation(votes)]).astype(np.uint8)
    slopes, cutpoints = np.zeros((2, dimensions)), np.array([[-0.5, 0.5]] * 2)
    item_step(
        np.array([0, count, 2 * count]), np.tile(np.arange(count), 2), both, position, slopes,
        cutpoints, variance, 60,
    )  # fmt: skip
    assert np.all(cutpoints[:, 0] < cutpoints[:, 1])
    for item in (0, 1):
        cast = both[item * count : (item + 1) * count]
        found = np.concatenate([slopes[item], cutpoints[item]])
        best = log_posterior(found, position, cast, variance)
        for k in range(len(found)):
            for away in (-1e-3, 1e-3):
                moved = found.copy()
                moved[k] += away
                if moved[-2] < moved[-1]:
                    assert log_posterior(moved, position, cast, variance) < best


def test_cutpoints_do_not_cross_however_far_the_step():
    """From a wide gap and no abstention Newton's step would close it beyond zero."""
    votes = np.array([NO] * 5 + [YES] * 5, dtype=np.uint8)
    position = np.linspace(-1.0, 1.0, 10)[:, None]
    slopes, cutpoints = np.zeros((1, 1)), np.array([[-0.1, 0.1]])
    for _ in range(40):
        item_step(
            np.array([0, 10]), np.arange(10), votes, position, slopes, cutpoints, 0.49, 1
        )  # fmt: skip
        assert cutpoints[0, 0] < cutpoints[0, 1]
    assert np.isfinite(cutpoints).all()


def test_a_step_on_a_path_is_newton_s_step_on_the_whole_path():
    """The block recursion against the dense system, position and covariance."""
    draw = np.random.default_rng(6)
    years, dimensions, per_year, innovation = 5, 2, 40, 0.3
    slopes = draw.normal(size=(years * per_year, dimensions))
    cutpoints = np.sort(draw.normal(size=(years * per_year, 2)), axis=1)
    votes = draw.choice([NO, ABSTAIN, YES], size=years * per_year).astype(np.uint8)
    start = 0.1 * draw.normal(size=(years, dimensions))
    pull = np.array([[1.3, 0.2], [0.2, 0.9]])

    def index(t: int) -> slice:
        return slice(dimensions * t, dimensions * (t + 1))

    size = years * dimensions
    precision, slope = np.zeros((size, size)), np.zeros(size)
    for t in range(years):
        precision[index(t), index(t)] += pull
        slope[index(t)] -= pull @ start[t]
        for k in range(per_year * t, per_year * (t + 1)):
            at = cutpoints[k] - slopes[k] @ start[t]
            d1, d2, c11, c22, c12 = vote_derivatives(votes[k], *at)
            slope[index(t)] -= (d1 + d2) * slopes[k]
            precision[index(t), index(t)] += (c11 + c22 + 2 * c12) * np.outer(slopes[k], slopes[k])
        if t:
            unit = np.eye(dimensions) / innovation**2
            for a, b, sign in ((t, t, 1), (t - 1, t - 1, 1), (t, t - 1, -1), (t - 1, t, -1)):
                precision[index(a), index(b)] += sign * unit
            change = (start[t] - start[t - 1]) / innovation**2
            slope[index(t)] -= change
            slope[index(t - 1)] += change
    step = np.linalg.solve(precision, slope).reshape(years, dimensions)
    assert np.abs(step).max() < 0.5  # so that the kernel does not cut it

    position, covariance = start.copy(), np.zeros((years, dimensions, dimensions))
    pointers = np.arange(0, years * per_year + 1, per_year)
    items = np.arange(years * per_year)
    path_step(
        pointers, items, votes, slopes, cutpoints, np.array([0, years]), innovation, pull,
        position, covariance,
    )  # fmt: skip
    np.testing.assert_allclose(position - start, step, atol=1e-12)
    inverse = np.linalg.inv(precision)
    for t in range(years):
        np.testing.assert_allclose(covariance[t], inverse[index(t), index(t)], atol=1e-12)


def test_embedded_points_cover_every_year_and_vote():
    calls, points = un_roll_calls(), un_ideal_points()
    assert points.years.tolist() == list(range(1946, 2026))
    for code in ("USA", "KIR", "ZAF", "TWN"):
        voted = set(calls.years[calls.votes[:, calls.members.index(code)] > 0].tolist())
        known = np.isfinite(points.position[points.members.index(code), :, 0])
        assert set(points.years[known].tolist()) == voted
    known = points.position[np.isfinite(points.position)]
    assert known.mean() == pytest.approx(0.0, abs=1e-4)
    assert known.std() == pytest.approx(1.0, abs=1e-4)


def test_mean_over_years_skips_those_without_votes():
    points = un_ideal_points()
    single, _ = points.mean("ZAF", [1974])  # the last before it was barred until 1994
    assert points.mean("ZAF", range(1974, 1990)) == points.mean("ZAF", [1974])
    both, _ = points.mean("ZAF", [1974, 1994])
    assert both == pytest.approx((single + points.mean("ZAF", [1994])[0]) / 2)
    assert points.mean("ZAF", [1980]) is None
    assert points.mean("XXX", [1980]) is None


def test_refusals():
    calls, truth = simulate(members=8, years=2, per_year=10)
    with pytest.raises(DataError, match="1 or 2 dimensions"):
        estimate(calls, dimensions=3, poles=poles(truth))
    with pytest.raises(DataError, match="'USA' cast no vote"):
        estimate(calls)
    with pytest.raises(ConvergenceError, match="after 2 sweeps") as failure:
        estimate(calls, poles=poles(truth), max_sweeps=2)
    assert failure.value.economy in calls.members
