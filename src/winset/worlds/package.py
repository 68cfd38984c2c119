"""A world as a folder: a Frictionless Data Package with economies.csv, trade.csv, tariffs.csv.

A world with sectors has sectors.csv besides, and may have value_added.csv, io.csv and final.csv
(`winset.worlds.production`). Every CSV may be gzipped.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import tables
from winset.errors import DataError, control_character, did_you_mean, listed
from winset.worlds import compact, domestic, production, split_out, tariff_sources
from winset.worlds.package_cells import Cells, cells_of, fast_cells
from winset.worlds.schema import FACT_COLUMNS, TARIFF_COLUMNS, TRADE_COLUMNS
from winset.worlds.world_data import Source, World

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).parents[1] / "data"

#: The world of 2023 with tariffs, and the same trade without: the world where none is named (decision 35).
WITH_TARIFFS, WITHOUT_TARIFFS = "world-2023", "world-2023-free"

MOST_ECONOMIES = 5_000


@lru_cache(maxsize=1)
def embedded_worlds() -> tuple[str, ...]:
    """Names of the worlds that come with winset."""
    found = [*DATA.glob("*/trade.csv*"), *DATA.glob(f"*/{split_out.NAME}")]
    return tuple(sorted({p.parent.name for p in found}))


def world(name: str | Path = WITHOUT_TARIFFS) -> World:
    """Load a world: the name of an embedded one, or a folder of your own.

    >>> import winset
    >>> len(winset.world())
    194

    Raises
    ------
    DataError
        No such world, or a folder with mistakes in it (the first ones are listed).
    """
    if str(name) in embedded_worlds():
        return _embedded(str(name))
    folder = Path(name)
    if not folder.is_dir():
        known = embedded_worlds()
        raise DataError(
            f"world {str(name)!r} is neither embedded ({', '.join(known)}) nor a folder."
            f"{did_you_mean(str(name), known)}"
        )
    return read_world(folder)


@lru_cache(maxsize=4)
def _embedded(name: str) -> World:
    if (DATA / name / split_out.NAME).is_file():
        return split_out.read_split(DATA / name, _embedded(split_out.base_of(DATA / name)))
    return compact.read_compact(DATA / name / compact.NAME)


def read_world(folder: Path) -> World:
    """Read and check a world folder; raise DataError with the first problems, if any."""
    result, problems = _read(folder)
    if problems or result is None:
        shown = "\n  ".join(problems[:10])
        more = f"\n  and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise DataError(
            f"world folder {folder}: {len(problems)} problem{'s' * (len(problems) > 1)}\n  {shown}"
            f"{more}\nMend the files named; `winset world check {folder}` lists all problems."
        )
    return result


def find_problems(folder: Path) -> list[str]:
    """List every problem of a world folder, each with file and row (at most 200)."""
    result, problems = _read(folder)
    if result is not None and not problems:
        try:
            share = 1.0 if result.domestic_known else 0.5
            if result.sectored:
                result.sector_accounts(share)
            else:
                result.accounts(share)
        except DataError as error:
            problems.append(str(error))
    return problems


def _read(folder: Path) -> tuple[World | None, list[str]]:
    problems = tables.Problems(folder)
    if not folder.is_dir():
        return None, [f"{folder} is not a folder."]
    about = _read_descriptor(folder, problems)
    economies = _read_economies(folder, problems)
    codes = tuple(economies)
    if not codes:
        return None, problems.found or ["economies.csv: no economy in it."]
    index = {code: k for k, code in enumerate(codes)}
    trade_cells, sectors = _read_trade(folder, index, problems)
    technology, ordered, mended = production.read(folder, codes, sectors, problems)
    if not problems.found:
        trade_cells = trade_cells.renumbered([ordered.index(sector) for sector in sectors])
    sectors = ordered
    tariff_cells = _read_tariffs(folder, index, sectors, problems)
    _check_rates(tariff_cells.value, problems)
    mfn_cells = None if problems.found else _read_mfn(folder, index, sectors, problems)
    if problems.found:
        return None, problems.found
    shape = (len(sectors), len(codes), len(codes))
    trade, tariff = trade_cells.cube(shape), tariff_cells.cube(shape)
    mfn = None if mfn_cells is None else mfn_cells.cube(shape)
    tariff_source = tariff_sources.read(folder, index, sectors, problems)
    if technology is not None:
        _check_traded(sectors, trade, technology.traded, problems)
        tariff[~technology.traded] = 0.0
        if mfn is not None:
            mfn[~technology.traded] = 0.0
    gdp = np.array([row["gdp"] for row in economies.values()])
    quiet = [
        code for k, code in enumerate(codes) if not (trade[:, k, :].any() or trade[:, :, k].any())
    ]
    for code in quiet:
        problems.add("trade.csv", f"economy {code} has no trade at all; add it or drop {code}.")
    at_home = trade_cells.exporter == trade_cells.importer
    own = np.isin(np.arange(len(codes)), trade_cells.exporter[at_home])
    domestic_known = bool(own.any())
    without = domestic.lacking(own, codes)
    zero = domestic.only_reading(without, own, gdp)
    if without and not zero:
        remedy = (
            "Add theirs, drop the rows of an economy with itself, or import the trade with "
            "--derive-domestic."
        )
        problems.add("trade.csv", domestic.refusal(without, len(codes), remedy))
    if not domestic_known:
        for code, row in economies.items():
            if not row["gdp"] > 0:
                problems.add(
                    f"economies.csv row {row['row']}",
                    f"economy {code}: no GDP, and trade.csv has no domestic sales to derive it "
                    f"from. Add gdp_musd, or drop {code}.",
                )
    if problems.found:
        return None, problems.found
    emissions = _read_emissions(folder, index, sectors, problems)
    if problems.found:
        return None, problems.found
    facts = {
        column: tuple(str(row.get(column, "")) for row in economies.values())
        for column in FACT_COLUMNS
        if any(row.get(column) for row in economies.values())
    }
    return (
        World(
            name=about["name"],
            year=about["year"],
            codes=codes,
            names=tuple(str(row["name"]) for row in economies.values()),
            gdp=gdp,
            sectors=tuple(sectors),
            trade=trade,
            tariff=tariff,
            domestic_known=domestic_known,
            sources=about["sources"],
            facts=facts,
            notes=(*about["notes"], *mended, *([zero] if zero else [])),
            technology=technology,
            mfn=mfn,
            tariff_source=tariff_source,
            emissions=emissions,
        ),
        [],
    )


def _read_descriptor(folder: Path, problems: tables.Problems) -> dict[str, Any]:
    path = folder / "datapackage.json"
    empty = {"name": folder.name, "year": 0, "sources": (), "notes": ()}
    if not path.is_file():
        problems.add("datapackage.json", "the file is missing; it names the world, year, sources.")
        return empty
    try:
        about = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError, RecursionError) as error:
        problems.add("datapackage.json", f"not readable as JSON ({error}).")
        return empty
    if not isinstance(about, dict):
        problems.add("datapackage.json", "must hold one JSON object.")
        return empty
    year = about.get("year", 0)
    if isinstance(year, bool) or not re.fullmatch("[0-9]{1,4}", f"{year!s:.9}"):
        problems.add("datapackage.json", f"year = {year!r:.80} is not a year.")
        year = 0
    unit = str(about.get("unit", "USD million")).casefold()
    if "thousand" in unit or "billion" in unit:
        problems.add(
            "datapackage.json", f"unit = {about['unit']!r}; values must be in USD million."
        )
    sources = about.get("sources") or []
    licenses = about.get("licenses") or about.get("licences") or []
    notes = about.get("notes") or []
    if not all(isinstance(several, list) for several in (sources, licenses, notes)):
        problems.add("datapackage.json", "sources, licenses and notes must be lists.")
        return empty
    terms = "; ".join(
        str(item.get("title") or item.get("name", "")) if isinstance(item, dict) else str(item)
        for item in licenses
    )
    name = str(about.get("name") or folder.name)
    told = [
        Source(str(s.get("title", "")), str(s.get("license", terms)), str(s.get("path", "")))
        if isinstance(s, dict)
        else Source(str(s), terms)
        for s in sources
    ]
    texts = [name, *map(str, notes), *(text for s in told for text in (s.title, s.license, s.path))]
    if character := control_character("".join(texts)):
        problems.add("datapackage.json", f"{character} is a control character. Take it out.")
    return {
        "name": name,
        "year": int(year),
        "sources": tuple(told),
        "notes": tuple(map(str, notes)),
    }


def _read_economies(folder: Path, problems: tables.Problems) -> dict[str, dict[str, Any]]:
    economies: dict[str, dict[str, Any]] = {}
    for where, row in tables.checked_rows(
        folder, "economies.csv", ("code",), problems, ("gdp_musd",)
    ):
        code = row["code"]
        if not code:
            problems.add(where, "the code is empty.")
        elif code in economies:
            problems.add(where, f"economy {code} is declared twice.")
        elif len(economies) >= MOST_ECONOMIES:
            problems.add(where, f"more than {MOST_ECONOMIES} economies.")
            break
        else:
            gdp = math.nan
            if text := row.get("gdp_musd", ""):
                gdp = tables.number(text, f"gdp_musd of {code}", where, problems)
                if gdp <= 0:
                    problems.add(where, f"gdp_musd of {code} is {text}; it must be positive.")
            economies[code] = {
                **{column: row.get(column, "") for column in FACT_COLUMNS},
                "name": row.get("name") or code,
                "gdp": gdp,
                "row": where.rsplit(" ", 1)[1],
            }
    return economies


def _read_trade(
    folder: Path, index: dict[str, int], problems: tables.Problems
) -> tuple[Cells, list[str]]:
    fast = fast_cells(folder, "trade.csv", "value_musd", index, {}, least=0.0, blank="goods")
    if fast is not None:
        cells, sectors = fast
        return cells, list(sectors)
    found: dict[tuple[int, int, int], float] = {}
    numbers: dict[str, int] = {}
    for where, row in tables.checked_rows(
        folder, "trade.csv", TRADE_COLUMNS, problems, ("value_musd",)
    ):
        pair = _pair(row, where, index, problems)
        value = tables.number(row["value_musd"], "value_musd", where, problems)
        if value < 0:
            problems.add(where, f"value_musd is {row['value_musd']}; a flow cannot be negative.")
        if pair is None:
            continue
        key = (*pair, numbers.setdefault(row.get("sector", "") or "goods", len(numbers)))
        if key in found:
            problems.add(where, f"{_said(row)} is given twice.")
        found[key] = value
    if not found and not problems.found:
        problems.add("trade.csv", "no trade in it.")
    return cells_of(found), list(numbers)


def _read_tariffs(
    folder: Path, index: dict[str, int], sectors: list[str], problems: tables.Problems
) -> Cells:
    """Read tariffs; sector −1 stands for every sector."""
    found: dict[tuple[int, int, int], float] = {}
    if not tables.find(folder, "tariffs.csv"):
        return cells_of(found)
    numbers = {"": -1} | {sector: j for j, sector in enumerate(sectors)}
    fast = fast_cells(folder, "tariffs.csv", "rate", index, numbers, least=-1.0, blank="")
    if fast is not None and len(numbers) == len(sectors) + 1:
        return fast[0]
    for where, row in tables.checked_rows(
        folder, "tariffs.csv", TARIFF_COLUMNS, problems, ("rate", "mfn")
    ):
        pair = _pair(row, where, index, problems)
        rate = tables.number(row["rate"], "rate", where, problems)
        if rate <= -1:
            problems.add(where, f"rate is {row['rate']}; a tariff must exceed -1 (0.10 is 10 %).")
        sector = row.get("sector", "")
        if sector and sector not in sectors:
            problems.add(
                where, f"sector {sector!r} is not in trade.csv.{did_you_mean(sector, sectors)}"
            )
            continue
        if pair is None:
            continue
        key = (*pair, sectors.index(sector) if sector else -1)
        if key in found:
            problems.add(where, f"{_said(row)} is given twice.")
        found[key] = rate
    return cells_of(found)


def _read_emissions(
    folder: Path, index: dict[str, int], sectors: list[str], problems: tables.Problems
) -> NDArray[np.float64] | None:
    """Read ``emissions.csv``, million tonnes of CO2 by economy and sector, (J, n); None without it."""
    if not tables.find(folder, "emissions.csv"):
        return None
    found = np.zeros((len(sectors), len(index)))
    seen: set[tuple[str, str]] = set()
    for where, row in tables.checked_rows(
        folder, "emissions.csv", ("economy", "value_mt"), problems, ("value_mt",)
    ):
        code, sector = row["economy"], row.get("sector", "") or sectors[0]
        value = tables.number(row["value_mt"], "value_mt", where, problems)
        if code not in index:
            problems.add(
                where, f"economy {code!r} is not in economies.csv.{did_you_mean(code, index)}"
            )
        elif sector not in sectors or (len(sectors) > 1 and not row.get("sector", "")):
            problems.add(
                where,
                f"sector {row.get('sector', '')!r} is not of the world."
                f"{did_you_mean(sector, sectors)} It has {listed(sectors, 40)}.",
            )
        elif (code, sector) in seen:
            problems.add(where, f"{code}, {sector} is given twice. Keep one, or sum them.")
        elif value < 0:
            problems.add(where, f"value_mt is {row['value_mt']}; emissions are zero or more.")
        else:
            seen.add((code, sector))
            found[sectors.index(sector), index[code]] = value
    return found


def _check_rates(rates: NDArray[np.float64], problems: tables.Problems) -> None:
    """Rates of which half are above 100 % are in percent."""
    if len(rates) and (median := float(np.median(rates))) > 1:
        problems.add(
            "tariffs.csv",
            f"the median rate is {median:g}, which is {100 * median:,.0f} %: are they in percent? A rate is "
            "a fraction, 0.10 for 10 %. Divide them by 100, or import them anew with winset world import "
            "--tariffs FILE --tariff-unit percent.",
        )


def _read_mfn(
    folder: Path, index: dict[str, int], sectors: list[str], problems: tables.Problems
) -> Cells | None:
    """Read the column mfn of tariffs that are sound; a blank is the rate. None without it."""
    path = tables.find(folder, "tariffs.csv")
    if path is None or "mfn" not in tables.header(path):
        return None
    numbers = {"": -1} | {sector: j for j, sector in enumerate(sectors)}
    fast = fast_cells(folder, "tariffs.csv", "mfn", index, numbers, least=-1.0, blank="")
    if fast is not None:
        return fast[0]
    found: dict[tuple[int, int, int], float] = {}
    for where, row in tables.checked_rows(
        folder, "tariffs.csv", TARIFF_COLUMNS, problems, ("rate", "mfn")
    ):
        rate = tables.number(row["mfn"] or row["rate"], "mfn", where, problems)
        if rate <= -1:
            problems.add(where, f"mfn is {row['mfn']}; a tariff must exceed -1 (0.10 is 10 %).")
        found[index[row["exporter"]], index[row["importer"]], numbers[row.get("sector", "")]] = rate
    return cells_of(found)


def _check_traded(
    sectors: list[str],
    trade: NDArray[np.float64],
    traded: NDArray[np.bool_],
    problems: tables.Problems,
) -> None:
    """A sector is traded if and only if it has an elasticity."""
    away = 1.0 - np.eye(trade.shape[1])
    for j, sector in enumerate(sectors):
        abroad = float((trade[j] * away).sum())
        if traded[j] and not abroad > 0:
            problems.add(
                "sectors.csv",
                f"sector {sector} has an elasticity but no trade between economies in trade.csv. "
                "Leave the elasticity blank (not traded), or add its trade.",
            )
        if not traded[j] and abroad > 0:
            problems.add(
                "sectors.csv",
                f"sector {sector} has no elasticity but {abroad:.6g} USD million of trade between "
                "economies. Give it a positive elasticity.",
            )


def _said(row: dict[str, str]) -> str:
    sector = f", {row['sector']}" if row.get("sector") else ""
    return f"the pair {row['exporter']} to {row['importer']}{sector}"


def _pair(
    row: dict[str, str], where: str, index: dict[str, int], problems: tables.Problems
) -> tuple[int, int] | None:
    ends: list[int] = []
    for side in ("exporter", "importer"):
        code = row[side]
        if code in index:
            ends.append(index[code])
        else:
            problems.add(
                where, f"{side} {code!r} is not in economies.csv.{did_you_mean(code, index)}"
            )
    return (ends[0], ends[1]) if len(ends) == 2 else None
