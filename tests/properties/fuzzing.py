"""Files of every kind that the command line reads, spoiled at random: a kind and a number are a file.

A sound file is spoiled once or a few times, in its bytes, its lines or its cells; what the command line
makes of it is held against what must hold of all: exit code 0, or 2 with one message; no traceback, no
control character on the terminal, no figure that is none, and no more than five seconds.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from winset import cli
from winset.errors import CONTROL, MOST_SAID

DATA = Path(cli.__file__).parents[1] / "data"
SLOWEST = 5.0  # seconds
HANGS = 15.0  # seconds of work after which a call is given up
NO_FIGURE = re.compile(r"(?<![\w-])(nan|inf)(?![\w-])")
LONGEST = MOST_SAID + 100  # characters of a line of a message

NUMBERS = (
    "1e308", "-1e308", "1e-300", "5e-324", "1e400", "-1e-300", "nan", "inf", "-inf", "+nan", "NaN",
    "0", "-0.0", "-1", "-100", "-99.99999999999999", "100", "1e15", "1e16", "1e-16", "0.1", "2", "12",
    "9223372036854775808", "9" * 400, "9" * 5_000, "0x" + "f" * 5_000, "0o7", "0b1", "1_000", "1__0",
    "1,5", "1.234.567", "1 000", "½", "١٢", "²", "true", '""', "[]", "{}", "[1, [2, [3]]]",
    "1979-05-27", "0001-01-01", "9999-12-31", "99999-01-01", "07:32:00", "1979-05-27T07:32:00Z",
    "--1", "1e", ".", "e5", "0x1p3", "1" + "0" * 350 + ".5", "0." + "0" * 350 + "1",
)  # fmt: skip
WORDS = (
    "", " ", "a [/b] c", "[link=x]y[/link]", "<script>alert(1)</script>", "]]>&amp;'\"",
    "javascript:alert(1)",
    "=1+1", "@SUM(A1)", "+1", "-1", "\\u0000", "\\u001b[31m", "\\u0007", "\\u202e", "\\u2028", "\\u0085",
    "\\u009b31m", "\\ufffe", "\\uffff", "\\ud800", "\\U0010ffff", "\x07", "\x1b[2J", "\u202eX", "\u2028",
    "a\\rb", "a\\nb", "a\\tb", "../../etc/passwd", "/dev/zero", "/etc", ".", "~", "nul", "all", "SCO",
    "SCO+",
    "kaz", "KAZ,", ",", "+", "КАЗ", "中国", "🏴", "e\u0301" * 500, "x" * 240_000, "x" * 2_001, "%s%n{0}{x}",
    "world-2023", "icio-2022", "shapley", "equal", "population", ">50%", "all-3", "50%", "1/0", "2/3",
    "0/0",
    "9" * 400 + "%", "1e400%", "states and (", "((((((", "a and b or c", "not x", "true", "2025-09-01",
    "2025-13-01",
)  # fmt: skip
BYTES = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n", b"\x1a", b"\x1b",
    b"\x7f",
    b"\x85", b"\xc2\x85", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b'"', b"'", b"'''", b'"""', b"#", b"=",
    b"[", b"]",
    b"[[", b"{", b"}", b",", b";", b"\t", b"\\", b"\xc3", b"PK\x03\x04", b"\x1f\x8b\x08",
    b"\x93NUMPY\x01\x00", b"sep=;\n",
)  # fmt: skip
NESTED = (
    "\nx = " + "[" * 300 + "]" * 300 + "\n",
    "\nx = " + "[" * 20_000 + "\n",
    "\n" + ".".join("a" * 3_000) + " = 1\n",
    "\nx = " + "{a = " * 300 + "1" + "}" * 300 + "\n",
    "\n[" + ".".join("a" * 3_000) + "]\n",
    "\n[[change]]" * 3_000 + "\n",
    "\n" + "# a remark\n" * 20_000,
)

Files = dict[str, bytes]


@dataclass(frozen=True)
class Kind:
    """Sound files of a kind, the first of each being spoiled, and the command line that reads it."""

    sound: tuple[Files, ...]
    line: tuple[str, ...]


def _texts(*folders: str, suffix: str = ".toml", leave: tuple[str, ...] = ()) -> tuple[Files, ...]:
    """Each bundled file of a folder, with the tables that lie beside it."""
    found = []
    for folder in folders:
        beside = {path.name: path.read_bytes() for path in (DATA / folder).glob("*.csv")}
        for path in sorted((DATA / folder).glob(f"*{suffix}")):
            if path.stem not in leave:
                found.append({path.name: path.read_bytes(), **beside})
    return tuple(found)


SCENARIO = b"""title = "Everything that a scenario may hold"
world = "world-2023"
on = 2025-09-01
year = 2028

[parameters]
trade_elasticity = 5.0
value_added_share = 0.5
labor_supply_elasticity = 0.5
scale_elasticity = 0.1
deficits = "world-share"
revenue = "lump-sum"

[[change]]
kind = "trade-cost"
among = "SCO+"
percent = -10
phase = [2026, 2030]

[[change]]
kind = "tariff"
exporters = ["CHN", "IND"]
importers = "EU"
rate = 0.25

[[change]]
kind = "tariff"
exporters = "all"
importers = ["KAZ"]
swiss = 0.05
mfn = true

[[change]]
kind = "productivity"
economies = ["KAZ", "KGZ"]
factor = 1.01
"""
CHANGED = b'on = 2025-09-01\n[[change]]\nkind = "%s"\nfile = "changes.csv"\n'
RULE = b"""title = "Two majorities"
members = {A = 5, B = 4, C = 3, D = 2}
combine = "votes and heads"
veto = ["A"]
required = ["B"]
[[majority]]
name = "votes"
quota = "55%"
[[majority]]
name = "heads"
weights = "equal"
quota = ">1/2"
"""
DEAL = b"""title = "Three issues"
exclude = [["rail", "road"]]
[need]
water = ["rail"]
[floors]
KGZ = 1
[issues]
rail = {CHN = 9, KAZ = 5, KGZ = -7}
road = {CHN = 6.5, KAZ = 4, KGZ = -3}
water = {CHN = 0, KAZ = -5, KGZ = 12}
"""
TERMS = b'title = "x"\nexclude = [["railway", "customs"]]\n[need]\nenergy = ["water"]\n[floors]\nKGZ = 2\n'
GAME = (
    b"coalition,value\n,0\nA,1\nB,2\nC,0.5\nA+B,6\nA+C,4.25\nB+C,1e1\nA+B+C,20\n",
    b"coalition;value\nKAZ;1,5\nUZB;2,5\nKAZ+UZB;7,25\n",
    b"coalition,value,note\nA,0,x\nB,0,\nC,0,\nD,0,\nA+B,1,\nA+B+C+D,1,\n",
)
BLOCS = (
    b"bloc,code,name,kind,role,joined,left,source,note\n"
    b"MINE,KAZ,My bloc,grouping,member,2001-06-15,,me,\nMINE,UZB,,,member,2002,,me,\n"
    b"MINE,TUR,,,partner,2012-06,2020-01-01,me,x\nTWO,CHN,,union,,,,,\nTWO,RUS,,,,,,,\n",
)
ECONOMIES = b"code,name,gdp_musd,region\nAAA,Aland,100,x\nBBB,Bland,80,y\nCCC,Cland,50,z\n"
TRADE = b"exporter,importer,value_musd\nAAA,BBB,10\nBBB,AAA,12\nAAA,CCC,5\nCCC,AAA,4.5\nBBB,CCC,3\n"
TARIFFS = b"exporter,importer,rate,mfn\nAAA,BBB,0.1,0.2\nBBB,AAA,0.05,\n"
ABOUT = json.dumps(
    {"name": "w", "year": 2020, "unit": "USD million", "notes": ["a note"], "licenses": [{"title": "free"}],
     "sources": [{"title": "A source", "path": "https://example.org", "license": "free"}]},
    indent=1,
).encode()  # fmt: skip
FOLDER = {
    "economies.csv": ECONOMIES,
    "trade.csv": TRADE,
    "tariffs.csv": TARIFFS,
    "datapackage.json": ABOUT,
}
FLOWS = (
    b"exporter,importer,value\nKAZ,CHN,1200.5\nCHN,KAZ,900\nCHN,UZB,400\nUZB,CHN,300\nKAZ,UZB,50\nUZB,KAZ,40\n",
    b"t,i,j,k,v,q\n2022,398,156,010121,1200.5,1\n2022,156,398,270900,900,NA\n2022,860,156,010121,30,\n",
    b"reporter;partner;flow;year;value\nKAZ;CHN;X;2022;1.200,5\nCHN;KAZ;X;2022;900\nUZB;CHN;X;2022;3\n",
    b",KAZ,CHN,UZB\nKAZ,,1200.5,50\nCHN,900,,400\nUZB,40,300,\n",
)
GDP = b"code,gdp\nKAZ,220000000000\nCHN,17900000000000\nUZB,81000000000\n"
CODES = (
    b"country_code,country_name,country_iso2,country_iso3\n"
    b"398,Kazakhstan,KZ,KAZ\n156,China,CN,CHN\n860,Uzbekistan,UZ,UZB\n"
)


def _world(first: str) -> Files:
    return {first: FOLDER[first], **{name: held for name, held in FOLDER.items() if name != first}}


def _array() -> Files:
    held = io.BytesIO()
    np.save(held, np.array([0.0, 1, 2, 6, 0.5, 4, 10, 20]))
    return {"game.npy": held.getvalue(), "game.json": b'{"players": ["A", "B", "C"]}'}


def _described() -> Files:
    array = _array()
    return {"game.json": array["game.json"], "game.npy": array["game.npy"]}


#: Rules of so many members that their sound form takes seconds.
LARGE = ("adb", "aiib", "ibrd", "eu-council", "us-electoral-college")
#: Rules whose weights are for members of their own.
NAMED = ("edb", "eec-1958", "ndb", "un-security-council")
#: Rules that name no members.
TEMPLATES = ("capital", "consensus", "gdp", "one-state-one-vote", "population", "square-root")
IMPORT = ("world", "import", "--year", "2022", "--out", "{folder}/made")

#: ``{}`` stands for the spoiled file, ``{folder}`` for where it is.
KINDS: dict[str, Kind] = {
    "scenario": Kind(
        (
            {"all.toml": SCENARIO},
            *_texts("scenarios", leave=("nafta", "liberation-day", "belt-and-road")),
        ),
        ("run", "{}", "--top", "3"),
    ),
    "changes": Kind(
        tuple(
            {
                "changes.csv": (DATA / "scenarios" / name)
                .read_bytes()[:2_000]
                .rpartition(b"\n")[0],
                "s.toml": head + CHANGED % kind,
            }
            for name, kind, head in (
                ("belt-and-road.csv", b"trade-cost", b""),
                ("liberation-day.csv", b"tariff", b""),
                ("nafta-2005.csv", b"tariff", b'world = "caliendo-parro-1993"\n'),
            )
        ),
        ("run", "{folder}/s.toml", "--json"),
    ),
    "rule": Kind(
        _texts("rules", leave=(*LARGE, *NAMED)),
        ("vote", "{}", "--members", "SCO", "--on", "2025-09-01"),
    ),
    "own-rule": Kind(
        ({"two.toml": RULE}, *_texts("rules", leave=TEMPLATES + LARGE)),
        ("vote", "{}", "--list", "3", "--json"),
    ),
    "deal": Kind(({"three.toml": DEAL}, *_texts("deals")), ("deal", "{}")),
    "deal-table": Kind(_texts("deals", suffix=".csv"), ("deal", "{}", "--side-payments", "--json")),
    "terms": Kind(
        ({"terms.toml": TERMS, **_texts("deals", suffix=".csv")[0]},),
        ("deal", "{folder}/silk-road-example.csv", "--terms", "{}"),
    ),
    "game": Kind(
        tuple({"game.csv": game} for game in GAME),
        ("share", "--game", "{}", "--fill", "superadditive"),
    ),
    "game-array": Kind(
        (_array(), _described()), ("share", "--game", "{folder}/game.npy", "--json")
    ),
    "blocs": Kind(
        tuple({"blocs.csv": blocs} for blocs in BLOCS),
        ("bloc", "--blocs", "{}", "--on", "2025-09-01"),
    ),
    "world": Kind(tuple(_world(name) for name in FOLDER), ("world", "check", "{folder}")),
    "shown-world": Kind(tuple(_world(name) for name in FOLDER), ("world", "show", "{folder}")),
    "flows": Kind(
        tuple({"trade.csv": flows, "gdp.csv": GDP, "country_codes.csv": CODES} for flows in FLOWS),
        (*IMPORT, "--trade", "{}", "--gdp", "{folder}/gdp.csv"),
    ),
    "gdp": Kind(
        ({"gdp.csv": GDP, "trade.csv": FLOWS[0]},),
        (*IMPORT, "--gdp", "{}", "--trade", "{folder}/trade.csv"),
    ),
}


def _bytes(chance: random.Random, held: bytes) -> bytes:
    """Flip, cut, repeat or put in bytes."""
    where = chance.randrange(len(held) + 1)
    until = min(len(held), where + chance.choice((1, 1, 2, 8, 100)))
    how = chance.randrange(6)
    if how == 0 and held:
        spot = chance.randrange(len(held))
        return held[:spot] + bytes([held[spot] ^ 1 << chance.randrange(8)]) + held[spot + 1 :]
    if how == 1:
        return held[:where]
    if how == 2:
        return held[:where] + held[until:]
    if how == 3:
        return held[:until] + held[where:until] * chance.choice((1, 3, 1_000)) + held[until:]
    return held[:where] + chance.choice(BYTES) + held[where + (how == 4) :]


def _lines(chance: random.Random, held: bytes) -> bytes:
    """Leave out, repeat, exchange or end lines in another way."""
    lines = held.split(b"\n")
    k, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    how = chance.randrange(6)
    if how == 0:
        del lines[k]
    elif how == 1:
        lines.insert(other, lines[k])
    elif how == 2:
        lines[k], lines[other] = lines[other], lines[k]
    elif how == 3:
        lines[k:k] = [lines[k]] * chance.choice((2, 300))
    elif how == 4:
        return chance.choice((b"\r", b"\r\n", b"\n\n", b"\x0b", b"\xe2\x80\xa8")).join(lines)
    else:
        del lines[k:]
    return b"\n".join(lines)


def _values(chance: random.Random, held: bytes) -> bytes:
    """Put another number or another word in the place of one."""
    text = held.decode("utf-8", "replace")
    spots = [*re.finditer(r'"[^"\n]*"|[-+]?\d[\d.eE+-]*|\w+', text)]
    if not spots:
        return held
    spot = chance.choice(spots)
    quoted = spot[0].startswith('"')
    new = chance.choice(NUMBERS if chance.random() < 0.5 else WORDS)
    if quoted and chance.random() < 0.9:
        new = f'"{new}"'
    return (text[: spot.start()] + new + text[spot.end() :]).encode("utf-8", "replace")


def _shape(chance: random.Random, held: bytes) -> bytes:
    """Nest deep, repeat the whole, write it in other characters, or put something of another kind there."""
    how = chance.randrange(5)
    text = held.decode("utf-8", "replace")
    if how == 0:
        where = chance.choice((0, len(text)))
        return (text[:where] + chance.choice(NESTED) + text[where:]).encode()
    if how == 1:
        return held * chance.choice((2, 30))
    if how == 2:
        return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-8-sig", "utf-32")), "replace")
    if how == 3:
        return chance.choice(
            (b"", b"\n", b"[]", b"null", b"{}", b"3", b'"x"', b"\xff" * 100, b"[" * 100_000)
        )
    cells = [line.split(",") for line in text.split("\n")]
    row = chance.choice(cells)
    if chance.random() < 0.5:
        row.insert(chance.randrange(len(row) + 1), chance.choice((*WORDS, *NUMBERS)))
    else:
        del row[chance.randrange(len(row))]
    return "\n".join(map(",".join, cells)).encode("utf-8", "replace")


SPOILERS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _bytes,
    _lines,
    _values,
    _values,
    _values,
    _shape,
)


def spoiled(name: str, number: int) -> Files:
    """Return the files of a number, the first of them spoiled."""
    chance = random.Random(f"{name} {number}")
    files = dict(chance.choice(KINDS[name].sound))
    first = next(iter(files))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        files[first] = chance.choice(SPOILERS)(chance, files[first])
    return files


@dataclass(frozen=True)
class Said:
    """What one call of the command line did, and what is wrong with that; blank where nothing is."""

    code: int
    out: str
    err: str
    seconds: float
    fault: str


class Hangs(BaseException):
    """Raised by the clock in a call that does not end."""


@contextlib.contextmanager
def clocked(seconds: float) -> Iterator[None]:
    """Raise `Hangs` in the body after so many seconds of work, or ten times as many of waiting."""

    def stop(*_: Any) -> None:
        raise Hangs

    clocks = ((signal.ITIMER_PROF, signal.SIGPROF, 1), (signal.ITIMER_REAL, signal.SIGALRM, 10))
    before = [signal.signal(number, stop) for _, number, _ in clocks]
    for clock, _, times in clocks:
        signal.setitimer(clock, times * seconds)
    try:
        yield
    finally:
        for (clock, number, _), handler in zip(clocks, before, strict=True):
            signal.setitimer(clock, 0)
            signal.signal(number, handler)


def called(*arguments: str, seconds: float = HANGS) -> Said:
    """Call the command line in this process and judge what it did."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, ["winset", *arguments]
    code, fault = 0, ""
    begun, worked = time.perf_counter(), time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), clocked(seconds):
            cli.main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except Hangs:
        fault = f"did not end within {seconds:g} s"
    except BaseException as error:  # a panic of a library in Rust is none of Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {str(error)[:200]} ({place.filename}:{place.lineno})"
    finally:
        sys.argv = before
    # the smaller of the two: others may be at work on this machine, or threads on all its cores
    taken = min(time.perf_counter() - begun, time.process_time() - worked)
    said = Said(code, out.getvalue(), err.getvalue(), taken, fault)
    return said if fault else replace(said, fault=wrong(said))


def wrong(said: Said) -> str:
    """Say what is wrong with a call that ended by itself; blank where nothing is."""
    messages = [line for line in said.err.splitlines() if line.startswith("winset: ")]
    words = [line for line in messages if not line.startswith("winset: warning: ")]
    if said.code not in (0, 2):
        return f"exit code {said.code}"
    if said.code == 2 and (len(words) != 1 or said.out):
        return f"{len(words)} messages, {len(said.out)} characters printed"
    longest = max(map(len, said.err.splitlines()), default=0)
    if "Traceback" in said.err or longest > LONGEST:
        return f"a line of {longest} characters, or a traceback"
    if found := CONTROL.search(said.out + said.err):
        return f"U+{ord(found[0]):04X} is printed"
    return f"took {said.seconds:.1f} s" if said.seconds > SLOWEST else ""


def tried(name: str, number: int, folder: Path) -> Said:
    """Write the files of a number into a folder, and call the command line with them."""
    return given(name, spoiled(name, number), folder)


def given(name: str, files: Files, folder: Path) -> Said:
    """Write files of a kind into a folder, and call the command line with them."""
    folder.mkdir()
    for file, held in files.items():
        (folder / file).write_bytes(held)
    places = {"{}": str(folder / next(iter(files)))}
    line = [places.get(part, part.replace("{folder}", str(folder))) for part in KINDS[name].line]
    said = called(*line)
    held = b" ".join(files.values()).decode("utf-8", "replace")
    if not said.fault and NO_FIGURE.search(said.out) and not NO_FIGURE.search(held.casefold()):
        return replace(said, fault="a figure that is none is printed")
    left = {path.name for path in folder.iterdir()} - set(files) - {"made"}
    if not said.fault and (left or (said.code == 2 and (folder / "made").exists())):
        return replace(said, fault=f"left behind: {sorted(left)}")
    return said
