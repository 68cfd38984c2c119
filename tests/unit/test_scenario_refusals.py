"""What a scenario must say, and the line of what is wrong with it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.changes import ONE, laid, scenario, tariff

from winset.errors import DataError
from winset.scenario import SCENARIOS, Scenario, bundled_scenarios, parse
from winset.scenario.doubts import checked_doubts
from winset.scenario.parameters import checked_parameters
from winset.scenario.reading import find_scenario

if TYPE_CHECKING:
    from pathlib import Path

# What a change must say.


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (ONE | {"importers": ["KGZ"]}, "name the pairs in one way"),
        ({"kind": "trade-cost", "percent": -1.0}, "name the pairs in one way"),
        ({"kind": "trade-cost", "exporters": ["KAZ"], "percent": -1.0},
         'importers is missing. Add it, or write importers = "all"'),
        ({"kind": "trade-cost", "importers": ["KAZ"], "percent": -1.0}, "exporters is missing"),
        (ONE | {"sector": "a", "sectors": ["b"]}, "sector and sectors contradict"),
        (ONE | {"sectors": []}, "sectors is empty"),
        ({"kind": "trade-cost", "file": "x.csv", "sector": "a"}, "a file names sectors in a column"),
        ({"kind": "trade-cost", "file": "x.csv", "sectors": ["a"]}, "a file names sectors in a column"),
        ({"kind": "trade-cost", "file": "x.csv", "factor": 0.9}, "factor and file contradict"),
        ({"kind": "trade-cost", "file": "x.csv", "percent": -1.0, "factor": 0.9},
         "percent and file contradict"),
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
        (ONE | {"phase": [2027, 2026]},
         r"phase = \[2027, 2026\] ends before it begins. Write the first year first: \[2026, 2027\]"),
        (ONE | {"among": ["KAZ"]}, "is one economy of world"),
        ({"kind": "trade-cost", "exporters": ["KAZ"], "importers": ["KAZ"], "percent": -1.0},
         "covers no pair"),
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


def test_what_is_wrong_with_a_doubt_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    for said, message in (
        (
            "[doubt]\nelasticity = {sigma = 1.0}",
            r"s\.toml line 19 \(doubt\): unknown key 'elasticity'",
        ),
        (
            "[doubt]\nflows = {sigma = 4.0}",
            r"s\.toml line 19 \(doubt\): flows\.sigma = 4\.0 is wrong",
        ),
        ("[doubt.flows]\nsigm = 0.1", r"s\.toml line 18 \(doubt\): flows has an unknown key"),
    ):
        path.write_text(f"{FILE}\n{said}\n", encoding="utf-8")
        with pytest.raises(DataError, match=message):
            Scenario.from_toml(path)
    with pytest.raises(DataError, match=r"^here \(doubt\): unknown key 'x'"):
        checked_doubts({"x": 1}, "here")
    with pytest.raises(DataError, match=r"^here \(parameters\): unknown key 'x'"):
        checked_parameters({"x": 1}, "here")


def test_a_scenario_without_changes_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"scenario: no \[\[change\]\]"):
        parse({"on": "2025-09-01"})
    with pytest.raises(
        DataError, match=r"scenario 'sco-2052' is neither bundled .* Did you mean sco-2025"
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
