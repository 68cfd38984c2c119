"""Bounds as the documents and messages state them; tests at a bound take it from the source."""

from __future__ import annotations

from typing import Any

import pytest

from winset import toml_files
from winset.games import excess_program, game, side_payments
from winset.governance.packages import issues, search
from winset.governance.rollcalls import ideal_points
from winset.governance.voting import coalition_bits, power_indices, rules
from winset.places import blocs, geography
from winset.scenario import pairs
from winset.studies import membership, trade_match
from winset.tables import dialect, problems, reading
from winset.trade.coalitions import problem
from winset.trade.effects import sweep, welfare_decomposition
from winset.trade.policy import best_response, nash_bargain
from winset.trade.uncertainty import draws
from winset.web import answers, questions, settings
from winset.web import reading as bodies
from winset.worlds import package, package_cells
from winset.worlds.importing import gdp_table, icio, io_table


@pytest.mark.parametrize(
    ("where", "bounds"),
    [
        (rules, {"MOST_MEMBERS": 4_000, "MOST_MAJORITIES": 6}),
        (coalition_bits, {"MOST_ENUMERATED": 30}),
        (power_indices, {"MOST_STATES": 40_000_000, "MOST_TOTAL": 20_000_000, "MOST_KINDS": 400_000}),
        (issues, {"MOST_BYTES": 5_000_000, "MOST_DECIMALS": 60}),
        (search, {"MOST_TIES": 100}),
        (ideal_points, {"MAX_DIMENSIONS": 2, "PULL_FLOOR": 1e-3}),
        (game, {"MOST_PLAYERS": 30, "MOST_NAMED": 20, "MOST_RANGE": 10**10}),
        (excess_program, {"TOLERANCE": 1e-9, "ALL_ROWS": 8}),
        (side_payments, {"EXACT": 16}),
        (blocs, {"MOST_BYTES": 5_000_000}),
        (geography, {"EARTH": 6371.0088}),
        (pairs, {"MOST_USUAL_RATE": 2.5, "MOST_BYTES": 50_000_000}),
        (toml_files, {"MOST_BYTES": 5_000_000, "MOST_TEXT": 2_000}),
        (problems, {"MOST_PROBLEMS": 200}),
        (reading, {"MOST_LINE": 65_536}),
        (problem, {"MOST_PLAYERS": 30, "SLOW_PLAYERS": 16, "OUTSIDERS": 8}),
        (best_response, {"MOST_CELLS": 12_000_000}),
        (nash_bargain, {"MOST_LEVERS": 600}),
        (welfare_decomposition, {"MOST_CHANGES": 5}),
        (sweep, {"MOST": 1_000}),
        (draws, {"MOST_LEFT_OUT": 0.25}),
        (package, {"MOST_ECONOMIES": 5_000}),
        (package_cells, {"MOST_SECTORS": 5_000}),
        (dialect, {"MOST_UNPACKED": 4_000_000_000}),
        (io_table, {"MOST_SELLERS": 20_000, "MOST_LINE": 4_000_000}),
        (gdp_table, {"MOST_BYTES": 100_000_000}),
        (icio, {"MOST_HEADER": 1_000_000}),
        (answers, {"MOST_AT_ONCE": 12}),
        (settings, {"MEGABYTE": 1_000_000}),
        (trade_match, {"STRONGEST": 3, "SHARED": 3, "LEVEL": 0.95}),
        (membership, {"MOST_CANDIDATES": 17, "MOST_FOR_CORE": 16}),
        (questions, {"MOST_VOTERS": 100, "MOST_ISSUES": 40, "MOST_SCENARIOS": 10,
                     "MOST_LISTED": 1_000, "MOST_SAMPLES": 1_000_000}),
        (bodies, {"MOST_CHANGES": 100, "MOST_DRAWS": 500, "MOST_NAMES": 1_000}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_a_bound_is_the_one_that_is_stated(where: Any, bounds: dict[str, float]) -> None:
    assert {name: getattr(where, name) for name in bounds} == bounds
