"""Common goods: who would pay for what helps all, by an illustration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Common goods: who pays for what helps all"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "goods", say(TITLE))
    done = leaf.ask(f"winset common anti-drug --members {desk.group} --on {desk.on}")
    codes = [
        row["code"]
        for row in sorted(done.payload["members"], key=lambda r: -r["part_of_costs_alone"])
    ]
    leaf.sentence = say(
        "An illustration: a center against drugs is worth {gain} USD a year more if all pay together than if "
        "each pays alone; alone, {n} {n|member|members} would ride free.",
        gain=leaf.sum(done, "gain"),
        n=leaf.count(done, "count(free_riders)"),
    )
    leaf.headings = (
        say("member"),
        say("part of the costs, each alone"),
        say("part of the benefits"),
        say("match that makes it pay its part"),
    )
    leaf.axis = say("part of the costs if each pays alone, %")
    for code in leaf.chosen(codes):
        place = f"members[code={code}]"
        leaf.rows.append(
            (
                leaf.named(code),
                leaf.share(done, f"{place}.part_of_costs_alone", 1),
                leaf.share(done, f"{place}.part_of_benefits_alone", 1),
                leaf.share(done, f"{place}.match", 1),
            )
        )
        leaf.bar(leaf.named(code), done, f"{place}.part_of_costs_alone", 100.0)
    leaf.doubt = say(
        "Benefits and costs are set by size, not measured: the figures show who would ride free, and not "
        "what a center is worth."
    )
    leaf.change = say("What each member spends today, and what a seizure prevents.")
    leaf.sources = ("An illustration, and it says so",)
    return leaf
