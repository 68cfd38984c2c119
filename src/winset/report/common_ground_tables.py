"""What `winset agree` prints: members, pairs, issues, and the roll calls that divide most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from winset.display import Table
from winset.governance.rollcalls.records import (
    FLAWS,
    ISSUES,
    OFFICIAL_SINCE,
    member_names,
    missing_votes,
)
from winset.report.speech import coded, known, listed, name, say
from winset.report.tables import share
from winset.report.words import counted
from winset.studies.agreement import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from winset.governance.rollcalls.common_ground import CommonGround, Split
    from winset.studies.agreement import AgreementStudy, SpanAgreement

PAIRS_SHOWN = 5
#: Where recorded votes are from.
ROLL_CALLS = (
    "Voeten, Strezhnev and Bailey, United Nations General Assembly Voting Data, 1946-2019, "
    "Harvard Dataverse, hdl:1902.1/12379.",
    "United Nations, Department for General Assembly and Conference Management: official "
    "recorded votes, 2020 to June 2026 (github.com/UNxml/GAresolutions).",
)


def title(done: AgreementStudy) -> str:
    """Name the bloc, the years and the issue."""
    said = {"bloc": known(done.bloc), "years": label(done.first, done.last)}
    if done.issue is None:
        return say("{bloc}, {years}", **said)
    return say("{bloc}, {years} on {issue}", issue=say(ISSUES[done.issue]).lower(), **said)


def sides(split: Split) -> str:
    """Say how many voted how on a text, and who where they are few."""
    parts = []
    for word, side in (
        (say("yes¦vote"), split.yes),
        (say("abstain"), split.abstain),
        (say("no¦vote"), split.no),
    ):
        if side:
            who = f" ({listed(map(coded, side))})" if len(side) <= 10 else ""
            parts.append(f"{len(side)} {word}{who}")
    return say("; ").join(parts)


def flaws(members: Iterable[str], first: int, last: int) -> tuple[str, ...]:
    """Say what a reader should know of the source's votes in these years."""
    inside = set(members)
    told = [
        say(
            "in {year} the source gives {a} and {b} each other's votes.",
            year=str(year),
            a=coded(a),
            b=coded(b),
        )
        for year, (a, b) in FLAWS
        if first <= year <= last and inside & {a, b}
    ]
    if last >= OFFICIAL_SINCE:
        told.append(
            say(
                "from {year} on only votes on resolutions as adopted are known, none on paragraphs or "
                "amendments; {n} that were or may have been voted on are missing.",
                year=str(OFFICIAL_SINCE),
                n=sum(first <= int(row["year"]) <= last for row in missing_votes()),
            )
        )
    return tuple(told)


def membership(found: SpanAgreement) -> tuple[str, ...]:
    """Say who is counted, and whose votes are counted though it was no member yet."""
    said = [counted(found.group, say("the record of votes"))]
    if found.newer:
        who = listed(f"{name(m.code)} ({m.joined.year})" for m in found.newer)
        said.append(
            say(
                "Votes of all years are counted, also those before a member joined: {who}. --by-year counts "
                "each year with its own members.",
                who=who,
            )
        )
    return tuple(filter(None, said))


def shown(done: AgreementStudy) -> Iterator[Table | str]:
    """Yield what ``winset agree`` prints."""
    payload = [part.payload for part in done.parts]
    if done.by_year:
        yield _years(done.bloc, payload)
    else:
        yield from _whole(title(done), done.parts[0].ground, payload[0])


def _two(value: float | None) -> str:
    """Write a figure with two decimals, a dash for none."""
    return "–" if value is None or math.isnan(value) else f"{value:.2f}"


def _table(title: str, first: str, *figures: str) -> Table:
    """Return an empty table: a column of names, then columns of figures."""
    table = Table(title)
    table.names(first)
    table.figures(*figures)
    return table


def _years(bloc: str, payload: list[dict[str, Any]]) -> Table:
    """Return the course of cohesion over the years."""
    against = any("against" in year for year in payload)
    table = _table(
        f"{bloc}: cohesion by year",
        *("year", "members", "roll calls", "unanimous", "agreement index", "Rice", "median point"),
        *([f"agrees with {payload[0]['against']['bloc']}"] if against else []),
    )
    for year in payload:
        own = year["cohesion"]
        cells = [
            year["years"],
            str(sum(1 for economy in year["economies"] if economy["votes"])),
            str(own["roll_calls"]),
            share(own["unanimous"]),
            _two(own["agreement_index"]),
            _two(own["rice"]),
            _two(own["common_position"]["median"]),
        ]
        table.add_row(*cells, *([share(year["against"]["pair_agreement"])] if against else []))
    return table


def _whole(heading: str, ground: CommonGround, payload: dict[str, Any]) -> Iterator[Table | str]:
    """Yield members, pairs, issues and the roll calls that divide most."""
    own, names = payload["cohesion"], member_names()
    yield (
        f"{heading}: {own['roll_calls']} roll calls. The members voted alike on "
        f"{share(own['unanimous'])}; agreement index {_two(own['agreement_index'])}, "
        f"Rice {_two(own['rice'])} (1 = united)."
    )
    meeting = own["common_position"]
    if meeting["median"] is not None:
        low, high = meeting["outermost"]
        yield (
            f"Ideal points run from {low} to {high}; the median is {_two(meeting['median'])}, "
            f"nearest to it {meeting['median_member']}."
        )
    if "against" in payload:
        other = payload["against"]
        yield (
            f"With {other['bloc']}: majorities agree on {share(other['plurality_agreement'])} "
            f"of {other['roll_calls']} roll calls, pairs of members on "
            f"{share(other['pair_agreement'])}."
        )
    table = _table(
        "Members, by ideal point",
        *(
            "member",
            "votes",
            "ideal point",
            "±",
            "with the others",
            "alone",
            "pivotal",
            "AI without",
        ),
    )
    rows = list(zip(payload["economies"], own["members"], strict=True))
    for economy, role in sorted(
        rows, key=lambda row: (row[0]["ideal_point"] is None, -(row[0]["ideal_point"] or 0.0))
    ):
        table.add_row(
            f"{economy['code']} {names[economy['code']]}",
            str(economy["votes"]),
            _two(economy["ideal_point"]),
            _two(economy["standard_error"]),
            share(role["with_others"]),
            str(role["lone_dissents"]),
            share(role["pivotal"]),
            _two(role["cohesion_without"]),
        )
    yield table
    table = _table("By issue", "issue", "roll calls", "unanimous", "agreement index", "Rice")
    for code, part in own["by_issue"].items():
        table.add_row(
            f"{code} {ISSUES[code]}",
            str(part["roll_calls"]),
            share(part["unanimous"]),
            _two(part["agreement_index"]),
            _two(part["rice"]),
        )
    yield table
    yield _pairs(payload["pairs"])
    if ground.divided:
        yield "Most divided:"
        for split in ground.divided:
            yield (f"  {split.date} {split.resolution} {split.title}: {sides(split)}")


def _pairs(pairs: list[dict[str, Any]]) -> Table:
    """Return the pairs that agree most and least beyond chance."""
    known = sorted((p for p in pairs if p["kappa"] is not None), key=lambda p: -p["kappa"])
    if len(known) > 2 * PAIRS_SHOWN:
        title = f"The {PAIRS_SHOWN} pairs that agree most, and least, beyond chance"
        known = known[:PAIRS_SHOWN] + known[-PAIRS_SHOWN:]
    else:
        title = "Pairs, by agreement beyond chance"
    table = _table(title, "pair", "votes", "agreement", "Cohen's κ", "Scott's π")
    for pair in known:
        table.add_row(
            f"{pair['a']}–{pair['b']}",
            str(pair["votes"]),
            share(pair["agreement"]),
            _two(pair["kappa"]),
            _two(pair["pi"]),
        )
    return table
