"""People: who lives abroad, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import name, plain, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "People to people"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "people", say(TITLE))
    done = leaf.ask(f"winset people {desk.with_seat} --of migrants --on {desk.on}")
    account = done.payload["accounts"][0]
    codes = [row["code"] for row in sorted(account["members"], key=lambda r: -(r["abroad"] or 0.0))]
    first = codes[0]
    leaf.sentence = say(
        "{name} has most people abroad: {abroad} thousand, of them {inside} thousand in the bloc; {host} "
        "hosts {hosted} thousand from the bloc.",
        name=name(first),
        abroad=leaf.write(done, _place(first, "abroad"), _thousands),
        inside=leaf.write(done, _place(first, "abroad_inside"), _thousands),
        host=name(host := _host(account)),
        hosted=leaf.write(done, _place(host, "from_abroad_inside"), _thousands),
    )
    leaf.headings = (
        say("member, thousand persons"),
        say("abroad"),
        say("of them in the bloc"),
        say("from abroad"),
        say("of them from the bloc"),
    )
    leaf.axis = say("persons living in another member, thousand")
    for code in leaf.chosen(codes):
        leaf.rows.append(
            (
                leaf.named(code),
                *(
                    leaf.write(done, _place(code, key), _thousands)
                    for key in ("abroad", "abroad_inside", "from_abroad", "from_abroad_inside")
                ),
            )
        )
    for k, way in enumerate(account["corridors"][:8]):
        label = f"{leaf.named(way['origin'])} → {leaf.named(way['destination'])}"
        leaf.bar(label, done, f"accounts[0].corridors[{k}].count", 1e-3)
    leaf.doubt = say(
        "Counts of persons born or registered abroad, by each host's own rule; some hosts count nobody by "
        "origin."
    )
    leaf.change = say(
        "Registers of both sides that agree; those who stay for a season are in neither."
    )
    leaf.sources = ("UN DESA, International Migrant Stock 2020",)
    return leaf


def _place(code: str, key: str) -> str:
    return f"accounts[0].members[code={code}].{key}"


def _host(account: dict[str, list[dict[str, float]]]) -> str:
    found = max(account["members"], key=lambda row: row["from_abroad_inside"] or 0.0)
    return str(found["code"])


def _thousands(value: float) -> str:
    return plain(value / 1000.0)
