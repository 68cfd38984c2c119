"""Who gains from closer trade, under every rule of deficits, and who loses outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winset.report.brief.leaf import Leaf
from winset.report.speech import known, listed, name, say, together

if TYPE_CHECKING:
    from winset.studies.brief.answers import Reply
    from winset.studies.brief.desk import Desk

TITLE = "Closer trade: who gains, who loses"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "gains", say(TITLE))
    done = leaf.ask(f"winset run {desk.closer}")
    inside = say(
        "If trading with each other costs a tenth less, {n} {n|member gains|members gain} and {lose} lose: "
        "together {members} USD a year.",
        n=leaf.count(done, "summary.members_gaining"),
        lose=leaf.whole(done, "summary.members_losing"),
        members=leaf.money(done, "summary.members_musd"),
    )
    if done.find("summary.outsiders_losing") == 0:
        outside = say(
            "Nobody outside loses {least} percent of welfare or more; all outside together: {outside} USD.",
            least=leaf.plain(done, "summary.unmoved_below_percent", 3),
            outside=leaf.money(done, "summary.outsiders_musd"),
        )
    else:
        outside = say(
            "Outside {out} {out|economy loses|economies lose}, {worst} most ({percent}); all outside "
            "together: {outside} USD.",
            out=leaf.count(done, "summary.outsiders_losing"),
            worst=name(done.find("summary.worst.code")),
            percent=leaf.percent(done, "summary.worst.welfare_percent"),
            outside=leaf.money(done, "summary.outsiders_musd"),
        )
    leaf.sentence = together([inside, outside])
    leaf.headings = (
        say("rule of deficits"),
        say("members gain"),
        say("members lose"),
        say("members, USD"),
        say("outsiders lose"),
        say("outsiders, USD"),
    )
    own = done.payload["parameters"]["deficits"]
    _row(leaf, done, known(own), "summary")
    for k, rule in enumerate(done.payload["deficit_rules"]):
        if rule["summary"] is not None:
            names = listed(known(each) for each in rule["rules"])
            _row(leaf, done, names, f"deficit_rules[{k}].summary")
    leaf.axis = say("gain, percent of welfare")
    codes = [row["code"] for row in sorted(_members(done), key=lambda r: -r["welfare_percent"])]
    for code in leaf.chosen(codes):
        leaf.bar(leaf.named(code), done, f"economies[code={code}].welfare_percent")
    if desk.seat is not None:
        place = f"economies[code={desk.seat}]"
        if any(row["code"] == desk.seat for row in done.payload["economies"]):
            leaf.seat = say(
                "{name}: {percent} of welfare, {musd} USD a year; exports {exports}.",
                name=name(desk.seat),
                percent=leaf.percent(done, f"{place}.welfare_percent"),
                musd=leaf.money(done, f"{place}.welfare_musd"),
                exports=leaf.percent(done, f"{place}.exports_percent", 1),
            )
        else:
            leaf.seat = say(
                "{name}: not in this world, so that nothing is said.", name=name(desk.seat)
            )
    leaf.doubt = say(
        "The tenth is an illustration, no promise; goods only; one elasticity for all; trade that the data "
        "lack is filled in. The table shows what another rule of trade deficits makes of it."
    )
    leaf.change = say(
        "Measured costs of each border, services, and industries apart: they can turn a gain into a loss."
    )
    leaf.sources = (
        "CEPII BACI 2023; World Bank GDP 2023; Dekle, Eaton & Kortum (2008); "
        "Simonovska & Waugh (2014) for the elasticity",
    )
    return leaf


def _members(done: Reply) -> list[dict[str, Any]]:
    return [row for row in done.payload["economies"] if row["role"] == "member"]


def _row(leaf: Leaf, done: Reply, rule: str, where: str) -> None:
    leaf.rows.append(
        (
            rule,
            leaf.whole(done, f"{where}.members_gaining"),
            leaf.whole(done, f"{where}.members_losing"),
            leaf.money(done, f"{where}.members_musd"),
            leaf.whole(done, f"{where}.outsiders_losing"),
            leaf.money(done, f"{where}.outsiders_musd"),
        )
    )
