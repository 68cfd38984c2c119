"""Estimate the embedded ideal points from the embedded roll calls (about 20 s on two cores).

    python scripts/estimate_ideal_points.py

Writes ``src/winset/data/unvotes/ideal_points.csv.gz``. Run it after ``derive_unvotes.py``, and
whenever the model changes. There is no randomness, hence no seed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from derive_unvotes import TARGET, write_gzip
from winset.governance.rollcalls.ideal_points import estimate
from winset.governance.rollcalls.records import un_roll_calls


def main(target: Path = TARGET) -> None:
    """Estimate and write, one row per member and year with votes."""
    points = estimate(un_roll_calls())
    member, year = np.nonzero(np.isfinite(points.position[:, :, 0]))
    rows: list[list[object]] = [
        [
            int(points.years[t]),
            points.members[i],
            f"{points.position[i, t, 0]:.4f}",
            f"{points.standard_error[i, t, 0]:.4f}",
        ]
        for t, i in sorted(zip(year, member, strict=True))
    ]
    write_gzip(
        target / "ideal_points.csv.gz", ["year", "code", "ideal_point", "standard_error"], rows
    )
    print(f"{len(rows)} ideal points after {points.sweeps} sweeps")


if __name__ == "__main__":
    main()
