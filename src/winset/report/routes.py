"""Tables and sentences of `winset route`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from winset.display import Table
from winset.network.network import Link
from winset.report.doubts import percent
from winset.report.speech import (
    coded,
    few,
    known,
    language,
    listed,
    local,
    money,
    name,
    node,
    plain,
    retold,
    say,
    signed,
)
from winset.report.words import reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.network.network import Node
    from winset.network.paths import Route
    from winset.studies.changed_ways import ChangedWays
    from winset.studies.network_questions import Question
    from winset.studies.routes import Journey
    from winset.studies.whole_network import NetworkView

#: Days and costs of a unit of cargo.
UNIT_COSTS = {"tonne": "USD a tonne", "TEU": "USD a TEU", "unit": "USD a unit"}


def placed(node_: Node) -> str:
    """Name a node."""
    return node(node_.id, node_.name)


def joined(a: str, b: str) -> str:
    """Write two ends of a link or border."""
    return f"{a} – {b}"


def usd_a(unit: str) -> str:
    """Head a column of money for a unit of cargo."""
    return say(UNIT_COSTS[unit]) if unit in UNIT_COSTS else f"USD a {unit}" if unit else "USD"


def without(avoids: str) -> str:
    """Say what another way avoids: a border, a passage or a mode."""
    return say("without {what}", what=retold(avoids))


def leg_name(done: Journey, start: str, end: str, kind: str, mode: str) -> str:
    """Name a leg: a link by its mode, a border, what is done at a terminal."""
    a, b = (done.question.network.node(end_) for end_ in (start, end))
    if kind == "link":
        return say("{mode} {a} – {b}", mode=known(mode), a=placed(a), b=placed(b))
    if kind == "border":
        return say("  border {a} – {b}", a=coded(a.economy), b=coded(b.economy))
    return say("  loading or unloading in {place} ({mode})", place=placed(a), mode=known(mode))


def ways(done: Journey) -> list[Table]:
    """Return the ways compared, then the best one leg by leg."""
    unit = done.question.network.unit
    table = Table(say("From {a} to {b}", a=placed(done.start), b=placed(done.end)))
    table.names(say("way"))
    table.figures(say("days"), usd_a(unit), say("costs, %"))
    table.names(say("through¦economies"))
    table.figures(say("km"), say("hours at borders"), spare=True)
    table.names(say("by¦mode"), spare=True)
    rows: list[tuple[str, Route]] = [
        (say("best of time and money"), done.best),
        (say("fastest"), done.fastest),
    ]
    rows += [] if done.cheapest is None else [(say("cheapest"), done.cheapest)]
    rows += [(without(other.avoids), other.route) for other in done.alternatives]
    rows += [] if done.before is None else [(say("before the changes"), done.before)]
    for label, found in rows:
        said = done.route_json(found)
        table.add_row(
            label,
            plain(found.hours / 24.0, 1),
            plain(found.usd) if unit else "",
            plain(said["ad_valorem_percent"], 1),
            " ".join(said["economies"])
            if language() == "en"
            else listed(map(name, said["economies"])),
            plain(found.km),
            plain(said["border_hours"]),
            listed(map(known, said["modes"])),
        )
    return [table, _legs(done)]


def _legs(done: Journey) -> Table:
    network = done.question.network
    table = Table(say("The best way, leg by leg"))
    table.names(say("leg"))
    table.figures(say("hours"))
    table.names(say("hours known by"))
    table.figures(usd_a(network.unit), say("km"), spare=True)
    table.names(say("length known by"), spare=True)
    for leg in done.best.legs:
        link = isinstance(leg.row, Link)
        table.add_row(
            leg_name(done, leg.start, leg.end, "link" if link else leg.kind, leg.mode),
            plain(leg.row.hours, 1),
            known(leg.hours_grade),
            plain(leg.row.usd) if network.unit else "",
            plain(leg.km) if link else "",
            known(leg.row.grade) if isinstance(leg.row, Link) else "",
        )
    return table


def way_sentences(done: Journey) -> list[str]:
    """Return what the tables say in words, and on what it rests."""
    best = done.best
    parts = [
        say(
            "{a} to {b}: {days} days, of which {border} at borders; the hours rest on {grades}.",
            a=placed(done.start),
            b=placed(done.end),
            days=plain(best.hours / 24.0, 1),
            border=plain(done.route_json(best)["border_hours"] / 24.0, 1),
            grades=_shares(best.grades("hours")),
        )
    ]
    if done.before is not None:
        parts.append(
            say(
                "{changes}: the best way takes {days} days and {usd} USD.",
                changes=changes(done.question),
                days=signed((best.hours - done.before.hours) / 24.0, 1),
                usd=signed(best.usd - done.before.usd, 0),
            )
        )
    elif done.question.changes:
        parts.append(say("{changes}: before, no way led there.", changes=changes(done.question)))
    if done.soft is not None:
        said = done.soft_json(done.soft)
        parts.append(
            say(
                "Soft choice of ways (theta {theta}): costs of {all} % over all ways, {best} % by the best "
                "one.",
                theta=local(f"{done.soft.theta:g}"),
                all=plain(said["ad_valorem_percent"], 1),
                best=plain(100.0 * math.expm1(best.log_cost), 1),
            )
        )
    return parts


def soft_table(done: Journey) -> list[Table]:
    """Return the links that soft choice uses most."""
    if done.soft is None:
        return []
    table = Table(say("What the cost of a link does to the cost of the whole, soft choice of ways"))
    table.names(say("link"), say("by¦mode"))
    table.figures(say("percent for one percent"))
    for row in done.soft_json(done.soft)["links"]:
        ends = (node(row[end], row[end]) for end in ("from", "to"))
        table.add_row(joined(*ends), known(row["mode"]), plain(row["derivative"], 3))
    return [table]


def _shares(grades: Mapping[str, float]) -> str:
    told = [
        say("{name} ({percent})", name=known(grade), percent=percent(share))
        for grade, share in grades.items()
    ]
    return few(told, 5)


def changes(question: Question) -> str:
    """Say what is changed in a network."""
    return retold(question.said)


def network_tables(done: NetworkView, *, top: int) -> list[Table | str]:
    """Return who lies in the middle, whose trade passes through whom, and the busiest borders."""
    found = done.transit
    middle = Table(
        say("Who lies in the middle ({network})", network=known(done.question.network.title))
    )
    middle.names(say("economy"))
    middle.figures(say("others' trade through it"))
    middle.names(say("its own trade passes most through"))
    for e in done.ranked[:top]:
        code = found.economies[e]
        middle.add_row(
            name(code, done.name(code)), percent(float(found.centrality[e])), through(done, e)
        )
    order = sorted(
        range(len(found.economies)),
        key=lambda e: (-max([share for _, share in done.depends(e)], default=0.0), e),
    )
    depends = Table(say("Who depends on whose transit"))
    depends.names(say("economy"), say("share of its trade through"))
    for e in order[:top]:
        code = found.economies[e]
        depends.add_row(name(code, done.name(code)), through(done, e))
    borders = Table(say("The busiest borders on land"))
    borders.names(say("border¦of two economies"))
    borders.figures(say("trade, USD billion"), say("of all¦trade"))
    for a, b, amount in done.busiest[:top]:
        borders.add_row(
            joined(coded(a), coded(b)), plain(amount / 1000.0, 1), percent(amount / found.total)
        )
    return [middle, depends, borders]


def through(done: NetworkView, e: int) -> str:
    """Say through whom most of an economy's trade passes."""
    found = done.depends(e)[:3]
    return listed(
        say("{name} {percent}", name=coded(code), percent=percent(share)) for code, share in found
    ) or say("nobody")


def network_sentences(done: NetworkView) -> list[str]:
    """Return what the tables rest on."""
    parts = []
    if done.grades:
        parts.append(say("The hours of all trade rest on {grades}.", grades=_shares(done.grades)))
    access = done.access_json()
    if access is not None and done.question.changes:
        parts.append(
            say(
                "{changes}: market access (sum of weight over hours) {percent} %.",
                changes=changes(done.question),
                percent=signed(access["change_percent"], 1),
            )
        )
    return parts


def changed_tables(done: ChangedWays, *, top: int) -> list[Table | str]:
    """Return who gains and who loses by changed ways."""
    result = done.result
    moved = sorted(
        range(len(result.codes)),
        key=lambda k: (-abs(float(result.welfare[k]) - 1.0), result.codes[k]),
    )
    table = Table(say("What it is worth ({changes})", changes=changes(done.question)))
    table.names(say("economy"))
    table.figures(say("welfare, %"), say("USD million"), say("cost of its trade, %"))
    table.figures(say("a day at 0.6 %"), say("a day at 2.1 %"), spare=True)
    cost = done.mean_cost
    for k in sorted(moved[:top], key=lambda k: (float(result.welfare[k]), result.codes[k])):
        table.add_row(
            name(result.codes[k], result.world.names[k]),
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
        say(
            "World: {world} USD a year; economies of the network {members} USD, {gain} gain and {lose} lose.",
            world=money(said["world_musd"]),
            members=money(said["members_musd"]),
            gain=said["members_gaining"],
            lose=said["members_losing"],
        )
    ]
    if figures["time_percent"] is not None:
        parts.append(
            say(
                "Between them, means by trade: time of shipment by the fastest ways {time} %, cost of trade "
                "{cost} %, from {low} to {high} % by pair.",
                time=signed(figures["time_percent"] or 0.0, 2),
                cost=signed(figures["cost_percent"] or 0.0, 2),
                low=signed(figures["cost_percent_lowest"] or 0.0, 1),
                high=signed(figures["cost_percent_highest"] or 0.0, 1),
            )
        )
    for other in done.others:
        if other.result is None:
            parts.append(
                say(
                    "Under the rule {rule}: no equilibrium was found ({why})",
                    rule=known(other.rules[0]),
                    why=reason(other.refused),
                )
            )
        elif other.holds:
            continue
        else:
            parts.append(
                say(
                    "Under the rule {rule} on deficits the world's sum is {musd} USD.",
                    rule=known(other.rules[0]),
                    musd=money(other.result.summary()["world_musd"]),
                )
            )
    if all(other.holds for other in done.others):
        parts.append(say("The other rules on trade deficits say the same."))
    return parts


def sources(question: Question) -> tuple[str, ...]:
    """Return what a network's figures are from; what every figure rests on where it does not say."""
    return question.base.sources or (footer(question),)


def footer(question: Question) -> str:
    """Return what every figure rests on."""
    network, terms = question.base, question.terms
    worth = network.value_of_unit if terms.value_of_unit is None else terms.value_of_unit
    money_said = (
        say("a {unit} is worth {usd} USD", unit=known(network.unit), usd=plain(worth))
        if math.isfinite(worth)
        else say("money does not count")
    )
    version = f" {network.version}" if network.version else ""
    return say(
        "Network {network}: {nodes} nodes, {links} links; a day costs {percent} % of the goods' value, "
        "{money}.",
        network=f"{network.name}{version}",
        nodes=len(network.nodes),
        links=len(network.links),
        percent=local(f"{100.0 * terms.value_of_day:g}"),
        money=money_said,
    )
