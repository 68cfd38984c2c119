"""Tables and sentences of ``winset bank``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.errors import listed

if TYPE_CHECKING:
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
