"""What a group has committed itself to: treaties signed and joined, alike and apart."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.governance.intervals import LEVEL, places, wilson
from winset.governance.treaties.records import (
    NEITHER,
    PARTY,
    SIGNED,
    Treaty,
    acts,
    commitments,
    states,
    treaties,
)
from winset.places.economies import economies
from winset.places.groups import read_group
from winset.sentences import Sentence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from winset.places.blocs import Bloc
    from winset.places.groups import Group

LIMITS = (
    "Joining a treaty is not keeping it: compliance is not in the record and is not measured here.",
    "Reservations are not in the sources: whether a state joined with some is not known here.",
    "Few withdrawals are in the sources.",
)
"""What the table cannot say, printed with it."""

STALE = (
    "Of {n} of {all} treaties the parties are known to an earlier month than {month}, the earliest {early}: "
    "who joined later counts as outside."
)


@dataclass(frozen=True, slots=True)
class Commitments:
    """The treaties of a group on a date.

    Attributes
    ----------
    status : (T, N) int
        Of each member to each treaty: 0 neither, 1 signed only, 2 party.
    """

    bloc: str
    on: dt.date
    group: Group
    treaties: tuple[Treaty, ...]
    status: NDArray[np.int64]

    @property
    def members(self) -> tuple[str, ...]:
        """The codes of the states counted."""
        return self.group.codes

    @property
    def stale(self) -> tuple[Treaty, ...]:
        """The treaties whose parties are known to an earlier month than that of the date."""
        return tuple(t for t in self.treaties if t.known_to < self.on.isoformat()[:7])

    def common(self) -> tuple[Treaty, ...]:
        """Return the treaties that all members have joined."""
        inside = (self.status == PARTY).all(axis=1)
        return tuple(t for t, all_in in zip(self.treaties, inside, strict=True) if all_in)

    def gaps(self) -> list[dict[str, Any]]:
        """Return the treaties that some members lack, those that fewest lack first; unlike none's."""
        found = []
        for treaty, row in zip(self.treaties, self.status, strict=True):
            lacking = [c for c, now in zip(self.members, row, strict=True) if now != PARTY]
            if 0 < len(lacking) < len(self.members):
                signed = [c for c, now in zip(self.members, row, strict=True) if now == SIGNED]
                found.append(
                    {"treaty": treaty.code, "title": treaty.title, "field": treaty.field,
                     "missing": lacking, "signed_only": signed}
                )  # fmt: skip
        return sorted(found, key=lambda gap: (len(gap["missing"]), gap["treaty"]))

    def economies(self) -> list[dict[str, Any]]:
        """Return how many treaties each member has joined, with the interval and places it allows."""
        count = len(self.treaties)
        joined = (self.status == PARTY).sum(axis=0)
        ends = [wilson(float(n), count) for n in joined]
        out = []
        for k, (code, (low, high), (best, worst)) in enumerate(
            zip(self.members, ends, places(ends), strict=True)
        ):
            waits = [
                years
                for t, now in zip(self.treaties, self.status[:, k], strict=True)
                if now == PARTY and (years := acts()[t.code, code].years()) is not None
            ]
            out.append(
                {
                    "code": code,
                    "name": economies()[code].name if code in economies() else code,
                    "party": int(joined[k]),
                    "signed_only": int((self.status[:, k] == SIGNED).sum()),
                    "neither": int((self.status[:, k] == NEITHER).sum()),
                    "share": float(joined[k]) / count,
                    "low": low,
                    "high": high,
                    "best_place": best,
                    "worst_place": worst,
                    "ratified_after_years": median(waits) if waits else None,
                    "ratified_after_signing": len(waits),
                }
            )
        return sorted(out, key=lambda row: (-row["party"], row["code"]))

    def pairs(self) -> list[dict[str, Any]]:
        """Return how alike the commitments of two members are, with intervals and places.

        *alike*: share of the treaties to which both are parties or both are not; *both*: of those
        that either has joined, the share that both have (Jaccard).
        """
        inside = self.status == PARTY
        count = len(self.treaties)
        found: list[dict[str, Any]] = []
        for i, a in enumerate(self.members):
            for j in range(i + 1, len(self.members)):
                same = int((inside[:, i] == inside[:, j]).sum())
                either = int((inside[:, i] | inside[:, j]).sum())
                both = int((inside[:, i] & inside[:, j]).sum())
                low, high = wilson(same, count)
                found.append(
                    {"a": a, "b": self.members[j], "treaties": count, "alike": same / count,
                     "low": low, "high": high, "both": both / either if either else None}
                )  # fmt: skip
        for row, (best, worst) in zip(
            found, places([(row["low"], row["high"]) for row in found]), strict=True
        ):
            row |= {"best_place": best, "worst_place": worst}
        return sorted(found, key=lambda row: (-row["alike"], row["a"], row["b"]))

    def fields(self) -> list[dict[str, Any]]:
        """Return by field how many treaties all, some and none of the members have joined."""
        inside = self.status == PARTY
        field = np.array([t.field for t in self.treaties])
        return [
            {
                "field": name,
                "treaties": int((field == name).sum()),
                "all": int(inside[field == name].all(axis=1).sum()),
                "none": int((~inside[field == name]).all(axis=1).sum()),
                "mean_share": float(inside[field == name].mean()),
            }
            for name in dict.fromkeys(field.tolist())
        ]

    def notes(self) -> list[str]:
        """Return what the figures cannot say."""
        stale = self.stale
        told = list(LIMITS)
        if stale:
            early = min(t.known_to for t in stale)
            told.append(
                STALE.format(
                    n=len(stale), all=len(self.treaties), month=f"{self.on:%Y-%m}", early=early
                )
            )
        return told

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset treaty --json`` prints."""
        return {
            "bloc": self.bloc,
            "on": self.on.isoformat(),
            "level": LEVEL,
            "economies": self.economies(),
            "pairs": self.pairs(),
            "fields": self.fields(),
            "common": [
                {"treaty": t.code, "title": t.title, "field": t.field} for t in self.common()
            ],
            "gaps": self.gaps(),
            "treaties": [
                {
                    "treaty": t.code,
                    "title": t.title,
                    "field": t.field,
                    "known_to": t.known_to,
                    **{
                        key: [c for c, now in zip(self.members, row, strict=True) if now == value]
                        for key, value in (
                            ("party", PARTY),
                            ("signed_only", SIGNED),
                            ("neither", NEITHER),
                        )
                    },
                    "reservations": None,
                }
                for t, row in zip(self.treaties, self.status, strict=True)
            ],
            "not_measured": self.notes(),
            "counted": self.group.to_json(),
        }


def treaty_table(bloc: str, *, on: dt.date, blocs: Mapping[str, Bloc] | None = None) -> Commitments:
    """Return the commitments of a bloc, or of codes by comma, on a date.

    Raises
    ------
    DataError
        A name that is neither bloc nor state of the record, or fewer than two states.
    """
    group = read_group(
        bloc, on=on, codes=states(), blocs=blocs, of=Sentence("the record of treaties")
    )
    if len(group.codes) < 2:
        raise DataError(
            Sentence(
                "{bloc} on {on}: {n} state of the record of treaties; commitments are compared among at "
                "least two.",
                bloc=bloc,
                on=on.isoformat(),
                n=len(group.codes),
            )
        )
    return Commitments(bloc, on, group, treaties(), commitments(group.codes, on))
