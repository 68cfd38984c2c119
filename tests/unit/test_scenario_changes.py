"""What a change does at its edges: formulas, sizes, phases, contradictions, files of pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit.changes import ONE, TARIFF, WORLD, laid, scenario, tariff

from winset.errors import DataError
from winset.scenario.formulas import FORMULAS, given_to_all

if TYPE_CHECKING:
    from pathlib import Path

# Formulas.

PRESENT = np.array([0.0, 0.2, -0.05])


@pytest.mark.parametrize(
    ("key", "size", "new"),
    [
        ("rate", 0.1, [0.1, 0.1, 0.1]),
        ("percent", -36, [0.0, 0.128, -0.032]),
        ("points", 0.05, [0.05, 0.25, 0.0]),
        ("points", -0.3, [0.0, 0.0, -0.05]),  # not below zero, nor lower a subsidy
        ("cap", 0.15, [0.0, 0.15, -0.05]),
        ("swiss", 0.2, [0.0, 0.1, -0.05]),
        ("margin", 0.25, [0.0, 0.15, -0.0375]),
    ],
)
def test_what_a_formula_makes_of_rates(key: str, size: float, new: list[float]) -> None:
    np.testing.assert_allclose(FORMULAS[key].new(PRESENT, size), new, atol=1e-15)


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("rate", (-0.999, 10.0), (-1.0, 10.01, float("inf"))),
        ("percent", (-100.0, 1e9), (-100.1, float("nan"), float("inf"))),
        ("points", (-0.999, 3.0), (-1.0, 3.01)),
        ("cap", (0.0, 3.0), (-0.01, 3.01)),
        ("swiss", (0.001, 1.0), (0.0, 1.01)),
        ("margin", (0.0, 1.0), (-0.01, 1.01)),
    ],
)
def test_which_sizes_make_sense(key: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    for size in good:
        assert FORMULAS[key].problem(size) is None, size
    for size in bad:
        said = FORMULAS[key].problem(size)
        assert said is not None, size
        assert said.startswith(f"must be {'above' if FORMULAS[key].above else 'at least'} ")
        assert said.endswith(FORMULAS[key].hint)
    assert ("at most" in str(FORMULAS[key].problem(bad[0]))) is (key != "percent")
    assert FORMULAS[key].replaces is (key in ("rate", "margin"))
    assert FORMULAS[key].of_mfn is (key == "margin")


def test_what_is_given_to_one_is_given_to_all() -> None:
    present = np.array([[0.0, 0.1, 0.3], [0.2, 0.0, 0.1], [0.2, 0.2, 0.0]])
    new = np.array([[0.05, 0.05, 0.2], [0.1, 0.1, 0.2], [0.3, 0.05, 0.2]])
    named = np.zeros((3, 3), dtype=bool)
    named[0, 1] = named[0, 2] = named[1, 2] = True
    found = given_to_all(present, new, named)
    # To 1: exporter 0 falls to 0.05, so 2 falls too. To 2: 0 falls, 1 rises: all as the formula has it.
    np.testing.assert_allclose(found, [[0, 0.05, 0.2], [0.2, 0, 0.2], [0.2, 0.05, 0]])
    up = given_to_all(present, present + 0.1, named)
    assert up[2, 1] == pytest.approx(0.3)
    assert up[1, 0] == 0.2  # nobody is named to 0


# What a change does where it is laid.


def test_costs_tariffs_and_productivity_where_they_are_laid() -> None:
    shock = laid(
        ONE,
        {"kind": "trade-cost", "exporters": ["KGZ"], "importers": "all", "factor": 0.8},
        {"kind": "productivity", "economies": ["KGZ"], "percent": 5.0},
        tariff(rate=0.3),
    )
    np.testing.assert_allclose(shock.cost, [[1, 0.9, 1], [0.9, 1, 1], [0.8, 0.8, 1]])
    np.testing.assert_allclose(shock.tariff, [[0, 0.1, 0.2], [0.3, 0, 0.3], [0.1, -0.02, 0]])
    assert shock.productivity.tolist() == [1, 1, 1.05]
    assert shock.members == ("KAZ", "UZB", "KGZ")
    assert shock.idle == ()
    assert not shock.changes_nothing(WORLD)
    idle = laid(ONE, tariff(percent=0.0))
    assert idle.idle == (2,)
    assert laid(tariff(percent=0.0)).changes_nothing(WORLD)
    assert laid(tariff(percent=0.0)).members == ("KAZ", "UZB", "KGZ")
    assert laid({"kind": "productivity", "economies": ["UZB"], "factor": 1.1}).members == ("UZB",)


@pytest.mark.parametrize(
    ("year", "cost"), [(2025, 1.0), (2026, 0.95), (2027, 0.9), (2030, 0.9), (None, 0.9)]
)
def test_a_phase_in_parts(year: int | None, cost: float) -> None:
    outer = {} if year is None else {"year": year}
    shock = laid(ONE | {"phase": [2026, 2027]}, **outer)
    assert shock.cost[0, 1] == pytest.approx(cost, abs=1e-15)


def test_a_tariff_of_minus_one_is_none() -> None:
    with pytest.raises(DataError, match="a tariff must exceed -1"):
        laid(tariff(points=-0.5, among=["KAZ", "UZB"]), tariff(rate=-0.9), tariff(percent=12.0))
    very = np.array(TARIFF)
    very[1, 0] = -0.5
    low = replace(WORLD, tariff=very[None])
    with pytest.raises(
        DataError, match=r"the tariff of KAZ on UZB would be -1; a tariff must exceed"
    ):
        scenario(tariff(percent=100.0)).resolve(low)
    assert scenario(tariff(percent=99.9)).resolve(low).tariff[1, 0] == pytest.approx(-0.9995)


def test_two_rates_for_the_same_pairs_contradict_each_other() -> None:
    with pytest.raises(
        DataError, match=r"change 2 \(tariff\): rate = 0.2 contradicts change 1, which sets 0.1"
    ):
        laid(tariff(rate=0.1), tariff(rate=0.2))
    with pytest.raises(DataError, match=r"change 1, which has percent = -50"):
        laid(tariff(percent=-50.0), tariff(rate=0.1))
    assert laid(tariff(rate=0.1), tariff(rate=0.1)).idle == (2,)
    assert laid(tariff(rate=0.1), tariff(percent=-50.0)).tariff[1, 0] == pytest.approx(0.05)
    late = tariff(rate=0.1, phase=[2026, 2027]), tariff(rate=0.2, phase=[2028, 2029])
    assert laid(*late).tariff[1, 0] == pytest.approx(0.2)
    with pytest.raises(DataError, match="contradicts"):
        laid(tariff(rate=0.1, phase=[2026, 2028]), tariff(rate=0.2, phase=[2028, 2029]))


def test_an_answer_of_all_is_of_everybody_else() -> None:
    def request(exporters: Any, importers: Any) -> Any:
        change = {
            "kind": "tariff",
            "exporters": exporters,
            "importers": importers,
            "answer": "optimal",
        }
        (found,) = laid(change).requests
        return found

    of_all = request("all", ["KAZ"])
    assert (of_all.exporters.tolist(), of_all.importers.tolist()) == ([1, 2], [0])
    assert of_all.mask.tolist() == [[False] * 3, [True, False, False], [True, False, False]]
    to_all = request(["UZB"], "all")
    assert (to_all.exporters.tolist(), to_all.importers.tolist()) == ([1], [0, 2])
    with pytest.raises(DataError, match="UZB is on both sides"):
        request(["UZB", "KAZ"], ["UZB"])
    with pytest.raises(DataError, match="covers no pair"):
        request("all", "all")


def test_the_same_change_has_the_same_hash_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("exporter,importer,factor\nKAZ,UZB,0.9\nUZB,KAZ,0.9\n")
    from_file = replace(scenario({"kind": "trade-cost", "file": "c.csv"}), folder=tmp_path)
    said = laid(ONE | {"percent": -10.0}).sha256
    assert from_file.resolve(WORLD).sha256 == said
    assert laid(ONE | {"percent": -11.0}).sha256 != said
    asked = {"kind": "tariff", "exporters": ["UZB"], "importers": ["KAZ"]}
    assert (
        laid(asked | {"answer": "optimal"}).sha256 != laid(asked | {"answer": "reciprocal"}).sha256
    )


# Files of pairs.


def from_file(tmp_path: Path, text: str, kind: str = "tariff") -> Any:
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8")
    return replace(scenario({"kind": kind, "file": "pairs.csv"}), folder=tmp_path).resolve(WORLD)


def test_a_file_says_who_and_how_much(tmp_path: Path) -> None:
    shock = from_file(tmp_path, "exporter,importer,rate\nUZB,KAZ,0.25\nUZB,KGZ,-0.5\n")
    assert shock.tariff[1].tolist() == [0.25, 0.0, -0.5]
    assert shock.members == ("KAZ", "KGZ")  # a tariff is the importer's doing
    costs = from_file(tmp_path, "exporter,importer,factor\nUZB,KAZ,0.25\n", "trade-cost")
    assert costs.cost[1, 0] == 0.25
    assert costs.members == ("KAZ", "UZB")


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAZ,-1\n",
            "row 2: rate is '-1'; it must be a number above -1",
        ),
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAZ,x\n",
            "row 2: rate is 'x'; it must be a number above -1",
        ),
        (
            "tariff",
            "exporter,importer,swiss\nUZB,KAZ,0\n",
            "row 2: swiss is '0'; it must be above 0",
        ),
        (
            "trade-cost",
            "exporter,importer,factor\nUZB,KAZ,0\n",
            "factor is '0'; it must be a number above 0",
        ),
        ("trade-cost", "exporter,importer,factor\nUZB,KAZ,inf\n", "factor is 'inf'"),
        ("trade-cost", "exporter,importer,rate\nUZB,KAZ,1\n", "no column factor; found exporter"),
        (
            "tariff",
            "exporter,importer,rate,cap\nUZB,KAZ,1,1\n",
            "rate and cap contradict each other",
        ),
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAZ,0.1\nUZB,KAZ,0.1\n",
            "row 3: the pair is given twice",
        ),
        ("tariff", "exporter,importer,rate\nUZB,UZB,0.1\n", "row 2: a change at home"),
        ("tariff", "exporter,importer,rate\n", "no rows"),
        (
            "tariff",
            "exporter,importer,rate\nUZB,KAS,0.1\n",
            "importer 'KAS' is not in world 'made'",
        ),
        (
            "tariff",
            "exporter,importer,rate,sector\nUZB,KAZ,0.1,ore\n",
            "sector 'ore' is not in world",
        ),
    ],
)
def test_files_that_are_refused(tmp_path: Path, kind: str, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        from_file(tmp_path, text, kind)


def test_rates_in_percent_are_found_out_by_their_middle(tmp_path: Path) -> None:
    head = "exporter,importer,rate\n"
    assert from_file(tmp_path, head + "UZB,KAZ,0.1\nUZB,KGZ,0.2\nKAZ,UZB,9\n").tariff[0, 1] == 9.0
    with pytest.raises(DataError, match="half of the rates are 9 or more"):
        from_file(tmp_path, head + "UZB,KAZ,0.1\nUZB,KGZ,9\nKAZ,UZB,25\n".replace("25", "9.5"))
