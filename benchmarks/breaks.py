"""Size and power of the test for a break of trend at a pledge, by simulation."""

from __future__ import annotations

import numpy as np

from winset.delivery.pace import trend_break
from winset.delivery.series import Line

RUNS = 1000


def share_found(years: int, after: int, change: float, rho: float, seed: int) -> float:
    """Share of made-up lines in which a break of `change` error deviations a year is found."""
    rng = np.random.default_rng(seed)
    t = np.arange(2000.0, 2000.0 + years)
    pledge = t[-after - 1]
    found = 0
    for _ in range(RUNS):
        noise = rng.standard_normal(years)
        for k in range(1, years):
            noise[k] = rho * noise[k - 1] + np.sqrt(1 - rho**2) * noise[k]
        y = 50.0 + 0.5 * (t - t[0]) + change * np.maximum(t - pledge, 0.0) + noise
        done = trend_break(Line("A", "x", t, y), pledge, 0.0, up=True)
        found += done is not None and done.found
    return found / RUNS


def main() -> None:
    """Print the share found without a break (size, wanted 5 percent) and with one (power)."""
    print(f"{RUNS} lines each; change in standard deviations of the error a year")
    print("years  after  autocorrelation  no break  0.25   0.5    1.0")
    for years, after in ((15, 5), (25, 8)):
        for rho in (0.0, 0.5):
            cells = [share_found(years, after, c, rho, 7) for c in (0.0, 0.25, 0.5, 1.0)]
            print(
                f"{years:5d}  {after:5d}  {rho:15.1f}  {cells[0]:8.1%}  "
                + "  ".join(f"{c:.0%}".rjust(5) for c in cells[1:])
            )


if __name__ == "__main__":
    main()
