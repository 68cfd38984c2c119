"""Every command in every terminal and pipe: UTF-8 on any code page, no figure cut at 60, 80, 120 columns."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from tests.unit.test_file_options import TABLES

from winset import display
from winset.cli import main
from winset.cli.app import QUESTIONS

CODE_PAGES = ("cp1251", "cp866", "cp1252", "gbk", "ascii")
WIDTHS = (60, 80, 120)

FILES = {
    "draft.txt": "Ten gigawatts of sun by 2030\n",
    "points.csv": "p,L\n0.2,0.06\n0.4,0.18\n0.6,0.35\n0.8,0.58\n1,1\n",
}
COMMANDS = (
    "",
    "--version",
    "run sco-2025",
    "run sco-2025 --draws 20",
    "run sco-2025 --sweep percent=-20:0:3",
    "run nafta --top 3",
    "run liberation-day --top 3",
    "share sco-2025 --players EAEU",
    "stable sco-2025 --players EAEU --outsiders MNG,UZB",
    "join sco-2025 --players EAEU --candidates MNG,UZB",
    "match EAEU --on 2025-09-01",
    "war icio-2022 --balanced",
    "war caliendo-parro-1993 --players USA,MEX --cooperate --transfers --points 2 --top 3",
    "union SCO --world icio-2022 --mfn --set on=2025-09-01",
    "union CHN,KAZ --keep 3 --harmless --set on=2025-09-01",
    "vote",
    "vote eu-council",
    "vote sco --members SCO --on 2025-09-01 --list 3",
    "vote population --members SCO --quota 55% --accession MNG --on 2025-09-01",
    "vote population --members EAEU --design sqrt --on 2025-09-01",
    "agree SCO --years 2019",
    "agree SCO --years 2017-2019 --by-year --against EU",
    "treaty SCO --on 2025-09-01",
    "even SCO",
    "track APEC",
    "gap sco-2025",
    "backtest eu-2004 --placebos 2",
    "deal silk-road-example",
    "deal sco-summit-2025",
    "offer china-india",
    "depend KAZ --partners 1 --on 2025-09-01",
    "carbon tables",
    "club free-trade-example --club KAZ,RUS",
    "people CHN,KAZ --of students --on 2025-09-01",
    "people russia-scholarships --draws 9",
    "people labor-agreement",
    "route Tashkent Karachi --alternatives 2",
    "route a b --network net",
    "bank two-islands --draws 20",
    "bank --capital proposals --members SCO --on 2025-09-01",
    "common security-center --members KAZ,KGZ",
    "common digital-corridor --members KAZ,KGZ,RUS",
    "track SCO",
    "gap --lorenz points.csv --mean 12 --line 6.85",
    "effect panel.csv",
    "summit short.toml",
    "summit short.toml --check draft.txt",
    "bloc --on 2025-09-01",
    "bloc SCO+ --on 2025-09-01",
    "bloc --rank gdp --on 2025-09-01",
    'bloc --claim "SCO largest population" --on 2025-09-01',
    "world",
    "world show",
    "world show icio-2022",
)
REFUSALS = (
    "run sco-2052",
    "run сценарий.toml",
    "run sco-2025 --set percent=много",
    "share",
    "vote сила",
    "agree SCO --years 1492",
    "deal нет",
    "bloc Шос",
    "match Шос",
    "union Шос",
    "war мир",
    "world check мир",
    "stable нет",
    "join нет --candidates MNG",
    "--нет",
    "нет",
    "run",
)
HELP = ("--help", *(f"{name} --help" for name in (
    "run report share stable join match war union vote agree treaty even deal bloc serve world"
).split()), "world import --help", "world show --help", "world check --help")  # fmt: skip


def printed(
    command: str, monkeypatch: pytest.MonkeyPatch, *, encoding: str, columns: int
) -> tuple[int, str, str]:
    """Run a command on a code page; its exit code, and both streams read as UTF-8."""
    out, err = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr(sys, "argv", ["winset", *shlex.split(command)])
    monkeypatch.setenv("COLUMNS", str(columns))
    code: Any = 0
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding, errors="strict"))
        patch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding=encoding, errors="strict"))
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        sys.stdout.flush()
        sys.stderr.flush()
        return code, out.getvalue().decode("utf-8"), err.getvalue().decode("utf-8")


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> list[display.Table]:
    """The tables that were shown."""
    seen: list[display.Table] = []
    lines = display.Table._lines

    def spied(table: display.Table, width: int) -> Any:
        seen.append(table)
        return lines(table, width)

    monkeypatch.setattr(display.Table, "_lines", spied)
    return seen


def uncut(table: display.Table, width: int) -> None:
    """Hold that a table fits and has every figure of its needed columns whole, and says what it lacks."""
    lines = table.plain(width)
    assert all(cell_len(line) <= width for line in lines), lines
    text = "\n".join(lines)
    flat = " ".join(text.split())
    missing = flat.partition("Left out at this width: ")[2]
    for column in table.columns:
        if column.figure and not (column.spare and column.heading in missing):
            for cell in column.cells:
                assert not cell or re.search(rf"(^|\s){re.escape(cell)}(\s|$)", flat), cell


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_at_every_width(
    command: str,
    tables: list[display.Table],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {**TABLES, **FILES}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, out, err = printed(command, monkeypatch, encoding="ascii", columns=60)
    assert code == 0, err
    assert out
    assert "Traceback" not in err
    assert not re.search("[┃│┏─╇]|\x1b", out)
    for line in out.splitlines():
        assert cell_len(line) <= 60, line
    for table in list({id(table): table for table in tables}.values()):
        for width in WIDTHS:
            uncut(table, width)


QUICK = (
    "run sco-2025 --set among=EAEU --top 2",
    "vote",
    "vote eu-council",
    "deal silk-road-example",
    "bloc SCO+ --on 2025-09-01",
    'bloc --claim "SCO largest population" --on 2025-09-01',
    "world show",
)


@pytest.mark.parametrize("command", QUICK)
def test_what_is_quick_says_the_same_on_every_code_page(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = printed(command, monkeypatch, encoding="utf-8", columns=80)
    assert wanted[0] == 0
    assert wanted[1]
    for encoding in CODE_PAGES:
        said = printed(command, monkeypatch, encoding=encoding, columns=80)
        assert said == wanted, encoding


@pytest.mark.parametrize("encoding", CODE_PAGES)
@pytest.mark.parametrize("command", [*HELP, *REFUSALS])
def test_help_and_refusals_on_every_code_page(
    command: str, encoding: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = printed(command, monkeypatch, encoding=encoding, columns=80)
    assert code == (0 if "--help" in command else 2)
    assert bool(out) == (code == 0)
    assert bool(err) == (code == 2)
    assert "Traceback" not in err
    for line in out.splitlines():
        assert cell_len(line) <= 80, line


JSON = (
    "run sco-2025 --set among=SCO",
    "share sco-2025 --players EAEU",
    "vote eu-council",
    "agree SCO --years 2019",
    "deal silk-road-example",
    "bloc SCO --on 2025-09-01",
    "world show",
)


@pytest.mark.parametrize("command", JSON)
def test_json_is_plain_ascii(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, out, _ = printed(f"{command} --json", monkeypatch, encoding="gbk", columns=60)
    assert out.isascii()


ENVIRONMENTS = (
    *({"PYTHONIOENCODING": page} for page in ("cp1251", "cp866", "cp1252", "gbk")),
    {"LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_a_process_of_its_own_writes_utf8(environment: dict[str, str], tmp_path: Path) -> None:
    scenario = tmp_path / "коридор.toml"
    scenario.write_text(
        'title = "Коридор: дешевле на 5 %"\n[[change]]\nkind = "trade-cost"\namong = "EAEU"\n'
        "percent = -5\n",
        encoding="utf-8",
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHONIO", "LC_", "LANG"))}

    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "winset.cli", *arguments],
            env=clean | environment | {"COLUMNS": "80"},
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )

    done = run("run", "коридор.toml", "--top", "2")
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode("utf-8")
    assert "Коридор: дешевле на 5 %" in said
    assert "β" not in done.stderr.decode("utf-8")
    refused = run("run", "нет.toml")
    assert refused.returncode == 2
    named = "PYTHONUTF8" not in environment  # there a name is bytes, written with backslashes
    assert ("нет.toml" in refused.stderr.decode("utf-8")) == named
    assert b"Traceback" not in refused.stderr


@pytest.mark.parametrize("command", ["bloc", "world show", "vote", "deal silk-road-example"])
def test_a_reader_that_leaves_is_no_failure(command: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "winset.cli", *command.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_a_pipe_without_columns_is_120_wide_and_a_path_is_never_broken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, winset: Any
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    long = tmp_path / ("folder of a name that goes on and on " * 3).strip()
    long.mkdir()
    said = winset("deal", "silk-road-example", "--report", long / "deal.html")
    assert f"Written: {long / 'deal.html'}" in said.out.splitlines()
    widest = max(cell_len(line) for line in said.out.splitlines() if "Written" not in line)
    assert 80 < widest <= 120


def test_alone_it_stacks_questions_where_they_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    _, wide, _ = printed("", monkeypatch, encoding="utf-8", columns=160)
    _, narrow, _ = printed("", monkeypatch, encoding="utf-8", columns=80)
    for _, asked in QUESTIONS:
        for question, example in asked:
            assert re.search(rf"{re.escape(question)} +{re.escape(example)}\n", wide)
            assert f"  {question}\n    {example}\n" in narrow
    _, narrowest, _ = printed("", monkeypatch, encoding="utf-8", columns=60)
    assert (
        "  Where does trade fit, and where is it below what it could\n  be?\n    winset"
        in narrowest
    )
