r"""Workshops, places, scholarships that were promised: what they cost, and what is known to come back.

Units are those of the pledges (`winset.delivery.pledges`). A unit's cost and its yearly return are one's own,
with their source, or there is no evidence: no study at hand has a figure in money. With both,

    cost C = N c,    value today between V = N R (1 + r)(1 − (1 + r)^−T)/r at the low and the high R,    V/C.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset import __version__, tables
from winset.delivery.pledges import account, bundled
from winset.errors import DataError, did_you_mean
from winset.people.labor import annuity_due
from winset.scenario.people_effects import Evidence, evidence

if TYPE_CHECKING:
    from pathlib import Path

NO_EVIDENCE = "no evidence"
UNITS = ("workshops", "places", "scholarships")
#: What a unit is called in a table of costs, and which studies speak of it.
STUDIES = {
    "workshops": ("workshop", "training"),
    "places": ("training",),
    "scholarships": ("scholarships",),
}
FIGURES = ("unit_cost_usd", "return_low_usd", "return_high_usd", "years", "rate")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one unit costs and brings a year, USD; `source` says who says so."""

    cost: float
    low: float | None
    high: float | None
    years: int
    rate: float
    source: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One pledge of units, with its cost where it is known."""

    key: str
    pledge: str
    unit: str
    count: float
    deadline: str
    source: str
    cost: Cost | None

    @property
    def whole(self) -> float | None:
        """All units' cost, USD."""
        return None if self.cost is None else self.count * self.cost.cost

    @property
    def value(self) -> tuple[float, float] | None:
        """What comes back, today's USD, low and high."""
        if self.cost is None or self.cost.low is None or self.cost.high is None:
            return None
        factor = self.count * annuity_due(self.cost.rate, self.cost.years)
        return factor * self.cost.low, factor * self.cost.high

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``promises``; what is not known says so."""
        value, whole = self.value, self.whole
        ratio = None if value is None or not whole else tuple(v / whole for v in value)
        return {
            "id": self.key,
            "pledge": self.pledge,
            "unit": self.unit,
            "units": self.count,
            "deadline": self.deadline or None,
            "source": self.source,
            "unit_cost_usd": NO_EVIDENCE if self.cost is None else self.cost.cost,
            "cost_source": None if self.cost is None else self.cost.source,
            "cost_usd": NO_EVIDENCE if whole is None else whole,
            "value_low_usd": NO_EVIDENCE if value is None else value[0],
            "value_high_usd": NO_EVIDENCE if value is None else value[1],
            "value_per_cost_low": NO_EVIDENCE if ratio is None else ratio[0],
            "value_per_cost_high": NO_EVIDENCE if ratio is None else ratio[1],
        }


@dataclass(frozen=True, slots=True)
class CostSheet:
    """The promises of a group."""

    group: str
    promises: tuple[Promise, ...]
    evidence: tuple[Evidence, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset people BLOC --promises --json`` prints."""
        return {
            "winset": __version__,
            "group": self.group,
            "promises": [promise.to_json() for promise in self.promises],
            "evidence": [one.to_json() for one in self.evidence],
        }


def cost_sheet(group: str, costs: Path | None = None) -> CostSheet:
    """Lay costs on the workshops, places and scholarships that a group was promised.

    Raises
    ------
    DataError
        No pledges of that group, none of them counts units, or a table of costs that is wrong.
    """
    known = {} if costs is None else _read(costs)
    whole = tuple(
        Promise(
            p.key, p.pledge, p.indicator, p.target, p.deadline, p.source, known.get(p.indicator)
        )
        for p in account(group, bundled()).pledges
        if p.unit == "count" and p.indicator in UNITS and p.target is not None
    )
    if not whole:
        raise DataError(
            f"{group}: no pledge at hand counts workshops, training places or scholarships. See winset track "
            f"{group}."
        )
    kinds = {kind for promise in whole for kind in STUDIES[promise.unit]}
    return CostSheet(group, whole, tuple(one for one in evidence() if one.kind in kinds))


def _read(path: Path) -> dict[str, Cost]:
    """Read ``unit,unit_cost_usd,source`` and, if you like, returns a year with years and rate."""
    names = tables.header(path)
    found: dict[str, Cost] = {}
    for number, row in tables.rows(path, ("unit", "unit_cost_usd", "source"), figures=FIGURES):
        where = f"{path} row {number}"
        unit = row["unit"]
        if unit not in UNITS:
            raise DataError(
                f"{where}: unit is {unit[:80]!r}; it is {', '.join(UNITS)}.{did_you_mean(unit[:80], UNITS)}"
            )
        if unit in found:
            raise DataError(f"{where}: {unit} stands in an earlier row too. Keep one.")
        if not row["source"]:
            raise DataError(f"{where}: source is empty. Who says what a unit costs?")
        given = {key: _figure(row, key, where) for key in FIGURES if key in names}
        low, high = given.get("return_low_usd"), given.get("return_high_usd")
        if (low is None) != (high is None):
            raise DataError(f"{where}: give return_low_usd and return_high_usd, or neither.")
        if low is not None and high is not None and low > high:
            raise DataError(f"{where}: return_low_usd is above return_high_usd.")
        cost = given.get("unit_cost_usd")
        if cost is None or cost <= 0:
            raise DataError(
                f"{where}: unit_cost_usd is {row['unit_cost_usd']!r}; it is above zero."
            )
        years, rate = given.get("years"), given.get("rate")
        if low is not None and years is None:
            raise DataError(f"{where}: years is missing: for how long does the return come?")
        if years is not None and (years != int(years) or years > 100):
            raise DataError(f"{where}: years is {years:g}; a whole number up to 100.")
        rate = 0.03 if rate is None else rate
        if rate >= 1.0:
            raise DataError(f"{where}: rate is {rate:g}; 1 is 100 %. Divide a percentage by 100.")
        found[unit] = Cost(cost, low, high, int(years or 0), rate, row["source"])
    if not found:
        raise DataError(f"{path}: no rows.")
    return found


def _figure(row: dict[str, str], key: str, where: str) -> float | None:
    if not row[key]:
        return None
    try:
        value = float(row[key])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0.0):
        raise DataError(f"{where}: {key} is {row[key][:80]!r}; it is zero or more.")
    return value
