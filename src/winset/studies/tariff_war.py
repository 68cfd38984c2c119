"""A tariff war: who fights, by which method, and what a bargain instead of it is worth."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.places.groups import ALL, names
from winset.scenario.pairs import group_in
from winset.scenario.parameters import checked_parameters
from winset.studies import deficit_rules
from winset.trade.policy.tariff_instruments import checked
from winset.worlds import World
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.places.groups import Group
    from winset.scenario.parameters import Deficits
    from winset.studies.deficit_rules import OtherGains
    from winset.trade.policy.nash_bargain import NashBargain
    from winset.trade.policy.nash_tariffs import NashEquilibrium
    from winset.trade.policy.sufficient_statistics import War

METHODS = ("sufficient", "exact", "both")


@dataclass(frozen=True, slots=True)
class TariffWar:
    """A war as it was asked for.

    Attributes
    ----------
    on : date
        Membership of the blocs among the players counts on it.
    statistics : War or None
        By sufficient statistics (Lashkaripour 2021).
    exact : NashEquilibrium or None
        By best answers, solved exactly.
    agreed : NashBargain or None
        The bargain from the war.
    group : Group
        Who plays, and who of the blocs named does not: not in the world, or a member only later.
    others : tuple of OtherGains
        The war under the other deficit rules.
    """

    world: World
    on: dt.date
    statistics: War | None
    exact: NashEquilibrium | None
    agreed: NashBargain | None
    group: Group
    others: tuple[OtherGains, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset war --json`` prints."""
        said: dict[str, Any] = {
            "on": self.on.isoformat(),
            "counted": self.group.to_json(),
            "deficit_rules": [other.to_json() for other in self.others],
        }
        if self.exact is None:
            assert self.statistics is not None
            return self.statistics.to_json() | said
        said = self.exact.to_json() | said
        if self.statistics is not None:
            from winset.trade.policy.nash_tariffs import compared

            said["sufficient"] = compared(self.exact, self.statistics)
        if self.agreed is not None:
            said["cooperation"] = self.agreed.to_json()
        return said


def fight(
    world: str | Path | World,
    *,
    players: str = ALL,
    on: dt.date | None = None,
    as_one: bool = False,
    method: str | None = None,
    instruments: str = "uniform",
    elasticities: str = "",
    balanced: bool = False,
    value_added_share: float | None = None,
    cooperate: bool = False,
    transfers: bool = False,
    starts: int = 2,
    points: int = 200,
    seed: int = 0,
    pictures: tuple[str, ...] = (),
    blocs: Mapping[str, Bloc] | None = None,
) -> TariffWar:
    """Fight a tariff war of `players`, all of them by default.

    Parameters
    ----------
    on : date, optional
        Whose members a bloc among the players has: those of this date, today by default.
    as_one : bool
        Whether a bloc among the players sets one tariff.
    method : str, optional
        ``sufficient``, ``exact`` or ``both``; exact where another option needs it.
    pictures : tuple of str
        Options of the caller that need the exact war, such as ``--chart``, for messages.

    Raises
    ------
    DataError
        Options that contradict each other, an unknown player, a world without tariffs to set.
    ConvergenceError
        No war, or more than one.
    """
    chosen = chosen_method(
        method=method,
        instruments=instruments,
        as_one=as_one,
        value_added_share=value_added_share,
        cooperate=cooperate,
        transfers=transfers,
        pictures=pictures,
    )
    data = world if isinstance(world, World) else load_world(world)
    day = on or dt.date.today()
    groups = war_players(players, day, data, blocs, as_one=as_one)
    group = group_in(data, players, on=day, blocs=blocs, where="--players")
    statistics = None
    if chosen != "exact":
        from winset.trade.policy.sufficient_statistics import sufficient_war

        alone = None if groups is None else list(groups)
        statistics = sufficient_war(
            data, players=alone, elasticities=elasticities, balanced=balanced
        )
        if chosen == "sufficient":
            others = _others_by_statistics(statistics, alone)
            return TariffWar(data, day, statistics, None, None, group, others)
    from winset.trade.policy import best_response, nash_bargain, nash_tariffs

    parameters = checked_parameters(
        {
            "value_added_share": 1.0 if value_added_share is None else value_added_share,
            "elasticities": elasticities,
            "deficits": "balanced" if balanced else "world-share",
        },
        "winset war",
    )
    game = best_response.contest(data, parameters, groups, checked(instruments))
    done = nash_tariffs.war(game, starts=starts, seed=seed, points=points)
    agreed = nash_bargain.cooperate(done, transfers=transfers) if cooperate else None
    return TariffWar(data, day, statistics, done, agreed, group, _others_exactly(done, groups))


def _others_by_statistics(war: War, alone: list[str] | None) -> tuple[OtherGains, ...]:
    """Fight by sufficient statistics under the other rules, of which they know one."""
    from winset.trade.policy.sufficient_statistics import sufficient_war

    def solved(rule: Deficits) -> Array:
        if rule == "multiplicative":
            raise DataError("sufficient statistics know no such deficits. Use --method exact.")
        again = sufficient_war(
            war.world,
            players=alone,
            elasticities=war.elasticities,
            balanced=rule == "balanced",
        )
        return again.welfare

    inside = np.isin(war.world.codes, war.players)
    return _under(
        "balanced" if war.balanced else "world-share", war.world, war.welfare, inside, solved
    )


def _others_exactly(
    war: NashEquilibrium, groups: dict[str, list[str]] | None
) -> tuple[OtherGains, ...]:
    """Fight exactly under the other rules, from one start and without trying deviations."""
    from winset.trade.policy import best_response, nash_tariffs

    game = war.contest

    def solved(rule: Deficits) -> Array:
        parameters = replace(game.parameters, deficits=rule)
        again = best_response.contest(game.world, parameters, groups, game.instruments)
        return nash_tariffs.war(again, starts=1, points=0).welfare

    inside = game.weights.sum(axis=0) > 0
    return _under(game.parameters.deficits, game.world, war.welfare, inside, solved)


def _under(
    own: Deficits,
    world: World,
    welfare: Array,
    inside: NDArray[np.bool_],
    solved: Callable[[Deficits], Array],
) -> tuple[OtherGains, ...]:
    return tuple(
        deficit_rules.gains_under(
            rules,
            world.codes,
            welfare,
            partial(solved, rules[0]),
            members=inside,
            judged=np.ones_like(inside),
        )
        for rules in deficit_rules.others(own)
    )


def chosen_method(
    *,
    method: str | None,
    instruments: str,
    as_one: bool,
    value_added_share: float | None,
    cooperate: bool,
    transfers: bool,
    pictures: tuple[str, ...] = (),
) -> str:
    """Return which of `METHODS` answers, see `fight`.

    Raises
    ------
    DataError
        Options that contradict each other.
    """
    options = {
        "--instruments": checked(instruments) != "uniform",
        "--as-one": as_one,
        "--value-added-share": value_added_share is not None,
        "--cooperate": cooperate,
        **dict.fromkeys(pictures, True),
    }
    needed = [name for name, given in options.items() if given]
    chosen = method or ("exact" if needed else "sufficient")
    if chosen not in METHODS:
        raise DataError(f"--method {chosen}: it is {', '.join(METHODS)}.")
    if chosen == "sufficient" and needed:
        raise DataError(f"{needed[0]} needs --method exact.")
    if chosen == "both" and (unknown := set(needed) - {"--cooperate", *pictures}):
        raise DataError(
            f"{min(unknown, key=needed.index)}: sufficient statistics know no such war. Use --method exact."
        )
    if transfers and not cooperate:
        raise DataError("--transfers is about the bargain: add --cooperate.")
    return chosen


def war_players(
    text: str, on: dt.date, data: World, blocs: Mapping[str, Bloc] | None, *, as_one: bool
) -> dict[str, list[str]] | None:
    """Read ``--players``: names of players to the codes that act under them; None for all."""
    if text.strip().casefold() == ALL:
        return None
    groups: dict[str, list[str]] = {}
    for item in names(text):
        codes = group_in(data, item, on=on, blocs=blocs, where="--players").codes
        if as_one and item not in data.index:
            groups[item] = list(codes)
        else:
            groups |= {code: [code] for code in codes}
    if not groups:
        raise DataError(f"--players {text!r} names nobody in world {data.name!r}.")
    return groups
