"""A second opinion on lengths: the great circle times how much longer ways are in such terrain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.network.network import LAND, great_circle

if TYPE_CHECKING:
    from winset.network.network import Link, Network, Node

#: Length over great circle on the whole, and with an end in the mountains (from general knowledge).
DETOUR = {"road": 1.30, "rail": 1.35}
RUGGED = 1.6
MOUNTAINOUS = frozenset(("AFG", "ARM", "BTN", "GEO", "KGZ", "LAO", "MMR", "NPL", "TJK"))
OFF = 1.0 / 3.0
SHORT = 25.0  # km; below, points good to 5 km say nothing of a length


def expected_km(a: Node, b: Node, mode: str) -> float | None:
    """Return how long a road or railway between two nodes may be; None where they are too close to tell."""
    straight = great_circle(a, b)
    if straight < SHORT or mode not in DETOUR:
        return None
    return straight * (RUGGED if {a.economy, b.economy} & MOUNTAINOUS else DETOUR[mode])


def doubtful(km: float, expected: float) -> bool:
    """Tell whether a length is more than a third off what is expected."""
    return abs(km / expected - 1.0) > OFF


def in_doubt(network: Network) -> tuple[tuple[Link, float], ...]:
    """Return the roads and railways whose length is in doubt, with the length that was expected."""
    found = []
    for link in network.links:
        if link.mode in LAND:
            expected = expected_km(network.node(link.start), network.node(link.end), link.mode)
            if expected is not None and doubtful(link.km, expected):
                found.append((link, expected))
    return tuple(found)
