r"""One sector, solved near an equilibrium that is known: compiled, for `uncertainty.draws`.

The equations are those of `models.one_sector`. A draw of parameters and flows
has shares π of its own, so nothing but the inverse Jacobian is shared: that of a reference with nearly
the same elasticity and the flows as they are in the data. Chord steps

    x ← x − J_ref⁻¹ F(x),    x = u, or (u, v) where tariff revenue relieves the income tax,

leave the shares in the cache of one core and cost three products of an n × n matrix with a vector. The
error shrinks at each step by about ‖I − J_ref⁻¹ J‖, and faster by Anderson's method; a wrong Jacobian
costs steps, never digits: what is accepted is judged by F alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from winset.trade.compiled import advance, enjoyed, judged, worth
from winset.trade.equilibrium import TOLERANCE, Report, Status
from winset.trade.numerics.kernels import FAST

if TYPE_CHECKING:
    from winset.numbers import Array


#: Rows of the output of `solve_draw`, (len(ROWS), n).
ROWS = (
    "welfare",
    "equivalent_variation",
    "wage",
    "price",
    "employment",
    "exports",
    "new_exports",
    "imports",
    "new_imports",
    "new_revenue",
    "spending",
)
MOST = 60  # chord steps
MEMORY = 4  # differences that Anderson's method keeps
FINE = 2e-13  # residual at which the steps stop; what is accepted is `judged`
STALLED = 4  # steps without gain after which rounding is all that is left


class Common(NamedTuple):
    """What all draws of a study share.

    Attributes
    ----------
    gdp, prod : (n,) arrays
        GDP and ln Â.
    known, floor : bool, float
        Whether domestic sales are in the data, and their least share of output where not.
    tariff, new_tariff, push : (n, n) arrays
        t, t' and ln (d̂ t̂).
    taxed : bool
        Whether any tariff differs from zero, before or after.
    relieved : bool
        Whether x holds the relief of the income tax as well: m = 2n unknowns, otherwise m = n.
    balanced : bool
        Whether deficits are removed before the change.
    """

    gdp: Array
    prod: Array
    known: bool
    floor: float
    tariff: Array
    new_tariff: Array
    push: Array
    taxed: bool
    kappa: float
    psi: float
    multiplicative: bool
    relieved: bool
    balanced: bool


class Reference(NamedTuple):
    """A known equilibrium without deficits (unused but for `balanced`), then that of its scenario.

    `starts` (2, m) are the unknowns, `inverses` (2, m, m) the inverse Jacobians.
    """

    starts: Array
    inverses: Array


class Market(NamedTuple):
    """What the equations need, as in `models.one_sector`: `sent` = π (d̂ t̂)^{−θ}, `sold` = sent/(1 + t').

    `relief` is ln (1 − R/V) before.
    """

    sent: Array
    sold: Array
    prod: Array
    Y: Array
    D: Array
    relief: Array
    theta: float
    beta: float


class Space(NamedTuple):
    """What one evaluation fills, (n,) each but F (m,)."""

    reach: Array
    total: Array
    kept: Array
    log_price: Array
    log_wage: Array
    log_labor: Array
    output: Array
    spending: Array
    F: Array


@njit(cache=True, nogil=True, fastmath=FAST)
def _times(vector, matrix, out):  # type: ignore[no-untyped-def]
    """out = vector · matrix."""
    out[:] = 0.0
    for i in range(len(vector)):
        v = vector[i]
        row = matrix[i]
        for k in range(len(out)):
            out[k] += v * row[k]


@njit(cache=True, nogil=True, fastmath=FAST)
def _residual(x, market, common, space):  # type: ignore[no-untyped-def]
    """Evaluate the model at x; returns the largest residual, `space` holds the rest."""
    reach, total, kept, log_price, log_wage, log_labor, output, spending, F = space
    sent, sold, prod, Y, D, relief, theta, beta = market
    kappa, psi = common.kappa, common.psi
    taxed, multiplicative = common.taxed, common.multiplicative
    n = len(Y)
    relieved = len(x) > n
    for i in range(n):
        reach[i] = np.exp(-theta * x[i])
    _times(reach, sent, total)
    if taxed:
        _times(reach, sold, kept)
    own = beta - psi * kappa
    sum_new, sum_old = 0.0, 0.0
    for i in range(n):
        log_price[i] = -np.log(total[i]) / theta
        v = x[n + i] if relieved else 0.0
        log_wage[i] = (x[i] + prod[i] - (1.0 - own) * log_price[i] + psi * kappa * v) / own
        log_labor[i] = kappa * (v + log_wage[i] - log_price[i])
        output[i] = Y[i] * np.exp(log_wage[i] + log_labor[i])
        sum_new += output[i]
        sum_old += Y[i]
    world = sum_new / sum_old
    sum_net = 0.0
    for i in range(n):
        keep = kept[i] / total[i] if taxed else 1.0
        growth = output[i] / Y[i] if multiplicative else world
        net = output[i] + D[i] * growth
        sum_net += net
        spending[i] = net / keep
        F[i] = spending[i] / total[i]
        if relieved:
            left = 1.0 - (spending[i] - net) / (beta * output[i])
            F[n + i] = x[n + i] + np.log(left) - relief[i] if left > 0.0 else np.nan
    balance = sum_new / sum_net if multiplicative else 1.0
    largest = 0.0
    for i in range(n):
        row = sold[i]
        sales = 0.0
        for k in range(n):
            sales += row[k] * F[k]
        kept[i] = sales * reach[i]  # sales net of tariff
    for i in range(n):
        F[i] = (output[i] - balance * kept[i]) / Y[i] + world - 1.0
    for i in range(len(x)):
        size = abs(F[i])
        if not size <= largest:  # a NaN counts as large
            largest = size
    return largest


@njit(cache=True, nogil=True, fastmath=FAST)
def _chords(x, inverse, market, common, space):  # type: ignore[no-untyped-def]
    """Chord steps from x, in place; returns the residual they end with."""
    n = len(x)
    F = space.F
    best, stalled, held = np.inf, 0, 0
    polished = False
    kept, image, gap = np.empty(n), np.empty(n), np.empty(n)
    last_gap, last_image = np.empty(n), np.empty(n)
    gaps, images = np.zeros((MEMORY, n)), np.zeros((MEMORY, n))
    gram = np.zeros((MEMORY, MEMORY))
    for number in range(MOST):
        size = _residual(x, market, common, space)
        fresh = number == 0 or size > 2.0 * best
        if not np.isfinite(size):
            return np.inf
        stalled = 0 if size < 0.8 * best else stalled + 1
        if size < best:
            best = size
            kept[:] = x
        if polished or stalled > STALLED:
            break
        polished = best <= FINE  # one step more, so that a gain of a few dollars is exact too
        for i in range(n):
            row = inverse[i]
            step = 0.0
            for k in range(n):
                step += row[k] * F[k]
            gap[i] = -step
            image[i] = x[i] - step
        held = advance(held, fresh, x, gap, image, last_gap, last_image, gaps, images, gram)
        gap, last_gap = last_gap, gap
        image, last_image = last_image, image
    x[:] = kept
    return _residual(x, market, common, space)


@njit(cache=True, nogil=True, fastmath=FAST)
def _close(flows, gdp, known, floor, beta, tariff, Y, D, spending, share):  # type: ignore[no-untyped-def]
    """Close the accounts as `World.accounts` does; false where they cannot be."""
    n = len(gdp)
    if not known:
        for i in range(n):
            flows[i, i] = 0.0
            exports = flows[i].sum()
            Y[i] = max(gdp[i] / beta, exports / (1.0 - floor))
            flows[i, i] = Y[i] - exports
    D[:] = 0.0
    spending[:] = 0.0
    for i in range(n):
        row, rates, paid, sum_out = flows[i], tariff[i], share[i], 0.0
        for k in range(n):
            sum_out += row[k]
            D[k] += row[k]
            paid[k] = row[k] * (1.0 + rates[k])
            spending[k] += paid[k]
        Y[i] = sum_out
    for i in range(n):
        revenue = spending[i] - D[i]
        D[i] -= Y[i]
        if not (Y[i] > 0.0 and spending[i] > 0.0 and beta * Y[i] + revenue + D[i] > 0.0):
            return False
    for i in range(n):
        paid = share[i]
        for k in range(n):
            paid[k] /= spending[k]
    return True


@njit(cache=True, nogil=True, fastmath=FAST)
def _send(share, push, theta, tariff, taxed, sent, sold):  # type: ignore[no-untyped-def]
    """sent = π (d̂ t̂)^{−θ} and sold = sent/(1 + t')."""
    n = len(share)
    for i in range(n):
        for k in range(n):
            cell = share[i, k]
            if push[i, k] != 0.0:
                cell *= np.exp(-theta * push[i, k])
            sent[i, k] = cell
            if taxed:
                sold[i, k] = cell / (1.0 + tariff[i, k])


@njit(cache=True, nogil=True, fastmath=FAST)
def _abroad(share, spending, tariff, taxed, exports, imports):  # type: ignore[no-untyped-def]
    """Exports and imports at customs value, without sales at home."""
    n = len(share)
    imports[:] = 0.0
    for i in range(n):
        shares, rates, sum_out = share[i], tariff[i], 0.0
        for begin, end in ((0, i), (i + 1, n)):
            if taxed:
                for k in range(begin, end):
                    flow = shares[k] * spending[k] / (1.0 + rates[k])
                    sum_out += flow
                    imports[k] += flow
            else:
                for k in range(begin, end):
                    flow = shares[k] * spending[k]
                    sum_out += flow
                    imports[k] += flow
        exports[i] = sum_out


@njit(cache=True, nogil=True, fastmath=FAST)
def _trade(sent, sold, reach, spent, taxed, exports, imports, revenue):  # type: ignore[no-untyped-def]
    """Exports, imports and tariff revenue after; `spent` is X'/T."""
    n = len(reach)
    imports[:] = 0.0
    revenue[:] = 0.0
    for i in range(n):
        r, cells, sum_out = reach[i], sold[i], 0.0
        for begin, end in ((0, i), (i + 1, n)):
            for k in range(begin, end):
                flow = cells[k] * r * spent[k]
                sum_out += flow
                imports[k] += flow
        exports[i] = sum_out
        if taxed:
            for k in range(n):
                revenue[k] += (sent[i, k] - sold[i, k]) * r * spent[k]


@njit(cache=True, nogil=True, fastmath=FAST)
def _relief(spending, Y, D, beta, relief):  # type: ignore[no-untyped-def]
    """ln (1 − R/V), what the tariff revenue leaves to be taxed; R = spending − Y − D."""
    for i in range(len(Y)):
        relief[i] = np.log(1.0 - (spending[i] - Y[i] - D[i]) / (beta * Y[i]))


@njit(cache=True, nogil=True, fastmath=FAST)
def _lowest(spending, output, beta):  # type: ignore[no-untyped-def]
    """The lowest income of all economies, NaN where one is no number."""
    lowest = np.inf
    for i in range(len(output)):
        income = spending[i] - (1.0 - beta) * output[i]
        if np.isnan(income):
            return income
        lowest = min(lowest, income)
    return lowest


@njit(cache=True, nogil=True, fastmath=FAST)
def solve_draw(flows, theta, beta, common, reference, work, out):  # type: ignore[no-untyped-def]
    """Solve one draw; where the report's status is not CONVERGED the ordinary solver must try.

    Parameters
    ----------
    flows : (n, n) array, overwritten
        As drawn; the diagonal counts where domestic sales are known.
    theta, beta : float
    common : Common
    reference : Reference
    work : (3, n, n) array, overwritten
    out : (len(ROWS), n) array, filled
        NaN where the draw was not solved.

    Returns
    -------
    Report
        `economy` is where income or welfare is missing.
    """
    out[:] = np.nan
    taxed, kappa = common.taxed, common.kappa
    n, m = len(common.gdp), reference.starts.shape[1]
    Y, D, spending, spent = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    none, relief, x = np.zeros(n), np.zeros(n), np.empty(m)
    share, sent = work[0], work[1]
    sold = work[2] if taxed else sent
    space = Space(
        np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n),
        np.empty(n), np.empty(n), np.empty(n), np.empty(m),
    )  # fmt: skip
    reach, total, output, new_spending = space.reach, space.total, space.output, space.spending
    if not _close(
        flows, common.gdp, common.known, common.floor, beta, common.tariff, Y, D, spending, share
    ):
        return Report(Status.NO_ACCOUNTS, np.inf, 0, -1, -1)
    if common.relieved:
        _relief(spending, Y, D, beta, relief)
    worst = 0.0
    if common.balanced:
        D[:] = 0.0
        x[:] = reference.starts[0]
        _send(share, np.zeros((n, n)), theta, common.tariff, taxed, sent, sold)
        market = Market(sent, sold, none, Y, D, relief, theta, beta)
        worst = _chords(x, reference.inverses[0], market, common, space)
        status = judged(worst, _lowest(new_spending, output, beta), TOLERANCE)
        if status != Status.CONVERGED:
            return Report(status, worst, 0, -1, -1)
        Y[:] = output
        spending[:] = new_spending
        if common.relieved:
            _relief(spending, Y, D, beta, relief)
        for i in range(n):
            for k in range(n):
                share[i, k] = sent[i, k] * reach[i] / total[k]
    _send(share, common.push, theta, common.new_tariff, taxed, sent, sold)
    x[:] = reference.starts[1]
    market = Market(sent, sold, common.prod, Y, D, relief, theta, beta)
    worst = max(worst, _chords(x, reference.inverses[1], market, common, space))
    status = judged(worst, _lowest(new_spending, output, beta), TOLERANCE)
    if status != Status.CONVERGED:
        return Report(status, worst, 0, -1, -1)
    for i in range(n):
        before = spending[i] - (1.0 - beta) * Y[i]
        after = new_spending[i] - (1.0 - beta) * output[i]
        rest = enjoyed(before, beta * Y[i], np.exp(x[n + i]) if common.relieved else 1.0, kappa)
        if not rest > 0.0:
            out[:] = np.nan
            return Report(Status.NO_WELFARE, worst, 0, -1, i)
        earned = np.exp(space.log_wage[i] + space.log_labor[i])
        price = np.exp(space.log_price[i])
        out[0, i], out[1, i] = worth(before, after, rest, earned, price)
        out[2, i] = np.exp(space.log_wage[i])
        out[3, i] = price
        out[4, i] = np.exp(space.log_labor[i])
        out[10, i] = spending[i]
        spent[i] = new_spending[i] / total[i]
    _abroad(share, spending, common.tariff, taxed, out[5], out[7])
    _trade(sent, sold, reach, spent, taxed, out[6], out[8], out[9])
    return Report(status, worst, 0, -1, -1)
