"""CEPII's BACI: columns t, i, j, k, v, q; thousand USD; countries and products are numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, listed
from winset.places.economies import economies
from winset.worlds.importing import files
from winset.worlds.importing.cells import GOODS, Flows
from winset.worlds.importing.sections import section

if TYPE_CHECKING:
    import pandas as pd

    from winset.tables import TableFormat
    from winset.worlds.importing.files import Kind

COLUMNS = ("t", "i", "j", "k", "v", "q")
ISO3 = ("country_iso3", "iso_3digit_alpha", "iso3")
NAME = ("country_name", "country_name_full", "country_name_abbreviation")
#: BACI's own codes that are not ISO 3166: "Other Asia, nes" is Taiwan in its notes.
CODES = {"S19": "TWN"}
OTHER_ASIA = 490


def read(
    path: Path,
    year: int | None,
    countries: str | Path | None,
    *,
    sections: bool = False,
    declared: TableFormat | None = None,
) -> Flows:
    """Read BACI in pieces and add it up by pair, or by HS section and pair."""
    names, nameless = countries_of(path, countries, declared)
    flows = Flows(unit="thousand-usd")
    by = ["i", "j", "k"] if sections else ["i", "j"]
    numbers: dict[tuple[int, ...], float] = {}
    spec: dict[str, Kind] = dict.fromkeys(("t", *by), "number")
    levels: dict[int, int] = {}
    for piece in files.chunks(path, {**spec, "v": "flow"}, declared):
        files.nonnegative(piece, "v", path)
        flows.years |= {int(t) for t in piece["t"].unique()}
        if year is not None:
            piece = piece[piece["t"] == year]
        elif len(flows.years) > 1:
            break
        if sections:  # by chapter: few sums, whatever the number of products
            piece = piece.assign(k=_chapters(piece["k"], path, levels))
        sums = piece.groupby(by, sort=False)["v"].sum()
        for key, value in zip(sums.index.tolist(), sums.to_numpy(), strict=True):
            place = tuple(int(part) for part in key)
            numbers[place] = numbers.get(place, 0.0) + float(value)
    files.of_year(flows.years, year, path)
    if unknown := sorted({c for key in numbers for c in key[:2]} - set(names) - set(nameless)):
        raise DataError(
            f"{path}: country code {unknown[0]} is not in the country-code file. Use the file of the "
            "same BACI release with --countries."
        )
    whole = 1e-3 * sum(numbers.values())
    outside, dropped = 0.0, 0.0
    without: set[int] = set()
    for key in sorted(numbers):
        value = 1e-3 * numbers[key]
        if gone := {c for c in key[:2] if c in nameless}:
            dropped, without = dropped + value, without | gone
            continue
        sector = section(key[2] * 10_000) if sections else GOODS
        if sector is None:
            outside += value
        else:
            flows.add([names[key[0]]], [names[key[1]]], [value], sector)
    if without:
        flows.notes.append(
            f"Without an ISO code in the country-code file, left out: "
            f"{listed([f'{nameless[c]} ({c})' for c in sorted(without)], 6)}; {dropped:,.6g} USD million of "
            f"trade, {100.0 * dropped / whole:.2g} %."
        )
    if outside:
        flows.notes.append(
            f"Products outside the 21 sections (chapters 98 and 99) are left out: {outside:,.6g} USD "
            "million."
        )
    return flows


def _chapters(products: pd.Series[float], path: Path, levels: dict[int, int]) -> np.ndarray:
    """Return the two first digits of codes of two, four or six digits, one length in a file.

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
    return np.asarray(code // 10 ** (int(next(iter(levels))) - 2))


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
