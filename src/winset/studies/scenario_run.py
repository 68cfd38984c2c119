"""The one composer: from a scenario's name to a result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from winset.display import html
from winset.errors import DataError
from winset.places.blocs import load_blocs
from winset.scenario import Scenario, in_force, read_scenario
from winset.scenario.people_changes import OfPeople
from winset.studies import deficit_rules, emission_bound, filled_blanks
from winset.studies.run_emissions import RunEmissions, emitted
from winset.trade import TradeResult, solve
from winset.trade.capabilities import can, model_of
from winset.trade.effects.creation_diversion import measure
from winset.trade.effects.welfare_decomposition import decompose
from winset.trade.numerics.blas import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from winset.studies.deficit_rules import OtherRule
    from winset.studies.economy_view import EconomyView
    from winset.studies.emission_bound import EmissionBound
    from winset.studies.income_gap_result import Gap
    from winset.trade.effects.sweep import Sweep
    from winset.trade.uncertainty.intervals import Intervals
    from winset.worlds import World


@dataclass(frozen=True, slots=True)
class Study:
    """A solved scenario with what a reader needs beside the figures.

    `idle` are the changes, counted from 1, that alter nothing here; `others` the same scenario under
    the other deficit rules, `filled` with the blanks of the trade data filled in, once `under_other_rules`
    has solved them.
    """

    result: TradeResult
    idle: tuple[int, ...] = ()
    others: tuple[OtherRule, ...] | None = None
    filled: OtherRule | None = None
    intervals: Intervals | None = None
    sweep: Sweep | None = None
    economy: EconomyView | None = None
    gap: Gap | None = None
    emissions: RunEmissions | None = None
    bound: EmissionBound | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset run --json`` prints."""
        said = self.result.to_json()
        if self.emissions is not None:
            said["emissions"] = self.emissions.to_json()
        if self.bound is not None:
            said["constraint"] = self.bound.to_json()
        if self.others is not None:
            said["deficit_rules"] = [other.to_json() for other in self.others]
        if self.filled is not None:
            said["blanks_filled"] = self.filled.findings()
        if self.intervals is not None:
            said["intervals"] = self.intervals.to_json()
        if self.sweep is not None:
            said["sweep"] = self.sweep.to_json()
        if self.economy is not None:
            said["economy"] = self.economy.to_json()
        if self.gap is not None:
            said["gap"] = self.gap.to_json()
        return said

    @property
    def scenario(self) -> Scenario:
        """The scenario that was solved."""
        return self.result.scenario

    @property
    def world(self) -> World:
        """The world it was laid on."""
        return self.result.world

    def _repr_html_(self) -> str:
        """Show the verdict in words, then the result."""
        from winset.report.words import claims

        return html("In words", claims(self)) + self.result._repr_html_()


@one_thread()
def run(
    source: str | Path | Scenario,
    *,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> Study:
    """Read a scenario and solve it on its world, with what becomes of trade, welfare and CO2.

    Raises
    ------
    DataError
        Anything wrong with the scenario or its world, or a scenario that changes nothing.
    ConvergenceError
        No equilibrium was found.
    InfeasibleError
        A bound on emissions that nothing keeps (`winset.studies.emission_bound`).
    """
    study = solved(source, overrides=overrides, blocs_file=blocs_file)
    result = replace(study.result, scenario=replace(study.scenario, constraint=None))
    result = replace(result, diversion=measure(result, result.shock))
    if result.sectors is not None and can(
        model_of(result.world, result.scenario.parameters), "parts of welfare"
    ):
        blocs = load_blocs(blocs_file) if blocs_file is not None else None
        parts = decompose(result, result.sectors, blocs=blocs)
        result = replace(result, decomposition=parts)
    emissions = emitted(result)
    return replace(study, result=replace(result, scenario=study.scenario), emissions=emissions)


@one_thread()
def solved(
    source: str | Path | Scenario,
    *,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> Study:
    """Read a scenario and solve it on its world, and no more; errors as of `run`."""
    scenario = read_scenario(source, overrides)
    blocs = load_blocs(blocs_file) if blocs_file is not None else None
    world = scenario.load_world()
    shock = replace(scenario, constraint=None).resolve(world, blocs)
    if shock.changes_nothing(world):
        raise DataError(
            f"scenario {scenario.title!r} changes nothing in world {world.name!r}: every cost factor "
            f"is 1 and every tariff is what it was.{_why_nothing(scenario, world)}",
            code="changes-nothing",
        )
    bound = None
    if scenario.constraint is None:
        result = solve(world, scenario, blocs=blocs)
    else:
        result, bound = emission_bound.kept(scenario, world, shock, blocs)
    return Study(replace(result, scenario=scenario), tuple(shock.idle), bound=bound)


@one_thread()
def under_other_rules(study: Study) -> Study:
    """Add to a study what its change does under the other deficit rules, and with blanks filled in."""
    return replace(
        study,
        others=deficit_rules.under_other_rules(study.result),
        filled=filled_blanks.with_blanks_filled(study.result),
    )


def seen_from(study: Study, code: str) -> Study:
    """Add to a study the view of one economy.

    Raises
    ------
    DataError
        The world does not have it.
    """
    from winset.studies.economy_view import view

    return replace(study, economy=view(study.result, code))


def with_gap(study: Study) -> Study:
    """Add to a study what its gains do to the gap between rich and poor.

    Raises
    ------
    DataError
        The world has no economy with an income per head.
    """
    from winset.studies.income_gap import gap

    return replace(study, gap=gap(study.result))


def gap_of(
    source: str | Path | Scenario,
    *,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
    **options: Any,
) -> tuple[Gap, World]:
    """Solve a scenario and lay its gains on incomes, see `winset.studies.income_gap.gap`.

    Also return the world.
    """
    from winset.studies.income_gap import gap

    study = run(source, overrides=overrides, blocs_file=blocs_file)
    return gap(study.result, blocs_file=blocs_file, **options), study.world


def _why_nothing(scenario: Scenario, world: World) -> str:
    """Say what to do about a scenario that changes nothing."""
    if scenario.year is not None and not any(in_force(c, scenario.year) for c in scenario.changes):
        return f" No phase has begun by {scenario.year}. Set a later year."
    if any(isinstance(change, OfPeople) for change in scenario.changes):
        return (
            ' A change of rules for people moves trade where it says so: trade = "central", or a percentage. '
            "What it does to people is told by winset people."
        )
    if not world.tariff.any() and any(change.kind == "tariff" for change in scenario.changes):
        return (
            " The world has no tariffs that a percent, cap, Swiss formula or margin could begin from. "
            "Set a rate or points, or use a world with tariffs (winset world)."
        )
    return " Set a percent or a rate."


def doubted(
    study: Study,
    draws: int,
    *,
    seed: int = 1,
    blocs_file: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Add intervals to a study: parameters and flows drawn, every draw solved.

    Raises
    ------
    DataError
        A bad number of draws or seed, or more than a quarter of the draws without equilibrium.
    """
    from winset.trade.uncertainty.draws import solve_draws
    from winset.trade.uncertainty.intervals import intervals
    from winset.trade.uncertainty.sampling import sample

    blocs = load_blocs(blocs_file) if blocs_file is not None else None
    drawn = sample(study.world, study.scenario, draws, seed)
    solved = solve_draws(drawn, blocs=blocs, progress=progress)
    return replace(study, intervals=intervals(study.result, drawn, solved))


def swept(
    study: Study,
    text: str,
    *,
    blocs_file: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Study:
    """Add a sweep to a study; `text` is KEY=LOW:HIGH:COUNT.

    Raises
    ------
    DataError
        A malformed range, or a value that the scenario cannot have.
    ConvergenceError
        A value without an equilibrium.
    """
    from winset.trade.effects.sweep import read_sweep, solve_sweep

    blocs = load_blocs(blocs_file) if blocs_file is not None else None
    span = read_sweep(text)
    return replace(study, sweep=solve_sweep(study.scenario, span, blocs=blocs, progress=progress))
