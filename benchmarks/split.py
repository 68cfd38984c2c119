"""The error of world-2022-sectors: known economies put into the rest of the world and split out again.

Flows are measured anew where the folder of source files is at hand (``../shared``, or the environment's
``WINSET_SHARED``), in about 90 seconds; beside them stands what the world comes with. Gains take ten
minutes: ``python -m scripts.derive_split_world FOLDER --errors``.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import numpy as np
from scripts.derive_split_world import TARGET
from scripts.splitting import leave_one_out
from scripts.splitting.report import COLUMNS, distribution, gains_table, table
from scripts.splitting.sources import read

import winset

SHOWN = (
    "exports_misallocated",
    "imports_misallocated",
    "exports_mix",
    "imports_mix",
    "openness_gap",
)


def main() -> None:
    """Print the embedded errors by class of sources, and the flows' measured anew."""
    with (TARGET / "errors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    print(distribution(rows))
    print(table(rows) + "\n" + gains_table(rows))
    shared = Path(os.environ.get("WINSET_SHARED", "../shared")) / "data"
    if not shared.is_dir():
        print(f"{shared}: no source files here, so nothing is measured anew")
        return
    begun = time.perf_counter()
    sources, base = read(shared), winset.world("icio-2022")
    anew = leave_one_out.measured(sources, base, full=False)
    plain = 100.0 * np.median(
        [leave_one_out.plainly(sources, base, row["code"]) for row in anew], axis=0
    )
    print(
        f"by bilateral totals alone: exports {plain[0]:.0f} %, imports {plain[1]:.0f} % misallocated"
    )
    for key in COLUMNS:
        print(f"anew, {key}: {100 * np.median([row[key] for row in anew]):.1f} %")
    print(f"{len(anew)} economies in {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
