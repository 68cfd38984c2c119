"""An embedded world as one compact binary: its arrays, and all that is text as one JSON.

The CSV files stay what users read and write, and what is true: ``scripts/derive_compact_worlds.py`` makes
the binary of them, and a test compares the two. Reading icio-2022 takes 12 ms in place of 400.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.worlds.technology import Technology
from winset.worlds.world_data import Source, World

if TYPE_CHECKING:
    from pathlib import Path


NAME = "compact.npz"
CUBES = ("gdp", "trade", "tariff", "mfn", "tariff_source")
SHARES = ("elasticity", "value_added", "inputs", "final")
SET = "set "


def write_compact(target: World, path: Path) -> None:
    """Write a world as one file, the same to the last bit each time."""
    technology = target.technology
    arrays: dict[str, Any] = {name: getattr(target, name) for name in CUBES}
    about = {
        "name": target.name,
        "year": target.year,
        "codes": target.codes,
        "names": target.names,
        "sectors": target.sectors,
        "domestic_known": target.domestic_known,
        "sources": [asdict(source) for source in target.sources],
        "facts": dict(target.facts),
        "notes": target.notes,
        "sector_names": None if technology is None else technology.names,
        "sets": [] if technology is None else list(technology.elasticity_sets),
    }
    if technology is not None:
        arrays |= {name: getattr(technology, name) for name in SHARES}
        arrays |= {SET + name: values for name, values in technology.elasticity_sets.items()}
    text = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8)
    given = {name: array for name, array in arrays.items() if array is not None}
    np.savez_compressed(path, about=text, **given)


def read_compact(path: Path) -> World:
    """Read what `write_compact` wrote.

    Raises
    ------
    DataError
        The file is damaged; each of its parts has a checksum.
    """
    try:
        with path.open("rb") as packed, np.load(packed, allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: file[name] for name in file.files if name != "about"}
            about = json.loads(file["about"].tobytes())
        return _made(arrays, about)
    except Exception as error:  # what zipfile, zlib and numpy raise is not to be told apart
        raise DataError(f"{path}: is damaged ({error}). Install winset again.") from error


def _made(arrays: dict[str, Any], about: dict[str, Any]) -> World:
    technology = None
    if about["sector_names"] is not None:
        technology = Technology(
            names=tuple(about["sector_names"]),
            elasticity_sets={name: arrays[SET + name] for name in about["sets"]},
            elasticity=arrays["elasticity"],
            value_added=arrays.get("value_added"),
            inputs=arrays.get("inputs"),
            final=arrays.get("final"),
        )
    return World(
        name=about["name"],
        year=about["year"],
        codes=tuple(about["codes"]),
        names=tuple(about["names"]),
        gdp=arrays["gdp"],
        sectors=tuple(about["sectors"]),
        trade=arrays["trade"],
        tariff=arrays["tariff"],
        domestic_known=about["domestic_known"],
        sources=tuple(Source(**source) for source in about["sources"]),
        facts={column: tuple(values) for column, values in about["facts"].items()},
        notes=tuple(about["notes"]),
        technology=technology,
        mfn=arrays.get("mfn"),
        tariff_source=arrays.get("tariff_source"),
    )
