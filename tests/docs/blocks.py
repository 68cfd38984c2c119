"""The code blocks of the documents: how they run, and how their shown output is refreshed.

* ``console``: lines that begin with ``$`` are commands, what follows is their output, word for
  word; a line of only ``…`` stands for any lines, and a command without output shown may print
  what it likes. ``winset`` commands run in this process, in a folder of the document's own;
  ``make``, ``git`` and ``cd`` are for the reader's machine and only looked at.
* ``python`` runs top to bottom, one namespace per document.
* ``toml`` and ``csv`` with ``title="name"`` are written to that folder for what follows.

``python -m tests.docs.blocks`` rewrites the shown output of every document.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

REPOSITORY = Path(__file__).parents[2]
FENCE = re.compile(
    r"^```(\w+)(?: title=\"([^\"]+)\")?[ \t]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE
)
ELSEWHERE = ("make", "git", "cd", "python", "docker", "R", "curl", "pip", "pipx", "uv")
WRITTEN = ("toml", "csv", "json")
SHOWN = ("text", "html", "json", "r", "javascript", "powerquery", "powershell", "mermaid")


def documents() -> list[Path]:
    """README and every page under docs."""
    return [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """One fenced block, with the line it starts at."""

    language: str
    title: str | None
    text: str
    line: int
    span: tuple[int, int]


def blocks(text: str) -> list[Block]:
    """Every fenced block of a document."""
    found = [
        Block(m[1], m[2], m[3], text.count("\n", 0, m.start()) + 1, m.span(3))
        for m in FENCE.finditer(text)
    ]
    fences = len(re.findall(r"^```", text, re.MULTILINE))
    if fences != 2 * len(found):
        raise ValueError("a fence without a language, or not closed")
    return found


def steps(block: Block) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output shown under it."""
    found: list[tuple[str, str]] = []
    for row in block.text.splitlines():
        if row.startswith("$ "):
            found.append((row[2:], ""))
        elif found and found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1] = (found[-1][0][:-1] + row.strip(), "")
        elif found:
            command, shown = found[-1]
            found[-1] = (command, shown + row.rstrip() + "\n")
        else:
            raise ValueError(f"line {block.line}: output before any command")
    return found


def run(command: str) -> tuple[int, str]:
    """Run one winset command in this process; returns its code and what it printed."""
    from winset.cli import main

    words = shlex.split(command, comments=True)
    out = io.StringIO()
    code = 0
    with (
        mock.patch.object(sys, "argv", words),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
    text = "\n".join(row.rstrip() for row in out.getvalue().rstrip().splitlines())
    return code, text + "\n" if text else ""


def matches(shown: str, printed: str) -> bool:
    """Whether printed text is what is shown; a line ``…`` stands for any lines."""
    parts = [
        re.escape(part) for part in re.split(r"^…\n", shown.rstrip() + "\n", flags=re.MULTILINE)
    ]
    return re.fullmatch("(?:.*\n)*".join(parts), printed) is not None


def refreshed(shown: str, printed: str) -> str:
    """What to show of the output: all of it, or as many first and last lines around ``…``."""
    if not shown:
        return ""
    parts = re.split(r"^…\n", shown, flags=re.MULTILINE)
    if len(parts) == 1:
        return printed
    if len(parts) > 2:
        return "…\n".join(_piece(part, printed.splitlines()) for part in parts)
    head, tail = parts
    rows = printed.splitlines(keepends=True)
    first, last = head.count("\n"), tail.count("\n")
    return "".join([*rows[:first], "…\n", *(rows[len(rows) - last :] if last else [])])


def _piece(part: str, rows: list[str]) -> str:
    """What is printed from the line likest to the first of a piece to the end of its last sentence."""
    lines = part.splitlines()
    if not lines:
        return ""

    def likest(line: str, after: int) -> int:
        alike = [difflib.SequenceMatcher(None, line, row).ratio() for row in rows[after:]]
        return after + max(range(len(alike)), key=alike.__getitem__) if alike else after

    first = likest(lines[0], 0)
    last = first if len(lines) == 1 else likest(lines[-1], first)
    while lines[-1].endswith(".") and not rows[last].endswith(".") and last + 1 < len(rows):
        last += 1
    return "\n".join(rows[first : last + 1]) + "\n"


def execute(document: Path, folder: Path, *, write: bool = False) -> list[str]:
    """Run a document's blocks in a folder; returns what does not hold, a message each."""
    text = document.read_text(encoding="utf-8")
    problems: list[str] = []
    namespace: dict[str, object] = {}
    pieces: list[str] = []
    done = 0
    before = Path.cwd()
    os.chdir(folder)
    try:
        for block in blocks(text):
            where = f"{document.name} line {block.line}"
            if block.language == "console":
                lines = ""
                for command, shown in steps(block):
                    printed = _step(command, shown, where, problems)
                    lines += f"$ {command}\n" + refreshed(shown, printed)
                pieces += [text[done : block.span[0]], lines if write else block.text]
                done = block.span[1]
            elif block.language == "python":
                try:
                    exec(compile(block.text, where, "exec"), namespace)
                except Exception as error:
                    problems.append(f"{where}: {type(error).__name__}: {error}")
            elif block.language in WRITTEN and block.title:
                Path(block.title).parent.mkdir(parents=True, exist_ok=True)
                Path(block.title).write_text(block.text, encoding="utf-8")
            elif block.language not in SHOWN:
                problems.append(f"{where}: a block in {block.language!r} is not run by anything")
    finally:
        os.chdir(before)
    if write:
        document.write_text("".join([*pieces, text[done:]]), encoding="utf-8")
    return problems


def _step(command: str, shown: str, where: str, problems: list[str]) -> str:
    """Run one command and compare."""
    words = shlex.split(command, comments=True)
    if words[0] in ELSEWHERE:
        if words[0] == "make" and not re.search(
            rf"^{words[1]}:", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
        ):
            problems.append(f"{where}: the Makefile has no {words[1]}")
        return shown
    if words[0] != "winset":
        problems.append(f"{where}: {words[0]} is not a command that the documents may use")
        return shown
    code, printed = run(command)
    if code != 0 and not shown.startswith("winset: "):
        problems.append(f"{where}: `{command}` fails: {printed.strip()}")
    elif shown and not matches(shown, printed):
        problems.append(f"{where}: `{command}` prints\n{printed}\nbut the document shows\n{shown}")
    return printed


if __name__ == "__main__":
    chosen = [Path(name).resolve() for name in sys.argv[1:]] or documents()
    for page in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            for problem in execute(page, Path(scratch), write=True):
                print(problem.splitlines()[0])
