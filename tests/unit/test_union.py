"""Customs unions: duties on the whole, and the tariff that harms nobody outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.properties.worlds import build

import winset as library
from winset.errors import DataError, InfeasibleError
from winset.scenario import Parameters
from winset.trade.policy import customs_union, harmless_tariff
from winset.trade.policy.customs_union import form_union


@pytest.mark.parametrize(
    "arguments",
    [
        ["SCO"],
        ["SCO", "--instruments", "partner-sector"],
        ["Mercosur"],
        ["EU,TUR,UKR"],
        ["eu-2004", "--keep", "40"],
        ["sco-2025", "--keep", "60"],
    ],
)
def test_kemp_and_wan(winset: Any, arguments: list[str]) -> None:
    """Every outsider is where it was, to 1e-9 of its welfare, and every member better off."""
    said = winset("union", *arguments, "--nobody-harmed", "--json")
    assert said.code == 0, said.err
    found = said.json["harmless"]
    assert all(abs(o["welfare_percent"]) < 1e-7 for o in found["outsiders"])
    assert found["members_musd"] > 0
    gains = [m["welfare_percent"] for m in found["members"]]
    assert np.ptp(gains) < 1e-7
    assert gains[0] == pytest.approx(found["gain_percent"], rel=1e-9)
    assert gains[0] > 0
    paid = [m["transfer_musd"] for m in found["members"]]
    assert abs(sum(paid)) < 1e-6 * sum(abs(x) for x in paid)
    assert any(abs(o["welfare_percent"]) > 1e-3 for o in said.json["outsiders"])


@pytest.fixture(scope="module")
def small() -> library.World:
    flows = np.array(
        [
            [90.0, 12.0, 6.0, 5.0],
            [10.0, 60.0, 7.0, 3.0],
            [8.0, 5.0, 80.0, 9.0],
            [4.0, 6.0, 8.0, 50.0],
        ]
    )
    tariff = np.array(
        [
            [0.0, 0.20, 0.05, 0.08],
            [0.10, 0.0, 0.07, 0.02],
            [0.15, 0.25, 0.0, 0.03],
            [0.12, 0.10, 0.06, 0.0],
        ]
    )
    return build(flows, tariff)


def test_a_customs_union_keeps_duties_on_the_whole_and_a_free_trade_area_its_own(
    small: library.World,
) -> None:
    done = form_union(small, Parameters(), ["C00", "C01"])
    duties = done.plain.duties
    assert duties.after_whole == pytest.approx(duties.before_whole, rel=1e-12)
    assert done.plain.tariff[0, 0, 1] == done.plain.tariff[0, 1, 0] == 0.0
    assert np.ptp(done.plain.tariff[0, 2:, :2]) == 0.0
    assert np.array_equal(done.plain.tariff[0][:, 2:], small.tariffs[:, 2:])
    area = form_union(small, Parameters(), ["C00", "C01"], form="free-trade-area")
    assert np.array_equal(area.plain.tariff[0, 2:, :2], small.tariffs[2:, :2])


def test_the_union_is_what_run_says_of_the_same_tariffs(small: library.World) -> None:
    from winset.scenario import Scenario, Tariff

    area = form_union(small, Parameters(), ["C00", "C01"], form="free-trade-area")
    change = Tariff(kind="tariff", among=["C00", "C01"], rate=0.0)
    run = library.solve(small, Scenario("", (change,)))
    np.testing.assert_allclose(area.plain.welfare, run.welfare, rtol=1e-10)


@pytest.mark.parametrize("level", ["partner", "partner-sector"])
def test_the_harmless_tariff_is_an_equilibrium_with_its_transfers(
    small: library.World, level: Any
) -> None:
    """Solved again from nothing but the tariffs and the transfers."""
    from dataclasses import replace

    from winset.trade.models.many_sectors.solve import MODEL, variations
    from winset.trade.models.model import Shift, find

    done = form_union(small, Parameters(), ["C00", "C01"], harmless=True, level=level)
    found = done.harmless
    assert found is not None
    base = replace(done.calibrated.base, deficit=done.calibrated.base.deficit + found.transfer)
    one = np.ones_like(found.tariff)
    root = find(MODEL, base, Shift(one, found.tariff, np.ones(4)), small, "again")
    welfare, _ = variations(done.calibrated.base, done.calibrated.initial, root.state)
    np.testing.assert_allclose(welfare, found.welfare, rtol=1e-11)
    np.testing.assert_allclose(welfare[2:], 1.0, atol=1e-10)
    assert welfare[0] == pytest.approx(welfare[1], rel=1e-10)
    assert np.ptp(found.tariff[0, 2, :2]) == pytest.approx(0.0, abs=1e-15)


def test_the_jacobian_of_the_system_is_exact(small: library.World) -> None:
    settings = Parameters(labor_supply_elasticity=0.4)
    done = form_union(small, settings, ["C00", "C01"])
    base = done.calibrated.base
    system = harmless_tariff.System(
        small, done.calibrated, np.ones_like(base.tariff), np.ones(4), done.plain.tariff,
        harmless_tariff.levers_of(small, done.plain.tariff, base.share, done.inside, "partner-sector"),
        done.inside,
    )  # fmt: skip
    v = np.array([0.02, -0.03, 0.01, -0.02, 0.004])
    _, state = system.residual(v, done.plain.state)
    assert state is not None
    exact = system.slope(v, state)
    for k in range(len(v)):
        ends = []
        for step in (1e-5, -1e-5):
            moved = v.copy()
            moved[k] += step
            ends.append(system.residual(moved, state)[0])
        np.testing.assert_allclose(exact[:, k], (ends[0] - ends[1]) / 2e-5, atol=1e-7)


def test_the_same_cut_given_to_all(small: library.World) -> None:
    from winset.scenario import Scenario, Tariff

    done = form_union(small, Parameters(), ["C00", "C01"], to_all=True)
    change = Tariff(kind="tariff", exporters="all", importers=["C00", "C01"], rate=0.0)
    run = library.solve(small, Scenario("", (change,)))
    assert done.to_all is not None
    np.testing.assert_allclose(done.to_all.welfare, run.welfare, rtol=1e-10)
    said = done.to_json()
    assert said["to_all"]["members_musd"] == pytest.approx(run.equivalent_variation[:2].sum())
    assert said["harmless"] is None


def test_bounds_that_leave_no_solution_are_named(winset: Any) -> None:
    said = winset("union", "SCO", "--harmless", "--most", "5", "--keep", "8")
    assert (said.code, said.out) == (2, "")
    assert "no external tariff within bounds leaves every outsider as well off: for " in said.err
    assert "above the bound of 5 percent" in said.err


def test_an_outsider_that_sells_nothing_to_the_union_is_named(small: library.World) -> None:
    from dataclasses import replace

    trade = np.array(small.trade)
    trade[0, 3, :2] = 0.0
    with pytest.raises(InfeasibleError, match="C03 sells nothing to the union"):
        form_union(replace(small, trade=trade), Parameters(), ["C00", "C01"], harmless=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["SCX"], "'SCX' is neither a bloc nor an economy"),
        (["BRA"], "among = ['BRA'] is one economy"),
        (["liberation-day"], "a union needs two members or more"),
        (
            ["SCO", "--instruments", "sector"],
            "--instruments sector: it is partner or partner-sector",
        ),
        (["SCO", "--least", "10", "--most", "5"], "least below most"),
        (["SCO", "--harmless", "--free-trade", "--instruments", "partner"], "no common tariff"),
        (["SCO", "--elasticities", "XY"], "the world has no such set"),
        (["sco-2025", "--elasticities", "IS"], "has no sets of elasticities"),
        (["SCO", "--world", "nowhere"], "neither embedded"),
    ],
)
def test_what_is_refused(winset: Any, arguments: list[str], message: str) -> None:
    said = winset("union", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_everybody_inside_is_no_union(small: library.World) -> None:
    with pytest.raises(DataError, match="nobody is outside"):
        form_union(small, Parameters(), list(small.codes))


def test_union_in_a_table(winset: Any) -> None:
    said = winset("union", "SCO", "--harmless", "--top", "3", "--keep", "8")
    assert said.code == 0, said.err
    assert "duties on the whole are" in said.out
    assert "no outsider's welfare moves" in said.out
    assert "Transfers inside" in said.out


@pytest.fixture(scope="module")
def best(small: library.World) -> customs_union.Union:
    return form_union(small, Parameters(), ["C00", "C01"], common=True)


def at_one_rate(world: library.World, rate: float) -> tuple[float, float]:
    """The worst outsider's gain and the members' sum, USD million, by the solver of scenarios."""
    from winset.scenario import Scenario, Tariff

    members, outside = ["C00", "C01"], ["C02", "C03"]
    changes = (
        Tariff(kind="tariff", among=members, rate=0.0),
        Tariff(kind="tariff", exporters=outside, importers=members, rate=rate),
    )
    done = library.solve(world, Scenario("", changes))
    return float(done.welfare[2:].min() - 1.0), float(done.equivalent_variation[:2].sum())


def test_the_best_common_tariff_is_that_of_a_search_over_all_rates(
    small: library.World, best: customs_union.Union
) -> None:
    """One sector has one rate: among those that harm nobody, the one that brings members most."""
    rates = np.linspace(-0.3, 0.4, 281)
    found = [at_one_rate(small, float(rate)) for rate in rates]
    allowed = [
        (total, rate) for (worst, total), rate in zip(found, rates, strict=True) if worst >= 0
    ]
    total, rate = max(allowed)
    ((_, own),) = best.rates_by_sector().items()
    assert own == pytest.approx(rate, abs=0.0026)
    assert best.common is not None
    assert float(best.common.variation[:2].sum()) >= total - 1e-6
    assert best.harms_nobody
    assert float(best.common.welfare[2:].min()) == pytest.approx(
        1.0, abs=1e-6
    )  # no more than needed


def test_the_common_tariff_is_one_for_all_and_says_whether_it_keeps_the_promise(
    small: library.World, best: customs_union.Union
) -> None:
    assert best.common is not None
    assert np.ptp(best.common.tariff[0, 2:, :2]) == pytest.approx(0.0, abs=1e-15)
    said = best.to_json()["common"]
    assert said["one_tariff_for_all_outsiders"] is True
    assert said["members_musd"] == pytest.approx(float(best.common.variation[:2].sum()))
    assert said["kemp_wan"] is (said["members_musd"] > 0)
    again = at_one_rate(small, next(iter(said["rates"].values())))
    assert again[1] == pytest.approx(said["members_musd"], rel=1e-9)
    harmless = form_union(small, Parameters(), ["C00", "C01"], harmless=True).to_json()["harmless"]
    assert harmless["one_tariff_for_all_outsiders"] is False


def test_bounds_that_leave_an_outsider_harmed_are_said(small: library.World) -> None:
    done = form_union(small, Parameters(), ["C00", "C01"], common=True, least=0.09, most=0.5)
    assert not done.harms_nobody
    said = done.to_json()["common"]
    assert said["kemp_wan"] is False
    assert said["worst"]["welfare_percent"] < 0
    assert next(iter(said["rates"].values())) == pytest.approx(0.09, abs=1e-6)


def test_a_free_trade_area_has_no_common_tariff(small: library.World) -> None:
    with pytest.raises(DataError, match="no common tariff"):
        form_union(small, Parameters(), ["C00", "C01"], common=True, form="free-trade-area")


def test_many_sectors_of_the_sco(winset: Any) -> None:
    """The promise in words and in JSON; nobody outside is below where it was."""
    arguments = ("union", "SCO", "--world", "icio-2022", "--common", "--keep", "8")
    said = winset(*arguments, "--json").json["common"]
    assert said["harms_nobody"] is True
    assert min(o["welfare_percent"] for o in said["outsiders"]) >= -1e-5
    assert said["kemp_wan"] is (said["members_musd"] > 0)
    assert len(said["rates"]) == 28
    words = " ".join(winset(*arguments).out.split())
    assert f"{abs(said['members_musd']) / 1000:.2f} billion USD a year" in words
    assert ("cannot be had" in words) is not said["kemp_wan"]


def test_members_are_those_of_the_date(winset: Any) -> None:
    before, after = (
        winset("union", "EFTA,EAEU", "--on", date, "--json")
        for date in ("2014-12-31", "2015-01-01")
    )
    assert before.code == 2
    assert "EAEU has no member on 2014-12-31" in before.err
    assert after.json["scenario"]["on"] == "2015-01-01"
    members = {one["code"] for one in after.json["members"]}  # Armenia joined a day later
    assert members == {"BLR", "KAZ", "RUS", "CHE", "ISL", "NOR"}
