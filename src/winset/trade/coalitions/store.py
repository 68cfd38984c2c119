"""Where the values of a lattice are kept while they come in: memory, or a file and its ledger.

While a run lasts, ``game.npy.part`` holds the values and ``game.npy.ledger`` a line of JSON that
says whose they are and a fixed-length record for each unit that is finished. A record is written
after the values are: whatever is killed when, a unit with a record is whole.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import struct
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.files import replacing

if TYPE_CHECKING:
    from types import TracebackType

    from winset.numbers import Array
    from winset.trade.coalitions.problem import Problem
    from winset.trade.equilibrium import Report


RECORD = struct.Struct("<qdd")  # unit, largest residual, coalitions that took Newton's method
MARGIN = 0.9  # of what is free


class Ledger(AbstractContextManager["Ledger"]):
    """Values by unit, with what is done so far."""

    def __init__(
        self, problem: Problem, values: Array, gains: Array | None, save: Path | None
    ) -> None:
        self.problem, self.values, self.gains, self.save = problem, values, gains, save
        self.done: dict[int, tuple[float, float]] = {}
        self._log: Any = None

    @classmethod
    def open(
        cls, problem: Problem, save: Path | None, *, need: int, gains: bool, resume: bool
    ) -> Ledger:
        """Make room for the values, or find those of an earlier run.

        Raises
        ------
        DataError
            Not enough memory or disk, a finished or foreign file in the way, or nothing to resume.
        """
        p = len(problem.players)
        if save is None:
            if resume:
                raise DataError("--resume needs --save FILE, the file of the run to go on with.")
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
        part, log = _part(save), _log(save)
        if save.exists():
            raise DataError(f"--save {save}: exists. Name another file, or remove it.")
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
            np.lib.format.open_memmap(part, mode="w+", dtype="<f8", shape=(1 << p,)).flush()
            if gains:
                file = _part(gains_file(save))
                np.lib.format.open_memmap(file, mode="w+", dtype="<f8", shape=(1 << p, p)).flush()
            head = {"fingerprint": problem.fingerprint, "gains": gains, **problem.about}
            with replacing(log) as draft:
                draft.write_text(json.dumps(head, ensure_ascii=False) + "\n", encoding="utf-8")
        values = np.lib.format.open_memmap(part, mode="r+")
        each = np.lib.format.open_memmap(_part(gains_file(save)), mode="r+") if gains else None
        ledger = cls(problem, values, each, save)
        ledger._read(log, gains)
        return ledger

    def _read(self, log: Path, gains: bool) -> None:
        """Read the records of an earlier run, and cut off one that was not written whole."""
        data = log.read_bytes()
        line, _, records = data.partition(b"\n")
        head = json.loads(line)
        if head["fingerprint"] != self.problem.fingerprint or head["gains"] != gains:
            ours = {"gains": gains, **self.problem.about}
            differs = [key for key in ours if ours[key] != head.get(key)] or ["the data"]
            raise DataError(
                f"--resume: {self.save} was begun with another {' and another '.join(differs)}. "
                "Run what it was begun with, or name another --save FILE."
            )
        whole = len(records) - len(records) % RECORD.size
        for unit, residual, resolved in RECORD.iter_unpack(records[:whole]):
            self.done[unit] = (residual, resolved)
        self._log = log.open("r+b")
        self._log.truncate(len(line) + 1 + whole)
        self._log.seek(0, os.SEEK_END)

    def missing(self) -> list[int]:
        """Units still to be solved."""
        return [unit for unit in range(self.problem.units) if unit not in self.done]

    def store(self, unit: int, values: Array, gains: Array, report: Report) -> None:
        """Keep a unit's values, then record that they are there."""
        size = len(values)
        self.values[unit * size : (unit + 1) * size] = values
        if self.gains is not None:
            self.gains[unit * size : (unit + 1) * size] = gains
        self.done[unit] = (report.residual, float(report.by_newton))
        if self._log is not None:
            self._flush(unit * size * 8, size * 8)
            self._log.write(RECORD.pack(unit, *self.done[unit]))
            self._log.flush()

    def _flush(self, start: int, length: int) -> None:
        """Hand the unit's pages to the disk, so that the record never precedes them."""
        under = getattr(self.values, "_mmap", None)
        if isinstance(under, mmap.mmap):
            begin = start // mmap.PAGESIZE * mmap.PAGESIZE
            end = min(len(under), start + length + 2 * mmap.PAGESIZE)
            under.flush(begin, end - begin)

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
    except (OSError, ValueError) as error:
        raise DataError(
            f"--resume: {save} is there, but what belongs to it is not readable ({error}). "
            "Name another --save FILE, or remove it."
        ) from error
    if about.get("fingerprint") != problem.fingerprint:
        raise DataError(
            f"--resume: {save} holds another game. Run what it was made with, or name another "
            "--save FILE."
        )
    return values, every, about


def gains_file(save: Path) -> Path:
    """The file of the members' gains beside a file of values."""
    return save.with_name(f"{save.stem}.gains.npy")


def _part(save: Path) -> Path:
    return save.with_name(save.name + ".part")


def _log(save: Path) -> Path:
    return save.with_name(save.name + ".ledger")


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
