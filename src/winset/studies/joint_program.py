"""What a joint program of research gives, to whom, in the money of every other gain: by ``winset run``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.contribution.spillovers import productivity
from winset.errors import DataError, listed
from winset.scenario import Productivity, Scenario
from winset.studies import center_figures
from winset.studies.scenario_run import run
from winset.worlds import embedded_worlds, world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.contribution.reading import CenterPlan, SpilloverFile
    from winset.numbers import Array

CASES = ("low", "middle", "high")
STEP = 0.01  # of productivity: what a marginal gain is measured with


@dataclass(frozen=True, slots=True)
class ResearchProgram:
    """A program of research, its cost and its gains; money in USD million a year, (n,) arrays.

    Attributes
    ----------
    spent, research : arrays
        What each adds, and what it spends now.
    factors, gains : mapping of case to array
        Of productivity, and equivalent variation of the members.
    outside : mapping of case to float
        Of everybody else.
    own_return, joint_return : arrays
        What the first dollar that a member adds is worth a year to itself and to all members, in the middle
        case, everybody's research being what it is.
    alone, best : arrays
        What each would add for its own gain, and what all members together would have it add, by the same
        first-order gains; 0 where the first dollar is not worth it.
    """

    members: tuple[str, ...]
    file: SpilloverFile
    spent: Array
    research: Array
    factors: Mapping[str, Array]
    gains: Mapping[str, Array]
    outside: Mapping[str, float]
    own_return: Array
    joint_return: Array
    alone: Array
    best: Array

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset common --json`` has of a program."""
        return {
            "program_musd": self.file.program_musd,
            "world": self.file.world,
            "through": self.file.through,
            "split": self.file.split,
            "elasticities": [
                {"case": case, "own": self.file.own[k], "foreign": self.file.foreign[k]}
                for k, case in enumerate(CASES)
            ],
            "economies": [
                {
                    "code": code,
                    "spends_musd": float(self.spent[k]),
                    "research_musd": float(self.research[k]),
                    **{
                        f"productivity_{case}_percent": 100.0 * float(self.factors[case][k] - 1.0)
                        for case in CASES
                    },
                    **{f"gain_{case}_musd": float(self.gains[case][k]) for case in CASES},
                    "own_return": float(self.own_return[k]),
                    "joint_return": float(self.joint_return[k]),
                    "alone_musd": float(self.alone[k]),
                    "best_musd": float(self.best[k]),
                }
                for k, code in enumerate(self.members)
            ],
            "members_gain": [
                {
                    "case": case,
                    "gain_musd": float(self.gains[case].sum()),
                    "net_musd": float(self.gains[case].sum() - self.spent.sum()),
                    "others_gain_musd": self.outside[case],
                }
                for case in CASES
            ],
        }


def joint_program(plan: CenterPlan, members: Sequence[str]) -> ResearchProgram:
    """Find what a program gives: its research raises productivity, the world's equilibrium does the rest.

    Raises
    ------
    DataError
        A world that is none or has sectors, elasticities out of order, or a member without figures.
    ConvergenceError
        No equilibrium was found.
    """
    file = plan.file.spillover
    assert file is not None
    place = plan.place
    for key in ("own", "foreign"):
        values = getattr(file, key)
        if not (0 <= values[0] <= values[1] <= values[2]):
            raise DataError(
                f"{place.at('spillover', key)}: {key} = {values}; three elasticities from low to high, none "
                "below zero."
            )
    if file.world not in embedded_worlds():
        spot = place.at("spillover", "world")
        raise DataError(f"{spot}: world {file.world!r} is not one of {listed(embedded_worlds())}.")
    data = world(file.world)
    if missing := [code for code in members if code not in data.index]:
        raise DataError(f"{place.name}: {listed(missing)} are not in {file.world}. Leave them out.")
    research = center_figures.amounts("research", members)
    spent = file.program_musd * center_figures.shares(file.split, members)
    weights = center_figures.partners(file.through, members)
    growth = 1.0 + spent / research
    at = [data.index[code] for code in members]
    factors, gains, outside = {}, {}, {}
    for k, case in enumerate(CASES):
        factors[case] = productivity(growth, weights, own=file.own[k], foreign=file.foreign[k])
        every = gains_of(file.world, members, factors[case])
        gains[case] = every[at]
        outside[case] = float(every.sum() - every[at].sum())
    raised = np.empty((len(members), len(members)))  # what each gains when one's productivity rises
    for j in range(len(members)):
        one = np.ones(len(members))
        one[j] += STEP
        raised[:, j] = gains_of(file.world, members, one)[at] / np.log1p(STEP)
    own, foreign = file.own[1], file.foreign[1]
    passed_on = own * np.eye(len(members)) + foreign * (weights - np.diag(weights.diagonal()))
    marginal = raised @ passed_on  # d gain of i / d ln R of j
    mine, ours = marginal.diagonal(), marginal.sum(axis=0)
    return ResearchProgram(
        tuple(members),
        file,
        spent,
        research,
        factors,
        gains,
        outside,
        mine / research,
        ours / research,
        np.maximum(mine - research, 0.0),
        np.maximum(ours - research, 0.0),
    )


def gains_of(world_name: str, members: Sequence[str], factors: Array) -> Array:
    """Return every economy's equivalent variation, USD million, when members' productivities change.

    Nothing where none does.
    """
    changed = [(m, float(f)) for m, f in zip(members, factors, strict=True) if f != 1.0]
    if not changed:
        return np.zeros(len(world(world_name)))
    scenario = Scenario(
        title="A joint program of research",
        changes=tuple(
            Productivity(kind="productivity", economies=[code], percent=None, factor=f)
            for code, f in changed
        ),
        world=world_name,
        on=dt.date(2023, 12, 31),
    )
    return np.asarray(run(scenario).result.columns()["welfare_musd"], dtype=np.float64)
