"""Cooperative games: values, core, nucleolus, transfers. Knows nothing of trade."""

from winset.games.core import Core, core, excesses, in_core, objections
from winset.games.division import Sharing, share
from winset.games.game import Game
from winset.games.nucleolus import Nucleolus, nucleolus
from winset.games.points import gately, minimal_rights, solidarity, tau, utopia
from winset.games.ready import (
    airport,
    assignment,
    bankruptcy,
    divide_estate,
    flow,
    glove,
)
from winset.games.side_payments import Payment, transfers
from winset.games.sparse import SparseGame
from winset.games.sparse_core import SparseCore, sparse_core
from winset.games.values import (
    banzhaf,
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
    "Game",
    "Nucleolus",
    "Payment",
    "Sharing",
    "SparseCore",
    "SparseGame",
    "airport",
    "assignment",
    "bankruptcy",
    "banzhaf",
    "core",
    "divide_estate",
    "egalitarian",
    "equal_surplus",
    "excesses",
    "flow",
    "gately",
    "glove",
    "in_core",
    "interaction",
    "minimal_rights",
    "myerson",
    "nucleolus",
    "objections",
    "owen",
    "proportional",
    "sampled_shapley",
    "shapley",
    "share",
    "solidarity",
    "sparse_core",
    "tau",
    "transfers",
    "utopia",
    "weighted_shapley",
]
