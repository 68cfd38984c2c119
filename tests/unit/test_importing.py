"""Worlds from BACI, long tables and matrices."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.errors import DataError
from winset.worlds import read_world
from winset.worlds.importing import Columns, import_world

if TYPE_CHECKING:
    from pathlib import Path

GDP = "code,gdp\nKAZ,200000000\nUZB,90000000\nCHN,900000000\n"
CODES = (
    "country_code,country_name,country_iso2,country_iso3\n"
    "398,Kazakhstan,KZ,KAZ\n860,Uzbekistan,UZ,UZB\n156,China,CN,CHN\n490,Other Asia nes,N/A,S19\n"
)
BACI = (
    "t,i,j,k,v,q\n2023,398,860,010121,1000.5,3\n2023,398,860,020110,500,1\n"
    "2023,156,398,010121,7000,\n2023,860,156,999999,   40.25,NA\n"
)


@pytest.fixture
def at(tmp_path: Path) -> Any:
    """Write files by name and return the folder."""

    def write(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        return tmp_path

    return write


def test_baci_is_summed_over_products(at: Any) -> None:
    folder = at(trade=BACI, country_codes_V1=CODES, gdp=GDP)
    world = import_world(folder / "trade.csv", folder / "gdp.csv")
    assert (world.codes, world.year) == (("CHN", "KAZ", "UZB"), 2023)
    assert world.flows[1, 2] == pytest.approx(1.5005)
    assert world.flows[2, 0] == pytest.approx(0.04025)
    np.testing.assert_allclose(world.gdp, [900, 200, 90])
    assert world.names[1] == "Kazakhstan"


def test_a_year_is_chosen_where_there_are_several(at: Any) -> None:
    folder = at(trade=BACI + "2022,398,860,1,9,9\n", country_codes_V1=CODES, gdp=GDP)
    with pytest.raises(DataError, match=r"holds the years 2022 to 2023. Choose one with --year"):
        import_world(folder / "trade.csv", folder / "gdp.csv")
    with pytest.raises(DataError, match="has nothing of 2021"):
        import_world(folder / "trade.csv", folder / "gdp.csv", year=2021)
    world = import_world(folder / "trade.csv", folder / "gdp.csv", year=2022, without=["missing"])
    assert world.codes == ("KAZ", "UZB")


def test_long_table_with_columns_of_its_own_and_a_unit(at: Any) -> None:
    folder = at(
        trade="von,nach,Wert\nKAZ,UZB,1500\nUZB,KAZ,700\nCHN,KAZ,1\n",
        gdp="Country Name,Country Code,Indicator Name,2022,2023\nK,KAZ,GDP,1,2e8\nU,UZB,GDP,1,9e7\n"
        "C,CHN,GDP,1,9e8\nX,ABW,GDP,,\n",
    )
    world = import_world(
        folder / "trade.csv",
        folder / "gdp.csv",
        year=2023,
        unit="thousand-usd",
        columns=Columns(exporter="von", importer="nach", value="Wert"),
    )
    assert world.flows[world.index["KAZ"], world.index["UZB"]] == pytest.approx(1.5)
    np.testing.assert_allclose(world.gdp, [900, 200, 90])


def test_square_matrix(at: Any) -> None:
    folder = at(trade=",KAZ,UZB,CHN\nKAZ,,1.5,2\nUZB,3,,\nCHN,4,5,\n", gdp=GDP)
    world = import_world(folder / "trade.csv", folder / "gdp.csv", year=2023)
    k, u, c = (world.index[code] for code in ("KAZ", "UZB", "CHN"))
    assert (world.flows[k, u], world.flows[u, k], world.flows[c, u]) == (1.5, 3, 5)


def test_domestic_sales_make_gdp_unnecessary(at: Any) -> None:
    folder = at(trade="exporter,importer,value\nA1,A1,50\nA1,B1,5\nB1,A1,6\nB1,B1,70\n")
    world = import_world(folder / "trade.csv", year=2020)
    assert world.domestic_known
    np.testing.assert_allclose(world.accounts(0.5).value_added, [27.5, 38])


def test_the_command_makes_a_folder_that_runs(at: Any, winset: Any) -> None:
    folder = at(trade=BACI, country_codes_V1=CODES, gdp=GDP)
    said = winset(
        "world", "import", "--trade", folder / "trade.csv", "--gdp", folder / "gdp.csv",
        "--out", folder / "new",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert winset("world", "check", folder / "new").code == 0
    assert winset("world", "show", folder / "new", "--json").json["economies"] == 3
    assert "sha256" in read_world(folder / "new").sources[0].title
    run = winset(
        "run", "sco-2025", "--set", f"world={folder / 'new'}", "--set", "among=SCO", "--json"
    )
    assert run.json["world"]["economies"] == 3


def test_baci_by_section(at: Any, winset: Any) -> None:
    """Chapters 01 and 02 are section I; 99 is in none. GDP gives domestic sales."""
    rows = BACI + "2023,860,398,270900,300,\n2023,398,156,720110,80,\n2023,860,398,9706,5,\n"
    folder = at(trade=rows.replace(",9706,", ",970600,"), country_codes_V1=CODES, gdp=GDP)
    said = winset(
        "world", "import", "--trade", folder / "trade.csv", "--gdp", folder / "gdp.csv",
        "--sectors", "sections", "--elasticities", "5", "--out", folder / "new",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "3 economies, 4 sectors" in said.out
    assert "outside the 21 sections are left out: 0.04025 USD million" in " ".join(said.out.split())
    world = read_world(folder / "new")
    assert world.sectors == ("I", "V", "XV", "XXI")
    assert world.technology is not None
    assert world.technology.names[:2] == ("Live animals, animal products", "Mineral products")
    np.testing.assert_array_equal(world.technology.elasticity, 5.0)
    assert world.trade[0, 1, 2] == pytest.approx(1.5005)
    assert world.trade[1, 2, 1] == pytest.approx(0.3)
    accounts = world.sector_accounts(0.5)
    np.testing.assert_allclose(accounts.value_added, world.gdp)
    run = winset(
        "run", "sco-2025", "--set", f"world={folder / 'new'}", "--set", "among=SCO", "--json"
    )
    assert run.code == 0, run.err
    assert [s["sector"] for s in run.json["sectors"]] == ["I", "V", "XV", "XXI"]


def test_sections_are_of_baci_alone(at: Any, winset: Any) -> None:
    folder = at(trade=",KAZ,UZB\nKAZ,,1.5\nUZB,3,\n", gdp=GDP)
    words = ("world", "import", "--trade", folder / "trade.csv", "--gdp", folder / "gdp.csv",
             "--year", "2023", "--out", folder / "new")  # fmt: skip
    for option, said in (
        (("--sectors", "sections"), "needs CEPII's BACI"),
        (("--sectors", "chapter"), "--sectors chapter: not a way to split trade"),
        (("--elasticities", "4"), "--elasticities are for worlds with sectors"),
    ):
        answer = winset(*words, *option)
        assert answer.code == 2
        assert said in " ".join(answer.err.split())


@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        ({"trade": BACI}, {}, "no country_codes*.csv beside it. Name it with --countries"),
        (
            {"trade": BACI.replace("156", "157"), "country_codes_V1": CODES, "gdp": GDP},
            {},
            "country code 157 is not in the country-code file",
        ),
        (
            {"trade": BACI.replace("1000.5", "-1"), "country_codes_V1": CODES},
            {},
            "row 2: v is -1; a flow cannot be negative",
        ),
        (
            {"trade": BACI.replace("7000", "many"), "country_codes_V1": CODES},
            {},
            "row 4: v is 'many'; it must be a number",
        ),
        (
            {"trade": BACI, "country_codes_V1": CODES, "gdp": "code,gdp\nKAZ,5\n"},
            {},
            "has no GDP of 2023 for CHN, UZB, and",
        ),
        (
            {"trade": BACI, "country_codes_V1": CODES, "gdp": GDP + "KAZ,6\n"},
            {},
            "row 5: KAZ is given twice",
        ),
        (
            {"trade": BACI, "country_codes_V1": CODES, "gdp": GDP.replace("90000000", "0")},
            {},
            "row 3: gdp of UZB is '0'; it must be positive",
        ),
        ({"trade": "x,A1,B1\nA1,2,3\n"}, {}, "no row for column B1; the matrix must be square"),
        ({"trade": "x;y;z\n"}, {}, "neither BACI (t,i,j,k,v,q), nor a table"),
        ({"trade": ""}, {}, "empty"),
        (
            {"trade": "exporter,importer,worth\nKAZ,UZB,1\n"},
            {},
            "no column for the value; found exporter, importer, worth. Name it with --value-column",
        ),
        (
            {"trade": "exporter,importer,value\nKAZ,UZB,1\nKAZ,UZB,2\n"},
            {"year": 2020},
            "row 3: the pair KAZ to UZB is row 2 again",
        ),
        (
            {"trade": "exporter,importer,value\nSouth Afrika,UZB,1\n"},
            {"year": 2020},
            "row 2: 'South Afrika' is no code; write the code of an economy, such as KAZ. Did you mean",
        ),
        ({"trade": ",A1,B1\nA1,1,2\nB1,x,1\n"}, {}, "row 3, column A1: 'x' is not a number"),
        ({"trade": ",A1,B1\nA1,1,2\nA1,1,1\n"}, {}, "row 3: 'A1' stands twice"),
        ({"trade": ",A1,B1\nA1,1,2\nB1,1,1\n"}, {}, "does not say of which year it is. Add --year"),
        ({"trade": BACI, "country_codes_V1": CODES}, {"unit": "euro"}, "--unit euro: not a unit"),
    ],
)  # fmt: skip
def test_what_is_refused(
    at: Any, files: dict[str, str], options: dict[str, Any], message: str
) -> None:
    folder = at(**files)
    gdp = folder / "gdp.csv" if "gdp" in files else None
    with pytest.raises(DataError) as failure:
        import_world(folder / "trade.csv", gdp, **options)
    assert message in str(failure.value)


@pytest.mark.skipif(sys.platform != "linux", reason="limits its memory as Linux does")
def test_a_large_file_does_not_fill_the_memory(at: Any) -> None:
    """140 MB of BACI within 250 MB of address space beyond what the imports take."""
    folder = at(country_codes_V1=CODES, gdp=GDP)
    row = "2023,398,860,010121,1000.5,3\n"
    block = row * 50_000
    with (folder / "trade.csv").open("w") as file:
        file.write("t,i,j,k,v,q\n")
        for _ in range(100):
            file.write(block)
        file.write("2023,860,398,1,1,1\n2023,156,398,1,1,1\n")
    script = textwrap.dedent(
        f"""
        import resource, pandas
        from winset.worlds.importing import import_world
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        limit = used + 250_000_000
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        world = import_world({str(folder / "trade.csv")!r}, {str(folder / "gdp.csv")!r})
        print(round(world.flows.sum()))
        """
    )
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == str(round(5_000_000 * 1.0005 + 0.002))
