"""Agreements and sanctions as kinds of change: what becomes of each rate and cost."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

import winset
from winset.errors import DataError
from winset.scenario import parse
from winset.scenario.agreements import PROHIBITIVE
from winset.trade.coalitions.problem import prepare
from winset.worlds import World

WORLD = winset.world("world-2023")
RATES = WORLD.tariffs
ON = "2025-09-01"


def laid(*changes: dict[str, Any], world: World = WORLD, **more: Any) -> Any:
    scenario = parse({"on": ON, "change": list(changes)} | more)
    return scenario.resolve(world)


def at(*codes: str) -> np.ndarray[Any, Any]:
    return np.array([WORLD.index[code] for code in codes])


def test_a_free_trade_area_has_no_tariffs_inside_and_leaves_those_on_others() -> None:
    members = at("ARM", "BLR", "KAZ", "KGZ", "RUS", "IRN")
    found = laid({"kind": "free-trade-area", "among": ["EAEU", "IRN"]})
    inside = np.zeros(RATES.shape, dtype=bool)
    inside[np.ix_(members, members)] = True
    assert not found.tariff[inside].any()
    np.testing.assert_array_equal(found.tariff[~inside], RATES[~inside])
    assert (found.cost == 1).all()
    assert set(found.members) == {"ARM", "BLR", "KAZ", "KGZ", "RUS", "IRN"}


def test_a_customs_union_has_one_rate_on_each_outsider_weighted_by_imports() -> None:
    kaz, uzb, chn = at("KAZ", "UZB", "CHN")
    found = laid({"kind": "customs-union", "among": ["KAZ", "UZB"]}).tariff
    bought = WORLD.flows[chn, [kaz, uzb]]
    mean = bought @ RATES[chn, [kaz, uzb]] / bought.sum()
    assert found[chn, kaz] == pytest.approx(mean, rel=1e-12)
    assert found[chn, uzb] == found[chn, kaz]
    assert found[kaz, uzb] == found[uzb, kaz] == 0
    np.testing.assert_array_equal(found[:, chn], RATES[:, chn])
    revenue = (WORLD.flows * RATES)[:, [kaz, uzb]].sum() - (WORLD.flows * RATES)[kaz, uzb]
    revenue -= (WORLD.flows * RATES)[uzb, kaz]
    kept = (WORLD.flows * found)[:, [kaz, uzb]].sum()
    assert kept == pytest.approx(revenue, rel=1e-12)


def test_a_customs_union_may_state_its_rate() -> None:
    kaz, uzb, chn = at("KAZ", "UZB", "CHN")
    found = laid({"kind": "customs-union", "among": ["KAZ", "UZB"], "external": 0.05}).tariff
    assert found[chn, kaz] == found[chn, uzb] == 0.05
    assert found[kaz, kaz] == 0


def test_who_accedes_to_a_union_takes_its_rates_and_has_none_with_it() -> None:
    members, uzb, deu = (
        at("ARM", "BLR", "KAZ", "KGZ", "RUS"),
        WORLD.index["UZB"],
        WORLD.index["DEU"],
    )
    found = laid({"kind": "accession", "newcomers": "UZB", "to": "EAEU"})
    bought = WORLD.flows[deu, members]
    common = bought @ RATES[deu, members] / bought.sum()
    assert found.tariff[deu, uzb] == pytest.approx(common, rel=1e-12)
    assert not found.tariff[members, uzb].any()
    assert not found.tariff[uzb, members].any()
    np.testing.assert_array_equal(found.tariff[deu, members], RATES[deu, members])
    np.testing.assert_array_equal(found.tariff[uzb, deu], RATES[uzb, deu])
    assert "UZB" in found.members


def test_who_accedes_to_the_wto_cuts_for_all_and_is_asked_no_more_than_mfn() -> None:
    uzb = WORLD.index["UZB"]
    cut = laid({"kind": "accession", "newcomers": "UZB", "to": "WTO", "percent": -80}).tariff
    np.testing.assert_allclose(cut[:, uzb], 0.2 * RATES[:, uzb], rtol=1e-12)
    assert (cut[uzb] <= WORLD.mfn[0][uzb] + 1e-15).all()
    bound = laid({"kind": "accession", "newcomers": "UZB", "to": "WTO", "bound": 0.02}).tariff
    assert bound[:, uzb].max() == 0.02
    others = np.arange(len(WORLD)) != uzb
    np.testing.assert_array_equal(bound[others][:, others], RATES[others][:, others])


@pytest.mark.parametrize(
    ("trade", "forth", "back"), [("both", 1.5, 1.5), ("exports", 1.5, 1.0), ("imports", 1.0, 1.5)]
)
def test_sanctions_make_trade_dearer_in_the_direction_named(
    trade: str, forth: float, back: float
) -> None:
    usa, rus, chn = at("USA", "RUS", "CHN")
    found = laid(
        {"kind": "sanctions", "senders": "USA", "targets": "RUS", "percent": 50, "trade": trade}
    )
    assert (found.cost[usa, rus], found.cost[rus, usa]) == (forth, back)
    assert found.cost[chn, rus] == 1
    np.testing.assert_array_equal(found.tariff, RATES)


def test_what_is_prohibited_is_not_traded() -> None:
    change = {"kind": "sanctions", "senders": "EU", "targets": "RUS", "prohibitive": True}
    scenario = parse({"on": ON, "world": "world-2023", "change": [change]})
    result = winset.solve(WORLD, scenario)
    rus, deu = WORLD.index["RUS"], WORLD.index["DEU"]
    assert result.shock.cost[deu, rus] == PROHIBITIVE
    assert WORLD.flows[deu, rus] > 1000
    assert result.new_flows[deu, rus] < 1e-6
    assert result.welfare[rus] < 1


def test_a_sector_named_is_the_only_one_that_changes() -> None:
    world = winset.world("icio-2022")
    found = laid({"kind": "free-trade-area", "among": ["RUS", "CHN"], "sector": "C29"}, world=world)
    j = world.sector("C29")
    moved = found.tariff != world.tariff
    assert moved[j].any()
    assert not np.delete(moved, j, axis=0).any()


def test_an_agreement_comes_in_by_stages() -> None:
    change = {"kind": "free-trade-area", "among": ["EAEU", "IRN"], "phase": [2026, 2029]}
    irn, kaz = WORLD.index["IRN"], WORLD.index["KAZ"]
    half = laid(change, year=2027).tariff
    assert half[kaz, irn] == pytest.approx(RATES[kaz, irn] / 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "free-trade-area", "among": "KAZ"}, "is one economy; it takes two"),
        ({"kind": "accession", "newcomers": "KAZ", "to": "EAEU"}, "KAZ is in 'EAEU' already"),
        ({"kind": "accession", "newcomers": "UZB", "to": "EAEU", "bound": 0.1}, "Drop bound"),
        ({"kind": "accession", "newcomers": "UZB", "to": "WTO"}, "percent .a cut, −80. or bound"),
        ({"kind": "sanctions", "senders": "USA", "targets": "RUS"}, "give percent or prohibitive"),
        (
            {
                "kind": "sanctions",
                "senders": "USA",
                "targets": "RUS",
                "percent": 5,
                "prohibitive": True,
            },
            "found both",
        ),
        (
            {"kind": "sanctions", "senders": "USA", "targets": "USA", "percent": 5},
            "USA is on both sides",
        ),
        ({"kind": "free-trade-area", "among": "EAEU", "sectors": []}, "sectors is empty"),
        (
            {"kind": "free-trade-area", "among": "EAEU", "phase": [2029, 2026]},
            "ends before it begins",
        ),
        ({"kind": "free-trade-area", "among": "EAEU", "rate": 0}, "unknown key 'rate'"),
        ({"kind": "free-trade"}, "unknown kind 'free-trade'.*free-trade-area"),
    ],
)
def test_what_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        laid(change)


def test_the_game_of_all_coalitions_takes_free_trade_areas_but_no_unions() -> None:
    def game(change: dict[str, Any]) -> Any:
        scenario = parse({"on": ON, "world": "world-2023", "change": [change]})
        return prepare(WORLD, scenario, ["KAZ", "UZB", "CHN"])

    assert game({"kind": "free-trade-area", "among": ["KAZ", "UZB", "CHN"]}).tariff.max() == 0
    with pytest.raises(DataError, match="a customs union changes tariffs on outsiders"):
        game({"kind": "customs-union", "among": ["KAZ", "UZB", "CHN"]})


def test_a_scenario_without_a_world_is_laid_on_the_one_with_tariffs_if_it_changes_any() -> None:
    area = {"kind": "free-trade-area", "among": "EAEU"}
    cost = {"kind": "trade-cost", "among": "EAEU", "percent": -1}
    assert parse({"on": ON, "change": [cost, area]}).world == "world-2023"
    assert parse({"on": ON, "change": [cost]}).world == "world-2023-free"


@pytest.mark.parametrize(
    ("name", "gains", "percent"),
    [
        ("uzbekistan-wto", "UZB", -0.23),
        ("eaeu-iran", "IRN", -0.011),
        ("china-ldc-zero", "LAO", 0.14),
        ("turkey-eu-upgrade", "TUR", 0.19),
        ("instc", "RUS", 0.08),
        ("middle-corridor", "AZE", 1.88),
        ("sanctions-2022", "RUS", -0.98),
    ],
)
def test_bundled_scenarios_give_what_the_documents_say(
    name: str, gains: str, percent: float
) -> None:
    scenario = winset.Scenario.from_toml(name)
    assert scenario.world == "world-2023"
    result = winset.solve(WORLD, scenario)
    assert 100 * (result.welfare[WORLD.index[gains]] - 1) == pytest.approx(percent, abs=0.006)


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("uzbekistan-wto", {"UZB": -0.09}),
        ("eaeu-iran", {"IRN": -0.07, "ARM": 0.10, "RUS": 0.02}),
        ("turkey-eu-upgrade", {"TUR": 0.30}),
        ("instc", {"AZE": 0.13, "KAZ": 0.10, "IND": 0.04}),
        ("middle-corridor", {"AZE": 3.38, "KAZ": 1.53, "GEO": 1.38, "NOR": -0.11}),
        ("sanctions-2022", {"RUS": -3.30, "SVK": -1.15, "NOR": 0.64}),
    ],
)
def test_bundled_scenarios_with_industries(name: str, percent: dict[str, float]) -> None:
    scenario = winset.Scenario.from_toml(name).with_override("world", "world-2022-sectors")
    data = winset.world("world-2022-sectors")
    result = winset.solve(data, scenario)
    found = {code: 100 * (result.welfare[data.index[code]] - 1) for code in percent}
    assert found == pytest.approx(percent, abs=0.006)


def test_least_developed_countries_by_code_and_by_bloc_with_industries() -> None:
    data = winset.world("world-2022-sectors")
    bundled = winset.Scenario.from_toml("china-ldc-zero")
    with pytest.raises(DataError, match="'BDI' is neither a bloc nor an economy"):
        replace(bundled, absent="refused").resolve(data)
    found = bundled.resolve(data)
    named = cast("winset.scenario.Tariff", bundled.changes[0]).exporters
    assert isinstance(named, list)
    assert {*found.absent, *found.members} == {*named, "CHN"}
    assert set(found.absent).isdisjoint(data.codes)
    free = {"kind": "tariff", "exporters": "LDC", "importers": "CHN", "rate": 0}
    for scenario in (bundled, parse({"on": ON, "change": [free]})):
        result = winset.solve(data, scenario)
        for code, gain in {"COD": 0.18, "LAO": 0.14}.items():
            assert 100 * (result.welfare[data.index[code]] - 1) == pytest.approx(gain, abs=0.006)


def test_codes_that_may_be_absent_are_those_of_economies_and_somebody_must_be_there() -> None:
    change = {"kind": "tariff", "exporters": ["LAO", "XQZ"], "importers": "CHN", "rate": 0}
    with pytest.raises(DataError, match="'XQZ' is neither a bloc nor an economy"):
        parse({"on": ON, "absent": "left-out", "change": [change]}).resolve(WORLD)
    alone = change | {"exporters": ["STP"]}
    with pytest.raises(DataError, match="names no economy of world 'world-2023'"):
        parse({"on": ON, "absent": "left-out", "change": [alone]}).resolve(WORLD)
    with pytest.raises(DataError, match="absent"):
        parse({"on": ON, "absent": "ignored", "change": [change]})
    kept = parse(
        {"on": ON, "absent": "left-out", "change": [change | {"exporters": ["LAO", "STP"]}]}
    )
    assert parse(tomllib.loads(kept.to_toml())).absent == "left-out"
    assert kept.resolve(WORLD).absent == ("STP",)
    assert "refused" not in parse({"on": ON, "change": [change]}).to_toml()


def test_a_quota_is_met_by_the_tariff_that_is_found() -> None:
    change = {"kind": "quota", "exporters": "CHN", "importers": "KAZ", "percent": -30}
    scenario = parse({"on": ON, "change": [change]})
    assert scenario.world == "world-2023"
    result = winset.solve(WORLD, scenario)
    chn, kaz = WORLD.index["CHN"], WORLD.index["KAZ"]
    assert result.new_flows[chn, kaz] == pytest.approx(0.7 * WORLD.flows[chn, kaz], rel=1e-9)
    (answer,) = result.answers
    assert answer.how == "quota"
    assert answer.rates["KAZ"] == pytest.approx(result.shock.tariff[chn, kaz])
    assert answer.rates["KAZ"] > RATES[chn, kaz] + 0.03
    written = {
        "kind": "tariff",
        "exporters": "CHN",
        "importers": ["KAZ"],
        "rate": answer.rates["KAZ"],
    }
    same = winset.solve(WORLD, parse({"on": ON, "change": [written]}))
    np.testing.assert_allclose(same.welfare, result.welfare, rtol=1e-9)


def test_a_quota_that_does_not_bind_changes_nothing() -> None:
    change = {"kind": "quota", "exporters": "CHN", "importers": "KAZ", "limit_musd": 1e6}
    result = winset.solve(WORLD, parse({"on": ON, "change": [change]}))
    np.testing.assert_array_equal(result.shock.tariff, RATES)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "give percent or limit_musd .found none"),
        ({"percent": -5, "limit_musd": 3}, "found both"),
        ({"percent": -5, "exporters": "KAZ"}, "KAZ is on both sides"),
    ],
)
def test_quotas_that_are_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        laid({"kind": "quota", "exporters": "CHN", "importers": "KAZ"} | more)


def test_one_quota_at_a_time_is_found() -> None:
    quota = {"kind": "quota", "exporters": "CHN", "importers": "KAZ", "percent": -5}
    with pytest.raises(DataError, match="changes 1, 2 are quotas"):
        winset.solve(WORLD, parse({"on": ON, "change": [quota, quota | {"importers": "UZB"}]}))
