"""A world as a folder: a Frictionless Data Package with economies.csv, trade.csv, tariffs.csv."""

from __future__ import annotations

import csv
import gzip
import json
import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.files import replacing
from winset.worlds.model import Source, World

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[1] / "data"

MOST_PROBLEMS = 200  # a file with more is the wrong file: stop reading it
MOST_ECONOMIES = 5_000
MOST_LINE = 65_536  # characters

ECONOMY_COLUMNS = ("code", "name", "gdp_musd")
FACT_COLUMNS = ("population", "area_km2", "region", "income_group")
TRADE_COLUMNS = ("exporter", "importer", "value_musd")
TARIFF_COLUMNS = ("exporter", "importer", "rate")


@dataclass
class _Problems:
    """Everything wrong with a folder, in the order found."""

    folder: Path
    found: list[str] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        self.found.append(f"{where}: {what}")

    @property
    def full(self) -> bool:
        return len(self.found) >= MOST_PROBLEMS


def embedded_worlds() -> tuple[str, ...]:
    """Names of the worlds that come with winset."""
    return tuple(sorted(p.parent.name for p in DATA.glob("world*/datapackage.json")))


def world(name: str | Path = "world-2023") -> World:
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
    return read_world(DATA / name)


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
            result.accounts(1.0 if result.domestic_known else 0.5)
        except DataError as error:
            problems.append(str(error))
    return problems


def _read(folder: Path) -> tuple[World | None, list[str]]:
    problems = _Problems(folder)
    if not folder.is_dir():
        return None, [f"{folder} is not a folder."]
    about = _read_descriptor(folder, problems)
    economies = _read_economies(folder, problems)
    codes = tuple(economies)
    if not codes:
        return None, problems.found or ["economies.csv: no economy in it."]
    index = {code: k for k, code in enumerate(codes)}
    trade_cells, sectors, domestic_known = _read_trade(folder, index, problems)
    tariff_cells = _read_tariffs(folder, index, sectors, problems)
    if problems.found:
        return None, problems.found
    n, number = len(codes), {sector: j for j, sector in enumerate(sectors)}
    trade = np.zeros((len(sectors), n, n))
    for (i, k, sector), value in trade_cells.items():
        trade[number[sector], i, k] = value
    tariff = np.zeros_like(trade)
    for (i, k, sector), rate in tariff_cells.items():
        tariff[slice(None) if sector == "" else number[sector], i, k] = rate
    gdp = np.array([row["gdp"] for row in economies.values()])
    quiet = [
        code for k, code in enumerate(codes) if not (trade[:, k, :].any() or trade[:, :, k].any())
    ]
    for code in quiet:
        problems.add("trade.csv", f"economy {code} has no trade at all; add it or drop {code}.")
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
            notes=about["notes"],
        ),
        [],
    )


def _read_descriptor(folder: Path, problems: _Problems) -> dict[str, Any]:
    path = folder / "datapackage.json"
    empty = {"name": folder.name, "year": 0, "sources": (), "notes": ()}
    if not path.is_file():
        problems.add("datapackage.json", "the file is missing; it names the world, year, sources.")
        return empty
    try:
        about = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        problems.add("datapackage.json", f"not readable as JSON ({error}).")
        return empty
    if not isinstance(about, dict):
        problems.add("datapackage.json", "must hold one JSON object.")
        return empty
    year = about.get("year", 0)
    if isinstance(year, bool) or not isinstance(year, int | str) or not str(year).isdigit():
        problems.add("datapackage.json", f"year = {year!r} is not a year.")
        year = 0
    unit = str(about.get("unit", "USD million")).casefold()
    if "thousand" in unit or "billion" in unit:
        problems.add(
            "datapackage.json", f"unit = {about['unit']!r}; values must be in USD million."
        )
    sources = about.get("sources") or []
    licenses = about.get("licenses") or about.get("licences") or []
    if not isinstance(sources, list) or not isinstance(licenses, list):
        problems.add("datapackage.json", "sources and licenses must be lists.")
        return empty
    terms = "; ".join(
        str(item.get("title") or item.get("name", "")) if isinstance(item, dict) else str(item)
        for item in licenses
    )
    return {
        "name": str(about.get("name") or folder.name),
        "year": int(year),
        "sources": tuple(
            Source(str(s.get("title", "")), str(s.get("license", terms)), str(s.get("path", "")))
            if isinstance(s, dict)
            else Source(str(s), terms)
            for s in sources
        ),
        "notes": tuple(str(note) for note in about.get("notes", [])),
    }


def _read_economies(folder: Path, problems: _Problems) -> dict[str, dict[str, Any]]:
    economies: dict[str, dict[str, Any]] = {}
    for where, row in _rows(folder, "economies.csv", ("code",), problems):
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
                gdp = _number(text, f"gdp_musd of {code}", where, problems)
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
    folder: Path, index: dict[str, int], problems: _Problems
) -> tuple[dict[tuple[int, int, str], float], list[str], bool]:
    cells: dict[tuple[int, int, str], float] = {}
    sectors: dict[str, None] = {}
    domestic = False
    for where, row in _rows(folder, "trade.csv", TRADE_COLUMNS, problems):
        pair = _pair(row, where, index, problems)
        value = _number(row["value_musd"], "value_musd", where, problems)
        if value < 0:
            problems.add(where, f"value_musd is {row['value_musd']}; a flow cannot be negative.")
        if pair is None:
            continue
        sector = row.get("sector", "") or "goods"
        key = (*pair, sector)
        if key in cells:
            problems.add(where, f"{_said(row)} is given twice.")
        cells[key] = value
        sectors[sector] = None
        domestic = domestic or pair[0] == pair[1]
    if not cells and not problems.found:
        problems.add("trade.csv", "no trade in it.")
    return cells, list(sectors), domestic


def _read_tariffs(
    folder: Path, index: dict[str, int], sectors: list[str], problems: _Problems
) -> dict[tuple[int, int, str], float]:
    cells: dict[tuple[int, int, str], float] = {}
    if not _find(folder, "tariffs.csv"):
        return cells
    for where, row in _rows(folder, "tariffs.csv", TARIFF_COLUMNS, problems):
        pair = _pair(row, where, index, problems)
        rate = _number(row["rate"], "rate", where, problems)
        if rate <= -1:
            problems.add(where, f"rate is {row['rate']}; a tariff must exceed -1 (0.10 is 10 %).")
        sector = row.get("sector", "")
        if sector and sector not in sectors:
            problems.add(
                where, f"sector {sector!r} is not in trade.csv.{did_you_mean(sector, sectors)}"
            )
        if pair is None:
            continue
        if (*pair, sector) in cells:
            problems.add(where, f"{_said(row)} is given twice.")
        cells[(*pair, sector)] = rate
    return cells


def _said(row: dict[str, str]) -> str:
    sector = f", {row['sector']}" if row.get("sector") else ""
    return f"the pair {row['exporter']} to {row['importer']}{sector}"


def _pair(
    row: dict[str, str], where: str, index: dict[str, int], problems: _Problems
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


def _number(text: str, what: str, where: str, problems: _Problems) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.add(where, f"{what} is {text!r}; it must be a number.")
        return 0.0
    return value


def _find(folder: Path, name: str) -> Path | None:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[str]]:
    """Open a text file and yield its lines, none of them longer than MOST_LINE."""
    if path.suffix == ".gz":
        file = gzip.open(path, "rt", encoding="utf-8-sig", newline="")  # noqa: SIM115
    else:
        file = path.open(encoding="utf-8-sig", newline="")
    with file:

        def lines() -> Iterator[str]:
            while line := file.readline(MOST_LINE):
                if len(line) == MOST_LINE and not line.endswith("\n"):
                    raise csv.Error(f"a line longer than {MOST_LINE} characters")
                yield line

        yield lines()


def _rows(
    folder: Path, name: str, columns: tuple[str, ...], problems: _Problems
) -> Iterator[tuple[str, dict[str, str]]]:
    """Stream a CSV's rows as dicts, with where each stands; report what cannot be read."""
    path = _find(folder, name)
    if path is None:
        problems.add(name, "the file is missing.")
        return
    number = 1
    try:
        with _lines(path) as lines:
            reader = csv.reader(lines)
            header = [cell.strip() for cell in next(reader, [])]
            if missing := [column for column in columns if column not in header]:
                problems.add(
                    f"{path.name} row 1",
                    f"no column {', '.join(missing)}; found {', '.join(header[:8]) or 'nothing'}. "
                    f"Needed: {', '.join(columns)}.",
                )
                return
            for row in reader:
                number += 1
                where = f"{path.name} row {number}"
                if not row:
                    continue
                if len(row) != len(header):
                    problems.add(where, f"{len(row)} cells where the header has {len(header)}.")
                else:
                    yield where, dict(zip(header, map(str.strip, row), strict=True))
                if problems.full:
                    problems.add(where, "too many problems; the rest was not read.")
                    return
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        problems.add(f"{path.name} after row {number}", f"not readable as CSV in UTF-8 ({error}).")


def write_world(target: World, folder: Path, *, digits: int = 12) -> Path:
    """Write a world as a folder that `read_world` reads; nothing is left half-written."""
    with replacing(folder, directory=True) as draft:
        sectored = target.sectors != ("goods",)
        with (draft / "economies.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*ECONOMY_COLUMNS, *target.facts])
            for k, code in enumerate(target.codes):
                gdp = "" if math.isnan(target.gdp[k]) else f"{target.gdp[k]:.{digits}g}"
                facts = [column[k] for column in target.facts.values()]
                writer.writerow([code, target.names[k], gdp, *facts])
        _write_cells(draft / "trade.csv", TRADE_COLUMNS, target, target.trade, sectored, digits)
        if target.tariff.any():
            _write_cells(
                draft / "tariffs.csv", TARIFF_COLUMNS, target, target.tariff, sectored, digits
            )
        about = {
            "profile": "data-package",
            "name": target.name,
            "year": target.year,
            "unit": "USD million",
            "sources": [
                {"title": s.title, "path": s.path, "license": s.license} for s in target.sources
            ],
            "licenses": [
                {"title": t} for t in dict.fromkeys(s.license for s in target.sources) if t
            ],
            "notes": list(target.notes),
            "resources": [
                {"name": p.stem, "path": p.name, "format": "csv", "encoding": "utf-8"}
                for p in sorted(draft.glob("*.csv"))
            ],
        }
        (draft / "datapackage.json").write_text(
            json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
    return folder


def _write_cells(
    path: Path,
    columns: tuple[str, ...],
    target: World,
    cube: np.ndarray[Any, np.dtype[np.float64]],
    sectored: bool,
    digits: int,
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, "sector"] if sectored else columns)
        for j, i, n in np.argwhere(cube != 0):
            row = [target.codes[i], target.codes[n], f"{cube[j, i, n]:.{digits}g}"]
            writer.writerow([*row, target.sectors[j]] if sectored else row)
