"""SMART: creation by the importer's demand, diversion at a given total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.trade.models.partial.markets import LineOutcome, revenue_change

if TYPE_CHECKING:
    from winset.trade.models.partial.markets import Markets


def smart(markets: Markets) -> LineOutcome:
    """Return trade created and diverted, each supplier by itself.

    With ε the demand elasticity, η the supply elasticity, σ that of substitution, M at old prices:

        created_i  = M_i ε dt_i / ((1 + t_i)(1 − ε/η)),
        diverted_i = M (s_i a_i / Σ_k s_k a_k − s_i),    a_i = ((1 + t′_i)/(1 + t_i))^(−σ),

    s_i = M_i/M. Where some suppliers (M_p) get one cut and the others (M_n) none, the second is
    M_p M_n (a − 1)/(M_p a + M_n), the formula of Laird & Yeats: diversion sums to zero, never exceeds what
    third suppliers sell, and vanishes with one supplier. A world price moves by p̂_i = ε T_i/(η − ε); it is
    given where η is infinite, the usual case.

    Surpluses are trapezoids under each supplier's line of demand: with f = p̂ + T the change of what the buyer
    pays, V_i imports at domestic prices and q = created/M,  ΔCS = −Σ V_i f_i (1 + ½ q_i),
    ΔPS_i = p̂_i M_i (1 + ½ η p̂_i) summed over importers.

    The creation is booked to the supplier whose duty falls; in GSIM the same total is spread over all.

    Source: Laird, S. and Yeats, A. (1986), The UNCTAD Trade Policy Simulation Model; the surpluses are
    winset's own.
    """
    change, value = markets.change, markets.value
    demand, supply = markets.demand[:, None, :], markets.supply[:, :, None]
    q = demand * change / (1.0 - demand / supply)
    with np.errstate(invalid="ignore"):
        p = np.where(np.isinf(supply), 0.0, q / supply)
    created = value * q
    total = value.sum(axis=1, keepdims=True)
    log = -markets.substitution[:, None, :] * np.log1p(change)
    traded = value > 0
    log = log - np.max(np.where(traded, log, -np.inf), axis=1, keepdims=True, initial=-1e300)
    pulled = np.where(traded, value * np.exp(np.minimum(log, 0.0)), 0.0)
    whole = pulled.sum(axis=1, keepdims=True)
    shares = np.divide(pulled, whole, out=np.zeros_like(value), where=whole > 0)
    diverted = total * shares - value
    trade = value + created + diverted
    trade = np.maximum(trade, 0.0)
    elastic = np.where(np.isinf(supply), 0.0, supply)
    faced = p + change
    paid = value * markets.before
    bought = markets.bought
    mean = np.einsum("lnv,lnv->lv", paid, faced)
    sold = markets.sold
    return LineOutcome(
        world_price=np.divide(
            (p * value).sum(axis=2), sold, out=np.zeros_like(sold), where=sold > 0
        ),
        composite_price=np.divide(mean, bought, out=np.zeros_like(bought), where=bought > 0),
        trade=trade,
        created=created,
        diverted=diverted,
        producer_surplus=(p * value * (1.0 + 0.5 * elastic * p)).sum(axis=2),
        consumer_surplus=-(paid * faced * (1.0 + 0.5 * q)).sum(axis=1),
        tariff_revenue=revenue_change(markets, trade),
    )
