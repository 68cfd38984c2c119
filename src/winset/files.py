"""Writing files so that nothing is ever left half-written."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(target: Path, *, directory: bool = False) -> Iterator[Path]:
    """Give a temporary path beside `target`, and rename it to `target` on success.

    A file replaces what was there; a folder must not exist yet or be empty.

    Raises
    ------
    DataError
        The place cannot be written, or the folder exists with something in it.
    """
    target = Path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if directory and target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise DataError(f"{target} exists and is not empty. Name a new folder, or remove it.")
        if not directory and target.is_dir():
            raise DataError(f"cannot write {target}: it is a folder. Name a file.")
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            inner = draft if directory else draft / target.name
            yield inner
            if directory:
                draft.chmod(0o755)
                if target.exists():
                    target.rmdir()
            os.replace(inner, target)  # noqa: PTH105 - atomic on every platform
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise DataError(f"cannot write {target}: {error.strerror or error}.") from error
