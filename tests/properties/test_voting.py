"""Every way of counting gives what looking at each coalition in plain Python gives."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from winset.governance.voting import coalition_bits, counting, dynamic_programs
from winset.governance.voting import power_indices as voting
from winset.governance.voting.majorities import Majority
from winset.governance.voting.power_indices import minimal_coalitions, power
from winset.governance.voting.rules import Rule, weighted

INDICES = (
    "rae",
    "konig_brauninger",
    "nevison",
    "banzhaf",
    "banzhaf_absolute",
    "shapley_shubik",
    "coleman_prevent",
    "coleman_initiate",
    "public_good",
    "deegan_packel",
    "johnston",
)


def plain(rule: Rule) -> dict[str, Any]:
    """All indices by their definitions, over a dict of coalitions."""
    n = len(rule)
    wins = {}
    for mask in range(1 << n):
        inside = [i for i in range(n) if mask >> i & 1]
        wins[mask] = rule.wins([rule.members[i] for i in inside])
    winning = [mask for mask in wins if wins[mask]]
    critical = {
        mask: [i for i in range(n) if mask >> i & 1 and not wins[mask ^ (1 << i)]]
        for mask in winning
    }
    minimal = [mask for mask in winning if len(critical[mask]) == mask.bit_count()]
    swings = [sum(i in critical[mask] for mask in winning) for i in range(n)]
    shapley = [
        sum(
            Fraction(1, n * math.comb(n - 1, mask.bit_count() - 1))
            for mask in winning
            if i in critical[mask]
        )
        for i in range(n)
    ]

    def shares(values: list[Any]) -> list[float]:
        return [float(Fraction(value) / sum(map(Fraction, values))) for value in values]

    good = [sum(mask >> i & 1 for mask in minimal) for i in range(n)]
    packel = [
        sum((Fraction(1, mask.bit_count()) for mask in minimal if mask >> i & 1), Fraction(0))
        for i in range(n)
    ]
    johnston = [
        sum((Fraction(1, len(c)) for c in critical.values() if i in c), Fraction(0))
        for i in range(n)
    ]
    with_me = [sum(mask >> i & 1 for mask in winning) for i in range(n)]
    return {
        "rae": [sum((mask >> i & 1) == wins[mask] for mask in wins) / 2**n for i in range(n)],
        "konig_brauninger": [w / len(winning) for w in with_me],
        "nevison": [w / 2 ** (n - 1) for w in with_me],
        "banzhaf": shares(swings),
        "banzhaf_absolute": [s / 2 ** (n - 1) for s in swings],
        "shapley_shubik": [float(x) for x in shapley],
        "coleman_prevent": [s / len(winning) for s in swings],
        "coleman_initiate": [s / (2**n - len(winning)) for s in swings],
        "public_good": shares(good),
        "deegan_packel": shares(packel),
        "johnston": shares(johnston),
        "winning": len(winning),
        "minimal": len(minimal),
        "lists": {frozenset(rule.members[i] for i in critical[mask]) for mask in minimal},
    }


@st.composite
def single(draw: st.DrawFn) -> Rule:
    """One majority, some members with a veto."""
    weights = draw(st.lists(st.integers(0, 12), min_size=1, max_size=9))
    assume(sum(weights) > 0)
    quota = draw(st.integers(1, sum(weights)))
    names = tuple(f"m{i}" for i in range(len(weights)))
    veto = draw(st.sets(st.integers(0, len(weights) - 1), max_size=2))
    return Rule(
        "", "", names, (Majority("m", tuple(weights), quota),), "m", (False, True),
        tuple(sorted(veto)),
    )  # fmt: skip


@st.composite
def several(draw: st.DrawFn) -> Rule:
    """Two or three majorities joined by and, or, and a mixture of both."""
    n = draw(st.integers(1, 8))
    majorities = []
    for k in range(draw(st.integers(2, 3))):
        weights = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
        assume(sum(weights) > 0)
        majorities.append(Majority(f"a{k}", tuple(weights), draw(st.integers(1, sum(weights)))))
    m = len(majorities)
    join = draw(st.sampled_from(["and", "or", "mixed"]))
    truth = []
    for state in range(1 << m):
        bits = [bool(state >> k & 1) for k in range(m)]
        held = {"and": all(bits), "or": any(bits), "mixed": bits[0] and any(bits[1:])}[join]
        truth.append(held)
    veto = draw(st.sets(st.integers(0, n - 1), max_size=2))
    names = tuple(f"m{i}" for i in range(n))
    return Rule("", "", names, tuple(majorities), join, tuple(truth), tuple(sorted(veto)))


@given(rule=st.one_of(single(), several()))
def test_enumeration(rule: Rule) -> None:
    wanted = plain(rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voting, "MOST_KINDS", 0)
        found = power(rule)
    assert found.method == "enumeration"
    for index in INDICES:
        np.testing.assert_allclose(found.column(index), wanted[index], rtol=1e-14, err_msg=index)
    assert found.winning_coalitions == wanted["winning"]
    assert found.minimal_winning_coalitions == wanted["minimal"]
    listed = minimal_coalitions(rule, most=1000)
    assert {frozenset(c) for c in listed} == wanted["lists"]
    assert len(listed) == wanted["minimal"]


@given(rule=st.one_of(single(), several()))
def test_kinds_of_members(rule: Rule) -> None:
    """Equal members counted together."""
    wanted = plain(rule)
    counts = counting.by_kinds(rule, counting.kinds_of(rule))
    found = voting._indices(rule, counts)
    for index in INDICES:
        np.testing.assert_allclose(found.column(index), wanted[index], rtol=1e-14, err_msg=index)
    assert found.winning_coalitions == wanted["winning"]
    assert found.minimal_winning_coalitions == wanted["minimal"]


@given(rule=single())
def test_dynamic_program_over_weights(rule: Rule) -> None:
    wanted = plain(rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voting, "MOST_KINDS", 0)
        patch.setattr(coalition_bits, "MOST_ENUMERATED", 0)
        found = power(rule)
    assert found.method == "weights"
    for index in INDICES[:-1]:
        np.testing.assert_allclose(
            found.column(index), wanted[index], rtol=1e-12, atol=1e-15, err_msg=index
        )
    assert found.winning_coalitions == wanted["winning"]
    assert found.minimal_winning_coalitions == wanted["minimal"]
    assert all(member.johnston is None for member in found.members)


@given(rule=several())
def test_lattice_of_totals(rule: Rule) -> None:
    wanted = plain(rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voting, "MOST_KINDS", 0)
        patch.setattr(coalition_bits, "MOST_ENUMERATED", 0)
        found = power(rule)
    assert found.method == "lattice"
    for index in INDICES[:8]:
        np.testing.assert_allclose(found.column(index), wanted[index], rtol=1e-14, err_msg=index)
    assert found.winning_coalitions == wanted["winning"]
    assert found.minimal_winning_coalitions is None


@given(rule=st.one_of(single(), several()))
def test_blocking_coalitions_are_those_without_which_the_rest_lose(rule: Rule) -> None:
    n = len(rule)
    losing_without = set()
    for mask in range(1 << n):
        rest = [rule.members[i] for i in range(n) if not mask >> i & 1]
        if not rule.wins(rest):
            losing_without.add(frozenset(rule.members) - frozenset(rest))
    least = {s for s in losing_without if not any(t < s for t in losing_without)}
    assert {frozenset(c) for c in minimal_coalitions(rule, most=1000, blocking=True)} == least
    assert power(rule).blocking_coalitions == len(losing_without)


@given(weights=st.lists(st.integers(1, 9), min_size=2, max_size=6), data=st.data())
def test_shapley_shubik_counts_orders(weights: list[int], data: st.DataObject) -> None:
    quota = data.draw(st.integers(1, sum(weights)))
    pivots = [0] * len(weights)
    for order in permutations(range(len(weights))):
        total = 0
        for i in order:
            total += weights[i]
            if total >= quota:
                pivots[i] += 1
                break
    rule = weighted([str(i) for i in range(len(weights))], weights, quota)
    wanted = [p / math.factorial(len(weights)) for p in pivots]
    np.testing.assert_allclose(power(rule).column("shapley_shubik"), wanted, rtol=1e-14)


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_large_weights_agree_with_enumeration(seed: int) -> None:
    """The thinning of totals and the quadrature, at a size where both ways are possible."""
    generator = np.random.default_rng(seed)
    weights = [int(w) for w in generator.pareto(1.2, 16) * 3000 + 1]
    quota = int(sum(weights) * generator.uniform(0.3, 0.95)) + 1
    rule = weighted([f"m{i}" for i in range(16)], weights, quota)
    wanted = power(rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voting, "MOST_KINDS", 0)
        patch.setattr(coalition_bits, "MOST_ENUMERATED", 0)
        found = power(rule)
    assert found.winning_coalitions == wanted.winning_coalitions
    assert found.minimal_winning_coalitions == wanted.minimal_winning_coalitions
    for index in INDICES[:-1]:
        np.testing.assert_allclose(
            found.column(index), wanted.column(index), rtol=1e-10, atol=1e-14, err_msg=index
        )


def test_monte_carlo_is_within_its_stated_errors() -> None:
    rule = weighted(list("abcdef"), [5, 4, 3, 2, 2, 1], 10)
    exact, drawn = power(rule), power(rule, samples=40_000, seed=1)
    assert drawn.standard_errors is not None
    for index in ("banzhaf_absolute", "shapley_shubik"):
        gap = np.abs(drawn.column(index) - exact.column(index))
        assert np.all(gap <= 4 * np.array(drawn.standard_errors[index]) + 1e-12), index
    assert abs(drawn.power_to_act - exact.power_to_act) < 4 * drawn.standard_errors["power_to_act"]


def test_the_primes_are_the_largest_below_two_to_the_63() -> None:
    """The first ten stand in tables; all of them are apart, and as many as members need."""
    found = dynamic_programs.primes_for(3434)
    assert len(found) == 56
    assert len(set(found)) == 56
    first = [2**63 - p for p in found[:10]]
    assert first == [25, 165, 259, 301, 375, 387, 391, 409, 457, 471]
    small = [n for n in range(41, 3000, 2) if dynamic_programs._prime(n)]
    assert small == [
        n for n in range(41, 3000, 2) if all(n % d for d in range(3, n, 2) if d * d <= n)
    ]
    assert not dynamic_programs._prime(3215031751)  # composite, though 2, 3, 5 and 7 do not show it
    assert dynamic_programs.from_residues([2**3434 % p for p in found], found) == 2**3434


@pytest.mark.parametrize("n", [1000, 3434])
def test_equal_members_by_the_thousand(n: int) -> None:
    """Of n equal members, more than half: closed forms with a thousand digits."""
    rule = weighted([f"m{i}" for i in range(n)], [1] * n, n // 2 + 1)
    found = power(rule)
    assert found.winning_coalitions == 2 ** (n - 1) - math.comb(n, n // 2) // 2
    assert found.minimal_winning_coalitions == math.comb(n, n // 2 + 1)
    member = found.members[0]
    assert member.swings == math.comb(n - 1, n // 2)
    assert member.shapley_shubik == member.banzhaf == member.public_good == 1 / n
    assert member.banzhaf_absolute == math.comb(n - 1, n // 2) / 2 ** (n - 1)


def test_a_thousand_by_their_totals_are_those_by_kinds() -> None:
    """1,040 members of two weights: the same counts to the last of 313 digits, two ways."""
    weights = [1] * 1030 + [3] * 10
    rule = weighted([f"m{i}" for i in range(1040)], weights, 551)
    kinds = power(rule)
    totals = counting.by_weights(weights, 551)
    assert totals.swings == [member.swings for member in kinds.members]
    assert (totals.winning, totals.minimal_total) == (
        kinds.winning_coalitions,
        kinds.minimal_winning_coalitions,
    )
    np.testing.assert_allclose(totals.shapley, kinds.column("shapley_shubik"), rtol=1e-10)
    assert totals.minimal is None  # more than a floating-point number holds: no figure


@pytest.mark.parametrize(
    ("count", "low", "high"), [(1, 0, 0), (6, 3, 8), (40, 0, 900), (30, 1700, 4)]
)
def test_nodes_integrate_polynomials(count: int, low: int, high: int) -> None:
    """Σ shares p^k = E p^k under the weight p^low (1 − p)^high, for k up to 2 · count − 1."""
    p, logs = dynamic_programs._jacobi(count, low, high)
    assert np.exp(logs).sum() == pytest.approx(1.0, rel=1e-12)
    for k in {0, 1, count, 2 * count - 1}:
        mean = math.prod((low + 1 + j) / (low + high + 2 + j) for j in range(k))
        assert (np.exp(logs) * p**k).sum() == pytest.approx(mean, rel=1e-10)


def test_counts_beyond_one_prime_are_exact() -> None:
    """All of 190 equal members but the quota: binomial sums with 190 binary digits."""
    rule = weighted([f"m{i}" for i in range(190)], [3] * 190, 3 * 100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voting, "MOST_KINDS", 0)
        by_weights = power(rule)
    by_kinds = power(rule)
    assert (by_weights.method, by_kinds.method) == ("weights", "kinds")
    for found in (by_weights, by_kinds):
        assert found.winning_coalitions == sum(math.comb(190, k) for k in range(100, 191))
        assert found.minimal_winning_coalitions == math.comb(190, 100)
        for index in ("shapley_shubik", "deegan_packel", "public_good"):
            np.testing.assert_allclose(found.column(index), 1 / 190, rtol=1e-12)


@pytest.mark.parametrize(
    ("weights", "quota"),
    [([1] * 190, 96), (list(range(1, 191)), 12_000), ([1] * 150 + [400] * 3, 900)],
)
def test_quadrature_keeps_its_digits(weights: list[int], quota: int) -> None:
    """Integrals of p^s (1 − p)^(n−1−s) and of s^(k−1), for every size that can occur."""
    n, light = len(weights), sorted(weights)
    nodes, by = dynamic_programs.swing_quadrature(weights, quota)
    sizes = [s for s in range(n) if sum(light[:s]) < quota and sum(light[n - s - 1 :]) >= quota]
    for s in sizes:
        found = by @ np.exp(s * np.log(nodes) + (n - 1 - s) * np.log1p(-nodes))
        assert found * n * math.comb(n - 1, s) == pytest.approx(1, rel=2e-12)
    nodes, by = dynamic_programs.size_quadrature(weights, quota)
    for k in sizes:
        assert by @ nodes**k == pytest.approx(1 / (k + 1), rel=2e-12)
    assert len(nodes) < n / 3


def _compared(found: counting.Counts, wanted: counting.Counts) -> None:
    """Counts are equal; what is integrated or added in floating point agrees to 1e-11."""
    assert found.swings == wanted.swings
    assert found.winning == wanted.winning
    np.testing.assert_allclose(found.shapley, wanted.shapley, rtol=1e-11, atol=1e-15)
    if found.minimal_total is not None:
        assert found.minimal_total == wanted.minimal_total
    for name in ("minimal", "packel", "johnston"):
        if (own := getattr(found, name)) is not None:
            mine, theirs = ([float(x) for x in side] for side in (own, getattr(wanted, name)))
            np.testing.assert_allclose(mine, theirs, rtol=1e-11, err_msg=name)


@st.composite
def larger(draw: st.DrawFn) -> Rule:
    """One majority of 10 to 14 members with a few kinds of weights: all four ways apply."""
    weights = draw(st.lists(st.integers(0, 6), min_size=10, max_size=14))
    assume(sum(weights) > 0)
    quota = draw(st.integers(1, sum(weights)))
    return Rule(
        "", "", tuple(f"m{i}" for i in range(len(weights))),
        (Majority("m", tuple(weights), quota),), "m", (False, True),
        tuple(draw(st.sets(st.integers(0, 9), max_size=2))),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(rule=st.one_of(larger(), single()))
def test_four_ways_of_counting_one_majority_agree(rule: Rule) -> None:
    wanted = counting.by_enumeration(rule)
    _compared(counting.by_kinds(rule, counting.kinds_of(rule)), wanted)
    _compared(counting.by_lattice(rule), wanted)
    weights, quota = counting.as_weighted(rule) or ([], 0)
    _compared(counting.by_weights(weights, quota), wanted)


@settings(max_examples=60, deadline=None)
@given(rule=several())
def test_three_ways_of_counting_several_majorities_agree(rule: Rule) -> None:
    wanted = counting.by_enumeration(rule)
    _compared(counting.by_kinds(rule, counting.kinds_of(rule)), wanted)
    _compared(counting.by_lattice(rule), wanted)
    assert (counting.as_weighted(rule) is None) == (len(rule.majorities) > 1)


@settings(max_examples=40, deadline=None)
@given(rule=single(), index=st.sampled_from(["banzhaf", "shapley_shubik"]))
def test_shares_of_one_majority_are_those_of_all_indices(rule: Rule, index: str) -> None:
    weights, quota = counting.as_weighted(rule) or ([], 0)
    np.testing.assert_allclose(
        counting.weighted_shares(weights, quota, index),
        power(rule).column(index),
        rtol=1e-10,
        atol=1e-13,
    )
