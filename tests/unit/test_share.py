"""winset share, stable and join: their JSON, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.games import Game
from winset.games.enlargement import growth

if TYPE_CHECKING:
    from pathlib import Path

GAME = "coalition,value\nA,0\nB,0\nC,0\nA+B,0\nA+C,0\nB+C,100\nA+B+C,200\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "game.csv"
    path.write_text(GAME, "utf-8")
    return path


def test_json_of_a_scenario(winset: Any) -> None:
    said = winset("share", "sco-2025", "--players", "EAEU", "--json")
    assert said.code == 0, said.err
    plain = said.json
    assert {
        "players", "coalitions", "resolution", "grand_musd", "own_gain_musd", "standalone_musd",
        "shapley", "banzhaf", "nucleolus", "equal", "population", "gdp", "core", "in_core",
        "objections", "transfers", "certificate", "solver",
    } <= set(plain)  # fmt: skip
    assert sorted(plain["players"]) == ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    assert plain["coalitions"] == 32
    assert plain["solver"]["max_residual"] <= 1e-10
    for rule in ("own_gain_musd", "shapley", "nucleolus", "equal", "population", "gdp"):
        assert sum(plain[rule].values()) == pytest.approx(plain["grand_musd"], rel=1e-9), rule
    assert set(plain["standalone_musd"].values()) == {0.0}
    for rule, payments in plain["transfers"].items():
        held = dict(plain["own_gain_musd"])
        for payment in payments:
            held[payment["from"]] -= payment["musd"]
            held[payment["to"]] += payment["musd"]
        for code in plain["players"]:
            assert held[code] == pytest.approx(plain[rule][code], abs=1e-5)


def test_game_file(winset: Any, file: Path) -> None:
    plain = winset("share", "--game", file, "--json").json
    assert plain["nucleolus"] == pytest.approx({"A": 50, "B": 75, "C": 75})
    assert plain["core"]["empty"] is False
    assert plain["equal"] == pytest.approx({"A": 200 / 3, "B": 200 / 3, "C": 200 / 3})
    assert plain["in_core"] == {"shapley": True, "nucleolus": True, "equal": True}
    assert plain["objections"] == {"shapley": [], "nucleolus": [], "equal": []}
    more = plain["further"]
    assert more["tau"] == pytest.approx({"A": 40, "B": 80, "C": 80})
    assert more["per_capita"] == pytest.approx({"A": 100 / 3, "B": 250 / 3, "C": 250 / 3})
    assert len(more["core_vertices"]) == 4
    assert "too few coalitions" in more["refused"]["proportional_nucleolus"]
    shown = winset("share", "--game", file).out
    assert "The core has 4 corners; the first is (0.000, 0.000, 200.000)." in shown
    assert "No proportional: too few coalitions are worth something" in shown


def test_save_and_read_again(winset: Any, tmp_path: Path) -> None:
    save = tmp_path / "eaeu.npy"
    first = winset("share", "sco-2025", "--players", "EAEU", "--save", save, "--json")
    assert first.code == 0, first.err
    again = winset("share", "--game", save, "--json").json
    assert again["shapley"] == first.json["shapley"]
    assert winset("share", "sco-2025", "--players", "EAEU", "--save", save).code == 2


def test_stable_and_join(winset: Any) -> None:
    plain = winset(
        "stable", "sco-2025", "--players", "EAEU", "--outsiders", "MNG,UZB", "--json"
    ).json
    assert plain["internally_stable"] is True
    assert set(plain["joining_musd"]) == {"MNG", "UZB"}
    assert plain["transfer_surplus_musd"] > 0
    grown = winset(
        "join", "sco-2025", "--players", "EAEU", "--candidates", "MNG,UZB", "--json"
    ).json
    for accession in grown["accessions"]:
        assert accession["itself_musd"] == pytest.approx(
            plain["joining_musd"][accession["candidate"]]
        )
        assert sum(accession["members_musd"].values()) == pytest.approx(
            plain["joining_members_musd"][accession["candidate"]], abs=1e-4
        )


def test_growth_finds_an_order_where_there_is_one() -> None:
    """Two candidates: the second is welcome only after the first."""
    #            nobody, first, second, both; players: first, second, member
    gains = np.array([[0, 0, 0], [1, 0, 1], [0, 1, -1], [2, 2, 2]], dtype=float)
    found = growth(gains, 2)
    assert (found.order, found.complete, found.blocked) == ((0, 1), True, ())
    gains[3] = [2, 2, 0.5]
    found = growth(gains, 2)
    assert (found.order, found.complete, found.blocked) == ((0,), False, ((1, 2),))
    assert found.open_door == (0, 1)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (GAME.replace("A+B,0\n", ""), [], "1 of 8 coalitions are missing: A+B. Add them, or fill"),
        (GAME + "B+A,3\n", [], "row 9: B+A is row 5 again"),
        (GAME.replace("A+B,0", "A+B,nan"), [], "row 5: value has no figure; it must be a number"),
        (GAME.replace("A+B,0", "A+A,0"), [], "row 5: 'A+A' names a player twice"),
        (GAME, ["--players", "A,B"], "row 4: 'C' is not a player"),
        (GAME.replace("value", "worth"), [], "row 1: no column value; found coalition, worth"),
        (GAME, ["--fill", "zero"], "--fill zero: superadditive is the one way"),
        ("coalition,value\n", [], "no coalition in it"),
        (GAME + ",5\n", [], "the worth of nobody is 5; it must be 0"),
    ],
)
def test_game_files_that_are_refused(
    winset: Any, file: Path, text: str, options: list[str], message: str
) -> None:
    file.write_text(text, "utf-8")
    said = winset("share", "--game", file, *options)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_missing_coalitions_are_filled_on_request(winset: Any, file: Path) -> None:
    file.write_text(GAME.replace("A+B,0\n", "").replace("B,0\n", "B,30\n"), "utf-8")
    plain = winset("share", "--game", file, "--fill", "superadditive", "--json").json
    assert plain["grand_musd"] == 200


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a SCENARIO or --game FILE"),
        (["sco-2025", "--game", "x.csv"], "one of the two"),
        (["--game", "none.csv"], "no such file"),
        (["sco-2025", "--players", "SCOO"], "Did you mean SCO?"),
        (["sco-2025", "--players", "KAZ"], "1 players: the game of all coalitions needs 2 to 30"),
        (["sco-2025", "--players", "AU"], "needs 2 to 30. Name fewer with --players"),
        (["sco-2025", "--method", "x" * 90], f"--method {'x' * 80}: it is exact or dividends."),
        (["sco-2025", "--resolution", "coarse"], "it is full or compact"),
        (["sco-2025", "--players", "SCO", "--resume"], "--resume needs --save"),
    ],
)
def test_options_that_are_refused(winset: Any, arguments: list[str], message: str) -> None:
    said = winset("share", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_npy_without_players_or_of_another_type(winset: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "game.npy", np.zeros(8))
    assert "names the players in bit order" in winset("share", "--game", tmp_path / "game.npy").err
    np.save(tmp_path / "game.npy", np.zeros(8, dtype=np.float32))
    said = winset("share", "--game", tmp_path / "game.npy", "--players", "A,B,C")
    assert "holds float32; a game is float64" in said.err
    values = np.zeros(8)
    values[5] = np.inf
    np.save(tmp_path / "game.npy", values)
    said = winset("share", "--game", tmp_path / "game.npy", "--players", "A,B,C")
    assert "the worth of A+C is inf; it must be finite" in said.err


def test_properties_with_counterexamples() -> None:
    game = Game.from_function("ABC", lambda s: {0: 0.0, 1: 1.0, 2: 1.5, 3: 1.4}[len(s)])
    assert game.counterexample("monotone") == ("A+B", "A+B+C")
    assert game.counterexample("superadditive") is not None
    assert game.counterexample("convex") is not None
    assert game.counterexample("essential") == ("A", "B", "C")
    convex = Game.from_function("ABCD", lambda s: float(len(s) ** 2))
    for property_ in ("monotone", "superadditive", "convex", "essential"):
        assert convex.counterexample(property_) is None  # type: ignore[arg-type]


def test_the_first_run_on_a_machine_says_that_it_compiles(
    winset: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("share", "sco-2025", "--players", "KAZ,KGZ", "--json")
    assert winset(*arguments).err == ""
    monkeypatch.setattr("winset.trade.coalitions.compute.compiled", lambda: False)
    said = winset(*arguments)
    assert "compiling the kernels, once on this machine" in said.err
    assert said.json["coalitions"] == 4
