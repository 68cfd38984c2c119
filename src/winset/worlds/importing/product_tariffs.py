r"""Tariffs by product, as WITS/TRAINS, MAcMap and Teti lay them out, brought to sectors by trade.

The rate of sector k on what exporter i sells to importer n is weighted by the trade of its products p,

    t_kin = Σ_{p∈k} v_pin t_pin / Σ_{p∈k} v_pin,      over products that have a rate,

so that the revenue at unchanged trade is that of the products. Where no product of a flow has a rate the
sector's is 0, and the share of trade without one is said.

A flow's own rate is the first that the table has: a row of the pair itself; of the European Union in the
place of a member; of the exporter "World" (MFN). Where a column tells the kind of duty, applied rates
(AHS) go before preferential (PRF), these before MFN; bound rates (BND) are no duties and are passed over.

With a column of sectors in place of products the rates are taken as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.worlds.importing import files
from winset.worlds.importing.baci import COUNTRIES
from winset.worlds.importing.products import revision_of
from winset.worlds.importing.tariff_columns import AHS, BND, MFN, PRF, PRODUCTS
from winset.worlds.importing.tariff_parties import TariffParties
from winset.worlds.importing.tariff_table import UNITS, factor_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.tables import TableFormat
    from winset.worlds.importing.baci import ProductTrade
    from winset.worlds.importing.products import Grouping

KINDS = {MFN: 0, PRF: 1, AHS: 2, "": 2}
PASSED_OVER = (BND,)
MOST_UNRATED = 0.01  # of trade, in products that the table does not have at all


@dataclass(frozen=True, slots=True)
class RatesAsked:
    """What rates are asked for: economies, sectors, the year, the unit and the format of the file."""

    codes: Sequence[str]
    sectors: tuple[str, ...]
    year: int
    unit: str | None
    declared: TableFormat | None = None


def layout(path: Path, declared: TableFormat | None = None) -> str:
    """Return ``product`` or ``sector`` where a table of tariffs has such a column, else nothing."""
    header = tables.header(path, declared=declared)
    if files.found(header, PRODUCTS.product):
        return "product"
    return "sector" if files.found(header, PRODUCTS.sector) else ""


@dataclass(frozen=True, slots=True)
class _Flows:
    """m flows in rising order of good, exporter, importer; `cell` is where each is in the cube of sectors."""

    cell: NDArray[np.int64]
    exporter: NDArray[np.int64]
    importer: NDArray[np.int64]
    good: NDArray[np.int64]  # a product, or the position of a sector
    value: Array


@dataclass(slots=True)
class _Rates:
    """Rates of m flows, and MFN rates of n importers by product (n, P), with the rank of who said them."""

    cells: NDArray[np.int64]  # rising keys of flows
    rate: Array
    rank: NDArray[np.int8]
    products: NDArray[np.int64]  # rising
    mfn: Array
    mfn_rank: NDArray[np.int8]


def read(
    path: Path,
    asked: RatesAsked,
    trade: Array,
    flows: ProductTrade | None,
    table: Grouping | None,
) -> tuple[Array, list[str]]:
    """Return rates (J, n, n), fractions, sector × exporter × importer, and what is to be noted of them.

    `trade` (J, n, n) is in the order of the sectors and economies asked for; `flows` and `table` are what
    `winset.worlds.importing.baci` read by product and how products became sectors.

    Raises
    ------
    DataError
        No such column, several years or revisions, a flow given twice, products that the table does not have
        with more than 1 % of trade, or a median above 1 without a unit.
    """
    if asked.unit is not None and asked.unit not in UNITS:
        raise DataError(f"--tariff-unit {asked.unit}: not one of {', '.join(UNITS)}.")
    index = {code: k for k, code in enumerate(asked.codes)}
    if flows is None:
        sector, exporter, importer = (part.astype(np.int64) for part in np.nonzero(trade))
        cell = np.flatnonzero(trade).astype(np.int64)
        here = _Flows(cell, exporter, importer, sector, trade.reshape(-1)[cell])
        goods, digits, of = np.arange(len(asked.sectors), dtype=np.int64), 0, 0
    else:
        here = _kept(flows, index, table, trade.shape)
        goods, digits, of = np.unique(here.good), flows.digits, flows.revision
    value = here.value
    rates = _Rates(
        (here.good * COUNTRIES + here.exporter) * COUNTRIES + here.importer,
        np.full(len(value), np.nan),
        np.full(len(value), -1, dtype=np.int8),
        goods,
        np.full((len(index), len(goods)), np.nan),
        np.full((len(index), len(goods)), -1, dtype=np.int8),
    )
    ends = TariffParties(path, asked.year, index)
    count = _stream(path, asked, ends, rates, digits, of)
    places = np.searchsorted(goods, here.good)
    rate = np.where(rates.rank >= 0, rates.rate, rates.mfn[here.importer, places])
    has = ~np.isnan(rate)
    if not has.any():
        raise DataError(f"{path}: no rate of what is traded between these economies.")
    whole = float(value.sum())
    _complete(path, goods, places, value, has, digits, of)
    rate *= UNITS[asked.unit or factor_of(path, rate[has].tolist())]
    weight = np.bincount(here.cell, np.where(has, value, 0.0), trade.size)
    paid = np.bincount(here.cell, np.where(has, value * rate, 0.0), trade.size)
    mean = np.divide(paid, weight, out=np.zeros_like(paid), where=weight > 0).reshape(trade.shape)
    covered, own = float(value[has].sum()), rates.rank >= 0
    what = "products" if digits else "sectors"
    notes = [
        f"Tariffs of {path.name}: {count:,} rates by {what[:-1]}, brought to sectors by trade; mean "
        f"{100.0 * float(paid.sum()) / covered:.2f} % of what has a rate. {100.0 * covered / whole:.1f} % of "
        f"trade has one, {100.0 * float(value[own & has].sum()) / whole:.1f} % of the pair's own, the others "
        "the rate for all; what has none counts as 0."
    ]
    notes += [*ends.said, *ends.notes]
    if ends.united:
        notes.append(
            f"{listed(sorted(ends.united))} in {path.name} is read as the members of the European Union "
            f"on 1 January {asked.year}."
        )
    if ends.aside:
        notes.append(
            f"Rates of {listed(sorted(ends.aside), 8)}, which stand for many economies or none, are left out."
        )
    return mean, notes


def _kept(
    flows: ProductTrade,
    index: dict[str, int],
    table: Grouping | None,
    shape: tuple[int, ...],
) -> _Flows:
    """Return the flows between economies kept, of products that have a sector.

    They stay in the order of their keys if the numbers of economies rise with BACI's; else they are sorted.
    """
    place = np.full(COUNTRIES, -1, dtype=np.int64)
    for number, code in flows.codes.items():
        if number < COUNTRIES and code in index:
            place[number] = index[code]
    pair = flows.key % COUNTRIES**2
    kept = (place[pair // COUNTRIES] >= 0) & (place[pair % COUNTRIES] >= 0)
    kept &= pair // COUNTRIES != pair % COUNTRIES
    product = flows.key // COUNTRIES**2
    if table is not None:
        kept &= table.of(product, flows.digits) >= 0
    pair, product, value = pair[kept], product[kept], flows.value[kept]
    i, n = place[pair // COUNTRIES], place[pair % COUNTRIES]
    del pair
    order = np.lexsort((n, i, product))
    product, i, n, value = product[order], i[order], n[order], value[order]
    j = 0 if table is None else table.of(product, flows.digits)
    return _Flows((j * shape[1] + i) * shape[2] + n, i, n, product, value)


def _complete(
    path: Path,
    goods: NDArray[np.int64],
    places: NDArray[np.int64],
    value: Array,
    has: NDArray[np.bool_],
    digits: int,
    of: int,
) -> None:
    """Refuse a table that lacks products with a share of trade: another revision."""
    rated = np.zeros(len(goods), dtype=np.bool_)
    rated[places[has]] = True
    lost = float(value[~rated[places]].sum()) / float(value.sum())
    if digits and lost > MOST_UNRATED:
        missing = goods[~rated]
        raise DataError(
            f"{path}: {len(missing):,} products that are traded, {100.0 * lost:.2g} % of trade, have no rate "
            f"of anybody: {listed([f'{code:0{digits}d}' for code in missing.tolist()], 4)}. Are the rates of "
            f"another revision of the Harmonized System than the trade{f' (HS {of})' if of else ''}? Convert "
            "them, or add the products."
        )


def _stream(
    path: Path, asked: RatesAsked, ends: TariffParties, rates: _Rates, digits: int, of: int
) -> int:
    """Read the table in pieces into `rates`; return how many rates there were."""
    header = tables.header(path, declared=asked.declared)
    exporter = files.column(header, None, PRODUCTS.exporter, "exporter", path)
    importer = files.column(header, None, PRODUCTS.importer, "importer", path)
    goods_of = PRODUCTS.product if digits else PRODUCTS.sector
    good = files.column(header, None, goods_of, "product", path)
    if {exporter.casefold(), importer.casefold()} == {"iso1", "iso2"}:
        ends.said.append(
            f"In {path.name} {importer} is taken for the importer, {exporter} for the exporter."
        )
    spec: dict[str, files.Kind] = {exporter: "text", importer: "text"}
    spec[good] = "number" if digits else "text"
    left = [name for name in header if name not in spec]
    rate = files.column(left, None, PRODUCTS.rate, "rate", path)
    spec[rate] = "flow"
    year, duty, revision = (
        files.found(header, names) for names in (PRODUCTS.year, PRODUCTS.duty, PRODUCTS.revision)
    )
    when = 0
    if year is not None:
        when = _year(path, year, asked)
        spec[year] = "number"
        if when != asked.year:
            ends.said.append(f"Rates of {path.name} are of {when}, trade of {asked.year}.")
    spec |= {name: "text" for name in (duty, revision) if name is not None}
    told: dict[int, str] = {of: "the trade"} if of else {}
    if named := revision_of(good) or revision_of(path.name):
        told.setdefault(named, path.name)
    count = 0
    for piece in files.chunks(path, spec, asked.declared):
        if year is not None:
            piece = piece[piece[year] == when]
        piece = piece[piece[rate].notna()]
        if revision is not None:
            for text in piece[revision].unique().tolist():
                told.setdefault(revision_of(text), f"{path.name}, {revision} {text}")
        if len(named_of := [y for y in told if y]) > 1:
            a, b = named_of[:2]
            raise DataError(
                f"{path}: revisions of the Harmonized System are mixed: HS {a} ({told[a]}) and HS {b} "
                f"({told[b]}). Convert them to one revision first."
            )
        if duty is not None:
            piece = piece[~piece[duty].str.upper().isin(PASSED_OVER)]
        if (low := piece[rate].to_numpy() <= -100).any():
            k = int(np.argmax(low))
            raise DataError(
                f"{path} row {piece.index[k]}: rate {piece[rate].iloc[k]:g} must exceed -100 %."
            )
        count += len(piece)
        sides = [piece[name].tolist() for name in (exporter, importer)]
        ends.learn({*sides[0], *sides[1]})
        goods = piece[good].to_numpy()
        if digits:
            goods = _digits(goods.astype(np.int64), digits, piece.index.tolist(), path)
        else:
            goods = _positions(goods.tolist(), asked.sectors, piece.index.tolist(), path)
        kind = np.full(len(piece), KINDS["AHS"], dtype=np.int8)
        if duty is not None:
            kind = _kinds(piece[duty].str.upper().tolist(), piece.index.tolist(), path)
        _lay(ends, rates, sides, goods, piece[rate].to_numpy(), kind, piece.index.to_numpy())
    return count


def _year(path: Path, column: str, asked: RatesAsked) -> int:
    """Return the year of the trade, or the latest before it that the table has."""
    years: set[int] = set()
    for piece in files.chunks(path, {column: "number"}, asked.declared):
        years |= {int(y) for y in piece[column].unique()}
    if not (before := [y for y in years if y <= asked.year]):
        raise DataError(
            f"{path}: rates of {min(years)} and after, trade of {asked.year}. Take rates of that year or "
            "before."
            if years
            else f"{path}: no rates in it."
        )
    return max(before)


def _positions(
    names: list[str], sectors: Sequence[str], rows: Sequence[int], path: Path
) -> NDArray[np.int64]:
    at = {name: k for k, name in enumerate(sectors)}
    for name, row in zip(names, rows, strict=True):
        if name not in at:
            raise DataError(
                f"{path} row {row}: sector {name!r} is none of the trade's.{did_you_mean(name, sectors)} "
                f"They are {listed(list(sectors), 8)}."
            )
    return np.array([at[name] for name in names], dtype=np.int64)


def _kinds(texts: list[str], rows: Sequence[int], path: Path) -> NDArray[np.int8]:
    for text, row in zip(texts, rows, strict=True):
        if text not in KINDS:
            raise DataError(
                f"{path} row {row}: duty type {text!r} is none of {', '.join(filter(None, KINDS))}, "
                f"{', '.join(PASSED_OVER)}."
            )
    return np.array([KINDS[text] for text in texts], dtype=np.int8)


def _digits(
    goods: NDArray[np.int64], digits: int, rows: Sequence[int], path: Path
) -> NDArray[np.int64]:
    """Refuse tariff lines longer than the products of the trade."""
    if len(goods) and (most := int(goods.max())) >= 10**digits:
        k = int(np.argmax(goods))
        raise DataError(
            f"{path} row {rows[k]}: product {most} has more than {digits} digits, those of the trade. Bring "
            "tariff lines to one rate for a product first."
        )
    return goods


def _lay(
    ends: TariffParties,
    rates: _Rates,
    sides: list[list[str]],
    goods: NDArray[np.int64],
    rate: Array,
    kind: NDArray[np.int8],
    rows: NDArray[np.int64],
) -> None:
    """Put the rates of a piece where they belong: of a lower rank never over a higher."""
    texts = sorted({*sides[0], *sides[1]})
    number = {text: k for k, text in enumerate(texts)}
    width = max((len(ends.told[text]) for text in texts), default=0)
    whom = np.full((len(texts), max(width, 1)), -1, dtype=np.int64)
    for text, k in number.items():
        whom[k, : len(ends.told[text])] = ends.told[text]
    wide = np.array([text in ends.united for text in texts])
    world = np.array([text in ends.world for text in texts])
    sender = np.array([number[text] for text in sides[0]], dtype=np.int64)
    receiver = np.array([number[text] for text in sides[1]], dtype=np.int64)
    position = np.searchsorted(rates.products, goods)
    position = np.minimum(position, max(len(rates.products) - 1, 0))
    known = rates.products[position] == goods
    # A member's own row goes over the union's, a kind of duty over the kinds below it.
    rank = np.int8(2) * kind + (~(wide[sender] | wide[receiver])).astype(np.int8)
    for b in range(whom.shape[1]):
        importer = whom[receiver, b]
        here = known & (importer >= 0)
        general = np.flatnonzero(here & world[sender])
        _put(
            rates.mfn.reshape(-1),
            rates.mfn_rank.reshape(-1),
            importer[general] * len(rates.products) + position[general],
            rate[general],
            rank[general],
            rows[general],
            ends.path,
        )
        for a in range(whom.shape[1]):
            exporter = whom[sender, a]
            own = np.flatnonzero(here & (exporter >= 0) & (exporter != importer))
            if not len(own):
                continue
            key = (goods[own] * COUNTRIES + exporter[own]) * COUNTRIES + importer[own]
            at = np.minimum(np.searchsorted(rates.cells, key), len(rates.cells) - 1)
            there = rates.cells[at] == key
            own, at = own[there], at[there]
            _put(rates.rate, rates.rank, at, rate[own], rank[own], rows[own], ends.path)


def _put(
    rates: Array,
    ranks: NDArray[np.int8],
    at: NDArray[np.int64],
    rate: Array,
    rank: NDArray[np.int8],
    rows: NDArray[np.int64],
    path: Path,
) -> None:
    """Write rates of a higher rank than what is there; refuse what is said twice."""
    for level in np.unique(rank):
        mine = rank == level
        places = at[mine]
        again = ranks[places] == level
        sorted_places = np.sort(places)
        if again.any() or (sorted_places[1:] == sorted_places[:-1]).any():
            k = int(np.argmax(again)) if again.any() else _second(places)
            raise DataError(
                f"{path} row {rows[mine][k]}: this product of this pair is given twice. Keep one rate."
            )
        better = ranks[places] < level
        rates[places[better]] = rate[mine][better]
        ranks[places[better]] = level


def _second(places: NDArray[np.int64]) -> int:
    """Return the first position whose place stood before."""
    _, first = np.unique(places, return_index=True)
    return int(np.setdiff1d(np.arange(len(places)), first)[0])
