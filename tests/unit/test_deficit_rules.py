"""What the other deficit rules overturn: figures, boundaries, words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.unit.changes import WORLD, scenario

import winset as library
from winset.report import words
from winset.studies import deficit_rules, scenario_run
from winset.studies.deficit_rules import OtherRule, compare, under_other_rules
from winset.trade.result import TradeResult


@pytest.fixture(scope="module")
def liberation() -> scenario_run.Study:
    return scenario_run.under_other_rules(scenario_run.run("liberation-day"))


def solved(rule: str) -> TradeResult:
    return library.solve(WORLD, scenario(parameters={"deficits": rule}))


def moved(result: TradeResult, *welfare: float) -> TradeResult:
    """A result with other gains, in factors."""
    gains = np.asarray(welfare, dtype=float)
    return replace(result, welfare=gains, equivalent_variation=result.income * (gains - 1.0))


def against(result: TradeResult, *welfare: float) -> OtherRule:
    return compare(("balanced",), result, moved(result, *welfare))


@pytest.fixture
def base() -> TradeResult:
    return moved(solved("world-share"), 1.02, 1.01, 0.98)


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ("world-share", ["multiplicative", "balanced"]),
        ("additive", ["multiplicative", "balanced"]),
        ("multiplicative", ["world-share", "balanced"]),
        ("balanced", ["world-share", "multiplicative"]),
    ],
)
def test_every_other_rule_is_solved_as_if_it_were_asked_for(own: str, others: list[str]) -> None:
    found = under_other_rules(solved(own))
    assert [other.rules[0] for other in found] == others
    for other in found:
        assert other.result is not None
        np.testing.assert_allclose(other.result.welfare, solved(other.rules[0]).welfare, rtol=1e-11)


def test_world_share_and_additive_are_the_same_equations() -> None:
    np.testing.assert_array_equal(solved("world-share").welfare, solved("additive").welfare)


def test_liberation_day_turns_with_the_rule(liberation: scenario_run.Study) -> None:
    assert liberation.others is not None
    said = words.other_rules(liberation.result, liberation.others)
    for other in liberation.to_json()["deficit_rules"]:
        parameters = replace(liberation.scenario.parameters, deficits=other["rules"][0])
        asked = replace(liberation.scenario, parameters=parameters)
        again = library.solve(liberation.world, asked).summary()
        assert other["summary"] == again
        assert {"world_musd", "outsiders_losing", "worst"} <= set(other["overturned"])
        assert other["widest"]["code"] == "GUY"
        assert other["widest"] in other["economies"]
        assert f"{again['outsiders_losing']} outsiders lose" in said
    assert "world +206.1 billion USD" in said
    assert "world −25.6 billion USD" in said
    assert "worst Vietnam (−4.40 %)" in said
    assert "Guyana −3.38 % instead of −29.20 %" in said


def test_the_line_stands_where_a_verdict_stands(
    winset: Any, liberation: scenario_run.Study
) -> None:
    assert liberation.others is not None
    line = words.other_rules(liberation.result, liberation.others)
    assert line in words.claims(liberation)
    without = words.claims(replace(liberation, others=None, filled=None))
    assert without == (*words.verdict(liberation.result), *words.by_utility(liberation.result))
    assert line in " ".join(winset("run", "liberation-day").out.split())


def test_sums_and_counts_are_told_beyond_their_bounds(base: TradeResult) -> None:
    assert against(base, 1.02, 1.01, 0.98).overturned == ()
    assert "members_losing" in against(base, 1.02, 0.999, 0.98).overturned
    assert "members_losing" not in against(base, 1.02, 1.00001, 0.98).overturned
    assert set(against(base, 1.02, 1.01, 1.001).overturned) >= {
        "outsiders_musd",
        "outsiders_losing",
    }
    assert "outsiders_musd" not in against(base, 1.02, 1.01, 1 - 0.02 * 0.7501).overturned
    assert "outsiders_musd" in against(base, 1.02, 1.01, 1 - 0.02 * 0.7499).overturned


def test_a_sum_that_is_nothing_under_both_rules_is_not_told() -> None:
    still = moved(solved("world-share"), 1.02, 1.01, 1.0 + 4e-5)
    assert against(still, 1.02, 1.01, 1.0 - 4e-5).overturned == ()


def test_another_worst_loser_is_told_from_a_tenth_of_a_point_on() -> None:
    base = moved(solved("world-share"), 0.985, 1.01, 0.98)
    assert "worst" not in against(base, 0.9791, 1.01, 0.98).overturned
    assert "worst" in against(base, 0.9789, 1.01, 0.98).overturned
    assert "worst" not in against(base, 1.02, 1.01, 1.001).overturned  # nobody loses at all


def test_members_that_change_sides_and_the_widest_gap(base: TradeResult) -> None:
    other = against(base, 1.02, 0.9999, 0.98)
    assert (other.flipped, other.widest) == (("UZB",), "UZB")
    assert against(base, 1.0299, 1.01, 0.98).widest == ""
    assert against(base, 1.0301, 1.01, 0.98).widest == "KAZ"
    assert against(base, 1.02, 1.00001, 0.98).flipped == ()  # unmoved is no loss


def test_a_rule_without_equilibrium_is_told(base: TradeResult) -> None:
    refused = OtherRule(("balanced",), None, refused="nothing is left of KAZ.")
    assert not refused.holds
    assert words.other_rules(base, (refused,)) == (
        "Under the other deficit rules: balanced: no equilibrium (nothing is left of KAZ)."
    )
    assert refused.to_json()["summary"] is None
    assert refused.to_json()["economies"] == []
    assert refused.to_json()["widest"] is None


def test_nothing_overturned_is_said_with_its_bounds(base: TradeResult) -> None:
    same = compare(("balanced",), base, base)
    assert same.holds
    assert words.other_rules(base, (same,)) == (
        "Under the other deficit rules (balanced) no sign turns, and no gain moves by more than 1 point, "
        "no count of losers by more than 5%, no sum by more than 25%; less than 0.005 % of income is unmoved."
    )
    bounds = (
        deficit_rules.COUNT,
        deficit_rules.MONEY,
        deficit_rules.LEAD,
        deficit_rules.GAIN,
    )
    assert bounds == (0.05, 0.25, 0.1, 1.0)


def test_rates_that_were_asked_for_stay_as_they_were_found() -> None:
    asked = {"kind": "tariff", "exporters": "all", "importers": ["UZB"], "answer": "optimal"}
    result = library.solve(WORLD, scenario(asked))
    for other in under_other_rules(result):
        assert other.result is not None
        np.testing.assert_array_equal(other.result.shock.tariff, result.shock.tariff)
