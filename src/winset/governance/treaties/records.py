"""Treaties: who signed, who joined, when, and how far the record reaches.

The embedded table holds treaties deposited with the Secretary-General of the United Nations that
thirty states or more had joined, to March 2015; human rights go to August 2022; some on the
environment, arms and health, kept by others too, to 2019. Joining is ratification, accession,
acceptance, approval, succession or definitive signature. The record has no reservations and few
withdrawals, and joining says nothing of keeping.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from winset.tables import embedded_rows

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

NEITHER, SIGNED, PARTY = 0, 1, 2
"""What a state is to a treaty on a date."""

STATUS = {NEITHER: "neither", SIGNED: "signed only", PARTY: "party"}


@dataclass(frozen=True, slots=True)
class Treaty:
    """One treaty; `known_to` is the month up to which its parties are known."""

    code: str
    title: str
    field: str
    known_to: str


@dataclass(frozen=True, slots=True)
class Act:
    """What one state did: days as the source gives them (a year alone where it has no more)."""

    signed: str
    joined: str
    left: str
    how: str

    def status(self, on: dt.date) -> int:
        """Return what the state is to the treaty at the end of a day; a year alone counts from its end."""
        day = on.isoformat()
        inside = bool(self.joined) and _end(self.joined) <= day
        if inside and not (self.left and self.left <= day):
            return PARTY
        return SIGNED if self.signed and self.signed <= day and not inside else NEITHER

    def years(self) -> float | None:
        """Return the years from signature to joining; None without both days."""
        if len(self.signed) != len("2000-01-01") or len(self.joined) != len("2000-01-01"):
            return None
        began, ended = (dt.date.fromisoformat(day) for day in (self.signed, self.joined))
        return (ended - began).days / 365.25 if ended >= began else None


def _end(day: str) -> str:
    return {4: f"{day}-12-31", 7: f"{day}-28"}.get(len(day), day)


@cache
def treaties() -> tuple[Treaty, ...]:
    """Return the treaties, in the order of the United Nations' chapters, others last."""
    return tuple(
        Treaty(row["treaty"], row["title"], row["field"], row["known_to"])
        for row in embedded_rows(_folder() / "treaties.csv")
    )


@cache
def acts() -> dict[tuple[str, str], Act]:
    """Return what states did, by treaty and ISO3 code."""
    return {
        (row["treaty"], row["code"]): Act(row["signed"], row["joined"], row["left"], row["how"])
        for row in embedded_rows(_folder() / "parties.csv.gz")
    }


@cache
def states() -> tuple[str, ...]:
    """Return the codes of all states that did anything."""
    return tuple(sorted({code for _, code in acts()}))


def commitments(codes: tuple[str, ...], on: dt.date) -> NDArray[np.int64]:
    """Return what each state is to each treaty on a date: (treaties, states) int."""
    known, nothing = acts(), Act("", "", "", "")
    return np.array(
        [[known.get((t.code, code), nothing).status(on) for code in codes] for t in treaties()],
        dtype=np.int64,
    ).reshape(len(treaties()), len(codes))


def _folder() -> Traversable:
    return resources.files("winset") / "data" / "treaties"
