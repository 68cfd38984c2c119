"""Worlds made of files as they are published."""

from winset.worlds.importing.flows import Columns, import_world
from winset.worlds.importing.intercountry import import_table, layout
from winset.worlds.importing.io_table import TOLERANCE

__all__ = ["TOLERANCE", "Columns", "import_table", "import_world", "layout"]
