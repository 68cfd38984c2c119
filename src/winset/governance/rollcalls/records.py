"""Roll calls: who voted what, when, on which issue.

The embedded table holds the recorded votes of the UN General Assembly: session 1 to 74 from Voeten,
Strezhnev & Bailey ("United Nations General Assembly Voting Data"), session 75 to June 2026 from the
official records of the United Nations. The *year* of a roll call is the year in which its session
opened (session 1 is 1946, session 80 is 2025), as in Bailey, Strezhnev & Voeten (2017): a session
resumed in spring belongs to the autumn before. A vote of an emergency special session since 2020
belongs to the regular session that was open that day.

A member is a seat, keyed by ISO 3166. RUS is the USSR until 1991 and Russia after it (one seat,
continued); DEU is the Federal Republic before and after 1990, DDR the German Democratic Republic;
YUG ends in 1992 and SRB begins in 2000 (a new member then); CSK ends in 1992; YEM is the Yemen
Arab Republic before 1990, YMD Democratic Yemen; EGY includes the United Arab Republic (1958–61);
CHN begins with the People's Republic in November 1971, TWN is the Republic of China, which held
China's seat until 25 October 1971; EAZ is Zanzibar (1963).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.sentences import Sentence
from winset.tables import embedded_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

ABSENT, NO, ABSTAIN, YES = 0, 1, 2, 3
"""The cells of a vote matrix. Absent (or not a member) is no position; abstaining is one."""

ISSUES = {
    "me": "Palestinian conflict",
    "nu": "Nuclear weapons and nuclear material",
    "di": "Arms control and disarmament",
    "hr": "Human rights",
    "co": "Colonialism",
    "ec": "Economic development",
}
"""The issue codes of the data; a roll call may have several, or none."""

SEAT_OF = {"SUN": "RUS", "BYS": "BLR", "BUR": "MMR", "ZAR": "COD", "SCG": "SRB", "HVO": "BFA"}
"""Withdrawn codes whose seat continues under another."""


FLAWS = ((1993, ("MNG", "MCO")), (2010, ("GRC", "GRD")))
"""Sessions in which the source gives two members each other's votes; kept as they are, for the
published ideal points rest on them as well."""

OFFICIAL_SINCE = 2020
"""The first session known from the official records alone: resolutions as adopted, without the
votes on paragraphs, amendments and rejected drafts that the older source has some of."""


@dataclass(frozen=True, slots=True)
class RollCalls:
    """Roll calls × members.

    Attributes
    ----------
    votes : (R, N) uint8
        ``ABSENT``, ``NO``, ``ABSTAIN`` or ``YES``.
    members : tuple of N str
        ISO3 codes of the seats (see the module's text for those that have changed hands).
    years : (R,) int
        Year in which the session opened.
    dates, resolutions, titles : tuples of R str
        Day of the vote as the source gives it, symbol of the resolution (may be empty),
        short title.
    issues : tuple of R frozensets
        Codes of ``ISSUES``.
    items : (R,) int
        Equal numbers are votes on the same text in neighboring sessions: the bridges over time.
    """

    votes: NDArray[np.uint8]
    members: tuple[str, ...]
    years: NDArray[np.int64]
    dates: tuple[str, ...]
    resolutions: tuple[str, ...]
    titles: tuple[str, ...]
    issues: tuple[frozenset[str], ...]
    items: NDArray[np.int64]

    def rows(self, keep: NDArray[np.bool_]) -> RollCalls:
        """Return the roll calls where ``keep`` (R,) is true."""
        chosen = np.flatnonzero(keep)
        return RollCalls(
            votes=self.votes[chosen],
            members=self.members,
            years=self.years[chosen],
            dates=tuple(self.dates[row] for row in chosen),
            resolutions=tuple(self.resolutions[row] for row in chosen),
            titles=tuple(self.titles[row] for row in chosen),
            issues=tuple(self.issues[row] for row in chosen),
            items=self.items[chosen],
        )

    def of_years(self, first: int, last: int) -> RollCalls:
        """Return the roll calls of the sessions that opened in ``first`` … ``last``.

        Raises
        ------
        DataError
            The range is reversed, goes beyond the data, or holds no roll call.
        """
        if first > last:
            raise DataError(
                Sentence(
                    "Years {first}-{last}: the first year is after the last. Try {last}-{first}.",
                    first=str(first),
                    last=str(last),
                )
            )
        chosen = (self.years >= first) & (self.years <= last)
        oldest, newest = int(self.years.min()), int(self.years.max())
        if not chosen.any() or first < oldest or last > newest:
            told = {
                "first": str(first),
                "last": str(last),
                "oldest": str(oldest),
                "newest": str(newest),
            }
            if not chosen.any():
                raise DataError(
                    Sentence(
                        "Years {first}-{last}: no roll calls. The data hold {oldest} to {newest}.",
                        **told,
                    )
                )
            raise DataError(
                Sentence(
                    "Years {first}-{last}: The data hold {oldest} to {newest}. Write {begin}-{end}.",
                    **told,
                    begin=str(max(first, oldest)),
                    end=str(min(last, newest)),
                )
            )
        return self.rows(chosen)

    def on_issue(self, code: str) -> RollCalls:
        """Return the roll calls on one issue.

        Raises
        ------
        DataError
            No such code, or no roll call on it among these.
        """
        if code not in ISSUES:
            known = ", ".join(f"{key} ({text})" for key, text in ISSUES.items())
            raise DataError(f"Unknown issue {code!r}. The issues are: {known}.")
        chosen = np.array([code in codes for codes in self.issues], dtype=np.bool_)
        if not chosen.any():
            raise DataError(
                f"No roll call on {code} ({ISSUES[code]}) from {self.years.min()} to "
                f"{self.years.max()}. Widen the years or drop the issue."
            )
        return self.rows(chosen)

    def columns(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Return the columns of the members named by ISO3 codes, without duplicates.

        Withdrawn codes are read as the seat that continues them (``SEAT_OF``): SUN is RUS.

        Raises
        ------
        DataError
            A code that never voted.
        """
        column_of = {code: column for column, code in enumerate(self.members)}
        chosen: dict[int, None] = {}
        for code in codes:
            key = SEAT_OF.get(code.upper(), code.upper())
            if key not in column_of:
                raise DataError(
                    f"{code!r} never voted in the UN General Assembly (codes are ISO3)."
                    f"{did_you_mean(key, self.members)}"
                )
            chosen[column_of[key]] = None
        return np.fromiter(chosen, dtype=np.int64, count=len(chosen))


@cache
def un_roll_calls() -> RollCalls:
    """Return the embedded roll calls of the UN General Assembly, sessions of 1946 to 2025."""
    folder = data_folder()
    with (folder / "votes.npz").open("rb") as stream:
        votes = np.ascontiguousarray(np.load(io.BytesIO(stream.read()))["votes"].T)
    calls = embedded_rows(folder / "roll_calls.csv.gz")
    return RollCalls(
        votes=votes,
        members=tuple(member_names()),
        years=np.array([int(row["session"]) for row in calls], dtype=np.int64) + 1945,
        dates=tuple(row["date"] for row in calls),
        resolutions=tuple(row["resolution"] for row in calls),
        titles=tuple(row["title"] for row in calls),
        issues=tuple(frozenset(row["issues"].split()) for row in calls),
        items=np.array([int(row["item"]) for row in calls], dtype=np.int64),
    )


@cache
def member_names() -> dict[str, str]:
    """Return the name of each seat by its code, in the order of the columns."""
    return {row["code"]: row["name"] for row in embedded_rows(data_folder() / "members.csv")}


@cache
def missing_votes() -> tuple[dict[str, str], ...]:
    """Return what the official records lack since 2020: resolution, year, date, tally, why."""
    return tuple(embedded_rows(data_folder() / "missing.csv"))


def data_folder() -> Traversable:
    """Return the folder of the embedded data package."""
    return resources.files("winset") / "data" / "unvotes"
