"""Figures that the tables, charts and pages of package deals show, on cases made by hand."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from tests.unit.printed import headings, rows

from winset.errors import DataError
from winset.governance.packages.integer_program import Package
from winset.governance.packages.issues import Issues
from winset.governance.packages.search import MOST_TIES, Concession, Deal, Veto, deal
from winset.report import (
    deals,
    frontier,
)
from winset.studies.scenario_deal import Interaction

pytestmark = pytest.mark.usefixtures("undrawn")

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
    assert kept["visa"] == False  # noqa: E712 (a numpy value)
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
