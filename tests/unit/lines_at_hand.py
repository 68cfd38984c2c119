"""Small markets and files of tariff lines for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.trade.models.partial.markets import Markets

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array

HEADER = "hs6,exporter,importer,value,applied,mfn,bound"
#: Two parties and the rest; China's duties on India and the other way.
ROWS = (
    "010121,IND,CHN,10,0.1,0.1,0.2",
    "010121,ROW,CHN,90,0.1,0.1,0.2",
    "520100,IND,CHN,200,0.4,0.4,0.4",
    "520100,ROW,CHN,800,0.4,0.4,0.4",
    "850440,CHN,IND,300,0.2,0.2,0.25",
    "850440,ROW,IND,100,0.2,0.2,0.25",
    "870323,CHN,IND,50,0.6,0.6,0.6",
    "870323,ROW,IND,150,0.6,0.6,0.6",
)


def written(folder: Path, rows: tuple[str, ...] = ROWS, header: str = HEADER) -> Path:
    """A file of lines."""
    path = folder / "lines.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


def markets(
    lines: int = 4,
    exporters: int = 5,
    importers: int = 3,
    *,
    seed: int = 1,
    cut: float = 0.5,
    supply: float | None = None,
    mfn: bool = False,
) -> Markets:
    """Random markets whose first two exporters get a cut; with `mfn` all met one duty before."""
    rng = np.random.default_rng(seed)
    value = rng.lognormal(0.0, 1.5, (lines, exporters, importers))
    value[rng.random(value.shape) < 0.2] = 0.0
    shape = (lines, 1 if mfn else exporters, importers)
    before = np.broadcast_to(1.0 + 0.4 * rng.random(shape), value.shape).copy()
    after = before.copy()
    after[:, :2] = 1.0 + (1.0 - cut) * (before[:, :2] - 1.0)
    elastic: Array = (
        rng.uniform(0.5, 4.0, (lines, exporters))
        if supply is None
        else np.full((lines, exporters), supply)
    )
    return Markets(
        value,
        before,
        after,
        -rng.uniform(0.5, 2.0, (lines, importers)),
        elastic,
        rng.uniform(1.5, 9.0, (lines, importers)),
    )
