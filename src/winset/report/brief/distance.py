"""The gap: whether closer trade narrows it, between economies and between persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import known, plain, say, signed

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "The gap between rich and poor"
TURNS = {
    "narrows": "narrows",
    "widens": "widens",
    "leaves as it is": "stays as it is",
    "depends on the index": "narrows or widens, by which index is read",
}
BY_INCOME = {
    "low": "low income",
    "lower-middle": "lower middle income",
    "upper-middle": "upper middle income",
    "high": "high income",
}


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "gap", say(TITLE))
    done = leaf.ask(f"winset gap {desk.closer}")
    leaf.sentence = say(
        "Closer trade, and the gap between the world's persons: it {turn} (Theil index {before} before, "
        "{after} after); the number of people below {line} dollars a day changes by {people} thousand.",
        turn=say(TURNS[done.find("verdicts.persons")]),
        before=leaf.plain(done, "persons[0].before", 4),
        after=leaf.plain(done, "persons[0].after", 4),
        people=leaf.write(done, "poverty[0].change_people", lambda x: signed(x / 1000.0, 0)),
        line=leaf.plain(done, "poverty[0].line"),
    )
    leaf.headings = (
        say("group"),
        say("people, million"),
        say("income a head, dollars"),
        say("change, %"),
        say("economies that lose"),
    )
    leaf.axis = say("change of income a head, percent")
    for k, group in enumerate(done.payload["groups"]):
        word = group["group"]
        place = f"groups[{k}]"
        if word == "SCO" and desk.bloc != word:
            continue  # another bloc's line
        label = say(BY_INCOME[word]) if word in BY_INCOME else known(word)
        leaf.rows.append(
            (
                label,
                leaf.write(done, f"{place}.people", lambda x: plain(x / 1e6)),
                leaf.plain(done, f"{place}.income_before", 0),
                leaf.percent(done, f"{place}.change_percent"),
                leaf.whole(done, f"{place}.losing"),
            )
        )
        leaf.bar(label, done, f"{place}.change_percent")
    leaf.doubt = say(
        "Inside an economy all gain alike by assumption; incomes of surveys, of one year, at prices of one "
        "year."
    )
    leaf.change = say(
        "What each tenth of incomes buys and earns: then prices reach the poor otherwise."
    )
    leaf.sources = ("Surveys of incomes, and poverty lines of the World Bank",)
    return leaf
