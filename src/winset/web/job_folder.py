"""What lies in the folder of one job, read so that a damaged file is that job's fault alone.

``order.json``     what was asked for, and when, with a checksum
``progress.json``  blocks of coalitions done
``sections.json``  the report in parts, by language, where it was asked for; with a checksum
``report-…html``   the same as a page, in each language
``result.json``    the answer, with a checksum: the job is done
``error.json``     why there is none: the job has failed
``cancelled``      somebody has taken it back

A folder with none of the last three is waiting, or running where its process is alive.
"""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING, Any

from winset.errors import WinsetError
from winset.web import reading, worker
from winset.web.sealed import unseal

if TYPE_CHECKING:
    from pathlib import Path

ENDS = {worker.RESULT: "done", "error.json": "failed", "cancelled": "cancelled"}


class Damaged(Exception):  # noqa: N818 - a state of a file, not a failure of ours
    """A file of a job is not what winset wrote; the message says which."""


def folders(jobs: Path) -> list[Path]:
    """Return the folders of jobs, the oldest first."""
    found = []
    for path in jobs.glob("*/order.json"):
        try:
            found.append((path.stat().st_mtime_ns, path.parent.name, path.parent))
        except FileNotFoundError:  # removed a moment ago
            continue
    return [folder for _, _, folder in sorted(found)]


def end(folder: Path) -> str | None:
    """Return how a job has ended, by its files; None where it has not."""
    return next((state for file, state in ENDS.items() if os.path.exists(folder / file)), None)  # noqa: PTH110 - never raises


def order(folder: Path) -> dict[str, Any] | None:
    """Return what was asked for; None where the job was removed.

    Raises
    ------
    Damaged
        The file cannot be read, is not what was written, or lacks something.
    """
    try:
        read = _sealed(folder / "order.json")
    except FileNotFoundError:
        return None
    if not isinstance(read, dict):
        raise Damaged("its order.json is damaged")
    found: dict[str, Any] = {"study": reading.SHARE, "resolution": None} | read
    players = found.get("players")
    if not (
        isinstance(found.get("title"), str)
        and isinstance(players, list)
        and all(isinstance(player, str) for player in players)
        and _count(found.get("total"))
        and _number(found.get("created"))
        and isinstance(found["study"], str)
        and found["resolution"] in ("full", "compact", None)
        and "body" in found
    ):
        raise Damaged("its order.json is damaged")
    return found


def progress(folder: Path, total: int) -> dict[str, Any]:
    """Return how far a job is; what is damaged counts as nothing, for it will be written again."""
    nothing = {"done": 0, "total": total, "seconds_left": None, "at": 0.0}
    try:
        found = _object(folder / "progress.json")
    except Damaged:
        return nothing
    if found is None or not all(_count(found.get(key)) for key in ("done", "total")):
        return nothing
    timed = _number(found.get("seconds_left")) and _number(found.get("at"))
    return found if timed else found | {"seconds_left": None}


def result(folder: Path) -> Any:
    """Return the answer of a job that is done.

    Raises
    ------
    Damaged
        The file cannot be read, or is not what was written.
    """
    try:
        return _sealed(folder / worker.RESULT)
    except FileNotFoundError:
        raise Damaged("its result.json is gone") from None


def parts(folder: Path) -> dict[str, Any] | None:
    """Return the report in parts, by language; None where it was not asked for.

    Raises
    ------
    Damaged
        The file is not what was written.
    """
    try:
        found: dict[str, Any] = _sealed(folder / worker.PARTS)
    except FileNotFoundError:
        return None
    return found


def failure(folder: Path) -> tuple[str, str]:
    """Return why a job has failed, and the code of that, see `winset.errors.WinsetError`."""
    try:
        found = _object(folder / "error.json") or {}
    except Damaged as damage:
        return f"the job has failed, and {damage}.", WinsetError.code
    said, code = found.get("error"), found.get("code", WinsetError.code)
    if not (isinstance(said, str) and isinstance(code, str)):
        return "the job has failed, and its error.json is damaged.", WinsetError.code
    return said, code


def drop_values(folder: Path) -> None:
    """Remove what only an unfinished job needs; it is the bulk of it."""
    for path in folder.glob(f"{worker.VALUES.partition('.')[0]}.*"):
        try:
            path.unlink(missing_ok=True)
        except OSError:  # of a folder that has become read-only: nothing hangs on it
            return


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError):
        raise Damaged(f"its {path.name} is damaged") from None


def _sealed(path: Path) -> Any:
    try:
        return unseal(_json(path))
    except ValueError:
        raise Damaged(f"its {path.name} is damaged") from None


def _object(path: Path) -> dict[str, Any] | None:
    try:
        found = _json(path)
    except FileNotFoundError:
        return None
    if not isinstance(found, dict):
        raise Damaged(f"its {path.name} is damaged")
    return found


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
