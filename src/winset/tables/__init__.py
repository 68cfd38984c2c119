"""Reading and writing tables: the one place that knows CSV."""

from winset.tables.columns import Block, blocks
from winset.tables.problems import Problems, checked_rows, find, number
from winset.tables.reading import (
    UnreadableError,
    embedded_rows,
    header,
    records,
    rows,
    titles,
)
from winset.tables.writing import write_rows

__all__ = [
    "Block",
    "Problems",
    "UnreadableError",
    "blocks",
    "checked_rows",
    "embedded_rows",
    "find",
    "header",
    "number",
    "records",
    "rows",
    "titles",
    "write_rows",
]
