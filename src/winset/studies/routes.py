"""How long does a container take, and what does the way cost: from one place to another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.network.graph import HIGH_VALUE, LOW_VALUE, graph, weigh
from winset.network.lengths import in_doubt
from winset.network.network import Border, Link, Terminal
from winset.network.paths import route
from winset.network.soft import soften
from winset.sentences import Sentence
from winset.studies.network_questions import MOST_NOTED, network_notes, node_json, place

if TYPE_CHECKING:
    from winset.network.graph import Graph
    from winset.network.network import Network, Node
    from winset.network.paths import Leg, Route
    from winset.network.soft import Soft
    from winset.studies.network_questions import Question

ALTERNATIVES = 3
LISTED = 12  # links that soft choice uses most


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way, and what it avoids."""

    route: Route
    avoids: str


@dataclass(frozen=True, slots=True)
class Journey:
    """Ways between two places.

    Attributes
    ----------
    best, fastest, cheapest : Route
        By time and money together, by time alone, by money alone (None where links have no price).
    alternatives : tuple of Alternative
        Best ways without one border, passage or mode that `best` uses.
    before : Route or None
        The best way before the changes of `question`; None where nothing is changed or there was none.
    """

    question: Question
    start: Node
    end: Node
    graph: Graph
    best: Route
    fastest: Route
    cheapest: Route | None
    alternatives: tuple[Alternative, ...]
    before: Route | None
    soft: Soft | None

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset route FROM TO --json`` prints."""
        said = self.question.to_json()
        said["from"], said["to"] = node_json(self.start), node_json(self.end)
        said["best"] = self.route_json(self.best)
        said["fastest"] = self.route_json(self.fastest)
        said["cheapest"] = None if self.cheapest is None else self.route_json(self.cheapest)
        said["alternatives"] = [
            {"avoids": other.avoids, **self.route_json(other.route)} for other in self.alternatives
        ]
        said["before"] = None if self.before is None else self.route_json(self.before)
        if self.soft is not None:
            said["soft"] = self.soft_json(self.soft)
        said["notes"] = list(self.notes)
        return said

    def route_json(self, found: Route) -> dict[str, Any]:
        """Return a route with its legs and what its figures rest on."""
        network = self.question.network
        doubted = {id(link) for link, _ in in_doubt(network)}
        nodes = {end for leg in found.legs for end in (leg.start, leg.end)}
        ordered = [leg.start for leg in found.legs] + [found.legs[-1].end]
        passed = list(
            dict.fromkeys(network.node(node).economy for node in ordered if node in nodes)
        )
        return {
            "hours": found.hours,
            "days": found.hours / 24.0,
            "usd": found.usd,
            "km": found.km,
            "log_cost": self.cost(found),
            "ad_valorem_percent": 100.0 * math.expm1(self.cost(found)),
            "ad_valorem_percent_low": 100.0 * math.expm1(self._cost_at(found, LOW_VALUE)),
            "ad_valorem_percent_high": 100.0 * math.expm1(self._cost_at(found, HIGH_VALUE)),
            "economies": passed,
            "modes": list(
                dict.fromkeys(leg.mode for leg in found.legs if isinstance(leg.row, Link))
            ),
            "border_hours": math.fsum(
                leg.row.hours for leg in found.legs if isinstance(leg.row, Border)
            ),
            "grades": {figure: found.grades(figure) for figure in ("hours", "usd", "km")},
            "legs": [self._leg_json(leg, doubted) for leg in found.legs],
            "borders": self.crossings(found),
        }

    def cost(self, found: Route) -> float:
        """Return what a route costs under the terms of the question, as a log."""
        return self._cost_at(found, self.question.terms.value_of_day)

    def _cost_at(self, found: Route, value: float) -> float:
        return replace(self.question.terms, value_of_day=value).cost(self.question.network)(
            found.hours, found.usd
        )

    def crossings(self, found: Route) -> list[dict[str, Any]]:
        """Return the borders of a route with what crossing each takes, both sides."""
        network = self.question.network
        rows: list[dict[str, Any]] = []
        for leg in found.legs:
            ends = [network.node(node).economy for node in (leg.start, leg.end)]
            if ends[0] == ends[1]:
                continue
            key = (leg.start, leg.end)
            if not rows or (rows[-1]["at"], rows[-1]["to_node"]) != key:
                rows.append(
                    {
                        "from": ends[0],
                        "to": ends[1],
                        "at": leg.start,
                        "to_node": leg.end,
                        "mode": leg.mode,
                        "hours": 0.0,
                        "usd": 0.0,
                    }
                )
            if isinstance(leg.row, Border):
                rows[-1]["hours"] += leg.row.hours
                rows[-1]["usd"] += leg.row.usd
        return rows

    def _leg_json(self, leg: Leg, doubted: set[int]) -> dict[str, Any]:
        network = self.question.network
        row = leg.row
        said: dict[str, Any] = {
            "kind": leg.kind,
            "from": leg.start,
            "to": leg.end,
            "mode": leg.mode,
            "km": leg.km if isinstance(row, Link) else None,
            "hours": row.hours,
            "usd": row.usd,
            "hours_grade": leg.hours_grade,
            "usd_grade": leg.usd_grade,
        }
        if isinstance(row, Link):
            said["km_grade"] = row.grade
            said["length_in_doubt"] = id(row) in doubted
        if isinstance(row, Border):
            said["side"] = side(network, leg)
        return said

    def soft_json(self, soft: Soft) -> dict[str, Any]:
        """Return what soft choice costs and which links it uses most."""
        i, j = (self.question.network.index[node.id] for node in (self.start, self.end))
        used: dict[tuple[str, str, str], float] = {}
        for share, arc in zip(soft.derivative(i, j).tolist(), soft.graph.layout.arcs, strict=True):
            link = arc.parts[0][0]
            if isinstance(link, Link):
                first, last = sorted((link.start, link.end))
                key = (first, last, link.mode)
                used[key] = used.get(key, 0.0) + share
        ranked = sorted(used.items(), key=lambda item: (-item[1], item[0]))[:LISTED]
        cost = float(soft.log_cost[i, j])
        return {
            "theta": soft.theta,
            "log_cost": cost,
            "ad_valorem_percent": 100.0 * math.expm1(cost),
            "best_log_cost": self.best.log_cost,
            "links": [
                {"from": a, "to": b, "mode": mode, "derivative": share}
                for (a, b, mode), share in ranked
            ],
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures rest on, and what they leave out."""
        notes = list(network_notes(self.question, self.graph.layout))
        used = {id(leg.row) for leg in self.best.legs}
        flagged = [(link, km) for link, km in in_doubt(self.question.network) if id(link) in used]
        for link, expected in flagged[:MOST_NOTED]:
            notes.append(
                Sentence(
                    "The length {a}–{b}, {km} km, is in doubt: {expected} km would be expected of such "
                    "terrain.",
                    a=link.start,
                    b=link.end,
                    km=f"{link.km:,.0f}",
                    expected=f"{expected:,.0f}",
                )
            )
        return tuple(notes)


def journey(
    question: Question,
    start: str,
    end: str,
    *,
    theta: float | None = None,
    alternatives: int = ALTERNATIVES,
) -> Journey:
    """Return the ways from one place to another.

    Raises
    ------
    DataError
        A place is unknown, the two are the same, nothing leads there, or as `winset.network.soft.soften`.
    """
    network, terms = question.network, question.terms
    first, last = place(network, start), place(network, end)
    weighed = graph(network, terms)
    layout = weighed.layout
    best = route(weighed, first.id, last.id)
    by_time = replace(terms, value_of_unit=math.inf, value_of_day=terms.value_of_day or LOW_VALUE)
    fastest = route(weigh(layout, by_time), first.id, last.id)
    cheapest = None
    if network.priced:
        worth = network.value_of_unit if terms.value_of_unit is None else terms.value_of_unit
        by_money = replace(
            terms, value_of_day=0.0, value_of_unit=worth if math.isfinite(worth) else 1.0
        )
        cheapest = route(weigh(layout, by_money), first.id, last.id)
    before = None
    if question.changes:
        try:
            before = route(graph(question.base, terms), first.id, last.id)
        except DataError:
            before = None
    return Journey(
        question,
        first,
        last,
        weighed,
        best,
        fastest,
        cheapest,
        _alternatives(weighed, best, first.id, last.id, alternatives),
        before,
        None if theta is None else soften(weighed, theta),
    )


def _alternatives(
    weighed: Graph, best: Route, start: str, end: str, most: int
) -> tuple[Alternative, ...]:
    """Return the best ways that avoid one border, passage or mode of a route, each way once."""
    network = weighed.layout.network
    links = [arc.parts[0][0] for arc in weighed.layout.arcs]
    pairs = [
        tuple(sorted((network.node(row.start).economy, network.node(row.end).economy)))
        if isinstance(row, Link)
        else ("", "")
        for row in links
    ]
    avoided: dict[str, list[bool]] = {}
    for leg in best.legs:
        if not isinstance(leg.row, Link):
            continue
        pair = tuple(sorted(network.node(node).economy for node in (leg.start, leg.end)))
        if pair[0] != pair[1]:
            avoided.setdefault(f"{pair[0]}–{pair[1]}", [other == pair for other in pairs])
        mode = leg.row.mode
        avoided.setdefault(
            mode, [isinstance(row, Link | Terminal) and row.mode == mode for row in links]
        )
        for passage in leg.row.passages:
            avoided.setdefault(
                passage, [isinstance(row, Link) and passage in row.passages for row in links]
            )
    found: list[Alternative] = []
    for name, shut in avoided.items():
        try:
            other = route(weighed.without(np.array(shut)), start, end)
        except DataError:
            continue  # there is no way without it
        if all(other.legs != known.route.legs for known in found):
            found.append(Alternative(other, name))
    return tuple(sorted(found, key=lambda way: (way.route.log_cost, way.avoids))[:most])


def side(network: Network, leg: Leg) -> str:
    """Say which side of a border a leg is, and which row says it."""
    row = leg.row
    if not isinstance(row, Border):
        return ""
    if not row.node:
        ends = tuple(network.node(node).economy for node in (leg.start, leg.end))
        own = ends == (row.start, row.end)
        return f"{row.start}→{row.end}" + ("" if own else ", the only row of this border")
    way = "out" if row.node == leg.start else "in"
    told = f"{row.node} {way}"
    return told if row.direction in ("", way) else f"{told}, from the row of {row.direction}"
