"""Jobs: shares of larger groups and whatever else takes long, one after another by a process each.

What is known of a job lies in its folder, so that a job outlives a page, a worker and a server:

``order.json``     what was asked for, and when
``progress.json``  blocks of coalitions done
``result.json``    the answer: the job is done
``error.json``     why there is none: the job has failed
``cancelled``      somebody has taken it back

A folder with none of the last three is waiting, or running where its process is alive; a server that
starts goes on with it.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from winset.errors import DataError, did_you_mean
from winset.web import questions, reading, worker
from winset.web.guard import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from winset.web.settings import Settings

KEPT = 50  # finished jobs; the oldest go first
ATTEMPTS = 3  # of a worker that dies without a word, such as for lack of memory
ENDS = {"result.json": "done", "error.json": "failed", "cancelled": "cancelled"}


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

    def add(self, raw: Any) -> dict[str, Any]:
        """Check an order, put it into the queue, and return the job.

        Raises
        ------
        DataError
            As the command line, at once, for whatever can be known before solving.
        Refusal
            The queue is full.
        """
        order = self._order(raw)
        name = secrets.token_hex(8)
        with self._changed:
            if len(self._queued()) >= self.settings.queue:
                raise Refusal(
                    429,
                    f"{self.settings.queue} jobs are waiting already. Come back later, or cancel one.",
                    **{"retry-after": str(self._retry_after())},
                )
            self._drop_old()
            target = self.folder / name
            target.mkdir()
            worker.write(target / "order.json", order | {"body": raw, "created": time.time()})
            self._changed.notify_all()
        return self.get(name)

    def _order(self, raw: Any) -> dict[str, Any]:
        """Check the body of a job; return what its list says of it."""
        study, body = reading.studied(raw)
        if study == reading.SHARE:
            return {"study": study, **self._share(body)}
        if study not in questions.QUESTIONS:
            known = (reading.SHARE, *questions.QUESTIONS)
            raise DataError(
                f"body: study {study[:80]!r} is not known ({', '.join(known)})."
                f"{did_you_mean(study[:80], known)}"
            )
        asked = questions.QUESTIONS[study](body)
        return {
            "study": study,
            "title": asked.title,
            "players": list(asked.players),
            "resolution": None,
            "total": 1,
        }

    def _share(self, body: Any) -> dict[str, Any]:
        from winset.places.blocs import load_blocs
        from winset.studies.sharing import named_players
        from winset.trade.coalitions.problem import prepare

        order = reading.share_order(body)
        scenario, data = order.scenario, order.scenario.load_world()
        chosen = named_players(order.players, scenario.on, data, load_blocs())
        count = len(scenario.resolve(data).members if chosen is None else chosen)
        if count > self.settings.job_players:
            raise DataError(
                f"{count} players; jobs on this server take up to {self.settings.job_players}. "
                "Name fewer with players, or use winset share."
            )
        problem = prepare(data, scenario, chosen, resolution=order.resolution)
        return {
            "title": scenario.title,
            "players": list(problem.players),
            "resolution": order.resolution,
            "total": problem.units,
        }

    def get(self, name: str, *, whole: bool = True) -> dict[str, Any]:
        """Return a job; `whole` includes its result.

        Raises
        ------
        Refusal
            There is no such job.
        """
        target = self._find(name)
        order = _read(target / "order.json")
        if order is None:  # removed a moment ago
            raise _unknown(name)
        state = self._state(target)
        seen = _read(target / "progress.json") or {"done": 0, "total": order["total"]}
        left = seen.get("seconds_left")
        if state != "running":
            left = 0.0 if state == "done" else None
        elif left is not None:
            left = max(0.0, left - (time.time() - seen["at"]))
        job = {
            "id": name,
            "study": order.get("study", reading.SHARE),
            "state": state,
            "title": order["title"],
            "players": order["players"],
            "resolution": order["resolution"],
            "created": order["created"],
            "done": seen["total"] if state == "done" else seen["done"],
            "total": seen["total"],
            "seconds_left": left,
        }
        if state == "done" and whole:
            job["result"] = _read(target / "result.json")
        if state == "failed":
            job |= _read(target / "error.json") or {}
        return job

    def all(self) -> dict[str, Any]:
        """Return every job without its result, the newest first."""
        found = [self.get(path.name, whole=False) for path in self._folders()]
        return {"jobs": found[::-1]}

    def cancel(self, name: str) -> dict[str, Any]:
        """Take a job back that is not finished, or remove one that is; return what it was."""
        target = self._find(name)
        with self._changed:
            if self._state(target) not in ("queued", "running"):
                job = self.get(name, whole=False)
                shutil.rmtree(target, ignore_errors=True)
                return job | {"state": "removed"}
            (target / "cancelled").touch()
            if self._running is not None and self._running.id == name:
                self._running.process.kill()
            else:
                _drop_values(target)
        return self.get(name, whole=False)

    def _find(self, name: str) -> Path:
        target = self.folder / name
        if not re.fullmatch("[0-9a-f]{16}", name) or not (target / "order.json").is_file():
            raise _unknown(name)
        return target

    def _folders(self) -> list[Path]:
        """Folders of jobs, the oldest first."""
        found = [path.parent for path in self.folder.glob("*/order.json")]
        return sorted(found, key=lambda path: ((path / "order.json").stat().st_mtime_ns, path.name))

    def _state(self, target: Path) -> str:
        for file, state in ENDS.items():
            if (target / file).exists():
                return state
        running = self._running
        return "running" if running is not None and running.id == target.name else "queued"

    def _queued(self) -> list[Path]:
        return [path for path in self._folders() if self._state(path) == "queued"]

    def _retry_after(self) -> int:
        left = None
        if self._running is not None:
            left = self.get(self._running.id, whole=False)["seconds_left"]
        return max(1, min(3600, round(left))) if left is not None else 60

    def _drop_old(self) -> None:
        ended = [path for path in self._folders() if self._state(path) in ENDS.values()]
        for path in ended[: max(0, len(ended) - KEPT + 1)]:
            shutil.rmtree(path, ignore_errors=True)

    def _work(self) -> None:
        """Run one job after another, until the server closes."""
        while True:
            with self._changed:
                while not self._closed and not self._queued():
                    self._changed.wait()
                if self._closed:
                    return
                target = self._queued()[0]
                try:
                    self._running = Running(target.name, self._start(target))
                except OSError as error:
                    self._fail(target, f"the worker could not be started ({error.strerror}).")
                    continue
            self._wait(target, self._running.process)
            with self._changed:
                self._running = None

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
            process.kill()
            process.wait()
            minutes = self.settings.job_seconds / 60
            self._fail(target, f"the job took longer than {minutes:g} minutes. Name fewer players.")
        assert process.stdin is not None
        process.stdin.close()
        if self._state_ended(target):
            _drop_values(target)
        elif not self._closed:
            count = self._attempts[target.name] = self._attempts.get(target.name, 0) + 1
            if count >= ATTEMPTS:
                self._fail(
                    target,
                    f"the worker was killed {count} times, perhaps for lack of memory. Name fewer "
                    "players, or resolution = compact.",
                )
                _drop_values(target)

    def _state_ended(self, target: Path) -> bool:
        return any((target / file).exists() for file in ENDS)

    def _fail(self, target: Path, message: str) -> None:
        if not self._state_ended(target):
            worker.write(target / "error.json", {"error": message})


def _unknown(name: str) -> Refusal:
    return Refusal(404, f"no job {name[:80]!r}.")


def _drop_values(target: Path) -> None:
    """Remove what only an unfinished job needs; it is the bulk of it."""
    for path in target.glob(f"{worker.VALUES.partition('.')[0]}.*"):
        path.unlink(missing_ok=True)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
