"""What the three methods start from, and what each of them returns.

A market is one tariff line: goods told apart by origin, bought by importers, each of whom has a demand for
all origins together. Lines do not touch each other, so that they are solved as one batch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winset.numbers import Array

#: Cells (line × exporter × importer) of one piece: about 200 MB of working memory.
PIECE = 2_000_000


@dataclass(frozen=True, slots=True)
class Markets:
    """L lines, N exporters, V importers.

    Attributes
    ----------
    value : (L, N, V)
        Trade at world prices, in any one unit; rows export.
    before, after : (L, N, V)
        Tariff factors 1 + t.
    demand : (L, V)
        Elasticity E_m of the importer's demand for all origins together, negative.
    supply : (L, N)
        Elasticity E_x of the exporter's supply, above 0; infinite where the world price is given.
    substitution : (L, V)
        Elasticity E_s between origins, above 0.

    Raises
    ------
    DataError
        An elasticity of the wrong sign, a negative value, a factor that is not above 0, a shape that
        does not fit.
    """

    value: Array
    before: Array
    after: Array
    demand: Array
    supply: Array
    substitution: Array

    def __post_init__(self) -> None:
        lines, exporters, importers = self.value.shape
        shapes = {
            "before": (lines, exporters, importers),
            "after": (lines, exporters, importers),
            "demand": (lines, importers),
            "supply": (lines, exporters),
            "substitution": (lines, importers),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise DataError(
                    f"{name} has the shape {getattr(self, name).shape}, trade {self.value.shape}; "
                    f"{name} must be {shape}."
                )
        rules = (
            ("value", "finite and not below 0", np.isfinite(self.value) & (self.value >= 0)),
            ("before", "a factor 1 + t above 0", np.isfinite(self.before) & (self.before > 0)),
            ("after", "a factor 1 + t above 0", np.isfinite(self.after) & (self.after > 0)),
            ("demand", "finite and below 0", np.isfinite(self.demand) & (self.demand < 0)),
            ("supply", "above 0 (infinite for given world prices)", self.supply > 0),
            (
                "substitution",
                "finite and above 0",
                np.isfinite(self.substitution) & (self.substitution > 0),
            ),
        )
        for name, rule, kept in rules:
            if not kept.all():
                place = tuple(int(k) for k in np.argwhere(~kept)[0])
                figure = float(getattr(self, name)[place])
                raise DataError(f"{name} is {figure:g} at {place}; it must be {rule}.")

    @property
    def change(self) -> Array:
        """T = (1 + t′)/(1 + t) − 1, (L, N, V)."""
        return self.after / self.before - 1.0

    @property
    def bought(self) -> Array:
        """Imports at domestic prices, (L, V)."""
        return np.asarray(np.einsum("lnv,lnv->lv", self.value, self.before))

    @property
    def sold(self) -> Array:
        """Exports at world prices, (L, N)."""
        return np.asarray(self.value.sum(axis=2))

    def import_shares(self) -> Array:
        """θ: share of an origin in an importer's purchases at domestic prices; 0 where nothing is bought."""
        total = self.bought[:, None, :]
        return np.divide(
            self.value * self.before, total, out=np.zeros_like(self.value), where=total > 0
        )

    def export_shares(self) -> Array:
        """φ: share of a destination in an exporter's sales at world prices; 0 where nothing is sold."""
        total = self.sold[:, :, None]
        return np.divide(self.value, total, out=np.zeros_like(self.value), where=total > 0)

    def lines(self, which: slice | Array) -> Markets:
        """Return some of the lines."""
        return Markets(
            self.value[which],
            self.before[which],
            self.after[which],
            self.demand[which],
            self.supply[which],
            self.substitution[which],
        )

    def with_after(self, after: Array) -> Markets:
        """Return the same markets with another change of tariffs."""
        return replace(self, after=after)

    def pieces(self, cells: int = PIECE) -> Iterator[tuple[slice, Markets]]:
        """Cut the lines so that a piece has at most `cells` cells, and at least one line."""
        lines, exporters, importers = self.value.shape
        step = max(1, cells // max(1, exporters * importers))
        for start in range(0, lines, step):
            which = slice(start, min(start + step, lines))
            yield which, self.lines(which)


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What a change of tariffs does; all changes, in the unit of trade or as fractions.

    Attributes
    ----------
    world_price : (L, N)
        Change of the exporter's price, a fraction.
    composite_price : (L, V)
        Change of the importer's price of all origins together, a fraction.
    trade : (L, N, V)
        Trade afterwards, at world prices.
    created, diverted : (L, N, V)
        Parts of the change of quantities at old world prices: what is bought because all origins together
        are cheaper or dearer, and what is bought here rather than elsewhere.
    producer_surplus : (L, N)
    consumer_surplus, tariff_revenue : (L, V)
    """

    world_price: Array
    composite_price: Array
    trade: Array
    created: Array
    diverted: Array
    producer_surplus: Array
    consumer_surplus: Array
    tariff_revenue: Array

    def welfare(self, exporters: tuple[str, ...], importers: tuple[str, ...]) -> dict[str, Array]:
        """Return the welfare of each economy by line: what it gains as seller, buyer and treasury."""
        total = {code: np.array(self.producer_surplus[:, i]) for i, code in enumerate(exporters)}
        for v, code in enumerate(importers):
            bought = self.consumer_surplus[:, v] + self.tariff_revenue[:, v]
            total[code] = total.get(code, 0.0) + bought
        return total


def revenue_change(markets: Markets, trade: Array) -> Array:
    """Return Σ_i M′t′ − Σ_i M t by line and importer, (L, V)."""
    after = np.einsum("lnv,lnv->lv", trade, markets.after - 1.0)
    return np.asarray(after - np.einsum("lnv,lnv->lv", markets.value, markets.before - 1.0))


def joined(pieces: list[LineOutcome]) -> LineOutcome:
    """Put the pieces of a batch together."""
    if len(pieces) == 1:
        return pieces[0]
    return LineOutcome(
        *(
            np.concatenate([getattr(piece, name) for piece in pieces])
            for name in LineOutcome.__dataclass_fields__
        )
    )
