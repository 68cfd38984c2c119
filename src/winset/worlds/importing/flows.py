"""Make a world of trade and GDP as they are published: BACI, a long table, or a square matrix.

Trade is read in pieces of 200,000 rows and added up by pair, so that memory is bounded by the
number of pairs, not by the size of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.places.economies import economies
from winset.tables import TableFormat
from winset.worlds import domestic
from winset.worlds.importing import (
    baci,
    direction,
    files,
    gdp_table,
    plausible,
    product_tariffs,
    tariff_table,
)
from winset.worlds.importing.cells import GOODS, Flows
from winset.worlds.importing.elasticities import choose
from winset.worlds.importing.matrix import add_coded, read_matrix
from winset.worlds.importing.products import grouping, revision_of
from winset.worlds.technology import Technology
from winset.worlds.world_data import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from winset.numbers import Array
    from winset.worlds.importing.products import Grouping

EXPORTER = ("exporter", "exp", "origin", "iso3_o", "iso_o", "exporter_iso3", "from")
IMPORTER = ("importer", "imp", "destination", "iso3_d", "iso_d", "importer_iso3", "to")
#: Columns of values, and the unit that their publisher states; None: what --unit says.
VALUE = {
    "value_musd": None,
    "value": None,
    "trade": None,
    "trade_value": None,
    "flow": None,
    "v": None,
    "primaryvalue": "usd",
    "trade value (us$)": "usd",
    "tradevalue in 1000 usd": "thousand-usd",
}
#: Values of CEPII's Gravity, several in one file: to be named with --value-column.
GRAVITY = {"tradeflow_baci", "tradeflow_comtrade_o", "tradeflow_comtrade_d", "tradeflow_imf_o",
           "tradeflow_imf_d"}  # fmt: skip
ONE_OF = {"sections": "section", "chapters": "chapter"}
#: What is put in the place of accounts that trade by sector does not hold.
IMPUTED = (
    "Imputed: sales at home by sector, GDP over the value-added share less exports, shared among sectors as "
    "exports and imports together are, and at least 5 % of output; the value-added share, one for all "
    "sectors, and inputs in the composition of consumption. GDP holds services, which are no sector here."
)
YEAR = ("year", "t", "date", "refyear")


@dataclass(frozen=True, slots=True)
class Columns:
    """How tables are read: names of columns, None to find them by their usual names.

    Attributes
    ----------
    reporter : str, optional
        ``exports`` or ``imports``: what a reporter reports.
    series : str, optional
        Name or code of the series of GDP, in a table of several.
    format : TableFormat, optional
        Characters, decimal mark, sheet.
    """

    exporter: str | None = None
    importer: str | None = None
    value: str | None = None
    year: str | None = None
    code: str | None = None
    gdp: str | None = None
    reporter: str | None = None
    series: str | None = None
    format: TableFormat | None = None

    @property
    def pairs(self) -> bool:
        """Whether columns of a long table are named."""
        return any((self.exporter, self.importer, self.value))


def import_world(
    trade: str | Path,
    gdp: str | Path | None = None,
    *,
    year: int | None = None,
    countries: str | Path | None = None,
    unit: str | None = None,
    gdp_unit: str | None = None,
    columns: Columns | None = None,
    without: Iterable[str] = (),
    sectors: str = "one",
    elasticities: str | Path | None = None,
    derive_domestic: bool = False,
    tariffs: str | Path | None = None,
    tariff_unit: str | None = None,
    name: str = "imported",
) -> World:
    """Read trade and GDP as they are published and make a world of them.

    Parameters
    ----------
    trade : path
        CEPII's BACI (columns ``t,i,j,k,v,q``; thousand USD; summed over products), a long CSV
        (exporter, importer, value and, if there are several, year), or a square matrix whose
        rows export. A file may be gzipped.
    gdp : path, optional
        A CSV of codes and GDP, or the World Bank's table with a column per year. Not needed
        where the trade has domestic sales (exporter = importer).
    year : int, optional
        Which year, where the files hold several.
    countries : path, optional
        BACI's country-code file; sought beside the trade file.
    unit, gdp_unit : str, optional
        usd, thousand-usd, million-usd or billion-usd. BACI's unit is known; else trade is in USD
        million, GDP in USD, unless a column of theirs says otherwise.
    without : codes
        Economies to leave out; ``"missing"`` leaves out all that trade but have no GDP.
    sectors : str or path
        How BACI's products are kept apart: ``"sections"`` (21) and ``"chapters"`` (97) of the Harmonized
        System, ``"isic"``, ``"bec"``, or a table of product and sector, see
        `winset.worlds.importing.products`. Sectors are linked through the value-added share only.
    elasticities : number or path, optional
        Trade elasticities of sections, see `winset.worlds.importing.elasticities`.
    derive_domestic : bool
        Where only some economies have domestic sales: whether to derive the others' from GDP.
    tariffs : path, optional
        A CSV of exporter, importer and rate; with BACI also by product or sector, see
        `winset.worlds.importing.product_tariffs`.
    tariff_unit : str, optional
        fraction or percent; must be given where the median rate is above 1.

    Raises
    ------
    DataError
        With the file, the row or column, the value and the remedy.
    """
    trade, columns = Path(trade), columns or Columns()
    if elasticities is not None and sectors == "one":
        raise DataError(
            "--elasticities are for worlds with sectors: an inter-country table, or BACI with "
            "--sectors sections. Trade of one sector has the parameter trade_elasticity."
        )
    for given, option in ((unit, "--unit"), (gdp_unit, "--gdp-unit")):
        files.factor(given or "usd", option)
    table = grouping(sectors, revision_of(trade.name), trade, columns.format)
    fine = tariffs is not None and product_tariffs.layout(Path(tariffs), columns.format)
    flows, kind = _read_trade(
        trade,
        columns,
        year,
        countries,
        unit,
        table=table,
        products=fine == "product",
        sectors=sectors,
    )
    when = year if year is not None else max(flows.years, default=0)
    if not when:
        raise DataError(f"{trade} does not say of which year it is. Add --year.")
    out = set(without)
    product: dict[str, float] = {}
    if gdp is not None:
        product = gdp_table.read(Path(gdp), columns, when, gdp_unit)
    codes = sorted({code for _, *pair in flows.cells for code in pair})
    at_home = {i for _, i, n in flows.cells if i == n}
    lacking = [c for c in codes if c not in product and c not in at_home]
    if at_home and not derive_domestic:
        lacking = []
    if "missing" in out:
        out |= set(lacking)
        flows.notes += _without(flows, lacking)
    if unknown := sorted(out - {"missing"} - set(codes)):
        raise DataError(
            f"--without {unknown[0]}: {trade} has no such economy.{did_you_mean(unknown[0], codes)}"
        )
    if left := [code for code in lacking if code not in out]:
        where = f"{gdp} has no GDP" if gdp is not None else "no --gdp file gives GDP"
        raise DataError(
            f"{where}{f' of {when}' if when else ''} for {listed(left)}, and {trade} has no domestic "
            f"sales to derive it from. Add the rows, or leave these out with --without "
            f"{','.join(left[:3])}{',…' if len(left) > 3 else ''} or --without missing."
        )
    kept = [code for code in codes if code not in out]
    index = {code: k for k, code in enumerate(kept)}
    rows = {sector: j for j, sector in enumerate(_order(table))}
    cube = np.zeros((len(rows), len(kept), len(kept)))
    for (sector, i, n), value in flows.cells.items():
        if i in index and n in index:
            cube[rows[sector], index[i], index[n]] = value
    flows.cells.clear()  # millions, by product groups: the cube holds them now
    if quiet := [c for c in kept if not (cube[:, index[c]].any() or cube[:, :, index[c]].any())]:
        raise DataError(
            f"{trade}: no trade at all for {listed(quiet)}. Leave it out with --without {quiet[0]}."
        )
    derived: list[str] = []
    own = np.array([code in at_home for code in kept])
    income = np.array([product.get(code, np.nan) for code in kept])
    some = domestic.lacking(own, kept)
    if (zero := domestic.only_reading(some, own, income)) and not derive_domestic:
        derived = [zero]
    elif some:
        if not derive_domestic or len(cube) > 1:
            remedy = (
                "Take theirs from GDP with --derive-domestic (and --gdp), or drop the rows of an "
                "economy with itself."
                if len(cube) == 1
                else "Add theirs, or drop the rows of an economy with itself."
            )
            raise DataError(f"{trade}: {domestic.refusal(some, len(kept), remedy)}")
        cube, floored, small = domestic.derived(cube, income)
        held = [c for c, low in zip(kept, floored, strict=True) if low]
        if small.any():
            what = [code for code, is_small in zip(kept, small, strict=True) if is_small]
            flows.notes.append(
                f"The row of {listed(what)} with itself leaves all that it sells below half of its GDP, so "
                "it is not what is sold at home (re-imports?); derived from GDP as well."
            )
        derived = [
            f"Domestic sales of {', '.join(some)} are derived from GDP, with value added "
            f"{domestic.SHARE:g} of output"
            + (
                f"; held at {domestic.DOMESTIC_FLOOR:.0%} of output: {', '.join(held)}."
                if held
                else "."
            )
        ]
    elif derive_domestic:
        raise DataError(
            f"{trade}: --derive-domestic is for a table in which some economies have a row for "
            "themselves and others have none. Drop the option."
        )
    technology = None
    tariff: Array = np.zeros((len(kept), len(kept)))
    told = ["No tariffs: every tariff of the baseline is 0, a change of tariff counts from there."]
    if tariffs is not None and fine:
        asked = product_tariffs.RatesAsked(kept, tuple(rows), when, tariff_unit, columns.format)
        tariff, told = product_tariffs.read(Path(tariffs), asked, cube, flows.products, table)
    elif tariffs is not None:
        tariff, told = tariff_table.read(Path(tariffs), kept, when, tariff_unit, columns.format)
    elif tariff_unit is not None:
        raise DataError("--tariff-unit is for --tariffs FILE. Name the file, or drop the unit.")
    notes = [*told, *flows.notes, *derived]
    of_baci = kind.startswith("CEPII BACI")
    if not of_baci and (how := tables.sniff(trade, None, columns.format).told):
        notes.append(f"{trade.name} is read with {how}.")
    if sectors != "one":
        traded = np.array([bool(sheet.any()) for sheet in cube])
        tariff = tariff[traded] if tariff.ndim == 3 else tariff
        names = dict(zip(table.sectors, table.names, strict=True)) if table is not None else {}
        cube, rows = (
            cube[traded],
            {s: j for j, s in enumerate(np.array(list(rows))[traded].tolist())},
        )
        theta = choose(elasticities, list(rows), np.ones(len(rows), dtype=np.bool_))
        technology = Technology(
            elasticity=theta.theta,
            names=tuple(names[sector] for sector in rows),
            elasticity_sets=theta.sets,
        )
        notes.append(
            "No input–output table: sectors are linked through the value-added share only."
        )
        if not own.any():
            notes.append(IMPUTED)
    notes += plausible.doubts(
        kept,
        cube.sum(axis=0),
        income,
        flows.unit,
        gdp_unit,
        fixed=of_baci,
    )
    known = economies()
    sources = [files.source(trade, kind)]
    if gdp is not None:
        sources.append(files.source(Path(gdp), "GDP"))
    if tariffs is not None:
        sources.append(files.source(Path(tariffs), "Tariffs"))
    return World(
        name=name,
        year=when,
        codes=tuple(kept),
        names=tuple(known[c].name if c in known else c for c in kept),
        gdp=np.array([product.get(code, np.nan) for code in kept]),
        sectors=tuple(rows),
        trade=cube,
        tariff=np.broadcast_to(tariff, cube.shape).copy(),
        domestic_known=bool(own.any()),
        sources=tuple(sources),
        notes=tuple(notes),
        technology=technology,
    )


def _order(table: Grouping | None) -> tuple[str, ...]:
    return (GOODS,) if table is None else table.sectors


def _without(flows: Flows, lacking: Sequence[str]) -> list[str]:
    """Say who is left out for want of GDP, and how much of the trade goes with them."""
    if not lacking:
        return []
    gone = set(lacking)
    abroad = {key: v for key, v in flows.cells.items() if key[1] != key[2]}
    lost = sum(v for (_, i, n), v in abroad.items() if i in gone or n in gone)
    whole = sum(abroad.values())
    return [
        f"Left out, having no GDP: {listed(lacking, 12)}; {lost:,.6g} USD million of trade, "
        f"{100.0 * lost / whole if whole else 0.0:.2g} % of all."
    ]


def _read_trade(
    path: Path,
    columns: Columns,
    year: int | None,
    countries: str | Path | None,
    unit: str | None,
    *,
    table: Grouping | None,
    products: bool,
    sectors: str,
) -> tuple[Flows, str]:
    header = tables.header(path, declared=columns.format)
    if set(baci.COLUMNS) <= set(header) and not columns.pairs:
        by = "products" if table is None else f"products of a {ONE_OF.get(sectors, 'sector')}"
        flows = baci.read(
            path, year, countries, table=table, declared=columns.format, products=products
        )
        return flows, f"CEPII BACI, summed over {by}"
    if table is not None or products:
        what = f"--sectors {sectors}" if table is not None else "a table of tariffs by product"
        raise DataError(
            f"{what} needs CEPII's BACI, whose products tell the {ONE_OF.get(sectors, 'sector')}; row 1 of "
            f"{path} is {', '.join(header[:8])}."
        )
    if (
        columns.pairs
        or files.found(header, EXPORTER)
        or files.found(header, IMPORTER)
        or files.found(header, direction.REPORTER)
    ):
        return _long(path, header, columns, year, unit), "Trade"
    if columns.reporter is not None:
        raise DataError(f"{path}: --reporter is for a table with a column reporter. Drop it.")
    return read_matrix(path, header, columns.format, unit or "million-usd"), "Trade matrix"


def _long(
    path: Path, header: Sequence[str], columns: Columns, year: int | None, unit: str | None
) -> Flows:
    ends = direction.ends(path, header, columns.exporter, columns.importer, columns.reporter)
    exporter = ends.exporter or files.column(header, columns.exporter, EXPORTER, "exporter", path)
    importer = ends.importer or files.column(header, columns.importer, IMPORTER, "importer", path)
    value = _value(path, [name for name in header if name != ends.flow], columns)
    when = columns.year or files.found(header, YEAR)
    if columns.year is not None:
        when = files.column(header, columns.year, YEAR, "year", path)
    spec: dict[str, files.Kind] = {exporter: "text", importer: "text", value: "flow"}
    if when is not None:
        spec[when] = "number"
    if ends.flow is not None:
        spec[ends.flow] = "text"
    flows = Flows()
    own = VALUE.get(value.casefold()) or ("thousand-usd" if value.casefold() in GRAVITY else None)
    flows.unit = "million-usd" if value == "value_musd" else unit or own or "million-usd"
    scale = files.factor(flows.unit, "--unit")
    said: dict[tuple[str, str], tuple[int, float]] = {}
    blank = 0
    for piece in files.chunks(path, spec, columns.format):
        files.nonnegative(piece, value, path)
        if when is not None:
            flows.years |= {int(t) for t in piece[when].unique()}
            if year is not None:
                piece = piece[piece[when] == year]
            elif len(flows.years) > 1:
                break
        kept = ends.directed(piece, path)
        for sender, receiver, amount, row in zip(
            kept[exporter], kept[importer], kept[value], kept.index, strict=True
        ):
            pair = (sender, receiver)
            if np.isnan(amount):  # no value: no trade
                blank += 1
                continue
            if pair in said:
                raise DataError(
                    f"{path} row {row}: the pair {pair[0]} to {pair[1]} is row {said[pair][0]} again. "
                    "Keep one row, or add up products first."
                )
            said[pair] = (int(row), scale * float(amount))
    if when is not None:
        files.of_year(flows.years, year, path)
    if not said:
        raise DataError(f"{path}: no rows.")
    add_coded(flows, said, path)
    flows.notes += ends.notes
    if blank:
        flows.notes.append(f"{blank:,} pairs without a value count as no trade.")
    return flows


def _value(path: Path, header: Sequence[str], columns: Columns) -> str:
    """Return the column of values; where a file has several, it must be named."""
    several = [c for c in header if c.casefold() in GRAVITY]
    if columns.value is None and several and files.found(header, tuple(VALUE)) is None:
        raise DataError(
            f"{path} has {len(several)} columns of trade: {', '.join(several)}. Name one with "
            "--value-column (they are in thousands of USD)."
        )
    return files.column(header, columns.value, tuple(VALUE), "value", path)
