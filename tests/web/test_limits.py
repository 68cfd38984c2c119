"""The exact limits of a server: who is let in, how much, how often, how many; each at its edge."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.loops import finished

from winset.errors import DataError
from winset.web import downloads, guard, jobs, reading, serving, worker
from winset.web.guard import Guard, Refusal
from winset.web.sealed import seal
from winset.web.settings import Settings, cache_folder, configure

HOST = (b"host", b"127.0.0.1:8008")
JSON = (b"content-type", b"application/json")


def ask(
    method: str = "GET",
    *headers: tuple[bytes, bytes],
    path: str = "/",
    body: tuple[bytes, ...] = (b"",),
    host: tuple[bytes, bytes] = HOST,
    settings: Settings | None = None,
    guarded: Guard | None = None,
    client: str = "10.0.0.1",
) -> tuple[int, dict[str, str], bytes]:
    """Send one request through the guard to an application that echoes the body."""

    async def echo(_scope: Any, receive: Any, send: Any) -> None:
        got = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": got["body"]})

    keeper = guarded or Guard(echo, settings or Settings(jobs=Path("unused")))
    keeper.app = echo
    pieces = [
        {"type": "http.request", "body": piece, "more_body": k < len(body) - 1}
        for k, piece in enumerate(body)
    ] or [{"type": "http.disconnect"}]
    sent: list[dict[str, Any]] = []

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "headers": [host, *headers],
        "client": (client, 1),
    }  # fmt: skip
    finished(keeper(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


# Who may call.


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"127.0.0.1:8008", 200),
        (b"LOCALHOST:8008", 200),
        (b"[::1]:8008", 200),
        (b"127.0.0.1:8009", 403),
        (b"127.0.0.1", 403),
        (b"evil.example:8008", 403),
        (b"", 403),
    ],
)
def test_a_request_names_this_server(host: bytes, status: int) -> None:
    answered, headers, body = ask(host=(b"host", host))
    assert answered == status
    if status == 403:
        assert json.loads(body)["error"].endswith("is not this server. Call it 127.0.0.1:8008.")
        assert headers["content-length"] == str(len(body))
        assert headers["content-type"] == "application/json"


def test_a_long_host_is_cut_in_the_answer() -> None:
    said = json.loads(ask(host=(b"host", b"x" * 200))[2])["error"]
    assert f"'{'x' * 80}'" in said


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", [(b"origin", b"http://127.0.0.1:8008")], 200),
        ("GET", [(b"origin", b"https://127.0.0.1:8008")], 403),
        ("GET", [(b"origin", b"http://other.example")], 403),
        ("GET", [(b"sec-fetch-site", b"same-origin")], 200),
        ("GET", [(b"sec-fetch-site", b"none")], 200),
        ("GET", [(b"sec-fetch-site", b"cross-site")], 403),
        ("GET", [(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"navigate")], 200),
        ("GET", [(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"cors")], 403),
        ("POST", [(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"navigate"), JSON], 403),
        ("POST", [JSON], 200),
        ("POST", [(b"Content-Type", b"Application/JSON; charset=utf-8")], 200),
        ("POST", [(b"content-type", b"text/plain")], 415),
        ("POST", [], 415),
        ("PUT", [], 415),
        ("DELETE", [], 200),
        ("HEAD", [], 200),
        ("OPTIONS", [], 200),
    ],
)
def test_another_site_is_kept_out(
    method: str, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    assert ask(method, *headers)[0] == status


def test_headers_go_out_with_every_answer() -> None:
    for path, cache in (("/", "no-cache"), ("/api/x", "no-store")):
        for host in (HOST, (b"host", b"other")):
            headers = ask(path=path, host=host)[1]
            assert headers["cache-control"] == cache
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_frames_are_for_the_sites_named_and_for_the_page_made_for_them() -> None:
    named = configure(embed=("https://Paper.example.org", "http://[::1]:8080"), jobs=Path("unused"))
    headers = ask(path="/embed/", settings=named)[1]
    policy = headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'self' https://paper.example.org http://[::1]:8080" in policy
    assert "x-frame-options" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    for path in ("/", "/embed", "/embed/x", "/index.html", "/api/jobs", "/embed/../"):
        headers = ask(path=path, settings=named)[1]
        assert headers["x-frame-options"] == "DENY", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    unasked = ask(path="/embed/")[1]
    assert unasked["x-frame-options"] == "DENY"
    everybody = configure(embed=("any",), public=True, names=("lab.example.org",), host="0.0.0.0")
    assert everybody.embed == ("*",)


@pytest.mark.parametrize(
    "site",
    ["", "*", "paper.example.org", "https://a.example; script-src *", "https://a.example/page",
     "https://a.example 'self'", "https://a.example:", "javascript://a", "https://a_b.example"],
)  # fmt: skip
def test_a_site_to_embed_in_is_scheme_and_host(site: str) -> None:
    with pytest.raises(DataError, match=r"--embed .*: is no site\. Write scheme and host alone"):
        configure(embed=(site,))


def test_what_is_no_request_is_passed_on_only_where_it_is_the_lifespan() -> None:
    seen: list[str] = []

    async def app(scope: Any, *_: Any) -> None:
        seen.append(scope["type"])

    keeper = Guard(app, Settings(jobs=Path("unused")))
    for kind in ("lifespan", "websocket"):
        finished(keeper({"type": kind}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]


# How much.


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ((b"x" * 10,), 200),
        ((b"x" * 11,), 413),
        ((b"x" * 5, b"x" * 5), 200),
        ((b"x" * 6, b"x" * 5), 413),
    ],
)
def test_a_body_may_be_as_large_as_the_limit(pieces: tuple[bytes, ...], status: int) -> None:
    small = Settings(jobs=Path("unused"), body=10)
    answered, headers, body = ask("POST", JSON, body=pieces, settings=small)
    assert answered == status
    if status == 200:
        assert body == b"".join(pieces)
    else:
        assert json.loads(body)["error"] == "the body is larger than 10 bytes."
        assert headers["connection"] == "close"


@pytest.mark.parametrize(
    ("said", "status"), [(b"10", 200), (b"11", 413), (b"-11", 200), (b"x", 200)]
)
def test_a_length_beyond_the_limit_is_refused_before_it_comes(said: bytes, status: int) -> None:
    small = Settings(jobs=Path("unused"), body=10)
    assert ask("POST", JSON, (b"Content-Length", said), settings=small)[0] == status


def test_a_connection_that_closes_and_one_that_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    answered, _, body = ask("POST", JSON, body=())
    assert (answered, json.loads(body)["error"]) == (
        400, "the connection was closed before the body was whole.",
    )  # fmt: skip
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.01)
    keeper = Guard(lambda *_: None, Settings(jobs=Path("unused")))  # type: ignore[arg-type, return-value]

    async def never() -> Any:
        await asyncio.sleep(5)

    scope: Any = {"type": "http", "method": "POST", "headers": []}
    with pytest.raises(Refusal, match=r"within 0.01 seconds") as told:
        finished(keeper._body(scope, never))
    assert told.value.status == 408


# How often.


def test_a_burst_of_three_seconds_then_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(guard, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    keeper = Guard(None, Settings(jobs=Path("unused"), rate=2.0))  # type: ignore[arg-type]

    def let_in(caller: str = "10.0.0.1") -> bool:
        return ask(guarded=keeper, client=caller)[0] == 200

    assert [let_in() for _ in range(7)] == [True] * 6 + [False]
    answered, headers, _ = ask(guarded=keeper)
    assert (answered, headers["retry-after"]) == (429, "1")
    assert let_in("10.0.0.2")  # another caller
    clock[0] += 0.49
    assert not let_in()
    clock[0] += 0.5
    assert let_in()
    assert not let_in()
    clock[0] += 1000.0
    assert [let_in() for _ in range(7)] == [True] * 6 + [False]


def test_callers_are_forgotten_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "CALLERS", 2)
    keeper = Guard(None, Settings(jobs=Path("unused"), rate=1.0))  # type: ignore[arg-type]
    for caller in ("a", "b", "a", "c"):
        ask(guarded=keeper, client=caller)
    assert list(keeper.callers) == ["a", "c"]


# How a server is set up.


def test_a_server_for_this_machine() -> None:
    made = configure(jobs=Path("x"))
    assert made == Settings(jobs=Path("x"))
    assert (made.body, made.waiting, made.seconds, made.rate) == (1_000_000, 256, 60.0, None)
    assert (made.queue, made.job_players, made.job_seconds, made.job_bytes) == (
        8, 27, 86_400, 8_000_000_000,
    )  # fmt: skip
    assert made.hosts == {"localhost:8008", "127.0.0.1:8008", "[::1]:8008"}
    assert made.origins == {f"http://{host}" for host in made.hosts}
    assert "localhost" in configure(port=80).hosts
    assert "localhost" not in configure(port=81).hosts


def test_a_public_server_has_limits() -> None:
    made = configure(
        host="0.0.0.0", public=True, names=("Trade.Example", "fe80::1"), jobs=Path("x")
    )
    assert (made.body, made.waiting, made.seconds, made.rate) == (250_000, 32, 20.0, 20.0)
    assert (made.queue, made.job_players, made.job_seconds, made.job_bytes) == (
        2, 16, 600, 2_000_000_000,
    )  # fmt: skip
    assert made.names == ("trade.example", "[fe80::1]")
    assert {"trade.example", "trade.example:8008", "[fe80::1]:8008"} <= made.hosts
    assert not any("0.0.0.0" in host for host in made.hosts)
    assert {"http://trade.example", "https://trade.example"} <= made.origins
    named = configure(host="trade.example", public=True, jobs=Path("x"))
    assert "trade.example:8008" in named.hosts


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"host": "192.168.0.1"}, "is reached by other machines"),
        ({"names": ("x.example",)}, "--name x.example: belongs to a server with --public"),
        ({"host": "0.0.0.0", "public": True}, "listens on every address"),
        ({"host": "", "public": True}, "listens on every address"),
    ],
)
def test_a_server_that_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        configure(**options)


def test_where_jobs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert cache_folder(8010) == Path("/cache/winset/jobs-8010")
    assert configure(port=8010).jobs == Path("/cache/winset/jobs-8010")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder(80) == Path.home() / ".cache/winset/jobs-80"


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DataError, match=f"cannot listen on 127.0.0.1:{port}"):
            serving._listen(Settings(jobs=Path("x"), port=port))
    with serving._listen(Settings(jobs=Path("x"), port=0)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
    assert [serving._shown(h) for h in ("0.0.0.0", "::", "", "::1", "a.example")] == [
        "localhost", "localhost", "localhost", "[::1]", "a.example",
    ]  # fmt: skip


# What may come.


def scenario_of(count: int) -> dict[str, Any]:
    change = {"kind": "trade-cost", "among": "EAEU", "percent": -10}
    return {"on": "2025-09-01", "change": [change] * count}


def test_a_hundred_changes_and_not_one_more() -> None:
    assert len(reading.scenario(scenario_of(reading.MOST_CHANGES)).changes) == 100
    with pytest.raises(DataError, match="101"):
        reading.scenario(scenario_of(101))


def test_a_thousand_names_and_not_one_more() -> None:
    body = scenario_of(1)
    body["change"][0]["among"] = ["KAZ"] * 999 + ["UZB"]
    assert reading.scenario(body).changes
    body["change"][0]["among"] += ["KGZ"]
    with pytest.raises(DataError):
        reading.scenario(body)


# Jobs.


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A queue of two that nothing works on."""
    made = jobs.Jobs(Settings(jobs=tmp_path, queue=2, job_players=5))
    monkeypatch.setattr(jobs, "KEPT", 3)
    return made


ORDER = {
    "scenario": {
        "on": "2025-09-01", "title": "EAEU",
        "change": [{"kind": "trade-cost", "among": "EAEU", "percent": -10}],
    },
    "resolution": "compact",
}  # fmt: skip


def test_the_queue_holds_what_it_holds_and_not_one_more(queue: Any) -> None:
    first = queue.add(ORDER)
    assert first["state"] == "queued"
    assert sorted(first["players"]) == ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    assert (first["title"], first["resolution"], first["done"]) == ("EAEU", "compact", 0)
    assert first["seconds_left"] is None
    assert first["total"] >= 1
    second = queue.add(ORDER)
    with pytest.raises(Refusal, match="2 jobs are waiting already") as told:
        queue.add(ORDER)
    assert (told.value.status, told.value.headers) == (429, {"retry-after": "60"})
    assert [job["id"] for job in queue.all()["jobs"]] == [second["id"], first["id"]]
    assert queue.cancel(first["id"])["state"] == "cancelled"
    assert queue.add(ORDER)["state"] == "queued"


def test_as_many_players_as_the_server_takes_and_not_one_more(tmp_path: Path) -> None:
    small = jobs.Jobs(Settings(jobs=tmp_path, job_players=4))
    with pytest.raises(DataError, match="5 players; jobs on this server take up to 4"):
        small.add(ORDER)
    assert jobs.Jobs(Settings(jobs=tmp_path, job_players=5)).add(ORDER)["state"] == "queued"


def test_finished_jobs_go_the_oldest_first(queue: Any) -> None:
    names = []
    for _ in range(4):
        name = queue.add(ORDER)["id"]
        worker.write(queue.folder / name / "result.json", seal({"grand_musd": 1.0}))
        names.append(name)
    assert [job["id"] for job in queue.all()["jobs"]] == names[:0:-1]
    done = queue.get(names[-1])
    assert (done["state"], done["result"], done["seconds_left"]) == (
        "done",
        {"grand_musd": 1.0},
        0.0,
    )
    assert done["done"] == done["total"]
    assert "result" not in queue.get(names[-1], whole=False)
    assert queue.cancel(names[-1])["state"] == "removed"
    with pytest.raises(Refusal, match=f"no job '{names[-1]}'") as told:
        queue.get(names[-1])
    assert told.value.status == 404


def test_what_a_job_says_of_itself(queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name = queue.add(ORDER)["id"]
    target = queue.folder / name
    monkeypatch.setattr(jobs.time, "time", lambda: 1_000.0)
    worker.write(
        target / "progress.json", {"done": 3, "total": 8, "seconds_left": 100.0, "at": 970.0}
    )
    assert queue.get(name)["seconds_left"] is None  # while it waits
    queue._running = jobs.Running(name, SimpleNamespace(kill=lambda: None))  # type: ignore[arg-type]
    running = queue.get(name)
    assert (running["state"], running["done"], running["total"]) == ("running", 3, 8)
    assert running["seconds_left"] == 70.0
    assert queue._retry_after() == 70
    worker.write(
        target / "progress.json", {"done": 3, "total": 8, "seconds_left": 10.0, "at": 970.0}
    )
    assert queue.get(name)["seconds_left"] == 0.0
    assert queue._retry_after() == 1
    worker.write(
        target / "progress.json", {"done": 3, "total": 8, "seconds_left": 9e9, "at": 970.0}
    )
    assert queue._retry_after() == 3600
    queue._running = None
    worker.write(target / "error.json", {"error": "no equilibrium"})
    failed = queue.get(name)
    assert (failed["state"], failed["error"], failed["seconds_left"]) == (
        "failed",
        "no equilibrium",
        None,
    )


@pytest.mark.parametrize("name", ["../x", "0" * 15, "0" * 17, "g" * 16, "0" * 16])
def test_a_name_that_is_none(queue: Any, name: str) -> None:
    with pytest.raises(Refusal, match="no job"):
        queue.get(name)


def test_a_worker_that_is_too_slow_or_dies_three_times(tmp_path: Path) -> None:
    import subprocess
    import sys

    made = jobs.Jobs(Settings(jobs=tmp_path, job_seconds=0, job_players=5))
    name = made.add(ORDER)["id"]
    target = tmp_path / name
    (target / "values.npy").touch()
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    made._wait(target, subprocess.Popen(sleeper, stdin=subprocess.PIPE))
    assert made.get(name)["error"] == "the job took longer than 0 minutes. Name fewer players."
    long = jobs.Jobs(Settings(jobs=tmp_path, job_players=5))
    other = long.add(ORDER)["id"]
    for state in ("queued", "queued", "failed"):
        long._wait(
            tmp_path / other, subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
        )
        assert long.get(other)["state"] == state
    assert long.get(other)["error"].startswith("the worker was killed 3 times")


# Files to keep.


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("SCO: ten percent!", "sco-ten-percent"),
        ("казахстан", "winset"),
        ("x" * 70, "x" * 60),
        ("a--b", "a-b"),
    ],
)
def test_a_file_is_named_by_the_title(title: str, name: str) -> None:
    body = scenario_of(1) | {"title": title}
    content, media, file = downloads.download("toml", body)
    assert file == f"{name}.toml"
    assert media == "application/toml"
    assert b"percent = -10" in content


def test_a_download_that_there_is_not() -> None:
    with pytest.raises(DataError, match="no download 'parquet'"):
        downloads.download("parquet", {})
    with pytest.raises(DataError, match=f"no download '{'x' * 80}'"):
        downloads.download("x" * 90, {})
