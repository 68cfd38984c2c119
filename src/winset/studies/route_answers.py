"""One door to what is asked of a network: options as people write them, in percent and words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from winset import tables
from winset.errors import DataError
from winset.network import Terms
from winset.studies.changed_ways import worth
from winset.studies.network_questions import Question, asked
from winset.studies.routes import journey
from winset.studies.whole_network import view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["asked_in_percent", "days_of_sectors", "journey", "view", "worth"]


def asked_in_percent(
    network: str | Path = "eurasia",
    *,
    day: float = 1.35,
    value: str | float | None = None,
    modes: str = "",
    closed: Sequence[str] = (),
    opened_status: str = "",
    faster: float = 0.0,
    speed: float | None = None,
) -> Question:
    """Ask as `winset.studies.network_questions.asked`, with a day's value in percent and modes by comma.

    Raises
    ------
    DataError
        A figure out of its range, or as `winset.studies.network_questions.asked`.
    """
    if not 0.0 <= day <= 50.0:
        raise DataError(
            f"day {day:g}: it is what a day costs of the goods' value, 0 to 50 percent."
        )
    terms = Terms(
        day / 100.0,
        _worth(value),
        tuple(part.strip().casefold() for part in modes.split(",") if part.strip()),
    )
    return asked(
        network,
        terms=terms,
        closed=closed,
        opened_status=opened_status,
        faster=faster,
        speed=speed,
    )


def _worth(value: str | float | None) -> float | None:
    if value is None:
        return None
    if isinstance(value, str) and value.strip().casefold() == "none":
        return math.inf
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not 0.0 < found < math.inf:
        raise DataError(
            f"value {str(value)[:40]!r}: it is USD above 0, or none: time alone counts."
        )
    return found


def days_of_sectors(path: Path) -> dict[str, float]:
    """Read what a day costs by sector: a table of sector and percent; as fractions.

    Raises
    ------
    DataError
        A sector stands twice, or a figure is out of its range.
    """
    found: dict[str, float] = {}
    for number, row in tables.rows(path, ("sector", "percent"), figures=("percent",)):
        where = f"{path} row {number}"
        try:
            percent = float(row["percent"])
        except ValueError:
            percent = math.nan
        if not 0.0 <= percent <= 50.0:
            raise DataError(f"{where}: percent is {row['percent']!r}; it is from 0 to 50.")
        if row["sector"] in found:
            raise DataError(f"{where}: sector {row['sector']!r} stands twice. Keep one row.")
        found[row["sector"]] = percent / 100.0
    return found
