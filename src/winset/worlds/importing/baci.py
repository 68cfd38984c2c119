"""CEPII's BACI: columns t, i, j, k, v, q; thousand USD; countries and products are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, listed
from winset.places.economies import economies
from winset.worlds.importing import files
from winset.worlds.importing.cells import GOODS, Flows
from winset.worlds.importing.products import revision_of, unplaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.tables import TableFormat
    from winset.worlds.importing.files import Kind
    from winset.worlds.importing.products import Grouping

COLUMNS = ("t", "i", "j", "k", "v", "q")
ISO3 = ("country_iso3", "iso_3digit_alpha", "iso3")
NAME = ("country_name", "country_name_full", "country_name_abbreviation")
#: BACI's own codes that are not ISO 3166: "Other Asia, nes" is Taiwan in its notes.
CODES = {"S19": "TWN"}
OTHER_ASIA = 490
COUNTRIES = 1_000  # BACI numbers its countries with up to three digits


@dataclass(frozen=True, slots=True)
class ProductTrade:
    """Every flow of a file by product, so that rates by product can be weighted.

    Attributes
    ----------
    key : (m,) array
        product · 10⁶ + exporter · 10³ + importer, in rising order; countries are BACI's numbers.
    value : (m,) array
        Thousand USD.
    codes : mapping of int to str
        Code by number of a country.
    digits : int
        Of a product.
    revision : int
        Of the Harmonized System, by its year; 0 where the file's name does not tell.
    """

    key: NDArray[np.int64]
    value: Array
    codes: Mapping[int, str]
    digits: int
    revision: int


def read(
    path: Path,
    year: int | None,
    countries: str | Path | None,
    *,
    table: Grouping | None = None,
    declared: TableFormat | None = None,
    products: bool = False,
) -> Flows:
    """Read BACI in pieces and add it up by pair, or by sector of `table` and pair.

    With `products` the flows themselves are kept too (`Flows.products`), 16 bytes each.
    """
    names, nameless = countries_of(path, countries, declared)
    flows = Flows(unit="thousand-usd")
    split = table is not None or products
    spec: dict[str, Kind] = dict.fromkeys(
        ("t", "i", "j", "k") if split else ("t", "i", "j"), "number"
    )
    lengths: dict[int, int] = {}
    count = 1 if table is None else len(table.sectors)
    order = np.array(sorted({*names, *nameless}), dtype=np.int64)
    place = np.full(COUNTRIES, -1, dtype=np.int64)
    place[order[order < COUNTRIES]] = np.flatnonzero(order < COUNTRIES)
    unknown: set[int] = set()
    sums = np.zeros((count, len(order), len(order)))
    traded = np.zeros(sums.shape, dtype=np.bool_)
    by_product: dict[int, float] = {}
    kept: list[tuple[NDArray[np.int64], Array]] = []
    for piece in files.chunks(path, {**spec, "v": "flow"}, declared):
        files.nonnegative(piece, "v", path)
        flows.years |= {int(t) for t in piece["t"].unique()}
        if year is not None:
            piece = piece[piece["t"] == year]
        elif len(flows.years) > 1:
            break
        _within(piece, path)
        if split:
            _lengths(piece["k"], path, lengths)
        if products:
            kept.append((_keys(piece), piece["v"].fillna(0.0).to_numpy()))
        if table is not None:
            digits = next(iter(lengths), 6)
            own = piece.groupby("k", sort=False)["v"].sum()
            for product, value in zip(own.index.tolist(), own.tolist(), strict=True):
                by_product[int(product)] = by_product.get(int(product), 0.0) + float(value)
            piece = piece.assign(k=_sectors(piece["k"], table, digits, path))
        else:
            piece = piece.assign(k=0)
        added = piece[piece["k"] >= 0].groupby(["k", "i", "j"], sort=False)["v"].sum()
        row, sender, receiver = (
            added.index.get_level_values(name).to_numpy().astype(np.int64) for name in "kij"
        )
        i, n = place[sender], place[receiver]
        unknown |= {*sender[i < 0].tolist(), *receiver[n < 0].tolist()}
        at = (i >= 0) & (n >= 0)
        sums[row[at], i[at], n[at]] += added.to_numpy()[at]
        traded[row[at], i[at], n[at]] = True
    files.of_year(flows.years, year, path)
    if unknown:
        raise DataError(
            f"{path}: country code {min(unknown)} is not in the country-code file. Use the file of the "
            "same BACI release with --countries."
        )
    if table is not None and by_product:
        codes = np.array(sorted(by_product), dtype=np.int64)
        worth = 1e-3 * np.array([by_product[code] for code in codes.tolist()])
        flows.notes += unplaced(table, codes, worth, next(iter(lengths)), path)
    whole = 1e-3 * float(sums.sum())
    used = order[traded.any(axis=(0, 1)) | traded.any(axis=(0, 2))].tolist()
    without = [c for c in used if c in nameless]
    if without:
        gone = np.isin(order, without)
        dropped = 1e-3 * float(sums[:, gone[:, None] | gone[None, :]].sum())
        flows.notes.insert(
            0,
            f"Without an ISO code in the country-code file, left out: "
            f"{listed([f'{nameless[c]} ({c})' for c in without], 6)}; {dropped:,.6g} USD million of "
            f"trade, {100.0 * dropped / whole:.2g} %.",
        )
    sectors = (GOODS,) if table is None else table.sectors
    codes_of = [names.get(c, "") for c in order.tolist()]
    for sector, there, amounts in zip(sectors, traded, sums, strict=True):
        for a, b in np.argwhere(there).tolist():
            if codes_of[a] and codes_of[b]:
                cell = (sector, codes_of[a], codes_of[b])
                flows.cells[cell] = flows.cells.get(cell, 0.0) + 1e-3 * float(amounts[a, b])
    if products and lengths:
        key = np.concatenate([part for part, _ in kept])
        value = np.concatenate([part for _, part in kept])
        kept.clear()
        rising = np.argsort(key, kind="stable")
        flows.products = ProductTrade(
            key[rising], value[rising], names, next(iter(lengths)), revision_of(path.name)
        )
    return flows


def _within(piece: pd.DataFrame, path: Path) -> None:
    """Refuse a country that is no number of up to three digits, and a product that is no number."""
    for column in piece.columns.intersection(["i", "j", "k"]):
        values, most = piece[column].to_numpy(), 1_000_000 if column == "k" else COUNTRIES
        wrong = (values < 0) | (values >= most) | (values != np.floor(values))
        if wrong.any():
            k = int(np.argmax(wrong))
            raise DataError(
                f"{path} row {piece.index[k]}: {column} is {values[k]:g}; it must be a whole number below "
                f"{most:,}."
            )


def _keys(piece: pd.DataFrame) -> NDArray[np.int64]:
    product, exporter, importer = (piece[name].to_numpy().astype(np.int64) for name in "kij")
    return np.asarray(product * COUNTRIES**2 + exporter * COUNTRIES + importer)


def _sectors(
    products: pd.Series[float], table: Grouping, digits: int, path: Path
) -> NDArray[np.int64]:
    """Return positions of sectors."""
    if digits < table.digits:
        raise DataError(
            f"{path}: products of {digits} digits, and {table.said} tells products of {table.digits}. Take "
            "trade of that many digits."
        )
    return table.of(products.to_numpy().astype(np.int64), digits)


def _lengths(products: pd.Series[float], path: Path, levels: dict[int, int]) -> None:
    """Note of how many digits products are, two, four or six, one length in a file.

    A number has lost its leading zeros: 10121 is 010121, 101 is 0101.
    """
    code = products.to_numpy().astype(np.int64)
    digits = np.select([code >= 10_000, code >= 100], [6, 4], 2)
    for level in np.unique(digits):
        levels.setdefault(int(level), int(products.index[int(np.argmax(digits == level))]))
    if len(levels) > 1:
        (a, row), (b, other) = sorted(levels.items())[:2]
        raise DataError(
            f"{path}: products of {a} digits (row {row}) and of {b} digits (row {other}) in one file; one "
            "contains the other. Keep one length."
        )


def countries_of(
    path: Path, countries: str | Path | None, declared: TableFormat | None
) -> tuple[dict[int, str], dict[int, str]]:
    """Return code by number, and the names of numbers that have none; the table beside a release of BACI."""
    if countries is None:
        beside = sorted(path.parent.glob("country_codes*.csv"))
        if len(beside) != 1:
            raise DataError(
                f"{path} looks like BACI, whose countries are numbers; "
                f"{'no' if not beside else 'more than one'} country_codes*.csv beside it. "
                "Name it with --countries FILE."
            )
        countries = beside[0]
    file = Path(countries)
    header = tables.header(file, declared=declared)
    iso3, name = files.found(header, ISO3), files.found(header, NAME)
    if "country_code" not in header or iso3 is None:
        raise DataError(
            f"{file} row 1: no column {'country_code' if 'country_code' not in header else ISO3[0]}; found "
            f"{', '.join(header[:8])}."
        )
    names: dict[int, str] = {}
    nameless: dict[int, str] = {}
    for row, cells in tables.rows(file, ("country_code", iso3), declared=declared):
        text, code = cells["country_code"], cells[iso3]
        if not text.isdigit():
            raise DataError(f"{file} row {row}: country_code is {text!r}; it must be a number.")
        number = int(text)
        if code.casefold() in tables.NO_VALUE:
            if number == OTHER_ASIA:
                names[number] = "TWN"
            else:
                nameless[number] = cells[name] if name else text
        else:
            names[number] = CODES.get(code, code)
    if not set(names.values()) & set(economies()):
        raise DataError(f"{file}: column {iso3} holds no ISO 3166 code.")
    return names, nameless
