"""What a scenario does to the gap between rich and poor, as the study of `income_gap` finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.delivery.incomes import PPP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.delivery.incomes import IncomePanel
    from winset.delivery.inequality import Convergence, IndexParts
    from winset.numbers import Array

NARROWS, WIDENS, SAME = "narrows", "widens", "leaves as it is"
UNMOVED = 5e-7  # of an index: below it nothing is said to change


@dataclass(frozen=True, slots=True)
class Index:
    """One index before and after."""

    name: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """After less before."""
        return self.after - self.before

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``between`` or ``persons``."""
        return {
            "index": self.name,
            "before": self.before,
            "after": self.after,
            "change": self.change,
        }


@dataclass(frozen=True, slots=True)
class GroupGap:
    """A group of economies: people, mean income per head, its change, and who in it loses."""

    name: str
    economies: int
    people: float
    before: float
    after: float
    losing: int

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``groups``."""
        return {
            "group": self.name,
            "economies": self.economies,
            "people": self.people,
            "income_before": self.before,
            "income_after": self.after,
            "change_percent": 100.0 * (self.after / self.before - 1.0),
            "losing": self.losing,
        }


@dataclass(frozen=True, slots=True)
class Poor:
    """People below a line, before and after; `ppp` is the year of its dollars."""

    line: float
    ppp: int
    before: float
    after: float
    people: float

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``poverty``."""
        return {
            "line": self.line,
            "ppp": self.ppp,
            "below_before": self.before / self.people,
            "below_after": self.after / self.people,
            "people_before": self.before,
            "people_after": self.after,
            "change_people": self.after - self.before,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """What a scenario does to the gap between rich and poor.

    `growth` is the change of real income per head as a fraction, (n,), in the order of `codes`.
    """

    title: str
    world: str
    incomes: IncomePanel
    codes: tuple[str, ...]
    growth: Array
    income: Array
    people: Array
    absent: tuple[str, ...]
    share_of_people: float
    north: str
    south: str
    groups: tuple[GroupGap, ...]
    between: tuple[Index, ...]
    persons: tuple[Index, ...]
    parts_before: tuple[IndexParts, IndexParts]
    parts_after: tuple[IndexParts, IndexParts]
    equal_before: Mapping[float, float]
    equal_after: Mapping[float, float]
    growth_incidence: Array
    poverty: tuple[Poor, ...]
    convergence: tuple[tuple[str, Convergence], ...]
    slope: float
    slope_error: float
    voice: tuple[dict[str, Any], ...]
    voice_by_economy: tuple[dict[str, Any], ...]
    channels: str

    @property
    def verdicts(self) -> dict[str, str]:
        """By kind of gap: narrows, widens, or leaves as it is; 'depends' where indices differ."""
        of = {x.name: x.change for x in (*self.between, *self.persons)}

        def word(changes: Sequence[float]) -> str:
            signs = {0 if abs(c) < UNMOVED else int(np.sign(c)) for c in changes}
            if len(signs) > 1:
                return "depends on the index"
            return {1: WIDENS, -1: NARROWS, 0: SAME}[signs.pop()]

        return {
            "between_unweighted": word([of[f"{i}_unweighted"] for i in ("theil", "mld", "gini")]),
            "between_by_people": word([of[f"{i}_by_people"] for i in ("theil", "mld", "gini")]),
            "persons": word([of[f"{i}_persons"] for i in ("theil", "mld", "gini")]),
        }

    @property
    def ratio(self) -> tuple[float, float]:
        """Mean income of the North over that of the South, before and after."""
        found = {g.name: g for g in self.groups}
        rich, poor = found[self.north], found[self.south]
        return rich.before / poor.before, rich.after / poor.after

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset gap SCENARIO --json`` prints."""
        from winset import __version__

        before, after = self.ratio
        return {
            "winset": __version__,
            "scenario": self.title,
            "world": self.world,
            "incomes": {
                "year": self.incomes.year,
                "concept": self.incomes.concept,
                "ppp": PPP,
                "thin": list(self.incomes.thin),
            },
            "channels": self.channels,
            "absent": list(self.absent),
            "share_of_people": self.share_of_people,
            "verdicts": self.verdicts,
            "north": self.north,
            "south": self.south,
            "north_over_south_before": before,
            "north_over_south_after": after,
            "groups": [group.to_json() for group in self.groups],
            "between": [index.to_json() for index in self.between],
            "persons": [index.to_json() for index in self.persons],
            "parts": [
                {"index": name, "when": when, **pair[k].to_json()}
                for when, pair in (("before", self.parts_before), ("after", self.parts_after))
                for k, name in enumerate(("theil", "mld"))
            ],
            "equally_distributed_income": [
                {
                    "epsilon": e,
                    "before": self.equal_before[e],
                    "after": self.equal_after[e],
                    "change_percent": 100.0 * (self.equal_after[e] / self.equal_before[e] - 1.0),
                }
                for e in self.equal_before
            ],
            "growth_incidence": [
                {"group": k + 1, "change_percent": float(x)}
                for k, x in enumerate(self.growth_incidence)
            ],
            "poverty": [poor.to_json() for poor in self.poverty],
            "convergence": [
                {"sample": sample, **found.to_json()} for sample, found in self.convergence
            ],
            "scenario_convergence": {"beta": self.slope, "std_error": self.slope_error},
            "voice": list(self.voice),
            "voice_by_economy": list(self.voice_by_economy),
            "economies": [
                {
                    "code": code,
                    "income_before": float(y),
                    "change_percent": float(100.0 * g),
                    "people": float(w),
                }
                for code, y, g, w in zip(
                    self.codes, self.income, self.growth, self.people, strict=True
                )
            ],
        }
