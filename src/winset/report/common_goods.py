"""Tables and sentences of `winset common`: a common good, its routes, its program of research.

It is one file because what is said of a figure, and what makes it doubtful, stands beside the table that
has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report.joint_programs import of_program, program
from winset.report.significant import figure, signed_figure
from winset.report.speech import (
    coded,
    few,
    known,
    language,
    listed,
    local,
    retold,
    say,
)
from winset.report.watched_routes import routes, routes_notes
from winset.report.words import counted
from winset.studies.common_goods import CommonGood, shortfall
from winset.studies.shared_costs import Facility

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.studies.common_goods import Contribution
    from winset.studies.shared_costs import SharedIncomes

ADDS_UP = {
    "sum": "efforts add up",
    "weakest-link": "the smallest effort counts",
    "best-shot": "the largest effort counts",
    "ces": "efforts complete each other",
    "network": "efforts reach along a network",
    "threshold": "the good is there once a threshold is reached",
}
FIGURES = {"benefit": "benefit¦of a good", "cost": "cost¦of a good"}
VOTINGS = {
    "consensus": "consensus¦voting",
    "one-state-one-vote": "one-state-one-vote",
    "population": "population¦voting",
    "gdp": "gdp¦voting",
}
BEARING = {
    "own": "own effort",
    "lindahl": "Lindahl",
    "equal": "equal¦payment",
    "benefit": "benefit¦payment",
    "gdp": "GDP¦payment",
    "population": "population¦payment",
    "key": "key¦payment",
    "need": "need¦payment",
    "shapley": "Shapley¦payment",
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
        said += [program(done.program), *of_program(done.program)]
    return said


def notes(done: Contribution) -> list[str]:
    """Return what the figures rest on."""
    file, said = done.plan.file, []
    if file.illustrative:
        said.append(say("Illustrative: its totals are assumptions, and a result is no forecast."))
    if file.note:
        said.append(known(file.note))
    if isinstance(done.center, CommonGood):
        said += [who] if (who := counted(done.center.group, say("the table of sizes"))) else []
        said.append(
            say(
                "Efforts cost in proportion to their square; members of a coalition maximize their payoffs "
                "together, everybody else its own, all at once, after the coalition has moved."
            )
            if done.center.center.timing == "leader"
            else say(
                "Efforts cost in proportion to their square; members of a coalition maximize their payoffs "
                "together, everybody else its own, all at once."
            )
        )
        said += [
            say("{what}: {source}.", what=_figure_of(what), source=retold(source))
            for what, source in done.center.sources.items()
        ]
        said += _ranges(done.center)
    if file.routes is not None and file.routes.source:
        said.append(say("Routes: {source}.", source=known(file.routes.source)))
    if done.routes is not None:
        said += routes_notes(done.routes)
    if file.spillover is not None and file.spillover.source:
        said.append(say("Elasticities: {source}.", source=known(file.spillover.source)))
    return said


def _figure_of(what: str) -> str:
    """Return whose benefit or cost a source is of."""
    figure_, _, who = what.partition(" of ")
    named = say(FIGURES[figure_])
    return say("{figure} of {who}", figure=named, who=coded(who)) if who else named


def _efforts(done: CommonGood) -> Table:
    center = done.center
    table = Table(
        say(
            "{title} ({how}; {unit})",
            title=known(done.plan.file.title or done.plan.name),
            how=say(ADDS_UP[center.kind]),
            unit=known(done.plan.file.unit),
        )
    )
    table.names(say("member"))
    table.figures(say("effort alone"), say("together"), say("payoff alone"))
    table.figures(say("cost together"), say("benefit together"), spare=True)
    table.figures(say("gain, own costs"), say("costs alone %"), say("benefits alone %"))
    gains = done.gains["own"]
    parts, enjoyed = done.free_riding
    for k in np.argsort(-center.benefit, kind="stable"):
        table.add_row(
            coded(center.members[k]),
            figure(done.alone.efforts[k], 4),
            figure(done.together.efforts[k], 4),
            figure(done.alone.payoffs[k], 5),
            figure(done.together.costs[k], 5),
            figure(done.together.benefits[k], 5),
            signed_figure(float(gains[k])),
            local(f"{100 * parts[k]:.1f}"),
            local(f"{100 * enjoyed[k]:.1f}"),
        )
    table.add_part()
    table.add_row(
        say("together"),
        figure(done.alone.efforts.sum(), 4),
        figure(done.together.efforts.sum(), 4),
        figure(done.alone.payoffs.sum(), 5),
        figure(done.together.costs.sum(), 5),
        figure(done.together.benefits.sum(), 5),
        signed_figure(float(gains.sum())),
    )
    return table


def members(codes: Iterable[str], most: int = 8) -> str:
    """Return members in a row, by code in English and by name in other languages."""
    return few(map(coded, codes), most)


def together(codes: Iterable[str]) -> str:
    """Return a coalition."""
    return "+".join(map(coded, codes))


def rules(keys: Iterable[str]) -> str:
    """Return rules of payment in a row."""
    return listed(say(BEARING[key]) for key in keys)


def verdict(done: CommonGood) -> list[str]:
    """Say what acting together is worth, who rides free and who would lose."""
    alone, together_ = done.alone, done.together
    gain = float(together_.payoffs.sum() - alone.payoffs.sum())
    said = []
    if blank := shortfall(done.center):
        said.append(retold(blank))
    told = {
        "alone": figure(alone.level.mean(), 4),
        "together": figure(together_.level.mean(), 4),
        "gain": figure(gain, 5),
        "unit": known(done.plan.file.unit),
    }
    said.append(
        say(
            "On average the level is {alone} alone, {together} together; acting as one is worth {gain} "
            "({unit}).",
            **told,
        )
        if done.center.kind == "network"
        else say(
            "The level is {alone} alone, {together} together; acting as one is worth {gain} ({unit}).",
            **told,
        )
    )
    if done.riders:
        said.append(
            say(
                "Alone, {who} would bear less than half of the costs that their part in the benefits stands "
                "for: they ride free.",
                who=members(done.riders, 12),
            )
        )
    if done.losers:
        said.append(
            say(
                "If all acted as one and each bore its own costs, {who} would lose.",
                who=members(done.losers, 12),
            )
        )
    elif gain > done.slack:
        said.append(say("If all acted as one, nobody would lose even without payments."))
    held = [r for r, x in done.gains.items() if (x >= -done.slack).all()]
    if gain > done.slack and held:
        said.append(say("Nobody loses under: {rules}.", rules=rules(held)))
    return said


def _payments(done: CommonGood) -> Table:
    table = Table(
        say("Who bears what of the costs, by rule ({unit})", unit=known(done.plan.file.unit))
    )
    table.names(say("member"))
    for k, rule in enumerate(done.payments):
        table.figures(say(BEARING[rule]), spare=k > 1 and rule not in ("benefit", "shapley"))
    for k in np.argsort(-done.center.benefit, kind="stable"):
        table.add_row(
            coded(done.center.members[k]),
            *(signed_figure(float(x[k])) for x in done.payments.values()),
        )
    table.add_part()
    table.add_row(say("together"), *(signed_figure(float(x.sum())) for x in done.payments.values()))
    table.add_row(
        say("lose¦count"), *(str(int((x < -done.slack).sum())) for x in done.gains.values())
    )
    return table


def _votes(done: CommonGood) -> list[str]:
    """Say which payments pass under which voting rule, when those who gain vote for them."""
    said = []
    for voting in dict.fromkeys(v["voting"] for v in done.votes):
        passing = [v["payment"] for v in done.votes if v["voting"] == voting and v["passes"]]
        said.append(
            say(
                "  {voting}: {rules}",
                voting=say(VOTINGS[voting]) if voting in VOTINGS else known(voting),
                rules=rules(passing) or say("none"),
            )
        )
    if not said:
        return []
    return [say("Those who gain vote for the budget. It passes, paid so, under"), *said]


def holding(done: CommonGood) -> list[str]:
    """Say who should start, which coalition holds, which clause and which match would help."""
    n = len(done.center)
    said = []
    if done.start is not None:
        said.append(
            say(
                "The smallest group in which nobody loses, each bearing its own costs: {who}.",
                who=together(done.start),
            )
        )
    else:
        said.append(say("There is no group in which nobody loses when each bears its own costs."))
    stable = done.best("stable")
    if stable is None:
        said.append(say("No coalition that gains something holds without payments."))
    else:
        names = done.names(stable[0])
        said.append(
            say(
                "The best coalition that holds without payments, of {n}: {who}.",
                n=len(names),
                who=together(names),
            )
        )
    kept = done.best("with_transfers")
    if kept is not None:
        names = done.names(kept[0])
        said.append(
            say(
                "The best that payments among its members can hold, of {n}: {who}.",
                n=len(names),
                who=say("all¦members") if len(names) == n else together(names),
            )
        )
    if float(done.found.gains[-1]) > done.slack:
        if not done.losers:
            said.append(
                say("A clause that none may be missing makes all of them stay, without payments.")
            )
        else:
            held = [r for r, x in done.gains.items() if (x >= -done.slack).all()]
            said.append(
                say(
                    "A clause that none may be missing makes all of them stay if costs are borne so: "
                    "{rules}.",
                    rules=rules(held),
                )
                if held
                else say(
                    "A clause that none may be missing makes all of them stay with payments only."
                )
            )
    if done.core_empty is not None:
        said.append(
            say("Whatever the payments, some group would have more by itself: the core is empty.")
            if done.core_empty
            else say("There are payments to which no group objects: the core is not empty.")
        )
    if done.sizes is not None:
        said.append(
            say(
                "Identical members: sizes that hold are {stable}; if leaving makes others leave, "
                "{farsighted}.",
                stable=listed(map(str, done.sizes.stable)),
                farsighted=listed(map(str, done.sizes.farsighted)),
            )
        )
    if done.match is not None and done.pool is not None:
        low, high = (f"{100 * float(x):.0f}" for x in (done.match.min(), done.match.max()))
        said.append(
            say(
                "A pool that pays {span} percent of each one's costs, {pool} in all, makes everybody give by "
                "itself what is best for all.",
                span=low if low == high else say("{first} to {last}", first=low, last=high),
                pool=figure(done.pool, 5),
            )
            if done.center.kind != "weakest-link"
            else say(
                "Charges and grants on costs that cancel out make everybody willing to give what is best for "
                "all (--json: match)."
            )
        )
    return said


def _sizes(done: CommonGood) -> Table:
    table = Table(say("Coalitions by size: {n} were looked at", n=1 << len(done.center)))
    table.figures(say("size"), say("coalitions"), say("nobody leaves"), say("nobody joins"))
    table.figures(say("stable"), say("with payments"))
    table.figures(say("nobody loses"), spare=True)
    table.figures(say("all payoffs, best"))
    for size in range(2, len(done.center) + 1):
        count = done.found.counts[size]
        table.add_row(
            str(size),
            *(local(f"{int(x):,}") for x in count),
            figure(done.found.welfare[size, 0], 6),
        )
    return table


def _ranges(done: CommonGood) -> list[str]:
    if not done.ranges:
        return []
    low, _, high = done.ranges
    return [
        say(
            "With all benefits at their lower ends acting as one is worth {low}, at their upper ends {high}.",
            low=figure(low["gain"], 4),
            high=figure(high["gain"], 4),
        )
    ]


def _facility(done: Facility) -> Table:
    table = Table(
        say(
            "{title}: who pays what ({unit})",
            title=known(done.plan.file.title or done.plan.name),
            unit=known(done.plan.file.unit),
        )
    )
    table.names(say("member"))
    table.figures(say("alone"), *(payment_name(key) for key in done.payments))
    for k, code in enumerate(done.members):
        cells = (figure(x[k], 6) for x in done.payments.values())
        table.add_row(coded(code), figure(done.need[k], 6), *cells)
    table.add_part()
    table.add_row(
        say("together"),
        figure(done.need.max(), 6),
        *(figure(x.sum(), 6) for x in done.payments.values()),
    )
    return table


def payment_name(key: str) -> str:
    """Return a rule of a shared facility: its key in English, as ever."""
    return key if language() == "en" else say(BEARING[key]) if key in BEARING else known(key)


def _incomes(done: SharedIncomes) -> Table:
    table = Table(
        say(
            "{title} ({unit})",
            title=known(done.plan.file.title or done.plan.name),
            unit=known(done.plan.file.unit),
        )
    )
    table.names(say("member"))
    table.figures(say("income"), say("gives alone"), say("keeps"), say("gives, Lindahl"))
    table.figures(say("keeps"), say("price"))
    for k, code in enumerate(done.members):
        table.add_row(
            coded(code),
            figure(done.income[k], 6),
            figure(done.alone.given[k], 6),
            figure(done.alone.kept[k], 6),
            figure(done.lindahl.given[k], 6),
            figure(done.lindahl.kept[k], 6),
            local(f"{done.lindahl.price[k]:.4f}"),
        )
    return table


def _of_incomes(done: SharedIncomes) -> list[str]:
    none = [m for m, g in zip(done.members, done.alone.given, strict=True) if g <= 0]
    return [
        say(
            "The level is {alone} alone and {together} under Lindahl's prices.",
            alone=figure(done.alone.level, 6),
            together=figure(done.lindahl.level, 6),
        ),
        *([say("Nothing is given by {who}.", who=members(none))] if none else []),
        say(
            "A transfer of income among those who give changes neither the level nor what anybody keeps."
        ),
    ]
