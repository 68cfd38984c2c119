"""Names of chapters of the Harmonized System, for tables that people read."""

from __future__ import annotations

from functools import lru_cache

from winset.tables import embedded_rows
from winset.worlds.line_elasticities import FOLDER

MOST = 40  # characters


@lru_cache(maxsize=1)
def chapters() -> dict[str, str]:
    """Return names by chapter."""
    return {row["chapter"]: row["name"] for row in embedded_rows(FOLDER / "chapters.csv")}


def line_name(code: str) -> str:
    """Return what a line is, as far as its chapter tells.

    >>> line_name("010121")
    'Live animals'
    """
    name = chapters().get(code[:2], "")
    return name if len(name) <= MOST else name[: MOST - 1].rstrip(" ,;") + "…"
