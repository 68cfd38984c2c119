"""CSV and Excel of every command have the JSON's figures, to the last bit, and nothing a spreadsheet runs."""

from __future__ import annotations

import io
import json
import math
import shlex
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from tests.unit.test_file_options import TABLES

from winset import tables
from winset.errors import DataError
from winset.report import files
from winset.report.outputs import output
from winset.report.sheets import MOST_IN_NAME, book, unit_of
from winset.studies import scenario_run

POINTS = "p,L\n0.2,0.06\n0.4,0.18\n0.6,0.35\n0.8,0.58\n1,1\n"  # of a Lorenz curve
COMMANDS = (
    "run sco-2025",
    "run sco-2025 --draws 20 --sweep percent=-20:0:3",
    "run nafta",
    "share sco-2025 --players EAEU",
    "stable sco-2025 --players EAEU --outsiders MNG,UZB",
    "join sco-2025 --players EAEU --candidates MNG,UZB",
    "match EAEU --on 2025-09-01",
    "war icio-2022 --balanced",
    "war caliendo-parro-1993 --players USA,MEX --method exact --instruments partner --points 2",
    "union SCO --world icio-2022 --mfn --set on=2025-09-01",
    "union CHN,KAZ --keep 3 --harmless --common --set on=2025-09-01",
    "vote eu-council --list 3",
    "vote population --members SCO --quota 55% --accession MNG --on 2025-09-01",
    "vote population --members EAEU --design sqrt --on 2025-09-01",
    "agree SCO --years 2019 --against EU",
    "agree SCO --years 2017-2019 --by-year",
    "treaty SCO --on 2025-09-01",
    "even SCO",
    "deal silk-road-example --side-payments",
    "deal sco-summit-2025",
    "people CHN,KAZ --of students --on 2025-09-01",
    "people russia-scholarships --draws 9",
    "people labor-agreement",
    "people SCO --promises",
    "depend KAZ --stop RUS --on 2025-09-01",
    "club free-trade-example --club KAZ,RUS",
    "route Tashkent Almaty --theta 400 --alternatives 1",
    "route --close KAZ-UZB",
    "gap --lorenz points.csv --mean 12 --line 6.85",
    "effect panel.csv",
    "bloc --on 2025-09-01",
    "bloc SCO+ --on 2025-09-01",
    "bloc --rank gdp --on 2025-09-01",
    'bloc --claim "SCO largest population" --on 2025-09-01',
    "offer china-india",
    "carbon tables",
    "bank two-islands --draws 20",
    "bank --capital proposals --members SCO --on 2025-09-01",
    "common security-center --members KAZ,KGZ",
    "common digital-corridor --members KAZ,KGZ,RUS",
    "track SCO",
    "gap sco-2025",
    "backtest eu-2004 --placebos 2",
    "summit short.toml",
)

#: Columns of figures that have no unit: counts, ratios, indices as their literature has them.
PURE = {
    "votes", "rank", "roll_calls", "lone_dissents", "rice", "agreement_index", "kappa", "pi", "elasticity",
    "ideal_point", "standard_error", "banzhaf_absolute", "coleman_prevent", "coleman_initiate",
    "rae", "konig_brauninger", "nevison",
    "cohesion_without", "weight", "value", "draw", "excess", "economies", "population", "figure", "rca",
    "rsca", "lafay", "intra_industry", "complementarity", "complementarity_forth", "complementarity_back",
    "export_similarity", "trade_intensity_forth", "trade_intensity_back", "trade_preference", "estimate",
    "sigma", "median",
    "error", "error_log", "iterations", "residual", "total", "worst", "cost", "gain", "floor", "change",
    "banzhaf_absolute_before", "banzhaf_absolute_after", "shares", "gains", "payments", "rival_figure",
    "abroad", "abroad_inside", "from_abroad", "from_abroad_inside", "balance", "abroad_concentration",
    "from_abroad_concentration", "count", "expected_count", "expected_count_low", "expected_count_high",
    "fit", "before", "low95", "low80", "high80", "high95", "fewer", "number", "covers", "migrants", "units",
    "coefficient", "rate", "scholarships", "price_cut", "more_students", "to_those_who_come_anyway",
    "usd_for_one_more_student", "more_migrants", "factor", "gravity_fit", "gravity_solver_residual",
    "treated_before", "treated_change", "treated_low95", "treated_low80", "treated_high80", "treated_high95",
    "diversion_from_home", "diversion_from_elsewhere",
    "hhi", "hhi_weighted_by_governance", "customers_hhi", "outside_hhi", "outside_hhi_weighted_by_governance",
    "world_output", "largest_gap_over_income", "log_cost", "derivative",
    "gain_per_cost", "substitution", "benefit_cost", "world_benefit_cost", "price", "year", "benefit",
    "effort_alone", "effort_together", "level", "mean_level", "efforts", "own", "foreign", "own_return",
    "joint_return", "baseline", "target", "tracked_pace_before", "tracked_pace_needed", "people",
    "people_before", "people_after", "change_people", "after", "between", "within", "epsilon", "beta",
    "std_error", "sigma_first", "sigma_last", "growth_of_all_trade", "placebo_share_as_good", "compared_with",
    "firmer", "blocs", "members_gaining", "members_losing", "outsiders_gaining", "outsiders_losing",
}  # fmt: skip


def numbers(payload: Any) -> Iterator[float]:
    """Every figure of a JSON value."""
    if isinstance(payload, dict):
        for value in payload.values():
            yield from numbers(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from numbers(value)
    elif isinstance(payload, int | float) and not isinstance(payload, bool):
        yield payload


def cells(path: Path) -> dict[str, list[list[Any]]]:
    whole = openpyxl.load_workbook(path)
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in whole}


@pytest.fixture(scope="module", params=COMMANDS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a command prints as JSON, and its workbook."""
    import contextlib
    import sys
    from unittest import mock

    from winset.cli import main

    folder = tmp_path_factory.mktemp("out")
    path = folder / "result.xlsx"
    for name, text in {**TABLES, "points.csv": POINTS}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    out = io.StringIO()
    words = ["winset", *shlex.split(request.param), "--json", "--out", str(path)]
    with (
        mock.patch.object(sys, "argv", words),
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.suppress(SystemExit),
    ):
        main()
    return json.loads(out.getvalue()), path


def test_a_workbook_has_every_figure_of_the_json(written: Any) -> None:
    payload, path = written
    found = {
        value
        for rows in cells(path).values()
        for row in rows
        for value in row
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    missing = [x for x in numbers(payload) if x not in found]
    assert missing == []


def test_pandas_reads_the_same_table_from_excel_and_csv(written: Any) -> None:
    payload, path = written
    for sheet in book(payload).figures:
        excel = pd.read_excel(path, sheet_name=sheet.name, keep_default_na=False, na_values=[""])
        text = tables.csv_text(sheet.columns, sheet.rows)
        csv = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])
        assert list(excel.columns) == list(csv.columns) == list(sheet.columns)
        for row, one, other in zip(
            sheet.rows, excel.itertuples(index=False), csv.itertuples(index=False), strict=True
        ):
            for cell, a, b in zip(row, one, other, strict=True):
                if cell is None:
                    assert a != a
                    assert b != b
                elif isinstance(cell, float):
                    assert float(a) == float(b) == cell


#: What columns of ratios and of log changes begin or end with.
RATIOS = ("gains_", "cohesion_", "against_", "predicted_", "happened_")
LIKE = ("_correlation", "_slope", "_variance_explained", "_over_people", "_over_gdp_ppp")


def test_every_column_of_figures_has_a_unit_or_none_to_have(written: Any) -> None:
    for sheet in book(written[0]).figures:
        for k, column in enumerate(sheet.columns):
            if not any(isinstance(row[k], float) for row in sheet.rows):
                continue
            pure = column in PURE or column.startswith(RATIOS) or column.endswith(LIKE)
            assert unit_of(column) or pure, (sheet.name, column)


def test_a_workbook_is_one_that_a_person_can_read(written: Any) -> None:
    payload, path = written
    whole = openpyxl.load_workbook(path)
    assert "notes" in whole.sheetnames
    assert whole.sheetnames[-1] == "columns"
    for page in whole:
        assert len(page.title) <= MOST_IN_NAME
        assert page.freeze_panes == "A2"
        assert page["A1"].font.bold
    assert whole.sheetnames[0] == book(payload).table().name
    listed = {(row[0].value, row[1].value) for row in whole["columns"].iter_rows(min_row=2)}
    for page in whole.worksheets[:-1]:
        assert all((page.title, cell.value) in listed for cell in page[1])


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    done = scenario_run.run("sco-2025", overrides={"among": "SCO"})
    payload = done.to_json()
    for name in ("a.xlsx", "b.xlsx"):
        output(tmp_path / name, "comma").write(payload, title="x", worlds=(done.world,))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


HOSTILE = ("=1+1", "+7", "@SUM(A1)", "-cmd|' /C calc'!A0", "\t=1", '=HYPERLINK("http://x")')


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_a_formula(text: str, tmp_path: Path) -> None:
    payload = {"title": text, "economies": [{"code": text, text: text, "x_musd": -1.5}]}
    output(tmp_path / "a.xlsx", "comma").write(payload, title=text, notes=[text])
    whole = openpyxl.load_workbook(tmp_path / "a.xlsx")
    kinds = {cell.data_type for page in whole for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert whole["economies"]["A2"].value == text
    assert whole["economies"]["C2"].value == -1.5
    for style in ("comma", "semicolon"):
        output(tmp_path / "a.csv", style).write(payload, title=text)
        said = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
        mark = "," if style == "comma" else ";"
        read = pd.read_csv(io.StringIO(said), sep=mark, dtype=str)
        for cell in (*read.columns, *read.iloc[0]):
            assert cell.lstrip()[0] not in "=+@" or cell == "-1.5"


def test_figures_keep_their_last_bit_and_nothing_is_no_figure(tmp_path: Path) -> None:
    odd = [0.1 + 0.2, 1e-300, -1.7976931348623157e308, 5e-324, 2**53 + 1, 10**40, 1 / 3, -0.0]
    payload = {"economies": [{"code": str(k), "x_musd": x, "y": None} for k, x in enumerate(odd)]}
    output(tmp_path / "a.xlsx", "comma").write(payload, title="")
    read = [row[1] for row in cells(tmp_path / "a.xlsx")["economies"][1:]]
    assert read == odd
    assert math.copysign(1.0, read[-1]) == -1.0
    assert all(row[2] is None for row in cells(tmp_path / "a.xlsx")["economies"][1:])
    output(tmp_path / "a.csv", "comma").write(payload, title="")
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [float(line.split(",")[1]) for line in lines] == [float(x) for x in odd]
    assert all(line.endswith(",") for line in lines)


def test_csv_is_utf8_with_a_mark_and_semicolons_go_with_decimal_commas(tmp_path: Path) -> None:
    payload = {"economies": [{"code": "KAZ", "name": "Казахстан; степь", "x_musd": -1234.5}]}
    output(tmp_path / "a.csv", "comma").write(payload, title="")
    output(tmp_path / "b.csv", "semicolon").write(payload, title="")
    comma, semicolon = ((tmp_path / name).read_bytes() for name in ("a.csv", "b.csv"))
    assert comma == "\ufeffcode,name,x_musd\nKAZ,Казахстан; степь,-1234.5\n".encode()
    assert semicolon == '\ufeffcode;name;x_musd\nKAZ;"Казахстан; степь";-1234,5\n'.encode()


def test_pandas_reads_either_style(tmp_path: Path) -> None:
    payload = {"economies": [{"code": c, "x_musd": x} for c, x in (("A", 1234.5), ("B", 0.125))]}
    for style in ("comma", "semicolon"):
        output(tmp_path / f"{style}.csv", style).write(payload, title="")
        frame = pd.read_csv(
            tmp_path / f"{style}.csv",
            sep="," if style == "comma" else ";",
            decimal="." if style == "comma" else ",",
        )
        assert frame["x_musd"].tolist() == [1234.5, 0.125]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--out", "a.xls"), "--out a.xls: .xls is not written. Name a file that ends in .xlsx"),
        (("--csv", "semicolon"), "--csv semicolon: no CSV is written. Add --out FILE.csv"),
        (("--csv", "semicolon", "--out", "a.xlsx"), "--csv semicolon: no CSV is written."),
        (("--csv", "tabs", "--out", "a.csv"), "--csv tabs: it is comma or semicolon."),
        (("--out", "folder.csv"), "cannot write folder.csv: it is a folder. Name a file."),
        (("--out", "file"), "cannot write file: it is no folder. Name one."),
    ],
)
def test_what_is_not_written_is_refused_first(
    options: tuple[str, ...],
    said: str,
    winset: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").write_text("")
    for command in (("deal", "silk-road-example"), ("run", "sco-2025"), ("vote", "sco")):
        refused = winset(*command, *options)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.csv"]


def test_a_folder_holds_the_table_and_the_json_and_their_names_are_said(
    winset: Any, tmp_path: Path
) -> None:
    said = winset("deal", "silk-road-example", "--out", tmp_path / "a", "--csv", "semicolon")
    assert said.code == 0
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "countries.csv",
        "result.json",
    ]
    for name in ("countries.csv", "result.json"):
        assert f"Written: {tmp_path / 'a' / name}" in said.out.splitlines()
    printed = winset("deal", "silk-road-example", "--json").json
    assert json.loads((tmp_path / "a" / "result.json").read_text(encoding="utf-8")) == printed
    assert (
        winset("deal", "silk-road-example", "--json", "--out", tmp_path / "b.json").json == printed
    )
    assert json.loads((tmp_path / "b.json").read_text(encoding="utf-8")) == printed


def test_a_run_in_a_folder_has_its_report_too(tmp_path: Path) -> None:
    done = scenario_run.run("sco-2025", overrides={"among": "SCO"})
    names = [path.name for path in files.write_all(done, output(tmp_path / "a", "comma"))]
    assert names == ["economies.csv", "result.json", "report.html"]
    again = replace(done, idle=())
    assert files.write_all(again, output(tmp_path / "b.csv", "comma")) == (tmp_path / "b.csv",)


def test_an_unknown_table_is_refused_with_those_there_are() -> None:
    whole = book({"economies": [{"code": "A"}], "pairs": [{"a": "A"}]})
    assert whole.table().name == "economies"
    assert whole.table("pairs").rows == (("A",),)
    with pytest.raises(
        DataError, match=r"no table 'pair'\. Did you mean pairs\? Tables: economies"
    ):
        whole.table("pair")


def test_a_game_of_a_file_has_no_money_in_its_names(winset: Any, tmp_path: Path) -> None:
    game = tmp_path / "game.csv"
    game.write_text("coalition,value\nA,0\nB,0\nA+B,1\n", encoding="utf-8")
    said = winset("share", "--game", game, "--out", tmp_path / "shares.csv")
    assert said.code == 0, said.err
    head = (tmp_path / "shares.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert "shapley," in head
    assert "shapley_musd" not in head


def test_too_long_a_text_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match="x has a text of 40,000 characters; a cell of Excel holds 32,767"
    ):
        output(tmp_path / "a.xlsx", "comma").write({"x": [{"note": "a" * 40_000}]}, title="")
    assert list(tmp_path.iterdir()) == []


def test_parts_of_a_workbook_have_no_time(tmp_path: Path) -> None:
    output(tmp_path / "a.xlsx", "comma").write({"x": [{"note": "a"}]}, title="")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        assert {item.date_time for item in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
