"""What a refusal repeats of a wrong value, and the last edges of settings, queues and folders."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from winset.errors import DataError
from winset.web import job_folder, job_order, jobs, questions, reading, worker
from winset.web.connections import Bounded, Gate
from winset.web.guard import Refusal
from winset.web.sealed import seal
from winset.web.settings import Settings, configure

LONG = "x" * 500
RULE = {"members": {"P": 2, "Q": 1}, "quota": 2}


@pytest.mark.parametrize(
    ("ask", "shown"),
    [
        (lambda: questions.vote({"rule": LONG}), "rule '" + "x" * 80 + "' is not bundled"),
        (lambda: questions.deal({"deal": LONG}), "deal '" + "x" * 80 + "' is not bundled"),
        (lambda: job_order.job_order({"study": LONG}, most=5), "study '" + "x" * 80 + "' is not known"),
        (lambda: reading.overrides({LONG: None}), "--set " + "x" * 80 + ": the value is null"),
        (lambda: reading.scenario(LONG), "scenario '" + "x" * 76 + "…' is not bundled"),
        (lambda: reading.known_world(LONG), "world '" + "x" * 76 + "…' is not embedded"),
        (lambda: reading.fields({LONG: 1}, ("a",), "body"), "unknown key '" + "x" * 76 + "…'."),
        (lambda: reading.text({"k": [LONG]}, "k", "body"), "k = ['" + "x" * 75 + "…' is wrong"),
    ],
)  # fmt: skip
def test_no_more_than_a_line_of_a_wrong_value_is_repeated(ask: Any, shown: str) -> None:
    with pytest.raises(DataError) as told:
        ask()
    assert shown in str(told.value)
    assert "x" * 81 not in str(told.value)


def test_values_of_80_characters_are_repeated_whole() -> None:
    assert reading._short("x" * 78) == repr("x" * 78)
    assert len(reading._short("x" * 79)) == 79
    with pytest.raises(Refusal, match=f"no job '{'x' * 80}'"):
        raise jobs._unknown("x" * 90)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "an object"),
        ([], "a list"),
        ("a", "text"),
        (True, "true or false"),
        (None, "null"),
        (3, "a number"),
    ],
)
def test_kinds_of_values_are_named(value: Any, said: str) -> None:
    assert reading._kind(value) == said
    if not isinstance(value, dict):
        with pytest.raises(DataError, match=f"the body is {said}; it must be a JSON object"):
            reading.fields(value, (), "body")


def test_a_hundred_overrides_and_not_one_more() -> None:
    def pairs(count: int) -> dict[str, int]:
        return {f"k{k}": k for k in range(count)}

    assert len(reading.overrides(pairs(100))) == 100
    assert reading.overrides({"a": 1, "b": 2.5, "c": "x"}) == {"a": "1", "b": "2.5", "c": "x"}
    for wrong in (pairs(101), [1], "x"):
        with pytest.raises(DataError, match="must be a short object of keys and values"):
            reading.overrides(wrong)


def test_one_search_for_a_tariff_and_not_two() -> None:
    def searches(*answers: str, **outer: Any) -> dict[str, Any]:
        sides = [(["KAZ"], ["UZB"]), (["UZB"], ["KGZ"])]
        changes = [
            {"kind": "tariff", "exporters": a, "importers": b, "answer": how}
            for how, (a, b) in zip(answers, sides, strict=False)
        ]
        return {"on": "2025-09-01", "change": changes} | outer

    assert reading.scenario(searches("optimal")).changes
    assert reading.scenario(searches("optimal", "reciprocal")).changes
    for refused, number in (
        (searches("optimal", "optimal"), 2),
        (searches("optimal", world="icio-2022"), 1),
        (searches("reciprocal", "optimal", parameters={"revenue": "income-tax"}), 2),
        (searches("optimal", parameters={"pass_through": 0.9, "value_added_share": 1.0}), 1),
    ):
        with pytest.raises(DataError, match=rf"scenario \(change {number}\): answer = \"optimal\""):
            reading.scenario(refused)


def test_changes_that_are_no_list_are_not_counted() -> None:
    for raw in (
        {"change": 3},
        {"change": [3]},
        {"change": [], "parameters": [1]},
        {"parameters": "x"},
    ):
        with pytest.raises(DataError):
            reading.scenario(raw)
    table = {f"E{k}": 0.1 for k in range(1001)}
    with pytest.raises(DataError, match=r"\(parameters\): a table of 1001 entries; at most 1000"):
        reading.scenario({"parameters": {"entry_cost_share": table}, "change": []})


# Settings.


def test_all_limits_of_a_public_server(tmp_path: Path) -> None:
    made = configure(
        host="trade.example", port=80, public=True, proxies=("10.0.0.9",), jobs=tmp_path
    )
    assert made == Settings(
        jobs=tmp_path, host="trade.example", port=80, public=True, names=(), body=250_000, waiting=32,
        slow=16, slow_each=2, connections=256, connections_each=16, head_seconds=5.0,
        idle_seconds=10.0, proxies=("10.0.0.9",), seconds=20.0, rate=20.0, queue=2, queue_each=1,
        job_players=16, job_seconds=600, job_bytes=2_000_000_000,
    )  # fmt: skip
    own = Settings(jobs=tmp_path)
    assert (own.slow, own.slow_each, own.connections, own.connections_each) == (
        256,
        None,
        512,
        None,
    )
    assert (own.head_seconds, own.idle_seconds, own.queue_each) == (10.0, 30.0, 8)
    assert (own.host, own.port, own.public, own.names, own.proxies) == (
        "127.0.0.1",
        8008,
        False,
        (),
        (),
    )


@pytest.mark.parametrize("option", ["name", "proxy"])
def test_the_first_option_that_does_not_belong_is_named(option: str) -> None:
    given: Any = {
        "name": {"names": ("a.example", "b.example")},
        "proxy": {"proxies": ("10.0.0.1", "10.0.0.2")},
    }
    first = {"name": "a.example", "proxy": "10.0.0.1"}[option]
    with pytest.raises(DataError, match=f"--{option} {first}: belongs to a server with --public"):
        configure(**given[option])


def test_hosts_with_and_without_a_port() -> None:
    public = configure(host="0.0.0.0", port=80, public=True, names=("a.example",))
    assert {"localhost", "127.0.0.1", "[::1]", "a.example", "a.example:80"} <= public.hosts
    other = configure(host="0.0.0.0", port=8080, public=True, names=("a.example",))
    assert "localhost" not in other.hosts
    assert {"a.example", "a.example:8080", "localhost:8080"} <= other.hosts
    assert not any(host.startswith("a.example") for host in configure(port=80).hosts)


# Connections.


def test_a_gate_counts_in_all_and_of_each_address() -> None:
    gate = Gate(3, 2, 5.0, ("10.0.0.9",))
    assert [gate.enter("10.0.0.1") for _ in range(3)] == [True, True, False]  # two of one address
    assert gate.enter("10.0.0.2")
    assert not gate.enter("10.0.0.3")  # three in all
    gate.leave("10.0.0.1")
    assert gate.enter("10.0.0.9")
    gate.leave("10.0.0.2")
    assert gate.enter("10.0.0.9")  # a proxy may have any number
    assert gate.inside == {"10.0.0.1": 1, "10.0.0.9": 2}
    gate.leave("10.0.0.1")
    assert "10.0.0.1" not in gate.inside
    open_to_all = Gate(4, None, 5.0)
    assert [open_to_all.enter("10.0.0.1") for _ in range(5)] == [True] * 4 + [False]


def test_a_connection_is_busy_while_its_request_is_answered() -> None:
    made: Any = Bounded.__new__(Bounded)
    for cycle, busy in (
        (None, False),
        (SimpleNamespace(response_complete=False), True),
        (SimpleNamespace(response_complete=True), False),
    ):
        made.cycle = cycle
        assert made._busy() is busy


@pytest.mark.parametrize("raw", [{}, {"players": "SCO"}, [1], ["study"], "a study", 3, None])
def test_a_job_without_a_study_is_of_shares(raw: Any) -> None:
    assert reading.studied(raw) == ("share", raw)
    assert reading.studied({"study": "vote", "rule": 1}) == ("vote", {"rule": 1})


# Queues and folders.

ORDER = {"study": "vote", "rule": RULE}


@pytest.mark.parametrize(("each", "verb"), [(1, "is"), (2, "are")])
def test_a_caller_waits_with_so_many_jobs_and_not_one_more(
    tmp_path: Path, each: int, verb: str
) -> None:
    made = jobs.Jobs(Settings(jobs=tmp_path, queue=5, queue_each=each))
    for _ in range(each):
        made.add(ORDER, "10.0.0.1")
    with pytest.raises(Refusal, match=f"{each} of your jobs {verb} waiting already") as told:
        made.add(ORDER, "10.0.0.1")
    assert (told.value.status, told.value.headers) == (429, {"retry-after": "60"})
    assert made.add(ORDER, "10.0.0.2")["state"] == "queued"


def test_the_order_of_a_question_says_what_it_is(tmp_path: Path) -> None:
    assert job_order.job_order(ORDER, most=5) == {
        "study": "vote", "title": "Power under rule", "players": ["P", "Q"], "resolution": None, "total": 1,
    }  # fmt: skip
    job = jobs.Jobs(Settings(jobs=tmp_path)).add(ORDER)
    assert (job["study"], job["title"], job["players"], job["total"], job["done"]) == (
        "vote", "Power under rule", ["P", "Q"], 1, 0,
    )  # fmt: skip


def test_values_that_are_gone_already_do_not_keep_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, own = tmp_path / "values.npy", Path.glob
    kept.touch()
    (tmp_path / "result.json").touch()
    monkeypatch.setattr(Path, "glob", lambda self, what: [self / "values.gone", *own(self, what)])
    job_folder.drop_values(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_a_job_that_is_closed_or_not_queued_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = jobs.Jobs(Settings(jobs=tmp_path))
    begun: list[Path] = []

    def start(_: Any, target: Path) -> Any:
        begun.append(target)
        raise OSError(5, "no process")

    monkeypatch.setattr(jobs.Jobs, "_start", start)
    target = tmp_path / made.add(ORDER)["id"]
    made._closed = True
    made._run(target)
    assert begun == []
    made._closed = False
    made.cancel(target.name)
    made._run(target)
    assert begun == []
    other = tmp_path / made.add(ORDER)["id"]
    for attempt in (1, 2, 3):
        made._run(other)
        assert len(begun) == attempt
    said = made.get(other.name)
    assert (said["state"], said["error"]) == (
        "failed", "the worker could not be started (no process).",
    )  # fmt: skip


@pytest.mark.parametrize("room", [True, False])
def test_the_next_job_begins_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    made = jobs.Jobs(Settings(jobs=tmp_path))
    name = made.add(ORDER)["id"]
    monkeypatch.setattr(jobs.Jobs, "_standstill", lambda _: "" if room else "no room")
    late = threading.Timer(0.5, made.close)  # what waits ends when the server closes
    late.start()
    assert made._next() == (tmp_path / name if room else None)
    late.cancel()
    late.join()


def test_values_of_a_job_that_has_ended_are_dropped(tmp_path: Path) -> None:
    made = jobs.Jobs(Settings(jobs=tmp_path))
    target = tmp_path / made.add(ORDER)["id"]
    (target / "values.npy").touch()
    worker.write(target / "result.json", seal({"x": 1}))
    made._wait(target, subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE))
    assert not (target / "values.npy").exists()
    assert made._attempts == {}
    assert made.get(target.name)["state"] == "done"


def test_a_folder_is_let_go_of_when_its_server_closes(tmp_path: Path) -> None:
    jobs.Jobs(Settings(jobs=tmp_path)).close()  # never opened
    first, second = (jobs.Jobs(Settings(jobs=tmp_path)) for _ in range(2))
    first.open()
    first.open()  # twice is once
    with pytest.raises(DataError, match="another winset serve keeps its jobs there"):
        second.open()
    first.close()
    second.open()
    second.close()
    assert not second._thread.is_alive()


@pytest.mark.parametrize(
    ("number", "status", "headers"),
    [(errno.ENOSPC, 507, {"retry-after": "60"}), (errno.EDQUOT, 507, {"retry-after": "60"}),
     (errno.EROFS, 503, {}), (errno.EACCES, 503, {})],
)  # fmt: skip
def test_an_order_that_cannot_be_kept_is_refused_by_its_reason(
    number: int, status: int, headers: dict[str, str]
) -> None:
    with pytest.raises(Refusal) as told:
        jobs._unwritable(OSError(number, "x"))
    assert (told.value.status, told.value.headers) == (status, headers)


def test_the_page_is_at_the_root(client: Any) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<title>" in page.text
    missed = client.get("/nowhere/" + "x" * 200)
    assert missed.status_code == 404
    assert missed.json()["error"] == f"no page '/nowhere/{'x' * 71}'."
    wrong = client.request("DELETE", "/api/solve", json={})
    assert (wrong.status_code, wrong.json()["error"]) == (405, "the method is not allowed here.")
