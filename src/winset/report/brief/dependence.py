"""Energy and dependence: from whom the bloc buys, and what it costs if somebody stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import REST, known, name, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Energy and dependence"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "dependence", say(TITLE))
    done = leaf.ask(f"winset depend {desk.group} --on {desk.on}")
    partners = [k for k, row in enumerate(done.payload["partners"]) if row["code"] not in REST]
    worst = min(
        partners,
        key=lambda k: done.payload["partners"][k]["if_they_stop"]["short"]["ours_percent"],
    )
    who = done.payload["partners"][worst]["code"]
    stop = f"partners[{worst}].if_they_stop"
    leaf.sentence = say(
        "Fuels for {imports} USD come from outside, most from {largest} ({percent}); if trade with {who} "
        "stopped, the bloc's welfare would change by {short} at first and {long} in the long run.",
        imports=leaf.sum(done, "fuels.imports_musd"),
        largest=name(done.find("fuels.largest")),
        percent=leaf.write(done, "fuels.largest_percent", _part),
        who=name(who),
        short=leaf.percent(done, f"{stop}.short.ours_percent"),
        long=leaf.percent(done, f"{stop}.long.ours_percent"),
    )
    leaf.headings = (
        say("if trade with it stops"),
        say("the bloc at first, %"),
        say("the bloc in the long run, %"),
        say("it at first, %"),
        say("it in the long run, %"),
    )
    for k in partners:
        row, place = done.payload["partners"][k], f"partners[{k}].if_they_stop"
        leaf.rows.append(
            (
                leaf.named(row["code"]),
                leaf.percent(done, f"{place}.short.ours_percent"),
                leaf.percent(done, f"{place}.long.ours_percent"),
                leaf.percent(done, f"{place}.short.theirs_percent"),
                leaf.percent(done, f"{place}.long.theirs_percent"),
            )
        )
    leaf.axis = say("share of use that one supplier outside provides, %")
    goods = [
        k for k, row in enumerate(done.payload["goods"]) if row["exposure_percent"] is not None
    ]
    goods.sort(key=lambda k: -done.payload["goods"][k]["exposure_percent"])
    for k in goods[:8]:
        leaf.bar(known(done.payload["goods"][k]["name"]), done, f"goods[{k}].exposure_percent")
    leaf.doubt = say(
        "A dependence is a picture of one year, and a stop is met by others' goods: how fast is the "
        "elasticity of the short run, which is assumed."
    )
    leaf.change = say("Stocks, pipelines and contracts, which hold trade where prices would not.")
    leaf.sources = ("CEPII BACI; world-2022-sectors; World Mining Data; see winset depend",)
    return leaf


def _part(value: float) -> str:
    from winset.report.speech import percent

    return percent(value, 0).removeprefix("+")
