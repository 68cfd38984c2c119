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
from winset.tables.workbook import write_workbook
from winset.tables.writing import BOM, Style, checked_style, csv_text, write_csv, write_rows

__all__ = [
    "BOM",
    "ENCODINGS",
    "NO_VALUE",
    "Block",
    "Problems",
    "Style",
    "TableFormat",
    "UnreadableError",
    "blocks",
    "checked_format",
    "checked_rows",
    "checked_style",
    "csv_text",
    "embedded_rows",
    "find",
    "header",
    "number",
    "records",
    "rows",
    "sniff",
    "titles",
    "write_csv",
    "write_rows",
    "write_workbook",
]
