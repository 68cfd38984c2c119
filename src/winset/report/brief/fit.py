"""Where trade fits, and where it is below what it could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Where trade is below what it could be"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "fit", say(TITLE))
    done = leaf.ask(f"winset match {desk.with_seat} --on {desk.on}")
    flows = done.payload["potential"]["flows"]
    first = flows[0]
    leaf.sentence = say(
        "Most is untapped on the way {one} → {other}: {actual} USD where {expected} USD are expected "
        "({low} to {high}).",
        one=name(first["exporter"]),
        other=name(first["importer"]),
        actual=leaf.sum(done, "potential.flows[0].actual_musd"),
        expected=leaf.sum(done, "potential.flows[0].expected_musd"),
        low=leaf.sum(done, "potential.flows[0].low_musd"),
        high=leaf.sum(done, "potential.flows[0].high_musd"),
    )
    leaf.headings = (
        say("from, to"),
        say("actual, USD"),
        say("expected, USD"),
        say("low"),
        say("high"),
    )
    leaf.axis = say("expected less actual, USD billion")
    for k in range(min(8, len(flows))):
        way = f"{leaf.named(flows[k]['exporter'])} → {leaf.named(flows[k]['importer'])}"
        place = f"potential.flows[{k}]"
        leaf.rows.append(
            (
                way,
                *(
                    leaf.sum(done, f"{place}.{key}_musd")
                    for key in ("actual", "expected", "low", "high")
                ),
            )
        )
        leaf.bar(way, done, f"{place}.untapped_musd", 1e-3)
    leaf.doubt = say(
        "Gravity knows size, distance, borders and regions, and no war, sanction or pipeline: what is "
        "missing may be missing for a reason."
    )
    leaf.change = say("A flow that stays as low where the reason that one has in mind is absent.")
    leaf.sources = ("CEPII BACI 2023; Santos Silva & Tenreyro (2006)",)
    return leaf
