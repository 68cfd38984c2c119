"""Ideal points of all members and years: our time against a Gibbs sampler's least time.

A Gibbs sampler for this model (Albert & Chib 1993; Bailey, Strezhnev & Voeten 2017) draws the
latent utility of every vote from a truncated normal in every iteration, whatever else it does. We
time that one step, by inverse distribution function on whole arrays, and multiply it by 21,000
iterations, the default of MCMCpack's dynamic model (1,000 burn-in, 20,000 kept). The true time is
longer: the draws of paths, slopes and cutpoints are not counted.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.special import ndtr, ndtri

from winset.governance.rollcalls.ideal_points import estimate
from winset.governance.rollcalls.records import un_roll_calls

GIBBS_ITERATIONS = 21_000


def latent_draws(votes: int, repetitions: int = 5) -> float:
    """Seconds to draw ``votes`` truncated normals once, the fastest of several times."""
    draw = np.random.default_rng(0)
    mean = draw.normal(size=votes)
    lower = np.where(draw.random(votes) < 0.8, 0.0, -np.inf)
    fastest = np.inf
    for _ in range(repetitions):
        start = time.perf_counter()
        below = ndtr(lower - mean)
        ndtri(below + draw.random(votes) * (1.0 - below)) + mean
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def main() -> dict[str, float]:
    """Measure and print; returns the figures."""
    calls = un_roll_calls()
    estimate(calls, tolerance=np.inf)  # compiles the kernels
    start = time.perf_counter()
    points = estimate(calls)
    ours = time.perf_counter() - start
    votes = int((calls.votes > 0).sum())
    gibbs = GIBBS_ITERATIONS * latent_draws(votes)
    print(f"{votes:,} votes, {len(calls.years):,} roll calls: {points.sweeps} sweeps, {ours:.1f} s")
    print(f"Gibbs, latent draws alone, {GIBBS_ITERATIONS:,} iterations: at least {gibbs:.0f} s")
    print(f"ratio: {gibbs / ours:.0f}")
    return {"seconds": ours, "gibbs_seconds": gibbs, "ratio": gibbs / ours}


if __name__ == "__main__":
    main()
