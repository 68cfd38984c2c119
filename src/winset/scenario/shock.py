"""Shock: what a list of changes does to a given world, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from winset.errors import DataError
from winset.scenario.changes import Productivity, TradeCost
from winset.scenario.pairs import Groups, pairs_file, traded_sectors

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.blocs import Bloc
    from winset.scenario.changes import Change
    from winset.worlds import World


@dataclass(frozen=True, slots=True)
class Shock:
    """What a scenario changes in a given world, as arrays (row exports, column imports).

    Attributes
    ----------
    cost : (n, n) array, or (J, n, n) in a world with sectors
        d̂, factor on the iceberg cost; 1 where nothing changes.
    tariff : (n, n) array, or (J, n, n) in a world with sectors
        t', the tariff after the change.
    productivity : (n,) array
        Â, factor on the productivity of gross output.
    members : tuple of codes
        The economies that the change names, in the order of the world.
    absent : tuple of codes
        Members of a named bloc that the world does not have.
    """

    cost: NDArray[np.float64]
    tariff: NDArray[np.float64]
    productivity: NDArray[np.float64]
    members: tuple[str, ...]
    absent: tuple[str, ...]

    def changes_nothing(self, world: World) -> bool:
        """Tell whether every array is what the world has already."""
        return bool(
            np.all(self.cost == 1.0)
            and np.all(self.productivity == 1.0)
            and np.all(self.tariff == (world.tariff if world.sectored else world.tariffs))
        )


def lay(
    changes: Sequence[Change],
    target: World,
    *,
    on: dt.date,
    blocs: Mapping[str, Bloc] | None = None,
    folder: Path,
) -> Shock:
    """Lay changes on a world, in order; see `Scenario.resolve`."""
    tariff = (target.tariff if target.sectored else target.tariffs).copy()
    cost, productivity = np.ones_like(tariff), np.ones(len(target))
    named: dict[str, None] = {}
    absent: dict[str, None] = {}
    set_by: dict[bytes, tuple[int, float]] = {}
    groups = Groups(target, on, blocs, absent)
    for number, change in enumerate(changes, 1):
        where = f"change {number} ({change.kind})"
        if isinstance(change, Productivity):
            rows = groups.positions(change.economies, f"{where}: economies")
            productivity[rows] *= _factor(change.percent, change.factor)
            named |= dict.fromkeys(target.codes[k] for k in rows)
            continue
        sectors = traded_sectors(change, target, where)
        if change.file is not None:
            column = "factor" if change.kind == "trade-cost" else "rate"
            cells = pairs_file(folder / change.file, target, column)
            for (i, k, sector), value in cells.items():
                at = (i, k) if sectors is None else (sector if sector >= 0 else sectors, i, k)
                named[target.codes[k]] = None
                if change.kind == "trade-cost":
                    cost[at] *= value
                    named[target.codes[i]] = None
                else:  # a tariff is the importer's doing
                    tariff[at] = value
            continue
        mask = groups.pairs(change, where)
        named |= dict.fromkeys(groups.named(change, where))
        if sectors is not None:
            by_sector = np.zeros(len(target.sectors), dtype=np.bool_)
            by_sector[sectors] = True
            mask = by_sector[:, None, None] & mask
        if isinstance(change, TradeCost):
            cost[mask] *= _factor(change.percent, change.factor)
        else:
            rate = cast("float", change.rate)
            earlier = set_by.get(mask.tobytes())
            if earlier is not None and earlier[1] != rate:
                raise DataError(
                    f"{where}: rate = {rate:g} contradicts change {earlier[0]}, which sets "
                    f"{earlier[1]:g} for the very same pairs. Keep one of them."
                )
            set_by[mask.tobytes()] = (number, rate)
            tariff[mask] = rate
    members = tuple(code for code in target.codes if code in named) or target.codes
    return Shock(cost, tariff, productivity, members, tuple(absent))


def _factor(percent: float | None, factor: float | None) -> float:
    return 1.0 + percent / 100.0 if percent is not None else cast("float", factor)
