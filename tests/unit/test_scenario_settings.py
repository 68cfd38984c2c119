"""Overrides, parameters and doubts of a scenario, at their bounds."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.changes import ONE, scenario, tariff

from winset.errors import DataError
from winset.scenario import Parameters, Scenario, parse
from winset.scenario.parameters import checked_parameters

# Overrides.

TWO = {"on": "2025-09-01", "change": [ONE, tariff(rate=0.1)]}


def overridden(**pairs: str) -> Scenario:
    return parse(TWO, overrides={key.replace("__", "."): text for key, text in pairs.items()})


def test_overrides_find_their_change() -> None:
    assert overridden(percent="-20").changes[0].percent == -20.0
    assert overridden(change__2__rate="0.3").changes[1].rate == 0.3
    capped = overridden(change__2__cap="1").changes[1]
    assert (capped.cap, capped.rate) == (1.0, None)  # one formula takes the place of another
    assert overridden(trade_elasticity="7").parameters.trade_elasticity == 7.0
    assert overridden(parameters__deficits="balanced").parameters.deficits == "balanced"
    assert overridden(among='["KAZ","KGZ"]').changes[0].among == ["KAZ", "KGZ"]
    drawn = overridden(doubt__trade_elasticity="{sigma = 0.3}").doubt.trade_elasticity
    assert drawn is not None
    assert drawn.sigma == 0.3
    assert overridden(title="New").title == "New"


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("change.3.percent", "1", "the scenario has 2 changes"),
        ("change.0.percent", "1", "the scenario has 2 changes"),
        ("sector", "a", "0 changes have sector. Say which one, for example change.1.sector=a"),
        ("percents", "1", "unknown key. Did you mean percent"),
        ("change.1.percents", "1", "unknown key"),
    ],
)
def test_overrides_that_are_refused(key: str, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        parse(TWO, overrides={key: text})


def test_what_was_overridden_is_told_in_the_title() -> None:
    assert overridden(percent="-20").title == "untitled (change 1: percent = -20)"
    assert overridden(percent="-10").title == "untitled"
    assert overridden(trade_elasticity="7").title == "untitled"
    alone = parse(
        {"on": "2025-09-01", "change": [ONE]}, overrides={"percent": "-2.5", "on": "2024-01-01"}
    )
    assert alone.title == "untitled (on = 2024-01-01, percent = -2.5)"
    assert overridden(among='["KAZ","KGZ"]').title == "untitled (change 1: among = KAZ,KGZ)"
    assert overridden(world="nafta").title == "untitled (world = nafta)"


# Parameters.


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("trade_elasticity", (0.01, 100.0), (0.0, 100.1)),
        ("value_added_share", (0.01, 1.0), (0.0, 1.01)),
        ("labor_supply_elasticity", (0.0, 10.0), (-0.01, 10.1)),
        ("scale_elasticity", (0.0, 10.0), (-0.01, 10.1)),
        ("pass_through", (0.01, 1.0), (0.0, 1.01)),
        ("entry_cost_share", (0.0, 0.99), (-0.01, 1.0)),
    ],
)
def test_bounds_of_parameters(key: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    whole = {"value_added_share": 1.0} if key in ("entry_cost_share", "pass_through") else {}
    for value in good:
        assert getattr(checked_parameters(whole | {key: value}, "x"), key) == value
    for value in bad:
        with pytest.raises(DataError, match=key):
            checked_parameters(whole | {key: value}, "x")


def test_output_that_would_explode() -> None:
    just = {"scale_elasticity": 0.5, "labor_supply_elasticity": 1.0, "value_added_share": 0.5}
    with pytest.raises(DataError, match=r"= 0\.5 must be less than value_added_share = 0.5"):
        checked_parameters(just, "x")
    assert checked_parameters(just | {"value_added_share": 0.51}, "x").scale_elasticity == 0.5


def test_entry_costs_by_economy() -> None:
    usual = Parameters()
    assert (usual.trade_elasticity, usual.value_added_share, usual.entry_cost_share) == (
        4.0,
        0.5,
        0.0,
    )
    assert not usual.has_entry_costs
    assert Parameters(pass_through=0.9).has_entry_costs
    assert Parameters(entry_cost_share=0.1).has_entry_costs
    some = Parameters(entry_cost_share={"KAZ": 0.2, "others": 0.1})
    assert some.has_entry_costs
    assert not Parameters(entry_cost_share={"KAZ": 0.0}).has_entry_costs
    assert some.entry_costs(["KAZ", "UZB"]).tolist() == [0.2, 0.1]
    assert Parameters(entry_cost_share=0.3).entry_costs(["KAZ", "UZB"]).tolist() == [0.3, 0.3]
    assert Parameters(entry_cost_share={"KAZ": 0.2}).entry_costs(["KAZ", "UZB"]).tolist() == [
        0.2,
        0.0,
    ]
    with pytest.raises(DataError, match=r"'KAS' is not in the world. Did you mean KAZ"):
        Parameters(entry_cost_share={"KAS": 0.2}).entry_costs(["KAZ", "UZB"])
    with pytest.raises(DataError, match="Set value_added_share = 1"):
        checked_parameters({"entry_cost_share": 0.1}, "x")


# Doubts.


def doubt(**table: Any) -> Any:
    return scenario(doubt=table).doubt


def test_distributions_as_they_are_given() -> None:
    found = doubt(
        trade_elasticity={"sigma": 0.3, "median": 99.0},
        value_added_share={"distribution": "triangular", "low": 0.2, "mode": 0.2, "high": 1.0},
    )
    assert found.given() == {
        "trade_elasticity": {"distribution": "lognormal", "sigma": 0.3, "median": 99.0},
        "value_added_share": {"distribution": "triangular", "low": 0.2, "mode": 0.2, "high": 1.0},
    }
    assert doubt(flows={"sigma": 0.1}).flows.distribution == "lognormal"
    assert doubt(value_added_share={"sigma": 3.0}).value_added_share.distribution == "logit-normal"
    wide = doubt(trade_elasticity={"distribution": "uniform", "low": 1.0, "high": 100.0})
    assert wide.trade_elasticity.high == 100.0
    small = doubt(trade_elasticity={"sigma": 0.1, "median": 0.5})
    assert small.trade_elasticity.median == 0.5
    text = scenario(doubt={"flows": {"sigma": 0.1}}).to_toml()
    assert "[doubt.flows]" in text
    assert doubt().given() == {}


@pytest.mark.parametrize(
    ("name", "table", "said"),
    [
        ("trade_elasticity", {"sigma": 0.0}, "trade_elasticity.sigma = 0.0 is wrong"),
        ("trade_elasticity", {"sigma": 3.1}, "trade_elasticity.sigma = 3.1 is wrong"),
        ("trade_elasticity", {"sigma": 0.3, "median": 0.0}, "trade_elasticity.median = 0.0 is wrong"),
        ("trade_elasticity", {"sigma": 0.3, "median": 100.0}, "must lie between 0 and 100"),
        ("value_added_share", {"sigma": 0.3, "median": 1.0}, "must lie between 0 and 1"),
        ("trade_elasticity", {}, "= lognormal needs sigma. Add it"),
        ("trade_elasticity", {"sigma": 1.0, "low": 1.0},
         "= lognormal does not take low. It takes sigma, median"),
        ("trade_elasticity", {"distribution": "fixed", "low": 1.0}, "It takes nothing"),
        ("trade_elasticity", {"sigm": 1.0}, "unknown key 'sigm'. Did you mean sigma"),
        ("trade_elasticity", {"distribution": "logit-normal", "sigma": 1.0},
         r"does not keep trade_elasticity where it must lie \(above 0\)"),
        ("value_added_share", {"distribution": "lognormal", "sigma": 1.0},
         r"where it must lie \(between 0 and 1\)"),
        ("trade_elasticity", {"distribution": "normal"}, "has the distribution 'normal'"),
        ("flows", {"sigma": 0.1, "median": 1.0}, "flows take sigma alone"),
        ("trade_elasticity", {"distribution": "uniform", "low": 0.0, "high": 1.0}, "0 < low < high ≤ 100"),
        ("trade_elasticity", {"distribution": "uniform", "low": 2.0, "high": 2.0}, "0 < low < high ≤ 100"),
        ("trade_elasticity", {"distribution": "uniform", "low": 2.0, "high": 100.1}, "0 < low < high ≤ 100"),
        ("value_added_share", {"distribution": "uniform", "low": 0.2, "high": 1.1}, "0 < low < high ≤ 1"),
        ("value_added_share", {"distribution": "triangular", "low": 0.2, "mode": 0.9, "high": 0.8},
         "must lie between low = 0.2 and high = 0.8"),
        ("value_added_share", {"distribution": "triangular", "low": 0.2, "mode": 0.1, "high": 0.8},
         "must lie between low = 0.2 and high = 0.8"),
        ("elasticity", {"sigma": 1.0}, "unknown key 'elasticity'"),
    ],
)  # fmt: skip
def test_distributions_that_are_refused(name: str, table: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        doubt(**{name: table})
