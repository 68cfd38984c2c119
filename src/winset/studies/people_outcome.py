"""What changes of rules did to people: figures with their ends, by origin and destination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.gravity.expectation import rounded

if TYPE_CHECKING:
    from winset.scenario.people_effects import Evidence
    from winset.studies.people_laying import Laid

#: Percentiles of the draws at the ends of the intervals of 80 and 95 percent.
ENDS = {"low95": 2.5, "low80": 10.0, "high80": 90.0, "high95": 97.5}


@dataclass(frozen=True, slots=True)
class PeopleFigure:
    """A figure at the middle of every span, with the ends of its intervals."""

    central: float
    low95: float
    low80: float
    high80: float
    high95: float

    def to_json(self) -> dict[str, float]:
        """Return central and ends."""
        return {
            "change": rounded(self.central),
            **{key: rounded(getattr(self, key)) for key in ENDS},
        }


@dataclass(frozen=True, slots=True)
class Place:
    """One economy: how many are abroad (or from abroad) before, and by how many more after."""

    code: str
    name: str
    before: float
    more: PeopleFigure
    per_thousand: float

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``origins`` or ``destinations``."""
        return {
            "code": self.code,
            "name": self.name,
            "before": self.before,
            **self.more.to_json(),
            "per_thousand": None if np.isnan(self.per_thousand) else rounded(self.per_thousand),
        }


@dataclass(frozen=True, slots=True)
class PeopleOutcome:
    """What a scenario does to migrants or students; `diverted` newcomers would have gone elsewhere."""

    kind: str
    year: int
    title: str
    changes: tuple[Laid, ...]
    treated: PeopleFigure
    treated_before: float
    origins: tuple[Place, ...]
    destinations: tuple[Place, ...]
    corridors: tuple[tuple[str, str, float, float], ...]
    from_home: float
    diverted: float
    from_elsewhere: tuple[tuple[str, float], ...]
    refused: tuple[tuple[str, float], ...]
    missing: tuple[tuple[str, str], ...]
    remittances: tuple[tuple[str, float, float], ...]
    scholarships: tuple[dict[str, Any], ...]
    evidence: tuple[Evidence, ...]
    without_home: tuple[str, ...]
    rounds: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``outcomes``."""
        return {
            "of": self.kind,
            "year": self.year,
            "title": self.title,
            "sha256": self.sha256,
            "changes": [one.number for one in self.changes],
            "treated": {"before": self.treated_before, **self.treated.to_json()},
            "diversion": {
                "from_home": rounded(self.from_home),
                "from_elsewhere": rounded(self.diverted),
                "places": [
                    {"code": code, "fewer": rounded(count)} for code, count in self.from_elsewhere
                ],
            },
            "origins": [place.to_json() for place in self.origins],
            "destinations": [place.to_json() for place in self.destinations],
            "corridors": [
                {"origin": a, "destination": b, "before": before, "change": rounded(change)}
                for a, b, before, change in self.corridors
            ],
            "admission": [
                {"code": code, "factor": rounded(factor)} for code, factor in self.refused
            ],
            "missing": [{"origin": a, "destination": b} for a, b in self.missing],
            "remittances": [
                {"code": code, "before_musd": rounded(before), "change_musd": rounded(change)}
                for code, before, change in self.remittances
            ],
            "scholarships": list(self.scholarships),
            "evidence": [one.to_json() for one in self.evidence],
            "without_population": list(self.without_home),
            "solver": {"rounds": self.rounds},
        }


@dataclass(frozen=True, slots=True)
class ThroughTrade:
    """Gains of the economies named, USD million: of all changes, and without those of people.

    `low` and `high` are the former at the ends of what studies say, the same where a change says a
    percentage.
    """

    members: tuple[str, ...]
    whole: float
    without: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return ``trade`` of the JSON."""
        people = self.whole - self.without
        return {
            "members": list(self.members),
            "gain_musd": rounded(self.whole),
            "gain_low_musd": rounded(self.low),
            "gain_high_musd": rounded(self.high),
            "gain_without_people_musd": rounded(self.without),
            "gain_through_people_musd": rounded(people),
            "share_through_people": rounded(people / self.whole) if self.whole > 0 else None,
        }
