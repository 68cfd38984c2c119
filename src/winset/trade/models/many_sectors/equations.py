r"""Many sectors with input–output links and tariffs, in exact hat algebra.

Unknowns are x = ln ŵ (n of them), v = ln relief where tariff revenue lowers the income tax and labor
supply responds (n more), and ln μ under multiplicative deficits. Prices and spending follow from x,
by a contraction and by a linear system:

    ĉ_i^j  = ŵ_i^{γ_i^j} ∏_k (P̂_i^k)^{γ_i^{kj}} L̂_i^{−ψ} / Â_i,      L̂ = (e^v ŵ/P̂)^κ
    P̂_n^j  = [Σ_i π_in^j (ĉ_i^j d̂_in^j t̂_in^j)^{−θ_j}]^{−1/θ_j},      t̂ = (1 + t')/(1 + t)
    π'_in^j = π_in^j (ĉ_i^j d̂_in^j t̂_in^j / P̂_n^j)^{−θ_j}
    X'_n^j = Σ_k γ_n^{jk} Y'_n^k + α_n^j I'_n,                     Y'_i^j = μ Σ_n π'_in^j X'_n^j/(1 + t'_in^j)
    I'_n   = V_n ŵ_n L̂_n + R'_n + D'_n,                            R'_n = Σ_ij t' π' X'/(1 + t').

An export tax e' stands in prices as a tariff does, d̂ t̂ (1 + e'), and its revenue is the exporter's:

    E'_i = Σ_jn π'_in^j X'_n^j/(1 + t'_in^j) · e'_in^j/(1 + e'_in^j),

part of its income, while Y'_i^j = μ Σ_n π'_in^j X'_n^j/((1 + t'_in^j)(1 + e'_in^j)). Customs values, and so
deficits, contain it. It begins at none: e = 0 in every world. μ multiplies what producers get alone.

The equations are that what sectors pay for labor is what labor earns, in every economy:

    V_i ŵ_i L̂_i = Σ_j γ_i^j Y'_i^j.

They sum to zero (Walras' law) and are homogeneous of degree one; adding the gap of world value added
to each fixes the numéraire without singling out an economy. A sector that is not traded has
P̂_n^j = ĉ_n^j and Y_n^j = X_n^j. With one sector this is `models.one_sector`.

`winset.trade.models.many_sectors.derivatives` differentiates all of it, exactly.

Sources: Caliendo & Parro (2015), equations 10–14; Dekle, Eaton & Kortum (2008); Costinot &
Rodríguez-Clare (2014); Ignatenko, Lashkaripour, Macedoni & Simonovska (2025) for labor supply, scale
and tax relief.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.trade.numerics.anderson import fixed_point

if TYPE_CHECKING:
    from winset.numbers import Array, Places
    from winset.trade.models.model import Shift


INNER = 1e-14  # tolerance of prices (logarithms) and spending (over value added)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The initial equilibrium: J sectors of which the first T are traded, n economies.

    Attributes
    ----------
    share, tariff : (T, n, n) arrays
        π (columns sum to one; spending includes tariffs) and t; rows export, columns import.
    theta : (T,) array
    labor : (J, n) array
        γ_n^j, the value-added share.
    inputs : (n, J, J) array
        ``inputs[n, k, j]``: what a dollar of output of sector j buys of sector k.
    final : (J, n) array
        α, columns sum to one.
    value_added, deficit, relief : (n,) arrays
        V, D, and 1 − R/V, what the tariff revenue leaves to be taxed.
    kappa, psi : float
        Elasticities of labor supply and of scale.
    article : bool
        Whether gains go by the formula of Ignatenko et al. (2025) and not by utility.
    order : (J,) array of int
        Positions in the world of the model's sectors, the traded ones first.
    short : bool
        Whether inputs exceed what is spent somewhere, so that the data are no equilibrium.
    """

    share: Array
    tariff: Array
    theta: Array
    labor: Array
    inputs: Array
    final: Array
    value_added: Array
    deficit: Array
    relief: Array
    kappa: float
    psi: float
    multiplicative: bool
    income_tax: bool
    article: bool
    order: Places
    short: bool

    @property
    def relieved(self) -> bool:
        """Whether the tax relief must be solved for."""
        return self.income_tax and self.kappa > 0

    @property
    def unknowns(self) -> int:
        """Number of unknowns of the outer system."""
        n = len(self.value_added)
        return n * (2 if self.relieved else 1) + (1 if self.multiplicative else 0)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the economy goes: `kernel` = π (d̂ t̂ (1 + e'))^{−θ}, `productivity` = ln Â.

    `keep` = 1/((1 + t')(1 + e')) is what producers get of a dollar spent, and `ceded` what goes to the
    exporter's treasury; None where exports are not taxed. Together they are 1/(1 + t').
    """

    kernel: Array
    keep: Array
    productivity: Array
    ceded: Array | None

    @property
    def landed(self) -> Array:
        """1/(1 + t'), the customs value of a dollar spent."""
        return self.keep if self.ceded is None else self.keep + self.ceded


@dataclass(frozen=True, slots=True)
class State:
    """One evaluation of the model at a candidate x; prices and costs are logarithms, (J, n).

    `revenue` is that of tariffs and export taxes, `export_revenue` of the latter, None where there are none.
    """

    x: Array
    price: Array
    cost: Array
    share: Array
    spending: Array
    output: Array
    wage: Array
    labor: Array
    relief: Array
    value_added: Array
    revenue: Array
    export_revenue: Array | None
    deficit: Array
    income: Array
    consumer_price: Array
    balance: float
    residual: Array


def target(base: Baseline, change: Shift, part: float) -> Target:
    """Return a share `part` ∈ [0, 1] of the way to the new costs, tariffs, taxes and productivities.

    Costs and productivities move along logarithms, 1 + t and 1 + e along a line.
    """
    kernel, costs_move = base.share, part > 0 and np.any(change.cost != 1.0)
    if change.tariff is base.tariff and not costs_move and change.export_tax is None:
        return Target(kernel, 1.0 / (1.0 + base.tariff), part * np.log(change.productivity), None)
    new = base.tariff + part * (change.tariff - base.tariff)
    factor = (1.0 + new) / (1.0 + base.tariff)
    if costs_move:
        factor = factor * change.cost**part
    keep, ceded = 1.0 / (1.0 + new), None
    if change.export_tax is not None:
        levied = 1.0 + part * change.export_tax
        factor = factor * levied
        ceded = keep * (1.0 - 1.0 / levied)
        keep = keep - ceded
    places = np.nonzero(factor != 1.0)
    if len(places[0]):  # powers are dear
        kernel = kernel.copy()
        kernel[places] *= factor[places] ** -base.theta[places[0]]
    return Target(kernel, keep, part * np.log(change.productivity), ceded)


def inputs_cost(base: Baseline, price: Array) -> Array:
    """Σ_k γ_n^{kj} ln P_n^k, (J, n)."""
    return np.asarray(np.matmul(price.T[:, None, :], base.inputs)[:, 0, :].T)


def _inputs_demand(base: Baseline, output: Array) -> Array:
    """Σ_k γ_n^{jk} Y_n^k, (J, n)."""
    return np.asarray(np.matmul(base.inputs, output.T[:, :, None])[:, :, 0].T)


def _split(base: Baseline, x: Array) -> tuple[Array, Array, float]:
    """Return ln ŵ, v and ln μ."""
    n = len(base.value_added)
    relief = x[n : 2 * n] if base.relieved else np.zeros(n)
    return x[:n], relief, float(x[-1]) if base.multiplicative else 0.0


def evaluate(
    base: Baseline,
    goal: Target,
    x: Array,
    price: Array | None = None,
    spending: Array | None = None,
) -> State | None:
    """Evaluate the model at x; `price` and `spending` are where the inner iterations begin.

    Residuals are relative to initial value added. None when prices or spending do not exist.
    """
    traded = len(base.theta)
    log_wage, log_relief, log_balance = _split(base, x)
    own = base.labor * log_wage - goal.productivity
    theta = base.theta[:, None]

    def cost_of(log_price: Array) -> Array:
        cost = own + inputs_cost(base, log_price)
        if base.psi * base.kappa > 0:
            consumer = (base.final * log_price).sum(axis=0)
            cost = cost - base.psi * base.kappa * (log_relief + log_wage - consumer)
        return cost

    def price_of(cost: Array) -> tuple[Array, Array, Array]:
        reach = np.exp(-theta * cost[:traded])
        total = np.matmul(reach[:, None, :], goal.kernel)[:, 0, :]
        log_price = cost.copy()
        log_price[:traded] = np.log(total) / -theta
        return log_price, reach, total

    found = fixed_point(
        lambda p: price_of(cost_of(p))[0],
        np.zeros_like(base.labor) if price is None else price,
        tolerance=INNER,
    )
    if found is None:
        return None
    cost = cost_of(found)
    log_price, reach, total = price_of(cost)
    share = goal.kernel * (reach[:, :, None] / total[:, None, :])
    consumer = (base.final * log_price).sum(axis=0)
    log_labor = base.kappa * (log_relief + log_wage - consumer)
    value_added = base.value_added * np.exp(log_wage + log_labor)
    world = value_added.sum() / base.value_added.sum()
    growth = value_added / base.value_added if base.multiplicative else world
    deficit = base.deficit * growth
    balance = float(np.exp(log_balance))
    sold = share * goal.keep
    taxed = 1.0 - sold.sum(axis=1)
    ceded = None if goal.ceded is None else share * goal.ceded
    # Spending is solved in units of each economy's value added, so that small ones count alike.
    fixed = base.final * (value_added + deficit)

    def demand(scaled: Array) -> Array:
        need = scaled * base.value_added
        output, revenue = sales(base, sold, taxed, balance, need, ceded)
        need = _inputs_demand(base, output) + base.final * revenue + fixed
        return np.asarray(need / base.value_added)

    begin = base.final * np.ones_like(base.value_added) if spending is None else spending
    scaled = fixed_point(
        demand, begin / base.value_added if spending is not None else begin, tolerance=INNER
    )
    if scaled is None:
        return None
    need = scaled * base.value_added
    output, revenue = sales(base, sold, taxed, balance, need, ceded)
    income = value_added + revenue + deficit
    paid = (base.labor * output).sum(axis=0)
    residual = (value_added - paid) / base.value_added
    if not base.multiplicative:
        residual = residual + (world - 1.0)
    if base.relieved:
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = log_relief + np.log(1.0 - revenue / value_added) - np.log(base.relief)
        residual = np.concatenate([residual, gap])
    if base.multiplicative:
        residual = np.append(residual, world - 1.0)
    return State(
        x=x,
        price=log_price,
        cost=cost,
        share=share,
        spending=need,
        output=output,
        wage=np.exp(log_wage),
        labor=np.exp(log_labor),
        relief=np.exp(log_relief),
        value_added=value_added,
        revenue=revenue,
        export_revenue=None if ceded is None else _received(ceded, need),
        deficit=deficit,
        income=income,
        consumer_price=np.exp(consumer),
        balance=balance,
        residual=residual,
    )


def sales(
    base: Baseline,
    sold: Array,
    taxed: Array,
    balance: float,
    need: Array,
    ceded: Array | None = None,
) -> tuple[Array, Array]:
    """Return output (J, n) and revenue (n,) that spending `need` (J, n) leads to.

    `sold` and `ceded` (T, n, n) are the parts of spending that producers and the exporter's treasury get,
    `taxed` (T, n) what producers do not.
    """
    traded = len(base.theta)
    output = need * balance
    output[:traded] = balance * np.matmul(sold, need[:traded, :, None])[:, :, 0]
    revenue = (taxed * need[:traded]).sum(axis=0)
    if ceded is not None:
        away = (ceded.sum(axis=1) * need[:traded]).sum(axis=0)
        revenue = revenue - away + _received(ceded, need)
    return output, revenue


def _received(ceded: Array, need: Array) -> Array:
    """Return what export taxes raise for each exporter at spending `need` (J, n), (n,)."""
    return np.asarray(np.matmul(ceded, need[: len(ceded), :, None])[:, :, 0].sum(axis=0))


def customs_value(state: State, tariff: Array) -> Array:
    """Return the flows of the traded sectors before tariffs, (T, n, n)."""
    return np.asarray(state.share * state.spending[: len(state.share), None, :] / (1.0 + tariff))


def rebased(base: Baseline, state: State) -> Baseline:
    """Return the state as a baseline of its own, its deficits being what they are there."""
    return replace(
        base,
        share=state.share,
        value_added=state.value_added,
        deficit=state.deficit,
        relief=1.0 - state.revenue / state.value_added,
    )
