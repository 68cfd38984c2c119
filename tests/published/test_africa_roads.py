"""Africa's main roads (Krantz): market access with every link driven at 100 km/h, by `winset route`."""

from __future__ import annotations

import csv
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from winset.network import Terms, market_access, read_network
from winset.network.changes import at_speed
from winset.network.graph import graph
from winset.network.paths import ways
from winset.studies.bank import run_bank


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


#: Corridors brought to 100 km/h: name, and the places that each joins by the fastest way of today.
CORRIDORS = (
    ("coast", "Abidjan - Cote d'Ivoire", "Lagos - Nigeria"),
    ("djibouti", "Addis Ababa - Ethiopia", "Djibouti - Djibouti"),
    ("northern", "Mombasa - Kenya", "Kampala - Uganda"),
    ("tazara", "Dar es Salaam - Tanzania", "Lusaka - Zambia"),
    ("sahel", "Dakar - Senegal", "Bamako - Mali"),
    ("nile", "Cairo - Egypt", "Khartoum - Sudan"),
    ("copperbelt", "Lusaka - Zambia", "Johannesburg - South Africa"),
)


def plan(source: Path, folder: Path) -> dict[str, Any]:
    """Write a network of capitals of trade and a portfolio of corridors, costs as published."""
    network(source, folder, borders=True)
    with (source / "graph_nodes.csv").open(encoding="utf-8") as file:
        nodes = list(csv.DictReader(file))
    places = {row["city_country"]: k for k, row in enumerate(nodes, 1)}
    largest: dict[str, tuple[float, int]] = {}
    for k, row in enumerate(nodes, 1):
        one = (float(row["gdp"]), k)
        largest[row["iso3c"]] = max(largest.get(row["iso3c"], one), one)
    kept = {k for _, k in largest.values()}
    with (folder / "nodes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "name", "economy", "lon", "lat", "weight"))
        for k, row in enumerate(nodes, 1):
            weight = row["gdp"] if k in kept else 0
            writer.writerow((k, row["city_country"], row["iso3c"], row["lon"], row["lat"], weight))
    with (source / "graph_orig.csv").open(encoding="utf-8") as file:
        links = list(csv.DictReader(file))
    ends = [(int(row["from"]) - 1, int(row["to"]) - 1) for row in links]
    hours = np.full((len(nodes), len(nodes)), np.inf)
    row_of = {}
    for row, (i, j) in zip(links, ends, strict=True):
        time = float(row["duration"]) / 60.0
        if time < hours[i, j]:
            hours[i, j] = hours[j, i] = time
            row_of[min(i, j), max(i, j)] = row
    graph_ = csr_matrix(np.where(np.isfinite(hours), hours, 0.0))
    projects = []
    for name, start, end in CORRIDORS:
        first, last = places[start] - 1, places[end] - 1
        _, before = dijkstra(graph_, indices=first, return_predecessors=True)
        way = [last]
        while way[-1] != first:
            way.append(int(before[way[-1]]))
        rows = [row_of[min(a, b), max(a, b)] for a, b in pairwise(way)]
        faster = [row for row in rows if float(row["duration_imp"]) < float(row["duration"])]
        projects.append(
            {
                "name": name,
                "cost_musd": sum(
                    float(row["ug_cost_km"]) * float(row["distance"]) / 1e9 for row in faster
                ),
                "years_of_building": 3,
                "hosts": sorted({nodes[k]["iso3c"] for k in way}),
                "links": [
                    {
                        "start": row["from"],
                        "end": row["to"],
                        "mode": "road",
                        "hours": float(row["duration_imp"]) / 60.0,
                    }
                    for row in faster
                ],
            }
        )
    everybody = sorted({code for each in projects for code in each["hosts"]})
    return {
        "dollars": 2023,
        "on": "2025-09-01",
        "network": str(folder),
        "bank": {"members": everybody, "budget_musd": 5000, "payment": "gdp"},
        "project": projects,
    }


def test_who_would_not_sign_the_best_plan(shared_data: Path, tmp_path: Path) -> None:
    """All 128 portfolios of seven corridors: the largest sum, who loses by it, and what all would sign.

    Figures are winset's own, none is published: costs are the source's, gains those of trade in
    world-2023-free by hours alone. At the whole cost no corridor pays; nine tenths are a grant here.
    """
    raw = plan(shared_data / "validation" / "africa_roads", tmp_path / "africa")
    whole = [project["cost_musd"] for project in raw["project"]]
    assert whole == pytest.approx(
        [291.841, 279.518, 363.285, 423.077, 365.028, 349.068, 333.958], abs=1e-3
    )
    for project in raw["project"]:
        project["cost_musd"] /= 10.0
    done = run_bank(raw, workers=1)
    assert len(done.members) == 16
    values = [each.value for each in done.alone]
    assert values == pytest.approx([143, 20, 40, 103, 143, 125, 105], abs=0.6)
    assert all(value < 10.0 * each.cost for value, each in zip(values, done.alone, strict=True))
    best, signed = done.own["sum"], done.own["all_gain"]
    assert done.plan.chosen(best.mask or 0) == [n for n in done.plan.names if n != "djibouti"]
    assert best.figure == pytest.approx(453.706, abs=0.01)
    assert done.blockers()["gdp"] == {"ETH": pytest.approx(2.6506, abs=1e-3)}
    assert set(done.blockers()["equal"]) == {"BEN", "DJI"}
    # What Ethiopia signs has the road to its port besides.
    assert done.plan.chosen(signed.mask or 0) == list(done.plan.names)
    assert signed.figure == pytest.approx(446.615, abs=0.01)
    assert done.unanimity()["gdp"]["price_musd"] == pytest.approx(7.0906, abs=0.01)
