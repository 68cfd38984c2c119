r"""Many sectors, some of which are fuels, and a price on carbon; in exact hat algebra.

It is `models.many_sectors` with three things more. Of sector j of economy n, indices dropped where they
are plain, a is the share of fuels in output, w_k that of fuel k among them, ρ what the reserves of a fuel
earn of its output, q = 1 − ρ, τ the carbon price, B the CO2 that comes of fuels and O the other, Y output:

    m̂ = [ŵ^{γ−ρ} ∏_{k no fuel} (P̂_k)^{γ_k}]^{1/(q−a)},   ê = ∏_{k fuel} (P̂_k + τB/(aY))^{w_k}
    b̂ = [(1 − a/q) m̂^{1−ς} + (a/q) ê^{1−ς}]^{1/(1−ς)},    ĉ = b̂^q r̂^ρ / Â,    p̂ = ĉ + τO/Y

so that fuels are taxed by the CO2 of what they are burnt for, and CO2 that no fuel explains by the volume
of output: a cost by intensity. p̂ is what trade sees. Of a dollar of sales κ = ĉ/p̂ is no such tax, and

    fuels get a' = κ q (a/q)(ê/b̂)^{1−ς},  all else, its mix unchanged, κ q (1 − a/q)(m̂/b̂)^{1−ς},  reserves κρ.

Reserves are fixed: r̂ ρ Y = ρ' Y' makes r̂, so that at given prices of inputs a fuel is supplied with
elasticity (1 − ρ)/ρ. Households spend fixed shares, gross of the tax on the CO2 of their fuels (or, where
they buy none, of all that they consume). All revenue is income where it is raised:

    I' = w L + Σ r̂ρY + R' + C' + D',     C' = Σ τ E'.

With ς = 1 and no carbon price it is `models.many_sectors` with fixed reserves; without fuels and carbon
price, that model. Unknowns are ln ŵ, then ln r̂ of every sector with reserves, then ln μ under
multiplicative deficits. The labor market closes as there; world value added is the numéraire, so that a
price in USD a tonne is in units of it.

Source of the form and of ς = 0.65: Farrokhi & Lashkaripour (2025, table A.4, and the equations as told in
`environment.abatement`); reserves as a specific factor, from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors.equations import INNER, Baseline, State
from winset.trade.models.model import Shift
from winset.trade.numerics.anderson import fixed_point

if TYPE_CHECKING:
    from winset.numbers import Array, Places


@dataclass(frozen=True, slots=True)
class EnergyBaseline(Baseline):
    """The initial equilibrium with its fuels and its CO2.

    Attributes
    ----------
    fuels : (F,) array of int
        Positions of the fuels among the model's sectors.
    substitution : float
        ς > 0, between fuels and everything else.
    rent : (J, n) array
        ρ, at most the value-added share.
    made, earned : (J, n) and (n,) arrays
        Output and income before, USD million.
    burnt, other : (J, n) arrays
        CO2 of fuels and other CO2, million tonnes.
    homes_burnt, homes_other : (n,) arrays
        The same of households.
    """

    fuels: Places
    substitution: float
    rent: Array
    made: Array
    earned: Array
    burnt: Array
    other: Array
    homes_burnt: Array
    homes_other: Array

    @property
    def scarce(self) -> Places:
        """Sectors with reserves."""
        return np.flatnonzero(self.rent.any(axis=1))

    @property
    def unknowns(self) -> int:
        """Number of unknowns of the outer system."""
        n = len(self.value_added)
        return n * (1 + len(self.scarce)) + (1 if self.multiplicative else 0)

    @property
    def used(self) -> Array:
        """a, fuels in output, (J, n)."""
        return np.asarray(self.inputs[:, self.fuels].sum(axis=1).T)

    @property
    def mix(self) -> Array:
        """w, of each fuel among those of a sector, (F, J, n)."""
        used = self.used
        each = self.inputs[:, self.fuels].transpose(1, 2, 0)
        return np.divide(each, used, out=np.zeros_like(each), where=used > 0)


class CarbonShift(Shift):
    """A change with carbon prices beside it: (J + 1, n) USD a tonne in the model's order, households last.

    It unpacks as what every model takes; the prices are an attribute.
    """

    carbon: Array | None = None

    @classmethod
    def of(cls, shift: Shift, carbon: Array | None) -> CarbonShift:
        """Return a change with these prices."""
        made = cls(*shift)
        made.carbon = carbon
        return made


@dataclass(frozen=True, slots=True)
class Charge:
    """What a carbon price adds to the price of a unit worth a dollar before: of fuel and of output, (J, n).

    `homes_fuel` and `homes_all` are the same of fuels and of all that households buy, (n,).
    """

    fuel: Array
    output: Array
    homes_fuel: Array
    homes_all: Array


def charge(base: EnergyBaseline, price: Array | None, part: float = 1.0) -> Charge:
    """Return what a price, (J + 1, n) USD a tonne with households last, adds to prices."""
    rate = np.zeros((len(base.made) + 1, len(base.value_added)))
    if price is not None:
        rate = part * price

    def over(mass: Array, size: Array) -> Array:
        return np.divide(mass, size, out=np.zeros_like(size), where=size > 0)

    bought = base.final[base.fuels].sum(axis=0) * base.earned
    return Charge(
        fuel=rate[:-1] * over(base.burnt, base.used * base.made),
        output=rate[:-1] * over(base.other, base.made),
        homes_fuel=rate[-1] * over(base.homes_burnt, bought),
        homes_all=rate[-1] * over(base.homes_other, base.earned),
    )


@dataclass(frozen=True, slots=True)
class Technique:
    """How things are made at some prices; figures are shares of a dollar of output unless said otherwise.

    Attributes
    ----------
    cost, price : (J, n) arrays
        ln ĉ and ln p̂.
    inputs : (n, J, J) array
        ``inputs[n, k, j]``: k in j, net of the carbon price.
    labor, rent, carbon : (J, n) arrays
    kept, energy : (J, n) arrays
        κ, and the share A' of fuels in what is neither reserves nor tax.
    gross, taxed : (F, J, n) arrays
        Price of a fuel to a sector with its tax, a factor on that before, and the tax in it.
    final : (J, n) array
        What households spend, net of the carbon price, as shares of income.
    level : (F, n) array
        P̂ of fuels before the tax.
    homes : (J, n) array
        Of what households pay for a good, what is no tax on its CO2.
    homes_kept, home_carbon : (n,) arrays
        The same of all that they buy, and the carbon price in what they spend.
    consumer, basket : (n,) arrays
        ln of their price index, with and without the tax on all that they buy.
    """

    cost: Array
    price: Array
    inputs: Array
    labor: Array
    rent: Array
    carbon: Array
    kept: Array
    energy: Array
    gross: Array
    taxed: Array
    level: Array
    final: Array
    homes: Array
    homes_kept: Array
    home_carbon: Array
    consumer: Array
    basket: Array


def costs(
    base: EnergyBaseline, due: Charge, wage: Array, rent: Array, price: Array, productivity: Array
) -> tuple[Array, Array, Array, Array]:
    """Return ln ĉ, A' and 1 − A' of all sectors and the prices of fuels to them; arguments are logarithms."""
    used, q = base.used, 1.0 - base.rent
    gross = np.exp(price[base.fuels])[:, None, :] + due.fuel
    fuel = (base.mix * np.log(gross)).sum(axis=0)
    plain = price.copy()
    plain[base.fuels] = 0.0
    rest = (base.labor - base.rent) * wage + hat.inputs_cost(base, plain)
    share = used / q
    if base.substitution == 1.0:
        bundle = (rest + used * fuel) / q
        energy, others = share, 1.0 - share
    else:
        power = 1.0 - base.substitution
        mean = np.divide(rest, q - used, out=np.zeros_like(rest), where=q > used)
        first, second = (1.0 - share) * np.exp(power * mean), share * np.exp(power * fuel)
        bundle = np.log(first + second) / power
        energy, others = second / (first + second), first / (first + second)
    return q * bundle + base.rent * rent - productivity, energy, others, gross


def technique(
    base: EnergyBaseline, due: Charge, wage: Array, rent: Array, price: Array, productivity: Array
) -> Technique:
    """Return how things are made and bought at prices of goods, wages and reserves; those are logarithms."""
    cost, energy, others, gross = costs(base, due, wage, rent, price, productivity)
    q = 1.0 - base.rent
    made = np.log(np.exp(cost) + due.output)
    kept = 1.0 - due.output * np.exp(-made)  # exactly 1 where nothing is due
    factor = np.divide(kept * q * others, q - base.used, out=np.zeros_like(q), where=q > base.used)
    fuel = kept * q * energy * base.mix
    inputs = base.inputs * factor.T[:, None, :]
    taxed = due.fuel / gross
    inputs[:, base.fuels] = (fuel * (1.0 - taxed)).transpose(2, 0, 1)
    homes = np.ones_like(price)
    level = np.exp(price[base.fuels])
    homes[base.fuels] = level / (level + due.homes_fuel)
    basket = (base.final * (price - np.log(homes))).sum(axis=0)
    consumer = np.log(np.exp(basket) + due.homes_all)
    homes_kept = 1.0 - due.homes_all * np.exp(-consumer)
    return Technique(
        cost=cost,
        price=made,
        inputs=inputs,
        labor=(base.labor - base.rent) * factor,
        rent=base.rent * kept,
        carbon=(fuel * taxed).sum(axis=0) + 1.0 - kept,
        kept=kept,
        energy=energy,
        gross=gross,
        taxed=taxed,
        level=level,
        final=base.final * homes * homes_kept,
        homes=homes,
        homes_kept=homes_kept,
        home_carbon=(base.final * (1.0 - homes * homes_kept)).sum(axis=0),
        consumer=consumer,
        basket=basket,
    )


@dataclass(frozen=True, slots=True)
class EnergyTarget(hat.Target):
    """Where the economy goes, with what the carbon price adds."""

    due: Charge


@dataclass(frozen=True, slots=True)
class EnergyState(State):
    """One evaluation, with its technique, rents of reserves and revenue of the carbon price (n,), and CO2."""

    how: Technique
    log_rent: Array
    carbon: Array
    emissions: Array
    homes: Array


def split(base: EnergyBaseline, x: Array) -> tuple[Array, Array, float]:
    """Return ln ŵ (n,), ln r̂ (J, n) and ln μ."""
    n = len(base.value_added)
    rent = np.zeros_like(base.labor)
    scarce = base.scarce
    rent[scarce] = x[n : n * (1 + len(scarce))].reshape(len(scarce), n)
    return x[:n], rent, float(x[-1]) if base.multiplicative else 0.0


def evaluate(
    base: EnergyBaseline,
    goal: EnergyTarget,
    x: Array,
    price: Array | None = None,
    spending: Array | None = None,
) -> EnergyState | None:
    """Evaluate the model at x, as `many_sectors.equations.evaluate` does; None where prices do not exist."""
    traded, scarce = len(base.theta), base.scarce
    wage, rent, log_balance = split(base, x)
    theta = base.theta[:, None]
    balance = float(np.exp(log_balance))

    def price_of(made: Array) -> tuple[Array, Array, Array]:
        reach = np.exp(-theta * made[:traded])
        total = np.matmul(reach[:, None, :], goal.kernel)[:, 0, :]
        log_price = made.copy()
        log_price[:traded] = np.log(total) / -theta
        return log_price, reach, total

    def again(log_price: Array) -> Array:
        cost = costs(base, goal.due, wage, rent, log_price, goal.productivity)[0]
        return price_of(np.log(np.exp(cost) + goal.due.output))[0]

    found = fixed_point(
        again, np.zeros_like(base.labor) if price is None else price, tolerance=INNER
    )
    if found is None:
        return None
    how = technique(base, goal.due, wage, rent, found, goal.productivity)
    log_price, reach, total = price_of(how.price)
    how = technique(base, goal.due, wage, rent, log_price, goal.productivity)
    share = goal.kernel * (reach[:, :, None] / total[:, None, :])
    wages = ((base.labor - base.rent) * base.made).sum(axis=0) * np.exp(wage)
    rents = base.rent * base.made * np.exp(rent)
    value_added = wages + rents.sum(axis=0)
    world = value_added.sum() / base.value_added.sum()
    growth = value_added / base.value_added if base.multiplicative else world
    deficit = base.deficit * growth
    sold = share * goal.keep
    lost = 1.0 - sold.sum(axis=1)
    means = 1.0 - how.home_carbon

    def flows(scaled: Array) -> tuple[Array, Array, Array, Array, Array]:
        need = scaled * base.value_added
        output, revenue = hat.sales(base, sold, lost, balance, need)
        charged = (how.carbon * output).sum(axis=0)
        income = (value_added + deficit + revenue + charged) / means
        return need, output, revenue, charged + how.home_carbon * income, income

    def demand(scaled: Array) -> Array:
        _, output, _, _, income = flows(scaled)
        need = np.matmul(how.inputs, output.T[:, :, None])[:, :, 0].T + how.final * income
        return np.asarray(need / base.value_added)

    begin = base.final * np.ones_like(base.value_added)
    if spending is not None:
        begin = spending / base.value_added
    scaled = fixed_point(demand, begin, tolerance=INNER)
    if scaled is None:
        return None
    need, output, revenue, carbon, income = flows(scaled)
    miss = (wages - (how.labor * output).sum(axis=0)) / base.value_added
    if not base.multiplicative:
        miss = miss + (world - 1.0)
    parts = [miss]
    for j in scarce:
        own = (rents[j] - how.rent[j] * output[j]) / base.value_added
        parts.append(np.where(base.rent[j] * base.made[j] > 0, own, rent[j]))
    if base.multiplicative:
        parts.append(np.array([world - 1.0]))
    emissions, homes = emitted(base, how, output, income)
    return EnergyState(
        x=x,
        price=log_price,
        cost=how.price,
        share=share,
        spending=need,
        output=output,
        wage=np.exp(wage),
        labor=np.ones_like(wage),
        relief=np.ones_like(wage),
        value_added=value_added,
        revenue=revenue,
        export_revenue=None,
        deficit=deficit,
        income=income,
        consumer_price=np.exp(how.consumer),
        balance=balance,
        residual=np.concatenate(parts),
        how=how,
        log_rent=rent,
        carbon=carbon,
        emissions=emissions,
        homes=homes,
    )


def emitted(
    base: EnergyBaseline, how: Technique, output: Array, income: Array
) -> tuple[Array, Array]:
    """Return CO2 of sectors (J, n) and of households (n,), million tonnes.

    That of fuels follows their volume in each use, the other that of output or of consumption.
    """
    grown = np.divide(output, base.made, out=np.ones_like(output), where=base.made > 0)
    before = base.used
    after = how.kept * (1.0 - base.rent) * how.energy
    more = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    volume = (base.mix / how.gross).sum(axis=0) * more * grown
    own = base.burnt * volume + base.other * grown * np.exp(-how.price)
    rise = income / base.earned
    mix = base.final[base.fuels]
    bought = mix.sum(axis=0)
    mix = np.divide(mix, bought, out=np.zeros_like(mix), where=bought > 0)
    volume = (mix * how.homes[base.fuels] / how.level).sum(axis=0) * how.homes_kept * rise
    fuels = base.homes_burnt * volume
    return own, fuels + base.homes_other * rise * np.exp(-how.consumer)


def rebased(base: EnergyBaseline, state: EnergyState) -> EnergyBaseline:
    """Return the state, in which no carbon is priced, as a baseline; its CO2 is that of the data."""
    return replace(
        base,
        share=state.share,
        labor=state.how.labor + state.how.rent,
        inputs=state.how.inputs,
        value_added=state.value_added,
        deficit=state.deficit,
        relief=1.0 - state.revenue / state.value_added,
        made=state.output,
        earned=state.income,
    )
