"""Which projects of a bank would all sign, what unanimity costs, and who pays: ``winset bank PORTFOLIO``."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.finance import bound, budgeting
from winset.finance import portfolios as choosing
from winset.finance.projects import find_plan, narrowed, parse_plan, service
from winset.games import Game
from winset.games.values import interaction
from winset.scenario.pairs import group_in
from winset.studies.bank_gains import Gains, ProjectSolver, gains_of, solver_of
from winset.studies.bank_members import FIXED, hosts_of, shares_of, wins_of
from winset.studies.bank_payments import equal_shares
from winset.studies.bank_payments import payments as payments_of
from winset.studies.bank_poor import averse_of, welfare_choice
from winset.studies.bank_projects import Alone, alone
from winset.studies.bank_search import better, of_proofs, proved
from winset.worlds import embedded_worlds, world

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from winset.finance.portfolios import Choice, PortfolioTable
    from winset.finance.projects import Plan
    from winset.network import Network
    from winset.numbers import Array
    from winset.places.groups import Group
    from winset.studies.bank_doubt import Doubted
    from winset.studies.weighing_poor import Aversion
    from winset.worlds import World

MOST_FRONTIER = 60
IDLE = 1e-6  # USD million a year below which a project moves nothing
ROUNDS = 20  # in which a neighbor that is better takes the place of what is recommended


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A portfolio, solved exactly.

    Attributes
    ----------
    values : (p,) array
        PV of the members' gains, USD million.
    outside : (n,) array
        PV of every economy's gains; the members' too.
    """

    mask: int
    values: Array
    outside: Array
    cost: float
    outlay: float

    @property
    def total(self) -> float:
        """Σ V_i − C."""
        return float(self.values.sum() - self.cost)


@dataclass(frozen=True, slots=True)
class Bank:
    """A plan with its portfolios.

    Attributes
    ----------
    group : Group
        The members.
    shares : mapping of rule to (p,) array
        Fixed parts of the cost; the bank's own is `payment`.
    table : PortfolioTable or None
        Every portfolio; None where they are too many.
    by_rule : mapping of payment rule to mapping of objective to Choice
    exact : mapping of mask to Portfolio
        Every portfolio that is named, solved exactly.
    recommended : int
        The best sum that passes the bank's decision rule under its payments.
    payments : mapping of rule to (mask, (p,) array)
        Who pays what for which portfolio, USD million.
    claims : (2^p,) array or None
        What each coalition of members could do by itself.
    solver : ProjectSolver
        What solves a portfolio exactly.
    doubted : Doubted or None
        What draws say, where any were asked for.
    averse : Aversion or None
        How members are weighed by income, where it was asked for.
    """

    plan: Plan
    world: World
    group: Group
    members: tuple[str, ...]
    sizes: Array
    shares: Mapping[str, Array]
    gains: Gains
    table: PortfolioTable | None
    alone: tuple[Alone, ...]
    by_rule: Mapping[str, Mapping[str, Choice]]
    exact: Mapping[int, Portfolio]
    recommended: int
    equal_shares: tuple[int, list[budgeting.Purchase]]
    payments: Mapping[str, tuple[int, Array]]
    claims: Array | None
    vetoes: Mapping[str, float]
    frontier: Sequence[tuple[int, float, float]]
    synergy: Array | None
    same: Sequence[tuple[int, int]]
    proofs: Mapping[str, bound.Proved]
    network: Network | None
    solver: ProjectSolver
    doubted: Doubted | None
    seconds: float
    averse: Aversion | None = None

    @property
    def payment(self) -> str:
        """The bank's own rule of payment."""
        return self.plan.bank.payment

    @property
    def rule(self) -> str:
        """The rule of fixed shares that portfolios are chosen under: of capital where it is by benefit."""
        return self.payment if self.payment in self.by_rule else "capital"

    @property
    def own(self) -> Mapping[str, Choice]:
        """What is best under the bank's own payments."""
        return self.by_rule[self.rule]

    def net(self, rule: str, mask: int) -> Array:
        """Return V_i − t_i under a fixed rule, (p,)."""
        found = self.exact[mask]
        return np.asarray(found.values - self.shares[rule] * found.cost)

    @property
    def idle(self) -> list[str]:
        """Projects that no pair of economies uses by themselves: its best way is another."""
        return [each.name for each in self.alone if np.abs(each.gains).max() < IDLE]

    def unanimity(self) -> dict[str, dict[str, Any]]:
        """Return what unanimity costs: under every rule of fixed shares, by agreement, with side payments."""
        made: dict[str, dict[str, Any]] = {}
        largest = self.own["sum"]
        for rule, chosen in self.by_rule.items():
            made[rule] = self._price(largest, chosen["all_gain"])
        made["agreed_shares"] = self._price(largest, self.own["agreed_shares"])
        made["side_payments"] = self._price(largest, self.own["side_payments"])
        return made

    def _price(self, largest: Choice, accepted: Choice) -> dict[str, Any]:
        mask = accepted.mask or 0
        best = self.exact[largest.mask or 0].total
        reached = self.exact[mask].total
        return {
            "portfolio": self.plan.chosen(mask),
            "sum_musd": reached,
            "price_musd": best - reached,
            "price_percent": 100.0 * (best - reached) / best if best > 0 else None,
        }

    def blockers(self) -> dict[str, dict[str, float]]:
        """Return who would not sign the portfolio of the largest sum, under each rule of fixed shares."""
        mask = self.own["sum"].mask or 0
        found = {}
        scale = max(float(np.abs(self.exact[mask].values).max()), 1.0)
        for rule in self.by_rule:
            net = self.net(rule, mask)
            found[rule] = {
                code: float(-short)
                for code, short in zip(self.members, net, strict=True)
                if short < -choosing.ZERO * scale
            }
        return found

    def yearly_of(self, mask: int) -> Array:
        """Return the members' gains in a year with some projects in service, (p,)."""
        return np.asarray(self.solver.exact(mask)[self.solver.positions])

    def log_cost(self, mask: int) -> Array:
        """Return ln d̂ of a portfolio."""
        return self.solver.costs(mask)

    def left(self, mask: int, paid: Array) -> Array:
        """Return what members have left of a portfolio after some payments, (p,)."""
        return np.asarray(self.exact[mask].values - paid)

    def cash_flow(self) -> list[dict[str, float]]:
        """Return what the recommended portfolio costs and brings year by year, USD million."""
        last = max(
            (
                project.opening + project.line.life
                for k, project in enumerate(self.plan.projects)
                if self.recommended >> k & 1
            ),
            default=-1,
        )
        rows = []
        for year in range(last + 1):
            building = upkeep = 0.0
            running = 0
            for k, project in enumerate(self.plan.projects):
                if not self.recommended >> k & 1:
                    continue
                years = max(project.opening, 1)
                building += project.cost / years if year < years else 0.0
                if project.opening < year <= project.opening + project.line.life:
                    upkeep += project.line.upkeep * project.cost
                    running |= 1 << k
            rows.append(
                {
                    "year": float(year),
                    "building_musd": building,
                    "upkeep_musd": upkeep,
                    "members_gain_musd": float(self.yearly_of(running).sum()),
                }
            )
        return rows

    def neighbors(self) -> list[Portfolio]:
        """Return the recommended portfolio's neighbors, solved exactly."""
        return [
            self.exact[mask]
            for mask in choosing.neighbors(self.recommended, len(self.plan.projects))
        ]

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset bank PORTFOLIO --json`` prints, USD million of the plan's dollars."""
        from winset.studies.bank_json import bank_json

        return bank_json(self)


def run_bank(
    source: str | Path | Mapping[str, Any],
    *,
    only: Sequence[str] | None = None,
    workers: int | None = None,
    seed: int = 0,
    draws: int = 0,
    aversion: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Bank:
    """Find which projects of a plan its members would sign.

    Parameters
    ----------
    source : str, path or mapping
        A bundled portfolio's name, a file, or what such a file holds.
    only : list of str, optional
        Names of the projects to look at; all by default.
    seed : int
        Of the portfolios that dividends are checked on, and of draws.
    draws : int
        Of costs, delays, effects and the trade elasticity.
    aversion : float, optional
        Inequality aversion ε > 0, see `winset.studies.bank_poor`: adds the objective ``welfare`` and the
        payment ``narrowest``.

    Raises
    ------
    DataError
        As `winset.finance.projects.parse_plan`; members or names that the world does not have.
    ConvergenceError
        A portfolio has no equilibrium; names it.
    """
    from collections.abc import Mapping as Object

    begun = time.perf_counter()
    plan = parse_plan(source) if isinstance(source, Object) else find_plan(source)
    if only is not None:
        plan = narrowed(plan, only)
    on = _world(plan)
    group = group_in(on, plan.bank.members, on=plan.on, blocs=None, where="[bank] members")
    members = group.codes
    if not members:
        raise DataError("[bank] members: nobody of them is in the world.")
    positions = [on.index[code] for code in members]
    sizes = np.array([float(on.gdp[k]) for k in positions])
    averse = averse_of(aversion, plan, members, sizes)
    hosts = hosts_of(plan, on, members)
    shares = shares_of(plan, members, sizes)
    solver = solver_of(plan, on, positions)
    gains = gains_of(solver, workers=workers, seed=seed, progress=progress)
    rate = plan.bank.interest
    running = service(plan.projects, rate)
    costs = np.array([p.present_cost(rate) + p.present_upkeep(rate) for p in plan.projects])
    outlays = np.array([project.cost for project in plan.projects])

    def exactly(mask: int) -> Portfolio:
        every = sum(
            (weight * solver.exact(mask & there) for there, weight in running),
            np.zeros(len(on)),
        )
        inside = np.array([mask >> k & 1 for k in range(len(costs))], dtype=np.float64)
        return Portfolio(
            mask, every[positions], every, float(costs @ inside), float(outlays @ inside)
        )

    exact: dict[int, Portfolio] = {}

    def solved(mask: int) -> Portfolio:
        if mask not in exact:
            exact[mask] = exactly(mask)
        return exact[mask]

    table = None
    if gains.table is not None:
        table = choosing.PortfolioTable(
            members,
            present_values(gains.table, running)[:, :-1],
            choosing.additive(costs.tolist()),
            choosing.additive(outlays.tolist()),
            plan.bank.budget_musd,
            sizes,
        )
    passing = wins_of(plan, members)
    proofs: dict[str, bound.Proved] = {}
    own = plan.bank.payment if plan.bank.payment in FIXED else "capital"
    if table is not None:
        by_rule = {
            rule: choosing.choices(
                table, part, None if passing is None else choosing.winning(table, part, passing)
            )
            for rule, part in shares.items()
        }
        if averse is not None:
            for rule, part in shares.items():
                by_rule[rule]["welfare"] = welfare_choice(table, part, averse, rate)
    else:
        proofs = proved(
            solver, gains, running, costs, outlays, plan, shares[own], sizes, solved, passing
        )
        by_rule = {own: of_proofs(proofs)}
    first = by_rule[own]["decision" if passing is not None else "all_gain"].mask or 0
    recommended = first
    for _ in range(ROUNDS):
        nearer = better(recommended, len(costs), solved, shares[own], passing, plan)
        if nearer is None:
            break
        recommended = nearer
    for chosen in by_rule.values():
        for each in chosen.values():
            solved(each.mask or 0)
    solved(0)
    mask, bought = equal_shares(plan, members, solved)
    claims, paid = payments_of(table, members, hosts, shares, recommended, solved, averse, rate)
    singles = tuple(
        alone(project, on, solver.exact(1 << k), solver.costs(1 << k), positions, rate)
        for k, project in enumerate(plan.projects)
    )
    synergy, same = None, []
    if table is not None:
        worth = table.values.sum(axis=1)
        synergy = interaction(Game(plan.names, worth - worth[0])) if len(costs) > 1 else None
        low = {
            m: gains.table[m]  # type: ignore[index]
            for m in range(1 << len(costs))
            if m.bit_count() in (1, 2)
        }
        same = choosing.identical(low, len(costs))
    frontier = [] if table is None else choosing.frontier(table, shares[own])[:MOST_FRONTIER]
    done = Bank(
        plan=plan,
        world=on,
        group=group,
        members=members,
        sizes=sizes,
        shares=shares,
        gains=gains,
        table=table,
        alone=singles,
        by_rule=by_rule,
        exact=exact,
        recommended=recommended,
        equal_shares=(mask, bought),
        payments=paid,
        claims=claims,
        vetoes={} if table is None else choosing.price_of_vetoes(table, shares[own]),
        frontier=frontier,
        synergy=synergy,
        same=same,
        proofs=proofs,
        network=solver.costs.network,
        solver=solver,
        doubted=None,
        seconds=time.perf_counter() - begun,
        averse=averse,
    )
    if draws:
        from winset.studies.bank_doubt import doubt

        return replace(done, doubted=doubt(done, draws, seed))
    return done


def _world(plan: Plan) -> World:
    name = plan.file.world
    if name in embedded_worlds():
        return world(name)
    beside = plan.folder / name
    return world(beside if beside.is_dir() else name)


def present_values(yearly: Array, running: Sequence[tuple[int, float]]) -> Array:
    """Return PV of yearly gains of every portfolio, (2^m, …): Σ weight · gain(P ∩ in service)."""
    masks = np.arange(len(yearly))
    found = np.zeros_like(yearly)
    for there, weight in running:
        found += weight * yearly[masks & there]
    return found
