"""What ties economies beside distance: a language, a colonial past; and whether a passport needs a visa."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset.tables import embedded_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array, Mask

FOLDER = Path(__file__).parents[1] / "data" / "people"
TIES = ("comlang_off", "comlang_ethno", "colony", "comcol", "col45")

#: What must be had before the journey; on arrival, by registration or not at all are no such visas.
BEFORE = frozenset(("visa required", "e-visa", "no admission"))


@lru_cache(maxsize=1)
def _ties() -> dict[str, frozenset[tuple[str, str]]]:
    rows = embedded_rows(FOLDER / "ties.csv.gz")
    return {
        tie: frozenset((row["first"], row["second"]) for row in rows if row[tie] == "1")
        for tie in TIES
    }


def tied(codes: Sequence[str], tie: str) -> Array:
    """Return 1 where two economies have a tie of `TIES` (CEPII GeoDist), (n, n), zero on the diagonal.

    >>> tied(["IND", "GBR", "KAZ"], "colony")[0].tolist()
    [0.0, 1.0, 0.0]
    """
    known = _ties()[tie]
    return np.array(
        [[float((min(a, b), max(a, b)) in known) for b in codes] for a in codes]
    ).reshape(len(codes), len(codes))


@lru_cache(maxsize=1)
def requirements() -> dict[tuple[str, str], str]:
    """Return what the holder of a passport needs for a short visit, by passport and destination.

    ``visa required``, ``e-visa``, ``visa on arrival``, ``eta``, ``visa free``, ``no admission`` or a
    number of days; January 2025.

    >>> requirements()["UZB", "RUS"], requirements()["IND", "CHN"]
    ('90', 'visa required')
    """
    return {
        (row["passport"], row["destination"]): row["requirement"]
        for row in embedded_rows(FOLDER / "visas.csv.gz")
    }


def visas(codes: Sequence[str]) -> Mask:
    """Return where a passport (row) needs a visa before the journey to a destination (column), (n, n)."""
    known = requirements()
    return np.array([[known.get((a, b), "") in BEFORE for b in codes] for a in codes], dtype=bool)
