"""Pictures of the world economy: load, check, import, aggregate."""

from winset.worlds.model import Accounts, Source, World
from winset.worlds.package import embedded_worlds, find_problems, read_world, world, write_world

__all__ = [
    "Accounts",
    "Source",
    "World",
    "embedded_worlds",
    "find_problems",
    "read_world",
    "world",
    "write_world",
]
