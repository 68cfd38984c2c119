"""What is asked of an equilibrium, and what a change is worth: each rule at its very edge."""

from __future__ import annotations

from dataclasses import fields, replace
from math import inf, nan, nextafter
from typing import Any

import numpy as np
import pytest

import winset
from winset.errors import ConvergenceError, DataError
from winset.scenario import parse
from winset.trade import compiled
from winset.trade.equilibrium import (
    BALANCE,
    CLEARING,
    NO_LIVING,
    TOLERANCE,
    Equilibrium,
    Status,
    checked,
    compared,
    enjoyed,
    judged,
    not_found,
    worth,
)

CODES = ("AAA", "BBB", "CCC")


def sound(**changed: Any) -> Equilibrium:
    """Three economies in equilibrium, some figures being changed."""
    flows = np.array([[60.0, 20.0, 10.0], [15.0, 90.0, 5.0], [25.0, 0.0, 40.0]])
    output, revenue = flows.sum(axis=1), np.array([1.0, 2.0, 3.0])
    deficit = flows.sum(axis=0) - output
    value_added = 0.6 * output
    one = np.ones(3)
    plain = Equilibrium(
        income=value_added + revenue + deficit,
        value_added=value_added,
        revenue=revenue,
        deficit=deficit,
        output=output,
        sales=output.copy(),
        wage=one,
        price=one,
        labor=one,
        relief=one,
        spending=flows.sum(axis=0) + revenue,
        flows=flows,
        balance=1.0,
        residual=1e-13,
        worst=2,
        iterations=5,
    )
    return replace(plain, **changed)


def moved(key: str, place: int, by: float) -> Equilibrium:
    """The sound equilibrium with one figure moved."""
    array = getattr(sound(), key).copy()
    array[place] += by
    return sound(**{key: array})


@pytest.mark.parametrize("judge", [judged, compiled.judged], ids=["plain", "compiled"])
@pytest.mark.parametrize(
    ("residual", "income", "status"),
    [
        (TOLERANCE, 1e-300, Status.CONVERGED),
        (0.0, 1.0, Status.CONVERGED),
        (nextafter(TOLERANCE, 1.0), 1.0, Status.NOT_CONVERGED),
        (TOLERANCE, 0.0, Status.NO_INCOME),
        (TOLERANCE, -1.0, Status.NO_INCOME),
        (nan, 1.0, Status.NOT_FINITE),
        (inf, 1.0, Status.NOT_FINITE),
        (0.0, nan, Status.NOT_FINITE),
        (0.0, inf, Status.NOT_FINITE),
    ],
)
def test_a_point_is_judged_by_residual_and_lowest_income(
    judge: Any, residual: float, income: float, status: Status
) -> None:
    assert judge(residual, income, TOLERANCE) is status


def test_without_labor_supply_welfare_is_income_over_prices() -> None:
    rest = enjoyed(200.0, 120.0, 1.0, 0.0)
    assert rest == 200.0
    change, variation = worth(200.0, 230.0, rest, 7.0, 1.25)
    assert change == pytest.approx(230 / 200 / 1.25, rel=1e-15)
    assert variation == pytest.approx(230 / 1.25 - 200, rel=1e-15)


def test_with_labor_supply_effort_is_taken_off() -> None:
    """κ = 1, V = 120, s = 1.2: effort costs ½ · 100 = 50 of an income of 200."""
    rest = enjoyed(200.0, 120.0, 1.2, 1.0)
    assert rest == 150.0
    change, variation = worth(200.0, 260.0, rest, 1.2, 1.25)
    # ω = 4/3: (4/3 · 1.3 − 1/3 · 1.2)/1.25
    assert change == pytest.approx((4 / 3 * 1.3 - 1 / 3 * 1.2) / 1.25, rel=1e-15)
    assert variation == pytest.approx((change - 1) * 150, rel=1e-15)


def test_nothing_changed_is_worth_nothing_to_the_last_digit() -> None:
    generator = np.random.default_rng(1)
    income, added = generator.uniform(1, 9, 50), generator.uniform(0.5, 1, 50)
    for kappa in (0.0, 0.7):
        rest = enjoyed(income, added, 1.0, kappa)
        assert np.all(
            np.abs(worth(income, income, rest, 1.0, 1.0)[1]) <= 4e-16 * income * (kappa > 0)
        )


def test_the_compiled_formulas_are_the_plain_ones() -> None:
    generator = np.random.default_rng(2)
    for income, new, added, earned, price, relief in generator.uniform(0.5, 2.0, (50, 6)):
        for kappa in (0.0, 0.3):
            rest = enjoyed(income + 1, added, relief, kappa)
            assert compiled.enjoyed(income + 1, added, relief, kappa) == pytest.approx(
                rest, rel=1e-15
            )
            assert compiled.worth(income + 1, new, rest, earned, price) == pytest.approx(
                worth(income + 1, new, rest, earned, price), rel=1e-14
            )


def test_a_sound_equilibrium_passes() -> None:
    there = sound()
    assert checked(there, CODES, "of the test") is there


@pytest.mark.parametrize("key", ["wage", "price", "income"])
@pytest.mark.parametrize("value", [0.0, -1.0, nan, inf])
def test_prices_wages_and_incomes_are_positive_numbers(key: str, value: float) -> None:
    array = getattr(sound(), key).copy()
    array[1] = value
    with pytest.raises((ConvergenceError, DataError), match="BBB"):
        checked(sound(**{key: array}), CODES, "of the test")


def test_beyond_the_numbers_of_a_computer_is_a_fault_of_the_data() -> None:
    with pytest.raises(
        DataError, match=r"that the price of CCC is beyond the numbers of a computer"
    ):
        checked(moved("price", 2, inf), CODES, "of the test")


def test_a_residual_at_the_tolerance_passes_and_above_it_does_not() -> None:
    checked(sound(residual=TOLERANCE), CODES, "of the test")
    with pytest.raises(
        ConvergenceError, match=r"equilibrium of the test was not found.*CCC"
    ) as failed:
        checked(sound(residual=nextafter(TOLERANCE, 1)), CODES, "of the test", unit="value added")
    assert "after 5 Newton steps the residual is 1e-11 of value added" in str(failed.value)
    assert (failed.value.economy, failed.value.residual) == ("CCC", nextafter(TOLERANCE, 1))
    with pytest.raises(ConvergenceError, match="was not found"):
        checked(sound(residual=inf), CODES, "of the test")


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("income", "income is not its value added, revenue and deficit"),
        ("value_added", "income is not its value added, revenue and deficit"),
        ("revenue", "income is not its value added, revenue and deficit"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_accounts_balance_to_rounding(key: str, problem: str, sign: int) -> None:
    size = sound().spending[1]  # the largest of output, spending and initial value added
    checked(moved(key, 1, 0.9 * sign * BALANCE * size), CODES, "of the test")
    with pytest.raises(ConvergenceError, match=f"in BBB {problem}") as failed:
        checked(moved(key, 1, 1.1 * sign * BALANCE * size), CODES, "of the test")
    assert failed.value.economy == "BBB"


@pytest.mark.parametrize("sign", [1, -1])
def test_markets_clear_in_terms_of_own_output(sign: int) -> None:
    """However small an economy has become: 1e-8 of what it makes, not of what it made."""
    for scale in (1.0, 1e-6):
        there = sound()
        output = there.output * scale
        small = replace(there, output=output, sales=output.copy())
        for part, refused in ((0.9, False), (1.1, True)):
            sales = output.copy()
            sales[1] *= 1.0 + sign * part * CLEARING
            if refused:
                with pytest.raises(
                    ConvergenceError, match="does not clear: what BBB sells"
                ) as failed:
                    checked(replace(small, sales=sales), CODES, "of the test")
                assert failed.value.economy == "BBB"
            else:
                checked(replace(small, sales=sales), CODES, "of the test")


def test_deficits_of_the_world_sum_to_zero_but_for_multiplicative_ones() -> None:
    there = sound()
    odd = replace(there, deficit=there.deficit + 1e-3, income=there.income + 1e-3)
    with pytest.raises(ConvergenceError, match="do not sum to zero"):
        checked(odd, CODES, "of the test")
    checked(replace(odd, balance=1.0001), CODES, "of the test")


def test_an_income_near_zero_is_named_as_the_reason() -> None:
    there = sound()
    low = there.income.copy()
    low[0] = nextafter(NO_LIVING, 0) * there.output[0]
    with pytest.raises(ConvergenceError, match=r"the income of AAA falls to zero"):
        checked(replace(there, income=low, residual=1.0), CODES, "of the test")
    low[0] = NO_LIVING * there.output[0]
    assert "largest in CCC" in str(not_found(replace(there, income=low), CODES, "of the test"))
    low[0] = nan
    assert "largest in CCC" in str(not_found(replace(there, income=low), CODES, "of the test"))


def test_the_comparison_is_of_before_and_after() -> None:
    before = sound()
    after = replace(before, income=1.1 * before.income, price=np.array([1.0, 1.1, 2.2]))
    welfare, variation = compared(before, after, 0.0, CODES)
    assert welfare == pytest.approx([1.1, 1.0, 0.5])
    assert variation == pytest.approx(before.income * [0.1, 0.0, -0.5])


def test_the_relief_is_that_of_the_equilibrium_reached() -> None:
    before = sound()
    after = replace(before, relief=np.full(3, 2.0))
    _, variation = compared(before, replace(after, price=np.full(3, 2.0)), 1.0, CODES)
    assert variation == pytest.approx(-0.5 * (before.income - 0.25 * before.value_added))


def test_welfare_is_not_defined_where_labor_costs_all_income() -> None:
    before = sound()
    added = before.value_added.copy()
    added[1] = 2.0 * before.income[1]  # κ = 1: effort is all income
    with pytest.raises(
        DataError, match=r"labor_supply_elasticity = 1 gives the labor of BBB a cost"
    ):
        compared(replace(before, value_added=added), before, 1.0, CODES)
    added[1] = nextafter(added[1], 0)
    compared(replace(before, value_added=added), before, 1.0, CODES)


def test_a_welfare_beyond_measure_is_a_message() -> None:
    before = sound()
    with np.errstate(over="ignore"), pytest.raises(DataError, match="the welfare of AAA is beyond"):
        compared(before, replace(before, price=np.array([5e-324, 1.0, 1.0])), 0.0, CODES)


@pytest.mark.parametrize("deficits", ["world-share", "multiplicative", "balanced"])
def test_a_result_shows_both_equilibria_under_their_names(deficits: str) -> None:
    scenario = parse(
        {
            "change": [{"kind": "trade-cost", "among": ["KAZ", "CHN"], "percent": -20.0}],
            "parameters": {"deficits": deficits, "labor_supply_elasticity": 0.2},
            "on": "2025-01-01",
        }
    )
    result = winset.solve(winset.world(), scenario)
    for old, new, key in (
        ("income", None, "income"),
        ("flows", "new_flows", "flows"),
        ("output", "new_output", "output"),
        ("revenue", "new_revenue", "revenue"),
        (None, "wage", "wage"),
        (None, "price", "price"),
        (None, "employment", "labor"),
    ):
        for name, side in ((old, result.before), (new, result.after)):
            if name is not None:
                assert getattr(result, name) is getattr(side, key)
    weight = result.before.spending
    assert result.price_level == pytest.approx((result.price * weight).sum() / weight.sum())
    assert result.price_level != pytest.approx(result.price.mean(), rel=1e-9)
    assert {field.name for field in fields(Equilibrium)} >= {
        "income",
        "deficit",
        "balance",
        "worst",
    }
    assert result.solver.residual == result.after.residual
    assert result.before.wage == pytest.approx(1.0)
