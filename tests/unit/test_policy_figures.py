"""What the JSON of wars, bargains and unions says, and mean tariffs: figures on cases made by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit.printed import made_world

from winset.errors import DataError
from winset.places.groups import Group
from winset.scenario import Parameters
from winset.studies.tariff_war import METHODS, TariffWar, chosen_method
from winset.trade.policy.customs_union import Duties, Union, UnionAtTariff
from winset.trade.policy.nash_bargain import NashBargain
from winset.trade.policy.nash_certificate import Certificate
from winset.trade.policy.nash_tariffs import NashEquilibrium, compared, mean_rates
from winset.trade.result import Solver

WORLD = made_world("A B C D", [[50, 10, 0, 0], [0, 90, 10, 0], [5, 5, 20, 0], [0, 0, 5, 5]])
SOLVER = Solver(7, 2.5e-11, 1.0)

NAMED = Group(("A", "B"))


class Levers(list[Any]):
    """Two rates: AC's on B's goods in both sectors, B's on A's goods in the first."""

    sector = np.array([0, 1, 0, 1, 0])
    exporter = np.array([1, 1, 1, 1, 0])
    importer = np.array([0, 0, 2, 2, 1])
    lever = np.array([0, 0, 0, 0, 1])
    owner = np.array([0, 1])

    def tariff(self, base: np.ndarray, z: np.ndarray) -> np.ndarray:
        rates = base.copy()
        rates[self.sector, self.exporter, self.importer] = z[self.lever]
        rates[1, 1, 2] = 1.0  # a rate of its own
        return rates

    def of(self, k: int) -> np.ndarray:
        return np.array([k])


def contest(instruments: str = "uniform") -> Any:
    players = [SimpleNamespace(code="AC", members=(0, 2)), SimpleNamespace(code="B", members=(1,))]
    return SimpleNamespace(
        players=players,
        world=WORLD,
        instruments=instruments,
        weights=np.array([[1.0, 0, 1, 0], [0, 1, 0, 0]]),
        scale=np.array([90.0, 100.0]),
        levers=Levers([0, 1]),
        base=SimpleNamespace(tariff=np.zeros((2, 4, 4))),
        parameters=Parameters(deficits="balanced"),
        lever=lambda a: {"importer": "AB"[a]},
    )


def state() -> Any:
    share = np.zeros((2, 4, 4))
    share[0, 1, 0], share[1, 1, 0], share[0, 1, 2], share[1, 1, 2] = 0.2, 0.4, 0.5, 0.3
    share[0, 0, 1] = 0.7
    spending = np.array([[60.0, 100, 10, 1], [30.0, 100, 20, 1]])
    return SimpleNamespace(share=share, spending=spending)


def fought(**changes: Any) -> NashEquilibrium:
    said: dict[str, Any] = {
        "contest": contest(), "z": np.array([0.2, 0.5]), "state": state(),
        "welfare": np.array([0.98, 1.005, 0.97, 0.9999]),
        "variation": np.array([-1.2, 0.5, -0.6, -0.001]), "marginal": np.array([1e-9, 3e-9]),
        "certificate": None, "spread": 2e-9, "starts": 2, "solver": SOLVER,
    }  # fmt: skip
    return NashEquilibrium(**said | changes)


def test_mean_rates_are_weighted_by_imports_at_customs_value() -> None:
    # AC pays 12, 12, 5 and 6 tariffs included: at 20 % three times and at 100 % once, customs value
    # 10, 10, 25/6 and 3. B pays 70 at 50 %.
    value = np.array([10.0, 10.0, 25 / 6, 3.0])
    expected = (value * [0.2, 0.2, 0.2, 1.0]).sum() / value.sum()
    np.testing.assert_allclose(fought().tariff, [expected, 0.5])
    np.testing.assert_allclose(mean_rates(contest(), np.array([0.2, 0.5]), state())[0], expected)


def test_the_json_of_a_war() -> None:
    said = fought().to_json()
    assert [p["code"] for p in said["players"]] == ["AC", "B"]
    assert [p["welfare_percent"] for p in said["players"]] == pytest.approx([-2.0, 0.5])
    assert [p["tariff"] for p in said["players"]] == pytest.approx(fought().tariff.tolist())
    assert said["players"][0]["members"] == [
        {"code": "A", "welfare_percent": pytest.approx(-2.0)},
        {"code": "C", "welfare_percent": pytest.approx(-3.0)},
    ]
    assert "members" not in said["players"][1]
    assert "rates" not in said["players"][0]
    assert said["others"] == [{"code": "D", "welfare_percent": pytest.approx(-0.01)}]
    assert (said["balanced"], said["instruments"], said["starts"]) == (True, "uniform", 2)
    assert said["largest_derivative_percent"] == 3e-9
    assert said["certificate"] is None
    assert said["solver"] == {"iterations": 7, "residual": 2.5e-11, "seconds": 1.0}
    by_partner = fought(contest=contest("partner")).to_json()
    assert by_partner["players"][1]["rates"] == [{"importer": "B", "tariff": 0.5}]


STATISTICS: Any = SimpleNamespace(
    tariff=np.array([0.3, 0.45, 0.1, 0.0]),
    welfare=np.array([0.979, 1.002, 0.971, 0.9998]),
    to_json=lambda: {"method": "sufficient"},
)


def test_how_far_statistics_are_from_the_exact_war() -> None:
    done = fought()
    said = compared(done, STATISTICS)
    gap = [abs(0.3 - done.tariff[0]), abs(0.45 - 0.5)]
    assert said["mean_tariff_gap"] == pytest.approx(sum(gap) / 2)
    assert (said["largest_tariff_gap"], said["largest_tariff_gap_player"]) == (
        pytest.approx(max(gap)), "AC" if gap[0] > gap[1] else "B",
    )  # fmt: skip
    assert said["largest_welfare_gap_percent"] == pytest.approx(0.3)
    assert said["players"] == [
        {"code": "AC", "tariff": 0.3, "welfare_percent": pytest.approx(-2.1)},
        {"code": "B", "tariff": 0.45, "welfare_percent": pytest.approx(0.2)},
    ]


def agreed() -> NashBargain:
    return NashBargain(
        war=fought(), transfers=True, z=np.array([0.0, 0.1]), state=state(),
        welfare=np.ones(4), variation=np.array([0.9, 0.2, 0.0, 0.0]),
        transfer=np.array([-5.0, 5.0]), worth=np.array([2.7, -0.3]), solver=SOLVER,
    )  # fmt: skip


def test_the_json_of_a_bargain() -> None:
    said = agreed().to_json()
    first, second = said["players"]
    assert first == {
        "code": "AC", "tariff": pytest.approx(agreed().tariff[0]), "welfare_percent": pytest.approx(1.0),
        "worth_percent": pytest.approx(3.0), "worth_musd": 2.7,
        "today_worth_percent": pytest.approx(2.0), "today_worth_musd": pytest.approx(1.8),
        "transfer_musd": -5.0,
    }  # fmt: skip
    assert (second["worth_percent"], second["today_worth_musd"]) == (pytest.approx(-0.3), -0.5)
    assert said["transfers"] is True


def test_what_is_printed_of_a_war_as_it_was_asked_for() -> None:
    day = dt.date(2025, 9, 1)
    by_statistics = TariffWar(WORLD, day, STATISTICS, None, None, NAMED).to_json()
    told = {"on": "2025-09-01", "counted": NAMED.to_json(), "deficit_rules": []}
    assert by_statistics == {"method": "sufficient"} | told
    exact = TariffWar(WORLD, day, None, fought(), None, NAMED).to_json()
    assert exact == fought().to_json() | told
    both = TariffWar(WORLD, day, STATISTICS, fought(), agreed(), NAMED).to_json()
    assert both["sufficient"] == compared(fought(), STATISTICS)
    assert both["cooperation"] == agreed().to_json()


USUAL: dict[str, Any] = {
    "method": None, "instruments": "uniform", "as_one": False, "value_added_share": None,
    "cooperate": False, "transfers": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ({}, "sufficient"),
        ({"method": "both"}, "both"),
        ({"as_one": True}, "exact"),
        ({"instruments": "sector"}, "exact"),
        ({"value_added_share": 0.5}, "exact"),
        ({"cooperate": True}, "exact"),
        ({"cooperate": True, "transfers": True}, "exact"),
        ({"pictures": ("--chart",)}, "exact"),
        ({"method": "both", "pictures": ("--chart",), "cooperate": True}, "both"),
    ],
)
def test_the_method_that_options_need(options: dict[str, Any], chosen: str) -> None:
    assert chosen_method(**USUAL | options) == chosen
    assert METHODS == ("sufficient", "exact", "both")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "quick"}, "--method quick: it is sufficient, exact, both"),
        ({"method": "sufficient", "cooperate": True}, "--cooperate needs --method exact"),
        ({"method": "both", "as_one": True}, "--as-one: sufficient statistics know no such war"),
        ({"method": "both", "value_added_share": 0.5}, "--value-added-share: sufficient"),
        ({"transfers": True}, "--transfers"),
    ],
)
def test_options_that_contradict_each_other(options: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        chosen_method(**USUAL | options)


# Unions.


def accession(welfare: list[float], variation: list[float], transfer: float = 0.0) -> UnionAtTariff:
    return UnionAtTariff(
        np.zeros((1, 4, 4)), None, np.array(welfare), np.array(variation),  # type: ignore[arg-type]
        np.array([transfer, -transfer, 0.0, 0.0]),
        Duties(np.array([0.02, np.nan]), np.array([0.05, 0.04]), 0.0314, 0.05),
    )  # fmt: skip


PLAIN = accession([1.01, 1.02, 0.99, 1.001], [600.0, 1400.0, -300.0, 10.0])


def union(**changes: Any) -> Union:
    calibrated: Any = SimpleNamespace(base=SimpleNamespace(order=np.array([0])))
    said: dict[str, Any] = {
        "world": WORLD, "parameters": Parameters(), "form": "customs-union",
        "inside": np.array([True, True, False, False]), "calibrated": calibrated, "plain": PLAIN,
        "harmless": None, "common": None, "common_rates": None, "to_all": None, "level": "partner",
        "solver": SOLVER,
    }  # fmt: skip
    return Union(**said | changes)


def test_the_json_of_a_union() -> None:
    done = union()
    said = done.to_json()
    assert (done.members, done.outsiders) == (("A", "B"), ("C", "D"))
    assert said["members"] == [
        {"code": "A", "welfare_percent": pytest.approx(1.0), "welfare_musd": 600.0},
        {"code": "B", "welfare_percent": pytest.approx(2.0), "welfare_musd": 1400.0},
    ]
    assert said["outsiders"] == [
        {"code": "C", "welfare_percent": pytest.approx(-1.0), "welfare_musd": -300.0,
         "duty_before": 0.02, "duty": 0.05},
        {"code": "D", "welfare_percent": pytest.approx(0.1), "welfare_musd": 10.0,
         "duty_before": None, "duty": 0.04},
    ]  # fmt: skip
    assert said["summary"] == {
        "members_musd": 2000.0, "outsiders_musd": -290.0, "outsiders_losing": 1,
        "worst": {"code": "C", "welfare_percent": pytest.approx(-1.0)},
    }  # fmt: skip
    assert said["harmless"] is said["common"] is said["to_all"] is None
    assert said["not_judged"] == []
    assert said["duties"]["outsiders_facing_higher"] == done.raised(PLAIN) == 1


def test_who_has_no_duties_in_the_data_is_not_said_to_lose() -> None:
    rates = np.zeros((4, 4))
    rates[0, 1] = rates[3, 0] = 0.1  # on A and D; nothing is known of C and B
    world = made_world("A B C D", WORLD.flows.tolist(), rates.tolist())
    assert world.untold.tolist() == [False, True, True, False]
    assert not WORLD.untold.any()  # a world without tariffs counts from zero
    done = union(world=world, to_all=PLAIN)
    said = done.to_json()
    assert (done.not_judged, said["not_judged"]) == (("C",), ["C"])
    assert said["summary"]["outsiders_losing"] == said["to_all"]["outsiders_losing"] == 0
    assert said["summary"]["worst"]["code"] == "D"
    assert said["duties"]["outsiders_facing_higher"] == 0
    rates[3, 0] = 0.0
    nobody = union(world=made_world("A B C D", WORLD.flows.tolist(), rates.tolist()))
    assert nobody.to_json()["summary"]["worst"] is None


def test_the_json_of_what_else_a_union_could_do() -> None:
    open_ = accession([1.0, 1.0, 0.99, 0.98], [1000.0, 250.0, -3000.0, 10.0])
    said = union(to_all=open_).to_json()["to_all"]
    assert (said["members_musd"], said["outsiders_musd"], said["outsiders_losing"]) == (
        1250.0, -2990.0, 2,
    )  # fmt: skip
    calm = accession([1.015, 1.015, 1.0, 1 - 2e-10], [900.0, 1500.0, 0.0, 0.0], transfer=250.0)
    harmless = union(harmless=calm).to_json()["harmless"]
    assert harmless["gain_percent"] == pytest.approx(1.5)
    assert harmless["members_musd"] == 2400.0
    assert harmless["largest_outsider_percent"] == pytest.approx(2e-8, rel=1e-5)
    assert [m["transfer_musd"] for m in harmless["members"]] == [250.0, -250.0]
    assert harmless["one_tariff_for_all_outsiders"] is False


@pytest.mark.parametrize(
    ("outside", "gain", "nobody", "promise"),
    [
        ([1.0, 1.0], 5.0, True, True),
        ([1.0, 1.0], 0.0, True, False),
        ([1.0, 0.999], 5.0, False, False),
    ],
)
def test_whether_kemp_and_wan_can_be_met(
    outside: list[float], gain: float, nobody: bool, promise: bool
) -> None:
    at = accession([1.0, 1.0, *outside], [gain, 0.0, 70.0, 7.0])
    said = union(common=at, common_rates=np.array([0.12])).to_json()["common"]
    assert (said["harms_nobody"], said["kemp_wan"]) == (nobody, promise)
    assert said["rates"] == {"goods": 0.12}
    assert (said["members_musd"], said["outsiders_musd"]) == (gain, 77.0)
    assert said["worst"]["code"] == ("C" if nobody else "D")
    bare = union(common=at, common_rates=np.array([np.nan]))
    assert bare.rates_by_sector() == {}


def test_a_certificate_is_told_as_it_is() -> None:
    fields = dict.fromkeys(Certificate.__dataclass_fields__)
    said = fought(certificate=Certificate(**fields)).to_json()["certificate"]  # type: ignore[arg-type]
    assert said == fields
