"""Each wrong input gives one message on stderr, exit code 2, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ECONOMIES = "code,name,gdp_musd\nAAA,A,100\nBBB,B,80\nCCC,C,50\n"
TRADE = "exporter,importer,value_musd\nAAA,BBB,10\nBBB,AAA,12\nAAA,CCC,5\nCCC,AAA,4\n"
SCENARIO = """world = "w"
on = "2025-09-01"
[[change]]
kind = "trade-cost"
among = ["AAA", "BBB"]
percent = -10
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A sound world and scenario, to be spoiled."""
    world = tmp_path / "w"
    world.mkdir()
    (world / "datapackage.json").write_text('{"name": "w", "year": 2020}', "utf-8")
    (world / "economies.csv").write_text(ECONOMIES, "utf-8")
    (world / "trade.csv").write_text(TRADE, "utf-8")
    (tmp_path / "s.toml").write_text(SCENARIO, "utf-8")
    return tmp_path


def spoil(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(place: Path) -> None:
        file = place / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    return change


def fill(path: str, data: bytes) -> Callable[[Path], None]:
    return lambda place: void((place / path).write_bytes(data))


def void(_: object) -> None:
    """A statement's value, dropped."""


CASES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "unknown code": (
        spoil("s.toml", '"BBB"', '"BBX"'),
        ["change 1 (trade-cost)", "'BBX'", "Did you mean BBB?"],
    ),
    "unknown bloc": (spoil("s.toml", '["AAA", "BBB"]', '"SCOO"'), ["'SCOO'", "Did you mean SCO?"]),
    "unknown key": (
        spoil("s.toml", "on =", "onn ="),
        ["s.toml line 2", "'onn'", "Did you mean on?"],
    ),
    "negative flow": (spoil("w/trade.csv", "12", "-12"), ["trade.csv row 3", "-12", "negative"]),
    "flow that is no number": (spoil("w/trade.csv", "12", "dozen"), ["trade.csv row 3", "'dozen'"]),
    "infinite flow": (spoil("w/trade.csv", "12", "inf"), ["trade.csv row 3", "'inf'"]),
    "duplicate pair": (
        spoil("w/trade.csv", "AAA,CCC,5", "AAA,BBB,5"),
        ["trade.csv row 4", "AAA to BBB", "twice"],
    ),
    "economy without GDP": (
        spoil("w/economies.csv", "B,80", "B,"),
        ["economies.csv row 3", "BBB: no GDP", "Add gdp_musd, or drop BBB"],
    ),
    "economy without trade": (
        spoil("w/economies.csv", "CCC,C,50", "CCC,C,50\nDDD,D,1"),
        ["trade.csv", "DDD has no trade at all"],
    ),
    "zero output": (
        spoil("w/trade.csv", "CCC,AAA,4\n", "AAA,AAA,9\nBBB,BBB,9\nCCC,CCC,0\n"),
        ["zero output for CCC"],
    ),
    "percent of minus hundred": (
        spoil("s.toml", "-10", "-100"),
        ["s.toml line 6", "percent = -100"],
    ),
    "tariff of minus one": (
        spoil("s.toml", 'kind = "trade-cost"', 'kind = "tariff"\nrate = -1.5\n#'),
        ["rate = -1.5"],
    ),
    "tariff in the data": (
        lambda p: void((p / "w/tariffs.csv").write_text("exporter,importer,rate\nAAA,BBB,-1\n")),
        ["tariffs.csv row 2", "-1", "must exceed -1"],
    ),
    "empty bloc": (
        spoil("s.toml", 'on = "2025-09-01"', 'on = "1999-01-01"\n'),
        ["no member on 1999-01-01", "founded on 2001-06-15"],
    ),
    "empty list": (spoil("s.toml", '["AAA", "BBB"]', "[]"), ["names no economy"]),
    "not a text file": (
        fill("w/trade.csv", b"\xff\x00\x01"),
        ["trade.csv", "not readable as CSV"],
    ),
    "one enormous line": (
        fill("w/trade.csv", b"x" * 5_000_000),
        ["trade.csv", "a line longer than"],
    ),
    "scenario that is no text": (
        fill("s.toml", b"\xff\xfe\x00"),
        ["s.toml", "not readable as TOML"],
    ),
    "wrong column names": (
        spoil("w/trade.csv", "value_musd", "value"),
        ["trade.csv row 1", "no column value_musd", "found exporter, importer, value"],
    ),
    "missing file": (lambda p: (p / "w/trade.csv").unlink(), ["trade.csv: the file is missing"]),
    "nothing changes": (spoil("s.toml", "-10", "0"), ["changes nothing"]),
    "no change at all": (
        lambda p: void((p / "s.toml").write_text('world = "w"\n')),
        ["no [[change]]"],
    ),
    "unknown world": (
        spoil("s.toml", '"w"', '"world-2032"'),
        ["Did you mean world-2023 or world-2023-free"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input(place: Path, winset: Any, case: str) -> None:
    change, words = CASES[case]
    if case == "empty bloc":
        spoil("s.toml", '["AAA", "BBB"]', '"SCO"')(place)
    change(place)
    before = sorted(place.rglob("*"))
    said = winset("run", place / "s.toml", "--out", place / "out")
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("winset: ")
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err, said.err
    assert sorted(place.rglob("*")) == before


def test_the_sound_case_runs(place: Path, winset: Any) -> None:
    assert winset("run", place / "s.toml", "--out", place / "out", "--json").code == 0


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("trade_elasticity=four", ["trade_elasticity = 'four'"]),
        ("trade_elasticity=[4]", ["trade_elasticity = [4]"]),
        ("deficits=5", ["deficits = 5"]),
        ("percent=-100", ["percent = -100"]),
        ("percent", ["write it as key=value"]),
        ("elasticity=4", ["unknown key", "Did you mean"]),
        ("change.7.percent=4", ["the scenario has 1 change"]),
        ("on=tomorrow", ["is not a date"]),
    ],
)
def test_set_with_a_wrong_value(place: Path, winset: Any, option: str, words: list[str]) -> None:
    said = winset("run", place / "s.toml", "--set", option)
    assert (said.code, said.out) == (2, "")
    for word in words:
        assert word in said.err, said.err


def test_check_prints_all_problems_and_fails(place: Path, winset: Any) -> None:
    spoil("w/trade.csv", "12", "-12")(place)
    spoil("w/economies.csv", "A,100", "A,none")(place)
    said = winset("world", "check", place / "w")
    assert (said.code, said.out) == (2, "")
    assert "2 problems" in said.err
    assert "economies.csv row 2" in said.err
    assert "trade.csv row 3" in said.err


def test_debug_shows_the_traceback(place: Path) -> None:
    spoil("s.toml", "-10", "0")(place)
    command = [sys.executable, "-m", "winset.cli", "run", str(place / "s.toml")]
    plain = subprocess.run(command, capture_output=True, text=True, check=False)
    assert plain.returncode == 2
    assert "Traceback" not in plain.stderr
    shown = subprocess.run([*command, "--debug"], capture_output=True, text=True, check=False)
    assert shown.returncode != 0
    assert "Traceback" in shown.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits its memory as Linux does")
def test_an_enormous_trade_file_is_refused_in_bounded_memory(place: Path) -> None:
    """Half a gigabyte that repeats one pair: read line by line, given up after 200 problems."""
    with (place / "w/trade.csv").open("w") as file:
        file.write("exporter,importer,value_musd\n")
        for _ in range(40):
            file.write("AAA,BBB,10\n" * 1_000_000)
    script = (
        "import resource, sys, winset.studies.scenario_run; from winset.cli import main;"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize();"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 250_000_000,) * 2);"
        "sys.argv = ['winset', 'run', sys.argv[1]]; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(place / "s.toml")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 2, done.stderr[-1000:]
    assert "twice" in done.stderr
