"""A common good from a file: what each gives alone and together, who rides free, which coalition holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.contribution import every_coalition
from winset.contribution.center import Center, least_cost, play
from winset.contribution.every_coalition import COUNTED, KEPT, coalitions
from winset.contribution.reading import FACILITY, WEALTH, CenterPlan, network_of, read_center
from winset.contribution.sizes import by_size
from winset.games import Game, core
from winset.governance.voting.majorities import gdp, population
from winset.governance.voting.rules import find_rule
from winset.sentences import Sentence
from winset.studies import center_figures
from winset.studies.cost_rules import MOST_NUCLEOLUS, known, match_of, payments_of
from winset.studies.interdicted import Routes, asked_of
from winset.studies.shared_costs import Facility, SharedIncomes, facility, incomes
from winset.trade.numerics.kernels import cached

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.contribution.center import Efforts
    from winset.contribution.every_coalition import Coalitions
    from winset.contribution.sizes import Sizes
    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.places.groups import Group
    from winset.studies.joint_program import ResearchProgram

RIDES = 0.5  # of a member's part in the benefits: who bears less of the costs rides free
SMALL = 1e-9  # of all benefits: a gain up to it is none
VOTING = ("consensus", "one-state-one-vote", "population", "gdp")


@dataclass(frozen=True, slots=True)
class CommonGood:
    """A center with its answers.

    Attributes
    ----------
    alone, together : Efforts
        Everybody by itself, and all as one.
    found : Coalitions
    payments : mapping of rule to (n,) array
        What each bears of the costs when all act as one, after payments among them; each sums to the costs.
    core_empty : bool or None
        Whether some coalition always has more by itself; None where it was not asked.
    match : (n,) array or None
        The part of its cost that a pool pays each, so that all give what is best by themselves.
    sizes : Sizes or None
        Of identical members.
    votes : list of rows
        For every rule of payment and of voting, whether the budget passes when those who gain vote for it.
    ranges : list of rows
        Gains when all benefits are at their lower or their upper ends.
    """

    plan: CenterPlan
    center: Center
    group: Group
    alone: Efforts
    together: Efforts
    found: Coalitions
    payments: Mapping[str, Array]
    core_empty: bool | None
    match: Array | None
    sizes: Sizes | None
    votes: tuple[dict[str, Any], ...]
    ranges: tuple[dict[str, Any], ...]
    sources: Mapping[str, str]

    @property
    def gains(self) -> dict[str, Array]:
        """Each rule's gain of every member against acting alone, (n,)."""
        before = self.alone.payoffs
        return {r: self.together.benefits - x - before for r, x in self.payments.items()}

    @property
    def slack(self) -> float:
        """Below this much money nothing moved."""
        return SMALL * float(np.abs(self.together.benefits).sum())

    @property
    def free_riding(self) -> tuple[Array, Array]:
        """Each one's part in all costs and in all benefits when everybody acts alone, (n,)."""
        costs, benefits = self.alone.costs, self.alone.benefits
        parts = costs / costs.sum() if costs.sum() > 0 else np.zeros(len(costs))
        total = benefits.sum()
        return parts, benefits / total if total > 0 else np.zeros(len(benefits))

    @property
    def riders(self) -> tuple[str, ...]:
        """Members whose part in the costs is less than half of their part in the benefits."""
        parts, enjoyed = self.free_riding
        return tuple(
            m for m, p, e in zip(self.center.members, parts, enjoyed, strict=True) if p < RIDES * e
        )

    @property
    def losers(self) -> tuple[str, ...]:
        """Who would lose if all acted as one and each bore the cost of its own effort."""
        return self._where(self.gains["own"] < -self.slack)

    @property
    def start(self) -> tuple[str, ...] | None:
        """The smallest coalition in which every member gains by its own payoff, the best of that size."""
        for size in range(2, len(self.center) + 1):
            if self.found.counts[size, COUNTED.index("all_gain")]:
                return self.names(int(self.found.best[size, KEPT.index("all_gain")]))
        return None

    def best(self, kept: str) -> tuple[int, float] | None:
        """Return the mask of the best coalition of a sort in `KEPT`, and the sum of all payoffs with it."""
        column = KEPT.index(kept)
        sizes = [k for k in range(2, len(self.center) + 1) if self.found.best[k, column] >= 0]
        if not sizes:
            return None
        size = max(sizes, key=lambda k: (self.found.welfare[k, column], -k))
        return int(self.found.best[size, column]), float(self.found.welfare[size, column])

    def names(self, mask: int) -> tuple[str, ...]:
        """Return the members of a mask."""
        return tuple(m for k, m in enumerate(self.center.members) if mask >> k & 1)

    def _where(self, which: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(m for m, yes in zip(self.center.members, which, strict=True) if yes)

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset common CENTER --json`` prints; money in the center's unit."""
        center, file = self.center, self.plan.file
        stable, kept = self.best("stable"), self.best("with_transfers")
        return {
            "winset": __version__,
            "title": file.title or self.plan.name,
            "illustrative": file.illustrative,
            "unit": file.unit,
            "technology": {
                "kind": center.kind, "form": center.form, "timing": center.timing,
                "satiation": center.satiation if center.form == "quadratic" else None,
                "rho": center.rho if center.kind == "ces" else None,
                "threshold": center.threshold if center.kind == "threshold" else None,
            },
            "counted": self.group.to_json(),
            "members": self._rows(),
            "totals": [_totals("alone", self.alone), _totals("together", self.together)],
            "gain": float(self.together.payoffs.sum() - self.alone.payoffs.sum()),
            "free_riders": list(self.riders),
            "losers_without_payments": list(self.losers),
            "payments": self._payments(),
            "core_empty": self.core_empty,
            "coalitions": 1 << len(center),
            "sizes": self._sizes(),
            "start": None if self.start is None else list(self.start),
            "stable": self._coalition(stable),
            "stable_with_payments": self._coalition(kept),
            "entry": self._entry(),
            "match_pool": self.pool,
            "stable_sizes": None if self.sizes is None else list(self.sizes.stable),
            "farsighted_sizes": None if self.sizes is None else list(self.sizes.farsighted),
            "votes": list(self.votes),
            "ranges": list(self.ranges),
            "sources": [{"figure": k, "source": v} for k, v in self.sources.items()],
        }  # fmt: skip

    @property
    def pool(self) -> float | None:
        """What the pool of matching pays, or None."""
        return None if self.match is None else float((self.match * self.together.costs).sum())

    def _coalition(self, found: tuple[int, float] | None) -> dict[str, Any] | None:
        if found is None:
            return None
        mask, total = found
        names = list(self.names(mask))
        return {"size": len(names), "coalition": names, "all_payoffs": total}

    def _rows(self) -> list[dict[str, Any]]:
        parts, enjoyed = self.free_riding
        center, alone, together = self.center, self.alone, self.together
        return [
            {
                "code": code,
                "benefit": float(center.benefit[k]),
                "cost": float(center.cost[k]),
                "effort_alone": float(alone.efforts[k]),
                "effort_together": float(together.efforts[k]),
                "payoff_alone": float(alone.payoffs[k]),
                "benefits_together": float(together.benefits[k]),
                "costs_together": float(together.costs[k]),
                "part_of_costs_alone": float(parts[k]),
                "part_of_benefits_alone": float(enjoyed[k]),
                "match": None if self.match is None else float(self.match[k]),
            }
            for k, code in enumerate(center.members)
        ]

    def _payments(self) -> list[dict[str, Any]]:
        gains = self.gains
        return [
            {"rule": rule, "code": code, "pays": float(paid[k]), "gain": float(gains[rule][k])}
            for rule, paid in self.payments.items()
            for k, code in enumerate(self.center.members)
        ]

    def _sizes(self) -> list[dict[str, Any]]:
        rows = []
        for size in range(2, len(self.center) + 1):
            row: dict[str, Any] = {"size": size}
            row |= dict(zip(COUNTED, map(int, self.found.counts[size]), strict=True))
            for k, sort in enumerate(KEPT):
                mask = int(self.found.best[size, k])
                known = mask >= 0
                row[f"best_{sort}"] = "+".join(self.names(mask)) if known else None
                row[f"payoffs_{sort}"] = float(self.found.welfare[size, k]) if known else None
            rows.append(row)
        return rows

    def _entry(self) -> dict[str, Any]:
        n = len(self.center)
        held = [r for r, x in self.gains.items() if (x >= -self.slack).all()]
        return {
            "all_stay_without_a_clause": bool(self.found.counts[n, COUNTED.index("internally")]),
            "all_stay_with_payments": bool(self.found.counts[n, COUNTED.index("with_transfers")]),
            "all_stay_if_none_may_be_missing": not self.losers,
            "rules_under_which_all_gain": held,
        }


@dataclass(frozen=True, slots=True)
class Contribution:
    """Whatever a file asked: a center, its routes, its program of research."""

    plan: CenterPlan
    center: CommonGood | Facility | SharedIncomes
    routes: Routes | None = None
    program: ResearchProgram | None = None

    @property
    def title(self) -> str:
        """What it is about."""
        return self.plan.file.title or self.plan.name

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset common CENTER --json`` prints."""
        said = self.center.to_json()
        if self.routes is not None:
            said["routes"] = self.routes.to_json()
        if self.program is not None:
            said["program"] = self.program.to_json()
        return said


def compiled() -> bool:
    """Tell whether the kernels of all coalitions have been compiled on this machine before."""
    return cached(every_coalition._run)


def common(
    source: str | Path | Mapping[str, Any],
    *,
    members: str | None = None,
    on: dt.date | None = None,
    blocs: Mapping[str, Bloc] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Contribution:
    """Read a center and answer what it asks.

    Parameters
    ----------
    source : str, path or mapping
        A bundled center's name, a file, or what such a file holds.
    members : str, optional
        Who contributes, in place of the file's own: a bloc, or codes by comma.
    progress : function, optional
        Called with the number of coalitions looked at so far, and of all.

    Raises
    ------
    DataError
        Anything wrong with the file or its members.
    InfeasibleError
        A threshold that all together cannot reach; routes whose flow has no bound.
    """
    plan = read_center(source)
    group = center_figures.group(plan, members, on=on, blocs=blocs)
    network = network_of(plan)
    routes = None
    if network is not None:
        assert plan.file.routes is not None
        routes = asked_of(network, plan.file.routes.attacks, data=plan.name)
    answer: CommonGood | Facility | SharedIncomes
    if plan.kind == FACILITY:
        answer = facility(plan, group)
    elif plan.kind == WEALTH:
        answer = incomes(plan, group)
    else:
        answer = _common_good(plan, group, progress)
    program = None
    if plan.file.spillover is not None:
        from winset.studies.joint_program import joint_program

        program = joint_program(plan, group.codes)
    return Contribution(plan, answer, routes, program)


def _common_good(
    plan: CenterPlan, group: Group, progress: Callable[[int, int], None] | None
) -> CommonGood:
    center, sources = center_figures.center_of(plan, group.codes)
    n = len(center)
    alone, together = _nobody(center), _everybody(center)
    found = coalitions(center, progress)
    payments = payments_of(plan, center, alone, together, found)
    sizes = None
    if center.identical and center.kind == "sum":
        b, c = float(center.benefit[0]), float(center.cost[0])
        sizes = by_size(
            n, benefit=b, cost=c, form=center.form, timing=center.timing, satiation=center.satiation
        )
    empty = None
    if n <= MOST_NUCLEOLUS and found.gains[-1] > 0:
        empty = core(Game(center.members, found.gains)).empty
    done = CommonGood(
        plan, center, group, alone, together, found, payments, empty, match_of(center), sizes,
        (), (), sources,
    )  # fmt: skip
    return replace(done, votes=_votes(done), ranges=_ranges(plan, center))


def _nobody(center: Center) -> Efforts:
    return play(center, np.zeros(len(center), dtype=np.bool_))


def _everybody(center: Center) -> Efforts:
    return play(center, np.ones(len(center), dtype=np.bool_))


def _votes(done: CommonGood) -> tuple[dict[str, Any], ...]:
    """Whether the budget passes under voting rules when those who gain vote for it."""
    members = done.center.members
    rules = {}
    for name in VOTING:
        measured = {"population": population, "gdp": gdp}.get(name)
        if measured is None or known(measured(members)) is not None:
            rules[name] = find_rule(name).build(members=members)
    rows = []
    for paid_by, gains in done.gains.items():
        favor = done._where(gains > done.slack)
        against = done._where(gains < -done.slack)
        rows += [
            {
                "payment": paid_by,
                "voting": name,
                "passes": rule.wins(favor),
                "for": len(favor),
                "against": len(against),
                "who_is_against": list(against),
            }
            for name, rule in rules.items()
        ]
    return tuple(rows)


def _ranges(plan: CenterPlan, center: Center) -> tuple[dict[str, Any], ...]:
    """The gain at the lower and the upper ends of all benefits; nothing where there are no ranges."""
    found = center_figures.ends(plan, center)
    if found is None:
        return ()
    rows = []
    for case, benefit in zip(("low", "middle", "high"), found, strict=True):
        shifted = replace(center, benefit=benefit)
        alone, together = _nobody(shifted), _everybody(shifted)
        rows.append(
            {
                "case": case,
                "benefits_alone": float(alone.benefits.sum()),
                "payoffs_alone": float(alone.payoffs.sum()),
                "payoffs_together": float(together.payoffs.sum()),
                "costs_together": float(together.costs.sum()),
                "gain": float(together.payoffs.sum() - alone.payoffs.sum()),
            }
        )
    return tuple(rows)


def _totals(case: str, outcome: Efforts) -> dict[str, Any]:
    level = outcome.level
    return {
        "case": case,
        "level": float(level[0]) if np.ptp(level) == 0 else None,
        "mean_level": float(level.mean()),
        "efforts": float(outcome.efforts.sum()),
        "benefits": float(outcome.benefits.sum()),
        "costs": float(outcome.costs.sum()),
        "payoffs": float(outcome.payoffs.sum()),
    }


def shortfall(center: Center) -> str:
    """Say what a threshold costs at least, and what it is worth; blank for other kinds."""
    if center.kind != "threshold":
        return ""
    _, cost = least_cost(center, np.ones(len(center), dtype=np.bool_))
    worth = float(center.benefit.sum())
    if cost <= worth:
        return ""
    return Sentence(
        "The threshold costs {cost} at least and is worth {worth}: it is not worth reaching.",
        cost=f"{cost:,.6g}",
        worth=f"{worth:,.6g}",
    )
