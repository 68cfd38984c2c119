r"""Trade creation and trade diversion (Viner 1950), and tariffs before and after.

A change of trade costs or tariffs makes trade with some exporters cheaper or dearer in a market. With
π_in^j the share of n's spending on sector j that goes to i, tariffs included, E_n^j that spending
before the change, and ŵ_in^j = d̂_in (1 + e'_in) (1 + t'_in)/(1 + t_in), e' an export tax, the change at
constant costs leads to

    π̃_in = π_in ŵ_in^{−θ} / Σ_k π_kn ŵ_kn^{−θ},        Δ_in = E_n (π̃_in − π_in).

Shares sum to one, so that exactly

    Σ_{i∈P} Δ_in  =  −Δ_nn  +  Σ_{o∉P, o≠n} (−Δ_on)
    partners gain =  creation + diversion

What the partners gain displaces sales at home (trade creation) or of outsiders (trade diversion).
P, the partners of market (n, j), are the foreign exporters that gain, Δ_in > 0: those whose goods
become cheaper by more than the market's do on average. An exporter whose rate falls little while
others' fall much is an outsider of that market. Where home gains, because trade becomes dearer, P is the
exporters that lose: both sides are negative, sales at home replace imports, and trade is diverted to
the outsiders. A market in which ŵ is one for everybody counts nothing.

Constant costs are Viner's assumption. What wages and costs do to the partners' sales when everything
adjusts is the third part,

    adjustment = Σ_{i∈P} E_n (π'_in − π̃_in),

and all three together are what the partners gain in equilibrium, Σ_{i∈P} E_n (π'_in − π_in).

Creation by partner divides the creation of a market in proportion to Δ_in, i ∈ P. With entry costs
(`models.entry_costs`) trade answers tariffs φ_n times as much as costs: ŵ = d̂ t̂^φ.

Sources: Viner (1950), The Customs Union Issue, chapter 4; the measure in shares of spending by origin
after Truman (1969), The European Economic Community: Trade Creation and Trade Diversion, Yale
Economic Essays 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.trade.effects.figures import Diversion, Tariffs
from winset.trade.models.entry_costs.equations import responses

if TYPE_CHECKING:
    from winset.numbers import Array, Mask
    from winset.scenario import Shock
    from winset.trade.result import TradeResult


SAME = 1e-12  # relative change of a cost that is none


def measure(result: TradeResult, shock: Shock) -> Diversion:
    """Return creation, diversion and tariffs of a solved scenario; `shock` is what it changed."""
    at = _markets(result, shock)
    home = np.eye(len(result.codes), dtype=np.bool_)
    foreign = (at.before > 0) & ~home
    reached = (foreign & (np.abs(at.wedge - 1.0) > SAME)).any(axis=1, keepdims=True)
    pull = at.before * at.wedge ** -at.theta[:, None, None]
    constant = pull / pull.sum(axis=1, keepdims=True)
    spending = np.where(reached, at.spending[:, None, :], 0.0)
    change, adjusted = spending * (constant - at.before), spending * (at.after - constant)
    own = change.diagonal(axis1=1, axis2=2)[:, None, :]
    partner = foreign & np.where(own > 0, change < 0, change > 0)
    gained = np.where(partner, change, 0.0)
    total = gained.sum(axis=1, keepdims=True)
    share = np.divide(gained, total, out=np.zeros_like(gained), where=total != 0)
    diverted = np.where(foreign & ~partner, -change, 0.0)
    return Diversion(
        codes=result.codes,
        members=np.isin(np.array(result.codes), result.members),
        change=change.sum(axis=0),
        adjusted=adjusted.sum(axis=0),
        created=(share * -own).sum(axis=0),
        diverted=diverted.sum(axis=0),
        adjustment=(partner * adjusted).sum(axis=(0, 1)),
        tariffs=_tariffs(at, home),
    )


def _tariffs(at: _Markets, home: Mask) -> Tariffs | None:
    if not (at.tariff * ~home).any() and not (at.new_tariff * ~home).any():
        return None
    abroad = np.where(home, 0.0, at.flows)
    return Tariffs(
        flows=abroad.sum(axis=0),
        duty=(abroad * at.tariff).sum(axis=0),
        new_duty=(abroad * at.new_tariff).sum(axis=0),
        rate=np.where(home, 0.0, at.tariff.mean(axis=0)),
        new_rate=np.where(home, 0.0, at.new_tariff.mean(axis=0)),
    )


@dataclass(frozen=True, slots=True)
class _Markets:
    """Traded sectors of a run, (T, n, n): ŵ, t, t', π, π', customs values; E (T, n) and θ (T,)."""

    wedge: Array
    tariff: Array
    new_tariff: Array
    before: Array
    after: Array
    flows: Array
    spending: Array
    theta: Array


def _markets(result: TradeResult, shock: Shock) -> _Markets:
    if result.sectors is not None:
        sectors = result.sectors
        base, initial = sectors.calibrated.base, sectors.calibrated.initial
        return _Markets(
            wedge=sectors.change.cost
            * (1.0 + sectors.change.tariff)
            / (1.0 + base.tariff)
            * _levied(sectors.change.export_tax),
            tariff=base.tariff,
            new_tariff=sectors.change.tariff,
            before=initial.share,
            after=sectors.state.share,
            flows=sectors.flows(),
            spending=initial.spending[: len(base.theta)],
            theta=base.theta,
        )
    old, new = np.asarray(result.world.tariffs), shock.tariff
    paid, new_paid = result.flows * (1.0 + old), result.new_flows * (1.0 + new)
    parameters = result.scenario.parameters
    response = np.ones(len(result.codes))
    if parameters.has_entry_costs:
        nu = parameters.entry_costs(result.codes)
        response = responses(nu, parameters.scale_elasticity, parameters.pass_through)
    return _Markets(
        wedge=(shock.cost * _levied(shock.export_tax) * ((1.0 + new) / (1.0 + old)) ** response)[
            None
        ],
        tariff=old[None],
        new_tariff=new[None],
        before=(paid / paid.sum(axis=0))[None],
        after=(new_paid / new_paid.sum(axis=0))[None],
        flows=result.flows[None],
        spending=paid.sum(axis=0)[None],
        theta=np.array([parameters.trade_elasticity]),
    )


def _levied(export_tax: Array | None) -> Array | float:
    return 1.0 if export_tax is None else 1.0 + export_tax
