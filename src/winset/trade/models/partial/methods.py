"""The three methods by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.errors import DataError, did_you_mean
from winset.trade.models.partial.exact import exact
from winset.trade.models.partial.gsim import gsim
from winset.trade.models.partial.markets import joined
from winset.trade.models.partial.smart import smart

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.trade.models.partial.markets import LineOutcome, Markets

METHODS: dict[str, Callable[[Markets], LineOutcome]] = {
    "exact": exact,
    "gsim": gsim,
    "smart": smart,
}


def solve(markets: Markets, method: str) -> LineOutcome:
    """Solve all lines by a method, piece by piece so that working memory is bounded.

    Raises
    ------
    DataError
        A method that there is not.
    ConvergenceError
        A line that the exact method does not solve.
    """
    known = METHODS.get(method)
    if known is None:
        raise DataError(
            f"--method {method[:80]}: unknown.{did_you_mean(method, METHODS)} "
            f"Known: {', '.join(METHODS)}."
        )
    return joined([known(piece) for _, piece in markets.pieces()])
