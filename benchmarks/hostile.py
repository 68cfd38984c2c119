"""A server among strangers: three thousand hostile requests, its memory, and quick solves beside a flood.

The server is ``winset serve`` in a process of its own. The requests are those of ``tests/web/hostile.py``,
counted by status; beside them stand the slowest, what its log says, and its resident memory. Then one
caller of a ``--public`` server asks for reports, draws and jobs as fast as it may, while another, at an
address of its own, asks for a quick solve ten times a second: its 95th percentile, with and without the
flood, has a limit of 300 milliseconds.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.shared import REPOSITORY
from tests.web.conftest import Server
from tests.web.hostile import Caller

from benchmarks.latency import percentile
from benchmarks.web import body, resident

REQUESTS = 3_000
SOLVES = 300
PAUSE = 0.1  # seconds from one quick solve to the next
LIMIT = 300.0  # milliseconds
JSON = {"content-type": "application/json"}


def main() -> None:
    """Print all of it."""
    _requests(REQUESTS)
    _flooded(SOLVES)


def _requests(count: int) -> None:
    """Send the requests, eight at a time, and print what came of them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        server = Server(folder / "jobs")
        server.start(log=folder / "log")
        try:
            assert server.process is not None
            caller = Caller(
                server.port, (place, str(REPOSITORY), "site-packages", 'File "', "root:")
            )
            for k in range(50):  # data and threads are there before the first figure
                _solve(server.port, "127.0.0.1", k)
            _asked(server.port, "/api/vote", {"rule": "sco"})
            memory, begun = [_held(server.process.pid)], time.perf_counter()
            with ThreadPoolExecutor(8) as pool:
                for first, last in ((0, 1_000), (1_000, count)):
                    list(pool.map(caller.send, range(first, last)))
                    memory.append(_held(server.process.pid))
            seconds = time.perf_counter() - begun
        finally:
            server.stop()
        log = (folder / "log").read_text("utf-8", "replace")
    statuses = ", ".join(f"{status}: {n}" for status, n in sorted(caller.count.items()))
    print(f"{caller.count.total()} hostile requests in {seconds:.0f} s: {statuses}")
    print(
        f"faults {len(caller.faults)}; slowest {caller.slowest:.1f} s, of bodies that never come whole too"
    )
    print(f"log: {len(log)} characters, {log.count('Traceback')} tracebacks")
    for name, held in zip(("before", "after 1,000", "after all"), memory, strict=True):
        print(
            f"resident memory {name}: server {held[0]:.0f} MB, its process for long work {held[1]:.0f} MB"
        )
    for fault in caller.faults[:10]:
        print(f"  {fault}")


def _held(server: int) -> tuple[float, float]:
    """Return the memory of the server and of its children, MB."""
    held = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            if int(path.read_text("utf-8").rpartition(")")[2].split()[1]) == server:
                held += resident(int(path.parent.name))
    return resident(server), held


def _asked(port: int, path: str, said: object) -> int:
    """Post a body from this machine's usual address; returns the status."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("POST", path, json.dumps(said).encode(), JSON)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


def _solve(port: int, address: str, k: int) -> tuple[int, float]:
    """Ask for a quick solve from an address; returns status and milliseconds."""
    begun = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
    line.request("POST", "/api/solve", body(k), JSON)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, 1e3 * (time.perf_counter() - begun)


def _flooded(count: int) -> None:
    """Measure quick solves of one caller, alone and while another floods."""
    with tempfile.TemporaryDirectory() as place:
        server = Server(Path(place) / "jobs")
        server.start("--public", log=Path(place) / "log")
        try:
            for k in range(50):
                _solve(server.port, "127.0.0.2", k)
                time.sleep(PAUSE)
            _measured("alone", server.port, count)
            over, asked = threading.Event(), []
            floods = [
                threading.Thread(target=_flood, args=(server.port, k, over, asked))
                for k in range(12)
            ]
            for flood in floods:
                flood.start()
            time.sleep(3.0)
            _measured("beside a flood", server.port, count)
            over.set()
            for flood in floods:
                flood.join()
        finally:
            server.stop()
    answered = ", ".join(f"{status}: {asked.count(status)}" for status in sorted(set(asked)))
    print(f"the flood: {len(asked)} requests, {answered}")


def _measured(name: str, port: int, count: int) -> None:
    said = []
    for k in range(count):
        said.append(_solve(port, "127.0.0.2", k))
        time.sleep(PAUSE)
    times = [milliseconds for status, milliseconds in said if status == 200]
    high = percentile(times, 0.95)
    print(
        f"quick solve {name}: median {percentile(times, 0.5):.0f} ms, 95th percentile {high:.0f} ms "
        f"({high / LIMIT:.2f} of the limit), slowest {max(times):.0f} ms; {count - len(times)} of {count} "
        f"refused; load {os.getloadavg()[0]:.1f}"
    )


def _flood(port: int, which: int, over: threading.Event, asked: list[int]) -> None:
    """Ask for what takes long, again and again, until it is over."""
    change = {"change": [{"kind": "trade-cost", "among": "SCO", "percent": -10}]}
    wanted = (
        ("/api/download/report", "sco-2025"),
        ("/api/download/png", "sco-2025"),
        ("/api/solve", {"scenario": change, "draws": 500}),
        ("/api/solve", {"world": "icio-2022", **change}),
        ("/api/jobs", {"scenario": "sco-2025", "players": "SCO"}),
        ("/api/agree", {"bloc": "SCO", "years": "2000-2019"}),
    )
    path, said = wanted[which % len(wanted)]
    while not over.is_set():
        try:
            asked.append(_asked(port, path, said))
            if asked[-1] == 429:
                time.sleep(0.05)
        except OSError:
            asked.append(0)
            time.sleep(0.05)


if __name__ == "__main__":
    main()
