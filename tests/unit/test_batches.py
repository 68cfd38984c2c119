"""Batches of coalitions: the solver's values, whatever the change, and nothing left behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import threadpoolctl

import winset
from winset.errors import ConvergenceError
from winset.scenario import Scenario, parse
from winset.trade.coalitions import batch_kernel, compute, single_kernel
from winset.trade.coalitions.problem import compact_world, prepare
from winset.trade.equilibrium import Status

CENTS = 1e-7  # USD million, what 2e-12 of an economy's output leaves open where little is at stake
BITS = 11  # more than a group, so that the middle of one group is predicted from another


def family(percent: float = -10.0, *more: dict[str, Any], **parameters: Any) -> Scenario:
    change = {"kind": "trade-cost", "among": "SCO+", "percent": percent}
    return parse({"on": "2025-09-01", "change": [change, *more], "parameters": parameters})


def worth(world: winset.World, scenario: Scenario, codes: list[str]) -> float:
    changes = tuple(
        change.model_copy(update={"economies" if change.kind == "productivity" else "among": codes})
        for change in scenario.changes
    )
    result = winset.solve(world, replace(scenario, changes=changes))
    rows = [result.world.index[code] for code in codes]
    return float(result.equivalent_variation[rows].sum())


@pytest.mark.parametrize(
    ("scenario", "units"),
    [
        (family(), (0, 4660, 65535)),
        (family(-60.0), (0, 4660, 65535)),
        (family(50.0), (65535,)),
        (
            family(-5.0, {"kind": "productivity", "economies": "SCO+", "percent": 5.0}),
            (4660,),
        ),
    ],
    ids=["ten percent off", "sixty percent off", "half as dear again", "productivity"],
)
def test_random_coalitions_of_the_twenty_seven(scenario: Scenario, units: tuple[int, ...]) -> None:
    world = winset.world()
    whole = prepare(world, scenario, resolution="compact")
    small = compact_world(world, whole.players, 0.5)
    assert whole.bits > batch_kernel.GROUP
    some = replace(whole, bits=BITS)
    generator = np.random.default_rng(len(units))
    for unit in units:
        values, _, report = compute.solve_unit(some, unit)
        assert report.residual <= single_kernel.FINE
        assert report.status == Status.CONVERGED
        for m in generator.integers(0, 1 << BITS, 24):
            mask = unit << BITS | int(m)
            codes = [c for k, c in enumerate(whole.players) if mask >> k & 1]
            if len(codes) >= 2:
                expected = worth(small, scenario, codes)
                assert values[m] == pytest.approx(expected, rel=1e-9, abs=CENTS)


@pytest.mark.parametrize("percent", [0.0, 25.0], ids=["costs", "costs and productivity"])
def test_what_the_chord_steps_miss_is_solved_by_newton_and_counted(percent: float) -> None:
    """A prediction that is far off must cost time, not accuracy; productivity is not forgotten."""
    more = {"kind": "productivity", "economies": "SCO+", "percent": percent}
    scenario = family(-90.0, *([more] if percent else []), deficits="balanced")
    far = replace(prepare(winset.world(), scenario, resolution="compact"), bits=BITS)
    values, _, report = compute.solve_unit(far, 65535)
    assert report.status == Status.CONVERGED
    assert report.residual <= single_kernel.FINE
    assert report.by_newton > 0
    slowly = replace(far, fast=False, bits=0)
    for m in (1, 700, (1 << BITS) - 1):
        mask = 65535 << BITS | m
        assert values[m] == pytest.approx(compute.solve_unit(slowly, mask).values[0], rel=1e-9)


def test_a_coalition_without_income_is_refused_and_named() -> None:
    """At −90 % some of the 27 would sell less than the surplus that they send abroad."""
    far = replace(prepare(winset.world(), family(-90.0), resolution="compact"), bits=BITS)
    values = np.zeros(1 << BITS)
    told = compute._by_kernel(far, 65535, values, np.empty((0, 0)))
    assert told.status == Status.NO_INCOME
    assert np.isnan(values[told.where - (65535 << BITS)])
    values, _, report = compute.solve_unit(far, 65535)
    assert (report.status, report.where) == (Status.REFUSED, told.where)
    assert report.economy == told.economy
    assert np.isnan(values[report.where - (65535 << BITS)])
    error = compute.refusal(far, report)
    assert isinstance(error, ConvergenceError)
    assert f"the income of {far.codes[report.economy]} falls to zero" in str(error)
    assert error.economy == far.codes[report.economy]
    with pytest.raises(ConvergenceError, match="falls to zero"):
        compute.coalition_gains(far, report.where)
    slow = compute.solve_unit(replace(far, fast=False, bits=0), report.where)
    assert slow.report.status == Status.REFUSED
    assert np.isnan(slow.values).all()


def test_a_jacobian_without_inverse_costs_time_and_not_the_run() -> None:
    """numba's LinAlgError went through to the user."""
    more = {"kind": "productivity", "economies": "SCO+", "percent": 100.0}
    scenario = family(-99.0, more, deficits="balanced")
    far = replace(prepare(winset.world(), scenario, resolution="compact"), bits=BITS)
    values, _, report = compute.solve_unit(far, 40000)
    assert report.status == Status.CONVERGED
    for m in (5, 1023, 1500):
        variation, _ = compute.exact_gains(far, 40000 << BITS | m)
        inside = compute.members(40000 << BITS | m)
        assert values[m] == pytest.approx(variation[inside].sum(), rel=1e-9)


@pytest.mark.parametrize(
    ("percent", "productivity"), [(-99.9, 0.0), (-50.0, 1e6)], ids=["costs", "productivity"]
)
def test_a_change_beyond_measure_is_refused_in_words(percent: float, productivity: float) -> None:
    """Prices underflow to zero, by which numba would not divide: its ZeroDivisionError went through."""
    codes = ["KAZ", "UZB", "KGZ", "RUS", "CHN"]
    more = {"kind": "productivity", "economies": codes, "percent": productivity}
    scenario = family(
        percent, *([more] if productivity else []), deficits="balanced", trade_elasticity=60.0
    )
    with pytest.raises(
        ConvergenceError, match=r"the equilibrium of the coalition .* was not found"
    ):
        compute.compute(prepare(winset.world(), scenario, codes, resolution="compact"))


def test_a_unit_that_fails_leaves_no_limit_on_threads() -> None:
    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpoolctl.threadpool_info()]

    compute.compute(prepare(winset.world(), family(), ["CHN", "RUS", "IND", "KAZ"]))
    before = threads()
    with pytest.raises(ConvergenceError):
        compute.compute(prepare(winset.world(), family(-95.0), ["CHN", "RUS", "IND", "KAZ", "MNG"]))
    assert threads() == before


def test_merging_is_the_same_whatever_the_threads() -> None:
    world = winset.world()
    players = prepare(world, family(), resolution="compact").players
    hashes = set()
    for count in (1, 2):
        with threadpoolctl.threadpool_limits(count):
            hashes.add(compact_world(world, players, 0.5).sha256)
    assert len(hashes) == 1
