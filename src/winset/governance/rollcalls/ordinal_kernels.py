"""Kernels of the ordinal item response model: one Newton step for all items, one for all paths.

Plain arrays in and out; ``winset.governance.rollcalls.ideal_points`` states the model and holds the labels.
Votes are sorted twice, by item and by state (a member in a year), each with row pointers as in a
compressed sparse matrix. Every item, and every member's path, is solved on its own, so the result
does not depend on the number of threads.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit, prange

if TYPE_CHECKING:
    from winset.numbers import Array, Bytes, Integers


NO, YES = 1, 3
SQRT_HALF = math.sqrt(0.5)
DENSITY = 1.0 / math.sqrt(2.0 * math.pi)
LARGEST_STEP = 0.5  # of any coordinate; only the first sweeps meet it
SMALLEST_PROBABILITY = 1e-12
CUTPOINT_VARIANCE = 25.0
GAP_PRIOR = 0.05  # weight of log(upper − lower cutpoint): items without abstentions stay open


@njit(cache=True)
def hazard(x: float) -> float:
    """Return φ(x)/Φ(x), by its asymptotic series where Φ(x) would lose its digits."""
    if x > -6.0:
        return DENSITY * math.exp(-0.5 * x * x) / (0.5 * math.erfc(-x * SQRT_HALF))
    square = x * x
    return -x / (1.0 - 1.0 / square + 3.0 / square**2 - 15.0 / square**3)


@njit(cache=True)
def vote_derivatives(
    vote: int, lower: float, upper: float
) -> tuple[float, float, float, float, float]:
    """Differentiate the log-probability of one vote by the two cutpoints.

    P(no) = Φ(lower), P(abstain) = Φ(upper) − Φ(lower), P(yes) = 1 − Φ(upper), where ``lower`` and
    ``upper`` are the cutpoints less the member's linear predictor.

    Returns
    -------
    (d lower, d upper, −d² lower, −d² upper, −d² lower upper)
    """
    if vote == NO:
        ratio = hazard(lower)
        return ratio, 0.0, ratio * (ratio + lower), 0.0, 0.0
    if vote == YES:
        ratio = hazard(-upper)
        return 0.0, -ratio, 0.0, ratio * (ratio - upper), 0.0
    mirrored = lower + upper > 0.0  # keep to the tail where differences of Φ are exact
    low, high = (-upper, -lower) if mirrored else (lower, upper)
    if high < -8.0:
        ratio = math.exp(0.5 * (high * high - low * low))
        mass = max(1.0 / hazard(high) - ratio / hazard(low), SMALLEST_PROBABILITY)
        at_high, at_low = 1.0 / mass, ratio / mass
    else:
        mass = 0.5 * (math.erfc(-high * SQRT_HALF) - math.erfc(-low * SQRT_HALF))
        mass = max(mass, SMALLEST_PROBABILITY)
        at_high = DENSITY * math.exp(-0.5 * high * high) / mass
        at_low = DENSITY * math.exp(-0.5 * low * low) / mass
    curve_high = at_high * (at_high + high)
    curve_low = at_low * (at_low - low)
    cross = -at_high * at_low
    if mirrored:
        return -at_high, at_low, curve_high, curve_low, cross
    return -at_low, at_high, curve_low, curve_high, cross


@njit(cache=True, parallel=True)
def item_step(
    pointers: Integers,
    states: Integers,
    votes: Bytes,
    position: Array,
    discrimination: Array,
    cutpoints: Array,
    variance: float,
    steps: int,
) -> None:
    """Take Newton steps on each item's discrimination (J, D) and cutpoints (J, 2), in place.

    The log-posterior of an item given the positions (S, D) is concave in its D + 2 parameters;
    ``variance`` is that of the normal prior on each discrimination.
    """
    dimensions = position.shape[1]
    size = dimensions + 2
    first, second = dimensions, dimensions + 1
    for item in prange(len(pointers) - 1):
        slope = np.zeros(size)
        curve = np.zeros((size, size))
        for _ in range(steps):
            curve[:] = 0.0
            for d in range(dimensions):
                slope[d] = -discrimination[item, d] / variance
                curve[d, d] = 1.0 / variance
            gap = cutpoints[item, 1] - cutpoints[item, 0]
            slope[first] = -cutpoints[item, 0] / CUTPOINT_VARIANCE - GAP_PRIOR / gap
            slope[second] = -cutpoints[item, 1] / CUTPOINT_VARIANCE + GAP_PRIOR / gap
            curve[first, first] = 1.0 / CUTPOINT_VARIANCE + GAP_PRIOR / gap**2
            curve[second, second] = curve[first, first]
            curve[first, second] = -GAP_PRIOR / gap**2
            for k in range(pointers[item], pointers[item + 1]):
                state = states[k]
                predictor = 0.0
                for d in range(dimensions):
                    predictor += discrimination[item, d] * position[state, d]
                d1, d2, c11, c22, c12 = vote_derivatives(
                    votes[k], cutpoints[item, 0] - predictor, cutpoints[item, 1] - predictor
                )
                slope[first] += d1
                slope[second] += d2
                curve[first, first] += c11
                curve[second, second] += c22
                curve[first, second] += c12
                for d in range(dimensions):
                    slope[d] -= (d1 + d2) * position[state, d]
                    curve[d, first] -= (c11 + c12) * position[state, d]
                    curve[d, second] -= (c22 + c12) * position[state, d]
                    for e in range(d, dimensions):
                        both = position[state, d] * position[state, e]
                        curve[d, e] += (c11 + c22 + 2.0 * c12) * both
            for d in range(size):
                for e in range(d):
                    curve[d, e] = curve[e, d]
            step = np.linalg.solve(curve, slope)
            scale = min(1.0, LARGEST_STEP / max(np.abs(step).max(), SMALLEST_PROBABILITY))
            closing = step[first] - step[second]
            if closing > 0.0:  # the cutpoints must not cross
                scale = min(scale, 0.8 * gap / closing)
            for d in range(dimensions):
                discrimination[item, d] += scale * step[d]
            cutpoints[item, 0] += scale * step[first]
            cutpoints[item, 1] += scale * step[second]


@njit(cache=True, parallel=True)
def path_step(
    pointers: Integers,
    items: Integers,
    votes: Bytes,
    discrimination: Array,
    cutpoints: Array,
    starts: Integers,
    innovation: float,
    pull: Array,
    position: Array,
    covariance: Array,
) -> None:
    """Take one Newton step on each member's whole path, in place.

    The states of member i are rows ``starts[i]`` … ``starts[i + 1] − 1`` of ``position`` (S, D),
    one per year. The precision of a path is block tridiagonal: the curvature of its votes plus
    ``pull`` (D, D) in each year, and a random walk with standard deviation ``innovation``.
    ``covariance`` (S, D, D) receives the inverse's diagonal blocks.
    """
    dimensions = position.shape[1]
    unit = np.eye(dimensions)
    link = 1.0 / innovation**2
    for member in prange(len(starts) - 1):
        begin, end = starts[member], starts[member + 1]
        length = end - begin
        inverse = np.empty((length, dimensions, dimensions))
        reduced = np.empty((length, dimensions))
        for t in range(length):
            state = begin + t
            curve = pull.copy()
            slope = -pull @ position[state]
            for k in range(pointers[state], pointers[state + 1]):
                item = items[k]
                predictor = 0.0
                for d in range(dimensions):
                    predictor += discrimination[item, d] * position[state, d]
                d1, d2, c11, c22, c12 = vote_derivatives(
                    votes[k], cutpoints[item, 0] - predictor, cutpoints[item, 1] - predictor
                )
                for d in range(dimensions):
                    slope[d] -= (d1 + d2) * discrimination[item, d]
                    for e in range(dimensions):
                        both = discrimination[item, d] * discrimination[item, e]
                        curve[d, e] += (c11 + c22 + 2.0 * c12) * both
            for neighbor in (state - 1, state + 1):
                if begin <= neighbor < end:
                    curve += link * unit
                    slope += link * (position[neighbor] - position[state])
            if t > 0:
                curve -= link**2 * inverse[t - 1]
                slope += link * inverse[t - 1] @ reduced[t - 1]
            inverse[t] = np.linalg.inv(curve)
            reduced[t] = slope
        step = np.empty((length, dimensions))
        for back in range(length):
            t = length - 1 - back
            spread = inverse[t].copy()
            step[t] = inverse[t] @ reduced[t]
            if back > 0:
                step[t] += link * inverse[t] @ step[t + 1]
                spread += link**2 * inverse[t] @ covariance[begin + t + 1] @ inverse[t]
            covariance[begin + t] = spread
        scale = min(1.0, LARGEST_STEP / max(np.abs(step).max(), SMALLEST_PROBABILITY))
        position[begin:end] += scale * step
