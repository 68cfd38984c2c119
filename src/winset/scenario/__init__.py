"""Scenario: what changes, among whom, at which date. It knows no solver."""

from winset.scenario.changes import (
    CarbonBorder,
    CarbonPrice,
    Change,
    CustomsUnion,
    Economies,
    ExportTax,
    FreeTradeArea,
    Joining,
    Productivity,
    Quota,
    Sanctions,
    Tariff,
    TradeCost,
    in_force,
)
from winset.scenario.constraints import Constraint
from winset.scenario.doubts import Distribution, Doubts
from winset.scenario.parameters import OTHERS, EnergyBlock, Parameters
from winset.scenario.reading import (
    SCENARIOS,
    Scenario,
    bundled_scenarios,
    find_scenario,
    parse,
    read_scenario,
)
from winset.scenario.shock import Shock, TariffRequest

__all__ = [
    "OTHERS",
    "SCENARIOS",
    "CarbonBorder",
    "CarbonPrice",
    "Change",
    "Constraint",
    "CustomsUnion",
    "Distribution",
    "Doubts",
    "Economies",
    "EnergyBlock",
    "ExportTax",
    "FreeTradeArea",
    "Joining",
    "Parameters",
    "Productivity",
    "Quota",
    "Sanctions",
    "Scenario",
    "Shock",
    "Tariff",
    "TariffRequest",
    "TradeCost",
    "bundled_scenarios",
    "find_scenario",
    "in_force",
    "parse",
    "read_scenario",
]
