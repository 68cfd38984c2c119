"""Tables and sentences of ``winset bank``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.errors import listed
from winset.report.tables import number

if TYPE_CHECKING:
    from winset.studies.bank import Bank
    from winset.studies.bank_design import Articles, Founding
    from winset.studies.bank_game import BallotCount

RULES = {
    "equal_shares": "equal shares",
    "max_welfare": "most welfare",
    "greedy": "greedy",
    "phragmen": "Phragmén",
}


def ballots(done: BallotCount) -> list[Table | str]:
    """Return what each rule buys, and the purchases of equal shares."""
    table = Table(f"What {float(done.ballots.budget):,.6g} buys")
    table.names("rule", "projects")
    table.figures("spent", "welfare")
    for rule, names in done.chosen.items():
        table.add_row(
            RULES[rule],
            ", ".join(names) or "none",
            f"{float(done.spent(rule)):,.6g}",
            f"{float(done.welfare(rule)):,.6g}",
        )
    steps = Table("Equal shares, purchase by purchase")
    steps.names("project")
    steps.figures("cost", "payers", "price of a unit of satisfaction")
    for each in done.purchases["equal_shares"]:
        steps.add_row(
            each.project,
            f"{float(done.ballots.costs[each.project]):,.6g}",
            str(sum(1 for paid in each.payments.values() if paid)),
            "–" if each.price is None else f"{float(each.price):,.6g}",
        )
    return [table, steps] if len(steps) else [table]


def ballot_notes(done: BallotCount) -> list[str]:
    """Return what satisfaction is, which ties were broken, and what could not be bought."""
    measures = {
        "cost": "What a voter approves is worth its cost to the voter (cost satisfaction).",
        "cardinality": "What a voter approves is worth 1 to the voter (cardinality satisfaction).",
        "utilities": "Satisfaction is the utilities as they are given, added up.",
    }
    notes = [measures[done.ballots.measure]]
    for tie in done.ties:
        tied = [
            each if isinstance(each, str) else "+".join(each) or "nothing" for each in tie["tied"]
        ]
        taken = tie["taken"] if isinstance(tie["taken"], str) else "+".join(tie["taken"])
        place = f", purchase {tie['round']}" if tie["round"] else ""
        notes.append(
            f"A tie ({RULES[tie['rule']]}{place}) of {listed(tied)}: {taken} is taken, first by name."
        )
    if done.beyond:
        notes.append(f"Beyond the budget by themselves: {listed(done.beyond)}.")
    if done.unwanted:
        notes.append(f"Nobody wants {listed(done.unwanted)}: never bought.")
    return notes


OBJECTIVES = {
    "sum": "largest sum",
    "all_gain": "every member gains, fixed shares",
    "agreed_shares": "every member gains, shares by agreement",
    "side_payments": "every member gains, side payments",
    "max_min": "worst-off member best off",
    "nash": "Nash bargain",
    "decision": "largest sum that the bank's rule passes",
    "welfare": "largest welfare, the poor weighed",
    "equal_shares": "equal shares of the budget",
}
PAYMENTS = {
    "capital": "capital",
    "gdp": "GDP",
    "population": "population",
    "equal": "equal parts",
    "benefit": "benefit",
    "shapley": "Shapley",
    "nucleolus": "nucleolus",
    "narrowest": "narrowest gap",
}


def portfolios(done: Bank) -> list[Table | str]:
    """Return the projects, the best portfolios, what unanimity costs, and who pays."""
    shown: list[Table | str] = [
        _verdict(done),
        _projects(done),
        _best(done),
        _unanimity(done),
        _paying(done),
    ]
    return [*shown, _doubts(done)] if done.doubted is not None else shown


def _verdict(done: Bank) -> str:
    found = done.exact[done.recommended]
    if not found.mask:
        largest = done.own["sum"].mask or 0
        total, missing = done.exact[largest].total, done.blockers()[done.rule]
        said = (
            f"Nothing: under payments by {PAYMENTS[done.rule]} no portfolio within the budget passes "
            f"{done.plan.bank.decision}."
        )
        if total > 0 and missing:
            said += (
                f" The largest sum, {number(total, 0)} USD million by {done.plan.label(largest)}, leaves "
                f"{listed(missing)} short of {sum(missing.values()):,.0f} USD million: side payments of that "
                "size to them would make all sign."
            )
        return said
    return (
        f"All would sign {done.plan.label(found.mask)}: {number(found.total, 0)} USD million together, after "
        f"{found.cost:,.0f} of cost paid by {PAYMENTS[done.rule]}."
        if done.plan.bank.decision == "unanimity"
        else f"{done.plan.label(found.mask)} passes {done.plan.bank.decision}: {number(found.total, 0)} USD "
        f"million together, after {found.cost:,.0f} of cost paid by {PAYMENTS[done.rule]}."
    )


def _projects(done: Bank) -> Table:
    table = Table(f"Every project alone (USD million of {done.plan.file.dollars})")
    table.names("project")
    table.figures("cost", "members gain a year", "benefit/cost")
    table.figures("IRR %", "outsiders a year", spare=True)
    inside = [done.world.index[code] for code in done.members]
    for project, alone in zip(done.plan.projects, done.alone, strict=True):
        own = float(alone.gains[inside].sum())
        table.add_row(
            project.name,
            f"{project.cost:,.0f}",
            number(own, 1),
            "–" if not alone.cost else f"{alone.value / alone.cost:,.2f}",
            "–" if alone.irr is None else number(100 * alone.irr, 1),
            number(float(alone.gains.sum()) - own, 1),
        )
    return table


def _best(done: Bank) -> Table:
    table = Table("The best portfolios (present values, USD million)")
    table.names("objective", "projects")
    table.figures("sum")
    table.names("worst-off")
    table.figures("its net gain")
    chosen = {name: choice.mask for name, choice in done.own.items()}
    chosen["equal_shares"] = done.equal_shares[0]
    for name, mask in chosen.items():
        if mask is None:
            table.add_row(OBJECTIVES[name], "none")
            continue
        found = done.exact[mask]
        if name in ("agreed_shares", "side_payments"):  # whoever would lose pays less, or is paid
            table.add_row(
                OBJECTIVES[name], done.plan.label(mask), number(found.total, 0), "by agreement"
            )
            continue
        net = done.net(done.rule, mask)
        worst = int(np.argmin(net / done.sizes))
        table.add_row(
            OBJECTIVES[name],
            done.plan.label(mask),
            number(found.total, 0),
            done.members[worst],
            number(float(net[worst]), 1),
        )
    return table


def _unanimity(done: Bank) -> Table:
    table = Table("What unanimity costs (USD million)")
    table.names("payment", "what all accept")
    table.figures("sum", "price")
    table.names("who blocks the largest sum", spare=True)
    blockers = done.blockers()
    for rule, row in done.unanimity().items():
        label = OBJECTIVES[rule].split(", ")[1] if rule in OBJECTIVES else PAYMENTS[rule]
        table.add_row(
            label,
            "+".join(row["portfolio"]) or "nothing",
            number(row["sum_musd"], 0),
            f"{row['price_musd']:,.0f}",
            ", ".join(blockers.get(rule, {})),
        )
    return table


def _paying(done: Bank) -> Table:
    table = Table("Who pays, and net gain in brackets (USD million)")
    table.names("member")
    rules = list(done.payments)
    for k, rule in enumerate(rules):
        mask, _ = done.payments[rule]
        mark = "" if mask == done.recommended else " *"
        table.figures(PAYMENTS[rule] + mark, spare=k > 1)
    for k, code in enumerate(done.members):
        cells = []
        for rule in rules:
            mask, paid = done.payments[rule]
            net = float(done.exact[mask].values[k] - paid[k])
            cells.append(f"{number(float(paid[k]), 0)} ({number(net, 0)})")
        table.add_row(code, *cells)
    return table


def _doubts(done: Bank) -> Table:
    found = done.doubted
    assert found is not None
    table = Table(f"In {found.draws:,} draws, among the portfolios named (USD million)")
    table.names("projects")
    table.figures("best", "all gain", "mean sum", "largest regret")
    table.figures("5 %", "95 %", spare=True)
    for k in np.argsort(-found.best, kind="stable").tolist():
        table.add_row(
            done.plan.label(found.masks[k])
            + (" (robust)" if found.masks[k] == found.robust else ""),
            f"{100 * found.best[k]:.0f} %",
            f"{100 * found.accepted[k]:.0f} %",
            number(float(found.mean[k]), 0),
            f"{found.worst[k]:,.0f}",
            number(float(found.low[k]), 0),
            number(float(found.high[k]), 0),
        )
    return table


def portfolio_notes(done: Bank) -> list[str]:
    """Return what figures rest on, and what they leave out."""
    plan, gains = done.plan, done.gains
    count = 1 << len(plan.projects)
    notes = [
        f"All {count:,} portfolios in general equilibrium, {len(done.world)} economies of {done.world.name}, "
        "markets cleared to 1e-11 of output."
        if gains.order is None
        else f"{gains.solved:,} of {count:,} portfolios solved; the others by dividends of order "
        f"{gains.order}, with an error of at most {gains.errors.max():,.3g} USD million a year by "
        f"{gains.checked:,} that were checked. What is recommended, and its neighbors, is solved exactly.",
        f"Present values at {100 * plan.bank.interest:g} % of gains in an economy that stays that of "
        f"{done.world.year}: growth, and goods not traded today, are left out.",
        "What a project brings is what its hours and costs change; contradictory costs stand with each "
        "project (--json).",
    ]
    if any(mask != done.recommended for mask, _ in done.payments.values()):
        mask = next(m for m, _ in done.payments.values() if m != done.recommended)
        notes.append(f"* for {plan.label(mask)}, the largest sum, with payments of either sign.")
    if done.plan.bank.decision != "unanimity":
        notes.append("Who does not lose votes yes.")
    if done.averse is not None:
        rate = plan.bank.interest
        before = done.averse.welfare(np.zeros(len(done.members)))
        mask = done.own["welfare"].mask or 0
        after = done.averse.welfare(rate * done.net(done.rule, mask))
        notes.append(
            f"Inequality aversion {done.averse.epsilon:g}: the income that, given to every person of the "
            f"members alike, is worth theirs goes from {before:,.2f} to {after:,.2f} USD a year by "
            f"{plan.label(mask) or 'nothing'}, a present value taken for {100 * rate:g} % of it a year. The "
            "narrowest gap raises the poorest first and leaves nobody below what it could do alone."
        )
    if done.idle:
        notes.append(
            f"No pair of economies has its best way over {listed(done.idle)} alone: others, often by sea, "
            "stay better, and what a region inside an economy gains is not seen."
        )
    for j, k in done.same:
        notes.append(f"{plan.names[j]} and {plan.names[k]} do the same: the second adds nothing.")
    if done.doubted is not None:
        sure = plan.file.doubt
        notes.append(
            f"Draws: costs by {100 * sure.cost:g} %, openings up to some {sure.delay_years:g} years later, "
            f"effects by {100 * sure.effect:g} %, the trade elasticity by {100 * sure.trade_elasticity:g} % "
            "(standard deviations): how unsure we are is an assumption. Robust: the smallest largest regret."
        )
    if plan.file.note:
        notes.append(plan.file.note)
    return notes


def articles(done: Articles) -> list[Table | str]:
    """Return everybody's votes by the rule and as stated."""
    table = Table("Votes in the Asian Infrastructure Investment Bank, mid-2025")
    table.names("member")
    table.figures("shares", "votes by rule", "votes", "%")
    table.figures("difference", spare=True)
    total = int(done.stated.sum())
    for k in np.argsort(-done.stated, kind="stable").tolist():
        gap = int(done.stated[k] - done.by_rule[k])
        table.add_row(
            done.codes[k] + (" (founder)" if done.founder[k] else ""),
            f"{int(done.shares[k]):,}",
            f"{int(done.by_rule[k]):,}",
            f"{int(done.stated[k]):,}",
            f"{100.0 * float(done.stated[k]) / total:.3f}",
            number(gap, 0) if gap else "",
        )
    return [table]


def article_notes(done: Articles) -> list[str]:
    """Return what the rule is and where it does not apply."""
    fewer = [c for c in done.codes if c not in done.applies]
    return [
        f"By the rule: {done.basic:,} basic votes, 600 for a founder, one for each share. It gives the "
        f"votes of {len(done.applies)} of {len(done.codes)} members to the unit.",
        f"Fewer than the rule gives, for shares not taken or not paid: {listed(fewer, 20)}.",
        "Powers: winset vote aiib.",
    ]


def founding(done: Founding) -> list[Table | str]:
    """Return capital, votes and power under each proposal, and ten years of the bank."""
    shown: list[Table | str] = []
    for each in done.proposals:
        said = each.to_json(done.total)
        table = Table(f"Capital by {each.rule} ({done.total:,.0f} USD million, quota {done.quota})")
        table.names("member")
        table.figures("capital %", "votes %", "Banzhaf %", "Shapley %")
        for member in each.power.members:
            code = member.code
            table.add_row(
                code,
                f"{said['capital_percent'][code]:.2f}",
                f"{said['votes_percent'][code]:.2f}",
                f"{100.0 * member.banzhaf:.2f}",
                "–" if member.shapley_shubik is None else f"{100.0 * member.shapley_shubik:.2f}",
            )
        shown.append(table)
        if said["veto"]:
            shown.append(f"Nothing passes without {listed(said['veto'])}.")
        if said["dummies"]:
            shown.append(f"Without any power: {listed(said['dummies'])}.")
    if done.design is not None:
        shown.append(
            f"Quota {done.quota}: the largest deviation from power by {done.target} is "
            f"{100.0 * done.design.largest:.3f} points."
        )
    flow = Table("The bank year by year (USD million)")
    flow.figures("year", "paid in", "lent", "loans", "reserves", "borrowed", "room")
    for year in done.years:
        flow.add_row(
            str(year.year),
            *(
                f"{figure:,.0f}"
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


def founding_notes(done: Founding) -> list[str]:
    """Return what proposals and the cash flow assume."""
    terms = done.terms
    return [
        f"Basic votes are {100 * done.part:g} % of all, in equal parts; GDP and population are of 2023.",
        f"{100 * terms.paid_in:g} % is paid in over {terms.instalments} years; loans of {terms.tenor} "
        f"years with {terms.grace} of grace at {100 * terms.rate:g} %, borrowing at "
        f"{100 * terms.funding:g} %, at most {terms.gearing:g} times capital and reserves. Terms "
        "are assumptions.",
        "Power is a priori: every coalition is as likely as any other, whoever votes with whom.",
    ]
