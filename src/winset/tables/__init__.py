"""Reading and writing tables: the one place that knows CSV and its kin."""

from winset.tables.columns import Block, blocks
from winset.tables.dialect import ENCODINGS, TableFormat, UnreadableError, checked_format, sniff
from winset.tables.figures import NO_VALUE
from winset.tables.problems import Problems, checked_rows, find, number
from winset.tables.reading import (
    embedded_rows,
    header,
    records,
    rows,
    titles,
)
from winset.tables.writing import write_rows

__all__ = [
    "ENCODINGS",
    "NO_VALUE",
    "Block",
    "Problems",
    "TableFormat",
    "UnreadableError",
    "blocks",
    "checked_format",
    "checked_rows",
    "embedded_rows",
    "find",
    "header",
    "number",
    "records",
    "rows",
    "sniff",
    "titles",
    "write_rows",
]
