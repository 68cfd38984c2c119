"""Figures that the tables and pages of votes, deals and common ground show, on cases made by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import headings, rows, sides

from winset.errors import DataError
from winset.governance.packages.integer_program import Package
from winset.governance.packages.issues import Issues
from winset.governance.packages.search import MOST_TIES, Concession, Deal, Veto, deal
from winset.governance.rollcalls.common_ground import Split
from winset.governance.rollcalls.ideal_points import IdealPoints
from winset.governance.voting.design import Design
from winset.governance.voting.power_indices import MemberPower, Power
from winset.governance.voting.rules import weighted
from winset.report import (
    common_ground,
    common_ground_charts,
    common_ground_tables,
    deals,
    frontier,
    labels,
    votes,
)
from winset.report import power as powers
from winset.studies.scenario_deal import Interaction
from winset.studies.voting_power import DesignedRule, VotingPower

# Voting power.


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
    assert powers.round_numbers(1, 100, most=9) == [1, 2, 5, 10, 20, 50, 100]
    assert powers.round_numbers(1, 100, most=7) == [1, 2, 5, 10, 20, 50, 100]
    assert powers.round_numbers(1, 100, most=6) == [1, 3, 10, 30, 100]
    assert powers.round_numbers(1, 100, most=4) == [1, 10, 100]
    assert powers.round_numbers(0.3, 4, most=9) == [0.5, 1, 2]


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
    shown = votes.shown(VotingPower(before, enlarged=after))
    assert len(shown) == 2
    assert votes.source(VotingPower(before, enlarged=after)) == ""


def test_coalitions_are_listed_a_line_each() -> None:
    minimal = ([["P", "Q"], ["P", "R"]], [["P"]])
    shown = votes.shown(VotingPower(POWER, minimal=minimal))
    assert shown[2:] == [
        "Minimal winning coalitions (the first 2):\n  P Q\n  P R",
        "Minimal blocking coalitions (the first 1):\n  P",
    ]
    assert len(votes.shown(VotingPower(POWER))) == 2


def test_a_designed_rule_against_its_target() -> None:
    rule = weighted(["P", "Q", "R"], [500, 250, 250], 600)
    found = tuple(
        member(c, w, banzhaf=b, shapley_shubik=0.1)
        for c, w, b in (("P", 500, 0.6), ("Q", 250, 0.2), ("R", 250, 0.2))
    )
    power = Power(rule, found, 0.37512, 3, 2, "weights")
    design = Design(power, np.array([0.59, 0.2, 0.2100001]), 0.01414, 0.0100001, "banzhaf")
    table, said = votes.shown(DesignedRule("equal", design))
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


# Package deals.

ISSUES = Issues(
    names=("rail", "gas", "visa"),
    countries=("A", "B"),
    gains=tuple(tuple(Fraction(x) for x in row) for row in ((5, -1), (-2, 6), (-1, -1))),
    floors=(Fraction(0), Fraction(0)),
    title="Two lands",
)


def test_the_packages_of_a_small_deal() -> None:
    table = deals.table(deal(ISSUES))
    assert headings(table) == ["", "package", "A", "B", "total"]
    assert rows(table) == [
        ["best", "rail, gas", "3", "5", "8"],
        ["Nash bargain", "rail, gas", "3", "5", "8"],
        ["Kalai–Smorodinsky bargain", "rail, gas", "3", "5", "8"],
        ["egalitarian bargain", "rail, gas", "3", "5", "8"],
        ["worst 3", "rail, gas", "3", "5", "8"],
    ]


def package(issues: str, *gains: float) -> Package:
    return Package(tuple(issues.split()), gains, sum(gains))


def struck(**changes: Any) -> Deal:
    said: dict[str, Any] = {
        "issues": ISSUES, "optimal": (package("rail gas", 3, 5), package("gas", 2, 6)),
        "payments": None, "frontier": (package("rail gas", 3, 5), package("rail", 5, 4)),
        "bargains": {"nash": package("rail", 5, 4), "egalitarian": None}, "vetoes": (),
        "concession": None, "alone": (),
    }  # fmt: skip
    return Deal(**said | changes)


def test_ties_payments_and_a_bargain_that_there_is_not() -> None:
    paid = deals.table(struck(payments=(1.5, -1.5)))
    assert rows(paid)[:5] == [
        ["best", "rail, gas", "3", "5", "8"],
        ["as good", "gas", "2", "6", "8"],
        ["payments", "", "1.5", "−1.5", "0"],
        ["Nash bargain", "rail", "5", "4", "9"],
        ["egalitarian bargain", "none lets everybody gain", *[""] * 3],
    ]
    assert [row[0] for row in rows(paid)[5:]] == ["worst 3", "worst 4"]
    assert "payments" not in [row[0] for row in rows(deals.table(struck()))]


def across(count: int) -> Issues:
    """As many countries, each gaining its number from rail and losing one by gas."""
    return Issues(
        names=("rail", "gas"),
        countries=tuple(f"C{k}" for k in range(count)),
        gains=(tuple(map(Fraction, range(count))), (Fraction(-1),) * count),
        floors=(Fraction(0),) * count,
    )


def test_seven_countries_fit_across_and_eight_do_not() -> None:
    for count, issues_first in ((7, False), (8, True)):
        of = Package(("rail",), tuple(map(float, range(count))), float(sum(range(count))))
        found = struck(issues=across(count), optimal=(of,), frontier=(of,), bargains={})
        first = rows(deals.table(found))[0]
        assert (first[0] == "✓ rail") is issues_first
        lines = deals.summary(found)
        assert ("Frontier 1" in " ".join(lines)) is False  # the best is listed once
        assert (len(lines) == 1) is True


def test_figures_by_issue() -> None:
    table = deals.by_issue(struck(payments=(0.5, -0.5)))
    assert rows(table) == [
        ["✓ rail", "5.000", "−1.000", "4.000"],
        ["✓ gas", "−2.000", "6.000", "4.000"],
        ["  visa", "−1.000", "−1.000", "−2.000"],
        ["best, frontier 1", "3.000", "5.000", "8.000"],
        ["as good (1)", "2.000", "6.000", "8.000"],
        ["frontier 2", "5.000", "4.000", "9.000"],
        ["payments", "0.500", "−0.500", "0.000"],
    ]
    labelled = dict(deals.packages(struck()))
    assert list(labelled) == [
        "best, frontier 1",
        "as good (1)",
        "Nash, frontier 2",
        "egalitarian bargain",
    ]
    assert labelled["egalitarian bargain"] is None


@pytest.mark.parametrize(
    ("value", "largest", "said"),
    [(1.23456, 999.9, "1.235"), (1.23456, 1000, "1.23"), (9.94, 1000, "9.94"), (9.95, 1000, "9.9"),
     (99.4, 1000, "99.4"), (99.5, 1000, "100"), (-1234.5, 5000, "−1,234"), (-0.0001, 10, "0.000")],
)  # fmt: skip
def test_figures_of_a_wide_table(value: float, largest: float, said: str) -> None:
    assert deals.rounded(value, largest) == said


def test_what_a_negotiator_would_ask_first() -> None:
    full = struck(
        vetoes=(Veto("B", 4.5, ("rail", "visa")), Veto("A", 1.0, ())),
        concession=Concession("A", "visa", -1.0, 2.5, ("rail",)),
        alone=("rail",),
    )
    assert deals.summary(full) == [
        "The best package brings 8 in all: rail, gas",
        "2 packages are equally good; all are listed",
        "One by one, without a package, would pass: rail",
        "Costliest veto: B; without its floor the total would be 12.5 (rail, visa)",
        "Concession that unblocks most: A accepts visa (−1); the total rises by 2.5",
    ]
    nothing = struck(optimal=(package("", 0, 0),))
    assert deals.summary(nothing) == ["The best package brings 0 in all: (nothing)"]
    assert deals.summary(struck(optimal=(package("rail", 5, 4),)))[1:] == []
    assert deals.summary(struck())[2] == "One by one, without a package, would pass: nothing"
    many = struck(optimal=(package("gas", 2, 6),) * MOST_TIES)
    assert deals.summary(many)[1] == (
        f"{MOST_TIES} packages or more are equally good; {MOST_TIES} are listed"
    )
    fewer = struck(optimal=(package("gas", 2, 6),) * (MOST_TIES - 1))
    assert deals.summary(fewer)[1] == f"{MOST_TIES - 1} packages are equally good; all are listed"


def agenda(together: tuple[float, ...]) -> Any:
    broken = (("B", -0.25, 0.0),)
    found = Interaction(("rail", "gas"), (3.0, 5.0), together, broken)
    return SimpleNamespace(
        interaction=lambda _: found,
        together=lambda _: together,
        unit="welfare_percent",
        world=SimpleNamespace(name="made", sha256="0123456789abcdef", sources=()),
        to_json=lambda _: {"unit": "welfare_percent"},
    )


def test_a_package_run_as_a_whole() -> None:
    done = agenda((3.0, 4.0))
    assert deals.interaction(struck(), done) == [
        "Run as a whole it brings 7, against 8 when its issues are run one by one and added up: −1 "
        "(−12.5 %) by interaction",
        "But as a whole it gives B −0.25, below its floor of 0",
    ]
    assert rows(deals.table(struck(), done))[-1] == ["best, as a whole", "3.000", "4.000", "7.000"]
    said = deals.summary(struck(), done)
    assert "Nash, frontier 2: rail" in said
    assert "Egalitarian bargain: none lets everybody gain" in said
    assert "As good (1): gas" in said
    page = frontier.sheet(struck(), done)
    assert page.figures["unit"] == "welfare_percent"
    assert "world made (sha256 0123456789ab)" in page.method[1]


def test_the_page_and_the_section_of_a_deal() -> None:
    page = frontier.sheet(struck(payments=(0.5, -0.5)))
    assert page.kicker == "package deal · 3 issues, 2 countries"
    assert page.title == "Two lands"
    assert page.verdict == (
        "The best package brings 8 in all: rail, gas.",
        "2 packages are equally good; all are listed.",
    )
    assert page.sources == ("The figures are those of the file.",)
    (section,) = page.sections
    assert section.items == ("One by one, without a package, would pass: nothing.",)
    (grid,) = section.grids
    assert grid.headings == ("issue", "A", "B", "total")
    assert grid.digits == (0, 0, 0)
    assert grid.rows == (
        ("rail", "5.000", "−1.000", "4.000"),
        ("gas", "−2.000", "6.000", "4.000"),
        ("visa", "−1.000", "−1.000", "−2.000"),
        ("best package", "3.000", "5.000", "8.000"),
        ("payments", "0.500", "−0.500", "0.000"),
    )
    assert len(section.figures) == 2
    alone = struck(
        frontier=(package("rail gas", 3, 5),), bargains={"nash": package("rail gas", 3, 5)}
    )
    only = frontier.section(alone)
    assert len(only.figures) == 1
    assert only.paragraphs == (
        "No package betters the best one, neither in total nor for the worst off.",
    )
    whole = frontier.section(struck(), agenda((3.0, 4.0)))
    assert whole.paragraphs[0] == "Figures in percent of welfare."
    assert whole.grids[0].rows[-1] == ("run as a whole", "3.000", "4.000", "7.000")


def test_what_the_chart_of_the_frontier_draws() -> None:
    table = frontier.frame(struck())
    assert table["package"].tolist() == ["rail, gas", "rail"]
    assert table["roles"].tolist() == ["frontier, best", "frontier, Nash bargain"]
    assert table["kind"].tolist() == [frontier.KINDS["best"], frontier.KINDS["bargain"]]
    assert table["worst_off"].tolist() == ["A", "B"]
    assert table["label"][0] == "rail, gas: total 8, worst off A with 3 (frontier, best)"
    below = frontier.frame(struck(frontier=(package("visa", -1, -1), package("rail", 0, 0))))
    kept = dict(zip(below["package"], below["keeps_floors"], strict=True))
    assert kept["visa"] is np.False_ or kept["visa"] is False
    assert kept["rail"]  # a floor that is just kept
    paid = frontier.frame(struck(payments=(1.0, -1.0)))
    assert "Nash bargain" not in " ".join(paid["roles"])
    spec = frontier.frontier_chart(table, width=860).to_dict()
    # A tenth and a half of the range is room at each end.
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == pytest.approx([2.85, 4.15])
    steps = next(d for d in spec["datasets"].values() if len(d) == 4 and "kind" not in d[0])
    assert [(row["worst"], row["total"]) for row in steps] == [
        (pytest.approx(2.85), 8), (3, 8), (4, 9), (4, pytest.approx(7.85)),
    ]  # fmt: skip
    (named,) = (d for d in spec["datasets"].values() if "text" in d[0])
    for row in named:
        (point,) = (p for p in table.to_dict("records") if p["short"] == row["text"])
        assert row["worst"] == pytest.approx(point["worst"], abs=0.1)
        assert row["total"] == pytest.approx(point["total"], abs=0.1)


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([0.0, 10.0], (-1.5, 11.5)),
        ([5.0], (4.5, 5.5)),
        ([-5.0], (-5.5, -4.5)),
        ([0.0], (-1.0, 1.0)),
    ],
)
def test_axes_have_room_around_the_values(values: list[float], ends: tuple[float, float]) -> None:
    table = pd.DataFrame({
        "worst": values, "total": values, "on_frontier": True, "kind": frontier.KINDS["best"],
        "short": "x", "label": "",
    })  # fmt: skip
    spec = frontier.frontier_chart(table, width=860).to_dict()
    layer = spec["layer"][-1]["encoding"]
    assert layer["x"]["scale"]["domain"] == pytest.approx(ends)
    dashed = [one for one in spec["layer"] if one["mark"].get("strokeDash")]
    assert bool(dashed) is (ends[0] < 0 < ends[1])


def test_packages_are_named_by_what_is_shorter() -> None:
    names = ("rail", "gas", "visa", "port")
    issues = Issues(names, ("A",), ((Fraction(1),),) * 4, floors=(Fraction(0),))

    def short(*chosen: str) -> str:
        of = Package(chosen, (1.0,), 1.0)
        found = struck(issues=issues, optimal=(of,), frontier=(of,), bargains={})
        return str(frontier.frame(found)["short"][0])

    assert short(*names) == "all 4"
    assert short("rail", "gas", "visa") == "all but port"
    assert short("rail", "gas") == "rail, gas"
    assert short() == "(nothing)"


def test_long_names_are_cut() -> None:
    table = frontier.frame(struck()).assign(short=["x" * 44, "y" * 43 + ", zz"])
    spec = frontier.frontier_chart(table, width=860).to_dict()
    said = {row["text"] for d in spec["datasets"].values() for row in d if "text" in row}
    assert said == {"x" * 44, "y" * 43 + "…"}


def test_the_gains_of_the_issues_in_color_and_figures() -> None:
    frame = frontier.gains_frame(struck())
    assert frame["in_package"].tolist() == [True] * 4 + [False] * 2
    assert frame["gain"].tolist() == [5, -1, -2, 6, -1, -1]
    spec = frontier.gains_chart(frame, width=860).to_dict()
    (data,) = spec["datasets"].values()
    assert [row["share"] for row in data] == pytest.approx([1, -1 / 6, -0.4, 1, -0.2, -1 / 6])
    assert data[1]["label"] == "rail, B: −1"
    assert [row["text"] for row in data] == ["5", "−1", "−2", "6", "−1", "−1"]
    wide = pd.DataFrame({
        "issue": list("abcdef"), "country": "A",
        "gain": [9_999.4, 9_999.5, 99.5, 99.4444, -0.12345, 0.0], "in_package": False,
    })  # fmt: skip
    (data,) = frontier.gains_chart(wide, width=860).to_dict()["datasets"].values()
    assert [row["text"] for row in data] == ["9,999", "10k", "100", "99.4", "−0.123", "0"]
    still = frame.assign(gain=0.0)
    (data,) = frontier.gains_chart(still, width=860).to_dict()["datasets"].values()
    assert {row["share"] for row in data} == {0.0}


def test_an_unknown_chart_of_a_deal_is_refused() -> None:
    with pytest.raises(DataError, match="--draw pie"):
        frontier.picture(struck(), "pie")
    for name in ("frontier", "gains"):
        assert frontier.picture(struck(), name)(860).to_dict()


# Names beside points.


def test_a_name_stands_where_there_is_room() -> None:
    # Right of the point, its middle at the height of the point.
    (spot,) = labels.place([50.0], [50.0], ["AB"], width=200, height=100)
    assert (spot.x, spot.y, spot.align) == (57.0, 50.0, "left")  # type: ignore[union-attr]
    # At the right edge: left of it. 2 capitals are 2 × 0.68 × 9 pixels wide, 12 may stand over.
    (spot,) = labels.place([190.0], [50.0], ["AB"], width=197 + 0.24 - 12, height=100)
    assert (spot.x, spot.align) == (183.0, "right")  # type: ignore[union-attr]
    (spot,) = labels.place([190.0], [50.0], ["AB"], width=197 + 12.25 - 12, height=100)
    assert spot.align == "left"  # type: ignore[union-attr]
    # Between a left and a right neighbor: above, its middle half a line and the gap higher.
    x, y = [50.0, 30.0, 70.0], [50.0, 50.0, 50.0]
    spot = labels.place(x, y, ["AB", "", ""], width=200, height=100)[0]
    assert (spot.x, spot.align) == (50.0, "center")  # type: ignore[union-attr]
    assert spot.y == pytest.approx(50.0 - 7.0 - 1.15 * 9 / 2)  # type: ignore[union-attr]
    # A name that fits nowhere is left out, and one that is empty too.
    assert labels.place([5.0], [5.0], ["A long name"], width=10, height=10) == [None]
    assert labels.place([50.0], [50.0], [""], width=200, height=100) == [None]


@pytest.mark.parametrize(
    ("blocked", "align", "dx", "dy"),
    [
        ((), "left", 7, 0),
        (("E",), "right", -7, 0),
        (("E", "W"), "center", 0, -1),
        (("E", "W", "N"), "center", 0, 1),
        (("E", "W", "N", "S"), "left", 2, -1),
    ],
)
def test_places_are_tried_in_their_order(
    blocked: tuple[str, ...], align: str, dx: float, dy: int
) -> None:
    at = {"E": (114, 100), "W": (86, 100), "N": (97, 88), "S": (97, 112)}
    x = [100.0, *(float(at[b][0]) for b in blocked)]
    y = [100.0, *(float(at[b][1]) for b in blocked)]
    spot = labels.place(x, y, ["a", *[""] * len(blocked)], width=300, height=300)[0]
    assert spot is not None
    assert (spot.align, spot.x - 100.0) == (align, dx)
    assert spot.y == pytest.approx(100 + dy * (7 + 1.15 * 4.5))


def test_names_above_take_the_slanted_places_first() -> None:
    spot = labels.place([50.0], [50.0], ["a"], width=300, height=300, places=labels.ABOVE)[0]
    assert spot is not None
    assert (spot.align, spot.x) == ("left", 52.0)
    assert labels.ABOVE[:3] == ((1, -1), (-1, -1), (0, -1))
    assert {abs(a) + abs(b) for a, b in (*labels.BESIDE, *labels.ABOVE)} == {1, 2}
    assert len(set(labels.BESIDE)) == 8
    assert all(max(abs(a), abs(b)) == 1 for a, b in (*labels.BESIDE, *labels.ABOVE))


# Common ground.


def cohesion(**changes: Any) -> dict[str, Any]:
    return {
        "roll_calls": 120,
        "unanimous": 0.254,
        "agreement_index": 0.876,
        "rice": 0.345,
    } | changes


def payload(**changes: Any) -> dict[str, Any]:
    point = {"A": 0.254, "B": None, "C": -1.256, "D": 0.0}
    own = cohesion(
        by_issue={
            "hr": cohesion(roll_calls=20, agreement_index=0.5),
            "nu": cohesion(roll_calls=30, agreement_index=0.9, unanimous=None),
        },
        members=[
            {"with_others": 0.816, "lone_dissents": 3, "pivotal": 0.126, "cohesion_without": 0.905}
            for _ in point
        ],
        common_position={"median": 0.123, "median_member": "D", "outermost": ["C", "A"]},
    )
    said = {
        "years": "2015",
        "economies": [
            {"code": code, "votes": 100 * (code != "B"), "ideal_point": p,
             "standard_error": None if p is None else 0.1049}
            for code, p in point.items()
        ],
        "pairs": [
            {"a": "A", "b": "C", "votes": 90, "agreement": 0.606, "kappa": 0.1, "pi": -0.126},
            {"a": "A", "b": "D", "votes": 80, "agreement": 0.906, "kappa": 0.8, "pi": 0.7},
            {"a": "C", "b": "D", "votes": 70, "agreement": 1.0, "kappa": None, "pi": None},
        ],
        "cohesion": own,
    }  # fmt: skip
    return said | changes


NAMES = {code: f"Land {code}" for code in "ABCD"}
SPLITS = (
    Split("2015-12-01", "R/70/1", "Peace", 0.1, tuple(f"M{k}" for k in range(10)), ("A",), ()),
    Split("2015-12-02", "R/70/2", "Trade", 0.2, tuple(f"M{k}" for k in range(11)), (), ("A", "B")),
)


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A common ground of four members, named after their codes."""
    for module in (common_ground, common_ground_tables, common_ground_charts):
        monkeypatch.setattr(module, "member_names", lambda: NAMES)
    agree = np.array([[1, 0.2, 0.9], [0.2, 1, 0.3], [0.9, 0.3, 1]])
    pairs = SimpleNamespace(
        agreement=agree, kappa=agree / 2, votes=np.array([[0, 10, 20], [10, 0, 0], [20, 0, 0]])
    )
    return SimpleNamespace(
        members=("A", "C", "D"), pairs=pairs, first=2014, last=2016, divided=SPLITS
    )


POINTS = IdealPoints(
    ("A", "C"),
    np.array([2013, 2014, 2015, 2016, 2017]),
    np.array([[9.0, 0.5, np.nan, 0.25, 9.0], [9.0, -1.0, -1.5, -2.0, 9.0]])[..., None],
    np.array([[9.0, 0.1, np.nan, 0.2, 9.0], [9.0, 0.1, 0.2, 0.3, 9.0]])[..., None],
    3,
)


def study(found: Any, said: dict[str, Any], **changes: Any) -> Any:
    part = SimpleNamespace(ground=found, payload=said)
    late = SimpleNamespace(ground=None, payload=payload(years="2016"))
    fields = {
        "bloc": "SCO", "first": 2014, "last": 2016, "issue": None, "by_year": False,
        "parts": (part, late), "whole": part, "course": (part, late), "points": POINTS,
    }  # fmt: skip
    return SimpleNamespace(**fields | changes)


def test_members_pairs_issues_and_splits_in_figures(ground: Any) -> None:
    against = {
        "bloc": "EU",
        "plurality_agreement": 0.456,
        "pair_agreement": 0.404,
        "roll_calls": 99,
    }
    said = list(common_ground_tables.shown(study(ground, payload(against=against))))
    assert said[:3] == [
        "SCO, 2014-2016: 120 roll calls. The members voted alike on 25 %; agreement index 0.88, Rice "
        "0.34 (1 = united).",
        "Ideal points run from C to A; the median is 0.12, nearest to it D.",
        "With EU: majorities agree on 46 % of 99 roll calls, pairs of members on 40 %.",
    ]
    members, issues, pairs = said[3:6]
    assert rows(members) == [  # type: ignore[arg-type]
        ["A Land A", "100", "0.25", "0.10", "82 %", "3", "13 %", "0.91"],
        ["D Land D", "100", "0.00", "0.10", "82 %", "3", "13 %", "0.91"],
        ["C Land C", "100", "-1.26", "0.10", "82 %", "3", "13 %", "0.91"],
        ["B Land B", "0", "–", "–", "82 %", "3", "13 %", "0.91"],
    ]
    assert rows(issues) == [  # type: ignore[arg-type]
        ["hr Human rights", "20", "25 %", "0.50", "0.34"],
        ["nu Nuclear weapons and nuclear material", "30", "–", "0.90", "0.34"],
    ]
    assert rows(pairs) == [  # type: ignore[arg-type]
        ["A–D", "80", "91 %", "0.80", "0.70"],
        ["A–C", "90", "61 %", "0.10", "-0.13"],
    ]
    assert str(pairs.title) == "Pairs, by agreement beyond chance"  # type: ignore[union-attr]
    ten = ", ".join(f"M{k}" for k in range(10))
    assert said[6:] == [
        "Most divided:",
        f"  2015-12-01 R/70/1 Peace: 10 yes ({ten}); 1 abstain (A)",
        "  2015-12-02 R/70/2 Trade: 11 yes; 2 no (A, B)",
    ]


def test_of_many_pairs_those_that_agree_most_and_least(ground: Any) -> None:
    def listed(count: int) -> tuple[str, list[str]]:
        many = [
            {"a": "A", "b": f"{k}", "votes": 1, "agreement": 0.5, "kappa": k / 20, "pi": 0.5}
            for k in range(count)
        ]
        ground.divided = ()
        table = list(common_ground_tables.shown(study(ground, payload(pairs=many))))[-1]
        return str(table.title), [row[0] for row in rows(table)]  # type: ignore[union-attr, arg-type]

    assert listed(10)[1] == [f"A–{k}" for k in range(9, -1, -1)]
    title, shown = listed(11)
    assert shown == [f"A–{k}" for k in (10, 9, 8, 7, 6, 4, 3, 2, 1, 0)]
    assert title == "The 5 pairs that agree most, and least, beyond chance"


def test_without_positions_or_rivals_fewer_sentences(ground: Any) -> None:
    bare = payload()
    bare["cohesion"]["common_position"] = {"median": None, "median_member": None, "outermost": None}
    said = list(common_ground_tables.shown(study(ground, bare, issue="hr")))
    assert [isinstance(part, str) for part in said] == [True, *[False] * 3, *[True] * 3]
    assert str(said[0]).startswith("SCO, 2014-2016 on human rights: 120")


def test_the_course_over_the_years(ground: Any) -> None:
    against = {"bloc": "EU", "pair_agreement": 0.404}
    done = study(ground, payload(against=against), by_year=True)
    done.parts[1].payload["against"] = {"bloc": "EU", "pair_agreement": None}
    (table,) = common_ground_tables.shown(done)
    assert headings(table)[-1] == "agrees with EU"  # type: ignore[arg-type]
    assert rows(table) == [  # type: ignore[arg-type]
        ["2015", "3", "120", "25 %", "0.88", "0.34", "0.12", "40 %"],
        ["2016", "3", "120", "25 %", "0.88", "0.34", "0.12", "–"],
    ]
    (plain,) = common_ground_tables.shown(study(ground, payload(), by_year=True))
    assert len(headings(plain)) == 7  # type: ignore[arg-type]


def test_the_section_and_the_page_of_common_ground(ground: Any) -> None:
    page = common_ground.page(study(ground, payload()))
    assert page.title == "SCO, 2014-2016"
    assert page.verdict == (
        "120 roll calls; the members voted alike on 25 percent. Agreement index 0.88, Rice 0.34 (1 is "
        "united).",
        "Most united on nuclear weapons and nuclear material (0.90), least on human rights (0.50).",
        "Ideal points run from C to A; in the middle stands D.",
    )
    section, course = page.sections
    members, issues = section.grids
    assert members.rows == (
        ("Land A", "100", "0.25", "0.10", "82", "3", "13"),
        ("Land D", "100", "0.00", "0.10", "82", "3", "13"),
        ("Land C", "100", "−1.26", "0.10", "82", "3", "13"),
        ("Land B", "0", "–", "–", "82", "3", "13"),
    )
    assert members.digits == (0,) * 6
    assert issues.digits == (0,) * 4
    assert issues.rows == (
        ("Human rights", "20", "25", "0.50", "0.34"),
        ("Nuclear weapons and nuclear material", "30", "–", "0.90", "0.34"),
    )
    ten = ", ".join(f"M{k}" for k in range(10))
    assert section.items == (
        f"2015-12-01 R/70/1 Peace: 10 yes ({ten}); 1 abstain (A).",
        "2015-12-02 R/70/2 Trade: 11 yes; 2 no (A, B).",
    )
    assert len(section.figures) == 2
    assert "outermost" not in section.figures[1].caption
    assert course.grids[0].rows[0] == ("2015", "3", "120", "25", "0.88", "0.12")
    assert course.grids[0].digits == (0,) * 5
    assert isinstance(page.figures, list)
    year = common_ground.page(study(ground, payload(), first=2016))
    assert len(year.sections) == 1
    assert year.figures == payload()


def test_a_ground_without_splits_or_positions(ground: Any) -> None:
    ground.divided = ()
    empty = IdealPoints((), POINTS.years, POINTS.position[:0], POINTS.standard_error[:0], 1)
    bare = payload()
    bare["cohesion"]["by_issue"] = {"hr": cohesion()}
    bare["cohesion"]["common_position"]["median"] = None
    page = common_ground.page(study(ground, bare, first=2016, points=empty))
    assert len(page.verdict) == 1
    assert page.sections[0].paragraphs == page.sections[0].items == ()
    assert len(page.sections[0].figures) == 1


def test_what_the_charts_of_common_ground_draw(ground: Any) -> None:
    table = common_ground_charts.agreement_frame(ground)
    assert sorted(zip(table["a"], table["b"], table["agreement"], table["votes"], strict=True)) == [
        ("A", "C", 0.2, 10), ("A", "D", 0.9, 20), ("C", "A", 0.2, 10), ("D", "A", 0.9, 20),
    ]  # fmt: skip
    assert table["kappa"].tolist() == pytest.approx((table["agreement"] / 2).tolist())
    spec = common_ground_charts.heat_map(table, width=860).to_dict()
    assert spec["layer"][0]["encoding"]["color"]["scale"]["domain"] == [20.0, 100]
    places = common_ground_charts.path_frame(POINTS, ("A", "C", "Z"), 2014, 2016)
    assert [tuple(row) for row in places[["code", "year", "ideal_point", "run"]].to_numpy()] == [
        ("A", 2014, 0.5, 0), ("A", 2016, 0.25, 1), ("C", 2014, -1.0, 0), ("C", 2015, -1.5, 0),
        ("C", 2016, -2.0, 0),
    ]  # fmt: skip
    assert places["low"].tolist()[:2] == pytest.approx([0.5 - 0.196, 0.25 - 0.392])
    assert places["high"].tolist()[:2] == pytest.approx([0.5 + 0.196, 0.25 + 0.392])


def test_of_many_members_the_outermost_and_the_middle_are_named() -> None:
    def colored(count: int) -> list[str]:
        table = pd.DataFrame({
            "code": [f"M{k}" for k in range(count) for _ in (0, 1)],
            "year": [2014, 2015] * count, "run": 0,
            "ideal_point": [float(k) for k in range(count) for _ in (0, 1)],
        })  # fmt: skip
        table["low"], table["high"] = table["ideal_point"] - 1, table["ideal_point"] + 1
        table["standard_error"], table["name"] = 0.5, table["code"]
        spec = common_ground_charts.paths(table, width=860).to_dict()
        scale = spec["layer"][-1]["encoding"]["color"]["scale"]
        drawn = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
        assert drawn == pytest.approx([-1.1, count + 0.1])
        lines = [one for one in spec["layer"] if one["mark"]["type"] == "line"]
        assert len(lines) == (2 if count > 8 else 1)
        if count > 8:
            data = spec["datasets"][lines[0]["data"]["name"]]
            assert not {row["code"] for row in data} & set(scale["domain"])
        return list(scale["domain"])

    assert colored(8) == [f"M{k}" for k in range(8)]
    assert colored(9) == ["M0", "M4", "M8"]


def test_codes_at_the_ends_keep_apart_and_inside() -> None:
    table = pd.DataFrame({
        "code": ["P", "P", "Q", "Q", "R", "R"], "year": [2014, 2015] * 3, "run": 0, "name": "",
        "ideal_point": [0.0, 1.0, 0.0, 1.0, 0.0, 0.0], "standard_error": 0.0,
    })  # fmt: skip
    table["low"] = table["high"] = table["ideal_point"]
    spec = common_ground_charts.paths(table, width=860).to_dict()
    data = spec["datasets"][spec["layer"][-1]["data"]["name"]]
    at = {row["code"]: row["ideal_point"] for row in data}
    apart = 11 * 1.2 / 400
    assert at["R"] == 0.0
    assert sorted([at["P"], at["Q"]]) == pytest.approx([1.0, 1.0 + apart])
    assert {row["year"] for row in data} == {2015}


def test_the_charts_that_can_be_drawn(ground: Any) -> None:
    found: Any = [SimpleNamespace(ground=ground, payload=payload(years="2015"))]
    for name in ("agreement", "positions", "course"):
        assert common_ground_charts.picture(name, found, POINTS, 2014, 2016)(860).to_dict()
    with pytest.raises(DataError, match="no ideal point in 1990-1991"):
        common_ground_charts.picture("positions", found, POINTS, 1990, 1991)
    with pytest.raises(DataError, match="--draw pie"):
        common_ground_charts.picture("pie", found, POINTS, 2014, 2016)
    course = common_ground_charts.course_frame([payload(years="2015")]).to_dict("records")
    assert course == [{
        "year": 2015, "members": 3, "roll_calls": 120, "agreement_index": 0.876, "rice": 0.345,
        "unanimous": 0.254, "median": 0.123,
    }]  # fmt: skip
    assert not math.isnan(course[0]["median"])
