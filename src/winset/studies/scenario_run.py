"""The one composer: from a scenario's name to a result, its verdict in words and its notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import html
from winset.errors import DataError, listed
from winset.places.blocs import load_blocs
from winset.scenario import Scenario, in_force, read_scenario
from winset.trade import TradeResult, solve
from winset.trade.effects.creation_diversion import measure
from winset.trade.effects.welfare_decomposition import decompose
from winset.trade.gains import direction
from winset.trade.numerics.blas import one_thread
from winset.worlds.domestic import DOMESTIC_FLOOR
from winset.worlds.sector_accounts import unmet_note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from winset.trade.effects.sweep import Sweep
    from winset.trade.policy.requested_tariffs import RequestedTariff
    from winset.trade.uncertainty.intervals import Intervals
    from winset.worlds import World


@dataclass(frozen=True, slots=True)
class Study:
    """A solved scenario with what a reader needs beside the figures."""

    result: TradeResult
    verdict: tuple[str, ...]
    notes: tuple[str, ...]
    intervals: Intervals | None = None
    sweep: Sweep | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset run --json`` prints."""
        said = self.result.to_json()
        if self.intervals is not None:
            said["intervals"] = self.intervals.to_json()
        if self.sweep is not None:
            said["sweep"] = self.sweep.to_json()
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
        return html("In words", self.verdict) + self.result._repr_html_()


@one_thread()
def run(
    source: str | Path | Scenario,
    *,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> Study:
    """Read a scenario, solve it on its world and say in words what comes out.

    Raises
    ------
    DataError
        Anything wrong with the scenario or its world, or a scenario that changes nothing.
    ConvergenceError
        No equilibrium was found.
    """
    scenario = read_scenario(source, overrides)
    blocs = load_blocs(blocs_file) if blocs_file is not None else None
    world = scenario.load_world()
    shock = scenario.resolve(world, blocs)
    if shock.changes_nothing(world):
        raise DataError(
            f"scenario {scenario.title!r} changes nothing in world {world.name!r}: every cost factor "
            f"is 1 and every tariff is what it was.{_why_nothing(scenario, world)}"
        )
    result = solve(world, scenario, blocs=blocs)
    result = replace(result, diversion=measure(result, result.shock))
    if result.sectors is not None:
        parts = decompose(result, result.sectors, blocs=blocs)
        result = replace(result, decomposition=parts)
    idle = tuple(
        f"Change {number} ({scenario.changes[number - 1].kind}) alters nothing here."
        for number in shock.idle
    )
    return Study(result, verdict(result), (*idle, *notes(result)))


def _why_nothing(scenario: Scenario, world: World) -> str:
    """Say what to do about a scenario that changes nothing."""
    if scenario.year is not None and not any(in_force(c, scenario.year) for c in scenario.changes):
        return f" No phase has begun by {scenario.year}. Set a later year."
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


def signed(value: float, digits: int) -> str:
    """Format a figure with its sign, a real minus, and no sign where it rounds to zero.

    >>> signed(-0.7, 2)
    '−0.70'
    """
    text = f"{value:+,.{digits}f}"
    if not any(character in "123456789" for character in text):
        return text[1:]
    return text.replace("-", "−")


def verdict(result: TradeResult) -> tuple[str, ...]:
    """Return two or three sentences: how many gain, who loses, what the world gains."""
    codes = np.array(result.codes)
    inside = np.isin(codes, result.members)
    gain = 100.0 * (result.welfare - 1.0)
    names = dict(zip(result.codes, result.world.names, strict=True))
    sentences = []
    way = direction(result.welfare - 1.0)
    lost = np.flatnonzero(inside & (way < 0))
    losers = [str(code) for code in codes[lost][np.argsort(gain[lost], kind="stable")]]
    members = int(inside.sum())
    gaining = int((inside & (way > 0)).sum())
    who = f"{gaining} of {members} members gain"
    if unmoved := members - gaining - len(losers):
        who += f", {unmoved} {'is' if unmoved == 1 else 'are'} unmoved"
    if losers:
        said = ", ".join(
            f"{names[c]} {signed(gain[result.world.index[c]], 2)} %" for c in losers[:5]
        )
        more = f" and {len(losers) - 5} more" if len(losers) > 5 else ""
        sentences.append(f"{who}; {said}{more} {'loses' if len(losers) == 1 else 'lose'}.")
    else:
        alone = f"{names[result.members[0]]} {'gains' if gaining else 'is unmoved'}."
        sentences.append(f"{who}." if members > 1 else alone)
    outside = np.flatnonzero(~inside)
    if len(outside):
        lost = outside[way[outside] < 0]
        if len(lost):
            worst = lost[np.argmin(gain[lost])]
            sentences.append(
                f"{len(lost)} of {len(outside)} outsiders lose, worst {names[result.codes[worst]]} "
                f"({signed(gain[worst], 2)} %)."
            )
        else:
            sentences.append(f"None of the {len(outside)} outsiders loses.")
    summary = result.summary()
    sentences.append(
        f"In money: members {signed(summary['members_musd'] / 1e3, 1)}, "
        f"outsiders {signed(summary['outsiders_musd'] / 1e3, 1)}, "
        f"world {signed(summary['world_musd'] / 1e3, 1)} billion USD of {result.world.year} a year."
    )
    return tuple(sentences)


def _answered(answer: RequestedTariff) -> str:
    """Say what a tariff that was asked for came to."""
    rates = sorted(set(answer.rates.values()))
    span = f"{100 * rates[0]:.2f} %"
    if rates[-1] - rates[0] > 5e-5:
        span += f" to {100 * rates[-1]:.2f} %"
    who = listed(answer.rates, most=4)
    return f"Change {answer.change}, answer = {answer.how}: the tariff of {who} is {span}."


def notes(result: TradeResult) -> tuple[str, ...]:
    """Return what was assumed or left out for this run, beyond the parameters."""
    said = [_answered(answer) for answer in result.answers]
    if result.absent:
        said.append(
            f"Not in world {result.world.name} and so left out: {', '.join(result.absent)}."
        )
    if result.floored:
        said.append(
            f"Exports exceed what GDP can hold; domestic sales set to {DOMESTIC_FLOOR:.0%} of "
            f"output: {', '.join(result.floored)}."
        )
    unmet = result.world.unmet(result.scenario.parameters.value_added_share)
    if unmet is not None:
        said.append(unmet_note(unmet))
    said.extend(result.world.notes)
    return tuple(said)
