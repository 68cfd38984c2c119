"""What `winset route` says: ways, transit, closed borders, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.networks import BORDERS, LINKS, written

import winset as program
from winset.errors import DataError
from winset.network import Terms
from winset.network.graph import graph
from winset.network.reading import read_network
from winset.scenario import Parameters, Scenario, parse
from winset.studies.changed_ways import worth
from winset.studies.network_costs import in_equilibrium, shock_of
from winset.studies.network_questions import asked, place
from winset.studies.route_answers import asked_in_percent, days_of_sectors, view
from winset.studies.routes import journey


def named(*codes: str) -> dict[str, str]:
    """The tables of the small network with economies of the world."""
    from tests.unit.networks import NODES

    said = {"nodes": NODES, "borders": BORDERS}
    for old, new in zip(("AAA", "BBB", "CCC", "DDD"), codes, strict=True):
        said = {name: text.replace(old, new) for name, text in said.items()}
    return said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "small", **named("CHN", "KAZ", "UZB", "RUS"))


def test_the_answer_has_legs_borders_and_grades(winset: Any, folder: Path) -> None:
    said = winset("route", "a", "d", "--network", folder, "--json").json
    assert said["network"]["unit"] == "tonne"
    assert said["terms"]["value_of_day_percent"] == 1.35
    best = said["best"]
    assert best["hours"] == math.fsum(leg["hours"] for leg in best["legs"]) == 75.0
    assert best["usd"] == math.fsum(leg["usd"] for leg in best["legs"]) == 35.0
    assert best["economies"] == ["CHN", "KAZ", "UZB", "RUS"]
    assert [(b["from"], b["to"], b["hours"], b["usd"]) for b in best["borders"]] == [
        ("CHN", "KAZ", 3.0, 1.0),
        ("KAZ", "UZB", 4.0, 2.0),
        ("UZB", "RUS", 0.0, 0.0),
    ]
    assert best["border_hours"] == 7.0
    assert best["grades"]["km"] == {"derived": 300 / 700, "guessed": 200 / 700, "read": 200 / 700}
    for figure in ("hours", "usd", "km"):
        assert sum(best["grades"][figure].values()) == pytest.approx(1.0)
    assert best["ad_valorem_percent"] == pytest.approx(
        100 * math.expm1(0.0135 * 75 / 24 + 35 / 2_500)
    )
    low, high = best["ad_valorem_percent_low"], best["ad_valorem_percent_high"]
    assert low == pytest.approx(100 * math.expm1(0.006 * 75 / 24 + 35 / 2_500))
    assert high == pytest.approx(100 * math.expm1(0.021 * 75 / 24 + 35 / 2_500))
    assert [leg["side"] for leg in best["legs"] if leg["kind"] == "border"] == [
        "CHN→KAZ",
        "KAZ→UZB",
    ]
    assert {way["avoids"] for way in said["alternatives"]} == {"CHN–KAZ"}
    assert said["alternatives"][0]["modes"] == ["rail", "sea"]
    assert any("each is used as it is given: CHN→KAZ 3 h, KAZ→CHN 9 h" in n for n in said["notes"])


def test_the_side_that_is_used_is_said(winset: Any, folder: Path) -> None:
    back = winset("route", "d", "a", "--network", folder, "--mode", "road,sea", "--json").json
    sides = [leg["side"] for leg in back["best"]["legs"] if leg["kind"] == "border"]
    assert sides == ["KAZ→UZB, the only row of this border", "KAZ→CHN"]
    rail = winset("route", "c", "a", "--network", folder, "--mode", "rail", "--json").json
    assert [leg["side"] for leg in rail["best"]["legs"] if leg["kind"] == "border"] == [
        "c out, from the row of in",
        "a in, from the row of out",
    ]


def test_fastest_and_cheapest_are_of_their_own_kind(winset: Any, tmp_path: Path) -> None:
    links = LINKS.replace("a,c,rail,500,6,15", "a,c,rail,500,6,1").replace(
        "sea,300,10,2", "sea,300,1,1"
    )
    place_ = written(tmp_path / "n", links=links, **named("CHN", "KAZ", "UZB", "RUS"))
    said = winset("route", "a", "c", "--network", place_, "--json", "--value", "1000").json
    assert said["fastest"]["hours"] == 17.0
    assert said["cheapest"]["modes"] == ["rail"]
    assert said["cheapest"]["usd"] == 1 + 1 + 1 + 2 + 1
    assert said["fastest"]["usd"] > said["cheapest"]["usd"]
    assert said["best"]["log_cost"] <= min(said[w]["log_cost"] for w in ("fastest", "cheapest"))
    alone = winset("route", "a", "c", "--network", place_, "--json", "--value", "none").json
    assert alone["best"]["hours"] == alone["fastest"]["hours"]
    assert alone["terms"]["value_of_unit_usd"] is None


def test_soft_choice_lists_what_each_link_matters(winset: Any, folder: Path) -> None:
    said = winset("route", "a", "d", "--network", folder, "--theta", "500", "--json").json["soft"]
    assert said["log_cost"] <= said["best_log_cost"]
    shares = {(r["from"], r["to"], r["mode"]): r["derivative"] for r in said["links"]}
    assert shares["c", "d", "sea"] == pytest.approx(1.0, abs=0.05)
    assert shares["a", "b", "road"] + shares["a", "c", "rail"] == pytest.approx(1.0, abs=0.05)


def test_closing_shows_the_way_before(winset: Any, folder: Path) -> None:
    said = winset("route", "a", "d", "--network", folder, "--close", "CHN-KAZ", "--json").json
    assert said["before"]["hours"] == 75.0
    assert said["best"]["modes"] == ["rail", "sea"]
    assert said["changes"]["closed"] == ["CHN-KAZ"]
    printed = winset("route", "a", "d", "--network", folder, "--close", "CHN-KAZ").out
    assert "closed: CHN-KAZ: the best way takes +1.3 days" in " ".join(printed.split())


def test_places_go_by_id_name_and_economy() -> None:
    network = read_network()
    assert place(network, "tashkent").id == "tashkent"
    assert place(network, "TASHKENT").id == "tashkent"
    assert place(network, "UZB").id == "tashkent"
    assert place(network, "Казахстан").id == "almaty"
    with pytest.raises(
        DataError, match=r"no node and no economy of network 'eurasia'\. Did you mean"
    ):
        place(network, "Tashkentt")


def test_the_view_of_a_network(winset: Any, folder: Path) -> None:
    said = winset("route", "--map", "--network", folder, "--json").json
    assert {row["code"] for row in said["economies"]} == {"CHN", "KAZ", "UZB", "RUS"}
    world = program.world()
    at = [world.index[code] for code in ("CHN", "KAZ", "RUS", "UZB")]
    flows = world.flows[np.ix_(at, at)].copy()
    np.fill_diagonal(flows, 0.0)
    rows = {row["code"]: row for row in said["economies"]}
    own = flows[0].sum() + flows[:, 0].sum()
    assert rows["CHN"]["trade_musd"] == pytest.approx(own)
    # All trade of China with Russia goes through Uzbekistan's port, and it is the only sea.
    with_russia = flows[0, 2] + flows[2, 0]
    through = {row["through"]: row["share"] for row in rows["CHN"]["depends_on"]}
    assert through["UZB"] == pytest.approx(with_russia / own)
    others = flows.sum() - flows[3].sum() - flows[:, 3].sum()
    through_uzb = with_russia + flows[1, 2] + flows[2, 1]
    assert rows["UZB"]["centrality"] == pytest.approx(through_uzb / others)
    assert len(said["pairs"]) == 12
    assert said["market_access"]["change_percent"] == 0.0
    faster = winset("route", "--map", "--network", folder, "--speed", "100", "--json").json
    assert faster["market_access"]["change_percent"] > 0.0


def test_a_closed_border_is_the_equilibrium_of_its_pair_costs(winset: Any, folder: Path) -> None:
    line = ("route", "--close", "CHN-KAZ", "--network", folder)
    said = winset(*line, "--json").json
    question = asked(folder, closed=["CHN-KAZ"])
    done = worth(question)
    rows = {row["code"]: row for row in said["economies"]}
    # The same by hand: factors in a file, as `winset run` takes them.
    codes = ("CHN", "KAZ", "UZB", "RUS")
    cells = ["exporter,importer,factor"]
    world = done.result.world
    for i in codes:
        for j in codes:
            if i != j:
                cells.append(f"{i},{j},{float(done.factor[world.index[i], world.index[j]])!r}")
    (folder / "pairs.csv").write_text("\n".join(cells) + "\n", encoding="utf-8")
    raw = {
        "title": "by hand",
        "world": "world-2023-free",
        "on": "2025-01-01",
        "change": [{"kind": "trade-cost", "file": "pairs.csv"}],
    }
    other = program.solve(world, _placed(raw, folder))
    for k, code in enumerate(world.codes):
        assert rows[code]["welfare_percent"] == pytest.approx(
            100 * (float(other.welfare[k]) - 1), abs=1e-10
        )
    assert rows["KAZ"]["welfare_percent"] < 0
    assert rows["KAZ"]["cost_percent"] > 0
    assert rows["USA"]["cost_percent"] == 0.0
    assert {rule["rule"] for rule in said["deficit_rules"]} == {"multiplicative", "balanced"}
    assert "World: −" in winset(*line).out


def _placed(raw: dict[str, Any], folder: Path) -> Scenario:
    from dataclasses import replace

    return replace(parse(raw), folder=folder)


def test_a_day_may_be_worth_more_in_some_sectors(tmp_path: Path) -> None:
    """Every traded sector has its own factor; the others stay as they were."""
    links = LINKS.replace("usd_per_tonne", "usd")
    place_ = written(tmp_path / "n", links=links, **named("CHN", "KAZ", "RUS", "TUR"))
    world = program.world("icio-2022")
    days = tmp_path / "days.csv"
    sector = next(
        s
        for j, s in enumerate(world.sectors)
        if world.technology is None or world.technology.traded[j]
    )
    days.write_text(f"sector,percent\n{sector},2.1\n", encoding="utf-8")
    question = asked_in_percent(place_, value="none", day=1.0, closed=["CHN-KAZ"])
    from winset.network.graph import lay_out
    from winset.studies.network_costs import factors_between

    found = factors_between(
        lay_out(question.base),
        lay_out(question.network),
        world,
        question.terms,
        days_of_sectors(days),
    )
    i, j = world.index["CHN"], world.index["KAZ"]
    own, usual = (
        world.sector(sector),
        next(
            k
            for k in range(len(world.sectors))
            if k != world.sector(sector) and found[k, i, j] != 1.0
        ),
    )
    assert math.log(found[own, i, j]) == pytest.approx(2.1 * math.log(found[usual, i, j]))
    untraded = (
        np.ones(len(world.sectors), bool) if world.technology is None else world.technology.traded
    )
    assert (found[~untraded] == 1.0).all()
    with pytest.raises(DataError, match="has no sectors"):
        worth(question, by_sector={"x": 0.01})
    days.write_text("sector,percent\na,-1\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 2: percent is '-1'"):
        days_of_sectors(days)


def test_factors_of_one_are_no_change() -> None:
    world = program.world()
    factor = np.ones((len(world), len(world)))
    assert shock_of(world, factor).changes_nothing(world)
    same = in_equilibrium(world, factor, title="nothing", parameters=Parameters())
    assert np.abs(same.welfare - 1.0).max() < 1e-12


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "name FROM and TO, or --map, or what is closed"),
        ("Tashkent", "name both ends, FROM and TO"),
        ("Tashkent Tashkent", "to itself is no route"),
        ("Tashkent Karachi --map", "FROM and TO, or --map"),
        ("Tashkent Nowhereville", "is no node and no economy"),
        ("Tashkent Karachi --mode boat", "mode 'boat' is none of"),
        ("Tashkent Tokyo --mode road", "nothing leads from tashkent to"),
        ("Tashkent Karachi --day -1", "0 to 50 percent"),
        ("Tashkent Karachi --value 0", "it is USD above 0, or none"),
        ("Tashkent Karachi --theta 1", "is too small for this network"),
        ("Tashkent Karachi --faster-borders 120", "it is from 0 to 100"),
        ("Tashkent Karachi --network nowhere", "neither embedded (eurasia) nor a folder"),
        ("--close KAZ-UZC", "Did you mean 'UZB'"),
        ("--close CHN-PRT", "not of the network"),
        ("--close KAZ-UZB --theta 400", "soft choice is of a way"),
        ("--open tomorrow", "There are planned, under construction"),
        ("--map --days-by-sector x.csv", "without --map"),
        ("--speed -3 --map", "km/h above 0"),
    ],
)
def test_what_is_refused(winset: Any, line: str, said: str) -> None:
    done = winset("route", *line.split(), "--json")
    assert (done.code, done.out) == (2, ""), done.out[:200]
    assert said in done.err


@pytest.mark.parametrize(
    ("line", "drawn"), [("a d", "--report"), ("--map", "--chart"), ("--close CHN-KAZ", "--chart")]
)
def test_pages_charts_and_books_are_written(
    winset: Any, folder: Path, tmp_path: Path, line: str, drawn: str
) -> None:
    picture = tmp_path / ("it.html" if drawn == "--report" else "it.svg")
    done = winset(
        "route", *line.split(), "--network", folder, drawn, picture, "--out", tmp_path / "it.json", "--json"
    )  # fmt: skip
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "it.json").read_text(encoding="utf-8")) == done.json
    text = picture.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "NaN" not in text
    assert ("Alpha – Beta" in text) == (line != "--close CHN-KAZ")


def test_the_embedded_ways_are_near_published_times() -> None:
    """Days from terminal to terminal that were published."""
    question = asked(terms=Terms(value_of_unit=math.inf))
    for start, end, modes, published, off in (
        ("xian", "almaty", "rail", 9.0, 0.15),
        ("beijing", "moscow", "rail", 14.0, 0.15),
        ("khorgos_cn", "duisburg", "rail", 18.0, 0.15),
        ("islamabad", "ankara", "rail", 12.9, 0.15),
        ("altynkol", "baku", "rail,sea", 9.0, 0.15),
        ("altynkol", "poti", "rail,sea", 12.0, 0.25),
        ("mumbai", "moscow", "rail,sea", 21.0, 0.15),
        ("chengdu", "malaszewicze", "rail", 13.0, 0.4),
    ):
        by = Terms(value_of_unit=math.inf, modes=tuple(modes.split(",")))
        asked_by = type(question)(question.base, question.network, by)
        days = journey(asked_by, start, end, alternatives=0).best.hours / 24.0
        assert abs(days / published - 1.0) < off, (start, end, days)


def test_the_order_of_magnitude_is_that_of_the_belt_and_road_studies() -> None:
    """De Soyres et al.: time −1.7 to −3.2 %, costs −1.5 to −2.8 %, GDP up to +3.4 %, for more projects."""
    done = worth(asked(opened_status="all", faster=50.0))
    figures = done.figures
    assert -10.0 < figures["time_percent"] < -1.0  # type: ignore[operator]
    assert -3.0 < figures["cost_percent"] < -0.2  # type: ignore[operator]
    most = 100.0 * (float(done.result.welfare.max()) - 1.0)
    assert 0.5 < most < 3.4
    assert done.result.codes[int(done.result.welfare.argmax())] == "KGZ"


def test_transit_in_the_embedded_network() -> None:
    done = view(asked())
    through = dict(done.depends(done.transit.economies.index("UZB")))
    assert through["KAZ"] > 0.5
    assert done.grades["read"] < 0.05  # hardly anything of it was read: it is said so
    assert not graph(done.question.network).layout.uncharted
