"""Ways between places: which is fastest, what it costs, what every pair of economies pays."""

from winset.network.changes import (
    BorderChange,
    Change,
    Closure,
    LinkChange,
    TerminalChange,
    changed,
    combined,
)
from winset.network.costs import (
    PairCosts,
    changes,
    cost_factors,
    factors,
    market_access,
    pair_costs,
)
from winset.network.graph import WayTerms as Terms
from winset.network.network import Border, Link, Network, Node, Terminal
from winset.network.reading import read_network
from winset.network.variations import Variations, variations

__all__ = [
    "Border",
    "BorderChange",
    "Change",
    "Closure",
    "Link",
    "LinkChange",
    "Network",
    "Node",
    "PairCosts",
    "Terminal",
    "TerminalChange",
    "Terms",
    "Variations",
    "changed",
    "changes",
    "combined",
    "cost_factors",
    "factors",
    "market_access",
    "pair_costs",
    "read_network",
    "variations",
]
