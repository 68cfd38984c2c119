"""The gain by utility against the published formula: what differs, where, and what is sought."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.unit.printed import made_world

import winset as library
from winset.report import words
from winset.scenario import parse
from winset.studies import scenario_run
from winset.trade.result import TradeResult
from winset.worlds import World

KAPPA = 2.0


@pytest.fixture(scope="module")
def two() -> World:
    flows = np.array([[95.0, 5.0], [5.0, 95.0]])
    return made_world("AAA BBB", flows.tolist(), [[0.0, 0.04], [0.04, 0.0]])


def solved(world: World, rate: Any = 0.2, **parameters: Any) -> TradeResult:
    size = {"answer": rate} if isinstance(rate, str) else {"rate": rate}
    change = {"kind": "tariff", "exporters": ["BBB"], "importers": ["AAA"]} | size
    usual = {"labor_supply_elasticity": KAPPA, "revenue": "income-tax", "value_added_share": 1.0}
    return library.solve(
        world, parse({"on": "2025-01-01", "parameters": usual | parameters, "change": [change]})
    )


def own(result: TradeResult, kept: np.ndarray) -> np.ndarray:
    """U = C − ξ L^{1+1/κ} κ/(1+κ) over what it was, from consumption and labor alone."""
    initial = result.before
    cost = KAPPA / (1.0 + KAPPA) * initial.value_added / kept
    after = result.after.income / result.after.price - cost * result.after.labor ** (
        1.0 + 1.0 / KAPPA
    )
    return np.asarray(after / (initial.income - cost))


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_it_is_the_utility_of_consumption_and_labor(two: World, share: float) -> None:
    result = solved(two, value_added_share=share)
    kept = 1.0 - result.before.revenue / result.before.value_added
    np.testing.assert_allclose(result.utility, own(result, kept), rtol=1e-10)
    base = result.before.income - KAPPA / (1.0 + KAPPA) * result.before.value_added / kept
    np.testing.assert_allclose(result.utility_variation, (result.utility - 1.0) * base, rtol=1e-9)


def test_the_formula_says_about_three_times_as_much(two: World) -> None:
    result = solved(two)
    formula, utility = result.welfare[0] - 1.0, result.utility[0] - 1.0
    assert formula / utility == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize(
    "parameters",
    [
        {"revenue": "lump-sum"},
        {"labor_supply_elasticity": 0.0},
        {"revenue": "lump-sum", "value_added_share": 0.6},
    ],
)
def test_elsewhere_they_are_the_same(two: World, parameters: dict[str, Any]) -> None:
    result = solved(two, **parameters)
    np.testing.assert_allclose(result.utility, result.welfare, rtol=1e-13)
    np.testing.assert_allclose(
        result.utility_variation, result.equivalent_variation, rtol=1e-9, atol=1e-9
    )
    assert words.by_utility(result) == ()


def test_a_best_tariff_is_that_of_utility_unless_the_formula_is_asked_for(two: World) -> None:
    by_utility, by_formula = (
        solved(two, "optimal", objective=objective).answers[0].rates["AAA"]
        for objective in ("utility", "article")
    )
    assert solved(two, "optimal").answers[0].rates["AAA"] == by_utility
    assert by_utility < by_formula - 0.05
    for rate, key in ((by_utility, "utility"), (by_formula, "welfare")):
        best = getattr(solved(two, rate), key)[0]
        for other in (rate - 0.01, rate + 0.01):
            assert getattr(solved(two, other), key)[0] < best


def test_the_model_of_entry_costs_keeps_to_its_article(two: World) -> None:
    settings = {"entry_cost_share": 0.1, "labor_supply_elasticity": 0.5}
    rates = {
        objective: solved(two, "optimal", objective=objective, **settings).answers[0].rates["AAA"]
        for objective in ("", "article", "utility")
    }
    assert rates[""] == rates["article"] > rates["utility"]


def test_the_verdict_says_both(winset: Any) -> None:
    done = scenario_run.run("liberation-day")
    (sentence,) = words.by_utility(done.result)
    place = done.world.index["USA"]
    assert f"United States +{100 * (done.result.utility[place] - 1):.2f} % instead of" in sentence
    assert sentence in " ".join(winset("run", "liberation-day").out.split())
    row = next(
        r for r in winset("run", "liberation-day", "--json").json["economies"] if r["code"] == "USA"
    )
    assert row["utility_percent"] == 100 * (done.result.utility[place] - 1)
