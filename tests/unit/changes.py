"""Scenarios of three economies, for the tests of what a scenario may say."""

from __future__ import annotations

from typing import Any

from tests.unit.printed import made_world

from winset.scenario import Scenario, parse

FLOWS = [[90.0, 5, 5], [10.0, 80, 10], [5.0, 15, 70]]
TARIFF = [[0.0, 0.1, 0.2], [0.05, 0, 0.4], [0.1, -0.02, 0]]
WORLD = made_world("KAZ UZB KGZ", FLOWS, TARIFF)
ONE = {"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -10.0}


def scenario(*changes: dict[str, Any], **outer: Any) -> Scenario:
    """A scenario of these changes, or of one."""
    return parse({"on": "2025-09-01", "change": list(changes or (ONE,))} | outer)


def laid(*changes: dict[str, Any], **outer: Any) -> Any:
    """What a scenario of these changes is in that world."""
    return scenario(*changes, **outer).resolve(WORLD)


def tariff(**size: Any) -> dict[str, Any]:
    """A change of tariffs, on two flows unless it names who."""
    sides = {} if "among" in size else {"exporters": ["UZB"], "importers": ["KAZ", "KGZ"]}
    return {"kind": "tariff"} | sides | size
