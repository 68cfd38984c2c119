r"""Any coalitions of any size, many at once, with tariffs, labor supply and every rule on deficits.

`batch_kernel` solves all 2ⁿ in the order of their masks, in the plainest model. Here coalitions are the
rows of a matrix and come in any choice, and the model is all of `models.one_sector` whose unknowns are
u = ln ĉ alone: with A = π and B = π ∘ t/(1 + t), changed by dA and dB between members,

    T = R A,  W = R B,  taxed = W/T,  X' = (Y' + D')/(1 − taxed),  z = X'/T,
    F = (Y' − μ R ∘ (z (A − B)ᵀ)) / Y + ΣY'/ΣY − 1,

R = e^{−θ u} by rows, and every product has its part between members added. Where members charge a penalty
on outsiders, each column of a member has a part of its own besides, dA° and dB° (n, p), of which the part
between members is taken off again. What is left out is the income
tax relieved by tariff revenue under elastic labor, where the relief is another n unknowns.

Chord steps with the inverse Jacobian of one of the rows, made anew after every few; a row that arrives
leaves. `levels` states the equations of `models.one_sector.equations.evaluate` for many rows; a test holds
them to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from winset.trade.equilibrium import TOLERANCE, enjoyed, worth
from winset.trade.models.model import SHRUNK, kept, sought
from winset.trade.models.one_sector.equations import Target, evaluate, jacobian

if TYPE_CHECKING:
    from winset.numbers import Array, Integers, Mask, Places
    from winset.trade.coalitions.problem import Problem
    from winset.trade.models.one_sector.equations import Baseline

FINE = 1e-13  # residual at which a row is left alone; what is accepted is `TOLERANCE`
RENEWED = 7  # chord steps with one inverse
ROUNDS = 5 * RENEWED
LONGEST = 1.0  # of a step in ln ĉ


@dataclass(frozen=True, slots=True)
class Rows:
    """What every row needs; `winset.trade.coalitions.neighbors` asks it as it asks `sector_rows`.

    Attributes
    ----------
    problem : Problem
    base : Baseline
    first, taxed : (n, n) arrays
        A and B; `taxed` is None where there is no tariff before or after.
    sold : (n, n) array
        (A − B)ᵀ.
    changed, more_taxed : (p, p) arrays
        dA and dB between players, less what `outside` has there.
    outside, outside_taxed : (n, p) arrays or None
        dA° and dB°: what a member changes for whoever is outside; None without a penalty.
    productivity : (p,) array
        ln Â.
    income, rest : (n,) arrays
        Before; `rest` is what welfare is a factor on.
    """

    problem: Problem
    base: Baseline
    first: Array
    taxed: Array | None
    sold: Array
    changed: Array
    more_taxed: Array
    outside: Array | None
    outside_taxed: Array | None
    productivity: Array
    income: Array
    rest: Array

    @property
    def players(self) -> int:
        """How many may be members."""
        return len(self.productivity)

    def reference(self, inside: Mask, u: Array) -> Array | None:
        """See `inverse_at`."""
        return inverse_at(self.problem, inside, u)

    def near(self, inside: Mask, start: Array, reference: Array | None) -> Solved:
        """See `solve_near`."""
        return solve_near(self.problem, self, inside, start, reference)

    def labor(self, inside: Mask, u: Array) -> Array:
        """L̂ of every economy, (m, n)."""
        return np.asarray(np.exp(levels(self, _Members(self, inside), u).labor))


class Solved(NamedTuple):
    """Rows solved: u (m, n), values (m,), gains (m, p) and residuals (m,); NaN where none was found."""

    u: Array
    values: Array
    gains: Array
    residual: Array


class Levels(NamedTuple):
    """What follows from u, by rows, (m, n) each; μ (m, 1)."""

    wage: Array
    labor: Array
    price: Array
    output: Array
    income: Array
    residual: Array


def rest_of(problem: Problem) -> Array:
    """Return what welfare is a factor on, (n,)."""
    base, before = problem.base, problem.before
    left = kept(base) if sought(base) is not None else np.ones_like(before.income)
    return np.asarray(enjoyed(before.income, before.value_added, left, base.kappa))


def rows_of(problem: Problem) -> Rows:
    """Lay out what every row needs; the problem must be `covered`."""
    base, p = cast("Baseline", problem.base), len(problem.players)
    wedge = base.tariff / (1.0 + base.tariff)
    old = base.share[:p, :p]
    factor = problem.cost * (1.0 + problem.tariff) / (1.0 + base.tariff[:p, :p])
    new = old * factor**-base.theta
    taxed = base.share * wedge
    some = bool(base.tariff.any() or problem.tariff.any() or problem.penalty is not None)
    changed = new - old
    more_taxed = new * problem.tariff / (1.0 + problem.tariff) - old * wedge[:p, :p]
    outside = outside_taxed = None
    if problem.penalty is not None:
        levied = problem.penalty
        shut = base.share[:, :p] * ((1.0 + levied) / (1.0 + base.tariff[:, :p])) ** -base.theta
        outside = shut - base.share[:, :p]
        outside_taxed = shut * levied / (1.0 + levied) - taxed[:, :p]
        changed, more_taxed = changed - outside[:p], more_taxed - outside_taxed[:p]
    return Rows(
        problem=problem,
        base=base,
        first=np.ascontiguousarray(base.share),
        taxed=np.ascontiguousarray(taxed) if some else None,
        sold=np.ascontiguousarray((base.share - taxed).T),
        changed=changed,
        more_taxed=more_taxed,
        outside=outside,
        outside_taxed=outside_taxed,
        productivity=np.log(problem.productivity),
        income=problem.before.income,
        rest=rest_of(problem),
    )


class _Members:
    """Who is inside each row, and products with what changes between members only."""

    def __init__(self, rows: Rows, inside: Mask) -> None:
        self.rows, self.inside = rows, inside
        count = inside.sum(axis=1)
        size = int(count[0]) if len(count) else 0
        self.places: Integers | None = None
        if len(count) and np.all(count == size) and size * size <= rows.players:
            self.places = np.nonzero(inside)[1].reshape(len(inside), size)

    def take(self, keep: Places | Mask) -> _Members:
        """Return some of the rows."""
        return _Members(self.rows, self.inside[keep])

    def product(self, left: Array, delta: Array, out: Array) -> None:
        """out += M ∘ ((M ∘ left) delta)."""
        p = self.rows.players
        if self.places is None:
            out[:, :p] += self.inside * ((self.inside * left[:, :p]) @ delta)
            return
        at = self.places
        pairs = delta[at[:, :, None], at[:, None, :]]
        here = np.arange(len(at))[:, None]
        out[here, at] += (left[here, at][:, None, :] @ pairs)[:, 0, :]


def levels(rows: Rows, who: _Members, u: Array) -> Levels:
    """Evaluate the model at u, (m, n)."""
    base = rows.base
    theta, kappa, psi = base.theta, base.kappa, base.psi
    own = base.beta - psi * kappa
    reach = np.exp(-theta * u)
    total = reach @ rows.first
    who.product(reach, rows.changed, total)
    if rows.outside is not None:
        total[:, : rows.players] += who.inside * (reach @ rows.outside)
    log_price = np.log(total) / -theta
    log_wage = u - (1.0 - own) * log_price
    log_wage[:, : rows.players] += who.inside * rows.productivity
    log_wage /= own
    log_labor = kappa * (log_wage - log_price)
    factor = np.exp(log_wage + log_labor)
    output = base.output * factor
    world = (output.sum(axis=1) / base.output.sum())[:, None]
    net = output + base.deficit * (factor if base.multiplicative else world)
    if rows.taxed is None:
        spending = net
    else:
        taxed = reach @ rows.taxed
        who.product(reach, rows.more_taxed, taxed)
        if rows.outside_taxed is not None:
            taxed[:, : rows.players] += who.inside * (reach @ rows.outside_taxed)
        spending = net / (1.0 - taxed / total)
    z = spending / total
    sales = z @ rows.sold
    between = rows.changed.T if rows.taxed is None else (rows.changed - rows.more_taxed).T
    who.product(z, between, sales)
    if rows.outside is not None and rows.outside_taxed is not None:
        sales += (who.inside * z[:, : rows.players]) @ (rows.outside - rows.outside_taxed).T
    sales *= reach
    if base.multiplicative:
        sales *= (output.sum(axis=1) / net.sum(axis=1))[:, None]
    residual = (output - sales) / base.output + (world - 1.0)
    return Levels(
        log_wage, log_labor, log_price, output, spending - (1.0 - base.beta) * output, residual
    )


def inverse_at(problem: Problem, inside: Mask, u: Array) -> Array | None:
    """Return the transposed inverse Jacobian of one row at its u; None where it has none."""
    base, p = cast("Baseline", problem.base), len(problem.players)
    pairs = np.outer(inside, inside)
    kernel, wedge = base.share.copy(), base.tariff / (1.0 + base.tariff)
    if (levied := problem.penalty) is not None:
        factor = ((1.0 + levied) / (1.0 + base.tariff[:, :p])) ** -base.theta
        foreign = inside[None, :] & ~np.eye(len(u), p, dtype=np.bool_)
        foreign[:p] &= ~inside[:, None]
        kernel[:, :p] *= np.where(foreign, factor, 1.0)
        wedge[:, :p] = np.where(foreign, levied / (1.0 + levied), wedge[:, :p])
    factor = problem.cost * (1.0 + problem.tariff) / (1.0 + base.tariff[:p, :p])
    kernel[:p, :p] *= np.where(pairs, factor**-base.theta, 1.0)
    wedge[:p, :p] = np.where(pairs, problem.tariff / (1.0 + problem.tariff), wedge[:p, :p])
    productivity = np.zeros(len(u))
    productivity[:p] = np.where(inside, np.log(problem.productivity), 0.0)
    goal = Target(kernel, wedge, productivity)
    slope = jacobian(base, goal, evaluate(base, goal, u), len(u))
    if not np.all(np.isfinite(slope)):
        return None
    try:
        return np.ascontiguousarray(np.linalg.inv(slope).T)
    except np.linalg.LinAlgError:
        return None


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def solve_near(
    problem: Problem, rows: Rows, inside: Mask, start: Array, inverse: Array | None
) -> Solved:
    """Solve the coalitions of `inside` (m, p) from `start` (m, n), beginning with an inverse at hand.

    A row is NaN where no equilibrium was found, or one that `find` would look at again: the ordinary
    solver then has the word.
    """
    m = len(start)
    found = Solved(start.copy(), *(np.full(shape, np.nan) for shape in (m, (m, rows.players), m)))
    at, u, who = np.arange(m), start.copy(), _Members(rows, inside)
    last = np.full(m, np.inf)
    for step in range(ROUNDS + 1):
        now = levels(rows, who, u)
        size = np.abs(now.residual).max(axis=1)
        stays = np.isfinite(size) & (size > FINE) & (step < ROUNDS)
        # Rounding keeps some above FINE: those that no longer come nearer are as near as can be.
        stays &= ~((size <= 0.1 * TOLERANCE) & (size > 0.5 * last[at]))
        _keep(rows, found, at, u, now, size, ~stays)
        if not stays.any():
            break
        last[at] = size
        if inverse is None or (step and step % RENEWED == 0):
            live = np.flatnonzero(stays)
            middle = live[len(live) // 2]
            inverse = inverse_at(problem, who.inside[middle], u[middle])
        if inverse is None:
            break
        if not stays.all():
            at, u, who = at[stays], u[stays], who.take(stays)
        move = now.residual[stays] @ inverse
        longest = np.abs(move).max(axis=1, keepdims=True)
        u = u - move * np.minimum(1.0, LONGEST / longest)
    found.values[:] = (found.gains * inside).sum(axis=1)
    return found


def _keep(
    rows: Rows, found: Solved, at: Places, u: Array, now: Levels, size: Array, ready: Mask
) -> None:
    """Lay down the rows that are ready, where they are equilibria."""
    sound = ready & (size <= TOLERANCE)
    sound &= (now.income.min(axis=1) > 0) & (now.wage.min(axis=1) > np.log(SHRUNK))
    where, p = at[sound], rows.players
    if not len(where):
        return
    wage, labor, price = now.wage[sound, :p], now.labor[sound, :p], now.price[sound, :p]
    gains = worth(
        rows.income[:p],
        now.income[sound, :p],
        rows.rest[:p],
        np.exp(wage + labor),
        np.exp(price),
    )[1]
    fine = np.isfinite(gains).all(axis=1)
    where = where[fine]
    found.u[where], found.gains[where] = u[sound][fine], gains[fine]
    found.residual[where] = size[sound][fine]
