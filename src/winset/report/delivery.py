"""Tables and sentences of what was delivered: scores of countries, poverty and inequality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.speech import known, local, plain, say

if TYPE_CHECKING:
    from winset.delivery.lorenz import Poverty
    from winset.delivery.sdg_index import SdgIndex


def ranking(done: SdgIndex, *, top: int) -> Table:
    """Return the countries with the highest index, their best and their worst goal."""
    table = Table("SDG Index, 0 to 100")
    table.figures("rank")
    table.names("code", "region")
    table.figures("index", "best goal", "worst goal", "from the region")
    for rank, country in enumerate(done.ranked[:top], 1):
        best = max(country.goals, key=lambda g: (country.goals[g], -g))
        worst = min(country.goals, key=lambda g: (country.goals[g], g))
        table.add_row(
            str(rank),
            country.code,
            country.region,
            f"{country.index or 0.0:.2f}",
            f"{best}: {country.goals[best]:.0f}",
            f"{worst}: {country.goals[worst]:.0f}",
            ", ".join(map(str, country.regional)) or "–",
        )
    return table


def said_of_index(done: SdgIndex) -> tuple[str, ...]:
    """Say who is ranked, and what stands in for missing goals."""
    ranked = done.ranked
    filled = sum(bool(country.regional) for country in ranked)
    return (
        f"{len(ranked)} of {len(done.countries)} countries have values for at least 80 percent of the "
        f"{done.indicators} indicators and are ranked.",
        f"{filled} of them lack a goal altogether and take the mean of their region's ranked countries "
        "there: their index speaks in part of their neighbors.",
    )


def poverty_table(done: Poverty) -> Table:
    """Return the measures of a grouped distribution."""
    table = Table(
        say(
            "Lorenz curve, {form} form; mean {mean}, line {line}",
            form=known(done.curve.form),
            mean=local(f"{done.mean:g}"),
            line=local(f"{done.line:g}"),
        )
    )
    table.names(say("measure"))
    table.figures(say("value"))
    for name, value in (
        (say("Gini"), done.gini),
        (say("headcount"), done.headcount),
        (say("poverty gap"), done.gap),
        (say("severity"), done.severity),
        (say("Watts"), done.watts),
        *((say("decile {n}", n=k), share) for k, share in enumerate(done.deciles, 1)),
    ):
        table.add_row(name, local(f"{value:.6f}"))
    table.add_row(say("median income"), local(f"{done.median:.4f}"))
    return table


def said_of_poverty(done: Poverty) -> tuple[str, ...]:
    """Say who is poor, and what is wrong with the curve."""
    said = [
        say(
            "{headcount} percent are below the line; on average of all people {gap} percent of it is "
            "missing.",
            headcount=plain(100 * done.headcount, 2),
            gap=plain(100 * done.gap, 2),
        )
    ]
    if done.negative > 0:
        said.append(
            say(
                "The curve has incomes below zero for the poorest {share} percent, whom Watts leaves out.",
                share=local(f"{100 * done.negative:.2g}"),
            )
        )
    said += [
        say("Not a Lorenz curve as it stands: {fault}.", fault=known(fault))
        for fault in done.faults
    ]
    return tuple(said)
