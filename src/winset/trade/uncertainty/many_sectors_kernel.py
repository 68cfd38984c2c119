r"""Many sectors, solved near an equilibrium that is known: compiled, for `uncertainty.draws`.

Prices p (logarithms), spending s (over value added) and wages u = ln ŵ are iterated together,

    u ← u + δ,   δ = −J_ref⁻¹ F(s, p, u),
    p ← p + A_ref (P(p, u) − p) + p_u δ,
    s ← s + B_ref (S(s, p, u) − s) + s_u δ,

with P, S and F as in `models.many_sectors`; under multiplicative deficits u holds ln μ besides, the
last of m = n + 1. All that is frozen is taken from a reference: J_ref is the
Jacobian by wages with prices and spending responding, p_u and s_u are these responses, so that the
inner problems are never solved by themselves; and A_ref and B_ref invert what an economy buys of
itself, most of what there is (one small matrix for each economy). Anderson's method (1965) on all of
(p, s, u) makes it a Krylov iteration: about as many sweeps as one inner problem takes. What is accepted
is judged by the model itself, which solves the inner problems to the last digit; what it refuses goes to
`models.model.find`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from winset.trade.capabilities import MANY_SECTORS
from winset.trade.compiled import advance
from winset.trade.equilibrium import TOLERANCE, Status, judged
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors.derivatives import forward
from winset.trade.models.model import accepted, find
from winset.trade.numerics import newton
from winset.trade.numerics.kernels import FAST_KERNEL

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.trade.models.model import Model, Outcome, Shift
    from winset.worlds import World


MEMORY = 6
MOST = 200  # sweeps
FINE = 3e-14  # of prices and wages (logarithms) and spending (over value added)
SMOOTH = 1e-8  # tolerance of what is frozen


class Frozen(NamedTuple):
    """What is frozen of a known equilibrium, see the module.

    `inverse` is J⁻¹ (m, m), `own_price` and `own_spending` are the (n, J, J) matrices A and B,
    `responses` p_u and s_u in rows as prices and spending stand, (2nJ, m).
    """

    inverse: Array
    own_price: Array
    own_spending: Array
    responses: Array


class Here(NamedTuple):
    """What is solved: baseline and target as in `models.many_sectors`, by economy and sector.

    `kernel`, `keep` are (T, n, n), `theta` (T,), `labor` and `final` (n, J), `inputs` (n, J, J),
    V, D and `productivity` = ln Â (n,).
    """

    kernel: Array
    keep: Array
    theta: Array
    labor: Array
    inputs: Array
    final: Array
    V: Array
    D: Array
    productivity: Array
    kappa: float
    psi: float
    multiplicative: bool


class Space(NamedTuple):
    """What one sweep fills: `reach`, `kept`, `demand` (T, n), `output` (J,), `F`, `step` (m,), the rest (n,).

    `added` and `income` are V' and I', `consumer` the logarithm of what consumption costs at the prices that
    the sweep began with, `miss` (1,) the largest of |P(p, u) − p|, |S(s, p, u) − s| and |F|.
    """

    reach: Array
    total: Array
    kept: Array
    demand: Array
    added: Array
    output: Array
    consumer: Array
    income: Array
    F: Array
    step: Array
    miss: Array


class Sweeps(NamedTuple):
    """How an iteration ended: the last gap of all, and how many sweeps it took."""

    status: int
    gap: float
    sweeps: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A known equilibrium: x (m,), ln P̂ and spending over value added (n, J), and what is frozen."""

    x: Array
    price: Array
    scaled: Array
    frozen: Frozen


@dataclass(slots=True)
class Nearby:
    """Finds equilibria as `models.model.find` does; the first of each kind is kept as reference.

    `missed` counts those that had to be solved by Newton's method after all.
    """

    references: dict[str, Reference] = field(default_factory=dict)
    missed: int = 0

    def find(
        self,
        model: Model[Any, Any],
        base: Any,
        change: Shift,
        world: World,
        what: str,
        *,
        vanish: bool = False,
        warm: Any = None,
    ) -> Outcome[Any]:
        """Find the equilibrium near the reference, or by Newton's method.

        Raises
        ------
        ConvergenceError
            Newton's method does not find it either.
        """
        if model.name != MANY_SECTORS:
            return find(model, base, change, world, what, vanish=vanish, warm=warm)
        here = replace(base, deficit=np.zeros_like(base.deficit)) if vanish else base
        goal = hat.target(here, change, 1.0)
        known = self.references.get(what)
        plain = covers(base) and change.export_tax is None
        if known is not None and plain:
            root = _near(here, goal, known)
            if root is not None:
                return accepted(model, here, change, root, world, what)
        self.missed += not plain or known is not None
        found = find(model, base, change, world, what, vanish=vanish, warm=warm)
        if known is None and plain:
            self.references[what] = reference(here, goal, found.state)
        return found


def _inverse(matrix: Array) -> Array:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def covers(base: hat.Baseline) -> bool:
    """Tell whether the kernel's equations are those of a baseline: all but the tax that revenue relieves."""
    return not base.relieved


def reference(base: hat.Baseline, goal: hat.Target, state: hat.State) -> Reference:
    """Differentiate the model at a state: what the kernel freezes of it.

    Raises
    ------
    FloatingPointError, numpy.linalg.LinAlgError
        It has no derivative there.
    """
    traded, count = len(base.theta), len(base.labor)
    inside = np.arange(len(base.value_added))
    own = np.ones((count, len(inside)))
    own[:traded] = state.share[:, inside, inside]
    sold, taxed = own.copy(), np.zeros_like(own)
    sold[:traded] *= goal.keep[:, inside, inside]
    taxed[:traded] = 1.0 - (state.share * goal.keep).sum(axis=1)
    by_price = own.T[:, :, None] * base.inputs.transpose(0, 2, 1)
    by_spending = base.inputs * sold.T[:, None, :] + base.final.T[:, :, None] * taxed.T[:, None, :]
    tangent = forward(base, goal, state, np.eye(base.unknowns), tolerance=SMOOTH)
    if tangent is None:
        raise FloatingPointError("the reference could not be differentiated")
    scaled = tangent.spending / base.value_added[:, None]
    return Reference(
        x=state.x,
        price=_by_economy(state.price),
        scaled=_by_economy(state.spending / base.value_added),
        frozen=Frozen(
            inverse=_inverse(tangent.residual),
            own_price=_inverse(np.eye(count) - by_price),
            own_spending=_inverse(np.eye(count) - by_spending),
            responses=np.concatenate(
                [a.transpose(1, 0, 2).reshape(-1, base.unknowns) for a in (tangent.price, scaled)]
            ),
        ),
    )


def _by_economy(array: Array) -> Array:
    return np.ascontiguousarray(array.T)


def here_of(base: hat.Baseline, goal: hat.Target) -> Here:
    """Lay a baseline and a target out for the kernel."""
    return Here(
        np.ascontiguousarray(goal.kernel),
        np.ascontiguousarray(goal.keep),
        np.asarray(base.theta, dtype=np.float64),
        _by_economy(base.labor),
        np.ascontiguousarray(base.inputs),
        _by_economy(base.final),
        base.value_added,
        base.deficit,
        goal.productivity,
        base.kappa,
        base.psi,
        base.multiplicative,
    )


def _near(
    base: hat.Baseline, goal: hat.Target, known: Reference
) -> newton.Root[hat.State | None] | None:
    """Iterate from the reference; None where the model refuses what comes out."""
    price, scaled, x = known.price.copy(), known.scaled.copy(), known.x.copy()
    here = here_of(base, goal)
    swept = iterate(here, known.frozen, price, scaled, x, FINE, room(here, len(x)))
    if swept.status != Status.CONVERGED:
        return None
    state = hat.evaluate(base, goal, x, price.T.copy(), (scaled * base.value_added[:, None]).T)
    if state is None:
        return None
    miss = np.abs(state.residual)
    size, lowest = float(miss.max()), float(state.income.min())
    if judged(size, lowest, TOLERANCE) != Status.CONVERGED:
        return None
    return newton.Root(x, state, size, int(np.argmax(miss)), swept.sweeps, True)


@njit(**FAST_KERNEL)
def _preconditioned(matrix, old, new, gap):  # type: ignore[no-untyped-def]
    """new = old + matrix · (new − old), in place."""
    count = len(gap)
    for j in range(count):
        gap[j] = new[j] - old[j]
    for j in range(count):
        row = matrix[j]
        moved = 0.0
        for k in range(count):
            moved += row[k] * gap[k]
        new[j] = old[j] + moved


@njit(**FAST_KERNEL)
def _sweep(here, frozen, z, out, space):  # type: ignore[no-untyped-def]
    """out = the three updates at z = (p, s, u), which are (n, J), (n, J) and (m,) in a row."""
    kernel, keep, theta, labor, inputs, final, V, D, lnA, kappa, psi, multiplicative = here
    inverse, own_price, own_spending, responses = frozen
    traded, n = len(theta), len(V)
    count = labor.shape[1]
    p, s, u = z[: n * count], z[n * count : 2 * n * count], z[2 * n * count :]
    new_p, new_s = out[: n * count], out[n * count : 2 * n * count]
    new_u = out[2 * n * count :]
    reach, total, kept, demand, added, output, consumer, income, F, step, miss = space
    scale = psi * kappa
    balance = np.exp(u[n]) if multiplicative else 1.0
    # Unit costs, in the place of the new prices.
    for i in range(n):
        mean = 0.0
        for j in range(count):
            mean += final[i, j] * p[i * count + j]
        consumer[i] = mean
        lift = -lnA[i] - scale * (u[i] - mean)
        row = new_p[i * count : (i + 1) * count]
        for j in range(count):
            row[j] = labor[i, j] * u[i] + lift
        for k in range(count):
            price = p[i * count + k]
            shares = inputs[i, k]
            for j in range(count):
                row[j] += price * shares[j]
    for j in range(traded):
        for k in range(n):
            total[k] = 0.0
            kept[j, k] = 0.0
        for i in range(n):
            r = np.exp(-theta[j] * new_p[i * count + j])
            reach[j, i] = r
            cells, keeps = kernel[j, i], keep[j, i]
            for k in range(n):
                cell = r * cells[k]
                total[k] += cell
                kept[j, k] += cell * keeps[k]
        for k in range(n):
            kept[j, k] /= total[k]
            demand[j, k] = s[k * count + j] * V[k] / total[k]
            new_p[k * count + j] = -np.log(total[k]) / theta[j]
    sum_new, sum_old = 0.0, 0.0
    for i in range(n):
        mean = 0.0
        for j in range(count):
            mean += final[i, j] * new_p[i * count + j]
        added[i] = V[i] * np.exp(u[i] + kappa * (u[i] - mean))
        sum_new += added[i]
        sum_old += V[i]
    world = sum_new / sum_old
    for i in range(n):
        revenue, paid = 0.0, 0.0
        fixed = added[i] + D[i] * (added[i] / V[i] if multiplicative else world)
        for j in range(traded):
            revenue += (1.0 - kept[j, i]) * s[i * count + j] * V[i]
        income[i] = fixed + revenue
        for k in range(count):
            new_s[i * count + k] = final[i, k] * income[i]
        for j in range(count):
            if j < traded:
                cells, keeps = kernel[j, i], keep[j, i]
                sales = 0.0
                for k in range(n):
                    sales += cells[k] * keeps[k] * demand[j, k]
                sales *= reach[j, i]
            else:
                sales = s[i * count + j] * V[i]
            sales *= balance
            paid += labor[i, j] * sales
            output[j] = sales
        for k in range(count):
            shares = inputs[i, k]
            need = 0.0
            for j in range(count):
                need += shares[j] * output[j]
            new_s[i * count + k] = (new_s[i * count + k] + need) / V[i]
        F[i] = (added[i] - paid) / V[i]
        if not multiplicative:
            F[i] += world - 1.0
    if multiplicative:
        F[n] = world - 1.0
    largest = 0.0
    for k in range(2 * n * count):
        size = abs(out[k] - z[k])
        if not size <= largest:  # a NaN counts as large
            largest = size
    for i in range(len(F)):
        size = abs(F[i])
        if not size <= largest:
            largest = size
    miss[0] = largest
    for i in range(len(F)):
        moved = 0.0
        for k in range(len(F)):
            moved += inverse[i, k] * F[k]
        step[i] = -moved
        new_u[i] = u[i] - moved
    for i in range(n):
        _preconditioned(own_price[i], p[i * count :], new_p[i * count :], output)
        _preconditioned(own_spending[i], s[i * count :], new_s[i * count :], output)
    for m in range(len(responses)):
        row = responses[m]
        moved = 0.0
        for k in range(len(step)):
            moved += row[k] * step[k]
        out[m] += moved


@njit(**FAST_KERNEL)
def room(here, m):  # type: ignore[no-untyped-def]
    """Make the `Space` of a sweep with m unknowns x."""
    traded, n = len(here.theta), len(here.V)
    return Space(
        np.empty((traded, n)), np.empty(n), np.empty((traded, n)), np.empty((traded, n)), np.empty(n),
        np.empty(here.labor.shape[1]), np.empty(n), np.empty(n), np.empty(m), np.empty(m), np.empty(1),
    )  # fmt: skip


@njit(**FAST_KERNEL)
def iterate(here, frozen, price, scaled, x, fine, space):  # type: ignore[no-untyped-def]
    """Iterate price (n, J), scaled spending (n, J) and x (m,), which change only where it converges.

    It does where no gap is above `fine`, or where one below 1e-11 no longer falls. `space` is left as the
    last sweep filled it.

    Returns
    -------
    Sweeps
    """
    n, count = here.labor.shape
    size = n * count
    m = len(x)
    z, image = np.empty(2 * size + m), np.empty(2 * size + m)
    z[:size] = price.ravel()
    z[size : 2 * size] = scaled.ravel()
    z[2 * size :] = x
    gap, last_gap, last_image = np.empty_like(z), np.empty_like(z), np.empty_like(z)
    gaps, images = np.zeros((MEMORY, len(z))), np.zeros((MEMORY, len(z)))
    gram = np.zeros((MEMORY, MEMORY))
    best, stalled, held, largest = np.inf, 0, 0, np.inf
    for sweep in range(1, MOST + 1):
        _sweep(here, frozen, z, image, space)
        largest = 0.0
        for k in range(len(z)):
            gap[k] = image[k] - z[k]
            moved = abs(gap[k])
            if not moved <= largest:  # a NaN counts as large
                largest = moved
        if not np.isfinite(largest) or largest > 1e3:
            return Sweeps(Status.NOT_FINITE, largest, sweep)
        stalled = 0 if largest < 0.8 * best else stalled + 1
        if largest <= fine or (stalled > 6 and largest < 1e-11):
            price[:] = image[:size].copy().reshape(n, count)
            scaled[:] = image[size : 2 * size].copy().reshape(n, count)
            x[:] = image[2 * size :]
            return Sweeps(Status.CONVERGED, largest, sweep)
        fresh = sweep == 1 or largest > 4.0 * best
        best = min(best, largest)
        held = advance(held, fresh, z, gap, image, last_gap, last_image, gaps, images, gram)
        gap, last_gap = last_gap, gap
        image, last_image = last_image, image
    return Sweeps(Status.NOT_CONVERGED, largest, MOST)
