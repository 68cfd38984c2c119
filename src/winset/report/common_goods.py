"""Tables and sentences of `winset common`: a common good, its routes, its program of research."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table, signed
from winset.errors import listed
from winset.report.speech import say
from winset.report.words import counted
from winset.studies.common_goods import CommonGood, shortfall
from winset.studies.shared_costs import Facility

if TYPE_CHECKING:
    from winset.studies.common_goods import Contribution
    from winset.studies.interdicted import Routes
    from winset.studies.joint_program import ResearchProgram
    from winset.studies.shared_costs import SharedIncomes

MOST_LINKS = 10  # links and countries that are listed
ADDS_UP = {
    "sum": "efforts add up",
    "weakest-link": "the smallest effort counts",
    "best-shot": "the largest effort counts",
    "ces": "efforts complete each other",
    "network": "efforts reach along a network",
    "threshold": "the good is there once a threshold is reached",
}
RULES = {
    "own": "own effort",
    "lindahl": "Lindahl",
    "equal": "equal",
    "benefit": "benefit",
    "gdp": "GDP",
    "population": "population",
    "key": "key",
    "shapley": "Shapley",
    "nucleolus": "nucleolus",
}


def shown(done: Contribution) -> list[Table | str]:
    """Return the tables and sentences of a center."""
    said: list[Table | str] = []
    if isinstance(done.center, CommonGood):
        said += [_efforts(done.center), *verdict(done.center), _payments(done.center)]
        said += [*_votes(done.center), *holding(done.center), _sizes(done.center)]
    elif isinstance(done.center, Facility):
        said.append(_facility(done.center))
    else:
        said += [_incomes(done.center), *_of_incomes(done.center)]
    if done.routes is not None:
        said += routes(done.routes)
    if done.program is not None:
        said += [_program(done.program), *of_program(done.program)]
    return said


def notes(done: Contribution) -> list[str]:
    """Return what the figures rest on."""
    file, said = done.plan.file, []
    if file.illustrative:
        said.append("Illustrative: its totals are assumptions, and a result is no forecast.")
    if file.note:
        said.append(file.note)
    if isinstance(done.center, CommonGood):
        said += [who] if (who := counted(done.center.group, say("the table of sizes"))) else []
        said.append(
            "Efforts cost in proportion to their square; members of a coalition maximize their payoffs "
            "together, everybody else its own, all at once"
            + (", after the coalition has moved." if done.center.center.timing == "leader" else ".")
        )
        said += [f"{what}: {source}." for what, source in done.center.sources.items()]
        said += _ranges(done.center)
    if file.routes is not None and file.routes.source:
        said.append(f"Routes: {file.routes.source}.")
    if done.routes is not None:
        said += routes_notes(done.routes)
    if file.spillover is not None and file.spillover.source:
        said.append(f"Elasticities: {file.spillover.source}.")
    return said


def _efforts(done: CommonGood) -> Table:
    center, unit = done.center, done.plan.file.unit
    table = Table(f"{done.plan.file.title or done.plan.name} ({ADDS_UP[center.kind]}; {unit})")
    table.names("member")
    table.figures("effort alone", "together", "payoff alone")
    table.figures("cost together", "benefit together", spare=True)
    table.figures("gain, own costs", "costs alone %", "benefits alone %")
    gains = done.gains["own"]
    parts, enjoyed = done.free_riding
    for k in np.argsort(-center.benefit, kind="stable"):
        table.add_row(
            center.members[k],
            f"{done.alone.efforts[k]:,.4g}",
            f"{done.together.efforts[k]:,.4g}",
            f"{done.alone.payoffs[k]:,.5g}",
            f"{done.together.costs[k]:,.5g}",
            f"{done.together.benefits[k]:,.5g}",
            _signed(float(gains[k])),
            f"{100 * parts[k]:.1f}",
            f"{100 * enjoyed[k]:.1f}",
        )
    table.add_part()
    table.add_row(
        "together",
        f"{done.alone.efforts.sum():,.4g}",
        f"{done.together.efforts.sum():,.4g}",
        f"{done.alone.payoffs.sum():,.5g}",
        f"{done.together.costs.sum():,.5g}",
        f"{done.together.benefits.sum():,.5g}",
        _signed(float(gains.sum())),
    )
    return table


def _signed(value: float) -> str:
    return f"{value:+,.5g}".replace("-", "−")


def verdict(done: CommonGood) -> list[str]:
    """Say what acting together is worth, who rides free and who would lose."""
    alone, together = done.alone, done.together
    unit = done.plan.file.unit
    gain = float(together.payoffs.sum() - alone.payoffs.sum())
    said = []
    if blank := shortfall(done.center):
        said.append(blank)
    levels = f"{alone.level.mean():,.4g} alone, {together.level.mean():,.4g} together"
    mean = "On average the level is" if done.center.kind == "network" else "The level is"
    said.append(f"{mean} {levels}; acting as one is worth {gain:,.5g} ({unit}).")
    if done.riders:
        said.append(
            f"Alone, {listed(done.riders, 12)} would bear less than half of the costs that their part in "
            "the benefits stands for: they ride free."
        )
    if done.losers:
        said.append(
            f"If all acted as one and each bore its own costs, {listed(done.losers, 12)} would lose."
        )
    elif gain > done.slack:
        said.append("If all acted as one, nobody would lose even without payments.")
    held = [RULES[r] for r, x in done.gains.items() if (x >= -done.slack).all()]
    if gain > done.slack and held:
        said.append(f"Nobody loses under: {', '.join(held)}.")
    return said


def _payments(done: CommonGood) -> Table:
    table = Table(f"Who bears what of the costs, by rule ({done.plan.file.unit})")
    table.names("member")
    for k, rule in enumerate(done.payments):
        table.figures(RULES[rule], spare=k > 1 and rule not in ("benefit", "shapley"))
    for k in np.argsort(-done.center.benefit, kind="stable"):
        table.add_row(
            done.center.members[k], *(_signed(float(x[k])) for x in done.payments.values())
        )
    table.add_part()
    table.add_row("together", *(_signed(float(x.sum())) for x in done.payments.values()))
    table.add_row("lose", *(str(int((x < -done.slack).sum())) for x in done.gains.values()))
    return table


def _votes(done: CommonGood) -> list[str]:
    """Say which payments pass under which voting rule, when those who gain vote for them."""
    said = []
    for voting in dict.fromkeys(v["voting"] for v in done.votes):
        passing = [RULES[v["payment"]] for v in done.votes if v["voting"] == voting and v["passes"]]
        said.append(f"  {voting}: {', '.join(passing) or 'none'}")
    return ["Those who gain vote for the budget. It passes, paid so, under", *said] if said else []


def holding(done: CommonGood) -> list[str]:
    """Say who should start, which coalition holds, which clause and which match would help."""
    n = len(done.center)
    said = []
    if done.start is not None:
        said.append(
            f"The smallest group in which nobody loses, each bearing its own costs: {'+'.join(done.start)}."
        )
    else:
        said.append("There is no group in which nobody loses when each bears its own costs.")
    stable = done.best("stable")
    if stable is None:
        said.append("No coalition that gains something holds without payments.")
    else:
        names = done.names(stable[0])
        said.append(
            f"The best coalition that holds without payments, of {len(names)}: {'+'.join(names)}."
        )
    kept = done.best("with_transfers")
    if kept is not None:
        names = done.names(kept[0])
        whom = "all" if len(names) == n else "+".join(names)
        said.append(f"The best that payments among its members can hold, of {len(names)}: {whom}.")
    if float(done.found.gains[-1]) > done.slack:
        if not done.losers:
            said.append(
                "A clause that none may be missing makes all of them stay, without payments."
            )
        else:
            held = [RULES[r] for r, x in done.gains.items() if (x >= -done.slack).all()]
            said.append(
                "A clause that none may be missing makes all of them stay "
                + (f"if costs are borne so: {', '.join(held)}." if held else "with payments only.")
            )
    if done.core_empty is not None:
        said.append(
            "Whatever the payments, some group would have more by itself: the core is empty."
            if done.core_empty
            else "There are payments to which no group objects: the core is not empty."
        )
    if done.sizes is not None:
        said.append(
            f"Identical members: sizes that hold are {', '.join(map(str, done.sizes.stable))}; if leaving "
            f"makes others leave, {', '.join(map(str, done.sizes.farsighted))}."
        )
    if done.match is not None and done.pool is not None:
        low, high = 100 * float(done.match.min()), 100 * float(done.match.max())
        span = f"{low:.0f}" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f}"
        said.append(
            f"A pool that pays {span} percent of each one's costs, {done.pool:,.5g} in all, "
            "makes everybody give by itself what is best for all."
            if done.center.kind != "weakest-link"
            else "Charges and grants on costs that cancel out make everybody willing to give what is best "
            "for all (--json: match)."
        )
    return said


def _sizes(done: CommonGood) -> Table:
    table = Table(f"Coalitions by size: {1 << len(done.center):,} were looked at")
    table.figures("size", "coalitions", "nobody leaves", "nobody joins", "stable", "with payments")
    table.figures("nobody loses", spare=True)
    table.figures("all payoffs, best")
    for size in range(2, len(done.center) + 1):
        count = done.found.counts[size]
        table.add_row(
            str(size), *(f"{int(x):,}" for x in count), f"{done.found.welfare[size, 0]:,.6g}"
        )
    return table


def _ranges(done: CommonGood) -> list[str]:
    if not done.ranges:
        return []
    low, _, high = done.ranges
    return [
        f"With all benefits at their lower ends acting as one is worth {low['gain']:,.4g}, at their upper "
        f"ends {high['gain']:,.4g}."
    ]


def _facility(done: Facility) -> Table:
    table = Table(
        f"{done.plan.file.title or done.plan.name}: who pays what ({done.plan.file.unit})"
    )
    table.names("member")
    table.figures("alone", *done.payments)
    for k, code in enumerate(done.members):
        cells = (f"{x[k]:,.6g}" for x in done.payments.values())
        table.add_row(code, f"{done.need[k]:,.6g}", *cells)
    table.add_part()
    table.add_row(
        "together", f"{done.need.max():,.6g}", *(f"{x.sum():,.6g}" for x in done.payments.values())
    )
    return table


def _incomes(done: SharedIncomes) -> Table:
    table = Table(f"{done.plan.file.title or done.plan.name} ({done.plan.file.unit})")
    table.names("member")
    table.figures("income", "gives alone", "keeps", "gives, Lindahl", "keeps", "price")
    for k, code in enumerate(done.members):
        table.add_row(
            code,
            f"{done.income[k]:,.6g}",
            f"{done.alone.given[k]:,.6g}",
            f"{done.alone.kept[k]:,.6g}",
            f"{done.lindahl.given[k]:,.6g}",
            f"{done.lindahl.kept[k]:,.6g}",
            f"{done.lindahl.price[k]:.4f}",
        )
    return table


def _of_incomes(done: SharedIncomes) -> list[str]:
    none = [m for m, g in zip(done.members, done.alone.given, strict=True) if g <= 0]
    return [
        f"The level is {done.alone.level:,.6g} alone and {done.lindahl.level:,.6g} under Lindahl's prices.",
        *([f"Nothing is given by {listed(none)}."] if none else []),
        "A transfer of income among those who give changes neither the level nor what anybody keeps.",
    ]


def routes(done: Routes) -> list[Table | str]:
    """Return where posts help most, whose loss costs most, and where flow goes instead."""
    network, found = done.network, done.found
    names = [" → ".join(network.name(k)) for k in found.attacked]
    flow = network.problem == "max-flow"
    before = "no bound" if found.before.value is None else f"{float(found.before.value):,.6g}"
    what = "flow" if flow else "cost"
    said: list[Table | str] = [
        f"Watched or lost: {', '.join(names) if names else 'nothing'}. The {what} goes from {before} to "
        f"{float(found.value):,.6g}."
    ]
    if len(found.attacked) < found.attacks:
        said.append(f"More than {len(found.attacked)} of the {found.attacks} would change nothing.")
    if not flow and float(found.after.amount) > 0:
        said.append(
            f"{float(found.after.amount):,.6g} of demand is not served; the cost counts "
            f"{float(network.penalty):,.6g} for each unit not sent, and again for each not served."
        )
    if found.as_good:
        others = [", ".join(" → ".join(network.name(k)) for k in arcs) for arcs in found.as_good]
        said.append(
            f"As good: {'; or '.join(others[:3])}{'; and more' if len(others) > 3 else ''}."
        )
    if done.links:
        table = Table("Which link's loss costs most, alone")
        table.names("from", "to")
        table.figures("loss")
        for k, loss in done.links[:MOST_LINKS]:
            table.add_row(*network.name(k), f"{float(loss):,.6g}")
        said.append(table)
    moved = sorted(done.displaced().items(), key=lambda pair: -abs(pair[1][1] - pair[1][0]))
    if found.attacked and moved:
        table = Table("What passes, before and after")
        table.names("country" if network.countries else "node")
        table.figures("before", "after", "change")
        for who, (a, b) in moved[:MOST_LINKS]:
            change = signed(float(b - a), 1)
            table.add_row(who, f"{float(a):,.6g}", f"{float(b):,.6g}", change)
        said.append(table)
    return said


def routes_notes(done: Routes) -> list[str]:
    """Return what the answer about routes rests on."""
    found = done.found
    how = (
        f"all {found.tried:,} sets of at most {found.attacks} arcs were tried"
        if found.tried
        else "an integer program found the arcs, and the exact flow confirms its value"
    )
    return [
        f"The best attack is exact: {how}.",
        "Of several flows that are as good one is shown: what passes where may differ without loss.",
        "It is for aggregates that are public: no figure here says anything of a person, a place or a day.",
    ]


def _program(done: ResearchProgram) -> Table:
    table = Table(
        f"A joint program of USD {done.file.program_musd:,.0f} million a year (USD million a year)"
    )
    table.names("member")
    table.figures("adds", "gain, low", "middle", "high", "own return", "joint return")
    for k in np.argsort(-done.gains["middle"], kind="stable"):
        table.add_row(
            done.members[k],
            f"{done.spent[k]:,.1f}",
            *(_signed(float(done.gains[case][k])) for case in ("low", "middle", "high")),
            f"{done.own_return[k]:,.2f}",
            f"{done.joint_return[k]:,.2f}",
        )
    table.add_part()
    totals = (_signed(float(done.gains[case].sum())) for case in ("low", "middle", "high"))
    table.add_row("together", f"{done.spent.sum():,.1f}", *totals)
    return table


def of_program(done: ResearchProgram) -> list[str]:
    """Say what a program is worth, and who would do it alone."""
    low, high = (float(done.gains[c].sum() - done.spent.sum()) for c in ("low", "high"))
    said = [
        f"Net of its cost the program is worth {_signed(low)} to {_signed(high)} to its members together.",
        "A return is what the first dollar that a member adds is worth a year, to itself and to all members.",
    ]
    willing = int((done.alone > 0).sum())
    if willing:
        said.append(
            f"By these elasticities {willing} of {len(done.members)} would gain by adding research alone. "
            "That they do not is a reason to doubt the elasticities, or the years until research works."
        )
    else:
        said.append("Alone, nobody would add anything.")
    return said
