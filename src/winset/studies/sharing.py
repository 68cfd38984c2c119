"""World and scenario → the game of all coalitions → its divisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import html
from winset.errors import ConvergenceError, DataError
from winset.games import Game, Sharing
from winset.games import share as divide
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.scenario import Scenario, read_scenario
from winset.scenario.pairs import group_in
from winset.studies import deficit_rules
from winset.studies.ties import Ties, ties_of
from winset.studies.weighing_poor import aversion_of, checked_epsilon, weigh
from winset.trade.coalitions import compute, dividends
from winset.trade.coalitions.problem import Resolution, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from winset.places.blocs import Bloc
    from winset.places.groups import Group
    from winset.studies.weighing_poor import Weighed
    from winset.trade.coalitions.dividends import Dividends
    from winset.worlds import World

EXACT, DIVIDENDS = "exact", "dividends"


@dataclass(frozen=True, slots=True)
class Shares:
    """The divisions of an agreement's gain, and the lattice they rest on.

    `group` are those who bargain, `members` all whom the scenario names; `others` what the agreement
    is worth under the other deficit rules; `dividends` those that the worths are sums of, None where every
    coalition was solved; `weighed` the divisions that weigh the poor, where they were asked for;
    `ties` who gains from whom.
    """

    scenario: Scenario
    world: World
    lattice: compute.Lattice
    sharing: Sharing
    group: Group
    members: tuple[str, ...]
    others: tuple[OtherWorth, ...]
    dividends: Dividends | None = None
    weighed: Weighed | None = None
    ties: Ties | None = None

    def about(self) -> dict[str, Any]:
        """Return what the JSON says beside the divisions."""
        solved = self.lattice
        about = dict(solved.problem.about)
        return {
            "title": self.scenario.title,
            "resolution": about["resolution"],
            "economies": len(solved.problem.codes),
            "winset": about["winset"],
            "scenario": about["scenario"],
            "world": about["world"],
            "counted": self.group.to_json(),
            "left_out_members": [code for code in self.members if code not in self.group.codes],
            **method_json(self.dividends),
            **(
                {}
                if self.weighed is None
                else {"aversion": self.weighed.to_json(self.sharing.divisions)}
            ),
            **({} if self.ties is None else self.ties.to_json()),
            "deficit_rules": [other.to_json(self.sharing.game.players) for other in self.others],
            "solver": {
                "max_residual": solved.max_residual,
                "seconds": solved.seconds,
                "resolved_by_newton": solved.resolved_by_newton,
            },
        }

    def _repr_html_(self) -> str:
        """Show the scenario, then the shares in USD million."""
        solver = self.lattice
        note = (
            f"USD million a year. {len(solver.problem.codes)} economies of {self.world.name}; largest "
            f"residual of an equilibrium {solver.max_residual:.1e}."
        )
        return html(self.scenario.title) + self.sharing._repr_html_() + html("Basis", [note])

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset share --json`` prints."""
        about = self.about()
        solver = about["solver"] | {"seconds": self.lattice.seconds + self.sharing.seconds}
        return self.sharing.to_json() | about | {"solver": solver}


def method_json(found: Dividends | None) -> dict[str, Any]:
    """Return ``method``, ``order``, ``error_musd`` and ``dividends`` of ``winset share --json``."""
    if found is None:
        return {"method": EXACT, "order": None, "error_musd": 0.0, "dividends": None}
    return {
        "method": DIVIDENDS,
        "order": found.order,
        "error_musd": found.certificate.stated,
        "dividends": found.to_json(),
    }


def checked_method(text: str | None, order: int | None, tolerance: float | None) -> str | None:
    """Read ``--method``, which ``--order`` and ``--tolerance`` imply.

    Raises
    ------
    DataError
        Another word, or a method that takes neither.
    """
    if text not in (None, EXACT, DIVIDENDS):
        raise DataError(f"--method {text[:80]}: it is {EXACT} or {DIVIDENDS}.")
    if order is None and tolerance is None:
        return text
    if text == EXACT:
        given = "--order" if order is not None else "--tolerance"
        raise DataError(f"{given} belongs to --method {DIVIDENDS}: exact enumeration has none.")
    return DIVIDENDS


def checked_resolution(text: str) -> Resolution:
    """Read ``--resolution``."""
    if text == "full":
        return "full"
    if text == "compact":
        return "compact"
    raise DataError(f"--resolution {text[:80]}: it is full or compact.")


def bargainers(
    text: str | None, scenario: Scenario, world: World, blocs: Mapping[str, Bloc]
) -> Group:
    """Return who bargains: those that ``--players`` names, or the members of the scenario."""
    if text is None:
        return scenario.resolve(world, blocs).group
    return group_in(world, text, on=scenario.on, blocs=blocs, where="--players")


@dataclass(frozen=True, slots=True)
class OtherWorth:
    """What an agreement is worth under another deficit rule, in all and to each player; or why not."""

    rules: tuple[str, ...]
    own: tuple[float, ...] = ()
    refused: str = ""

    @property
    def grand(self) -> float:
        """Worth of all players together, USD million."""
        return float(sum(self.own))

    def to_json(self, players: tuple[str, ...]) -> dict[str, Any]:
        """Return an entry of ``deficit_rules`` of ``winset share --json``."""
        return {
            "rule": self.rules[0],
            "rules": list(self.rules),
            "grand_musd": None if self.refused else self.grand,
            "refused": self.refused or None,
            "players": [
                {"code": code, "own_gain_musd": gain}
                for code, gain in zip(players, self.own, strict=not self.refused)
            ],
        }


def worth_under_other_rules(
    world: World,
    scenario: Scenario,
    players: tuple[str, ...],
    *,
    resolution: Resolution,
    blocs: Mapping[str, Bloc],
) -> tuple[OtherWorth, ...]:
    """Solve the agreement of all players under the other deficit rules."""
    found = []
    for rules in deficit_rules.others(scenario.parameters.deficits):
        asked = deficit_rules.under(scenario, rules[0])
        try:
            problem = prepare(world, asked, players, resolution=resolution, blocs=blocs)
            gains = dict(zip(problem.players, compute.own_gains(problem).tolist(), strict=True))
            found.append(OtherWorth(rules, tuple(gains[code] for code in players)))
        except (ConvergenceError, DataError) as error:
            found.append(OtherWorth(rules, refused=str(error)))
    return tuple(found)


def share(
    source: str | Path | Scenario,
    *,
    players: str | None = None,
    resolution: Resolution = "full",
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
    save: Path | None = None,
    resume: bool = False,
    gains: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    method: str | None = None,
    order: int | None = None,
    tolerance: float | None = None,
    aversion: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Shares:
    """Solve every coalition of a scenario's players and divide the gain by every rule.

    With `method` ``dividends``, small coalitions only: see `winset.trade.coalitions.dividends`, whose are
    `order` and `tolerance`. With `aversion`, also by the rules of `winset.studies.weighing_poor`.

    Raises
    ------
    DataError
        Wrong input, too many players, or not enough memory or disk.
    ConvergenceError
        A coalition without equilibrium, or a nucleolus that is not certified.
    """
    checked_epsilon(aversion)
    scenario = read_scenario(source, overrides)
    blocs = load_blocs(blocs_file)
    world = scenario.load_world()
    group = bargainers(players, scenario, world, blocs)
    by_dividends = checked_method(method, order, tolerance) == DIVIDENDS
    problem = prepare(
        world,
        scenario,
        group.codes,
        resolution=resolution,
        blocs=blocs,
        in_full=not by_dividends,
    )
    averse = None
    if aversion is not None:  # a member without figures is refused before anything is solved
        gdp = np.array([world.gdp[world.index[code]] for code in problem.players])
        averse = aversion_of(aversion, problem.players, gdp)
    found = None
    if by_dividends:
        here_and_without_gains(gains=gains, cluster=cluster)
        found = dividends.compute(
            problem,
            order=order,
            tolerance=tolerance,
            workers=workers,
            save=save,
            resume=resume,
            progress=progress,
        )
        solved = _as_lattice(found)
    else:
        solved = compute.compute(
            problem,
            save=save,
            resume=resume,
            gains=gains,
            workers=workers,
            cluster=cluster,
            progress=progress,
        )
    game = Game(problem.players, solved.values)
    alone = compute.own_gains(problem)
    sharing = divide(game, weights=weights(game, world), own=alone)
    weighed = None
    if averse is not None:
        weighed = weigh(game, averse, sharing.core)
        sharing = sharing.with_divisions(weighed.divisions)
    return Shares(
        scenario,
        world,
        solved,
        sharing,
        group,
        scenario.resolve(world, blocs).members,
        worth_under_other_rules(
            world, scenario, problem.players, resolution=resolution, blocs=blocs
        ),
        found,
        weighed,
        ties_of(solved, alone),
    )


def _as_lattice(found: Dividends) -> compute.Lattice:
    return compute.Lattice(
        found.problem,
        found.values,
        None,
        found.max_residual,
        found.resolved_by_newton,
        found.seconds,
    )


def here_and_without_gains(*, gains: bool, cluster: str | None) -> None:
    """Refuse what exact enumeration alone does: every member's gain in every coalition, other machines."""
    for option in (
        name for name, there in {"--gains": gains, "--cluster": cluster}.items() if there
    ):
        raise DataError(
            f"{option} belongs to --method {EXACT}: with {DIVIDENDS} few coalitions are solved, and here."
        )


def weights(game: Game, world: World) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Return population and GDP of a game's players, see `weights_of`."""
    return weights_of(game.players, world)


def weights_of(
    players: tuple[str, ...], world: World
) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Return population and GDP of the players, where every one of them has a figure."""
    known = economies()
    people = [known[c].population if c in known else None for c in players]
    gdp = np.array([world.gdp[world.index[c]] for c in players])
    result = {}
    if all(people):
        result["population"] = np.array(people, dtype=np.float64)
    if np.all(gdp > 0):
        result["gdp"] = gdp
    return result
