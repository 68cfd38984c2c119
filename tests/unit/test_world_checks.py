"""A world is checked where it is made, and its domestic sales are all known or all derived."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as library
from winset.errors import DataError
from winset.worlds import World
from winset.worlds.importing import import_world

if TYPE_CHECKING:
    from pathlib import Path

CODES = ("AAA", "BBB", "CCC")


def make(**changes: Any) -> World:
    given: dict[str, Any] = {
        "name": "w",
        "year": 2023,
        "codes": CODES,
        "names": CODES,
        "gdp": np.array([10.0, 20.0, np.nan]),
        "sectors": ("goods",),
        "trade": np.arange(9.0).reshape(1, 3, 3) + 1,
        "tariff": np.zeros((1, 3, 3)),
        "domestic_known": True,
    }
    return World(**(given | changes))


def cube(at: tuple[int, int, int], value: float, rest: float = 0.0) -> np.ndarray:
    result = np.full((1, 3, 3), rest)
    result[at] = value
    return result


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"codes": ("AAA", "BBB", "AAA")}, "code 'AAA' is there twice"),
        ({"codes": (), "names": ()}, "no economy"),
        (
            {"sectors": ("x", "x"), "trade": np.ones((2, 3, 3)), "tariff": np.zeros((2, 3, 3))},
            "'x'",
        ),
        ({"names": ("A", "B")}, "2 names for 3 codes"),
        ({"facts": {"region": ("a",)}}, "1 values of region for 3"),
        ({"gdp": np.ones(2)}, r"gdp has the shape \(2,\)"),
        ({"gdp": np.array([1.0, 0.0, 1.0])}, "GDP of BBB is 0"),
        ({"gdp": np.array([1.0, -5.0, 1.0])}, "GDP of BBB is -5"),
        ({"gdp": np.array([1.0, np.inf, 1.0])}, "GDP of BBB is inf"),
        ({"trade": np.ones((3, 3))}, r"trade has the shape \(3, 3\)"),
        ({"trade": cube((0, 1, 2), -1e-9, 1.0)}, "trade of BBB to CCC, sector goods, is -1e-09"),
        ({"trade": cube((0, 1, 2), np.nan, 1.0)}, "trade of BBB to CCC"),
        ({"trade": cube((0, 1, 2), np.inf, 1.0)}, "trade of BBB to CCC"),
        ({"tariff": np.zeros((1, 3, 2))}, "tariff has the shape"),
        (
            {"tariff": cube((0, 2, 0), -1.0)},
            "tariff of CCC to AAA, sector goods, is -1; it must exceed",
        ),
        ({"tariff": cube((0, 2, 0), np.nan)}, "tariff of CCC to AAA"),
        ({"mfn": cube((0, 2, 0), -1.0)}, "mfn of CCC to AAA"),
        ({"mfn": np.zeros((3, 3))}, "mfn has the shape"),
    ],
)
def test_what_is_no_world_is_refused_when_it_is_made(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        make(**changes)


def test_bounds_that_are_allowed() -> None:
    make(tariff=cube((0, 2, 0), -0.999999))
    make(trade=cube((0, 1, 2), 0.0, 1.0))
    make(mfn=np.zeros((1, 3, 3)))


def test_worlds_are_compared_by_their_figures() -> None:
    assert make() == make()
    assert hash(make()) == hash(make())
    assert make() != make(year=2022)
    assert make() != make(trade=cube((0, 1, 2), 2.0, 1.0))
    assert make() != make(names=("A", "B", "C"))
    assert make() != "w"
    assert library.world("world-2023") == library.world("world-2023")
    assert replace(make(), name="v") != make()


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"AAA": ["AAA", "BBB"], "X": ["AAA", "CCC"]}, "AAA is in two groups, 'AAA' and 'X'"),
        ({"X": ["AAA", "CCC"], "AAA": ["AAA", "BBB"]}, "AAA is in two groups, 'X' and 'AAA'"),
        ({"AAA": ["AAA"], "X": ["AAA", "BBB"]}, "AAA is in two groups"),
        ({"X": ["AAA", "AAA"]}, "AAA is named twice in 'X'"),
    ],
)
def test_groups_that_overlap_are_refused(groups: dict[str, list[str]], message: str) -> None:
    """Also where a group bears the code of a member, which looked like one not yet taken."""
    with pytest.raises(DataError, match=message):
        make().aggregate(groups)


def test_sectors_in_two_groups_are_refused() -> None:
    two = make(sectors=("x", "y"), trade=np.ones((2, 3, 3)), tariff=np.zeros((2, 3, 3)))
    with pytest.raises(DataError, match="x is in two groups"):
        two.aggregate_sectors({"x": ["x", "y"], "z": ["x"]})


ROWS = (
    "exporter,importer,value\nAAA,BBB,10\nBBB,AAA,12\nAAA,CCC,3\nCCC,BBB,4\nBBB,CCC,5\nCCC,AAA,6\n"
)
GDP = "code,gdp\nAAA,100000000\nBBB,200000000\nCCC,50000000\n"


def long_file(folder: Path, more: str = "AAA,AAA,70\n") -> tuple[Path, Path]:
    trade, gdp = folder / "trade.csv", folder / "gdp.csv"
    trade.write_text(ROWS + more, "utf-8")
    gdp.write_text(GDP, "utf-8")
    return trade, gdp


def matrix(folder: Path, own: tuple[float, float, float]) -> tuple[Path, Path]:
    trade, gdp = folder / "matrix.csv", folder / "gdp.csv"
    a, b, c = own
    trade.write_text(f",AAA,BBB,CCC\nAAA,{a},10,3\nBBB,12,{b},5\nCCC,6,4,{c}\n", "utf-8")
    gdp.write_text(GDP, "utf-8")
    return trade, gdp


def test_one_row_on_the_diagonal_of_a_long_file_is_refused(tmp_path: Path) -> None:
    trade, gdp = long_file(tmp_path)
    with pytest.raises(DataError) as error:
        import_world(trade, gdp, year=2023)
    said = str(error.value)
    assert "1 of 3 economies have a row for themselves" in said
    assert "2 have none: BBB, CCC" in said
    assert "--derive-domestic" in said
    assert "drop the rows" in said


def test_one_cell_on_the_diagonal_of_a_matrix_is_refused(tmp_path: Path) -> None:
    trade, gdp = matrix(tmp_path, (0, 0, 30))
    with pytest.raises(DataError, match=r"1 of 3 .* 2 have none: AAA, BBB"):
        import_world(trade, gdp, year=2023)
    none, _ = matrix(tmp_path, (0, 0, 0))
    assert not import_world(none, gdp, year=2023).domestic_known
    every, _ = matrix(tmp_path, (1, 2, 3))
    assert import_world(every, year=2023).domestic_known


def test_one_row_in_a_folder_is_refused(winset: Any, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "w", "year": 2023}), "utf-8")
    (tmp_path / "economies.csv").write_text("code,gdp_musd\nAAA,100\nBBB,200\nCCC,50\n", "utf-8")
    text = ROWS.replace("value", "value_musd")
    (tmp_path / "trade.csv").write_text(text + "AAA,AAA,70\n", "utf-8")
    said = winset("world", "check", tmp_path)
    assert said.code == 2
    assert "2 have none: BBB, CCC" in said.err
    (tmp_path / "trade.csv").write_text(text, "utf-8")
    assert winset("world", "check", tmp_path).code == 0


def test_the_missing_are_derived_from_gdp_and_noted(winset: Any, tmp_path: Path) -> None:
    trade, gdp = long_file(tmp_path)
    said = winset(
        "world", "import", "--trade", trade, "--gdp", gdp, "--year", "2023", "--derive-domestic",
        "--out", tmp_path / "made",
    )  # fmt: skip
    assert said.code == 0, said.err
    data = library.world(tmp_path / "made")
    own = data.trade[0].diagonal()
    assert own[0] == 70
    assert own[1] == pytest.approx(200 / 0.5 - 17)
    assert own[2] == pytest.approx(50 / 0.5 - 10)
    assert any("Domestic sales of BBB, CCC are derived from GDP" in note for note in data.notes)


def test_derived_sales_are_never_below_the_floor(tmp_path: Path) -> None:
    trade, gdp = long_file(tmp_path)
    gdp.write_text("code,gdp\nAAA,1\nBBB,1000000\nCCC,50000000\n", "utf-8")
    data = import_world(trade, gdp, year=2023, derive_domestic=True)
    assert data.trade[0, 1, 1] == pytest.approx(17 * 0.05 / 0.95)
    assert any("held at 5% of output: BBB" in note for note in data.notes)


def test_deriving_needs_gdp_and_a_reason(tmp_path: Path) -> None:
    trade, gdp = long_file(tmp_path)
    gdp.write_text("code,gdp\nAAA,1\nBBB,200000000\n", "utf-8")
    with pytest.raises(DataError, match="CCC"):
        import_world(trade, gdp, year=2023, derive_domestic=True)
    trade, gdp = long_file(tmp_path, "")
    with pytest.raises(DataError, match="some economies have a row"):
        import_world(trade, gdp, year=2023, derive_domestic=True)


def test_without_any_gdp_a_few_without_a_row_sell_nothing_at_home(tmp_path: Path) -> None:
    """There is but one way to read it, and it is told; of most without a row it is refused."""
    trade, _ = long_file(tmp_path, "AAA,AAA,70\nBBB,BBB,80\n")
    data = import_world(trade, year=2023)
    assert data.trade[0, 2, 2] == 0.0
    assert any("Neither GDP nor a row for themselves: CCC" in note for note in data.notes)
    trade, gdp = long_file(tmp_path, "AAA,AAA,70\nBBB,BBB,80\n")
    with pytest.raises(DataError, match="1 have none: CCC"):
        import_world(trade, gdp, year=2023)
    trade, _ = long_file(tmp_path, "AAA,AAA,70\n")
    with pytest.raises(DataError, match="2 have none: BBB, CCC"):
        import_world(trade, year=2023)


def test_a_row_that_says_zero_is_known(tmp_path: Path) -> None:
    """An economy that sells nothing at home, and a world written and read again."""
    trade, gdp = long_file(tmp_path, "AAA,AAA,70\nBBB,BBB,80\nCCC,CCC,0\n")
    data = import_world(trade, gdp, year=2023)
    assert data.domestic_known
    assert data.trade[0, 2, 2] == 0.0
    library.write_world(data, tmp_path / "w")
    again = library.world(tmp_path / "w")
    assert again.domestic_known
    assert again.sha256 == data.sha256
