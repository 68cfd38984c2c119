"""Capital by a rule: equal parts, people, GDP, GDP at purchasing power, trade, and blends of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.delivery.incomes import incomes
from winset.governance.voting.design import target_shares
from winset.worlds import world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array

YEAR = 2023
WORLD = "world-2023"


def capital_shares(text: str, codes: Sequence[str]) -> Array:
    """Return the parts of capital, (n,), that a rule gives, summing to 1.

    ``equal``, ``population``, ``sqrt``, ``contribution`` (GDP of 2023 at market rates), ``ppp`` (GDP of 2023
    at purchasing power, dollars of 2021), ``trade`` (exports and imports of goods, 2023), and blends such as
    ``0.6*contribution+0.4*ppp``.

    Raises
    ------
    DataError
        An unknown rule, a factor that is not positive, an economy without the figure.
    """
    return np.asarray(target_shares(text, codes, {"ppp": _ppp(codes), "trade": _trade(codes)}))


def _ppp(codes: Sequence[str]) -> list[float | None]:
    data = incomes(YEAR)
    known = {
        code: float(whole)
        for code, whole in zip(data.codes, data.people * data.gdp, strict=True)
        if np.isfinite(whole)
    }
    return [known.get(code) for code in codes]


def _trade(codes: Sequence[str]) -> list[float | None]:
    on = world(WORLD)
    flows = on.trade.sum(axis=0)
    both = flows.sum(axis=0) + flows.sum(axis=1) - 2.0 * flows.diagonal()
    return [float(both[on.index[code]]) if code in on.index else None for code in codes]
