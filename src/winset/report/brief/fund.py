"""The bank: which projects all members would sign, and what unanimity costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf, lacking
from winset.report.speech import known, listed, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "The bank: projects that all would sign"
#: Bundled portfolios, by the bloc whose they are.
PORTFOLIOS = {"SCO": "sco-bank"}


def build(desk: Desk) -> Leaf:
    """Write the section."""
    portfolio = PORTFOLIOS.get(desk.bloc)
    if portfolio is None:
        why = say(
            "No portfolio of projects of {bloc} is bundled; one of its own is read by: winset bank FILE.",
            bloc=known(desk.bloc),
        )
        return lacking(desk, "bank", say(TITLE), why)
    leaf = Leaf(desk, "bank", say(TITLE))
    done = leaf.ask(f"winset bank {portfolio}")
    best = done.payload["best"]["sum"]
    titles = {row["name"]: known(row["title"]) for row in done.payload["projects"]}
    leaf.sentence = say(
        "Of {n} {n|project|projects} the portfolio with the largest sum brings {sum} USD net ({projects}), "
        "and {lose} {lose|member loses|members lose} by it; the best one that all would sign brings "
        "{signed} USD.",
        n=leaf.count(done, "count(projects)"),
        sum=leaf.money(done, "best.sum.sum_musd"),
        projects=listed(titles[one] for one in best["projects"]),
        lose=leaf.count(done, "count(best.sum.losers)"),
        signed=leaf.sum(done, "best.all_gain.sum_musd"),
    )
    leaf.headings = (
        say("member, USD, present value"),
        say("its gain"),
        say("net of what it pays"),
        say("if all must gain"),
    )
    for code in leaf.chosen(sorted(best["net_musd"], key=lambda code: best["net_musd"][code])):
        leaf.rows.append(
            (
                leaf.named(code),
                leaf.money(done, f"best.sum.value_musd.{code}"),
                leaf.money(done, f"best.sum.net_musd.{code}"),
                leaf.money(done, f"best.all_gain.net_musd.{code}"),
            )
        )
    leaf.axis = say("benefit for each dollar of cost, to the members")
    projects = done.payload["projects"]
    for k in sorted(range(len(projects)), key=lambda k: -projects[k]["benefit_cost"])[:8]:
        leaf.bar(titles[projects[k]["name"]], done, f"projects[{k}].benefit_cost")
    leaf.doubt = say(
        "Costs are those of announcements, years of building and upkeep are assumed, and benefits are those "
        "of trade alone."
    )
    leaf.change = say(
        "Audited costs, and counts of freight before and after a line that was built."
    )
    leaf.sources = ("Each project with a page of its own",)
    return leaf
