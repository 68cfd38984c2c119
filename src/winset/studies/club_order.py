"""A club as it is asked for: the table ``[club]`` of a TOML file, laid on a world of one sector."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, ValidationError

from winset.environment.abatement import ELASTICITY, ENERGY_SHARE
from winset.errors import DataError, did_you_mean
from winset.places.blocs import load_blocs
from winset.places.groups import ALL, read_group
from winset.scenario import Scenario, Shock, parse
from winset.scenario.changes import CustomsUnion, Joining, Tariff
from winset.toml_files import Strict, TomlPosition, read_toml
from winset.trade.capabilities import can, model_of, without_export_taxes
from winset.trade.coalitions.problem import sizes, with_home_sales
from winset.worlds import WITH_TARIFFS
from winset.worlds.inventory import inventories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.numbers import Array
    from winset.worlds import World


CLUBS = Path(__file__).parents[1] / "data" / "clubs"
HIGHEST_PENALTY = 10.0


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


def choosing(order: ClubOrder, blocs_file: Path | None = None) -> tuple[str, ...]:
    """Return who chooses in an order, before anything is solved.

    Raises
    ------
    DataError
        Unknown names.
    """
    blocs = load_blocs(blocs_file)
    return players_of(order, world_of(order, blocs)[0], blocs)[0]


def players_of(
    order: ClubOrder, world: World, blocs: Any
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who chooses, and the core; the rest of the world does not choose unless it is named."""
    rules = order.rules
    core = named_in(order, rules.core, world, blocs, "core") if rules.core else ()
    found = named_in(order, rules.players, world, blocs, "players")
    if rules.players == ALL:
        found = tuple(c for c in found if c != rules.rest)
    return tuple(c for c in found if c not in core), core


def named_in(
    order: ClubOrder, text: str | Sequence[str], world: World, blocs: Any, key: str
) -> tuple[str, ...]:
    where = key if key.startswith("--") else order.place.at("club", key)
    found = read_group(
        text, on=order.scenario.on, codes=world.codes, blocs=blocs, where=where,
        of=f"world {world.name!r} as merged" if order.rules.regions else f"world {world.name!r}",
    )  # fmt: skip
    return found.codes


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


def world_of(order: ClubOrder, blocs: Any) -> tuple[World, Array, tuple[str, ...]]:
    """Return the world, merged as asked for, its CO2 (n,), and those without a figure."""
    scenario, rules = order.scenario, order.rules
    raw = scenario.load_world()
    if not can(model_of(raw, scenario.parameters), "lattice"):
        fuels = scenario.parameters.energy is not None
        raise DataError(
            f"{order.place.name}: clubs are solved in the models of one sector and of many sectors. Drop "
            "energy, entry_cost_share and pass_through."
            + fuels
            * " One club with fuels is a scenario: carbon-price and tariff changes for winset run."
        )
    world = with_home_sales(raw, scenario.parameters.value_added_share)
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


def shock_of(order: ClubOrder, world: World, blocs: Any) -> Shock:
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
    shock = without_export_taxes(order.scenario.resolve(world, blocs), "A club")
    if shock.requests:
        raise DataError(f"{order.place.name}: a quota is no policy of a club. Use tariffs.")
    return shock


def levied(world: World, penalty: float) -> Array:
    """Return the tariff of every economy on every outsider: what it charges now and the penalty.

    (n, n), or (J, n, n) in a world with sectors, all of them alike.
    """
    now = world.tariff if world.sectored else world.tariffs
    return np.asarray(np.where(np.eye(len(world), dtype=np.bool_), now, now + penalty))


def output_of(order: ClubOrder, world: World) -> tuple[Array, Array]:
    """Return gross output of every economy, USD million, and value added in it, (n,) each."""
    beta = order.scenario.parameters.value_added_share
    if not world.sectored:
        output = world.accounts(beta).output
        return output, np.full(len(world), beta)
    accounts = world.sector_accounts(beta)
    output = accounts.output.sum(axis=0)
    return output, np.asarray(accounts.value_added / output)


def damage_of(order: ClubOrder, world: World) -> Array:
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
    size = world.gdp
    if world.sectored:
        size = sizes(world, order.scenario.parameters.value_added_share)
    return np.asarray(rules.social_cost * size / size.sum())
