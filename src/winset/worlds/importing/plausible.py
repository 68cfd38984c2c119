"""Whether units can be right: what economies sell abroad beside what they produce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import listed
from winset.worlds.importing.files import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array

#: Exports over GDP of all together; between these it is what economies do, few of them or many.
LEAST, MOST, USUAL = 0.0005, 1.0, 0.2


def doubts(
    codes: Sequence[str],
    trade: Array,
    gdp: Array,
    unit: str,
    gdp_unit: str | None,
    *,
    fixed: bool = False,
) -> list[str]:
    """Say where trade (n, n) and GDP (n,), USD million, cannot both be in the units that they were read in.

    With `fixed` the unit of trade is known, so that GDP's is in doubt.
    """
    known = np.isfinite(gdp)
    abroad = trade.sum(axis=1) - trade.diagonal()
    if not known.any() or not abroad[known].sum() > 0:
        return []
    ratio = float(abroad[known].sum() / gdp[known].sum())
    if LEAST <= ratio <= MOST:
        large = np.flatnonzero(abroad > 2 * np.where(known, gdp, np.inf))
        above = [f"{codes[k]} ({abroad[k] / gdp[k]:.1f})" for k in map(int, large)]
        return (
            [f"Exports are more than twice GDP: {listed(above)}. Are both figures right?"]
            if above
            else []
        )
    own = gdp_unit or "usd"
    hints = [] if fixed else [f"--unit {_nearest(ratio / UNITS[unit], 1)}"]
    hints.append(f"--gdp-unit {_nearest(ratio * UNITS[own], -1)}")
    likely = [hint for hint in hints if hint not in (f"--gdp-unit {own}", f"--unit {unit}")]
    return [
        f"Exports are {'above GDP' if ratio > 1 else 'far below GDP'}: together {ratio:.4g} times as large, "
        f"with trade in {unit} and GDP in {own}. Is a unit wrong?"
        + (f" Likely: {' or '.join(likely)}." if likely else "")
    ]


def _nearest(bare: float, power: int) -> str:
    """Return the unit with which exports over GDP come closest to what is usual."""
    return min(UNITS, key=lambda name: abs(np.log(bare * UNITS[name] ** power / USUAL)))
