"""Files of a lattice that were damaged, are full, or are somebody else's: solved again or refused."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from filelock import FileLock

import winset as library
from winset.errors import DataError
from winset.places.blocs import resolve
from winset.scenario import Scenario
from winset.trade.coalitions import compute, store
from winset.trade.coalitions.problem import Problem, prepare
from winset.trade.coalitions.store import BODY, RECORD

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def wanted() -> Problem:
    codes = resolve("SCO+", dt.date(2025, 9, 1))[:6]
    return replace(prepare(library.world(), Scenario.from_toml("sco-2025"), codes), bits=2)


@pytest.fixture(scope="module")
def right(wanted: Problem) -> Any:
    return np.array(compute.compute(wanted).values)


@pytest.fixture
def begun(wanted: Problem, tmp_path: Path) -> Path:
    """A run that was interrupted after a few units."""

    def stop(done: int, _total: int) -> None:
        if done >= 9:
            raise KeyboardInterrupt

    save = tmp_path / "game.npy"
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop)
    return save


def ledger(save: Path) -> tuple[Path, bytes, bytearray]:
    path = save.with_name("game.npy.ledger")
    head, _, records = path.read_bytes().partition(b"\n")
    return path, head + b"\n", bytearray(records)


def test_values_that_are_not_those_of_their_record_are_solved_again(
    wanted: Problem, right: Any, begun: Path
) -> None:
    part = begun.with_name("game.npy.part")
    held = bytearray(part.read_bytes())
    held[128 + 8 * 5] ^= 1  # the last bit of a value
    part.write_bytes(held)
    seen: list[int] = []
    solved = compute.compute(wanted, save=begun, resume=True, progress=lambda d, _: seen.append(d))
    assert seen[0] in (8, 9)  # one unit less than were recorded
    np.testing.assert_array_equal(solved.values, right)


@pytest.mark.parametrize("place", range(RECORD.size))
def test_a_damaged_record_is_refused(wanted: Problem, begun: Path, place: int) -> None:
    path, head, records = ledger(begun)
    records[place] ^= 4
    path.write_bytes(head + records)
    with pytest.raises(DataError, match=r"record 1 of .* is damaged. Remove it and start again"):
        compute.compute(wanted, save=begun, resume=True)


@pytest.mark.parametrize("unit", [-1, 16, 10**12])
def test_a_record_of_a_unit_that_is_not_there_is_refused(
    wanted: Problem, begun: Path, unit: int
) -> None:
    path, head, records = ledger(begun)
    body = BODY.pack(unit, 0.0, 0.0, 0)
    records[: RECORD.size] = RECORD.pack(*BODY.unpack(body), zlib.crc32(body))
    path.write_bytes(head + records)
    with pytest.raises(DataError, match="record 1 of"):
        compute.compute(wanted, save=begun, resume=True)


@pytest.mark.parametrize(
    "array",
    [np.zeros(64, dtype=np.float32), np.zeros(32), np.zeros((64, 1)), np.zeros(64, dtype=int)],
)
def test_values_of_another_kind_are_refused(wanted: Problem, begun: Path, array: Any) -> None:
    with begun.with_name("game.npy.part").open("wb") as file:
        np.save(file, array)
    with pytest.raises(DataError, match=r"are not readable .* Remove it and start again"):
        compute.compute(wanted, save=begun, resume=True)


def test_values_of_another_run_are_solved_again(wanted: Problem, right: Any, begun: Path) -> None:
    with begun.with_name("game.npy.part").open("wb") as file:
        np.save(file, np.zeros(64))
    np.testing.assert_array_equal(compute.compute(wanted, save=begun, resume=True).values, right)


@pytest.mark.parametrize("what", ["bit", "float32", "short", "checksums", "cut"])
def test_a_finished_file_that_was_changed_is_refused(
    wanted: Problem, tmp_path: Path, what: str
) -> None:
    save = tmp_path / "game.npy"
    values = np.array(compute.compute(wanted, save=save).values)
    if what == "bit":
        held = bytearray(save.read_bytes())
        held[-1] ^= 1
        save.write_bytes(held)
    elif what == "float32":
        np.save(save, values.astype(np.float32))
    elif what == "short":
        np.save(save, values[:32])
    elif what == "cut":
        save.write_bytes(save.read_bytes()[:100])
    else:
        about = json.loads(save.with_suffix(".json").read_text("utf-8"))
        del about["checksums"]
        save.with_suffix(".json").write_text(json.dumps(about), "utf-8")
    with pytest.raises(DataError, match=r"remove it"):
        compute.compute(wanted, save=save, resume=True)


def test_what_lies_beside_is_not_overwritten(wanted: Problem, tmp_path: Path) -> None:
    mine = tmp_path / "game.json"
    mine.write_text("mine", "utf-8")
    with pytest.raises(DataError, match=r"game\.json is there and would be overwritten"):
        compute.compute(wanted, save=tmp_path / "game.npy")
    assert mine.read_text("utf-8") == "mine"
    assert not list(tmp_path.glob("*.part"))


def test_two_processes_on_one_file(wanted: Problem, right: Any, begun: Path) -> None:
    with (
        FileLock(begun.with_name("game.npy.lock")),
        pytest.raises(DataError, match="another process is at work on it"),
    ):
        compute.compute(wanted, save=begun, resume=True)
    np.testing.assert_array_equal(compute.compute(wanted, save=begun, resume=True).values, right)
    assert not begun.with_name("game.npy.lock").exists()


def test_a_full_disk_is_told_before_work(
    wanted: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store.os, "posix_fallocate", full)
    with pytest.raises(DataError, match=r"cannot be written .No space left on device"):
        compute.compute(wanted, save=tmp_path / "game.npy")
    assert not list(tmp_path.glob("*.npy*part"))
    monkeypatch.undo()
    compute.compute(wanted, save=tmp_path / "game.npy")


def test_a_disk_that_fills_up_later_keeps_what_is_finished(
    wanted: Problem, right: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = store.Ledger.store
    count = 0

    def filling(self: Any, *arguments: Any) -> None:
        nonlocal count
        count += 1
        if count > 3:

            class Full:
                def write(self, _: bytes) -> None:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

                def close(self) -> None: ...

            self._log.close()
            self._log = Full()
        written(self, *arguments)

    monkeypatch.setattr(store.Ledger, "store", filling)
    save = tmp_path / "game.npy"
    with pytest.raises(DataError, match="What is finished is kept"):
        compute.compute(wanted, save=save)
    monkeypatch.undo()
    np.testing.assert_array_equal(compute.compute(wanted, save=save, resume=True).values, right)


def test_folders_that_are_missing_on_the_way_to_a_file_are_made(tmp_path: Path) -> None:
    save = tmp_path / "one" / "two" / "game.npy"
    store.locked(save).release()
    assert save.parent.is_dir()
