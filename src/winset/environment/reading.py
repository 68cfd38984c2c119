"""Reading the tables of the room: inter-industry accounts with emissions, and the regions of a club."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.environment.accounts import InterIndustry
from winset.environment.club_game import NordhausGame
from winset.errors import DataError, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

FLOWS = ("from_region", "from_sector", "to_region", "to_sector")
FINAL = ("from_region", "from_sector", "to_region")
EMISSIONS = ("region", "sector", "gas")
HOUSEHOLDS = ("region", "gas")
MOST_INDUSTRIES = 12_000  # the inverse of such a system takes 1.2 GB

Rows = list[tuple[str, tuple[str, ...], float]]


def read_system(folder: Path) -> InterIndustry:
    """Read ``flows.csv``, ``final.csv``, ``emissions.csv``, and ``household_emissions.csv`` if it is there.

    Regions and sectors stand in the order of their first rows; pairs without a row trade nothing.

    Raises
    ------
    DataError
        A file is missing, a row is not understood or stands twice, an input is negative, or a name sells
        nothing in the flows.
    """
    if not folder.is_dir():
        raise DataError(
            f"{folder}: no such folder. It holds flows.csv, final.csv and emissions.csv."
        )
    problems = tables.Problems(folder)
    flows = _long(folder, "flows.csv", FLOWS, problems)
    final = _long(folder, "final.csv", FINAL, problems)
    emitted = _long(folder, "emissions.csv", EMISSIONS, problems)
    own: Rows = []
    if tables.find(folder, "household_emissions.csv"):
        own = _long(folder, "household_emissions.csv", HOUSEHOLDS, problems)
    for where, key, value in flows:
        if value < 0:
            problems.add(where, f"{', '.join(key)} is {value:g}; inputs are zero or more.")
    problems.refuse(str(problems.folder))
    regions = _order(key[0] for _, key, _ in (*flows, *final))
    sectors = _order(key[1] for _, key, _ in (*flows, *final))
    gases = _order(key[-1] for _, key, _ in (*emitted, *own))
    count, wide = len(regions) * len(sectors), len(sectors)
    if count > MOST_INDUSTRIES:
        raise DataError(
            f"{folder}: {len(regions)} regions of {wide} sectors are {count:,} industries; at most "
            f"{MOST_INDUSTRIES:,} fit. Merge sectors or regions."
        )

    def at(what: str, name: str, known: Sequence[str], where: str) -> int:
        if name in known:
            return known.index(name)
        said = f"{what} {name!r} sells nothing in flows.csv and final.csv."
        problems.add(where, said + did_you_mean(name, known))
        return 0

    def industry(region: str, sector: str, where: str) -> int:
        row = at("region", region, regions, where) * wide
        return row + at("sector", sector, sectors, where)

    used, bought = np.zeros((count, count)), np.zeros((count, len(regions)))
    for where, (source, kind, user, product), value in flows:
        used[industry(source, kind, where), industry(user, product, where)] = value
    for where, (source, kind, user), value in final:
        bought[industry(source, kind, where), at("region", user, regions, where)] = value
    emissions, households = np.zeros((len(gases), count)), np.zeros((len(gases), len(regions)))
    for where, (region, sector, gas), value in emitted:
        emissions[gases.index(gas), industry(region, sector, where)] = value
    for where, (region, gas), value in own:
        households[gases.index(gas), at("region", region, regions, where)] = value
    problems.refuse(str(problems.folder))
    return InterIndustry(regions, sectors, gases, used, bought, emissions, households)


def read_club_game(folder: Path) -> NordhausGame:
    """Read ``input_original.csv`` and ``parameters.csv``, the layout of the published replication.

    The former has Country, GDP (USD billion), CO2 (million tonnes), Import_X (what X imports from the row,
    USD billion) and McKinsey_alpha; the latter region, a, b.

    Raises
    ------
    DataError
        A file, a column, a region or a figure is missing, or a figure is beyond its range.
    """
    path = folder / "input_original.csv"
    if not path.exists():
        raise DataError(
            f"{path}: no such file. It has Country, GDP, CO2, Import_…, McKinsey_alpha."
        )
    names = [c for c in tables.header(path) if c.startswith("Import_")]
    figures = ("GDP", "CO2", "McKinsey_alpha", *names)
    problems = tables.Problems(folder)
    regions, columns = [], []
    for where, row in tables.checked_rows(
        folder, path.name, ("Country", *figures), problems, figures
    ):
        regions.append(row["Country"])
        columns.append([tables.number(row[c], c, where, problems) for c in figures])
    curve = _long(folder, "parameters.csv", ("region",), problems, ("a", "b"))
    problems.refuse(str(problems.folder))
    if sorted(f"Import_{r}" for r in regions) != sorted(names):
        raise DataError(
            f"{path}: the regions are {listed(regions, 20)}, and the columns of imports {listed(names, 20)}. "
            "They must be the same, each once."
        )
    order = [figures.index(f"Import_{r}") for r in regions]
    if len(regions) < 2:
        raise DataError(f"{path}: one region, {listed(regions)}. A club takes two and more.")
    table = np.array(columns)[:, [0, 1, 2, *order]]
    names = [f"Import_{r}" for r in regions]
    gains = {key[0]: value for where, key, value in curve if where.endswith(" a")}
    losses = {key[0]: value for where, key, value in curve if where.endswith(" b")}
    if missing := [r for r in regions if r not in gains]:
        raise DataError(f"{folder / 'parameters.csv'}: no row for {listed(missing)}.")
    for k, what in enumerate(figures[:3]):
        for name, value in zip(regions, table[:, k], strict=True):
            if not value > 0:
                raise DataError(f"{path}: {what} of {name} is {value:g}; it must be positive.")
    if (table[:, 3:] < 0).any():
        i, j = (int(x) for x in np.argwhere(table[:, 3:] < 0)[0])
        raise DataError(
            f"{path}: {names[j]} of {regions[i]} is {table[i, 3 + j]:g}; it must be zero or more."
        )
    return NordhausGame(
        regions=tuple(regions),
        gdp=table[:, 0],
        emissions=table[:, 1],
        abatement=table[:, 2],
        bought=table[:, 3:],
        gain=np.array([gains[r] for r in regions]),
        loss=np.array([losses[r] for r in regions]),
    )


def read_members(path: Path, regions: Sequence[str]) -> NDArray[np.bool_]:
    """Read who is in a club, (n,).

    A table of region (or Country) and status (1 in, 0 out), or of one row with a column for each region; or
    JSON: an object of the same, a list of members, or a club as ``winset club --json`` prints it, with its
    ``members``. In a table and in an object every region has a status.

    Raises
    ------
    DataError
        A region is unknown, missing or there twice, or a status is neither 0 nor 1.
    """
    problems = tables.Problems(path.parent)
    if path.suffix.lower() == ".json":
        return _statuses(_told(path, regions), regions, path, problems)
    columns = tables.header(path)
    if set(regions) <= set(columns):
        rows = list(
            tables.checked_rows(path.parent, path.name, tuple(regions), problems, tuple(regions))
        )
        if len(rows) != 1:
            raise DataError(f"{path}: {len(rows)} rows of regions; one club is one row.")
        where, row = rows[0]
        wide = {name: tables.number(row[name], name, where, problems) for name in regions}
        return _statuses(wide, regions, path, problems)
    key_of = "Country" if "Country" in columns and "region" not in columns else "region"
    found = _long(path.parent, path.name, (key_of,), problems, ("status",))
    return _statuses({key[0]: value for _, key, value in found}, regions, path, problems)


def _told(path: Path, regions: Sequence[str]) -> dict[str, float]:
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: no JSON that can be read ({error}).") from error
    if isinstance(told, dict) and isinstance(told.get("members"), list):
        told = told["members"]
    if isinstance(told, list) and all(isinstance(name, str) for name in told):
        if len(set(told)) < len(told):
            raise DataError(f"{path}: a member is named twice in {listed(told, 20)}.")
        return dict.fromkeys(regions, 0.0) | dict.fromkeys(told, 1.0)
    if not isinstance(told, dict) or not all(isinstance(v, int | float) for v in told.values()):
        raise DataError(
            f'{path}: it holds one object of status by region, {{"EU": 1, "US": 0}}, or a list of members.'
        )
    return {name: float(value) for name, value in told.items()}


def _statuses(
    told: dict[str, float], regions: Sequence[str], path: Path, problems: tables.Problems
) -> NDArray[np.bool_]:
    for region, value in told.items():
        if region not in regions:
            problems.add(path.name, f"no region {region!r}.{did_you_mean(region, regions)}")
        if value not in (0.0, 1.0):
            problems.add(path.name, f"the status of {region} is {value:g}: 1 is in, 0 is out.")
    if missing := [r for r in regions if r not in told]:
        problems.add(path.name, f"no status of {listed(missing)}. Give each region 1 or 0.")
    problems.refuse(str(problems.folder))
    return np.array([told[r] == 1.0 for r in regions])


def _order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _long(
    folder: Path,
    name: str,
    keys: tuple[str, ...],
    problems: tables.Problems,
    figures: tuple[str, ...] = ("value",),
) -> Rows:
    """Return where, names and figure of every row of a long table; each combination of names stands once.

    With several figures each is a row of its own, told by the end of its where.
    """
    found: Rows = []
    seen: set[tuple[str, ...]] = set()
    for where, row in tables.checked_rows(folder, name, (*keys, *figures), problems, figures):
        key = tuple(row[k] for k in keys)
        if key in seen:
            problems.add(
                where, f"{', '.join(key)} stands in an earlier row too. Keep one, or sum them."
            )
        seen.add(key)
        if not all(key):
            problems.add(where, f"a blank among {', '.join(keys)}.")
        for column in figures:
            value = tables.number(row[column], column, where, problems)
            if math.isfinite(value):
                found.append((f"{where} {column}", key, value))
    if not found and not problems.found:
        problems.add(name, "no row in it.")
    return found
