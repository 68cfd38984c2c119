"""Ten thousand spoiled files and fifty thousand tables in every dialect: what becomes of them, counted.

The files are those of ``tests/properties/fuzzing.py``: scenarios, changes, rules, deals, games, blocs,
worlds and tables to import, each given to the command line. The tables are those of
``tests/properties/test_dialects.py``, read back to the last digit or refused.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.properties.fuzzing import KINDS, tried
from tests.shared import REPOSITORY

FILES = 10_000
TABLES = 50_000


def main() -> None:
    """Print the counts of both."""
    _files(FILES)
    _tables(TABLES)


def _files(count: int) -> None:
    every: Counter[str] = Counter()
    for name in KINDS:
        said: Counter[str] = Counter()
        slowest, begun = 0.0, time.perf_counter()
        with tempfile.TemporaryDirectory() as place:
            for k in range(-(-count // len(KINDS))):
                folder = Path(place) / "files"
                done = tried(name, k, folder)
                shutil.rmtree(folder)
                slowest = max(slowest, done.seconds)
                said["faults" if done.fault else {0: "read", 2: "refused"}[done.code]] += 1
                if done.fault:
                    print(f"  {name} {k}: {done.fault}")
        every += said
        print(
            f"{name:12} {said['read']:5} read, {said['refused']:5} refused, {said['faults']} faults; slowest "
            f"{slowest:.1f} s, {time.perf_counter() - begun:.0f} s in all"
        )
    print(
        f"{every.total():,} files: {every['read']:,} read, {every['refused']:,} refused, "
        f"{every['faults']} faults"
    )


def _tables(count: int) -> None:
    begun = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "tests/properties/test_dialects.py",
            "--hypothesis-show-statistics",
        ],
        cwd=REPOSITORY,
        env=os.environ | {"WINSET_EXAMPLES": str(count)},
        capture_output=True,
        text=True,
        check=False,
    )
    counts = re.findall(r"(\d+) passing(?: examples)?, (\d+) failing", done.stdout)
    if not counts:
        raise SystemExit(f"hypothesis counted nothing that is read here:\n{done.stdout[-3_000:]}")
    passed, failed = (sum(int(pair[k]) for pair in counts) for k in (0, 1))
    print(
        f"{passed:,} tables read back to the last digit or refused, {failed} otherwise, in "
        f"{time.perf_counter() - begun:.0f} s"
    )
    if done.returncode:
        print(done.stdout[-3_000:])


if __name__ == "__main__":
    main()
