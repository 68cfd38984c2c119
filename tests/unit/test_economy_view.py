"""One economy in a run: parts that add up, partners that are the flows, and the same by every door."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from winset.cli import app
from winset.errors import DataError
from winset.studies.economy_view import view
from winset.studies.scenario_run import run, seen_from
from winset.web import answers


@pytest.mark.parametrize(
    ("scenario", "code"),
    [("sco-2025", "KAZ"), ("sco-2025", "USA"), ("liberation-day", "USA"), ("nafta", "Mexico")],
)
def test_the_parts_of_a_gain_add_up_to_it(scenario: str, code: str) -> None:
    result = run(scenario).result
    if code not in result.codes:
        code = next(
            c for c, name in zip(result.codes, result.world.names, strict=True) if name == code
        )
    seen = view(result, code)
    assert sum(seen.parts.values()) == pytest.approx(seen.row["welfare_musd"], rel=1e-9, abs=1e-6)
    supplied = result.scenario.parameters.labor_supply_elasticity
    assert (seen.parts["labor_cost_musd"] != 0) == (supplied > 0)


def test_partners_are_the_flows_and_the_largest_come_first() -> None:
    result = run("sco-2025").result
    seen = view(result, "KAZ")
    at = result.world.index["KAZ"]
    by = {one.code: one for one in seen.partners}
    assert "KAZ" not in by
    for code in ("CHN", "RUS", "USA"):
        k = result.world.index[code]
        assert by[code].exports_musd == result.flows[at, k]
        assert by[code].new_imports_musd == result.new_flows[k, at]
    sizes = [
        max(p.exports_musd + p.imports_musd, p.new_exports_musd + p.new_imports_musd)
        for p in seen.partners
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(p.exports_musd for p in seen.partners) == pytest.approx(seen.trade["exports_musd"])
    assert sum(p.new_imports_musd for p in seen.partners) == pytest.approx(
        seen.trade["new_imports_musd"]
    )
    assert result.diversion is not None
    assert seen.trade["creation_musd"] == result.diversion.creation[at]
    assert seen.trade["sales_diverted_musd"] == 0.0  # of a member
    assert view(result, "VNM").trade["sales_diverted_musd"] > 0


def test_sectors_are_there_in_a_world_with_sectors() -> None:
    result = run("nafta").result
    seen = view(result, result.codes[0])
    assert [one["sector"] for one in seen.sectors] == list(result.world.sectors)
    assert result.sectors is not None
    assert np.isclose(
        sum(one["output_musd"] for one in seen.sectors),
        result.sectors.columns()["output_musd"][:, 0].sum(),
    )
    assert "sectors" not in view(run("sco-2025").result, "KAZ").to_json()


def test_the_command_line_and_the_server_give_the_same() -> None:
    done = seen_from(run("sco-2025"), "KAZ").to_json()["economy"]
    printed = CliRunner().invoke(app, ["run", "sco-2025", "--economy", "KAZ", "--json"])
    assert json.loads(printed.stdout)["economy"] == done
    asked = answers.solve({"scenario": "sco-2025", "economy": "KAZ"})
    assert asked["economy"] == done
    shown = CliRunner().invoke(app, ["run", "sco-2025", "--economy", "KAZ", "--top", "3"])
    assert "Kazakhstan: what its gain is made of" in shown.stdout
    assert "Kazakhstan: partners" in shown.stdout


def test_an_economy_that_the_world_lacks_is_refused_with_what_comes_close() -> None:
    with pytest.raises(DataError, match=r"'KZA' is not in world 'world-2023-free'.*Did you mean"):
        seen_from(run("sco-2025"), "KZA")
