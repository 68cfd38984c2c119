"""Equilibria of coalitions in a file, as they are solved, so that a run that was ended goes on where it was.

What small coalitions tell decides which are solved next, so that a run has no list of units beforehand.
But it is the same whenever it is run: the same coalitions are solved from the same starts in the same
parts. A part is therefore known by a hash of who is inside and where the search begins, and what was
solved is read instead. The file begins with a line of JSON that says whose it is; records follow, each
with a checksum; one that was not written whole is cut off, one that is damaged is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import threading
import zlib
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.trade.coalitions.rows import Solved
from winset.trade.coalitions.store import differing, locked, unlocked

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from filelock import FileLock

    from winset.numbers import Array, Mask
    from winset.trade.coalitions.problem import Problem

#: Which part, its coalitions, economies and players, how many took the ordinary solver, checksum.
RECORD = struct.Struct("<16sIIIII")


class Kept(AbstractContextManager["Kept"]):
    """Parts that were solved, by their key; to be read and written from any thread."""

    def __init__(self, save: Path, file: IO[bytes], lock: FileLock) -> None:
        self.save, self._file, self._held = save, file, lock
        self._places: dict[bytes, int] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(cls, problem: Problem, save: Path, *, resume: bool) -> Kept:
        """Begin a file, or go on with that of an earlier run.

        Raises
        ------
        DataError
            A file in the way, nothing to resume, a file of another game or a damaged one, a place that
            cannot be written, or another process at work on it.
        """
        lock = locked(save)
        try:
            head = {"fingerprint": problem.fingerprint, **problem.about}
            if save.exists() and not resume:
                raise DataError(
                    f"--save {save}: exists: go on with it by --resume, name another file, or remove it."
                )
            if resume and not save.exists():
                raise DataError(f"--resume: there is no {save}. Start without --resume.")
            if not save.exists():
                save.write_bytes(json.dumps(head, ensure_ascii=False).encode() + b"\n")
            kept = cls(save, save.open("r+b"), lock)
        except OSError as error:
            unlocked(lock)
            raise DataError(f"--save {save}: cannot be written ({error.strerror}).") from error
        except BaseException:
            unlocked(lock)
            raise
        try:
            kept._read(problem)
        except BaseException:
            kept.close()
            raise
        return kept

    def _read(self, problem: Problem) -> None:
        """Find the records, and cut off a last one that was not written whole."""
        line = self._file.readline()
        try:
            head = json.loads(line)
            theirs = head["fingerprint"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"--resume: {self.save} does not hold equilibria of dividends ({error}). Name another file."
            ) from error
        if theirs != problem.fingerprint:
            raise differing(self.save, head, {**problem.about})
        size = os.fstat(self._file.fileno()).st_size
        while (place := self._file.tell()) < size:
            record = self._file.read(RECORD.size)
            if len(record) == RECORD.size:
                key, rows, economies, players, _, _ = RECORD.unpack(record)
                after = place + RECORD.size + _bytes(rows, economies, players)
            if len(record) < RECORD.size or after > size:
                self._file.truncate(place)
                break
            self._places[key] = place
            self._file.seek(after)
        for place in list(self._places.values()):
            self._at(place)

    def _at(self, place: int) -> tuple[Solved, int]:
        self._file.seek(place)
        _, rows, n, p, missed, checksum = RECORD.unpack(self._file.read(RECORD.size))
        held = self._file.read(_bytes(rows, n, p))
        if zlib.crc32(held) != checksum:
            raise DataError(
                f"--resume: what {self.save} holds at byte {place} is damaged. Remove it and start again."
            )
        numbers = np.frombuffer(held, "<f8").astype(np.float64)
        u, values, gains, residual = np.split(
            numbers, np.cumsum([rows * n, rows, rows * p]).tolist()
        )
        return Solved(u.reshape(rows, n), values, gains.reshape(rows, p), residual), missed

    def get(self, key: bytes) -> tuple[Solved, int] | None:
        """Return what was solved, and how many the ordinary solver took; None where it was not."""
        with self._lock:
            place = self._places.get(key)
            return None if place is None else self._at(place)

    def put(self, key: bytes, solved: Solved, missed: int) -> None:
        """Write what was solved behind all else.

        Raises
        ------
        DataError
            The disk is full; what is there stays.
        """
        held = b"".join(np.ascontiguousarray(part, "<f8").tobytes() for part in solved)
        (rows, n), p = solved.u.shape, solved.gains.shape[1]
        record = RECORD.pack(key, rows, n, p, missed, zlib.crc32(held))
        with self._lock:
            place = self._file.seek(0, os.SEEK_END)
            try:
                self._file.write(record + held)
                self._file.flush()
            except OSError as error:
                raise DataError(
                    f"--save {self.save}: cannot be written ({error.strerror}). What is finished is kept; go "
                    "on with --resume when there is room."
                ) from error
            self._places[key] = place

    def close(self) -> None:
        """Let others at the file."""
        self._file.close()
        unlocked(self._held)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; what is in it stays for --resume."""
        self.close()


def key_of(inside: Mask, start: Array) -> bytes:
    """Which part this is: who is inside, (m, p), and where the search begins, (m, n)."""
    digest = hashlib.blake2b(np.ascontiguousarray(inside).tobytes(), digest_size=16)
    digest.update(np.ascontiguousarray(start).tobytes())
    return digest.digest()


def _bytes(rows: int, economies: int, players: int) -> int:
    return 8 * rows * (economies + players + 2)
