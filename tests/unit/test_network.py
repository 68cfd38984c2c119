"""Ways, pair costs, soft choice and portfolios of a network against what can be counted by hand."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.networks import BORDERS, LINKS, NODES, written

from winset.errors import DataError
from winset.network import (
    BorderChange,
    Change,
    Closure,
    LinkChange,
    Network,
    TerminalChange,
    Terms,
    changed,
    changes,
    combined,
    cost_factors,
    market_access,
    pair_costs,
    read_network,
    variations,
)
from winset.network.changes import at_speed, faster_borders, opened
from winset.network.dependence import transit
from winset.network.graph import Graph, graph
from winset.network.lengths import in_doubt
from winset.network.paths import route, ways
from winset.network.soft import least_theta, soften

TIME = Terms(value_of_unit=math.inf)


@pytest.fixture
def small(tmp_path: Path) -> Network:
    return read_network(written(tmp_path / "small"))


def hours(network: Network, start: str, end: str, terms: Terms = TIME) -> float:
    return route(graph(network, terms), start, end).hours


def test_a_way_is_its_links_borders_and_terminals(small: Network) -> None:
    found = route(graph(small, TIME), "a", "d")
    assert [(leg.start, leg.end, leg.mode, leg.kind) for leg in found.legs] == [
        ("a", "b", "road", "link"),
        ("a", "b", "road", "border"),
        ("b", "c", "road", "link"),
        ("b", "c", "road", "border"),
        ("c", "c", "sea", "terminal"),
        ("c", "d", "sea", "link"),
        ("d", "d", "sea", "terminal"),
    ]
    assert found.hours == 5 + 3 + 5 + 4 + 24 + 10 + 24
    assert found.usd == 10 + 1 + 10 + 2 + 5 + 2 + 5
    assert found.km == 700.0
    assert found.log_cost == pytest.approx(0.0135 * found.hours / 24.0, rel=1e-14)
    assert found.grades("km") == {"derived": 300 / 700, "guessed": 200 / 700, "read": 200 / 700}
    assert sum(found.grades("hours").values()) == pytest.approx(1.0, abs=1e-15)
    assert found.grades("hours")["not graded"] == pytest.approx(48 / 75)


def test_each_direction_of_a_border_is_its_own(small: Network) -> None:
    assert hours(small, "a", "b") == 5 + 3
    assert hours(small, "b", "a") == 5 + 9
    assert hours(small, "c", "b") == 5 + 4  # the one row serves both ways
    layout = graph(small, TIME).layout
    assert "CCC→BBB" in layout.reversed_use
    rail = graph(small, Terms(value_of_unit=math.inf, modes=("rail",)))
    assert route(rail, "a", "c").hours == 6 + (6 + 10 + 20) + 6
    assert route(rail, "c", "a").hours == route(rail, "a", "c").hours
    assert rail.layout.reversed_use == ("a in by rail", "c out by rail")


def test_a_link_that_is_planned_carries_nothing_until_it_is_opened(small: Network) -> None:
    assert hours(small, "b", "d") == 5 + 4 + 58
    later = opened(small, "planned")
    assert hours(later, "b", "d") == 8.0
    assert graph(later, TIME).layout.uncharted == ("BBB–DDD (road)", "DDD–BBB (road)")
    with pytest.raises(DataError, match=r"no link is so\. There are planned"):
        opened(small, "built")


def test_pair_costs_are_means_over_nodes_by_their_weight(small: Network) -> None:
    found = pair_costs(small, TIME)
    assert found.economies == ("AAA", "BBB", "CCC", "DDD")
    assert found.hours[0, 1] == pytest.approx(0.25 * 8 + 0.75 * 11, rel=1e-14)
    assert found.hours[1, 0] == pytest.approx(0.25 * 14 + 0.75 * 17, rel=1e-14)
    assert found.reached.all()
    assert (np.diag(found.log_cost) == 0.0).all()
    np.testing.assert_allclose(found.log_cost, 0.0135 * found.hours / 24.0, rtol=1e-13)
    both = pair_costs(small, Terms(0.01, 1_000.0))
    np.testing.assert_allclose(both.log_cost, 0.01 * both.hours / 24.0 + both.usd / 1_000.0)


def test_only_changes_enter_and_nobody_outside_is_touched(small: Network) -> None:
    base = pair_costs(small, TIME)
    after = pair_costs(changed(small, [BorderChange("AAA-BBB", hours=1.0)]), TIME)
    codes = ("ZZZ", "BBB", "AAA", "CCC", "DDD")
    factor = cost_factors(base, after, codes)
    assert factor[2, 1] == pytest.approx(math.exp(-0.0135 * 2 / 24))
    assert factor[1, 2] == pytest.approx(math.exp(-0.0135 * 8 / 24))
    assert factor[3, 1] == 1.0
    assert (factor[0] == 1.0).all()
    assert (factor[:, 0] == 1.0).all()
    assert (cost_factors(base, base, codes) == 1.0).all()


def test_what_is_shut(small: Network) -> None:
    shut = changed(small, [Closure("AAA-BBB")])
    assert {leg.mode for leg in route(graph(shut, TIME), "a", "b").legs} == {"rail", "road"}
    one_way = changed(small, [Closure("AAA>BBB")])
    assert hours(one_way, "b", "a") == 14.0
    assert hours(one_way, "a", "b") > 40.0
    assert hours(changed(small, [Closure("a-c")]), "a", "c") == 17.0
    assert len(changed(small, [Closure("b")]).links) == 2
    for place in ("strait", "CCC-DDD", "d"):
        with pytest.raises(DataError, match="nothing leads from a to d: to d there is a way only"):
            hours(changed(small, [Closure(place)]), "a", "d")
    with pytest.raises(DataError, match="not of the network"):
        changed(small, [Closure("AAA-XXX")])
    with pytest.raises(DataError, match="no link is there"):
        changed(small, [Closure("AAA-DDD")])
    with pytest.raises(DataError, match="no link by sea is there"):
        changed(small, [Closure("AAA-BBB", mode="sea")])


def test_pairs_that_are_cut_off_pay_a_thousandfold_and_unknown_ways_nothing(small: Network) -> None:
    base, cut = pair_costs(small, TIME), pair_costs(changed(small, [Closure("strait")]), TIME)
    change = changes(base, cut)
    assert change[0, 3] == pytest.approx(math.log(1_000.0))
    assert not cut.reached[0, 3]
    assert changes(cut, base)[0, 3] == 0.0  # how they traded before is not known


PROJECTS: tuple[tuple[Change, ...], ...] = (
    (LinkChange("b", "d", "road"),),
    (BorderChange("BBB-CCC", hours=1.0),),
    (LinkChange("a", "c", "rail", hours=3.0), BorderChange("c", mode="rail", hours=2.0)),
    (BorderChange("a", mode="rail", hours=0.5, usd=9.0),),
    (BorderChange("c", mode="rail", hours=2.0),),
    (TerminalChange("c", "sea", hours=2.0),),
    (LinkChange("b2", "d", "air", hours=1.0, usd=20.0),),
)


@pytest.mark.parametrize("terms", [TIME, Terms(), Terms(0.0)], ids=["time", "both", "money"])
def test_every_portfolio_is_what_its_network_says(small: Network, terms: Terms) -> None:
    base = pair_costs(small, terms)
    found = variations(small, PROJECTS, terms)
    seen = set()
    for mask, change in found.walk():
        built = [project for k, project in enumerate(PROJECTS) if mask >> k & 1]
        again = changes(base, pair_costs(combined(small, built), terms))
        np.testing.assert_allclose(change, again, atol=1e-14)
        np.testing.assert_allclose(found.changes(mask), change, atol=1e-15)
        assert change.max() <= 1e-15
        seen.add(mask)
    assert seen == set(range(1 << len(PROJECTS)))
    with pytest.raises(DataError, match="there are 7 projects"):
        found.changes(1 << 7)


def test_identical_projects_count_once(small: Network) -> None:
    twice = variations(small, [PROJECTS[1], PROJECTS[1], PROJECTS[0]])
    np.testing.assert_array_equal(twice.changes(0b011), twice.changes(0b001))
    np.testing.assert_array_equal(twice.changes(0b111), twice.changes(0b101))


def test_a_project_neither_closes_nor_replaces(small: Network) -> None:
    for change in (Closure("AAA-BBB"), LinkChange("a", "b", "road", hours=9, replaces=True)):
        with pytest.raises(DataError, match="closes or replaces nothing"):
            variations(small, [[change]])
    slower = changed(small, [LinkChange("a", "b", "road", hours=9.0, replaces=True)])
    assert hours(slower, "a", "b") == 9 + 3
    kept = changed(small, [LinkChange("a", "b", "road", hours=9.0)])
    assert hours(kept, "a", "b") == 5 + 3  # the old way stays a choice
    queue = changed(small, [BorderChange("AAA-BBB", hours=50.0, replaces=True)])
    assert hours(queue, "b", "a") == 55.0
    slow = changed(small, [TerminalChange("c", "sea", hours=30.0, replaces=True)])
    assert hours(slow, "c", "d") == 30 + 10 + 24


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (LinkChange("a", "x", "road", hours=1.0), "no node 'x'"),
        (LinkChange("a", "a", "road", hours=1.0), "joins a node with itself"),
        (
            LinkChange("a", "d", "road", hours=1.0),
            "so that a new one is meant; it has hours and usd",
        ),
        (LinkChange("a", "b", "road", hours=-1.0), "hours is -1; it must be zero or more"),
        (LinkChange("a", "b", "boat", hours=1.0), "mode 'boat' is none of"),
        (BorderChange("AAA-XXX", hours=1.0), "no node and no two economies"),
        (BorderChange("AAA-DDD", hours=1.0), "hours and usd are needed"),
        (BorderChange("b", hours=1.0), "name the border as CHN-KAZ"),
        (BorderChange("c", direction="up", hours=1.0), "none of out, in, both"),
        (TerminalChange("a", "air"), "hours are needed"),
    ],
)
def test_a_change_of_what_is_not_there_is_refused(
    small: Network, change: Change, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        changed(small, [change])


def grid() -> Graph:
    """Four nodes, all joined one way and the other at costs of their own."""
    names = "wxyz"
    nodes = "".join(f"{n},{n},{n.upper() * 3},{k},{k % 2},1,0\n" for k, n in enumerate(names))
    links = "".join(
        f"{a},{b},road,1,{1.0 + 0.7 * ((3 * i + 5 * j) % 4)},1\n"
        for (i, a), (j, b) in itertools.permutations(enumerate(names), 2)
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        place = written(
            Path(folder),
            nodes=NODES.partition("\n")[0] + "\n" + nodes,
            links="from,to,mode,km,hours,one_way\n" + links,
            borders="",
            terminals="",
        )
        return graph(read_network(place), Terms(0.5))


def test_soft_choice_is_the_sum_over_all_ways() -> None:
    """(I − A)⁻¹ against the cost of every walk, counted one by one up to a length that leaves 1e-12."""
    found = soften(grid(), 200.0)
    size = len(found.graph.layout)
    weight = np.zeros((size, size))
    np.add.at(weight, (found.graph.tail, found.graph.head), np.exp(-200.0 * found.graph.cost))
    for i, j in itertools.permutations(range(size), 2):
        total = 0.0
        for steps in range(1, 9):
            for between in itertools.product(range(size), repeat=steps - 1):
                walk = (i, *between, j)
                total += math.prod(weight[a, b] for a, b in itertools.pairwise(walk))
        assert math.exp(found.log_inverse[i, j]) == pytest.approx(total, rel=1e-11)


def test_soft_choice_becomes_the_best_way() -> None:
    weighed = grid()
    best = ways(weighed).cost
    off = ~np.eye(len(best), dtype=bool)
    gaps = []
    for theta in (200.0, 2_000.0, 20_000.0, 2e6):
        soft = soften(weighed, theta).log_cost
        assert (soft[off] <= best[off] + 1e-15).all()  # all ways together are never dearer
        gaps.append(np.abs(soft - best)[off].max())
    assert gaps[0] > gaps[1] >= gaps[2] >= gaps[3]
    assert gaps[3] < 1e-14
    shares = soften(weighed, 2e6).derivative(0, 3)
    used = {int(k) for k in np.flatnonzero(shares > 0.5)}
    assert {(int(weighed.tail[k]), int(weighed.head[k])) for k in used} == {(0, 3)} or len(used) > 1
    np.testing.assert_allclose(shares[list(used)], 1.0)


def test_the_derivative_is_the_quotient_of_differences() -> None:
    weighed = grid()
    theta, step = 60.0, 1e-5
    found = soften(weighed, theta)
    for i, j in ((0, 3), (2, 1), (3, 0)):
        exact = found.derivative(i, j)
        for k in range(len(weighed.cost)):
            moved = []
            for sign in (1.0, -1.0):
                cost = weighed.cost.copy()
                cost[k] += sign * step
                moved.append(soften(replace(weighed, cost=cost), theta).log_cost[i, j])
            assert exact[k] == pytest.approx((moved[0] - moved[1]) / (2 * step), abs=1e-8)
    assert found.derivatives([(0, 3), (2, 1)]).shape == (2, len(weighed.cost))


def test_theta_has_a_least_and_a_largest_value(small: Network) -> None:
    weighed = graph(small, TIME)
    least = least_theta(weighed)
    with pytest.raises(DataError, match=f"It converges above {least:.4g}"):
        soften(weighed, 0.99 * least)
    assert np.isfinite(soften(weighed, 1.01 * least).log_cost).all()
    for wrong in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(DataError, match="a number above 0"):
            soften(weighed, wrong)


def test_transit_counts_what_passes_neither_end(small: Network) -> None:
    flows = np.arange(16.0).reshape(4, 4)
    found = transit(graph(small, TIME), flows)
    e = {code: k for k, code in enumerate(found.economies)}
    np.fill_diagonal(flows, 0.0)
    own = flows.sum(axis=0) + flows.sum(axis=1)
    # All of AAA with DDD, and BBB with DDD, passes CCC; AAA with CCC passes BBB by road (17 h) one way.
    with_d = flows[0, 3] + flows[3, 0]
    assert found.through[e["AAA"], e["CCC"]] == pytest.approx(with_d / own[0])
    assert found.through[e["DDD"], e["CCC"]] == pytest.approx(
        (with_d + flows[1, 3] + flows[3, 1]) / own[3]
    )
    assert found.through[e["CCC"], e["CCC"]] == 0.0
    assert found.total == flows.sum()
    by_road = flows[0, 2] + flows[2, 0] + with_d + flows[0, 1] + flows[1, 0]
    assert found.by_border["AAA", "BBB"] == pytest.approx(by_road)


def test_faster_borders_and_roads(small: Network) -> None:
    assert hours(faster_borders(small, 50.0), "a", "b") == 5 + 1.5
    assert hours(at_speed(small, 100.0), "a", "b") == 2 + 3
    assert hours(at_speed(small, 10.0), "a", "b") == 5 + 3  # nobody is slowed down
    for wrong in (-1.0, 101.0):
        with pytest.raises(DataError, match="it is from 0 to 100"):
            faster_borders(small, wrong)
    with pytest.raises(DataError, match="km/h above 0"):
        at_speed(small, 0.0)


def test_market_access_leaves_out_home_and_what_is_not_joined() -> None:
    between = np.array([[0.0, 2.0, np.inf], [4.0, 0.0, 1.0], [np.inf, 1.0, 0.0]])
    assert market_access(between, np.array([1.0, 10.0, 100.0])) == 10 / 2 + 1 / 4 + 100 + 10
    with pytest.raises(DataError, match="zero hours"):
        market_access(np.zeros((2, 2)), np.ones(2))


def test_lengths_are_looked_at_twice(small: Network) -> None:
    assert not in_doubt(small)
    long = changed(small, [LinkChange("b", "d", "road", km=900.0)])
    assert [(link.start, link.end, link.km) for link, _ in in_doubt(long)] == [("b", "d", 900.0)]
    embedded = in_doubt(read_network())
    assert len(embedded) == 20
    assert all(link.mode in ("road", "rail") for link, _ in embedded)


def wrong(**tables: str) -> Any:
    return tables


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (wrong(links=LINKS.replace("a,b,road,200,5,", "a,b,road,200,-5,")),
         "links.csv row 2: hours is -5; it must be zero or more."),
        (wrong(links=LINKS.replace("a,b,road", "a,bb,road")),
         "links.csv row 2: to 'bb' is no node of nodes.csv. Did you mean b"),
        (wrong(links=LINKS.replace("a,b,road", "a,b,boat")), "mode 'boat' is none of road"),
        (wrong(links=LINKS.replace("a,b,road", "a,a,road")), "it joins a with itself"),
        (wrong(links=LINKS + "b,a,road,200,5,10,,,read\n"), "b–a by road stands in links.csv row 2 too"),
        (wrong(links=LINKS.replace("usd_per_tonne", "usd_per_teu").replace("passages", "usd_per_tonne")),
         "usd_per_tonne and usd_per_teu contradict each other"),
        (wrong(links=LINKS.replace(",200,5,10", ",200,,10", 1)), "hours is empty"),
        (wrong(nodes=NODES + "e,Eps,EEE,0,0,1,0\n"), "no link reaches e. Join every node"),
        (wrong(nodes=NODES + "a,Alpha,AAA,10,50,1,0\n"), "node 'a' stands in an earlier row too"),
        (wrong(nodes=NODES.replace("10,50", "190,50")), "lon is 190; it is from -180 to 180"),
        (wrong(nodes=NODES.replace("a,Alpha,AAA", "a,Alpha,A-A")), "economy 'A-A' is no code"),
        (wrong(nodes=NODES.replace(",port", ",weight")), "population and weight both stand there"),
        (wrong(borders=BORDERS.replace("AAA,BBB,,,,3", "AAA,BBB,,,,-3")), "hours is -3"),
        (wrong(borders=BORDERS + "AAA,BBB,,,,1,1,x\n"), "the same border stands in borders.csv row 2 too"),
        (wrong(borders=BORDERS.replace("AAA,BBB,", "AAA,BBB,a")), "name a node, or the economies"),
        (wrong(borders=BORDERS.replace("AAA,BBB", "AAA,XXX")), "economy 'XXX' has no node"),
        (wrong(borders=BORDERS.replace("rail,out", "rail,up")), "direction 'up' is none of"),
        (wrong(borders="hours\n1\n"), "no column node, and no from and to"),
        (wrong(terminals="mode,hours\nrail,-1\n"), "terminals.csv row 2: hours is -1"),
        (wrong(nodes=""), "nodes.csv: the file is missing"),
        (wrong(links=LINKS.partition("\n")[0] + "\n"), "links.csv: no row in it"),
    ],
)  # fmt: skip
def test_a_network_with_a_mistake_is_refused_with_its_row(
    tmp_path: Path, tables: dict[str, str], said: str
) -> None:
    with pytest.raises(DataError) as told:
        read_network(written(tmp_path / "n", **tables))
    assert said in str(told.value)


def test_tables_are_read_in_other_dialects(tmp_path: Path, small: Network) -> None:
    local = LINKS.replace(",", ";").replace(";5;10", ";5,5;10,25", 1)
    found = read_network(written(tmp_path / "n", links=local))
    assert (found.links[0].hours, found.links[0].usd) == (5.5, 10.25)
    assert found.links[1:] == small.links[1:]
    assert read_network(written(tmp_path / "m", borders="")).notes == (
        "There is no borders.csv: crossing a border takes no time here.",
    )
    with pytest.raises(DataError, match=r"neither embedded \(eurasia\) nor a folder"):
        read_network("eurasian")


def test_terms_are_checked(small: Network) -> None:
    for terms in ((1.5, None, ()), (-0.1, None, ()), (0.01, 0.0, ()), (0.01, None, ("boat",))):
        with pytest.raises(DataError):
            Terms(*terms)
    with pytest.raises(DataError, match="neither time nor money counts"):
        graph(small, Terms(0.0, math.inf))
    with pytest.raises(DataError, match="no link is open by air"):
        graph(small, Terms(modes=("air",)))


def test_the_embedded_network_keeps_its_grades_and_joins_all() -> None:
    network = read_network()
    assert (len(network.nodes), len(network.economies)) == (383, 58)
    assert {link.grade for link in network.links} <= {"read", "derived", "general knowledge"}
    assert {row.grade for row in network.borders} == {"read", "derived", "general knowledge"}
    found = graph(network)
    assert not found.layout.uncharted
    assert not found.layout.one_sided
    assert pair_costs(network).reached.all()
    by_sea = Terms(value_of_unit=math.inf, modes=("sea",))
    around = changed(network, [Closure("suez")])
    before, after = (hours(n, "shanghai", "rotterdam", by_sea) for n in (network, around))
    assert 30 < before / 24 < 35
    assert (after - before) / 24 == pytest.approx(7.6, abs=0.05)  # published: ten days more
