"""``python -m benchmarks [NAME ...] [--OPTION ...]``: measure and print, with the machine that measured.

Every module here with a ``main`` is a benchmark; nothing else should run beside it. What follows the names
from the first ``--`` on is read by the benchmarks.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys
from pathlib import Path

import numpy as np

import benchmarks


def machine() -> str:
    """One line on where the figures come from."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [row for row in info.read_text().splitlines() if row.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def main() -> None:
    """Run the benchmarks named on the line, or all."""
    known = sorted(
        m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name != "__main__"
    )
    words = sys.argv[1:]
    options = next((k for k, word in enumerate(words) if word.startswith("--")), len(words))
    wanted = words[:options] or known
    if unknown := sorted(set(wanted) - set(known)):
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    print(machine())
    for name in wanted:
        print(f"\n== {name}")
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
