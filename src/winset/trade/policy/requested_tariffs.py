r"""Tariffs that a scenario does not name but asks for: reciprocal, best by search, best by statistics.

A change to tariffs may say ``answer`` instead of a rate. Its importers G levy on its exporters T

- ``reciprocal``: what each exporter levies on them, t'_in = t'_ni;
- ``optimal``: the one rate that is best for the importers together, by their initial incomes I,

      t* = argmax_t Σ_{g∈G} I_g (Ŵ_g(t) − 1),

  every other tariff being what the scenario makes it; several such changes answer each other until none
  moves (a Nash equilibrium in their rates), and reciprocal tariffs follow wherever they go;
- ``sufficient``: the rate that statistics of the initial flows give, without any search,

      t_g = 1 / [(1 + δ ε) φ_g − 1],
      δ = Σ_{n∈T} (1 − ν_n) X_Gn (1 − X_Gn/E_n) / Σ_{n∈T} Σ_{g∈G} (1 − ν_g) X_ng,

  with ν, φ of `models.entry_costs` (ν = 0, φ = 1 without entry costs: t = 1/(δ ε)).

A quota asks for the tariff equivalent e ≥ 0 on top of whatever the rates have become,
t'_in = (1 + t_in)(1 + e) − 1, at which Σ_in F'_in, at customs value, is its limit; e = 0 where it does
not bind.

The statistic takes shares and wages as they were before the tariff, so that it is not quite the best rate:
both are there to be compared. They are laid after all changes of known size, a later one over an earlier;
reciprocal tariffs come last and all at once, so that they answer what all others come to, in whatever
order the changes stand. Two that would each be the other's are refused.

Source: Ignatenko, Lashkaripour, Macedoni & Simonovska (2025), the optimal tariff and both kinds of
retaliation; Lashkaripour (2021) for the statistic without entry costs.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError, listed
from winset.scenario.shock import QUOTA
from winset.trade.capabilities import can, model_of
from winset.trade.models.entry_costs import solve as entry_costs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array, Mask
    from winset.scenario import Parameters, Shock, TariffRequest
    from winset.worlds import World


LOWEST, HIGHEST = -0.5, 4.0  # rates between which the best one is sought
GRID = 25  # rates, even in ln(1 + t), among which the peak is looked for first
PRECISE = 1e-8  # of ln(1 + t); welfare is flat there
AT_REST = 1e-6  # how far rates that answer each other may still move
MOST_ROUNDS = 50
HIGHEST_EQUIVALENT = 5.0  # of a quota, as ln(1 + e)


@dataclass(frozen=True, slots=True)
class RequestedTariff:
    """What a request came to: the rate of each importer on the exporters of the change.

    `change` counts from one. A rate is the mean over exporters where it differs between them.
    """

    change: int
    how: str
    rates: Mapping[str, float]


def resolve(
    world: World,
    parameters: Parameters,
    shock: Shock,
    gains: Callable[[Shock], Array],
    flows: Callable[[Shock], Array],
) -> tuple[Shock, tuple[RequestedTariff, ...]]:
    """Find the tariffs that a shock asks for; the shock returned has none left.

    Parameters
    ----------
    gains : function
        From a shock without requests to I (Ŵ − 1), (n,) USD million.
    flows : function
        From a shock without requests to the flows that it leads to, (n, n) USD million.

    Raises
    ------
    DataError
        Statistics asked of a model that they are not for, or two reciprocal tariffs that would each
        be the other's.
    InfeasibleError
        The best rate is at the end of those that were tried, or of those with an equilibrium.
    ConvergenceError
        Answers that go on answering each other, or an equilibrium on the way that was not found.
    """
    if not shock.requests:
        return shock, ()
    reciprocal = _reciprocal(world, shock)
    statistics = {
        request.change: _sufficient(world, parameters, request)
        for request in shock.requests
        if request.how == "sufficient"
    }
    searched = [request for request in shock.requests if request.how == "optimal"]
    rates = {request.change: 0.25 for request in searched}

    def laid() -> Shock:
        tariff = shock.tariff.copy()
        for request in shock.requests:
            if request.how == "optimal":
                tariff[request.mask] = rates[request.change]
            elif request.how == "sufficient":
                wide = np.broadcast_to(statistics[request.change], tariff.shape)
                tariff[request.mask] = wide[request.mask]
        tariff[reciprocal] = np.swapaxes(tariff, -1, -2)[reciprocal]
        return replace(shock, tariff=tariff, requests=())

    for _ in range(MOST_ROUNDS if searched else 0):
        moved = 0.0
        for request in searched:
            before = rates[request.change]
            rates[request.change] = _best(world, request, rates, laid, gains)
            moved = max(moved, abs(rates[request.change] - before))
        if len(searched) == 1 or moved <= AT_REST:
            break
    else:
        if searched:
            raise ConvergenceError(
                f"the best tariffs of changes {listed(str(a.change) for a in searched)} go on answering "
                f"each other: after {MOST_ROUNDS} rounds a rate still moves by {moved:.2g}. "
                "Give one of them a rate.",
                residual=moved,
            )
    final = laid()
    quotas = [request for request in shock.requests if request.how == QUOTA]
    if len(quotas) > 1:
        raise DataError(
            f"changes {listed(str(q.change) for q in quotas)} are quotas, and one at a time can be found. "
            "Write the others as the tariffs that are found for them."
        )
    for quota in quotas:
        final = _within(world, quota, final, flows)
    return final, tuple(_said(world, request, final.tariff) for request in shock.requests)


def _reciprocal(world: World, shock: Shock) -> Mask:
    """Return the cells that are to be what the other side levies, as `shock.tariff` is shaped.

    A later request for a cell takes it from an earlier one.
    """
    asked = np.zeros(shock.tariff.shape, dtype=np.intp)  # number of the change that fills the cell
    for request in shock.requests:
        asked[request.mask] = request.change if request.how == "reciprocal" else 0
    cells = asked > 0
    facing = cells & np.swapaxes(cells, -1, -2)
    if facing.any():
        place = np.argwhere(facing)[0]
        i, n = (int(k) for k in place[-2:])
        one, other = int(asked[tuple(place)]), int(np.swapaxes(asked, -1, -2)[tuple(place)])
        pair = " and ".join(f"change {k}" for k in sorted({one, other}))
        raise DataError(
            f"{pair}: the tariff of {world.codes[n]} on {world.codes[i]} is to be reciprocal, and so is "
            f"that of {world.codes[i]} on {world.codes[n]}: each waits for the other. Give one of them a "
            "rate, or another answer."
        )
    return np.asarray(cells)


def _best(
    world: World,
    request: TariffRequest,
    rates: dict[int, float],
    laid: Callable[[], Shock],
    gains: Callable[[Shock], Array],
) -> float:
    """Return the rate that is best for the importers, the others' rates given."""
    from scipy.optimize import minimize_scalar

    before = rates[request.change]

    def loss(log_rate: float) -> float:
        rates[request.change] = float(np.expm1(log_rate))
        return -float(gains(laid())[request.importers].sum())

    # The best of a coarse grid first: where transfers are held fixed there can be two peaks.
    points = np.linspace(np.log1p(LOWEST), np.log1p(HIGHEST), GRID)
    losses = np.full(GRID, np.inf)
    for scan in (points[points >= 0], points[points < 0][::-1]):
        with suppress(ConvergenceError):  # beyond the last rate that has an equilibrium
            for point in scan:
                losses[np.searchsorted(points, point)] = loss(float(point))
    k = int(np.argmin(losses))
    if k in (0, GRID - 1) or not np.isfinite(losses[[k - 1, k, k + 1]]).all():
        rates[request.change] = before
        raise InfeasibleError(
            f"change {request.change}: {_who(world, request)} gains most at the end of the rates tried, "
            f"{np.expm1(points[k]):.0%}: there is no best tariff inside. A deficit held fixed can be the "
            'reason: try deficits = "balanced", or give a rate.'
        )
    found = minimize_scalar(
        loss,
        bounds=(points[k - 1], points[k + 1]),
        method="bounded",
        options={"xatol": PRECISE, "maxiter": 200},
    )
    rates[request.change] = before
    return float(np.expm1(found.x))


def _within(
    world: World, quota: TariffRequest, shock: Shock, flows: Callable[[Shock], Array]
) -> Shock:
    """Return the shock with the tariffs that hold a flow to its limit."""
    from scipy.optimize import brentq

    pairs = np.ix_(quota.exporters, quota.importers)

    def laid(log_rate: float) -> Shock:
        tariff = shock.tariff.copy()
        tariff[quota.mask] = (1.0 + tariff[quota.mask]) * np.exp(log_rate) - 1.0
        return replace(shock, tariff=tariff)

    def excess(log_rate: float) -> float:
        return float(np.log(flows(laid(log_rate))[pairs].sum() / quota.limit))

    if excess(0.0) <= 0:
        return shock
    top = 0.1
    while excess(top) > 0:
        top *= 2.0
        if top > HIGHEST_EQUIVALENT:
            raise InfeasibleError(
                f"change {quota.change}: no tariff up to {np.expm1(top / 2.0):.0%} holds what "
                f"{_who(world, quota)} buys to {quota.limit:.6g} USD million. Set a higher limit."
            )
    return laid(float(brentq(excess, 0.0, top, xtol=1e-13, rtol=1e-13)))


def _sufficient(world: World, parameters: Parameters, request: TariffRequest) -> Array:
    """Return each importer's rate by the statistic, (n,), NaN for who is none."""
    supported = can(model_of(world, parameters), "sufficient answer")
    if not supported or parameters.value_added_share != 1.0:
        raise DataError(
            f'change {request.change}: answer = "sufficient" is for a world of one sector whose only '
            'input is labor (value_added_share = 1). Write "optimal", or use winset war for sectors.'
        )
    base, _ = entry_costs.baseline(world, parameters)
    flows = base.share * base.spending
    g, n = request.importers, request.exporters
    sold = flows[np.ix_(g, n)].sum(axis=0)
    kept = 1.0 - base.entry
    bought = (kept[g] * flows[np.ix_(n, g)]).sum()
    if not (bought > 0 and sold.sum() > 0):
        raise DataError(
            f"change {request.change}: {_who(world, request)} does not trade with its exporters, so that "
            "the statistic is not defined. Give it a rate."
        )
    delta = float((kept[n] * sold * (1.0 - sold / base.spending[n])).sum() / bought)
    rates = np.full(len(world), np.nan)
    rates[g] = 1.0 / ((1.0 + delta * base.epsilon) * base.response[g] - 1.0)
    return rates


def _said(world: World, request: TariffRequest, tariff: Array) -> RequestedTariff:
    masked = np.where(request.mask, tariff, np.nan).reshape(-1, len(world))
    return RequestedTariff(
        request.change,
        request.how,
        {
            world.codes[k]: float(np.nanmean(masked[:, k]))
            for k in request.importers
            if not np.all(np.isnan(masked[:, k]))
        },
    )


def _who(world: World, request: TariffRequest) -> str:
    return listed(world.codes[k] for k in request.importers)
