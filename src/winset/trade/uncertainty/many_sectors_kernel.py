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
    `responses` p_u and s_u as prices and spending stand, (m, 2nJ).
    """

    inverse: Array
    own_price: Array
    own_spending: Array
    responses: Array


class Here(NamedTuple):
    """What is solved: baseline and target as in `models.many_sectors`, by economy and sector.

    `kernel` (T, n, n) has importers in its rows; `sold` (T, n, n), the kernel times `keep`, has exporters as
    elsewhere. `theta` is (T,), `labor` and `final` (n, J), `inputs` (n, J, J), V, D and `productivity`
    = ln Â (n,).
    """

    kernel: Array
    sold: Array
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
    """What one sweep fills.

    `reach`, `kept`, `demand` and `sales` are (T, n), `output` and `need` (J,), `F` and `step` (m,), `gap`
    (2nJ,), `top` (1,), the rest (n,). `added` and `income` are V' and I', `consumer` the logarithm of what
    consumption costs at the prices that the sweep began with, `gap` P(p, u) − p and S(s, p, u) − s.
    """

    reach: Array
    total: Array
    kept: Array
    demand: Array
    sales: Array
    added: Array
    output: Array
    need: Array
    consumer: Array
    income: Array
    F: Array
    step: Array
    gap: Array
    top: Array


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
                [a.transpose(2, 1, 0).reshape(base.unknowns, -1) for a in (tangent.price, scaled)],
                axis=1,
            ),
        ),
    )


def _by_economy(array: Array) -> Array:
    return np.ascontiguousarray(array.T)


def here_of(base: hat.Baseline, goal: hat.Target) -> Here:
    """Lay a baseline and a target out for the kernel."""
    return Here(
        np.ascontiguousarray(goal.kernel.transpose(0, 2, 1)),
        np.ascontiguousarray(goal.kernel * goal.keep),
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
    swept = iterate(here, known.frozen, price, scaled, x, FINE)
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
def _times(rows, x, out):  # type: ignore[no-untyped-def]
    """out = rows · x, four rows at a time."""
    count = len(rows)
    for j in range(0, count - 3, 4):
        row, second, third, fourth = rows[j], rows[j + 1], rows[j + 2], rows[j + 3]
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for k in range(len(x)):
            a += row[k] * x[k]
            b += second[k] * x[k]
            c += third[k] * x[k]
            d += fourth[k] * x[k]
        out[j], out[j + 1], out[j + 2], out[j + 3] = a, b, c, d
    for j in range(count - count % 4, count):
        row = rows[j]
        a = 0.0
        for k in range(len(x)):
            a += row[k] * x[k]
        out[j] = a


@njit(**FAST_KERNEL)
def _gather(x, rows, out):  # type: ignore[no-untyped-def]
    """out += x · rows, four rows at a time."""
    count = len(x)
    for k in range(0, count - 3, 4):
        row, second, third, fourth = rows[k], rows[k + 1], rows[k + 2], rows[k + 3]
        a, b, c, d = x[k], x[k + 1], x[k + 2], x[k + 3]
        for j in range(len(out)):
            out[j] += (a * row[j] + b * second[j]) + (c * third[j] + d * fourth[j])
    for k in range(count - count % 4, count):
        row, a = rows[k], x[k]
        for j in range(len(out)):
            out[j] += a * row[j]


@njit(**FAST_KERNEL)
def _largest(gap, top):  # type: ignore[no-untyped-def]
    """Return the largest |gap|; NaN counts as larger than all. `top` (1,) is overwritten.

    Without their sign numbers are ordered as the integers of their bits, which are compared many at once.
    """
    bits, most = gap.view(np.int64), np.int64(0)
    for k in range(len(bits)):
        most = max(most, bits[k] & np.int64(0x7FFFFFFFFFFFFFFF))
    top.view(np.int64)[0] = most
    return top[0]


@njit(**FAST_KERNEL)
def missed(space):  # type: ignore[no-untyped-def]
    """Return the largest of |P(p, u) − p|, |S(s, p, u) − s| and |F| where the last sweep began."""
    return max(_largest(space.gap, space.top), _largest(space.F, space.top))


@njit(**FAST_KERNEL)
def _sweep(here, frozen, z, out, space):  # type: ignore[no-untyped-def]
    """out = the three updates at z = (p, s, u), which are (n, J), (n, J) and (m,) in a row."""
    kernel, sold, theta, labor, inputs, final, V, D, lnA, kappa, psi, multiplicative = here
    inverse, own_price, own_spending, responses = frozen
    reach, total, kept, demand, sales, added, output, need, consumer, income, F, step, gap, _ = (
        space
    )
    traded = len(theta)
    n, count = labor.shape
    size = n * count
    p, s, u = z[:size].reshape(n, count), z[size : 2 * size].reshape(n, count), z[2 * size :]
    new_p, new_s = out[:size].reshape(n, count), out[size : 2 * size].reshape(n, count)
    new_u = out[2 * size :]
    price_gap, spending_gap = gap[:size].reshape(n, count), gap[size:].reshape(n, count)
    scale = psi * kappa
    balance = np.exp(u[n]) if multiplicative else 1.0
    # Unit costs, in the place of the new prices.
    for i in range(n):
        mean = 0.0
        for j in range(count):
            mean += final[i, j] * p[i, j]
        consumer[i] = mean
        lift = -lnA[i] - scale * (u[i] - mean)
        for j in range(count):
            new_p[i, j] = labor[i, j] * u[i] + lift
        _gather(p[i], inputs[i], new_p[i])
    for j in range(traded):
        for i in range(n):
            reach[j, i] = np.exp(-theta[j] * new_p[i, j])
        _times(kernel[j], reach[j], total)
        kept[j] = 0.0
        _gather(reach[j], sold[j], kept[j])
        for k in range(n):
            kept[j, k] /= total[k]
            demand[j, k] = s[k, j] * V[k] / total[k]
            new_p[k, j] = -np.log(total[k]) / theta[j]
        _times(sold[j], demand[j], sales[j])
    sum_new, sum_old = 0.0, 0.0
    for i in range(n):
        mean = 0.0
        for j in range(count):
            mean += final[i, j] * new_p[i, j]
        added[i] = V[i] * np.exp(u[i] + kappa * (u[i] - mean))
        sum_new += added[i]
        sum_old += V[i]
    world = sum_new / sum_old
    for i in range(n):
        revenue, paid = 0.0, 0.0
        for j in range(traded):
            revenue += (1.0 - kept[j, i]) * s[i, j] * V[i]
        fixed = added[i] + D[i] * (added[i] / V[i] if multiplicative else world)
        income[i] = fixed + revenue
        for j in range(count):
            made = sales[j, i] * reach[j, i] if j < traded else s[i, j] * V[i]
            output[j] = balance * made
            paid += labor[i, j] * output[j]
        _times(inputs[i], output, need)
        for k in range(count):
            new_s[i, k] = (final[i, k] * income[i] + need[k]) / V[i]
        F[i] = (added[i] - paid) / V[i]
        if not multiplicative:
            F[i] += world - 1.0
    if multiplicative:
        F[n] = world - 1.0
    _times(inverse, F, step)
    for k in range(len(step)):
        step[k] = -step[k]
        new_u[k] = u[k] + step[k]
    for k in range(2 * size):
        gap[k] = out[k] - z[k]
    for i in range(n):
        _times(own_price[i], price_gap[i], new_p[i])
        _times(own_spending[i], spending_gap[i], new_s[i])
    for k in range(2 * size):
        out[k] += z[k]
    _gather(step, responses, out[: 2 * size])


@njit(**FAST_KERNEL)
def room(here, m):  # type: ignore[no-untyped-def]
    """Make the `Space` of a sweep with m unknowns x."""
    traded = len(here.theta)
    n, count = here.labor.shape
    return Space(
        np.empty((traded, n)), np.empty(n), np.empty((traded, n)), np.empty((traded, n)),
        np.empty((traded, n)), np.empty(n), np.empty(count), np.empty(count), np.empty(n), np.empty(n),
        np.empty(m), np.empty(m), np.empty(2 * n * count), np.empty(1),
    )  # fmt: skip


@njit(**FAST_KERNEL)
def iterate(here, frozen, price, scaled, x, fine):  # type: ignore[no-untyped-def]
    """Do what `iterate_in` does, in a room of its own."""
    return iterate_in(here, frozen, price, scaled, x, fine, room(here, len(x)))


@njit(**FAST_KERNEL)
def iterate_in(here, frozen, price, scaled, x, fine, space):  # type: ignore[no-untyped-def]
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
        for k in range(len(z)):
            gap[k] = image[k] - z[k]
        largest = _largest(gap, space.top)
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
