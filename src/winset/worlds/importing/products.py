"""Products of the Harmonized System as sectors: chapters, sections, industries, or what a file says.

A table of a user's own, or a correspondence as UNSD and WITS publish them (BEC, ISIC), has a column of
products of two, four or six digits and a column of sectors. A product has the sector of its own code, or of
its heading or chapter where the table is of those. An empty sector leaves a product out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.worlds.importing.sections import SECTIONS
from winset.worlds.line_elasticities import FOLDER
from winset.worlds.line_names import chapters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.tables import TableFormat

WAYS = ("one", "sections", "chapters", "isic", "bec")
LEFT_OUT, UNKNOWN = -1, -2

PRODUCT = ("product", "product code", "productcode", "hs6", "k", "code", "commodity", "cmdcode")
SECTOR = ("sector", "industry", "isic", "bec", "group", "section")
NAME = ("name", "sector name", "sector_name", "description")

#: Year of a revision of the Harmonized System by what files call it: H5, HS17, HS5, HS2017.
REVISIONS = {"0": 1992, "1": 1996, "2": 2002, "3": 2007, "4": 2012, "5": 2017, "6": 2022}

#: Categories of BEC, revision 4 (United Nations), as the concordance writes them.
BEC = {
    "111": "Food, primary, for industry",
    "112": "Food, primary, for households",
    "121": "Food, processed, for industry",
    "122": "Food, processed, for households",
    "210": "Industrial supplies, primary",
    "220": "Industrial supplies, processed",
    "310": "Fuels, primary",
    "320": "Fuels, processed",
    "322": "Fuels, processed, other than motor spirit",
    "410": "Capital goods",
    "420": "Parts of capital goods",
    "510": "Passenger cars",
    "521": "Transport equipment for industry",
    "522": "Transport equipment, other",
    "530": "Parts of transport equipment",
    "610": "Consumer goods, durable",
    "620": "Consumer goods, semi-durable",
    "630": "Consumer goods, non-durable",
    "700": "Other goods",
}


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which product is of which sector.

    Attributes
    ----------
    sectors, names : tuple of str
        Codes and names of the J sectors.
    digits : int
        How many digits of a product its sector is told by: 2, 4 or 6.
    position : mapping of int to int
        Position of the sector by the number that these digits are; `LEFT_OUT` where it has none.
    revision : int
        Year of the revision of the Harmonized System that the codes are of, 0 where all are meant.
    said : str
        What the table is called in messages.
    """

    sectors: tuple[str, ...]
    names: tuple[str, ...]
    digits: int
    position: Mapping[int, int]
    revision: int = 0
    said: str = ""
    known: NDArray[np.int64] = field(init=False)
    places: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the codes, so that many are found at once."""
        codes = np.array(sorted(self.position), dtype=np.int64)
        object.__setattr__(self, "known", codes)
        places = np.array([self.position[code] for code in codes.tolist()], dtype=np.int64)
        object.__setattr__(self, "places", places)

    def of(self, products: NDArray[np.int64], digits: int) -> NDArray[np.int64]:
        """Return positions of sectors; `UNKNOWN` for a product that the table does not have.

        `products` are numbers of `digits` digits, at least as many as the table's.
        """
        codes = products // 10 ** (digits - self.digits)
        at = np.minimum(np.searchsorted(self.known, codes), len(self.known) - 1)
        return np.where(self.known[at] == codes, self.places[at], UNKNOWN)


def revision_of(text: str) -> int:
    """Return the year of the revision that a name tells, or 0.

    >>> revision_of("BACI_HS22_Y2023_V202501.csv"), revision_of("H5"), revision_of("HS5_6d")
    (2022, 2017, 2017)
    >>> revision_of("HS 2017 Product Code"), revision_of("hs6")
    (2017, 0)
    """
    found = re.search(
        r"(?i)(?<![a-z])(?:HS[ _-]?((?:19|20)\d\d|\d\d)(?!\d)|H(\d)(?!\d)|HS(\d)_\dd)", text
    )
    if found is None:
        return 0
    mark = next(filter(None, found.groups()))
    if len(mark) == 1:
        return REVISIONS.get(mark, 0)
    year = int(mark) if len(mark) == 4 else 1900 + int(mark) if mark > "50" else 2000 + int(mark)
    year = 1992 if year == 1988 else year
    return year if year in REVISIONS.values() else 0


def grouping(
    sectors: str, of: int, where: object, declared: TableFormat | None = None
) -> Grouping | None:
    """Return how products become sectors; None for ``one``.

    `of` is the revision that the trade `where` is of, 0 where it is not told.

    Raises
    ------
    DataError
        No such way, a table without the columns, a product given two sectors, another revision.
    """
    if sectors == "one":
        return None
    if sectors == "sections":
        spans = enumerate(SECTIONS.values())
        position = {k: j for j, (_, first, last) in spans for k in range(first, last + 1)}
        position |= dict.fromkeys((98, 99), LEFT_OUT)
        titles = tuple(name for name, *_ in SECTIONS.values())
        return Grouping(tuple(SECTIONS), titles, 2, position, said="the 21 sections")
    if sectors == "chapters":
        named = {code: name for code, name in chapters().items() if int(code) < 98}
        position = {int(code): j for j, code in enumerate(named)} | {77: LEFT_OUT}
        position |= dict.fromkeys((98, 99), LEFT_OUT)
        return Grouping(tuple(named), tuple(named.values()), 2, position, said="the 97 chapters")
    if sectors in ("isic", "bec"):
        return _embedded(sectors, of, where)
    path = Path(sectors)
    if not path.suffix and not path.exists():
        raise DataError(
            f"--sectors {sectors}: not a way to split trade.{did_you_mean(sectors, WAYS)} "
            f"Known: {', '.join(WAYS)}, or a FILE of product and sector."
        )
    table = _read(path, declared)
    if table.revision and of and table.revision != of:
        raise DataError(
            f"{path} is of HS {table.revision}, {where} of HS {of}: revisions of the Harmonized System are "
            "not mixed. Take the table, or the release of the trade, of the same revision."
        )
    return table


@lru_cache(maxsize=4)
def _concordance(column: str, of: int) -> dict[int, str]:
    """Return ISIC's or BEC's code by product of HS 2017 or HS 2007, where there is one."""
    found: dict[int, set[str]] = {}
    for row in tables.embedded_rows(FOLDER / "hs2017.csv.gz"):
        found.setdefault(int(row[f"hs6_{of}"]), set()).add(row[column])
    return {code: min(named) for code, named in found.items() if len(named) == 1}


def _embedded(sectors: str, of: int, where: object) -> Grouping:
    if of not in (2007, 2017):
        is_of = (
            f"is of HS {of}" if of else "does not say of which revision it is (HS17 in its name)"
        )
        raise DataError(
            f"--sectors {sectors} is by a correspondence of HS 2017 and HS 2007, and {where} {is_of}. Take "
            "the release of that revision, or give the correspondence of yours: --sectors FILE."
        )
    column = {"isic": "sector", "bec": "bec"}[sectors]
    sector_of = _concordance(column, of)
    order = sorted({code for code in sector_of.values() if code})
    at = {code: j for j, code in enumerate(order)} | {"": LEFT_OUT}
    names = _industries() if sectors == "isic" else BEC
    return Grouping(
        tuple(order),
        tuple(names.get(code, code) for code in order),
        6,
        {product: at[code] for product, code in sector_of.items()},
        of,
        f"the correspondence of HS {of} with {sectors.upper()}",
    )


@lru_cache(maxsize=1)
def _industries() -> dict[str, str]:
    file = FOLDER.parent / "icio-2022" / "sectors.csv"
    return {row["sector"]: row["name"] for row in tables.embedded_rows(file)}


def _read(path: Path, declared: TableFormat | None) -> Grouping:
    """Read a table of products and sectors."""
    header = tables.header(path, declared=declared)
    folded = {title.casefold(): title for title in header}
    product = next((folded[name] for name in PRODUCT if name in folded), None)
    product = product or next((title for title in header if revision_of(title)), None)
    others = [t for t in header if t != product and t.casefold() not in NAME]
    sector = next((folded[name] for name in SECTOR if name in folded), None)
    if sector is None and len(others) == 1:
        sector = others[0]
    if product is None or sector is None:
        raise DataError(
            f"{path} row 1: no column for the {'product' if product is None else 'sector'}; found "
            f"{', '.join(header[:8])}. Call the two product and sector."
        )
    name = next((folded[name] for name in NAME if name in folded), None)
    digits, first = 0, 0
    said: dict[int, tuple[str, int]] = {}
    names: dict[str, str] = {}
    for row, cells in tables.rows(path, (product, sector), declared=declared):
        code, to = cells[product], cells[sector]
        if not code.isdigit() or len(code) > 6:
            raise DataError(
                f"{path} row {row}: {product} is {code!r}; it must be of two, four or six digits."
            )
        here = len(code) + len(code) % 2  # 10121 has lost a zero
        digits, first = digits or here, first or row
        if here != digits:
            raise DataError(
                f"{path}: products of {digits} digits (row {first}) and of {here} digits (row {row}) in one "
                "file; one contains the other. Keep one length."
            )
        if (before := said.get(int(code))) is not None and before[0] != to:
            raise DataError(
                f"{path} row {row}: {product} {code} is of {to!r}, in row {before[1]} of {before[0]!r}. "
                "A product is of one sector."
            )
        said[int(code)] = (to, row)
        if to:
            names.setdefault(to, (cells[name] if name else "") or to)
    if not names:
        raise DataError(f"{path}: no product has a sector.")
    at = {code: j for j, code in enumerate(names)} | {"": LEFT_OUT}
    return Grouping(
        tuple(names),
        tuple(names.values()),
        digits,
        {code: at[to] for code, (to, _) in said.items()},
        revision_of(product) or revision_of(path.name),
        path.name,
    )


def unplaced(
    table: Grouping, products: NDArray[np.int64], values: Array, digits: int, path: Path
) -> list[str]:
    """Refuse products that the table does not have; say what is left out on purpose, and its share.

    `products` (m,) are all that is traded, `values` (m,) their trade, USD million.

    Raises
    ------
    DataError
        With the share of trade that would be lost.
    """
    at, whole = table.of(products, digits), float(values.sum()) or 1.0
    if (strange := at == UNKNOWN).any():
        lost = float(values[strange].sum()) / whole
        what = listed([f"{code:0{digits}d}" for code in products[strange].tolist()], 4)
        raise DataError(
            f"{path}: {int(strange.sum()):,} products, {100.0 * lost:.2g} % of trade, are not in "
            f"{table.said}: {what}. Are they of another revision of the Harmonized System? If not, add "
            "them; a row with an empty sector leaves a product out."
        )
    out = at == LEFT_OUT
    if not out.any():
        return []
    lost = float(values[out].sum())
    return [
        f"Products outside {table.said} are left out: {lost:,.6g} USD million, {100.0 * lost / whole:.2g} % "
        "of trade."
    ]
