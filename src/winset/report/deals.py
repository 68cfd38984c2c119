"""Tables of package deals for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from winset.governance.packages import MOST_TIES

if TYPE_CHECKING:
    from winset.governance.packages import Deal

NAMES = {
    "nash": "Nash bargain",
    "kalai_smorodinsky": "Kalai–Smorodinsky bargain",
    "egalitarian": "egalitarian bargain",
}


def _figure(value: float) -> str:
    return f"{value:,.6g}".replace("-", "−")


def table(deal: Deal) -> Table:
    """Return what each package brings to each country: the best, the bargains, the frontier."""
    countries = deal.issues.countries
    result = Table(title=deal.issues.title, title_justify="left", title_style="bold")
    result.add_column("")
    result.add_column("package")
    for heading in (*countries, "total"):
        result.add_column(heading, justify="right")
    for number, package in enumerate(deal.optimal):
        label = "best" if number == 0 else "as good"
        result.add_row(
            label, _names(package.issues), *map(_figure, (*package.gains, package.total))
        )
    if deal.payments is not None:
        result.add_row("payments", "", *map(_figure, (*deal.payments, 0.0)))
    result.add_section()
    for key, bargain in deal.bargains.items():
        if bargain is None:
            result.add_row(NAMES[key], "none lets everybody gain")
        else:
            result.add_row(
                NAMES[key], _names(bargain.issues), *map(_figure, (*bargain.gains, bargain.total))
            )
    result.add_section()
    for package in deal.frontier:
        result.add_row(
            f"worst {_figure(package.worst)}",
            _names(package.issues),
            *map(_figure, (*package.gains, package.total)),
        )
    return result


def _names(issues: tuple[str, ...]) -> str:
    return ", ".join(issues) if issues else "(nothing)"


def summary(deal: Deal) -> list[str]:
    """Return what a negotiator would ask first."""
    best = deal.optimal[0]
    lines = [f"The best package brings {_figure(best.total)} in all: {_names(best.issues)}"]
    if len(deal.optimal) >= MOST_TIES:
        lines.append(f"{MOST_TIES} packages or more are equally good; {MOST_TIES} are listed")
    elif len(deal.optimal) > 1:
        lines.append(f"{len(deal.optimal)} packages are equally good; all are listed")
    for veto in deal.vetoes[:1]:
        lines.append(
            f"Costliest veto: {veto.country}; without its floor the total would be "
            f"{_figure(best.total + veto.cost)} ({_names(veto.package)})"
        )
    if deal.concession is not None:
        c = deal.concession
        lines.append(
            f"Concession that unblocks most: {c.country} accepts {c.issue} ({_figure(c.loss)}); "
            f"the total rises by {_figure(c.rise)}"
        )
    return lines
