"""Who decides, and what each vote weighs: under the bloc's own rule, and under others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Who decides, and what each vote weighs"
#: Members up to which votes by large weights are counted in seconds.
MOST_WEIGHED = 30


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "power", say(TITLE))
    own = leaf.ask(f"winset vote {desk.rule}")
    members = sorted(own.payload["members"], key=lambda row: (-row["banzhaf"], row["code"]))
    codes = [row["code"] for row in members]
    if all(row["veto"] for row in members):
        leaf.sentence = say(
            "Every member can say no, so that each has {share} of the power; were every wish a coin's toss, "
            "{passes} of proposals would pass.",
            share=leaf.share(own, f"members[code={codes[0]}].banzhaf", 1),
            passes=leaf.write(own, "power_to_act", _small),
        )
    else:
        leaf.sentence = say(
            "{first} has most of the power ({most}), {last} least ({least}); were every wish a coin's toss, "
            "{passes} of proposals would pass.",
            first=name(codes[0]),
            most=leaf.share(own, f"members[code={codes[0]}].banzhaf", 1),
            last=name(codes[-1]),
            least=leaf.share(own, f"members[code={codes[-1]}].banzhaf", 1),
            passes=leaf.write(own, "power_to_act", _small),
        )
    others = {}
    if len(codes) <= MOST_WEIGHED:
        for rule in ("population", "gdp"):
            others[rule] = leaf.try_(f"winset vote {rule} --members {desk.group} --on {desk.on}")
    by = {"population": say("votes by population"), "gdp": say("votes by GDP")}
    leaf.headings = (
        say("member, share of power"),
        say("own rule"),
        *(by[rule] for rule in others),
    )
    leaf.axis = say("share of power under the own rule, %")
    shown = {
        rule: None if done is None else {row["code"] for row in done.payload["members"]}
        for rule, done in others.items()
    }
    alike = not others and all(row["veto"] for row in members)
    rows = (
        {codes[0]: say("each of {n} members", n=len(codes))}
        if alike
        else {code: leaf.named(code) for code in leaf.chosen(codes)}
    )
    for code, told in rows.items():
        place = f"members[code={code}].banzhaf"
        leaf.rows.append(
            (
                told,
                leaf.share(own, place, 1),
                *(
                    leaf.share(done if code in (shown[rule] or ()) else None, place, 1)
                    for rule, done in others.items()
                ),
            )
        )
        leaf.bar(told, own, place, 100.0)
    if desk.seat in codes:
        leaf.seat = say(
            "{name}: {share} of the power; alone it can prevent {prevent} of what the others would pass.",
            name=name(str(desk.seat)),
            share=leaf.share(own, f"members[code={desk.seat}].banzhaf", 1),
            prevent=leaf.share(own, f"members[code={desk.seat}].coleman_prevent"),
        )
    leaf.doubt = say(
        "Power before anybody's wishes are known: who always votes with others has less, who sets the agenda "
        "has more."
    )
    leaf.change = say("A record of what was proposed and fell, which consensus does not leave.")
    leaf.sources = ("The bloc's own charter", "Banzhaf (1965); Coleman (1971)")
    return leaf


def _small(value: float) -> str:
    from winset.report.speech import percent

    if 0 < value < 1e-6:
        return say("less than a millionth")
    digits = 1 if value >= 0.01 else 3 if value >= 1e-5 else 5
    return percent(100.0 * value, digits).removeprefix("+")
