"""A world written as a folder, which `winset.worlds.package` reads back."""

from __future__ import annotations

import gzip
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import tables
from winset.files import replacing
from winset.worlds import production
from winset.worlds.schema import (
    ECONOMY_COLUMNS,
    EMISSION_COLUMNS,
    FIELDS,
    TARIFF_COLUMNS,
    TRADE_COLUMNS,
)
from winset.worlds.tariff_sources import TARIFF_SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.worlds.world_data import World


def write_world(target: World, folder: Path, *, digits: int = 12, compress: bool = False) -> Path:
    """Write a world as a folder that `read_world` reads; nothing is left half-written.

    With `compress`, files over 100 kB are gzipped.
    """
    with replacing(folder, directory=True) as draft:
        sectored = target.sectored or target.sectors != ("goods",)
        tables.write_rows(
            draft / "economies.csv",
            [*ECONOMY_COLUMNS, *target.facts],
            (
                [code, name, "" if math.isnan(gdp) else f"{gdp:.{digits}g}", *facts]
                for code, name, gdp, *facts in zip(
                    target.codes, target.names, target.gdp, *target.facts.values(), strict=True
                )
            ),
        )
        _write_cells(draft / "trade.csv", TRADE_COLUMNS, target, [target.trade], sectored, digits)
        more = {"mfn": target.mfn, "source": target.tariff_source}
        given = {column: cube for column, cube in more.items() if cube is not None}
        if given or target.tariff.any():
            columns, cubes = (*TARIFF_COLUMNS, *given), [target.tariff, *given.values()]
            _write_cells(draft / "tariffs.csv", columns, target, cubes, sectored, digits)
        production.write(target, draft, digits)
        if target.emissions is not None:
            tables.write_rows(
                draft / "emissions.csv",
                EMISSION_COLUMNS,
                (
                    [code, sector, f"{target.emissions[j, n]:.{digits}g}"]
                    for n, code in enumerate(target.codes)
                    for j, sector in enumerate(target.sectors)
                ),
            )
        if compress:
            for path in draft.glob("*.csv"):
                if path.stat().st_size > 100_000:
                    path.with_suffix(".csv.gz").write_bytes(_gzipped(path.read_bytes()))
                    path.unlink()
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
                {
                    "name": path.name.split(".")[0],
                    "path": path.name,
                    "format": "csv",
                    "encoding": "utf-8",
                    "schema": {"fields": _fields(path)},
                }
                for path in sorted(draft.glob("*.csv*"))
            ],
        }
        (draft / "datapackage.json").write_text(
            json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
    return folder


def _gzipped(content: bytes) -> bytes:
    level = 9 if len(content) < 20_000_000 else 6  # as small, in a third of the time
    return gzip.compress(content, compresslevel=level, mtime=0)


def _fields(path: Path) -> list[dict[str, str]]:
    """Describe the columns of a CSV as a Frictionless table schema."""
    return [{"name": column, **_field(column)} for column in tables.header(path)]


def _field(column: str) -> dict[str, str]:
    if column.startswith(production.SET):
        label = column.removeprefix(production.SET)
        return {"type": "number", "description": f"trade elasticity, set {label}"}
    return FIELDS[column]


def _write_cells(
    path: Path,
    columns: tuple[str, ...],
    target: World,
    cubes: list[NDArray[Any]],
    sectored: bool,
    digits: int,
) -> None:
    """Write the cells where any cube is not zero, a column for each cube, and known domestic sales."""
    filled = np.any([cube != 0 for cube in cubes], axis=0)
    if columns == TRADE_COLUMNS and target.domestic_known:
        # domestic sales of zero are known too: an economy without a row would have none
        own = np.arange(len(target))
        filled[0, own, own] |= ~filled[:, own, own].any(axis=0)

    def rows() -> Iterator[list[str]]:
        places = np.argwhere(filled).tolist()
        columns = [
            [TARIFF_SOURCES[x] for x in cube[filled].tolist()]
            if cube.dtype == np.int8
            else [f"{x:.{digits}g}" for x in cube[filled].tolist()]
            for cube in cubes
        ]
        for (j, i, n), *values in zip(places, *columns, strict=True):
            row = [target.codes[i], target.codes[n], *values]
            yield [*row, target.sectors[j]] if sectored else row

    tables.write_rows(path, [*columns, "sector"] if sectored else columns, rows())
