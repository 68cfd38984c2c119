"""Fair shares of the gain, and who would object to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import NONE, Leaf, joined
from winset.report.speech import listed, name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Fair shares, and who would object"
RULES = ("own_gain_musd", "shapley", "nucleolus", "population")
JUDGED = {"own": "own gain", "shapley": "shapley", "nucleolus": "nucleolus", "equal": "equal",
          "population": "population", "gdp": "gdp"}  # fmt: skip


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "shares", say(TITLE))
    done = leaf.ask(desk.shares)
    values = done.payload
    rules = [rule for rule in RULES if values.get(rule)]
    codes = sorted(values["players"], key=lambda code: -values["shapley"][code])
    if "in_core" in values:
        kept = [say(JUDGED[rule]) for rule in JUDGED if values["in_core"].get(rule)]
        broken = [say(JUDGED[rule]) for rule in JUDGED if values["in_core"].get(rule) is False]
        leaf.sentence = say(
            "To divide: {grand} USD a year. Nobody has a reason to leave under: {kept}; some would do better "
            "alone under: {broken}.",
            grand=leaf.sum(done, "grand_musd"),
            kept=listed(kept) or NONE,
            broken=listed(broken) or NONE,
        )
    else:
        leaf.sentence = say(
            "To divide: {grand} USD a year among {n} {n|member|members}; with so many, which coalition would "
            "object is not searched.",
            grand=leaf.sum(done, "grand_musd"),
            n=leaf.count(done, "count(players)"),
        )
    heads = {
        "own_gain_musd": say("own gain"),
        "shapley": say("shapley"),
        "nucleolus": say("nucleolus"),
        "population": say("population"),
    }
    leaf.headings = (say("member, USD a year"), *(heads[rule] for rule in rules))
    leaf.axis = say("Shapley value, USD million a year")
    for code in leaf.chosen(codes):
        leaf.rows.append(
            (leaf.named(code), *(leaf.money(done, f"{rule}.{code}") for rule in rules))
        )
        leaf.bar(leaf.named(code), done, f"shapley.{code}")
    seat = desk.seat
    if seat is not None and seat in values["players"]:
        leaf.seat = say(
            "{name}: {own} USD by itself, {fair} USD by the Shapley value: what it could offer, or ask for, "
            "is the difference.",
            name=name(seat),
            own=leaf.money(done, f"own_gain_musd.{seat}"),
            fair=leaf.money(done, f"shapley.{seat}"),
        )
    elif seat is not None:
        alone = leaf.try_(f"winset stable {desk.closer} --players {desk.group} --outsiders {seat}")
        if alone is not None:
            leaf.seat = say(
                "{name}: by joining it would gain {itself} USD, and the members {members} USD.",
                name=name(seat),
                itself=leaf.money(alone, f"joining_musd.{seat}"),
                members=leaf.money(alone, f"joining_members_musd.{seat}"),
            )
    leaf.doubt = say(
        "Fair is a rule, and rules differ: each column is one. Coalitions carry the same agreement out among "
        "themselves, all others stay as they are."
    )
    if values["method"] != "exact":
        leaf.doubt = joined(
            [
                leaf.doubt,
                say(
                    "Not every coalition was solved: the stated error is {error} USD.",
                    error=leaf.sum(done, "error_musd"),
                ),
            ]
        )
    leaf.change = say(
        "Payments that cannot be made, or members that would answer a leaving with tariffs."
    )
    leaf.sources = ("Shapley (1953); Schmeidler (1969); Maschler, Peleg & Shapley (1979)",)
    return leaf
