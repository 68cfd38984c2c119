"""The error of world-2022-sectors: known economies put into the rest of the world and split out again.

Flows are measured anew where the folder of source files is at hand (``../shared/data``, or the environment's
``WINSET_SHARED``), in about 90 seconds; beside them stands what the world comes with. Gains take ten
minutes: ``python -m scripts.derive_split_world FOLDER --errors``.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import numpy as np
from scripts.derive_split_world import TARGET, by_class, distribution, gain_errors, percentiles
from scripts.splitting import leave_one_out
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
    print("by sources: economies; " + ", ".join(SHOWN) + " in percent, median (10th to 90th)")
    for name, inside in by_class(rows).items():
        spans = [percentiles(inside, key) for key in SHOWN]
        said = ", ".join(f"{mid:.0f} ({low:.0f} to {high:.0f})" for low, mid, high in spans)
        print(f"{name}: {len(inside)}; {said}")
    gains = gain_errors([row for row in rows if row["own"] == "1"])
    print("gains, 80 % within, percent:", {name: round(value) for name, value in gains.items()})
    shared = Path(os.environ.get("WINSET_SHARED", "../shared/data"))
    if not shared.is_dir():
        print(f"{shared}: no source files here, so nothing is measured anew")
        return
    begun = time.perf_counter()
    anew = leave_one_out.measured(read(shared), winset.world("icio-2022"), full=False)
    for key in SHOWN:
        print(f"anew, {key}: {100 * np.median([row[key] for row in anew]):.1f} %")
    print(f"{len(anew)} economies in {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
