"""The table of `winset effect`, and what can be said of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from winset.display import Table, signed
from winset.gravity.panel import LEVEL

if TYPE_CHECKING:
    from winset.gravity.panel import Effect


def table(done: Effect) -> Table:
    """Return the slopes with errors and intervals, and trade's change in percent."""
    made = Table("What moved trade")
    made.names("regressor")
    made.figures("estimate", "std. error", "95 % interval", "percent")
    found = done.estimated
    for name, b, s in zip(done.names, found.slopes, found.errors, strict=True):
        low, high = b - LEVEL * s, b + LEVEL * s
        percent = signed(100.0 * math.expm1(b), 1) if abs(b) < 5 else "–"
        made.add_row(name, f"{b:.4f}", f"{s:.4f}", f"{low:.3f} – {high:.3f}", percent)
    return made


def sentences(done: Effect) -> tuple[str, ...]:
    """Say which slopes the data cannot tell from zero, and which they cannot estimate."""
    found = done.estimated
    unclear = [
        name
        for name, b, s in zip(done.names, found.slopes, found.errors, strict=True)
        if abs(b) < LEVEL * s
    ]
    said = []
    if unclear:
        said.append(f"The data cannot tell from none: {', '.join(unclear)}.")
    if done.left_out:
        said.append(f"Left out, as the absorbed effects explain them: {', '.join(done.left_out)}.")
    if any("lead" in name for name in done.names):
        said.append(
            "A lead asks whether trade had risen before the agreement: one that differs from none says "
            "that the agreement followed trade, and its own estimate then is no effect."
        )
    return tuple(said)


def footer(done: Effect) -> str:
    """Return what the figures rest on."""
    absorbed = ", ".join(done.effects) or "none but a constant"
    dropped = done.rows - len(done.estimated.rows)
    return (
        f"{done.estimator}; absorbed: {absorbed}; n = {len(done.estimated.rows):,} of {done.rows:,} rows "
        f"({dropped:,} in groups without trade); errors clustered by {done.clusters} "
        f"({done.estimated.clusters:,}); years {', '.join(map(str, done.years))}"
    )
