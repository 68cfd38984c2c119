"""Reading a network: a folder with nodes.csv, links.csv, borders.csv and, if wanted, terminals.csv."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.network.network import (
    MODES,
    UNGRADED,
    Border,
    Link,
    Network,
    Node,
    Terminal,
)
from winset.places.codes import OWN_CODE
from winset.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DATA = Path(__file__).parents[1] / "data"
EMBEDDED = ("eurasia",)
MOST_NODES = 5_000  # costs of all pairs of nodes take 200 MB
MOST_LINKS = 200_000

WEIGHTS = ("population", "weight")
PRICES = {"usd_per_tonne": "tonne", "usd_per_teu": "TEU", "usd": "unit"}
WRITTEN = {"out": "out", "in": "in", "": "", "both": "", "outbound": "out", "inbound": "in"}
#: USD a unit of cargo is taken to be worth where neither the package nor the question says it (illustrative).
WORTH = {"tonne": 2_500.0, "TEU": 30_000.0, "unit": 2_500.0, "": math.inf}
TRUE, FALSE = ("1", "true", "yes"), ("", "0", "false", "no")


def read_network(source: str | Path = "eurasia") -> Network:
    """Read a network: the name of an embedded one, or a folder of your own.

    ``nodes.csv`` has id, name, economy, lon, lat, population (or weight) and port; ``links.csv`` from, to,
    mode (road, rail, sea, air or pipeline), km, hours, usd_per_tonne (or usd_per_teu), and if wanted
    capacity, one_way, status, passages; ``borders.csv`` a node (one side of each crossing there, with
    direction out or in, or both) or from and to (economies: the whole crossing), hours, and if wanted usd
    and mode (blank: road and rail); ``terminals.csv`` mode, hours, and if wanted usd and node. Each may have
    a grade, links an hours_grade and a usd_grade besides.

    Raises
    ------
    DataError
        No such network, or what is wrong with its tables: file, row, value (the first ten).
    """
    if str(source) in EMBEDDED:
        return _embedded(str(source))
    folder = Path(source)
    if not folder.is_dir():
        raise DataError(
            f"network {str(source)[:200]!r} is neither embedded ({', '.join(EMBEDDED)}) nor a folder."
            f"{did_you_mean(str(source)[:80], EMBEDDED)}"
        )
    return _read(folder)


@lru_cache(maxsize=1)
def _embedded(name: str) -> Network:
    return _read(DATA / name)


def _read(folder: Path) -> Network:
    problems = tables.Problems(folder)
    about = _package(folder)
    notes: list[str] = []
    nodes = _nodes(folder, problems, notes)
    problems.refuse(str(folder))
    known = {node.id: node for node in nodes}
    links, unit = _links(folder, known, problems)
    borders = _borders(folder, known, problems, notes)
    terminals = _terminals(folder, known, problems)
    problems.refuse(str(folder))
    _joined(folder, nodes, links)
    worth = about.get("value_of_unit", WORTH[unit])
    return Network(
        name=folder.name,
        title=str(about.get("title", folder.name)),
        version=str(about.get("version", "")),
        unit=unit,
        value_of_unit=float(worth) if unit else math.inf,
        nodes=nodes,
        links=links,
        borders=borders,
        terminals=terminals,
        notes=tuple(notes),
        sources=_sources(about),
    )


def _package(folder: Path) -> Mapping[str, Any]:
    path = folder / "datapackage.json"
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not readable as JSON in UTF-8 ({error}).") from error
    if not isinstance(told, dict):
        raise DataError(f"{path}: it holds one object.")
    worth = told.get("value_of_unit", 1.0)
    if isinstance(worth, bool) or not isinstance(worth, int | float) or not 0 < worth < 1e12:
        raise DataError(f"{path}: value_of_unit is {worth!r}; it is USD above 0.")
    return told


def _sources(about: Mapping[str, Any]) -> tuple[str, ...]:
    """Return titles of sources with their licences, of a package that names them as data packages do."""
    told = about.get("sources")
    said = []
    for source in told if isinstance(told, list) else ():
        if isinstance(source, dict) and isinstance(source.get("title"), str):
            terms = source.get("license")
            said.append(f"{source['title']} ({terms})" if terms else source["title"])
    return tuple(said)


def _nodes(folder: Path, problems: tables.Problems, notes: list[str]) -> tuple[Node, ...]:
    path = tables.find(folder, "nodes.csv")
    columns = tables.header(path) if path is not None else []
    weights = [c for c in WEIGHTS if c in columns]
    if len(weights) > 1:
        problems.add("nodes.csv row 1", f"{' and '.join(weights)} both stand there. Keep one.")
    if path is not None and not weights:
        notes.append(
            Sentence("nodes.csv has neither population nor weight: all nodes weigh the same.")
        )
    needed = ("id", "name", "economy", "lon", "lat")
    found: dict[str, Node] = {}
    figures = ("lon", "lat", *weights)
    for where, row in tables.checked_rows(folder, "nodes.csv", needed, problems, figures):
        key = row["id"]
        if not key:
            problems.add(where, "the id is empty.")
        if key in found:
            problems.add(where, f"node {key!r} stands in an earlier row too. Keep one.")
        if not OWN_CODE.fullmatch(row["economy"]):
            problems.add(
                where, f"economy {row['economy'][:40]!r} is no code; write KAZ for example."
            )
        lon = _within(row["lon"], "lon", -180.0, 180.0, where, problems)
        lat = _within(row["lat"], "lat", -90.0, 90.0, where, problems)
        weight = 1.0
        if weights:
            given = row[weights[0]] or "0"
            weight = _within(given, weights[0], 0.0, math.inf, where, problems)
        found[key] = Node(
            key,
            row["name"] or key,
            row["economy"].upper(),
            lon,
            lat,
            weight,
            _flag(row.get("port", ""), "port", where, problems),
            row.get("grade", "") or UNGRADED,
        )
    if not found and not problems.found:
        problems.add("nodes.csv", "no row in it.")
    if len(found) > MOST_NODES:
        problems.add("nodes.csv", f"{len(found):,} nodes; at most {MOST_NODES:,} fit.")
    return tuple(found.values())


def _links(
    folder: Path, known: Mapping[str, Node], problems: tables.Problems
) -> tuple[tuple[Link, ...], str]:
    path = tables.find(folder, "links.csv")
    columns = tables.header(path) if path is not None else []
    prices = [c for c in PRICES if c in columns]
    if len(prices) > 1:
        problems.add(
            "links.csv row 1", f"{' and '.join(prices)} contradict each other. Keep one column."
        )
    price = prices[0] if prices else ""
    figures = tuple(c for c in ("km", "hours", price, "capacity") if c)
    found: list[Link] = []
    seen: dict[tuple[object, ...], str] = {}
    needed = ("from", "to", "mode", "km", "hours")
    for where, row in tables.checked_rows(folder, "links.csv", needed, problems, figures):
        start, end = (_node(row[side], side, known, where, problems) for side in ("from", "to"))
        mode = _mode(row["mode"], where, problems)
        if start and start == end:
            problems.add(where, f"it joins {start} with itself. Drop the row.")
        one_way = _flag(row.get("one_way", ""), "one_way", where, problems)
        status = row.get("status", "").casefold() or "open"
        passages = tuple(p for p in row.get("passages", "").casefold().split("+") if p)
        way = (start, end) if one_way else tuple(sorted((start, end)))
        key = (way, one_way, mode, status, passages)
        if key in seen:
            problems.add(where, f"{start}–{end} by {mode} stands in {seen[key]} too. Keep one.")
        seen[key] = where
        grade = row.get("grade", "") or UNGRADED
        capacity = row.get("capacity", "")
        found.append(
            Link(
                start,
                end,
                mode,
                _amount(row["km"], "km", where, problems),
                _amount(row["hours"], "hours", where, problems),
                _amount(row[price], price, where, problems) if price else 0.0,
                _amount(capacity, "capacity", where, problems) if capacity else None,
                one_way,
                status,
                passages,
                grade,
                row.get("hours_grade", "") or grade,
                row.get("usd_grade", "") or grade,
            )
        )
        if len(found) > MOST_LINKS:
            problems.add("links.csv", f"more than {MOST_LINKS:,} links. Leave the smallest out.")
            break
    if not found and not problems.found:
        problems.add("links.csv", "no row in it.")
    return tuple(found), PRICES.get(price, "")


def _borders(
    folder: Path, known: Mapping[str, Node], problems: tables.Problems, notes: list[str]
) -> tuple[Border, ...]:
    """Read borders.csv; without one, crossing costs nothing, and the notes say so."""
    path = tables.find(folder, "borders.csv")
    if path is None:
        notes.append(Sentence("There is no borders.csv: crossing a border takes no time here."))
        return ()
    columns = tables.header(path)
    economies = {node.economy for node in known.values()}
    figures = ("hours", "usd") if "usd" in columns else ("hours",)
    found: list[Border] = []
    seen: dict[tuple[str, ...], str] = {}
    if "node" not in columns and not {"from", "to"} <= set(columns):
        problems.add(
            f"{path.name} row 1", "no column node, and no from and to; a row names one or both."
        )
        return ()
    for where, row in tables.checked_rows(folder, "borders.csv", ("hours",), problems, figures):
        place, start, end = (row.get(c, "") for c in ("node", "from", "to"))
        start, end = start.upper(), end.upper()
        direction = row.get("direction", "").casefold()
        if bool(place) == bool(start or end):
            problems.add(where, "name a node, or the economies from and to: one of the two.")
        if place:
            _node(place, "node", known, where, problems)
        elif not (start and end):
            problems.add(where, "a crossing has both from and to.")
        for code in filter(None, (start, end)):
            if code not in economies:
                problems.add(
                    where, f"economy {code[:40]!r} has no node.{did_you_mean(code, economies)}"
                )
        if direction not in WRITTEN:
            problems.add(where, f"direction {direction[:40]!r} is none of out, in, both.")
        elif WRITTEN[direction] and not place:
            problems.add(where, "direction is of a node's side; from and to say it for a crossing.")
        mode = _mode(row["mode"], where, problems) if row.get("mode") else ""
        key = (place, start, end, mode, WRITTEN.get(direction, ""))
        if key in seen:
            problems.add(where, f"the same border stands in {seen[key]} too. Keep one.")
        seen[key] = where
        found.append(
            Border(
                _amount(row["hours"], "hours", where, problems),
                _amount(row.get("usd", "") or "0", "usd", where, problems),
                place,
                start,
                end,
                mode,
                WRITTEN.get(direction, ""),
                row.get("grade", "") or UNGRADED,
            )
        )
    return tuple(found)


def _terminals(
    folder: Path, known: Mapping[str, Node], problems: tables.Problems
) -> tuple[Terminal, ...]:
    path = tables.find(folder, "terminals.csv")
    if path is None:
        return ()
    figures = ("hours", "usd") if "usd" in tables.header(path) else ("hours",)
    found: list[Terminal] = []
    seen: set[tuple[str, str]] = set()
    needed = ("mode", "hours")
    for where, row in tables.checked_rows(folder, "terminals.csv", needed, problems, figures):
        place, mode = row.get("node", ""), _mode(row["mode"], where, problems)
        if place:
            _node(place, "node", known, where, problems)
        if (place, mode) in seen:
            problems.add(where, f"{place or 'everywhere'} by {mode} stands twice. Keep one.")
        seen.add((place, mode))
        hours = _amount(row["hours"], "hours", where, problems)
        usd = _amount(row.get("usd", "") or "0", "usd", where, problems)
        found.append(Terminal(mode, hours, usd, place, row.get("grade", "") or UNGRADED))
    return tuple(found)


def _joined(folder: Path, nodes: Sequence[Node], links: Sequence[Link]) -> None:
    """Refuse nodes that no link reaches, built or planned."""
    reached = {end for link in links for end in (link.start, link.end)}
    if alone := [node.id for node in nodes if node.id not in reached]:
        raise DataError(
            f"{folder}: no link reaches {listed(alone)}. Join every node in links.csv, or drop it."
        )


def _node(
    name: str, side: str, known: Mapping[str, Node], where: str, problems: tables.Problems
) -> str:
    if name not in known:
        problems.add(
            where,
            f"{side} {name[:40]!r} is no node of nodes.csv.{did_you_mean(name[:40], known)}"
            if name
            else f"{side} is empty.",
        )
    return name


def _mode(name: str, where: str, problems: tables.Problems) -> str:
    mode = name.casefold()
    if mode not in MODES:
        problems.add(where, f"mode {name[:40]!r} is none of {', '.join(MODES)}.")
    return mode


def _flag(text: str, what: str, where: str, problems: tables.Problems) -> bool:
    if text.casefold() not in (*TRUE, *FALSE):
        problems.add(where, f"{what} is {text[:40]!r}; it is 1 or 0.")
    return text.casefold() in TRUE


def _amount(text: str, what: str, where: str, problems: tables.Problems) -> float:
    return _within(text, what, 0.0, math.inf, where, problems)


def _within(
    text: str, what: str, low: float, high: float, where: str, problems: tables.Problems
) -> float:
    value = tables.number(text, what, where, problems)
    if value < low or value > high:
        said = "it must be zero or more" if high == math.inf else f"it is from {low:g} to {high:g}"
        problems.add(where, f"{what} is {text}; {said}.")
    return value
