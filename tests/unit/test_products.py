"""Worlds of trade by product: sectors of every kind, rates by product, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.errors import DataError
from winset.worlds import read_world
from winset.worlds.importing import import_world
from winset.worlds.importing.products import LEFT_OUT, UNKNOWN, grouping, revision_of

if TYPE_CHECKING:
    from pathlib import Path

CODES = (
    "country_code,country_name,country_iso2,country_iso3\n156,China,CN,CHN\n398,Kazakhstan,KZ,KAZ\n"
    "860,Uzbekistan,UZ,UZB\n276,Germany,DE,DEU\n"
)
GDP = "code,gdp\nCHN,1.7e13\nKAZ,2.6e11\nUZB,9.0e10\nDEU,4.4e12\n"
TRADE = [
    (156, 860, "010121", 100.0),
    (156, 860, "010129", 300.0),
    (156, 860, "270900", 50.0),
    (276, 860, "010121", 40.0),
    (398, 860, "270900", 80.0),
    (860, 398, "720110", 60.0),
    (398, 156, "270900", 900.0),
    (860, 276, "010129", 20.0),
    (276, 398, "720110", 10.0),
]


def laid(folder: Path, rates: str, name: str = "BACI_HS17_Y2020_V1.csv", **more: str) -> Path:
    """Write trade, country codes, GDP, rates and what else there is."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"2020,{i},{n},{k},{v},\n" for i, n, k, v in TRADE)
    files = {name: "t,i,j,k,v,q\n" + rows, "country_codes_V1.csv": CODES, "gdp.csv": GDP}
    for file, text in {**files, "rates.csv": rates, **more}.items():
        (folder / file).write_text(text)
    return folder / name


def world(folder: Path, rates: str = "", **options: Any) -> Any:
    """Make a world of them."""
    trade = laid(folder, rates, **options.pop("files", {}))
    given = {"tariffs": folder / "rates.csv", "tariff_unit": "percent"} if rates else {}
    return import_world(trade, folder / "gdp.csv", **{"sectors": "chapters", **given, **options})


def rate(of: Any, sector: str, exporter: str, importer: str) -> float:
    """One rate in percent."""
    at = of.index
    return 100.0 * float(of.tariff[of.sectors.index(sector), at[exporter], at[importer]])


def test_chapters_and_rates_by_product_weighted_by_trade(tmp_path: Path) -> None:
    """(100 · 10 + 300 · 2)/400 = 4; a pair's own row goes over the rate for all, a member's a union's."""
    made = world(
        tmp_path,
        "reporter,partner,product,rate\n"
        "UZB,World,010121,10\nUZB,World,010129,2\nUZB,World,270900,5\nUZB,KAZ,270900,0\n"
        "UZB,EUN,010121,8\nKAZ,World,720110,3\nKAZ,UZB,720110,0\nEUN,World,010129,7\nCHN,World,270900,1\n",
    )
    assert made.sectors == ("01", "27", "72")
    assert made.technology.names == ("Live animals", "Mineral fuels", "Iron and steel")
    np.testing.assert_allclose(made.trade[0, made.index["CHN"], made.index["UZB"]], 0.4)
    assert rate(made, "01", "CHN", "UZB") == pytest.approx(4.0)
    assert rate(made, "27", "CHN", "UZB") == pytest.approx(5.0)
    assert rate(made, "27", "KAZ", "UZB") == 0.0
    assert rate(made, "01", "DEU", "UZB") == pytest.approx(8.0)
    assert rate(made, "01", "UZB", "DEU") == pytest.approx(7.0)
    assert rate(made, "72", "DEU", "KAZ") == pytest.approx(3.0)
    told = " ".join(made.notes)
    assert "9 rates by product" in told
    assert "100.0 % of trade has one, 11.5 % of the pair's own" in told  # (80 + 40 + 60) / 1,560
    assert "Imputed: sales at home by sector" in told


def test_layouts_of_wits_with_kinds_of_duty_years_and_a_revision(tmp_path: Path) -> None:
    head = "NomenCode,Reporter,Tariff Year,Product,Partner,DutyType,Simple Average\n"
    rows = [
        ("UZB", 2020, "010121", "World", "MFN", 10),
        ("UZB", 2020, "010121", "CHN", "AHS", 6),
        ("UZB", 2020, "010121", "CHN", "MFN", 10),
        ("UZB", 2020, "010121", "CHN", "BND", 30),
        ("UZB", 2019, "010121", "CHN", "AHS", 1),
        ("UZB", 2020, "010129", "CHN", "PRF", 2),
        *((who, 2020, k, "World", "MFN", 4) for who, k in (
            ("UZB", "270900"), ("KAZ", "720110"), ("CHN", "270900"), ("DEU", "010129"))),
    ]  # fmt: skip

    def table(nomenclature: str = "H5") -> str:
        return head + "".join(
            f"{nomenclature},{a},{y},{k},{b},{kind},{r}\n" for a, y, k, b, kind, r in rows
        )

    made = world(tmp_path, table(), sectors="one")
    at = made.index
    # 6 and 2 applied, 4 for all: (100·6 + 300·2 + 50·4)/450
    assert 100 * made.tariffs[at["CHN"], at["UZB"]] == pytest.approx(1400 / 450)
    assert 100 * made.tariffs[at["DEU"], at["UZB"]] == pytest.approx(10.0)
    with pytest.raises(
        DataError, match=r"revisions .* are mixed: HS 2017 \(the trade\) and HS 2012"
    ):
        world(tmp_path, table("H4"))
    with pytest.raises(DataError, match="rates of 2019 and after, trade of 2018"):
        before(tmp_path, table())


def before(folder: Path, rates: str) -> Any:
    """Rates with trade of 2018."""
    trade = laid(folder, rates)
    trade.write_text(trade.read_text().replace("2020,", "2018,"))
    return import_world(
        trade,
        folder / "gdp.csv",
        sectors="one",
        tariffs=folder / "rates.csv",
        tariff_unit="percent",
    )


def test_rates_by_sector_are_taken_as_they_are(tmp_path: Path) -> None:
    table = (
        "iso1,iso2,year,sector,tariff\nUZB,CHN,2015,01,9\nUZB,CHN,2019,01,7\nUZB,World,2019,27,3\n"
    )
    made = world(tmp_path, table)
    assert rate(made, "01", "CHN", "UZB") == pytest.approx(7.0)
    assert rate(made, "27", "KAZ", "UZB") == pytest.approx(3.0)
    assert rate(made, "72", "UZB", "KAZ") == 0.0
    told = " ".join(made.notes)
    assert "are of 2019, trade of 2020" in told
    assert "iso1 is taken for the importer" in told
    with pytest.raises(DataError, match="row 2: sector '1' is none of the trade's"):
        world(tmp_path, table.replace("01,9", "1,9").replace("2015", "2019"))


def test_industries_categories_and_a_table_of_ones_own(tmp_path: Path) -> None:
    assert world(tmp_path, sectors="isic").sectors == ("A01", "B06", "C24A")
    assert world(tmp_path, sectors="bec").sectors == ("111", "220", "310", "410")
    file = tmp_path / "own.csv"
    file.write_text("HS 2017 Product Code,sector,name\n01,food,Food and farms\n27,fuel,\n72,,\n")
    own = world(tmp_path, sectors=str(file))
    assert own.sectors == ("food", "fuel")
    assert own.technology.names == ("Food and farms", "fuel")
    assert "left out: 0.07 USD million, 4.5 % of trade" in " ".join(own.notes)  # 70 of 1,560
    np.testing.assert_allclose(own.trade.sum(), 1.49)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "product,sector\n0101,a\n2709,b\n",
            r"1 products, 4.5 % of trade, are not in own.csv: 720110",
        ),
        ("HS22,sector\n01,a\n27,b\n72,c\n", "is of HS 2022, .* of HS 2017: revisions"),
        ("product,sector\n01,a\n2709,b\n", "of 2 digits .row 2. and of 4 digits .row 3."),
        ("product,sector\n01,a\n01,b\n", "row 3: product 01 is of 'b', in row 2 of 'a'"),
        (
            "product,sector\n01x,a\n",
            "row 2: product is '01x'; it must be of two, four or six digits",
        ),
        ("a,b,c\n01,x,y\n", "no column for the product"),
        ("product,sector\n01,\n", "no product has a sector"),
    ],
)
def test_what_is_refused_of_a_table_of_sectors(tmp_path: Path, table: str, said: str) -> None:
    file = tmp_path / "own.csv"
    file.write_text(table)
    with pytest.raises(DataError, match=said):
        world(tmp_path, sectors=str(file))


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ("UZB,World,010121,10\n", "3 products that are traded, .* have no rate of anybody: 010129"),
        ("UZB,CHN,010121,1\nUZB,CHN,010121,2\n", "row 3: this product of this pair is given twice"),
        (
            "UZB,World,010121,1\nUZB,World,010121,2\n",
            "row 3: this product of this pair is given twice",
        ),
        ("UZB,CHN,01012100,1\n", "row 2: product 1012100 has more than 6 digits"),
        ("UZB,CHN,010121,-100\n", "row 2: rate -100 must exceed -100 %"),
        ("UZB,CHN,990101,1\n", "no rate of what is traded"),
    ],
)
def test_what_is_refused_of_rates_by_product(tmp_path: Path, rates: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        world(tmp_path, "importer,exporter,hs6,rate\n" + rates)


def test_a_correspondence_of_another_revision_and_a_table_without_products(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"by a correspondence of HS 2017 and HS 2007, and .* HS 2022"
    ):
        world(tmp_path, sectors="isic", files={"name": "BACI_HS22_Y2020.csv"})
    with pytest.raises(DataError, match="does not say of which revision"):
        world(tmp_path, sectors="bec", files={"name": "trade.csv"})
    laid(tmp_path, "importer,exporter,product,rate\nA1,B1,010121,1\n")
    (tmp_path / "long.csv").write_text(
        "exporter,importer,value\nA1,A1,50\nA1,B1,5\nB1,A1,6\nB1,B1,70\n"
    )
    with pytest.raises(DataError, match="a table of tariffs by product needs CEPII's BACI"):
        import_world(tmp_path / "long.csv", year=2020, tariffs=tmp_path / "rates.csv")


def test_sectors_of_products() -> None:
    table = grouping("sections", 0, "trade")
    assert table is not None
    products = np.array([10_121, 270_900, 990_000, 770_000, 0])
    assert table.of(products, 6).tolist() == [0, 4, LEFT_OUT, 14, UNKNOWN]
    chapters = grouping("chapters", 0, "trade")
    assert chapters is not None
    assert len(chapters.sectors) == 96  # chapter 77 is reserved
    assert chapters.of(products, 6).tolist()[3] == LEFT_OUT
    assert [revision_of(t) for t in ("H0", "HS 1988/92", "hs96", "chs17")] == [1992, 1992, 1996, 0]


def test_one_command_from_downloads_to_a_run(tmp_path: Path, winset: Any) -> None:
    rates = "importer,exporter,product,rate\n" + "".join(
        f"{who},World,{k},{r}\n"
        for who in ("UZB", "KAZ", "CHN", "DEU")
        for k, r in (("010121", 5), ("010129", 5), ("270900", 1), ("720110", 3))
    )
    trade = laid(tmp_path, rates)
    said = winset(
        "world", "import", "--trade", trade, "--gdp", tmp_path / "gdp.csv", "--sectors", "chapters",
        "--tariffs", tmp_path / "rates.csv", "--tariff-unit", "percent", "--out", tmp_path / "new",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "4 economies, 3 sectors" in said.out
    assert read_world(tmp_path / "new").tariff.max() == pytest.approx(0.05)
    run = winset(
        "run", "sco-2025", "--set", f"world={tmp_path / 'new'}", "--set", "among=KAZ,UZB", "--json"
    )
    assert run.code == 0, run.err
    assert run.json["economies"][0]["welfare_percent"] is not None
