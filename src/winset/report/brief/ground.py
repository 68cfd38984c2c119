"""Common ground: on what the members vote alike, and where they split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import name, say
from winset.studies.brief.desk import YEARS

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Common ground, and where it splits"
ISSUE_NAMES = {
    "me": "Palestinian conflict",
    "nu": "Nuclear weapons and nuclear material",
    "di": "Arms control and disarmament",
    "hr": "Human rights",
    "co": "Colonialism",
    "ec": "Economic development",
}


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "ground", say(TITLE))
    votes = leaf.ask(f"winset agree {desk.group} --years {YEARS} --on {desk.on}")
    issues = votes.payload["cohesion"]["by_issue"]
    found = {key: row for key, row in issues.items() if row["agreement_index"] is not None}
    ordered = sorted(found, key=lambda key: -found[key]["agreement_index"])
    leaf.sentence = say(
        "On {alike} of {n} roll calls of the UN General Assembly all members vote alike; they agree most on "
        "{most} and least on {least}.",
        alike=leaf.share(votes, "cohesion.unanimous"),
        n=leaf.count(votes, "cohesion.roll_calls"),
        most=say(ISSUE_NAMES[ordered[0]]),
        least=say(ISSUE_NAMES[ordered[-1]]),
    )
    leaf.headings = (
        say("issue"),
        say("roll calls"),
        say("all alike"),
        say("agreement index"),
    )
    leaf.axis = say("agreement index by issue, 1 = united")
    for key in ordered:
        where = f"cohesion.by_issue.{key}"
        leaf.rows.append(
            (
                say(ISSUE_NAMES[key]),
                leaf.whole(votes, f"{where}.roll_calls"),
                leaf.share(votes, f"{where}.unanimous"),
                leaf.plain(votes, f"{where}.agreement_index"),
            )
        )
        leaf.bar(say(ISSUE_NAMES[key]), votes, f"{where}.agreement_index")
    seat = desk.seat
    with_it = votes
    if seat is not None and seat not in desk.members:
        with_it = (
            leaf.try_(f"winset agree {desk.with_seat} --years {YEARS} --on {desk.on}") or votes
        )
    rows = {row["code"]: row for row in with_it.payload["cohesion"]["members"]}
    if seat in rows and rows[seat]["with_others"] is not None:
        leaf.seat = say(
            "{name}: with the majority of the others on {share} of roll calls, alone against all of them on "
            "{n}.",
            name=name(str(seat)),
            share=leaf.share(with_it, f"cohesion.members[code={seat}].with_others"),
            n=leaf.whole(with_it, f"cohesion.members[code={seat}].lone_dissents"),
        )
    leaf.doubt = say(
        "Only what is voted on is counted: most resolutions pass without a vote, and a bloc that splits may "
        "keep its question from a vote."
    )
    leaf.change = say(
        "Votes in other bodies, or positions in talks, that order the members otherwise."
    )
    leaf.sources = (
        "Voeten, Strezhnev & Bailey, United Nations General Assembly Voting Data; UN roll calls to 2026",
    )
    return leaf
