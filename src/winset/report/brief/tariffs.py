"""Tariffs: what none inside would be worth, and what retaliation would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf, joined, lacking
from winset.report.speech import name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Tariffs, and what retaliation would cost"
WORLD = "icio-2022"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "tariffs", say(TITLE))
    war = leaf.ask(f"winset war {WORLD} --balanced --on {desk.on}")
    fought = {row["code"]: row["welfare_percent"] for row in war.payload["players"]}
    inside = [code for code in desk.members if code in fought]
    union = (
        leaf.try_(f"winset union {','.join(inside)} --world {WORLD}") if len(inside) > 1 else None
    )
    if union is None:
        return lacking(
            desk,
            "tariffs",
            say(TITLE),
            say(
                "Fewer than two members stand in the world with tariffs and industries ({world}).",
                world=WORLD,
            ),
        )
    codes = sorted(inside, key=lambda code: fought[code])
    leaf.sentence = say(
        "A customs union of the {n} {n|member|members} on record brings them {members} USD a year, and "
        "{out} {out|outsider|outsiders} lose; if every economy set its tariff alone, {worst} would lose most "
        "of them ({percent}).",
        n=leaf.count(union, "count(members)"),
        members=leaf.money(union, "summary.members_musd"),
        out=leaf.count(union, "summary.outsiders_losing"),
        worst=name(codes[0]),
        percent=leaf.percent(war, f"players[code={codes[0]}].welfare_percent"),
    )
    leaf.headings = (
        say("member"),
        say("customs union, % of welfare"),
        say("tariff war, % of welfare"),
        say("its tariff in the war"),
    )
    leaf.axis = say("tariff war, percent of welfare")
    for code in leaf.chosen(codes):
        leaf.rows.append(
            (
                leaf.named(code),
                leaf.percent(union, f"members[code={code}].welfare_percent"),
                leaf.percent(war, f"players[code={code}].welfare_percent"),
                leaf.share(war, f"players[code={code}].tariff", 1),
            )
        )
        leaf.bar(leaf.named(code), war, f"players[code={code}].welfare_percent")
    if desk.seat in fought:
        leaf.seat = say(
            "{name}: {percent} of welfare in a war of all against all.",
            name=name(str(desk.seat)),
            percent=leaf.percent(war, f"players[code={desk.seat}].welfare_percent"),
        )
    elif desk.seat is not None:
        leaf.seat = say(
            "{name}: part of the rest of this world, so that nothing is said of it alone.",
            name=name(desk.seat),
        )
    missing = len(desk.members) - len(inside)
    doubts = [
        say(
            "One tariff for each economy, trade balanced, best answers to each other: a war as games have "
            "it, not as ministries do."
        ),
        say(
            "Where members levy nothing on each other already, the union of this table only makes their "
            "tariffs on others alike."
        ),
    ]
    if missing:
        doubts.append(
            say(
                "{n} {n|member is|members are} in the rest of the world and not counted.", n=missing
            )
        )
    leaf.doubt = joined(doubts)
    leaf.change = say("A record of who answered whose tariffs in kind, and by how much.")
    leaf.sources = ("OECD ICIO 2022; Teti (2024), Global Tariff Database; Lashkaripour (2021)",)
    return leaf
