"""Whether a table of trade holds what economies sell at home: all of them, none, or a mistake.

One row of an exporter that is its own importer decides how every account is closed (`World.accounts`), so
a table in which only some economies have one is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array, Mask

#: Least share of its output that an economy sells at home when domestic sales are not in the data.
DOMESTIC_FLOOR = 0.05

#: Value added in output by which missing domestic sales are derived: the default of scenarios.
SHARE = 0.5


def lacking(own: Mask, codes: Sequence[str]) -> tuple[str, ...]:
    """Return the economies without domestic sales where others have some; nobody where all agree.

    `own` (n,) says who has a row for itself; a row that says zero is one.
    """
    if not own.any():
        return ()
    return tuple(code for code, known in zip(codes, own, strict=True) if not known)


def only_reading(without: Sequence[str], own: Mask, gdp: Array) -> str:
    """Return a note where a table can be read in one way only, nothing where it is ambiguous.

    Where nobody has a GDP, output is what is sold: a few economies without a row sell nothing at home.
    """
    if not without or np.isfinite(gdp).any() or 2 * len(without) >= len(own):
        return ""
    return (
        f"Neither GDP nor a row for themselves: {listed(without)}; taken to sell nothing at home."
    )


def refusal(without: Sequence[str], total: int, remedy: str) -> str:
    """Say who has no domestic sales, and what to do."""
    return (
        f"{total - len(without)} of {total} economies have a row for themselves (domestic sales), "
        f"{len(without)} have none: {listed(without)}. One such row changes how the output of every "
        f"economy is found. {remedy}"
    )


def derived(trade: Array, gdp: Array) -> tuple[Array, Mask, Mask]:
    """Fill the missing domestic sales of one sector from GDP; return trade, who was floored, and whose
    own row was too small to be what it sells at home.

    Sales, which are output, are at least value added: a row that leaves them below half of GDP is of
    something else, such as re-imports, and is replaced.

    Output is GDP over `SHARE`, domestic sales are output less exports, but at least
    `DOMESTIC_FLOOR` of output. `trade` is (1, n, n), `gdp` (n,), positive where it is needed.
    """
    result = trade.copy()
    flows = result[0]
    own = flows.diagonal().copy()
    exports = flows.sum(axis=1) - own
    least = exports * DOMESTIC_FLOOR / (1.0 - DOMESTIC_FLOOR)
    wanted = gdp / SHARE - exports
    small = (own > 0) & (own + exports < 0.5 * gdp)
    missing = (own <= 0) | small
    np.fill_diagonal(flows, np.where(missing, np.maximum(wanted, least), own))
    return result, missing & (wanted < least), small
