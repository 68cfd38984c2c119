"""Figures that the tables and sentences of wars, unions and matches show, on cases made by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import headings, made_world, rows, sides

from winset.gravity.potential import Coefficient, Potential
from winset.report import matches, reactions, unions, wars
from winset.studies.trade_match import Fits, Flow, Match, Pair, Strength, Untapped
from winset.trade.policy import nash_tariffs
from winset.trade.policy.customs_union import Accession, Duties, Union

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
        "No player gains by another tariff: of 200 tried for each, the best is B's, worth −3.0e−07 % of "
        "its income.",
        "2 starting points lead to the same war (to 3e-09).",
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


# Customs unions.


def accession(welfare: list[float], variation: list[float], **changes: Any) -> Accession:
    said: dict[str, Any] = {
        "tariff": np.zeros((1, 4, 4)),
        "state": None,
        "welfare": np.array(welfare),
        "variation": np.array(variation),
        "transfer": np.zeros(4),
        "duties": Duties(np.array([0.02, np.nan]), np.array([0.05, 0.04]), 0.0314, 0.05),
    }
    return Accession(**said | changes)


PLAIN = accession([1.01, 1.02, 0.99, 0.999], [600.0, 1400.0, -300.0, -10.0])


def union(**changes: Any) -> Union:
    calibrated: Any = SimpleNamespace(
        initial=SimpleNamespace(income=np.array([60.0, 100, 10, 30])),
        base=SimpleNamespace(order=np.array([0])),
    )
    parameters: Any = SimpleNamespace(value_added_share=0.5, elasticities="", deficits="balanced")
    solver: Any = SOLVER
    said: dict[str, Any] = {
        "world": WORLD, "parameters": parameters, "form": "customs-union",
        "inside": np.array([True, True, False, False]), "calibrated": calibrated, "plain": PLAIN,
        "harmless": None, "common": None, "common_rates": None, "to_all": None, "level": "partner",
        "solver": solver,
    }  # fmt: skip
    return Union(**said | changes)


def test_members_by_gain_then_duties_then_the_outsiders_that_lose() -> None:
    members, duties, money, outside = unions.shown(union(), "A and B", top=5)
    assert str(members.title) == "A and B"  # type: ignore[union-attr]
    assert rows(members) == [  # type: ignore[arg-type]
        ["B", "Land B", "+2.00", "+1,400"],
        ["A", "Land A", "+1.00", "+600"],
    ]
    assert duties == (
        "A customs union of 2: duties on the whole are 3.14 % before and 5.00 % after, on the imports "
        "before; 1 of 2 outsiders face higher ones."
    )
    assert money == (
        "2 of 2 outsiders lose. In money: members +2.00, outsiders −0.31 billion USD a year."
    )
    assert str(outside.title) == "Outsiders that lose most (2)"  # type: ignore[union-attr]
    assert rows(outside) == [  # type: ignore[arg-type]
        ["C", "Land C", "−1.000", "−300", "2.00", "5.00"],
        ["D", "Land D", "−0.100", "−10", "", "4.00"],
    ]
    assert sides(outside) == ["left", "left", *["right"] * 4]  # type: ignore[arg-type]


def test_no_table_of_outsiders_without_losers_or_with_top_0() -> None:
    assert len(list(unions.shown(union(), "", top=0))) == 3
    spared = accession([1.01, 1.02, 1.0, 0.99999], [600.0, 1400.0, 0.0, 0.0])
    said = list(unions.shown(union(plain=spared), "", top=5))
    assert len(said) == 3
    assert str(said[2]).startswith("0 of 2 outsiders lose.")
    one = list(unions.shown(union(), "", top=1))[3]
    assert str(one.title) == "Outsiders that lose most (1)"  # type: ignore[union-attr]
    assert [row[0] for row in rows(one)] == ["C"]  # type: ignore[arg-type]


def test_a_free_trade_area_is_called_one() -> None:
    said = list(unions.shown(union(form="free-trade-area"), "", top=0))
    assert str(said[1]).startswith("A free-trade area of 2:")


def test_the_same_cut_given_to_all() -> None:
    open_ = accession([1.0, 1.0, 0.99, 1.001], [1000.0, 250.0, -3000.0, 10.0])
    said = list(unions.shown(union(to_all=open_), "", top=0))
    assert said[3] == (
        "Were the same cut given to all (most favored nation): members +1.25, outsiders −2.99 billion "
        "USD a year; 1 outsiders lose."
    )


@pytest.mark.parametrize(
    ("outside", "inside", "said"),
    [
        ([1.0, 1.0], 1500.0, "It harms no outsider, and the union gains 1.50 billion USD a year:"),
        ([1.0, 1.0], -1500.0, "It harms no outsider, but the union loses 1.50 billion USD a year:"),
        ([0.999, 0.99], 1500.0, "No common tariff was found that harms nobody: Land D still loses "
         "(−1.000 %), and the union gains 1.50 billion USD a year."),
        ([0.99, 0.999], -1500.0, "No common tariff was found that harms nobody: Land C still loses "
         "(−1.000 %), and the union loses 1.50 billion USD a year."),
        ([0.99, 0.999], 0.0, "No common tariff was found that harms nobody: Land C still loses "
         "(−1.000 %), and the union loses 0.00 billion USD a year."),
    ],
)  # fmt: skip
def test_the_best_common_tariff(outside: list[float], inside: float, said: str) -> None:
    at = accession([1.0, 1.0, *outside], [inside, 0.0, 7.0, 9.0])
    done = union(common=at, common_rates=np.array([0.12345]))
    table, sentence = list(unions.shown(done, "", top=0))[3:]
    assert rows(table) == [["goods", "12.35"]]  # type: ignore[arg-type]
    assert str(sentence).startswith(said)


def test_the_tariff_that_harms_nobody() -> None:
    harmless = accession(
        [1.015, 1.015, 1.0, 1.0 - 2e-10],
        [900.0, 1500.0, 0.0, 0.0],
        transfer=np.array([250.0, -250.0, 0, 0]),
        duties=Duties(np.array([0.02, np.nan]), np.array([0.03, -0.01]), 0.0314, 0.04),
    )
    said = list(unions.shown(union(harmless=harmless), "", top=5))
    members, tariffs = said[0], said[4]
    assert [row[4:] for row in rows(members)] == [  # type: ignore[arg-type]
        ["+1,750", "−250", "+1.500"],
        ["+650", "+250", "+1.500"],
    ]
    assert rows(tariffs) == [  # type: ignore[arg-type]
        ["D", "Land D", "", "4.00", "−1.00"],  # the larger of the two
        ["C", "Land C", "2.00", "5.00", "3.00"],
    ]
    assert str(tariffs.title).endswith("harms nobody: one rate for each outsider's goods")  # type: ignore[union-attr]
    assert str(said[5]).startswith("This tariff is one rate for each outsider's goods:")
    assert said[6] == (
        "With this tariff no outsider's welfare moves (at most by 2e-10 of it), and the union gains "
        "2.40 billion USD a year: +1.500 % for every member, after transfers."
    )
    assert said[7] == (
        "Duties on the whole: 3.14 % before, 4.00 % now, on the imports before; 1 of 2 outsiders face "
        "higher ones."
    )
    assert said[8] == "Transfers inside, USD million received: B −250, A +250."
    assert len(rows(list(unions.shown(union(harmless=harmless), "", top=1))[4])) == 1  # type: ignore[arg-type]


def test_a_harmless_tariff_by_sector_and_a_loss() -> None:
    worse = accession([0.99, 0.99, 1.0, 1.0], [-900.0, -1500.0, 0.0, 0.0])
    said = list(unions.shown(union(harmless=worse, level="partner-sector"), "", top=0))
    assert str(said[3].title).endswith("one factor for each outsider")  # type: ignore[union-attr]
    assert "by sector, moved by one factor for each outsider" in str(said[4])
    assert "the union loses 2.40 billion" in str(said[5])
    nothing = accession([1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0])
    said = list(unions.shown(union(harmless=nothing), "", top=0))
    assert "the union loses 0.00 billion" in str(said[5])


def test_the_union_s_footer() -> None:
    assert unions.footer(union()) == (
        f"β 0.5, elasticities of the world, deficits balanced; world made, sha256 "
        f"{WORLD.sha256[:12]}; residual 2.5e-11 after 7 steps"
    )


# Matches.


def pair(first: str, second: str, fit: float, **changes: Any) -> Pair:
    said: dict[str, Any] = {
        "first": first, "second": second, "complementarity_forth": fit + 0.1,
        "complementarity_back": fit - 0.1, "complementarity": fit, "meets_forth": ("ore", "oil"),
        "meets_back": (), "export_similarity": 0.254, "intra_industry": 0.126,
        "intensity_forth": 1.0, "intensity_back": 1.0, "preference": -0.257,
        "forth_musd": 120_264.0, "back_musd": 4_660.0,
    }  # fmt: skip
    return Pair(**said | changes)


def flow(exporter: str, importer: str, actual: float, expected: float) -> Flow:
    low, high = 0.8 * expected, 1.25 * expected
    return Flow(exporter, importer, actual, expected, 0.1, low, high, expected - actual)


def strength(name: str, rca: float, share: float) -> Strength:
    return Strength(name[:2], name, rca, 0.0, 0.0, 0.0, 100.0, share)


FLOWS = (
    flow("A", "B", 2_000.0, 12_000.0),
    flow("B", "A", 3_000.0, 4_000.0),
    flow("A", "C", 1_000.0, 1_100.0),
    flow("C", "A", 2_000.0, 1_500.0),
)


def estimate(**changes: Any) -> Potential:
    said: dict[str, Any] = {
        "codes": ("A", "B"), "actual": np.array([[np.nan, 2.0], [3.0, np.nan]]),
        "expected": np.array([[np.nan, 4.0], [2.0, np.nan]]), "error": np.full((2, 2), 0.1),
        "coefficients": (Coefficient("ln_distance", -0.756, 0.0449), Coefficient("border", 0.5, 0.1)),
        "without_point": (), "observations": 1234, "pairs": 617, "fit": 0.876, "residual": 1e-12,
    }  # fmt: skip
    return Potential(**said | changes)


def matched(**changes: Any) -> Match:
    fits: dict[str, Any] = {
        "world": WORLD, "members": ("A", "B", "C"), "absent": (),
        "pairs": (pair("A", "B", 0.604), pair("A", "C", 0.3), pair("B", "C", 0.0)),
        "sectors": {
            "A": (strength("Ore", 3.26, 0.614), strength("Oil", 1.0, 0.1)),
            "B": tuple(strength(f"S{k}", 9.0 - k, 0.1) for k in range(9)),
            "C": (),
        },
    }  # fmt: skip
    gravity: dict[str, Any] = {
        "world": WORLD, "sector": None, "members": ("A", "B", "C"), "absent": (),
        "estimate": estimate(), "flows": FLOWS,
    }  # fmt: skip
    for key, value in changes.items():
        (fits if key in fits and key in ("pairs", "sectors") else gravity)[key] = value
        if key in ("members", "absent"):
            fits[key] = value
    return Match("ABC", dt.date(2025, 9, 1), ("A", "B", "C"), Fits(**fits), Untapped(**gravity))


def test_pairs_sectors_and_flows_in_figures() -> None:
    pairs, sectors, flows = matches.tables(matched(), top=2)
    assert rows(pairs) == [
        ["A", "B", "60", "70", "50", "25", "13", "−0.26", "120.3", "4.66"],
        ["A", "C", "30", "40", "20", "25", "13", "−0.26", "120.3", "4.66"],
    ]
    assert sides(pairs) == ["left", "left", *["right"] * 8]
    said = [row[2] for row in rows(sectors)]
    assert said[0] == "Ore 3.3 (61 %)"  # an advantage of exactly one is none
    assert said[1].split("; ")[0] == "S0 9.0 (10 %)"
    assert said[2] == "–"
    assert rows(flows) == [
        ["Land A", "Land B", "2.00", "12.0", "9.60 – 15.0", "+10.0", "below"],
        ["Land B", "Land A", "3.00", "4.00", "3.20 – 5.00", "+1.00", "below"],
    ]
    assert str(flows.title) == "Where trade is below what it could be (made; USD billion)"
    by_sector = matches.tables(matched(sector="ore"), top=9)[2]
    assert "(made, ore; USD billion)" in str(by_sector.title)
    assert [row[6] for row in rows(by_sector)] == ["below", "below", "", "above"]


def test_tables_without_rows_are_not_made() -> None:
    assert matches.tables(matched(pairs=(), flows=(), members=()), top=5) == []


def test_which_pair_fits_best_and_what_is_untapped() -> None:
    assert matches.sentences(matched()) == (
        "Land A and Land B fit best, 60 of 100; the mean of the 2 pairs is 45.",
        "What Land A exports and Land B imports meet above all in: ore; oil. The other way: nothing.",
        "2 flows are below the 95 % interval of what gravity expects, by 11.0 billion USD in all; 1 "
        "flow is above it, by 0.500; of 4 among members.",
        "Most is untapped from Land A to Land B: 2.00 billion USD where 12.0 are expected (9.60 to "
        "15.0).",
    )


def test_one_pair_has_no_mean_and_none_is_said_to_fit() -> None:
    one = matches.sentences(matched(pairs=(pair("A", "B", 0.604, meets_forth=()),)))
    assert one[0] == "Land A and Land B fit best, 60 of 100."
    assert "above all in: nothing." in one[1]
    none = matches.sentences(matched(pairs=(pair("A", "B", 0.0),)))
    assert none[0] == "No pair fits: no member exports what another imports in made."
    alone = matches.sentences(matched(members=("A",), flows=()))
    assert alone[0].endswith("by sector: world made has A of the members.")
    assert alone[1].endswith("world made has A of the members with a place and trade.")
    nobody = matches.sentences(matched(members=(), flows=()))
    assert nobody[0].endswith("world made has none of the members.")


def test_no_flow_is_below() -> None:
    said = matches.sentences(matched(flows=FLOWS[2:]))
    assert said[2:] == (
        "No flows are below the 95 % interval of what gravity expects, by 0.00 billion USD in all; 1 "
        "flow is above it, by 0.500; of 2 among members.",
        "No trade among members is below what gravity expects of it.",
    )


@pytest.mark.parametrize(
    ("musd", "said"),
    [(9_999.0, "10.00"), (10_000.0, "10.0"), (999.4, "0.999"), (1_000.0, "1.00"), (0.0, "0.00"),
     (-1_234_567.0, "−1,234.6")],
)  # fmt: skip
def test_billions_have_as_many_decimals_as_they_can_bear(musd: float, said: str) -> None:
    assert matches.billion(musd) == said
    assert matches.billion(musd, sign=True) == (said if musd < 0 else f"+{said}")


def test_notes_and_footer_trace_the_figures() -> None:
    # Ratios are 0.5 (weight 4) and 1.5 (weight 2).
    (last,) = matches.notes(matched(pairs=()))
    assert "is 0.50 to 1.50 times as much" in last
    left = matched(absent=("D", "E"), estimate=estimate(without_point=("X", "Y")))
    said = matches.notes(left)
    assert said[:3] == (
        "Not in world made and so without the indices by sector: D, E.",
        "Not in world made and so without gravity: D, E.",
        "Place not known, so not in gravity: X, Y.",
    )
    assert len(said) == 5
    sha = WORLD.sha256[:12]
    assert matches.footer(matched()) == (
        "gravity by PPML with exporter and importer effects: ln_distance −0.76 (0.04), border 0.50 "
        "(0.10); 1,234 flows, errors clustered by 617 pairs; squared correlation 0.88; residual 1.0e-12\n"
        f"worlds made, sha256 {sha}, and made, sha256 {sha}; membership as of 2025-09-01"
    )


def test_what_the_chart_of_flows_draws() -> None:
    nothing = (*FLOWS[:2], flow("B", "C", 0.0, 4_000.0))
    frame = matches.flows_frame(matched(flows=nothing), top=2)
    assert frame["expected_musd"].tolist() == [12_000.0, 4_000.0]
    assert frame["label"][0] == (
        "Land A to Land B: actual 2.00, expected 12.0 (9.60 to 15.0) billion USD"
    )
    spec = matches.dots(matched(flows=nothing), top=3, width=860).to_dict()
    (data,) = spec["datasets"].values()
    assert [row["actual"] for row in data] == [2.0, 3.0, 1.0]  # no trade stands at the edge
    assert [row["low"] for row in data] == pytest.approx([9.6, 3.2, 3.2])
    assert [row["high"] for row in data] == pytest.approx([15.0, 5.0, 5.0])
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domainMin"] == 1.0
