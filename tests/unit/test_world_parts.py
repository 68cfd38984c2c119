"""What worlds are put together from, at exact figures: domestic sales, units, MFN rates, matrices, cells."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import made_world

from winset import tables
from winset.errors import DataError
from winset.worlds import domestic, mfn, package_cells
from winset.worlds.importing import (
    Columns,
    baci,
    files,
    gdp_table,
    import_world,
    matrix,
    plausible,
    products,
    sections,
)
from winset.worlds.importing.cells import Flows

CODES = ("KAZ", "UZB", "KGZ", "TJK")

# Domestic sales.


def test_who_lacks_a_row_where_others_have_one() -> None:
    assert domestic.lacking(np.array([True, False, True, False]), CODES) == ("UZB", "TJK")
    assert domestic.lacking(np.zeros(4, dtype=bool), CODES) == ()
    assert domestic.lacking(np.ones(4, dtype=bool), CODES) == ()


@pytest.mark.parametrize(
    ("missing", "gdp", "noted"),
    [(1, False, True), (2, False, False), (1, True, False), (0, False, False)],
)
def test_a_few_without_a_row_and_without_gdp_sell_nothing_at_home(
    missing: int, gdp: bool, noted: bool
) -> None:
    """Half of them is no few."""
    figures = np.full(4, np.nan)
    figures[3] = 1.0 if gdp else np.nan
    own = np.arange(4) >= missing
    said = domestic.only_reading(CODES[:missing], own, figures)
    assert bool(said) is noted
    if noted:
        assert said == ("Neither GDP nor a row for themselves: KAZ; taken to sell nothing at home.")
    refused = domestic.refusal(("UZB",), 4, "Drop it.")
    assert refused.startswith(
        "3 of 4 economies have a row for themselves (domestic sales), 1 have none: UZB."
    )
    assert refused.endswith("Drop it.")


def test_domestic_sales_are_output_less_exports_and_a_floor() -> None:
    trade = np.array([[[0, 10, 20], [5, 400, 5], [95, 95, 0]]], dtype=float)
    found, floored, small = domestic.derived(trade, np.array([100.0, 300.0, 100.0]))
    # KAZ: 100/0.5 − 30; UZB as it is; KGZ: 200 − 190 = 10, its floor 5 % of output
    np.testing.assert_allclose(found[0].diagonal(), [170.0, 400.0, 10.0])
    assert floored.tolist() == [False, False, False]
    assert small.tolist() == [False, False, False]
    assert trade[0, 0, 0] == 0.0  # not in place
    low, floored, _ = domestic.derived(trade, np.array([100.0, 300.0, 99.0]))
    np.testing.assert_allclose(low[0, 2, 2], 190 * 0.05 / 0.95)
    assert floored.tolist() == [False, False, True]


@pytest.mark.parametrize(("gdp", "small"), [(810.0, False), (811.0, True)])
def test_a_row_too_small_to_be_sales_at_home_is_replaced(gdp: float, small: bool) -> None:
    """Sales of 405 are half of 810."""
    trade = np.array([[[5.0, 400.0], [1.0, 1e3]]])
    found, _, too_small = domestic.derived(trade, np.array([gdp, 1e3]))
    assert too_small.tolist() == [small, False]
    assert found[0, 0, 0] == pytest.approx(gdp / 0.5 - 400.0 if small else 5.0)


# Units.


def said(
    exports: float, gdp: float, unit: str = "million-usd", own: str | None = None, **more: Any
) -> list[str]:
    trade = np.array([[7.0, exports], [0.0, 9.0]])
    return plausible.doubts(("KAZ", "UZB"), trade, np.array([gdp, np.nan]), unit, own, **more)


@pytest.mark.parametrize(
    ("exports", "doubted"), [(0.5, False), (0.49, True), (1000.0, False), (1001.0, True)]
)
def test_exports_between_a_thousandth_and_all_of_gdp_are_in_the_right_unit(
    exports: float, doubted: bool
) -> None:
    assert bool(said(exports, 1000.0)) is doubted


def test_the_unit_that_is_likely_is_named() -> None:
    assert said(2e5, 1.0) == [
        "Exports are above GDP: together 2e+05 times as large, with trade in million-usd and GDP in usd. "
        "Is a unit wrong? Likely: --unit usd or --gdp-unit million-usd."
    ]
    assert said(2e5, 1.0, fixed=True)[0].endswith("Likely: --gdp-unit million-usd.")
    assert said(2e2, 1e6, own="usd", unit="thousand-usd") == [
        "Exports are far below GDP: together 0.0002 times as large, with trade in thousand-usd and GDP "
        "in usd. Is a unit wrong? Likely: --unit million-usd."
    ]
    assert "Likely" not in said(3.0, 1.0, own="million-usd")[0]  # no unit would do better


def test_without_gdp_or_trade_nothing_is_doubted() -> None:
    assert said(5.0, np.nan) == []
    assert said(0.0, 1.0) == []


def test_who_sells_more_than_twice_its_gdp_is_named() -> None:
    trade = np.array([[0.0, 20.0], [1.0, 0.0]])
    codes = ("KAZ", "UZB")
    assert plausible.doubts(codes, trade, np.array([10.0, 100.0]), "million-usd", None) == []
    assert plausible.doubts(codes, trade, np.array([8.0, 100.0]), "million-usd", None) == [
        "Exports are more than twice GDP: KAZ (2.5). Are both figures right?"
    ]


@pytest.mark.parametrize(
    ("unit", "million"),
    [("usd", 1e-6), ("thousand-usd", 1e-3), ("million-usd", 1), ("billion-usd", 1e3)],
)
def test_units_in_millions(unit: str, million: float) -> None:
    assert files.factor(unit, "--unit") == million


def test_a_unit_that_is_none() -> None:
    with pytest.raises(
        DataError, match=r"--unit millions: not a unit\. Did you mean .*Known: usd, thou"
    ):
        files.factor("millions", "--unit")


# MFN rates.


@pytest.mark.parametrize(
    ("rates", "usual"),
    [
        ([0.1, 0.1, 0.2], 0.1),  # shared by two, not the single higher one
        ([0.1, 0.1, 0.2, 0.2], 0.2),  # of two that are shared, the higher
        ([0.1, 0.2, 0.3], 0.2),  # none shared: the upper median
        ([0.1, 0.2], 0.2),
        ([0.1, 0.0, 0.0], 0.1),
        ([0.0, 0.0], 0.0),
        ([0.10001, 0.10004, 0.3], 0.100025),  # shared where four decimals are
        ([0.1001, 0.1002, 0.3], 0.1002),
    ],
)
def test_the_mfn_rate_is_the_highest_that_exporters_share(rates: list[float], usual: float) -> None:
    n = len(rates) + 1
    tariff = np.full((1, n, n), 0.9)
    tariff[0, 1:, 0] = rates
    tariff[0, 0, 0] = 0.9  # at home: not looked at
    assert mfn.inferred(tariff)[0, 0] == pytest.approx(usual, abs=1e-12)


@pytest.mark.parametrize(
    ("others", "sharing", "usual"), [(60, 2, 0.1), (60, 3, 0.5), (61, 3, 0.1), (61, 4, 0.5)]
)
def test_among_many_a_rate_is_shared_by_a_twentieth_of_the_exporters(
    others: int, sharing: int, usual: float
) -> None:
    n = 1 + others
    tariff = np.full((1, n, n), 0.1)
    tariff[0, 1 : 1 + sharing, 0] = 0.5
    assert mfn.inferred(tariff)[0, 0] == pytest.approx(usual)


# Matrices and GDP.


def write(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def square(folder: Path, *rows: str, head: str = ",KAZ,UZB,KGZ", unit: str = "million-usd") -> Any:
    path = write(folder, "\n".join((head, *rows)) + "\n")
    return matrix.read_matrix(path, tables.header(path), None, unit)


ROWS = ("KAZ,,5,1", "UZB,2,,0", "KGZ,3,4,")


def test_a_square_matrix_is_read_by_row_and_column(tmp_path: Path) -> None:
    found = square(tmp_path, *ROWS, unit="thousand-usd")
    assert found.cells == {
        ("goods", "KAZ", "UZB"): 0.005, ("goods", "KAZ", "KGZ"): 0.001, ("goods", "UZB", "KAZ"): 0.002,
        ("goods", "KGZ", "KAZ"): 0.003, ("goods", "KGZ", "UZB"): 0.004,
    }  # fmt: skip
    assert found.unit == "thousand-usd"


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        (("KAZ,,5,1", "UZB,2,,0"), None, "no row for column KGZ; the matrix must be square"),
        ((*ROWS, "KAZ,1,1,1"), None, "row 5: 'KAZ' stands twice"),
        ((*ROWS, "TJK,1,1,1"), None, "row 5: 'TJK' is not a column"),
        (("KAZ,,5,x", *ROWS[1:]), None, "row 2, column KGZ: 'x' is not a number"),
        (("KAZ,,5,-1", *ROWS[1:]), None, "row 2, column KGZ: -1 is negative; a flow cannot be"),
        (("KAZ,,,", "UZB,,,", "KGZ,,,0"), None, "no trade in it"),
        (("KAZ,1",), ",KAZ", "neither BACI"),
        (("KAZ,1,1",), ",KAZ,??", "neither BACI .* row 1 is , KAZ, \\?\\?"),
        (("KAZ_C1,1",), ",KAZ_C1,UZB_C1", "columns such as KAZ_C1 are economies and industries"),
    ],
)  # fmt: skip
def test_matrices_that_are_refused(
    tmp_path: Path, rows: tuple[str, ...], head: str | None, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        square(tmp_path, *rows, head=head or ",KAZ,UZB,KGZ")


def test_what_stands_for_many_is_left_out_with_its_size(tmp_path: Path) -> None:
    found = square(tmp_path, "KAZ,,5,100", "UZB,2,,50", "WLD,30,7,", head=",KAZ,UZB,WLD")
    assert set(found.cells) == {("goods", "KAZ", "UZB"), ("goods", "UZB", "KAZ")}
    assert found.notes[-1].startswith("Left out: WLD")
    assert found.notes[-1].endswith("which stands for many economies; 187 USD million.")
    with pytest.raises(DataError, match="no trade between economies; every row is of WLD"):
        square(tmp_path, "KAZ,,0,100", "UZB,0,,50", "WLD,30,7,", head=",KAZ,UZB,WLD")


def test_one_economy_under_two_names_is_refused(tmp_path: Path) -> None:
    twice = {("KAZ", "UZB"): (3, 1.0), ("KAZ", "uzb"): (4, 1.0)}
    with pytest.raises(
        DataError, match=r"row 4: KAZ to uzb is KAZ to UZB, as row 3 is\. Keep one row"
    ):
        matrix.add_coded(Flows(), twice, tmp_path / "t.csv")


def gdp(folder: Path, text: str, year: int = 2022, unit: str | None = None, **columns: Any) -> Any:
    return gdp_table.read(write(folder, text, "gdp.csv"), Columns(**columns), year, unit)


def test_gdp_in_the_unit_that_is_told(tmp_path: Path) -> None:
    plain = "code,gdp\nKAZ,2000000\nUZB,\n"
    assert gdp(tmp_path, plain) == {"KAZ": 2.0}
    assert gdp(tmp_path, plain, unit="billion-usd") == {"KAZ": 2e9}
    assert gdp(tmp_path, "code,gdp_musd\nKAZ,5\n") == {"KAZ": 5.0}
    scaled = "code,gdp,Scale\nKAZ,5,Billions\nUZB,6,units\n"
    assert gdp(tmp_path, scaled) == {"KAZ": 5000.0, "UZB": pytest.approx(6e-6)}
    assert gdp(tmp_path, "code,year,gdp\nKAZ,2021,1e6\nKAZ,2022,2e6\n") == {"KAZ": 2.0}
    assert gdp(tmp_path, "code,2021,2022 [YR2022]\nKAZ,1e6,2e6\n") == {"KAZ": 2.0}
    assert gdp(tmp_path, "code,2021,2022\nKAZ,1e6,2e6\n", 2021) == {"KAZ": 1.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,gdp\nKAZ,1\nKAZ,2\n", r"row 3: KAZ is given twice \(row 2\)"),
        ("code,gdp\nKAZ,1\nKazakhstan,2\n", "row 3: Kazakhstan is KAZ, which is given twice"),
        ("code,gdp\nKAZ,0\n", "row 2: gdp of KAZ is '0'; it must be positive"),
        ("code,gdp\nKAZ,-1\n", "gdp of KAZ is '-1'"),
        ("code,gdp\nKAZ,x\n", "gdp of KAZ is 'x'"),
        ("code,gdp\nKAZ,inf\n", "gdp of KAZ is 'inf'"),
        ("code,gdp\nKAZ,\n", "no GDP of 2022 in column gdp"),
        ("code,year,gdp\nKAZ,2021,1\n", "no GDP of 2022 in column gdp"),
        ("code,series name,gdp\nKAZ,a,1\nKAZ,b,2\n", "holds several series: a, b"),
    ],
)
def test_gdp_that_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        gdp(tmp_path, text)


def test_units_and_series_that_contradict_the_table(tmp_path: Path) -> None:
    same = "-".join(["billion", "usd"])  # as a command line gives it
    assert gdp(tmp_path, "code,gdp,scale\nKAZ,1,Billions\n", unit=same) == {"KAZ": 1000.0}
    with pytest.raises(
        DataError, match=r"the figures are in billions \(column Scale\), not in usd"
    ):
        gdp(tmp_path, "code,gdp,scale\nKAZ,1,Billions\n", unit="usd")
    with pytest.raises(DataError, match="--gdp-series is for a table with a column of series"):
        gdp(tmp_path, "code,gdp\nKAZ,1\n", series="a")
    two = "code,series code,series name,gdp\nKAZ,A,alpha,1e6\nKAZ,B,beta,2e6\n"
    assert gdp(tmp_path, two, series="B") == gdp(tmp_path, two, series="beta") == {"KAZ": 2.0}
    with pytest.raises(DataError, match=r"no series 'gamma'\..*There are alpha, beta"):
        gdp(tmp_path, two, series="gamma")


# Files, columns, cells.


def test_a_source_is_told_with_its_hash(tmp_path: Path) -> None:
    path = write(tmp_path, "x" * 3_000_000)
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()
    assert files.source(path, "Trade").title == f"Trade: file t.csv, sha256 {wanted}"


def test_numbers_of_a_column_are_finite_or_named_by_row(tmp_path: Path) -> None:
    rows = [2, 3, 5]
    assert files.numbers(["1", "2.5", "-3"], rows, "v", tmp_path).tolist() == [1.0, 2.5, -3.0]
    for wrong in ("", "x", "inf", "nan"):
        with pytest.raises(DataError, match=rf"row 5: v is '{wrong}'; it must be a number"):
            files.numbers(["1", "2", wrong], rows, "v", tmp_path)
    blank = files.numbers(["1", "", "3"], rows, "v", tmp_path, blank=True)
    np.testing.assert_array_equal(blank, [1.0, np.nan, 3.0])
    with pytest.raises(DataError, match="row 3: v is 'x'"):
        files.numbers(["", "x", "3"], rows, "v", tmp_path, blank=True)


def test_columns_are_found_by_usual_names_in_any_case(tmp_path: Path) -> None:
    header = ["Exporter", "VALUE"]
    assert files.found(header, ("origin", "exporter")) == "Exporter"
    assert files.found(header, ("origin",)) is None
    assert files.column(header, None, ("value",), "value", tmp_path) == "VALUE"
    assert files.column(header, "Exporter", ("value",), "value", tmp_path) == "Exporter"
    with pytest.raises(
        DataError, match=r"no column 'exporter'\. Did you mean Exporter\? Found: Exporter, V"
    ):
        files.column(header, "exporter", (), "exporter", tmp_path)
    with pytest.raises(
        DataError, match=r"no column for the importer; .* Name it with --importer-column"
    ):
        files.column(header, None, ("importer",), "importer", tmp_path)


def test_a_negative_flow_is_named_by_row(tmp_path: Path) -> None:
    good = pd.DataFrame({"v": [0.0, 1.0, np.nan]}, index=[2, 3, 4])
    files.nonnegative(good, "v", tmp_path)
    with pytest.raises(DataError, match=r"row 7: v is -0.5; a flow cannot be negative"):
        files.nonnegative(pd.DataFrame({"v": [0.0, -0.5, -1.0]}, index=[2, 7, 9]), "v", tmp_path)


def test_years_of_a_file(tmp_path: Path) -> None:
    files.of_year({2020}, None, tmp_path)
    files.of_year({2020, 2021}, 2021, tmp_path)
    with pytest.raises(DataError, match=r"holds the years 2019 to 2021. Choose one with --year"):
        files.of_year({2021, 2019}, None, tmp_path)
    with pytest.raises(DataError, match="has nothing of 2022; it holds 2020, 2021"):
        files.of_year({2021, 2020}, 2022, tmp_path)


def test_sections_cover_all_chapters_once() -> None:
    found = [sections.section(chapter * 10_000 + 9_999) for chapter in range(1, 98)]
    assert None not in found
    assert list(dict.fromkeys(found)) == list(sections.SECTIONS)
    assert found[4:6] == ["I", "II"]  # chapter 5 is the last of the first
    spans = [span[1:] for span in sections.SECTIONS.values()]
    assert spans[0][0] == 1
    assert all(b[0] == a[1] + 1 for a, b in pairwise(spans))
    assert (found[76 - 1], found[77 - 1], found[96 - 1], found[97 - 1]) == ("XV", "XV", "XX", "XXI")
    assert sections.section(980000) is None
    assert sections.section(9_999) is None


def cells(folder: Path, text: str, *, least: float = 0.0) -> Any:
    write(folder, text, "trade.csv")
    index = {code: k for k, code in enumerate(CODES)}
    return package_cells.fast_cells(
        folder, "trade.csv", "value", index, {}, least=least, blank="goods"
    )


def test_cells_of_a_sound_file_are_read_at_once(tmp_path: Path) -> None:
    found, numbers = cells(
        tmp_path, "exporter,importer,sector,value\nKAZ,UZB,ore,1\nUZB,KAZ,,2\nKAZ,UZB,,3\n"
    )
    assert numbers == {"ore": 0, "goods": 1}
    cube = found.cube((2, 4, 4))
    assert (cube[0, 0, 1], cube[1, 1, 0], cube[1, 0, 1]) == (1.0, 2.0, 3.0)
    assert cube.sum() == 6.0
    turned = found.renumbered([1, 0]).cube((2, 4, 4))
    np.testing.assert_array_equal(turned, cube[::-1])
    every = package_cells.cells_of({(0, 1, -1): 5.0, (0, 1, 1): 7.0}).cube((2, 2, 2))
    assert every[:, 0, 1].tolist() == [5.0, 7.0]  # of all sectors, but for the one that has its own
    assert package_cells.cells_of({}).cube((1, 2, 2)).sum() == 0.0


@pytest.mark.parametrize(
    ("rows", "least", "taken"),
    [
        ("KAZ,UZB,0\n", 0.0, True),
        ("KAZ,UZB,-0.1\n", 0.0, False),
        ("KAZ,UZB,-0.1\n", -1.0, True),
        ("KAZ,UZB,-1\n", -1.0, False),
        ("KAZ,UZB,inf\n", 0.0, False),
        ("KAZ,UZB,x\n", 0.0, False),
        ("KAZ,XXX,1\n", 0.0, False),
        ("KAZ,UZB,1\nKAZ,UZB,1\n", 0.0, False),
        ("", 0.0, False),
    ],
)
def test_a_file_with_a_mistake_is_gone_through_row_by_row(
    tmp_path: Path, rows: str, least: float, taken: bool
) -> None:
    found = cells(tmp_path, "exporter,importer,value\n" + rows, least=least)
    assert (found is not None) is taken


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    index = {"KAZ": 0}
    assert (
        package_cells.fast_cells(tmp_path, "x.csv", "value", index, {}, least=0.0, blank="g")
        is None
    )


COUNTRIES = (
    "country_code,country_name,country_iso3\n"
    "398,Kazakhstan,KAZ\n860,Uzbekistan,UZB\n490,Other Asia,N/A\n837,Bunkers,N/A\n838,Free Zones,N/A\n"
)


def baci_flows(folder: Path, rows: str, **options: Any) -> Any:
    write(folder, COUNTRIES, "codes.csv")
    path = write(folder, "t,i,j,k,v,q\n" + rows, "baci.csv")
    return baci.read(path, None, folder / "codes.csv", **options)


def test_who_has_no_code_in_baci_is_left_out_with_its_share(tmp_path: Path) -> None:
    rows = "2022,398,860,010121,6000,\n2022,398,837,010121,1500,\n2022,838,860,020110,500,\n"
    found = baci_flows(tmp_path, rows + "2022,490,398,010121,2000,\n")
    assert found.cells == {("goods", "KAZ", "UZB"): 6.0, ("goods", "TWN", "KAZ"): 2.0}
    assert found.notes == [
        "Without an ISO code in the country-code file, left out: Bunkers (837), Free Zones (838); "
        "2 USD million of trade, 20 %."
    ]
    assert found.years == {2022}


def test_chapters_outside_the_sections_are_left_out_with_their_size(tmp_path: Path) -> None:
    rows = "2022,398,860,010121,6000,\n2022,398,860,990000,250,\n2022,860,398,980000,500,\n"
    found = baci_flows(tmp_path, rows, table=products.grouping("sections", 0, ""))
    assert found.cells == {("I", "KAZ", "UZB"): 6.0}
    assert found.notes[-1] == (
        "Products outside the 21 sections are left out: 0.75 USD million, 11 % of trade."
    )


@pytest.mark.parametrize(
    ("codes", "digits", "chapters"),
    [([10_000, 979_999], 6, [1, 97]), ([100, 9_799], 4, [1, 97]), ([1, 97], 2, [1, 97])],
)
def test_products_of_six_four_or_two_digits(
    codes: list[int], digits: int, chapters: list[int]
) -> None:
    found: dict[int, int] = {}
    baci._lengths(pd.Series(codes, index=[2, 3], dtype=float), Path("t.csv"), found)
    assert found == {digits: 2}
    table = products.grouping("chapters", 0, "")
    assert table is not None
    at = table.of(np.array(codes), digits)
    assert [int(table.sectors[k]) for k in at] == chapters


def test_products_of_several_lengths_and_codes_that_are_not_there(tmp_path: Path) -> None:
    both = "2022,398,860,010121,6,\n2022,398,860,0101,6,\n"
    with pytest.raises(
        DataError, match=r"products of 4 digits \(row 3\) and of 6 digits \(row 2\) in one file"
    ):
        baci_flows(tmp_path, both, table=products.grouping("sections", 0, ""))
    with pytest.raises(DataError, match="country code 111 is not in the country-code file"):
        baci_flows(tmp_path, "2022,398,222,010121,6,\n2022,111,860,0101,6,\n")


def test_what_is_said_of_a_world_in_figures() -> None:
    flows = [[9.0, 0.5, 0.0], [0.25, 8.0, 0.125], [0.0, 2.0, 7.0]]
    rates = [[0.0, 0.1, 0.0], [0.2, 0.0, 0.0], [0.3, 0.0, 0.0]]
    said = made_world("KAZ UZB KGZ", flows, rates).describe()
    assert (said["economies"], said["sectors"], said["pairs"]) == (3, 1, 4)
    assert said["trade_musd"] == pytest.approx(2.875)
    assert (said["gdp_musd"], said["trade_over_gdp"]) == (None, None)
    assert said["tariffs"] == 3
    assert said["tariff_percent"] == pytest.approx({"mean": 20.0, "median": 20.0, "highest": 30.0})
    assert said["largest"] == ["KAZ", "KGZ", "UZB"]
    known = replace(made_world("KAZ UZB KGZ", flows), gdp=np.array([4.0, 5.0, 2.5])).describe()
    assert known["gdp_musd"] == 11.5
    assert known["trade_over_gdp"] == pytest.approx(0.25)
    assert known["largest"] == ["UZB", "KAZ", "KGZ"]
    assert known["tariff_percent"] is None


def test_imports_in_any_unit_are_millions(tmp_path: Path) -> None:
    trade = write(
        tmp_path, "exporter,importer,value\nKAZ,UZB,3000\nUZB,KAZ,2000\nKAZ,KAZ,9e6\nUZB,UZB,8e6\n"
    )
    world = import_world(trade, year=2022, columns=Columns(), unit="thousand-usd")
    assert world.flows.tolist() == [[9000.0, 3.0], [2.0, 8000.0]]
