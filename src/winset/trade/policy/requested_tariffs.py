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

The statistic takes shares and wages as they were before the tariff, so that it is not quite the best rate:
both are there to be compared. Answers are laid after all changes of known size, in their own order.

Source: Ignatenko, Lashkaripour, Macedoni & Simonovska (2025), the optimal tariff and both kinds of
retaliation; Lashkaripour (2021) for the statistic without entry costs.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError, listed
from winset.trade.models.entry_costs import solve as entering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array
    from winset.scenario import Answer, Parameters, Shock
    from winset.worlds import World


LOWEST, HIGHEST = -0.5, 4.0  # rates between which the best one is sought
GRID = 25  # rates, even in ln(1 + t), among which the peak is looked for first
PRECISE = 1e-8  # of ln(1 + t); welfare is flat there
SETTLED = 1e-6  # how far rates that answer each other may still move
MOST_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Settled:
    """What an answer came to: the rate of each importer on the exporters of the change.

    `change` counts from one. A rate is the mean over exporters where it differs between them.
    """

    change: int
    how: str
    rates: Mapping[str, float]


def settle(
    world: World,
    parameters: Parameters,
    shock: Shock,
    gains: Callable[[Shock], Array],
) -> tuple[Shock, tuple[Settled, ...]]:
    """Find the tariffs that the answers of a shock ask for; the shock returned has none left.

    Parameters
    ----------
    gains : function
        From a shock without answers to I (Ŵ − 1), (n,) USD million.

    Raises
    ------
    DataError
        Statistics asked of a model that they are not for.
    InfeasibleError
        The best rate is at the end of those that were tried, or of those with an equilibrium.
    ConvergenceError
        Answers that go on answering each other, or an equilibrium on the way that was not found.
    """
    statistics = {
        answer.change: _sufficient(world, parameters, answer)
        for answer in shock.answers
        if answer.how == "sufficient"
    }
    searched = [answer for answer in shock.answers if answer.how == "optimal"]
    rates = {answer.change: 0.25 for answer in searched}

    def laid() -> Shock:
        tariff = shock.tariff.copy()
        for answer in shock.answers:
            if answer.how == "reciprocal":
                tariff[answer.mask] = np.swapaxes(tariff, -1, -2)[answer.mask]
            elif answer.how == "optimal":
                tariff[answer.mask] = rates[answer.change]
            else:
                wide = np.broadcast_to(statistics[answer.change], tariff.shape)
                tariff[answer.mask] = wide[answer.mask]
        return replace(shock, tariff=tariff, answers=())

    for _ in range(MOST_ROUNDS if searched else 0):
        moved = 0.0
        for answer in searched:
            before = rates[answer.change]
            rates[answer.change] = _best(world, answer, rates, laid, gains)
            moved = max(moved, abs(rates[answer.change] - before))
        if len(searched) == 1 or moved <= SETTLED:
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
    return final, tuple(_said(world, answer, final.tariff) for answer in shock.answers)


def _best(
    world: World,
    answer: Answer,
    rates: dict[int, float],
    laid: Callable[[], Shock],
    gains: Callable[[Shock], Array],
) -> float:
    """Return the rate that is best for the importers, the others' rates given."""
    from scipy.optimize import minimize_scalar

    before = rates[answer.change]

    def loss(log_rate: float) -> float:
        rates[answer.change] = float(np.expm1(log_rate))
        return -float(gains(laid())[answer.importers].sum())

    # The best of a coarse grid first: where transfers are held fixed there can be two peaks.
    points = np.linspace(np.log1p(LOWEST), np.log1p(HIGHEST), GRID)
    losses = np.full(GRID, np.inf)
    for scan in (points[points >= 0], points[points < 0][::-1]):
        with suppress(ConvergenceError):  # beyond the last rate that has an equilibrium
            for point in scan:
                losses[np.searchsorted(points, point)] = loss(float(point))
    k = int(np.argmin(losses))
    if k in (0, GRID - 1) or not np.isfinite(losses[[k - 1, k, k + 1]]).all():
        rates[answer.change] = before
        raise InfeasibleError(
            f"change {answer.change}: {_who(world, answer)} gains most at the end of the rates tried, "
            f"{np.expm1(points[k]):.0%}: there is no best tariff inside. A deficit held fixed can be the "
            'reason: try deficits = "balanced", or give a rate.'
        )
    found = minimize_scalar(
        loss,
        bounds=(points[k - 1], points[k + 1]),
        method="bounded",
        options={"xatol": PRECISE, "maxiter": 200},
    )
    rates[answer.change] = before
    return float(np.expm1(found.x))


def _sufficient(world: World, parameters: Parameters, answer: Answer) -> Array:
    """Return each importer's rate by the statistic, (n,), NaN for who is none."""
    if world.sectored or parameters.value_added_share != 1.0:
        raise DataError(
            f'change {answer.change}: answer = "sufficient" is for a world of one sector whose only '
            'input is labor (value_added_share = 1). Write "optimal", or use winset war for sectors.'
        )
    base, _ = entering.baseline(world, parameters)
    flows = base.share * base.spending
    g, n = answer.importers, answer.exporters
    sold = flows[np.ix_(g, n)].sum(axis=0)
    kept = 1.0 - base.entry
    bought = (kept[g] * flows[np.ix_(n, g)]).sum()
    if not (bought > 0 and sold.sum() > 0):
        raise DataError(
            f"change {answer.change}: {_who(world, answer)} does not trade with its exporters, so that "
            "the statistic is not defined. Give it a rate."
        )
    delta = float((kept[n] * sold * (1.0 - sold / base.spending[n])).sum() / bought)
    rates = np.full(len(world), np.nan)
    rates[g] = 1.0 / ((1.0 + delta * base.epsilon) * base.response[g] - 1.0)
    return rates


def _said(world: World, answer: Answer, tariff: Array) -> Settled:
    masked = np.where(answer.mask, tariff, np.nan).reshape(-1, len(world))
    return Settled(
        answer.change,
        answer.how,
        {
            world.codes[k]: float(np.nanmean(masked[:, k]))
            for k in answer.importers
            if not np.all(np.isnan(masked[:, k]))
        },
    )


def _who(world: World, answer: Answer) -> str:
    return listed(world.codes[k] for k in answer.importers)
