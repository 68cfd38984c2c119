"""Figures that the tables, sentences and charts of a run show, on cases made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import headings, made_world, rows, sides

from winset.games import Game
from winset.games import share as divide
from winset.places.groups import Group
from winset.report import charts, diversion, division, tables, words
from winset.report.outputs import output
from winset.studies.sharing import OtherWorth
from winset.trade.effects.figures import Diversion, Tariffs

pytestmark = pytest.mark.usefixtures("undrawn")

CODES = ("A", "B", "C", "D")
WORLD = made_world(
    "A B C D", [[4e5, 10, 20, 30], [40, 4e5, 50, 60], [7, 8, 4e5, 9], [1, 2, 3, 4e5]]
)
MEMBERS = np.array([True, True, False, False])


def moved(*, scale: float = 1.0, sign: float = 1.0) -> Diversion:
    """A and B gain in each other's markets, at the cost of C and D and of sales at home."""
    change = np.zeros((4, 4))
    change[0, 1], change[1, 0] = 3000.0, 5000.0
    change[0, 0], change[1, 1] = -1200.0, -2300.0
    diverted = np.zeros((4, 4))
    diverted[2, 0], diverted[3, 0], diverted[2, 1] = 3500.0, 300.0, 700.0
    change -= diverted
    created = np.zeros((4, 4))
    created[0, 1], created[1, 0] = 2300.0, 1200.0
    tariffs = Tariffs(
        flows=np.array([[0, 10, 20, 30], [40, 0, 50, 60], [7, 8, 0, 9], [1, 2, 3, 0]], dtype=float),
        duty=np.array([[0, 1, 4, 3], [2, 0, 5, 6], [0.7, 4, 0, 0.9], [0.3, 0.4, 0.3, 0]]),
        new_duty=np.array([[0, 0, 4, 3], [0, 0, 5, 6], [0.7, 4, 0, 0.9], [0.3, 0.4, 0.3, 0]]),
        rate=np.full((4, 4), 0.1),
        new_rate=np.full((4, 4), 0.1) - np.outer(MEMBERS, MEMBERS) * 0.1,
    )
    return Diversion(
        codes=CODES,
        members=MEMBERS,
        change=scale * sign * change,
        adjusted=np.zeros((4, 4)),
        created=scale * sign * created,
        diverted=scale * sign * diverted,
        adjustment=scale * np.array([100.0, -40.0, 0.0, 0.0]),
        tariffs=tariffs,
    )


def study(**changes: Any) -> Any:
    """A run's outside: what tables and sentences read of it."""
    frame = pd.DataFrame(
        {
            "name": WORLD.names,
            "role": ["member", "member", "outsider", "outsider"],
            "welfare_percent": [1.234, -0.456, -0.004, -0.2],
            "welfare_musd": [12345.6, -4.4, -0.4, -7.5],
            "real_wage_percent": [1.111, 2.222, 3.333, np.nan],
            "exports_percent": [10.16, -3.25, 0.04, 0.06],
            "imports_percent": [5.0, 6.0, 7.0, 8.0],
            "price_percent": [0.5, -0.5, 0.005, 0.0051],
        },
        index=pd.Index(CODES, name="code"),
    )
    result = SimpleNamespace(
        table=lambda: frame,
        members=("A", "B"),
        codes=CODES,
        world=WORLD,
        flows=np.array([[5.0, 1, 2, 3], [4, 6, 5, 6], [7, 8, 9, 9], [1, 2, 3, 7]]),
        output=np.array([100.0, 200.0, 300.0, 400.0]),
        sectors=None,
        diversion=moved(),
        solver=SimpleNamespace(residual=1.25e-12, iterations=5),
    )
    for key, value in changes.items():
        setattr(result, key, value)
    parameters = SimpleNamespace(value_added_share=0.5)
    return SimpleNamespace(
        result=result,
        world=WORLD,
        scenario=SimpleNamespace(title="A title", parameters=parameters),
    )


# Tables of the terminal.


def test_the_table_of_gains_has_every_figure_at_its_decimals() -> None:
    table = tables.gains(study(), outsiders=1)
    assert str(table.title) == "A title"
    assert headings(table) == [
        "code", "economy", "welfare %", "USD mn", "real wage %", "exports %", "imports %", "prices %",
    ]  # fmt: skip
    assert sides(table) == ["left", "left", *["right"] * 6]
    assert rows(table) == [
        ["", "members", *[""] * 6],
        ["A", "Land A", "+1.23", "+12,346", "+1.11", "+10.2", "+5.0", "+0.50"],
        ["B", "Land B", "−0.46", "−4", "+2.22", "−3.2", "+6.0", "−0.50"],
        ["", "outsiders losing most (1)", *[""] * 6],
        ["D", "Land D", "−0.20", "−8", "–", "+0.1", "+8.0", "+0.01"],
    ]


def test_a_figure_has_its_sign_and_a_dash_where_there_is_none() -> None:
    said = [tables.number(x, 2) for x in (-0.01, 0.01, -0.004, float("nan"))]
    assert said == ["−0.01", "+0.01", "0.00", "–"]


def test_without_outsiders_the_table_ends_with_the_members() -> None:
    assert len(rows(tables.gains(study(), outsiders=0))) == 3
    assert [row[0] for row in rows(tables.gains(study(), outsiders=2))] == [
        "",
        "A",
        "B",
        "",
        "D",
        "C",
    ]


# Creation and diversion in words.


def test_creation_and_diversion_in_words_and_money() -> None:
    first, second = words.lines(study())
    assert first == (
        "Trade creation +3.50, diversion +4.50 billion USD at unchanged costs, +8.06 together once "
        "they adjust; diverted most from Land C (4.200), Land D (0.300)."
    )
    # A and B on members: duty 1 + 2 of 50 before, none after; on C and D: 0.7 + 4 + 0.3 + 0.4 of 18.
    assert second == (
        "Tariffs of the 2 importers that change theirs, weighted by trade: on members 6.00 → 0.00 %, "
        "on outsiders 30.00 → 30.00 %."
    )


def test_what_is_destroyed_is_said_to_be() -> None:
    said = words.lines(study(diversion=moved(sign=-1.0)))[0]
    assert said == (
        "Trade creation −3.50 (sales at home replace imports), diversion −4.50 billion USD at "
        "unchanged costs, −7.94 together once they adjust; diverted most to Land C (4.200), "
        "Land D (0.300)."
    )


def test_only_three_outsiders_are_named() -> None:
    found = moved()
    found.diverted[0, 0], found.diverted[1, 1] = 200.0, 100.0
    assert (
        "Land C (4.200), Land D (0.300), Land A (0.200)." in words.lines(study(diversion=found))[0]
    )


def test_one_importer_is_named_and_nothing_is_said_of_nothing() -> None:
    found = moved()
    assert found.tariffs is not None
    found.tariffs.new_rate[:, 0] = 0.1
    assert words.lines(study(diversion=found))[1].startswith("Tariffs of Land B, weighted")
    assert words.lines(study(diversion=None)) == ()
    found.tariffs.new_rate[:] = 0.1
    assert len(words.lines(study(diversion=found))) == 1
    found.change[:] = 0.0
    assert words.lines(study(diversion=found)) == ()


@pytest.mark.parametrize(
    ("musd", "digits"), [(9_999.9, 2), (10_000, 1), (-10_000, 1), (999.9, 3), (1_000, 2), (0, 3)]
)
def test_decimals_of_billions(musd: float, digits: int) -> None:
    assert words.digits_for(0.0, musd) == digits


def test_billions_and_percentages() -> None:
    assert (words.billion(12_345.0), words.billion(-1_250.0, 2)) == ("+12.3", "−1.25")
    assert (words.percent(-0.125), words.percent(12.0)) == ("−0.12", "12.00")


# The section on creation and diversion.


def test_the_section_on_diversion() -> None:
    section = diversion.section(study())
    assert section is not None
    assert section.paragraphs[:2] == words.lines(study())
    assert section.paragraphs[2].endswith("the partners' sales change by +0.060 billion USD more.")
    (drawn,) = section.figures
    assert drawn.csv.splitlines() == [
        "code,name,part,musd",
        "A,Land A,creation,1200",
        "A,Land A,diversion,3800",
        "B,Land B,creation,2300",
        "B,Land B,diversion,700",
    ]
    outside, rates = section.grids
    assert outside.rows == (("Land C", "4,200"), ("Land D", "300"))
    assert outside.digits == (0,)
    # B buys 20, A buys 48: A first. On A: duty 2 of 40 from members, 1.0 of 8 from outsiders.
    assert rates.rows == (
        ("Land A", "5.00", "0.00", "12.50", "12.50"),
        ("Land B", "10.00", "0.00", "44.00", "44.00"),
    )
    assert rates.digits == (2, 2, 2, 2)
    labels = diversion.frame(study(), moved())["label"]
    assert labels[1] == "Land A, diversion: +3,800 USD million"


def test_what_flows_to_outsiders_is_listed_from_the_other_end() -> None:
    section = diversion.section(study(diversion=moved(sign=-1.0)))
    assert section is not None
    assert section.grids[0].rows == (("Land C", "−4,200"), ("Land D", "−300"))


def test_no_section_where_nothing_applies() -> None:
    found = moved()
    found.change[:] = 0.0
    section = diversion.section(study(diversion=found))
    assert section is not None  # tariffs change even so
    assert section.figures == ()
    assert diversion.section(study(diversion=None)) is None
    nothing = Diversion(
        codes=CODES, members=MEMBERS, change=found.change, adjusted=found.change,
        created=found.change, diverted=found.change, adjustment=np.zeros(4), tariffs=None,
    )  # fmt: skip
    assert diversion.section(study(diversion=nothing)) is None
    free = Diversion(
        codes=CODES, members=MEMBERS, change=moved().change, adjusted=found.change,
        created=found.change, diverted=moved().diverted, adjustment=np.zeros(4), tariffs=None,
    )  # fmt: skip
    section = diversion.section(study(diversion=free))
    assert section is not None
    assert len(section.grids) == 1


# What the charts draw.


def test_trade_inside_the_group_and_labels() -> None:
    frame = charts.gains_frame(study()).set_index("code")
    # A: to B 1, from B 4, of value added 50; C: to A and B 15, from them 7, of 150.
    assert frame["inside_trade"].tolist() == pytest.approx([10.0, 5.0, 22 / 1.5, 12 / 2.0])
    assert frame.loc["A", "label"] == "Land A: +1.23 %, +12,346 USD million"
    assert frame.loc["D", "label"] == "Land D: −0.20 %, −8 USD million"


def test_members_drawn_are_the_largest_and_smallest_where_they_are_many() -> None:
    for count, shown in ((40, list(range(40))), (41, [*range(20), *range(21, 41)])):
        frame = pd.DataFrame(
            {
                "code": [f"E{k}" for k in range(count)],
                "name": [f"E{k}" for k in range(count)],
                "role": "member",
                "welfare_percent": [float(-k) for k in range(count)],
                "label": "",
            }
        )
        (data,) = charts.bars(frame, width=860).to_dict()["datasets"].values()
        assert sorted(-row["welfare_percent"] for row in data) == shown


def test_the_map_ends_its_scale_at_the_95th_percentile() -> None:
    gains = [float(k) for k in range(21)]  # the 95th percentile of 0 … 20 is 19
    frame = pd.DataFrame(
        {"code": [f"E{k}" for k in range(21)], "welfare_percent": gains, "label": ""}
    )
    spec = charts.world_map(frame, width=860).to_dict()
    assert spec["encoding"]["color"]["scale"]["domain"] == [-19.0, 0, 19.0]
    still = charts.world_map(frame.assign(welfare_percent=0.0), width=860).to_dict()
    assert still["encoding"]["color"]["scale"]["domain"] == [-0.001, 0, 0.001]


# Fair shares.


def shares() -> Any:
    """Three players: 60 alone for A, 120 together."""
    values = np.array([0.0, 60, 0, 90, 0, 60, 0, 120])
    game = Game(("A", "B", "C"), values)
    own = np.array([100.0, 30.0, -10.0])
    base = SimpleNamespace(output=np.array([1000.0, 2000.0, 4000.0, 1.0]), beta=0.5)
    before = SimpleNamespace(value_added=base.beta * base.output)
    problem = SimpleNamespace(
        base=base, before=before, codes=CODES, about={"resolution": "compact"}
    )
    lattice = SimpleNamespace(problem=problem, max_residual=2.5e-13)
    weights = {"gdp": np.array([1.0, 1.0, 2.0])}
    return SimpleNamespace(
        sharing=divide(game, weights=weights, own=own),
        lattice=lattice,
        world=WORLD,
        group=Group(("A", "B", "C")),
        members=("A", "B", "C", "D"),
        others=(
            OtherWorth(("multiplicative",), (90.0, 30.0, 10.0)),
            OtherWorth(("balanced",), refused="nothing is left of C."),
        ),
    )


def test_every_rule_and_who_objects() -> None:
    done = shares()
    section = division.section(done)
    (grid,) = section.grids
    assert grid.headings == (
        "USD million", "own gain", *(rule for rule in done.sharing.divisions),
    )  # fmt: skip
    by_rule = dict(
        zip(grid.headings[1:], zip(*(row[1:] for row in grid.rows), strict=True), strict=True)
    )
    assert by_rule["own gain"][:3] == (100.0, 30.0, -10.0)
    # In order of arrival A brings 60, 60, 90, 60, 120, 120; C brings 30 only when it is last.
    assert by_rule["shapley"][:3] == pytest.approx((85.0, 25.0, 10.0))
    assert by_rule["gdp"][:3] == pytest.approx((30.0, 30.0, 60.0))
    held = {rule: cells[3] for rule, cells in by_rule.items()}
    assert held["nucleolus"] == "yes"
    assert held["gdp"] == held["equal"] == "no"
    assert grid.rows[3][0] == "nobody objects"
    assert grid.digits == (0,) * len(by_rule)
    said = [item for item in section.items if item.startswith("gdp")]
    assert said == [
        "gdp: A would have 30 USD million more alone; A+B would have 30 USD million more alone."
    ]
    assert section.paragraphs[:2] == (
        "This is another game than the scenario's: 1 of its 4 members take no part (D), and neither does "
        "what they would change.",
        "All together gain +120 million USD a year; under the other deficit rules: multiplicative +130 "
        "million USD (C changes sides), balanced: no equilibrium (nothing is left of C).",
    )
    solved, certified = section.paragraphs[2:]
    assert "Each of the 8 coalitions of 3 players" in solved
    assert "(4 economies, compact)" in solved
    assert solved.endswith("is not empty.")
    assert "residual of an equilibrium 2.5e-13" in certified
    stages = len(done.sharing.nucleolus.stages)
    assert f"certified: {stages} levels" in certified
    paid = [item for item in section.items if " pays " in item]
    assert paid == [
        f"{p.payer} pays {p.receiver} {p.amount:,.0f} USD million."
        for p in done.sharing.transfers["nucleolus"]
    ]
    assert paid


def test_shares_and_transfers_over_gdp() -> None:
    done = shares()
    frame = charts.shares_frame(done)
    own = frame[frame["rule"] == "own gain"]
    assert own["percent"].tolist() == pytest.approx([20.0, 3.0, -0.5])
    assert own["label"].iloc[2] == "Land C, own gain: −10 USD million, −0.50 % of GDP"
    x = done.sharing.divisions["nucleolus"]
    net = charts.transfers_frame(done, "nucleolus")
    assert net["welfare_percent"].tolist() == pytest.approx(
        [(x[0] - 100) / 5, (x[1] - 30) / 10, (x[2] + 10) / 20]
    )
    assert net["label"].iloc[0].startswith(f"Land A: pays {100 - x[0]:,.0f} USD million, −")
    assert net["label"].iloc[2].startswith(f"Land C: receives {x[2] + 10:,.0f} USD million, +")


def test_without_gains_of_one_s_own_everything_is_received() -> None:
    done = shares()
    done.sharing = divide(done.sharing.game, weights={})
    assert "own gain" not in set(charts.shares_frame(done)["rule"])
    net = charts.transfers_frame(done, "equal")
    assert net["welfare_percent"].tolist() == pytest.approx([8.0, 4.0, 2.0])


# Files.


def test_a_chart_is_written_by_its_suffix_and_a_folder_is_no_file(tmp_path: Any) -> None:
    from winset.errors import DataError

    (tmp_path / "out").write_text("")
    with pytest.raises(DataError, match="it is no folder"):
        output(tmp_path / "out", "comma")
    with pytest.raises(DataError, match=r"svg, \.png or \.html"):
        charts.write(lambda _: pytest.fail("drawn"), tmp_path / "a.pdf")
