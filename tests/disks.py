"""A small disk that fills, and one that takes nothing: real ones, mounted for a test."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

FILLER = "filler"


@dataclass(frozen=True)
class Disk:
    """A file system of its own in memory."""

    place: Path

    def fill(self, *, but: int = 0) -> Path:
        """Leave `but` bytes of room; the file that takes the rest is what to remove."""
        path = self.place / FILLER
        with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        os.truncate(path, max(0, path.stat().st_size - but))
        return path

    def read_only(self) -> None:
        """Take nothing any more, from nobody."""
        _mounted("-o", "remount,ro", str(self.place))

    def writable(self) -> None:
        """Take files again."""
        _mounted("-o", "remount,rw", str(self.place))


@contextlib.contextmanager
def small_disk(place: Path, size: int) -> Iterator[Disk]:
    """Mount a disk of `size` bytes at a new folder.

    Where nobody may mount one the test is skipped, and under ``CI`` it fails: a matrix of which nobody
    sees that half was left out proves nothing.
    """
    place.mkdir()
    if problem := _mounted("-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(place)):
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(
            f"no disk can be mounted, which root may, and who has sudo without a password: {problem}"
        )
    try:
        yield Disk(place)
    finally:
        problem = _called("umount", str(place))
        assert not problem, problem


def _mounted(*arguments: str) -> str:
    """Call mount; returns what it says where it fails."""
    return _called("mount", *arguments)


def _called(program: str, *arguments: str) -> str:
    said = "there is no mount on this system"
    for first in ((), ("sudo", "-n")):
        command = [*first, program, *arguments]
        if shutil.which(command[0]) is None:
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.returncode:
            return ""
        said = done.stderr.strip()
    return said
