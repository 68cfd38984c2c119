"""Count how many trend arrows of the Sustainable Development Report 2019 a plain rule gives.

    python -m scripts.check_sdg_arrows FOLDER

The rule: scores of the first value from 2010 on (t0) and of the last (t1); pace (s1 - s0)/(t1 - t0) over the
pace needed to be at the green threshold in 2030: 1 or more is up, half or more is moderate, 0 or more is
stagnating, below is decreasing; at the threshold already: up, unless the pace is below -0.2 a year. The
report's annex tells more of its exceptions than is at hand.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

from winset.delivery.sdg_index import BEST, WORST

FIRST, GOAL_YEAR, KEPT = 2010, 2030, -0.2


def main() -> None:
    """Print the count."""
    folder = Path(sys.argv[1])

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    bounds = {r["Code"]: tuple(float(r[c]) for c in (BEST, WORST, "greenthr")) for r in rows("codebook.csv")
              if r["greenthr"]}  # fmt: skip
    lines: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for row in sorted(rows("series_2000_2019.csv"), key=lambda r: r["year"]):
        for name in bounds:
            if row.get(name):
                lines[row["id"], name].append((int(row["year"]), float(row[name])))
    agree = total = 0
    for row in rows("scores_A_to_L.csv"):
        line = lines.get((row["iso3"], row["code"]), [])
        if not row["trend"] or row["trend"] == "." or len(line) < 2:
            continue
        best, worst, green = bounds[row["code"]]

        def score(x: float, best: float = best, worst: float = worst) -> float:
            return 100.0 * min(max((x - worst) / (best - worst), 0.0), 1.0)

        first = next((k for k, (t, _) in enumerate(line) if t >= FIRST), 0)
        first = min(first, len(line) - 2)
        (t0, x0), (t1, x1) = line[first], line[-1]
        pace, goal = (score(x1) - score(x0)) / (t1 - t0), score(green)
        needed = (goal - score(x0)) / (GOAL_YEAR - t0)
        if score(x1) >= goal - 1e-9:
            arrow = "↑" if pace >= KEPT else "↓"
        elif needed <= 0:
            arrow = "↑" if pace >= 0 else "↓"
        else:
            share = pace / needed
            arrow = "↑" if share >= 1 else "➚" if share >= 0.5 else "→" if share >= 0 else "↓"
        total += 1
        agree += arrow == row["trend"]
    print(f"{agree:,} of {total:,} arrows agree ({agree / total:.1%}).")


if __name__ == "__main__":
    main()
