"""What ``winset agree`` answers: the common ground of a bloc over years, and its JSON.

A bloc, years and an issue in words come in; `common_ground` and the documented keys come out. The
command line and the web call the same `agree`; `agreement` is its part over one list of spans.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError
from winset.governance.rollcalls.alignment import WEIGHTS, between
from winset.governance.rollcalls.common_ground import common_ground
from winset.governance.rollcalls.ideal_points import estimate as estimated
from winset.governance.rollcalls.ideal_points import un_ideal_points
from winset.governance.rollcalls.records import SEAT_OF, un_roll_calls
from winset.places.blocs import load_blocs
from winset.places.dates import read_date
from winset.places.groups import later, read_group
from winset.sentences import Sentence, Verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.governance.rollcalls.alignment import Cohesion
    from winset.governance.rollcalls.common_ground import CommonGround
    from winset.governance.rollcalls.ideal_points import IdealPoints
    from winset.governance.rollcalls.records import RollCalls
    from winset.places.blocs import Bloc
    from winset.places.groups import Group, Later


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """The common ground of one span of years, with what the JSON says of it.

    `group` are those counted; `newer` those of them that joined after the span began, whose votes of
    before are counted with the others'.
    """

    ground: CommonGround
    payload: dict[str, Any]
    group: Group
    newer: tuple[Later, ...]


@dataclass(frozen=True, slots=True)
class AgreementStudy:
    """What was asked about a bloc and its years, and the answer.

    Attributes
    ----------
    whole : SpanAgreement or None
        Over all the years; None where only single years were asked for.
    course : tuple of SpanAgreement
        Over each of the years, as far as it was asked for.
    by_year : bool
        Whether `course` is the answer, or `whole`.
    points : IdealPoints
        By which members are placed.
    """

    bloc: str
    first: int
    last: int
    issue: str | None
    by_year: bool
    whole: SpanAgreement | None
    course: tuple[SpanAgreement, ...]
    points: IdealPoints

    @property
    def parts(self) -> tuple[SpanAgreement, ...]:
        """The answer: one span, or the years."""
        if self.by_year:
            return self.course
        assert self.whole is not None
        return (self.whole,)

    def to_json(self) -> dict[str, Any] | list[dict[str, Any]]:
        """Return what ``winset agree --json`` prints: an object, or one for each year."""
        said = [part.payload for part in self.parts]
        return said if self.by_year else said[0]


def agree(
    bloc: str,
    years: str,
    *,
    issue: str | None = None,
    against: str | None = None,
    by_year: bool = False,
    whole: bool = False,
    course: bool = False,
    weights: str = "identical",
    estimate: bool = False,
    dimensions: int = 1,
    on: str | None = None,
    blocs: Mapping[str, Bloc] | None = None,
    progress: Callable[[int, float], None] | None = None,
) -> AgreementStudy:
    """Find the common ground of a bloc over years, as a whole or year by year.

    Parameters
    ----------
    by_year : bool
        Whether the answer is one result a year.
    whole, course : bool
        Whether to add the other one, for a page.
    estimate : bool
        Whether to estimate the ideal points anew, which more than one of the `dimensions` needs;
        `progress` is then told of every sweep.

    Raises
    ------
    DataError
        A name, a year, an issue or a date that is not known.
    """
    first, last = read_years(years)
    if estimate or dimensions != 1:
        points = estimated(un_roll_calls(), dimensions=dimensions, progress=progress)
    else:
        points = un_ideal_points()

    def asked(*, each: bool) -> list[SpanAgreement]:
        return agreement(
            bloc,
            years,
            issue=issue,
            against=against,
            by_year=each,
            weights=weights,
            points=points,
            on=on,
            blocs=blocs,
        )

    return AgreementStudy(
        bloc=bloc,
        first=first,
        last=last,
        issue=issue,
        by_year=by_year,
        whole=asked(each=False)[0] if whole or not by_year else None,
        course=tuple(asked(each=True)) if course or by_year else (),
        points=points,
    )


def agreement(
    bloc: str,
    years: str,
    *,
    issue: str | None = None,
    against: str | None = None,
    by_year: bool = False,
    weights: str = "identical",
    points: IdealPoints | None = None,
    on: str | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> list[SpanAgreement]:
    """Return the common ground of a bloc over all the years, or of each of them.

    Parameters
    ----------
    bloc : str
        A bloc, ``all``, or codes by comma.
    years : str
        ``1972`` or ``2010-2019``.
    on : str, optional
        The date on which membership counts; the end of the last year otherwise.

    Raises
    ------
    DataError
        A name, a year, an issue or a date that is not known.
    """
    calls = un_roll_calls()
    first, last = read_years(years)
    chosen = calls.of_years(first, last)
    if issue is not None:
        chosen = chosen.on_issue(issue)
    if weights not in WEIGHTS:
        raise DataError(f"--weights {weights}: use one of {', '.join(WEIGHTS)}.")
    spans = [(year, year) for year in sorted(set(chosen.years.tolist()))]
    if not by_year:
        spans = [(first, last)]
    known = load_blocs() if blocs is None else blocs
    inside = [_members(bloc, chosen.of_years(*span), _date(on, span[1]), known) for span in spans]
    placed = un_ideal_points() if points is None else points
    found = []
    for span, group in zip(spans, inside, strict=True):
        ground = common_ground(calls, placed, group.codes, *span, issue=issue, weights=weights)
        began = later(bloc, dt.date(span[0], 1, 1), known)
        newer = tuple(who for who in began if who.code in group.codes)
        payload = to_json(ground, placed)
        payload["counted"] = group.to_json() | {"newer": [who.to_json() for who in newer]}
        if against is not None:
            rivals = chosen.of_years(*span)
            payload["against"] = _against(against, ground, rivals, _date(on, span[1]), known)
        found.append(SpanAgreement(ground, payload, group, newer))
    return found


def read_years(text: str) -> tuple[int, int]:
    """Read 1972 or 2010-2019."""
    match = re.fullmatch(r"\s*(\d{4})\s*(?:[-–:]\s*(\d{4})\s*)?", text)
    if match is None:
        raise DataError(
            Sentence(
                "--years {text}: give a year or a range such as 1972 or 2010-2019.",
                text=Verbatim(text),
            )
        )
    return int(match[1]), int(match[2] or match[1])


def label(first: int, last: int) -> str:
    """Write years as in the JSON."""
    return str(first) if first == last else f"{first}-{last}"


def _date(on: str | None, year: int) -> dt.date:
    """Read ``--on``; membership counts at the end of the last year otherwise."""
    return dt.date(year, 12, 31) if on is None else read_date(on)


def _members(text: str, calls: RollCalls, on: dt.date, known: Mapping[str, Bloc]) -> Group:
    """Return all that voted, those of a bloc that voted, or those listed."""
    voted = {c for c, n in zip(calls.members, (calls.votes > 0).sum(axis=0), strict=True) if n}
    return read_group(
        text,
        on=on,
        codes=dict.fromkeys((*calls.members, *SEAT_OF)),
        present=voted,
        blocs=known,
        of=Sentence("the roll calls of the UN General Assembly"),
    )


def _against(
    other: str, ground: CommonGround, calls: RollCalls, on: dt.date, known: Mapping[str, Bloc]
) -> dict[str, Any]:
    """Compare the bloc with another one over the same roll calls."""
    rivals = _members(other, calls, on, known).codes
    here, there = calls.columns(ground.members), calls.columns(rivals)
    count, plurality, pairs = between(calls.votes[:, here], calls.votes[:, there])
    return {
        "bloc": other,
        "members": [calls.members[column] for column in there],
        "roll_calls": count,
        "plurality_agreement": _number(plurality),
        "pair_agreement": _number(pairs),
    }


def _number(value: float) -> float | None:
    """Return a JSON number, null for NaN."""
    return None if math.isnan(value) else float(value)


def _cohesion_json(cohesion: Cohesion) -> dict[str, Any]:
    """Write a ``Cohesion``."""
    return {
        "roll_calls": cohesion.roll_calls,
        "rice": _number(cohesion.rice),
        "agreement_index": _number(cohesion.agreement_index),
        "unanimous": _number(cohesion.unanimous),
    }


def to_json(ground: CommonGround, points: IdealPoints) -> dict[str, Any]:
    """Write a ``CommonGround`` with the documented keys."""
    codes, pairs, roles, meeting = ground.members, ground.pairs, ground.roles, ground.meeting
    economies: list[dict[str, Any]] = []
    for k, code in enumerate(codes):
        place = ground.positions[k]
        economy = {
            "code": code,
            "votes": int(ground.votes[k]),
            "ideal_point": None if place is None else place[0],
            "standard_error": None if place is None else place[1],
        }
        if points.position.shape[2] > 1:
            second = points.mean(code, range(ground.first, ground.last + 1), dimension=1)
            economy["ideal_point_2"] = None if second is None else second[0]
            economy["standard_error_2"] = None if second is None else second[1]
        economies.append(economy)
    return {
        "years": label(ground.first, ground.last),
        "economies": economies,
        "pairs": [
            {
                "a": codes[i],
                "b": codes[j],
                "votes": int(pairs.votes[i, j]),
                "agreement": _number(pairs.agreement[i, j]),
                "kappa": _number(pairs.kappa[i, j]),
                "pi": _number(pairs.pi[i, j]),
            }
            for i in range(len(codes))
            for j in range(i + 1, len(codes))
            if pairs.votes[i, j]
        ],
        "cohesion": {
            **_cohesion_json(ground.cohesion),
            "by_issue": {code: _cohesion_json(own) for code, own in ground.by_issue.items()},
            "members": [
                {
                    "code": code,
                    "with_others": _number(roles.with_others[k]),
                    "lone_dissents": int(roles.lone_dissents[k]),
                    "pivotal": _number(roles.pivotal[k]),
                    "cohesion_without": _number(roles.cohesion_without[k]),
                }
                for k, code in enumerate(codes)
            ],
            "most_divided": [
                {
                    "date": split.date,
                    "resolution": split.resolution,
                    "title": split.title,
                    "agreement_index": split.agreement_index,
                    "yes": list(split.yes),
                    "abstain": list(split.abstain),
                    "no": list(split.no),
                }
                for split in ground.divided
            ],
            "common_position": {
                "median": meeting.median,
                "median_member": meeting.median_member,
                "midrange": meeting.midrange,
                "outermost": None if meeting.outermost is None else list(meeting.outermost),
                "distance": _number(meeting.distance),
                "common_votes": {k: _number(share) for k, share in meeting.common_votes.items()},
            },
        },
    }
