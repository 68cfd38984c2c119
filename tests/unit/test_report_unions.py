"""Figures that the tables and sentences of customs unions show, on cases made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit.printed import made_world, rows, sides

from winset.report import unions
from winset.trade.policy.customs_union import Duties, Union, UnionAtTariff

WORLD = made_world("A B C D", [[50, 10, 0, 0], [0, 90, 10, 0], [5, 5, 20, 0], [0, 0, 5, 5]])
SOLVER = SimpleNamespace(iterations=7, residual=2.5e-11, seconds=1.0)


# Customs unions.


def accession(welfare: list[float], variation: list[float], **changes: Any) -> UnionAtTariff:
    said: dict[str, Any] = {
        "tariff": np.zeros((1, 4, 4)),
        "state": None,
        "welfare": np.array(welfare),
        "variation": np.array(variation),
        "transfer": np.zeros(4),
        "duties": Duties(np.array([0.02, np.nan]), np.array([0.05, 0.04]), 0.0314, 0.05),
    }
    return UnionAtTariff(**said | changes)


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


def test_billions_are_thousands_of_millions() -> None:
    at = accession([1.0, 1.0, 1.0, 1.0], [600_000.0, 0.0, 0.0, 0.0])
    done = union(common=at, harmless=at, common_rates=np.array([0.1]))
    said = [str(part) for part in unions.shown(done, "", top=0)]
    assert sum("gains 600.00 billion USD a year" in part for part in said) == 2


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
        "With this tariff no outsider's welfare moves (at most by 0.0001 %), and the union gains "
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
