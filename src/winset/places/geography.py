"""How far economies lie from each other, and which of them share a land border or a region."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset.places.economies import economies
from winset.tables import embedded_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array


FOLDER = Path(__file__).parents[1] / "data" / "geography"

#: Mean radius of the Earth, km (IUGG).
EARTH = 6371.0088


@lru_cache(maxsize=1)
def points() -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of every economy, in degrees.

    >>> points()["KAZ"]
    (48.0, 68.0)
    """
    return {
        row["code"]: (float(row["latitude"]), float(row["longitude"]))
        for row in embedded_rows(FOLDER / "points.csv")
    }


@lru_cache(maxsize=1)
def borders() -> frozenset[tuple[str, str]]:
    """Return the pairs with a common land border, each in alphabetical order."""
    rows = embedded_rows(FOLDER / "borders.csv")
    return frozenset((row["code"], row["neighbor"]) for row in rows)


def distances(codes: Sequence[str]) -> Array:
    r"""Return great-circle distances in km, (n, n), zero on the diagonal.

    ``d = 2 R arcsin √(sin²(Δφ/2) + cos φ cos φ' sin²(Δλ/2))``, the haversine formula (Sinnott
    1984), between one point per economy; R = 6371.0088 km.

    >>> round(float(distances(["FRA", "DEU"])[0, 1]))
    758

    Raises
    ------
    KeyError
        A code without a point: ask `points` first.
    """
    latitude, longitude = np.radians([points()[code] for code in codes]).T
    half = np.sin(np.subtract.outer(latitude, latitude) / 2.0) ** 2
    turn = np.sin(np.subtract.outer(longitude, longitude) / 2.0) ** 2
    half += np.outer(np.cos(latitude), np.cos(latitude)) * turn
    return np.asarray(2.0 * EARTH * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def contiguity(codes: Sequence[str]) -> Array:
    """Return 1 where two economies share a land border, (n, n), zero on the diagonal."""
    known = borders()
    return np.array(
        [[float((min(a, b), max(a, b)) in known) for b in codes] for a in codes]
    ).reshape(len(codes), len(codes))


def same_region(codes: Sequence[str], *, sub: bool = False) -> Array:
    """Return 1 where two economies lie in one region (or subregion), (n, n), zero on the diagonal.

    Regions are those of the table of economies: Africa, Americas, Asia, Europe, Oceania.
    """
    about = economies()
    label = np.array(
        [(about[c].subregion if sub else about[c].region) if c in about else "" for c in codes]
    )
    same = (label[:, None] == label[None, :]) & (label[:, None] != "")
    np.fill_diagonal(same, False)
    return np.asarray(same, dtype=np.float64)
