"""Exact CES partial equilibrium in hat algebra: what GSIM is the first order of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError
from winset.trade.models.partial.markets import LineOutcome, revenue_change

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.trade.models.partial.markets import Markets

TOLERANCE = 1e-11
MOST_STEPS = 60


def exact(markets: Markets) -> LineOutcome:
    """Return the answer to a change of tariffs of any size.

    With τ̂ = (1 + t′)/(1 + t), p̂ and P̂ as ratios after to before:

        P̂_v = [Σ_i θ_iv (p̂_i τ̂_iv)^(1−σ_v)]^(1/(1−σ_v)),    q̂_iv = (p̂_i τ̂_iv)^(−σ_v) P̂_v^(σ_v + E_m),
        Σ_v φ_iv q̂_iv = p̂_i^(E_x).

    Newton in ln P̂ and ln p̂, each step the linear system of GSIM at the shares reached. Surpluses are the
    areas beside the curves: ΔPS = X (p̂^(1+E_x) − 1)/(1 + E_x), ΔCS = V (1 − P̂^(1+E_m))/(1 + E_m), with the
    logarithm at E_m = −1. Created is M (P̂^E_m − 1), diverted the rest.

    Raises
    ------
    ConvergenceError
        A line that does not reach a residual of 1e-11, named by its position.
    """
    theta, phi = markets.import_shares(), markets.export_shares()
    p, composite = _solve(markets, theta, phi)
    tau = np.log(markets.after / markets.before)
    faced = p[:, :, None] + tau
    swap = markets.substitution[:, None, :]
    wanted = np.exp(markets.demand * composite)[:, None, :]
    quantity = np.exp(swap * (composite[:, None, :] - faced)) * wanted
    trade = markets.value * quantity * np.exp(p)[:, :, None]
    given = np.isinf(markets.supply)
    elastic = np.where(given, 0.0, markets.supply)
    produced = np.where(given, 0.0, np.expm1((1.0 + elastic) * p) / (1.0 + elastic))
    created = markets.value * (wanted - 1.0)
    return LineOutcome(
        world_price=np.expm1(p),
        composite_price=np.expm1(composite),
        trade=trade,
        created=created,
        diverted=markets.value * (quantity - 1.0) - created,
        producer_surplus=markets.sold * produced,
        consumer_surplus=-markets.bought * _area(composite, 1.0 + markets.demand),
        tariff_revenue=revenue_change(markets, trade),
    )


def _area(log_price: Array, power: Array) -> Array:
    """Return (P̂^k − 1)/k, and ln P̂ at k = 0."""
    near = np.abs(power) < 1e-12
    safe = np.where(near, 1.0, power)
    return np.where(near, log_price, np.expm1(safe * log_price) / safe)


def _index(theta: Array, faced: Array, substitution: Array) -> tuple[Array, Array]:
    """Return ln P̂ (L, V) and the shares that origins have at these prices (L, N, V)."""
    power = 1.0 - substitution[:, None, :]
    log = power * faced
    bought = theta > 0
    most = np.max(np.where(bought, log, -np.inf), axis=1, keepdims=True, initial=-1e300)
    most = np.where(most > -1e299, most, 0.0)
    weight = np.where(bought, theta * np.exp(np.where(bought, log - most, 0.0)), 0.0)
    whole = weight.sum(axis=1, keepdims=True)
    some = whole > 0
    shares = np.divide(weight, whole, out=np.zeros_like(weight), where=some)
    near = np.abs(power) < 1e-9
    sum_of = np.log(np.where(some, whole, 1.0)) + np.where(some, most, 0.0)
    means = (theta * faced).sum(axis=1, keepdims=True)
    index = np.where(near, means, sum_of / np.where(near, 1.0, power))
    return index[:, 0, :], shares


def _solve(markets: Markets, theta: Array, phi: Array) -> tuple[Array, Array]:
    """Return ln p̂ (L, N) and ln P̂ (L, V)."""
    tau = np.log(markets.after / markets.before)
    given = np.isinf(markets.supply)
    elastic = np.where(given, 0.0, markets.supply)
    p = np.zeros(markets.supply.shape)
    both = (markets.demand + markets.substitution)[:, None, :]
    swap = markets.substitution[:, None, :]
    trading = markets.sold > 0
    active = trading & ~given

    def state(p: Array) -> tuple[Array, Array, Array, Array]:
        """Return ln P̂, import shares, export shares and excess demand in logs."""
        faced = p[:, :, None] + tau
        c, shares = _index(theta, faced, markets.substitution)
        log = both * c[:, None, :] - swap * faced
        most = np.max(np.where(phi > 0, log, -np.inf), axis=2, keepdims=True, initial=-1e300)
        most = np.where(most > -1e299, most, 0.0)
        weight = np.where(phi > 0, phi * np.exp(np.minimum(log - most, 0.0)), 0.0)
        whole = weight.sum(axis=2, keepdims=True)
        toward = np.divide(weight, whole, out=np.zeros_like(weight), where=whole > 0)
        wanted = np.log(np.where(whole > 0, whole, 1.0)) + most
        return c, shares, toward, np.where(active, wanted[:, :, 0] - elastic * p, 0.0)

    c, shares, toward, excess = state(p)
    for _ in range(MOST_STEPS):
        worst = np.abs(excess).max(axis=1)
        if worst.max(initial=0.0) < TOLERANCE:
            return p, c
        step = _newton(shares, toward, excess, markets)
        moves = active & (worst >= TOLERANCE)[:, None]  # what is solved does not wait for others
        step = np.where(moves, step, 0.0)
        scale = np.ones(len(p))
        for _ in range(30):  # lines whose residual grows go half as far
            tried = p + scale[:, None] * step
            c2, shares2, toward2, excess2 = state(tried)
            grown = np.abs(excess2).max(axis=1) > worst * (1.0 - 1e-4 * scale) + 1e-13
            if not grown.any():
                break
            scale = np.where(grown, 0.5 * scale, scale)
        p, c, shares, toward, excess = tried, c2, shares2, toward2, excess2
    worst = np.abs(excess).max(axis=1)
    line = int(worst.argmax())
    raise ConvergenceError(
        f"line {line + 1} of {len(p)}: its market does not clear after {MOST_STEPS} steps (excess demand "
        f"{worst[line]:.1e}). Check its elasticities and tariffs.",
        residual=float(worst[line]),
    )


def _newton(shares: Array, toward: Array, excess: Array, markets: Markets) -> Array:
    """Solve (E_x + Σ_v φ′σ) dp − Σ_v φ′ (E_m + σ) Σ_r θ′ dp_r = excess, through the V composite prices.

    It is GSIM's system with `excess` in place of what tariffs push; the exporters' own terms divide it.
    """
    stiff = markets.supply + np.einsum("lnv,lv->ln", toward, markets.substitution)
    safe = np.where(np.isinf(stiff), 1.0, stiff)
    free = np.where(np.isinf(stiff), 0.0, excess / safe)
    pull = toward / np.where(np.isinf(stiff), np.inf, stiff)[:, :, None]
    both = markets.demand + markets.substitution
    fixed = np.einsum("lnv,ln->lv", shares, free)
    if shares.shape[2] == 1:
        dc = fixed / (1.0 - (shares * pull).sum(axis=1) * both)
    else:
        matrix = np.matmul(shares.transpose(0, 2, 1), pull) * both[:, None, :]
        dc = np.linalg.solve(np.eye(shares.shape[2]) - matrix, fixed[:, :, None])[:, :, 0]
    return np.asarray(free + np.einsum("lnv,lv->ln", pull, both * dc))
