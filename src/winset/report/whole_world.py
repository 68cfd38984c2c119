"""The agreement of very many in a terminal: what each brings, its partners, and whose absence costs most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table, money
from winset.report.tables import number
from winset.report.words import counted

if TYPE_CHECKING:
    from winset.studies.whole_world import WorldShares

MOST_ROWS = 30
MOST_PAIRS = 10
MOST_ABSENCES = 5


def shown(result: WorldShares) -> list[Table | str]:
    """Return the table of the largest, and what follows from it."""
    ends, players = result.ends, result.players
    table = Table(
        f"{result.scenario.title} (USD million; dividends to order {ends.order}, ± {result.error:,.0f})"
    )
    table.names("player")
    table.figures("own gain", "shapley")
    table.figures("equal", spare=True)
    table.names("best partners", spare=True)
    partners: dict[str, list[str]] = {}
    for row in result.ties.partners():
        partners.setdefault(row["code"], []).append(row["partner"])
    equal = ends.grand / len(players)
    order = sorted(range(len(players)), key=lambda k: -float(ends.shapley[k]))
    for k in order[:MOST_ROWS]:
        table.add_row(
            players[k],
            number(float(ends.own[k]), 0),
            number(float(ends.shapley[k]), 0),
            number(equal, 0),
            ", ".join(partners[players[k]]),
        )
    rest = order[MOST_ROWS:]
    if rest:
        table.add_part()
        table.add_row(
            f"{len(rest)} others",
            number(float(ends.own[rest].sum()), 0),
            number(float(ends.shapley[rest].sum()), 0),
            number(equal * len(rest), 0),
            "",
        )
    table.add_part()
    table.add_row(
        "together",
        number(float(ends.own.sum()), 0),
        number(float(ends.shapley.sum()), 0),
        number(ends.grand, 0),
        "",
    )
    return [table, *_said(result), *_core(result), _pairs(result), *_absences(result)]


def _said(result: WorldShares) -> list[str]:
    said = []
    if left_out := counted(result.group, f"world {result.world.name}"):
        said.append(left_out)
    if result.widened:
        said.append(
            f"The change is taken among all {len(result.players)} economies, not only among those that the "
            "scenario names."
        )
    ends = result.ends
    said.append(
        f"All together gain {money(ends.grand)} USD a year. Shapley values are not exact: they rest on "
        f"{ends.solved:,} equilibria of 2^{len(result.players)} and sum to the worth of all but for "
        f"{abs(ends.gap):,.0f}, from which the error of each is estimated, ± {result.error:,.0f}."
    )
    return said


def _core(result: WorldShares) -> list[str]:
    """What the coalitions that were solved say of the core: bounds one way are proved, the other not."""
    core, ends = result.core, result.ends
    many = f"{core.known:,} coalitions solved"
    said = (
        f"The core is empty: of {many} one is short by {core.lower:,.3g} at any division."
        if core.lower > 0.0
        else f"Least core: at the best division the worst-off of {many} is ahead by {-core.lower:,.3g}, and "
        "by no more in the whole game."
    )
    lines = [
        f"{said} That no other of 2^{len(result.players)} coalitions objects is not proved; the nucleolus is "
        "not computed."
    ]
    objections = result.objections()
    quiet = [_called(rule) for rule, found in objections.items() if found is None]
    if quiet:
        lines.append(f"None of them objects to: {', '.join(quiet)}.")
    for rule, found in objections.items():
        if found is not None:
            inside = found["coalition"]
            who = "+".join(inside)
            if len(inside) > ends.inside.shape[1] / 2:
                who = "all but " + "+".join(c for c in result.players if c not in set(inside))
            lines.append(
                f"{_called(rule)}: {who} would have {found['excess_musd']:,.0f} more alone."
            )
    return lines


def _called(rule: str) -> str:
    return "own gain" if rule == "own" else rule


def _pairs(result: WorldShares) -> Table:
    """The pairs that bring each other most."""
    table = Table("Who gains from whom: the pairs that bring most by themselves (USD million)")
    table.names("one", "other")
    table.figures("together")
    for row in result.ties.synergy()[:MOST_PAIRS]:
        table.add_row(row["one"], row["other"], number(row["synergy_musd"], 0))
    return table


def _absences(result: WorldShares) -> list[str]:
    return [
        f"Without {row['absent']} the others lose {money(row['others_lose_musd'])} USD, most of it "
        f"{row['hurts_most']} ({money(row['hurts_most_musd'])})."
        for row in result.ties.absences()[:MOST_ABSENCES]
    ]


def basis(result: WorldShares) -> list[str]:
    """Return what the figures rest on."""
    ends, world = result.ends, result.ends.problem.about["world"]
    return [
        f"full: {len(ends.problem.codes)} economies of {world['name']}, sha256 {world['sha256'][:12]}; "
        f"largest residual {ends.max_residual:.1e}, {ends.resolved_by_newton} solved again by Newton's "
        "method."
    ]
