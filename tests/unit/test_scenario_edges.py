"""What a scenario says, at the edges: formulas, bounds, lines in messages, files of pairs, phases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit.printed import made_world

from winset.errors import DataError
from winset.scenario import SCENARIOS, Parameters, Scenario, bundled_scenarios, parse
from winset.scenario.formulas import FORMULAS, given_to_all
from winset.scenario.parameters import checked_parameters
from winset.scenario.reading import find_scenario

if TYPE_CHECKING:
    from pathlib import Path

FLOWS = [[90.0, 5, 5], [10.0, 80, 10], [5.0, 15, 70]]
TARIFF = [[0.0, 0.1, 0.2], [0.05, 0, 0.4], [0.1, -0.02, 0]]
WORLD = made_world("KAZ UZB KGZ", FLOWS, TARIFF)
ONE = {"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -10.0}


def scenario(*changes: dict[str, Any], **outer: Any) -> Scenario:
    return parse({"on": "2025-09-01", "change": list(changes or (ONE,))} | outer)


def laid(*changes: dict[str, Any], **outer: Any) -> Any:
    return scenario(*changes, **outer).resolve(WORLD)


def tariff(**size: Any) -> dict[str, Any]:
    sides = {} if "among" in size else {"exporters": ["UZB"], "importers": ["KAZ", "KGZ"]}
    return {"kind": "tariff"} | sides | size


# Formulas.

PRESENT = np.array([0.0, 0.2, -0.05])


@pytest.mark.parametrize(
    ("key", "size", "new"),
    [
        ("rate", 0.1, [0.1, 0.1, 0.1]),
        ("percent", -36, [0.0, 0.128, -0.032]),
        ("points", 0.05, [0.05, 0.25, 0.0]),
        ("points", -0.3, [0.0, 0.0, -0.05]),  # not below zero, nor lower a subsidy
        ("cap", 0.15, [0.0, 0.15, -0.05]),
        ("swiss", 0.2, [0.0, 0.1, -0.05]),
        ("margin", 0.25, [0.0, 0.15, -0.0375]),
    ],
)
def test_what_a_formula_makes_of_rates(key: str, size: float, new: list[float]) -> None:
    np.testing.assert_allclose(FORMULAS[key].new(PRESENT, size), new, atol=1e-15)


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("rate", (-0.999, 10.0), (-1.0, 10.01, float("inf"))),
        ("percent", (-100.0, 1e9), (-100.1, float("nan"), float("inf"))),
        ("points", (-0.999, 3.0), (-1.0, 3.01)),
        ("cap", (0.0, 3.0), (-0.01, 3.01)),
        ("swiss", (0.001, 1.0), (0.0, 1.01)),
        ("margin", (0.0, 1.0), (-0.01, 1.01)),
    ],
)
def test_which_sizes_make_sense(key: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    for size in good:
        assert FORMULAS[key].problem(size) is None, size
    for size in bad:
        said = FORMULAS[key].problem(size)
        assert said is not None, size
        assert said.startswith(f"must be {'above' if FORMULAS[key].above else 'at least'} ")
        assert said.endswith(FORMULAS[key].hint)
    assert ("at most" in str(FORMULAS[key].problem(bad[0]))) is (key != "percent")
    assert FORMULAS[key].replaces is (key in ("rate", "margin"))
    assert FORMULAS[key].of_mfn is (key == "margin")


def test_what_is_given_to_one_is_given_to_all() -> None:
    present = np.array([[0.0, 0.1, 0.3], [0.2, 0.0, 0.1], [0.2, 0.2, 0.0]])
    new = np.array([[0.05, 0.05, 0.2], [0.1, 0.1, 0.2], [0.3, 0.05, 0.2]])
    named = np.zeros((3, 3), dtype=bool)
    named[0, 1] = named[0, 2] = named[1, 2] = True
    found = given_to_all(present, new, named)
    # To 1: exporter 0 falls to 0.05, so 2 falls too. To 2: 0 falls, 1 rises: all as the formula has it.
    np.testing.assert_allclose(found, [[0, 0.05, 0.2], [0.2, 0, 0.2], [0.2, 0.05, 0]])
    up = given_to_all(present, present + 0.1, named)
    assert up[2, 1] == pytest.approx(0.3)
    assert up[1, 0] == 0.2  # nobody is named to 0


# What a change does where it is laid.


def test_costs_tariffs_and_productivity_where_they_are_laid() -> None:
    shock = laid(
        ONE,
        {"kind": "trade-cost", "exporters": ["KGZ"], "importers": "all", "factor": 0.8},
        {"kind": "productivity", "economies": ["KGZ"], "percent": 5.0},
        tariff(rate=0.3),
    )
    np.testing.assert_allclose(shock.cost, [[1, 0.9, 1], [0.9, 1, 1], [0.8, 0.8, 1]])
    np.testing.assert_allclose(shock.tariff, [[0, 0.1, 0.2], [0.3, 0, 0.3], [0.1, -0.02, 0]])
    assert shock.productivity.tolist() == [1, 1, 1.05]
    assert shock.members == ("KAZ", "UZB", "KGZ")
    assert shock.idle == ()
    assert not shock.changes_nothing(WORLD)
    idle = laid(ONE, tariff(percent=0.0))
    assert idle.idle == (2,)
    assert laid(tariff(percent=0.0)).changes_nothing(WORLD)
    assert laid(tariff(percent=0.0)).members == ("KAZ", "UZB", "KGZ")
    assert laid({"kind": "productivity", "economies": ["UZB"], "factor": 1.1}).members == ("UZB",)


@pytest.mark.parametrize(
    ("year", "cost"), [(2025, 1.0), (2026, 0.95), (2027, 0.9), (2030, 0.9), (None, 0.9)]
)
def test_a_phase_in_parts(year: int | None, cost: float) -> None:
    outer = {} if year is None else {"year": year}
    shock = laid(ONE | {"phase": [2026, 2027]}, **outer)
    assert shock.cost[0, 1] == pytest.approx(cost, abs=1e-15)


def test_a_tariff_of_minus_one_is_none() -> None:
    with pytest.raises(DataError, match="a tariff must exceed -1"):
        laid(tariff(points=-0.5, among=["KAZ", "UZB"]), tariff(rate=-0.9), tariff(percent=12.0))
    very = np.array(TARIFF)
    very[1, 0] = -0.5
    low = replace(WORLD, tariff=very[None])
    with pytest.raises(
        DataError, match=r"the tariff of KAZ on UZB would be -1; a tariff must exceed"
    ):
        scenario(tariff(percent=100.0)).resolve(low)
    assert scenario(tariff(percent=99.9)).resolve(low).tariff[1, 0] == pytest.approx(-0.9995)


def test_two_rates_for_the_same_pairs_contradict_each_other() -> None:
    with pytest.raises(
        DataError, match=r"change 2 \(tariff\): rate = 0.2 contradicts change 1, which sets 0.1"
    ):
        laid(tariff(rate=0.1), tariff(rate=0.2))
    with pytest.raises(DataError, match=r"change 1, which has percent = -50"):
        laid(tariff(percent=-50.0), tariff(rate=0.1))
    assert laid(tariff(rate=0.1), tariff(rate=0.1)).idle == (2,)
    assert laid(tariff(rate=0.1), tariff(percent=-50.0)).tariff[1, 0] == pytest.approx(0.05)
    late = tariff(rate=0.1, phase=[2026, 2027]), tariff(rate=0.2, phase=[2028, 2029])
    assert laid(*late).tariff[1, 0] == pytest.approx(0.2)
    with pytest.raises(DataError, match="contradicts"):
        laid(tariff(rate=0.1, phase=[2026, 2028]), tariff(rate=0.2, phase=[2028, 2029]))


def test_an_answer_of_all_is_of_everybody_else() -> None:
    def request(exporters: Any, importers: Any) -> Any:
        change = {
            "kind": "tariff",
            "exporters": exporters,
            "importers": importers,
            "answer": "optimal",
        }
        (found,) = laid(change).requests
        return found

    of_all = request("all", ["KAZ"])
    assert (of_all.exporters.tolist(), of_all.importers.tolist()) == ([1, 2], [0])
    assert of_all.mask.tolist() == [[False] * 3, [True, False, False], [True, False, False]]
    to_all = request(["UZB"], "all")
    assert (to_all.exporters.tolist(), to_all.importers.tolist()) == ([1], [0, 2])
    with pytest.raises(DataError, match="UZB is on both sides"):
        request(["UZB", "KAZ"], ["UZB"])
    with pytest.raises(DataError, match="covers no pair"):
        request("all", "all")


def test_the_same_change_has_the_same_hash_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("exporter,importer,factor\nKAZ,UZB,0.9\nUZB,KAZ,0.9\n")
    from_file = replace(scenario({"kind": "trade-cost", "file": "c.csv"}), folder=tmp_path)
    said = laid(ONE | {"percent": -10.0}).sha256
    assert from_file.resolve(WORLD).sha256 == said
    assert laid(ONE | {"percent": -11.0}).sha256 != said
    asked = {"kind": "tariff", "exporters": ["UZB"], "importers": ["KAZ"]}
    assert (
        laid(asked | {"answer": "optimal"}).sha256 != laid(asked | {"answer": "reciprocal"}).sha256
    )


# Files of pairs.


def from_file(tmp_path: Path, text: str, kind: str = "tariff") -> Any:
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8")
    return replace(scenario({"kind": kind, "file": "pairs.csv"}), folder=tmp_path).resolve(WORLD)


def test_a_file_says_who_and_how_much(tmp_path: Path) -> None:
    shock = from_file(tmp_path, "exporter,importer,rate\nUZB,KAZ,0.25\nUZB,KGZ,-0.5\n")
    assert shock.tariff[1].tolist() == [0.25, 0.0, -0.5]
    assert shock.members == ("KAZ", "KGZ")  # a tariff is the importer's doing
    costs = from_file(tmp_path, "exporter,importer,factor\nUZB,KAZ,0.25\n", "trade-cost")
    assert costs.cost[1, 0] == 0.25
    assert costs.members == ("KAZ", "UZB")


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAZ,-1\n",
            "row 2: rate is '-1'; it must be a number above -1",
        ),
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAZ,x\n",
            "row 2: rate is 'x'; it must be a number above -1",
        ),
        (
            "tariff",
            "exporter,importer,swiss\nUZB,KAZ,0\n",
            "row 2: swiss is '0'; it must be above 0",
        ),
        (
            "trade-cost",
            "exporter,importer,factor\nUZB,KAZ,0\n",
            "factor is '0'; it must be a number above 0",
        ),
        ("trade-cost", "exporter,importer,factor\nUZB,KAZ,inf\n", "factor is 'inf'"),
        ("trade-cost", "exporter,importer,rate\nUZB,KAZ,1\n", "no column factor; found exporter"),
        (
            "tariff",
            "exporter,importer,rate,cap\nUZB,KAZ,1,1\n",
            "rate and cap contradict each other",
        ),
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAZ,0.1\nUZB,KAZ,0.1\n",
            "row 3: the pair is given twice",
        ),
        ("tariff", "exporter,importer,rate\nUZB,UZB,0.1\n", "row 2: a change at home"),
        ("tariff", "exporter,importer,rate\n", "no rows"),
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAS,0.1\n",
            "importer 'KAS' is not in world 'made'",
        ),
        (
            "tariff",
            "exporter,importer,rate,sector\nUZB,KAZ,0.1,ore\n",
            "sector 'ore' is not in world",
        ),
    ],
)
def test_files_that_are_refused(tmp_path: Path, kind: str, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        from_file(tmp_path, text, kind)


def test_rates_in_percent_are_found_out_by_their_middle(tmp_path: Path) -> None:
    head = "exporter,importer,rate\n"
    assert from_file(tmp_path, head + "UZB,KAZ,0.1\nUZB,KGZ,0.2\nKAZ,UZB,9\n").tariff[0, 1] == 9.0
    with pytest.raises(DataError, match="half of the rates are 9 or more"):
        from_file(tmp_path, head + "UZB,KAZ,0.1\nUZB,KGZ,9\nKAZ,UZB,25\n".replace("25", "9.5"))


# What a change must say.


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (ONE | {"importers": ["KGZ"]}, "name the pairs in one way"),
        ({"kind": "trade-cost", "percent": -1.0}, "name the pairs in one way"),
        ({"kind": "trade-cost", "exporters": ["KAZ"], "percent": -1.0}, 'importers is missing. Add it, or write importers = "all"'),
        ({"kind": "trade-cost", "importers": ["KAZ"], "percent": -1.0}, "exporters is missing"),
        (ONE | {"sector": "a", "sectors": ["b"]}, "sector and sectors contradict"),
        (ONE | {"sectors": []}, "sectors is empty"),
        ({"kind": "trade-cost", "file": "x.csv", "sector": "a"}, "a file names sectors in a column"),
        ({"kind": "trade-cost", "file": "x.csv", "sectors": ["a"]}, "a file names sectors in a column"),
        ({"kind": "trade-cost", "file": "x.csv", "factor": 0.9}, "factor and file contradict"),
        (ONE | {"factor": 0.9}, r"exactly one of percent, factor \(found percent and factor\)"),
        ({"kind": "trade-cost", "among": ["KAZ", "UZB"]}, r"\(found none\)"),
        ({"kind": "productivity", "economies": ["KAZ"]}, r"exactly one of percent, factor \(found none\)"),
        (tariff(rate=0.1, cap=0.2), r"\(found rate and cap\)"),
        (tariff(among=["KAZ", "UZB"], answer="optimal"), "answer and among do not go together"),
        (tariff(answer="optimal", mfn=True), "answer and mfn do not go together"),
        (tariff(answer="optimal", phase=[2026, 2027]), "answer and phase do not go together"),
        (tariff(answer="optimal", sector="a"), "answer and sector do not go together"),
        (tariff(answer="optimal", sectors=["a"]), "answer and sector do not go together"),
        ({"kind": "tariff", "file": "x.csv", "mfn": True}, "mfn and file contradict"),
        (tariff(swiss=0.0), "swiss = 0 is out of range: it must be above 0"),
        (ONE | {"phase": [2027, 2026]}, r"phase = \[2027, 2026\] ends before it begins. Write the first year first: \[2026, 2027\]"),
        (ONE | {"among": ["KAZ"]}, "is one economy of world"),
        ({"kind": "trade-cost", "exporters": ["KAZ"], "importers": ["KAZ"], "percent": -1.0}, "covers no pair"),
        (ONE | {"percent": -100.0}, "percent = -100.0 is wrong"),
        ({"kind": "tarif"}, "unknown kind 'tarif'. Did you mean tariff"),
        ({"among": ["KAZ"]}, "kind is missing. It is one of trade-cost, tariff, productivity"),
        (ONE | {"percents": 3}, "unknown key 'percents'. Did you mean percent"),
        ({"kind": "productivity", "percent": 1.0}, "economies is missing. Add it"),
        (ONE | {"sector": "a"}, "sector"),
    ],
)  # fmt: skip
def test_changes_that_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        laid(change)


def test_a_phase_of_one_year_and_answers_that_are_allowed() -> None:
    assert laid(ONE | {"phase": [2026, 2026]}, year=2026).cost[0, 1] == pytest.approx(0.9)
    assert laid(tariff(answer="optimal")).requests[0].how == "optimal"
    assert laid(tariff(answer="optimal", mfn=False)).requests


# Lines in messages.

FILE = """\
title = "Lines"
on = 2025-09-01

[parameters]
trade_elasticity = 4.0

[[change]]
kind = "trade-cost"
among = ["KAZ", "UZB"]
percent = -10

[[change]]
kind = "tariff"
exporters = ["UZB"]
importers = ["KAZ"]
rate = 0.1
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate = 0.1", "rate = 11", r"line 16 \(change 2\): rate = 11 is out of range"),
        ("percent = -10", "percent = -200", r"line 10 \(change 1\): percent"),
        ("rate = 0.1", "rat = 0.1", r"line 16 \(change 2\): unknown key 'rat'"),
        (
            "trade_elasticity = 4.0",
            "trade_elasticity = 101",
            r"line 5 \(parameters\): trade_elasticity",
        ),
        ("on = 2025-09-01", 'on = "2025-09-31"', r"line 2 \(on\): on: '2025-09-31' is not a date"),
        (
            "on = 2025-09-01",
            "on = 2025-09-01\nyear = 1899",
            r"line 3 \(year\): year = 1899 is wrong",
        ),
        (
            "on = 2025-09-01",
            "on = 2025-09-01\nyear = 2026",
            r"line 3 \(year\): year = 2026, but no change",
        ),
        ('title = "Lines"', 'titel = "Lines"', r"line 1 \(titel\): unknown key 'titel'"),
        ('title = "Lines"', "title = 3", r"line 1 \(title\): title = 3 is wrong"),
        ('exporters = ["UZB"]\n', "", r"line 12 \(change 2\): exporters is missing"),
        ('kind = "tariff"\n', "", r"line 12 \(change 2\): kind is missing"),
        ('among = ["KAZ", "UZB"]', "among = [3]", r"line 9 \(change 1\): among = 3 is wrong"),
        ("trade_elasticity = 4.0", "entry_cost_share = {KAZ = 1.0}", r"line 4 \(parameters\)"),
    ],
)
def test_the_line_of_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=said) as told:
        Scenario.from_toml(path)
    assert str(told.value).startswith(str(path))


def test_a_scenario_without_changes_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"scenario: no \[\[change\]\]"):
        parse({"on": "2025-09-01"})
    with pytest.raises(
        DataError, match="scenario 'sco-2052' is neither bundled .* Did you mean sco-2025"
    ):
        find_scenario("sco-2052")
    assert find_scenario("sco-2025").parent == SCENARIOS
    assert "nafta" in bundled_scenarios()
    big = tmp_path / "big.toml"
    big.write_text("#" * 5_000_001)
    with pytest.raises(DataError, match="is larger than 5 MB"):
        Scenario.from_toml(big)
    big.write_text("#" * 5_000_000)
    with pytest.raises(DataError, match="no \\[\\[change\\]\\]"):
        Scenario.from_toml(big)


def test_titles_names_and_dates(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FILE.replace('title = "Lines"\n', ""), encoding="utf-8")
    read = Scenario.from_toml(path)
    assert (read.title, read.name, read.folder) == ("mine", "mine", tmp_path)
    bare = scenario()
    assert (bare.title, bare.name) == ("untitled", "")
    assert bare.on == dt.date(2025, 9, 1)
    assert scenario(on=dt.datetime(2025, 9, 1, 12, 0)).on == dt.date(2025, 9, 1)
    again = Scenario.from_toml(_written(tmp_path, read))
    assert again.changes == read.changes
    assert again.parameters == read.parameters


def _written(folder: Path, what: Scenario) -> Path:
    path = folder / "again.toml"
    path.write_text(what.to_toml(), encoding="utf-8")
    return path


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
    with pytest.raises(DataError, match="= 0.5 must be less than value_added_share = 0.5"):
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
    with pytest.raises(DataError, match="'KAS' is not in the world. Did you mean KAZ"):
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
        ("trade_elasticity", {"sigma": 1.0, "low": 1.0}, "= lognormal does not take low. It takes sigma, median"),
        ("trade_elasticity", {"distribution": "fixed", "low": 1.0}, "It takes nothing"),
        ("trade_elasticity", {"sigm": 1.0}, "unknown key 'sigm'. Did you mean sigma"),
        ("trade_elasticity", {"distribution": "logit-normal", "sigma": 1.0}, r"does not keep trade_elasticity where it must lie \(above 0\)"),
        ("value_added_share", {"distribution": "lognormal", "sigma": 1.0}, r"where it must lie \(between 0 and 1\)"),
        ("trade_elasticity", {"distribution": "normal"}, "has the distribution 'normal'"),
        ("flows", {"sigma": 0.1, "median": 1.0}, "flows take sigma alone"),
        ("trade_elasticity", {"distribution": "uniform", "low": 0.0, "high": 1.0}, "0 < low < high ≤ 100"),
        ("trade_elasticity", {"distribution": "uniform", "low": 2.0, "high": 2.0}, "0 < low < high ≤ 100"),
        ("trade_elasticity", {"distribution": "uniform", "low": 2.0, "high": 100.1}, "0 < low < high ≤ 100"),
        ("value_added_share", {"distribution": "uniform", "low": 0.2, "high": 1.1}, "0 < low < high ≤ 1"),
        ("value_added_share", {"distribution": "triangular", "low": 0.2, "mode": 0.9, "high": 0.8}, "must lie between low = 0.2 and high = 0.8"),
        ("value_added_share", {"distribution": "triangular", "low": 0.2, "mode": 0.1, "high": 0.8}, "must lie between low = 0.2 and high = 0.8"),
        ("elasticity", {"sigma": 1.0}, "unknown key 'elasticity'"),
    ],
)  # fmt: skip
def test_distributions_that_are_refused(name: str, table: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        doubt(**{name: table})
