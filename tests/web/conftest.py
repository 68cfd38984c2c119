"""A client that calls the application in this process, and a server in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from winset.studies import (
    agreement,
    back_test,
    commitments,
    customs_union,
    dependence,
    evenhandedness,
    interdicted,
    promise_keeping,
    route_answers,
    scenario_deal,
    scenario_run,
    tariff_war,
    trade_club,
    trade_match,
    voting_power,
)
from winset.web import questions
from winset.web.app import create
from winset.web.settings import Settings

PORT = 8008


class Client:
    """Calls an ASGI application without a socket, one request after another.

    Its loop has a thread of its own: another kind of test may have left one running in this one.
    """

    def __init__(self, app: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("10.0.0.1", 1))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}")

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send one request and read the answer."""
        options.setdefault("timeout", 60.0)
        asked = self.http.request(method, url, **options)
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result()

    def get(self, url: str, **options: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", url, **options)

    def post(self, url: str, body: Any) -> httpx.Response:
        """POST a JSON body."""
        return self.request("POST", url, json=body)

    def close(self) -> None:
        """Let go of the loop."""
        asyncio.run_coroutine_threadsafe(self.http.aclose(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@contextlib.contextmanager
def client_of(settings: Settings) -> Iterator[Client]:
    """A client of an application with these settings."""
    app = create(settings)
    app.state.jobs.open()
    client = Client(app)
    try:
        yield client
    finally:
        client.close()
        app.state.threads.close()
        app.state.jobs.close()


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of an application as ``winset serve`` makes it."""
    with client_of(Settings(jobs=tmp_path_factory.mktemp("jobs"), port=PORT)) as made:
        yield made


class Server:
    """``winset serve`` in a process of its own."""

    def __init__(self, jobs: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.jobs = jobs
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *options: str, log: Path | None = None) -> None:
        """Start, and wait until it answers; `log` takes what it says on standard error."""
        command = [sys.executable, "-m", "winset.cli", "serve", *options]
        command += ["--port", str(self.port), "--jobs", str(self.jobs)]
        with contextlib.ExitStack() as stack:
            err = None if log is None else stack.enter_context(log.open("wb"))
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err)
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{self.url}/api/scenarios", timeout=5)
                return
            except httpx.TransportError:
                assert self.process.poll() is None, "the server has ended"
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.1)

    def kill(self) -> None:
        """kill −9."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that is started by the test."""
    made = Server(tmp_path / "jobs")
    yield made
    made.stop()


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What studies were asked; each answers an empty object."""
    calls: list[tuple[Any, ...]] = []

    def stub(name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            options.pop("blocs", None)
            calls.append((name, arguments, options))
            return SimpleNamespace(to_json=dict)

        return call

    for module, name in (
        (voting_power, "weigh"),
        (voting_power, "tailor"),
        (agreement, "agree"),
        (trade_match, "match"),
        (commitments, "treaty_table"),
        (dependence, "depend"),
        (trade_club, "solve_club"),
        (evenhandedness, "even"),
        (promise_keeping, "track"),
        (back_test, "back_tests"),
        (route_answers, "journey"),
        (route_answers, "view"),
        (route_answers, "worth"),
        (scenario_deal, "propose"),
        (scenario_deal, "strike"),
        (customs_union, "unite"),
        (tariff_war, "fight"),
        (interdicted, "asked_of"),
    ):
        monkeypatch.setattr(module, name, stub(name))
    pair = stub("gap_of")
    monkeypatch.setattr(scenario_run, "gap_of", lambda *a, **k: (pair(*a, **k), None))
    questions._agree.cache_clear()
    return calls
