"""Figures that the tables and sentences of tariff wars show, on cases made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import headings, made_world, rows, sides

from winset.report import reactions, wars
from winset.trade.policy import nash_tariffs

pytestmark = pytest.mark.usefixtures("undrawn")

WORLD = made_world("A B C D", [[50, 10, 0, 0], [0, 90, 10, 0], [5, 5, 20, 0], [0, 0, 5, 5]])
SOLVER = SimpleNamespace(iterations=7, residual=2.5e-11, seconds=1.0)


# Tariff wars.


def contest(*, instruments: str = "uniform") -> Any:
    """B alone against A and C together; D looks on."""
    players = [
        SimpleNamespace(code="AC", name="the two", members=(0, 2)),
        SimpleNamespace(code="B", name="Land B", members=(1,)),
    ]
    levers = SimpleNamespace(of=lambda k: np.array([k]), __len__=lambda: 2)
    return SimpleNamespace(
        players=players,
        world=WORLD,
        instruments=instruments,
        weights=np.array([[1.0, 0, 1, 0], [0, 1, 0, 0]]),
        scale=np.array([90.0, 100.0]),
        calibrated=SimpleNamespace(initial=SimpleNamespace(income=np.array([60.0, 100, 30, 10]))),
        levers=levers,
        parameters=SimpleNamespace(deficits="balanced", value_added_share=0.5, elasticities=""),
    )


class Levers(list):  # type: ignore[type-arg]
    """One rate for each player."""

    def of(self, k: int) -> np.ndarray:
        return np.array([k])


def fought(**changes: Any) -> Any:
    game = contest(instruments=changes.pop("instruments", "uniform"))
    game.levers = Levers([0, 1])
    said = {
        "contest": game,
        "payoff": np.array([-1.8, 0.5]),
        "tariff": np.array([0.125, 0.2504]),
        "welfare": np.array([0.98, 1.005, 0.97, 0.9999]),
        "certificate": None,
        "spread": 3e-9,
        "starts": 1,
        "solver": SOLVER,
        "z": np.array([0.1, 0.25]),
    }
    return SimpleNamespace(**said | changes)


STATISTICS: Any = SimpleNamespace(
    tariff=np.array([0.13, 0.25, 0.11, 0.0]), welfare=np.array([0.979, 1.002, 0.971, 0.9998])
)


def test_the_war_s_table_the_largest_player_first() -> None:
    table = wars.players(fought(), None, top=3)
    assert str(table.title) == "Tariff war in made, one rate each, exact"
    assert headings(table) == ["code", "economy", "tariff %", "welfare %"]
    assert sides(table) == ["left", "left", "right", "right"]
    assert rows(table) == [  # B's income is 100, that of A and C together 90
        ["B", "Land B", "25.0", "+0.50"],
        ["AC", "2 members", "12.5", "−2.00"],
        ["D", "Land D", "", "−0.01"],
    ]
    assert len(rows(wars.players(fought(), None, top=1))) == 1
    assert [row[0] for row in rows(wars.players(fought(), None, top=2))] == ["B", "AC"]


@pytest.mark.parametrize(
    ("instruments", "said"),
    [
        ("partner", "rates by partner"),
        ("sector", "rates by sector"),
        ("partner-sector", "rates by partner and sector"),
    ],
)
def test_the_war_s_title_names_the_instruments(instruments: str, said: str) -> None:
    table = wars.players(fought(instruments=instruments), None, top=3)
    assert str(table.title) == f"Tariff war in made, {said}, exact"


def test_sufficient_statistics_stand_beside_the_exact_war() -> None:
    table = wars.players(fought(), STATISTICS, top=4)
    assert headings(table)[4:] == ["by statistics: tariff %", "welfare %"]
    assert [row[4:] for row in rows(table)] == [
        ["25.0", "+0.20"],  # of B
        ["13.0", "−2.10"],  # of A, the first of the two
        ["", "−0.02"],
    ]


def test_sentences_prove_the_war() -> None:
    certificate = SimpleNamespace(points=200, player="B", largest_gain_percent=-3e-7)
    said = wars.sentences(fought(certificate=certificate, starts=2), STATISTICS)
    assert said == [
        "No player gains by another tariff: of 200 tried for each, the best is B's, worth less than "
        "0.01 % of its income.",
        "2 starting points lead to the same war, to within 0.0001 percentage points of tariff.",
        "Sufficient statistics are off by 0.27 percentage points of tariff on average, at most 0.50 "
        "(AC), and by at most 0.30 points of welfare.",
    ]
    assert wars.sentences(fought(), None) == []


def test_who_loses_the_war_and_the_mean() -> None:
    change = np.array([-2.0, 0.5, -3.0, -0.004])
    assert wars.losers(WORLD, change) == (
        "2 of 4 economies lose, worst Land C (−3.00 %); the mean is −1.13 %."
    )


def test_a_war_by_statistics_lists_the_largest() -> None:
    table = wars.by_size(WORLD, {"B": 0.2504, "A": 0.1}, np.array([-2.0, 0.5, -3.0, -0.004]), top=3)
    assert rows(table) == [
        ["B", "Land B", "25.0", "+0.50"],
        ["A", "Land A", "10.0", "−2.00"],
        ["C", "Land C", "", "−3.00"],
    ]


def test_footers_identify_the_computation() -> None:
    world = WORLD.sha256[:12]
    solver: Any = SOLVER
    assert wars.footer(WORLD, "", balanced=True, solver=solver) == (
        f"elasticities of the world, no deficits; world made, sha256 {world}; residual 2.5e-11 after "
        "7 steps"
    )
    assert "elasticities own, unchanged deficits" in wars.footer(
        WORLD, "own", balanced=False, solver=solver
    )


def bargained(*, transfers: bool) -> Any:
    return SimpleNamespace(
        war=fought(),
        transfers=transfers,
        tariff=np.array([0.0, 0.0304]),
        payoff=np.array([0.9, 0.2]),
        worth=np.array([2700.0, 300.0]),
        transfer=np.array([-12.0, 12.4]),
    )


def test_the_bargain_against_the_war_and_against_today() -> None:
    done = bargained(transfers=False)
    done.worth = np.array([2.7, 0.7])
    table = wars.bargain(done, top=2)
    assert rows(table) == [
        ["B", "Land B", "3.0", "+0.20", "+0.70", "−0.50"],
        ["AC", "2 members", "0.0", "+1.00", "+3.00", "+2.00"],
    ]
    assert len(rows(wars.bargain(done, top=1))) == 1
    paid = wars.bargain(bargained(transfers=True), top=2)
    assert headings(paid)[-1] == "receives, USD million"
    assert [row[-1] for row in rows(paid)] == ["+12", "−12"]


def test_what_the_bargain_is_worth_in_billions() -> None:
    done = bargained(transfers=False)
    done.war.payoff = np.array([-1800.0, 500.0])
    assert wars.bargain_sentences(done) == [
        "Above the war, the bargain is worth +3.0 billion USD a year to its players together; "
        "today's tariffs are worth +1.3 billion."
    ]


def test_the_section_on_a_war() -> None:
    done = fought(instruments="sector")
    done.contest.levers = Levers([0, 1, 2])  # no diagram of three rates
    section = reactions.section(done)
    assert section.figures == ()
    (grid,) = section.grids
    assert grid.headings == ("player", "tariff, %", "welfare, %")
    assert grid.digits == (1, 2)
    assert grid.rows == (
        ("AC", pytest.approx(12.5), pytest.approx(-2.0)),
        ("B", pytest.approx(25.04), pytest.approx(0.5)),
    )
    assert section.paragraphs == (
        "3 of 4 economies lose, worst Land C (−3.00 %); the mean is −1.13 %.",
    )
    agreed = bargained(transfers=False)
    agreed.worth = np.array([2.7, 0.7])
    with_deal = reactions.section(done, agreed)
    assert with_deal.grids[0].headings[3:] == ("agreed tariff, %", "above the war, %")
    assert with_deal.grids[0].digits == (1, 2, 1, 2)
    assert with_deal.grids[0].rows[0][3:] == (pytest.approx(0.0), pytest.approx(3.0))
    assert with_deal.paragraphs[1:] == tuple(wars.bargain_sentences(agreed))


def test_the_page_of_a_war() -> None:
    done = fought(instruments="sector")
    done.contest.levers = Levers([0, 1, 2])
    done.to_json = lambda: {"players": [1], "solver": {"seconds": 1.0, "residual": 2.5e-11}}
    agreed = bargained(transfers=False)
    agreed.to_json = lambda: {"worth": 3}
    page = reactions.sheet(done, agreed)
    assert page.title == "A tariff war in made"
    assert page.kicker == "world made (2020, 4 economies) · 2 players · sector tariffs"
    assert page.figures == {
        "players": [1], "solver": {"residual": 2.5e-11}, "cooperation": {"worth": 3},
    }  # fmt: skip
    assert page.sections[0].paragraphs == ()
    assert page.verdict == reactions.section(done, agreed).paragraphs
    assert "names none: 0.5. Elasticities: of the world." in page.method[1]
    assert "residual 2.5e-11 after 7 steps" in page.method[1]
    assert "cooperation" not in reactions.sheet(done, None).figures


def test_each_point_of_the_diagram_pairs_an_answer_with_what_it_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faced, answered = np.array([[0.0, 0.5], [0.2, 0.7]]), np.array([[0.1, 0.3], [0.4, 0.6]])
    monkeypatch.setattr(nash_tariffs, "reactions", lambda *_, **__: (faced, answered))
    data = reactions.frame(fought(), points=2)
    # AC answers 10 % to the 0 % that it faces, B answers 30 % to 50 %.
    assert data.to_dict("records") == [
        {"answer of": "AC", "AC": pytest.approx(10.0), "B": 0.0, "step": 0},
        {"answer of": "AC", "AC": pytest.approx(40.0), "B": pytest.approx(20.0), "step": 1},
        {"answer of": "B", "AC": 50.0, "B": pytest.approx(30.0), "step": 0},
        {"answer of": "B", "AC": 70.0, "B": pytest.approx(60.0), "step": 1},
    ]


def test_the_diagram_marks_the_war_where_the_answers_cross() -> None:
    data = pd.DataFrame(
        {"answer of": ["AC", "B"], "AC": [10.0, 30.0], "B": [1.0, 101.0], "step": [0, 0]}
    )
    spec = reactions.diagram(data, fought(), width=860).to_dict()
    (point,) = (rows for rows in spec["datasets"].values() if "label" in rows[0])
    assert point == [{"AC": 10.0, "B": 25.0, "label": "war: AC 10.0 %, B 25.0 %"}]
    curves = spec["layer"][0]["encoding"]
    assert curves["x"]["scale"]["domain"] == [9.0, 31.0]  # a twentieth of the range at each side
    assert curves["y"]["scale"]["domain"] == [0.0, 106.0]  # but nothing below zero
