"""A global tariff war on WIOD 2014 against an independent solver's figures.

Lashkaripour (2021, Journal of International Economics 131), equations 6, 7 and 14; elasticities IS,
deficits removed first: mean welfare −2.43 %, USA −0.620 % (tariff 0.411), CHN −0.387 % (0.391), LUX
−7.43 % (0.216), from a plain Newton solver with finite differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world as a folder in the documented format."""
    source = np.load(shared_data / "wiod2014" / "wiod2014.npz")
    rate = source["tariff"].transpose(0, 2, 1).astype(float)
    flows = source["spending"].transpose(0, 2, 1).astype(float) / (1.0 + rate)
    codes = [str(code) for code in source["countries"]]
    sectors = [f"S{k:02d}" for k in range(len(flows))]
    place = tmp_path_factory.mktemp("wiod")
    (place / "datapackage.json").write_text('{"name": "wiod-2014", "year": 2014}', "utf-8")
    (place / "economies.csv").write_text("code,name\n" + "".join(f"{c},{c}\n" for c in codes))
    theta = source["theta_IS"]
    (place / "sectors.csv").write_text(
        "sector,elasticity,theta_IS\n"
        + "".join(f"{s},{t},{t}\n" for s, t in zip(sectors, theta, strict=True))
    )
    for name, column, cube in (("trade", "value_musd", flows), ("tariffs", "rate", rate)):
        with (place / f"{name}.csv").open("w") as file:
            file.write(f"exporter,importer,{column},sector\n")
            for k, i, n in np.argwhere(cube != 0):
                file.write(f"{codes[i]},{codes[n]},{cube[k, i, n]:.17g},{sectors[k]}\n")
    return place


def test_war_of_all_on_wiod_2014(folder: Path, winset: Any) -> None:
    said = winset("war", folder, "--elasticities", "IS", "--balanced", "--json")
    assert said.code == 0, said.err
    players = {p["code"]: p for p in said.json["players"]}
    assert len(players) == 44
    mean = np.mean([p["welfare_percent"] for p in players.values()])
    assert mean == pytest.approx(-2.43, abs=0.005)
    for code, welfare, tariff in (
        ("USA", -0.620, 0.411),
        ("CHN", -0.387, 0.391),
        ("LUX", -7.43, 0.216),
    ):
        assert players[code]["welfare_percent"] == pytest.approx(welfare, abs=0.005)
        assert players[code]["tariff"] == pytest.approx(tariff, abs=0.001)
    assert said.json["solver"]["residual"] <= 1e-10
