"""Tariff lines: what a member asks, and what it offers, where lines of it are at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf, lacking
from winset.report.speech import known, name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Line by line: asks and offers"
#: Bundled lines, by the members whose they are; the first of two that fit is taken.
BUNDLED = {frozenset(("CHN", "IND")): "china-india", frozenset(("KAZ",)): "kazakhstan-exports"}
SOURCES = {
    "china-india": "UN Comtrade; RCEP Annex I; Teti (2024); Fontagné, Guimbard & Orefice (2022)",
    "kazakhstan-exports": "CEPII BACI; RCEP Annex I; UN Comtrade; Teti (2024); Fontagné, Guimbard & Orefice "
    "(2022)",
}


def build(desk: Desk) -> Leaf:
    """Write the section."""
    found = [(who, key) for who, key in BUNDLED.items() if who <= set(desk.members)]
    if not found:
        why = say(
            "No tariff lines of two members of {bloc} are bundled; lines of its own are read by: winset "
            "offer FILE.",
            bloc=known(desk.bloc),
        )
        return lacking(desk, "lines", say(TITLE), why)
    leaf = Leaf(desk, "lines", say(TITLE))
    who, key = found[0]
    done = leaf.ask(f"winset offer {key}")
    one, other = done.payload["parties"][:2]
    if len(who) == 1:  # it asks, and offers nothing in return
        (one,) = who
    asks = [k for k, row in enumerate(done.payload["requests"]) if row["party"] == one]
    asks.sort(key=lambda k: -done.payload["requests"][k]["gain"])
    leaf.sentence = (
        say(
            "{one} could ask its buyers for less duty on {n} {n|line|lines}: the largest gains are below, "
            "with what they cost the buyer.",
            one=name(one),
            n=leaf.count(done, "concessions"),
        )
        if len(who) == 1
        else say(
            "Between {one} and {other} {n} {n|line is|lines are} on the table: the largest gains that {one} "
            "could ask for are below, with what they cost {other}.",
            one=name(one),
            other=name(other),
            n=leaf.count(done, "concessions"),
        )
    )
    leaf.headings = (
        say("line asked for"),
        say("gain, USD million"),
        say("cost, USD million"),
        say("duty before"),
        say("duty after"),
    )
    leaf.axis = say("gain of who asks, USD million a year")
    for k in asks[:8]:
        place = f"requests[{k}]"
        row = done.payload["requests"][k]
        code = say("line {code}", code=row["code"])
        if len(who) == 1:
            code = f"{code}, {name(row['importer'])}"
        leaf.rows.append(
            (
                code,
                leaf.plain(done, f"{place}.gain"),
                leaf.plain(done, f"{place}.cost"),
                leaf.share(done, f"{place}.duty_before", 1),
                leaf.share(done, f"{place}.duty_after", 1),
            )
        )
        leaf.bar(code, done, f"{place}.gain")
    leaf.doubt = (
        say(
            "Each line by itself, incomes fixed; duties older than the trade, those of Europe means by "
            "sector: an illustration of the method, and no schedule."
        )
        if len(who) == 1
        else say(
            "Each line by itself, incomes fixed; duties by heading and chapter, older than the trade: an "
            "illustration of the method, and no schedule."
        )
    )
    leaf.change = say("Schedules of both sides by eight digits, with bound rates.")
    leaf.sources = (SOURCES[key],)
    return leaf
