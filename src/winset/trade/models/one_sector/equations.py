r"""One sector with roundabout production, in exact hat algebra, solved by Newton's method.

Unknowns are u = ln ĉ (n of them) and, where tariff revenue relieves the income tax and labor
supply responds, v = ln ((1 − τ')/(1 − τ)) (n more). Everything else follows in closed form:

    P̂_n   = [Σ_i π_in (ĉ_i d̂_in t̂_in)^{−θ}]^{−1/θ},   t̂ = (1 + t')/(1 + t)
    π'_in = π_in (ĉ_i d̂_in t̂_in / P̂_n)^{−θ}
    ĉ_i   = ŵ_i^β P̂_i^{1−β} L̂_i^{−ψ} / Â_i,            L̂ = (e^v ŵ/P̂)^κ
    X'_n  = (Y'_n + D'_n) / (1 − Σ_i π'_in t'_in/(1 + t'_in)),   Y' = Y ŵ L̂

and the equations are that sales net of tariff equal output, in every economy:

    Y'_i = μ Σ_n π'_in X'_n / (1 + t'_in).

An export tax e', which the exporter levies on what it gets, stands in prices as a tariff does, d̂ t̂ (1 + e'),
and its revenue is the exporter's:

    E'_i = Σ_n π'_in X'_n/(1 + t'_in) · e'_in/(1 + e'_in),   Y'_i = μ Σ_n π'_in X'_n/((1 + t'_in)(1 + e'_in)),

so that spending is the solution of n linear equations,

    X'_n (1 − Σ_i π'_in t'_in/(1 + t'_in)) − E'_n = Y'_n + D'_n.

Customs values, and so deficits, contain it. It begins at none: e = 0 in every world. μ multiplies what
producers get, not what buyers pay.

They sum to zero (Walras' law) and are homogeneous of degree one; adding the gap of world output
to each equation fixes the numéraire without singling out an economy. μ = 1 except under
multiplicative deficits, where it restores the balance of world trade.

Sources: Dekle, Eaton & Kortum (2008); Alvarez & Lucas (2007); Caliendo & Parro (2015), equations
10–14 at one sector; Ignatenko, Lashkaripour, Macedoni & Simonovska (2025) for labor supply, scale
and tax relief; Baier, Yotov & Zylkin (2019) for multiplicative deficits. Export taxes: own accounts, held to
a plain solver and to Lerner's symmetry by tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.numbers import Array
    from winset.trade.models.model import Shift

    Equations = tuple[Callable[[Array], tuple[Array, "State"]], Callable[[Array, "State"], Array]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the equations need of the initial equilibrium; arrays are (n, n) or (n,).

    `share` is π (columns sum to one, spending includes tariffs), `tariff` is t, `output` Y,
    `deficit` D and `relief` is 1 − R/V, what the tariff revenue leaves to be taxed.
    """

    share: Array
    tariff: Array
    output: Array
    deficit: Array
    relief: Array
    theta: float
    beta: float
    kappa: float
    psi: float
    multiplicative: bool
    income_tax: bool
    article: bool

    @property
    def unknowns(self) -> int:
        """Number of unknowns: n, or 2n when the tax relief must be solved for."""
        n = len(self.output)
        return 2 * n if self.income_tax and self.kappa > 0 else n


@dataclass(frozen=True, slots=True)
class State:
    """One evaluation of the model at a candidate (u, v); I = X − (1 − β) Y is left to consume.

    `revenue` is that of tariffs and export taxes, `export_revenue` of the latter, None where there are none.
    """

    wage: Array
    price: Array
    labor: Array
    relief: Array
    share: Array
    output: Array
    spending: Array
    revenue: Array
    export_revenue: Array | None
    deficit: Array
    income: Array
    balance: float
    residual: Array


@dataclass(frozen=True, slots=True)
class Target:
    """Where the economy goes: `kernel` = π (d̂ t̂ (1 + e'))^{−θ}, `productivity` = ln Â.

    `wedge` = 1 − 1/((1 + t')(1 + e')) is what producers do not get of a dollar spent, and `ceded`, part of
    it, what goes to the exporter's treasury; None where exports are not taxed.
    """

    kernel: Array
    wedge: Array
    productivity: Array
    ceded: Array | None = None


def target(base: Baseline, change: Shift, part: float) -> Target:
    """Return a share `part` ∈ [0, 1] of the way to the new costs, tariffs, taxes and productivities.

    Costs and productivities move along logarithms, 1 + t and 1 + e along a line.
    """
    new = base.tariff + part * (change.tariff - base.tariff)
    factor = change.cost**part * (1.0 + new) / (1.0 + base.tariff)
    wedge, ceded = new / (1.0 + new), None
    if change.export_tax is not None:
        levied = 1.0 + part * change.export_tax
        factor = factor * levied
        ceded = (1.0 - 1.0 / levied) / (1.0 + new)
        wedge = wedge + ceded
    kernel = base.share * factor**-base.theta
    return Target(kernel, wedge, part * np.log(change.productivity), ceded)


def evaluate(base: Baseline, goal: Target, x: Array) -> State:
    """Evaluate the model at x = (u, v); residuals are relative to initial output."""
    n = len(base.output)
    u = x[:n]
    v = x[n:] if len(x) > n else np.zeros(n)
    theta, kappa, psi = base.theta, base.kappa, base.psi
    reach = np.exp(-theta * u)
    total = reach @ goal.kernel
    log_price = np.log(total) / -theta
    share = goal.kernel * (reach[:, None] / total)
    own = base.beta - psi * kappa
    log_wage = (u + goal.productivity - (1.0 - own) * log_price + psi * kappa * v) / own
    log_labor = kappa * (v + log_wage - log_price)
    output = base.output * np.exp(log_wage + log_labor)
    world = output.sum() / base.output.sum()
    deficit = base.deficit * (output / base.output if base.multiplicative else world)
    taxed = (share * goal.wedge).sum(axis=0)
    export_revenue = None
    if goal.ceded is None:
        spending = (output + deficit) / (1.0 - taxed)
        revenue = taxed * spending
        net = spending - revenue
    else:
        spending = np.linalg.solve(_means(share * goal.ceded, taxed), output + deficit)
        export_revenue = (share * goal.ceded) @ spending
        revenue = spending - output - deficit
        net = (1.0 - taxed) * spending
    sales = (share * (1.0 - goal.wedge)) @ spending
    balance = output.sum() / net.sum() if base.multiplicative else 1.0
    residual = (output - balance * sales) / base.output + (world - 1.0)
    if len(x) > n:
        left = 1.0 - revenue / (base.beta * output)
        with np.errstate(invalid="ignore", divide="ignore"):
            residual = np.concatenate([residual, v + np.log(left) - np.log(base.relief)])
    return State(
        np.exp(log_wage),
        np.exp(log_price),
        np.exp(log_labor),
        np.exp(v),
        share,
        output,
        spending,
        revenue,
        export_revenue,
        deficit,
        spending - (1.0 - base.beta) * output,
        float(balance),
        residual,
    )


def _means(ceded: Array, taxed: Array) -> Array:
    """Return the matrix by which spending is output and deficit: what is spent less both revenues, (n, n)."""
    return np.asarray(np.diag(1.0 - taxed + ceded.sum(axis=0)) - ceded)


def jacobian(base: Baseline, goal: Target, state: State, size: int) -> Array:
    """Return the analytic Jacobian of the residuals at `state`, (size, size)."""
    n = len(base.output)
    theta, kappa, psi = base.theta, base.kappa, base.psi
    share, spending = state.share, state.spending
    own = base.beta - psi * kappa
    eye = np.eye(n)
    d_price = share.T  # ∂ ln P̂_n / ∂ u_i
    d_wage = (eye - (1.0 - own) * d_price) / own
    d_labor = kappa * (d_wage - d_price)
    d_output = state.output[:, None] * (d_wage + d_labor)
    taxed = state.revenue / spending
    if goal.ceded is not None:
        taxed = (share * goal.wedge).sum(axis=0)
    d_taxed = -theta * ((share * goal.wedge).T - taxed[:, None] * d_price)

    def d_gain(d_out: Array) -> Array:
        if base.multiplicative:
            return np.asarray(d_out * (1.0 + base.deficit / base.output)[:, None])
        return d_out + np.outer(base.deficit / base.output.sum(), d_out.sum(axis=0))

    def d_spending(d_out: Array, d_tax: Array | float) -> Array:
        gain = d_gain(d_out)
        if goal.ceded is None:
            return np.asarray((gain + spending[:, None] * d_tax) / (1.0 - taxed)[:, None])
        ceded = share * goal.ceded
        if not isinstance(d_tax, float):  # shares move, and with them whose revenue it is
            paid = ceded * spending
            d_ceded = -theta * (ceded.T - ceded.sum(axis=0)[:, None] * d_price)
            d_received = -theta * (np.diag(paid.sum(axis=1)) - paid @ d_price)
            gain = gain + spending[:, None] * (d_tax - d_ceded) + d_received
        return np.asarray(np.linalg.solve(_means(ceded, taxed), gain))

    def d_residual(
        d_out: Array, d_spend: Array, d_tax: Array | float, d_share: Array | float
    ) -> Array:
        sold = share * (1.0 - goal.wedge)
        d_sales = sold @ d_spend + d_share
        if base.multiplicative:
            net = spending - state.revenue if goal.ceded is None else (1.0 - taxed) * spending
            net = net.sum()
            d_net = (d_spend * (1.0 - taxed)[:, None] - spending[:, None] * d_tax).sum(axis=0)
            d_balance = (d_out.sum(axis=0) - state.balance * d_net) / net
            d_sales = state.balance * d_sales + np.outer(sold @ spending, d_balance)
        return np.asarray(
            (d_out - d_sales) / base.output[:, None] + d_out.sum(axis=0) / base.output.sum()
        )

    flow = share * (1.0 - goal.wedge) * spending
    d_share = -theta * (np.diag(flow.sum(axis=1)) - flow @ d_price)
    d_spend = d_spending(d_output, d_taxed)
    top = d_residual(d_output, d_spend, d_taxed, d_share)
    if size == n:
        return top
    by_relief = np.diag(state.output * (psi * kappa / own * (1.0 + kappa) + kappa))
    d_spend_v = d_spending(by_relief, 0.0)
    left = 1.0 - state.revenue / (base.beta * state.output)

    def d_left(d_out: Array, d_spend: Array, d_tax: Array | float) -> Array:
        d_revenue = spending[:, None] * d_tax + taxed[:, None] * d_spend
        if goal.ceded is not None:
            d_revenue = d_spend - d_gain(d_out)
        d_ratio = d_revenue - (state.revenue / state.output)[:, None] * d_out
        return np.asarray(-d_ratio / (base.beta * state.output * left)[:, None])

    return np.block(
        [
            [top, d_residual(by_relief, d_spend_v, 0.0, 0.0)],
            [d_left(d_output, d_spend, d_taxed), eye + d_left(by_relief, d_spend_v, 0.0)],
        ]
    )


def equations(base: Baseline, goal: Target) -> Equations:
    """Return (x → (residual, state)) and ((x, state) → Jacobian) for `newton.solve`."""

    def residual(x: Array) -> tuple[Array, State]:
        state = evaluate(base, goal, x)
        return state.residual, state

    def slope(x: Array, state: State) -> Array:
        return jacobian(base, goal, state, len(x))

    return residual, slope
