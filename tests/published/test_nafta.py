"""Caliendo & Parro (2015), "Estimates of the Trade and Welfare Effects of NAFTA", tables 2 and 4.

The paper's welfare is a first-order sum with finite changes at the initial tariffs; the exact
equivalent variation of the same equilibrium (deficits first set to zero) is another number, here
from an independent nested iteration. Tolerances: 0.01 and 0.002 percentage points.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.peers import nested

import winset as library
from winset.scenario import parse, read_scenario

if TYPE_CHECKING:
    from pathlib import Path

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
    from winset.studies import scenario_run

    return scenario_run.run("nafta").result.to_json()


def test_command_prints_the_same(winset: Any, nafta: Any) -> None:
    said = winset("run", "nafta", "--json")
    assert said.code == 0, said.err
    assert said.json["decomposition"] == nafta["decomposition"]
    assert said.json["sectors"] == nafta["sectors"]


@pytest.fixture(scope="module")
def peer() -> tuple[nested.Base, nested.Found]:
    """The baseline without deficits, by plain nested loops: winset's is not used."""
    world = library.world("caliendo-parro-1993")
    return nested.settled(nested.base_of(world), balanced=True, tolerance=1e-10)


def by_peer(
    peer: tuple[nested.Base, nested.Found], tariff: np.ndarray, damping: float = nested.DAMPING
) -> np.ndarray:
    base, before = peer
    after = nested.solve(base, tariff, base.deficit, tolerance=1e-9, damping=damping)
    return np.asarray(100 * (after.income / before.income / after.index(base) - 1))


def test_all_countries_by_an_independent_solver(
    peer: tuple[nested.Base, nested.Found], nafta: Any
) -> None:
    """The exact figures of all 31 countries, to a millionth of a percentage point."""
    scenario = read_scenario("nafta")
    world = scenario.load_world()
    shock = scenario.resolve(world, None)
    wanted = dict(zip(world.codes, by_peer(peer, shock.tariff), strict=True))
    found = {e["code"]: e["welfare_percent"] for e in nafta["economies"]}
    assert len(found) == 31
    assert found == pytest.approx(wanted, abs=1e-6)
    for code, figures in PUBLISHED.items():
        assert wanted[code] == pytest.approx(figures[-1], abs=0.002)


def test_another_liberalization(
    peer: tuple[nested.Base, nested.Found], shared_data: Path, tmp_path: Path
) -> None:
    """Everybody's tariffs of 2005, a scenario file of 18,600 cells."""
    world = library.world("caliendo-parro-1993")
    n, traded = len(world), 20
    rates = np.loadtxt(shared_data / "cp2015" / "tariffs2005.txt").reshape(traded, n, n) / 100
    tariff = np.array(world.tariff)
    with (tmp_path / "rates.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["exporter", "importer", "sector", "rate"])
        for j in range(traded):
            for i in range(n):
                for k in range(n):
                    if i != k:
                        rate = float(f"{rates[j, k, i]:.12g}")  # rows import in the source
                        tariff[j, i, k] = rate
                        writer.writerow([world.codes[i], world.codes[k], world.sectors[j], rate])
    scenario = parse(
        {
            "world": "caliendo-parro-1993",
            "on": "1994-01-01",
            "parameters": {"deficits": "balanced"},
            "change": [{"kind": "tariff", "file": str(tmp_path / "rates.csv")}],
        }
    )
    result = library.solve(world, scenario)
    found = 100 * (result.welfare - 1)
    assert found == pytest.approx(by_peer(peer, tariff, 0.3), abs=1e-6)
    assert np.abs(found).max() > 0.5
