"""A server in a process of its own, for tests of the page."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STARTED = 60.0  # seconds within which a server answers on a busy machine


class Server:
    """``winset serve`` on a free port; it can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free, socket.socket() as other:
            free.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
            self.paper: int = other.getsockname()[1]  # of the site that may show answers in a frame
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "winset.cli", "serve"),
                *(
                    "--port",
                    str(self.port),
                    "--jobs",
                    str(self.folder),
                    "--embed",
                    f"http://127.0.0.1:{self.paper}",
                ),
            ],
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
        )
        end = time.monotonic() + STARTED
        while time.monotonic() < end:
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"{self.address}api/scenarios", timeout=5).close()
                return
            assert self.process.poll() is None, "winset serve ended by itself"
            time.sleep(0.05)
        raise AssertionError(f"winset serve does not answer within {STARTED:g} seconds")

    def kill(self) -> None:
        """Stop at once, as a crash would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop in an orderly way."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
