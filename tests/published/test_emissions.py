"""Accounts of emissions and the climate club against published figures.

Miller & Blair (2009), tables 2.3 and 2.4, and a world of two regions as the tests of pymrio hold them;
payoffs of the club of Nordhaus (2015) as the figures of a replication hold them, to 1e-9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = {
    "production": "pba",
    "consumption": "cba",
    "imports": "imp",
    "exports": "exp",
}


@pytest.fixture
def small(shared_data: Path, tmp_path: Path) -> Path:
    """The small world as a folder of long tables."""

    def table(name: str, index: list[int]) -> pd.DataFrame:
        path = shared_data / "validation" / "mrio" / f"small_MRIO_{name}.csv"
        return pd.read_csv(path, header=[0, 1], index_col=index)

    def write(name: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
        pd.DataFrame(rows, columns=columns).to_csv(tmp_path / name, index=False)

    flows, final = table("Z", [0, 1]), table("Y", [0, 1])
    emitted, households = table("F", [0]), table("F_Y", [0])
    write(
        "flows.csv",
        ["from_region", "from_sector", "to_region", "to_sector", "value"],
        [(*i, *j, flows.loc[i, j]) for i in flows.index for j in flows.columns],
    )
    write(
        "final.csv",
        ["from_region", "from_sector", "to_region", "value"],
        [(*i, n[0], final.loc[i, n]) for i in final.index for n in final.columns],
    )
    write(
        "emissions.csv",
        ["region", "sector", "gas", "value"],
        [(*i, gas, emitted.loc[gas, i]) for gas in emitted.index for i in emitted.columns],
    )
    write(
        "household_emissions.csv",
        ["region", "gas", "value"],
        [(n[0], gas, households.loc[gas, n]) for gas in households.index for n in final.columns],
    )
    return tmp_path


def test_the_small_world(small: Path, shared_data: Path, winset: Any) -> None:
    done = winset("carbon", small, "--json").json
    for ours, theirs in ACCOUNTS.items():
        path = shared_data / "validation" / "mrio" / f"small_MRIO_D_{theirs}.csv"
        table = pd.read_csv(path, header=[0, 1], index_col=0)
        for gas in table.index:
            for region in ("reg1", "reg2"):
                expected = float(table.loc[gas, region].sum())
                assert done[ours][region][gas] == pytest.approx(expected, rel=1e-12)
    assert done["households"]["reg2"] == {"ext_type_1": 10.0, "ext_type_2": 20.0}


def test_needs_of_miller_and_blair(shared_data: Path) -> None:
    from winset.environment.accounts import InterIndustry, embodied

    folder = shared_data / "validation" / "mrio"

    def figures(name: str) -> np.ndarray[Any, Any]:
        table = pd.read_csv(folder / f"IO_Data_Miller_{name}_df.csv", index_col=0)
        return table.select_dtypes("number").to_numpy(dtype=float)

    flows, output, inverse = figures("Z"), figures("x").ravel(), figures("L")
    final = output - flows.sum(axis=1)
    n = len(output)
    # With a gas that only industry k emits, one a unit of output, consumption is row k of L y.
    system = InterIndustry(
        ("all",),
        tuple(f"s{k}" for k in range(n)),
        tuple(f"g{k}" for k in range(n)),
        flows,
        final[:, None],
        np.diag(output),
        np.zeros((n, 1)),
    )
    found = embodied(system).consumption[:, 0]
    assert found == pytest.approx(inverse @ final, rel=1e-8)  # as many digits as are printed


def test_every_payoff_of_the_climate_club(shared_data: Path) -> None:
    from winset.environment.reading import read_club_game

    folder = shared_data / "validation" / "climate_club"
    game = read_club_game(folder)
    table = pd.read_csv(folder / "results_scc_12.5_and_50.csv")
    status = table[[f"Final_Status_{r}" for r in game.regions]].to_numpy() == 1
    welfare = table[[f"Final_Welfare_{r}" for r in game.regions]].to_numpy(dtype=float)
    for k, row in table.iterrows():
        found = game.payoffs(status[k], float(row["SCC_param"]), float(row["tariff_param"]))
        assert found == pytest.approx(welfare[k], abs=1e-9)


@pytest.mark.parametrize(("cost", "tariff"), [(12.5, 0.0), (12.5, 0.03), (50.0, 0.02), (50.0, 0.1)])
def test_one_club_in_every_cell(
    shared_data: Path, winset: Any, cost: float, tariff: float, tmp_path: Path
) -> None:
    folder = shared_data / "validation" / "climate_club"
    asked = ("club", "--game", "nordhaus", "--data", folder, "--scc", cost, "--tariff", tariff)
    done = winset(*asked, "--json").json
    assert done["clubs"] == 32768
    (club,) = done["stable"]
    inside = {region: int(region in club["members"]) for region in done["regions"]}
    status = tmp_path / "status.csv"
    status.write_text(
        "region,status\n" + "".join(f"{region},{yes}\n" for region, yes in inside.items())
    )
    again = winset(*asked, "--status", status, "--json").json
    assert again["is_stable"]
    assert again["members"] == club["members"]
    assert again["welfare"] == club["welfare"]
    if club["members"]:
        first = club["members"][0]
        status.write_text(
            "region,status\n"
            + "".join(f"{r},{0 if r == first else yes}\n" for r, yes in inside.items())
        )
        without = winset(*asked, "--status", status, "--json").json
        assert not without["is_stable"]
        gain = club["welfare"][first] - without["welfare"][first]
        assert without["gain_by_moving"][first] == pytest.approx(gain, abs=1e-9)
        assert club["gain_by_moving"][first] == pytest.approx(-gain, abs=1e-9)
