"""Flows between the economies that texts name; and square matrices of them, rows exporting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, listed
from winset.places.codes import read_codes, remedy
from winset.worlds.importing import files
from winset.worlds.importing.cells import Flows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.tables import TableFormat


def add_coded(flows: Flows, said: dict[tuple[str, str], tuple[int, float]], path: Path) -> None:
    """Add flows between economies; what stands for many is left out by name, with its size."""
    rows: dict[str, int] = {}
    for pair, (row, _) in said.items():
        for text in pair:
            rows.setdefault(text, row)
    read = read_codes(rows, path)
    if read.unknown:
        text = read.unknown[0]
        raise DataError(f"{path} row {rows[text]}: {text!r} is no code; {remedy(text)}")
    seen: dict[tuple[str, str], int] = {}
    gone: dict[str, float] = {}
    for (sender, receiver), (row, amount) in said.items():
        if many := [text for text in (sender, receiver) if text in read.aggregates]:
            gone[many[0]] = gone.get(many[0], 0.0) + amount
            continue
        pair = (read.codes[sender], read.codes[receiver])
        if pair in seen:
            raise DataError(
                f"{path} row {row}: {sender} to {receiver} is {pair[0]} to {pair[1]}, as row {seen[pair]} "
                "is. Keep one row."
            )
        seen[pair] = row
        flows.add([pair[0]], [pair[1]], [amount])
    if not flows.cells:
        raise DataError(
            f"{path}: no trade between economies; every row is of {listed(list(gone))}."
        )
    flows.notes += read.notes
    for text, amount in gone.items():
        flows.notes.append(
            f"Left out: {text} ({read.aggregates[text]}), which stands for many economies; "
            f"{amount:,.6g} USD million."
        )


def read_matrix(
    path: Path, header: Sequence[str], declared: TableFormat | None, unit: str
) -> Flows:
    codes = tables.titles(header)[1:]
    if any(re.fullmatch(r"[A-Z]{2,4}_[A-Z0-9]+", code) for code in codes):
        raise DataError(
            f"{path}: columns such as {codes[0]} are economies and industries of an inter-country table, as "
            "Eurostat's FIGARO has them, which is not read. OECD's ICIO, ADB's MRIO and EORA26 are."
        )
    if len(codes) < 2 or read_codes(codes, path).unknown:
        raise DataError(
            f"{path}: neither BACI (t,i,j,k,v,q), nor a table with exporter, importer and value, nor a "
            f"square matrix with codes in its first row and column; row 1 is "
            f"{', '.join(header[:8])}. Name columns with --exporter-column and the like."
        )
    flows, factor = Flows(unit=unit), files.factor(unit, "--unit")
    said: dict[tuple[str, str], tuple[int, float]] = {}
    rows: dict[str, int] = {}
    for number, cells in tables.rows(path, figures=codes, declared=declared):
        code, *row = cells.values()
        if code not in codes or code in rows:
            problem = "stands twice" if code in rows else "is not a column"
            raise DataError(
                f"{path} row {number}: {code!r} {problem}; rows and columns must hold the same codes."
            )
        rows[code] = number
        for importer, text in zip(codes, row, strict=True):
            value = _plain(text, f"{path} row {number}, column {importer}")
            if value > 0:
                said[code, importer] = (number, value * factor)
    if missing := [code for code in codes if code not in rows]:
        raise DataError(f"{path}: no row for column {missing[0]}; the matrix must be square.")
    if not said:
        raise DataError(f"{path}: no trade in it.")
    add_coded(flows, said, path)
    return flows


def _plain(text: str, where: str) -> float:
    """Read a cell; an empty one is no trade."""
    if not text:
        return 0.0
    value = files.number(text)
    if not np.isfinite(value):
        raise DataError(f"{where}: {text!r} is not a number.")
    if value < 0:
        raise DataError(f"{where}: {text} is negative; a flow cannot be.")
    return value
