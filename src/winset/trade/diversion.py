r"""Trade creation and trade diversion (Viner 1950), and tariffs before and after.

A change of trade costs or tariffs favors some exporters in a market. With π_in^j the share of n's
spending on sector j that goes to i, tariffs included, E_n^j that spending before the change, and

    Δ_in^j = E_n^j (π'_in^j − π_in^j),

what i gains or loses in the market of n at the spending of before, shares that sum to one give

    Σ_{i∈P} Δ_in^j  =  −Δ_nn^j  +  Σ_{o∉P, o≠n} (−Δ_on^j)
    partners gain   =  creation  +  diversion

exactly: what the partners gain displaces sales at home (trade creation) or of outsiders (trade
diversion). P is the set of partners of market (n, j): the exporters with trade there for which
d̂_in (1 + t'_in)/(1 + t_in) < 1. Where it is below one for none and above one for some, P is those:
both sides of the equation are then negative, sales at home replace imports, and outsiders are the
ones to whom trade is diverted. A market in which neither happens counts nothing. Δ is what the
whole equilibrium brings, wages and costs included.

Creation by partner divides the creation of a market in proportion to |Δ_in|, i ∈ P.

Sources: Viner (1950), The Customs Union Issue, chapter 4; the measure in shares of spending by origin
after Truman (1969), The European Economic Community: Trade Creation and Trade Diversion, Yale
Economic Essays 9, with the model's two equilibria in the place of two years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from winset.scenario import Shock
    from winset.trade.result import TradeResult

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SAME = 1e-12  # relative change of a cost that is none


@dataclass(frozen=True, slots=True)
class Tariffs:
    """Tariffs of every pair over all traded sectors, (n, n) arrays, row exports.

    `flows` is customs value before (zero at home), `duty` and `new_duty` the duties on those very
    flows at the tariffs before and after; `rate` and `new_rate` are means of the sectors.
    """

    flows: Array
    duty: Array
    new_duty: Array
    rate: Array
    new_rate: Array

    def mean(self, exporters: Mask, importers: Mask) -> dict[str, float | None]:
        """Mean tariff of some importers on some exporters, percent: weighted by trade, and plain."""
        pairs = exporters[:, None] & importers[None, :] & ~np.eye(len(exporters), dtype=np.bool_)
        bought = float(self.flows[pairs].sum())
        some = bool(pairs.any())
        return {
            "weighted_percent": _ratio(self.duty[pairs], bought),
            "new_weighted_percent": _ratio(self.new_duty[pairs], bought),
            "simple_percent": 100.0 * float(self.rate[pairs].mean()) if some else None,
            "new_simple_percent": 100.0 * float(self.new_rate[pairs].mean()) if some else None,
        }

    @property
    def changing(self) -> Mask:
        """Which importers change a tariff, (n,)."""
        return np.asarray((self.rate != self.new_rate).any(axis=0))


@dataclass(frozen=True, slots=True)
class Diversion:
    """Creation and diversion of a run, USD million; all arrays (n, n), row exports.

    Attributes
    ----------
    members : (n,) array of bool
        The members of the change, for the means of tariffs.
    change : array
        Δ of every pair, the diagonal included, summed over the markets that the change reaches.
    created : array
        Creation by partner and importer.
    diverted : array
        −Δ of the outsiders of each market.
    tariffs : Tariffs or None
        None where no tariff is above or below zero, before or after.
    """

    codes: tuple[str, ...]
    members: Mask
    change: Array
    created: Array
    diverted: Array
    tariffs: Tariffs | None

    @property
    def creation(self) -> Array:
        """Trade creation by importer, (n,)."""
        return np.asarray(-self.change.diagonal())

    @property
    def diversion(self) -> Array:
        """Trade diversion by importer, (n,)."""
        return np.asarray(self.diverted.sum(axis=0))

    @property
    def reached(self) -> Mask:
        """Which importers have a market that the change reaches, (n,)."""
        return np.asarray((self.change != 0).any(axis=0))

    def outsiders(self) -> list[tuple[str, float]]:
        """What each outsider loses to the partners, in all markets, most first."""
        lost = self.diverted.sum(axis=1)
        order = sorted(range(len(lost)), key=lambda k: (-lost[k], self.codes[k]))
        return [(self.codes[k], float(lost[k])) for k in order if lost[k] != 0]

    def to_json(self) -> dict[str, Any]:
        """Return the keys ``creation``, ``diversion`` and ``tariffs`` of a run, where they apply."""
        said: dict[str, Any] = {}
        if self.reached.any():
            here = self.reached
            partners = self.created.sum(axis=1)
            lost = self.diverted.sum(axis=1)
            said["creation"] = {
                "musd": float(self.creation.sum()),
                "importers": self._listed(self.creation, here),
                "partners": self._listed(partners, partners != 0),
            }
            said["diversion"] = {
                "musd": float(self.diversion.sum()),
                "importers": self._listed(self.diversion, here),
                "outsiders": self._listed(lost, lost != 0),
            }
        if self.tariffs is not None:
            said["tariffs"] = self._rates(self.tariffs)
        return said

    def _listed(self, figures: Array, where: Iterable[bool]) -> list[dict[str, Any]]:
        rows = [
            {"code": code, "musd": float(figure)}
            for code, figure, shown in zip(self.codes, figures, where, strict=True)
            if shown
        ]
        return sorted(rows, key=lambda row: row["code"])

    def _rates(self, tariffs: Tariffs) -> list[dict[str, Any]]:
        everyone = np.ones(len(self.codes), dtype=np.bool_)
        groups = {"members": self.members, "outsiders": ~self.members, "all": everyone}
        charging = ((tariffs.rate != 0) | (tariffs.new_rate != 0)).any(axis=0)
        rows = []
        for k in np.flatnonzero(charging):
            alone = np.arange(len(self.codes)) == k
            means = {name: tariffs.mean(group, alone) for name, group in groups.items()}
            rows.append({"code": self.codes[k], **means})
        return sorted(rows, key=lambda row: str(row["code"]))


def measure(result: TradeResult, shock: Shock) -> Diversion:
    """Return creation, diversion and tariffs of a solved scenario; `shock` is what it changed."""
    cost, old, new, before, after, spending, flows = _markets(result, shock)
    n = len(result.codes)
    home = np.eye(n, dtype=np.bool_)
    step = cost * (1.0 + new) / (1.0 + old)
    traded = (before > 0) & ~home
    lower, higher = (step < 1.0 - SAME) & traded, (step > 1.0 + SAME) & traded
    partner = np.where(lower.any(axis=1, keepdims=True), lower, higher)
    reached = partner.any(axis=1, keepdims=True)
    change = np.where(reached, spending[:, None, :] * (after - before), 0.0)
    size = np.abs(change) * partner
    total = size.sum(axis=1, keepdims=True)
    # Where no partner's sales move, they share what home loses to others alike.
    even = partner / np.maximum(partner.sum(axis=1, keepdims=True), 1)
    share = np.divide(size, total, out=even, where=total > 0)
    created = share * -change.diagonal(axis1=1, axis2=2)[:, None, :]
    diverted = np.where(reached & ~partner & ~home, -change, 0.0)
    abroad = np.where(home, 0.0, flows)
    tariffs = None
    if (old * ~home).any() or (new * ~home).any():
        tariffs = Tariffs(
            flows=abroad.sum(axis=0),
            duty=(abroad * old).sum(axis=0),
            new_duty=(abroad * new).sum(axis=0),
            rate=np.where(home, 0.0, old.mean(axis=0)),
            new_rate=np.where(home, 0.0, new.mean(axis=0)),
        )
    return Diversion(
        codes=result.codes,
        members=np.isin(np.array(result.codes), result.members),
        change=change.sum(axis=0),
        created=created.sum(axis=0),
        diverted=diverted.sum(axis=0),
        tariffs=tariffs,
    )


def _markets(
    result: TradeResult, shock: Shock
) -> tuple[Array, Array, Array, Array, Array, Array, Array]:
    """Return d̂, t, t', π, π' and customs values, (T, n, n), and E, (T, n), of the traded sectors.

    Customs values come last.
    """
    if result.sectors is None:
        old, new = np.asarray(result.world.tariffs)[None], shock.tariff[None]
        paid, new_paid = result.flows[None] * (1.0 + old), result.new_flows[None] * (1.0 + new)
        spending, new_spending = paid.sum(axis=1), new_paid.sum(axis=1)
        before, after = paid / spending[:, None, :], new_paid / new_spending[:, None, :]
        return shock.cost[None], old, new, before, after, spending, result.flows[None]
    sectors = result.sectors
    base, initial = sectors.calibrated.base, sectors.calibrated.initial
    return (
        sectors.cost,
        base.tariff,
        sectors.tariff,
        initial.share,
        sectors.state.share,
        initial.spending[: len(base.theta)],
        sectors.flows(),
    )


def _ratio(duty: Array, bought: float) -> float | None:
    return 100.0 * float(duty.sum()) / bought if bought > 0 else None
