"""Long work is done in a process of its own: it answers, refuses, is killed, and ends with the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import Client, client_of

from winset.errors import DataError
from winset.web import answers
from winset.web.apart import NICE, Apart
from winset.web.guard import Refusal
from winset.web.settings import Settings


@pytest.fixture
def apart() -> Iterator[Apart]:
    made = Apart()
    yield made
    made.close()


def test_it_answers_from_another_process_of_lower_priority(apart: Apart) -> None:
    first = apart.call(os.getpid)
    assert first != os.getpid()
    assert apart.call(os.getpid) == first
    assert apart.call(os.nice, 0) >= NICE
    body = {"deal": {"issues": {"x": {"A": 3, "B": -1}, "y": {"A": -1, "B": 3}}}}
    assert apart.call(answers.answer, "deal", body) == answers.answer("deal", body)


def test_refusals_and_faults_come_back(apart: Apart) -> None:
    with pytest.raises(DataError, match="no-such-rule"):
        apart.call(answers.answer, "vote", {"rule": "no-such-rule"})
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        apart.call(divmod, 1, 0)
    with pytest.raises(DataError, match="no equilibrium"):  # an error with more than its words
        apart.call(diverges)
    apart.call(print, "nothing written may stand between two answers")
    assert apart.call(len, "abc") == 3
    with pytest.raises(Exception, match="pickle"):
        apart.call(lambda: None)
    assert apart.call(len, "abcd") == 4


def diverges() -> None:
    from winset.errors import ConvergenceError

    raise ConvergenceError("no equilibrium", residual=1.0, economy="KAZ")


def test_a_process_that_is_killed_is_one_refusal(tmp_path: Path) -> None:
    with client_of(Settings(jobs=tmp_path)) as client:
        apart: Apart = client.http._transport.app.state.threads.apart  # type: ignore[attr-defined]
        with pytest.raises(Refusal, match="has ended"):
            apart.call(os.kill, apart.call(os.getpid), signal.SIGKILL)
        assert _vote(client).status_code == 200
        os.kill(apart.call(os.getpid), signal.SIGKILL)
        assert _vote(client).status_code in (200, 503)
        assert _vote(client).status_code == 200


def _vote(client: Client) -> Any:
    return client.post(
        "/api/vote", {"rule": {"members": ["a", "b"], "weights": [2, 1], "quota": 2}}
    )


def test_closed_while_it_works(apart: Apart) -> None:
    import threading

    said: list[str] = []

    def work() -> None:
        try:
            apart.call(time.sleep, 60)
        except Refusal as refusal:
            said.append(refusal.message)

    apart.call(os.getpid)
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    begun = time.monotonic()
    apart.close()
    thread.join(10)
    assert time.monotonic() - begun < 10
    assert "has ended" in said[0]
    with pytest.raises(Refusal):
        apart.call(os.getpid)


SERVER = """
import os, sys, threading, time
from winset.web.apart import Apart
apart = Apart()
print(apart.call(os.getpid), flush=True)
apart.call(time.sleep, 60)
"""


def test_it_ends_with_its_server_though_it_works() -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    child = int(server.stdout.readline())
    server.kill()
    server.communicate()
    until = time.monotonic() + 20
    while (
        Path(f"/proc/{child}/cmdline").exists()
        and b"apart" in Path(f"/proc/{child}/cmdline").read_bytes()
    ):
        assert time.monotonic() < until
        time.sleep(0.1)
