"""Accounts of emissions and climate clubs: identities, all clubs by hand, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.environment import club_game
from winset.environment.accounts import InterIndustry, embodied
from winset.environment.club_game import NordhausGame
from winset.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def system(seed: int = 1, regions: int = 4, sectors: int = 3) -> InterIndustry:
    rng = np.random.default_rng(seed)
    n = regions * sectors
    return InterIndustry(
        tuple(f"R{k}" for k in range(regions)),
        tuple(f"s{k}" for k in range(sectors)),
        ("CO2", "CH4"),
        rng.uniform(0, 5, (n, n)),
        rng.uniform(0, 40, (n, regions)),
        rng.uniform(0, 9, (2, n)),
        rng.uniform(0, 9, (2, regions)),
    )


def test_every_unit_stands_once() -> None:
    made = system()
    found = embodied(made)
    arises = made.emissions.reshape(2, 4, 3).sum(axis=2)
    assert found.production == pytest.approx(arises, rel=1e-12)
    assert found.bilateral.sum(axis=2) == pytest.approx(arises, rel=1e-12)
    assert found.consumption.sum(axis=1) == pytest.approx(arises.sum(axis=1), rel=1e-12)
    assert found.imports.sum(axis=1) == pytest.approx(found.exports.sum(axis=1), rel=1e-12)
    assert (found.consumption - found.production) == pytest.approx(found.imports - found.exports)


def test_what_is_made_at_home_for_home_is_no_trade() -> None:
    made = system()
    own = np.kron(np.eye(4, dtype=bool), np.ones((3, 3), dtype=bool))
    alone = replace(
        made,
        flows=np.where(own, made.flows, 0.0),
        final=np.where(
            np.kron(np.eye(4, dtype=bool), np.ones((3, 1), dtype=bool)), made.final, 0.0
        ),
    )
    found = embodied(alone)
    assert found.imports == pytest.approx(0.0, abs=1e-12)
    assert found.exports == pytest.approx(0.0, abs=1e-12)
    assert found.bilateral == pytest.approx(found.embodied)


def test_inputs_that_pass_through_count_where_they_end() -> None:
    # a sells 10 of input to b, which alone sells to final use, in c: 10 of a's emissions are in c.
    flows = np.zeros((3, 3))
    flows[0, 1] = 10.0
    final = np.zeros((3, 3))
    final[1, 2] = 25.0
    made = InterIndustry(
        ("a", "b", "c"),
        ("s",),
        ("CO2",),
        flows,
        final,
        np.array([[7.0, 1.0, 0.0]]),
        np.zeros((1, 3)),
    )
    found = embodied(made)
    assert found.embodied[0, 0, 2] == pytest.approx(7.0)
    assert found.bilateral[0, 0, 1] == pytest.approx(7.0)
    assert found.bilateral[0, 1, 2] == pytest.approx(1.0)
    assert found.imports[0] == pytest.approx([0.0, 0.0, 8.0])


def test_emissions_without_output_are_refused() -> None:
    made = system()
    flows, final = made.flows.copy(), made.final.copy()
    flows[4], final[4] = 0.0, 0.0
    with pytest.raises(DataError, match="R1, s1, whose output is 0"):
        embodied(replace(made, flows=flows, final=final))


def game(n: int = 6, seed: int = 3) -> NordhausGame:
    rng = np.random.default_rng(seed)
    bought = rng.uniform(0, 90, (n, n))
    np.fill_diagonal(bought, 0.0)
    return NordhausGame(
        tuple(f"r{k}" for k in range(n)),
        rng.uniform(500, 9000, n),
        rng.uniform(100, 5000, n),
        rng.uniform(0.005, 0.05, n),
        bought,
        rng.uniform(0.3, 0.7, n),
        rng.uniform(0.3, 0.7, n),
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("cost", "tariff"), [(20.0, 0.0), (20.0, 0.01), (40.0, 0.05), (60.0, 0.3)])
def test_stable_clubs_by_trying_every_move(seed: int, cost: float, tariff: float) -> None:
    made = game(seed=seed)
    worth = made.payoffs(club_game.clubs(0, 64, 6), cost, tariff)
    expected = [
        mask
        for mask in range(64)
        if all(worth[mask, k] >= worth[mask ^ (1 << k), k] for k in range(6))
    ]
    assert club_game.stable_clubs(made, cost, tariff) == expected


def test_a_block_is_no_border(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = club_game.stable_clubs(game(), 40.0, 0.05)
    monkeypatch.setattr(club_game, "BLOCK", 2)
    assert club_game.stable_clubs(game(), 40.0, 0.05) == whole


def test_a_club_holds_between_its_penalties_and_not_beside() -> None:
    tried = 0
    for seed in range(8):
        made, cost = game(seed=seed), 20.0
        for mask in club_game.stable_clubs(made, cost, 0.03):
            (members,) = club_game.clubs(mask, 1, 6)
            spans = club_game.penalties(made, members, cost)
            assert any(low <= 0.03 <= high for low, high in spans)
            for low, high in spans:
                tried += 1
                for tariff in (low + 1e-6, high - 1e-6):
                    assert mask in club_game.stable_clubs(made, cost, tariff)
                for tariff in (low - 1e-6, high + 1e-6):
                    if 0 < tariff < 1:
                        assert mask not in club_game.stable_clubs(made, cost, tariff)
    assert tried >= 4


def test_too_many_regions() -> None:
    with pytest.raises(DataError, match=r"31 regions have 2\^31 clubs"):
        club_game.stable_clubs(game(31), 20.0, 0.05)


FLOWS = "from_region,from_sector,to_region,to_sector,value\na,s,b,s,{flow}\nb,s,a,s,2\n"
FINAL = "from_region,from_sector,to_region,value\na,s,a,5\nb,s,b,6\n"


def folder(at: Path, *, flow: str = "1", emissions: str = "a,s,CO2,3\nb,s,CO2,4\n") -> Path:
    (at / "flows.csv").write_text(FLOWS.format(flow=flow))
    (at / "final.csv").write_text(FINAL)
    (at / "emissions.csv").write_text("region,sector,gas,value\n" + emissions)
    return at


def test_a_folder_is_told(tmp_path: Path, winset: Any) -> None:
    said = winset("carbon", folder(tmp_path))
    assert said.code == 0
    assert "CO2: who emits for whom" in said.out
    done = winset("carbon", folder(tmp_path), "--json").json
    assert [done["production"][r]["CO2"] for r in "ab"] == pytest.approx([3.0, 4.0])
    assert sum(x["CO2"] for x in done["consumption"].values()) == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"flow": "-1"}, "inputs are zero or more"),
        ({"flow": "many"}, "must be a number"),
        ({"emissions": "a,t,CO2,3\n"}, "sector 't' sells nothing"),
        ({"emissions": "c,s,CO2,3\n"}, "region 'c' sells nothing"),
        ({"emissions": "a,s,CO2,3\na,s,CO2,4\n"}, "stands in an earlier row too"),
        ({"emissions": ""}, "no row in it"),
    ],
)
def test_a_folder_is_refused(
    tmp_path: Path, winset: Any, change: dict[str, str], told: str
) -> None:
    said = winset("carbon", folder(tmp_path, **change))
    assert said.code == 2
    assert told in said.err
    assert not said.out


def test_no_folder(tmp_path: Path, winset: Any) -> None:
    said = winset("carbon", tmp_path / "nowhere")
    assert (said.code, said.out) == (2, "")
    assert "flows.csv, final.csv and emissions.csv" in said.err


def regions(at: Path) -> Path:
    (at / "input_original.csv").write_text(
        "Country,GDP,Population,CO2,Import_A,Import_B,McKinsey_alpha\n"
        "A,2000,9,900,0,40,0.01\nB,3000,9,800,50,0,0.02\n"
    )
    (at / "parameters.csv").write_text("region,a,b\nA,0.5,0.6\nB,0.4,0.5\n")
    return at


def test_columns_may_stand_in_any_order(tmp_path: Path, winset: Any) -> None:
    asked = ("club", "--data", regions(tmp_path), "--scc", 30, "--tariff", 0.05, "--json")
    plain = winset(*asked).json
    (tmp_path / "input_original.csv").write_text(
        "\ufeffImport_B;McKinsey_alpha;Country;CO2;GDP;Import_A\r\n"
        "40;0,01;A;900;2000;0\r\n0;0,02;B;800;3000;50\r\n",
        encoding="utf-8",
    )
    assert winset(*asked).json == plain


def test_a_club_takes_two(tmp_path: Path, winset: Any) -> None:
    path = regions(tmp_path)
    (path / "input_original.csv").write_text(
        "Country,GDP,CO2,Import_A,McKinsey_alpha\nA,2000,900,0,0.01\n"
    )
    said = winset("club", "--data", path, "--scc", 30, "--tariff", 0.05)
    assert (said.code, said.out) == (2, "")
    assert "one region, A. A club takes two and more." in said.err


def test_thirty_one_regions_are_too_many(tmp_path: Path, winset: Any) -> None:
    names = [f"r{k}" for k in range(31)]
    head = ",".join(("Country", "GDP", "CO2", *(f"Import_{n}" for n in names), "McKinsey_alpha"))
    rows = [f"{n},2000,900,{','.join('1' * 31)},0.01" for n in names]
    (tmp_path / "input_original.csv").write_text("\n".join((head, *rows)) + "\n")
    rows = [f"{n},0.5,0.6" for n in names]
    (tmp_path / "parameters.csv").write_text("\n".join(("region,a,b", *rows)) + "\n")
    said = winset("club", "--data", tmp_path, "--scc", 30, "--tariff", 0.05)
    assert (said.code, said.out) == (2, "")
    assert "31 regions have 2^31 clubs" in said.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("club.csv", "region,status\nA,1\nB,0\n"),
        ("club.csv", "\ufeffCountry;status\nB;0\nA;1\n"),
        ("club.csv", "A,B\n1,0\n"),
        ("club.json", '{"A": 1, "B": 0}'),
        ("club.json", '{"A": true, "B": false}'),
        ("club.json", '["A"]'),
        ("club.json", '{"members": ["A"], "welfare": {"A": 3.5}}'),
    ],
)
def test_a_named_club_may_be_written_as(tmp_path: Path, winset: Any, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    asked = ("club", "--data", regions(tmp_path), "--scc", 30, "--tariff", 0.05)
    done = winset(*asked, "--status", tmp_path / name, "--json").json
    assert done["members"] == ["A"]


def test_a_club_is_told(tmp_path: Path, winset: Any) -> None:
    asked = ("club", "--data", regions(tmp_path), "--scc", 30, "--tariff", 0.05)
    said = winset(*asked)
    assert said.code == 0
    assert "all 4 clubs of 2 regions were tried" in said.out
    status = tmp_path / "status.json"
    status.write_text('{"A": 1, "B": 0}')
    done = winset(*asked, "--status", status, "--json").json
    assert done["members"] == ["A"]
    assert set(done["welfare"]) == {"A", "B"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--scc", 0, "--tariff", 0.05), "must be above 0"),
        (("--scc", 30, "--tariff", 11), "between 0 and 10"),
        (("--scc", 30, "--tariff", 0.05, "--game", "chess"), "there is nordhaus"),
    ],
)
def test_a_club_is_refused(
    tmp_path: Path, winset: Any, options: tuple[Any, ...], told: str
) -> None:
    said = winset("club", "--data", regions(tmp_path), *options)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A,B\n1,0\n0,1\n", "2 rows of regions; one club is one row"),
        ("region,status\nA,1\n", "no status of B"),
        ("region,status\nA,1\nB,2\n", "1 is in, 0 is out"),
        ("region,status\nA,1\nB,0\nC,1\n", "no region 'C'"),
    ],
)
def test_a_status_is_refused(tmp_path: Path, winset: Any, text: str, told: str) -> None:
    status = tmp_path / "status.csv"
    status.write_text(text)
    asked = ("club", "--data", regions(tmp_path), "--scc", 30, "--tariff", 0.05)
    said = winset(*asked, "--status", status)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
