"""Which test runs which function: tests that a mutant concerns come first, others are left out."""

from __future__ import annotations

import ast
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TOUCHED = "touched.json"


class Recorder:
    """A pytest plugin: notes for each test how long it takes and which functions of src it calls."""

    def __init__(self, tree: Path) -> None:
        self.source, self.tree = str(tree / "src"), tree
        self.found: dict[str, tuple[float, list[str]]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Watch one test with its fixtures."""
        seen: set[Any] = set()

        def watch(frame: Any, event: str, _: Any) -> None:
            if event == "call":
                seen.add(frame.f_code)

        begun = time.perf_counter()
        sys.setprofile(watch)
        threading.setprofile(watch)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)  # type: ignore[arg-type]
            called = {
                f"{Path(code.co_filename).relative_to(self.tree)}:{code.co_firstlineno}"
                for code in seen
                if code.co_filename.startswith(self.source)
            }
            self.found[item.nodeid] = (time.perf_counter() - begun, sorted(called))

    def pytest_sessionfinish(self) -> None:
        """Write what was seen."""
        (self.tree.parent / TOUCHED).write_text(json.dumps(self.found), encoding="utf-8")


class First:
    """A pytest plugin: the tests that a change concerns come first, the quickest of them first."""

    def __init__(self, tree: Path, file: str, line: int, text: str) -> None:
        self.tree = tree
        self.touched = json.loads((tree.parent / TOUCHED).read_text(encoding="utf-8"))
        self.here, self.near, self.stem = enclosing(file, line, text), f"{file}:", Path(file).stem
        self.reading: dict[str, bool] = {}

    def _distance(self, name: str) -> int:
        """0 for a test that calls the function, 1 for one that calls another of its file, else 2.

        Calls of what is compiled are not seen: a file of tests that names the changed file counts as 1.
        """
        called = self.touched.get(name, (0.0, ()))[1]
        if self.here in called:
            return 0
        file = name.partition("::")[0]
        if file not in self.reading:
            text = (self.tree / file).read_text(encoding="utf-8")
            self.reading[file] = re.search(rf"\b{self.stem}\b", text) is not None
        near = self.reading[file] or any(place.startswith(self.near) for place in called)
        return 1 if near else 2

    def concerned(self, tests: list[str]) -> list[str]:
        """Leave out the files without a test that calls anything of the changed file.

        All stay where no test calls the function: it runs when it is imported, or once for many tests.
        """
        distance = {name: self._distance(name) for name in self.touched}
        if 0 not in distance.values():
            return tests
        reached = {name.partition("::")[0] for name, away in distance.items() if away < 2}
        return [n for n in tests if n.startswith("-") or n.partition("::")[0] in reached]

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Put those first that call the function, then those that call another of its file."""

        def key(item: Any) -> tuple[int, float]:
            away = self._distance(item.nodeid)
            seconds = self.touched.get(item.nodeid, (0.0, ()))[0]
            return (away, seconds if away < 2 else 0.0)

        items.sort(key=key)


def enclosing(file: str, line: int, source: str) -> str:
    """Return ``file:line`` of the function around a line, ``file:`` outside of all."""
    found = 0
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            begin = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if node.lineno <= line <= (node.end_lineno or line) and begin > found:
                found = begin
    return f"{file}:{found or ''}"
