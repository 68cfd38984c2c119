"""Values of a lattice in files: killed, resumed, and refused where they are those of another game."""

from __future__ import annotations

import datetime as dt
import json
import mmap
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections import namedtuple
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import winset as library
from winset.errors import DataError
from winset.places.blocs import resolve
from winset.scenario import Scenario, parse
from winset.trade.coalitions import compute, store
from winset.trade.coalitions.problem import Problem, prepare
from winset.trade.coalitions.store import RECORD, Ledger
from winset.trade.equilibrium import Report, Status

ON = dt.date(2025, 9, 1)


@pytest.fixture(scope="module")
def sco() -> Scenario:
    return Scenario.from_toml("sco-2025")


def problem(scenario: Scenario, players: int = 10) -> Problem:
    return prepare(library.world(), scenario, resolve("SCO+", ON)[:players])


RUN = """
import sys, time
from pathlib import Path
import winset
from dataclasses import fields, replace
from winset.trade.coalitions import compute
from winset.trade.coalitions.problem import prepare
scenario = winset.Scenario.from_toml("sco-2025")
codes = sys.argv[2].split(",")
problem = replace(prepare(winset.world(), scenario, codes, resolution="compact"), bits=6)
slow = compute.solve_unit
def paused(*arguments):
    time.sleep(0.02)
    return slow(*arguments)
compute.solve_unit = paused
print("ready", flush=True)
save = Path(sys.argv[1])
compute.compute(problem, save=save, resume=save.with_name(save.name + ".ledger").exists(), workers=2)
print("done", flush=True)
"""


def test_killed_five_times_and_resumed_gives_the_same_bytes(sco: Scenario, tmp_path: Path) -> None:
    codes = resolve("SCO+", ON)[:12]
    script = tmp_path / "run.py"
    script.write_text(textwrap.dedent(RUN), "utf-8")
    whole = replace(prepare(library.world(), sco, codes, resolution="compact"), bits=6)
    compute.compute(whole, save=tmp_path / "whole.npy")
    command = [sys.executable, str(script), str(tmp_path / "killed.npy"), ",".join(codes)]
    chance = random.Random(7)
    killed = 0
    for _ in range(40):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if killed < 5:
            time.sleep(chance.uniform(0.02, 0.25))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
        else:
            said, _err = process.communicate()
            assert said == "done\n"
        if (tmp_path / "killed.npy").exists():
            break
    assert killed == 5
    assert (tmp_path / "killed.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
    assert not list(tmp_path.glob("*.part"))
    assert not list(tmp_path.glob("*.ledger"))


def stop_after(units: int) -> Any:
    """A progress callback that interrupts."""

    def report(done: int, _total: int) -> None:
        if done >= units:
            raise KeyboardInterrupt

    return report


def test_interrupted_then_resumed(sco: Scenario, tmp_path: Path) -> None:
    wanted = replace(problem(sco), bits=6)
    save = tmp_path / "game.npy"
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop_after(5))
    with pytest.raises(DataError, match=r"an unfinished run is there. Go on with it by --resume"):
        compute.compute(wanted, save=save)
    seen: list[int] = []
    solved = compute.compute(
        wanted, save=save, resume=True, progress=lambda done, _: seen.append(done)
    )
    assert seen[0] >= 5
    np.testing.assert_array_equal(solved.values, compute.compute(wanted).values)
    about = json.loads((tmp_path / "game.json").read_text("utf-8"))
    assert about["players"] == list(wanted.players)
    assert about["world"]["sha256"] == library.world().sha256


def test_a_record_cut_short_is_done_again(sco: Scenario, tmp_path: Path) -> None:
    wanted, save = replace(problem(sco), bits=6), tmp_path / "game.npy"
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop_after(8))
    log = tmp_path / "game.npy.ledger"
    log.write_bytes(log.read_bytes()[: -RECORD.size // 2])
    solved = compute.compute(wanted, save=save, resume=True)
    np.testing.assert_array_equal(solved.values, compute.compute(wanted).values)


def test_a_finished_file_is_taken_as_it_is(sco: Scenario, tmp_path: Path) -> None:
    wanted, save = problem(sco), tmp_path / "game.npy"
    first = compute.compute(wanted, save=save, gains=True)
    seen: list[int] = []
    again = compute.compute(
        wanted, save=save, gains=True, resume=True, progress=lambda done, _: seen.append(done)
    )
    assert seen == []  # nothing is solved again
    np.testing.assert_array_equal(again.values, first.values)
    np.testing.assert_array_equal(again.gains, first.gains)
    assert again.max_residual == first.max_residual
    other = problem(sco.with_parameters(trade_elasticity=5.0))
    with pytest.raises(DataError, match="holds another game"):
        compute.compute(other, save=save, gains=True, resume=True)
    save.with_suffix(".json").unlink()
    with pytest.raises(DataError, match="what belongs to it is not readable"):
        compute.compute(wanted, save=save, resume=True)


def interrupted(wanted: Problem, save: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, progress=stop_after(3))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kind": "tariff", "rate": 0.05}, {"kind": "tariff", "rate": 0.06}),
        ({"kind": "trade-cost", "percent": -5.0}, {"kind": "trade-cost", "percent": -6.0}),
        ({"kind": "productivity", "percent": 1.0}, {"kind": "productivity", "percent": 2.0}),
    ],
    ids=["tariff", "cost", "productivity"],
)
def test_a_run_is_resumed_only_by_what_began_it(
    before: dict[str, Any], after: dict[str, Any], tmp_path: Path
) -> None:
    codes, save = ["KAZ", "UZB", "KGZ", "RUS", "CHN", "IND"], tmp_path / "game.npy"

    def game(change: dict[str, Any]) -> Problem:
        whom = "economies" if change["kind"] == "productivity" else "among"
        scenario = parse({"on": "2025-09-01", "change": [change | {whom: codes}]})
        return replace(prepare(library.world(), scenario), bits=2)

    interrupted(game(before), save)
    with pytest.raises(DataError, match="was begun with another scenario and another shock_sha256"):
        compute.compute(game(after), save=save, resume=True)
    solved = compute.compute(game(before), save=save, resume=True)
    np.testing.assert_array_equal(solved.values, compute.compute(game(before)).values)
    with pytest.raises(DataError, match="holds another game"):
        compute.compute(game(after), save=save, resume=True)


@pytest.mark.parametrize(("kind", "column"), [("tariff", "rate"), ("trade-cost", "factor")])
def test_a_file_edited_between_kill_and_resume_is_another_game(
    kind: str, column: str, tmp_path: Path
) -> None:
    """The scenario's text stays the same, so that only what the file resolves to tells."""
    codes = ["KAZ", "UZB", "KGZ", "RUS"]
    pairs, save, toml = tmp_path / "pairs.csv", tmp_path / "game.npy", tmp_path / "s.toml"
    toml.write_text(f'on = 2025-09-01\n[[change]]\nkind = "{kind}"\nfile = "pairs.csv"\n', "utf-8")

    def game(size: float) -> Problem:
        rows = [f"{a},{b},{size}" for a in codes for b in codes if a != b]
        pairs.write_text(f"exporter,importer,{column}\n" + "\n".join(rows) + "\n", "utf-8")
        scenario = Scenario.from_toml(toml)
        return replace(prepare(library.world(), scenario, codes), bits=1)

    first = game(0.9)
    interrupted(first, save)
    second = game(0.91)
    assert second.about["scenario"] == first.about["scenario"]
    assert second.fingerprint != first.fingerprint
    with pytest.raises(DataError, match="was begun with another shock_sha256"):
        compute.compute(second, save=save, resume=True)
    solved = compute.compute(game(0.9), save=save, resume=True)
    np.testing.assert_array_equal(solved.values, compute.compute(first).values)


def test_everything_that_enters_an_equilibrium_is_in_the_fingerprint(sco: Scenario) -> None:
    """Each array and each parameter of the problem, changed alone, gives another fingerprint."""
    wanted = problem(sco, 4)
    seen = {wanted.fingerprint}
    for name in ("cost", "tariff", "productivity"):
        other = getattr(wanted, name).copy()
        other.flat[-1] += 0.01
        seen.add(replace(wanted, **{name: other}).fingerprint)
    for field in fields(wanted.base):
        value = getattr(wanted.base, field.name)
        other = value + 0.01 if not isinstance(value, bool) else not value
        seen.add(replace(wanted, base=replace(wanted.base, **{field.name: other})).fingerprint)
    assert len(seen) == 1 + 3 + len(fields(wanted.base))


def test_resuming_what_is_not_there(sco: Scenario, tmp_path: Path) -> None:
    wanted, save = replace(problem(sco), bits=6), tmp_path / "game.npy"
    with pytest.raises(DataError, match="there is no unfinished run"):
        compute.compute(wanted, save=save, resume=True)
    with pytest.raises(DataError, match="--resume needs --save"):
        compute.compute(wanted, resume=True)
    interrupted(wanted, save)
    other = replace(problem(sco.with_parameters(trade_elasticity=5.0)), bits=6)
    with pytest.raises(DataError, match="was begun with another scenario"):
        compute.compute(other, save=save, resume=True)
    with pytest.raises(DataError, match="was begun with another gains"):
        compute.compute(wanted, save=save, resume=True, gains=True)


def test_resumed_with_gains(sco: Scenario, tmp_path: Path) -> None:
    wanted, save = replace(problem(sco, 6), bits=2), tmp_path / "game.npy"
    with pytest.raises(KeyboardInterrupt):
        compute.compute(wanted, save=save, gains=True, progress=stop_after(3))
    solved = compute.compute(wanted, save=save, gains=True, resume=True)
    expected = compute.compute(wanted, gains=True)
    np.testing.assert_array_equal(solved.values, expected.values)
    np.testing.assert_array_equal(solved.gains, expected.gains)
    assert store.gains_file(save) == tmp_path / "game.gains.npy"
    np.testing.assert_array_equal(np.load(store.gains_file(save)), expected.gains)


def test_room_is_asked_for_to_the_byte(
    sco: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine tenths of what is free may be taken: 18,432 of 20,480 bytes."""
    wanted = problem(sco, 8)
    need = (8 << 8) * (1 + 8)
    assert need == 18_432
    usage = namedtuple("usage", "total used free")
    for free in (20_480, 20_479):
        monkeypatch.setattr(store, "_free_memory", lambda free=free: free)
        monkeypatch.setattr(store.shutil, "disk_usage", lambda _, free=free: usage(0, 0, free))
        for save in (None, tmp_path / str(free) / "game.npy"):
            if free == 20_480:
                with Ledger.open(wanted, save, need=need, gains=True, resume=False) as ledger:
                    assert ledger.values.shape == (256,)
                    assert ledger.gains is not None
                    assert ledger.gains.shape == (256, 8)
            else:
                with pytest.raises(DataError, match=r"0\.0 GB.* are( needed| free)|free"):
                    Ledger.open(wanted, save, need=need, gains=True, resume=False)


def test_compute_asks_for_what_values_and_gains_take(
    sco: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2^8 values of 8 bytes, and with gains eight more of each."""
    wanted = problem(sco, 8)
    monkeypatch.setattr(store, "_free_memory", lambda: 20_479)
    assert len(compute.compute(wanted).values) == 256
    with pytest.raises(DataError, match="2\\^8 coalitions with gains take"):
        compute.compute(wanted, gains=True)
    monkeypatch.setattr(store, "_free_memory", lambda: 2_275)
    with pytest.raises(DataError, match="2\\^8 coalitions take"):
        compute.compute(wanted)


def test_a_ledger_knows_what_is_done_and_the_worst_of_it(sco: Scenario) -> None:
    wanted = replace(problem(sco, 4), bits=2)
    with Ledger.open(wanted, None, need=128, gains=False, resume=False) as ledger:
        assert ledger.missing() == [0, 1, 2, 3]
        assert np.isnan(ledger.values).all()
        ledger.store(
            2, np.arange(4.0), np.empty((0, 0)), Report(Status.CONVERGED, 3e-13, 5, -1, -1)
        )
        ledger.store(0, np.ones(4), np.empty((0, 0)), Report(Status.CONVERGED, 1e-13, 2, -1, -1))
        assert ledger.missing() == [1, 3]
        assert ledger.reports() == (3e-13, 7)
        np.testing.assert_array_equal(ledger.values[8:12], [0, 1, 2, 3])
        assert np.isnan(ledger.values[4:8]).all()


def test_gains_reach_the_disk_before_the_record_does(
    sco: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record says that a unit is whole, its gains too."""
    flushed: list[int] = []
    monkeypatch.setattr(store, "_flush", lambda array, *_: flushed.append(array.ndim))
    wanted = replace(problem(sco, 4), bits=4)
    with Ledger.open(wanted, tmp_path / "game.npy", need=1, gains=True, resume=False) as ledger:
        ledger.store(0, np.zeros(16), np.zeros((16, 4)), Report(Status.CONVERGED, 0.0, 0, -1, -1))
    assert flushed == [1, 2]


def test_a_run_whose_values_or_ledger_are_spoiled_is_refused(sco: Scenario, tmp_path: Path) -> None:
    wanted, save = replace(problem(sco, 4), bits=1), tmp_path / "game.npy"
    interrupted(wanted, save)
    part, log = tmp_path / "game.npy.part", tmp_path / "game.npy.ledger"
    held = part.read_bytes()
    for spoiled in (b"", held[:50]):
        part.write_bytes(spoiled)
        with pytest.raises(DataError, match=r"are not readable .* Remove it and start again"):
            compute.compute(wanted, save=save, resume=True)
    part.unlink()
    with pytest.raises(DataError, match=r"are not readable .* Remove it and start again"):
        compute.compute(wanted, save=save, resume=True)
    part.write_bytes(held)
    for spoiled in (b"", b"{}\n", b"[1]\n", b"\x00\x01\n"):
        log.write_bytes(spoiled)
        with pytest.raises(DataError, match=r"is not readable .* Remove it and start again"):
            compute.compute(wanted, save=save, resume=True)


def test_all_pages_of_a_unit_are_handed_to_the_disk() -> None:
    """Rows 1,000 to 1,999 of eight bytes, in whole pages, and one more for the header of the file."""
    asked: list[tuple[int, int]] = []

    class Told(mmap.mmap):
        def flush(self, offset: int = 0, size: int = 0, /) -> None:
            asked.append((offset, size))

    page = mmap.PAGESIZE
    with Told(-1, 10 * page) as under:
        array: Any = SimpleNamespace(_mmap=under, strides=(8,))
        store._flush(array, 1_000, 1_000)
        store._flush(array, 10 * page // 8 - 8, 8)  # no further than the file goes
    (begin, size), (last, rest) = asked
    assert begin % page == 0
    assert 8_000 - page < begin <= 8_000
    assert 16_000 + page <= begin + size <= 16_000 + 2 * page
    assert last + rest == 10 * page


def test_the_memory_that_is_free_is_in_bytes() -> None:
    info = Path("/proc/meminfo")
    rows = (
        dict(row.split(":") for row in info.read_text("utf-8").splitlines())
        if info.exists()
        else {}
    )
    kilobytes = int(rows.get("MemAvailable", "0 kB").split()[0])
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0.5 * (kilobytes * 1024 or whole) < store._free_memory() <= whole
    assert store.most_memory() < whole
