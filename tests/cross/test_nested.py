"""winset against plain nested loops on EORA26: 37 economies, 23 sectors, deficits and services traded."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.peers import nested

import winset as library
from winset.scenario import parse
from winset.worlds import World
from winset.worlds.technology import Technology

if TYPE_CHECKING:
    from pathlib import Path

#: The sectors of the tariffs that a sector of the parameters holds.
SECTORS = [
    (0, 1),
    (2,),
    (3,),
    (4,),
    (5,),
    (6,),
    (7,),
    (8,),
    (9,),
    (10, 11),
    *((k,) for k in range(12, 25)),
]


@pytest.fixture(scope="module")
def eora(shared_data: Path) -> World:
    """The world of the calibrated parameters, flows and tariffs of 2017, USD million."""
    with np.load(shared_data / "eora2017" / "parameters_2017.npz") as source:
        data = {name: source[name] for name in source.files}
    codes = tuple(str(c) for c in data["country_list"])
    sectors = tuple(str(s) for s in data["sector_list"])
    factor = data["tilde_tau"].transpose(2, 1, 0)
    paid = (data["pi"] * data["X"][:, None, :]).transpose(2, 1, 0) / 1e3
    return World(
        name="eora2017",
        year=2017,
        codes=codes,
        names=codes,
        gdp=np.full(len(codes), np.nan),
        sectors=sectors,
        trade=paid / factor,
        tariff=factor - 1.0,
        domestic_known=True,
        technology=Technology(
            elasticity=np.array(data["theta"]),
            names=sectors,
            value_added=np.ascontiguousarray(data["beta"].T),
            inputs=np.array(data["gamma"]),
        ),
    )


def tariffs_of_1995(world: World, shared_data: Path) -> np.ndarray:
    """Applied rates of 1995, [sector, exporter, importer]."""
    rates: dict[tuple[str, str], list[float]] = {}
    with gzip.open(shared_data / "eora2017" / "tariffs_2017.csv.gz", "rt", newline="") as file:
        for row in csv.DictReader(file):
            pair = (row["Exporter"], row["Importer"])
            rates.setdefault(pair, []).append(float(row["tariff95"]) / 100)
    tariff = np.zeros_like(world.tariff)
    for i, exporter in enumerate(world.codes):
        for n, importer in enumerate(world.codes):
            if i != n:
                cells = rates[exporter, importer]
                tariff[:, i, n] = [np.mean([cells[k] for k in group]) for group in SECTORS]
    return tariff


def test_back_to_the_tariffs_of_1995(eora: World, shared_data: Path, tmp_path: Path) -> None:
    """What the change of tariffs since 1995 is worth, undone on the flows of 2017."""
    tariff = tariffs_of_1995(eora, shared_data)
    with (tmp_path / "rates.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["exporter", "importer", "sector", "rate"])
        for j, i, n in np.argwhere(tariff != eora.tariff):
            if i != n:
                place = (eora.codes[i], eora.codes[n], eora.sectors[j])
                writer.writerow([*place, repr(float(tariff[j, i, n]))])
    scenario = parse(
        {
            "on": "2017-01-01",
            "change": [{"kind": "tariff", "file": str(tmp_path / "rates.csv")}],
        }
    )
    found = 100 * (library.solve(eora, scenario).welfare - 1)
    wanted = nested.welfare_percent(eora, tariff, balanced=False, tolerance=1e-9, damping=0.3)
    assert found == pytest.approx(wanted, abs=1e-6)
    assert np.abs(found).max() > 0.02
