r"""Divisions of a gain that weigh the poor: welfare with inequality aversion, and what narrows the gap most.

Member i has n_i people with income y_i a head, p_i = n_i/Σn; a division x of v(N) brings z_i = y_i + x_i/n_i.
Inside a member all are taken to be equal. Welfare is the equally distributed income of Atkinson (1970),

    W_ε = [Σ p_i z_i^{1−ε}]^{1/(1−ε)},   W_1 = exp Σ p_i ln z_i,   ε > 0.

``welfare``
    the division with the largest W_ε to which no coalition objects, x(S) ≥ v(S) − e for all S, with e the
    least core excess where the core is empty and 0 otherwise. W_ε rises with Σ p_i u(z_i), which is concave
    and separable: tangents of u and the coalitions that object are added to a linear program until its
    bound is met (Kelley 1960), and Newton's steps end on the coalitions that bind. There is one such
    division.
``narrowest``
    x_i = max(v({i}), n_i (z − y_i)), z such that v(N) is given away: the poorest are raised first, and nobody
    has less than alone. Incomes so made are as little spread as any with x_i ≥ v({i}): their Lorenz curve
    lies nowhere below another's, so that Theil, MLD, Gini and every Atkinson index are least. ε does not
    matter.

Sources: Atkinson (1970), "On the measurement of inequality"; Kelley (1960), "The cutting-plane method for
solving convex programs"; from general knowledge. The claim on Lorenz curves: Marshall, Olkin & Arnold,
"Inequalities", on least elements under majorization, from general knowledge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from winset.delivery.inequality import equally_distributed, gini
from winset.errors import ConvergenceError, DataError
from winset.games import kernels
from winset.games.core import core
from winset.games.excess_program import scale_of
from winset.highs import Quiet
from winset.places.economies import economies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from winset.games import Core, Game
    from winset.numbers import Array

MOST_AVERSION = 10.0
RULES = ("welfare", "narrowest")
MOST_ROUNDS = 500
CUTS = 20  # coalitions that a round adds
CLOSE = 1e-9  # of the gain: where the bound is met
FEASIBLE = 1e-9  # of the game's scale


@dataclass(frozen=True, slots=True)
class Aversion:
    """Members' people and incomes, and how much more the poor count.

    Attributes
    ----------
    epsilon : float
        ε > 0.
    people : (n,) array
        Persons.
    income : (n,) array
        USD a head and year before.
    """

    epsilon: float
    people: Array
    income: Array

    def after(self, gains_musd: Array) -> Array:
        """Return incomes with gains of members, (…, n) in USD million; (…, n) in USD a head."""
        return np.asarray(self.income + 1e6 * gains_musd / self.people)

    def welfare(self, gains_musd: Array) -> float:
        """Return W_ε of incomes with gains (n,), USD a head; −∞ where one falls to zero or below."""
        z = self.after(gains_musd)
        if not np.all(z > 0):
            return -math.inf
        return equally_distributed(z, self.people, epsilon=self.epsilon)

    def spread(self, gains_musd: Array) -> float:
        """Return the Gini coefficient between members, by people, of incomes with gains (n,)."""
        return gini(self.after(gains_musd), self.people)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Divisions that weigh the poor, and what every division does to incomes.

    Attributes
    ----------
    divisions : mapping of rule to (n,) array
        Of `RULES`, USD million.
    gap_usd : float
        How far from the largest welfare ``welfare`` can be, USD a head.
    """

    aversion: Aversion
    divisions: Mapping[str, Array]
    gap_usd: float

    def to_json(self, every: Mapping[str, Array]) -> dict[str, Any]:
        """Return ``aversion`` of ``winset share --json``, with welfare and spread under every division."""
        nothing = np.zeros(len(self.aversion.people))
        return {
            "epsilon": self.aversion.epsilon,
            "equally_distributed_usd_before": self.aversion.welfare(nothing),
            "gini_before": self.aversion.spread(nothing),
            "equally_distributed_usd": {r: self.aversion.welfare(x) for r, x in every.items()},
            "gini": {r: self.aversion.spread(x) for r, x in every.items()},
            "welfare_gap_usd": self.gap_usd,
        }


def checked_epsilon(epsilon: float | None) -> float | None:
    """Return ``--aversion``.

    Raises
    ------
    DataError
        It is not above 0, or above `MOST_AVERSION`.
    """
    if epsilon is not None and not 0 < epsilon <= MOST_AVERSION:
        raise DataError(
            f"--aversion {epsilon:g}: inequality aversion is above 0 and at most {MOST_AVERSION:g}; 1 is "
            "usual. At 0 a dollar counts alike with all, and no division is better than another."
        )
    return epsilon


def aversion_of(epsilon: float, codes: Sequence[str], gdp: Array) -> Aversion:
    """Return members' people of 2023 and GDP a head, (n,) USD million given.

    Raises
    ------
    DataError
        A member has no figure of population, or no GDP.
    """
    known = economies()
    people = np.array([float(known[c].population or 0) if c in known else 0.0 for c in codes])
    for code, heads, size in zip(codes, people, gdp, strict=True):
        if not heads > 0 or not size > 0:
            raise DataError(
                f"--aversion: {code} has no figure of {'GDP' if heads > 0 else 'population'}, so that "
                "nobody knows how poor it is. Leave it out of the members, or ask without --aversion."
            )
    return Aversion(epsilon, people, np.asarray(1e6 * gdp / people))


def narrowest(total: float, least: Array, of: Aversion) -> Array:
    """Return the division of a total, (n,) USD million, that narrows the gap most; nobody has below `least`.

    Raises
    ------
    DataError
        The least amounts are more than the total: no transfer keeps all in.
    """
    rest = total - float(least.sum())
    if rest < -1e-9 * max(abs(total), float(np.abs(least).max(initial=0.0))):
        raise DataError(
            f"alone the members have {least.sum():,.6g}, together {total:,.6g} USD million: no transfer "
            "keeps all in."
        )
    floors = of.after(least)
    order = np.argsort(floors, kind="stable")
    heads, rest = 0.0, max(rest, 0.0)
    for place, k in enumerate(order.tolist()):
        heads += of.people[k]
        level = floors[k]
        following = floors[order[place + 1]] if place + 1 < len(order) else math.inf
        needed = heads * (following - level) / 1e6
        if rest <= needed:
            top = level + 1e6 * rest / heads
            return np.asarray(least + np.maximum(top - floors, 0.0) * of.people / 1e6)
        rest -= needed
    raise AssertionError("no end of incomes")  # the last needed amount is infinite


def fairest(game: Game, of: Aversion, found: Core | None = None) -> tuple[Array, float]:
    """Return the division of the core with the largest welfare, (n,), and how far off it may be, USD a head.

    Raises
    ------
    DataError
        A division of the core may leave a member an income of zero or below.
    ConvergenceError
        A linear program failed, or the bound is not met.
    """
    if game.n == 1:
        return np.array([game.grand]), 0.0
    found = core(game) if found is None else found
    scale, slack = scale_of(game), max(found.least_core_excess, 0.0)
    singles = game.singles()
    if np.any(of.after(singles - slack) <= 0):
        raise DataError("--aversion: a division leaves a member nothing to live on; no welfare.")
    mean = float(of.people @ of.income / of.people.sum())

    def slope(z: Array) -> Array:
        return np.asarray((z / mean) ** -of.epsilon)

    def gained(x: Array) -> Array:
        """n_i/scale · mean · [u(z) − u(y)], u(z) = (z/mean)^{1−ε}/(1−ε): in units of what x is in."""
        ratio, first = of.after(x) / mean, of.income / mean
        if of.epsilon == 1.0:
            risen = np.log1p((ratio - first) / first)
        else:
            power = 1.0 - of.epsilon
            risen = first**power * np.expm1(power * np.log1p((ratio - first) / first)) / power
        return np.asarray(risen * of.people * mean / 1e6 / scale)

    n, inf = game.n, highspy.kHighsInf
    model = Quiet()
    model.setOptionValue("output_flag", False)
    for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        model.setOptionValue(name, 1e-10)
    low = np.concatenate([(singles - slack) / scale, np.full(n, -1e9)])
    model.addVars(2 * n, low, np.full(2 * n, inf))
    model.changeColsCost(
        2 * n, np.arange(2 * n, dtype=np.int32), np.concatenate([np.zeros(n), -np.ones(n)])
    )
    every = np.arange(n, dtype=np.int32)
    model.addRow(game.grand / scale, game.grand / scale, n, every, np.ones(n))

    def tangents(x: Array) -> None:
        here, steep = gained(x), slope(of.after(x))
        for i in range(n):
            columns = np.array([n + i, i], dtype=np.int32)
            most = here[i] - steep[i] * x[i] / scale
            model.addRow(-inf, most, 2, columns, np.array([1.0, -steep[i]]))

    x = np.asarray(found.division, dtype=np.float64)
    tangents(x)
    objecting: set[int] = set()
    for _ in range(MOST_ROUNDS):
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        solution = np.array(model.getSolution().col_value)
        x = scale * solution[:n]
        bound, reached = float(solution[n:].sum()), float(gained(x).sum())
        floor = slack + FEASIBLE * scale
        masks, _ = kernels.top(game.values, n, *kernels.table(x, n), floor, CUTS)
        new = [int(mask) for mask in masks if int(mask) not in objecting]
        for mask in new:
            objecting.add(mask)
            inside = np.array([i for i in range(n) if mask >> i & 1], dtype=np.int32)
            value = (float(game.values[mask]) - slack) / scale
            model.addRow(value, inf, len(inside), inside, np.ones(len(inside)))
        gap = bound - reached
        if not new and gap <= CLOSE * max(abs(reached), 1e-3):
            x = _polished(game, of, x, slack, gained)
            return x, _in_income(of, x, max(bound - float(gained(x).sum()), 0.0) * scale)
        tangents(x)
    raise ConvergenceError(
        "the division with the largest welfare was not found: no bound after "
        f"{MOST_ROUNDS} linear programs. Ask for a smaller --aversion.",
        residual=math.nan,
    )


def _polished(
    game: Game, of: Aversion, x: Array, slack: float, gained: Callable[[Array], Array]
) -> Array:
    """Climb by Newton's method on the face of the coalitions that bind; welfare is flat near its top."""
    n, scale = game.n, scale_of(game)
    mean = float(of.people @ of.income / of.people.sum())
    masks, _ = kernels.top(game.values, n, *kernels.table(x, n), slack - 1e-8 * scale, 4 * n)
    rows = [np.ones(n), *(((int(mask) >> np.arange(n)) & 1).astype(float) for mask in masks)]
    face = np.array(rows)
    k, best = len(face), x
    for _ in range(4):
        ratio = of.after(x) / mean
        steep = ratio**-of.epsilon
        bend = -of.epsilon * ratio ** (-of.epsilon - 1.0) * 1e6 * scale / (of.people * mean)
        system = np.block([[np.diag(bend), face.T], [face, np.zeros((k, k))]])
        step = np.linalg.lstsq(system, np.concatenate([-steep, np.zeros(k)]), rcond=None)[0][:n]
        x = x + scale * step
        objecting, _ = kernels.top(
            game.values, n, *kernels.table(x, n), slack + FEASIBLE * scale, 1
        )
        if len(objecting) or not np.all(of.after(x) > 0) or gained(x).sum() < gained(best).sum():
            break
        best = x
    return best


def _in_income(of: Aversion, x: Array, gap: float) -> float:
    """Return what a gap of Σ n_i u, in USD million at the mean income, is in W_ε, USD a head."""
    mean = float(of.people @ of.income / of.people.sum())
    there = of.welfare(x)
    return float(1e6 * gap / of.people.sum() * (there / mean) ** of.epsilon)


def weigh(game: Game, of: Aversion, found: Core) -> Weighed:
    """Return the divisions of a game that weigh the poor.

    Raises
    ------
    DataError, ConvergenceError
        As `fairest` and `narrowest`.
    """
    division, gap = fairest(game, of, found)
    least = narrowest(game.grand, game.singles(), of)
    return Weighed(of, {"welfare": division, "narrowest": least}, gap)
