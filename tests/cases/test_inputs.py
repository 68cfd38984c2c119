"""Inputs as other people's programs write them: each is read rightly, or refused with what to do."""

from __future__ import annotations

import shutil

import pytest
from tests.shared import SHARED

CASES = SHARED / "cases"

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the folder of cases is not beside winset"
)

GDP = CASES / "common-gdp-wb.csv"
TEN_PERCENT = {"KAZ": 0.133, "UZB": 0.404}


@pytest.fixture
def make(winset, tmp_path):
    """Import a case and return what was said; its world is ``out``."""

    def call(trade, *options, gdp=GDP, code=0):
        said = winset("world", "import", "--trade", str(CASES / trade), "--out", str(tmp_path / "out"),
                      *(["--gdp", str(CASES / gdp)] if gdp else []), *options)  # fmt: skip
        assert said.code == code, said
        assert (tmp_path / "out").exists() == (code == 0)
        return said

    return call


@pytest.fixture
def gains(winset, tmp_path):
    """Gains in percent of a scenario of a case on the world that was made."""

    def call(scenario):
        shutil.copy(CASES / scenario, tmp_path / "run.toml")
        done = winset("run", str(tmp_path / "run.toml"), "--json").json
        return {row["code"]: row["welfare_percent"] for row in done["economies"]}

    return call


def same(found, wanted=TEN_PERCENT):
    assert {code: round(found[code], 3) for code in wanted} == wanted


def test_rows_of_the_world_are_left_out_by_name(make, gains):
    said = make("01-world-row/trade.csv", "--year", "2022")
    assert "WLD (the world)" in said.out
    assert "281,200 USD million" in said.out
    same(gains("01-world-row/run-trade.toml"))


def test_without_rows_of_the_world(make, gains):
    assert "Left out" not in make("01-world-row/clean.csv").out
    same(gains("01-world-row/run-clean.toml"))


def test_a_row_of_reimports(make, gains):
    said = make("02-reimport/trade.csv", code=2)
    assert "--derive-domestic" in said.err
    assert "drop the rows" in said.err
    assert "UZB" in said.err
    make("02-reimport/trade.csv", "--derive-domestic")
    same(gains("02-reimport/run.toml"), {"UZB": 0.404})


def test_imports_as_the_importer_reports_them(make, gains):
    make("03-import-flow/trade.csv")
    same(gains("03-import-flow/run.toml"))


@pytest.mark.parametrize("unit", ["usd", "thousand"])
def test_units_that_cannot_be(make, unit):
    option = unit if unit == "usd" else "thousand-usd"
    said = make(f"04-units/trade-{unit}.csv")
    assert "Exports are above GDP" in said.out
    assert f"Likely: --unit {option}" in said.out


@pytest.mark.parametrize("unit", ["usd", "thousand"])
def test_units_that_are_said(make, gains, unit):
    said = make(f"04-units/trade-{unit}.csv", "--unit", unit if unit == "usd" else "thousand-usd")
    assert "above GDP" not in said.out
    same(gains(f"04-units/run-{unit}.toml"))


def test_semicolons_and_decimal_commas(make, tmp_path):
    make("05-semicolon/trade.csv")
    assert "KAZ,UZB,3700.5" in (tmp_path / "out" / "trade.csv").read_text(encoding="utf-8")


def test_latin_1(make):
    assert "windows-1252" in make("06-latin1/trade.csv").out


@pytest.mark.parametrize("trade", ["trade", "trade0"])
@pytest.mark.parametrize("gdp", ["gdp", "gdpnum"])
def test_numeric_codes(make, winset, tmp_path, trade, gdp):
    make(f"08-numeric-codes/{trade}.csv", "--year", "2022", gdp=f"08-numeric-codes/{gdp}.csv")
    assert winset("world", "show", str(tmp_path / "out"), "--json").json["codes"] == [
        "ALB",
        "ARM",
        "KAZ",
    ]


def test_workbooks(make, gains):
    make("09-xlsx/trade.xlsx")
    same(gains("01-world-row/run-clean.toml"))


def test_a_workbook_without_gdp_is_told(winset, tmp_path):
    said = winset("world", "import", "--trade", str(CASES / "01-world-row/clean.csv"), "--gdp",
                  str(CASES / "09-xlsx/gdp.xlsx"), "--out", str(tmp_path / "out"))  # fmt: skip
    assert said.code == 2
    assert "no column for the code" in said.err


@pytest.mark.parametrize("folder", [".", "utf8", "renamed"])
def test_baci_of_other_years(make, winset, tmp_path, folder):
    trade = f"10-old-baci/{folder}/BACI_HS17_Y2019_V202201.csv"
    make(trade, gdp="10-old-baci/gdp.csv")
    shown = winset("world", "show", str(tmp_path / "out"), "--json").json
    assert shown["codes"] == ["CIV", "KAZ", "TWN", "UZB"]
    assert shown["trade_musd"] == pytest.approx(5420.876373, abs=1e-6)


def test_who_is_left_out_is_told_with_how_much(make, tmp_path):
    few = tmp_path / "gdp.csv"
    few.write_text("code,gdp\nKAZ,181667190075\nUZB,60283000000\n", encoding="utf-8")
    said = make("10-old-baci/renamed/BACI_HS17_Y2019_V202201.csv", "--without", "missing", gdp=few)
    assert (
        "Left out, having no GDP: CIV, TWN; 2,770.25 USD million of trade, 51 % of all" in said.out
    )


def test_tariffs_in_percent_are_refused(winset):
    said = winset("world", "check", str(CASES / "11-wits-percent" / "percent"))
    assert said.code == 2
    assert "--tariff-unit percent" in said.err
    assert "562 %" in said.err


def test_tariffs_as_fractions(winset):
    said = winset("world", "check", str(CASES / "11-wits-percent" / "fraction"))
    assert said.code == 0
    assert "mean 5.17 %" in said.out


def test_tariffs_are_imported_in_their_unit(make, winset, tmp_path):
    tariffs = str(CASES / "11-wits-percent" / "percent" / "tariffs.csv")
    assert (
        "--tariff-unit percent" in make("01-world-row/clean.csv", "--tariffs", tariffs, code=2).err
    )
    make("01-world-row/clean.csv", "--tariffs", tariffs, "--tariff-unit", "percent")
    shown = winset("world", "show", str(tmp_path / "out"), "--json").json
    assert shown["tariff_percent"]["highest"] == pytest.approx(7.48)
    assert not any(note.startswith("No tariffs") for note in shown["notes"])


@pytest.mark.parametrize("scenario", ["file", "rate25"])
def test_rates_in_percent_of_a_scenario_are_refused(winset, scenario):
    said = winset("run", str(CASES / "11-wits-percent" / f"{scenario}.toml"))
    assert said.code == 2
    assert "percent" in said.err


@pytest.mark.parametrize("name", ["comma", "concat"])
def test_coalitions_that_are_not_joined_by_plus(winset, name):
    said = winset("share", "--game", str(CASES / "12-games" / f"{name}.csv"))
    assert said.code == 2
    assert "joined by +" in said.err
    assert "fill" not in said.err


def test_coalitions_joined_by_plus(winset):
    done = winset("share", "--game", str(CASES / "12-games" / "plus.csv"), "--json").json
    rules = {rule: [round(x, 3) for x in done[rule].values()] for rule in ("shapley", "nucleolus")}
    assert rules == {"shapley": [1.917, 1.75, 1.917, 2.417], "nucleolus": [2.0, 1.5, 2.0, 2.5]}


def test_weights_keep_their_digits(winset):
    said = winset("vote", str(CASES / "13-votes" / "shares.toml"))
    assert said.code == 0
    assert "0.5" in said.out
    assert "0.3" in said.out
    said = winset("vote", str(CASES / "13-votes" / "absq2.toml"))
    assert "0.165" in said.out
    assert "0.026" in said.out


def test_figaro_is_named(make):
    assert (
        "FIGARO" in make("15-figaro/matrix_eu-ic-io_ind-by-ind_24ed_2022.csv", gdp=None, code=2).err
    )


def test_gravity_with_blanks(make, winset, tmp_path):
    trade, gdp = "18-cepii-gravity/Gravity_V202211.csv", "18-cepii-gravity/gdp.csv"
    assert "--value-column" in make(trade, gdp=gdp, code=2).err
    said = make(trade, "--value-column", "tradeflow_baci", "--year", "2019", gdp=gdp)
    assert "3 pairs without a value count as no trade" in said.out
    assert not winset("world", "show", str(tmp_path / "out"), "--json").json["domestic_sales_known"]


def test_gdp_of_the_monetary_fund(make, winset, tmp_path):
    make("01-world-row/clean.csv", gdp="19-gdp-files/weo.csv")
    gdp = winset("world", "show", str(tmp_path / "out"), "--json").json["gdp_musd"]
    assert gdp == pytest.approx(225496 + 90100 + 17881783 + 4163596, rel=0.03)


def test_gdp_of_penn_world_table(make):
    assert "--gdp-column" in make("01-world-row/clean.csv", gdp="19-gdp-files/pwt.csv", code=2).err
    make("01-world-row/clean.csv", "--gdp-column", "cgdpo", "--gdp-unit", "million-usd",
         gdp="19-gdp-files/pwt.csv")  # fmt: skip


@pytest.mark.parametrize("name", ["thousands", "noyear"])
def test_commas_of_thousands(make, name):
    said = make(f"21-trailing/{name}.csv", "--year", "2022", code=2)
    assert "row 2" in said.err
    assert "thousands" in said.err


def test_trailing_commas(make, gains):
    make("21-trailing/trailing.csv")
    same(gains("21-trailing/run.toml"))


@pytest.mark.parametrize(("name", "code"), [("gdp", 2), ("gdp2", 2), ("gdp3", 0)])
def test_commas_of_gdp(make, name, code):
    make("01-world-row/clean.csv", gdp=f"21-trailing/{name}.csv", code=code)


@pytest.mark.parametrize("name", ["lower", "mixed"])
def test_codes_in_any_case(make, gains, name):
    make(f"22-case/{name}.csv")
    same(gains("01-world-row/run-clean.toml"))


@pytest.mark.parametrize("name", ["V202401b", "hs6"])
def test_products_of_four_and_six_digits(make, winset, tmp_path, name):
    make(f"31-hs4/BACI_HS17_Y2022_{name}.csv", "--sectors", "sections")
    shown = winset("world", "show", str(tmp_path / "out"), "--json").json
    assert (shown["economies"], shown["sectors"]) == (3, 4)


def test_a_databank_of_several_series(make):
    said = make("01-world-row/clean.csv", gdp="32-databank/Data.csv", code=2)
    assert "NY.GDP.MKTP.CD" in said.err
    assert "--gdp-series" in said.err


@pytest.mark.parametrize("series", ["NY.GDP.MKTP.CD", "GDP (current US$)"])
def test_a_databank_whose_series_is_named(make, gains, series):
    make("01-world-row/clean.csv", "--gdp-series", series, gdp="32-databank/Data.csv")
    same(gains("01-world-row/run-clean.toml"))


def test_a_databank_of_one_series(make, gains):
    make("01-world-row/clean.csv", gdp="32-databank/one.csv")
    same(gains("01-world-row/run-clean.toml"))
