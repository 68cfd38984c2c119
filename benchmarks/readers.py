"""Reading inter-country tables of full size: time, peak memory and the size of the file.

Made-up figures in the layouts of OECD's extended table (77 economies with China and Mexico in parts,
45 sectors) and of EORA26 (189 economies, 26 sectors); each is imported by the command line in a process
of its own, so that the peak is its alone.

The limit is what the table itself takes as an array of doubles: memory is a multiple of that.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.unit import layouts

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def codes(count: int) -> list[str]:
    """Made-up codes of three letters."""
    triples = itertools.product(LETTERS, repeat=3)
    return ["X" + "".join(t[1:]) for t in itertools.islice(triples, count)]


def oecd(folder: Path) -> Path:
    """A table of 3,645 sellers and 77 consuming economies in six final uses."""
    consuming = [*codes(75), "CHN", "MEX"]
    sellers = [*consuming, "CN1", "CN2", "MX1", "MX2"]
    table = layouts.balanced(sellers, [f"S{k:02d}" for k in range(45)], kinds=6, drawn=0.02)
    whole = np.array([min(k, 76) for k in range(81)])
    whole[77:] = [75, 75, 76, 76]
    final = np.zeros((len(table.use), 77, 6))
    for k, to in enumerate(whole):
        final[:, to] += table.final[:, k]
    return layouts.icio(replace(table, final=final), folder / "2020.csv", final_codes=(*consuming,))


def eora(folder: Path) -> Path:
    """A folder of 4,915 lines and 190 final users in six final uses."""
    table = layouts.balanced(codes(189), [f"Sector {k}" for k in range(26)], kinds=6, drawn=0.02)
    return layouts.eora(table, folder / "Eora26_2017_bp", rest=0.001)


def main() -> None:
    """Print seconds and gigabytes of both."""
    for name, make in (("OECD ICIO extended", oecd), ("EORA26", eora)):
        with tempfile.TemporaryDirectory() as place:
            path = make(Path(place))
            files = [path] if path.is_file() else [*path.iterdir()]
            size = sum(p.stat().st_size for p in files)
            command = ["world", "import", "--table", str(path), "--out", str(Path(place) / "w")]
            begun = time.perf_counter()
            done = subprocess.Popen(
                [sys.executable, "-m", "winset.cli", *command], stdout=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(done.pid, 0)
            seconds = time.perf_counter() - begun
            if status:
                sys.exit(f"{name}: the import failed")
            peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            print(f"{name}: {size / 1e6:,.0f} MB, {seconds:.1f} s, peak {peak / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
