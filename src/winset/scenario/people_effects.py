"""What studies say that a change of rules does to people and to trade, contradictory ones both.

An effect is known as a span: from the lowest to the highest estimate that applies. Within it nothing is
more likely
than anything else; its middle is a middle, not a best guess. Where no study has a figure there is no span.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from winset.places.ties import FOLDER
from winset.tables import embedded_rows

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Evidence:
    """One estimate: what it is of, how large, where it stands, and how much of it was read.

    `basis` is ``published``, ``stand-in`` (of something else, for want of a study), ``bound`` (an end
    that follows without a study) or ``claim`` (of those who did it, without comparison).
    """

    kind: str
    of: str
    where: str
    estimate: float | None
    unit: str
    basis: str
    source: str
    read: str
    note: str

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``evidence``."""
        return {
            "kind": self.kind,
            "of": self.of,
            "where": self.where or None,
            "estimate": self.estimate,
            "unit": self.unit,
            "basis": self.basis,
            "source": self.source,
            "read": self.read,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Span:
    """Between which ends an effect lies."""

    low: float
    high: float

    @property
    def central(self) -> float:
        """The middle."""
        return 0.5 * (self.low + self.high)

    def at(self, quantile: float) -> float:
        """Return the end for 0 and 1, and what lies between in proportion."""
        return self.low + quantile * (self.high - self.low)


@lru_cache(maxsize=1)
def evidence() -> tuple[Evidence, ...]:
    """Return all estimates at hand."""
    return tuple(
        Evidence(
            **{key: row[key] for key in ("kind", "of", "where", "unit", "basis", "source", "read")},
            estimate=float(row["estimate"]) if row["estimate"] else None,
            note=row["note"],
        )
        for row in embedded_rows(FOLDER / "effects.csv")
    )


def about(kind: str, of: str, where: str = "") -> tuple[Evidence, ...]:
    """Return the estimates of one effect.

    >>> [one.estimate for one in about("scholarships", "students")]
    [0.8, 0.0]
    """
    return tuple(one for one in evidence() if (one.kind, one.of, one.where) == (kind, of, where))


def span(found: Iterable[Evidence]) -> Span | None:
    """Return the span of estimates, None where there is none with a figure.

    >>> span(about("scholarships", "students"))
    Span(low=0.0, high=0.8)
    """
    values = [one.estimate for one in found if one.estimate is not None]
    return Span(min(values), max(values)) if values else None
