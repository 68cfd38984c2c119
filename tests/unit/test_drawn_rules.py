"""The rule on deficits is drawn: how often, that nothing else moves with it, what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.unit.test_sampling import FIXED, ONE, scenario

from winset.errors import DataError
from winset.report import doubts
from winset.scenario import Scenario
from winset.trade.solver import solve
from winset.trade.uncertainty import draws
from winset.trade.uncertainty.draws import solve_draws
from winset.trade.uncertainty.intervals import drivers, intervals
from winset.trade.uncertainty.sampling import RULES, Sample, sample


def small(count: int = 60, **outer: Any) -> Sample:
    return sample(ONE, scenario(**outer), count, 5)


def test_every_rule_is_as_likely_whatever_the_scenario_has() -> None:
    for own in ("balanced", "additive"):
        drawn = small(61, parameters={"deficits": own})
        assert drawn.rules is not None
        assert sorted(np.bincount(drawn.rules).tolist()) == [20, 20, 21]
        assert [drawn.drawn(k)[1].parameters.deficits for k in range(61)] == [
            RULES[k] for k in drawn.rules
        ]
        assert {rule: own.tolist() for rule, own in drawn.by_rule()} == {
            rule: np.flatnonzero(drawn.rules == k).tolist() for k, rule in enumerate(RULES)
        }
    assert drawn.distributions["deficits"] == {
        "distribution": "categorical",
        "of": "world-share, multiplicative, balanced, each as likely",
    }
    again = small(61)
    np.testing.assert_array_equal(drawn.rules, again.rules)
    other = sample(ONE, scenario(), 61, 6).rules
    assert other is not None
    assert not np.array_equal(drawn.rules, other)


def test_a_rule_that_is_fixed_leaves_elasticities_and_flows_as_they_were() -> None:
    free, fixed = small(), small(doubt={"deficits": FIXED}, parameters={"deficits": "balanced"})
    assert fixed.rules is None
    np.testing.assert_array_equal(free.values, fixed.values)
    np.testing.assert_array_equal(free.trade(7), fixed.trade(7))
    assert fixed.drawn(7)[1].parameters.deficits == "balanced"
    assert [rule for rule, _ in fixed.by_rule()] == ["balanced"]


def test_other_distributions_of_the_rule_are_refused() -> None:
    with pytest.raises(DataError, match="deficits has the distribution 'lognormal'"):
        small(doubt={"deficits": {"distribution": "lognormal", "sigma": 0.1}})
    with pytest.raises(DataError, match="deficits = categorical does not take sigma"):
        small(doubt={"deficits": {"sigma": 0.1}})


def test_only_the_rule_may_be_in_doubt() -> None:
    still = dict.fromkeys(("trade_elasticity", "value_added_share", "flows"), FIXED)
    drawn = small(12, doubt=still)
    solved = solve_draws(drawn, workers=1)
    gains = solved.columns["welfare_percent"]
    for rule, own in drawn.by_rule():
        given = scenario(parameters={"deficits": rule})
        wanted = 100.0 * (solve(ONE, given).welfare - 1.0)
        np.testing.assert_allclose(gains[own], np.tile(wanted, (len(own), 1)), atol=1e-9)
    found = intervals(solve(ONE, scenario()), drawn, solved)
    assert found.names == ("deficits", "rest")
    np.testing.assert_allclose(found.economy_drivers[0], 1.0, atol=1e-9)


def test_the_share_of_a_category_does_not_depend_on_which_has_no_column() -> None:
    generator = np.random.default_rng(2)
    x, rules = generator.random((900, 2)), generator.integers(0, 3, 900)
    effect = np.array([0.0, 2.0, -1.0])
    y = np.column_stack([effect[rules], x[:, 0], x[:, 1] + effect[rules], np.ones(900)])
    found = drivers(x, y, rules)
    assert found.shape == (4, 4)
    np.testing.assert_allclose(found[:, 0], [0, 0, 1, 0], atol=0.02)
    np.testing.assert_allclose(found[:, 1], [1, 0, 0, 0], atol=0.02)
    np.testing.assert_allclose(found[:, :3].sum(axis=0), 1.0)
    assert np.isnan(found[:, 3]).all()
    turned = (rules + 1) % 3
    np.testing.assert_allclose(drivers(x, y, turned), found, atol=1e-9, equal_nan=True)
    assert np.isfinite(drivers(x[:30], y[:30, :3], rules[:30])).all()  # three figures, thirty draws
    assert np.isnan(drivers(x[:29], y[:29], rules[:29])).all()


def test_what_is_said_by_rule_is_of_its_draws() -> None:
    given = Scenario.from_toml("sco-2025")
    drawn = sample(given.load_world(), given, 45, 1)
    solved = solve_draws(drawn)
    found = intervals(solve(drawn.world, given), drawn, solved)
    inside = np.isin(found.result.codes, found.result.members)
    total = solved.columns["welfare_musd"][:, inside].sum(axis=1)
    assert [one.rule for one in found.by_rule] == list(RULES)
    for one, (_, own) in zip(found.by_rule, drawn.by_rule(), strict=True):
        assert one.draws == len(own) == 15
        assert one.all_members_gain == 1.0
        np.testing.assert_allclose(
            one.totals["members_musd"], np.quantile(total[own], [0.025, 0.5, 0.975])
        )
    said = found.to_json()["by_rule"]
    assert said[1]["rule"] == "multiplicative"
    assert said[1]["members_musd"]["median"] == found.by_rule[1].totals["members_musd"][1]
    sentence = next(line for line in doubts.sentences(found) if "drawn too" in line)
    assert "all members gain, by rule" in sentence
    assert all(f"{rule} 100 %" in sentence for rule in RULES)


def test_a_rule_without_equilibrium_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draws.solve

    def refused(world: Any, given: Any, **rest: Any) -> Any:
        if given.parameters.deficits == "balanced":
            raise DataError("no such equilibrium.")
        return whole(world, given, **rest)

    monkeypatch.setattr(draws, "solve", refused)
    monkeypatch.setattr(draws, "can", lambda *_: False)
    with pytest.raises(DataError, match=r"deficits = \{ distribution .*none under balanced can"):
        solve_draws(small(12))
    kept = small(12)
    assert kept.rules is not None
    few = replace(kept, rules=np.where(np.arange(12) < 2, 2, 0).astype(np.intp))
    assert [draw for draw, _ in solve_draws(few).left_out] == [0, 1]
