"""Emissions: where goods are made, and where they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf, lacking
from winset.report.speech import name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Emissions: who emits for whom"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "emissions", say(TITLE))
    done = leaf.ask("winset carbon icio-2022")
    made = done.payload["production"]
    codes = sorted(
        (code for code in desk.members if code in made), key=lambda code: -made[code]["CO2"]
    )
    if len(codes) < 2:
        why = say("Fewer than two members stand in the world with emissions by industry.")
        return lacking(desk, "emissions", say(TITLE), why)
    first = codes[0]
    leaf.sentence = say(
        "{name} emits most of the members on record: {made} million tonnes of CO2 where goods are made, "
        "{used} million where they are used.",
        name=name(first),
        made=leaf.plain(done, f"production.{first}.CO2", 0),
        used=leaf.plain(done, f"consumption.{first}.CO2", 0),
    )
    leaf.headings = (
        say("member, million tonnes of CO2"),
        say("where made"),
        say("where used"),
        say("sold in goods"),
        say("bought in goods"),
        say("tonnes a head"),
    )
    leaf.axis = say("CO2 where goods are made, million tonnes")
    for code in leaf.chosen(codes):
        leaf.rows.append(
            (
                leaf.named(code),
                *(
                    leaf.plain(done, f"{kind}.{code}.CO2", 1)
                    for kind in ("production", "consumption", "exports", "imports")
                ),
                leaf.plain(done, f"compared[code={code}].tonnes_a_head", 1),
            )
        )
        leaf.bar(leaf.named(code), done, f"production.{code}.CO2")
    if desk.seat in made:
        leaf.seat = say(
            "{name}: sells {sold} million tonnes in its goods and buys {bought}: what a charge at a border "
            "would meet.",
            name=name(str(desk.seat)),
            sold=leaf.plain(done, f"exports.{desk.seat}.CO2", 1),
            bought=leaf.plain(done, f"imports.{desk.seat}.CO2", 1),
        )
    leaf.doubt = say(
        "Emissions by industry are spread by energy use, not measured; an industry's mean stands for each of "
        "its firms. What households burn themselves is counted by the head alone."
    )
    leaf.change = say("Emissions by industry as each state reports them.")
    leaf.sources = ("OECD ICIO 2022; emissions as named by winset carbon; Miller & Blair (2009)",)
    return leaf
