"""A club in trade general equilibrium: who would hold it, at which penalty, in which order, and by whom."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.environment.abatement import Abated, abated
from winset.errors import DataError
from winset.games import clubs as membership
from winset.places.blocs import load_blocs
from winset.studies.club_order import (
    HIGHEST_PENALTY,
    ClubOrder,
    damage_of,
    levied,
    named_in,
    output_of,
    players_of,
    shock_of,
    world_of,
)
from winset.studies.club_stability import Valued, cheapest, dearest, tie_of, verified
from winset.trade.coalitions import clubs
from winset.worlds.inventory import YEAR

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.worlds import World


OPTIONS = {"penalty": "--tariff", "carbon_price": "--price"}  # what they are asked by
SHOWN = 20  # stable clubs that are looked into
SWEPT = 3  # of them whose cheapest penalty is sought, the largest first


@dataclass(frozen=True, slots=True)
class StableClub:
    """A club that holds, looked into.

    Attributes
    ----------
    number : int
        Bit k is the k-th of those that choose.
    gap : float
        The largest difference, relative to income, between its payoffs and those of its neighbors as all
        clubs were solved and as `winset.solve` solves each of them anew.
    objection : int or None
        A club to which a group would move together.
    cheapest : float or None
        The lowest penalty at which it holds, of those tried; None where it was not sought or not found.
    sought : bool
    """

    number: int
    gap: float
    objection: int | None
    cheapest: float | None
    sought: bool


@dataclass(frozen=True, slots=True)
class Sustained:
    """What holds the club of everybody.

    The lowest penalty at which it is stable, and the highest carbon price at the order's penalty; None where
    there is none, or nothing of the kind was asked for.
    """

    penalty: float | None
    price: float | None


@dataclass(frozen=True)
class TradeClub:
    """All clubs of an order.

    Attributes
    ----------
    payoffs : (2^f, n) array
        USD million a year of every economy in every club: equivalent variation and damages avoided.
    cut : (2^f,) array
        CO2, million tonnes.
    """

    order: ClubOrder
    world: World
    problem: clubs.ClubProblem
    emissions: Array
    damage: Array
    policy: Abated
    payoffs: Array
    cut: Array
    stable: tuple[int, ...]
    looked: tuple[StableClub, ...]
    everybody: Sustained
    rounds: tuple[membership.Round, ...]
    rests: bool
    pivotal: tuple[tuple[int, int | None], ...]
    asked: int | None
    solved: clubs.AllClubs
    unknown: tuple[str, ...]
    seconds: float

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Those that choose, in the order of bits."""
        return tuple(self.world.codes[k] for k in self.problem.choosing)

    @property
    def core(self) -> tuple[str, ...]:
        """Those that are always inside."""
        return tuple(self.world.codes[k] for k in self.problem.core)

    @property
    def choosing(self) -> Array:
        """Payoffs of those that choose, (2^f, f)."""
        return np.asarray(self.payoffs[:, list(self.problem.choosing)])

    def members(self, club: int) -> list[str]:
        """Core and members of a numbered club."""
        return [*self.core, *(c for k, c in enumerate(self.codes) if club >> k & 1)]

    def co2_percent(self, club: int) -> float | None:
        """Return the change of the world's CO2; None where no CO2 is counted."""
        total = float(self.emissions.sum())
        counted = self.order.rules.carbon_price > 0 or self.solved.labor is not None
        return -100.0 * float(self.cut[club]) / total if counted and total > 0 else None

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset club SCENARIO --json`` prints; money is USD million a year."""
        rules = self.order.rules
        surplus = membership.surplus(self.choosing)
        kept = _largest(np.flatnonzero(surplus >= -self.tie.sum()), self.cut)
        return {
            "game": "trade",
            "winset": __version__,
            "title": self.order.scenario.title,
            "on": self.order.scenario.on.isoformat(),
            "world": {
                "name": self.world.name,
                "year": self.world.year,
                "sha256": self.world.sha256,
            },
            "parameters": self.order.scenario.parameters.told(),
            "players": list(self.codes),
            "core": list(self.core),
            "penalty_percent": 100.0 * rules.penalty,
            "carbon_price_usd_per_tonne": rules.carbon_price,
            "economies": [
                {
                    "code": code,
                    "role": "core"
                    if code in self.core
                    else "chooses"
                    if code in self.codes
                    else "outside",
                    "income_musd": float(self.problem.problem.before.income[k]),
                    "co2_mt": float(self.emissions[k]),
                    "damage_usd_per_tonne": float(self.damage[k]),
                }
                for k, code in enumerate(self.world.codes)
            ],
            "co2_year": YEAR,
            "co2_unknown": list(self.unknown),
            "clubs": self.problem.count,
            "stable_count": len(self.stable),
            "stable": [self._stable(found) for found in self.looked],
            "everybody": self._about(self.problem.count - 1)
            | {
                "cheapest_penalty_percent": _percent(self.everybody.penalty),
                "highest_price_usd_per_tonne": self.everybody.price,
                "is_stable": self.problem.count - 1 in self.stable,
            },
            "asked": None
            if self.asked is None
            else self._about(self.asked) | {"is_stable": self.asked in self.stable},
            "rounds": [
                {
                    "joined": [self.codes[k] for k in one.joined],
                    "left": [self.codes[k] for k in one.left],
                    "members": self.members(one.club),
                }
                for one in self.rounds
            ],
            "rounds_come_to_rest": self.rests,
            "pivotal": [
                {
                    "code": self.codes[k],
                    "largest_without": None if club is None else self.members(club),
                    "co2_percent": None if club is None else self.co2_percent(club),
                }
                for k, club in self.pivotal
            ],
            "with_transfers": {
                "clubs": int((surplus >= -self.tie.sum()).sum()),
                "largest": self._about(kept)
                | {
                    "surplus_musd": float(surplus[kept]),
                    "received": [
                        {"code": code, "received_musd": float(paid)}
                        for code, paid in zip(
                            self.codes, membership.transfers(self.choosing, kept), strict=True
                        )
                    ],
                },
            },
            "solver": {
                "max_residual": self.solved.max_residual,
                "by_newton": self.solved.by_newton,
                "seconds": self.seconds,
            },
        }

    @property
    def tie(self) -> Array:
        """What counts as no gain, (f,)."""
        return tie_of(self.problem)

    def _about(self, club: int) -> dict[str, Any]:
        moving = dict(zip(self.codes, membership.moving(self.choosing, club), strict=True))
        inside = self.members(club)
        return {
            "members": inside,
            "co2_percent": self.co2_percent(club),
            "economies": [
                {
                    "code": code,
                    "inside": code in inside,
                    "payoff_musd": float(self.payoffs[club, k]),
                    "gain_by_moving_musd": float(moving[code]) if code in moving else None,
                }
                for k, code in enumerate(self.world.codes)
            ],
        }

    def _stable(self, found: StableClub) -> dict[str, Any]:
        other = found.objection
        return self._about(found.number) | {
            "verified": True,
            "largest_gap_over_income": found.gap,
            "strong": other is None,
            "group_would_move_to": None if other is None else self.members(other),
            "cheapest_penalty_percent": _percent(found.cheapest),
            "cheapest_penalty_sought": found.sought,
        }


def _percent(rate: float | None) -> float | None:
    return None if rate is None else 100.0 * rate


def solve_club(
    order: ClubOrder,
    *,
    penalty: float | None = None,
    price: float | None = None,
    club: str | None = None,
    workers: int | None = None,
    blocs_file: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TradeClub:
    """Try every club of an order.

    Parameters
    ----------
    penalty, price : float, optional
        In place of the order's.
    club : str, optional
        A group that is asked about, stable or not; the core belongs to it.

    Raises
    ------
    DataError
        Unknown names, a club of one, more than 22 that choose, or a penalty out of range.
    ConvergenceError
        A club has no equilibrium, or one that is called stable does not hold when it is solved anew.
    """
    begun = time.perf_counter()
    changed = {"penalty": penalty, "carbon_price": price}
    for key, value in changed.items():
        most = HIGHEST_PENALTY if key == "penalty" else 1e5
        if value is not None and not 0.0 <= value <= most:
            raise DataError(
                f"{key} = {value:g} ({OPTIONS[key]}): it must be between 0 and {most:g}."
            )
    rules = order.rules.model_copy(update={k: v for k, v in changed.items() if v is not None})
    order = replace(order, rules=rules)
    blocs = load_blocs(blocs_file)
    world, gas, unknown = world_of(order, blocs)
    players, core = players_of(order, world, blocs)
    scenario = order.scenario
    shock = shock_of(order, world, blocs)
    output, beta = output_of(order, world)
    policy = abated(
        rules.carbon_price,
        gas / output,
        value_added_share=beta,
        energy_share=rules.energy_share,
        elasticity=rules.energy_elasticity,
    )
    productivity = shock.productivity * policy.resources**-beta
    problem = clubs.lay(
        world,
        scenario.parameters,
        choosing=players,
        core=core,
        cost=shock.cost,
        tariff=shock.tariff,
        penalty=levied(world, rules.penalty) if rules.penalty else None,
        productivity=productivity,
        about={},
    )
    damage = damage_of(order, world)
    solved = clubs.solve_all(problem, workers=workers, progress=progress)
    cut = _cuts(problem, gas, policy, solved.labor)
    payoffs = solved.gains + cut[:, None] * damage
    own, tie = payoffs[:, list(problem.choosing)], tie_of(problem)
    wants = membership.wanting(own, tie)
    stable = np.flatnonzero(~wants.any(axis=1))
    first = sorted(stable.tolist(), key=lambda m: (-m.bit_count(), -float(cut[m]), m))
    valued = Valued(problem, gas, policy, damage)
    steps, rests = membership.rounds(own, tie)
    looked = []
    for place, number in enumerate(first[:SHOWN]):
        gap = verified(order, problem, world, valued, payoffs, number, tie)
        found, sought = None, place < SWEPT and bool(rules.penalty)
        if sought:
            found = cheapest(problem, valued, number, tie)
        looked.append(
            StableClub(number, gap, membership.objection(own, tie, number), found, sought)
        )
    everybody = cheapest(problem, valued, problem.count - 1, tie) if rules.penalty else None
    highest = None
    if rules.carbon_price:
        highest = dearest(order, problem, valued, gas / output, beta, shock.productivity, tie)
    pivotal = []
    for k in range(len(players)):
        rest = np.flatnonzero(membership.holding_without(wants, k))
        pivotal.append((k, _largest(rest, cut) if len(rest) else None))
    asked = None
    if club is not None:
        inside = named_in(order, club, world, blocs, "--club")
        if never := [c for c in inside if c not in players and c not in core]:
            raise DataError(f"--club: {never[0]} neither chooses nor is of the core. Name others.")
        asked = sum(1 << players.index(c) for c in inside if c in players)
    return TradeClub(
        order=order,
        world=world,
        problem=problem,
        emissions=gas,
        damage=damage,
        policy=policy,
        payoffs=payoffs,
        cut=cut,
        stable=tuple(first),
        looked=tuple(looked),
        everybody=Sustained(everybody, highest),
        rounds=tuple(steps),
        rests=rests,
        pivotal=tuple(pivotal),
        asked=asked,
        solved=solved,
        unknown=unknown,
        seconds=time.perf_counter() - begun,
    )


def _largest(numbers: NDArray[np.intp], cut: Array) -> int:
    """Return the club with most members, and of those the one that cuts most."""
    return max([int(m) for m in numbers], key=lambda m: (m.bit_count(), float(cut[m]), -m))


def _cuts(problem: clubs.ClubProblem, gas: Array, policy: Abated, labor: Array | None) -> Array:
    """Return Σ_i E_i (1 − L̂_i e_i) of every club, million tonnes, (2^f,)."""
    found = np.empty(problem.count)
    size = 1 << 14
    for first in range(0, problem.count, size):
        numbers = np.arange(first, min(first + size, problem.count))
        factor = np.where(problem.inside(numbers), policy.emissions, 1.0)
        if labor is not None:
            factor = factor * labor[numbers]
        found[numbers] = (1.0 - factor) @ gas
    return found
