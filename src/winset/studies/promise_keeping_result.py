"""Pledges followed in series, as the study of `promise_keeping` finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.delivery.status import AWAY, METHODS, ON_TRACK, REACHED, STATUSES, Course, Four

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.delivery.pace import Arrival, Break
    from winset.delivery.pledges import Account, Pledge
    from winset.delivery.series import Line


@dataclass(frozen=True, slots=True)
class Tracked:
    """One economy (or the group as one) on the way that one pledge bound it to.

    `four` is None where it was there already at the baseline: `held` then says whether it still is.
    """

    economy: str
    path: Course
    line: Line
    four: Four | None
    held: bool | None
    arrival: Arrival | None
    change: Break | None
    missing_years: tuple[int, ...]

    @property
    def agreed(self) -> str | None:
        """The status on which all methods agree, None where they differ."""
        if self.four is not None:
            return self.four.agreed
        return REACHED if self.held else AWAY

    @property
    def by_method(self) -> dict[str, str | None]:
        """The status by each method."""
        if self.four is None:
            return dict.fromkeys(METHODS, self.agreed)
        return {name: s.status for name, s in zip(METHODS, self.four.said, strict=True)}

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``economies``."""
        return {
            "economy": self.economy,
            "base_year": self.path.base_year,
            "base": self.path.base,
            "year": float(self.line.years[-1]),
            "value": float(self.line.values[-1]),
            "target": self.path.target,
            "deadline": self.path.deadline,
            "direction": "up" if self.path.up else "down",
            "there_at_the_baseline": self.four is None,
            "methods": None if self.four is None else self.four.to_json(),
            "statuses": self.by_method,
            "agreed": self.agreed,
            "arrival": None if self.arrival is None else self.arrival.to_json(),
            "break": None if self.change is None else self.change.to_json(),
            "missing_years": list(self.missing_years),
        }


@dataclass(frozen=True, slots=True)
class FollowedPledge:
    """One pledge with the lines that it binds, and why others cannot be told."""

    pledge: Pledge
    lines: tuple[Tracked, ...]
    gaps: Mapping[str, str]
    bound: str
    last: int | None
    pace_before: float | None
    pace_needed: float | None

    @property
    def measured(self) -> bool:
        """Whether any line has a value since the baseline."""
        return bool(self.lines)

    @property
    def ends(self) -> tuple[str | None, str | None]:
        """The best and the worst member, each only where all methods name the same."""
        rated = [line for line in self.lines if line.four is not None]
        if len(rated) < 2:
            return None, None
        columns = list(zip(*(_figures(line) for line in rated), strict=True))
        best = {rated[int(np.argmax(c))].economy for c in columns}
        worst = {rated[int(np.argmin(c))].economy for c in columns}
        return (
            best.pop() if len(best) == 1 else None,
            worst.pop() if len(worst) == 1 else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return ``tracked`` of a pledge."""
        best, worst = self.ends
        return {
            "bound": self.bound or None,
            "economies": [{"pledge": self.pledge.key, **line.to_json()} for line in self.lines],
            "best": best,
            "worst": worst,
            "gaps": dict(self.gaps),
            "last_year": self.last,
            "pace_before": self.pace_before,
            "pace_needed": self.pace_needed,
        }


@dataclass(frozen=True, slots=True)
class PromiseReport:
    """The account of a group with what the series say of it."""

    account: Account
    kept: Mapping[str, FollowedPledge]
    series: str

    @property
    def measured(self) -> tuple[FollowedPledge, ...]:
        """The pledges with any line that can be followed."""
        return tuple(kept for kept in self.kept.values() if kept.measured)

    @property
    def scores(self) -> dict[str, dict[str, Any]]:
        """By economy: on how many of its lines it is there or on track, by each method."""
        found: dict[str, list[Tracked]] = {}
        for kept in self.measured:
            for line in kept.lines:
                found.setdefault(line.economy, []).append(line)
        return {economy: _score(lines) for economy, lines in found.items()}

    @property
    def disagreeing(self) -> int:
        """On how many lines the methods differ."""
        return sum(line.agreed is None for kept in self.measured for line in kept.lines)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset track BLOC --json`` prints."""
        lines = [line for kept in self.measured for line in kept.lines]
        said = self.account.to_json()
        said["series"] = self.series
        said["with_series_at_hand"] = len(self.kept)
        said["measured_since_the_pledge"] = len(self.measured)
        said["lines"] = len(lines)
        said["methods_disagree_on"] = self.disagreeing
        said["by_method"] = [
            {
                "method": method,
                **{
                    s.replace("-", "_"): sum(x.by_method[method] == s for x in lines)
                    for s in STATUSES
                },
            }
            for method in METHODS
        ]
        said["scores"] = [{"economy": name, **score} for name, score in self.scores.items()]
        for entry in said["pledges"]:
            kept = self.kept.get(entry["id"])
            entry["tracked"] = None if kept is None else kept.to_json()
        return said


def _figures(line: Tracked) -> tuple[float, ...]:
    done = line.four
    if done is None:
        return ()
    ratio = done.open_sdg.figure
    pace = done.score_ratio
    return (
        -np.inf if ratio is None else ratio,
        -np.inf if done.escap.figure is None else done.escap.figure,
        -np.inf if pace is None else pace,
        -np.inf if done.distance.figure is None else done.distance.figure,
    )


def _score(lines: Sequence[Tracked]) -> dict[str, Any]:
    good = {
        method: sum(line.by_method[method] in (REACHED, ON_TRACK) for line in lines)
        for method in METHODS
    }
    return {
        "lines": len(lines),
        "good_by_all": min(good.values()),
        "good_by_any": max(good.values()),
        **{f"good_by_{method.replace('-', '_')}": count for method, count in good.items()},
        "depends_on_method": min(good.values()) != max(good.values()),
    }
