"""Tables and sentences of whose a bank is: capital, votes and power, and its years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report.banks import member, number
from winset.report.speech import few, known, local, say

if TYPE_CHECKING:
    from winset.studies.bank_design import Articles, Founding


#: Rules by which capital is divided, where they have a name.
CAPITAL = {
    "equal": "equal¦capital",
    "contribution": "contribution¦capital",
    "0.5*equal+0.5*contribution": "0.5*equal+0.5*contribution",
    "population": "population¦capital",
    "sqrt": "sqrt¦capital",
    "ppp": "ppp¦capital",
    "trade": "trade¦capital",
}


def articles(done: Articles) -> list[Table | str]:
    """Return everybody's votes by the rule and as stated."""
    table = Table(say("Votes in the Asian Infrastructure Investment Bank, mid-2025"))
    table.names(say("member"))
    table.figures(say("shares¦of capital"), say("votes by rule"), say("votes"), "%")
    table.figures(say("difference"), spare=True)
    total = int(done.stated.sum())
    for k in np.argsort(-done.stated, kind="stable").tolist():
        gap = int(done.stated[k] - done.by_rule[k])
        who = member(done.codes[k])
        table.add_row(
            say("{who} (founder)", who=who) if done.founder[k] else who,
            local(f"{int(done.shares[k]):,}"),
            local(f"{int(done.by_rule[k]):,}"),
            local(f"{int(done.stated[k]):,}"),
            local(f"{100.0 * float(done.stated[k]) / total:.3f}"),
            number(gap, 0) if gap else "",
        )
    return [table]


def article_notes(done: Articles) -> list[str]:
    """Return what the rule is and where it does not apply."""
    fewer = (member(c) for c in done.codes if c not in done.applies)
    return [
        say(
            "By the rule: {basic} basic votes, 600 for a founder, one for each share. It gives the votes of "
            "{n} of {all} members to the unit.",
            basic=done.basic,
            n=len(done.applies),
            all=len(done.codes),
        ),
        say(
            "Fewer than the rule gives, for shares not taken or not paid: {who}.",
            who=few(fewer, 20),
        ),
        say("Powers: winset vote aiib."),
    ]


def founding(done: Founding) -> list[Table | str]:
    """Return capital, votes and power under each proposal, and ten years of the bank."""
    shown: list[Table | str] = []
    for each in done.proposals:
        said = each.to_json(done.total)
        table = Table(
            say(
                "Capital by {rule} ({total} USD million, quota {quota})",
                rule=capital_rule(each.rule),
                total=local(f"{done.total:,.0f}"),
                quota=local(str(done.quota)),
            )
        )
        table.names(say("member"))
        table.figures(say("capital %"), say("votes %"), say("Banzhaf %"), say("Shapley %"))
        for one in each.power.members:
            code = one.code
            shapley = one.shapley_shubik
            table.add_row(
                member(code),
                local(f"{said['capital_percent'][code]:.2f}"),
                local(f"{said['votes_percent'][code]:.2f}"),
                local(f"{100.0 * one.banzhaf:.2f}"),
                "–" if shapley is None else local(f"{100.0 * shapley:.2f}"),
            )
        shown.append(table)
        if said["veto"]:
            shown.append(
                say("Nothing passes without {who}.", who=few(map(member, said["veto"]), 8))
            )
        if said["dummies"]:
            shown.append(say("Without any power: {who}.", who=few(map(member, said["dummies"]), 8)))
    if done.design is not None:
        shown.append(
            say(
                "Quota {quota}: the largest deviation from power by {target} is {points} points.",
                quota=local(str(done.quota)),
                target=capital_rule(str(done.target)),
                points=local(f"{100.0 * done.design.largest:.3f}"),
            )
        )
    flow = Table(say("The bank year by year (USD million)"))
    flow.figures(say("year"), say("paid in"), say("lent"), say("loans"), say("reserves¦of a bank"))
    flow.figures(say("borrowed"), say("room"))
    for year in done.years:
        flow.add_row(
            str(year.year),
            *(
                local(f"{figure:,.0f}")
                for figure in (
                    year.paid_in,
                    year.lent,
                    year.loans,
                    year.reserves,
                    year.borrowed,
                    year.room,
                )
            ),
        )
    return [*shown, flow]


def capital_rule(rule: str) -> str:
    """Return the name of a rule by which capital is divided."""
    return say(CAPITAL[rule]) if rule in CAPITAL else known(rule)


def founding_notes(done: Founding) -> list[str]:
    """Return what proposals and the cash flow assume."""
    terms = done.terms
    return [
        say(
            "Basic votes are {part} % of all, in equal parts; GDP and population are of 2023.",
            part=local(f"{100 * done.part:g}"),
        ),
        say(
            "{paid} % is paid in over {instalments} years; loans of {tenor} years with {grace} of grace at "
            "{rate} %, borrowing at {funding} %, at most {gearing} times capital and reserves. Terms are "
            "assumptions.",
            paid=local(f"{100 * terms.paid_in:g}"),
            instalments=terms.instalments,
            tenor=terms.tenor,
            grace=str(terms.grace),
            rate=local(f"{100 * terms.rate:g}"),
            funding=local(f"{100 * terms.funding:g}"),
            gearing=local(f"{terms.gearing:g}"),
        ),
        say(
            "Power is a priori: every coalition is as likely as any other, whoever votes with whom."
        ),
    ]
