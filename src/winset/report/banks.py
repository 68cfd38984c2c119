"""Tables and sentences of ``winset bank``: ballots and portfolios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report.speech import (
    coded,
    few,
    known,
    listed,
    local,
    say,
    signed,
    together,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import SupportsFloat

    from winset.finance.projects import Plan
    from winset.studies.bank import Bank
    from winset.studies.bank_game import BallotCount


def number(value: float, digits: int) -> str:
    """Return a signed number, a dash where there is none."""
    return "–" if value != value else signed(value, digits)


def label(plan: Plan, mask: int) -> str:
    """Return the projects of a portfolio by their names, or that there is none."""
    return joined(plan.chosen(mask))


def joined(names: Sequence[str]) -> str:
    """Join ids by ``+``, and titles, which have spaces, as a list."""
    told = listed(names) if any(" " in name for name in names) else "+".join(names)
    return told or say("nothing¦of projects")


def member(code: str) -> str:
    """Return the code of a member in English; its name in other languages."""
    return coded(code)


RULES = {
    "equal_shares": "equal shares",
    "max_welfare": "most welfare",
    "greedy": "greedy",
    "phragmen": "Phragmén",
}


def ballots(done: BallotCount) -> list[Table | str]:
    """Return what each rule buys, and the purchases of equal shares."""
    table = Table(say("What {budget} buys", budget=_money(done.ballots.budget)))
    table.names(say("rule"), say("projects"))
    table.figures(say("spent"), say("welfare"))
    for rule, names in done.chosen.items():
        table.add_row(
            say(RULES[rule]),
            listed(names) or say("none¦of projects"),
            _money(done.spent(rule)),
            _money(done.welfare(rule)),
        )
    steps = Table(say("Equal shares, purchase by purchase"))
    steps.names(say("project"))
    steps.figures(say("cost"), say("payers"), say("price of a unit of satisfaction"))
    for each in done.purchases["equal_shares"]:
        steps.add_row(
            each.project,
            _money(done.ballots.costs[each.project]),
            str(sum(1 for paid in each.payments.values() if paid)),
            "–" if each.price is None else _money(each.price),
        )
    return [table, steps] if len(steps) else [table]


def _money(value: SupportsFloat) -> str:
    return local(f"{float(value):,.6g}")


def ballot_notes(done: BallotCount) -> list[str]:
    """Return what satisfaction is, which ties were broken, and what could not be bought."""
    notes = [say(MEASURES[done.ballots.measure])]
    for tie in done.ties:
        tied = (
            each if isinstance(each, str) else "+".join(each) or say("nothing¦of projects")
            for each in tie["tied"]
        )
        told = {
            "rule": say(RULES[tie["rule"]]),
            "tied": few(tied, 8),
            "taken": tie["taken"] if isinstance(tie["taken"], str) else "+".join(tie["taken"]),
        }
        notes.append(
            say(
                "A tie ({rule}, purchase {round}) of {tied}: {taken} is taken, first by name.",
                **told,
                round=str(tie["round"]),
            )
            if tie["round"]
            else say("A tie ({rule}) of {tied}: {taken} is taken, first by name.", **told)
        )
    if done.beyond:
        notes.append(say("Beyond the budget by themselves: {what}.", what=few(done.beyond, 8)))
    if done.unwanted:
        notes.append(say("Nobody wants {what}: never bought.", what=few(done.unwanted, 8)))
    return notes


MEASURES = {
    "cost": "What a voter approves is worth its cost to the voter (cost satisfaction).",
    "cardinality": "What a voter approves is worth 1 to the voter (cardinality satisfaction).",
    "utilities": "Satisfaction is the utilities as they are given, added up.",
}
#: Payments that are agreed on, without a rule.
AGREED = {"agreed_shares": "shares by agreement", "side_payments": "side payments"}
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
    "capital": "capital¦payment",
    "gdp": "GDP¦payment",
    "population": "population¦payment",
    "equal": "equal parts",
    "benefit": "benefit¦payment",
    "shapley": "Shapley¦payment",
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
    rule = say(PAYMENTS[done.rule])
    decision = known(done.plan.bank.decision)
    if not found.mask:
        largest = done.own["sum"].mask or 0
        total, missing = done.exact[largest].total, done.blockers()[done.rule]
        said = [
            say(
                "Nothing: under payments by {rule} no portfolio within the budget passes {decision}.",
                rule=rule,
                decision=decision,
            )
        ]
        if total > 0 and missing:
            said.append(
                say(
                    "The largest sum, {sum} USD million by {what}, leaves {who} short of {short} USD "
                    "million: side payments of that size to them would make all sign.",
                    sum=number(total, 0),
                    what=label(done.plan, largest),
                    who=few(map(member, missing), 8),
                    short=local(f"{sum(missing.values()):,.0f}"),
                )
            )
        return together(said)
    told = {
        "what": label(done.plan, found.mask),
        "sum": number(found.total, 0),
        "cost": local(f"{found.cost:,.0f}"),
        "rule": rule,
    }
    return (
        say(
            "All would sign {what}: {sum} USD million together, after {cost} of cost paid by {rule}.",
            **told,
        )
        if done.plan.bank.decision == "unanimity"
        else say(
            "{what} passes {decision}: {sum} USD million together, after {cost} of cost paid by {rule}.",
            **told,
            decision=decision,
        )
    )


def _projects(done: Bank) -> Table:
    table = Table(
        say("Every project alone (USD million of {year})", year=str(done.plan.file.dollars))
    )
    table.names(say("project"))
    table.figures(say("cost"), say("members gain a year"), say("benefit/cost"))
    table.figures(say("IRR %"), say("outsiders a year"), spare=True)
    inside = [done.world.index[code] for code in done.members]
    for project, alone in zip(done.plan.projects, done.alone, strict=True):
        own = float(alone.gains[inside].sum())
        table.add_row(
            project.name,
            local(f"{project.cost:,.0f}"),
            number(own, 1),
            "–" if not alone.cost else local(f"{alone.value / alone.cost:,.2f}"),
            "–" if alone.irr is None else number(100 * alone.irr, 1),
            number(float(alone.gains.sum()) - own, 1),
        )
    return table


def _best(done: Bank) -> Table:
    table = Table(say("The best portfolios (present values, USD million)"))
    table.names(say("objective"), say("projects"))
    table.figures(say("sum"))
    table.names(say("worst-off"))
    table.figures(say("its net gain"))
    chosen = {name: choice.mask for name, choice in done.own.items()}
    chosen["equal_shares"] = done.equal_shares[0]
    for objective, mask in chosen.items():
        if mask is None:
            table.add_row(say(OBJECTIVES[objective]), say("none¦of projects"))
            continue
        found = done.exact[mask]
        told = (say(OBJECTIVES[objective]), label(done.plan, mask), number(found.total, 0))
        if objective in AGREED:  # whoever would lose pays less, or is paid
            table.add_row(*told, say("by agreement"))
            continue
        net = done.net(done.rule, mask)
        worst = int(np.argmin(net / done.sizes))
        table.add_row(*told, member(done.members[worst]), number(float(net[worst]), 1))
    return table


def _unanimity(done: Bank) -> Table:
    table = Table(say("What unanimity costs (USD million)"))
    table.names(say("payment"), say("what all accept"))
    table.figures(say("sum"), say("price¦of unanimity"))
    table.names(say("who blocks the largest sum"), spare=True)
    blockers = done.blockers()
    for rule, row in done.unanimity().items():
        table.add_row(
            say(AGREED[rule]) if rule in AGREED else say(PAYMENTS[rule]),
            joined(row["portfolio"]),
            number(row["sum_musd"], 0),
            local(f"{row['price_musd']:,.0f}"),
            listed(map(member, blockers.get(rule, {}))),
        )
    return table


def _paying(done: Bank) -> Table:
    table = Table(say("Who pays, and net gain in brackets (USD million)"))
    table.names(say("member"))
    rules = list(done.payments)
    for k, rule in enumerate(rules):
        mask, _ = done.payments[rule]
        mark = "" if mask == done.recommended else " *"
        table.figures(say(PAYMENTS[rule]) + mark, spare=k > 1)
    for k, code in enumerate(done.members):
        cells = []
        for rule in rules:
            mask, paid = done.payments[rule]
            net = float(done.exact[mask].values[k] - paid[k])
            cells.append(f"{number(float(paid[k]), 0)} ({number(net, 0)})")
        table.add_row(member(code), *cells)
    return table


def _doubts(done: Bank) -> Table:
    found = done.doubted
    assert found is not None
    table = Table(say("In {n} draws, among the portfolios named (USD million)", n=found.draws))
    table.names(say("projects"))
    table.figures(say("best"), say("all gain"), say("mean sum"), say("largest regret"))
    table.figures("5 %", "95 %", spare=True)
    for k in np.argsort(-found.best, kind="stable").tolist():
        what = label(done.plan, found.masks[k])
        table.add_row(
            say("{what} (robust)", what=what) if found.masks[k] == found.robust else what,
            f"{100 * found.best[k]:.0f} %",
            f"{100 * found.accepted[k]:.0f} %",
            number(float(found.mean[k]), 0),
            local(f"{found.worst[k]:,.0f}"),
            number(float(found.low[k]), 0),
            number(float(found.high[k]), 0),
        )
    return table


def portfolio_notes(done: Bank) -> list[str]:
    """Return what figures rest on, and what they leave out."""
    plan, gains = done.plan, done.gains
    count = 1 << len(plan.projects)
    notes = [
        say(
            "All {n} portfolios in general equilibrium, {economies} {economies|economy|economies} of "
            "{world}, markets cleared to 1e-11 of output.",
            n=count,
            economies=len(done.world),
            world=done.world.name,
        )
        if gains.order is None
        else say(
            "{solved} of {n} portfolios solved; the others by dividends of order {order}, with an error of "
            "at most {error} USD million a year by {checked} that were checked. What is recommended, and its "
            "neighbors, is solved exactly.",
            solved=gains.solved,
            n=count,
            order=gains.order,
            error=local(f"{gains.errors.max():,.3g}"),
            checked=gains.checked,
        ),
        say(
            "Present values at {rate} % of gains in an economy that stays that of {year}: growth, and goods "
            "not traded today, are left out.",
            rate=local(f"{100 * plan.bank.interest:g}"),
            year=str(done.world.year),
        ),
        say(
            "What a project brings is what its hours and costs change; contradictory costs stand with each "
            "project (--json)."
        ),
    ]
    if any(mask != done.recommended for mask, _ in done.payments.values()):
        mask = next(m for m, _ in done.payments.values() if m != done.recommended)
        notes.append(
            say(
                "* for {what}, the largest sum, with payments of either sign.",
                what=label(plan, mask),
            )
        )
    if done.plan.bank.decision != "unanimity":
        notes.append(say("Who does not lose votes yes."))
    if done.averse is not None:
        rate = plan.bank.interest
        before = done.averse.welfare(np.zeros(len(done.members)))
        mask = done.own["welfare"].mask or 0
        after = done.averse.welfare(rate * done.net(done.rule, mask))
        notes.append(
            say(
                "Inequality aversion {aversion}: the income that, given to every person of the members "
                "alike, is worth theirs goes from {before} to {after} USD a year by {what}, a present value "
                "taken for {rate} % of it a year. The narrowest gap raises the poorest first and leaves "
                "nobody below what it could do alone.",
                aversion=local(f"{done.averse.epsilon:g}"),
                before=local(f"{before:,.2f}"),
                after=local(f"{after:,.2f}"),
                what=label(plan, mask),
                rate=local(f"{100 * rate:g}"),
            )
        )
    if done.idle:
        notes.append(
            say(
                "No pair of economies has its best way over {what} alone: others, often by sea, stay better, "
                "and what a region inside an economy gains is not seen.",
                what=few(done.idle, 8),
            )
        )
    for j, k in done.same:
        notes.append(
            say(
                "{one} and {other} do the same: the second adds nothing.",
                one=plan.names[j],
                other=plan.names[k],
            )
        )
    if done.doubted is not None:
        sure = plan.file.doubt
        notes.append(
            say(
                "Draws: costs by {cost} %, openings up to some {years} years later, effects by {effect} %, "
                "the trade elasticity by {elasticity} % (standard deviations): how unsure we are is an "
                "assumption. Robust: the smallest largest regret.",
                cost=local(f"{100 * sure.cost:g}"),
                years=local(f"{sure.delay_years:g}"),
                effect=local(f"{100 * sure.effect:g}"),
                elasticity=local(f"{100 * sure.trade_elasticity:g}"),
            )
        )
    if plan.file.note:
        notes.append(known(plan.file.note))
    return notes
