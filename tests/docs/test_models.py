"""The table of what models can do: the page shows it as it is, and whoever refuses reads it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.docs.blocks import REPOSITORY

import winset
from winset.errors import DataError
from winset.scenario import Parameters, parse
from winset.trade import capabilities
from winset.trade.capabilities import (
    CAPABILITIES,
    ENTRY_COSTS,
    MANY_SECTORS,
    MEANING,
    ONE_SECTOR,
    can,
    model_of,
)
from winset.trade.coalitions.problem import prepare
from winset.trade.policy.best_response import contest
from winset.trade.policy.customs_union import form_union
from winset.trade.solver import MODELS, solve
from winset.worlds import World

PAGE = REPOSITORY / "docs" / "theory" / "models.md"
WITH_ENTRY = Parameters(entry_cost_share=0.2, value_added_share=1.0)
CUT: dict[str, Any] = {"kind": "trade-cost", "among": ["MEX", "USA"], "percent": -5.0}


def table() -> str:
    rows = [
        "| | meaning | " + " | ".join(CAPABILITIES) + " |",
        "|---|---|" + "---|" * len(CAPABILITIES),
    ]
    for thing, meaning in MEANING.items():
        marks = ["yes" if can(model, thing) else "–" for model in CAPABILITIES]
        rows.append(f"| {thing} | {meaning} | " + " | ".join(marks) + " |")
    return "\n".join(rows)


def test_the_page_shows_the_table_of_the_code() -> None:
    assert table() in PAGE.read_text(encoding="utf-8"), f"docs/theory/models.md wants\n\n{table()}"


def test_every_model_of_the_table_is_solved_and_no_other() -> None:
    assert set(MODELS) == set(CAPABILITIES)
    assert all(name == model.name for name, model in MODELS.items())


def test_what_a_model_declares_is_in_the_table() -> None:
    assert all(things <= set(MEANING) for things in CAPABILITIES.values())
    assert all(any(can(model, thing) for model in CAPABILITIES) for thing in MEANING)
    with pytest.raises(KeyError, match="lattices"):
        can(ONE_SECTOR, "lattices")


@pytest.fixture(scope="module")
def sectors() -> World:
    return winset.world("caliendo-parro-1993")


def test_the_model_is_the_one_that_world_and_parameters_call_for(sectors: World) -> None:
    assert model_of(winset.world(), Parameters()) == ONE_SECTOR
    assert model_of(winset.world(), WITH_ENTRY) == ENTRY_COSTS
    assert model_of(sectors, Parameters()) == MANY_SECTORS
    with pytest.raises(
        DataError, match="entry_cost_share and pass_through belong to the model of one"
    ):
        model_of(sectors, WITH_ENTRY)
    with pytest.raises(DataError, match="has no sectors and so no sets of elasticities"):
        model_of(winset.world(), Parameters(elasticities="x"))


def without(monkeypatch: pytest.MonkeyPatch, model: str, thing: str) -> None:
    """Take a thing from what a model declares."""
    less = {**CAPABILITIES, model: CAPABILITIES[model] - {thing}}
    monkeypatch.setattr(capabilities, "CAPABILITIES", less)


@pytest.mark.parametrize("declared", [True, False])
def test_the_lattice_reads_the_table(declared: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = parse({"change": [CUT], "on": "2025-01-01"})
    if declared:
        assert prepare(winset.world(), scenario).players == ("MEX", "USA")
        return
    without(monkeypatch, ONE_SECTOR, "lattice")
    with pytest.raises(DataError, match="the game of all coalitions is played in"):
        prepare(winset.world(), scenario)


def test_tariff_games_and_unions_read_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    world = winset.world().select(["USA", "CHN", "DEU", "IND"])
    assert len(contest(world, Parameters()).players) == 4
    without(monkeypatch, ONE_SECTOR, "war")
    with pytest.raises(DataError, match="tariff games"):
        contest(world, Parameters())
    assert form_union(world, Parameters(), ["USA", "CHN"]).plain.welfare[0] > 0
    without(monkeypatch, ONE_SECTOR, "union")
    with pytest.raises(DataError, match="unions"):
        form_union(world, Parameters(), ["USA", "CHN"])


def test_the_statistic_reads_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = {"kind": "tariff", "exporters": ["CHN"], "importers": ["USA"], "answer": "sufficient"}
    given = {"change": [ask], "on": "2025-01-01", "parameters": {"value_added_share": 1.0}}
    assert solve(winset.world(), parse(given)).answers[0].rates["USA"] > 0
    without(monkeypatch, ONE_SECTOR, "sufficient answer")
    with pytest.raises(DataError, match='answer = "sufficient" is for a world of one sector'):
        solve(winset.world(), parse(given))
