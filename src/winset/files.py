"""Writing files so that nothing is ever left half-written."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAFT = ".winset-draft"  # how the name of an unfinished folder ends
ABANDONED = 3600.0  # seconds after which a draft is of a process that was killed


@contextmanager
def replacing(target: Path, *, directory: bool = False) -> Iterator[Path]:
    """Give a temporary path, and move it to `target` on success.

    A file replaces what was there; a folder, which is made, must not exist yet or be empty.

    Raises
    ------
    DataError
        The place cannot be written, or something of another kind is there.
    """
    target = Path(target)
    check_target(target, directory=directory)
    with _told(target), _draft(target) as draft:
        inner = draft / target.name
        if directory:
            inner.mkdir()
        yield inner
        if directory and target.exists():
            target.rmdir()
        os.replace(inner, target)  # noqa: PTH105 - atomic on every platform


@contextmanager
def replacing_all(folder: Path) -> Iterator[Path]:
    """Give a temporary folder; on success its files move into `folder`, none of them before all are whole.

    Other files of `folder` stay. Two processes that write there at once leave the files of one of them.

    Raises
    ------
    DataError
        The folder cannot be written, or something that is no file bears one of the names.
    """
    folder = Path(folder)
    check_folder(folder)
    with _told(folder), _draft(folder / "all") as draft:
        yield draft
        whole = sorted(draft.iterdir())
        for path in whole:
            check_target(folder / path.name)
        with _alone(folder):
            for path in whole:
                os.replace(path, folder / path.name)  # noqa: PTH105


def check_target(target: Path, *, directory: bool = False) -> None:
    """Refuse a place where nothing can be written, before work is done for it.

    Raises
    ------
    DataError
        What is there is not a file (or a folder with nothing in it), or the folder around it cannot
        be written.
    """
    with _told(target):
        if directory and target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise DataError(f"{target} exists and is not empty. Name a new folder, or remove it.")
        if not directory and target.is_dir():
            raise DataError(f"cannot write {target}: it is a folder. Name a file.")
        if not directory and target.exists() and not target.is_file():
            raise DataError(f"cannot write {target}: it is a device or a pipe. Name a file.")
    _probe(target, target.parent)


def check_folder(folder: Path) -> None:
    """Refuse a folder in which no file can be written, before work is done for it.

    Raises
    ------
    DataError
        It is a file, or cannot be written or made.
    """
    with _told(folder):
        if folder.exists() and not folder.is_dir():
            raise DataError(f"cannot write {folder}: it is no folder. Name one.")
    _probe(folder, folder)


def _probe(target: Path, folder: Path) -> None:
    """Write nothing in a folder, or where it is to be made: permissions do not tell of every folder."""
    with _told(target):
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise DataError(
            f"cannot write {target}: {folder} takes no files ({error.strerror or error})."
        ) from error


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot write {target}: {error.strerror or error}.") from error


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Make a folder beside `target`, and take it away again, and what it took to make it if that fails."""
    made = [place for place in (target.parent, *target.parent.parents) if not place.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".*{DRAFT}"):
        with contextlib.suppress(OSError):  # another process may have just removed it
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
    try:
        draft = Path(
            tempfile.mkdtemp(prefix=f".{target.name}-"[:40], suffix=DRAFT, dir=target.parent)
        )
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except BaseException:
        for place in made:
            with contextlib.suppress(OSError):  # somebody else has written there
                place.rmdir()
        raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from moving files into a folder at the same time."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)
