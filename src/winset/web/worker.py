"""One job, in a process of its own: ``python -m winset.web.worker FOLDER``.

It reads ``order.json``, writes ``progress.json`` while it runs and ``result.json`` or ``error.json`` at
the end, each whole or not at all; the values of the coalitions are kept in the ledger of
`winset.trade.coalitions.store`, so that a job that was killed goes on where it was. It ends itself when its
server is gone (its standard input closes), and holds ``lock`` while it lives.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from winset.errors import DataError, WinsetError
from winset.files import replacing
from winset.web.sealed import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRESS_SECONDS = 0.5
VALUES = "values.npy"
RESULT = "result.json"
PARTS = "sections.json"  # the report, by language, where it was asked for
PAGE = "report-{lang}.html"
NO_ROOM = 28  # exit code where the disk is full: the number of ENOSPC
FULL = (errno.ENOSPC, errno.EDQUOT)


def write(path: Path, payload: Any) -> None:
    """Write a JSON file whole."""
    with replacing(path) as draft:
        draft.write_text(json.dumps(payload, allow_nan=False, ensure_ascii=False), "utf-8")


def full(fault: BaseException | None) -> bool:
    """Tell whether an error, or one that it comes from, is a full disk."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in FULL:
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def progress(folder: Path) -> Callable[[int, int], None]:
    """Return what `winset.trade.coalitions.compute.compute` calls with blocks done and blocks in all."""
    begun, first, last = time.monotonic(), -1, 0.0

    def report(done: int, total: int) -> None:
        nonlocal first, last
        now = time.monotonic()
        if first < 0:
            first = done
        elif done < total and now - last < PROGRESS_SECONDS:
            return
        last = now
        own = done - first
        left = (now - begun) / own * (total - done) if own and done < total else None
        said = {"done": done, "total": total, "seconds_left": left, "at": time.time()}
        with contextlib.suppress(OSError, DataError):  # the job itself may still find room
            write(folder / "progress.json", said)

    return report


def solve(folder: Path) -> Any:
    """Do what the order says; the object is that of the command's ``--json``."""
    from winset.web import questions, reading
    from winset.web.asked import told

    ordered = unseal(json.loads((folder / "order.json").read_text(encoding="utf-8")))
    study, body = reading.studied(ordered["body"])
    if study == reading.SHARE:
        return _share(folder, body)
    asked = questions.QUESTIONS[study](body)
    found = asked.answer() if asked.stepped is None else asked.stepped(progress(folder))
    if reading.in_parts(ordered["body"]):
        from winset.web import sections

        said = {}
        for lang in sections.LANGUAGES:
            said[lang], page = sections.kept(study, found, lang)
            with replacing(folder / PAGE.format(lang=lang)) as draft:
                draft.write_text(page, "utf-8")
        write(folder / PARTS, seal(said))
    return told(found)


def _share(folder: Path, body: Any) -> dict[str, Any]:
    from winset.studies import sharing
    from winset.web.reading import share_order

    order, save = share_order(body), folder / VALUES
    done = sharing.share(
        order.scenario,
        players=order.players,
        resolution=order.resolution,
        aversion=order.aversion,
        save=save,
        resume=save.exists() or save.with_name(VALUES + ".ledger").exists(),
        progress=progress(folder),
    )
    return done.to_json()


def _end_with_the_server() -> None:
    """Wait for the end of standard input, which the server holds open, and stop at once."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os._exit(3)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Run the job of the folder that the command line names, within its limit of memory."""
    folder, most = Path(sys.argv[1]), int(sys.argv[2])
    _end_with_the_server()
    try:
        with FileLock(folder / "lock"):  # a worker of a server that was killed may be ending
            if sys.platform != "win32":
                import resource

                resource.setrlimit(resource.RLIMIT_DATA, (most, most))
                os.nice(10)
            file, said = outcome(folder, most)
            write(folder / file, seal(said) if file == RESULT else said)
    except (OSError, DataError) as error:
        if not full(error):
            raise
        sys.exit(NO_ROOM)


def outcome(folder: Path, most: int) -> tuple[str, Any]:
    """Do the job; return the file that says how it ended, and what it says.

    Raises
    ------
    OSError, DataError
        The disk is full: there is no end yet.
    """
    try:
        return RESULT, solve(folder)
    except (WinsetError, OSError) as error:
        if full(error):
            raise
        if isinstance(error, WinsetError):
            return "error.json", {"error": str(error), "code": error.code}
        return "error.json", {"error": f"{error.strerror}."}
    except MemoryError:
        said = f"the job needs more than {most / 1e9:.1f} GB of memory. Name fewer players."
        return "error.json", {"error": said}
    except Exception:
        traceback.print_exc()  # into worker.log
        return "error.json", {"error": "winset failed; the log of the job says where."}


if __name__ == "__main__":
    main()
