"""On whom one depends: published shares, closed forms, and stops in both directions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from tests.properties.worlds import build

from winset.environment import dependence
from winset.errors import DataError
from winset.studies.dependence import CAVEAT, depend, stopped

ON = dt.date(2025, 9, 1)


def test_concentration_is_the_sum_of_squared_shares() -> None:
    made = dependence.market({"CHN": 6.0, "USA": 3.0, "KAZ": 1.0, "MMR": 0.0})
    assert made.total == 10.0
    assert list(made.shares) == ["CHN", "USA", "KAZ"]
    assert made.hhi == pytest.approx(0.46, rel=1e-15)
    known = dependence.governed()
    weighted = 0.36 * known["CHN"] + 0.09 * known["USA"] + 0.01 * known["KAZ"]
    assert made.risk == pytest.approx(weighted, rel=1e-14)
    assert dependence.market({"A": 1.0}).hhi == 1.0
    assert dependence.market(dict.fromkeys("ABCD", 1.0)).hhi == 0.25
    nothing = dependence.market({"A": 0.0})
    assert (nothing.hhi, nothing.risk, nothing.largest) == (None, None, None)
    with pytest.raises(DataError, match="supply of A is -1"):
        dependence.market({"A": -1.0})


def test_governance_is_between_none_and_all() -> None:
    known = dependence.governed()
    assert all(0.0 <= g <= 1.0 for g in known.values())
    assert known["DNK"] < known["KAZ"] < known["SOM"]


#: Share of the largest, percent, and how far a source of another method may be from it.
PUBLISHED = {
    # World Nuclear Association, World Uranium Mining Production, 2022: 21,227 of 49,355 tonnes of uranium.
    "Uranium (U3O8)": ("KAZ", 43.0, 2.5),
    # U.S. Geological Survey, Mineral Commodity Summaries, as rounded in the README of the data.
    "Cobalt": ("COD", 70.0, 2.0),
    "Rare Earths (REO)": ("CHN", 70.0, 2.0),
    "Gallium": ("CHN", 98.0, 1.0),
}


@pytest.mark.parametrize("mineral", PUBLISHED)
def test_shares_of_minerals_are_those_published(winset: Any, mineral: str) -> None:
    said = winset("depend", "KAZ", "--partners", "0", "--on", "2025-09-01", "--json").json
    (found,) = [m for m in said["minerals"] if m["mineral"] == mineral]
    who, share, apart = PUBLISHED[mineral]
    assert found["largest"] == who
    assert found["largest_percent"] == pytest.approx(share, abs=apart)
    squares = sum((s["share_percent"] / 100) ** 2 for s in found["suppliers"])
    assert squares <= found["hhi"] <= squares + found["suppliers"][-1]["share_percent"] / 100
    assert len(said["minerals"]) == 65
    assert said["caveat"] == CAVEAT


#: Tonnes of uranium of 2022 by the World Nuclear Association (World Uranium Mining Production, August 2023).
MINED = {
    "KAZ": 21227, "CAN": 7351, "NAM": 5613, "AUS": 4553, "UZB": 3300, "RUS": 2508, "NER": 2020, "CHN": 1700,
    "IND": 600, "ZAF": 200, "UKR": 100, "USA": 75, "PAK": 45, "BRA": 43, "IRN": 20,
}  # fmt: skip


def test_concentration_is_that_of_published_tables() -> None:
    published = dependence.market({code: float(x) for code, x in MINED.items()})
    assert published.total == 49_355  # as its table sums
    assert published.hhi == pytest.approx(0.2387, abs=5e-5)
    made = {m.name.split(" ")[0]: m for m in dependence.materials()}
    assert dependence.market(made["Uranium"].in_year(2022)).hhi == pytest.approx(0.2387, abs=0.01)
    # 8,413 of 10,000 by the World Mining Congress as told by Visual Capitalist (2019), of an earlier year.
    assert dependence.market(made["Niobium"].in_year(2018)).hhi == pytest.approx(0.8413, abs=0.01)


def test_kazakh_uranium_is_the_published_tonnage() -> None:
    (uranium,) = [m for m in dependence.materials() if m.name.startswith("Uranium")]
    of_metal = 0.848  # uranium in U3O8
    assert uranium.in_year(2022)["KAZ"] * of_metal == pytest.approx(21_227, abs=2)


def test_who_makes_all_by_itself_depends_on_nobody() -> None:
    for material in dependence.materials():
        made = material.in_year(2022)
        outside = dependence.outside(made, set(made))
        assert outside.largest is None
        assert outside.total == 0.0


def world(seed: int = 1) -> Any:
    generator = np.random.default_rng(seed)
    flows = generator.uniform(50, 400, (5, 5))
    np.fill_diagonal(flows, 3000.0)
    flows[0, 1] = 0.0
    return build(flows, codes=["AAA", "BBB", "CCC", "DDD", "EEE"])


def test_a_supplier_that_supplies_nobody_costs_nothing_when_it_stops() -> None:
    none = stopped(world(), ("AAA",), ("BBB",))
    assert (none.sellers_musd, none.buyers_musd) == (0.0, 0.0)
    some = stopped(world(), ("BBB",), ("AAA",))
    assert some.sellers_musd < 0
    assert some.buyers_musd < 0


def test_a_stop_is_the_same_seen_from_either_side() -> None:
    kaz = depend("KAZ", on=ON, stop="UZB", world="world-2023-free").partners[0]
    uzb = depend("UZB", on=ON, stop="KAZ", world="world-2023-free").partners[0]
    assert kaz.by_them == uzb.by_us
    assert kaz.by_us == uzb.by_them
    assert (kaz.bought, kaz.sold) == (uzb.sold, uzb.bought)


def test_a_stop_costs_more_where_nobody_can_be_replaced() -> None:
    found = [stopped(world(), ("CCC",), ("DDD",), theta).buyers_musd for theta in (1.0, 4.0, 8.0)]
    assert found[0] < found[1] < found[2] < 0


def test_a_stop_is_a_prohibitive_cost() -> None:
    """All but for what a cost of a thousand leaves, it is what sanctions do."""
    import winset

    data = world()
    scenario = winset.Scenario(
        title="x",
        changes=(
            winset.scenario.Sanctions(
                kind="sanctions", senders="CCC", targets="DDD", trade="exports", prohibitive=True
            ),
        ),
        on=ON,
    )
    result = winset.solve(data, scenario)
    done = stopped(data, ("CCC",), ("DDD",))
    assert done.buyers_musd == pytest.approx(result.equivalent_variation[3], rel=1e-8)
    assert done.sellers_musd == pytest.approx(result.equivalent_variation[2], rel=1e-8)


def test_goods_are_those_of_the_world() -> None:
    done = depend("SCO", on=ON, top=0)
    data = done.world
    rows = [data.index[c] for c in done.inside]
    others = [k for k in range(len(data)) if k not in rows]
    for seen in done.goods:
        j = data.sectors.index(seen.sector)
        assert seen.imported == pytest.approx(data.trade[j][np.ix_(others, rows)].sum(), rel=1e-12)
        assert seen.use == pytest.approx(data.trade[j][:, rows].sum(), rel=1e-12)
        assert 0 <= seen.exposure <= seen.share <= 1
    assert [g.exposure for g in done.goods] == sorted(
        (g.exposure for g in done.goods), reverse=True
    )


def test_one_sector_alone_can_stop() -> None:
    whole = depend("KAZ", on=ON, stop="RUS").partners[0]
    oil = depend("KAZ", on=ON, stop="RUS", sector="C19").partners[0]
    assert whole.by_them["long"].buyers_musd < oil.by_them["long"].buyers_musd < 0
    assert 0 < oil.bought < whole.bought


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["XYZ"], "'XYZ' is neither a bloc nor the code of an economy"),
        (["KAZ", "--stop", "KAZ"], "KAZ is a member of KAZ"),
        (["KAZ", "--short", "0"], "a trade elasticity is above 0"),
        (["KAZ", "--sector", "Z9"], "sector 'Z9' is not in world"),
        (["VAT", "--on", "2025-09-01"], "nobody of it is an economy of world"),
        (["KAZ", "--world", "nowhere"], "is neither embedded"),
    ],
)
def test_what_is_wrong_is_said(winset: Any, words: list[str], said: str) -> None:
    done = winset("depend", *words, "--partners", "1")
    assert (done.code, done.out) == (2, "")
    assert said in done.err, done.err


def test_what_is_printed_has_the_caveat_and_both_directions(winset: Any) -> None:
    text = " ".join(winset("depend", "KAZ", "--stop", "RUS", "--top", "3").out.split())
    assert "one in five dependent products is not so a year later" in text
    assert "they stop: we" in text
    assert "we stop: we" in text
    assert (
        "Of the 32 minerals concentrated in 2021 (HHI above 0.25), 1 was no longer so in 2022."
        in text
    )
