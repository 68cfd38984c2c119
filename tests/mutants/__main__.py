"""``python -m tests.mutants [ROOM ...]``: change one thing at a time and see whether a test fails.

Plain code is mutated by cosmic-ray's operators, a seeded sample of positions per room; compiled kernels
by the lists in ROOM.toml here (``[[mutant]]`` with file, before, after, why; ``before`` occurs once).
``rooms.toml`` says which files make a room and which tests guard it; ``survivors.toml`` holds mutants
that no test can tell from the original, with the reason. A room below `ENOUGH` ends with code 1.

The tree is copied first; nothing here touches the working tree. Outcomes are kept in out/mutants, one
line each, so that a run that was ended goes on where source and tests are still the same.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import importlib
import json
import math
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import NoReturn

from tests.mutants import order

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
ENOUGH = 0.85
LEFT_OUT = (
    "NoOp",
    "Variable",
    "RemoveDecorator",
    "ExceptionReplacer",
)  # operators of little meaning
OURS = ("winset", "tests")  # what a child loads from its own copy
LOADED = "loaded.txt"
PATIENCE = 2.0  # times the processor's seconds that the original takes, and half a minute, then it is killed
WAIT = (
    10.0  # times as long on the clock, for tests that wait; a machine may be busy with other things
)


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    file: str
    line: int
    before: str
    after: str
    text: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.before.strip()[:100]} → {self.after.strip()[:100]}"


def main() -> None:
    """Run the rooms named on the line, or all."""
    rooms = tomllib.loads((HERE / "rooms.toml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(rooms))
    parser.add_argument("--sample", type=int, default=60, help="positions of plain code per room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--by-hand", action="store_true", help="only the lists made by hand")
    asked = parser.parse_args()
    wanted = asked.rooms or list(rooms)
    if unknown := sorted(set(wanted) - set(rooms)):
        sys.exit(f"no room {', '.join(unknown)}; there are {', '.join(rooms)}")
    good = True
    for name in wanted:
        mutants = by_hand(name)
        if not asked.by_hand:
            mutants += sampled(rooms[name]["files"], asked.sample, asked.seed)
        good &= examine(name, mutants, rooms[name]["tests"], asked.jobs, Outcomes(name))
    sys.exit(0 if good else 1)


def by_hand(room: str) -> list[Mutant]:
    """Read the list of a room."""
    path = HERE / f"{room}.toml"
    if not path.exists():
        return []
    result = []
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", []):
        source = (REPOSITORY / entry["file"]).read_text(encoding="utf-8")
        if (count := source.count(entry["before"])) != 1:
            sys.exit(f"{path.name}: {entry['before']!r} stands {count} times in {entry['file']}")
        line = source[: source.index(entry["before"])].count("\n") + 1
        text = source.replace(entry["before"], entry["after"])
        result.append(
            Mutant(entry["file"], line, entry["before"], entry["after"], text, entry["why"])
        )
    return result


def sampled(patterns: list[str], size: int, seed: int) -> list[Mutant]:
    """Draw positions of plain code, one operator for each."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast_from_path
    from cosmic_ray.mutating import mutate_code

    found: dict[tuple[str, tuple[int, int]], list[tuple[object, int]]] = {}
    for path in sorted({p for pattern in patterns for p in REPOSITORY.glob(pattern)}):
        source = path.read_text(encoding="utf-8")
        skipped = not_plain(source)
        tree = get_ast_from_path(path)
        for name in plugins.operator_names():
            if any(word in name for word in LEFT_OUT):
                continue
            kind = plugins.get_operator(name)
            if kind.arguments():
                continue
            operator = kind()
            occurrence = 0
            for node in ast_nodes(tree):
                for start, _ in operator.mutation_positions(node):
                    if not any(a <= start < b for a, b in skipped):
                        place = (str(path.relative_to(REPOSITORY)), start)
                        found.setdefault(place, []).append((operator, occurrence))
                    occurrence += 1
    draw = random.Random(seed)
    places = sorted(found)
    draw.shuffle(places)
    result: list[Mutant] = []
    for file, start in places:
        if len(result) == size:
            break
        source = (REPOSITORY / file).read_text(encoding="utf-8")
        operator, occurrence = draw.choice(found[file, start])
        text = mutate_code(source, operator, occurrence)
        if text is None or text == source or not compiles(text):
            continue
        before, after = source.splitlines(), text.splitlines()
        line = next(k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
        result.append(Mutant(file, line + 1, before[line], after[line], text))
    return result


def compiles(text: str) -> bool:
    """Whether it is Python at all."""
    try:
        compile(text, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def not_plain(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Ranges of annotations, decorators, imports for type checkers, and compiled kernels."""
    ranges = []

    def add(node: ast.AST) -> None:
        ranges.append(
            ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]
        )

    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign) or (
            isinstance(node, ast.arg) and node.annotation is not None
        ):
            add(node.annotation)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            add(node)
        elif isinstance(node, ast.FunctionDef):
            if node.returns is not None:
                add(node.returns)
            if any("jit" in ast.unparse(d) for d in node.decorator_list):
                add(node)
        for decorator in getattr(node, "decorator_list", []):
            add(decorator)
    return ranges


class Outcomes:
    """What is known of mutants from earlier runs on the same source and tests."""

    def __init__(self, room: str) -> None:
        self.path = REPOSITORY / "out" / "mutants" / f"{room}.jsonl"
        digest = hashlib.sha256()
        for path in sorted(p for part in ("src", "tests") for p in (REPOSITORY / part).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(path.relative_to(REPOSITORY).as_posix().encode() + path.read_bytes())
        self.state = digest.hexdigest()[:16]
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        self.known = {
            one["mutant"]: bool(one["killed"])
            for one in map(json.loads, lines)
            if one["state"] == self.state
        }

    @staticmethod
    def name(mutant: Mutant) -> str:
        return f"{mutant} {hashlib.sha256(mutant.text.encode()).hexdigest()[:12]}"

    def add(self, mutant: Mutant, killed: bool) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = {"state": self.state, "mutant": self.name(mutant), "killed": killed}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def examine(
    room: str, mutants: list[Mutant], tests: list[str], jobs: int, record: Outcomes
) -> bool:
    """Run the tests of a room on every mutant; print the outcome, return whether it is enough."""
    known = {
        (e["file"], e["before"], e["after"]): e["why"]
        for e in tomllib.loads((HERE / "survivors.toml").read_text(encoding="utf-8")).get(
            "mutant", []
        )
    }
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(jobs):
            copies.put(copy(Path(folder) / str(number)))
        first = copies.get()
        begun, used = time.monotonic(), processor()
        if not passes(first, tests, None):
            sys.exit(f"{room}: the tests fail on the original")
        seconds, used = time.monotonic() - begun, processor() - used
        print(
            f"{room}: {len(mutants)} mutants, {seconds:.0f} s of tests on the original", flush=True
        )
        limit = PATIENCE * used + 30.0, WAIT * seconds + 30.0
        copies.put(first)

        def killed(mutant: Mutant) -> bool:
            before = record.known.get(record.name(mutant))
            if before is not None:
                return before
            tree = copies.get()
            try:
                with changed(tree, mutant):
                    dead = not passes(tree, tests, limit, mutant)
            finally:
                copies.put(tree)
            record.add(mutant, dead)
            return dead

        with ThreadPoolExecutor(jobs) as pool:
            outcomes = []
            for mutant, dead in zip(mutants, pool.map(killed, mutants), strict=True):
                outcomes.append(dead)
                if not dead:
                    why = known.get((mutant.file, mutant.before.strip(), mutant.after.strip()), "")
                    print(f"  lives: {mutant}{f'  ({why})' if why else ''}", flush=True)
    rate = sum(outcomes) / len(outcomes) if outcomes else 1.0
    print(f"{room}: {sum(outcomes)} of {len(outcomes)} killed, {rate:.0%}", flush=True)
    return rate >= ENOUGH


def copy(target: Path) -> Path:
    """Copy source and tests, with the kernels compiled for them."""
    for name in ("src", "tests", "docs", "benchmarks", "scripts"):
        shutil.copytree(REPOSITORY / name, target / name, ignore=shutil.ignore_patterns("*.pyc"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md", "mkdocs.yml", "Makefile"):
        shutil.copy2(REPOSITORY / name, target / name)
    shared = REPOSITORY.parent / "shared"
    if shared.exists():
        (target.parent / "shared").unlink(missing_ok=True)
        (target.parent / "shared").symlink_to(shared)
    return target


class changed:  # noqa: N801 - reads as a word: with changed(tree, mutant): …
    """A file of a copy as the mutant has it; afterwards as it was, to the date, with its kernels."""

    def __init__(self, tree: Path, mutant: Mutant) -> None:
        self.path = tree / mutant.file
        self.text = mutant.text

    def _compiled(self) -> list[Path]:
        return list((self.path.parent / "__pycache__").glob(f"{self.path.stem}.*"))

    def __enter__(self) -> None:
        self.was, self.stat = self.path.read_bytes(), self.path.stat()
        self.kernels = {path: path.read_bytes() for path in self._compiled()}
        self.path.write_text(self.text, encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        self.path.write_bytes(self.was)
        os.utime(self.path, ns=(self.stat.st_atime_ns, self.stat.st_mtime_ns))
        for path in self._compiled():
            path.unlink()
        for path, content in self.kernels.items():
            path.write_bytes(content)


def processor() -> float:
    """Seconds of the processor that ended children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def passes(
    tree: Path,
    tests: list[str],
    limit: tuple[float, float] | None,
    mutant: Mutant | None = None,
) -> bool:
    """Run tests in a copy, stopping at the first failure; what takes too long has failed.

    In a child of this process that has the libraries loaded already, which is most of the time.
    """
    said = tree / "said.txt"
    child = os.fork()
    if child == 0:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit[0]), math.ceil(limit[0])))
        run(tree, tests, said, mutant)
    end = math.inf if limit is None else time.monotonic() + limit[1]
    while (done := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.02)
    if limit is None:
        if done[1]:
            print(said.read_text(encoding="utf-8", errors="replace")[-3000:])
        for name in (tree / LOADED).read_text(encoding="utf-8").split():
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    return done[1] == 0


def run(tree: Path, tests: list[str], said: Path, mutant: Mutant | None) -> NoReturn:
    """Be the child: run pytest in the copy, note which libraries that loaded, and end."""
    code = 1
    try:
        os.setsid()
        os.chdir(tree)
        with said.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        os.environ |= {
            "PYTHONPATH": str(tree / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",  # of processes that tests start
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the tests of rooms need none
            "HYPOTHESIS_STORAGE_DIRECTORY": str(tree / ".hypothesis"),
        }
        # What the original leaves compiled serves all mutants, but for the file that is changed.
        sys.dont_write_bytecode = mutant is not None
        for name in [n for n in sys.modules if n.partition(".")[0] in OURS]:
            del sys.modules[name]
        sys.path[:0] = [str(tree / "src"), str(tree)]
        import pytest

        plugin: order.Recorder | order.First = order.Recorder(tree)
        if mutant is not None:
            plugin = order.First(tree, mutant.file, mutant.line, mutant.text)
            tests = plugin.concerned(tests)
        options = ["-x", "-q", "-p", "no:cacheprovider", *tests]
        code = int(pytest.main(options, plugins=[plugin]))
        names = [n for n in sys.modules if n.partition(".")[0] not in (*OURS, "__main__")]
        (tree / LOADED).write_text("\n".join(names), encoding="utf-8")
        sys.stdout.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
