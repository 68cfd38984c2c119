"""Shock: what a list of changes does to a given world, as arrays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from winset.errors import DataError, did_you_mean, listed
from winset.places.groups import Group
from winset.scenario.agreements import lay_agreement
from winset.scenario.changes import (
    Agreement,
    CarbonBorder,
    CarbonPrice,
    ExportTax,
    Productivity,
    Quota,
    Tariff,
    TradeCost,
    in_force,
)
from winset.scenario.formulas import FORMULAS, given_to_all
from winset.scenario.pairs import Groups, pairs_file, traded_sectors
from winset.scenario.people_changes import OfPeople, lay_people
from winset.worlds.carbon import carbon_of, intensity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.places.groups import Later
    from winset.scenario.changes import Change, Economies
    from winset.worlds import World

    Size = TypeVar("Size", float, Array)


QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class TariffRequest:
    """A tariff that is asked for and not known: change number `change`, `how` it is found.

    `mask` has the cells that it fills, `exporters` and `importers` the positions of both sides; `limit`
    is a quota's, USD million at customs value.
    """

    change: int
    how: str
    mask: NDArray[np.bool_]
    exporters: NDArray[np.intp]
    importers: NDArray[np.intp]
    limit: float = np.inf


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
    group : Group
        The economies that the change names, in the order of the world, and the members of a named bloc
        that the world does not have, or that joined it later.
    idle : tuple of int
        Numbers of the changes that alter nothing where they are laid.
    requests : tuple of TariffRequest
        Tariffs still to be found, see `winset.trade.policy.requested_tariffs`.
    carbon : (J + 1, n) array or None
        Carbon prices after the change, USD a tonne, by sector and economy, households last.
    export_tax : array or None
        e', what exporters tax, shaped as `tariff`; None where nobody does.
    """

    cost: NDArray[np.float64]
    tariff: NDArray[np.float64]
    productivity: NDArray[np.float64]
    group: Group
    idle: tuple[int, ...] = ()
    requests: tuple[TariffRequest, ...] = ()
    carbon: NDArray[np.float64] | None = None
    export_tax: NDArray[np.float64] | None = None

    @property
    def members(self) -> tuple[str, ...]:
        """The economies that the change names, in the order of the world."""
        return self.group.codes

    @property
    def absent(self) -> tuple[str, ...]:
        """Members of a named bloc that the world does not have."""
        return self.group.absent

    @property
    def sha256(self) -> str:
        """SHA-256 of what changes: cost, tariff and productivity as little-endian float64 in C order.

        Two scenarios that change the same cells by the same sizes have the same, whatever files and
        words they are written in. Tariffs still asked for are told apart by what asks for them.
        """
        digest = hashlib.sha256()
        for array in (self.cost, self.tariff, self.productivity):
            plain = np.ascontiguousarray(array, dtype="<f8") + 0.0  # no negative zero
            digest.update(plain.tobytes())
        if self.carbon is not None:
            digest.update(np.ascontiguousarray(self.carbon, dtype="<f8").tobytes())
        if self.export_tax is not None:
            digest.update(b"export tax")
            digest.update(np.ascontiguousarray(self.export_tax, dtype="<f8").tobytes())
        for request in self.requests:
            digest.update(f"{request.change} {request.how}".encode())
            digest.update(np.packbits(request.mask).tobytes())
            if request.how == QUOTA:
                digest.update(f"{request.limit:.17g}".encode())
        return digest.hexdigest()

    def changes_nothing(self, world: World) -> bool:
        """Tell whether every array is what the world has already."""
        return bool(
            not self.requests
            and (self.carbon is None or not self.carbon.any())
            and self.export_tax is None
            and np.all(self.cost == 1.0)
            and np.all(self.productivity == 1.0)
            and np.all(self.tariff == (world.tariff if world.sectored else world.tariffs))
        )


@np.errstate(over="ignore")  # an infinite factor is the solver's to refuse
def lay(
    changes: Sequence[Change],
    target: World,
    *,
    on: dt.date,
    year: int | None = None,
    blocs: Mapping[str, Bloc] | None = None,
    folder: Path,
    elasticity: float = 4.0,
    absent_codes: bool = False,
) -> Shock:
    """Lay changes on a world, in order; see `Scenario.resolve`."""
    tariff = (target.tariff if target.sectored else target.tariffs).copy()
    cost, productivity = np.ones_like(tariff), np.ones(len(target))
    carbon: Array | None = None
    export_tax: Array | None = None
    named: dict[str, None] = {}
    absent: dict[str, None] = {}
    later: dict[str, Later] = {}
    written: dict[bytes, tuple[int, Tariff]] = {}
    idle: list[int] = []
    requests: list[TariffRequest] = []
    groups = Groups(target, on, blocs, absent, later, absent_codes)
    for number, change in enumerate(changes, 1):
        where = f"change {number} ({change.kind})"
        part = in_force(change, year)
        before = [array.copy() for array in (cost, tariff, productivity)]
        if isinstance(change, Productivity):
            rows = groups.positions(change.economies, f"{where}: economies")
            productivity[rows] *= _factor(change, part)
            named |= dict.fromkeys(target.codes[k] for k in rows)
        elif isinstance(change, OfPeople):
            cost, who = lay_people(change, target, groups, cost, elasticity, where)
            named |= dict.fromkeys(who)
        elif isinstance(change, Quota):
            request = _request(change, number, QUOTA, groups, tariff.shape)
            limit = change.limit_musd
            if limit is None:
                present = target.flows[np.ix_(request.exporters, request.importers)].sum()
                limit = float(present) * (1.0 + cast("float", change.percent) / 100.0)
            if not limit > 0:
                raise DataError(
                    f"{where}: nothing is traded there, so that no percent of it is a limit."
                )
            requests.append(replace(request, limit=limit))
            named |= dict.fromkeys(
                target.codes[k] for k in (*request.exporters, *request.importers)
            )
            continue
        elif isinstance(change, CarbonBorder):
            rates, buyers = _charged(change, target, groups, where)
            tariff = tariff + part * rates
            named |= dict.fromkeys(target.codes[k] for k in buyers)
        elif isinstance(change, CarbonPrice):
            priced, payers = _priced(change, target, groups, where)
            carbon = part * priced if carbon is None else carbon + part * priced
            named |= dict.fromkeys(target.codes[k] for k in payers)
            if not (part * priced).any():
                idle.append(number)
            continue
        elif isinstance(change, Agreement):
            new, dearer, who = lay_agreement(change, target, groups, tariff, cost, where)
            tariff, cost = _partly(tariff, new, part), _partly(cost, dearer, part)
            named |= dict.fromkeys(who)
        elif not isinstance(change, ExportTax) and change.file is not None:
            for i, k in _lay_file(change, target, folder, part, cost, tariff, where):
                named[target.codes[k]] = None
                if change.kind == "trade-cost":  # a tariff is the importer's doing
                    named[target.codes[i]] = None
        elif isinstance(change, Tariff) and change.answer is not None:
            request = _request(change, number, change.answer, groups, tariff.shape)
            named |= dict.fromkeys(target.codes[k] for k in request.importers)
            requests.append(request)
            continue
        else:
            mask = groups.pairs(change, where)
            sectors = traded_sectors(change, target, where)
            named |= dict.fromkeys(groups.named(change, where))
            if sectors is not None:
                by_sector = np.zeros(len(target.sectors), dtype=np.bool_)
                by_sector[sectors] = True
                mask = by_sector[:, None, None] & mask
            if isinstance(change, TradeCost):
                cost[mask] *= _factor(change, part)
            elif isinstance(change, ExportTax):
                if (rate := part * change.percent / 100.0) == 0.0:
                    idle.append(number)
                else:
                    export_tax = _levied(export_tax, mask, rate, target, where)
                continue
            else:
                _not_contradicting(change, number, written, mask)
                new = _formula(change, target, tariff)
                new = given_to_all(tariff, new, mask) if change.mfn else np.where(mask, new, tariff)
                tariff = _partly(tariff, new, part)
        if (tariff <= -1.0).any():
            i, k = (int(x) for x in np.argwhere(tariff <= -1.0)[0][-2:])
            raise DataError(
                f"{where}: the tariff of {target.codes[k]} on {target.codes[i]} would be "
                f"{tariff.min():g}; a tariff must exceed -1. Choose a smaller change."
            )
        if all(
            np.array_equal(a, b) for a, b in zip(before, (cost, tariff, productivity), strict=True)
        ):
            idle.append(number)
    members = tuple(code for code in target.codes if code in named) or target.codes
    left = Group(
        members,
        tuple(code for code in absent if code not in members),
        tuple(who for code, who in later.items() if code not in named and code not in absent),
    )
    return Shock(cost, tariff, productivity, left, tuple(idle), tuple(requests), carbon, export_tax)


def _levied(
    present: Array | None, mask: NDArray[np.bool_], rate: float, target: World, where: str
) -> Array:
    """Return export taxes with one more laid; a pair is taxed once."""
    laid = np.zeros(mask.shape) if present is None else present.copy()
    if (twice := mask & (laid != 0.0)).any():
        i, n = (int(k) for k in np.argwhere(twice)[0][-2:])
        raise DataError(
            f"{where}: what {target.codes[i]} sells to {target.codes[n]} is taxed by a change before it "
            "already. Keep one of them, or name other pairs or sectors."
        )
    laid[mask] = rate
    return laid


def _priced(
    change: CarbonPrice, target: World, groups: Groups, where: str
) -> tuple[Array, NDArray[np.intp]]:
    """Return what a carbon price adds, (J + 1, n) USD a tonne with households last, and who pays it."""
    if carbon_of(target) is None:
        raise DataError(_no_carbon(where, target))
    rows = groups.positions(change.economies, f"{where}: economies")
    price = np.zeros((len(target.sectors) + 1, len(target)))
    given = change.sectors if change.sector is None else [change.sector]
    if given is None:
        price[:, rows] = change.price
        return price, rows
    for name in given:
        if name not in target.sectors:
            raise DataError(
                f"{where}: sector {name!r} is not in world {target.name!r}."
                f"{did_you_mean(name, target.sectors)} It has {listed(target.sectors, 40)}."
            )
        price[target.sectors.index(name), rows] = change.price
    if change.households:
        price[-1, rows] = change.price
    return price, rows


def _no_carbon(where: str, target: World) -> str:
    return (
        f"{where}: nothing is known of the CO2 of world {target.name!r}. Give it an emissions.csv "
        "(economy, sector, value_mt), or use icio-2022."
    )


def _charged(
    change: CarbonBorder, target: World, groups: Groups, where: str
) -> tuple[Array, NDArray[np.intp]]:
    """Return what a border charge adds to tariffs, and who charges it.

    max(price − paid_i, 0) v_ij of what i sells to an importer, v being tonnes of CO2 per USD of output.
    """
    gas = carbon_of(target)
    if gas is None:
        raise DataError(_no_carbon(where, target))
    importers = groups.positions(change.importers, f"{where}: importers")
    exporters = groups.positions(change.exporters, f"{where}: exporters")
    exporters = np.setdiff1d(exporters, importers)
    if not len(exporters):
        raise DataError(f"{where} covers no pair of different economies.")
    paid = np.zeros(len(target))
    for name, price in change.paid.items():
        paid[groups.positions(name, f"{where}: paid")] = price
    due = np.maximum(change.price - paid[exporters], 0.0)
    rates = np.zeros((len(target.sectors), len(target), len(target)))
    charged = intensity(target, gas)[:, exporters] * due
    rates[:, exporters[:, None], importers[None, :]] = charged[:, :, None]
    sectors = traded_sectors(change, target, where)
    if sectors is None:
        return rates[0], importers
    untouched = np.setdiff1d(np.arange(len(target.sectors)), sectors)
    rates[untouched] = 0.0
    return rates, importers


def _request(
    change: Tariff | Quota, number: int, how: str, groups: Groups, shape: tuple[int, ...]
) -> TariffRequest:
    """Return the cells of a tariff that is asked for; "all" is everybody but the other side."""
    where = f"change {number} ({change.kind})"
    exporters = groups.positions(cast("Economies", change.exporters), f"{where}: exporters")
    importers = groups.positions(cast("Economies", change.importers), f"{where}: importers")
    if change.exporters == "all":
        exporters = np.setdiff1d(exporters, importers)
    elif change.importers == "all":
        importers = np.setdiff1d(importers, exporters)
    if both := np.intersect1d(exporters, importers).tolist():
        code = groups.world.codes[both[0]]
        raise DataError(
            f"{where}: {code} is on both sides; an answer is given by importers to other exporters. "
            "Name it on one side."
        )
    if not (len(exporters) and len(importers)):
        raise DataError(f"{where} covers no pair of different economies.")
    mask = np.zeros(shape, dtype=np.bool_)
    mask[..., exporters[:, None], importers[None, :]] = True
    return TariffRequest(number, how, mask, exporters, importers)


def _formula(change: Tariff, target: World, tariff: Array) -> Array:
    """What the change's formula makes of every cell."""
    key, size = cast("tuple[str, float]", change.formula())
    return FORMULAS[key].new(_begin(key, target, tariff), size)


def _begin(key: str, target: World, tariff: Array) -> Array:
    """The rates that a formula begins with: the present or the MFN rates."""
    if not FORMULAS[key].of_mfn:
        return tariff.copy()
    return target.mfn_rates if target.sectored else np.asarray(target.mfn_rates[0])


def _lay_file(
    change: TradeCost | Tariff,
    target: World,
    folder: Path,
    part: float,
    cost: Array,
    tariff: Array,
    where: str,
) -> Iterator[tuple[int, int]]:
    """Lay a file of pairs on costs or tariffs, in place; yield its pairs."""
    columns = ("factor",) if isinstance(change, TradeCost) else tuple(FORMULAS)
    column, cells = pairs_file(folder / cast("str", change.file), target, columns)
    sectors = traded_sectors(change, target, where)
    # A row for one sector replaces what a row for all did: both begin with the rates of before.
    begin = cost if isinstance(change, TradeCost) else _begin(column, target, tariff)
    present = tariff.copy()
    for (i, k, sector), value in cells.items():
        at = (i, k) if sectors is None else (sector if sector >= 0 else sectors, i, k)
        if isinstance(change, TradeCost):
            cost[at] *= _partly(1.0, value, part)
        else:
            new = FORMULAS[column].new(np.asarray(begin[at]), value)
            tariff[at] = _partly(np.asarray(present[at]), new, part)
        yield i, k


def _not_contradicting(
    change: Tariff,
    number: int,
    written: dict[bytes, tuple[int, Tariff]],
    mask: NDArray[np.bool_],
) -> None:
    """Raise DataError where a change overrides, without a later phase, one on the very same pairs."""
    key, size = cast("tuple[str, float]", change.formula())
    place = mask.tobytes()
    if place in written and FORMULAS[key].replaces:
        other, earlier = written[place]
        other_key, other_size = cast("tuple[str, float]", earlier.formula())
        later = earlier.phase and change.phase and earlier.phase[1] < change.phase[0]
        if (other_key, other_size) != (key, size) and not later:
            did = (
                f"sets {other_size:g}"
                if other_key == "rate"
                else f"has {other_key} = {other_size:g}"
            )
            raise DataError(
                f"change {number} (tariff): {key} = {size:g} contradicts change {other}, which {did} "
                "for the very same pairs. Keep one of them."
            )
    written[place] = (number, change)


def _factor(change: TradeCost | Productivity, part: float) -> float:
    whole = change.factor if change.percent is None else 1.0 + change.percent / 100.0
    return _partly(1.0, cast("float", whole), part)


def _partly(old: Size, new: Size, part: float) -> Size:
    """Go a part of the way; all of it to the last digit."""
    return new if part == 1.0 else old + part * (new - old)
