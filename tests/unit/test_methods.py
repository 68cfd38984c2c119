"""The methods box names the model that was solved, its parameters, its residual and its data."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import asdict
from urllib.parse import unquote

import pytest

from winset.display import signed
from winset.report.methods import (
    ENTRY,
    EQUATIONS,
    KIND,
    MEANING,
    ONE_SECTOR,
    SECTORS,
    methods,
)
from winset.report.page import render
from winset.scenario import Parameters
from winset.studies import scenario_run
from winset.trade.capabilities import CAPABILITIES, can
from winset.trade.equilibrium import TOLERANCE


def test_every_model_of_the_table_has_equations() -> None:
    assert set(EQUATIONS) == set(CAPABILITIES)
    assert set(KIND) == {m for m in CAPABILITIES if not can(m, "sectors")}


def test_every_parameter_has_a_meaning() -> None:
    assert set(MEANING) == set(asdict(Parameters()))


@pytest.mark.parametrize(
    ("scenario", "overrides", "model", "equations"),
    [
        ("sco-2025", {}, "one sector and roundabout production", ONE_SECTOR),
        ("nafta", {}, "40 sectors, 20 of them traded, input–output links among them", SECTORS),
        (
            "liberation-day",
            {"entry_cost_share": "0.1"},
            "one sector and entry costs",
            ENTRY,
        ),
    ],
)
def test_the_model_is_the_one_that_was_solved(
    scenario: str, overrides: dict[str, str], model: str, equations: object
) -> None:
    done = scenario_run.run(scenario, overrides=overrides)
    box = methods(done)
    assert model in box.model
    assert box.equations == equations
    assert f"{done.result.solver.residual:.1e}" in box.solved
    assert f"{TOLERANCE:.0e}" in box.solved
    assert done.world.sha256 in box.data[0]
    changed = {name for name, _, _, usual in box.parameters if not usual}
    usual = asdict(Parameters())
    assert changed == {k for k, v in asdict(done.scenario.parameters).items() if v != usual[k]}


def test_every_chart_and_the_table_can_be_downloaded() -> None:
    done = scenario_run.run("sco-2025")
    page = render(done)
    links = re.findall(
        r'<a class="data" download="([^"]+)" href="data:text/csv;charset=utf-8,([^"]+)"', page
    )
    assert page.count("<figure>") + 1 == len(links)
    tables = {
        name: list(csv.DictReader(io.StringIO(unquote(data).removeprefix("\ufeff"))))
        for name, data in links
    }
    assert len(tables["economies.csv"]) == 194
    said = {row["code"]: row["welfare_percent"] for row in tables["economies.csv"]}
    assert float(said["KAZ"]) == pytest.approx(
        done.result.table().loc["KAZ", "welfare_percent"], rel=1e-9
    )
    assert "src=" not in page.replace("data:", "")
    assert not re.search(r"<(link|script|img)[^>]+https?://", page)


def test_the_page_s_table_has_every_figure_at_its_decimals() -> None:
    done = scenario_run.run("sco-2025", overrides={"title": "Қазақстан"})
    text = render(done)
    row = done.result.table().loc["KAZ"]
    shown = {
        "welfare_percent": 2, "welfare_musd": 0, "real_wage_percent": 2, "wage_percent": 2,
        "price_percent": 2, "employment_percent": 2, "exports_percent": 1, "imports_percent": 1,
        "exports_to_gdp_percent": 1, "imports_to_gdp_percent": 1, "deficit_percent": 1,
        "tariff_revenue_musd": 0,
    }  # fmt: skip
    cells = re.search(r"<td>KAZ</td><td>Kazakhstan</td><td>member</td>.*?</tr>", text, re.DOTALL)
    assert cells is not None
    said = re.findall(r"<td[^>]*>([^<]*)</td>", cells[0])
    want = [signed(float(row[key]), digits) for key, digits in shown.items()]
    assert [cell.strip() for cell in said][-len(want) :] == want
    assert "Қазақстан" in text
    assert "\\u04" not in text  # letters stay letters in the manifest
