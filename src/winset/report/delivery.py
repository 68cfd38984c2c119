"""Tables and sentences of what was delivered: scores of countries, poverty and inequality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table

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
    table = Table(f"Lorenz curve, {done.curve.form} form; mean {done.mean:g}, line {done.line:g}")
    table.names("measure")
    table.figures("value")
    for name, value in (
        ("Gini", done.gini),
        ("headcount", done.headcount),
        ("poverty gap", done.gap),
        ("severity", done.severity),
        ("Watts", done.watts),
        *((f"decile {k}", share) for k, share in enumerate(done.deciles, 1)),
    ):
        table.add_row(name, f"{value:.6f}")
    table.add_row("median income", f"{done.median:.4f}")
    return table


def said_of_poverty(done: Poverty) -> tuple[str, ...]:
    """Say who is poor, and what is wrong with the curve."""
    said = [
        f"{100 * done.headcount:.2f} percent are below the line; on average of all people "
        f"{100 * done.gap:.2f} percent of it is missing."
    ]
    if done.negative > 0:
        said.append(
            f"The curve has incomes below zero for the poorest {100 * done.negative:.2g} percent, whom "
            "Watts leaves out."
        )
    said += [f"Not a Lorenz curve as it stands: {fault}." for fault in done.faults]
    return tuple(said)
