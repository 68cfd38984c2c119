"""Figures that the tables, sentences and the chart of matches show, on cases made by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit.printed import made_world, rows, sides

from winset.gravity.potential import Coefficient, Potential
from winset.places.groups import Group
from winset.report import matches
from winset.studies.trade_match import Fits, Flow, Match, Pair, Strength, Untapped

WORLD = made_world("A B C D", [[50, 10, 0, 0], [0, 90, 10, 0], [5, 5, 20, 0], [0, 0, 5, 5]])
SOLVER = SimpleNamespace(iterations=7, residual=2.5e-11, seconds=1.0)


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
        "estimate": estimate(), "flows": FLOWS, "unrecorded": (),
    }  # fmt: skip
    for key, value in changes.items():
        (fits if key in fits and key in ("pairs", "sectors") else gravity)[key] = value
        if key in ("members", "absent"):
            fits[key] = value
    return Match(
        "ABC", dt.date(2025, 9, 1), Group(("A", "B", "C")), Fits(**fits), Untapped(**gravity)
    )


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


def test_a_preference_that_is_not_defined_is_a_dash() -> None:
    odd = matched(pairs=(pair("A", "B", 0.604, preference=float("nan")),))
    assert rows(matches.tables(odd, top=2)[0])[0][7] == "–"


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
