"""Cells of a world folder's tables: positions in a cube and values, read at once where nothing is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST_SECTORS = 5_000  # in a file that is read fast


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a (sector, exporter, importer) cube: positions and values."""

    exporter: NDArray[np.intp]
    importer: NDArray[np.intp]
    sector: NDArray[np.intp]
    value: NDArray[np.float64]

    def renumbered(self, positions: list[int]) -> Cells:
        return replace(self, sector=np.array(positions, dtype=np.intp)[self.sector])

    def cube(self, shape: tuple[int, int, int]) -> NDArray[np.float64]:
        cube = np.zeros(shape)
        every = self.sector < 0
        cube[:, self.exporter[every], self.importer[every]] = self.value[every]
        cube[self.sector[~every], self.exporter[~every], self.importer[~every]] = self.value[~every]
        return cube


def cells_of(found: dict[tuple[int, int, int], float]) -> Cells:
    keys = np.array(list(found), dtype=np.intp).reshape(-1, 3)
    values = np.array(list(found.values()), dtype=np.float64)
    return Cells(keys[:, 0], keys[:, 1], keys[:, 2], values)


def fast_cells(
    folder: Path,
    name: str,
    value: str,
    index: dict[str, int],
    numbers: dict[str, int],
    *,
    least: float,
    blank: str,
) -> tuple[Cells, dict[str, int]] | None:
    """Read a file without a mistake at once; None where the rows must be gone through singly.

    `numbers` gains the sectors that it lacks.
    """
    if (path := tables.find(folder, name)) is None:
        return None
    pieces: list[Cells] = []
    most, count = len(index) ** 2, 0
    try:
        for block in tables.blocks(path, ("exporter", "importer", value), figures=(value,)):
            data = block.columns
            named = [
                text.strip() or blank for text in data.get("sector", [blank] * len(data[value]))
            ]
            for sector in dict.fromkeys(named):
                numbers.setdefault(sector, len(numbers))
            pieces.append(
                Cells(
                    np.array([index[code] for code in data["exporter"]], dtype=np.intp),
                    np.array([index[code] for code in data["importer"]], dtype=np.intp),
                    np.array([numbers[sector] for sector in named], dtype=np.intp),
                    np.array(list(map(float, data[value]))),
                )
            )
            count += len(named)
            if count > most * len(numbers) or len(numbers) > MOST_SECTORS:
                return None  # some cell is given twice, or the sectors are none
    except (DataError, KeyError, ValueError):
        return None
    if not pieces:
        return None
    cells = Cells(
        *(
            np.concatenate([getattr(piece, part) for piece in pieces])
            for part in ("exporter", "importer", "sector", "value")
        )
    )
    values = cells.value
    keys = ((cells.sector + 1) * len(index) + cells.exporter) * len(index) + cells.importer
    low = values < 0 if least == 0 else values <= least
    keys.sort()
    twice = bool((keys[1:] == keys[:-1]).any())
    if not np.isfinite(values).all() or low.any() or twice:
        return None
    return cells, numbers
