"""World and scenario → who would leave an agreement, who would join it, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.blocs import load_blocs, resolve
from winset.errors import DataError, listed
from winset.games import Game, objections, stability
from winset.scenario import Scenario
from winset.shares import named_players
from winset.trade import TradeResult, lattice, solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.blocs import Bloc
    from winset.worlds import World

    Array = NDArray[np.float64]

CORE_PLAYERS = 12  # so many members are judged against every coalition without being asked
MOST_ORDERED = 17  # candidates of which every set is solved
SLOW_ORDERED = 10  # where each set takes Newton's method
FLOOR = 1e-9  # of the world's largest gain: less is nothing


@dataclass(frozen=True, slots=True)
class Agreement:
    """A scenario, the world it is laid on, and who is inside."""

    scenario: Scenario
    world: World
    members: tuple[str, ...]
    candidates: tuple[str, ...]
    blocs: Mapping[str, Bloc]

    def among(self, codes: Sequence[str]) -> TradeResult:
        """Solve it when these economies carry it out among themselves."""
        return solve(self.world, self.scenario, blocs=self.blocs, coalition=codes)

    def about(self) -> dict[str, Any]:
        """Return what identifies the agreement, for JSON."""
        return {
            "winset": __version__,
            "title": self.scenario.title,
            "scenario": self.scenario.to_toml(),
            "world": {
                "name": self.world.name,
                "year": self.world.year,
                "sha256": self.world.sha256,
                "economies": len(self.world),
            },
            "members": list(self.members),
        }


def agreement(
    source: str | Path | Scenario,
    *,
    players: str | None = None,
    candidates: str | None = None,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> Agreement:
    """Read who is in and who may come in.

    The members are `players`, or else those whom the scenario names, less the candidates. The
    candidates are codes, blocs, ``partners`` (of the blocs that the scenario names, or that
    `players` names) or ``all`` others. A change ``among`` a group of all members is opened to
    candidates that it does not name.

    Raises
    ------
    DataError
        Unknown names, fewer than two members, or a candidate whom no change could cover.
    """
    scenario = (
        source
        if isinstance(source, Scenario)
        else Scenario.from_toml(source, overrides=overrides or {})
    )
    blocs, world = load_blocs(blocs_file), scenario.load_world()
    named = scenario.resolve(world, blocs).members
    inside = named_players(players, scenario.on, world, blocs) or named
    wanted: tuple[str, ...] = ()
    if candidates == "partners":
        wanted = _partners(scenario, players, world, blocs)
    elif candidates == "all":
        wanted = tuple(code for code in world.codes if code not in inside)
    elif candidates is not None:
        wanted = _codes(candidates, scenario, world, blocs)
    members = tuple(code for code in inside if code not in wanted)
    if len(members) < 2 and candidates != "all":
        raise DataError(
            f"an agreement needs two members, found {listed(members) or 'none'}. Name them with "
            "--players, or fewer --candidates."
        )
    if players is not None:
        named = tuple(c for c in named if c in members or c in wanted)
    new = [code for code in wanted if code not in named]
    if new:
        scenario = opened(scenario, world, members, new, blocs)
    return Agreement(scenario, world, members, wanted, blocs)


def _codes(
    text: str, scenario: Scenario, world: World, blocs: Mapping[str, Bloc]
) -> tuple[str, ...]:
    try:
        return named_players(text, scenario.on, world, blocs) or ()
    except DataError as error:
        raise DataError(str(error).replace("--players", "--candidates")) from None


def _partners(
    scenario: Scenario, players: str | None, world: World, blocs: Mapping[str, Bloc]
) -> tuple[str, ...]:
    """Partners of the blocs that are named, on the scenario's date."""
    groups: list[str] = players.split(",") if players is not None else []
    for change in scenario.changes if players is None else ():
        group = getattr(change, "among", None) or getattr(change, "economies", None) or []
        groups += [group] if isinstance(group, str) else group
    by_fold = {name.casefold(): name for name in blocs}
    codes: dict[str, None] = {}
    for item in groups:
        name = by_fold.get(item.strip().removesuffix("+").casefold())
        if name is not None:
            full = set(resolve(name, scenario.on, blocs))
            wide = resolve(f"{name}+", scenario.on, blocs)
            codes |= {c: None for c in wide if c not in full and c in world.index}
    if not codes:
        raise DataError(
            "--candidates partners: no bloc with partners is named by "
            f"{'--players' if players is not None else 'the scenario'}. Name the candidates' codes."
        )
    return tuple(codes)


def opened(
    scenario: Scenario,
    world: World,
    members: Sequence[str],
    new: Sequence[str],
    blocs: Mapping[str, Bloc],
) -> Scenario:
    """Let newcomers into every change ``among`` a group that holds all members.

    Raises
    ------
    DataError
        There is no such change.
    """
    changes, open_ = [], False
    for change in scenario.changes:
        group = getattr(change, "among", None)
        if group is not None and group != "all":
            alone = replace(scenario, changes=(change,)).resolve(world, blocs).members
            if set(members) <= set(alone):
                codes = [*([group] if isinstance(group, str) else group), *new]
                change = change.model_copy(update={"among": codes})
                open_ = True
        else:
            open_ = open_ or group == "all"
        changes.append(change)
    if not open_:
        raise DataError(
            f"scenario {scenario.title!r} has no change among all members that {listed(new)} could "
            "come under. Name candidates that the scenario names, or write the change with among."
        )
    return replace(scenario, changes=tuple(changes))


@dataclass(frozen=True, slots=True)
class Door:
    """One economy at the door, USD million: its gain now and on the other side.

    `losers` are the other members that would lose by the move.
    """

    code: str
    stays: float
    moves: float
    losers: tuple[str, ...]
    floor: float

    @property
    def wants(self) -> bool:
        """Whether the economy would gain by moving."""
        return self.moves - self.stays > self.floor


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether an agreement holds together.

    Attributes
    ----------
    leaving, joining : tuples of Door
        Members that could leave, outsiders that could join.
    surplus : float
        Σ u_i(M) − Σ u_i(M∖i), USD million: not negative if transfers can keep all members in.
    objecting : tuple of (coalition, USD million) or None
        Coalitions that would do better alone than with their own gains; None if not computed.
    census : mapping or None
        How many coalitions of the members are stable, and the largest of them.
    """

    agreement: Agreement
    leaving: tuple[Door, ...]
    joining: tuple[Door, ...]
    surplus: float
    objecting: tuple[tuple[tuple[str, ...], float], ...] | None
    census: Mapping[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset stable --json`` prints."""
        return {
            **self.agreement.about(),
            "internal": {
                "stable": not any(door.wants for door in self.leaving),
                "members": [_door_json(d, "gain_musd", "outside_musd") for d in self.leaving],
            },
            "external": {
                "stable": not any(door.wants for door in self.joining),
                "stable_exclusive": not any(d.wants and not d.losers for d in self.joining),
                "outsiders": [_door_json(d, "gain_musd", "inside_musd") for d in self.joining],
            },
            "potential": {"stable": self.surplus >= 0.0, "surplus_musd": self.surplus},
            "core": None
            if self.objecting is None
            else {
                "in_core": not self.objecting,
                "objections": [
                    {"coalition": list(who), "excess_musd": x} for who, x in self.objecting
                ],
            },
            "coalitions": None if self.census is None else dict(self.census),
        }


def _door_json(door: Door, here: str, there: str) -> dict[str, Any]:
    return {
        "code": door.code,
        here: door.stays,
        there: door.moves,
        "wants_to_move": door.wants,
        "members_losing": list(door.losers),
    }


def stable(
    deal: Agreement,
    *,
    every: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Stability:
    """Judge an agreement of its members, with the agreement's candidates as outsiders.

    Parameters
    ----------
    every : bool, optional
        Solve all coalitions of the members for the core and the census; by default where there
        are at most 12 members.

    Raises
    ------
    DataError
        The change is empty among the members, or too many players for every coalition.
    ConvergenceError
        An equilibrium was not found.
    """
    here = deal.among(deal.members)
    now, rows = here.equivalent_variation, deal.world.index
    floor = FLOOR * float(np.max(np.abs(now)))
    inside = [rows[code] for code in deal.members]
    leaving: list[Door] = []
    joining: list[Door] = []
    movers = (*deal.members, *deal.candidates)
    for number, code in enumerate(movers, 1):
        leaves = code in deal.members
        after = [c for c in deal.members if c != code] if leaves else [*deal.members, code]
        then = deal.among(after).equivalent_variation
        losers = _losers(deal.members, code, now, then, rows, floor)
        k = rows[code]
        (leaving if leaves else joining).append(
            Door(code, float(now[k]), float(then[k]), losers, floor)
        )
        if progress is not None:
            progress(number, len(movers))
    surplus = float(now[inside].sum() - sum(door.moves for door in leaving))
    objecting, census = None, None
    if every or (every is None and len(deal.members) <= CORE_PLAYERS):
        objecting, census = _every_coalition(deal, now)
    return Stability(deal, tuple(leaving), tuple(joining), surplus, objecting, census)


def _losers(
    members: Sequence[str],
    mover: str,
    now: Array,
    then: Array,
    rows: Mapping[str, int],
    floor: float,
) -> tuple[str, ...]:
    return tuple(
        code for code in members if code != mover and then[rows[code]] < now[rows[code]] - floor
    )


def _every_coalition(
    deal: Agreement, now: Array
) -> tuple[tuple[tuple[tuple[str, ...], float], ...], dict[str, Any]]:
    problem = lattice.prepare(deal.world, deal.scenario, deal.members, blocs=deal.blocs)
    solved = lattice.compute(problem, gains=True)
    own = np.array([now[deal.world.index[code]] for code in problem.players])
    game = Game(problem.players, solved.values)
    found = tuple((o.coalition, float(o.excess)) for o in objections(game, own))
    assert solved.gains is not None
    flags = stability.stable_coalitions(np.asarray(solved.gains))
    size = np.array([int(m).bit_count() for m in range(len(solved.values))])
    several = size >= 2
    census: dict[str, Any] = {"count": int(several.sum())}
    for name, stays in (
        ("internally_stable", flags.internal),
        ("potentially_stable", flags.potential),
        ("stable_open", flags.internal & flags.external),
        ("stable_exclusive", flags.internal & flags.exclusive),
    ):
        masks = np.flatnonzero(stays & several)
        census[name] = len(masks)
        best = int(masks[np.lexsort((-solved.values[masks], -size[masks]))[0]]) if len(masks) else 0
        census[f"largest_{name}"] = [c for k, c in enumerate(problem.players) if best >> k & 1]
    return found, census


@dataclass(frozen=True, slots=True)
class Accession:
    """What one candidate's accession alone does, USD million."""

    code: str
    own: float
    members: Mapping[str, float]
    rest: float
    floor: float

    @property
    def losers(self) -> tuple[str, ...]:
        """Members that lose by it."""
        return tuple(code for code, change in self.members.items() if change < -self.floor)


@dataclass(frozen=True, slots=True)
class Enlargement:
    """Accessions one by one, and the order in which each step is a gain for all inside.

    `codes` are the players in the order of `order`'s arrays; `order` is None where there are too
    many candidates for every set of them to be solved.
    """

    agreement: Agreement
    accessions: tuple[Accession, ...]
    codes: tuple[str, ...]
    order: stability.Enlargement | None
    resolved_by_newton: int
    max_residual: float

    def steps(self) -> Iterator[dict[str, Any]]:
        """Each accession in order, with what it changes for all who are inside after it."""
        if self.order is None:
            return
        inside = set(self.agreement.members)
        for step in self.order.steps:
            code = self.codes[step.candidate]
            others = {
                c: float(x) for c, x in zip(self.codes, step.change, strict=True) if c in inside
            }
            inside.add(code)
            least = min(others, key=lambda c: others[c])
            yield {
                "code": code,
                "own_musd": float(step.change[step.candidate]),
                "members_musd": sum(others.values()),
                "least_gain": {"code": least, "musd": others[least]},
            }

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset join --json`` prints."""
        order: dict[str, Any] | None = None
        if self.order is not None:
            order = {
                "exists": self.order.complete,
                "orders": self.order.orders,
                "steps": list(self.steps()),
                "blocked": {
                    self.codes[k]: [self.codes[i] for i in who]
                    for k, who in self.order.blocked.items()
                },
            }
        return {
            **self.agreement.about(),
            "candidates": list(self.agreement.candidates),
            "accessions": [
                {
                    "code": a.code,
                    "own_musd": a.own,
                    "members_musd": sum(a.members.values()),
                    "rest_musd": a.rest,
                    "members": dict(a.members),
                    "members_losing": list(a.losers),
                    "open": a.own > a.floor,
                    "exclusive": a.own > a.floor and not a.losers,
                }
                for a in self.accessions
            ],
            "order": order,
            "solver": {
                "max_residual": self.max_residual,
                "resolved_by_newton": self.resolved_by_newton,
            },
        }


def join(
    deal: Agreement,
    *,
    order: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Enlargement:
    """Say what each candidate's accession does, and find the order in which all always gain.

    Parameters
    ----------
    order : bool, optional
        Solve every set of candidates to search the orders; by default where there are at most 17
        (10 where each takes Newton's method).

    Raises
    ------
    DataError
        No candidates, or more than can be ordered though asked for.
    ConvergenceError
        An equilibrium was not found.
    """
    if not deal.candidates:
        raise DataError("join needs --candidates: codes, a bloc, or partners.")
    before = deal.among(deal.members)
    now, rows = before.equivalent_variation, deal.world.index
    floor = FLOOR * float(np.max(np.abs(now), initial=0.0))
    accessions = []
    residual = before.solver.residual
    for code in deal.candidates:
        result = deal.among([*deal.members, code])
        change = result.equivalent_variation - now
        members = {c: float(change[rows[c]]) for c in deal.members}
        own = float(change[rows[code]])
        rest = float(change.sum()) - own - sum(members.values())
        size = FLOOR * float(np.max(np.abs(result.equivalent_variation)))
        accessions.append(Accession(code, own, members, rest, max(floor, size)))
        residual = max(residual, result.solver.residual)
    problem = lattice.prepare(
        deal.world, deal.scenario, deal.candidates, founders=deal.members, blocs=deal.blocs
    )
    most = MOST_ORDERED if problem.fast else SLOW_ORDERED
    if order and len(deal.candidates) > most:
        raise DataError(
            f"{len(deal.candidates)} candidates: the order of enlargement needs the equilibrium of "
            f"every set of them, and at most {most} are solved"
            f"{'' if problem.fast else ' where each takes Newton’s method'}. Name fewer."
        )
    if order is False or len(deal.candidates) > most:
        return Enlargement(deal, tuple(accessions), problem.players, None, 0, residual)
    gains, (worst, resolved) = lattice.accession_gains(problem, len(deal.candidates), progress)
    income = dict(zip(before.codes, before.income, strict=True))
    size_of = np.array([income[code] for code in problem.players])
    found = stability.enlargement(gains, size_of)
    return Enlargement(
        deal, tuple(accessions), problem.players, found, resolved, max(residual, worst)
    )
