"""Requests per second of ``POST /api/solve`` on loopback: 194 economies, 1, 16 and 64 clients.

The server is ``winset serve`` in a process of its own, the clients threads of this one, each with a
connection that it keeps; every request changes the size of the change, so that nothing can be
remembered. Beside it stands what a process gets by calling the same function without HTTP.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SECONDS = 20.0
CLIENTS = (1, 16, 64)
PORT = 18_731


def body(k: int) -> bytes:
    """A scenario whose size is the k-th of many."""
    change = {"kind": "trade-cost", "among": "SCO+", "percent": -5.0 - (k % 2000) / 100.0}
    return json.dumps({"on": "2025-09-01", "change": [change]}).encode()


def resident(process: int) -> float:
    """Resident memory of a process, MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def ask(connection: http.client.HTTPConnection, k: int) -> int:
    """Send one request, read the answer, return its status."""
    headers = {"content-type": "application/json"}
    connection.request("POST", "/api/solve", body(k), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def load(clients: int, seconds: float) -> tuple[list[float], int]:
    """Ask with so many clients for so long; returns the latencies and the number of errors."""
    latencies: list[float] = []
    errors = 0
    lock = threading.Lock()
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        nonlocal errors
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        own, wrong, k = [], 0, number * 7919
        while time.perf_counter() < until:
            begun = time.perf_counter()
            wrong += ask(connection, k) != 200
            own.append(time.perf_counter() - begun)
            k += 1
        connection.close()
        with lock:
            latencies.extend(own)
            errors += wrong

    threads = [threading.Thread(target=client, args=(k,)) for k in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies, errors


def alone(seconds: float) -> float:
    """Answers per second of the same function in this process, without HTTP."""
    from winset.trade.numerics.blas import one_thread
    from winset.web import answers, reading

    with one_thread():
        answers.answer("solve", reading.document(body(0)))
        begun, k = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            answers.answer("solve", reading.document(body(k)))
            k += 1
    return k / (time.perf_counter() - begun)


def main(seconds: float = SECONDS) -> None:
    """Time and print."""
    direct = alone(seconds / 4)
    print(f"without HTTP, one thread: {direct:.1f} answers/s, {1000 / direct:.1f} ms each")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "winset.cli", "serve", "--port", str(PORT)]
        server = subprocess.Popen([*command, "--jobs", folder], stdout=subprocess.DEVNULL)
        try:
            _wait()
            load(4, min(5.0, seconds))  # data and threads are there before the clock starts
            first = resident(server.pid)
            for clients in CLIENTS:
                found, errors = load(clients, seconds)
                found.sort()
                print(
                    f"{clients:2d} clients, {seconds:.0f} s: {len(found) / seconds:.1f} requests/s "
                    f"({len(found) / seconds / direct:.2f} of one thread without HTTP), median "
                    f"{1000 * statistics.median(found):.1f} ms, 95th percentile "
                    f"{1000 * found[int(0.95 * len(found))]:.1f} ms, {errors} errors"
                )
            last = resident(server.pid)
            print(f"resident memory of the server: {first:.0f} MB before, {last:.0f} MB after")
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait() -> None:
    """Wait until the server answers."""
    until = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        try:
            ask(connection, 0)
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


if __name__ == "__main__":
    main()
