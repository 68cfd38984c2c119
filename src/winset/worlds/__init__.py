"""Pictures of the world economy: load, check, import, aggregate."""

from winset.worlds.package import (
    WITH_TARIFFS,
    WITHOUT_TARIFFS,
    embedded_worlds,
    find_problems,
    read_world,
    world,
)
from winset.worlds.package_writing import write_world
from winset.worlds.world_data import Accounts, Source, World

__all__ = [
    "WITHOUT_TARIFFS",
    "WITH_TARIFFS",
    "Accounts",
    "Source",
    "World",
    "embedded_worlds",
    "find_problems",
    "read_world",
    "world",
    "write_world",
]
