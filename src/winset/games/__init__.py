"""Cooperative games: values, core, nucleolus, transfers. Knows nothing of trade."""

from winset.games.core import Core, core, excesses, in_core, objections
from winset.games.division import Sharing, share
from winset.games.further import (
    FurtherPoints,
    core_corners,
    further,
    modiclus,
    proportional_nucleolus,
)
from winset.games.game import Game
from winset.games.known_core import KnownCore, known_core
from winset.games.lexicographic import Lexicographic
from winset.games.nucleolus import Nucleolus, nucleolus
from winset.games.points import gately, minimal_rights, solidarity, tau, utopia
from winset.games.ready import (
    airport,
    airport_nucleolus,
    assignment,
    bankruptcy,
    bankruptcy_by_dividends,
    divide_estate,
    flow,
    glove,
)
from winset.games.side_payments import Payment, transfers
from winset.games.sparse import SparseGame
from winset.games.sparse_core import SparseCore, sparse_core
from winset.games.sparse_nucleolus import sparse_nucleolus
from winset.games.values import (
    banzhaf,
    banzhaf_owen,
    egalitarian,
    equal_surplus,
    interaction,
    myerson,
    owen,
    proportional,
    sampled_shapley,
    shapley,
    weighted_shapley,
)

__all__ = [
    "Core",
    "FurtherPoints",
    "Game",
    "KnownCore",
    "Lexicographic",
    "Nucleolus",
    "Payment",
    "Sharing",
    "SparseCore",
    "SparseGame",
    "airport",
    "airport_nucleolus",
    "assignment",
    "bankruptcy",
    "bankruptcy_by_dividends",
    "banzhaf",
    "banzhaf_owen",
    "core",
    "core_corners",
    "divide_estate",
    "egalitarian",
    "equal_surplus",
    "excesses",
    "flow",
    "further",
    "gately",
    "glove",
    "in_core",
    "interaction",
    "known_core",
    "minimal_rights",
    "modiclus",
    "myerson",
    "nucleolus",
    "objections",
    "owen",
    "proportional",
    "proportional_nucleolus",
    "sampled_shapley",
    "shapley",
    "share",
    "solidarity",
    "sparse_core",
    "sparse_nucleolus",
    "tau",
    "transfers",
    "utopia",
    "weighted_shapley",
]
