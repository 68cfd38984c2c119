"""Power indices at the size of the International Monetary Fund, and against powerindex.

190 members with weights that sum to five million: one very unequal set of weights, as in the Fund,
and one drawn evenly, which is harder; the fastest of three runs. The limit is 60 seconds and 2 GB.

The peer is powerindex 0.3.5, for n members of up to 100 votes each. 170 members are the most that it
can do: it turns n! into a floating-point number, which overflows from 171 on. The shares of both are
compared as well.
"""

from __future__ import annotations

import math
import resource
import time

import numpy as np

from winset.governance.voting.power_indices import Power, power
from winset.governance.voting.rules import Rule, weighted

MEMBERS = 190
TOTAL = 5_000_000
PEER_SIZES = (50, 100, 170)  # powerindex takes about a minute for the last one
REPETITIONS = 3


def fund(*, unequal: bool, quota: float) -> Rule:
    """A rule of IMF size."""
    generator = np.random.default_rng(0)
    raw = generator.pareto(1.3, MEMBERS) + 0.05 if unequal else generator.random(MEMBERS) + 0.01
    weights = [int(w) + 1 for w in raw / raw.sum() * (TOTAL - MEMBERS)]
    return weighted([f"M{k}" for k in range(MEMBERS)], weights, int(quota * sum(weights)) + 1)


def fastest(rule: Rule) -> tuple[Power, float]:
    """All indices, and the least time of several runs."""
    least = math.inf
    for _ in range(REPETITIONS):
        begun = time.perf_counter()
        found = power(rule)
        least = min(least, time.perf_counter() - begun)
    return found, least


def against_peer(n: int) -> None:
    """Banzhaf and Shapley–Shubik by powerindex, and all indices by winset."""
    import powerindex

    generator = np.random.default_rng(n)
    weights = [int(w) for w in generator.integers(1, 100, n)]
    quota = sum(weights) // 2 + 1
    begun = time.perf_counter()
    game = powerindex.Game(quota, weights)
    game.calc_banzhaf()
    game.calc_shapley_shubik()
    theirs = time.perf_counter() - begun
    rule = weighted([f"m{k}" for k in range(n)], weights, quota)
    found, ours = fastest(rule)
    gap = np.abs(found.column("shapley_shubik") - game.shapley_shubik).max()
    print(
        f"{n} members: powerindex {theirs:.2f} s (two indices), winset {ours:.2f} s (all), "
        f"ratio {theirs / ours:.1f}; largest difference {gap:.1e}"
    )


def main() -> None:
    """Time and print."""
    power(weighted(list("abc"), [3, 2, 1], 4))  # kernels compiled before the clock starts
    power(weighted([f"m{k}" for k in range(31)], list(range(1, 32)), 300))
    for n in PEER_SIZES:
        against_peer(n)
    for unequal, quota in ((True, 0.5), (True, 0.85), (False, 0.5)):
        rule = fund(unequal=unequal, quota=quota)
        found, seconds = fastest(rule)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        kind = "unequal" if unequal else "even"
        off = abs(float(found.column("shapley_shubik").sum()) - 1)
        print(
            f"{MEMBERS} members, {rule.majorities[0].total:,} {kind} weights, quota {quota:.0%}: "
            f"{seconds:.1f} s, peak {peak:.2f} GB; Shapley–Shubik sums to 1 within {off:.0e}"
        )
