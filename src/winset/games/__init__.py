"""Cooperative games: values, core, nucleolus, transfers. Knows nothing of trade."""

from winset.games.core import Core, core, excesses, in_core, objections
from winset.games.division import Sharing, share
from winset.games.game import Game
from winset.games.nucleolus import Nucleolus, nucleolus
from winset.games.side_payments import Payment, transfers
from winset.games.sparse import SparseGame
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
    "SparseGame",
    "banzhaf",
    "core",
    "egalitarian",
    "equal_surplus",
    "excesses",
    "in_core",
    "interaction",
    "myerson",
    "nucleolus",
    "objections",
    "owen",
    "proportional",
    "sampled_shapley",
    "shapley",
    "share",
    "transfers",
    "weighted_shapley",
]
