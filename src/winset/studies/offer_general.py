"""The same offers in general equilibrium: duties of lines become duties of sectors, by three means."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, listed
from winset.scenario.reading import parse
from winset.sentences import Listing, Sentence
from winset.trade import solve
from winset.trade.models.partial.aggregate import (
    free_trade_weights,
    price_rate,
    trade_weighted,
    welfare_rate,
)
from winset.trade.numerics.blas import one_thread
from winset.worlds import world as load_world
from winset.worlds.line_elasticities import line_sectors

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.studies.offers import Negotiation
    from winset.worlds import World

#: Means of duties: weighted by trade; at which the lines cost as much; at which they cost as much welfare.
INDICES = ("mean", "price", "welfare")
WITHIN = 4.0  # elasticity of substitution between lines of a sector
DEMAND = -1.25


@dataclass(frozen=True, slots=True)
class SectorDuty:
    """Duties of one importer on one exporter in one sector, before and after, by each mean."""

    sector: str
    exporter: str
    importer: str
    lines: int
    trade: float
    mean_before: float
    mean_after: float
    price_before: float
    price_after: float
    welfare_before: float
    welfare_after: float


@dataclass(frozen=True, slots=True)
class Run:
    """What a party gains in general equilibrium, by the mean that its duties were made with; USD million."""

    index: str
    party: str
    welfare_musd: float
    welfare_percent: float
    revenue_musd: float
    exports_musd: float
    imports_musd: float


@dataclass(frozen=True, slots=True)
class General:
    """The offers of a negotiation taken through a world."""

    world: World
    duties: tuple[SectorDuty, ...]
    runs: tuple[Run, ...]
    without_sector: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the general equilibrium rests on."""
        said = [
            Sentence(
                "General equilibrium: the relative fall of each sector's duty is laid on world {world}, "
                "whose trade and duties are its own; wages, incomes and inputs answer. Lines of a sector "
                "substitute with elasticity {elasticity}.",
                world=self.world.name,
                elasticity=f"{WITHIN:g}",
            )
        ]
        if self.without_sector:
            said.append(
                Sentence(
                    "Without a sector and left out there: {lines}.",
                    lines=Listing(self.without_sector),
                )
            )
        return tuple(said)

    def to_json(self) -> dict[str, Any]:
        """Return the object under ``general_equilibrium``."""
        return {
            "on_world": self.world.name,
            "substitution_within": WITHIN,
            "runs": [asdict(run) for run in self.runs],
            "duties": [asdict(duty) for duty in self.duties],
            "without_sector": list(self.without_sector),
        }


def through(done: Negotiation, name: str = "icio-2022") -> General:
    """Lay all offers on a world with sectors, once by each mean of duties, and solve it.

    The duty of sector, exporter and importer becomes (1 + t)(1 + u′)/(1 + u) − 1, t that of the world, u
    and u′ the lines' mean before and after.

    Raises
    ------
    DataError
        A world without the sectors that lines belong to, or without a party.
    """
    world = load_world(name)
    missing = [party for party in done.parties if party not in world.index]
    if missing:
        raise DataError(f"--world {name}: {listed(missing)} is not in it. Choose another world.")
    duties, without = _duties(done, world)
    runs = []
    for index in INDICES:
        changes = []
        for duty in duties:
            before, after = getattr(duty, f"{index}_before"), getattr(duty, f"{index}_after")
            if abs(after - before) < 1e-12:
                continue
            own = float(
                world.tariff[
                    world.sectors.index(duty.sector),
                    world.index[duty.exporter],
                    world.index[duty.importer],
                ]
            )
            changes.append(
                {
                    "kind": "tariff",
                    "exporters": duty.exporter,
                    "importers": duty.importer,
                    "sector": duty.sector,
                    "rate": max((1.0 + own) * (1.0 + after) / (1.0 + before) - 1.0, min(own, 0.0)),
                }
            )
        if not changes:
            raise DataError(
                f"--world {name}: no duty of its economies falls. There is nothing to solve."
            )
        scenario = parse(
            {
                "title": done.terms.title or "offers",
                "world": name,
                "on": dt.date(2025, 1, 1).isoformat(),
                "change": changes,
            }
        )
        with one_thread():
            result = solve(world, scenario)
        table = result.table()
        more = result.new_flows - result.flows
        for party in done.parties:
            k = world.index[party]
            home = float(more[k, k])
            runs.append(
                Run(
                    index,
                    party,
                    float(table.loc[party, "welfare_musd"]),  # type: ignore[arg-type]
                    float(table.loc[party, "welfare_percent"]),  # type: ignore[arg-type]
                    float(result.new_revenue[k] - result.revenue[k]),
                    float(more[k].sum()) - home,
                    float(more[:, k].sum()) - home,
                )
            )
    return General(world, duties, tuple(runs), without)


def _duties(done: Negotiation, world: World) -> tuple[tuple[SectorDuty, ...], tuple[str, ...]]:
    """Add the lines of a sector up, by exporter and importer; and which lines have no sector."""
    lines = done.lines
    parts: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    without = []
    for k, code in enumerate(lines.codes):
        shares = {s: share for s, share in line_sectors(code).items() if s in world.sectors}
        if not shares:
            without.append(code)
        for sector, share in shares.items():
            parts[sector].append((k, share))
    made = []
    for sector in sorted(parts):
        at = np.array([k for k, _ in parts[sector]])
        shares_of = np.array([x for _, x in parts[sector]])
        for v, importer in enumerate(lines.importers):
            for i, exporter in enumerate(lines.exporters):
                value = lines.value[at, i, v] * shares_of
                before, after = lines.applied[at, i, v], done.rates_after[at, i, v]
                if exporter in world.index and value.sum() > 0 and (after < before).any():
                    made.append(_duty(sector, exporter, importer, value, before, after))
    return tuple(made), tuple(without)


def _duty(
    sector: str, exporter: str, importer: str, value: Array, before: Array, after: Array
) -> SectorDuty:
    weights = free_trade_weights(value, before, WITHIN)
    return SectorDuty(
        sector,
        exporter,
        importer,
        int((value > 0).sum()),
        float(value.sum()),
        trade_weighted(value, before),
        trade_weighted(value, after),
        price_rate(weights, before, WITHIN),
        price_rate(weights, after, WITHIN),
        welfare_rate(weights, before, WITHIN, DEMAND),
        welfare_rate(weights, after, WITHIN, DEMAND),
    )
