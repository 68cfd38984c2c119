"""Trade as it is added up from a file: by sector and pair."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.worlds.importing.baci import ProductTrade

GOODS = "goods"  # the sector of trade that is not split


@dataclass
class Flows:
    """Sums by sector, exporter and importer, USD million; what is to be noted of them."""

    cells: dict[tuple[str, str, str], float] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    unit: str = "million-usd"  # in which the file was
    products: ProductTrade | None = None  # where rates by product are to be weighted

    def add(
        self,
        exporter: Iterable[str],
        importer: Iterable[str],
        value: Iterable[float],
        sector: str = GOODS,
    ) -> None:
        """Add flows to what there is."""
        for i, n, x in zip(exporter, importer, value, strict=True):
            key = (sector, i, n)
            self.cells[key] = self.cells.get(key, 0.0) + float(x)
