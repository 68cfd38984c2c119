"""Inter-country input–output tables as worlds with sectors: OECD ICIO, ADB MRIO, EORA26."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.worlds.importing import adb, eora, files, icio
from winset.worlds.importing.elasticities import choose
from winset.worlds.importing.io_table import TOLERANCE, Books
from winset.worlds.importing.resolve import table_accounts
from winset.worlds.technology import Technology
from winset.worlds.world_data import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LAYOUTS: dict[str, tuple[str, Callable[[Path, int | None], Books]]] = {
    "icio": ("OECD Inter-Country Input-Output table", icio.read),
    "adb": ("ADB Multi-Regional Input-Output table", adb.read),
    "eora": ("EORA26 (Lenzen et al. 2013)", eora.read),
}


def layout(path: Path) -> str | None:
    """Return which inter-country layout a file or folder has, if any."""
    if path.is_dir():
        if eora.recognized(path):
            return "eora"
        raise DataError(
            f"{path} is a folder without labels_T.txt: not EORA26. Name a file, or the folder of one "
            "year of EORA26."
        )
    try:
        header = tables.header(path, most_line=icio.MOST_HEADER)
    except DataError:
        return None
    if icio.recognized(header):
        return "icio"
    return "adb" if adb.recognized(path) else None


def import_table(
    path: str | Path,
    *,
    kind: str | None = None,
    year: int | None = None,
    elasticities: str | Path | None = None,
    tolerance: float = TOLERANCE,
    without: Iterable[str] = (),
    name: str = "imported",
) -> World:
    """Make a world of a published inter-country table, read in one pass row by row.

    Parameters
    ----------
    path : path
        OECD's yearly CSV, the CSV of ADB's sheet, or the folder of one year of EORA26.
    kind : str, optional
        ``icio``, ``adb`` or ``eora``; found by the layout.
    elasticities : number or path, optional
        Trade elasticities, 4 by default, see `winset.worlds.importing.elasticities`.
    tolerance : float
        By how much accounts may be off, as a part of what is sold.
    without : codes
        Economies to leave out; goods bought from them count as value added.

    Raises
    ------
    DataError
        With the file, the row or column, the value and the remedy; accounts that do not balance
        with the country, the sector and by how much.
    """
    path = Path(path)
    if not 0 < tolerance < 1:
        raise DataError(
            f"--tolerance {tolerance:g}: must lie between 0 and 1 (0.01 is one percent)."
        )
    kind = kind or layout(path)
    if kind is None or kind not in LAYOUTS:
        raise DataError(
            f"{path}: not an inter-country table: neither OECD ICIO, nor the CSV of ADB MRIO's sheet, "
            "nor a folder of EORA26."
        )
    title, read = LAYOUTS[kind]
    books = read(path, year)
    out = set(without)
    if unknown := sorted(out - set(books.codes)):
        raise DataError(
            f"--without {unknown[0]}: {path} has no such economy."
            f"{did_you_mean(unknown[0], books.codes)}"
        )
    books.check(tolerance)
    if out:
        books = books.without(out)
        books.notes.append(f"Left out with all trade with them: {listed(sorted(out), 20)}.")
    accounts = table_accounts(books)
    trade = accounts.trade
    away = ~np.eye(len(accounts.codes), dtype=np.bool_)
    traded = trade[:, away].sum(axis=1) > 0
    theta = choose(elasticities, accounts.sectors, traded)
    value_added = (accounts.value_added * trade.sum(axis=2)).sum(axis=0)
    if poor := [c for c, v in zip(accounts.codes, value_added, strict=True) if not v > 0]:
        raise DataError(f"{path}: no value added in {listed(poor)}. Leave it out with --without.")
    return World(
        name=name,
        year=books.year,
        codes=accounts.codes,
        names=tuple(books.names.get(code, code) for code in accounts.codes),
        gdp=value_added,
        sectors=accounts.sectors,
        trade=trade,
        tariff=np.zeros_like(trade),
        domestic_known=True,
        sources=(files.source(books.file or path, title),),
        notes=(
            "No tariffs: every tariff of the baseline is 0, a change of tariff counts from there.",
            "Taxes on products and adjustments are part of value added.",
            *accounts.notes,
        ),
        technology=Technology(
            elasticity=theta.theta,
            names=tuple(books.titles.get(s, s) for s in accounts.sectors),
            elasticity_sets=theta.sets,
            value_added=accounts.value_added,
            inputs=accounts.inputs,
            final=accounts.final,
        ),
    )
