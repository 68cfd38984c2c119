"""An agreement of very many: what each brings to all, who gains from whom, whose absence costs whom most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import html
from winset.games import KnownCore, known_core
from winset.places.blocs import load_blocs
from winset.places.groups import ALL, names
from winset.scenario import Scenario, read_scenario
from winset.studies.sharing import DIVIDENDS, bargainers, weights_of
from winset.studies.ties import Ties
from winset.trade.coalitions import both_ends
from winset.trade.coalitions.problem import MOST_PLAYERS, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.places.groups import Group
    from winset.trade.coalitions.both_ends import BothEnds
    from winset.worlds import World

NOBODY = 1e-9  # of the worth of all: an excess up to it is rounding


@dataclass(frozen=True, slots=True)
class WorldShares:
    """What an agreement of more than thirty says of each of them.

    `widened` tells whether a change among some was taken among everybody; `core` what the coalitions that
    were solved say of the least core.
    """

    scenario: Scenario
    world: World
    group: Group
    ends: BothEnds
    widened: bool
    core: KnownCore

    @property
    def players(self) -> tuple[str, ...]:
        """Codes, the smallest economy first."""
        return self.ends.problem.players

    @property
    def error(self) -> float:
        """The error that a Shapley value may have, USD million."""
        return self.ends.error

    def divisions(self) -> dict[str, Array]:
        """Return (p,) shares by rule: shapley, equal, and population and gdp where all have a figure."""
        grand, p = self.ends.grand, len(self.players)
        by = weights_of(self.players, self.world)
        rest = {rule: grand * w / w.sum() for rule, w in by.items()}
        return {"shapley": self.ends.shapley, "equal": np.full(p, grand / p)} | rest

    @property
    def ties(self) -> Ties:
        """Who gains from whom."""
        return Ties(self.players, self.ends.pairs, self.ends.losses())

    def objections(self) -> dict[str, dict[str, Any] | None]:
        """Return of each division the solved coalition that objects most; None where none does."""
        ends, found = self.ends, {}
        least = NOBODY * max(abs(ends.grand), 1e-300)
        for rule, x in ({"own": ends.own} | self.divisions()).items():
            # a division that misses the worth of all by an estimate's error is scaled to it
            excess = ends.worths - ends.inside @ (x * (ends.grand / x.sum()))
            most = int(np.argmax(excess))
            found[rule] = (
                None
                if excess[most] <= least
                else {
                    "coalition": [
                        code
                        for code, there in zip(self.players, ends.inside[most], strict=True)
                        if there
                    ],
                    "excess_musd": float(excess[most]),
                }
            )
        return found

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset share --json`` prints for more than thirty players."""
        ends, about = self.ends, self.ends.problem.about

        def named(x: Array) -> dict[str, float]:
            return dict(zip(self.players, x.tolist(), strict=True))

        empty: dict[str, float] = {}
        shares = {rule: named(x) for rule, x in self.divisions().items()}
        return {
            "title": self.scenario.title,
            "players": list(self.players),
            "coalitions": ends.solved,
            "grand_musd": ends.grand,
            "own_gain_musd": named(ends.own),
            "shapley": shares["shapley"],
            "banzhaf": named(ends.banzhaf),
            **{rule: shares.get(rule, empty) for rule in ("equal", "population", "gdp")},
            "method": DIVIDENDS,
            "order": ends.order,
            "error_musd": self.error,
            "gap_musd": ends.gap,
            "widened": self.widened,
            **self.ties.to_json(),
            "least_core": {
                "at_least_musd": self.core.lower,
                "at_most_musd": None,
                "proved": False,
                "empty": True if self.core.lower > NOBODY * abs(ends.grand) else None,
                "known": self.core.known,
                "division_musd": named(self.core.division),
            },
            "objections_known": self.objections(),
            "resolution": about["resolution"],
            "economies": len(ends.problem.codes),
            "winset": about["winset"],
            "scenario": about["scenario"],
            "world": about["world"],
            "counted": self.group.to_json(),
            "solver": {
                "max_residual": ends.max_residual,
                "seconds": ends.seconds,
                "resolved_by_newton": ends.resolved_by_newton,
            },
        }

    def _repr_html_(self) -> str:
        """Show what each brings, the largest first."""
        import pandas as pd

        columns = {"own": self.ends.own} | self.divisions()
        frame = pd.DataFrame(columns, index=pd.Index(self.players, name="player"))
        frame = frame.sort_values("shapley", ascending=False)
        note = (
            f"USD million a year. Shapley values from dividends to order {self.ends.order} at both ends, "
            f"± {self.error:,.0f}."
        )
        return html(self.scenario.title, [note], frame, dict.fromkeys(frame.columns, 0))


def many(
    source: str | Path | Scenario,
    players: str | None,
    *,
    dividends: bool,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> bool:
    """Tell whether more play than a table of all coalitions has room for, and are asked for so.

    Everybody is; of any other group dividends must be asked for.
    """
    if not (dividends or _everybody(players)):
        return False
    scenario = read_scenario(source, overrides)
    world = scenario.load_world()
    blocs = load_blocs(blocs_file)
    return len(bargainers(players, scenario, world, blocs).codes) > MOST_PLAYERS


def _everybody(players: str | None) -> bool:
    return players is not None and [name.casefold() for name in names(players)] == [ALL]


def share_all(
    source: str | Path | Scenario,
    *,
    players: str | None = None,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
    order: int | None = None,
    tolerance: float | None = None,
    workers: int | None = None,
    save: Path | None = None,
    resume: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> WorldShares:
    """Say of an agreement of more than thirty what each brings, and who gains from whom.

    With `players` ``all`` what the scenario changes among some is changed among everybody.

    Raises
    ------
    DataError
        Wrong input, an order or tolerance that is not reached, or a file that cannot be used.
    ConvergenceError
        A coalition without equilibrium.
    """
    scenario = read_scenario(source, overrides)
    blocs = load_blocs(blocs_file)
    world = scenario.load_world()
    widened = False
    if _everybody(players):
        scenario, widened = for_everybody(scenario)
    group = bargainers(players, scenario, world, blocs)
    problem = _problem(world, scenario, group, blocs)
    found = both_ends.compute(
        problem,
        order=order,
        tolerance=tolerance,
        workers=workers,
        save=save,
        resume=resume,
        progress=progress,
    )
    core = known_core(found.inside, found.worths, found.grand, found.own)
    return WorldShares(scenario, world, group, found, widened, core)


def _problem(world: World, scenario: Scenario, group: Group, blocs: Mapping[str, Bloc]) -> Any:
    return prepare(
        world,
        scenario,
        group.codes,
        resolution="full",
        blocs=blocs,
        most=both_ends.MOST_PLAYERS,
        in_full=False,
    )


def for_everybody(scenario: Scenario) -> tuple[Scenario, bool]:
    """Return a scenario whose changes among some are among all, and whether there was any."""
    changes = tuple(
        change
        if getattr(change, "among", None) is None
        else change.model_copy(update={"among": ALL})
        for change in scenario.changes
    )
    return replace(scenario, changes=changes), changes != scenario.changes
