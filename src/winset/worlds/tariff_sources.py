"""What each tariff rests on: the column ``source`` of tariffs.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import did_you_mean
from winset.worlds.schema import TARIFF_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

#: What a tariff rests on, by its number in `World.tariff_source`; nothing is said of number 0.
TARIFF_SOURCES = ("", "measured", "importer-mean", "agreement")


#: What each of them is, in words.
MEANING = {
    "measured": "measured by sector",
    "importer-mean": "the importer's mean",
    "agreement": "an agreement in force",
    "not said": "nothing that is said",
}


def said(shares: Mapping[str, float]) -> str:
    """Say what the tariffs of how much trade rest on.

    >>> said({"measured": 0.648, "importer-mean": 0.063, "agreement": 0.289})
    'measured by sector 64.8 % of trade, an agreement in force 28.9 %, the importer\'s mean 6.3 %'
    """
    ordered = sorted(shares.items(), key=lambda pair: -pair[1])
    parts = [f"{MEANING[source]} {100 * share:.1f} %" for source, share in ordered]
    return ", ".join([parts[0] + " of trade", *parts[1:]])


def read(
    folder: Path, index: dict[str, int], sectors: list[str], problems: tables.Problems
) -> NDArray[np.int8] | None:
    """Read the column of tariffs that are sound, (J, n, n); None without it.

    A row without a sector counts for every sector that has no row of its own.
    """
    path = tables.find(folder, "tariffs.csv")
    if path is None or "source" not in tables.header(path):
        return None
    result = np.zeros((len(sectors), len(index), len(index)), dtype=np.int8)
    numbers = {sector: j for j, sector in enumerate(sectors)}
    own: list[tuple[int, int, int, int]] = []
    for where, row in tables.checked_rows(
        folder, "tariffs.csv", TARIFF_COLUMNS, problems, ("rate", "mfn")
    ):
        told = row["source"].strip()
        if told not in TARIFF_SOURCES:
            known = TARIFF_SOURCES[1:]
            problems.add(
                where,
                f"source is {told!r}.{did_you_mean(told, known)} It is {', '.join(known)} or blank.",
            )
            continue
        pair = index[row["exporter"]], index[row["importer"]]
        kind = TARIFF_SOURCES.index(told)
        if sector := row.get("sector", ""):
            own.append((numbers[sector], *pair, kind))
        else:
            result[(slice(None), *pair)] = kind
    for j, i, k, kind in own:
        result[j, i, k] = kind
    return result
