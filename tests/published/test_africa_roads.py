"""Africa's main roads (Krantz): market access with every link driven at 100 km/h, by `winset route`."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from winset.network import Terms, market_access, read_network
from winset.network.changes import at_speed
from winset.network.graph import graph
from winset.network.paths import ways


def network(source: Path, folder: Path, *, borders: bool) -> Path:
    """Write the published graph as a network: nodes weighed by GDP, hours from minutes."""
    folder.mkdir()
    with (source / "graph_nodes.csv").open(encoding="utf-8") as file:
        nodes = [
            (k, row["city_country"], row["iso3c"], row["lon"], row["lat"], row["gdp"])
            for k, row in enumerate(csv.DictReader(file), 1)
        ]
    with (source / "graph_orig.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    links: dict[tuple[int, int], tuple[Any, ...]] = {}
    crossings: dict[tuple[str, str], float] = {}
    for row in rows:
        pair = (int(row["from"]), int(row["to"]))
        key = (min(pair), max(pair))
        found = (*key, "road", float(row["distance"]) / 1e3, float(row["duration"]) / 60.0)
        if key not in links or found[4] < links[key][4]:
            links[key] = found
        if row["from_ctry"] != row["to_ctry"]:
            both = (min(row["from_ctry"], row["to_ctry"]), max(row["from_ctry"], row["to_ctry"]))
            crossings[both] = float(row["border_time"]) / 60.0
    tables: list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]] = [
        ("nodes", ("id", "name", "economy", "lon", "lat", "weight"), nodes),
        ("links", ("from", "to", "mode", "km", "hours"), list(links.values())),
    ]
    if borders:
        pairs = [(*pair, hours) for pair, hours in sorted(crossings.items())]
        tables.append(("borders", ("from", "to", "hours"), pairs))
    for name, header, content in tables:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(content)
    return folder


def test_market_access_rises_as_published(shared_data: Path, tmp_path: Path, winset: Any) -> None:
    """42 % with border times left out."""
    source = shared_data / "validation" / "africa_roads"
    folder = network(source, tmp_path / "africa", borders=False)
    said = winset("route", "--map", "--network", folder, "--speed", "100", "--json")
    assert said.code == 0, said.err
    assert said.json["market_access"]["change_percent"] == pytest.approx(42.06, abs=0.005)
    assert said.json["network"]["nodes"] == 1379


def test_with_border_times_it_rises_less(shared_data: Path, tmp_path: Path) -> None:
    """The same graph, with the border time of every crossing: 27.3 %, computed here, not published."""
    source = shared_data / "validation" / "africa_roads"
    roads = read_network(network(source, tmp_path / "africa", borders=True))
    size = np.array([node.weight for node in roads.nodes])
    access = []
    for one in (roads, at_speed(roads, 100.0)):
        weighed = graph(one, Terms(value_of_unit=math.inf))
        assert not weighed.layout.uncharted
        access.append(market_access(ways(weighed).total(weighed.hours), size))
    assert 100 * (access[1] / access[0] - 1) == pytest.approx(27.34, abs=0.01)
