"""Jobs outlive pages, workers and servers, stay within their bounds, and can be taken back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.web.conftest import client_of

from winset.studies import sharing
from winset.trade.coalitions.store import RECORD
from winset.web.jobs import Jobs
from winset.web.reading import share_order
from winset.web.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Server

BODY = {
    "scenario": {
        "on": "2025-09-01",
        "change": [{"kind": "trade-cost", "among": "SCO+", "percent": -10}],
    },
    "players": "SCO,BLR,ARE,TUR,EGY,SAU",
    "resolution": "compact",
}


def until(true: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def wait(url: str, job: str, states: set[str]) -> dict[str, Any]:
    """Poll a job until it is in one of the states."""

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = httpx.get(f"{url}/api/jobs/{job}", timeout=10).json()
        return found if found["state"] in states else None

    return until(ended, 60)  # type: ignore[no-any-return]


def without_seconds(said: dict[str, Any]) -> dict[str, Any]:
    said["solver"].pop("seconds")
    return said


def test_a_job_says_what_winset_share_says(server: Server, winset: Any, tmp_path: Path) -> None:
    server.start()
    added = httpx.post(f"{server.url}/api/jobs", json=BODY, timeout=30)
    assert added.status_code == 202
    job = added.json()
    assert added.headers["location"] == f"/api/jobs/{job['id']}"
    assert job["state"] in ("queued", "running")
    done = wait(server.url, job["id"], {"done", "failed"})
    assert done["body"] == BODY
    assert "body" not in httpx.get(f"{server.url}/api/jobs", timeout=10).json()["jobs"][0]
    assert (done["done"], done["total"], done["seconds_left"]) == (job["total"], job["total"], 0)
    file = tmp_path / "scenario.toml"
    file.write_text(
        'on = "2025-09-01"\n[[change]]\nkind = "trade-cost"\namong = "SCO+"\npercent = -10\n'
    )
    said = winset(
        "share", file, "--players", BODY["players"], "--resolution", "compact", "--json",
        "--set", "title=untitled",
    )  # fmt: skip
    assert without_seconds(done["result"]) == without_seconds(said.json)
    until(lambda: not list(server.jobs.glob("*/values.*")))
    assert (server.jobs / job["id"] / "worker.log").read_text("utf-8") == ""


SLOW = BODY | {
    "scenario": BODY["scenario"] | {"parameters": {"labor_supply_elasticity": 0.5}},
    "players": "SCO,ARM,AZE,MNG,TUR",
    "resolution": "full",
}


def test_kill_of_worker_and_server_loses_at_most_a_block(server: Server) -> None:
    server.start()
    job = httpx.post(f"{server.url}/api/jobs", json=SLOW, timeout=30).json()
    folder = server.jobs / job["id"]
    assert job["total"] == 16

    def recorded() -> int:
        """Whole records of the ledger, after a line of JSON."""
        ledger = folder / "values.npy.ledger"
        return len(ledger.read_bytes().partition(b"\n")[2]) // RECORD.size if ledger.exists() else 0

    until(lambda: recorded() >= 2)
    first = _worker(folder)
    os.kill(first, signal.SIGKILL)
    before = recorded()
    second = until(lambda: (found := _worker(folder)) != first and found)
    assert recorded() >= before >= 2
    until(lambda: recorded() > before)
    server.kill()
    until(lambda: not Path(f"/proc/{second}").exists())  # it ends with its server
    before = recorded()
    assert before < 16
    assert not (folder / "result.json").exists()
    (folder / "progress.json").unlink()
    server.start()
    begun = until(lambda: _read(folder / "progress.json"))
    assert begun["done"] >= before
    done = wait(server.url, job["id"], {"done", "failed"})
    assert done["state"] == "done", done
    order = share_order(SLOW)
    again = sharing.share(order.scenario, players=order.players, resolution=order.resolution)
    assert without_seconds(done["result"]) == without_seconds(again.to_json())


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _worker(folder: Path) -> int:
    """The process of a job; 0 when there is none just now."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"winset.web.worker" in words and str(folder).encode() in words:
            return int(path.parent.name)
    return 0


def test_cancel_queue_and_remove(tmp_path: Path) -> None:
    settings = Settings(jobs=tmp_path, queue=2)
    with client_of(settings) as client:
        big = BODY | {"players": "SCO+", "scenario": "sco-2025"}
        added = [client.post("/api/jobs", big) for _ in range(3)]
        while client.get(f"/api/jobs/{added[0].json()['id']}").json()["state"] == "queued":
            time.sleep(0.01)
        assert [a.status_code for a in added[:2]] == [202, 202]
        more = [client.post("/api/jobs", big) for _ in range(3)]
        full = more[-1]
        assert full.status_code == 429
        assert int(full.headers["retry-after"]) >= 1
        assert "are waiting already" in full.json()["error"]
        jobs = client.get("/api/jobs").json()["jobs"]
        assert {job["state"] for job in jobs} == {"running", "queued"}
        for job in jobs:
            said = client.request("DELETE", f"/api/jobs/{job['id']}")
            assert (said.status_code, said.json()["state"]) == (200, "cancelled")
        until(lambda: not list(tmp_path.glob("*/values.*")))
        for job in jobs:
            assert client.request("DELETE", f"/api/jobs/{job['id']}").json()["state"] == "removed"
            assert client.get(f"/api/jobs/{job['id']}").status_code == 404
        assert client.get("/api/jobs").json() == {"jobs": []}


def test_what_cannot_be_solved_is_refused_at_once(client: Any) -> None:
    def said(**changes: Any) -> str:
        answer = client.post("/api/jobs", BODY | changes)
        assert answer.status_code == 422
        return str(answer.json()["error"])

    assert "jobs on this server take up to 27" in said(players="G20,SCO+", scenario="sco-2025")
    assert "neither a bloc nor an economy" in said(players="KAZ,KAXX")
    assert "changes nothing among" in said(players="USA,CAN")
    assert "--resolution tiny: it is full or compact." in said(resolution="tiny")


def test_a_worker_that_dies_again_and_again_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []

    def die(_: Jobs, target: Path) -> Any:
        begun.append(target)
        return subprocess.Popen(["sleep", "0"], stdin=subprocess.PIPE)

    monkeypatch.setattr(Jobs, "_start", die)
    jobs = Jobs(Settings(jobs=tmp_path))
    jobs.open()
    job = jobs.add(BODY)["id"]
    until(lambda: jobs.get(job)["state"] == "failed")
    assert "killed 3 times" in jobs.get(job)["error"]
    assert len(begun) == 3
    jobs.close()


def test_a_job_has_limits_of_time_and_memory(tmp_path: Path) -> None:
    for limits, message in (
        ({"job_seconds": 0}, "took longer than 0 minutes"),
        ({"job_bytes": 60_000_000}, "memory"),  # Python says so, or native code is killed for it
    ):
        jobs = Jobs(Settings(jobs=tmp_path / next(iter(limits)), **limits))  # type: ignore[arg-type]
        jobs.open()
        job = jobs.add(BODY)["id"]
        until(lambda: jobs.get(job)["state"] not in ("queued", "running"))  # noqa: B023
        assert message in jobs.get(job)["error"], jobs.get(job)
        jobs.close()


def test_two_servers_never_share_a_folder(tmp_path: Path, winset: Any) -> None:
    jobs = Jobs(Settings(jobs=tmp_path))
    jobs.open()
    said = winset("serve", "--port", "18765", "--jobs", tmp_path)
    jobs.close()
    assert said.code == 2
    assert "another winset serve keeps its jobs there" in said.err
