"""Figures that others have published: a labor agreement's worth, stocks of migrants, students, works."""

from __future__ import annotations

import math
from typing import Any

import pytest

from winset.people.records import embedded

#: Line of the published sheet, by key of the JSON, and how many decimals are published.
SHEET = (
    ("more_migrants", 5130.3547, 4),
    ("gain_usd_a_year", 219_223_123.8, 1),
    ("present_value_usd", 3_931_885_571.27, 2),
    ("first_years_usd", 1_034_097_047.20, 2),
    ("after_first_years_usd", 3_931_885_571.27 - 1_034_097_047.20, 2),
)


def test_the_sheet_of_a_labor_agreement_to_the_printed_digit(winset: Any) -> None:
    """The mean corridor of Adhikari, Cha'ngom, Kaila & Shrestha (2024), World Bank."""
    (sheet,) = winset("people", "labor-agreement", "--json").json["labor_agreements"]
    for key, figure, digits in SHEET:
        assert round(sheet[key], digits) == pytest.approx(figure, abs=10.0**-digits / 100), key


def test_its_inputs_are_options(winset: Any) -> None:
    line = ("migrants=100", "coefficient=0.243", "gain=1", "income_usd=1000", "years=2", "rate=0")
    sets = [part for one in line for part in ("--set", one)]
    said = winset("people", "labor-agreement", *sets, "--set", "first_years=1", "--json").json
    (sheet,) = said["labor_agreements"]
    assert sheet["more_migrants"] == pytest.approx(100.0 * math.expm1(0.243), rel=1e-13)
    assert sheet["present_value_usd"] == pytest.approx(2000 * sheet["more_migrants"], rel=1e-12)
    assert sheet["after_first_years_usd"] == pytest.approx(1000 * sheet["more_migrants"], rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "year", "origin", "destination", "count"),
    [
        ("migrants", 2020, "IND", "ARE", 3_471_300),
        ("migrants", 2020, "MEX", "USA", 10_853_105),
        ("students", 2016, "CHN", "USA", 309_837),
        ("students", 2016, "KAZ", "RUS", 69_895),
        ("works", 2023, "CHN", "USA", 72_794),
        ("works", 2023, "PAK", "CHN", 9_601),
    ],
)
def test_known_figures(kind: Any, year: int, origin: str, destination: str, count: int) -> None:
    table = embedded(kind)
    assert table.of(year)[table.index[origin], table.index[destination]] == count


def test_known_stocks_on_the_command_line(winset: Any, tmp_path: Any) -> None:
    said = winset("people", "IND,ARE", "--of", "migrants", "--on", "2025-09-01", "--json",
                  "--forecast", "--out", tmp_path / "people.csv").json  # fmt: skip
    (account,) = said["accounts"]
    counts = {(c["origin"], c["destination"]): c["count"] for c in account["corridors"]}
    assert counts["IND", "ARE"] == 3_471_300
    # A year that gravity has not seen: it is worse than that nothing changes, and that is said.
    tried = {row["forecast"]: row for row in said["out_of_sample"]["forecasts"]}
    assert set(tried) == {"gravity", "no_change", "trend"}
    assert tried["no_change"]["absolute_share"] == pytest.approx(0.1487, abs=5e-4)
    assert tried["no_change"]["absolute_share"] < tried["gravity"]["absolute_share"]
