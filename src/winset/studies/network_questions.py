"""What is asked of a network: which one, with what changed, by what a way is chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset import __version__
from winset.errors import DataError, listed
from winset.network import Closure, Terms, changed, read_network
from winset.network.changes import at_speed, faster_borders, opened
from winset.places.codes import code_of_name
from winset.places.economies import economies
from winset.places.node_names import NAMED, node_names
from winset.sentences import Listing, Sentence, meant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.network.graph import GraphLayout
    from winset.network.network import Network, Node

MOST_NOTED = 6  # names in a note


@dataclass(frozen=True, slots=True)
class Question:
    """On which network, with what changed, and by what a way is chosen.

    `base` is the network as read, `network` with the changes; they are the same where nothing is changed.
    """

    base: Network
    network: Network
    terms: Terms
    closed: tuple[str, ...] = ()
    opened: str = ""
    faster_borders: float = 0.0
    speed: float | None = None

    @property
    def changes(self) -> bool:
        """Whether anything is changed."""
        return bool(self.closed or self.opened or self.faster_borders or self.speed)

    @property
    def said(self) -> str:
        """What is changed, in words."""
        parts = []
        if self.closed:
            parts.append(
                Sentence("closed: {places}", places=Listing(self.closed, most=len(self.closed)))
            )
        if self.opened:
            parts.append(Sentence("opened: {status}", status=self.opened))
        if self.faster_borders:
            parts.append(Sentence("borders {percent} % faster", percent=f"{self.faster_borders:g}"))
        if self.speed:
            parts.append(Sentence("every road and railway at {kmh} km/h", kmh=f"{self.speed:g}"))
        return Sentence("{said}", said=Listing(tuple(parts), mark="; "))

    def to_json(self) -> dict[str, Any]:
        """Return what an answer rests on."""
        network, terms = self.base, self.terms
        worth = network.value_of_unit if terms.value_of_unit is None else terms.value_of_unit
        return {
            "winset": __version__,
            "network": {
                "name": network.name,
                "title": network.title,
                "version": network.version,
                "sha256": network.sha256,
                "unit": network.unit,
                "nodes": len(network.nodes),
                "links": len(network.links),
                "borders": len(network.borders),
                "economies": len(network.economies),
            },
            "terms": {
                "value_of_day_percent": 100.0 * terms.value_of_day,
                "value_of_unit_usd": worth if math.isfinite(worth) else None,
                "modes": list(terms.modes),
            },
            "changes": {
                "closed": list(self.closed),
                "opened": self.opened or None,
                "faster_borders_percent": self.faster_borders,
                "speed_kmh": self.speed,
            },
        }


def asked(
    network: str | Path = "eurasia",
    *,
    terms: Terms | None = None,
    closed: Sequence[str] = (),
    opened_status: str = "",
    faster: float = 0.0,
    speed: float | None = None,
) -> Question:
    """Read a network and lay on it what is closed, opened, or made faster.

    Raises
    ------
    DataError
        As `winset.network.read_network` and `winset.network.changed`.
    """
    base = read_network(network)
    after = opened(base, opened_status) if opened_status else base
    after = changed(after, [Closure(place) for place in closed])
    after = faster_borders(after, faster) if faster else after
    after = at_speed(after, speed) if speed is not None else after
    return Question(base, after, terms or Terms(), tuple(closed), opened_status, faster, speed)


def place(network: Network, text: str) -> Node:
    """Return the node that a text names: its id, its name in English, Russian or Chinese, or an economy.

    For an economy stands its largest node.

    Raises
    ------
    DataError
        Nothing, or several nodes, bear the name.
    """
    said = text.strip()
    if said in network.index:
        return network.node(said)
    fold = said.casefold()
    for found in (
        [node for node in network.nodes if node.id.casefold() == fold],
        [node for node in network.nodes if node.name.casefold() == fold],
        [
            node
            for node in network.nodes
            if fold in (node_names(lang).get(node.id, "").casefold() for lang in NAMED)
        ],
    ):
        if len(found) > 1:
            raise DataError(
                f"{said[:80]!r} are {len(found)} nodes: {listed(node.id for node in found)}. Name one "
                "by its id."
            )
        if found:
            return found[0]
    code = said.upper() if said.upper() in network.economies else code_of_name(said)
    inside = [node for node in network.nodes if node.economy == code]
    if inside:
        return max(inside, key=lambda node: (node.weight, node.id))
    names = {node.name: node.id for node in network.nodes}
    raise DataError(
        Sentence(
            "'{said}' is no node and no economy of network '{network}'.{hint}",
            said=said[:80],
            network=network.name,
            hint=meant(said[:80], (*network.index, *names, *network.economies)),
        )
    )


def node_json(node: Node) -> dict[str, Any]:
    """Return a node as answers name it."""
    known = economies().get(node.economy)
    return {
        "id": node.id,
        "name": node.name,
        "economy": node.economy,
        "economy_name": known.name if known else node.economy,
        "lon": node.lon,
        "lat": node.lat,
    }


def network_notes(question: Question, layout: GraphLayout) -> list[str]:
    """Return what was filled in on the way from tables to a graph."""
    network = question.network
    notes = list(network.notes)
    if layout.uncharted:
        notes.append(
            Sentence(
                "No row says what crossing takes, so that it takes nothing: {where}.",
                where=Listing(layout.uncharted, MOST_NOTED),
            )
        )
    if layout.reversed_use:
        notes.append(
            Sentence(
                "Only the other direction has a row, which is used both ways: {where}.",
                where=Listing(layout.reversed_use, MOST_NOTED),
            )
        )
    if layout.one_sided:
        notes.append(
            Sentence(
                "Only one side of a crossing has a row, the other takes nothing: {where}.",
                where=Listing(layout.one_sided, MOST_NOTED),
            )
        )
    if uneven := _uneven(network):
        notes.append(
            Sentence(
                "Directions differ, each is used as it is given: {where}.",
                where=Listing(uneven, MOST_NOTED),
            )
        )
    return notes


def _uneven(network: Network) -> tuple[str, ...]:
    """Name whole crossings whose two directions differ."""
    rows = {(b.start, b.end, b.mode): b for b in network.borders if not b.node}
    found = []
    for (a, b, mode), row in rows.items():
        back = rows.get((b, a, mode))
        if a < b and back is not None and (row.hours, row.usd) != (back.hours, back.usd):
            found.append(
                Sentence(
                    "{one} {first} h, {other} {second} h",
                    one=f"{a}→{b}",
                    first=f"{row.hours:g}",
                    other=f"{b}→{a}",
                    second=f"{back.hours:g}",
                )
            )
    return tuple(found)
