"""From what a change names to positions in a world: blocs, codes, sectors, files of pairs."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.places.groups import read_group
from winset.scenario.changes import ExportTax
from winset.scenario.formulas import FORMULAS
from winset.sentences import Sentence, Verbatim
from winset.tables import header, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.places.blocs import Bloc
    from winset.places.groups import Group, Later
    from winset.scenario.changes import Agreement, CarbonBorder, Economies, Tariff, TradeCost
    from winset.worlds import World

#: A median rate beyond it is one in percent: 250 %, above any that was ever asked for between two states.
MOST_USUAL_RATE = 2.5
MOST_BYTES = 50_000_000
SIDES = ("exporter", "importer")


def traded_sectors(
    change: TradeCost | Tariff | ExportTax | Agreement | CarbonBorder, target: World, where: str
) -> NDArray[np.intp] | None:
    """Return the positions of the traded sectors that a change is about; None without sectors."""
    given = change.sectors if change.sectors is not None else change.sector
    names = [given] if isinstance(given, str) else given
    if not target.sectored:
        if names is not None:
            raise DataError(
                Sentence(
                    "{where}: world '{world}' has no sectors, but the change names {names}. Drop the key, "
                    "or use a world with sectors.",
                    where=where,
                    world=target.name,
                    names=Verbatim(", ".join(names)),
                )
            )
        return None
    technology = target.technology
    traded = np.ones(len(target.sectors), np.bool_) if technology is None else technology.traded
    if names is None:
        return np.flatnonzero(traded)
    positions = []
    for name in names:
        j = target.sector(name)
        if not traded[j]:
            raise DataError(_untraded(name, target, where))
        positions.append(j)
    return np.array(sorted(set(positions)), dtype=np.intp)


def _untraded(name: str, target: World, where: str) -> Sentence:
    return Sentence(
        "{where}: sector {name} of world '{world}' is not traded.",
        where=where,
        name=repr(name),
        world=target.name,
    )


def group_in(
    world: World,
    text: Economies | Iterable[str],
    *,
    on: dt.date,
    blocs: Mapping[str, Bloc] | None,
    where: str,
    absent_codes: bool = False,
) -> Group:
    """Return the economies of a world that blocs and codes stand for, see `read_group`."""
    return read_group(
        text,
        on=on,
        codes=world.index,
        blocs=blocs,
        where=where,
        of=Sentence("world '{world}'", world=world.name),
        absent_codes=absent_codes,
    )


@dataclass(frozen=True, slots=True)
class Groups:
    """Turns what a change names into positions in a world."""

    world: World
    on: dt.date
    blocs: Mapping[str, Bloc] | None
    absent: dict[str, None]
    later: dict[str, Later]
    absent_codes: bool = False

    def positions(self, group: Economies, where: str) -> NDArray[np.intp]:
        found = group_in(
            self.world,
            group,
            on=self.on,
            blocs=self.blocs,
            where=where,
            absent_codes=self.absent_codes,
        )
        self.absent.update(dict.fromkeys(found.absent))
        self.later.update({who.code: who for who in found.later if who.code not in self.later})
        return np.array(sorted(self.world.index[code] for code in found.codes), dtype=np.intp)

    def _sides(
        self, change: TradeCost | Tariff | ExportTax, where: str
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        if change.among is not None:
            both = self.positions(change.among, f"{where}: among")
            if len(both) < 2:
                raise DataError(
                    Sentence(
                        "{where}: among = {among} is one economy of world '{world}'; a change among a group "
                        "needs two.",
                        where=where,
                        among=repr(change.among),
                        world=self.world.name,
                    )
                )
            return both, both
        one, other = (
            self.positions(cast("Economies", group), f"{where}: {key}")
            for key, group in _ends(change).items()
        )
        return one, other

    def pairs(self, change: TradeCost | Tariff | ExportTax, where: str) -> NDArray[np.bool_]:
        exporters, importers = self._sides(change, where)
        mask = np.zeros((len(self.world), len(self.world)), dtype=np.bool_)
        mask[np.ix_(exporters, importers)] = True
        np.fill_diagonal(mask, val=False)
        if not mask.any():
            raise DataError(Sentence("{where} covers no pair of different economies.", where=where))
        return mask

    def named(self, change: TradeCost | Tariff | ExportTax, where: str) -> Iterable[str]:
        for group in (change.among, *_ends(change).values()):
            if group is not None and group != "all":
                for k in self.positions(group, where):
                    yield self.world.codes[k]


def _ends(change: TradeCost | Tariff | ExportTax) -> dict[str, Economies | None]:
    """Return who sells and who buys, by the keys that say so."""
    if isinstance(change, ExportTax):
        return {"from": change.from_, "to": change.to}
    return {"exporters": change.exporters, "importers": change.importers}


def pairs_file(
    path: Path, target: World, columns: Sequence[str]
) -> tuple[str, dict[tuple[int, int, int], float]]:
    """Read ``exporter,importer,sector`` and the one of `columns` that the file has, with its name.

    The sector is −1 where none is named.
    """
    given = header(path)
    sizes = [c for c in columns if c in given]
    if not sizes:
        raise DataError(
            f"{path} row 1: no column {' or '.join(columns)}; found {', '.join(given[:12])}."
        )
    if len(sizes) > 1:
        raise DataError(
            f"{path} row 1: {' and '.join(sizes)} contradict each other. Keep one column."
        )
    column = sizes[0]
    cells: dict[tuple[int, int, int], float] = {}
    table = rows(path, ("exporter", "importer", column), figures=(column,), most_bytes=MOST_BYTES)
    for number, row in table:
        where = f"{path} row {number}"
        seller, buyer = (_member(row[side], side, target, where) for side in SIDES)
        key = (seller, buyer, _traded_sector(row.get("sector", ""), target, where))
        value = _size(row[column], column, where)
        if key in cells:
            raise DataError(f"{where}: the pair is given twice. Keep one row.")
        if seller == buyer:
            raise DataError(f"{where}: a change at home is not a trade cost. Drop the row.")
        cells[key] = value
    if not cells:
        raise DataError(f"{path}: no rows.")
    if column == "rate" and sorted(cells.values())[len(cells) // 2] > MOST_USUAL_RATE:
        raise DataError(
            f"{path}: half of the rates are {sorted(cells.values())[len(cells) // 2]:g} or more, and 1 is "
            "100 %. In percent? Divide them by 100: 25 % is 0.25."
        )
    return column, cells


def _member(code: str, side: str, target: World, where: str) -> int:
    if code not in target.index:
        raise DataError(
            f"{where}: {side} {code!r} is not in world {target.name!r}."
            f"{did_you_mean(code, target.codes)}"
        )
    return target.index[code]


def _traded_sector(name: str, target: World, where: str) -> int:
    """Return the position of a sector, −1 for none."""
    if not name:
        return -1
    if name not in target.sectors:
        raise DataError(
            f"{where}: sector {name!r} is not in world {target.name!r}."
            f"{did_you_mean(name, target.sectors)}"
        )
    sector = target.sectors.index(name) if target.sectored else -1
    if target.technology is not None and not target.technology.traded[sector]:
        raise DataError(_untraded(name, target, where))
    return sector


def _size(text: str, column: str, where: str) -> float:
    """Read a factor, a rate or a level of a trade-cost formula."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    low = 0.0 if column == "factor" else -1.0
    if column in ("factor", "rate") and not (math.isfinite(value) and value > low):
        raise DataError(f"{where}: {column} is {text!r}; it must be a number above {low:g}.")
    if column in FORMULAS and (problem := FORMULAS[column].problem(value)):
        raise DataError(f"{where}: {column} is {text!r}; it {problem}")
    return value
