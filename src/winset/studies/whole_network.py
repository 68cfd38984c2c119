"""A whole network: who lies in the middle, who depends on whose transit, what which borders carry."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.network.costs import market_access, pair_costs_of
from winset.network.dependence import transit
from winset.network.graph import LOW_VALUE, graph, lay_out, weigh
from winset.network.lengths import in_doubt
from winset.network.network import Link
from winset.network.paths import ways
from winset.places.economies import economies
from winset.sentences import Listing, Sentence
from winset.studies.network_questions import network_notes
from winset.worlds import WITH_TARIFFS
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from winset.network.costs import PairCosts
    from winset.network.dependence import Transit
    from winset.network.graph import Graph, GraphLayout, WayTerms
    from winset.numbers import Array
    from winset.studies.network_questions import Question
    from winset.worlds import World

DEPENDS = 0.01  # share of trade through one economy from which on it is told


@dataclass(frozen=True, slots=True)
class NetworkView:
    """What `view` found.

    `access_before` and `access_after` are market access over nodes, ``Σ_ij weight_j / hours_ij``, by the
    fastest ways, before and after the changes of the question; `grades` the share of the hours of all trade
    that rests on which grade.
    """

    question: Question
    world: World
    graph: Graph
    costs: PairCosts
    transit: Transit
    flows: Array
    access_before: float | None
    access_after: float | None
    grades: dict[str, float]

    def name(self, code: str) -> str:
        """Return an economy's name."""
        known = economies().get(code)
        return known.name if known else code

    @property
    def ranked(self) -> list[int]:
        """The economies by centrality, the most central first."""
        found = self.transit
        return sorted(
            range(len(found.economies)), key=lambda e: (-found.centrality[e], found.economies[e])
        )

    def depends(self, e: int) -> list[tuple[str, float]]:
        """Return through whom an economy's trade passes, with the share of it, the largest first."""
        through = self.transit.through[e]
        found = [
            (code, float(through[k]))
            for k, code in enumerate(self.transit.economies)
            if through[k] >= DEPENDS
        ]
        return sorted(found, key=lambda item: (-item[1], item[0]))

    @property
    def busiest(self) -> list[tuple[str, str, float]]:
        """Borders on land with the trade over them, USD million, the largest first."""
        rows = [(a, b, amount) for (a, b), amount in self.transit.by_border.items()]
        return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))

    def carried(self) -> list[tuple[Link, float]]:
        """Return the links with trade on them, both ways, USD million, the largest first."""
        load: dict[int, tuple[Link, float]] = {}
        for arc, amount in zip(self.graph.layout.arcs, self.transit.by_link.tolist(), strict=True):
            link = arc.parts[0][0]
            if isinstance(link, Link) and amount > 0.0:
                load[id(link)] = (link, load.get(id(link), (link, 0.0))[1] + amount)
        return sorted(
            load.values(), key=lambda row: (-row[1], row[0].start, row[0].end, row[0].mode)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset route --map --json`` prints."""
        said = self.question.to_json()
        found, costs = self.transit, self.costs
        said["world"] = {
            "name": self.world.name,
            "year": self.world.year,
            "sha256": self.world.sha256,
        }
        said["economies"] = [
            {
                "code": found.economies[e],
                "name": self.name(found.economies[e]),
                "centrality": float(found.centrality[e]),
                "trade_musd": float(self.flows[e].sum() + self.flows[:, e].sum()),
                "most_dependent_on": next((code for code, _ in self.depends(e)), None),
                "share_through_it": next((share for _, share in self.depends(e)), 0.0),
                "depends_on": [
                    {"through": code, "share": share} for code, share in self.depends(e)
                ],
            }
            for e in self.ranked
        ]
        said["borders"] = [
            {"from": a, "to": b, "trade_musd": amount, "share": amount / found.total}
            for a, b, amount in self.busiest
        ]
        said["links"] = [
            {
                "from": link.start,
                "to": link.end,
                "mode": link.mode,
                "trade_musd": amount,
                "hours": link.hours,
                "usd": link.usd,
                "hours_grade": link.hours_grade,
            }
            for link, amount in self.carried()
        ]
        said["pairs"] = [
            {
                "from": a,
                "to": b,
                "hours": float(costs.hours[i, j]) if costs.reached[i, j] else None,
                "usd": float(costs.usd[i, j]) if costs.reached[i, j] else None,
                "log_cost": float(costs.log_cost[i, j]) if costs.reached[i, j] else None,
            }
            for i, a in enumerate(costs.economies)
            for j, b in enumerate(costs.economies)
            if i != j
        ]
        said["grades"] = {"hours": self.grades}
        said["market_access"] = self.access_json()
        said["lengths_in_doubt"] = [
            {
                "from": link.start,
                "to": link.end,
                "mode": link.mode,
                "km": link.km,
                "expected_km": km,
            }
            for link, km in in_doubt(self.question.network)
        ]
        said["notes"] = list(self.notes)
        return said

    def access_json(self) -> dict[str, Any] | None:
        """Return market access and by how much the changes raise it."""
        if self.access_before is None or self.access_after is None:
            return None
        return {
            "before": self.access_before,
            "after": self.access_after,
            "change_percent": 100.0 * (self.access_after / self.access_before - 1.0),
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures rest on, and what they leave out."""
        notes = network_notes(self.question, self.graph.layout)
        absent = [code for code in self.transit.economies if code not in self.world.index]
        if absent:
            notes.append(
                Sentence(
                    "Not in world '{world}', so that no trade is known: {who}.",
                    world=self.world.name,
                    who=Listing(tuple(absent), most=len(absent)),
                )
            )
        apart = int((~self.costs.reached).sum()) // 2
        if apart:
            notes.append(
                Sentence(
                    "{n} pairs of economies are not joined at every node; ways between joined nodes alone "
                    "carry their trade.",
                    n=apart,
                )
            )
        notes.append(
            Sentence(
                "Trade takes the best way of this network, all of it: what goes by air, by pipeline or by "
                "ways that are not in the network is sent here too."
            )
        )
        return tuple(notes)


def view(question: Question, *, world: str = WITH_TARIFFS) -> NetworkView:
    """Send the trade of a world through a network.

    Raises
    ------
    DataError
        The world has none of its economies.
    """
    network = question.network
    target = load_world(world)
    weighed = graph(network, question.terms)
    inside = [code for code in network.economies if code in target.index]
    if len(inside) < 2:
        raise DataError(
            f"world {target.name!r} has {len(inside)} of the network's economies: no trade to send. The "
            "network names them by ISO codes, KAZ for example."
        )
    rows = np.array([network.economies.index(code) for code in inside])
    at = np.array([target.index[code] for code in inside])
    flows = np.zeros((len(network.economies),) * 2)
    flows[np.ix_(rows, rows)] = target.flows[np.ix_(at, at)]
    np.fill_diagonal(flows, 0.0)
    found, terms = transit(weighed, flows), question.terms
    access = _access(weighed.layout, terms)
    return NetworkView(
        question,
        target,
        weighed,
        pair_costs_of(weighed),
        found,
        flows,
        _access(lay_out(question.base, terms.modes), terms) if question.changes else access,
        access,
        _grades(weighed, found),
    )


def _access(layout: GraphLayout, terms: WayTerms) -> float | None:
    """Return market access by the fastest ways; None where two nodes are no time apart."""
    by_time = replace(terms, value_of_unit=math.inf, value_of_day=terms.value_of_day or LOW_VALUE)
    weighed = weigh(layout, by_time)
    hours = ways(weighed).total(weighed.hours)
    try:
        return market_access(
            np.where(np.isnan(hours), np.inf, hours),
            np.array([node.weight for node in layout.network.nodes]),
        )
    except DataError:
        return None


def _grades(weighed: Graph, found: Transit) -> dict[str, float]:
    """Return the share of the hours of all trade by grade, the largest first."""
    sums: dict[str, float] = {}
    for rows, load in zip(weighed.chosen, found.by_link.tolist(), strict=True):
        for row in rows:
            grade = row.hours_grade if isinstance(row, Link) else row.grade
            sums[grade] = sums.get(grade, 0.0) + load * row.hours
    whole = sum(sums.values())
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return {grade: part / whole for grade, part in ranked if part > 0.0} if whole else {}
