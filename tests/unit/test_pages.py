"""What a page and its tables let others do: no foreign script, no link but to the web, no formula."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from winset.report.page import Sheet, link, render, render_sheet
from winset.report.sections import economies_csv
from winset.studies.scenario_run import run
from winset.tables.writing import csv_text, inert

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study


@pytest.fixture(scope="module")
def study() -> Study:
    return run("sco-2025")


def pages(study: Study) -> tuple[str, str]:
    sheet = Sheet("</script><script>alert(1)</script>", "k", ("v",), (), ("m",), ("<b>",), {"a": 1})
    return render(study), render_sheet(sheet)


def test_a_page_runs_its_own_script_and_no_other(study: Study) -> None:
    for page in pages(study):
        policy = html.unescape(
            re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)[0]
        )
        (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        parts = dict(part.split(" ", 1) for part in policy.split("; "))
        assert parts.pop("script-src") == f"'sha256-{digest}'"
        assert parts == {
            "default-src": "'none'",
            "style-src": "'unsafe-inline'",
            "img-src": "data:",
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        assert page.index("Content-Security-Policy") < page.index("<title>")
        assert not re.search(r"<[^>]+\son\w+\s*=", page)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "file:///etc",
     "//x.example", "vbscript:x", "ftp://x.example", "http:x", 'https"://x'],
)  # fmt: skip
def test_only_the_web_is_linked(study: Study, address: str) -> None:
    assert "<a" not in link(address)
    source = replace(study.world.sources[0], path=address)
    world = replace(study.world, sources=(source,))
    page = render(replace(study, result=replace(study.result, world=world)))
    assert f'href="{html.escape(address)}' not in page
    assert html.escape(address, quote=True).replace("&quot;", "&#34;") in page


def test_the_web_is_linked() -> None:
    assert link('https://x.example/?a="b"&c') == (
        '<a href="https://x.example/?a=&#34;b&#34;&amp;c" rel="noreferrer">'
        "https://x.example/?a=&#34;b&#34;&amp;c</a>"
    )
    assert link("HTTP://x.example").startswith("<a href=")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("=1+1", "'=1+1"), ("+7", "'+7"), ("@SUM(A1)", "'@SUM(A1)"), ("-cmd|'/C calc'!A0", "'-cmd|'/C calc'!A0"),
     ("\t=1", "' =1"), ("\r=1", "' =1"), ("a\r\n=1", "a =1"), ("-", "'-"), ("-1.5", "-1.5"), ("-.5", "-.5"),
     ("−1", "−1"), ("China", "China"), ("", ""), ("a=b", "a=b")],
)  # fmt: skip
def test_no_cell_is_a_formula(cell: str, shown: str) -> None:
    assert inert(cell) == shown
    table = csv_text((cell, "x", "n"), [(cell, -1.5, -3)])
    again = pd.read_csv(StringIO(table), keep_default_na=False, dtype=str)
    assert [str(x) for x in again.iloc[0]][1:] == ["-1.5", "-3"]


def test_a_table_of_a_run_has_the_figures_of_its_frame_to_the_last_bit(study: Study) -> None:
    read = pd.read_csv(StringIO(economies_csv(study)), index_col="code")
    pd.testing.assert_frame_equal(read, study.result.table(), check_dtype=False, check_exact=True)


def test_names_of_a_world_are_no_formulas(study: Study) -> None:
    names = ("=cmd|' /C calc'!A0", *study.world.names[1:])
    result = replace(study.result, world=replace(study.world, names=names))
    assert "'=cmd|" in economies_csv(replace(study, result=result))
