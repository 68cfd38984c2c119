"""CEPII's BACI: columns t, i, j, k, v, q; thousand USD; countries and products are numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from winset import tables
from winset.errors import DataError
from winset.worlds.importing import files
from winset.worlds.importing.cells import GOODS, Flows
from winset.worlds.importing.sections import section

COLUMNS = ("t", "i", "j", "k", "v", "q")
#: BACI's own codes that are not ISO 3166.
CODES = {"S19": "TWN"}


def read(
    path: Path, year: int | None, countries: str | Path | None, *, sections: bool = False
) -> Flows:
    """Read BACI in pieces and add it up by pair, or by HS section and pair."""
    names = _countries(path, countries)
    flows = Flows()
    by = ["i", "j", "k"] if sections else ["i", "j"]
    numbers: dict[tuple[int, ...], float] = {}
    spec: dict[str, Literal["text", "number"]] = dict.fromkeys(("t", *by, "v"), "number")
    for piece in files.chunks(path, spec):
        files.nonnegative(piece, "v", path)
        flows.years |= {int(t) for t in piece["t"].unique()}
        if year is not None:
            piece = piece[piece["t"] == year]
        elif len(flows.years) > 1:
            break
        if sections:  # by chapter: few sums, whatever the number of products
            piece = piece.assign(k=piece["k"] // 10_000)
        sums = piece.groupby(by, sort=False)["v"].sum()
        for key, value in zip(sums.index.tolist(), sums.to_numpy(), strict=True):
            place = tuple(int(part) for part in key)
            numbers[place] = numbers.get(place, 0.0) + float(value)
    files.of_year(flows.years, year, path)
    if unknown := sorted({c for key in numbers for c in key[:2]} - set(names)):
        raise DataError(
            f"{path}: country code {unknown[0]} is not in the country-code file. Use the file of the "
            "same BACI release with --countries."
        )
    outside = 0.0
    for key in sorted(numbers):
        value = 1e-3 * numbers[key]
        sector = section(key[2] * 10_000) if sections else GOODS
        if sector is None:
            outside += value
        else:
            flows.add([names[key[0]]], [names[key[1]]], [value], sector)
    if outside:
        flows.notes.append(
            f"Products outside the 21 sections (chapters 98 and 99) are left out: {outside:,.6g} USD "
            "million."
        )
    return flows


def _countries(path: Path, countries: str | Path | None) -> dict[int, str]:
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
    header = tables.header(file)
    if missing := [c for c in ("country_code", "country_iso3") if c not in header]:
        raise DataError(
            f"{file} row 1: no column {', '.join(missing)}; found {', '.join(header[:8])}."
        )
    names: dict[int, str] = {}
    spec: dict[str, Literal["text", "number"]] = {"country_code": "number", "country_iso3": "text"}
    for piece in files.chunks(file, spec):
        for number, code in zip(piece["country_code"], piece["country_iso3"], strict=True):
            names[int(number)] = CODES.get(code, code)
    return names
