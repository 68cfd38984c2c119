"""Connections, callers and logs within bounds: what one caller does, the others do not feel."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from tests.loops import finished
from tests.web.conftest import client_of

from winset.errors import DataError
from winset.web import connections, logs, serving
from winset.web.app import create
from winset.web.connections import FULL, Bounded, Gate, room_for
from winset.web.guard import _household
from winset.web.settings import Settings, configure

LARGE = b"x" * 20_000_000


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer at once; /large with more than a socket holds."""
    if scope["type"] != "http":
        return
    await receive()
    body = LARGE if scope["path"] == "/large" else b"ok"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def serving_with(gate: Gate, *, idle: int = 30) -> Iterator[int]:
    """A server of its own thread behind a gate; gives its port."""
    config = uvicorn.Config(
        app, http=partial(Bounded, gate=gate), log_config=None, lifespan="off", ws="none",  # type: ignore[arg-type]
        timeout_keep_alive=idle,
    )  # fmt: skip
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True
            thread.join(10)


def ended(one: socket.socket, within: float) -> bytes:
    """What a connection still gives until its end, which must come in time."""
    one.settimeout(within)
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := one.recv(65_536):
            found += piece
    return found


def ask(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        return ended(one, 5)


def open_one(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def test_no_more_connections_than_the_gate_has() -> None:
    gate = Gate(5, None, 30.0)
    with serving_with(gate) as port, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(open_one(port)) for _ in range(5)]
        time.sleep(0.2)
        for _ in range(20):
            assert ask(port).startswith(b"HTTP/1.1 503")
        assert gate.inside.total() == 5
        idle[0].close()
        time.sleep(0.2)
        assert ask(port).endswith(b"ok")
    assert FULL.partition(b"\r\n\r\n")[2] == FULL[-58:]


def test_one_address_has_only_so_many_and_a_proxy_any() -> None:
    for proxies, status in (((), b"503"), (("127.0.0.1",), b"200")):
        with (
            serving_with(Gate(50, 3, 30.0, proxies)) as port,
            contextlib.ExitStack() as stack,
        ):
            for _ in range(3):
                stack.enter_context(open_one(port))
            time.sleep(0.2)
            assert ask(port).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("first", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx: "])
def test_a_head_that_does_not_come_is_not_waited_for(first: bytes) -> None:
    with serving_with(Gate(5, None, 0.5)) as port, open_one(port) as one:
        begun = time.monotonic()
        one.sendall(first)
        ended(one, 5)
        assert 0.3 < time.monotonic() - begun < 3


def test_a_head_that_trickles_is_not_waited_for() -> None:
    with serving_with(Gate(5, None, 0.5)) as port, open_one(port) as one:
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            for letter in b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 1_000:
                one.sendall(bytes([letter]))
                time.sleep(0.05)
        assert time.monotonic() - begun < 3


def test_a_second_head_on_a_connection_is_not_waited_for() -> None:
    with serving_with(Gate(5, None, 0.5)) as port, open_one(port) as one:
        for _ in range(2):
            one.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            found = b""
            while not found.endswith(b"\r\n\r\nok"):
                found += one.recv(65_536)
            time.sleep(0.8)  # idle is not late
        one.sendall(b"GET / HT")
        begun = time.monotonic()
        ended(one, 5)
        assert time.monotonic() - begun < 3


def test_an_idle_connection_is_closed() -> None:
    with serving_with(Gate(5, None, 30.0), idle=1) as port, open_one(port) as one:
        one.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        begun = time.monotonic()
        ended(one, 5)
        assert time.monotonic() - begun < 3


def test_an_answer_that_is_not_read_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.5)
    gate = Gate(5, None, 30.0)
    with serving_with(gate) as port, open_one(port) as one:
        one.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        time.sleep(2)
        assert not gate.inside
        assert len(ended(one, 5)) < len(LARGE)
    with serving_with(gate) as port, open_one(port) as one:  # slowly is well
        one.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        found = 0
        while piece := one.recv(1_000_000):
            found += len(piece)
            time.sleep(0.05)
        assert found > len(LARGE)


def test_connections_are_fewer_than_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 idle sockets at 64 open files stopped 0.1.0."""
    asked: list[tuple[int, int]] = []
    for limits, wanted in (
        ((64, 64), 24), ((20, 20), 8), ((1024, 1024), 512), ((64, 4096), 512), ((64, 100), 60),
        ((-1, -1), 512),
    ):  # fmt: skip
        monkeypatch.setattr(resource, "getrlimit", lambda _, found=limits: found)
        monkeypatch.setattr(resource, "setrlimit", lambda _, new: asked.append(new))
        assert room_for(512) == wanted, limits
    assert asked == [(552, 4096), (100, 100)]


def test_the_server_is_set_up_with_all_this(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: dict[str, Any] = {}

    class Stub:
        def __init__(self, config: uvicorn.Config) -> None:
            seen["config"] = config

        def run(self, sockets: Any) -> None:
            seen["sockets"] = sockets

    monkeypatch.setattr(serving.uvicorn, "Server", Stub)
    monkeypatch.setattr(serving, "bounded_logs", lambda: seen.setdefault("logs", True))
    monkeypatch.setattr(serving, "room_for", lambda most: most)
    monkeypatch.setattr(
        sys, "setswitchinterval", lambda seconds: seen.setdefault("switch", seconds)
    )
    settings = configure(
        host="127.0.0.1", port=18099, public=True, proxies=("127.0.0.1",), jobs=tmp_path
    )
    serving.serve(settings, say=lambda _: None)
    config: Any = seen["config"]
    gate = config.http.keywords["gate"]
    assert (gate.most, gate.each, gate.head_seconds, gate.proxies) == (256, 16, 5.0, {"127.0.0.1"})
    assert config.timeout_keep_alive == 10
    assert config.proxy_headers is False
    assert (seen["logs"], seen["switch"]) == (True, 0.0005)


def test_a_log_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(logs.BoundedLog())
    log = logging.Logger("asyncio")
    log.addHandler(handler)
    for k in range(1_000):
        log.error("socket.accept() out of system resource: %s", "x" * 10_000 if k == 1 else k)
    lines = out.getvalue().splitlines()
    assert len(lines) == logs.EACH
    assert max(map(len, lines)) <= logs.LONGEST
    for k in range(1_000):
        log.error(f"another kind {k}")
    assert len(out.getvalue().splitlines()) == logs.MOST
    now = time.monotonic() + logs.SECONDS
    monkeypatch.setattr(logs.time, "monotonic", lambda: now)
    log.error("later")
    assert out.getvalue().splitlines()[-1] == f"later ({2_000 - logs.MOST} more were left out)"


PROXIES = ("10.0.0.9", "10.0.0.8")


@pytest.mark.parametrize(
    ("address", "said", "caller"),
    [
        ("10.0.0.1", "1.2.3.4", "10.0.0.1"),  # no proxy of ours: not believed
        ("10.0.0.9", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.9", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # the caller wrote the first itself
        ("10.0.0.9", "6.6.6.6, 1.2.3.4, 10.0.0.8", "1.2.3.4"),
        ("10.0.0.9", "", "10.0.0.9"),
        ("10.0.0.9", "nonsense", "10.0.0.9"),
        ("10.0.0.9", "1.2.3.4, nonsense", "10.0.0.9"),
        ("10.0.0.9", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_who_calls(tmp_path: Path, address: str, said: str, caller: str) -> None:
    from winset.web.guard import Guard

    settings = configure(public=True, proxies=PROXIES, jobs=tmp_path)
    guard = Guard(app, settings)
    scope: Any = {"client": (address, 1)}
    assert guard._caller(scope, {b"x-forwarded-for": said.encode()}) == caller


def test_a_household_is_one_caller() -> None:
    assert _household("::ffff:1.2.3.4") == "1.2.3.4"
    assert _household("2001:db8::1") == _household("2001:db8::ffff") == "2001:db8::/64"
    assert _household("testclient") == "testclient"


def test_a_proxy_is_named_by_an_address(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--proxy example: is no address"):
        configure(public=True, proxies=("example",), jobs=tmp_path)
    with pytest.raises(DataError, match="belongs to a server with --public"):
        configure(proxies=("127.0.0.1",), jobs=tmp_path)


def public(tmp_path: Path, **more: Any) -> Settings:
    from dataclasses import replace

    return replace(configure(public=True, jobs=tmp_path), **more)


def test_one_caller_with_many_reports_starves_nobody(tmp_path: Path) -> None:
    """In 0.1.0 32 reports of one caller filled the queue, and everybody got 429."""
    settings = public(tmp_path, rate=None, port=8008, seconds=240.0)  # however busy the machine
    made = create(settings)
    made.state.jobs.open()

    async def flood() -> tuple[list[int], list[int], list[float]]:
        def caller(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(made, client=(address, 1))
            return httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:8008", timeout=250
            )

        body = {
            "change": [{"kind": "trade-cost", "among": "SCO", "percent": -10}],
            "on": "2025-09-01",
        }
        async with caller("10.0.0.1") as greedy, caller("10.0.0.2") as other:
            assert (await other.post("/api/solve", json=body)).status_code == 200
            reports = [
                asyncio.create_task(greedy.post("/api/download/report", json="sco-2025"))
                for _ in range(32)
            ]
            await asyncio.sleep(0.05)
            said, times = [], []
            for _ in range(20):
                begun = time.perf_counter()
                said.append((await other.post("/api/solve", json=body)).status_code)
                times.append(time.perf_counter() - begun)
            mine = await other.post("/api/download/csv", json="sco-2025")
            said.append(mine.status_code)
            return [(await one).status_code for one in reports], said, times

    try:
        greedy, others, times = finished(flood())
    finally:
        made.state.threads.close()
        made.state.jobs.close()
    assert set(greedy) == {200, 429}  # some were made, the others had to wait their turn
    assert set(others) == {200}
    assert len(times) == 20


def test_what_ran_over_its_time_still_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from winset.web.apart import Apart

    gate = threading.Event()

    def stuck(*_: Any) -> bytes:
        gate.wait(30)
        return b"{}"

    monkeypatch.setattr(Apart, "call", stuck)
    with client_of(public(tmp_path, seconds=0.2, slow_each=1)) as client:
        said = [client.post("/api/match", {}).status_code for _ in range(4)]
        assert said == [503, 429, 429, 429]
        gate.set()
        time.sleep(0.3)
        assert client.post("/api/match", {}).status_code == 200


def test_one_caller_has_not_the_whole_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from winset.web.jobs import Jobs

    monkeypatch.setattr(Jobs, "_standstill", lambda _: "waits")
    body = {"study": "vote", "rule": "sco"}
    settings = public(tmp_path)
    jobs = Jobs(settings)
    jobs.open()
    try:
        jobs.add(body, "a")
        with pytest.raises(Exception, match="1 of your jobs is waiting already"):
            jobs.add(body, "a")
        jobs.add(body, "b")
        with pytest.raises(Exception, match="2 jobs are waiting already"):
            jobs.add(body, "c")
    finally:
        jobs.close()


def test_idle_sockets_at_few_open_files_do_not_stop_the_server(tmp_path: Path) -> None:
    """In 0.1.0 60 of them at 64 open files did, and wrote megabytes of log a second."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serve = f"{sys.executable} -m winset.cli serve --port {port} --jobs {tmp_path / 'jobs'}"
    log = tmp_path / "log"
    with log.open("wb") as out, contextlib.ExitStack() as stack:
        command = ["bash", "-c", f"ulimit -n 64; exec {serve}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=out)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        url, end = f"http://127.0.0.1:{port}/api/scenarios", time.monotonic() + 60
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(url, timeout=5)
                break
            assert time.monotonic() < end
            time.sleep(0.1)
        for _ in range(60):
            stack.enter_context(open_one(port))
        time.sleep(1)
        assert httpx.get(url, timeout=5).status_code in (200, 503)
        time.sleep(Settings(jobs=tmp_path).head_seconds)
        assert httpx.get(url, timeout=5).status_code == 200
    assert log.stat().st_size < 20_000
