"""One economy in a run: what its gain is made of, its partners and its sectors before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.trade.equilibrium import enjoyed

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.trade import TradeResult


@dataclass(frozen=True, slots=True)
class Partner:
    """Trade with one partner at customs value, USD million, world value added being the numéraire."""

    code: str
    name: str
    exports_musd: float
    new_exports_musd: float
    imports_musd: float
    new_imports_musd: float

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``partners``."""
        return {key: getattr(self, key) for key in Partner.__slots__}


@dataclass(frozen=True, slots=True)
class EconomyView:
    """What a run says of one economy.

    Attributes
    ----------
    code : str
    row : dict of str to float
        Its figures in the table of the run.
    parts : dict of str to float
        What its equivalent variation is the sum of, see `parts`, USD million.
    trade : dict of str to float
        Trade creation and diversion on its market, and what partners take from it on others.
    partners : tuple of Partner
        All that it trades with, the largest first by trade before and after.
    sectors : tuple
        In a world with sectors, the figures of each in it.
    """

    code: str
    row: dict[str, Any]
    parts: dict[str, float]
    trade: dict[str, float]
    partners: tuple[Partner, ...]
    sectors: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the key ``economy`` of a run."""
        said = {**self.row, "parts": self.parts, "trade": self.trade}
        said["partners"] = [partner.to_json() for partner in self.partners]
        if self.sectors:
            said["sectors"] = list(self.sectors)
        return said


def view(result: TradeResult, code: str) -> EconomyView:
    """Return one economy's part of a result.

    Raises
    ------
    DataError
        The world does not have it.
    """
    at = result.world.position(code)
    said = result.to_json()
    row = {"code": code} | _of(said["economies"], code)
    sectors = tuple(
        {"sector": sector["sector"], "name": sector["name"]} | _of(sector["economies"], code)
        for sector in said.get("sectors", ())
    )
    return EconomyView(
        code, row, parts(result, at), _trade(result, at), _partners(result, at), sectors
    )


def _of(rows: list[dict[str, Any]], code: str) -> dict[str, Any]:
    found = next(row for row in rows if row["code"] == code)
    return {key: value for key, value in found.items() if key != "code"}


def parts(result: TradeResult, at: int) -> dict[str, float]:
    """Return what the equivalent variation is made of, USD million at the prices before.

    With V = wL, R tariff revenue, D the transfer received, I = V + R + D and E what welfare is a factor
    on (`winset.trade.equilibrium.enjoyed`),

        EV = (V'/P̂ − V) + (R'/P̂ − R) + (D'/P̂ − D) − (I − E)(ŵL̂/P̂ − 1):

    labor income, tariff revenue, deficit, and the cost of the labor that it takes, zero where labor
    supply is fixed; and G'/P̂, the revenue of its export taxes, where the change has any.
    """
    before, after = result.before, result.after
    price = after.price[at]

    def gained(old: Array, new: Array) -> float:
        return float(new[at] / price - old[at])

    kappa = result.scenario.parameters.labor_supply_elasticity
    cost = (before.income - enjoyed(before.income, before.value_added, after.relief, kappa))[at]
    taxes = {}
    if after.export_revenue is not None:
        taxes = {"export_tax_revenue_musd": float(after.export_revenue[at] / price)}
    return {
        "labor_income_musd": gained(before.value_added, after.value_added),
        "tariff_revenue_musd": gained(before.revenue, after.revenue),
        **taxes,
        "deficit_musd": gained(before.deficit, after.deficit),
        "labor_cost_musd": float(-cost * (after.wage[at] * after.labor[at] / price - 1.0)),
    }


def _trade(result: TradeResult, at: int) -> dict[str, float]:
    flows, new_flows = result.flows, result.new_flows
    home, new_home = flows[at, at], new_flows[at, at]
    found = {
        "exports_musd": float(flows[at].sum() - home),
        "new_exports_musd": float(new_flows[at].sum() - new_home),
        "imports_musd": float(flows[:, at].sum() - home),
        "new_imports_musd": float(new_flows[:, at].sum() - new_home),
    }
    if result.diversion is not None:
        found |= {
            "creation_musd": float(result.diversion.creation[at]),
            "diversion_musd": float(result.diversion.diversion[at]),
            "sales_diverted_musd": float(result.diversion.diverted[at].sum()),
        }
    return found


def _partners(result: TradeResult, at: int) -> tuple[Partner, ...]:
    out, new_out = result.flows[at], result.new_flows[at]
    into, new_into = result.flows[:, at], result.new_flows[:, at]
    size = np.maximum(out + into, new_out + new_into)
    order = sorted(np.flatnonzero(size > 0), key=lambda k: (-size[k], result.codes[k]))
    return tuple(
        Partner(
            result.codes[k], result.world.names[k],
            float(out[k]), float(new_out[k]), float(into[k]), float(new_into[k]),
        )
        for k in order
        if k != at
    )  # fmt: skip
