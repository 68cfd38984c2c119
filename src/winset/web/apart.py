"""A process beside the server that does what takes seconds: drawings, divisions, draws, long studies.

The renderer of charts keeps the interpreter to itself while it draws, for a quarter of a second at a time:
in the server's own process every quick answer would wait for it. The process has a lower priority, is
started when it is first needed, ends with the server, and is started anew where it has ended.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, WinsetError
from winset.web.guard import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

NICE = 5  # below quick answers, above jobs


class Apart:
    """Calls functions in the process, one at a time; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def call(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of a module with arguments that can be pickled.

        Raises
        ------
        DataError
            What the function refuses.
        Refusal
            The process has ended; the next call finds a new one.
        RuntimeError
            Whatever else the function raises, with its traceback as text.
        """
        with self._lock:
            try:
                how, said = self._asked(work, arguments)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._end()
                raise Refusal(
                    503,
                    "the process that does long work has ended, perhaps for lack of memory. Send it again.",
                    **{"retry-after": "1"},
                ) from None
        if how == "refused":
            raise DataError(said[0], code=said[1])
        if how == "failed":
            raise RuntimeError(said)
        return said

    def _asked(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
        wanted = pickle.dumps((work, arguments))
        if self._closed:
            raise EOFError
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "winset.web.apart", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        asked.write(wanted)
        asked.flush()
        found: tuple[str, Any] = pickle.load(told)
        return found

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not sent is not wanted any more
                    pipe.close()
        self._process = None

    def close(self) -> None:
        """End the process, whatever it is doing, and start none any more."""
        self._closed = True
        if self._process is not None:
            self._process.kill()
        with self._lock:
            self._end()


def _watch(server: int) -> None:
    """End with the server, though a long study is under way."""
    while os.getppid() == server:
        time.sleep(1.0)
    os._exit(3)


def main() -> None:
    """Do what comes in on standard input, and answer on standard output."""
    from winset.trade.numerics.blas import stay_with_one_thread

    threading.Thread(target=_watch, args=(int(sys.argv[1]),), daemon=True).start()
    if sys.platform != "win32":
        os.nice(NICE)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing else may write between the answers
    stay_with_one_thread()
    while True:
        try:
            work, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        told.write(pickle.dumps(_done(work, arguments)))
        told.flush()


def _done(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "answer", work(*arguments)
    except WinsetError as error:
        # as it is: a `Sentence` keeps its parts, for another language
        return "refused", (error.args[0] if error.args else "", error.code)
    except Exception:
        return "failed", traceback.format_exc()


if __name__ == "__main__":
    main()
