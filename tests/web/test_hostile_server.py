"""A real server and hostile bytes: no 500, no traceback in its log, no wait over five seconds.

``python -m benchmarks hostile`` sends three thousand.
"""

from __future__ import annotations

from pathlib import Path

import httpx
from tests.shared import REPOSITORY
from tests.web.conftest import Server
from tests.web.hostile import Caller

COUNT = 400


def test_hostile_bytes(server: Server, tmp_path: Path) -> None:
    log = tmp_path / "log"
    server.start(log=log)
    caller = Caller(
        server.port, (str(tmp_path), str(REPOSITORY), "site-packages", 'File "', "root:")
    )
    warm = {"rule": "sco"}  # the process of long work has begun when this is answered
    assert httpx.post(f"{server.url}/api/vote", json=warm, timeout=60).status_code == 200
    for number in range(COUNT):
        caller.send(number)
    assert not caller.faults, caller.faults[:10]
    assert caller.count.total() == COUNT
    assert {"200", "400", "403", "404", "405", "413", "415", "422"} <= set(caller.count), (
        caller.count
    )
    assert httpx.get(f"{server.url}/api/jobs", timeout=5).status_code == 200
    said = log.read_text("utf-8")
    assert "Traceback" not in said, said[:3_000]
    assert len(said) < 100_000
