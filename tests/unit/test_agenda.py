"""Deals whose issues are scenarios: each solved alone, and the package as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from winset import solve
from winset.scenario import Scenario
from winset.studies.scenario_deal import has_scenarios, read_agenda

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """title = "t"
on = 2025-09-01
countries = ["KAZ", "UZB", "KGZ"]

"""
TWO = (
    HEAD
    + """[[scenarios.trade.change]]
kind = "trade-cost"
among = ["KAZ", "UZB"]
percent = -10

[[scenarios.work.change]]
kind = "productivity"
economies = ["KGZ"]
percent = 1
"""
)


def write(folder: Path, text: str, name: str = "deal.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_summit_has_six_issues_and_says_what_interaction_brings(winset: Any) -> None:
    said = winset("deal", "sco-summit-2025", "--json").json
    assert {"package", "total", "gains", "optimal_packages", "frontier", "bargains"} <= set(said)
    assert len(said["scenarios"]) == 6
    assert said["unit"] == "welfare_musd"
    assert said["world"]["name"] == "world-2023-free"
    assert said["solver"]["max_residual"] < 1e-9
    # nobody loses by all six, but some lose by four of them
    assert set(said["passing_alone"]) == {"energy", "digital-economy"}
    assert len(said["package"]) == 6
    whole = said["interaction"]
    assert whole["total_apart"] == pytest.approx(said["total"])
    assert whole["difference"] == pytest.approx(whole["total_together"] - whole["total_apart"])
    assert 0 < whole["difference"] < 0.02 * said["total"]
    assert whole["broken_floors"] == []
    table = winset("deal", "sco-summit-2025").out
    assert "Run as a whole it brings" in table
    assert "best, as a whole" in table


def test_a_package_as_a_whole_is_one_scenario_with_all_changes(tmp_path: Path) -> None:
    agenda = read_agenda(write(tmp_path, TWO))
    codes = agenda.issues.countries
    assert codes == ("KAZ", "UZB", "KGZ")
    both = replace(
        agenda.scenarios[0], changes=tuple(c for s in agenda.scenarios for c in s.changes)
    )
    result = solve(agenda.world, both)
    rows = [result.world.index[code] for code in codes]
    assert agenda.together(("trade", "work")) == pytest.approx(
        result.equivalent_variation[rows], abs=1e-3
    )
    for name, gains in zip(agenda.issues.names, agenda.issues.gains, strict=True):
        assert agenda.together([name]) == tuple(float(g) for g in gains)
    assert agenda.together([]) == (0.0, 0.0, 0.0)


def test_floors_that_only_the_sum_keeps_are_named(winset: Any, tmp_path: Path) -> None:
    agenda = read_agenda(write(tmp_path, TWO))
    apart, together = (
        agenda.interaction(("trade", "work")).apart,
        agenda.together(("trade", "work")),
    )
    k = min(range(3), key=lambda i: together[i] - apart[i])
    assert together[k] < apart[k]
    code, floor = agenda.issues.countries[k], (apart[k] + together[k]) / 2
    said = winset("deal", tmp_path / "deal.toml", "--floor", f"{code}={floor:.6f}")
    assert f"But as a whole it gives {code}" in said.out
    broken = winset("deal", tmp_path / "deal.toml", "--floor", f"{code}={floor:.6f}", "--json").json
    assert [row["country"] for row in broken["interaction"]["broken_floors"]] == [code]


def test_scenarios_from_files_and_by_name(tmp_path: Path) -> None:
    write(tmp_path, "exporter,importer,factor\nKAZ,UZB,0.9\nUZB,KAZ,0.9\n", "pairs.csv")
    own = write(
        tmp_path,
        'on = 2025-09-01\n[[change]]\nkind = "trade-cost"\nfile = "pairs.csv"\n',
        "own.toml",
    )
    path = write(tmp_path, HEAD + '[scenarios]\nours = "own.toml"\nfamily = "sco-2025"\n')
    assert has_scenarios(path)
    agenda = read_agenda(path, unit="welfare_percent")
    assert agenda.scenarios[1] == Scenario.from_toml("sco-2025")
    result = solve(agenda.world, Scenario.from_toml(own))
    percent = 100 * (result.welfare[result.world.index["KAZ"]] - 1)
    assert float(agenda.issues.gains[0][0]) == pytest.approx(percent, abs=1e-6)
    assert agenda.together(["ours", "family"])[0] > agenda.together(["family"])[0]


def test_all_that_the_changes_name_decide_where_nothing_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, TWO.replace('countries = ["KAZ", "UZB", "KGZ"]\n', ""))
    assert set(read_agenda(path).issues.countries) == {"KAZ", "UZB", "KGZ"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + '[scenarios]\na = "sco-2026"\n', "issue 'a': 'sco-2026' is neither a bundled"),
        (TWO.replace('"KGZ"]\npercent', '"KGG"]\npercent'), "KGG"),
        (TWO.replace("percent = 1\n", ""), "issue 'work':"),
        (TWO.replace('"KAZ", "UZB", "KGZ"]', '"KAZ", "UZZ"]'), "countries: 'UZZ' is neither"),
        ('unit = "welfare_mus"\n' + TWO, "Did you mean welfare_musd"),
        ('table = "x.csv"\n' + TWO, "contradict each other"),
        (TWO + "[floors]\nUSA = 1\n", "'USA', which is no column"),
        (TWO + '[need]\ntrade = ["wrok"]\n', "Did you mean work?"),
        (
            TWO + "[scenarios.other]\nparameters = {trade_elasticity = 5}\n"
            '[[scenarios.other.change]]\nkind = "productivity"\neconomies = ["KGZ"]\npercent = 1\n',
            "'trade' and 'other' have different parameters",
        ),
    ],
)
def test_a_wrong_agenda_is_explained(winset: Any, tmp_path: Path, text: str, message: str) -> None:
    said = winset("deal", write(tmp_path, text))
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_a_unit_belongs_to_scenarios(winset: Any) -> None:
    said = winset("deal", "silk-road-example", "--unit", "welfare_musd")
    assert said.code == 2
    assert "in its own unit" in said.err
