"""Where the values of a lattice are kept while they come in: memory, or a file and its ledger.

While a run lasts, ``game.npy.part`` holds the values and ``game.npy.ledger`` a line of JSON that
says whose they are and a fixed-length record for each unit that is finished. A record is written
after the values are: whatever is killed when, a unit with a record is whole. It holds a checksum of the
unit's values and gains and one of itself; a unit whose values are not those of its record is solved
again, and a ledger with a record that cannot be is refused. ``game.npy.lock`` keeps a second process out.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import struct
import sys
import zlib
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout

from winset.errors import DataError
from winset.files import check_folder, replacing

if TYPE_CHECKING:
    from types import TracebackType

    from winset.numbers import Array
    from winset.trade.coalitions.problem import Problem
    from winset.trade.equilibrium import Report


#: Unit, largest residual, coalitions that took Newton's method, checksum of the unit; then its own.
RECORD = struct.Struct("<qddII")
BODY = struct.Struct("<qddI")
MARGIN = 0.9  # of what is free
WITHOUT_FILE = "--resume needs --save FILE, the file of the run to go on with."


class Ledger(AbstractContextManager["Ledger"]):
    """Values by unit, with what is done so far."""

    def __init__(
        self, problem: Problem, values: Array, gains: Array | None, save: Path | None
    ) -> None:
        self.problem, self.values, self.gains, self.save = problem, values, gains, save
        self.done: dict[int, tuple[float, float]] = {}
        self._log: Any = None
        self._lock: FileLock | None = None

    @classmethod
    def open(
        cls, problem: Problem, save: Path | None, *, need: int, gains: bool, resume: bool
    ) -> Ledger:
        """Make room for the values, or find those of an earlier run.

        Raises
        ------
        DataError
            Not enough memory or disk, a finished or foreign file in the way, nothing to resume, files
            that are not what a run leaves, or another process at work on them.
        """
        p = len(problem.players)
        if save is None:
            if resume:
                raise DataError(WITHOUT_FILE)
            free = _free_memory()
            if need > MARGIN * free:
                raise DataError(
                    f"the values of 2^{p} coalitions{' with gains' if gains else ''} take "
                    f"{need / 1e9:.1f} GB, and {free / 1e9:.1f} GB of memory are free. Keep them on "
                    "disk with --save FILE, or name fewer --players."
                )
            values = np.full(1 << p, np.nan)
            return cls(problem, values, np.full((1 << p, p), np.nan) if gains else None, None)
        save = Path(save)
        lock = locked(save)
        try:
            ledger = cls._in_files(problem, save, need=need, gains=gains, resume=resume)
        except OSError as error:
            unlocked(lock)
            raise DataError(f"--save {save}: cannot be written ({error.strerror}).") from error
        except BaseException:
            unlocked(lock)
            raise
        ledger._lock = lock
        return ledger

    @classmethod
    def _in_files(
        cls, problem: Problem, save: Path, *, need: int, gains: bool, resume: bool
    ) -> Ledger:
        p = len(problem.players)
        part, log = _part(save), _log(save)
        if save.exists():
            raise DataError(f"--save {save}: exists. Name another file, or remove it.")
        for beside in (save.with_suffix(".json"), *([gains_file(save)] if gains else [])):
            if beside.exists():
                raise DataError(
                    f"--save {save}: {beside.name} is there and would be overwritten. Name another file, or "
                    f"remove {beside.name}."
                )
        if log.exists() and not resume:
            raise DataError(
                f"--save {save}: an unfinished run is there. Go on with it by --resume, or remove "
                f"{log.name} and {part.name}."
            )
        if resume and not log.exists():
            raise DataError(f"--resume: there is no unfinished run {log}. Start without --resume.")
        if not log.exists():
            save.parent.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(save.parent).free
            if need > MARGIN * free:
                raise DataError(
                    f"--save {save}: {need / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB of disk are "
                    "free. Name another disk, or fewer --players."
                )
            _room(part, (1 << p,))
            if gains:
                _room(_part(gains_file(save)), (1 << p, p))
            head = {"fingerprint": problem.fingerprint, "gains": gains, **problem.about}
            with replacing(log) as draft:
                draft.write_text(json.dumps(head, ensure_ascii=False) + "\n", encoding="utf-8")
        line, _, records = log.read_bytes().partition(b"\n")
        _same_game(problem, save, line, gains)
        values = _mapped(part, (1 << p,), log)
        each = _mapped(_part(gains_file(save)), (1 << p, p), log) if gains else None
        ledger = cls(problem, values, each, save)
        ledger._read(log, line, records)
        return ledger

    def _read(self, log: Path, line: bytes, records: bytes) -> None:
        """Read the records of an earlier run, and cut off one that was not written whole."""
        whole = len(records) - len(records) % RECORD.size
        for place, record in enumerate(RECORD.iter_unpack(records[:whole])):
            unit, residual, resolved, checksum, own = record
            sound = own == zlib.crc32(BODY.pack(*record[:-1])) and 0 <= unit < self.problem.units
            if not sound and (place + 1) * RECORD.size == whole:
                whole -= RECORD.size  # the last one, half of it written
            elif not sound:
                raise DataError(
                    f"--resume: record {place + 1} of {log} is damaged. Remove it and start again."
                )
            elif checksum == self._checksum(unit):
                self.done[unit] = (residual, resolved)
        self._log = log.open("r+b")
        self._log.truncate(len(line) + 1 + whole)
        self._log.seek(0, os.SEEK_END)

    def missing(self) -> list[int]:
        """Units still to be solved."""
        return [unit for unit in range(self.problem.units) if unit not in self.done]

    def _checksum(self, unit: int) -> int:
        """Checksum of a unit's values and gains as they are in their places."""
        size = len(self.values) // self.problem.units
        here = slice(unit * size, (unit + 1) * size)
        found = zlib.crc32(self.values[here].tobytes())
        if self.gains is not None:
            found = zlib.crc32(self.gains[here].tobytes(), found)
        return found

    def store(self, unit: int, values: Array, gains: Array, report: Report) -> None:
        """Keep a unit's values, then record that they are there."""
        size = len(values)
        self.values[unit * size : (unit + 1) * size] = values
        if self.gains is not None:
            self.gains[unit * size : (unit + 1) * size] = gains
        self.done[unit] = (report.residual, float(report.by_newton))
        if self._log is not None:
            for array in (self.values, self.gains):
                _flush(array, unit * size, size)
            body = (unit, *self.done[unit], self._checksum(unit))
            try:
                self._log.write(RECORD.pack(*body, zlib.crc32(BODY.pack(*body))))
                self._log.flush()
            except OSError as error:
                raise DataError(
                    f"--save {self.save}: cannot be written ({error.strerror}). What is finished is kept; go "
                    "on with --resume when there is room."
                ) from error

    def reports(self) -> tuple[float, int]:
        """Largest residual, and how many coalitions took Newton's method."""
        return (
            max(residual for residual, _ in self.done.values()),
            int(sum(resolved for _, resolved in self.done.values())),
        )

    def finish(self) -> tuple[Array, Array | None]:
        """Give the files their names; returns values and gains, read-only."""
        if self.save is not None:
            residual, resolved = self.reports()
            about = {
                **self.problem.about,
                "fingerprint": self.problem.fingerprint,
                "max_residual": residual,
                "resolved_by_newton": resolved,
                "checksums": {"values": _whole(self.values)}
                | ({"gains": _whole(self.gains)} if self.gains is not None else {}),
            }
            with replacing(self.save.with_suffix(".json")) as draft:
                draft.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
            self.values.flush()  # type: ignore[attr-defined]
            if self.gains is not None:
                self.gains.flush()  # type: ignore[attr-defined]
                _part(gains_file(self.save)).replace(gains_file(self.save))
                self.gains = np.load(gains_file(self.save), mmap_mode="r")
            _part(self.save).replace(self.save)
            self._log.close()
            _log(self.save).unlink()
            if self._lock is not None:
                unlocked(self._lock)
            self.values = np.load(self.save, mmap_mode="r")
        return self.values, self.gains

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the log; what is finished stays for --resume."""
        if self._log is not None:
            self._log.close()
        if self._lock is not None:
            unlocked(self._lock)


def finished(
    problem: Problem, save: Path, *, gains: bool
) -> tuple[Array, Array | None, dict[str, Any]]:
    """Read values, gains and the description of a run that came to its end.

    Raises
    ------
    DataError
        The file belongs to another game, or its description or gains are missing.
    """
    try:
        about = json.loads(save.with_suffix(".json").read_text(encoding="utf-8"))
        values = np.load(save, mmap_mode="r")
        every = np.load(gains_file(save), mmap_mode="r") if gains else None
        theirs = about["fingerprint"], about["max_residual"], about["resolved_by_newton"]
        kept = about["checksums"]
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise DataError(
            f"--resume: {save} is there, but what belongs to it is not readable ({error}). "
            "Name another --save FILE, or remove it."
        ) from error
    if theirs[0] != problem.fingerprint:
        raise DataError(
            f"--resume: {save} holds another game. Run what it was made with, or name another "
            "--save FILE."
        )
    p = len(problem.players)
    for name, array, shape in (("values", values, (1 << p,)), ("gains", every, (1 << p, p))):
        if array is not None and (
            array.dtype != np.dtype("<f8")
            or array.shape != shape
            or kept.get(name) != _whole(array)
        ):
            raise DataError(
                f"--resume: the {name} of {save} are not those that were saved: the file has been changed or "
                "is damaged. Name another --save FILE, or remove it."
            )
    return values, every, about


def _same_game(problem: Problem, save: Path, line: bytes, gains: bool) -> None:
    """Raise DataError where the first line of a ledger tells of another game."""
    try:
        head = json.loads(line)
        theirs = head["fingerprint"], head["gains"]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"--resume: {_log(save)} is not readable ({error}). Remove it and start again."
        ) from error
    if theirs != (problem.fingerprint, gains):
        raise differing(save, head, {"gains": gains, **problem.about})


def differing(save: Path, head: dict[str, Any], ours: dict[str, Any]) -> DataError:
    """Say in what the run that began a file differs from this one."""
    differs = [key for key in ours if ours[key] != head.get(key)] or ["the data"]
    return DataError(
        f"--resume: {save} was begun with another {' and another '.join(differs)}. "
        "Run what it was begun with, or name another --save FILE."
    )


def locked(save: Path) -> FileLock:
    """Keep other processes away from a file; raise DataError where one is at work on it."""
    lock = FileLock(_lock_file(save), blocking=False)
    try:
        check_folder(save.parent)  # a lock that cannot be written looks as if another had it
        save.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise DataError(
            f"--save {save}: another process is at work on it. Wait for it, or name another file."
        ) from None
    except OSError as error:
        raise DataError(f"--save {save}: cannot be written ({error.strerror}).") from error
    return lock


def unlocked(lock: FileLock) -> None:
    """Let others at the file, and leave no lock behind; it goes first, so that none takes this one."""
    with suppress(OSError):  # Windows keeps what is open
        Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


def _room(path: Path, shape: tuple[int, ...]) -> None:
    """Make a file of values and take its room on the disk: a mapped page without room ends a process."""
    array = np.lib.format.open_memmap(path, mode="w+", dtype="<f8", shape=shape)
    array.flush()
    del array
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
            except OSError:
                path.unlink()
                raise


def _mapped(path: Path, shape: tuple[int, ...], log: Path) -> Array:
    """Map a file of values that an earlier run left."""
    try:
        array = np.lib.format.open_memmap(path, mode="r+")
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"--resume: the values of {log} are not readable ({error}). Remove it and start again."
        ) from error
    if array.dtype != np.dtype("<f8") or array.shape != shape:
        raise DataError(
            f"--resume: the values of {log} are not readable ({array.dtype} {array.shape}, not float64 "
            f"{shape}). Remove it and start again."
        )
    return array


def _whole(array: Array) -> int:
    """Checksum of a whole array, piece by piece."""
    rows = max(1, (1 << 22) // max(1, array[:1].nbytes))
    found = 0
    for first in range(0, len(array), rows):
        found = zlib.crc32(array[first : first + rows].tobytes(), found)
    return found


def gains_file(save: Path) -> Path:
    """The file of the members' gains beside a file of values."""
    return save.with_name(f"{save.stem}.gains.npy")


def _flush(array: Array | None, first: int, rows: int) -> None:
    """Hand a unit's pages to the disk, so that its record never precedes them."""
    under = getattr(array, "_mmap", None)
    if array is None or not isinstance(under, mmap.mmap):
        return
    row = array.strides[0]  # a file of one begins with a header, less than a page
    begin = first * row // mmap.PAGESIZE * mmap.PAGESIZE
    end = min(len(under), (first + rows) * row + 2 * mmap.PAGESIZE)
    under.flush(begin, end - begin)


def _part(save: Path) -> Path:
    return save.with_name(save.name + ".part")


def _log(save: Path) -> Path:
    return save.with_name(save.name + ".ledger")


def _lock_file(save: Path) -> Path:
    return save.with_name(save.name + ".lock")


def most_memory() -> float:
    """Bytes of memory that a run may take."""
    return MARGIN * _free_memory()


def _free_memory() -> int:
    """Bytes of memory that are available, as the system tells it."""
    info = Path("/proc/meminfo")
    if info.exists():
        for row in info.read_text().splitlines():
            if row.startswith("MemAvailable"):
                return int(row.split()[1]) * 1024
    if sys.platform == "win32":
        return sys.maxsize  # nothing to ask without another library: numpy says so when it fails
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
