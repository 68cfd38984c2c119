"""One core: over HTTP the answers are those of the command line, to the last bit."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import tomllib
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from winset.report.sections import economies_csv
from winset.scenario import Scenario, bundled_scenarios, parse
from winset.studies.scenario_run import doubted, run, under_other_rules
from winset.trade.numerics.blas import _take_control, one_thread
from winset.web import models

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Client

BODY = {
    "title": "A change of three kinds",
    "on": "2025-09-01",
    "parameters": {"trade_elasticity": 5.0, "labor_supply_elasticity": 0.25},
    "change": [
        {"kind": "trade-cost", "among": ["SCO", "TUR"], "percent": -12.5},
        {"kind": "tariff", "exporters": ["CHN"], "importers": ["USA"], "rate": 0.3},
        {"kind": "productivity", "economies": ["KAZ"], "factor": 1.01},
    ],
}
TOML = """
title = "A change of three kinds"
on = "2025-09-01"
[parameters]
trade_elasticity = 5.0
labor_supply_elasticity = 0.25
[[change]]
kind = "trade-cost"
among = ["SCO", "TUR"]
percent = -12.5
[[change]]
kind = "tariff"
exporters = ["CHN"]
importers = ["USA"]
rate = 0.3
[[change]]
kind = "productivity"
economies = ["KAZ"]
factor = 1.01
"""


def timeless(said: Any) -> Any:
    """Without what differs from run to run, and the name of the file, which a body has not."""
    if isinstance(said, dict):
        said.get("solver", {}).pop("seconds", None)
        if isinstance(said.get("scenario"), dict):
            said["scenario"].pop("name")
    return said


@pytest.mark.parametrize("name", bundled_scenarios())
def test_solve_is_run(client: Any, winset: Any, name: str) -> None:
    said = timeless(winset("run", name, "--json").json)
    answer = client.post("/api/solve", {"scenario": name, "deficit_rules": True})
    assert answer.status_code == 200, answer.text
    assert timeless(answer.json()) == said
    assert len(said.pop("deficit_rules")) == 2
    assert ("blanks_filled" in said) == (said["world"]["name"] == "world-2023-free")
    said.pop("blanks_filled", None)
    assert timeless(client.post("/api/solve", name).json()) == said


def test_solve_of_an_object_is_run_of_its_file(client: Any, winset: Any, tmp_path: Path) -> None:
    (tmp_path / "same.toml").write_text(TOML, "utf-8")
    file = tmp_path / "same.toml"
    mine = client.post("/api/solve", {"scenario": BODY, "deficit_rules": True}).json()
    assert timeless(mine) == timeless(winset("run", file, "--json").json)
    set_ = {
        "scenario": BODY,
        "set": {"change.2.rate": 0.1, "deficits": "balanced"},
        "deficit_rules": True,
    }
    said = winset(
        "run", file, "--json", "--set", "change.2.rate=0.1", "--set", "deficits=balanced"
    ).json
    assert timeless(client.post("/api/solve", set_).json()) == timeless(said)


def test_an_export_tax_over_http_is_that_of_the_file_and_games_refuse_it(
    client: Any, winset: Any, tmp_path: Path
) -> None:
    tax = {"kind": "export-tax", "from": ["KAZ", "FSM"], "to": ["CHN", "RUS"], "percent": 10.0}
    body = {"title": "A tax", "on": "2025-09-01", "absent": "left-out", "change": [tax]}
    file = tmp_path / "tax.toml"
    file.write_text(parse(body).to_toml(), "utf-8")
    mine = client.post("/api/solve", {"scenario": body, "set": {"world": "icio-2022"}}).json()
    said = timeless(winset("run", file, "--json", "--set", "world=icio-2022").json)
    said.pop("deficit_rules")
    for one in (mine, said):
        one["scenario"].pop("toml")
    assert timeless(mine) == said
    assert mine["counted"]["absent"] == ["FSM"]
    raised = {row["code"]: row["export_tax_revenue_musd"] for row in mine["economies"]}
    assert raised["KAZ"] > 0
    assert not raised["CHN"]
    refused = client.post("/api/share", {"scenario": body, "players": ["KAZ", "CHN", "RUS"]})
    assert refused.status_code == 422
    assert "is not for an export-tax" in refused.json()["error"]


def test_share_is_share(client: Any, winset: Any) -> None:
    body = {"scenario": "sco-2025", "players": ["EAEU", "UZB"]}
    said = winset("share", "sco-2025", "--players", "EAEU,UZB", "--json").json
    assert timeless(client.post("/api/share", body).json()) == timeless(said)
    body |= {"resolution": "compact", "set": {"percent": -5}}
    said = winset(
        "share", "sco-2025", "--players", "EAEU,UZB", "--json", "--resolution", "compact",
        "--set", "percent=-5",
    ).json  # fmt: skip
    assert timeless(client.post("/api/share", body).json()) == timeless(said)


def test_vote_is_vote(client: Any, winset: Any) -> None:
    for body, line in (
        ({"rule": "eu-council"}, ["eu-council"]),
        (
            {"rule": "population", "members": "SCO", "quota": "55%", "on": "2025-09-01"},
            ["population", "--members", "SCO", "--quota", "55%", "--on", "2025-09-01"],
        ),
    ):
        assert client.post("/api/vote", body).json() == winset("vote", *line, "--json").json
    rule = {"members": ["a", "b", "c"], "weights": [3, 2, 1], "quota": 4}
    assert client.post("/api/vote", {"rule": rule}).json()["members"][0]["shapley_shubik"] > 0.6


def test_agree_is_agree(client: Any, winset: Any) -> None:
    line = ["SCO", "--years", "2015-2019", "--issue", "nu", "--against", "EU", "--json"]
    body = {"bloc": "SCO", "years": "2015-2019", "issue": "nu", "against": "EU"}
    assert client.post("/api/agree", body).json() == winset("agree", *line).json
    by_year = client.post("/api/agree", body | {"by_year": True, "bloc": ["SCO"]}).json()
    assert by_year == winset("agree", *line, "--by-year").json


def test_lists_are_those_of_the_command_line(client: Any, winset: Any) -> None:
    on = "2016-01-01"
    assert (
        client.get("/api/blocs", params={"on": on}).json()
        == winset("bloc", "--on", on, "--json").json
    )
    for world in client.get("/api/worlds").json()["worlds"]:
        said = winset("world", "show", world["name"], "--json").json
        assert {key: world[key] for key in said} == said
        assert len(world["names"]) == world["economies"]
        assert len(world["sector_names"]) == world["sectors"]


def test_every_bundled_scenario_can_be_sent_back(client: Any) -> None:
    for item in client.get("/api/scenarios").json()["scenarios"]:
        assert item["about"].isprintable()
        body = item["name"] if item["files"] else item["scenario"]
        toml = client.post("/api/download/toml", body)
        assert tomllib.loads(toml.text) == item["scenario"]
        refused = client.post("/api/download/toml", item["scenario"])
        assert refused.status_code == (422 if item["files"] else 200)


def test_downloads_are_the_files_of_the_command_line(client: Any) -> None:
    study = under_other_rules(run(Scenario.from_toml("sco-2025")))
    got = {
        kind: client.post(f"/api/download/{kind}", "sco-2025")
        for kind in ("toml", "json", "csv", "xlsx", "svg", "png", "report")
    }
    for kind, answer in got.items():
        assert answer.status_code == 200, answer.text
        suffix = "html" if kind == "report" else kind
        assert answer.headers["content-disposition"].endswith(f'.{suffix}"')
    assert got["toml"].text == study.scenario.to_toml()
    assert got["csv"].content.decode("utf-8-sig") == economies_csv(study)
    whole = openpyxl.load_workbook(io.BytesIO(got["xlsx"].content))
    assert whole["economies"]["A2"].value == "MNG"
    assert whole["sources"].max_row == 1 + len(study.world.sources)
    assert timeless(got["json"].json()) == timeless(study.to_json())
    assert got["svg"].text.startswith("<svg")
    assert got["png"].content.startswith(b"\x89PNG")
    assert "<!doctype html>" in got["report"].text


def test_answers_are_as_described(client: Any) -> None:
    """Every key that the OpenAPI description names is there, and every key of an economy is named."""
    said = client.post("/api/solve", "sco-2025").json()
    models.SolveAnswer.model_validate_json(json.dumps(said))
    taxed = {"export_tax_revenue_musd"}  # stands there where somebody levies one
    assert set(said["economies"][0]) == set(models.EconomyResult.model_fields) - taxed
    shared = client.post("/api/share", {"scenario": "sco-2025", "players": "EAEU"}).json()
    models.ShareAnswer.model_validate_json(json.dumps(shared))
    for path, body, model in (
        ("vote", {"rule": "sco"}, models.VoteAnswer),
        ("agree", {"bloc": "SCO", "years": "2019"}, models.AgreeAnswer),
    ):
        model.model_validate_json(client.post(f"/api/{path}", body).text)
    for path, model in (
        ("worlds", models.Worlds),
        ("blocs", models.Blocs),
        ("scenarios", models.Scenarios),
        ("jobs", models.JobList),
    ):
        model.model_validate_json(client.get(f"/api/{path}").text)
    described = client.get("/api/openapi.json").json()
    for schema in ("TradeCost", "Tariff"):
        assert "file" not in described["components"]["schemas"][schema]["properties"]


def test_the_messages_are_those_of_the_command_line(
    client: Any, winset: Any, tmp_path: Path
) -> None:
    for wrong in ("percnt = -10", "percent = -200", 'percent = "ten"', "percent = -10\nfactor = 2"):
        file = tmp_path / "wrong.toml"
        text = f'[[change]]\nkind = "trade-cost"\namong = "SCO"\n{wrong}\n'
        file.write_text(text, "utf-8")
        said = winset("run", file).err.removeprefix("winset: ").strip()
        answer = client.post("/api/solve", tomllib.loads(text))
        assert answer.status_code == 422
        # the file and its line are the one thing that a body does not have
        assert (
            said.partition(" (change 1)")[2] == answer.json()["error"].partition(" (change 1)")[2]
        )
    body = {"change": [{"kind": "trade-cost", "among": "SKO", "percent": -10}]}
    (tmp_path / "sko.toml").write_text(
        '[[change]]\nkind = "trade-cost"\namong = "SKO"\npercent = -10\n', "utf-8"
    )
    said = winset("run", tmp_path / "sko.toml").err
    assert f"winset: {client.post('/api/solve', body).json()['error']}\n" == said


def test_draws_are_those_of_the_command_line(client: Any) -> None:
    asked = {"scenario": "sco-2025", "draws": 20, "seed": 7}
    answer = client.post("/api/solve", asked).json()
    mine = doubted(run("sco-2025"), 20, seed=7).to_json()
    assert answer["economies"] == mine["economies"]
    found, wanted = answer["intervals"], mine["intervals"]
    assert (found["draws"], found["seed"], found["left_out"]) == (20, 7, wanted["left_out"])
    for one, other in zip(found["economies"], wanted["economies"], strict=True):
        assert one["code"] == other["code"]
        for key, interval in other["welfare_percent"].items():
            assert one["welfare_percent"][key] == pytest.approx(interval, rel=1e-9, abs=1e-12)
    for wrong in ({"draws": 0}, {"draws": 1.5}, {"draws": True}, {"draws": 501}, {"seed": -1}):
        assert client.post("/api/solve", asked | wrong).status_code == 422


def test_a_search_for_best_tariffs_is_short_over_http(client: Any) -> None:
    change = {"kind": "tariff", "exporters": "all", "importers": ["USA"], "answer": "optimal"}
    parameters = {"value_added_share": 1.0, "deficits": "balanced"}
    body = {"on": "2025-04-02", "change": [change], "parameters": parameters}
    found = client.post("/api/solve", body)
    assert found.status_code == 200
    assert found.json()["answers"][0]["answer"] == "optimal"
    body["change"] = [change, change | {"importers": ["CHN"]}]
    refused = client.post("/api/solve", body)
    assert refused.status_code == 422
    assert "one search over HTTP" in refused.json()["error"]


def test_a_world_of_one_sector_does_not_wait_for_worlds_with_sectors(client: Client) -> None:
    """More of them at once than there are threads for equilibria."""
    pair = {"kind": "trade-cost", "among": ["CHN", "IND"], "percent": -10.0}
    threads = client.http._transport.app.state.threads  # type: ignore[attr-defined]
    gate = threading.Event()
    held = threads.sectors.submit(gate.wait, 60)
    asked = [
        asyncio.run_coroutine_threadsafe(
            client.http.post("/api/solve", json={"world": "icio-2022", "change": [pair]}),
            client.loop,
        )
        for _ in range(threads.quick._max_workers + 1)
    ]
    try:
        assert client.post("/api/solve", {"change": [pair]}).status_code == 200
        assert not any(one.done() for one in asked)
    finally:
        gate.set()
    assert held.result()
    assert {one.result(120).status_code for one in asked} == {200}


@pytest.mark.usefixtures("client")
def test_the_application_keeps_blas_at_one_thread_while_threads_overlap() -> None:
    def counts() -> set[int]:
        return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}

    first, second = one_thread(), one_thread()
    _take_control()  # a thread of the application may have it, and threadpoolctl would ignore this one
    with threadpool_limits(2, user_api="blas"):
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert counts() == {1}
        second.__exit__(None, None, None)
        assert counts() == {2}
    assert counts() == {1}
