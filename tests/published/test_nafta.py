"""Caliendo & Parro (2015), "Estimates of the Trade and Welfare Effects of NAFTA", tables 2 and 4.

The paper's welfare is a first-order sum with finite changes at the initial tariffs; the exact
equivalent variation of the same equilibrium (deficits first set to zero) is another number, here
from an independent nested iteration. Tolerances: 0.01 and 0.002 percentage points.
"""

from __future__ import annotations

from typing import Any

import pytest

import winset as library

#: welfare, terms of trade, volume of trade, real wage, percent; and the exact welfare.
PUBLISHED = {
    "MEX": (1.31, -0.41, 1.72, 1.72, 0.007),
    "CAN": (-0.06, -0.11, 0.04, 0.32, -0.110),
    "USA": (0.08, 0.04, 0.04, 0.11, 0.074),
}


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_and_exact_welfare(code: str, nafta: Any) -> None:
    (parts,) = (e for e in nafta["decomposition"] if e["code"] == code)
    (economy,) = (e for e in nafta["economies"] if e["code"] == code)
    *published, exact = PUBLISHED[code]
    names = ("welfare", "terms_of_trade", "volume", "real_wage")
    printed = [parts["first_order"][f"{name}_percent"] for name in names]
    assert printed == pytest.approx(published, abs=0.01)
    assert economy["welfare_percent"] == pytest.approx(exact, abs=0.002)
    assert economy["real_wage_percent"] == pytest.approx(published[3], abs=0.01)


def test_parts_add_up(nafta: Any) -> None:
    assert len(nafta["decomposition"]) == 31
    for parts in nafta["decomposition"]:
        for group in ("sources", "path"):
            total = sum(parts[group].values())
            assert total == pytest.approx(parts["welfare_percent"], abs=1e-10)
        # Only tariffs change and deficits are zero: both terms are all there is.
        assert parts["path"]["other_percent"] == pytest.approx(0, abs=1e-6)
        assert parts["sources"]["transfers_percent"] == pytest.approx(0, abs=1e-9)


def test_sectors(nafta: Any) -> None:
    world = library.world("caliendo-parro-1993")
    assert [s["sector"] for s in nafta["sectors"]] == list(world.sectors)
    for code in PUBLISHED:
        cells = [e for s in nafta["sectors"] for e in s["economies"] if e["code"] == code]
        for key in ("employment_share_percent", "new_employment_share_percent"):
            assert sum(cell[key] for cell in cells) == pytest.approx(100)


@pytest.fixture(scope="module")
def nafta() -> Any:
    from winset import study

    return study.run("nafta").result.to_json()


def test_command_prints_the_same(winset: Any, nafta: Any) -> None:
    said = winset("run", "nafta", "--json")
    assert said.code == 0, said.err
    assert said.json["decomposition"] == nafta["decomposition"]
    assert said.json["sectors"] == nafta["sectors"]
