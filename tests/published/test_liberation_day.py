"""Ignatenko, Lashkaripour, Macedoni & Simonovska (2025), "Making America Great Again?".

Table 9, alternative 4 (the Eaton–Kortum–Krugman model: no entry costs in the destination, fixed
transfers), United States: welfare 1.24, employment 0.41, prices 10.9, exports/GDP −46.3,
imports/GDP −33.3 percent. The world is the paper's: domestic sales are what GDP and its calibrated
transfers leave, max(GDP + T − imports, 0) with T = (1 − ν)(imports − (1 − ν) exports).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import winset as winset_library
from winset.scenario import SCENARIOS

ENTRY_COST_SHARE, ENTRY_COST_SHARE_USA = 0.1144, 0.2707  # the paper's ν


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world folder and a scenario in the formats that any user writes, from embedded figures."""
    embedded = winset_library.world()
    codes, trade, gdp = list(embedded.codes), embedded.flows.copy(), embedded.gdp
    usa = codes.index("USA")
    nu = np.where(np.arange(len(codes)) == usa, ENTRY_COST_SHARE_USA, ENTRY_COST_SHARE)
    imports, exports = trade.sum(axis=0), trade.sum(axis=1)
    transfer = (1 - nu) * (imports - (1 - nu) * exports)
    np.fill_diagonal(trade, np.maximum(gdp + transfer - imports, 0.0))
    folder = tmp_path_factory.mktemp("liberation")
    (folder / "datapackage.json").write_text(
        '{"name": "liberation", "year": 2023, "unit": "USD million", "sources": [], "licenses": []}'
    )
    (folder / "economies.csv").write_text("code,name\n" + "".join(f"{c},{c}\n" for c in codes))
    with (folder / "trade.csv").open("w") as file:
        file.write("exporter,importer,value_musd\n")
        for i, k in np.argwhere(trade > 0):
            file.write(f"{codes[i]},{codes[k]},{trade[i, k]:.17g}\n")
    rates = SCENARIOS / "liberation-day.csv"
    (folder / "scenario.toml").write_text(
        f"""
title = "Tariffs of April 2025"
world = "{folder.as_posix()}"
[parameters]
trade_elasticity = 4
value_added_share = 1.0
labor_supply_elasticity = 0.5
scale_elasticity = {0.67 / 4}
revenue = "income-tax"
[[change]]
kind = "tariff"
file = "{rates.as_posix()}"
"""
    )
    return folder


def test_alternative_4_to_the_printed_digit(folder: Path, winset: Any) -> None:
    said = winset("run", folder / "scenario.toml", "--json")
    assert said.code == 0, said.err
    (usa,) = (e for e in said.json["economies"] if e["code"] == "USA")
    assert round(usa["welfare_percent"], 2) == 1.24
    assert round(usa["employment_percent"], 2) == 0.41
    assert round(usa["price_percent"], 1) == 10.9
    assert round(usa["exports_to_gdp_percent"], 1) == -46.3
    assert round(usa["imports_to_gdp_percent"], 1) == -33.3
    assert said.json["solver"]["residual"] <= 1e-10
