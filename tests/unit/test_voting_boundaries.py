"""Voting rules and power at their exact bounds: what one vote more or less changes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from winset.errors import DataError
from winset.governance.voting import coalition_bits, counting, design
from winset.governance.voting import power_indices as voting
from winset.governance.voting.majorities import (
    Majority,
    MajoritySpec,
    gdp,
    measure,
    optimal_quota,
    population,
    read_majority,
)
from winset.governance.voting.power_indices import minimal_coalitions, power
from winset.governance.voting.rules import (
    MOST_MAJORITIES,
    MOST_MEMBERS,
    Rule,
    Spec,
    find_rule,
    parse_members,
    read_rule,
    weighted,
)
from winset.places.economies import economies
from winset.worlds import world


def majority(weights: Any, quota: Any, **more: Any) -> Majority:
    """One majority of members A, B, C, …"""
    codes = tuple("ABCDEFGHIJ"[: len(weights)])
    spec = MajoritySpec(
        name="m", weights=dict(zip(codes, weights, strict=True)), quota=quota, **more
    )
    return read_majority(spec, codes, None)


def test_basic_votes_are_their_share_of_all_votes() -> None:
    """12 % of all votes, split evenly: 880 share votes of 1,000 leave 120 basic ones."""
    found = majority([500, 300, 80], "50%", basic_share=0.12)
    assert found.weights == (540, 340, 120)
    assert sum(found.weights) == 1000
    assert 3 * 40 / found.total == 0.12


def test_basic_votes_are_whole() -> None:
    found = majority([10, 5], "50%", basic_share=0.1)  # 15/0.9·0.1/2 = 0.83…
    assert found.weights == (11, 6)


def test_without_basic_share_weights_stay() -> None:
    assert majority([10, 5], 8).weights == (10, 5)


@pytest.mark.parametrize(
    ("quota", "least"),
    [
        (9, 9),
        (9.5, 10),
        ("55%", 11),
        ("50%", 10),
        (">50%", 11),
        (">=50%", 10),
        ("1/2", 10),
        (">1/2", 11),
        ("2/3", 14),
        (0.55, 11),
        (1, 1),
        ("1", 1),
        ("1/1", 20),
        ("100%", 20),
        ("all", 20),
        ("all-1", 19),
        ("all - 2.5", 18),
        (">19", 20),
    ],
)
def test_the_least_total_that_suffices(quota: Any, least: int) -> None:
    assert majority([10, 6, 4], quota).quota == least


def test_strict_needs_more_than_the_quota() -> None:
    assert majority([10, 6, 4], 10, strict=True).quota == 11
    assert majority([10, 6, 4], 9.5, strict=True).quota == 10


def test_fractions_of_weights_are_exact() -> None:
    found = majority([0.1, 0.2, 0.3], "50%")
    assert (found.weights, found.quota, found.scale) == ((1, 2, 3), 3, 10)
    assert found.shown(3) == 0.3
    assert found.shown(10) == 1
    assert isinstance(found.shown(10), int)


def test_a_share_of_weights_that_are_no_whole_numbers_but_sum_to_one() -> None:
    found = majority([0.25, 0.75], 0.5)
    assert (found.weights, found.quota, found.scale) == ((1, 3), 2, 4)


@pytest.mark.parametrize(
    ("weights", "quota", "message"),
    [
        ([3, 2], 5, None),
        ([3, 2], 6, "out of reach"),
        ([3, 2], ">5", "quota above 5 is out of reach"),
        ([3, 2], "all-4", None),
        ([3, 2], "all-5", "reached by nobody"),
        ([0, 0], 1, "all weights are zero"),
        ([2**61, 2**61 - 1], 1, None),
        ([2**61, 2**61], 1, "too many digits"),
        ([-1, 2], 1, "the weight of A is -1"),
        ([0.5, 0.6], 0.5, "could be a share or a weight"),
    ],
)
def test_bounds_of_weights_and_quotas(weights: list[Any], quota: Any, message: str | None) -> None:
    if message is None:
        assert majority(weights, quota).total == sum(weights)
    else:
        with pytest.raises(DataError, match=message):
            majority(weights, quota)


def test_measures_are_the_embedded_figures() -> None:
    people, money = economies(), world("world-2023")
    assert population(["KAZ", "XXX"]) == [float(people["KAZ"].population or 0), None]
    assert gdp(["KAZ", "XXX"]) == [float(money.gdp[money.index["KAZ"]]), None]
    assert measure("equal", ["A", "B"]) == [1, 1]
    assert measure("gdp", ["KAZ"]) == [round(money.gdp[money.index["KAZ"]])]
    assert measure("population", ["KAZ"]) == [people["KAZ"].population]
    root = measure("sqrt-population", ["KAZ"])[0]
    assert root == Fraction(round(1000 * (people["KAZ"].population or 0) ** 0.5), 1000)
    with pytest.raises(DataError, match="no gdp of 'XXX' for 2023"):
        measure("sqrt-gdp", ["KAZ", "XXX"])


def test_the_optimal_quota() -> None:
    assert optimal_quota([3, 4]) == pytest.approx((1 + 5 / 7) / 2, rel=1e-15)
    assert majority([3, 4], "optimal").quota == 6  # 6/7 of 7


def test_otherwise_fills_only_who_is_missing() -> None:
    spec = MajoritySpec(name="m", weights={"KAZ": 5}, quota=6, otherwise=2.5)
    found = read_majority(spec, ("KAZ", "KGZ"), None)
    assert (found.weights, found.scale) == ((10, 5), 2)
    spec = MajoritySpec(name="m", weights={"KAZ": 5}, quota=6, otherwise="population")
    assert read_majority(spec, ("KAZ", "KGZ"), None).weights == (5, economies()["KGZ"].population)


def test_sampled_coleman_indices() -> None:
    """To prevent: swings over winning coalitions, to initiate: over losing ones; η/2^n samples both."""
    rule = weighted(list("abcde"), [4, 2, 1, 1, 1], 7)
    exact, drawn = power(rule), power(rule, samples=60_000, seed=2)
    act = drawn.power_to_act
    assert 0.1 < act < 0.3  # far from one half: the two indices differ
    for index in ("coleman_prevent", "coleman_initiate"):
        np.testing.assert_allclose(
            drawn.column(index), exact.column(index), rtol=0.05, err_msg=index
        )
    np.testing.assert_allclose(
        drawn.column("coleman_prevent"), drawn.column("banzhaf_absolute") / (2 * act), rtol=1e-14
    )


def test_sampling_begins_at_a_hundred() -> None:
    rule = weighted(list("abc"), [2, 1, 1], 3)
    assert power(rule, samples=100, seed=1).method == "Monte Carlo"
    with pytest.raises(DataError, match="100"):
        power(rule, samples=99)


def test_sampled_shares_sum_to_one_and_vetoes_are_kept() -> None:
    rule = weighted(list("abc"), [2, 1, 1], 3)
    vetoed = Rule("", "", rule.members, rule.majorities, rule.combine, rule.truth, (0,))
    drawn = power(vetoed, samples=5_000, seed=4)
    assert drawn.column("shapley_shubik").sum() == pytest.approx(1, abs=1e-12)
    assert drawn.column("banzhaf").sum() == pytest.approx(1, abs=1e-12)
    assert [m.veto for m in drawn.members] == [True, False, False]
    np.testing.assert_allclose(drawn.column("shapley_shubik"), [2 / 3, 1 / 6, 1 / 6], atol=0.03)


def test_what_cannot_be_estimated_is_said() -> None:
    names = [f"m{i}" for i in range(40)]
    with pytest.raises(DataError, match="all coalitions drawn lose"):
        power(weighted(names, [1] * 40, 40), samples=200)
    with pytest.raises(DataError, match="all coalitions drawn win"):
        power(weighted(names, [1] * 40, 1), samples=200)


def test_draws_that_all_lose_are_refused_though_some_could_be_turned() -> None:
    """Of eight who must all agree a hundred coalitions often hold seven, and seldom eight."""
    rule = weighted([f"m{i}" for i in range(8)], [1] * 8, 8)
    refused = 0
    for seed in range(20):
        try:
            acts = power(rule, samples=100, seed=seed).power_to_act
        except DataError as error:
            acts, said = -1.0, str(error)
            refused += "all coalitions drawn lose" in said
        assert acts != 0.0
    assert 0 < refused < 20


def test_vetoes_dummies_and_blocking() -> None:
    found = power(weighted(list("abcd"), [5, 3, 1, 1], 8))
    assert [m.veto for m in found.members] == [True, True, False, False]
    assert [m.dummy for m in found.members] == [False, False, True, True]
    assert [m.swings for m in found.members] == [4, 4, 0, 0]
    assert (found.winning_coalitions, found.blocking_coalitions) == (4, 12)
    assert found.power_to_act == 0.25
    assert minimal_coalitions(found.rule) == [["a", "b"]]
    assert minimal_coalitions(found.rule, blocking=True) == [["a"], ["b"]]


def test_the_table_has_the_most_powerful_first() -> None:
    found = power(weighted(["low", "high", "mid"], [1, 3, 2], 4))
    assert next(iter(found.table().index)) == "high"
    assert found.to_json()["quota"] == 4
    assert found.to_json()["winning_coalitions"] == 3


@pytest.mark.parametrize("n", [coalition_bits.MOST_ENUMERATED, coalition_bits.MOST_ENUMERATED + 1])
def test_lists_end_at_the_bound(n: int) -> None:
    rule = weighted([f"m{i}" for i in range(n)], [1] * n, n)
    if n <= coalition_bits.MOST_ENUMERATED:
        assert len(minimal_coalitions(rule)) == 1
    else:
        with pytest.raises(DataError, match=f"{n} members: coalitions are listed for at most"):
            minimal_coalitions(rule)


def test_which_way_of_counting_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds while they are few, then every coalition, then weights, then totals, then a refusal."""
    different = weighted([f"m{i}" for i in range(12)], list(range(1, 13)), 40)
    assert power(different).method == "enumeration"
    assert power(weighted([f"m{i}" for i in range(12)], [1] * 12, 7)).method == "kinds"
    monkeypatch.setattr(coalition_bits, "MOST_ENUMERATED", 11)
    assert power(different).method == "weights"
    monkeypatch.setattr(voting, "MOST_TOTAL", 78)  # 1 + … + 12
    assert power(different).method == "weights"
    monkeypatch.setattr(voting, "MOST_TOTAL", 77)
    assert power(different).method == "lattice"
    monkeypatch.setattr(voting, "MOST_STATES", counting.lattice_states(different))
    assert power(different).method == "lattice"
    monkeypatch.setattr(voting, "MOST_STATES", counting.lattice_states(different) - 1)
    with pytest.raises(DataError, match="too many to look at every coalition"):
        power(different)


@pytest.mark.parametrize("n", [8, 9, 16, 17])
def test_all_members_critical_at_once_are_counted(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of members who all must agree, each is one of n who could prevent: 1/n by every index."""
    monkeypatch.setattr(voting, "MOST_KINDS", 0)
    found = power(weighted([f"m{i}" for i in range(n)], [1] * n, n))
    assert found.method == "enumeration"
    for index in ("johnston", "deegan_packel", "public_good", "shapley_shubik", "banzhaf"):
        np.testing.assert_allclose(found.column(index), 1 / n, rtol=1e-14, err_msg=index)
    found = power(weighted([f"m{i}" for i in range(n)], [1] * n, n - 1))
    np.testing.assert_allclose(found.column("johnston"), 1 / n, rtol=1e-14)
    assert found.minimal_winning_coalitions == n


def test_two_majorities_of_seventy_members_are_counted_exactly() -> None:
    """More coalitions than a machine word counts, over the lattice of totals and by kinds."""
    n = 70
    names = tuple(f"m{i}" for i in range(n))
    heavy = tuple(1 + (i < 20) for i in range(n))
    majorities = (Majority("a", (1,) * n, 40), Majority("b", heavy, 55))
    rule = Rule("", "", names, majorities, "a and b", (False, False, False, True), ())
    found, wanted = counting.by_lattice(rule), counting.by_kinds(rule, counting.kinds_of(rule))
    assert found.swings == wanted.swings
    assert found.winning == wanted.winning > 2**62
    np.testing.assert_allclose(found.shapley, wanted.shapley, rtol=1e-14)


def test_weights_of_seventy_members_are_counted_exactly() -> None:
    n = 70
    rule = weighted([f"m{i}" for i in range(n)], [1 + (i < 20) for i in range(n)], 55)
    weights, quota = counting.as_weighted(rule) or ([], 0)
    found, wanted = (
        counting.by_weights(weights, quota),
        counting.by_kinds(rule, counting.kinds_of(rule)),
    )
    assert found.swings == wanted.swings
    assert found.winning == wanted.winning
    assert found.minimal_total == wanted.minimal_total
    np.testing.assert_allclose(
        found.packel or [], [float(x) for x in wanted.packel or []], rtol=1e-11
    )


def test_lattice_states_count_sizes_and_totals() -> None:
    rule = weighted(list("abc"), [2, 1, 1], 3)
    assert counting.lattice_states(rule) == 4 * 5
    vetoed = Rule("", "", rule.members, rule.majorities, rule.combine, rule.truth, (0,))
    assert counting.lattice_states(vetoed) == 4 * 5 * 2


def test_a_veto_is_a_weight_beyond_reach() -> None:
    rule = weighted(list("abc"), [2, 2, 2], 4)
    vetoed = Rule("", "", rule.members, rule.majorities, rule.combine, rule.truth, (1,))
    assert counting.as_weighted(rule) == ([1, 1, 1], 2)
    weights, quota = counting.as_weighted(vetoed) or ([], 0)
    assert weights == [1, 3, 1]
    assert quota == 4


def test_weighted_shares() -> None:
    np.testing.assert_allclose(counting.weighted_shares([2, 1, 1], 3), [0.6, 0.2, 0.2], rtol=1e-12)
    np.testing.assert_allclose(
        counting.weighted_shares([2, 1, 1], 3, "shapley_shubik"), [2 / 3, 1 / 6, 1 / 6], rtol=1e-12
    )
    for unknown in ("absolute", "coleman", "shapley", "zeta"):
        with pytest.raises(DataError, match=f"index '{unknown}': use banzhaf or shapley_shubik"):
            counting.weighted_shares([2, 1, 1], 3, unknown)


@pytest.mark.parametrize("count", [MOST_MAJORITIES, MOST_MAJORITIES + 1])
def test_majorities_up_to_the_bound(count: int) -> None:
    raw = {
        "members": ["A", "B"],
        "majority": [{"name": f"m{k}", "quota": 1} for k in range(count)],
    }
    if count == MOST_MAJORITIES:
        assert len(read_rule(raw).build().majorities) == count
    else:
        with pytest.raises(DataError, match=f"{count} majorities; at most {MOST_MAJORITIES}"):
            read_rule(raw).build()


@pytest.mark.parametrize("count", [MOST_MEMBERS, MOST_MEMBERS + 1])
def test_members_up_to_the_bound(count: int) -> None:
    names = [f"m{k}" for k in range(count)]
    if count == MOST_MEMBERS:
        assert len(weighted(names, [1] * count, count)) == count
    else:
        with pytest.raises(DataError, match=f"{count} members; at most {MOST_MEMBERS}"):
            weighted(names, [1] * count, count)


@pytest.mark.parametrize(("quota", "warned"), [(10, True), (11, False)])
def test_a_quota_of_half_warns(quota: int, warned: bool) -> None:
    rule = weighted(list("AB"), [10, 10], quota)
    assert bool(rule.warnings) is warned
    if warned:
        assert "m1: 10 of 20" in rule.warnings[0]


def test_wins_at_the_quota_and_below() -> None:
    rule = weighted(list("abc"), [3, 2, 1], 4)
    assert rule.wins(["a", "c"])
    assert not rule.wins(["b", "c"])
    assert not rule.wins(["a"])


def test_and_binds_before_or() -> None:
    raw = {
        "members": ["A", "B", "C"],
        "combine": "x or y and z",
        "majority": [
            {"name": "x", "weights": {"A": 1}, "otherwise": 0, "quota": 1},
            {"name": "y", "weights": {"B": 1}, "otherwise": 0, "quota": 1},
            {"name": "z", "weights": {"C": 1}, "otherwise": 0, "quota": 1},
        ],
    }
    rule = read_rule(raw).build()
    assert rule.wins(["A"])
    assert not rule.wins(["B"])
    assert rule.wins(["B", "C"])


def test_members_of_a_bloc_by_date() -> None:
    import datetime as dt

    assert "IRN" not in parse_members("SCO", on=dt.date(2022, 1, 1))
    assert "IRN" in parse_members("SCO", on=dt.date(2025, 1, 1))
    assert parse_members("KAZ, KGZ,KAZ") == ("KAZ", "KGZ")
    with pytest.raises(DataError, match="names no economy"):
        parse_members(" , ")


def test_consensus_is_a_veto_of_all() -> None:
    rule = Spec(members=["A", "B", "C"], consensus=True).build()
    assert rule.veto == (0, 1, 2)
    assert rule.wins(["A", "B", "C"])
    assert not rule.wins(["A", "B"])


def test_the_security_council_needs_its_five() -> None:
    rule = find_rule("un-security-council").build()
    five = [rule.members[k] for k in rule.veto]
    assert len(five) == 5
    others = [code for code in rule.members if code not in five]
    assert rule.wins([*five, *others[:4]])
    assert not rule.wins([*five, *others[:3]])
    assert not rule.wins([*five[:4], *others])


@pytest.mark.parametrize("index", ["banzhaf", "shapley_shubik"])
def test_a_design_is_the_closest_over_all_quotas_that_are_tried(index: str) -> None:
    target = np.array([0.45, 0.3, 0.15, 0.1])
    found = design.design(["P", "Q", "R", "S"], target, index=index)
    tried = [optimal_quota(list(target)), *(0.51 + 0.02 * k for k in range(23))]
    each = [design._closest(target, share, index, 12)[0] for share in tried]
    assert found.distance == pytest.approx(min(each), abs=1e-12)
    gap = found.power.column(index) - target
    assert found.distance == pytest.approx(np.sqrt((gap**2).sum()))
    assert found.largest == pytest.approx(np.abs(gap).max())
    assert len(set(np.round(each, 6))) > 3  # quotas matter


@pytest.mark.parametrize(
    ("codes", "target", "good"),
    [
        ("PQ", [0.5, 0.5], True),
        ("PQ", [1.0, 0.0], True),
        ("PQ", [0.5, 0.5 + 1e-8], False),
        ("PQ", [1.5, -0.5], False),
        ("P", [1.0], False),
    ],
)
def test_targets_are_shares_of_two_or_more(codes: str, target: list[float], good: bool) -> None:
    if good:
        assert len(design.design(list(codes), np.array(target)).power.members) == 2
    else:
        with pytest.raises(DataError, match="two or more members and shares that sum to 1"):
            design.design(list(codes), np.array(target))


def test_targets_in_words() -> None:
    codes = ["KAZ", "KGZ"]
    people = np.array([float(economies()[c].population or 0) for c in codes])
    share = people / people.sum()
    root = np.sqrt(people) / np.sqrt(people).sum()
    for text, wanted in (
        ("equal", np.full(2, 0.5)),
        ("population", share),
        ("sqrt", root),
        ("equal+population", (0.5 + share) / 2),
        ("3*equal + 1*sqrt", (1.5 + root) / 4),
        (".5*equal+0.5*population", (0.5 + share) / 2),
    ):
        np.testing.assert_allclose(design.target_shares(text, codes), wanted, rtol=1e-12)
    refused = {"squar": "is no target", "0*equal": "must be above 0", "-1*equal": "is no target"}
    for text, said in refused.items():
        with pytest.raises(DataError, match=said):
            design.target_shares(text, codes)
    with pytest.raises(DataError, match="no figure for 'XXX'"):
        design.target_shares("sqrt", ["KAZ", "XXX"])
