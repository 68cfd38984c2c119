"""Further divisions of a game in a terminal: a table, why some are missing, and the corners of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.tables import number

if TYPE_CHECKING:
    from winset.games import FurtherPoints

COLUMNS = {
    "tau": "tau",
    "gately": "Gately",
    "modiclus": "modiclus",
    "solidarity": "solidarity",
    "per_capita": "per capita",
    "proportional_nucleolus": "proportional",
    "minimal_rights": "least right",
    "utopia": "utopia",
}
SPARE = ("solidarity", "per_capita", "proportional_nucleolus", "minimal_rights", "utopia")


def shown(more: FurtherPoints) -> list[Table | str]:
    """Return the table, and what is said beside it."""
    game, rules = more.game, [rule for rule in COLUMNS if rule in more.points]
    digits = 0 if abs(game.grand) > 1000 else 3
    table = Table("Other points of the game")
    table.names("player")
    for rule in rules:
        table.figures(COLUMNS[rule], spare=rule in SPARE)
    for k, player in enumerate(game.players):
        table.add_row(player, *(number(float(more.points[rule][k]), digits) for rule in rules))
    said: list[Table | str] = [table]
    if more.corners is not None and len(more.corners):
        count = len(more.corners)
        said.append(
            f"The core is one point ({_listed(more.corners[0], digits)})."
            if count == 1
            else f"The core has {count} corners; the first is ({_listed(more.corners[0], digits)})."
        )
    said += [f"No {COLUMNS[rule]}: {why}" for rule, why in more.refused.items() if rule in COLUMNS]
    return said


def _listed(corner: object, digits: int) -> str:
    import numpy as np

    return ", ".join(f"{float(x):,.{digits}f}" for x in np.asarray(corner))
