r"""One sector in which exporters pay for market entry where they sell, and deficits respond.

A share ν_n of what is sold in n pays labor of n for market entry; in the Melitz–Pareto model this is
the fixed cost of selling. Sellers are left with 1 − ν_n, and a tariff also acts on entry, so that
trade answers it with the elasticity ε φ_n where iceberg costs meet ε. The unknowns are
x = (ln ŵ, ln Ê, ln L̂), 3n of them, and

    λ'_in = λ_in (ŵ_i L̂_i^{−ψ} d̂_in / Â_i)^{−ε} t̂_in^{−ε φ_n} / Φ_n,  Φ_n = Σ_i (the same), t̂ = (1+t')/(1+t)
    P̂_n   = (Ê_n/ŵ_n)^{1−φ_n} Φ_n^{−1/ε},                  φ_n = pass_through + (1 + ψ) ν_n/(1 − ν_n)
    Y'_i  = Σ_n (1 − ν_n) X'_in + ν_i Σ_j X'_ji,            X'_in = λ'_in E'_n/(1 + t'_in),  Y' = Y ŵ L̂
    E'_n  = Y'_n + T'_n + Σ_i t'_in X'_in,                  T' a fixed share of world output
    L̂_i   = (e^v ŵ_i/P̂_i)^κ,                               v = −ln (1 − R'/Y') + ln (1 − R/Y) with tax relief

There are no intermediates (β = 1). Trade deficits differ from transfers T by the payments for entry,
so they move with trade. With ν = 0 and pass_through = 1 this is `models.one_sector` at β = 1.

Source: Ignatenko, Lashkaripour, Macedoni & Simonovska (2025), whose φ̃ = (1 + ϑ)/((1 − ν)ϑ) − 1/ϑ − 1
is (1 + ψ) ν/(1 − ν) at ψ = 1/ϑ.
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

    `share` is λ (columns sum to one, spending includes tariffs), `output` is Y, `spending` E,
    `transfer` T, `relief` 1 − R/Y, `entry` ν and `response` φ.
    """

    share: Array
    tariff: Array
    output: Array
    spending: Array
    transfer: Array
    relief: Array
    entry: Array
    response: Array
    epsilon: float
    kappa: float
    psi: float
    multiplicative: bool
    income_tax: bool

    @property
    def deficit(self) -> Array:
        """T: the deficit that is a transfer, without the payments for entry."""
        return self.transfer

    @property
    def unknowns(self) -> int:
        """Number of unknowns."""
        return 3 * len(self.output)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the economy goes: `kernel` = λ d̂^{−ε} t̂^{−εφ}, the tariff, `productivity` = ln Â."""

    kernel: Array
    tariff: Array
    productivity: Array


@dataclass(frozen=True, slots=True)
class State:
    """One evaluation of the model at a candidate x."""

    wage: Array
    price: Array
    labor: Array
    relief: Array
    share: Array
    output: Array
    spending: Array
    revenue: Array
    transfer: Array
    sales: Array
    flows: Array
    balance: float
    residual: Array

    @property
    def income(self) -> Array:
        """What is left to consume; without intermediates, all spending."""
        return self.spending


def responses(entry: Array, psi: float, pass_through: float) -> Array:
    """Return φ_n, how much more than to an iceberg cost trade responds to a tariff, (n,)."""
    return np.asarray(pass_through + (1.0 + psi) * entry / (1.0 - entry))


def target(base: Baseline, change: Shift, part: float) -> Target:
    """Return a share `part` ∈ [0, 1] of the way to the new costs, tariffs and productivities."""
    new = base.tariff + part * (change.tariff - base.tariff)
    wedge = ((1.0 + new) / (1.0 + base.tariff)) ** (-base.epsilon * base.response)
    kernel = base.share * change.cost ** (-base.epsilon * part) * wedge
    return Target(kernel, new, part * np.log(change.productivity))


def evaluate(base: Baseline, goal: Target, x: Array) -> State:
    """Evaluate the model at x = (ln ŵ, ln Ê, ln L̂); residuals are relative to the initial values."""
    n = len(base.output)
    log_wage, log_spending, log_labor = x[:n], x[n : 2 * n], x[2 * n :]
    reach = np.exp(-base.epsilon * (log_wage - base.psi * log_labor - goal.productivity))
    total = reach @ goal.kernel
    share = goal.kernel * (reach[:, None] / total)
    spending = base.spending * np.exp(log_spending)
    flows = share * spending / (1.0 + goal.tariff)
    revenue = (goal.tariff * flows).sum(axis=0)
    output = base.output * np.exp(log_wage + log_labor)
    world = output.sum() / base.output.sum()
    sales = flows @ (1.0 - base.entry) + base.entry * flows.sum(axis=0)
    transfer = base.transfer * (output / base.output if base.multiplicative else world)
    balance = output.sum() / sales.sum() if base.multiplicative else 1.0
    log_price = (1.0 - base.response) * (log_spending - log_wage) - np.log(total) / base.epsilon
    with np.errstate(invalid="ignore", divide="ignore"):
        left = np.log(1.0 - revenue / output)
    log_relief = np.log(base.relief) - left if base.income_tax else np.zeros(n)
    residual = np.concatenate(
        [
            (output - balance * sales) / base.output + (world - 1.0),
            (spending - output - revenue - transfer) / base.spending,
            log_labor - base.kappa * (log_relief + log_wage - log_price),
        ]
    )
    return State(
        np.exp(log_wage),
        np.exp(log_price),
        np.exp(log_labor),
        np.exp(log_relief),
        share,
        output,
        spending,
        revenue,
        transfer,
        balance * sales,
        flows,
        float(balance),
        residual,
    )


def jacobian(base: Baseline, goal: Target, state: State) -> Array:
    """Return the analytic Jacobian of the residuals at `state`, (3n, 3n).

    Everything is first differentiated by a = ln ŵ − ψ ln L̂ (unit costs) and e = ln Ê.
    """
    n = len(base.output)
    eye = np.eye(n)
    epsilon, kappa, psi = base.epsilon, base.kappa, base.psi
    d_total = -epsilon * state.share.T  # ∂ ln Φ_n / ∂ a_i

    def by_cost(weights: Array, axis: int) -> Array:
        """∂/∂a of Σ weights over `axis`, where ∂ ln weights_in = −ε da_i − d ln Φ_n."""
        if axis == 0:
            return np.asarray(-epsilon * weights.T - weights.sum(axis=0)[:, None] * d_total)
        return np.asarray(-epsilon * np.diag(weights.sum(axis=1)) - weights @ d_total)

    sold = state.flows * (1.0 - base.entry)
    entered = base.entry[:, None]
    sales_a = by_cost(sold, 1) + entered * by_cost(state.flows, 0)
    sales_e = sold + np.diag(base.entry * state.flows.sum(axis=0))
    duty = goal.tariff * state.flows
    revenue_a, revenue_e = by_cost(duty, 0), np.diag(state.revenue)
    spread = np.outer(np.ones(n), state.output) / base.output.sum()  # ∂ world / ∂ ln Y'
    if base.multiplicative:
        sales = state.flows @ (1.0 - base.entry) + base.entry * state.flows.sum(axis=0)
        balance = state.output.sum() / sales.sum()
        paid_a = balance * (sales_a - np.outer(sales, sales_a.sum(axis=0)) / sales.sum())
        paid_e = balance * (sales_e - np.outer(sales, sales_e.sum(axis=0)) / sales.sum())
        paid_y = np.outer(sales, state.output) / sales.sum()
        transfer_y = np.diag(base.transfer * state.output / base.output)
    else:
        paid_a, paid_e, paid_y = sales_a, sales_e, np.zeros((n, n))
        transfer_y = base.transfer[:, None] * spread
    size, spent = base.output[:, None], base.spending[:, None]
    market = (-paid_a / size, -paid_e / size, (np.diag(state.output) - paid_y) / size + spread)
    budget = (
        -revenue_a / spent,
        (np.diag(state.spending) - revenue_e) / spent,
        -(np.diag(state.output) + transfer_y) / spent,
    )
    # ln L̂ − κ (v + ln ŵ − ln P̂)
    steep = np.diag(1.0 - base.response)
    relief_a = relief_e = relief_y = np.zeros((n, n))
    if base.income_tax:
        left = (state.output - state.revenue)[:, None]
        relief_a, relief_e = revenue_a / left, revenue_e / left
        relief_y = -np.diag(state.revenue / left[:, 0])
    labor = (
        -kappa * (relief_a + d_total / epsilon),
        -kappa * (relief_e - steep),
        -kappa * relief_y,
    )
    direct = (np.zeros((n, n)), np.zeros((n, n)), -kappa * (eye + steep))
    own = (np.zeros((n, n)), np.zeros((n, n)), eye)
    rows = [
        np.hstack([a + y + wage, e, y - psi * a + work])
        for (a, e, y), wage, work in zip((market, budget, labor), direct, own, strict=True)
    ]
    return np.vstack(rows)


def equations(base: Baseline, goal: Target) -> Equations:
    """Return (x → (residual, state)) and ((x, state) → Jacobian) for `newton.solve`."""

    def residual(x: Array) -> tuple[Array, State]:
        state = evaluate(base, goal, x)
        return state.residual, state

    def slope(x: Array, state: State) -> Array:
        del x
        return jacobian(base, goal, state)

    return residual, slope
