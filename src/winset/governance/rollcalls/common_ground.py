"""The common ground of a bloc in some years: the figures of ``alignment`` put together.

``common_ground`` is what ``winset agree`` shows and what the charts are drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.display import html
from winset.errors import DataError
from winset.governance.rollcalls.alignment import (
    Cohesion,
    Pairs,
    Roles,
    agreement,
    agreement_index,
    cohesion,
    common_position,
    roles,
)
from winset.governance.rollcalls.records import ABSTAIN, ISSUES, NO, YES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from winset.governance.rollcalls.ideal_points import IdealPoints
    from winset.governance.rollcalls.records import RollCalls


@dataclass(frozen=True, slots=True)
class Split:
    """How the bloc split on one roll call."""

    date: str
    resolution: str
    title: str
    agreement_index: float
    yes: tuple[str, ...]
    abstain: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where the bloc could meet.

    Attributes
    ----------
    median : float | None
        Median ideal point: the smallest sum of distances to the members (Black 1948).
    median_member : str | None
        The member nearest to it: on one dimension, the pivotal one.
    midrange : float | None
        Halfway between the outermost members: the smallest distance to the farthest.
    outermost : tuple of two codes | None
        The lowest and the highest.
    distance : float
        Mean distance of a member's vote from the bloc's nearest common vote, 0 to 1.
    common_votes : dict
        Share of roll calls on which that common vote is "yes", "abstain", "no".
    """

    median: float | None
    median_member: str | None
    midrange: float | None
    outermost: tuple[str, str] | None
    distance: float
    common_votes: dict[str, float]


@dataclass(frozen=True, slots=True)
class CommonGround:
    """Members, pairs and cohesion over the roll calls of some years.

    ``positions`` holds (ideal point, standard error) of each member, None where there is none:
    of the year for one year, else the mean over the years in which the member voted. They rest on
    all issues, whichever are selected. ``votes`` counts the selected roll calls each voted in.
    """

    first: int
    last: int
    members: tuple[str, ...]
    votes: NDArray[np.int64]
    positions: tuple[tuple[float, float] | None, ...]
    pairs: Pairs
    cohesion: Cohesion
    by_issue: dict[str, Cohesion]
    roles: Roles
    divided: tuple[Split, ...]
    meeting: Meeting

    def table(self) -> pd.DataFrame:
        """Return one row per member, by ideal point."""
        import pandas as pd

        none = (None, None)
        frame = pd.DataFrame(
            {
                "votes": self.votes,
                "ideal_point": [(place or none)[0] for place in self.positions],
                "standard_error": [(place or none)[1] for place in self.positions],
                "with_others": self.roles.with_others,
                "lone_dissents": self.roles.lone_dissents,
            },
            index=pd.Index(self.members, name="code"),
        )
        return frame.sort_values("ideal_point", ascending=False)

    def _repr_html_(self) -> str:
        """Show where the members stand and how united they are."""
        own = self.cohesion
        return html(
            f"Common ground, {self.first} to {self.last}",
            [
                f"{own.roll_calls} roll calls; the members voted alike on {own.unanimous:.0%}, "
                f"agreement index {own.agreement_index:.2f}."
            ],
            self.table(),
            {"ideal_point": 2, "standard_error": 2, "with_others": 2},
        )


def common_ground(
    calls: RollCalls,
    points: IdealPoints,
    members: Sequence[str],
    first: int,
    last: int,
    *,
    issue: str | None = None,
    weights: str = "identical",
    divided: int = 5,
) -> CommonGround:
    """Put together the common ground of ``members`` in the sessions of ``first`` … ``last``.

    Parameters
    ----------
    calls, points : RollCalls, IdealPoints
        All roll calls; estimated positions (``un_ideal_points()``).
    members : codes
        ISO3; a member that did not vote in these years is kept, with no votes.
    issue : str, optional
        One of ``ISSUES``; all roll calls without it.
    weights : str
        Of the agreement by pair, see ``winset.governance.rollcalls.alignment.agreement``.
    divided : int
        How many of the most divided roll calls to list.

    Raises
    ------
    DataError
        A code that never voted, years or an issue without roll calls, fewer than two members, or
        fewer than two that voted.
    """
    columns = calls.columns(members)
    codes = tuple(calls.members[column] for column in columns)
    if len(codes) < 2:
        raise DataError(
            f"Agreement needs at least two economies; got {', '.join(codes) or 'none'}."
        )
    chosen = calls.of_years(first, last)
    if issue is not None:
        chosen = chosen.on_issue(issue)
    votes = chosen.votes[:, columns]
    cast = (votes > 0).sum(axis=0)
    if (cast > 0).sum() < 2:
        voted = ", ".join(code for code, count in zip(codes, cast, strict=True) if count)
        raise DataError(
            f"Years {first}-{last}: of {', '.join(codes)} only {voted or 'none'} voted. "
            "Choose other years or economies."
        )
    positions = tuple(points.mean(code, range(first, last + 1)) for code in codes)
    return CommonGround(
        first=first,
        last=last,
        members=codes,
        votes=cast,
        positions=positions,
        pairs=agreement(votes, weights=weights),
        cohesion=cohesion(votes),
        by_issue={
            code: cohesion(votes[about])
            for code in ISSUES
            if (about := np.array([code in own for own in chosen.issues], dtype=np.bool_)).any()
        },
        roles=roles(votes),
        divided=_most_divided(chosen, votes, codes, divided),
        meeting=_meeting(votes, codes, positions),
    )


def _most_divided(
    calls: RollCalls, votes: NDArray[np.uint8], codes: tuple[str, ...], count: int
) -> tuple[Split, ...]:
    """List the roll calls with the lowest agreement index; at least half of the bloc voted."""
    index = agreement_index(votes)
    present = (votes > 0).sum(axis=1)
    split = np.flatnonzero((present >= max(2.0, (votes > 0).any(axis=0).sum() / 2)) & (index < 1.0))
    order = split[np.lexsort((-split, -present[split], index[split]))][:count]

    def voted(row: int, vote: int) -> tuple[str, ...]:
        return tuple(codes[k] for k in np.flatnonzero(votes[row] == vote))

    return tuple(
        Split(
            date=calls.dates[row],
            resolution=calls.resolutions[row],
            title=calls.titles[row],
            agreement_index=float(index[row]),
            yes=voted(row, YES),
            abstain=voted(row, ABSTAIN),
            no=voted(row, NO),
        )
        for row in order.tolist()
    )


def _meeting(
    votes: NDArray[np.uint8],
    codes: tuple[str, ...],
    positions: tuple[tuple[float, float] | None, ...],
) -> Meeting:
    """Find the bloc's median and midrange, and the distance to the common votes."""
    vote, distance = common_position(votes)
    usable = (votes > 0).sum(axis=1) >= 2
    shares = {
        name: float((vote[usable] == position).mean()) if usable.any() else float("nan")
        for name, position in (("yes", YES), ("abstain", ABSTAIN), ("no", NO))
    }
    apart = float(distance[usable].mean()) if usable.any() else float("nan")
    known = sorted(
        (position[0], code)
        for code, position in zip(codes, positions, strict=True)
        if position is not None
    )
    if not known:
        return Meeting(None, None, None, None, apart, shares)
    points = np.array([point for point, _ in known])
    median = float(np.median(points))
    return Meeting(
        median=median,
        median_member=known[int(np.abs(points - median).argmin())][1],
        midrange=float((points[0] + points[-1]) / 2.0),
        outermost=(known[0][1], known[-1][1]),
        distance=apart,
        common_votes=shares,
    )
