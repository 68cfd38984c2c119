"""The program itself: its questions, its help, its version, its way to fail."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from winset import __version__
from winset.cli.app import QUESTIONS

if TYPE_CHECKING:
    from pathlib import Path


def test_alone_it_lists_its_questions(winset: Any) -> None:
    said = winset()
    assert said.code == 0
    for panel, asked in QUESTIONS:
        assert f"{panel}\n" in said.out
        for question, example in asked:
            assert question in said.out
            assert example in said.out


@pytest.mark.parametrize("example", [example for _, asked in QUESTIONS for _, example in asked])
def test_every_example_runs(
    winset: Any, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = winset(*shlex.split(example)[1:])
    assert said.code == 0, said.err
    assert said.out


def test_version(winset: Any) -> None:
    assert winset("--version").out == f"winset {__version__}\n"


def test_a_failure_is_one_message_and_code_2(winset: Any) -> None:
    said = winset("run", "sco-2052")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("winset: scenario 'sco-2052' is neither bundled")
    assert "Did you mean sco-2025" in said.err
    assert "Traceback" not in said.err


def test_debug_shows_the_traceback(winset: Any) -> None:
    from winset.errors import DataError

    with pytest.raises(DataError, match="neither bundled"):
        winset("run", "sco-2052", "--debug")


def test_the_same_run_prints_the_same_but_for_seconds(winset: Any) -> None:
    once, twice = (winset("run", "sco-2025", "--json").json for _ in range(2))
    for said in (once, twice):
        assert said["solver"].pop("seconds") > 0
        assert said["solver"]["residual"] <= 1e-10
        assert len(said["economies"]) == 194
    assert once == twice


def test_run_writes_its_files_whole(winset: Any, tmp_path: Path) -> None:
    said = winset("run", "sco-2025", "--out", tmp_path / "out", "--json")
    assert said.code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "economies.csv",
        "report.html",
        "result.json",
    ]
    assert (tmp_path / "out" / "economies.csv").read_text("utf-8").count("\n") == 195
