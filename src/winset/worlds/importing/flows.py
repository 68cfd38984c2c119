"""Make a world of trade and GDP as they are published: BACI, a long table, or a square matrix.

Trade is read in pieces of 200,000 rows and added up by pair, so that memory is bounded by the
number of pairs, not by the size of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.places.economies import code_of_name, economies
from winset.worlds import domestic
from winset.worlds.importing import baci, files, gdp_table
from winset.worlds.importing.cells import GOODS, Flows
from winset.worlds.importing.elasticities import choose
from winset.worlds.importing.sections import SECTIONS
from winset.worlds.technology import Technology
from winset.worlds.world_data import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

EXPORTER = ("exporter", "exp", "origin", "iso3_o", "reporter", "from")
IMPORTER = ("importer", "imp", "destination", "iso3_d", "partner", "to")
VALUE = ("value_musd", "value", "trade", "trade_value", "flow", "v")
YEAR = ("year", "t", "date")
SECTORS = ("one", "sections")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of a long table; None finds them by their usual names."""

    exporter: str | None = None
    importer: str | None = None
    value: str | None = None
    year: str | None = None
    code: str | None = None
    gdp: str | None = None


def import_world(
    trade: str | Path,
    gdp: str | Path | None = None,
    *,
    year: int | None = None,
    countries: str | Path | None = None,
    unit: str = "million-usd",
    gdp_unit: str = "usd",
    columns: Columns | None = None,
    without: Iterable[str] = (),
    sectors: str = "one",
    elasticities: str | Path | None = None,
    derive_domestic: bool = False,
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
    unit, gdp_unit : str
        usd, thousand-usd, million-usd or billion-usd. BACI's unit is known.
    without : codes
        Economies to leave out; ``"missing"`` leaves out all that trade but have no GDP.
    sectors : str
        ``"sections"`` keeps BACI's products apart by the 21 sections of the Harmonized System;
        sectors are then linked through the value-added share only.
    elasticities : number or path, optional
        Trade elasticities of sections, see `winset.worlds.importing.elasticities`.
    derive_domestic : bool
        Where only some economies have domestic sales: whether to derive the others' from GDP.

    Raises
    ------
    DataError
        With the file, the row or column, the value and the remedy.
    """
    trade, columns = Path(trade), columns or Columns()
    if sectors not in SECTORS:
        raise DataError(
            f"--sectors {sectors}: not a way to split trade.{did_you_mean(sectors, SECTORS)} "
            f"Known: {', '.join(SECTORS)}."
        )
    if elasticities is not None and sectors == "one":
        raise DataError(
            "--elasticities are for worlds with sectors: an inter-country table, or BACI with "
            "--sectors sections. Trade of one sector has the parameter trade_elasticity."
        )
    flows, kind = _read_trade(
        trade, columns, year, countries, files.factor(unit, "--unit"), sectors=sectors
    )
    when = year if year is not None else max(flows.years, default=0)
    if not when:
        raise DataError(f"{trade} does not say of which year it is. Add --year.")
    out = set(without)
    product: dict[str, float] = {}
    if gdp is not None:
        product = gdp_table.read(Path(gdp), columns, when, files.factor(gdp_unit, "--gdp-unit"))
    codes = sorted({code for _, *pair in flows.cells for code in pair})
    at_home = {i for _, i, n in flows.cells if i == n}
    lacking = [c for c in codes if c not in product and c not in at_home]
    if at_home and not derive_domestic:
        lacking = []
    if "missing" in out:
        out |= set(lacking)
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
    rows = {sector: j for j, sector in enumerate(_order(sectors))}
    cube = np.zeros((len(rows), len(kept), len(kept)))
    for (sector, i, n), value in flows.cells.items():
        if i in index and n in index:
            cube[rows[sector], index[i], index[n]] = value
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
        cube, floored = domestic.derived(cube, income)
        held = [c for c, low in zip(kept, floored, strict=True) if low]
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
    notes = [
        "No tariffs: every tariff of the baseline is 0, a change of tariff counts from there.",
        *flows.notes,
        *derived,
    ]
    if sectors != "one":
        traded = np.array([bool(sheet.any()) for sheet in cube])
        cube, rows = (
            cube[traded],
            {s: j for j, s in enumerate(np.array(list(rows))[traded].tolist())},
        )
        theta = choose(elasticities, list(rows), np.ones(len(rows), dtype=np.bool_))
        technology = Technology(
            elasticity=theta.theta,
            names=tuple(SECTIONS[sector][0] for sector in rows),
            elasticity_sets=theta.sets,
        )
        notes.append(
            "No input–output table: sectors are linked through the value-added share only."
        )
    known = economies()
    sources = [files.source(trade, kind)]
    if gdp is not None:
        sources.append(files.source(Path(gdp), "GDP"))
    return World(
        name=name,
        year=when,
        codes=tuple(kept),
        names=tuple(known[c].name if c in known else c for c in kept),
        gdp=np.array([product.get(code, np.nan) for code in kept]),
        sectors=tuple(rows),
        trade=cube,
        tariff=np.zeros_like(cube),
        domestic_known=bool(own.any()),
        sources=tuple(sources),
        notes=tuple(notes),
        technology=technology,
    )


def _order(sectors: str) -> tuple[str, ...]:
    return (GOODS,) if sectors == "one" else tuple(SECTIONS)


def _read_trade(
    path: Path,
    columns: Columns,
    year: int | None,
    countries: str | Path | None,
    factor: float,
    *,
    sectors: str,
) -> tuple[Flows, str]:
    header = tables.header(path)
    if set(baci.COLUMNS) <= set(header) and columns == Columns():
        by = "products" if sectors == "one" else "products of a section"
        flows = baci.read(path, year, countries, sections=sectors != "one")
        return flows, f"CEPII BACI, summed over {by}"
    if sectors != "one":
        raise DataError(
            f"--sectors {sectors} needs CEPII's BACI, whose products tell the section; row 1 of "
            f"{path} is {', '.join(header[:8])}."
        )
    named = (columns.exporter, columns.importer, columns.value)
    if any(named) or files.found(header, EXPORTER) or files.found(header, IMPORTER):
        return _long(path, header, columns, year, factor), "Trade"
    return _matrix(path, header, factor), "Trade matrix"


def _long(
    path: Path, header: Sequence[str], columns: Columns, year: int | None, factor: float
) -> Flows:
    exporter = files.column(header, columns.exporter, EXPORTER, "exporter", path)
    importer = files.column(header, columns.importer, IMPORTER, "importer", path)
    value = files.column(header, columns.value, VALUE, "value", path)
    when = columns.year or files.found(header, YEAR)
    if columns.year is not None:
        when = files.column(header, columns.year, YEAR, "year", path)
    spec: dict[str, Literal["text", "number"]] = {
        exporter: "text",
        importer: "text",
        value: "number",
    }
    if when is not None:
        spec[when] = "number"
    flows = Flows()
    seen: dict[tuple[str, str], int] = {}
    scale = 1.0 if value == "value_musd" else factor
    for piece in files.chunks(path, spec):
        files.nonnegative(piece, value, path)
        if when is not None:
            flows.years |= {int(t) for t in piece[when].unique()}
            if year is not None:
                piece = piece[piece[when] == year]
            elif len(flows.years) > 1:
                break
        for column in (exporter, importer):
            _coded(piece[column], column, path)
        pairs = list(zip(piece[exporter], piece[importer], strict=True))
        for row, pair in zip(piece.index, pairs, strict=True):
            if pair in seen:
                raise DataError(
                    f"{path} row {row}: the pair {pair[0]} to {pair[1]} is row {seen[pair]} again. "
                    "Keep one row, or add up products first."
                )
            seen[pair] = int(row)
        flows.add(piece[exporter], piece[importer], scale * piece[value].to_numpy(dtype=float))
    if when is not None:
        files.of_year(flows.years, year, path)
    if not flows.cells:
        raise DataError(f"{path}: no rows.")
    return flows


def _coded(column: pd.Series[str], name: str, path: Path) -> None:
    """Refuse what cannot be a code, and suggest the code of a name."""
    wrong = ~column.str.fullmatch(r"[A-Za-z0-9_]{2,12}").to_numpy(dtype=bool)
    if wrong.any():
        k = int(np.argmax(wrong))
        text = column.iloc[k]
        hint = code_of_name(text)
        raise DataError(
            f"{path} row {column.index[k]}: {name} is {text!r}; write a code of letters and digits, "
            f"such as {hint or 'KAZ'}."
        )


def _matrix(path: Path, header: Sequence[str], factor: float) -> Flows:
    codes = tables.titles(header)[1:]
    if len(codes) < 2 or not all(re.fullmatch(r"[A-Za-z0-9_]{2,12}", code) for code in codes):
        raise DataError(
            f"{path}: neither BACI (t,i,j,k,v,q), nor a table with exporter, importer and value, nor a "
            f"square matrix with codes in its first row and column; row 1 is "
            f"{', '.join(header[:8])}. Name columns with --exporter-column and the like."
        )
    flows = Flows()
    rows: dict[str, int] = {}
    for number, cells in tables.rows(path):
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
                flows.cells[GOODS, code, importer] = value * factor
    if missing := [code for code in codes if code not in rows]:
        raise DataError(f"{path}: no row for column {missing[0]}; the matrix must be square.")
    return flows


def _plain(text: str, where: str) -> float:
    """Read a cell; an empty one is no trade."""
    if not text.strip():
        return 0.0
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise DataError(f"{where}: {text!r} is not a number.")
    if value < 0:
        raise DataError(f"{where}: {text} is negative; a flow cannot be.")
    return value
