"""Accounts of inter-country tables and of merged worlds, on books made by hand."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit import layouts
from tests.unit.printed import made_world

import winset as library
from winset.errors import DataError
from winset.worlds import World, sector_accounts
from winset.worlds.importing import adb, eora, import_world
from winset.worlds.importing.io_table import Books
from winset.worlds.importing.resolve import table_accounts
from winset.worlds.package import find_problems
from winset.worlds.technology import Technology

# Tables.

USE = np.array([[1.0, 2, 1, 0], [1, 1, 0, 2], [0, 1, 2, 1], [1, 0, 1, 3]])
BOUGHT = np.array([[6.0, 2], [5, 1], [1, 7], [2, 8]])


def books(**changes: Any) -> Books:
    """Two economies with two sectors each, rows selling: A1, A2, B1, B2."""
    made = Books(Path("t.csv"), 2022, ("AAA", "BBB"), {}, ("s1", "s2"), {"s1": "One", "s2": "Two"})
    made.use[:], made.bought[:] = USE, BOUGHT
    for name, value in changes.items():
        getattr(made, name)[:] = value
    return made


def test_a_sound_table_is_taken_as_it_is() -> None:
    found = table_accounts(books())
    sales = USE.sum(axis=1) + BOUGHT.sum(axis=1)
    assert found.notes == ()
    assert (found.codes, found.sectors) == (("AAA", "BBB"), ("s1", "s2"))
    # Of what A1 sells, each economy's sectors and final users buy.
    assert found.trade[0, 0].tolist() == [1 + 2 + 6, 1 + 0 + 2]
    assert found.trade[1, 1].tolist() == [1 + 0 + 2, 1 + 3 + 8]
    shares = USE / sales
    np.testing.assert_allclose(found.inputs[0][:, 0], shares[:2, 0] + shares[2:, 0])
    np.testing.assert_allclose(found.value_added.T.ravel(), 1.0 - shares.sum(axis=0))
    np.testing.assert_allclose(found.final[:, 0], [7 / 14, 7 / 14])
    np.testing.assert_allclose(found.final[:, 1], [9 / 18, 9 / 18])


def test_negative_use_counts_as_none_and_is_told() -> None:
    bad = USE.copy()
    bad[0, 3], bad[2, 0] = -0.25, -0.5
    found = table_accounts(books(use=bad))
    assert found.notes[0] == (
        "2 negative cells of intermediate use set to zero: 0.75 USD million in all."
    )
    plain = USE.copy()
    plain[0, 3] = plain[2, 0] = 0.0
    sales = bad.sum(axis=1) + BOUGHT.sum(axis=1)
    np.testing.assert_allclose(found.inputs.sum(axis=1).ravel(), (plain / sales).sum(axis=0))
    one = USE.copy()
    one[0, 3] = -1.0
    assert table_accounts(books(use=one)).notes[0].startswith("1 negative cell of")


def test_inputs_beyond_output_become_final_use() -> None:
    """A1 sells 12 and would spend 15: value added is nothing, 3 are bought by final users of A."""
    dear = USE.copy()
    dear[:, 0] = [1.0, 6.0, 4.0, 4.0]
    low = BOUGHT.copy()
    low[0] = [6.0, 2.0]
    found = table_accounts(books(use=dear, bought=low))
    assert "Inputs exceed output" in found.notes[-1]
    assert "(3)" in found.notes[-1]
    assert found.value_added[0, 0] == pytest.approx(0.0, abs=1e-12)


def test_stocks_drawn_down_are_produced_in_the_year() -> None:
    drawn = np.zeros((4, 2))
    drawn[1, 0] = 2.0
    found = table_accounts(books(drawn=drawn))
    assert found.notes == (
        "1 negative cell of final use (2 USD million, stocks drawn down): produced in the year, with "
        "the inputs that it takes.",
    )
    assert found.trade[1].sum() > USE[1].sum() + BOUGHT[1].sum() - 1e-9


def test_economies_and_sectors_of_nothing_are_left_out_by_name() -> None:
    use = np.zeros((4, 4))
    use[:2, :2] = [[1.0, 1], [1, 1]]
    alone = np.array([[6.0, 0], [5, 0], [0, 0], [0, 0]])
    found = table_accounts(books(use=use, bought=alone))
    assert found.notes[0] == "No purchases, left out: BBB."
    assert found.codes == ("AAA",)
    only = USE.copy()
    only[[1, 3]] = only[:, [1, 3]] = 0.0
    none = BOUGHT.copy()
    none[[1, 3]] = 0.0
    assert (
        "Sectors without sales, left out: s2." in table_accounts(books(use=only, bought=none)).notes
    )


def test_who_buys_nothing_for_final_use_is_refused() -> None:
    nothing = BOUGHT.copy()
    nothing[:, 1] = 0.0
    with pytest.raises(DataError, match=r"t\.csv: BBB buys nothing for final use"):
        table_accounts(books(bought=nothing))


def test_a_sector_that_one_economy_does_not_produce_has_the_shares_of_the_others() -> None:
    use, bought = USE.copy(), BOUGHT.copy()
    use[3], bought[3] = 0.0, 0.0
    use[:, 3] = 0.0
    found = table_accounts(books(use=use, bought=bought))
    assert found.notes[-1].startswith(
        "1 sectors of an economy produce nothing; their shares are the"
    )
    np.testing.assert_allclose(found.inputs[1][:, 1], found.inputs[0][:, 1])
    assert found.value_added[1, 1] == pytest.approx(found.value_added[1, 0])


def test_books_balance_or_the_worst_sellers_are_named() -> None:
    made = books()
    made.other[:] = made.sales() - USE.sum(axis=0)
    made.check(1e-9)
    made.other[2] += 0.5
    with pytest.raises(DataError) as told:
        made.check(0.01)
    said = str(told.value)
    assert "the accounts do not balance to 1 %" in said
    assert "in all 1 of 4 sellers, the largest gap" in said
    assert "(0.02 is two percent)" in said
    made.check(0.2)
    for few, sectors in ((("AAA",), ("s1",)), (("AAA", "BBB"), ())):
        with pytest.raises(DataError, match="is not an inter-country table that fits in memory"):
            Books(Path("t.csv"), 2022, few, {}, sectors, {})
    assert len(Books(Path("t.csv"), 2022, ("AAA", "BBB", "CCC"), {}, ("s1",), {}).use) == 3


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_unit_of_a_table_does_not_matter(scale: float) -> None:
    """Also where a seller sells less than a million."""
    one, other = (
        table_accounts(books()),
        table_accounts(books(use=scale * USE, bought=scale * BOUGHT)),
    )
    for name in ("inputs", "value_added", "final"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-12)
    np.testing.assert_allclose(other.trade, scale * one.trade)


# Wages behind prices, and what is not met.


def anchored(buys: dict[tuple[int, int], float], *, imports: int | None = None) -> None:
    """Three sectors, of which the first alone adds value; `buys` of (of, by)."""
    flows = np.stack([np.diag([9.0, 9.0])] * 3)
    if imports is not None:
        flows[imports, 1, 0] = 1.0
    labor = np.array([[0.5, 0.5], [0.0, 0.5], [0.0, 0.5]])
    inputs = np.zeros((2, 3, 3))
    for (of, by), share in buys.items():
        inputs[0, of, by] = share
    world: Any = SimpleNamespace(name="made", codes=("KAZ", "UZB"), sectors=("s1", "s2", "s3"))
    sector_accounts._anchored(world, labor, inputs, flows)


def test_a_chain_of_inputs_ties_every_price_to_a_wage() -> None:
    anchored({(0, 1): 1.0, (1, 2): 1.0})  # the third buys of the second, that one of the first
    anchored({(1, 1): 1.0, (1, 2): 1.0}, imports=1)  # or of wages abroad
    with pytest.raises(DataError, match="KAZ, sector s3 adds no value"):
        anchored({(0, 1): 1.0, (2, 2): 1.0})
    with pytest.raises(DataError, match="KAZ, sector s2 adds no value"):
        anchored({(2, 1): 1.0, (1, 2): 1.0})


def test_what_is_unmet_is_told_for_one_economy_and_for_many() -> None:
    world: Any = SimpleNamespace(codes=("KAZ", "UZB"), sectors=("s1", "s2"))
    accounts: Any = SimpleNamespace(
        unmet=np.array([[1e-13, 1e-13], [5.0, 0.0]]), spending=np.full((2, 2), 100.0),
        income=np.array([100.0, 50.0]),
    )  # fmt: skip
    found = sector_accounts.unmet_by_economy(world, accounts)
    assert found == {
        "musd": pytest.approx(5.0),
        "percent_of_income": pytest.approx(100 * 5 / 150),
        "economies": [
            {
                "code": "KAZ",
                "musd": pytest.approx(5.0),
                "percent_of_income": pytest.approx(5.0),
                "sectors": [{"sector": "s2", "musd": 5.0}],
            }
        ],
    }
    said = sector_accounts.unmet_note(found)
    assert said.startswith("Inputs bought exceed what is spent in some sectors of 1 economy:")
    assert said.endswith(
        "5 USD million or 3.3 % of what is consumed. Most: KAZ (5, 5.0 %, most in s2)."
    )
    accounts.unmet = np.array([[0.0, 20.0], [5.0, 10.0]])
    both = sector_accounts.unmet_by_economy(world, accounts)
    assert both is not None
    assert [one["code"] for one in both["economies"]] == ["UZB", "KAZ"]
    assert [s["sector"] for s in both["economies"][0]["sectors"]] == ["s1", "s2"]
    assert "some sectors of 2 economies:" in sector_accounts.unmet_note(both)
    accounts.unmet = np.zeros((2, 2))
    assert sector_accounts.unmet_by_economy(world, accounts) is None


# Merged worlds.


def test_shares_of_merged_economies_are_weighted_by_what_they_are_shares_of() -> None:
    """Value added and inputs by output, consumption by income."""
    world = library.world("caliendo-parro-1993").select(["USA", "MEX", "CAN", "JPN"])
    technology = world.technology
    assert technology is not None
    assert technology.final is None or technology.final.shape[1] == 4
    final = np.random.default_rng(3).dirichlet(np.ones(len(world.sectors)), 4).T
    world = replace(world, technology=replace(technology, final=final))
    accounts = world.sector_accounts(1.0)
    merged = world.aggregate({"NA": ["USA", "MEX", "CAN"]}).technology
    assert merged is not None
    rows = [world.index[c] for c in ("USA", "MEX", "CAN")]
    income, output = accounts.income[rows], accounts.output[:, rows]
    assert merged.final is not None
    assert merged.value_added is not None
    assert merged.inputs is not None
    assert technology.value_added is not None
    assert technology.inputs is not None
    place = world.aggregate({"NA": ["USA", "MEX", "CAN"]}).index["NA"]
    np.testing.assert_allclose(merged.final[:, place], final[:, rows] @ income / income.sum())
    weight = output / output.sum(axis=1, keepdims=True)
    own = (technology.value_added[:, rows] * weight).sum(axis=1)
    np.testing.assert_allclose(merged.value_added[:, place], own)
    inputs = np.einsum("nkj,jn->kj", technology.inputs[rows], weight)
    np.testing.assert_allclose(merged.inputs[place], inputs)


def test_merged_sectors_have_the_mean_of_their_shares_and_names_of_their_own() -> None:
    world = library.world("caliendo-parro-1993").select(["USA", "MEX", "CAN"])
    technology = world.technology
    assert technology is not None
    assert technology.value_added is not None
    assert technology.inputs is not None
    services = ["Retail", "Hotels", "Education"]
    rows = [world.sectors.index(s) for s in services]
    merged = world.aggregate_sectors({"services": services})
    found = merged.technology
    assert found is not None
    assert found.value_added is not None
    assert found.inputs is not None
    place = merged.sectors.index("services")
    assert found.names[place] == "services"
    others = [s for s in merged.sectors if s != "services"]
    assert others == [s for s in world.sectors if s not in services]
    for s in ("Auto", "Electrical"):
        assert found.names[merged.sectors.index(s)] == technology.names[world.sectors.index(s)]
    weight = world.sector_accounts(1.0).output[rows]
    weight = weight / weight.sum(axis=0)
    own = (technology.value_added[rows] * weight).sum(axis=0)
    np.testing.assert_allclose(found.value_added[place], own)
    auto, before = merged.sectors.index("Auto"), world.sectors.index("Auto")
    np.testing.assert_allclose(
        found.inputs[:, place, auto], technology.inputs[:, rows, before].sum(axis=1)
    )
    np.testing.assert_allclose(
        found.inputs[:, auto, place], (technology.inputs[:, before, rows] * weight.T).sum(axis=1)
    )
    np.testing.assert_allclose(merged.trade[place], world.trade[rows].sum(axis=0))


def test_eoras_rest_of_the_world_is_left_out_with_its_trade(tmp_path: Path) -> None:
    """Each of four sellers sells it 2, and it sells 2 to each of them and of ten final users."""
    made = layouts.balanced(("AAA", "BBB"), ("c1", "c2"))
    read = eora.read(layouts.eora(made, tmp_path / "eora", rest=2.0), None)
    assert read.notes[-1] == (
        "EORA's rest of the world has no sectors and is left out: sales to it 8, purchases from it 28 "
        "USD million."
    )
    assert read.year == 2017
    np.testing.assert_allclose(read.use, made.use)
    np.testing.assert_allclose(read.beyond, 2.0)


@pytest.mark.parametrize(("joined", "good"), [(1, True), (2, False)])
def test_a_table_of_adb_begins_with_name_economy_and_code(
    tmp_path: Path, joined: int, good: bool
) -> None:
    """With the empty column before them or without; not with two of them in one."""
    made = layouts.balanced(("AAA", "BBB"), ("c1", "c2"))
    path = layouts.adb(made, tmp_path / "adb.csv")
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["".join(row[: joined + 1]), *row[joined + 1 :]] for row in table]
        )
    if good:
        np.testing.assert_allclose(adb.read(path, 2022).use, made.use)
    else:
        with pytest.raises(DataError, match="the codes begin in column 3; before them must stand"):
            adb.read(path, 2022)


@pytest.mark.parametrize("part", ["T", "FD"])
@pytest.mark.parametrize(("rows", "said"), [(1, "more than 5 rows"), (-1, "4 rows, but 5 labels")])
def test_a_matrix_of_eora_has_as_many_rows_as_labels(
    tmp_path: Path, part: str, rows: int, said: str
) -> None:
    place = layouts.eora(layouts.balanced(("AAA", "BBB"), ("c1", "c2")), tmp_path / "eora")
    path = place / f"Eora26_2017_bp_{part}.txt"
    lines = path.read_text("utf-8").splitlines()
    kept = [*lines, lines[-1]] if rows > 0 else lines[:-1]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    with pytest.raises(DataError, match=said):
        eora.read(place, None)


def test_a_column_in_millions_is_in_millions_whatever_the_unit(tmp_path: Path) -> None:
    rows = "KAZ,UZB,3\nUZB,KAZ,2\nKAZ,KAZ,9\nUZB,UZB,8\n"
    for column, unit, factor in (
        ("value_musd", "thousand-usd", 1.0),
        ("value_musd", None, 1.0),
        ("value", "thousand-usd", 1e-3),
        ("value", None, 1.0),
    ):
        path = tmp_path / "t.csv"
        path.write_text(f"exporter,importer,{column}\n{rows}", encoding="utf-8")
        world = import_world(path, year=2022, unit=unit)
        np.testing.assert_allclose(world.flows, factor * np.array([[9.0, 3], [2, 8]]))


# Problems of a folder.


def exporter(sectored: bool) -> World:
    """KAZ sells 90 abroad of 100 and buys 1: only where inputs are counted its income is negative."""
    plain = made_world("KAZ UZB", [[10.0, 90.0], [1.0, 500.0]])
    if not sectored:
        return plain
    half = np.full((2, 2), 0.5)
    return replace(
        plain, sectors=("s1", "s2"), trade=np.stack([plain.trade[0] / 2.0] * 2),
        tariff=np.zeros((2, 2, 2)),
        technology=Technology(names=("s1", "s2"), elasticity=np.full(2, 4.0), value_added=half),
    )  # fmt: skip


def test_accounts_of_a_folder_are_checked_as_its_model_closes_them(tmp_path: Path) -> None:
    library.write_world(exporter(sectored=False), tmp_path / "one")
    assert find_problems(tmp_path / "one") == []
    library.write_world(exporter(sectored=True), tmp_path / "two")
    (problem,) = find_problems(tmp_path / "two")
    assert "KAZ" in problem


def folder(place: Path, **changes: Any) -> Path:
    """A folder of two economies, some of its files as given."""
    about = {"name": "mine", "year": 2022, "unit": "USD million"} | changes.pop("about", {})
    files = {
        "economies": "code,name,gdp_musd\nKAZ,Kazakhstan,100\nUZB,Uzbekistan,50\n",
        "trade": "exporter,importer,value_musd\nKAZ,UZB,3\nUZB,KAZ,2\n",
    } | changes
    place.mkdir(exist_ok=True)
    (place / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    for name, text in files.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def test_an_economy_without_gdp_is_told_by_its_row(tmp_path: Path) -> None:
    assert find_problems(folder(tmp_path / "good")) == []
    bare = "code,name,gdp_musd\nKAZ,Kazakhstan,100\n\nUZB,Uzbekistan,\n"
    (said,) = find_problems(folder(tmp_path / "bad", economies=bare))
    assert said.startswith(
        "economies.csv row 4: economy UZB: no GDP, and trade.csv has no domestic"
    )
    low = "code,name,gdp_musd\nKAZ,Kazakhstan,0\nKAZ,Again,1\n,Nobody,1\nUZB,Uzbekistan,5\n"
    assert find_problems(folder(tmp_path / "low", economies=low))[:3] == [
        "economies.csv row 2: gdp_musd of KAZ is 0; it must be positive.",
        "economies.csv row 3: economy KAZ is declared twice.",
        "economies.csv row 4: the code is empty.",
    ]


@pytest.mark.parametrize(
    ("rate", "good"), [(-0.99, True), (-1.0, False), (-0.0, True), (-2.0, False)]
)
def test_a_tariff_of_a_folder_exceeds_minus_one(tmp_path: Path, rate: float, good: bool) -> None:
    text = f"exporter,importer,rate\nKAZ,UZB,{rate}\n"
    found = find_problems(folder(tmp_path / "w", tariffs=text))
    assert (found == []) is good
    if not good:
        assert found[0].startswith("tariffs.csv row 2")


@pytest.mark.parametrize(("mfn", "good"), [(0.2, True), (0.0, True), (-0.5, True), (-1.0, False)])
@pytest.mark.parametrize("other", ["0.3", ""])
def test_mfn_rates_of_a_folder_exceed_minus_one_and_are_the_rate_where_they_are_blank(
    tmp_path: Path, mfn: float, good: bool, other: str
) -> None:
    text = f"exporter,importer,rate,mfn\nKAZ,UZB,0.1,{mfn}\nUZB,KAZ,0.1,{other}\n"
    place = folder(tmp_path / "w", tariffs=text)
    if good:
        read = library.world(place)
        assert read.mfn is not None
        assert read.mfn[0].tolist() == [[0.0, mfn], [float(other or 0.1), 0.0]]
    else:
        (said,) = find_problems(place)
        assert said.startswith("tariffs.csv row 2: mfn is -1.0; a tariff must exceed -1")


def test_sources_carry_their_licence_or_that_of_the_package(tmp_path: Path) -> None:
    about = {
        "sources": [
            {"title": "Own", "license": "CC0", "path": "https://x"},
            {"title": "Bare"},
            "Text",
        ],
        "licenses": [{"name": "cc-by-4.0", "title": "CC BY 4.0"}, {"name": "odc"}, "other"],
        "notes": ["A note."],
    }
    read = library.world(folder(tmp_path / "w", about=about))
    terms = "CC BY 4.0; odc; other"
    assert [(s.title, s.license, s.path) for s in read.sources] == [
        ("Own", "CC0", "https://x"), ("Bare", terms, ""), ("Text", terms, ""),
    ]  # fmt: skip
    assert read.notes[0] == "A note."
    assert (read.name, read.year) == ("mine", 2022)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (
            {"unit": "thousand USD"},
            "datapackage.json: unit = 'thousand USD'; values must be in USD million.",
        ),
        ({"sources": "x"}, "datapackage.json: sources, licenses and notes must be lists."),
        ({"year": "x"}, "datapackage.json: year"),
    ],
)
def test_a_descriptor_that_contradicts_itself(
    tmp_path: Path, about: dict[str, Any], said: str
) -> None:
    assert find_problems(folder(tmp_path / "w", about=about))[0].startswith(said)


def test_a_descriptor_that_is_no_object(tmp_path: Path) -> None:
    place = folder(tmp_path / "w")
    for text, said in (
        ("[]", "datapackage.json: "),
        ("{", "datapackage.json: not readable as JSON"),
    ):
        (place / "datapackage.json").write_text(text, encoding="utf-8")
        assert find_problems(place)[0].startswith(said)
