"""The same scenario where the trade that the source of 2023 lacks is filled in: does what is claimed hold?

`world-2023-free` keeps the blanks of its source, since published tables rest on it; `world-2023` fills them
(`docs/data.md`). The change is solved on the trade of the second without its tariffs, as the first has none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError
from winset.studies.deficit_rules import OtherRule, compare
from winset.trade.solver import solve_shock
from winset.worlds import WITH_TARIFFS, WITHOUT_TARIFFS
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from winset.trade.result import TradeResult


def with_blanks_filled(result: TradeResult) -> OtherRule | None:
    """Solve what a scenario changed with the blanks filled in; None in a world that has none of them.

    Tariffs that were asked for stay at the rates found.
    """
    own = result.world
    if own.name != WITHOUT_TARIFFS or own.sha256 != load_world(WITHOUT_TARIFFS).sha256:
        return None
    filled = load_world(WITH_TARIFFS)
    free = replace(filled, tariff=np.zeros_like(filled.tariff), mfn=None, tariff_source=None)
    try:
        other = solve_shock(free, result.scenario, result.shock)
    except (ConvergenceError, DataError) as error:
        return OtherRule((), None, refused=str(error))
    return compare((), result, other)
