r"""The Jacobian of the model with energy: small changes of the unknowns carried through its inner problems.

By Shephard's lemma the shares of inputs at the new prices are the derivatives of ln p̂ (net of taxes that
do not move with prices), so that prices are those of `models.many_sectors.derivatives` with these in
place of the old; spending moves besides as shares do:

    d ln A' = (1 − ς)(d ê − d b̂),   d ln(1 − A') = −A'/(1 − A') d ln A',   d ln κ = (1 − κ) d ln ĉ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.trade.models.many_sectors.derivatives import ROUGH
from winset.trade.numerics.anderson import fixed_point

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.trade.models.energy.equations import EnergyBaseline, EnergyState, EnergyTarget


def forward(
    base: EnergyBaseline,
    goal: EnergyTarget,
    state: EnergyState,
    dx: Array,
    *,
    tolerance: float = ROUGH,
) -> Array | None:
    """Return the derivative of the residuals along the columns of dx, (unknowns, m); None where it fails."""
    traded, n, many = len(base.theta), len(base.value_added), dx.shape[1]
    how, scarce, fuels, power = state.how, base.scarce, base.fuels, 1.0 - base.substitution
    theta = base.theta[:, None, None]
    d_wage = dx[:n]
    d_rent = np.zeros((*base.labor.shape, many))
    d_rent[scarce] = dx[n : n * (1 + len(scarce))].reshape(len(scarce), n, many)
    d_balance = dx[-1] if base.multiplicative else np.zeros(many)
    sold = state.share * goal.keep
    sold_t, share_t = sold.transpose(0, 2, 1), state.share.transpose(0, 2, 1)
    inputs_t = how.inputs.transpose(0, 2, 1)
    kept = sold.sum(axis=1)
    own = how.labor[:, :, None] * d_wage + how.rent[:, :, None] * d_rent

    def made_of(price: Array) -> Array:
        return np.asarray(own + np.matmul(inputs_t, price.transpose(1, 0, 2)).transpose(1, 0, 2))

    def price_of(made: Array) -> Array:
        price = made.copy()
        price[:traded] = np.matmul(share_t, made[:traded])
        return price

    price = fixed_point(lambda p: price_of(made_of(p)), own, tolerance=tolerance)
    if price is None:
        return None
    made = made_of(price)
    price = price_of(made)
    # Shares: of fuels and of all else in what a sector makes, and of the tax on its output.
    d_cost = made / how.kept[:, :, None]
    d_kept = d_cost - made
    moved = (1.0 - how.taxed)[..., None] * price[fuels][:, None]  # of a fuel's price with its tax
    d_fuel = np.zeros_like(made)
    for k in range(len(fuels)):
        d_fuel += base.mix[k][:, :, None] * moved[k]
    bundle = (d_cost - base.rent[:, :, None] * d_rent) / (1.0 - base.rent)[:, :, None]
    d_energy = power * (d_fuel - bundle)
    odds = np.divide(
        how.energy, 1.0 - how.energy, out=np.zeros_like(made[..., 0]), where=how.energy < 1.0
    )
    d_fuels = d_kept + d_energy
    d_rest = d_kept - odds[:, :, None] * d_energy
    output = state.output[:, :, None]
    # What moves demand for goods at unchanged output and income.
    spread = np.matmul(how.inputs, (output * d_rest).transpose(1, 0, 2)).transpose(1, 0, 2)
    energy = (how.kept * (1.0 - base.rent) * how.energy) * base.mix  # (F, J, n), gross
    d_carbon = -how.kept[:, :, None] * d_kept
    for k, fuel in enumerate(fuels):
        gross = energy[k][:, :, None] * output
        part = how.taxed[k][:, :, None]
        spread[fuel] = (gross * (1.0 - part) * (d_fuels + price[fuel] - moved[k])).sum(axis=0)
        d_carbon += energy[k][:, :, None] * part * (d_fuels - moved[k])
    d_paid = (how.labor[:, :, None] * output * d_rest).sum(axis=0)
    basket = ((base.final * how.homes)[:, :, None] * price).sum(axis=0)
    d_final = (1.0 - how.homes_kept)[:, None] * basket + (1.0 - how.homes)[:, :, None] * price
    means = 1.0 - how.home_carbon
    d_means = (how.final[:, :, None] * d_final).sum(axis=0)

    wages = ((base.labor - base.rent) * base.made).sum(axis=0) * state.wage
    rents = base.rent * base.made * np.exp(state.log_rent)
    added = wages[:, None] * d_wage + (rents[:, :, None] * d_rent).sum(axis=0)
    world = added.sum(axis=0) / base.value_added.sum()
    growth = added / base.value_added[:, None] if base.multiplicative else world
    deficit = base.deficit[:, None] * growth
    flow = sold * state.spending[:traded, None, :]
    shifted = output * d_balance
    shifted[:traded] += (state.balance * theta) * (
        np.matmul(flow, price[:traded]) - flow.sum(axis=2)[:, :, None] * made[:traded]
    )
    d_sold = theta * (kept[:, :, None] * price[:traded] - np.matmul(sold_t, made[:traded]))
    lost = -(d_sold * state.spending[:traded, :, None]).sum(axis=0)
    lost = (
        lost + added + deficit + (d_carbon * output).sum(axis=0) - state.income[:, None] * d_means
    )
    taxed = (1.0 - kept)[:, :, None]
    unit = base.value_added[:, None]

    def sales(spending: Array) -> Array:
        sold_now = shifted + state.balance * spending
        sold_now[:traded] = shifted[:traded] + state.balance * np.matmul(sold, spending[:traded])
        return np.asarray(sold_now)

    fixed = spread + how.final[:, :, None] * d_final * state.income[:, None]

    def demand(scaled: Array) -> Array:
        spending = scaled * unit
        now = sales(spending)
        income = lost + (taxed * spending[:traded]).sum(axis=0)
        income = (income + (how.carbon[:, :, None] * now).sum(axis=0)) / means[:, None]
        need = np.matmul(how.inputs, now.transpose(1, 0, 2)).transpose(1, 0, 2)
        return np.asarray((need + how.final[:, :, None] * income + fixed) / unit)

    scaled = fixed_point(demand, fixed / unit, tolerance=tolerance)
    if scaled is None:
        return None
    now = sales(scaled * unit)
    paid = d_paid + (how.labor[:, :, None] * now).sum(axis=0)
    miss = (wages[:, None] * d_wage - paid) / unit
    if not base.multiplicative:
        miss = miss + world
    parts = [miss]
    for j in scarce:
        earned = how.rent[j][:, None] * (now[j] + output[j] * d_kept[j])
        there = (base.rent[j] * base.made[j] > 0)[:, None]
        parts.append(np.where(there, (rents[j][:, None] * d_rent[j] - earned) / unit, d_rent[j]))
    if base.multiplicative:
        parts.append(world[None])
    return np.concatenate(parts)


def slope(base: EnergyBaseline, goal: EnergyTarget, state: EnergyState) -> Array:
    """Return the Jacobian of the residuals by x, (unknowns, unknowns); NaN where it fails."""
    size = base.unknowns
    found = forward(base, goal, state, np.eye(size))
    return np.full((size, size), np.nan) if found is None else found
