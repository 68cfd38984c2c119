"""A club in trade general equilibrium: who would hold it, at which penalty, in which order, and by whom."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, ValidationError

from winset import __version__
from winset.environment.abatement import ELASTICITY, ENERGY_SHARE, Abated, abated
from winset.errors import ConvergenceError, DataError, did_you_mean
from winset.games import clubs as membership
from winset.places.blocs import load_blocs
from winset.places.groups import ALL, Group, read_group
from winset.scenario import Scenario, Shock, parse
from winset.scenario.changes import CustomsUnion, Joining, Tariff
from winset.toml_files import Strict, TomlPosition, read_toml
from winset.trade.capabilities import can, model_of
from winset.trade.coalitions import clubs
from winset.trade.solver import solve_shock
from winset.worlds import WITH_TARIFFS
from winset.worlds.inventory import YEAR, inventories

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array, Mask
    from winset.worlds import World


CLUBS = Path(__file__).parents[1] / "data" / "clubs"
HIGHEST_PENALTY = 10.0
TIE = 1e-9  # of income: nobody moves for less
SHOWN = 20  # stable clubs that are looked into
SWEPT = 3  # of them whose cheapest penalty is sought, the largest first
STEPS = 20  # penalties that are tried from none to the highest
HIGHEST_TRIED = 1.0  # penalty
FINEST = 1e-4  # of a penalty that is sought
HIGHEST_PRICE = 1000.0  # USD a tonne that is tried
PRICE_STEP = 0.05


class ClubFile(Strict):
    """The table ``[club]``."""

    players: str | list[str] = "all"
    core: str | list[str] = Field(default_factory=list)
    penalty: float = Field(0.0, ge=0)
    carbon_price: float = Field(0.0, ge=0, le=100_000)
    social_cost: float = Field(0.0, ge=0, le=100_000)
    damage: dict[str, float] = Field(default_factory=dict)
    energy_share: float = Field(ENERGY_SHARE, gt=0, lt=1)
    energy_elasticity: float = Field(ELASTICITY, gt=0, le=10)
    regions: dict[str, str | list[str]] = Field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True, slots=True)
class ClubOrder:
    """A club as it was asked for: what changes among members, in which world, and the rules."""

    scenario: Scenario
    rules: ClubFile
    place: TomlPosition
    nothing_else: bool


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
            "parameters": asdict(self.order.scenario.parameters),
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
                    "received_musd": dict(
                        zip(
                            self.codes,
                            membership.transfers(self.choosing, kept).tolist(),
                            strict=True,
                        )
                    ),
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
        moving = membership.moving(self.choosing, club)
        return {
            "members": self.members(club),
            "payoffs_musd": dict(zip(self.world.codes, self.payoffs[club].tolist(), strict=True)),
            "gain_by_moving_musd": dict(zip(self.codes, moving.tolist(), strict=True)),
            "co2_percent": self.co2_percent(club),
        }

    def _stable(self, found: StableClub) -> dict[str, Any]:
        other = found.objection
        return self._about(found.number) | {
            "verified": True,
            "largest_gap": found.gap,
            "strong": other is None,
            "group_would_move_to": None if other is None else self.members(other),
            "cheapest_penalty_percent": _percent(found.cheapest),
            "cheapest_penalty_sought": found.sought,
        }


def _percent(rate: float | None) -> float | None:
    return None if rate is None else 100.0 * rate


def tie_of(problem: clubs.ClubProblem) -> Array:
    """Return what counts as no gain: `TIE` of the income of each that chooses, USD million, (f,)."""
    return TIE * np.asarray(problem.problem.before.income)[list(problem.choosing)]


def bundled_clubs() -> tuple[str, ...]:
    """Names of the clubs that come with winset."""
    return tuple(sorted(path.stem for path in CLUBS.glob("*.toml")))


def read_order(source: str | Path | Mapping[str, Any]) -> ClubOrder:
    """Read a bundled club by name, a TOML file, or the object of one.

    Raises
    ------
    DataError
        With the file, the line, the value and the remedy.
    """
    if isinstance(source, str | Path):
        path = CLUBS / f"{source}.toml" if str(source) in bundled_clubs() else Path(source)
        if not path.is_file():
            raise DataError(
                f"club {str(source)!r} is neither bundled ({', '.join(bundled_clubs())}) nor a file."
                f"{did_you_mean(str(source), bundled_clubs())}"
            )
        raw, place = read_toml(path)
    else:
        raw, place, path = dict(source), TomlPosition("", "club"), None
    table = raw.pop("club", None)
    if not isinstance(table, dict):
        raise DataError(
            f"{place.name}: no [club]. It says who may be inside, and what they do: penalty, carbon_price."
        )
    try:
        rules = ClubFile.model_validate(table)
    except ValidationError as error:
        raise place.explain(error, "club", ClubFile) from None
    if rules.penalty > HIGHEST_PENALTY:
        raise DataError(
            f"{place.at('club', 'penalty')}: penalty = {rules.penalty:g} is above 1,000 %. Write 0.10 for "
            "ten percent: is it in percent?"
        )
    empty = not raw.get("change")
    if empty:
        raw["change"] = [{"kind": "trade-cost", "among": "all", "factor": 1.0}]
    raw.setdefault("world", WITH_TARIFFS)
    scenario = parse(raw, text=place.text, path=path)
    if empty and not rules.penalty and not rules.carbon_price:
        raise DataError(
            f"{place.name}: the club does nothing. Give a [[change]] among its members, a carbon_price, or a "
            "penalty."
        )
    return ClubOrder(scenario, rules, place, empty)


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
            raise DataError(f"{key} = {value:g}: it must be between 0 and {most:g}.")
    rules = order.rules.model_copy(update={k: v for k, v in changed.items() if v is not None})
    order = replace(order, rules=rules)
    blocs = load_blocs(blocs_file)
    world, gas, unknown = _world(order, blocs)
    players, core = _players(order, world, blocs)
    scenario = order.scenario
    shock = _shock(order, world, blocs)
    output = world.accounts(scenario.parameters.value_added_share).output
    policy = abated(
        rules.carbon_price,
        gas / output,
        value_added_share=scenario.parameters.value_added_share,
        energy_share=rules.energy_share,
        elasticity=rules.energy_elasticity,
    )
    productivity = shock.productivity * policy.resources**-scenario.parameters.value_added_share
    problem = clubs.lay(
        world,
        scenario.parameters,
        choosing=players,
        core=core,
        cost=shock.cost,
        tariff=shock.tariff,
        penalty=_levied(world, rules.penalty) if rules.penalty else None,
        productivity=productivity,
        about={},
    )
    damage = _damage(order, world)
    solved = clubs.solve_all(problem, workers=workers, progress=progress)
    cut = _cuts(problem, gas, policy, solved.labor)
    payoffs = solved.gains + cut[:, None] * damage
    own, tie = payoffs[:, list(problem.choosing)], tie_of(problem)
    wants = membership.wanting(own, tie)
    stable = np.flatnonzero(~wants.any(axis=1))
    first = sorted(stable.tolist(), key=lambda m: (-m.bit_count(), -float(cut[m]), m))
    valued = _Valued(problem, gas, policy, damage)
    steps, rests = membership.rounds(own, tie)
    looked = []
    for place, number in enumerate(first[:SHOWN]):
        gap = _verified(order, problem, world, valued, payoffs, number, tie)
        found, sought = None, place < SWEPT and bool(rules.penalty)
        if sought:
            found = cheapest(problem, valued, number, tie)
        looked.append(
            StableClub(number, gap, membership.objection(own, tie, number), found, sought)
        )
    everybody = cheapest(problem, valued, problem.count - 1, tie) if rules.penalty else None
    dearest = None
    if rules.carbon_price:
        dearest = _dearest(order, problem, valued, gas / output, shock.productivity, tie)
    pivotal = []
    for k in range(len(players)):
        rest = np.flatnonzero(membership.holding_without(wants, k))
        pivotal.append((k, _largest(rest, cut) if len(rest) else None))
    asked = None
    if club is not None:
        inside = _named(order, club, world, blocs, "--club")
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
        everybody=Sustained(everybody, dearest),
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


def _named(
    order: ClubOrder, text: str | Sequence[str], world: World, blocs: Any, key: str
) -> tuple[str, ...]:
    where = key if key.startswith("--") else order.place.at("club", key)
    found = read_group(
        text, on=order.scenario.on, codes=world.codes, blocs=blocs, where=where,
        of=f"world {world.name!r} as merged" if order.rules.regions else f"world {world.name!r}",
    )  # fmt: skip
    return found.codes


def _world(order: ClubOrder, blocs: Any) -> tuple[World, Array, tuple[str, ...]]:
    """Return the world of one sector, merged as asked for, its CO2 (n,), and those without a figure."""
    scenario, rules = order.scenario, order.rules
    raw = scenario.load_world()
    if not can(model_of(raw, scenario.parameters), "lattice"):
        raise DataError(
            f"{order.place.name}: clubs are solved in the model of one sector without entry costs; world "
            f"{raw.name!r} has {len(raw.sectors)} sectors. Name another world, or drop the parameter."
        )
    world = raw.closed(scenario.parameters.value_added_share)
    told = inventories()
    gas = {c: told[c].territorial if c in told else 0.0 for c in world.codes}
    unknown = tuple(c for c in world.codes if c not in told)
    groups: dict[str, tuple[str, ...]] = {}
    for name, text in rules.regions.items():
        groups[name] = read_group(
            text, on=scenario.on, codes=world.codes, blocs=blocs,
            where=order.place.at("club.regions", name), of=f"world {world.name!r}",
        ).codes  # fmt: skip
    if rules.rest:
        taken = {code for codes in groups.values() for code in codes} | _by_name(
            order, world, blocs
        )
        left = tuple(code for code in world.codes if code not in taken)
        if left:
            groups[rules.rest] = left
    try:
        merged = world.aggregate(groups) if groups else world
    except DataError as error:
        raise DataError(f"{order.place.at('club.regions')}: {error}") from error
    sums = {name: sum(gas[c] for c in codes) for name, codes in groups.items()}
    return merged, np.array([sums.get(c, gas.get(c, 0.0)) for c in merged.codes]), unknown


def _by_name(order: ClubOrder, world: World, blocs: Any) -> set[str]:
    """Return who is named as a player or of the core: never merged into the rest."""
    found: set[str] = set()
    for key in ("players", "core"):
        text = getattr(order.rules, key)
        if text and text != ALL:
            codes = (*world.codes, *order.rules.regions)
            where = order.place.at("club", key)
            found |= set(
                read_group(text, on=order.scenario.on, codes=codes, blocs=blocs, where=where).codes
            )
    return found


def choosing(order: ClubOrder, blocs_file: Path | None = None) -> tuple[str, ...]:
    """Return who chooses in an order, before anything is solved.

    Raises
    ------
    DataError
        Unknown names.
    """
    blocs = load_blocs(blocs_file)
    return _players(order, _world(order, blocs)[0], blocs)[0]


def _players(order: ClubOrder, world: World, blocs: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who chooses, and the core; the rest of the world does not choose unless it is named."""
    rules = order.rules
    core = _named(order, rules.core, world, blocs, "core") if rules.core else ()
    found = _named(order, rules.players, world, blocs, "players")
    if rules.players == ALL:
        found = tuple(c for c in found if c != rules.rest)
    return tuple(c for c in found if c not in core), core


def _shock(order: ClubOrder, world: World, blocs: Any) -> Shock:
    """Lay what changes among members on the world."""
    for number, change in enumerate(order.scenario.changes, 1):
        if isinstance(change, Joining | CustomsUnion) or (
            isinstance(change, Tariff) and (change.mfn or change.answer)
        ):
            raise DataError(
                f"{order.place.at(f'change {number}')}: a club changes something of known size among its "
                "members; what it does to outsiders is its penalty. Use trade-cost, tariff, or "
                "free-trade-area."
            )
    shock = order.scenario.resolve(world, blocs)
    if shock.requests:
        raise DataError(f"{order.place.name}: a quota is no policy of a club. Use tariffs.")
    return shock


def _levied(world: World, penalty: float) -> Array:
    """Return the tariff of every economy on every outsider: what it charges now and the penalty."""
    rates = world.tariffs + penalty
    np.fill_diagonal(rates, np.diagonal(world.tariffs))
    return np.asarray(rates)


def _damage(order: ClubOrder, world: World) -> Array:
    """Return what a tonne of CO2 costs each economy, USD, (n,)."""
    rules = order.rules
    if rules.damage and rules.social_cost:
        raise DataError(
            f"{order.place.at('club', 'social_cost')}: social_cost and damage contradict each other. Keep "
            "one: the former is divided by GDP."
        )
    for name in rules.damage:
        if name not in world.index:
            raise DataError(
                f"{order.place.at('club.damage', name)}: {name!r} is not in the world."
                f"{did_you_mean(name, world.codes)}"
            )
    if rules.damage:
        return np.array([rules.damage.get(c, 0.0) for c in world.codes])
    return np.asarray(rules.social_cost * world.gdp / world.gdp.sum())


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


@dataclass(frozen=True, slots=True)
class _Valued:
    """Payoffs of one club at a time."""

    problem: clubs.ClubProblem
    gas: Array
    policy: Abated
    damage: Array

    def of(self, gains: Array, labor: Array, inside: Mask) -> Array:
        """Equivalent variation and damages avoided, (n,)."""
        factor = np.where(inside, self.policy.emissions, 1.0) * labor
        return np.asarray(gains + ((1.0 - factor) @ self.gas) * self.damage)

    def exactly(self, problem: clubs.ClubProblem, club: int) -> Array:
        """Payoffs of a club in a problem like this one, solved by the ordinary solver, (n,)."""
        inside = problem.inside(np.array([club]))[0]
        gains, labor, _ = clubs.exactly(problem, inside)
        return self.of(gains, labor, inside)


def _verified(
    order: ClubOrder,
    problem: clubs.ClubProblem,
    world: World,
    valued: _Valued,
    payoffs: Array,
    club: int,
    tie: Array,
) -> float:
    """Solve a club and every deviation anew with `winset.solve`; return the largest gap over income.

    Raises
    ------
    ConvergenceError
        Somebody gains by moving after all.
    """

    def anew(number: int) -> Array:
        inside = problem.inside(np.array([number]))[0]
        members = tuple(c for c, yes in zip(world.codes, inside, strict=True) if yes)
        change = clubs.shift(problem, inside)
        shock = Shock(change.cost, change.tariff, change.productivity, Group(members))
        done = solve_shock(world, order.scenario, shock)
        return valued.of(done.equivalent_variation, done.after.labor, inside)

    income = problem.problem.before.income
    here = anew(club)
    gap = float((np.abs(here - payoffs[club]) / income).max())
    for k, place in enumerate(problem.choosing):
        there = anew(club ^ (1 << k))
        gap = max(gap, float((np.abs(there - payoffs[club ^ (1 << k)]) / income).max()))
        if there[place] - here[place] > tie[k]:
            raise ConvergenceError(
                f"a club is stable by a margin that rounding decides: {world.codes[place]} gains "
                f"{there[place] - here[place]:.3g} USD million by moving when both are solved anew.",
                residual=gap,
                economy=world.codes[place],
            )
    return gap


def _holds(problem: clubs.ClubProblem, valued: _Valued, club: int, tie: Array) -> bool:
    """Tell whether nobody gains by moving alone, all solved by the ordinary solver."""
    try:
        here = valued.exactly(problem, club)
        return all(
            valued.exactly(problem, club ^ (1 << k))[place] - here[place] <= tie[k]
            for k, place in enumerate(problem.choosing)
        )
    except ConvergenceError:
        return False


def _dearest(
    order: ClubOrder,
    problem: clubs.ClubProblem,
    valued: _Valued,
    intensity: Array,
    productivity: Array,
    tie: Array,
) -> float | None:
    """Return the highest carbon price at which the club of everybody holds, other things as ordered.

    Prices are tried from the highest, each a quarter below the one before, then halved between; None where
    none down to 1 USD a tonne holds, the highest where it holds there.
    """
    rules, beta = order.rules, order.scenario.parameters.value_added_share
    club = problem.count - 1

    def holds(price: float) -> bool:
        policy = abated(
            price, intensity, value_added_share=beta,
            energy_share=rules.energy_share, elasticity=rules.energy_elasticity,
        )  # fmt: skip
        inner = replace(problem.problem, productivity=productivity * policy.resources**-beta)
        tried = replace(problem, problem=inner)
        return _holds(tried, replace(valued, policy=policy), club, tie)

    high, low = None, HIGHEST_PRICE
    while not holds(low):
        high, low = low, 0.75 * low
        if low < 1.0:
            return None
    while high is not None and high - low > PRICE_STEP:
        middle = (low + high) / 2.0
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def cheapest(problem: clubs.ClubProblem, valued: _Valued, club: int, tie: Array) -> float | None:
    """Return the lowest penalty at which a club is Nash-stable; None where it is at none up to 100 %.

    Penalties are tried in steps of 5 % from zero, each club and deviation by the ordinary solver; between the
    first that holds and the one before, the border is halved down to 0.01 %. A window narrower than a step
    is missed.
    """
    world = problem.problem.world

    def holds(penalty: float) -> bool:
        levied = _levied(world, penalty) if penalty else None
        tried = replace(problem, problem=replace(problem.problem, penalty=levied))
        return _holds(tried, valued, club, tie)

    low = None
    for step in range(STEPS + 1):
        high = step * HIGHEST_TRIED / STEPS
        if holds(high):
            break
        low = high
    else:
        return None
    if low is None:
        return 0.0
    while high - low > FINEST:
        middle = (low + high) / 2.0
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
