r"""Derivatives of the equilibrium with sectors, by implicit differentiation.

`forward` carries small changes through the inner problems of `models.many_sectors` (prices, spending),
`pullback` carries weights back through them; the Jacobian that Newton's method steps with, the response
of the equilibrium to a small change and the gradient of any number by every tariff follow from the two:

    F(x, z) = 0  ⇒  dx = −F_x⁻¹ F_z dz,      d f/dz = f_z − (F_x⁻ᵀ f_x)ᵀ F_z.

A gradient costs two adjoint solves, however many tariffs there are.

It is one file because `forward` and `pullback` are two readings of the same equations.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from winset.trade.models.many_sectors.equations import (
    INNER,
    Baseline,
    State,
    Target,
    evaluate,
)
from winset.trade.models.many_sectors.warm import WarmEquations
from winset.trade.numerics.anderson import fixed_point

if TYPE_CHECKING:
    from winset.numbers import Array


ROUGH = 1e-3  # tolerance of the Jacobian that Newton steps with


@dataclass(frozen=True, slots=True)
class Tangent:
    """Derivatives of an evaluation along m directions; arrays (J, n, m), (n, m) or (unknowns, m)."""

    price: Array
    cost: Array
    spending: Array
    output: Array
    labor: Array
    value_added: Array
    revenue: Array
    deficit: Array
    consumer_price: Array
    residual: Array


@dataclass(frozen=True, slots=True)
class Direction:
    """A small change: d ln d̂ and dt' of every traded cell, (T, n, n), and d ln Â, (n,)."""

    cost: Array
    tariff: Array
    productivity: Array


@dataclass(frozen=True, slots=True)
class Lift:
    """What m small changes do while costs, prices, spending and x stay.

    Attributes
    ----------
    pushed : (T, n, m) array
        d ln P̂, through trade costs and tariffs.
    sales : (T, n, m) array
        dY over μ, through the shares and what tariffs leave of a sale.
    kept : (T, n, m) array
        Change of Σ_i π'/((1 + t')(1 + e')), the part of spending that is neither tariff nor tax.
    cost : (n, m) array
        d ln ĉ of every sector, −d ln Â.
    deficit : (n, m) array
        dD, in USD million at unchanged world value added.
    moved : (n, m) array
        Revenue that comes to each as export taxes take it from importers, USD million.
    """

    pushed: Array
    sales: Array
    kept: Array
    cost: Array
    deficit: Array
    moved: Array

    def with_transfers(self, received: Array) -> Lift:
        """Add lump sums as further changes, (n, k): what each economy receives, USD million."""
        more = received.shape[1]
        wide = {
            f.name: np.concatenate(
                [getattr(self, f.name), np.zeros((*getattr(self, f.name).shape[:-1], more))],
                axis=-1,
            )
            for f in fields(Lift)
        }
        wide["deficit"][:, -more:] = received
        return Lift(**wide)

    def times(self, factor: Array) -> Lift:
        """Measure every change in other units: (m,) factors."""
        return Lift(**{f.name: getattr(self, f.name) * factor for f in fields(Lift)})


def lifted(goal: Target, base: Baseline, state: State, direction: Direction) -> Lift:
    """Return what one change, dense in its cells, lifts; m is 1."""
    theta = base.theta[:, None, None]
    sold = state.share * goal.keep
    push = direction.cost + direction.tariff * goal.landed
    less = theta * push + goal.landed * direction.tariff
    change = -sold * less
    moved = np.zeros((len(base.value_added), 1))
    if goal.ceded is not None:
        paid = -state.share * goal.ceded * less * state.spending[: len(base.theta), None, :]
        moved = (paid.sum(axis=(0, 2)) - paid.sum(axis=(0, 1)))[:, None]
    return Lift(
        pushed=(state.share * push).sum(axis=1)[:, :, None],
        sales=np.matmul(change, state.spending[: len(base.theta), :, None]),
        kept=change.sum(axis=1)[:, :, None],
        cost=-direction.productivity[:, None],
        deficit=np.zeros((len(base.value_added), 1)),
        moved=moved,
    )


def forward(
    base: Baseline,
    goal: Target,
    state: State,
    dx: Array,
    direction: Direction | Lift | None = None,
    *,
    tolerance: float = INNER,
) -> Tangent | None:
    """Differentiate `evaluate` along the columns of `dx` (unknowns, m) and of `direction`.

    A `Direction` is one change, a `Lift` m of them, added to the columns of `dx`. Prices and
    spending respond; x moves only as `dx` says.
    """
    traded, n = len(base.theta), len(base.value_added)
    theta = base.theta[:, None, None]
    d_wage = dx[:n]
    d_relief = dx[n : 2 * n] if base.relieved else np.zeros_like(d_wage)
    d_balance = dx[-1] if base.multiplicative else np.zeros(dx.shape[1])
    sold = state.share * goal.keep
    sold_t, share_t = sold.transpose(0, 2, 1), state.share.transpose(0, 2, 1)
    inputs_t = base.inputs.transpose(0, 2, 1)
    kept = sold.sum(axis=1)
    scale = base.psi * base.kappa
    own = base.labor[:, :, None] * d_wage
    if isinstance(direction, Direction):
        direction = lifted(goal, base, state, direction)
    lift = direction
    if lift is not None:
        own = own + lift.cost

    def consumer_of(price: Array) -> Array:
        return np.asarray(np.einsum("jn,jnm->nm", base.final, price))

    def cost_of(price: Array) -> Array:
        cost = own + np.matmul(inputs_t, price.transpose(1, 0, 2)).transpose(1, 0, 2)
        if scale > 0:
            cost = cost - scale * (d_relief + d_wage - consumer_of(price))
        return np.asarray(cost)

    def price_of(cost: Array) -> Array:
        price = cost.copy()
        price[:traded] = np.matmul(share_t, cost[:traded])
        if lift is not None:
            price[:traded] += lift.pushed
        return price

    price = fixed_point(lambda p: price_of(cost_of(p)), own, tolerance=tolerance)
    if price is None:
        return None
    cost = cost_of(price)
    price = price_of(cost)
    consumer = consumer_of(price)
    labor = base.kappa * (d_relief + d_wage - consumer)
    value_added = state.value_added[:, None] * (d_wage + labor)
    world = value_added.sum(axis=0) / base.value_added.sum()
    growth = value_added / base.value_added[:, None] if base.multiplicative else world
    deficit = base.deficit[:, None] * growth
    if lift is not None:
        level = state.value_added.sum() / base.value_added.sum()
        if base.multiplicative:
            deficit = deficit + lift.deficit * (state.value_added / base.value_added)[:, None]
        else:
            deficit = deficit + lift.deficit * level
    # What moves sales and revenue at unchanged spending: shares, tariffs, μ.
    flow = sold * state.spending[:traded, None, :]
    shifted = state.output[:, :, None] * d_balance
    shifted[:traded] += (state.balance * theta) * (
        np.matmul(flow, price[:traded]) - flow.sum(axis=2)[:, :, None] * cost[:traded]
    )
    d_kept = theta * (kept[:, :, None] * price[:traded] - np.matmul(sold_t, cost[:traded]))
    if lift is not None:
        shifted[:traded] += state.balance * lift.sales
        d_kept = d_kept + lift.kept
    lost = -(d_kept * state.spending[:traded, :, None]).sum(axis=0)
    ceded = None if goal.ceded is None else state.share * goal.ceded
    if ceded is not None:
        paid = ceded * state.spending[:traded, None, :]
        d_received = np.matmul(paid, price[:traded]) - paid.sum(axis=2)[:, :, None] * cost[:traded]
        d_away = paid.sum(axis=1)[:, :, None] * price[:traded] - np.matmul(
            paid.transpose(0, 2, 1), cost[:traded]
        )
        lost = lost + (theta * (d_received - d_away)).sum(axis=0)
        if lift is not None:
            lost = lost + lift.moved
    fixed = base.final[:, :, None] * (value_added + deficit)
    taxed = 1.0 - kept
    unit = base.value_added[:, None]

    def sales(spending: Array) -> tuple[Array, Array]:
        output = shifted + state.balance * spending
        output[:traded] = shifted[:traded] + state.balance * np.matmul(sold, spending[:traded])
        revenue = lost + (taxed[:, :, None] * spending[:traded]).sum(axis=0)
        if ceded is not None:
            away = ceded.sum(axis=1)[:, :, None] * spending[:traded]
            revenue = revenue + (np.matmul(ceded, spending[:traded]) - away).sum(axis=0)
        return output, revenue

    def demand(scaled: Array) -> Array:
        output, revenue = sales(scaled * unit)
        need = np.matmul(base.inputs, output.transpose(1, 0, 2)).transpose(1, 0, 2)
        return np.asarray((need + base.final[:, :, None] * revenue + fixed) / unit)

    scaled = fixed_point(demand, fixed / unit, tolerance=tolerance)
    if scaled is None:
        return None
    spending = scaled * unit
    output, revenue = sales(spending)
    paid = np.einsum("jn,jnm->nm", base.labor, output)
    residual = (value_added - paid) / unit
    if not base.multiplicative:
        residual = residual + world
    if base.relieved:
        ratio = (state.revenue / state.value_added)[:, None]
        burden = revenue / state.value_added[:, None] - ratio * (d_wage + labor)
        residual = np.concatenate([residual, d_relief - burden / (1.0 - ratio)])
    if base.multiplicative:
        residual = np.concatenate([residual, world[None]])
    return Tangent(
        price, cost, spending, output, labor, value_added, revenue, deficit, consumer, residual
    )


def slope(base: Baseline, goal: Target, state: State, *, tolerance: float = ROUGH) -> Array:
    """Return the Jacobian of the residuals by x, (unknowns, unknowns); NaN where it fails."""
    size = base.unknowns
    tangent = forward(base, goal, state, np.eye(size), tolerance=tolerance)
    return np.full((size, size), np.nan) if tangent is None else tangent.residual


@dataclass(frozen=True, slots=True)
class Response:
    """How the equilibrium answers to m changes: F_x, −F_x⁻¹F, dx (unknowns, m), and all else."""

    matrix: Array
    correction: Array
    drift: Array
    tangent: Tangent


def respond(
    base: Baseline, goal: Target, state: State, lift: Lift, *, tolerance: float = INNER
) -> Response | None:
    """Differentiate the equilibrium along m changes at once: one pass through the inner problems.

    At a state that is no equilibrium these are the derivatives of its residual's solution to
    first order. None where the inner iterations do not converge.
    """
    size, m = base.unknowns, lift.cost.shape[1]
    padded = Lift(
        **{
            f.name: np.concatenate(
                [np.zeros((*array.shape[:-1], size)), array], axis=-1, dtype=np.float64
            )
            for f in fields(Lift)
            for array in [getattr(lift, f.name)]
        }
    )
    columns = np.hstack([np.eye(size), np.zeros((size, m))])
    both = forward(base, goal, state, columns, padded, tolerance=tolerance)
    if both is None:
        return None
    matrix = both.residual[:, :size]
    solved = np.linalg.solve(matrix, np.column_stack([state.residual, both.residual[:, size:]]))
    drift = np.asarray(-solved[:, 1:])
    whole = {}
    for f in fields(Tangent):
        array = getattr(both, f.name)
        whole[f.name] = array[..., size:] + array[..., :size] @ drift
    return Response(matrix, np.asarray(-solved[:, 0]), drift, Tangent(**whole))


@dataclass(frozen=True, slots=True)
class Gradient:
    """Derivatives of one number: by d ln d̂ and t' of every traded cell, by ln Â, and by x."""

    cost: Array
    tariff: Array
    productivity: Array
    x: Array


def pullback(
    base: Baseline,
    goal: Target,
    state: State,
    *,
    residual: Array,
    income: Array,
    consumer_price: Array,
) -> Gradient:
    """Return the gradient, at given x, of a number with these weights: the adjoint of `forward`.

    The number is Σ residual·F + Σ income·I' + Σ consumer_price·ln P̂.
    """
    traded, n = len(base.theta), len(base.value_added)
    theta = base.theta[:, None, None]
    sold = state.share * goal.keep
    taxed = 1.0 - sold.sum(axis=1)
    ceded = None if goal.ceded is None else state.share * goal.ceded
    on_labor_market = residual[:n] / base.value_added
    total = base.value_added.sum()
    by_added = on_labor_market + income
    by_added = by_added + (residual[-1] if base.multiplicative else residual[:n].sum()) / total
    by_revenue = income.copy()
    by_relief = np.zeros(n)
    if base.relieved:
        by_relief = residual[n : 2 * n]
        ratio = state.revenue / state.value_added
        by_added = by_added + by_relief * ratio / (1.0 - ratio) / state.value_added
        by_revenue = by_revenue - by_relief / (1.0 - ratio) / state.value_added
    by_output = -base.labor * on_labor_market
    inputs_t = base.inputs.transpose(0, 2, 1)

    def through(spending: Array) -> tuple[Array, Array, Array]:
        """Adjoints of output, revenue and free income, given that of spending."""
        free = (base.final * spending).sum(axis=0)
        output = by_output + np.matmul(inputs_t, spending.T[:, :, None])[:, :, 0].T
        return output, by_revenue + free, free

    def spending_of(spending: Array) -> Array:
        output, revenue, _ = through(spending)
        result = state.balance * output
        result[:traded] = (
            state.balance * np.matmul(output[:traded, None, :], sold)[:, 0, :] + taxed * revenue
        )
        if ceded is not None:
            result[:traded] += (ceded * (revenue[:, None] - revenue)).sum(axis=1)
        return np.asarray(result)

    by_spending = _must(
        fixed_point(spending_of, np.zeros_like(base.labor), tolerance=_near(income, residual))
    )
    output, revenue, free = through(by_spending)
    by_added = by_added + free
    by_deficit = income + free
    if base.multiplicative:
        by_added = by_added + by_deficit * base.deficit / base.value_added
    else:
        by_added = by_added + (by_deficit * base.deficit).sum() / total
    by_sold = sold * state.spending[:traded, None, :]
    by_sold = by_sold * (state.balance * output[:traded, :, None] - revenue)
    if ceded is not None:
        by_sold += ceded * state.spending[:traded, None, :] * (revenue[:, None] - revenue)
    by_cost = np.zeros_like(base.labor)
    by_cost[:traded] = -(theta * by_sold).sum(axis=2)
    by_labor = by_added * state.value_added
    consumer = consumer_price - base.kappa * by_labor
    by_price = base.final * consumer
    by_price[:traded] += (theta * by_sold).sum(axis=1)
    scale = base.psi * base.kappa

    def cost_from(price: Array) -> Array:
        cost = by_cost + price
        cost[:traded] = by_cost[:traded] + np.matmul(state.share, price[:traded, :, None])[:, :, 0]
        return np.asarray(cost)

    def price_from(price: Array) -> Array:
        cost = cost_from(price)
        result = by_price + np.matmul(base.inputs, cost.T[:, :, None])[:, :, 0].T
        return np.asarray(result + scale * base.final * cost.sum(axis=0))

    price = _must(
        fixed_point(price_from, by_price, tolerance=INNER * (1.0 + float(np.abs(by_price).max())))
    )
    cost = cost_from(price)
    push = state.share * price[:traded, None, :] - theta * by_sold
    by_wage = (
        by_labor
        + (base.labor * cost).sum(axis=0)
        + base.kappa * by_labor
        - scale * cost.sum(axis=0)
    )
    parts = [by_wage]
    if base.relieved:
        parts.append(by_relief + base.kappa * by_labor - scale * cost.sum(axis=0))
    if base.multiplicative:
        parts.append(np.array([(output * state.output).sum()]))
    return Gradient(
        cost=push,
        tariff=goal.landed * (push - by_sold),
        productivity=-cost.sum(axis=0),
        x=np.concatenate(parts),
    )


def _near(income: Array, residual: Array) -> float:
    return INNER * (float(np.abs(income).max()) + float(np.abs(residual).max()) + 1e-300)


def _must(found: Array | None) -> Array:
    if found is None:
        raise FloatingPointError("the adjoint of the equilibrium did not converge")
    return found


@dataclass(frozen=True, slots=True)
class Linearization:
    """The equilibrium to first order: responses to small changes and gradients, all exact."""

    base: Baseline
    goal: Target
    state: State
    matrix: Array

    def response(self, direction: Direction) -> tuple[Array, Tangent]:
        """Return dx (unknowns,) and the tangent of the new equilibrium along a small change."""
        none = np.zeros((len(self.matrix), 1))
        still = forward(self.base, self.goal, self.state, none, direction)
        if still is None:
            raise FloatingPointError("the linearized equilibrium did not converge")
        dx = np.asarray(-np.linalg.solve(self.matrix, still.residual), dtype=np.float64)
        moved = forward(self.base, self.goal, self.state, dx, direction)
        if moved is None:
            raise FloatingPointError("the linearized equilibrium did not converge")
        return dx[:, 0], moved

    def gradient(self, *, income: Array, consumer_price: Array) -> Gradient:
        """Return the gradient of Σ income·I' + Σ consumer_price·ln P̂, the equilibrium responding.

        For the log welfare of economy k (κ = 0): ``income`` = 1/I'_k at k, ``consumer_price`` =
        −1 at k. `Gradient.x` is what is left at the root: zero but for rounding.
        """
        zero = np.zeros(len(self.matrix))
        seeds = {"income": income, "consumer_price": consumer_price}
        direct = pullback(self.base, self.goal, self.state, residual=zero, **seeds)
        multiplier = np.asarray(-np.linalg.solve(self.matrix.T, direct.x), dtype=np.float64)
        return pullback(self.base, self.goal, self.state, residual=multiplier, **seeds)

    def welfare_gradient(self, economy: int) -> Gradient:
        """Return the gradient of ln(Î/P̂) of one economy (the welfare when κ = 0)."""
        one = np.zeros(len(self.state.income))
        one[economy] = 1.0
        return self.gradient(income=one / self.state.income, consumer_price=-one)


def linearize(base: Baseline, goal: Target, state: State) -> Linearization:
    """Differentiate the equilibrium at a solution `state` of `goal`."""
    return Linearization(base, goal, state, slope(base, goal, state, tolerance=1e-13))


def sector_equations(
    base: Baseline, goal: Target, warm: State | None = None
) -> WarmEquations[Baseline, Target, State]:
    """Return the pair of functions that `newton.follow` wants, warm-started from the last evaluation."""
    return WarmEquations(base, goal, warm, evaluate, slope)
