"""A project by itself: who gains, benefit and cost, the rate of return, and who uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from winset.finance.projects import Project
    from winset.numbers import Array
    from winset.worlds import World

HIGHEST_RATE = 10.0
LOWEST_RATE = -0.5


@dataclass(frozen=True, slots=True)
class Alone:
    """A project by itself.

    Attributes
    ----------
    gains : (n,) array
        Equivalent variation a year in service, USD million.
    value, cost : floats
        PV of the members' gains, and of building and upkeep, USD million.
    world_value : float
        PV of all economies' gains.
    irr, world_irr : float or None
        Internal rate of return on the members' and on all gains; None where there is none.
    pairs : tuple of (exporter, importer, percent of cost, USD million a year saved on present trade)
    """

    name: str
    gains: Array
    value: float
    cost: float
    world_value: float
    irr: float | None
    world_irr: float | None
    pairs: tuple[tuple[str, str, float, float], ...]


def alone(
    project: Project,
    on: World,
    yearly: Array,
    log_cost: Array,
    positions: list[int],
    interest: float,
) -> Alone:
    """Return a project's figures from the gains of every economy in a year, (n,)."""
    own, annuity = float(yearly[positions].sum()), project.annuity(interest)
    return Alone(
        name=project.name,
        gains=yearly,
        value=own * annuity,
        cost=project.present_cost(interest) + project.present_upkeep(interest),
        world_value=float(yearly.sum()) * annuity,
        irr=irr(project, own),
        world_irr=irr(project, float(yearly.sum())),
        pairs=_users(on, log_cost),
    )


def irr(project: Project, yearly: float) -> float | None:
    """Return the r at which gains less upkeep are worth what building is; None where there is none."""
    from scipy.optimize import brentq

    def worth(rate: float) -> float:
        return float(
            yearly * project.annuity(rate)
            - project.present_upkeep(rate)
            - project.present_cost(rate)
        )

    low, high = LOWEST_RATE, HIGHEST_RATE
    if project.cost == 0 or not worth(low) > 0 or not worth(high) < 0:
        return None
    return float(brentq(worth, low, high, xtol=1e-12))


def _users(on: World, log_cost: Array, most: int = 5) -> tuple[tuple[str, str, float, float], ...]:
    """Return the pairs that save most on what they trade today."""
    flows, change = on.flows, np.expm1(log_cost)
    if change.ndim == 3:  # by sectors, weighted by what is traded
        change = (change * on.trade).sum(axis=0) / np.maximum(flows, 1e-300)
    saved = -change * flows
    np.fill_diagonal(saved, 0.0)
    found = []
    for at in np.argsort(-saved, axis=None, kind="stable")[:most].tolist():
        i, n = divmod(at, len(on))
        if saved[i, n] > 0:
            found.append(
                (on.codes[i], on.codes[n], 100.0 * float(change[i, n]), float(saved[i, n]))
            )
    return tuple(found)
