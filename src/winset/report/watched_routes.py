"""Tables and sentences of a network: where posts help most, and where flow goes instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.significant import figure
from winset.report.speech import language, listed, retold, say, signed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.studies.interdicted import Routes


MOST_LINKS = 10  # links and countries that are listed


def place(where: str) -> str:
    """Return a node or an economy of a network of routes."""
    return where if language() == "en" else retold(where)


def way(ends: Iterable[str]) -> str:
    """Return an arc by its ends."""
    return " → ".join(map(place, ends))


def routes(done: Routes) -> list[Table | str]:
    """Return where posts help most, whose loss costs most, and where flow goes instead."""
    network, found = done.network, done.found
    flow = network.problem == "max-flow"
    before = found.before.value
    told = {
        "what": listed(way(network.name(k)) for k in found.attacked) or say("nothing¦watched"),
        "before": say("no bound") if before is None else figure(before, 6),
        "after": figure(found.value, 6),
    }
    said: list[Table | str] = [
        say("Watched or lost: {what}. The flow goes from {before} to {after}.", **told)
        if flow
        else say("Watched or lost: {what}. The cost goes from {before} to {after}.", **told)
    ]
    if len(found.attacked) < found.attacks:
        said.append(
            say(
                "More than {n} of the {all} would change nothing.",
                n=len(found.attacked),
                all=found.attacks,
            )
        )
    if not flow and float(found.after.amount) > 0:
        said.append(
            say(
                "{n} of demand is not served; the cost counts {each} for each unit not sent, and again for "
                "each not served.",
                n=figure(found.after.amount, 6),
                each=figure(network.penalty, 6),
            )
        )
    if found.as_good:
        others = [listed(way(network.name(k)) for k in arcs) for arcs in found.as_good]
        shown = say("; or ").join(others[:3])
        said.append(
            say("As good: {what}; and more.", what=shown)
            if len(others) > 3
            else say("As good: {what}.", what=shown)
        )
    if done.links:
        table = Table(say("Which link's loss costs most, alone"))
        table.names(say("from¦where"), say("to¦where"))
        table.figures(say("loss"))
        for k, loss in done.links[:MOST_LINKS]:
            table.add_row(*map(place, network.name(k)), figure(loss, 6))
        said.append(table)
    moved = sorted(done.displaced().items(), key=lambda pair: -abs(pair[1][1] - pair[1][0]))
    if found.attacked and moved:
        table = Table(say("What passes, before and after"))
        table.names(say("country") if network.countries else say("node"))
        table.figures(say("before"), say("after"), say("change"))
        for who, (a, b) in moved[:MOST_LINKS]:
            table.add_row(place(who), figure(a, 6), figure(b, 6), signed(float(b - a), 1))
        said.append(table)
    return said


def routes_notes(done: Routes) -> list[str]:
    """Return what the answer about routes rests on."""
    found = done.found
    return [
        say(
            "The best attack is exact: all {n} sets of at most {attacks} arcs were tried.",
            n=found.tried,
            attacks=found.attacks,
        )
        if found.tried
        else say(
            "The best attack is exact: an integer program found the arcs, and the exact flow confirms its "
            "value."
        ),
        say(
            "Of several flows that are as good one is shown: what passes where may differ without loss."
        ),
        say(
            "It is for aggregates that are public: no figure here says anything of a person, a place "
            "or a day."
        ),
    ]
