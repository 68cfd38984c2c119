"""Who would leave, who would join, and in which order a group can grow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, listed
from winset.games import Game, objections
from winset.games.enlargement import Growth, growth
from winset.places.blocs import find_bloc, load_blocs
from winset.places.groups import read_group
from winset.scenario import Change, Productivity, Scenario, read_scenario
from winset.scenario.pairs import group_in
from winset.studies.sharing import bargainers
from winset.trade import solve
from winset.trade.coalitions import compute
from winset.trade.coalitions.problem import prepare
from winset.trade.gains import UNMOVED, direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winset.games.core import Objection
    from winset.places.blocs import Bloc
    from winset.worlds import World

MOST_CANDIDATES = 17  # every subset of candidates is solved
MOST_FOR_CORE = 16  # players up to which every coalition is asked


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether a group holds together.

    Attributes
    ----------
    own : mapping
        Gain of each member by itself, USD million.
    leaving : mapping
        What each member would gain by leaving while the others go on (negative: it stays).
    joining : mapping
        What each outsider would gain by joining.
    joining_members : mapping
        What the members together would gain by that.
    surplus : float
        v(N) − Σ_i u_i(N∖i): positive if transfers could keep everybody in (Carraro, Eyckmans &
        Finus 2006).
    objections : tuple or None
        Coalitions that would do better by themselves than by their own gains; None when there
        are too many players to ask all.
    income : mapping
        Of every economy before, USD million: what gains are measured against, see
        `winset.trade.gains`.
    """

    scenario: Scenario
    world: World
    members: tuple[str, ...]
    own: Mapping[str, float]
    leaving: Mapping[str, float]
    joining: Mapping[str, float]
    joining_members: Mapping[str, float]
    surplus: float
    objections: tuple[Objection, ...] | None
    income: Mapping[str, float]

    @property
    def leavers(self) -> tuple[str, ...]:
        """Members that would gain by leaving, the one that gains most first."""
        return self._gaining(self.leaving)

    @property
    def joiners(self) -> tuple[str, ...]:
        """Outsiders that would gain by joining, the one that gains most first."""
        return self._gaining(self.joining)

    @property
    def potentially_stable(self) -> bool:
        """Whether transfers could keep everybody in: the surplus is no loss to the members together."""
        return int(direction(self.surplus / sum(self.income[c] for c in self.members))) >= 0

    def _gaining(self, gains: Mapping[str, float]) -> tuple[str, ...]:
        found = [c for c, gain in gains.items() if direction(gain / self.income[c]) > 0]
        return tuple(sorted(found, key=lambda c: -gains[c]))

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset stable --json`` prints."""
        return {
            "title": self.scenario.title,
            "members": list(self.members),
            "own_gain_musd": dict(self.own),
            "leaving_musd": dict(self.leaving),
            "internally_stable": not self.leavers,
            "joining_musd": dict(self.joining),
            "joining_members_musd": dict(self.joining_members),
            "externally_stable": not self.joiners,
            "transfer_surplus_musd": self.surplus,
            "potentially_stable": self.potentially_stable,
            "objections": None
            if self.objections is None
            else [
                {"coalition": list(o.coalition), "excess_musd": o.excess} for o in self.objections
            ],
            "world": {"name": self.world.name, "sha256": self.world.sha256},
        }


@dataclass(frozen=True, slots=True)
class Accession:
    """What one candidate's accession does, the others staying out; USD million."""

    candidate: str
    itself: float
    members: Mapping[str, float]
    rest: float


@dataclass(frozen=True, slots=True)
class Enlargement:
    """What enlargement does, and in which order it can go."""

    scenario: Scenario
    world: World
    members: tuple[str, ...]
    candidates: tuple[str, ...]
    accessions: tuple[Accession, ...]
    growth: Growth

    def order(self) -> tuple[str, ...]:
        """Codes of the candidates in an order in which every step is a gain for all inside."""
        return tuple(self.candidates[k] for k in self.growth.order)

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset join --json`` prints."""
        everyone = (*self.candidates, *self.members)
        return {
            "title": self.scenario.title,
            "members": list(self.members),
            "candidates": list(self.candidates),
            "accessions": [
                {
                    "candidate": a.candidate,
                    "itself_musd": a.itself,
                    "members_musd": dict(a.members),
                    "rest_musd": a.rest,
                }
                for a in self.accessions
            ],
            "order": list(self.order()),
            "complete": self.growth.complete,
            "blocked": [
                {"candidate": self.candidates[k], "by": everyone[i]} for k, i in self.growth.blocked
            ],
            "open_membership": [self.candidates[k] for k in self.growth.open_door],
            "world": {"name": self.world.name, "sha256": self.world.sha256},
        }


def among(
    scenario: Scenario, codes: Sequence[str], world: World, blocs: Mapping[str, Bloc]
) -> Scenario:
    """Return the scenario as it is when `codes` carry it out and all others stay as they are.

    Every change among a group is among them, and productivity changes in those of them that it names:
    what a coalition does in the game (`winset.trade.coalitions`).

    Raises
    ------
    DataError
        A change that is not among a group.
    """
    changes: list[Change] = []
    for number, change in enumerate(scenario.changes, 1):
        where = f"change {number} ({change.kind})"
        if isinstance(change, Productivity):
            named = read_group(
                change.economies,
                on=scenario.on,
                codes=world.index,
                blocs=blocs,
                where=f"{where}: economies",
                of=f"world {world.name!r}",
            ).codes
            if inside := [code for code in codes if code in named]:
                changes.append(change.model_copy(update={"economies": inside}))
        elif getattr(change, "among", None) is None:
            raise DataError(
                f"{where} is not among a group, so that nobody can join or leave it. "
                "Write it with among = ..."
            )
        elif len(codes) > 1:
            changes.append(change.model_copy(update={"among": list(codes)}))
    return replace(scenario, changes=tuple(changes))


def _read(
    source: str | Path | Scenario, overrides: Mapping[str, str] | None, blocs_file: Path | None
) -> tuple[Scenario, World, dict[str, Bloc]]:
    scenario = read_scenario(source, overrides)
    return scenario, scenario.load_world(), load_blocs(blocs_file)


def stable(
    source: str | Path | Scenario,
    *,
    players: str | None = None,
    outsiders: str | None = None,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> Stability:
    """Ask of every member whether it would leave, and of every outsider whether it would join.

    Every case is an equilibrium of the whole world. Leaving means that the others go on among
    themselves; joining, that the newcomer takes part on the same terms.
    """
    scenario, world, blocs = _read(source, overrides, blocs_file)
    members = bargainers(players, scenario, world, blocs).codes
    together = among(scenario, members, world, blocs)
    problem = prepare(world, together, members, sort=False)
    everyone = (1 << len(members)) - 1
    own = compute.own_gains(problem)
    leaving = {
        code: float(compute.coalition_gains(problem, everyone ^ 1 << k)[k] - own[k])
        for k, code in enumerate(members)
    }
    if outsiders is None:
        asked = tuple(code for code in world.codes if code not in set(members))
    else:
        asked = group_in(world, outsiders, on=scenario.on, blocs=blocs, where="--outsiders").codes
    if already := [code for code in asked if code in set(members)]:
        raise DataError(f"--outsiders: {listed(already)} are members already.")
    inside = solve(world, together)
    before = inside.equivalent_variation
    rows = [world.index[code] for code in members]
    joining, joining_members = {}, {}
    for code in asked:
        joined = among(scenario, [*members, code], world, blocs)
        after = solve(world, joined).equivalent_variation
        joining[code] = float(after[world.index[code]] - before[world.index[code]])
        joining_members[code] = float((after[rows] - before[rows]).sum())
    alone = own + np.array(list(leaving.values()))
    found = None
    if len(members) <= MOST_FOR_CORE:
        found = objections(Game(problem.players, compute.compute(problem).values), own)
    return Stability(
        scenario,
        world,
        members,
        dict(zip(members, map(float, own), strict=True)),
        leaving,
        joining,
        joining_members,
        float(own.sum() - alone.sum()),
        found,
        dict(zip(world.codes, map(float, inside.income), strict=True)),
    )


def join(
    source: str | Path | Scenario,
    *,
    candidates: str,
    players: str | None = None,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> Enlargement:
    """Take candidates in, one by one and in every combination.

    `candidates` is ``partners`` (of the bloc that the scenario or `players` names), a bloc, or
    codes by comma.

    Raises
    ------
    DataError
        Too many candidates, or none.
    """
    scenario, world, blocs = _read(source, overrides, blocs_file)
    if candidates.strip().casefold() == "partners":
        players, candidates = _partners(scenario, world, players, blocs)
    members = bargainers(players, scenario, world, blocs).codes
    asked = group_in(world, candidates, on=scenario.on, blocs=blocs, where="--candidates").codes
    asked = tuple(code for code in asked if code not in set(members))
    if not 1 <= len(asked) <= MOST_CANDIDATES:
        raise DataError(
            f"--candidates: {len(asked)} that are not members already; 1 to {MOST_CANDIDATES} can be "
            "asked, for every combination of them is solved."
        )
    together = among(scenario, [*asked, *members], world, blocs)
    problem = replace(prepare(world, together, [*asked, *members], sort=False), bits=len(asked))
    _, gains, report = compute.solve_unit(problem, (1 << len(members)) - 1, gains=True)
    if (error := compute.refusal(problem, report)) is not None:
        raise error
    accessions = []
    rows = [world.index[code] for code in problem.players]
    before = solve(world, among(scenario, members, world, blocs))
    for code in asked:
        after = solve(world, among(scenario, [*members, code], world, blocs))
        change = after.equivalent_variation - before.equivalent_variation
        inside = {m: float(change[world.index[m]]) for m in members}
        itself = float(change[world.index[code]])
        accessions.append(
            Accession(code, itself, inside, float(change.sum()) - itself - sum(inside.values()))
        )
    return Enlargement(
        scenario,
        world,
        members,
        asked,
        tuple(accessions),
        growth(gains, len(asked), tolerance=UNMOVED * before.income[rows]),
    )


def _partners(
    scenario: Scenario, world: World, players: str | None, blocs: Mapping[str, Bloc]
) -> tuple[str, str]:
    """Find the bloc whose partners are meant, those that the world has; its members are the players."""
    names = [players] if players else [getattr(c, "among", None) for c in scenario.changes]
    for name in names:
        if isinstance(name, str) and name != "all":
            bloc, _ = find_bloc(name, blocs)
            partners = [code for code in bloc.partners(scenario.on) if code in world.index]
            if not partners:
                raise DataError(
                    f"--candidates partners: {bloc.code} has none on {scenario.on}. Name codes."
                )
            return bloc.code, ",".join(partners)
    raise DataError("--candidates partners: the scenario names no bloc. Name codes, or --players.")
