"""What may change in a network: links and borders improved or built, crossings closed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from winset.errors import DataError, did_you_mean, listed
from winset.network.network import (
    CHOICE,
    DIRECTIONS,
    LAND,
    MODES,
    RULE,
    Border,
    Link,
    Terminal,
    great_circle,
)
from winset.sentences import Sentence, meant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from winset.network.network import Network

ASSUMED = "assumed"  # grade of the figures of a change


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link that is improved, opened or built, both ways.

    Figures left out are those of the link as it stands in the network, open or planned. The link as it was
    stays a choice, so that nobody loses by it, unless `replaces`.
    """

    start: str
    end: str
    mode: str
    hours: float | None = None
    usd: float | None = None
    km: float | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class BorderChange:
    """Hours or money of a border: `place` is a node (one side), or ``CHN-KAZ`` (whole crossings, both ways).

    What is given stands for the mode and direction named, or for all that the network tells apart there.
    """

    place: str
    mode: str = ""
    direction: str = ""
    hours: float | None = None
    usd: float | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class TerminalChange:
    """Hours or money of each loading and each unloading of a mode at a node."""

    node: str
    mode: str
    hours: float | None = None
    usd: float | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Closure:
    """What is shut: all crossings of ``KAZ-UZB``, one way ``KAZ>UZB``, a node, a link ``a-b``, a passage."""

    place: str
    mode: str = ""


Change = LinkChange | BorderChange | TerminalChange | Closure


def changed(network: Network, changes: Iterable[Change]) -> Network:
    """Return the network after changes, in order.

    Raises
    ------
    DataError
        A change names what is not there, or figures below zero.
    """
    for change in changes:
        if isinstance(change, LinkChange):
            network = _link(network, change)
        elif isinstance(change, BorderChange):
            network = _border(network, change)
        elif isinstance(change, TerminalChange):
            network = _terminal(network, change)
        else:
            network = _closed(network, change)
    return network


def _link(network: Network, change: LinkChange) -> Network:
    where = f"link {change.start}-{change.end} ({change.mode})"
    _checked(network, where, change, (change.start, change.end))
    ends = {change.start, change.end}
    if len(ends) == 1:
        raise DataError(f"{where}: it joins a node with itself.")
    there = [
        link
        for link in network.links
        if {link.start, link.end} == ends and link.mode == change.mode
    ]
    if there:
        old = min(there, key=lambda link: (not link.open, link.hours))
        new = replace(
            old,
            status="open",
            hours=old.hours if change.hours is None else change.hours,
            usd=old.usd if change.usd is None else change.usd,
            km=old.km if change.km is None else change.km,
            hours_grade=old.hours_grade if change.hours is None else ASSUMED,
            usd_grade=old.usd_grade if change.usd is None else ASSUMED,
        )
    else:
        if change.hours is None or (change.usd is None and network.priced):
            raise DataError(
                f"{where}: there is no such link, so that a new one is meant; it has hours"
                f"{' and usd' if network.priced else ''}."
            )
        a, b = network.node(change.start), network.node(change.end)
        new = Link(
            change.start,
            change.end,
            change.mode,
            great_circle(a, b) if change.km is None else change.km,
            change.hours,
            change.usd or 0.0,
            grade="derived" if change.km is None else ASSUMED,
            hours_grade=ASSUMED,
            usd_grade=ASSUMED,
        )
    kept = [link for link in network.links if not (change.replaces and link in there)]
    return network if new in kept else replace(network, links=(*kept, new))


def _border(network: Network, change: BorderChange) -> Network:
    where = f"border {change.place[:80]}"
    node = change.place in network.index
    _checked(network, where, change, (change.place,) if node else (), modes=("", *MODES))
    if change.direction not in ("", *DIRECTIONS):
        raise DataError(f"{where}: direction {change.direction[:40]!r} is none of out, in, both.")
    if node:
        return _side(network, change, where)
    return _crossing(network, change, where)


def _side(network: Network, change: BorderChange, where: str) -> Network:
    """Change one side of the crossings at a node."""
    if change.hours is None and change.usd is None:
        raise DataError(f"{where}: neither hours nor usd change.")
    own = [
        row
        for row in network.borders
        if row.node == change.place
        and change.mode in ("", row.mode)
        and change.direction in ("", row.direction)
    ]
    if not own:
        raise DataError(
            f"{where}: it has no row of this mode and direction in borders.csv. Where crossings are given by "
            "economies, name the border as CHN-KAZ."
        )
    standing = RULE if change.replaces else CHOICE
    new = [_revised(row, change, standing) for row in own]
    kept = [row for row in network.borders if not (change.replaces and row in own)]
    return replace(network, borders=(*kept, *(row for row in new if row not in kept)))


def _crossing(network: Network, change: BorderChange, where: str) -> Network:
    """Change whole crossings between two economies, both ways."""
    ways = _pair(network, change.place)
    if not ways:
        raise DataError(
            f"{where}: no node and no two economies of the network.{_known(network, change.place)}"
        )
    if change.direction:
        raise DataError(f"{where}: direction is of a node's side. Leave it out.")
    own = [
        row
        for row in network.borders
        if (row.start, row.end) in ways and change.mode in ("", row.mode)
    ]
    if not own:
        if change.hours is None or (change.usd is None and any(b.usd for b in network.borders)):
            raise DataError(
                f"{where}: it has no row of its own in borders.csv, so that hours and usd are needed."
            )
        own = [Border(0.0, start=a, end=b, mode=change.mode) for a, b in ways]
    standing = RULE if change.replaces else CHOICE
    new = [_revised(row, change, standing) for row in own]
    kept = [row for row in network.borders if not (change.replaces and row in own)]
    return replace(network, borders=(*kept, *(row for row in new if row not in kept)))


def _revised(row: Border, change: BorderChange, standing: str) -> Border:
    return replace(
        row,
        hours=row.hours if change.hours is None else change.hours,
        usd=row.usd if change.usd is None else change.usd,
        grade=ASSUMED,
        standing=standing,
    )


def _terminal(network: Network, change: TerminalChange) -> Network:
    where = f"terminal {change.node} ({change.mode})"
    _checked(network, where, change, (change.node,))
    rows = [t for t in network.terminals if t.mode == change.mode and t.node in ("", change.node)]
    if not rows and change.hours is None:
        raise DataError(f"{where}: it has no row in the network, so that hours are needed.")
    own = [t for t in rows if t.node]
    old = min(own or rows, key=lambda t: t.hours) if rows else Terminal(change.mode, 0.0)
    new = replace(
        old,
        node=change.node,
        hours=old.hours if change.hours is None else change.hours,
        usd=old.usd if change.usd is None else change.usd,
        grade=ASSUMED,
        standing=RULE if change.replaces else CHOICE,
    )
    kept = [t for t in network.terminals if not (change.replaces and t in own)]
    return network if new in kept else replace(network, terminals=(*kept, new))


def combined(network: Network, projects: Sequence[Sequence[Change]]) -> Network:
    """Return the network with all of several projects, each laid on the network as it was.

    What two projects give is there once, so that the same project twice is the project.

    Raises
    ------
    DataError
        As `changed`, or a project closes or replaces something: projects add choices.
    """
    links = dict.fromkeys(network.links)
    borders, terminals = dict.fromkeys(network.borders), dict.fromkeys(network.terminals)
    for project in projects:
        if any(isinstance(c, Closure) or c.replaces for c in project):
            raise DataError("a project closes or replaces nothing; it adds to what there is.")
        after = changed(network, project)
        links |= dict.fromkeys(after.links)
        borders |= dict.fromkeys(after.borders)
        terminals |= dict.fromkeys(after.terminals)
    return replace(network, links=tuple(links), borders=tuple(borders), terminals=tuple(terminals))


def _closed(network: Network, change: Closure) -> Network:
    """Take links away; what is shut must be there."""
    if change.mode:
        _mode(change.mode, f"close {change.place[:80]}", MODES)
    shut = _shut(network, change.place.strip())
    kept: list[Link] = []
    for link in network.links:
        ways = shut(link) if change.mode in ("", link.mode) else (False, False)
        if not any(ways):
            kept.append(link)
        elif not all(ways) and not link.one_way:
            ends = (link.end, link.start) if ways[0] else (link.start, link.end)
            kept.append(replace(link, start=ends[0], end=ends[1], one_way=True))
        elif not ways[0]:  # it runs the other way only
            kept.append(link)
    if tuple(kept) == network.links:
        by = f" by {change.mode}" if change.mode else ""
        raise DataError(f"close {change.place[:80]}: no link{by} is there.")
    return replace(network, links=tuple(kept))


def _shut(network: Network, place: str) -> Callable[[Link], tuple[bool, bool]]:
    """Return what tells of a link whether it is shut as it is written, and the other way."""
    passage = place.casefold()
    if place in network.index:
        return lambda link: (place in (link.start, link.end),) * 2
    passages = {p for link in network.links for p in link.passages}
    if passage in passages:
        return lambda link: (passage in link.passages,) * 2
    for sign in re.finditer(r"[-–>]", place):
        first, last = place[: sign.start()].strip(), place[sign.end() :].strip()
        both = sign[0] != ">"
        if {first.upper(), last.upper()} <= set(network.economies):
            pair = (first.upper(), last.upper())
            return lambda link: _ways(
                (network.node(link.start).economy, network.node(link.end).economy), pair, both
            )
        if first in network.index and last in network.index:
            return lambda link: _ways((link.start, link.end), (first, last), both)
    raise DataError(
        Sentence(
            "close {place}: not of the network.{hint} Write KAZ-UZB (a border), KAZ>UZB (one way), a node, "
            "a-b (a link) or a passage ({passages}).",
            place=place[:80],
            hint=_known(network, place),
            passages=listed(sorted(passages)) or "none here",
        )
    )


def _ways(ends: tuple[str, str], pair: tuple[str, str], both: bool) -> tuple[bool, bool]:
    forth, back = ends == pair, ends[::-1] == pair
    return (forth or back, forth or back) if both else (forth, back)


def _pair(network: Network, place: str) -> list[tuple[str, str]]:
    parts = [part.strip().upper() for part in re.split(r"[-–]", place)]
    if len(parts) != 2 or not set(parts) <= set(network.economies):
        return []
    return [(parts[0], parts[1]), (parts[1], parts[0])]


def _checked(
    network: Network,
    where: str,
    change: LinkChange | BorderChange | TerminalChange,
    places: Sequence[str],
    modes: Sequence[str] = MODES,
) -> None:
    for place in places:
        if place not in network.index:
            raise DataError(
                f"{where}: no node {place[:40]!r}.{did_you_mean(place[:40], network.index)}"
            )
    _mode(change.mode, where, modes)
    for what in ("hours", "usd", "km"):
        value = getattr(change, what, None)
        if value is not None and not 0.0 <= value < 1e12:
            raise DataError(f"{where}: {what} is {value:g}; it must be zero or more.")


def _mode(mode: str, where: str, modes: Sequence[str]) -> None:
    if mode not in modes:
        raise DataError(f"{where}: mode {mode[:40]!r} is none of {', '.join(filter(None, modes))}.")


def _known(network: Network, place: str) -> str:
    parts = [part.strip() for part in re.split(r"[-–>]", place)]
    for part in parts:
        if part.upper() not in network.economies and part not in network.index:
            return meant(part[:40], (*network.index, *network.economies))
    return ""


def opened(network: Network, status: str) -> Network:
    """Return the network with links of a status (or of every one, ``all``) open.

    Raises
    ------
    DataError
        No link has it.
    """
    known = sorted({link.status for link in network.links if not link.open})
    wanted = known if status == "all" else [status.casefold()]
    if not any(link.status in wanted for link in network.links if not link.open):
        raise DataError(
            f"open {status[:40]!r}: no link is so. There are {listed(known) or 'open links only'}."
            f"{did_you_mean(status[:40], known)}"
        )
    links = tuple(
        replace(link, status="open") if link.status in wanted else link for link in network.links
    )
    return replace(network, links=links)


def faster_borders(network: Network, percent: float) -> Network:
    """Return the network with that many percent less hours at every border.

    Raises
    ------
    DataError
        Not from 0 to 100, or there are no borders.
    """
    if not 0.0 <= percent <= 100.0:
        raise DataError(f"borders faster by {percent:g} percent: it is from 0 to 100.")
    if not network.borders:
        raise DataError("the network has no borders, so that none gets faster.")
    left = 1.0 - percent / 100.0
    borders = tuple(replace(b, hours=b.hours * left, grade=ASSUMED) for b in network.borders)
    return replace(network, borders=borders)


def at_speed(network: Network, kmh: float) -> Network:
    """Return the network with all roads and railways driven at a speed or, where they are faster, theirs.

    Raises
    ------
    DataError
        The speed is not above 0.
    """
    if not 0.0 < kmh < 1e6:
        raise DataError(f"speed {kmh:g}: it is km/h above 0.")
    links = tuple(
        replace(link, hours=link.km / kmh, hours_grade=ASSUMED)
        if link.mode in LAND and link.km / kmh < link.hours
        else link
        for link in network.links
    )
    return replace(network, links=links)
