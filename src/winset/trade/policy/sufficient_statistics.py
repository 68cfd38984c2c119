r"""A tariff war of all against all, from sufficient statistics (Lashkaripour 2021).

Every player i sets one tariff on all imports, the best answer to what the others do:

    t_i = 1 / Σ_k Σ_{n≠i} χ_in^k θ_k (1 − λ_in^k),          χ_in^k = F_in^k / Σ_g Σ_{m≠i} F_im^g

(his equation 6; F are exports net of the importer's tariff, λ expenditure shares), while wages clear
markets (equations 7 and 14):

    λ'_in^k ∝ λ_in^k [ŵ_i (1 + t'_n)/(1 + t_in^k)]^{−θ_k},   F'_in^k = λ'_in^k e_n^k E'_n / (1 + t'_n)
    ŵ_i V_i = Σ_k Σ_n F'_in^k,   E'_n = (ŵ_n V_n + D'_n) / (1 − Σ_k e_n^k Σ_i λ'_in^k t'_n/(1 + t'_n))

Labor is the only input, so that output is value added. The statistics hold where a player takes the
rest of the world's relative wages as given, which is exact for small and close for large ones.

The two sets of conditions are solved together: a Newton step in wages with the analytic Jacobian and
the answer in tariffs, mixed over the last iterates (Anderson 1965).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError, DataError, listed
from winset.trade.numerics.anderson import Anderson
from winset.trade.numerics.blas import one_thread
from winset.trade.result import Solver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.worlds import World


TOLERANCE = 1e-11
MOST_STEPS = 200
MEMORY = 5  # differences that Anderson's method keeps
LONGEST = 0.5  # of the first step
UNIFORM = 4.0  # trade elasticity where the world names none


@dataclass(frozen=True, slots=True)
class War:
    """The outcome of a tariff war.

    Attributes
    ----------
    tariff : (n,) array
        Tariff on all imports of each player; NaN for who does not take part.
    welfare : (n,) array
        Ŵ = Ê / P̂, real spending after over before.
    """

    world: World
    players: tuple[str, ...]
    elasticities: str
    balanced: bool
    tariff: Array
    welfare: Array
    solver: Solver

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset war --json`` prints."""
        inside = set(self.players)
        return {
            "method": "sufficient",
            "elasticities": self.elasticities,
            "balanced": self.balanced,
            "world": {
                "name": self.world.name,
                "year": self.world.year,
                "sha256": self.world.sha256,
            },
            "players": [
                {
                    "code": code,
                    "tariff": float(self.tariff[k]),
                    "welfare_percent": 100.0 * float(self.welfare[k] - 1.0),
                }
                for k, code in enumerate(self.world.codes)
                if code in inside
            ],
            "others": [
                {"code": code, "welfare_percent": 100.0 * float(self.welfare[k] - 1.0)}
                for k, code in enumerate(self.world.codes)
                if code not in inside
            ],
            "solver": {
                "iterations": self.solver.iterations,
                "residual": self.solver.residual,
                "seconds": self.solver.seconds,
            },
        }


@dataclass(frozen=True, slots=True)
class _Base:
    """Shares and incomes before, (J, n, n), (J, n) and (n,)."""

    share: Array
    basket: Array
    tariff: Array
    value_added: Array
    deficit: Array
    spending: Array
    theta: Array


@dataclass(frozen=True, slots=True)
class _WarState:
    wage: Array
    share: Array
    price: Array
    spending: Array
    flow: Array
    revenue_share: Array
    residual: Array


@one_thread()
def sufficient_war(
    world: World,
    *,
    players: Sequence[str] | None = None,
    elasticities: str = "",
    balanced: bool = False,
) -> War:
    """Solve the war of `players` (all by default), everybody else keeping its tariffs.

    Parameters
    ----------
    elasticities : str
        A set that the world has; blank for the world's own, 4 where it names none.
    balanced : bool
        Whether deficits are removed before; otherwise they stay a share of world value added.

    Raises
    ------
    DataError
        A world with input–output links, elasticities that are missing, or an unknown player.
    ConvergenceError
        The conditions were not met to 1e-11.
    """
    begun = time.perf_counter()
    base = _baseline(world, elasticities)
    inside = np.zeros(len(world), dtype=np.bool_)
    inside[[world.position(code) for code in players or world.codes]] = True
    steps = 0
    if balanced:
        base, steps = _without_deficits(world, base)
    taxed = _taxed(base, inside)
    state, tariff, more, residual = _solve(world, base, inside, taxed)
    real = (state.spending / base.spending) / np.exp(
        (base.basket * np.log(state.price)).sum(axis=0)
    )
    return War(
        world,
        tuple(c for k, c in enumerate(world.codes) if inside[k]),
        elasticities,
        balanced,
        np.where(inside, tariff, np.nan),
        real,
        Solver(steps + more, residual, time.perf_counter() - begun),
    )


def _baseline(world: World, elasticities: str) -> _Base:
    technology = world.technology
    if technology is not None and technology.inputs is not None:
        raise DataError(
            f"world {world.name!r} has an input–output table; a war by sufficient statistics is for "
            "worlds whose only input is labor, such as icio-2022. Use --method exact."
        )
    if technology is None and elasticities:
        raise DataError(
            f"world {world.name!r} has no sets of elasticities. Leave out --elasticities."
        )
    theta = np.full(len(world.sectors), UNIFORM)
    if technology is not None:
        theta = np.array(technology.theta(elasticities, UNIFORM))
    accounts = world.sector_accounts(1.0)
    traded = ~np.isnan(theta)
    tariff = np.where(traded[:, None, None], world.tariff, 0.0)
    paid = accounts.flows * (1.0 + tariff)
    if empty := [
        c for c, x in zip(world.codes, paid.sum(axis=1).min(axis=0), strict=True) if not x > 0
    ]:
        raise DataError(
            f"world {world.name!r}: {listed(empty)} spends nothing in some sector, so that its shares "
            "are not defined. Merge sectors, or give it some domestic sales."
        )
    by_sector = paid.sum(axis=1)
    spending = by_sector.sum(axis=0)
    value_added = accounts.flows.sum(axis=(0, 2))
    revenue = (paid - accounts.flows).sum(axis=(0, 1))
    return _Base(
        share=paid / by_sector[:, None, :],
        basket=by_sector / spending,
        tariff=tariff,
        value_added=value_added,
        deficit=spending - revenue - value_added,
        spending=spending,
        theta=np.where(traded, theta, 1.0),
    )


def _taxed(base: _Base, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which cells a player's tariff covers: its imports in sectors that are traded, (J, n, n)."""
    n = len(base.spending)
    abroad = ~np.eye(n, dtype=np.bool_) & inside[None, :]
    crossing = base.share.sum(axis=(1, 2)) - np.einsum("kii->k", base.share) > 0
    return np.asarray(crossing[:, None, None] & abroad[None])


def _evaluate(base: _Base, log_wage: Array, tariff: Array) -> _WarState:
    wage = np.exp(log_wage)
    power = -base.theta[:, None, None]
    kernel = base.share * (wage[None, :, None] * ((1.0 + tariff) / (1.0 + base.tariff))) ** power
    total = kernel.sum(axis=1)
    share = kernel / total[:, None, :]
    taxed = (base.basket * (share * tariff / (1.0 + tariff)).sum(axis=1)).sum(axis=0)
    earned = wage * base.value_added
    world = earned.sum() / base.value_added.sum()
    spending = (earned + base.deficit * world) / (1.0 - taxed)
    flow = share / (1.0 + tariff) * (base.basket * spending)[:, None, :]
    residual = (earned - flow.sum(axis=(0, 2))) / base.value_added + world - 1.0
    price = total ** (-1.0 / base.theta[:, None])
    return _WarState(wage, share, price, spending, flow, taxed, residual)


def _jacobian(base: _Base, state: _WarState, tariff: Array) -> Array:
    """∂ residual / ∂ ln ŵ at given tariffs, (n, n)."""
    n = len(base.spending)
    theta, earned = base.theta, state.wage * base.value_added
    levied = state.share * tariff / (1.0 + tariff)
    d_taxed, d_sales = np.zeros((n, n)), np.zeros((n, n))
    for k in range(len(theta)):
        turned = state.share[k].T
        change = levied[k].T - levied[k].sum(axis=0)[:, None] * turned
        d_taxed -= theta[k] * base.basket[k][:, None] * change
        d_sales += theta[k] * (state.flow[k] @ turned)
        d_sales[np.diag_indices(n)] -= theta[k] * state.flow[k].sum(axis=1)
    d_earned = np.diag(earned)
    d_world = earned / base.value_added.sum()
    gain = d_earned + np.outer(base.deficit, d_world) + state.spending[:, None] * d_taxed
    d_spending = gain / (1.0 - state.revenue_share)[:, None]
    d_sales += (state.flow.sum(axis=0) / state.spending) @ d_spending
    return np.asarray((d_earned - d_sales) / base.value_added[:, None] + d_world)


def _answer(base: _Base, state: _WarState, abroad: Array) -> Array:
    """Every player's best tariff (equation 6), (n,)."""
    exports = state.flow * abroad
    weight = exports / exports.sum(axis=(0, 2))[None, :, None]
    return np.asarray(
        1.0 / (weight * base.theta[:, None, None] * (1.0 - state.share)).sum(axis=(0, 2))
    )


def _solve(
    world: World, base: _Base, inside: NDArray[np.bool_], taxed: NDArray[np.bool_]
) -> tuple[_WarState, Array, int, float]:
    """Iterate on (ln ŵ, ln t) until neither moves."""
    n = len(world)
    abroad = (~np.eye(n, dtype=np.bool_)).astype(np.float64)[None]
    if alone := [
        c
        for c, x in zip(world.codes, (base.share * abroad).sum(axis=(0, 2)), strict=True)
        if not x > 0
    ]:
        raise DataError(f"world {world.name!r}: {listed(alone)} exports nothing. Leave it out.")
    first = _evaluate(base, np.zeros(n), base.tariff)
    x = np.concatenate([np.zeros(n), np.log(_answer(base, first, abroad))])
    mixing = Anderson(len(x), MEMORY)
    for step in range(1, MOST_STEPS + 1):
        rates = np.exp(x[n:])
        tariff = np.where(taxed, rates[None, None, :], base.tariff)
        state = _evaluate(base, x[:n], tariff)
        move = np.concatenate(
            [
                -np.linalg.solve(_jacobian(base, state, tariff), state.residual),
                np.where(inside, np.log(_answer(base, state, abroad)) - x[n:], 0.0),
            ]
        )
        size = max(float(np.abs(state.residual).max()), float(np.abs(move[n:]).max()))
        if size <= TOLERANCE:
            return state, rates, step, size
        if not np.isfinite(size):
            break
        ahead = mixing.next(move, x + move)
        x = ahead if step > 1 else x + np.clip(move, -LONGEST, LONGEST)
    worst = int(np.nanargmax(np.abs(move))) % n
    raise ConvergenceError(
        f"the tariff war was not solved: after {step} steps a condition of {world.codes[worst]} is "
        f"{size:.2g} off. Its elasticities may leave it without an interior tariff.",
        residual=size,
        economy=world.codes[worst],
    )


def _without_deficits(world: World, base: _Base) -> tuple[_Base, int]:
    """The equilibrium without deficits, at the tariffs of the data, as a new base."""
    n, steps = len(world), 0
    log_wage = np.zeros(n)
    size = np.inf
    for part in (0.5, 0.0):
        here = _Base(
            base.share, base.basket, base.tariff, base.value_added, part * base.deficit, base.spending,
            base.theta,
        )  # fmt: skip
        for _ in range(40):
            state = _evaluate(here, log_wage, base.tariff)
            size = float(np.abs(state.residual).max())
            if size <= TOLERANCE:
                break
            steps += 1
            step = np.linalg.solve(_jacobian(here, state, base.tariff), state.residual)
            log_wage = log_wage - np.clip(step, -1.0, 1.0)
    if not size <= TOLERANCE:
        worst = int(np.argmax(np.abs(state.residual)))
        raise ConvergenceError(
            f"the deficits could not be removed: {world.codes[worst]} is {size:.2g} off.",
            residual=size,
            economy=world.codes[worst],
        )
    return (
        _Base(
            state.share,
            base.basket,
            base.tariff,
            state.wage * base.value_added,
            np.zeros(n),
            state.spending,
            base.theta,
        ),
        steps,
    )
