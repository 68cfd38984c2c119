"""The global simulation model of one market: linear in the changes of prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.trade.models.partial.markets import LineOutcome, revenue_change

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.trade.models.partial.markets import Markets


def gsim(markets: Markets) -> LineOutcome:
    """Return the first-order answer to a change of tariffs.

    The own elasticity of importer v's demand for origin i is θ_iv E_m − (1 − θ_iv) E_s, the cross one with
    origin r is θ_rv (E_m + E_s). Both together say

        q̂_iv = −E_s (p̂_i + T_iv) + (E_m + E_s) ĉ_v,    ĉ_v = Σ_i θ_iv (p̂_i + T_iv),

    and with markets that clear, Σ_v φ_iv q̂_iv = E_x p̂_i, only the V composite prices of a line are unknown:
    N equations become V. Trade afterwards is M (1 + q̂)(1 + p̂). Surpluses by the published formulas:

        ΔPS_i = p̂_i X_i (1 + ½ E_x p̂_i),    ΔCS_v = V_v (½ E_m ĉ_v² sign ĉ_v − ĉ_v).

    Where a price rises, ΔCS has ½ E_m ĉ² where the second order of the exact surplus has −½ E_m ĉ²: the
    published formula exaggerates the loss.

    Source: Francois, J. and Hall, H. K. (2003), Global Simulation Analysis of Industry-Level Trade
    Policy; formulas as collected in docs/lines.md.
    """
    theta, phi = markets.import_shares(), markets.export_shares()
    change = markets.change
    p, c = first_order(theta, phi, change, markets.demand, markets.supply, markets.substitution)
    faced = p[:, :, None] + change
    swap = markets.substitution[:, None, :]
    created = markets.demand[:, None, :] * np.broadcast_to(c[:, None, :], faced.shape)
    diverted = swap * (c[:, None, :] - faced)
    trade = markets.value * (1.0 + created + diverted) * (1.0 + p[:, :, None])
    supply = np.where(np.isinf(markets.supply), 0.0, markets.supply)
    sold, bought = markets.sold, markets.bought
    return LineOutcome(
        world_price=p,
        composite_price=c,
        trade=trade,
        created=markets.value * created,
        diverted=markets.value * diverted,
        producer_surplus=p * sold * (1.0 + 0.5 * supply * p),
        consumer_surplus=bought * (0.5 * markets.demand * c * c * np.sign(c) - c),
        tariff_revenue=revenue_change(markets, trade),
    )


def first_order(
    theta: Array, phi: Array, change: Array, demand: Array, supply: Array, substitution: Array
) -> tuple[Array, Array]:
    """Solve for p̂ (L, N) and ĉ (L, V) given shares, changes T and elasticities.

    p̂_i = Σ_v φ_iv ((E_m + E_s)_v ĉ_v − E_s T_iv) / (E_x + Σ_v φ_iv E_s), put into
    ĉ_v = Σ_i θ_iv (p̂_i + T_iv).
    """
    swap = substitution[:, None, :]
    stiff = supply + (phi * swap).sum(axis=2)
    pull = phi / stiff[:, :, None]  # 0 where the supply elasticity is infinite
    pushed = -(pull * swap * change).sum(axis=2)
    fixed = np.einsum("lnv,lnv->lv", theta, pushed[:, :, None] + change)
    both = demand + substitution
    if theta.shape[2] == 1:
        c = fixed / (1.0 - (theta * pull).sum(axis=1) * both)
    else:
        matrix = np.matmul(theta.transpose(0, 2, 1), pull) * both[:, None, :]
        c = np.linalg.solve(np.eye(theta.shape[2]) - matrix, fixed[:, :, None])[:, :, 0]
    p = pushed + np.einsum("lnv,lv->ln", pull, both * c)
    return p, np.asarray(c)
