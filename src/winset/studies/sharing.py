"""World and scenario → the game of all coalitions → its divisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import html
from winset.errors import DataError
from winset.games import Game, Sharing
from winset.games import share as divide
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.places.groups import read_group
from winset.scenario import Scenario, read_scenario
from winset.trade.coalitions import compute
from winset.trade.coalitions.problem import Resolution, prepare

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from winset.places.blocs import Bloc
    from winset.worlds import World


@dataclass(frozen=True, slots=True)
class Shares:
    """The divisions of an agreement's gain, and the lattice they rest on."""

    scenario: Scenario
    world: World
    lattice: compute.Lattice
    sharing: Sharing

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


def checked_resolution(text: str) -> Resolution:
    """Read ``--resolution``."""
    if text == "full":
        return "full"
    if text == "compact":
        return "compact"
    raise DataError(f"--resolution {text[:80]}: it is full or compact.")


def named_players(
    text: str | None, on: dt.date, world: World, blocs: Mapping[str, Bloc]
) -> tuple[str, ...] | None:
    """Return the economies of a world that ``--players`` names, see `read_group`; None for None."""
    if text is None:
        return None
    of = f"world {world.name!r}"
    return read_group(text, on=on, codes=world.index, blocs=blocs, where="--players", of=of).codes


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
    progress: Callable[[int, int], None] | None = None,
) -> Shares:
    """Solve every coalition of a scenario's players and divide the gain by every rule.

    Raises
    ------
    DataError
        Wrong input, too many players, or not enough memory or disk.
    ConvergenceError
        A coalition without equilibrium, or a nucleolus that is not certified.
    """
    scenario = read_scenario(source, overrides)
    blocs = load_blocs(blocs_file)
    world = scenario.load_world()
    chosen = named_players(players, scenario.on, world, blocs)
    problem = prepare(world, scenario, chosen, resolution=resolution, blocs=blocs)
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
    return Shares(scenario, world, solved, divide(game, weights=weights(game, world), own=alone))


def weights(game: Game, world: World) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Return population and GDP of the players, where every one of them has a figure."""
    known = economies()
    people = [known[c].population if c in known else None for c in game.players]
    gdp = np.array([world.gdp[world.index[c]] for c in game.players])
    result = {}
    if all(people):
        result["population"] = np.array(people, dtype=np.float64)
    if np.all(gdp > 0):
        result["gdp"] = gdp
    return result
