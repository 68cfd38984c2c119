"""Names of the places of the embedded network in other languages, for maps and tables that people read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from winset.tables import embedded_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED = ("ru", "zh")  # languages beside English
FILE = Path(__file__).parents[1] / "data" / "eurasia" / "names.csv"


@lru_cache(maxsize=2)
def node_names(language: str) -> Mapping[str, str]:
    """Return name by id of a node in ``ru`` or ``zh``; nodes.csv has the English ones.

    >>> node_names("ru")["zamynuud"], node_names("zh")["tashkent"]
    ('Замын-Ууд', '塔什干')
    """
    return {row["id"]: row[language] for row in embedded_rows(FILE)}
