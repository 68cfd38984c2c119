"""Do states vote alike on like texts that name different countries? Measured for every state alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.governance.intervals import LEVEL, places
from winset.governance.rollcalls.evenhandedness import (
    FEWEST_CLUSTERS,
    EvenHand,
    TextPair,
    even_hand,
    text_pairs,
)
from winset.governance.rollcalls.records import SEAT_OF, member_names, un_roll_calls
from winset.places.dates import read_date
from winset.places.groups import read_group
from winset.sentences import Sentence
from winset.studies.agreement import label, read_years

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winset.places.blocs import Bloc
    from winset.places.groups import Group

YEARS = "2005-2025"
"""The sessions that are asked where none are named: from those on both kinds of texts."""

LIMITS = (
    "Like titles are not like facts: a state may have reasons to vote apart on two of them.",
    "Sameness is all that is seen: who votes yes, or abstains, on everything is even-handed by it.",
    "A state is left out of pairs that name it; its friends are not.",
    "Which countries the Assembly takes up at all is decided before any vote, and is not measured.",
)


@dataclass(frozen=True, slots=True)
class EvenHandedness:
    """Even-handedness of a group over years; `found` in the order of the group."""

    bloc: str
    first: int
    last: int
    family: str | None
    group: Group
    pairs: tuple[TextPair, ...]
    found: tuple[EvenHand, ...]

    def economies(self) -> list[dict[str, Any]]:
        """Return one row a state: share of equal votes, interval, and the places it allows."""
        names = member_names()
        ranked = [one for one in self.found if one.low is not None and one.high is not None]
        ends = [(one.low or 0.0, one.high or 0.0) for one in ranked]
        place = dict(zip((one.code for one in ranked), places(ends), strict=True))
        out = []
        for one in self.found:
            best, worst = place.get(one.code, (None, None))
            out.append(
                {
                    "code": one.code,
                    "name": names[SEAT_OF.get(one.code, one.code)],
                    "pairs": one.pairs,
                    "countries_paired": one.clusters,
                    "same": one.same,
                    "low": one.low,
                    "high": one.high,
                    "expected": one.expected,
                    "best_place": best,
                    "worst_place": worst,
                    "leaning": [
                        {"names": code, "firmer": gap, "pairs": count}
                        for code, (gap, count) in one.leaning.items()
                    ],
                }
            )
        return sorted(out, key=lambda row: (-(row["same"] or 0.0), row["code"]))

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset even --json`` prints."""
        return {
            "bloc": self.bloc,
            "years": label(self.first, self.last),
            "family": self.family,
            "level": LEVEL,
            "economies": self.economies(),
            "pairs": [
                {"family": p.family, "year": p.year, "a": p.a, "names_a": p.names_a,
                 "b": p.b, "names_b": p.names_b}
                for p in self.pairs
            ],
            "not_measured": list(LIMITS),
            "counted": self.group.to_json(),
        }  # fmt: skip


def even(
    bloc: str,
    years: str,
    *,
    family: str | None = None,
    on: str | None = None,
    blocs: Mapping[str, Bloc] | None = None,
    pairs_file: Path | None = None,
) -> EvenHandedness:
    """Measure a bloc's states, codes, or ``all``, over years of sessions.

    Raises
    ------
    DataError
        A name, year, family or date that is not known; no pair in these years.
    """
    first, last = read_years(years)
    calls = un_roll_calls()
    calls.of_years(first, last)
    known = text_pairs(pairs_file)
    families = sorted({pair.family for pair in known})
    if family is not None and family not in families:
        raise DataError(
            f"--family {family}: there is none.{did_you_mean(family, families)} "
            f"Known: {', '.join(families)}."
        )
    chosen = tuple(
        pair for pair in known if first <= pair.year <= last and family in (None, pair.family)
    )
    if not chosen:
        begin, end = min(p.year for p in known), max(p.year for p in known)
        raise DataError(f"Years {first}-{last}: no pair of texts. They run from {begin} to {end}.")
    span = calls.rows((calls.years >= first) & (calls.years <= last))
    voted = {
        code
        for code, any_vote in zip(calls.members, (span.votes > 0).sum(axis=0).tolist(), strict=True)
        if any_vote
    }
    group = read_group(
        bloc,
        on=dt.date(last, 12, 31) if on is None else read_date(on),
        codes=dict.fromkeys((*calls.members, *SEAT_OF)),
        present=voted,
        blocs=blocs,
        of=Sentence("the roll calls of the UN General Assembly"),
    )
    found = tuple(even_hand(calls, group.codes, chosen))
    return EvenHandedness(bloc, first, last, family, group, chosen, found)


__all__ = ["FEWEST_CLUSTERS", "EvenHandedness", "even"]
