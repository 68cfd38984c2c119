"""Jobs: shares of larger groups and whatever else takes long, one after another by a process each.

It is one file because the queue, its thread and the order of its locks are read together.

What is known of a job lies in its folder (`winset.web.job_folder`), so that a job outlives a page, a
worker and a server: a server that starts goes on with what is unfinished. Whatever goes wrong with a
job is that job's: the queue goes on, and where the disk is full it waits for room.
"""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from filelock import FileLock, Timeout

from winset.errors import DataError, WinsetError
from winset.files import check_folder
from winset.report import speech
from winset.web import job_folder, reading, sections, worker, written
from winset.web.guard import Refusal
from winset.web.job_folder import Damaged
from winset.web.job_order import job_order
from winset.web.sealed import seal
from winset.web.spoken import spoken

if TYPE_CHECKING:
    from pathlib import Path

    from winset.web.settings import Settings

KEPT = 50  # finished jobs; the oldest go first
ATTEMPTS = 3  # of a worker that dies without a word, such as for lack of memory
ROOM = 1_000_000  # bytes that must be free before a job begins
LOOK_AGAIN = 2.0  # seconds, where the disk is full or the folder cannot be read
LOG = logging.getLogger("winset.web")


GOING, ENDED = ("queued", "running"), ("done", "failed", "cancelled")
AGAIN = "Remove the job, and send it again."
KILLED = (
    f"the worker was killed {ATTEMPTS} times, perhaps for lack of memory. Name fewer players, or "
    "resolution = compact."
)
FAILED = (
    f"the worker ended {ATTEMPTS} times without a result, for lack of memory or because it cannot write "
    "the folder of jobs. Name fewer players, or tell who runs the server."
)
NO_ROOM = f"the disk of the server was full, {ATTEMPTS} times. Make room, and send the job again."


@dataclass(slots=True)
class Running:
    """The one job that has a process."""

    id: str
    process: subprocess.Popen[bytes]


class Jobs:
    """The queue of a server; every method may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.folder = settings, settings.jobs
        self._changed = threading.Condition()
        self._running: Running | None = None
        self._attempts: dict[str, int] = {}
        # how jobs have ended whose folder cannot be written: state and words
        self._ended: dict[str, tuple[str, str]] = {}
        self._callers: dict[str, str] = {}
        self._waits = ""  # why the queue stands still
        self._closed = False
        self._lock: FileLock | None = None
        self._thread = threading.Thread(target=self._work, name="winset-jobs", daemon=True)

    def open(self) -> None:
        """Take the folder, and go on with what is unfinished in it.

        Raises
        ------
        DataError
            The folder cannot be written, or another server has it.
        """
        if self._lock is not None:
            return
        lock = FileLock(self.folder / "lock", blocking=False)
        check_folder(self.folder)  # a lock that cannot be written looks as if another had it
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise DataError(
                f"--jobs {self.folder}: another winset serve keeps its jobs there. Name another folder."
            ) from None
        except OSError as error:
            raise DataError(
                f"--jobs {self.folder}: cannot be written ({error.strerror})."
            ) from error
        self._lock = lock
        self._thread.start()

    def close(self) -> None:
        """Stop the worker; its job goes on when a server opens the folder again."""
        with self._changed:
            self._closed = True
            if self._running is not None:
                self._running.process.kill()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        if self._lock is not None:
            self._lock.release()

    def add(self, raw: Any, caller: str = "") -> dict[str, Any]:
        """Check an order of a caller, put it into the queue, and return the job.

        Raises
        ------
        DataError
            As the command line, at once, for whatever can be known before solving.
        Refusal
            The queue is full.
        """
        order = job_order(raw, most=self.settings.job_players)
        name = secrets.token_hex(8)
        with self._changed:
            if len(self._queued()) >= self.settings.queue:
                raise Refusal(
                    429,
                    f"{self.settings.queue} jobs are waiting already. Come back later, or cancel one.",
                    **{"retry-after": str(self._retry_after())},
                )
            own = sum(self._callers.get(path.name) == caller for path in self._queued())
            if own >= self.settings.queue_each:
                raise Refusal(
                    429,
                    f"{own} of your jobs {'is' if own == 1 else 'are'} waiting already. Come back "
                    "later, or cancel it.",
                    **{"retry-after": str(self._retry_after())},
                )
            self._drop_old()
            target = self.folder / name
            try:
                target.mkdir()
                ordered = order | {"body": raw, "created": time.time()}
                worker.write(target / "order.json", seal(ordered))
            except (OSError, DataError) as error:
                shutil.rmtree(target, ignore_errors=True)
                _unwritable(error)
            self._callers[name] = caller
            self._changed.notify_all()
        return self.get(name)

    def get(self, name: str, *, whole: bool = True) -> dict[str, Any]:
        """Return a job; `whole` includes its result.

        Raises
        ------
        Refusal
            There is no such job.
        """
        target = self._find(name)
        try:
            order = job_folder.order(target)
        except Damaged as damage:
            return _damaged(name, target, damage)
        if order is None:  # removed a moment ago
            raise _unknown(name)
        state, words = self._state(target)
        seen = job_folder.progress(target, order["total"])
        left = seen["seconds_left"]
        if state != "running":
            left = 0.0 if state == "done" else None
        elif left is not None:
            left = max(0.0, left - (time.time() - seen["at"]))
        job = {
            "id": name,
            **{key: order[key] for key in ("study", "title", "players", "resolution", "created")},
            "state": state,
            "done": seen["total"] if state == "done" else seen["done"],
            "total": seen["total"],
            "seconds_left": left,
        }
        if whole:
            job["body"] = order.get("body")
        if state == "done" and whole:
            try:
                job["result"] = job_folder.result(target)
            except Damaged as damage:
                return job | _failed(damage)
        if state == "failed":
            said, code = (words, WinsetError.code) if words else job_folder.failure(target)
            job |= {"error": spoken(said, self.folder), "code": code}
        if state == "queued" and self._waits:
            job["waits"] = self._waits
        return job

    def parts(self, name: str, lang: str) -> dict[str, Any]:
        """Return the report of a job that is done, in parts.

        Raises
        ------
        Refusal
            There is no such job, or it keeps no report.
        DataError
            An unknown language.
        """
        target, spoken = self._find(name), speech.checked(lang)
        try:
            found = job_folder.parts(target) if self._state(target)[0] == "done" else None
        except Damaged as damage:
            raise Refusal(404, f"{damage}. {AGAIN}") from None
        if found is None:
            raise Refusal(
                404,
                f"job {name} has no report. Send it with sections = true, and wait until it is done.",
            )
        said: dict[str, Any] = found[spoken]
        return said

    def file(self, name: str, kind: str, lang: str) -> tuple[bytes, str, str]:
        """Return the report of a job that is done as a file, its media type and a name for it.

        Raises
        ------
        Refusal
            As `parts`.
        DataError
            An unknown language or kind, or what a kind of file needs is not at hand.
        """
        said, job = self.parts(name, lang), self.get(name, whole=False)
        study = job["study"]
        kinds = written.KINDS if study == "brief" else {"html": written.KINDS["html"]}
        if kind not in kinds:
            raise DataError(f"no file {kind[:80]!r} of a job. There are: {', '.join(kinds)}.")
        if kind == "html":
            content = (self._find(name) / worker.PAGE.format(lang=lang)).read_bytes()
        else:
            content = written.brief(said["figures"], kind)
        return content, kinds[kind], sections.named(job["title"], study, kind)

    def all(self) -> dict[str, Any]:
        """Return every job without its result, the newest first."""
        found = []
        for path in self._folders():
            try:
                found.append(self.get(path.name, whole=False))
            except Refusal:  # removed a moment ago, or no job's folder
                continue
        return {"jobs": found[::-1]}

    def cancel(self, name: str) -> dict[str, Any]:
        """Take a job back that is not finished, or remove one that is; return what it was.

        Raises
        ------
        Refusal
            There is no such job, or it cannot be removed.
        """
        with self._changed:
            target = self._find(name)
            job = self.get(name, whole=False)
            if job["state"] not in ("queued", "running"):
                self._remove(target)
                return job | {"state": "removed"}
            self._ended[name] = ("cancelled", "")
            try:
                (target / "cancelled").touch()
            except OSError:
                LOG.warning("a job is cancelled, but its folder cannot be written")
            if self._running is not None and self._running.id == name:
                self._running.process.kill()
            else:
                job_folder.drop_values(target)
        return self.get(name, whole=False)

    def _remove(self, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        if target.exists():
            raise Refusal(503, "the job cannot be removed: its folder cannot be written.")
        self._ended.pop(target.name, None)
        self._attempts.pop(target.name, None)
        self._callers.pop(target.name, None)

    def _find(self, name: str) -> Path:
        target = self.folder / name
        if not re.fullmatch("[0-9a-f]{16}", name) or not (target / "order.json").is_file():
            raise _unknown(name)
        return target

    def _folders(self) -> list[Path]:
        """Folders of jobs, the oldest first; none where they cannot be read."""
        try:
            return job_folder.folders(self.folder)
        except OSError:
            LOG.exception("the folder of jobs cannot be read")
            return []

    def _state(self, target: Path) -> tuple[str, str]:
        """Return a job's state and, where its folder could not take them, the words for its end."""
        if target.name in self._ended:
            return self._ended[target.name]
        if found := job_folder.end(target):
            return found, ""
        running = self._running
        return ("running" if running is not None and running.id == target.name else "queued"), ""

    def _queued(self) -> list[Path]:
        found = []
        for path in self._folders():
            try:
                if self._state(path)[0] == "queued" and job_folder.order(path) is not None:
                    found.append(path)
            except Damaged:
                continue
        return found

    def _retry_after(self) -> int:
        left = None
        if self._running is not None:
            left = self.get(self._running.id, whole=False)["seconds_left"]
        return max(1, min(3600, round(left))) if left is not None else 60

    def _drop_old(self) -> None:
        ended = [path for path in self._folders() if self._state(path)[0] not in GOING]
        for path in ended[: max(0, len(ended) - KEPT + 1)]:
            with contextlib.suppress(Refusal):
                self._remove(path)

    def _work(self) -> None:
        """Run one job after another, until the server closes."""
        while (target := self._next()) is not None:
            try:
                self._run(target)
            except Exception as error:  # whatever it is, it is this job's alone
                LOG.exception("a job failed")
                self._fail(target, f"the job could not be run ({type(error).__name__}).")
            with self._changed:
                if self._running is not None:
                    _end(self._running.process)
                self._running = None

    def _next(self) -> Path | None:
        """Wait for a job and for room on the disk; None when the server closes."""
        with self._changed:
            while not self._closed:
                queued = self._queued()
                self._waits = self._standstill() if queued else ""
                if queued and not self._waits:
                    return queued[0]
                self._changed.wait(LOOK_AGAIN if self._waits else None)
        return None

    def _standstill(self) -> str:
        """Say why no job can begin; blank where one can."""
        try:
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            return f"the folder of jobs cannot be read ({error.strerror})."
        return (
            ""
            if free >= ROOM
            else "the disk of the server is full; the job begins when there is room."
        )

    def _run(self, target: Path) -> None:
        with self._changed:
            if self._closed or self._state(target)[0] != "queued":
                return
            try:
                self._running = Running(target.name, self._start(target))
            except OSError as error:
                if self._again(target):
                    return
                self._fail(target, f"the worker could not be started ({error.strerror}).")
                return
        self._wait(target, self._running.process)

    def _start(self, target: Path) -> subprocess.Popen[bytes]:
        with (target / "worker.log").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "winset.web.worker",
                    str(target),
                    str(self.settings.job_bytes),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def _wait(self, target: Path, process: subprocess.Popen[bytes]) -> None:
        """Wait for the worker to end, and say what it could not say itself."""
        try:
            process.wait(timeout=self.settings.job_seconds)
        except subprocess.TimeoutExpired:
            minutes = self.settings.job_seconds / 60
            self._fail(target, f"the job took longer than {minutes:g} minutes. Name fewer players.")
        _end(process)
        if self._state(target)[0] in ENDED:
            job_folder.drop_values(target)
        elif not self._closed and not self._again(target):
            self._fail(target, _why(process.returncode))
            job_folder.drop_values(target)

    def _again(self, target: Path) -> bool:
        """Tell whether a job that came to nothing may be tried once more."""
        count = self._attempts[target.name] = self._attempts.get(target.name, 0) + 1
        return count < ATTEMPTS

    def _fail(self, target: Path, message: str) -> None:
        """Say why a job has failed, in its folder or, where that takes nothing, in memory."""
        if self._state(target)[0] in ENDED:
            return
        self._ended[target.name] = ("failed", message)
        try:
            worker.write(target / "error.json", {"error": message})
        except (OSError, DataError):
            LOG.warning("a job failed, and its folder cannot be written: %s", message)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let go of a worker, whether or not it has ended."""
    process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _why(code: int) -> str:
    """Say why a worker ended that left neither a result nor an error, by its exit code."""
    if code == worker.NO_ROOM:
        return NO_ROOM
    return KILLED if code <= 0 else FAILED


def _damaged(name: str, target: Path, damage: Damaged) -> dict[str, Any]:
    """Return a job of which nothing is known but that it cannot be done."""
    try:
        created = target.stat().st_mtime
    except OSError:
        raise _unknown(name) from None
    return {
        "id": name,
        "study": reading.SHARE,
        "title": "",
        "players": [],
        "resolution": None,
        "created": created,
        "done": 0,
        "total": 0,
        "seconds_left": None,
        **_failed(damage),
    }


def _failed(damage: Damaged) -> dict[str, Any]:
    return {"state": "failed", "error": f"{damage}. {AGAIN}", "code": WinsetError.code}


def _unwritable(error: Exception) -> NoReturn:
    if worker.full(error):
        raise Refusal(
            507,
            "the disk of the server is full. Remove jobs, or come back later.",
            **{"retry-after": "60"},
        ) from error
    LOG.warning("the folder of jobs cannot be written", exc_info=error)
    raise Refusal(503, "the server cannot write its folder of jobs.") from error


def _unknown(name: str) -> Refusal:
    return Refusal(404, f"no job {name[:80]!r}.")
