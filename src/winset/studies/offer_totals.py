"""What all offers together bring: by seller and buyer, and by party."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.numbers import Array
    from winset.trade.models.partial.markets import LineOutcome, Markets
    from winset.worlds.tariff_lines import TariffLines


@dataclass(frozen=True, slots=True)
class Total:
    """What all offers together bring a party, by one method; in the unit of trade."""

    method: str
    party: str
    welfare: float
    producer_surplus: float
    consumer_surplus: float
    tariff_revenue: float
    exports: float
    imports: float
    created: float
    diverted: float


@dataclass(frozen=True, slots=True)
class Sides:
    """What all offers bring sellers (N,) and buyers (V,), added up over lines; in the unit of trade."""

    producer_surplus: Array
    exports: Array
    consumer_surplus: Array
    tariff_revenue: Array
    imports: Array
    created: Array
    diverted: Array


PARTS = tuple(part.name for part in fields(Sides))
#: Which of them are of sellers; the others are of buyers.
SELLERS = ("producer_surplus", "exports")


def sides(done: LineOutcome, markets: Markets) -> Sides:
    """Add up over lines; created and diverted are of the trade whose duty falls."""
    more = done.trade - markets.value
    covered = markets.after < markets.before
    return Sides(
        done.producer_surplus.sum(axis=0),
        more.sum(axis=(0, 2)),
        done.consumer_surplus.sum(axis=0),
        done.tariff_revenue.sum(axis=0),
        more.sum(axis=(0, 1)),
        (done.created * covered).sum(axis=(0, 1)),
        (done.diverted * covered).sum(axis=(0, 1)),
    )


def total_of(method: str, party: str, parts: Mapping[str, float]) -> Total:
    """Say what a party gets, from its parts as a seller and as a buyer; what is missing is 0."""
    surplus = ("producer_surplus", "consumer_surplus", "tariff_revenue")
    return Total(
        method,
        party,
        sum(parts.get(name, 0.0) for name in surplus),
        *(parts.get(name, 0.0) for name in (*surplus, "exports", "imports", "created", "diverted")),
    )


def totals_of(
    method: str,
    done: LineOutcome,
    markets: Markets,
    lines: TariffLines,
    parties: tuple[str, ...],
) -> list[Total]:
    """Say what each party gets of all offers together."""
    found = sides(done, markets)
    made = []
    for party in parties:
        parts = {}
        for name in PARTS:
            names = lines.exporters if name in SELLERS else lines.importers
            if party in names:
                parts[name] = float(getattr(found, name)[names.index(party)])
        made.append(total_of(method, party, parts))
    return made
