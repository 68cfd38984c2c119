"""Figures that the tables and pages of voting power show, on cases made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit.printed import headings, rows, sides

from winset.governance.voting.design import Design
from winset.governance.voting.power_indices import MemberPower, Power
from winset.governance.voting.rules import weighted
from winset.places.groups import Group
from winset.report import (
    labels,
    votes,
)
from winset.report import power as powers
from winset.studies.voting_power import DesignedRule, VotingPower

pytestmark = pytest.mark.usefixtures("undrawn")

# Voting power.

NAMED = Group(("A", "B"))


def member(code: str, weight: float, **changes: Any) -> MemberPower:
    said: dict[str, Any] = {
        "code": code, "weights": (weight,), "banzhaf": 0.6, "banzhaf_absolute": 0.75,
        "shapley_shubik": 0.66667, "coleman_prevent": 1.0, "coleman_initiate": 0.6004,
        "public_good": None, "deegan_packel": None, "johnston": None, "veto": True, "dummy": False,
    }  # fmt: skip
    return MemberPower(**said | changes)


RULE = weighted(["P", "Q", "R", "S"], [3000, 2, 1, 1.5], 3001, title="A body")
MEMBERS = (
    member("P", 3000),
    member("Q", 2, banzhaf=0.2, banzhaf_absolute=0.25, shapley_shubik=1 / 6, coleman_prevent=0.3333,
           veto=False),
    member("R", 1, banzhaf=0.2, banzhaf_absolute=0.25, shapley_shubik=1 / 6, coleman_prevent=0.3333,
           veto=False),
    member("S", 1.5, banzhaf=0.0, banzhaf_absolute=0.0, shapley_shubik=0.0, coleman_prevent=0.0,
           coleman_initiate=0.0, veto=False, dummy=True),
)  # fmt: skip
POWER = Power(RULE, MEMBERS, 0.4375, 7, 2, "enumeration")


def test_the_power_of_every_member_the_strongest_first() -> None:
    table = votes.table(POWER)
    assert headings(table) == [
        "member", "weight", "Banzhaf %", "absolute", "Shapley %", "prevent", "per head", "",
    ]  # fmt: skip
    assert sides(table) == ["left", *["right"] * 7]
    assert rows(table) == [
        ["P", "3,000", "60.00", "0.75", "66.67", "1.000", "–", "veto"],
        ["Q", "2", "20.00", "0.25", "16.67", "0.333", "–", ""],
        ["R", "1", "20.00", "0.25", "16.67", "0.333", "–", ""],
        ["S", "1.5", "0.00", "0", "0.00", "0.000", "–", "dummy"],
    ]


def test_the_body_as_a_whole() -> None:
    assert votes.summary(POWER) == (
        "4 members; quota 3,001 of 3,004.5; passes with probability 0.4375\n"
        "Winning coalitions: 7, 2 of them minimal; blocking coalitions: 9"
    )
    errors = {
        "samples": 10_000,
        "banzhaf_absolute": [0.001, 0.0042],
        "shapley_shubik": [0.003, 0.0011],
    }
    sampled = Power(RULE, MEMBERS, 0.4375, None, None, "Monte Carlo", errors)
    assert votes.summary(sampled).splitlines()[1:] == [
        "Estimated from 10,000 draws; largest standard error 0.0042 (Banzhaf, absolute), 0.003 "
        "(Shapley–Shubik)"
    ]
    uncounted = Power(RULE, MEMBERS, 0.4375, 7, None, "weights")
    assert votes.summary(uncounted).endswith("Winning coalitions: 7; blocking coalitions: 9")


def test_several_majorities_are_named() -> None:
    first, second = RULE.majorities[0], RULE.majorities[0]
    both: Any = SimpleNamespace(
        title="", majorities=(first, second), __len__=lambda: 4, source="", warnings=()
    )
    table = votes.table(Power(both, (member("P", 1, weights=(1, 2.5)),), 0.5, 1, 1, "lattice"))
    assert headings(table)[1:3] == [first.name, second.name]
    assert rows(table)[0][1:3] == ["1", "2.5"]


def test_the_power_of_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    persons: dict[str, float] = {"P": 400.0, "Q": 100.0, "R": 100.0, "S": 25.0}
    for module in (votes, powers):
        monkeypatch.setattr(module, "population", lambda codes: [persons.get(c) for c in codes])
    # β/√N: 0.75/20, 0.25/10, 0.25/10, 0; weighted by persons: (15 + 2.5 + 2.5) / 625.
    mean = 20 / 625
    heads = votes.per_head(POWER)
    assert heads == pytest.approx(
        {"P": 0.0375 / mean, "Q": 0.025 / mean, "R": 0.025 / mean, "S": 0.0}
    )
    assert [row[6] for row in rows(votes.table(POWER))] == ["1.17", "0.78", "0.78", "0.00"]
    three = Power(RULE, MEMBERS[:3], 0.4375, None, None, "enumeration")
    assert votes.summary(three).splitlines()[1] == (
        "Square-root test: one person of P has 1.50 times the power of one of Q"
    )
    assert len(votes.summary(POWER).splitlines()) == 2  # no ratio to one who has none
    frame = powers.frame(POWER)
    assert frame.attrs["size"] == "population"
    assert frame["size"].tolist() == [400.0, 100.0, 100.0, 25.0]
    assert (
        frame["label"][0] == "P: 400 people, 60.00 % of the power, 1.17 times the average per head"
    )
    (grid,) = powers.section(POWER).grids
    assert grid.headings[-2:] == ("per head", "")
    assert [row[-2] for row in grid.rows] == ["1.17", "0.78", "0.78", "0.00"]
    assert "square root of population" in powers.section(POWER).figures[0].caption
    persons.pop("S")
    assert votes.per_head(POWER) == {}


def test_what_the_chart_of_power_draws() -> None:
    frame = powers.frame(POWER)
    assert frame["weight_percent"].tolist() == pytest.approx(
        [100 * w / 3004.5 for w in (3000, 2, 1, 1.5)]
    )
    assert frame["banzhaf_percent"].tolist() == [60.0, 20.0, 20.0, 0.0]
    assert frame["label"][1] == "Q: 2 votes, 20.00 % of the power"
    assert frame.attrs["size"] == "weight"
    spec = powers.power_chart(frame, width=860).to_dict()
    datasets = list(spec["datasets"].values())
    (shown,) = (data for data in datasets if "side" in data[0])
    assert [row["code"] for row in shown] == ["P", "Q", "R"]  # no logarithm of nothing
    assert [row["side"] for row in shown] == [
        "below: less than weight",
        *["above: more than weight"] * 2,
    ]
    (line,) = (data for data in datasets if len(data) == 2 and "side" not in data[0])
    ends = [1 / 1.3, 3000 * 1.3]
    assert [row["size"] for row in line] == pytest.approx(ends)
    per_vote = 100 / 3004.5  # where power is in proportion to weight
    assert [row["banzhaf_percent"] for row in line] == pytest.approx([per_vote * x for x in ends])
    x, y = spec["layer"][0]["encoding"]["x"], spec["layer"][0]["encoding"]["y"]
    assert x["scale"]["domain"] == pytest.approx(ends)
    assert y["scale"]["domain"] == pytest.approx([per_vote / 1.3 / 1.25, per_vote * 3900 * 1.25])
    # The names stand inside the frame, each beside its point.
    (named,) = (data for data in datasets if "text" in data[0])
    for row in named:
        (point,) = (p for p in shown if p["code"] == row["text"])
        assert row["size"] / point["size"] == pytest.approx(1.0, abs=0.4)
        assert row["banzhaf_percent"] / point["banzhaf_percent"] == pytest.approx(1.0, abs=0.4)


def test_round_numbers_on_an_axis() -> None:
    assert labels.round_numbers(1, 100, most=9) == [1, 2, 5, 10, 20, 50, 100]
    assert labels.round_numbers(1, 100, most=7) == [1, 2, 5, 10, 20, 50, 100]
    assert labels.round_numbers(1, 100, most=6) == [1, 3, 10, 30, 100]
    assert labels.round_numbers(1, 100, most=4) == [1, 10, 100]
    assert labels.round_numbers(0.3, 4, most=9) == [0.5, 1, 2]


def test_the_section_and_the_page_of_power() -> None:
    section = powers.section(POWER)
    (grid,) = section.grids
    assert grid.headings == (
        "member", "weight", "Banzhaf, %", "absolute", "Shapley–Shubik, %", "prevent", "initiate", "",
    )  # fmt: skip
    assert grid.digits == (0,) * 7
    assert grid.rows == (
        ("P", "3,000", "60.00", "0.75", "66.67", "1.000", "0.600", "veto"),
        ("Q", "2", "20.00", "0.25", "16.67", "0.333", "0.600", ""),
        ("R", "1", "20.00", "0.25", "16.67", "0.333", "0.600", ""),
        ("S", "1.5", "0.00", "0", "0.00", "0.000", "0.000", "dummy"),
    )
    assert section.figures[0].caption.endswith("not on a logarithmic scale: S.")
    turned = Power(RULE, MEMBERS[::-1], 0.4375, 7, 2, "enumeration")
    assert [row[0] for row in powers.section(turned).grids[0].rows] == ["P", "R", "Q", "S"]
    page = powers.sheet(POWER)
    assert page.verdict == (
        "P has the most power, 60.0 percent of all; a proposal passes with probability 0.4375.",
        "Nothing passes without P.",
        "Never decisive: S.",
    )
    assert page.kicker == "voting power · 4 members"
    assert page.method[1] == powers.METHODS["enumeration"]
    assert page.sources == ("Population: World Bank, World Development Indicators, 2023.",)


def test_the_verdict_on_equals() -> None:
    rule = weighted(["P", "Q"], [1, 1], 2)
    same = tuple(member(c, 1, banzhaf=0.5, veto=True) for c in "PQ")
    said = powers.sheet(Power(rule, same, 0.25, 1, 1, "enumeration")).verdict
    assert said == (
        "All 2 members have the same power; a proposal passes with probability 0.25.",
        "Every member can say no.",
    )
    three = weighted(["P", "Q", "R"], [2, 2, 1], 4)
    two = (*(member(c, 2, banzhaf=0.5) for c in "PQ"), member("R", 1, banzhaf=0.0, veto=False))
    said = powers.sheet(Power(three, two, 0.25, 2, 1, "enumeration")).verdict
    assert said[0].startswith("P, Q have the most power, 50.0 percent of all each;")
    assert said[1] == "Nothing passes without P, Q."


def test_before_and_after_an_accession() -> None:
    before = Power(RULE, MEMBERS[:3], 0.4, 7, 2, "enumeration")
    late = (member("P", 3000, banzhaf=0.55, banzhaf_absolute=0.7, shapley_shubik=0.6), *MEMBERS[1:])
    after = Power(RULE, late, 0.4, 7, 2, "enumeration")
    table = votes.accession(before, after)
    assert rows(table) == [
        ["P", "60.00", "55.00", "66.67", "60.00", "0.75", "0.7"],
        ["Q", "20.00", "20.00", "16.67", "16.67", "0.25", "0.25"],
        ["R", "20.00", "20.00", "16.67", "16.67", "0.25", "0.25"],
        ["S", "–", "0.00", "–", "0.00", "–", "0"],
    ]
    shown = votes.shown(VotingPower(before, NAMED, enlarged=after))
    assert len(shown) == 2
    assert votes.source(VotingPower(before, NAMED, enlarged=after)) == ""


def test_coalitions_are_listed_a_line_each() -> None:
    minimal = ([["P", "Q"], ["P", "R"]], [["P"]])
    shown = votes.shown(VotingPower(POWER, NAMED, minimal=minimal))
    assert shown[2:] == [
        "Minimal winning coalitions (the first 2):\n  P Q\n  P R",
        "Minimal blocking coalitions (the first 1):\n  P",
    ]
    assert len(votes.shown(VotingPower(POWER, NAMED))) == 2


def test_a_designed_rule_against_its_target() -> None:
    rule = weighted(["P", "Q", "R"], [500, 250, 250], 600)
    found = tuple(
        member(c, w, banzhaf=b, shapley_shubik=0.1)
        for c, w, b in (("P", 500, 0.6), ("Q", 250, 0.2), ("R", 250, 0.2))
    )
    power = Power(rule, found, 0.37512, 3, 2, "weights")
    design = Design(power, np.array([0.59, 0.2, 0.2100001]), 0.01414, 0.0100001, "banzhaf")
    table, said = votes.shown(DesignedRule("equal", design, NAMED))
    assert headings(table) == ["member", "weight", "power %", "target %", "gap"]  # type: ignore[arg-type]
    assert rows(table) == [  # type: ignore[arg-type]
        ["P", "500", "60.000", "59.000", "+1.000"],
        ["R", "250", "20.000", "21.000", "−1.000"],
        ["Q", "250", "20.000", "20.000", "0.000"],
    ]
    assert said == (
        "Quota 600 of 1,000 (60.0 %); distance to the target 0.014, largest gap 1 points; passes with "
        "probability 0.375"
    )


def test_the_first_majority_of_a_design_has_the_quota() -> None:
    rule: Any = SimpleNamespace(
        majorities=(
            SimpleNamespace(quota=600, total=1000),
            SimpleNamespace(quota=3, total=4),
        )
    )
    power: Any = SimpleNamespace(rule=rule, power_to_act=0.25)
    found: Any = SimpleNamespace(power=power, distance=0.1, largest=0.01)
    assert votes.design_summary(found).startswith("Quota 600 of 1,000 (60.0 %)")
