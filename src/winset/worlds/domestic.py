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

    from winset.numbers import Array

#: Least share of its output that an economy sells at home when domestic sales are not in the data.
DOMESTIC_FLOOR = 0.05

#: Value added in output by which missing domestic sales are derived: the default of scenarios.
SHARE = 0.5


def lacking(trade: Array, codes: Sequence[str]) -> tuple[str, ...]:
    """Return the economies without domestic sales where others have some; nobody where all agree.

    `trade` is (J, n, n), rows exporting.
    """
    own = trade.diagonal(axis1=1, axis2=2).sum(axis=0) > 0
    if not own.any() or own.all():
        return ()
    return tuple(code for code, known in zip(codes, own, strict=True) if not known)


def known(trade: Array) -> bool:
    """Tell whether a table has domestic sales; `lacking` says whether it has them of all."""
    return bool(trade.diagonal(axis1=1, axis2=2).any())


def refusal(without: Sequence[str], total: int, remedy: str) -> str:
    """Say who has no domestic sales, and what to do."""
    return (
        f"{total - len(without)} of {total} economies have a row for themselves (domestic sales), "
        f"{len(without)} have none: {listed(without)}. One such row changes how the output of every "
        f"economy is found. {remedy}"
    )


def derived(trade: Array, gdp: Array) -> tuple[Array, Array]:
    """Fill the missing domestic sales of one sector from GDP; return trade and who was floored.

    Output is GDP over `SHARE`, domestic sales are output less exports, but at least
    `DOMESTIC_FLOOR` of output. `trade` is (1, n, n), `gdp` (n,), positive where it is needed.
    """
    result = trade.copy()
    flows = result[0]
    own = flows.diagonal().copy()
    exports = flows.sum(axis=1) - own
    least = exports * DOMESTIC_FLOOR / (1.0 - DOMESTIC_FLOOR)
    wanted = gdp / SHARE - exports
    missing = own <= 0
    np.fill_diagonal(flows, np.where(missing, np.maximum(wanted, least), own))
    return result, missing & (wanted < least)
