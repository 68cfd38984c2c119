"""Every option and argument that takes a file or a folder, of every command, given what it cannot take.

The options are found by asking the commands themselves, so that a new one is tested by being there.
"""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.properties.fuzzing import called
from typer.models import ArgumentInfo, OptionInfo

from winset.cli import app

#: The line that each command does its work with, quickly; what is tested is put into it.
LINES = {
    "run": "sco-2025",
    "report": "sco-2025",
    "share": "sco-2025 --players KAZ,KGZ",
    "stable": "sco-2025 --players KAZ,KGZ --outsiders UZB",
    "join": "sco-2025 --players KAZ,KGZ --candidates UZB",
    "bloc": "SCO --on 2025-09-01",
    "vote": "sco",
    "bank": "two-islands",
    "agree": "SCO --years 2019",
    "match": "CHN,KAZ --on 2025-09-01",
    "treaty": "CHN,KAZ --on 2025-09-01",
    "depend": "KAZ --partners 0",
    "even": "CHN,KAZ",
    "deal": "silk-road-example",
    "union": "CHN,KAZ",
    "war": "icio-2022 --balanced",
    "world show": "world-2023",
    "world check": "world-2023",
    "world import": "--trade trade.csv --gdp gdp.csv --out made",
    "serve": "--port 18733",
    "offer": "china-india",
    "carbon": "tables",
    "club": "free-trade-example",
    "route": "a b --network net",
    "common": "security-center --members KAZ,KGZ",
    "track": "SCO",
    "backtest": "eu-2004 --placebos 0",
    "effect": "panel.csv",
    "gap": "sco-2025",
    "people": "CHN,KAZ --of students --on 2025-09-01",
}
WRITTEN = {"--out", "--chart", "--report", "--save", "--jobs"}
ENDINGS = {"--chart": ".svg", "--report": ".html", "--save": ".npy"}
FLOWS = "exporter,importer,value\nKAZ,CHN,1200.5\nCHN,KAZ,900\nUZB,CHN,300\nCHN,UZB,30\n"
TABLES = {
    "tables/flows.csv": "from_region,from_sector,to_region,to_sector,value\na,s,b,s,1\nb,s,a,s,2\n",
    "tables/final.csv": "from_region,from_sector,to_region,value\na,s,a,5\nb,s,b,6\n",
    "tables/emissions.csv": "region,sector,gas,value\na,s,CO2,3\nb,s,CO2,4\n",
    "tables/input_original.csv": "Country,GDP,CO2,Import_A,Import_B,McKinsey_alpha\n"
    "A,2000,900,0,40,0.01\nB,3000,800,50,0,0.02\n",
    "tables/parameters.csv": "region,a,b\nA,0.5,0.6\nB,0.4,0.5\n",
    "net/nodes.csv": "id,name,economy,lon,lat,weight,port\na,A,KAZ,70,50,1,0\nb,B,CHN,80,45,2,0\n",
    "net/links.csv": "from,to,mode,km,hours\na,b,rail,1000,30\n",
    "net/borders.csv": "from,to,hours\nKAZ,CHN,10\n",
    "lorenz.csv": "share\n" + "".join(f"{x}\n" for x in (3, 5, 6, 7, 8, 9, 11, 13, 16, 22)),
    "panel.csv": "exporter,importer,year,trade,rta\n"
    + "".join(
        f"{a},{b},{year},{100 + 7 * i + 13 * k + 3 * year % 11 + 50 * (i * k % 2)},{rta}\n"
        for i, a in enumerate("ABCDE")
        for k, b in enumerate("ABCDE")
        if a != b
        for year in (2000, 2004, 2008)
        for rta in (int(year > 2003 and i + k == 1),)
    ),
}
GDP = "code,gdp\nKAZ,220000000000\nCHN,17900000000000\nUZB,81000000000\n"


@dataclass(frozen=True)
class Taken:
    """An option, or an argument by its place, that takes a file or a folder."""

    command: str
    option: str
    metavar: str
    place: int | None = None

    def __str__(self) -> str:
        return f"{self.command} {self.option}"

    def line(self, value: str) -> list[str]:
        """The line of the command with this value for it."""
        words = LINES[self.command].split()
        if self.place is not None:
            words[self.place] = value
        elif self.option == "--game":  # in the place of a scenario
            words = [self.option, value]
        elif self.option == "--lorenz":  # likewise
            words = [self.option, value, "--mean", "50", "--line", "40"]
        elif self.option in words:
            words[words.index(self.option) + 1] = value
        else:
            words += [self.option, value]
        return [*self.command.split(), *words]


def commands(found: Any = app, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its name, with its function."""
    for command in found.registered_commands:
        name = command.name or command.callback.__name__.rstrip("_")
        yield f"{before}{name}", command.callback
    for group in found.registered_groups:
        yield from commands(group.typer_instance, f"{before}{group.name} ")


def taken() -> Iterator[Taken]:
    """What takes a file or a folder: by its type, or because it says so."""
    for command, function in commands():
        place = 0
        for name, hint in typing.get_type_hints(function, include_extras=True).items():
            info = next((m for m in getattr(hint, "__metadata__", ())), None)
            if not isinstance(info, ArgumentInfo | OptionInfo):
                continue
            said = f"{info.metavar or ''} {info.help or ''}"
            argument = isinstance(info, ArgumentInfo)
            if "pathlib" in str(hint.__origin__) or re.search(
                r"\b(FILE|DIR|WORLD|SCENARIO|file|folder)\b", said
            ):
                # typer takes the first word of Annotated[…, Option("--blocs")] for a default
                words = [str(info.default), *(info.param_decls or ())]
                usual = "--" + name.replace("_", "-")
                named = next((word for word in words if word.startswith("--")), usual)
                option = name if argument else named
                yield Taken(command, option, info.metavar or "", place if argument else None)
            place += argument


TAKEN = list(taken())


def test_every_command_has_a_line_and_the_known_options_are_found() -> None:
    assert {name for name, _ in commands()} == set(LINES)
    found = {str(one) for one in TAKEN}
    assert {
        "run scenario", "run --out", "run --blocs", "run --chart", "share --game", "share --save",
        "vote rule",
        "deal issues", "deal --terms", "world check folder", "world import --trade",
        "world import --elasticities",
        "union --world", "war world", "match --gravity", "serve --jobs", "report --out", "agree --report",
    } <= found  # fmt: skip
    for _, function in commands():
        assert inspect.getdoc(function)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that commands work in."""
    (tmp_path / "trade.csv").write_text(FLOWS, "utf-8")
    (tmp_path / "gdp.csv").write_text(GDP, "utf-8")
    for name, text in TABLES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(one: Taken, value: str, place: Path) -> None:
    """One message, exit code 2, at once, and nothing left behind."""
    before = sorted(place.rglob("*"))
    if one.command == "serve":
        command = [sys.executable, "-m", "winset.cli", *one.line(value)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2, done.stderr
        assert (done.stderr.count("winset: "), done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
    else:
        said = called(*one.line(value), seconds=10.0)
        assert not said.fault, (str(one), value, said)
        assert said.code == 2, (str(one), value, said.out[:300])
    assert sorted(place.rglob("*")) == before, (str(one), value)


@pytest.mark.parametrize("one", [one for one in TAKEN if one.option not in WRITTEN], ids=str)
def test_what_is_read(one: Taken, place: Path) -> None:
    """A pipe, a device, a folder, nothing at all, noise: none is waited for, none is read for ever."""
    pipe, folder, noise = place / "pipe", place / "folder", place / "noise"
    os.mkfifo(pipe)
    folder.mkdir()
    noise.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xfe" * 50)
    missing = place / "missing"
    for value in (
        pipe,
        Path("/dev/zero"),
        folder,
        noise,
        missing,
        noise / "below",
        Path("/proc/self/mem"),
    ):
        refused(one, str(value), place)


@pytest.mark.parametrize("one", [one for one in TAKEN if one.option in WRITTEN], ids=str)
def test_what_is_written(one: Taken, place: Path) -> None:
    """A pipe, a folder or a file, a place below a file, one of the system's: as it was, and no work done."""
    ending = (
        ".csv" if one.metavar == "PATH" else ENDINGS.get(one.option, "")
    )  # PATH: file or folder
    pipe, other, file = place / f"pipe{ending}", place / f"other{ending}", place / "file"
    os.mkfifo(pipe)
    file.write_text("mine", "utf-8")
    if one.metavar == "DIR":
        other.write_text("mine", "utf-8")
    else:
        other.mkdir()
    for value in (
        pipe,
        other,
        file / f"below{ending}",
        Path(f"/proc/below{ending}"),
        Path(f"/proc/self/x{ending}"),
    ):
        refused(one, str(value), place)
    assert pipe.is_fifo()
