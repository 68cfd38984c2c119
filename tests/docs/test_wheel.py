"""On an installed wheel, no make: the tutorial (code page 1251, 80 columns, output piped) and unit tests."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import zipfile
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.docs.blocks import blocks, steps
from tests.docs.wheel import REPOSITORY, installed

TUTORIAL = REPOSITORY / "docs" / "tutorial.md"
#: What reads, checks, solves, decides and prints, as far as it is quick.
UNIT_TESTS = (
    "blocs", "cli_agree", "display", "groups", "scenario", "solver", "tables", "titles", "toml_files", "vote",
)  # fmt: skip


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of an environment with the wheel lie."""
    return installed(tmp_path_factory.mktemp("wheel") / "environment")


def call(programs: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    russian = {"PYTHONIOENCODING": "cp1251", "COLUMNS": "80"}
    return subprocess.run(
        [programs / words[0], *words[1:]],
        cwd=folder,
        env=mine | russian,
        capture_output=True,
        check=False,
        timeout=300,
    )


def said_in_order(shown: str, printed: str) -> bool:
    """Whether the pieces of a shown output, between lines of …, are printed in order, however folded."""
    at, whole = 0, " ".join(printed.split())
    for piece in re.split(r"^…\n", shown, flags=re.MULTILINE):
        wanted = " ".join(piece.split())
        at = whole.find(wanted, at)
        if at < 0:
            return False
        at += len(wanted)
    return True


def test_the_tutorial(programs: Path, tmp_path: Path) -> None:
    commands = 0
    for block in blocks(TUTORIAL.read_text(encoding="utf-8")):
        if block.title:
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            done = call(programs, tmp_path, "python", "-c", block.text)
            assert done.returncode == 0, done.stderr.decode()
        elif block.language == "console":
            for command, shown in steps(block):
                if not command.startswith("winset "):
                    continue
                commands += 1
                done = call(programs, tmp_path, *shlex.split(command))
                out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
                assert "Traceback" not in err
                assert done.returncode == (2 if shown.startswith("winset: ") else 0), err
                assert said_in_order(shown, out + err), (command, out)
                if "--json" in command:
                    assert out.isascii()
                else:
                    assert all(cell_len(line) <= 80 for line in out.splitlines())
    assert commands >= 8


def test_what_a_wheel_holds_is_enough_for_every_kind_of_output(
    programs: Path, tmp_path: Path
) -> None:
    for words in (
        ("winset", "run", "sco-2025", "--top", "3", "--out", "a.xlsx"),
        ("winset", "vote", "eu-council", "--out", "b.csv", "--csv", "semicolon"),
        ("winset", "agree", "SCO", "--years", "2019", "--report", "c.html"),
        ("winset", "bloc", "SCO", "--json"),
        ("winset", "world", "show", "icio-2022"),
        ("winset", "deal", "silk-road-example", "--chart", "d.svg"),
    ):
        done = call(programs, tmp_path, *words)
        assert done.returncode == 0, done.stderr.decode()
    assert {path.name for path in tmp_path.iterdir()} == {"a.xlsx", "b.csv", "c.html", "d.svg"}


def test_unit_tests_pass_on_the_wheel(programs: Path) -> None:
    alone = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
    files = [f"tests/unit/test_{name}.py" for name in UNIT_TESTS]
    done = subprocess.run(
        [programs / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        cwd=REPOSITORY,
        env=alone,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_wheel_has_all_that_git_has_of_the_package(programs: Path) -> None:
    (wheel,) = (programs.parent / "dist").glob("winset-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        held = set(packed.namelist())
    source = REPOSITORY / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "winset").rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.suffix not in (".nbi", ".nbc")
    }
    assert wanted <= held
