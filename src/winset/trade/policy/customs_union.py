r"""A customs union or free-trade area, and the common tariff that harms nobody outside.

Inside, tariffs go to zero, on top of what a scenario changes. Outside, a customs union has one tariff:
in every sector the mean of its members' rates on outsiders' goods, weighted by their imports, so that
duties on the whole are what they were (GATT Article XXIV:5(a)). A free-trade area keeps its members'.

Which tariffs would harm nobody outside is sought in `harmless_tariff` (a level for each outsider, with
transfers inside) and `common_tariff` (one rate a sector for all).
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from winset.errors import DataError, listed
from winset.trade.gains import direction
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors import solve as many_sectors
from winset.trade.models.many_sectors.equations import customs_value
from winset.trade.models.model import Shift, calibrate, find, nothing
from winset.trade.numerics.blas import one_thread
from winset.trade.policy import best_response
from winset.trade.policy.common_tariff import HARMLESS, best_common
from winset.trade.policy.harmless_tariff import Level, System, levers_of
from winset.trade.policy.harmless_tariff import harmless as harmless_tariff
from winset.trade.result import Solver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.scenario import Parameters, Shock
    from winset.trade.models.many_sectors.solve import Calibrated
    from winset.trade.models.model import Outcome
    from winset.worlds import World


Form = Literal["customs-union", "free-trade-area"]


@dataclass(frozen=True, slots=True)
class Duties:
    """Duties on outsiders' goods over the imports before, by outsider and on the whole.

    GATT Article XXIV:5(a) and its Understanding of 1994 compare them on the imports of a
    previous period.
    """

    before: Array
    after: Array
    before_whole: float
    after_whole: float

    def to_json(self) -> dict[str, Any]:
        """Return the duties on the whole."""
        return {
            "before": self.before_whole,
            "after": self.after_whole,
            "higher_on_the_whole": self.after_whole > self.before_whole * (1.0 + 1e-9),
        }


@dataclass(frozen=True, slots=True)
class UnionAtTariff:
    """A union at one external tariff: the equilibrium and what each economy gains.

    Attributes
    ----------
    tariff : (T, n, n) array
        Every tariff, in the model's order of sectors.
    welfare, variation : (n,) arrays
        Ŵ and the equivalent variation in USD million.
    transfer : (n,) array
        Received by each member from the others, USD million; zero without transfers.
    """

    tariff: Array
    state: hat.State
    welfare: Array
    variation: Array
    transfer: Array
    duties: Duties


@dataclass(frozen=True, slots=True)
class Union:
    """A union as it would be, and, where asked for, the one that harms nobody.

    `common` has the best common tariff by sector, `common_rates` (T,) in the model's order. `to_all` is
    no union: the members' tariffs go to zero for everybody.

    `inside` says which economies are members; `least` and `most` bound the harmless rates.
    """

    world: World
    parameters: Parameters
    form: Form
    inside: NDArray[np.bool_]
    calibrated: Calibrated
    plain: UnionAtTariff
    harmless: UnionAtTariff | None
    common: UnionAtTariff | None
    common_rates: Array | None
    to_all: UnionAtTariff | None
    level: Level
    solver: Solver

    @property
    def members(self) -> tuple[str, ...]:
        """Codes of the members, in the order of the world."""
        return tuple(c for c, x in zip(self.world.codes, self.inside, strict=True) if x)

    @property
    def outsiders(self) -> tuple[str, ...]:
        """Codes of all others."""
        return tuple(c for c, x in zip(self.world.codes, self.inside, strict=True) if not x)

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Outsiders of whom it is said whether they lose, (n,): those on whose goods duties are known.

        On others every duty of before counts as zero, so that any common tariff seems to raise it.
        """
        return ~self.inside & ~self.world.untold

    @property
    def not_judged(self) -> tuple[str, ...]:
        """Codes of the outsiders of whom it is not said."""
        left = ~self.inside & self.world.untold
        return tuple(c for c, x in zip(self.world.codes, left, strict=True) if x)

    def raised(self, at: UnionAtTariff) -> int:
        """How many of the outsiders judged face higher duties than before."""
        duties, rows = at.duties, self.judged[~self.inside]
        return int((duties.after > duties.before * (1.0 + 1e-9) + 1e-12)[rows].sum())

    def losing(self, at: UnionAtTariff) -> NDArray[np.intp]:
        """Positions of the outsiders judged that lose."""
        return np.flatnonzero(self.judged & (direction(at.welfare - 1.0) < 0))

    def _duties(self, at: UnionAtTariff) -> dict[str, Any]:
        return at.duties.to_json() | {"outsiders_facing_higher": self.raised(at)}

    def _worst(self, at: UnionAtTariff) -> dict[str, Any] | None:
        judged = np.flatnonzero(self.judged)
        if not len(judged):
            return None
        worst = int(judged[np.argmin(at.welfare[judged])])
        return {
            "code": self.world.codes[worst],
            "welfare_percent": 100.0 * float(at.welfare[worst] - 1.0),
        }

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset union --json`` prints, but for the scenario."""
        world, plain = self.world, self.plain
        out = np.flatnonzero(~self.inside)
        said = {
            "world": {"name": world.name, "year": world.year, "sha256": world.sha256},
            "parameters": self.parameters.told(),
            "form": self.form,
            "members": self._members(plain),
            "outsiders": self._outsiders(plain),
            "not_judged": list(self.not_judged),
            "duties": self._duties(plain),
            "summary": {
                "members_musd": float(plain.variation[self.inside].sum()),
                "outsiders_musd": float(plain.variation[~self.inside].sum()),
                "outsiders_losing": len(self.losing(plain)),
                "worst": self._worst(plain),
            },
            "harmless": None,
            "common": None,
            "to_all": None,
            "solver": asdict(self.solver),
        }
        if self.to_all is not None:
            said["to_all"] = {
                "members": self._members(self.to_all),
                "outsiders": self._outsiders(self.to_all),
                "members_musd": float(self.to_all.variation[self.inside].sum()),
                "outsiders_musd": float(self.to_all.variation[~self.inside].sum()),
                "outsiders_losing": len(self.losing(self.to_all)),
            }
        if self.common is not None:
            said["common"] = self._common_json(self.common)
        if (done := self.harmless) is not None:
            change = 100.0 * (done.welfare - 1.0)
            said["harmless"] = {
                "instruments": self.level,
                "one_tariff_for_all_outsiders": False,
                "gain_percent": float(change[self.inside][0]),
                "members_musd": float(done.variation[self.inside].sum()),
                "largest_outsider_percent": float(np.abs(change[out]).max()),
                "members": [
                    member | {"transfer_musd": float(done.transfer[world.index[member["code"]]])}
                    for member in self._members(done)
                ],
                "outsiders": self._outsiders(done),
                "duties": self._duties(done),
            }
        return said

    def rates_by_sector(self) -> dict[str, float]:
        """The best common tariff by sector, of the sectors that outsiders sell to the union."""
        assert self.common_rates is not None
        order = self.calibrated.base.order[: len(self.common_rates)]
        named = {self.world.sectors[j]: r for j, r in zip(order, self.common_rates, strict=True)}
        return {s: float(named[s]) for s in self.world.sectors if np.isfinite(named.get(s, np.nan))}

    @property
    def harms_nobody(self) -> bool:
        """Whether the best common tariff by sector harms no outsider."""
        assert self.common is not None
        return bool(self.common.welfare[~self.inside].min() >= 1.0 - HARMLESS)

    @property
    def kemp_wan(self) -> bool:
        """Whether it keeps the promise: nobody outside is harmed, and inside there is a gain to share."""
        assert self.common is not None
        return self.harms_nobody and float(self.common.variation[self.inside].sum()) > 0.0

    def _common_json(self, done: UnionAtTariff) -> dict[str, Any]:
        return {
            "one_tariff_for_all_outsiders": True,
            "harms_nobody": self.harms_nobody,
            "kemp_wan": self.kemp_wan,
            "rates": self.rates_by_sector(),
            "members_musd": float(done.variation[self.inside].sum()),
            "outsiders_musd": float(done.variation[~self.inside].sum()),
            "worst": self._worst(done),
            "members": self._members(done),
            "outsiders": self._outsiders(done),
            "duties": self._duties(done),
        }

    def _members(self, at: UnionAtTariff) -> list[dict[str, Any]]:
        return [
            {
                "code": self.world.codes[k],
                "welfare_percent": 100.0 * float(at.welfare[k] - 1.0),
                "welfare_musd": float(at.variation[k]),
            }
            for k in np.flatnonzero(self.inside)
        ]

    def _outsiders(self, at: UnionAtTariff) -> list[dict[str, Any]]:
        return [
            {
                "code": self.world.codes[k],
                "welfare_percent": 100.0 * float(at.welfare[k] - 1.0),
                "welfare_musd": float(at.variation[k]),
                "duty_before": _finite(at.duties.before[row]),
                "duty": _finite(at.duties.after[row]),
            }
            for row, k in enumerate(np.flatnonzero(~self.inside))
        ]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@one_thread()
def form_union(
    world: World,
    parameters: Parameters,
    members: Sequence[str],
    *,
    shock: Shock | None = None,
    form: Form = "customs-union",
    harmless: bool = False,
    common: bool = False,
    to_all: bool = False,
    level: Level | None = None,
    least: float = -0.5,
    most: float = 2.0,
) -> Union:
    """Form a union of `members`, on top of a scenario's `shock`.

    Parameters
    ----------
    harmless : bool
        Whether to find the external tariff that leaves every outsider exactly as well off.
    common : bool
        Whether to find the best *common* external tariff, one rate a sector for all outsiders.
    to_all : bool
        Whether to solve for the same cut given to everybody, as the most-favored-nation rule asks.
    level : str
        ``partner``: one rate on all goods of an outsider, the default of a customs union;
        ``partner-sector``: the union's tariff by sector, moved by one factor for each outsider.
    least, most : float
        Bounds of every rate of that tariff.

    Raises
    ------
    DataError
        Fewer than two members, nobody outside, or a common tariff by partner of a free-trade area.
    InfeasibleError
        No such tariff within the bounds; names the outsider.
    ConvergenceError
        An equilibrium was not found.
    """
    begun = time.perf_counter()
    best_response.suited(world, parameters, "union")
    if level is None:
        level = "partner" if form == "customs-union" else "partner-sector"
    inside = np.zeros(len(world), dtype=np.bool_)
    inside[[world.position(code) for code in members]] = True
    if inside.sum() < 2:
        raise DataError(
            f"a union needs two members or more; world {world.name!r} has {listed(members) or 'none'}."
        )
    if inside.all():
        raise DataError(f"every economy of world {world.name!r} is a member: nobody is outside.")
    if form == "free-trade-area" and level == "partner":
        raise DataError(
            "a free-trade area has no common tariff: its members keep their own, and only the level "
            "by partner can move. Use --instruments partner-sector."
        )
    if common and form == "free-trade-area":
        raise DataError("a free-trade area has no common tariff. Drop --common, or --free-trade.")
    calibrated = calibrate(many_sectors.MODEL, world, parameters)
    base = calibrated.base
    change = nothing(base) if shock is None else many_sectors.MODEL.change(base, shock)
    cost, productivity = change.cost, change.productivity
    tariff = np.array(change.tariff)
    tariff[:, np.ix_(inside, inside)[0], np.ix_(inside, inside)[1]] = 0.0
    flows = customs_value(calibrated.initial, base.tariff)
    if form == "customs-union":
        tariff = _common(tariff, flows, inside)

    def reached(rates: Array, what: str) -> Outcome[hat.State]:
        change = Shift(cost, rates, productivity)
        return find(many_sectors.MODEL, base, change, world, what, warm=calibrated.initial)

    union = reached(tariff, "of the union")
    plain = _accession(calibrated, tariff, union.state, np.zeros(len(world)), flows, inside)
    found, steps, residual = None, union.equilibrium.iterations, union.equilibrium.residual
    open_to_all = None
    if to_all:
        free = tariff.copy()
        free[:, :, inside] = 0.0
        cut = reached(free, "of a cut for all")
        open_to_all = _accession(calibrated, free, cut.state, np.zeros(len(world)), flows, inside)
        steps += cut.equilibrium.iterations
    shared, rates = None, None
    if common:
        best = best_common(world, calibrated, cost, productivity, tariff, inside, (least, most))
        rates = best.rates
        nobody = np.zeros(len(world))
        shared = _accession(calibrated, best.tariff, best.state, nobody, flows, inside)
        steps += best.steps
    if harmless:
        levers = levers_of(world, tariff, base.share, inside, level)
        system = System(world, calibrated, cost, productivity, tariff, levers, inside)
        solved = harmless_tariff(system, plain.state, level, flows, (least, most))
        found = _accession(calibrated, solved.tariff, solved.state, solved.transfer, flows, inside)
        steps, residual = steps + solved.steps, solved.residual
    return Union(
        world, parameters, form, inside, calibrated, plain, found, shared, rates,
        open_to_all, level,
        Solver(steps, residual, time.perf_counter() - begun),
    )  # fmt: skip


def _common(tariff: Array, flows: Array, inside: NDArray[np.bool_]) -> Array:
    """Give outsiders' goods the members' mean rate in every sector, weighted by imports."""
    result = tariff.copy()
    out, into = np.ix_(~inside, inside)
    rates, value = tariff[:, out, into], flows[:, out, into]
    total = value.sum(axis=(1, 2))
    mean = rates.mean(axis=(1, 2))
    np.divide((rates * value).sum(axis=(1, 2)), total, out=mean, where=total > 0)
    result[:, out, into] = mean[:, None, None]
    return result


def _accession(
    calibrated: Calibrated,
    tariff: Array,
    state: hat.State,
    transfer: Array,
    flows: Array,
    inside: NDArray[np.bool_],
) -> UnionAtTariff:
    welfare, variation = many_sectors.variations(calibrated.base, calibrated.initial, state)
    out, into = np.ix_(~inside, inside)
    value = flows[:, out, into]
    old, new = (
        (value * rates[:, out, into]).sum(axis=(0, 2)) for rates in (calibrated.base.tariff, tariff)
    )
    total = value.sum(axis=(0, 2))
    none = np.full(len(total), np.nan)
    duties = Duties(
        before=np.divide(old, total, out=none.copy(), where=total > 0),
        after=np.divide(new, total, out=none.copy(), where=total > 0),
        before_whole=float(old.sum() / total.sum()),
        after_whole=float(new.sum() / total.sum()),
    )
    return UnionAtTariff(tariff, state, welfare, variation, transfer, duties)
