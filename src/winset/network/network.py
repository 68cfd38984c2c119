"""A network of transport: where goods change hands and direction, what joins the places, what a border costs.

Hours are hours, money is USD per unit of cargo (`Network.unit`), and every figure keeps its grade: how it is
known (read, derived, general knowledge, or whatever a user's tables say).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np

from winset.places.geography import EARTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from winset.numbers import Array

MODES = ("road", "rail", "sea", "air", "pipeline")
LAND = ("road", "rail")  # what a border row without a mode is about
UNGRADED = "not graded"
DIRECTIONS = ("out", "in")
CHOICE, RULE = (
    "choice",
    "rule",
)  # how a row that a change made stands to those of the tables


@dataclass(frozen=True, slots=True)
class Node:
    """A place: a city, a port, a border post."""

    id: str
    name: str
    economy: str
    lon: float
    lat: float
    weight: float
    port: bool = False
    grade: str = UNGRADED


@dataclass(frozen=True, slots=True)
class Link:
    """What joins two nodes, both ways unless `one_way`.

    It is in the network where `status` is open. `passages` are straits and canals that it uses.
    """

    start: str
    end: str
    mode: str
    km: float
    hours: float
    usd: float = 0.0
    capacity: float | None = None
    one_way: bool = False
    status: str = "open"
    passages: tuple[str, ...] = ()
    grade: str = UNGRADED
    hours_grade: str = UNGRADED
    usd_grade: str = UNGRADED

    @property
    def open(self) -> bool:
        """Whether goods can pass today."""
        return self.status == "open"


@dataclass(frozen=True, slots=True)
class Border:
    """Hours and money at a border: of one side of every crossing at `node`, or of a whole crossing.

    A whole crossing is from economy `start` to economy `end`; `direction` (out, in, or blank for both) is of
    a node's rows. `standing` is of rows that a change made: a choice beside what the tables say, or the rule
    in place of it.
    """

    hours: float
    usd: float = 0.0
    node: str = ""
    start: str = ""
    end: str = ""
    mode: str = ""
    direction: str = ""
    grade: str = UNGRADED
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Hours and money of each loading and each unloading of a mode, at a node or (blank) everywhere.

    `standing` is as a border's.
    """

    mode: str
    hours: float
    usd: float = 0.0
    node: str = ""
    grade: str = UNGRADED
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes, links, borders and terminals, checked by `winset.network.reading.read_network`.

    Several rows for the same link, side of a border or terminal are choices: the cheapest is taken.

    Attributes
    ----------
    unit : str
        Of cargo: ``tonne`` or ``TEU``; blank where no link has a price.
    value_of_unit : float
        What a unit of cargo is worth, USD; infinite where money does not count.
    notes, sources : tuple of str
        What was filled in or left out on reading; and where the figures are from.
    """

    name: str
    title: str
    version: str
    unit: str
    value_of_unit: float
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    borders: tuple[Border, ...] = ()
    terminals: tuple[Terminal, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    index: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {node.id: k for k, node in enumerate(self.nodes)})

    @property
    def economies(self) -> tuple[str, ...]:
        """The economies of its nodes, in alphabetical order."""
        return tuple(sorted({node.economy for node in self.nodes}))

    @property
    def priced(self) -> bool:
        """Whether links cost money too."""
        return bool(self.unit)

    def node(self, name: str) -> Node:
        """Return a node by its identifier."""
        return self.nodes[self.index[name]]

    def crosses(self, link: Link) -> bool:
        """Tell whether a link joins two economies."""
        return self.node(link.start).economy != self.node(link.end).economy

    @property
    def sha256(self) -> str:
        """SHA-256 of every row, figures to their last bit."""
        digest = hashlib.sha256()
        for rows in (self.nodes, self.links, self.borders, self.terminals):
            for row in rows:
                told = "\x1f".join(repr(getattr(row, f.name)) for f in fields(row))
                digest.update(told.encode() + b"\x1e")
        return digest.hexdigest()

    def spread(self) -> Spread:
        """Return where the trade of economies begins and ends.

        It is spread over an economy's nodes by their weights, evenly where none has any.
        """
        economies = self.economies
        counted: list[tuple[int, float]] = []
        starts = []
        for code in economies:
            own = [(k, node.weight) for k, node in enumerate(self.nodes) if node.economy == code]
            weighty = [pair for pair in own if pair[1] > 0.0] or [(k, 1.0) for k, _ in own]
            starts.append(len(counted))
            whole = math.fsum(weight for _, weight in weighty)
            counted += [(k, weight / whole) for k, weight in weighty]
        return Spread(
            economies,
            np.array([k for k, _ in counted], np.intp),
            np.array([share for _, share in counted]),
            np.array(starts, np.intp),
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the trade of economies begins and ends.

    Attributes
    ----------
    economies : tuple of str
    nodes : (K,) array of int
        Positions of the nodes that count, those of an economy side by side.
    share : (K,) array
        Of its economy's trade; one in all for each economy.
    starts : (E,) array of int
        Where each economy's nodes begin.
    """

    economies: tuple[str, ...]
    nodes: NDArray[np.intp]
    share: Array
    starts: NDArray[np.intp]

    def sums(self, by_pair: Array) -> Array:
        """Return sums over the nodes of two economies, (E, E), from figures by two nodes, (K, K)."""
        columns = np.add.reduceat(by_pair, self.starts, axis=1)
        return np.asarray(np.add.reduceat(columns, self.starts, axis=0))

    def means(self, by_pair: Array) -> Array:
        """Return means over the nodes of two economies by their shares, (E, E)."""
        return self.sums(by_pair * self.share[:, None] * self.share)

    def owners(self) -> NDArray[np.intp]:
        """Return the position of the economy of each node that counts, (K,)."""
        sizes = np.diff([*self.starts.tolist(), len(self.nodes)])
        return np.repeat(np.arange(len(self.economies)), sizes)


def great_circle(a: Node, b: Node) -> float:
    """Return the distance of two nodes on the globe in km, by the haversine formula (Sinnott 1984)."""
    south, north = np.radians(a.lat), np.radians(b.lat)
    half = np.sin((north - south) / 2.0) ** 2
    half += np.cos(south) * np.cos(north) * np.sin(np.radians(b.lon - a.lon) / 2.0) ** 2
    return float(2.0 * EARTH * np.arcsin(np.sqrt(min(half, 1.0))))
