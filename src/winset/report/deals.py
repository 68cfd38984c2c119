"""Tables of package deals for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from winset.display import Table
from winset.governance.packages.search import MOST_TIES
from winset.report import words
from winset.report.speech import clauses, coded, known, listed, local, say
from winset.studies.deficit_rules import MONEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.governance.packages.integer_program import Package
    from winset.governance.packages.search import Deal
    from winset.studies.scenario_deal import Agenda, DealStudy

#: Countries whose gains fit beside the names of the issues.
MOST_ACROSS = 7

NAMES = {
    "nash": "Nash bargain",
    "kalai_smorodinsky": "Kalai–Smorodinsky bargain",
    "egalitarian": "egalitarian bargain",
}
#: The same beside others.
SHORT = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "egalitarian": "egalitarian",
}


def _figure(value: float) -> str:
    return local(f"{value:,.6g}".replace("-", "−"))


def table(deal: Deal, agenda: Agenda | None = None) -> Table:
    """Return what packages bring to each country; by issue where there are many countries."""
    if agenda is not None or len(deal.issues.countries) > MOST_ACROSS:
        return by_issue(deal, agenda)
    countries = deal.issues.countries
    result = Table(deal.issues.title)
    result.names("", "package")
    result.figures(*countries, "total")

    def add(label: str, package: Package) -> None:
        figures = (*package.gains, package.total)
        result.add_row(label, _names(package.issues), *map(_figure, figures))

    for number, package in enumerate(deal.optimal):
        add("best" if number == 0 else "as good", package)
    if deal.payments is not None:
        result.add_row("payments", "", *map(_figure, (*deal.payments, 0.0)))
    result.add_part()
    for key, bargain in deal.bargains.items():
        if bargain is None:
            result.add_row(NAMES[key], "none lets everybody gain")
        else:
            add(NAMES[key], bargain)
    result.add_part()
    for package in deal.frontier:
        add(f"worst {_figure(package.worst)}", package)
    return result


def by_issue(deal: Deal, agenda: Agenda | None = None) -> Table:
    """Return a row for every issue and every package, the issues of the best package marked."""
    issues = deal.issues
    result = Table(issues.title)
    result.names("")
    result.figures(*issues.countries, "total")

    largest = max(abs(float(sum(row))) for row in issues.gains)

    def add(label: str, gains: Sequence[float]) -> None:
        figures = (*gains, math.fsum(gains))
        result.add_row(label, *(rounded(figure, largest) for figure in figures))

    for name, row in zip(issues.names, issues.gains, strict=True):
        add(("✓ " if name in deal.optimal[0].issues else "  ") + name, [float(g) for g in row])
    result.add_part()
    for label, package in packages(deal):
        if package is not None:
            add(label, package.gains)
    if deal.payments is not None:
        add("payments", deal.payments)
    if agenda is not None:
        add("best, as a whole", agenda.together(deal.optimal[0].issues))
    return result


def packages(deal: Deal) -> list[tuple[str, Package | None]]:
    """Return the packages that are shown, a label and the package, the same one only once."""
    labels: dict[tuple[str, ...], list[str]] = {}
    found: dict[tuple[str, ...], Package] = {}
    missing: list[tuple[str, Package | None]] = []

    def add(label: str, package: Package) -> None:
        labels.setdefault(package.issues, []).append(label)
        found.setdefault(package.issues, package)

    for number, package in enumerate(deal.optimal):
        add(say("best") if number == 0 else say("as good ({n})", n=number), package)
    for key, bargain in deal.bargains.items():
        if bargain is None:
            missing.append((say(NAMES[key]), None))
        elif deal.payments is None:
            add(say(SHORT[key]), bargain)
    for number, package in enumerate(deal.frontier, 1):
        add(say("frontier {n}", n=number), package)
    return [(listed(labels[key]), found[key]) for key in found] + missing


def rounded(value: float, largest: float) -> str:
    """Return a figure for a wide table: three decimals, or two digits where there are thousands."""
    digits = 3 if largest < 1000 else 0 if abs(value) >= 99.5 else 1 if abs(value) >= 9.95 else 2
    text = f"{value:,.{digits}f}"
    shown = text.lstrip("-") if not any(c in "123456789" for c in text) else text.replace("-", "−")
    return local(shown)


def _names(issues: tuple[str, ...]) -> str:
    return listed(map(known, issues)) if issues else say("(nothing)")


def summary(deal: Deal, agenda: Agenda | None = None) -> list[str]:
    """Return what a negotiator would ask first."""
    best = deal.optimal[0]
    lines = [
        say(
            "The best package brings {total} in all: {issues}",
            total=_figure(best.total),
            issues=_names(best.issues),
        )
    ]
    if len(deal.optimal) >= MOST_TIES:
        lines.append(say("{n} packages or more are equally good; {n} are listed", n=MOST_TIES))
    elif len(deal.optimal) > 1:
        lines.append(say("{n} packages are equally good; all are listed", n=len(deal.optimal)))
    if len(best.issues) > 1:
        alone = _names(deal.alone) if deal.alone else say("nothing")
        lines.append(say("One by one, without a package, would pass: {alone}", alone=alone))
    if agenda is not None:
        lines += interaction(deal, agenda)
    if agenda is not None or len(deal.issues.countries) > MOST_ACROSS:
        for label, package in packages(deal)[1:]:
            what = say("none lets everybody gain") if package is None else _names(package.issues)
            lines.append(
                say("{label}: {issues}", label=f"{label[:1].upper()}{label[1:]}", issues=what)
            )
    for veto in deal.vetoes[:1]:
        lines.append(
            say(
                "Costliest veto: {who}; without its floor the total would be {total} ({issues})",
                who=coded(veto.country),
                total=_figure(best.total + veto.cost),
                issues=_names(veto.package),
            )
        )
    if deal.concession is not None:
        c = deal.concession
        lines.append(
            say(
                "Concession that unblocks most: {who} accepts {issue} ({loss}); the total rises by {rise}",
                who=coded(c.country),
                issue=known(c.issue),
                loss=_figure(c.loss),
                rise=_figure(c.rise),
            )
        )
    return lines


def interaction(deal: Deal, agenda: Agenda) -> list[str]:
    """Return how the best package run as a whole differs from the sum of its issues."""
    found = agenda.interaction(deal.optimal[0].issues)
    apart = sum(found.apart)
    share = say(" ({percent} %)", percent=_signed(100 * found.difference / apart)) if apart else ""
    lines = [
        say(
            "Run as a whole it brings {whole}, against {apart} when its issues are run one by one and "
            "added up: {difference}{share} by interaction",
            whole=_figure(sum(found.together)),
            apart=_figure(apart),
            difference=_signed(found.difference),
            share=share,
        )
    ]
    for country, gain, floor in found.broken:
        lines.append(
            say(
                "But as a whole it gives {who} {gain}, below its floor of {floor}",
                who=coded(country),
                gain=_figure(gain),
                floor=_figure(floor),
            )
        )
    return lines


def other_rules(done: DealStudy) -> list[str]:
    """Say what the other deficit rules overturn of the best package; nothing of a table of figures."""
    if not done.others:
        return []
    best, parts = done.deal.optimal[0], []
    for other in done.others:
        if other.refused:
            parts.append(say("{rule}: {said}", rule=words.rules(other), said=words.refusal(other)))
            continue
        said = (
            []
            if set(other.package) == set(best.issues)
            else [say("best is {issues}", issues=_names(other.package))]
        )
        if abs(other.chosen - best.total) > MONEY * max(abs(other.chosen), abs(best.total)):
            said.append(say("it brings {total}", total=_figure(other.chosen)))
        if other.broken:
            who = listed(map(coded, other.broken))
            said.append(say("it leaves {who} below the floor", who=who))
        same = say("the same package")
        parts.append(
            say("{rule}: {said}", rule=words.rules(other), said=clauses(said) if said else same)
        )
    return [say("Under the other deficit rules: {parts}", parts=say("; ").join(parts))]


def _signed(value: float) -> str:
    return local(f"{value:+,.3g}".replace("-", "−"))
