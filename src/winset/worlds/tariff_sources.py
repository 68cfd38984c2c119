"""What each tariff rests on: the column ``source`` of tariffs.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import did_you_mean
from winset.worlds.schema import TARIFF_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

#: What a tariff rests on, by its number in `World.tariff_source`; nothing is said of number 0.
TARIFF_SOURCES = ("", "measured", "importer-mean", "agreement")


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
        said = row["source"].strip()
        if said not in TARIFF_SOURCES:
            known = TARIFF_SOURCES[1:]
            problems.add(
                where,
                f"source is {said!r}.{did_you_mean(said, known)} It is {', '.join(known)} or blank.",
            )
            continue
        pair = index[row["exporter"]], index[row["importer"]]
        kind = TARIFF_SOURCES.index(said)
        if sector := row.get("sector", ""):
            own.append((numbers[sector], *pair, kind))
        else:
            result[(slice(None), *pair)] = kind
    for j, i, k, kind in own:
        result[j, i, k] = kind
    return result
