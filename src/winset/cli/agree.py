"""``winset agree``: on what do the members of a bloc agree, and where do they part?"""

from __future__ import annotations

import datetime as dt
import math
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption
from winset.cli.show import console, print_json
from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.blocs import Bloc
    from winset.governance.alignment import Cohesion
    from winset.governance.commonground import CommonGround
    from winset.governance.idealpoints import IdealPoints
    from winset.governance.rollcalls import RollCalls

PAIRS_SHOWN = 5


@app.command()
def agree(
    bloc: Annotated[
        str, typer.Argument(help="A bloc, 'all', or ISO3 codes separated by commas: CHN,RUS,KAZ.")
    ],
    years: Annotated[
        str, typer.Option(help="A year or a range, 1946 to 2019; the year a session opened.")
    ],
    issue: Annotated[
        str | None, typer.Option(help="Only roll calls on one issue: me, nu, di, hr, co, ec.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Compare with another bloc (as BLOC, without 'all').")
    ] = None,
    by_year: Annotated[bool, typer.Option("--by-year", help="One result per year.")] = False,
    weights: Annotated[
        str,
        typer.Option(help="Disagreement of abstaining and voting: identical, linear, quadratic."),
    ] = "identical",
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Estimate the ideal points anew (under a minute).")
    ] = False,
    dimensions: Annotated[
        int, typer.Option(help="Dimensions of the ideal points; 2 is always estimated anew.")
    ] = 1,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When membership counts [the end of the last year]."),
    ] = None,
    blocs_file: BlocsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False,
) -> None:
    """On what do the members of a bloc agree, by their votes in the UN General Assembly?"""
    from winset.blocs import load_blocs
    from winset.governance.alignment import WEIGHTS
    from winset.governance.commonground import common_ground
    from winset.governance.rollcalls import ISSUES, un_roll_calls

    calls = un_roll_calls()
    first, last = _years(years)
    chosen = calls.of_years(first, last)
    if issue is not None:
        chosen = chosen.on_issue(issue)
    if weights not in WEIGHTS:
        raise DataError(f"--weights {weights}: use one of {', '.join(WEIGHTS)}.")
    spans = [(year, year) for year in sorted(set(chosen.years.tolist()))]
    if not by_year:
        spans = [(first, last)]
    known = load_blocs(blocs_file)
    blocs = [_members(bloc, chosen.of_years(*span), _date(on, span[1]), known) for span in spans]
    points = _points(calls, estimate=estimate or dimensions != 1, dimensions=dimensions)
    payload: list[dict[str, Any]] = []
    grounds: list[CommonGround] = []
    for span, members in zip(spans, blocs, strict=True):
        ground = common_ground(calls, points, members, *span, issue=issue, weights=weights)
        grounds.append(ground)
        payload.append(_as_json(ground, points))
        if against is not None:
            payload[-1]["against"] = _against(
                against, ground, chosen.of_years(*span), _date(on, span[1]), known
            )
    if as_json:
        print_json(payload if by_year else payload[0])
    elif by_year:
        _show_years(bloc, payload)
    else:
        about = f" on {ISSUES[issue].lower()}" if issue else ""
        _show(f"{bloc}, {_label(first, last)}{about}", grounds[0], payload[0])


def _years(text: str) -> tuple[int, int]:
    """Read 1972 or 2010-2019."""
    match = re.fullmatch(r"\s*(\d{4})\s*(?:[-–:]\s*(\d{4})\s*)?", text)
    if match is None:
        raise DataError(f"--years {text}: give a year or a range such as 1972 or 2010-2019.")
    return int(match[1]), int(match[2] or match[1])


def _label(first: int, last: int) -> str:
    """Write years as in the JSON."""
    return str(first) if first == last else f"{first}-{last}"


def _date(on: str | None, year: int) -> dt.date:
    """Read ``--on``; membership counts at the end of the last year otherwise."""
    try:
        return dt.date(year, 12, 31) if on is None else dt.date.fromisoformat(on)
    except ValueError:
        raise DataError(f"--on {on}: not a date. Write it like 2019-12-31.") from None


def _members(
    text: str, calls: RollCalls, on: dt.date, known: Mapping[str, Bloc]
) -> tuple[str, ...]:
    """Return codes: all that voted, those of a bloc that voted, or those listed."""
    from winset.blocs import resolve

    voted = {c for c, n in zip(calls.members, (calls.votes > 0).sum(axis=0), strict=True) if n}
    if text == "all":
        return tuple(code for code in calls.members if code in voted)
    names = {name.casefold() for name in known}
    codes: dict[str, None] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        if part.removesuffix("+").casefold() in names:
            codes |= {code: None for code in resolve(part, on, known) if code in voted}
        else:
            codes[part] = None
    return tuple(codes)


def _points(calls: RollCalls, *, estimate: bool, dimensions: int) -> IdealPoints:
    """Take the embedded ideal points, or estimate them with a line of progress on stderr."""
    from winset.governance.idealpoints import estimate as estimate_points
    from winset.governance.idealpoints import un_ideal_points

    if not estimate:
        return un_ideal_points()

    def progress(sweep: int, change: float) -> None:
        if sweep % 10 == 0:
            print(f"ideal points: sweep {sweep}, change {change:.1e}", file=sys.stderr)

    return estimate_points(calls, dimensions=dimensions, progress=progress)


def _against(
    other: str, ground: CommonGround, calls: RollCalls, on: dt.date, known: Mapping[str, Bloc]
) -> dict[str, Any]:
    """Compare the bloc with another one over the same roll calls."""
    from winset.governance.alignment import between

    rivals = _members(other, calls, on, known)
    here, there = calls.columns(ground.members), calls.columns(rivals)
    if not len(there):
        raise DataError(f"--against {other}: no economies named.")
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


def _as_json(ground: CommonGround, points: IdealPoints) -> dict[str, Any]:
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
        "years": _label(ground.first, ground.last),
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


def _two(value: float | None) -> str:
    """Write a figure with two decimals, a dash for none."""
    return "–" if value is None or math.isnan(value) else f"{value:.2f}"


def _percent(value: float | None) -> str:
    """Write a share as a percentage."""
    return "–" if value is None else f"{100 * value:.0f} %"


def _show_years(bloc: str, payload: list[dict[str, Any]]) -> None:
    """Print the course of cohesion over the years."""
    from rich.table import Table

    table = Table(title=f"{bloc}: cohesion by year")
    table.add_column("year")
    for head in ("members", "roll calls", "unanimous", "agreement index", "Rice", "median point"):
        table.add_column(head, justify="right")
    against = any("against" in year for year in payload)
    if against:
        table.add_column(f"agrees with {payload[0]['against']['bloc']}", justify="right")
    for year in payload:
        own = year["cohesion"]
        cells = [
            year["years"],
            str(sum(1 for economy in year["economies"] if economy["votes"])),
            str(own["roll_calls"]),
            _percent(own["unanimous"]),
            _two(own["agreement_index"]),
            _two(own["rice"]),
            _two(own["common_position"]["median"]),
        ]
        table.add_row(*cells, *([_percent(year["against"]["pair_agreement"])] if against else []))
    console().print(table)


def _show(title: str, ground: CommonGround, payload: dict[str, Any]) -> None:
    """Print members, pairs, issues and the roll calls that divide most."""
    from rich.table import Table

    from winset.governance.rollcalls import ISSUES, member_names

    out, own, names = console(), payload["cohesion"], member_names()
    out.print(
        f"{title}: {own['roll_calls']} roll calls. The members voted alike on "
        f"{_percent(own['unanimous'])}; agreement index {_two(own['agreement_index'])}, "
        f"Rice {_two(own['rice'])} (1 = united)."
    )
    meeting = own["common_position"]
    if meeting["median"] is not None:
        low, high = meeting["outermost"]
        out.print(
            f"Ideal points run from {low} to {high}; the median is {_two(meeting['median'])}, "
            f"nearest to it {meeting['median_member']}."
        )
    if "against" in payload:
        other = payload["against"]
        out.print(
            f"With {other['bloc']}: majorities agree on {_percent(other['plurality_agreement'])} "
            f"of {other['roll_calls']} roll calls, pairs of members on "
            f"{_percent(other['pair_agreement'])}."
        )
    table = Table(title="Members, by ideal point")
    table.add_column("member")
    for head in ("votes", "ideal point", "±", "with the others", "alone", "pivotal", "AI without"):
        table.add_column(head, justify="right")
    rows = list(zip(payload["economies"], own["members"], strict=True))
    for economy, role in sorted(
        rows, key=lambda row: (row[0]["ideal_point"] is None, -(row[0]["ideal_point"] or 0.0))
    ):
        table.add_row(
            f"{economy['code']} {names[economy['code']]}",
            str(economy["votes"]),
            _two(economy["ideal_point"]),
            _two(economy["standard_error"]),
            _percent(role["with_others"]),
            str(role["lone_dissents"]),
            _percent(role["pivotal"]),
            _two(role["cohesion_without"]),
        )
    out.print(table)
    table = Table(title="By issue")
    table.add_column("issue")
    for head in ("roll calls", "unanimous", "agreement index", "Rice"):
        table.add_column(head, justify="right")
    for code, part in own["by_issue"].items():
        table.add_row(
            f"{code} {ISSUES[code]}",
            str(part["roll_calls"]),
            _percent(part["unanimous"]),
            _two(part["agreement_index"]),
            _two(part["rice"]),
        )
    out.print(table)
    _show_pairs(payload["pairs"])
    if ground.divided:
        out.print("Most divided:")
        for split in ground.divided:
            sides = "; ".join(
                f"{len(side)} {word}" + (f" ({', '.join(side)})" if len(side) <= 10 else "")
                for word, side in (("yes", split.yes), ("abstain", split.abstain), ("no", split.no))
                if side
            )
            out.print(f"  {split.date} {split.resolution} {split.title}: {sides}", markup=False)


def _show_pairs(pairs: list[dict[str, Any]]) -> None:
    """Print the pairs that agree most and least beyond chance."""
    from rich.table import Table

    known = sorted((p for p in pairs if p["kappa"] is not None), key=lambda p: -p["kappa"])
    if len(known) > 2 * PAIRS_SHOWN:
        title = f"The {PAIRS_SHOWN} pairs that agree most, and least, beyond chance"
        known = known[:PAIRS_SHOWN] + known[-PAIRS_SHOWN:]
    else:
        title = "Pairs, by agreement beyond chance"
    table = Table(title=title)
    table.add_column("pair")
    for head in ("votes", "agreement", "Cohen's κ", "Scott's π"):
        table.add_column(head, justify="right")
    for pair in known:
        table.add_row(
            f"{pair['a']}–{pair['b']}",
            str(pair["votes"]),
            _percent(pair["agreement"]),
            _two(pair["kappa"]),
            _two(pair["pi"]),
        )
    console().print(table)
