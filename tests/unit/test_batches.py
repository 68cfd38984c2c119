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

CENTS = 1e-7  # USD million, what 2e-12 of an economy's output leaves open where little is at stake
BITS = 11  # more than a group, so that the middle of one group is predicted from another


def family(percent: float = -10.0, *more: dict[str, Any]) -> Scenario:
    change = {"kind": "trade-cost", "among": "SCO+", "percent": percent}
    return parse({"on": "2025-09-01", "change": [change, *more]})


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
    whole = compute.prepare(world, scenario, resolution="compact")
    small = compute.compact_world(world, whole.players, 0.5)
    assert whole.bits > batch_kernel.GROUP
    some = replace(whole, bits=BITS)
    generator = np.random.default_rng(len(units))
    for unit in units:
        values, _, (residual, _resolved, failed) = compute.solve_unit(some, unit)
        assert residual <= single_kernel.TOLERANCE
        assert failed == 0
        for m in generator.integers(0, 1 << BITS, 24):
            mask = unit << BITS | int(m)
            codes = [c for k, c in enumerate(whole.players) if mask >> k & 1]
            if len(codes) >= 2:
                expected = worth(small, scenario, codes)
                assert values[m] == pytest.approx(expected, rel=1e-9, abs=CENTS)


def test_what_the_chord_steps_miss_is_solved_by_newton_and_counted() -> None:
    """A prediction that is far off must cost time, not accuracy."""
    far = replace(compute.prepare(winset.world(), family(-90.0), resolution="compact"), bits=BITS)
    values, _, (residual, resolved, failed) = compute.solve_unit(far, 65535)
    assert failed == 0
    assert residual <= single_kernel.TOLERANCE
    assert resolved > 0
    single = replace(far, bits=0)
    for m in (1, 700, (1 << BITS) - 1):
        alone = compute.solve_unit(single, 65535 << BITS | m)[0][0]
        assert values[m] == pytest.approx(alone, rel=1e-9)


def test_a_unit_that_fails_leaves_no_limit_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpoolctl.threadpool_info()]

    problem = compute.prepare(winset.world(), family(), ["CHN", "RUS", "IND", "KAZ"])
    compute.compute(problem)
    before = threads()
    monkeypatch.setattr(single_kernel, "TOLERANCE", 0.0)
    with pytest.raises(ConvergenceError):
        compute.compute(problem)
    assert threads() == before


def test_merging_is_the_same_whatever_the_threads() -> None:
    world = winset.world()
    players = compute.prepare(world, family(), resolution="compact").players
    hashes = set()
    for count in (1, 2):
        with threadpoolctl.threadpool_limits(count):
            hashes.add(compute.compact_world(world, players, 0.5).sha256)
    assert len(hashes) == 1
