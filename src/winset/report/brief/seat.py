"""From one desk: what to ask, what to offer, whom to ally with, where it is exposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import known, name, say
from winset.studies.brief.desk import YEARS

if TYPE_CHECKING:
    from winset.studies.brief.answers import Reply
    from winset.studies.brief.desk import Desk

TITLE = "From the desk of {name}"
EACH = 3


def build(desk: Desk) -> Leaf:
    """Write the section."""
    assert desk.seat is not None
    seat = desk.seat
    leaf = Leaf(desk, "seat", say("From the desk of {name}", name=name(seat)))
    trade = leaf.ask(f"winset match {desk.with_seat} --on {desk.on}")
    votes = leaf.ask(f"winset agree {desk.with_seat} --years {YEARS} --on {desk.on}")
    leaf.headings = (
        say("what to do"),
        say("with whom"),
        say("today, USD or κ"),
        say("expected, USD"),
    )
    leaf.axis = say("expected less actual, USD million: what it could ask for")
    _flows(leaf, trade, say("ask for access"), "exporter", "importer")
    _flows(leaf, trade, say("offer access"), "importer", "exporter")
    _allies(leaf, votes)
    closer = leaf.ask(f"winset run {desk.closer}")
    if any(row["code"] == seat for row in closer.payload["economies"]):
        leaf.sentence = say(
            "{name}, {role}: closer trade of {bloc} changes its welfare by {percent}; what follows is what "
            "it could ask, offer, and with whom it votes.",
            name=name(seat),
            role=say("a member") if seat in desk.members else say("outside"),
            bloc=known(desk.bloc),
            percent=leaf.percent(closer, f"economies[code={seat}].welfare_percent"),
        )
        low = [
            (row["welfare_percent"], k)
            for k, rule in enumerate(closer.payload["deficit_rules"])
            for row in rule["economies"] or ()
            if row["code"] == seat
        ]
        if low:
            leaf.seat = say(
                "Exposed: under the least kind of the other rules of deficits it has {percent}.",
                percent=leaf.percent(
                    closer, f"deficit_rules[{min(low)[1]}].economies[code={seat}].welfare_percent"
                ),
            )
    else:
        leaf.sentence = say("{name} is not in this world: its votes are.", name=name(seat))
    leaf.doubt = say(
        "What is untapped by gravity is an expectation with a wide interval, and votes on texts are not "
        "interests in a market."
    )
    leaf.change = say("What its own ministries know of each partner and do not publish.")
    leaf.sources = ("As in the sections on trade and on votes",)
    return leaf


def _flows(leaf: Leaf, trade: Reply, what: str, own: str, theirs: str) -> None:
    """Add the ways on which most is untapped, seen from the seat."""
    flows = trade.payload["potential"]["flows"]
    mine = [k for k, f in enumerate(flows) if f[own] == leaf.desk.seat and f["untapped_musd"] > 0]
    for k in mine[:EACH]:
        place = f"potential.flows[{k}]"
        partner = name(flows[k][theirs])
        leaf.rows.append(
            (
                what,
                partner,
                leaf.sum(trade, f"{place}.actual_musd"),
                leaf.sum(trade, f"{place}.expected_musd"),
            )
        )
        if own == "exporter":
            leaf.bar(partner, trade, f"{place}.untapped_musd")


def _allies(leaf: Leaf, votes: Reply) -> None:
    """Add with whom it votes alike beyond chance, most and least."""
    seat = leaf.desk.seat
    pairs = [
        (row["kappa"], k, row["b"] if row["a"] == seat else row["a"])
        for k, row in enumerate(votes.payload["pairs"])
        if seat in (row["a"], row["b"]) and row["kappa"] is not None
    ]
    pairs.sort(reverse=True)
    for label, chosen in (
        (say("ally with"), pairs[:EACH]),
        (say("expect no vote from"), pairs[-1:]),
    ):
        for _, k, partner in chosen:
            leaf.rows.append((label, name(partner), leaf.plain(votes, f"pairs[{k}].kappa"), "–"))
