"""Tables and sentences of `winset route`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from winset.display import Table, money, signed
from winset.errors import listed
from winset.network.network import Link
from winset.report.doubts import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.network.paths import Route
    from winset.studies.changed_ways import ChangedWays
    from winset.studies.network_questions import Question
    from winset.studies.routes import Journey
    from winset.studies.whole_network import NetworkView

LEGS = {"link": "", "border": "border", "terminal": "loading or unloading"}
RULE_NAMES = {"balanced": "without deficits", "multiplicative": "deficits growing with output"}


def ways(done: Journey) -> list[Table | str]:
    """Return the ways compared, then the best one leg by leg."""
    unit = done.question.network.unit
    table = Table(f"From {done.start.name} to {done.end.name}")
    table.names("way")
    table.figures("days", f"USD a {unit}" if unit else "USD", "costs, %")
    table.names("through")
    table.figures("km", "hours at borders", spare=True)
    table.names("by", spare=True)
    rows: list[tuple[str, Route]] = [
        ("best of time and money", done.best),
        ("fastest", done.fastest),
    ]
    rows += [] if done.cheapest is None else [("cheapest", done.cheapest)]
    rows += [(f"without {other.avoids}", other.route) for other in done.alternatives]
    rows += [] if done.before is None else [("before the changes", done.before)]
    for name, found in rows:
        said = done.route_json(found)
        table.add_row(
            name,
            f"{found.hours / 24.0:.1f}",
            f"{found.usd:,.0f}" if unit else "",
            f"{said['ad_valorem_percent']:.1f}",
            " ".join(said["economies"]),
            f"{found.km:,.0f}",
            f"{said['border_hours']:.0f}",
            ", ".join(said["modes"]),
        )
    return [table, _legs(done)]


def _legs(done: Journey) -> Table:
    network = done.question.network
    table = Table("The best way, leg by leg")
    table.names("leg")
    table.figures("hours")
    table.names("hours known by")
    table.figures(f"USD a {network.unit}" if network.unit else "USD", "km", spare=True)
    table.names("length known by", spare=True)
    for leg in done.best.legs:
        a, b = network.node(leg.start), network.node(leg.end)
        if isinstance(leg.row, Link):
            name = f"{leg.mode} {a.name} – {b.name}"
        elif leg.kind == "border":
            name = f"  border {a.economy} – {b.economy}"
        else:
            name = f"  {LEGS[leg.kind]} in {a.name} ({leg.mode})"
        table.add_row(
            name,
            f"{leg.row.hours:,.1f}",
            leg.hours_grade,
            f"{leg.row.usd:,.0f}" if network.unit else "",
            f"{leg.km:,.0f}" if isinstance(leg.row, Link) else "",
            leg.row.grade if isinstance(leg.row, Link) else "",
        )
    return table


def way_sentences(done: Journey) -> list[str]:
    """Return what the tables say in words, and on what it rests."""
    best = done.best
    parts = [
        f"{done.start.name} to {done.end.name}: {best.hours / 24.0:.1f} days, of which "
        f"{done.route_json(best)['border_hours'] / 24.0:.1f} at borders; "
        f"the hours rest on {_shares(best.grades('hours'))}."
    ]
    if done.before is not None:
        hours = best.hours - done.before.hours
        parts.append(
            f"{done.question.said}: the best way takes {signed(hours / 24.0, 1)} days and "
            f"{signed(best.usd - done.before.usd, 0)} USD."
        )
    elif done.question.changes:
        parts.append(f"{done.question.said}: before, no way led there.")
    if done.soft is not None:
        said = done.soft_json(done.soft)
        parts.append(
            f"Soft choice of ways (theta {done.soft.theta:g}): costs of {said['ad_valorem_percent']:.1f} % "
            f"over all ways, {100.0 * math.expm1(best.log_cost):.1f} % by the best one."
        )
    return parts


def soft_table(done: Journey) -> list[Table]:
    """Return the links that soft choice uses most."""
    if done.soft is None:
        return []
    table = Table("What the cost of a link does to the cost of the whole, soft choice of ways")
    table.names("link", "by")
    table.figures("percent for one percent")
    for row in done.soft_json(done.soft)["links"]:
        table.add_row(f"{row['from']} – {row['to']}", row["mode"], f"{row['derivative']:.3f}")
    return [table]


def _shares(grades: Mapping[str, float]) -> str:
    return listed((f"{grade} ({percent(share)})" for grade, share in grades.items()), most=5)


def network_tables(done: NetworkView, *, top: int) -> list[Table | str]:
    """Return who lies in the middle, whose trade passes through whom, and the busiest borders."""
    found = done.transit
    middle = Table(f"Who lies in the middle ({done.question.network.title})")
    middle.names("economy")
    middle.figures("others' trade through it")
    middle.names("its own trade passes most through")
    for e in done.ranked[:top]:
        middle.add_row(
            done.name(found.economies[e]), percent(float(found.centrality[e])), _through(done, e)
        )
    order = sorted(
        range(len(found.economies)),
        key=lambda e: (-max([share for _, share in done.depends(e)], default=0.0), e),
    )
    depends = Table("Who depends on whose transit")
    depends.names("economy", "share of its trade through")
    for e in order[:top]:
        depends.add_row(done.name(found.economies[e]), _through(done, e))
    borders = Table("The busiest borders on land")
    borders.names("border")
    borders.figures("trade, USD billion", "of all")
    for a, b, amount in done.busiest[:top]:
        borders.add_row(f"{a} – {b}", f"{amount / 1000.0:,.1f}", percent(amount / found.total))
    return [middle, depends, borders]


def _through(done: NetworkView, e: int) -> str:
    found = done.depends(e)[:3]
    return ", ".join(f"{code} {percent(share)}" for code, share in found) or "nobody"


def network_sentences(done: NetworkView) -> list[str]:
    """Return what the tables rest on."""
    parts = []
    if done.grades:
        parts.append(f"The hours of all trade rest on {_shares(done.grades)}.")
    access = done.access_json()
    if access is not None and done.question.changes:
        parts.append(
            f"{done.question.said}: market access (sum of weight over hours) "
            f"{signed(access['change_percent'], 1)} %."
        )
    return parts


def changed_tables(done: ChangedWays, *, top: int) -> list[Table | str]:
    """Return who gains and who loses by changed ways."""
    result = done.result
    moved = sorted(
        range(len(result.codes)),
        key=lambda k: (-abs(float(result.welfare[k]) - 1.0), result.codes[k]),
    )
    table = Table(f"What it is worth ({done.question.said})")
    table.names("economy")
    table.figures("welfare, %", "USD million", "cost of its trade, %")
    table.figures("a day at 0.6 %", "a day at 2.1 %", spare=True)
    cost = done.mean_cost
    for k in sorted(moved[:top], key=lambda k: (float(result.welfare[k]), result.codes[k])):
        table.add_row(
            result.world.names[k],
            signed(100.0 * float(result.welfare[k] - 1.0), 3),
            signed(float(result.equivalent_variation[k]), 0),
            signed(float(cost[k]), 2),
            signed(100.0 * float(done.low.welfare[k] - 1.0), 3),
            signed(100.0 * float(done.high.welfare[k] - 1.0), 3),
        )
    return [table]


def changed_sentences(done: ChangedWays) -> list[str]:
    """Return the sum in words, and whether other rules say the same."""
    said, figures = done.result.summary(), done.figures
    parts = [
        f"World: {money(said['world_musd'])} USD a year; economies of the network "
        f"{money(said['members_musd'])} USD, {said['members_gaining']} gain and "
        f"{said['members_losing']} lose."
    ]
    if figures["time_percent"] is not None:
        parts.append(
            "Between them, means by trade: time of shipment by the fastest ways "
            f"{signed(figures['time_percent'] or 0.0, 2)} %, cost of trade "
            f"{signed(figures['cost_percent'] or 0.0, 2)} %, from "
            f"{signed(figures['cost_percent_lowest'] or 0.0, 1)} to "
            f"{signed(figures['cost_percent_highest'] or 0.0, 1)} % by pair."
        )
    for other in done.others:
        if other.result is None:
            parts.append(
                f"Under the rule {other.rules[0]}: no equilibrium was found ({other.refused})"
            )
        elif other.holds:
            continue
        else:
            world = other.result.summary()["world_musd"]
            parts.append(
                f"Under the rule {other.rules[0]} on deficits the world's sum is {money(world)} USD."
            )
    if all(other.holds for other in done.others):
        parts.append("The other rules on trade deficits say the same.")
    return parts


def footer(question: Question) -> str:
    """Return what every figure rests on."""
    network, terms = question.base, question.terms
    worth = network.value_of_unit if terms.value_of_unit is None else terms.value_of_unit
    money_said = (
        f"a {network.unit} is worth {worth:,.0f} USD"
        if math.isfinite(worth)
        else "money does not count"
    )
    version = f" {network.version}" if network.version else ""
    return (
        f"Network {network.name}{version}: {len(network.nodes)} nodes, {len(network.links):,} links; a day "
        f"costs {100.0 * terms.value_of_day:g} % of the goods' value, {money_said}."
    )
