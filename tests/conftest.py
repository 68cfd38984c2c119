"""What several kinds of tests share."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests.shared import SHARED

# xdist gives its workers a terminal of 80 columns, which nobody asked for.
os.environ.pop("COLUMNS", None)
os.environ.pop("LINES", None)

# Every run draws the same examples; the slowest machine must not turn time into failure.
settings.register_profile(
    "winset", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("winset")


#: Files that take longest, which begin first when files are spread over processes: none is left to the end.
LONG = (
    "unit/test_fault_matrix.py", "web/test_hostile_server.py", "properties/test_fuzzed_files.py",
    "docs/test_documents.py", "browser/test_address.py", "web/test_questions.py", "browser/test_rooms.py",
    "browser/test_page_sturdy.py", "browser/test_page.py", "browser/test_jobs_of_rooms.py",
    "docs/test_wheel.py", "web/test_answers.py", "unit/test_terminal.py", "unit/test_brief.py",
    "unit/test_sheets.py", "published/test_idealpoints.py", "web/test_jobs.py", "properties/test_lattice.py",
    "properties/test_dialects.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first, the others as they were found."""
    root = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        file = item.path.relative_to(root).as_posix() if item.path.is_relative_to(root) else ""
        return LONG.index(file) if file in LONG else len(LONG)

    items.sort(key=place)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of source data, beside the repository where there is one."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data, which is not here")
    return folder


@dataclass
class Said:
    """What one call of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object printed."""
        return json.loads(self.out)


@pytest.fixture
def winset(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call the command line in this process: ``winset("run", "sco-2025", "--json").json``."""
    from winset.cli import main

    def call(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["winset", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return call
