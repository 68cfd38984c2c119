"""The bloc and its claims: how large it is, and where it stands among others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from winset.report.brief.leaf import Leaf
from winset.report.speech import known, many, money, say

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "The bloc and its claims"
SIZES = {"population": "people", "area": "land", "gdp": "output", "trade": "trade inside"}
REGIONAL, ALL = "regional organizations", "all blocs"


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "bloc", say(TITLE))
    bloc = desk.bloc.removesuffix("+")
    size = leaf.ask(f"winset bloc {bloc} --on {desk.on}")
    leaf.sentence = say(
        "{n} {n|member|members} with {people} million people, {gdp} USD of output a year and {trade} USD of "
        "trade among themselves.",
        n=leaf.count(size, "count(members)"),
        people=leaf.write(size, "figures.members.population", many),
        gdp=leaf.sum(size, "figures.members.gdp_musd"),
        trade=leaf.sum(size, "figures.members.trade_inside_musd"),
    )
    leaf.headings = (
        say("measure"),
        say("figure"),
        say("place among regional organizations"),
        say("place among all blocs"),
    )
    for measure in SIZES:
        claim = leaf.ask(f'winset bloc --claim "{bloc} largest {measure}" --on {desk.on}')
        among = [verdict["among"] for verdict in claim.payload["verdicts"]]
        leaf.rows.append(
            (
                say(SIZES[measure]),
                leaf.write(claim, "verdicts[0].figure", partial(_sized, measure)),
                *(
                    leaf.whole(claim, f"verdicts[among={kind}].rank") if kind in among else "–"
                    for kind in (REGIONAL, ALL)
                ),
            )
        )
    ranked = leaf.ask(f"winset bloc --rank gdp --among '{REGIONAL}' --on {desk.on}")
    leaf.axis = say("GDP, USD trillion: the largest regional organizations")
    for k, row in enumerate(ranked.payload["ranking"][:10]):
        mark = "▸ " if row["bloc"] == bloc else ""
        leaf.bar(mark + known(row["bloc"]), ranked, f"ranking[{k}].figure", 1e-6)
    leaf.doubt = say(
        "Output at market rates makes poor economies small, and a bloc is not larger for being listed: "
        "members act together only where they agree."
    )
    leaf.change = say("Output at purchasing-power parities, which this table does not hold.")
    leaf.sources = (
        "World Bank, World Development Indicators, 2023; CEPII BACI; membership as the bloc lists it",
    )
    return leaf


def _sized(measure: str, value: float) -> str:
    if measure == "population":
        return say("{n} million people", n=many(value))
    if measure == "area":
        return say("{n} million km²", n=many(value, 1))
    return say("{musd} USD", musd=money(value).removeprefix("+"))
