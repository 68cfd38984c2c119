"""World folders and the operations that must keep their accounts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest

import winset
from winset.errors import DataError
from winset.places.blocs import resolve
from winset.worlds import World, find_problems, read_world, write_world

if TYPE_CHECKING:
    from pathlib import Path

ECONOMIES = "code,name,gdp_musd\nAAA,A,100\nBBB,B,80\nROW,Rest,500\n"
TRADE = "exporter,importer,value_musd\nAAA,BBB,10\nBBB,AAA,12\nAAA,ROW,5\nROW,AAA,4\nROW,BBB,3\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small world that is sound."""
    (tmp_path / "datapackage.json").write_text('{"name": "small", "year": 2020}', "utf-8")
    (tmp_path / "economies.csv").write_text(ECONOMIES, "utf-8")
    (tmp_path / "trade.csv").write_text(TRADE, "utf-8")
    return tmp_path


def test_embedded_world() -> None:
    world = winset.world()
    assert len(world) == 194
    assert world.year == 2023
    assert not world.domestic_known
    assert all(source.title and source.license for source in world.sources)
    assert world.flows.sum() == pytest.approx(21_749_700, rel=1e-4)


def test_codes_of_ones_own(folder: Path) -> None:
    assert read_world(folder).codes == ("AAA", "BBB", "ROW")


def test_a_written_world_reads_back_the_same(tmp_path: Path) -> None:
    world = winset.world().select(["CHN", "IND", "RUS", "KAZ"])
    tariff = np.full((1, 4, 4), 0.07)
    np.fill_diagonal(tariff[0], 0.0)
    taxed = World(**{**fields(world), "tariff": tariff})
    write_world(taxed, tmp_path / "out", digits=17)
    again = read_world(tmp_path / "out")
    assert again.sha256 == taxed.sha256
    assert again.facts == taxed.facts


def fields(world: World) -> dict[str, object]:
    return {name: getattr(world, name) for name in World.__dataclass_fields__}


def test_an_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine", "utf-8")
    with pytest.raises(DataError, match="exists and is not empty"):
        write_world(winset.world(), tmp_path)
    assert (tmp_path / "kept.txt").read_text("utf-8") == "mine"


def test_output_from_gdp_where_domestic_sales_are_not_known(folder: Path) -> None:
    accounts = read_world(folder).accounts(0.5)
    np.testing.assert_allclose(accounts.output, [200, 160, 1000])
    np.testing.assert_allclose(accounts.flows.diagonal(), [185, 148, 993])


def test_output_from_sales_where_domestic_sales_are_known(folder: Path) -> None:
    (folder / "trade.csv").write_text(TRADE + "AAA,AAA,50\nBBB,BBB,40\nROW,ROW,90\n", "utf-8")
    (folder / "economies.csv").write_text("code,name\nAAA,A\nBBB,B\nROW,Rest\n", "utf-8")
    (folder / "tariffs.csv").write_text("exporter,importer,rate\nAAA,BBB,0.5\n", "utf-8")
    world = read_world(folder)
    accounts = world.accounts(0.4)
    np.testing.assert_allclose(accounts.output, [65, 52, 97])
    np.testing.assert_allclose(accounts.value_added, [26, 20.8, 38.8])
    np.testing.assert_allclose(accounts.revenue, [0, 5, 0])
    np.testing.assert_allclose(accounts.spending, [66, 53 + 5, 95])
    assert accounts.deficit.sum() == pytest.approx(0)


def test_an_entrepot_gets_the_floor_and_is_named(folder: Path) -> None:
    (folder / "economies.csv").write_text(ECONOMIES.replace("100", "5"), "utf-8")
    accounts = read_world(folder).accounts(0.5)
    assert accounts.floored == ("AAA",)
    assert accounts.flows[0, 0] == pytest.approx(0.05 * accounts.output[0])


@pytest.mark.parametrize("beta", [0.5, 1.0])
def test_accounts_balance(beta: float) -> None:
    accounts = winset.world().accounts(beta)
    np.testing.assert_allclose(accounts.flows.sum(axis=1), accounts.output)
    np.testing.assert_allclose(accounts.flows.sum(axis=0) + accounts.revenue, accounts.spending)
    np.testing.assert_allclose(
        accounts.income, accounts.spending - (1 - beta) * accounts.output, rtol=1e-12
    )
    assert abs(accounts.deficit.sum()) < 1e-6 * accounts.output.sum()


def test_aggregate_adds_up_and_keeps_revenue() -> None:
    world = winset.world()
    rates = np.random.default_rng(1).uniform(0, 0.3, world.trade.shape)
    for layer in rates:
        np.fill_diagonal(layer, 0.0)
    taxed = World(**{**fields(world), "tariff": rates}).closed(0.5)
    groups = {"EU": ["DEU", "FRA", "ITA"], "GULF": ["ARE", "QAT"]}
    merged = taxed.aggregate(groups)
    assert len(merged) == len(world) - 3
    before, after = taxed.accounts(0.5), merged.accounts(0.5)
    for name in ("output", "value_added", "deficit"):
        assert getattr(after, name).sum() == pytest.approx(getattr(before, name).sum(), abs=1e-3)
        k = merged.index["EU"]
        rows = [taxed.index[c] for c in groups["EU"]]
        assert getattr(after, name)[k] == pytest.approx(getattr(before, name)[rows].sum(), rel=1e-9)
    outside = [c for c in merged.codes if c not in groups]
    np.testing.assert_allclose(
        after.revenue[[merged.index[c] for c in outside]],
        before.revenue[[taxed.index[c] for c in outside]],
        rtol=1e-9,
        atol=1e-9,
    )


def test_aggregating_open_accounts_gives_the_same_as_closing_first() -> None:
    world = winset.world()
    groups = {"EU": ["DEU", "FRA", "ITA"]}
    one, two = (
        world.aggregate(groups).accounts(0.5),
        world.closed(0.5).aggregate(groups).accounts(0.5),
    )
    np.testing.assert_allclose(one.output, two.output, rtol=1e-9)
    np.testing.assert_allclose(one.flows, two.flows, rtol=1e-9, atol=1e-6)


def test_without_leaves_the_trade_of_the_rest() -> None:
    world = winset.world()
    left = world.without(["USA", "CHN"])
    assert len(left) == 192
    accounts = left.accounts(0.5)
    assert abs(accounts.deficit.sum()) < 1e-6 * accounts.output.sum()
    assert (
        left.flows[left.index["KAZ"], left.index["RUS"]]
        == (world.flows[world.index["KAZ"], world.index["RUS"]])
    )


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ({"EU": []}, "group 'EU' is empty"),
        ({"EU": ["DEU"], "X": ["DEU"]}, "DEU is in two groups"),
        ({"EU": ["DEUX"]}, "economy 'DEUX' is not in world"),
        ({"FRA": ["DEU"]}, "'FRA' is the code of an economy outside"),
    ],
)
def test_wrong_groups(groups: dict[str, list[str]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        winset.world().aggregate(groups)


def test_check_lists_every_problem_with_file_and_row(folder: Path) -> None:
    (folder / "trade.csv").write_text(
        "exporter,importer,value_musd\nAAA,BBB,-1\nAAA,CCC,2\nBBB,AAA,x\nAAA,BBB,3\nROW,BBB,1\n",
        "utf-8",
    )
    (folder / "tariffs.csv").write_text("exporter,importer,rate\nAAA,BBB,-2\n", "utf-8")
    found = find_problems(folder)
    assert [where.split(":")[0] for where in found] == [
        "trade.csv row 2", "trade.csv row 3", "trade.csv row 4", "trade.csv row 5",
        "tariffs.csv row 2",
    ]  # fmt: skip


def test_hash_sees_every_figure() -> None:
    world = winset.world().select(["CHN", "IND", "RUS"])
    more = np.array(world.trade)
    more[0, 0, 1] += 1e-6
    assert World(**{**fields(world), "trade": more}).sha256 != world.sha256
    assert World(**fields(world)).sha256 == world.sha256


def test_the_table_of_economies_is_no_world() -> None:
    names = winset.worlds.embedded_worlds()
    assert "world-2023" in names
    assert "economies" not in names
    for name in names:
        assert winset.world(name).describe()["name"] == name


def block_of_blanks() -> list[int]:
    """Positions of the 76 economies, in both worlds of 2023, that trade with none of each other."""
    world = winset.world("world-2023-free")
    trade = world.trade[0]
    codes = ("ARG", "BGD", "DZA", "IRQ", "KOR", "PHL", "POL", "RUS", "VNM")
    none = (trade == 0) & (trade.T == 0)
    found = np.flatnonzero(none[:, [world.index[code] for code in codes]].all(axis=1))
    return [int(k) for k in found]


def test_what_the_source_of_2023_leaves_blank_is_said() -> None:
    """76 economies have no trade with each other on record; the note's figures are those of the world."""
    world, block = winset.world("world-2023-free"), block_of_blanks()
    assert len(block) == 76
    assert not world.trade[0][np.ix_(block, block)].any()
    blank = {world.codes[k] for k in block}
    family = blank & set(resolve("SCO+", dt.date(2025, 9, 1)))
    assert family == {"AFG", "BLR", "IRN", "LAO", "MNG", "NPL", "RUS", "TJK"}
    other = winset.world("icio-2022")
    both = [other.index[code] for code in sorted(blank & set(other.codes))]
    goods = other.trade[:-1].sum(axis=0) * ~np.eye(len(other), dtype=bool)
    assert len(both) == 12
    assert round(goods[np.ix_(both, both)].sum() / 1e3) == 192
    assert ", ".join(sorted(family)) in world.notes[-1]
    assert "76 economies" in world.notes[-1]
    assert "192 billion" in world.notes[-1]


def test_what_is_filled_in_is_said_and_nothing_else_is_changed() -> None:
    free, filled, block = (
        winset.world("world-2023-free"),
        winset.world("world-2023"),
        block_of_blanks(),
    )
    inside = np.zeros(free.flows.shape, dtype=bool)
    inside[np.ix_(block, block)] = True
    off = ~np.eye(len(free), dtype=bool)
    assert free.codes == filled.codes
    assert np.array_equal(free.flows[~inside & off], filled.flows[~inside & off])
    made = filled.flows[inside & off]
    assert (made > 0).mean() > 0.95  # the rest is less than half a dollar
    total = filled.flows[off].sum()
    assert f"{made.sum() / total:.1%} of all" in filled.notes[-1]
    both = (filled.flows * off).sum(axis=0) + (filled.flows * off).sum(axis=1)
    part = (filled.flows * inside * off).sum(axis=0) + (filled.flows * inside * off).sum(axis=1)
    for k, told in enumerate(filled.facts["filled_percent"]):
        assert told == (f"{100 * part[k] / both[k]:.1f}" if k in block else "")
    at = filled.index
    # what customs said in 2023 and after: TASS on the two offices' figures, scripts/blanks/reported.csv
    assert filled.flows[at["RUS"], at["BLR"]] == 22600
    assert filled.flows[at["BLR"], at["RUS"]] == 23900
    assert filled.flows[at["RUS"], at["KOR"]] + filled.flows[at["KOR"], at["RUS"]] == pytest.approx(
        15000, rel=1e-5
    )
