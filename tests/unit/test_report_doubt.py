"""Figures of intervals, sweeps and industries: tables, sentences, sections, on cases made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import headings, made_world, rows, sides

from winset.report import charts, doubts, industries
from winset.report.methods import MEANING, methods
from winset.scenario import Parameters, Scenario
from winset.trade.effects.figures import Decomposition
from winset.trade.result import COLUMNS
from winset.trade.uncertainty.intervals import Intervals

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("undrawn")

WORLD = made_world("A B C D", [[9, 1, 2, 3], [4, 9, 5, 6], [7, 8, 9, 9], [1, 2, 3, 9]])
GAIN = np.array([1.234, -0.456, -0.004, -0.2])


def result(**changes: Any) -> Any:
    said = {
        "world": WORLD, "codes": WORLD.codes, "members": ("A", "B"), "sectors": None,
        "columns": lambda: dict.fromkeys(COLUMNS, GAIN),
        "equivalent_variation": np.array([12345.6, -4.4, -0.4, -7.5]),
        "income": np.array([10.0, 20.0, 30.0, 40.0]), "welfare": 1 + GAIN / 100,
        "summary": lambda: {
            "members_musd": 12341.2, "outsiders_musd": -7.9, "world_musd": 12333.3,
            "members_gaining": 1,
        },
        "scenario": SimpleNamespace(title="A title"),
    }  # fmt: skip
    return SimpleNamespace(**said | changes)


def intervals(**changes: Any) -> Any:
    draws = SimpleNamespace(
        kept=np.array([True] * 18 + [False] * 2), max_residual=2.5e-13, resolved_by_newton=3,
        left_out=((4, "no equilibrium"), (7, "none")), seconds=1.0,
    )  # fmt: skip

    class Sample:
        seed = 7
        distributions = {  # noqa: RUF012
            "trade_elasticity": {"distribution": "lognormal", "sigma": 0.25, "median": 4.0},
            "trade_elasticity of Ore": {"distribution": "lognormal", "sigma": 0.5, "median": 2.0},
            "trade_elasticity of Oil": {
                "distribution": "lognormal",
                "sigma": 0.1234,
                "median": 9.0,
            },
            "flows": {"distribution": "gamma", "of": "the data"},
            "value_added_share": {"distribution": "fixed"},
        }

        def __len__(self) -> int:
            return 20

    said: dict[str, Any] = {
        "result": result(), "sample": Sample(), "draws": draws,
        "names": ("trade_elasticity", "value_added_share", "rest"),
        "quantiles": {"welfare_percent": np.array([GAIN - 0.5, GAIN + 0.01, GAIN + 0.25])},
        "chance": np.array([1.0, 0.25, 0.0, 0.996]), "all_members_gain": 0.25,
        "totals": {
            "members_musd": np.array([11_000.0, 12_000.0, 13_499.0]),
            "outsiders_musd": np.array([-90.0, -8.0, 40.0]),
            "world_musd": np.array([10_000.0, 12_000.0, 14_000.0]),
        },
        "drivers": {"members_musd": np.array([0.2, 0.7, 0.1])},
        "economy_drivers": np.zeros((3, 4)),
    }  # fmt: skip
    return Intervals(**said | changes)


def study(**changes: Any) -> Any:
    said = {"scenario": SimpleNamespace(title="A title"), "result": result(), "world": WORLD}
    return SimpleNamespace(**said | changes)


def test_every_economy_with_its_interval() -> None:
    table = doubts.gains(study(), intervals(), outsiders=1)
    assert headings(table) == [
        "code", "economy", "welfare %", "2.5 %", "median", "97.5 %", "gains in", "USD mn",
    ]  # fmt: skip
    assert sides(table) == ["left", "left", *["right"] * 6]
    assert rows(table) == [
        ["", "members", *[""] * 6],
        ["A", "Land A", "+1.23", "+0.73", "+1.24", "+1.48", "100 %", "+12,346"],
        ["B", "Land B", "−0.46", "−0.96", "−0.45", "−0.21", "25 %", "−4"],
        ["", "outsiders losing most (1)", *[""] * 6],
        ["D", "Land D", "−0.20", "−0.70", "−0.19", "+0.05", "99.6 %", "−8"],
    ]
    assert len(rows(doubts.gains(study(), intervals(), outsiders=0))) == 3


def test_totals_sentences_and_footer() -> None:
    done = intervals()
    assert doubts.totals(done) == [
        "Members: +12.3, from +11.0 to +13.5 billion USD of 2020 a year.",
        "Outsiders: 0.0, from −0.1 to 0.0 billion USD of 2020 a year.",
        "World: +12.3, from +10.0 to +14.0 billion USD of 2020 a year.",
    ]
    large = np.array([-500_000.0, 0.0, 600_000.0])
    said = doubts.totals(intervals(totals=done.totals | {"world_musd": large}))[2]
    assert said.startswith("World: +12.3, from −500.0 to +600.0 billion USD")
    assert doubts.sentences(done) == (
        "All members gain in 25 % of 18 draws.",
        "1 of 2 gain in every draw.",
        "Least sure, with the share of draws in which it gains: Land B (25 %).",
        "What the members gain together depends most on the value-added share: 70 % of the spread.",
        "2 of 20 draws cannot be solved and are left out; the first: no equilibrium",
    )
    assert doubts.footer(done) == (
        "20 draws, seed 7: trade_elasticity by sector lognormal (sigma 0.123 to 0.5, median each "
        "sector's own); trade_elasticity lognormal (sigma 0.25, median 4); flows gamma (the data); "
        "value_added_share fixed\nlargest residual of a draw 2.5e-13; 3 solved again by Newton's method"
    )


def test_the_section_on_doubt() -> None:
    done = intervals()
    (section,) = doubts.sections(study(intervals=done, sweep=None))
    assert "20 times they were drawn anew (seed 7)" in section.paragraphs[0]
    assert section.paragraphs[0].endswith(" ".join(doubts.sentences(done)))
    assert section.paragraphs[1] == " ".join(doubts.totals(done))
    (grid,) = section.grids
    assert grid.digits == (2, 2, 2, 2, 0)
    assert [row[0] for row in grid.rows] == ["Land A", "Land B", "Land D", "Land C"]
    assert grid.rows[0][1:] == (*map(pytest.approx, (1.234, 0.734, 1.244, 1.484)), "100 %")
    assert (
        section.figures[0].csv.splitlines()[1]
        == "A,Land A,member,1.234,0.734,1.244,1.484,1,12345.6"
    )
    assert "holds 95 % of 18 draws" in section.figures[0].caption
    # The largest driver first, what no scalar explains last.
    assert section.figures[1].csv.splitlines() == [
        "driver,share_percent", "value-added share,70", "trade elasticity,20", "\"flows, interactions\",10",
    ]  # fmt: skip
    untold = intervals(drivers={"members_musd": np.full(3, np.nan)})
    assert len(doubts.sections(study(intervals=untold, sweep=None))[0].figures) == 1


def test_what_the_plot_of_intervals_shows() -> None:
    shown = doubts.interval_frame(intervals())
    assert shown["label"][1] == (
        "Land B: −0.46 %, in 95 % of draws between −0.96 and −0.21 %; gains in 25 %"
    )
    spec = doubts.interval_plot(shown, width=860).to_dict()
    x = spec["layer"][1]["encoding"]["x"]
    edge = float(shown["high"].max())
    assert x["scale"]["constant"] == pytest.approx(edge / 40)
    assert x["axis"]["values"] == [-1, -0.5, -0.2, -0.1, -0.05, 0, 0.05, 0.1, 0.2, 0.5, 1]


@pytest.mark.parametrize(("members", "outsiders"), [(40, 8), (41, 9), (60, 3)])
def test_of_many_members_the_first_and_the_last_are_drawn(members: int, outsiders: int) -> None:
    n = members + outsiders
    codes = tuple(f"E{k:02}" for k in range(n))
    gain = -np.arange(n, dtype=float)
    world = SimpleNamespace(codes=codes, names=codes)
    found = result(
        world=world, codes=codes, members=codes[:members], equivalent_variation=gain,
        columns=lambda: {"welfare_percent": gain},
    )  # fmt: skip
    done = intervals(
        result=found, quantiles={"welfare_percent": np.array([gain] * 3)}, chance=np.ones(n)
    )
    drawn = doubts.interval_frame(done)
    inside = [codes.index(c) for c in drawn[drawn["role"] == "member"]["code"]]
    assert inside == [*range(20), *range(members - 20, members)]
    outside = [codes.index(c) for c in drawn[drawn["role"] == "outsider"]["code"]]
    assert outside == list(range(n - 1, max(members, n - 8) - 1, -1))


def test_the_ten_largest_drivers() -> None:
    names = (*(f"trade_elasticity of S{k:02}" for k in range(12)), "rest")
    shares = np.array([*(0.01 * k for k in range(12)), 0.34])
    frame = doubts.driver_frame(intervals(names=names, drivers={"members_musd": shares}))
    assert frame["driver"].tolist() == [
        *(f"trade elasticity of S{k:02}" for k in range(11, 1, -1)), "flows, interactions",
    ]  # fmt: skip
    assert frame["share_percent"].tolist() == pytest.approx([*range(11, 1, -1), 34])
    assert frame["label"][0] == "trade elasticity of S11: 11 % of the spread"


def sweep(members: int = 2) -> Any:
    """Two values; D is the largest, A and B the only members where there are two."""
    codes = WORLD.codes[:members]
    first = result(members=codes)
    first.summary = lambda: {
        "members_musd": 12_341.0, "outsiders_musd": -7_900.0, "world_musd": 4_441.0,
        "members_gaining": 1,
    }  # fmt: skip
    return SimpleNamespace(
        range=SimpleNamespace(key="percent", points=(-20.0, 5.5)),
        results=(first, first),
        summaries=lambda: [first.summary(), first.summary() | {"members_gaining": 2}],
        column=lambda _: np.array([GAIN, 2 * GAIN]),
    )


def test_a_row_for_every_value_of_a_sweep() -> None:
    table = doubts.sweep_table(sweep())
    assert str(table.title) == "A title: percent"
    assert headings(table) == [
        "percent", "members bn", "outsiders bn", "world bn", "gain", "B %", "A %",
    ]  # fmt: skip
    assert set(sides(table)) == {"right"}
    assert rows(table) == [
        ["−20", "+12.3", "−7.9", "+4.4", "1 of 2", "−0.46", "+1.23"],
        ["5.5", "+12.3", "−7.9", "+4.4", "2 of 2", "−0.91", "+2.47"],
    ]


def test_the_section_on_a_sweep() -> None:
    (section,) = doubts.sections(study(intervals=None, sweep=sweep()))
    assert section.title == "If percent were another"
    assert section.paragraphs == (
        "The equilibrium was solved for 2 values of percent, from -20 to 5.5, all else equal.",
    )
    together, largest = (figure.csv.splitlines() for figure in section.figures)
    assert together[:4] == [
        "value,curve,unit,figure", "-20,members,billion USD,12.341", "-20,outsiders,billion USD,-7.9",
        "-20,world,billion USD,4.441",
    ]  # fmt: skip
    assert largest[1:] == [
        "-20,Land B,percent,-0.456", "-20,Land A,percent,1.234", "5.5,Land B,percent,-0.912",
        "5.5,Land A,percent,2.468",
    ]  # fmt: skip


def test_eight_curves_and_six_columns_at_most() -> None:
    codes = tuple("ABCDEFGHI")
    world = SimpleNamespace(codes=codes, names=codes, index={c: k for k, c in enumerate(codes)})
    first = result(world=world, codes=codes, members=codes, income=np.ones(9))
    one = SimpleNamespace(
        range=SimpleNamespace(key="x", points=(1.0,)), results=(first,),
        summaries=lambda: [first.summary()], column=lambda _: np.zeros((1, 9)),
    )  # fmt: skip
    assert headings(doubts.sweep_table(one))[5:] == [f"{c} %" for c in "ABCDEF"]
    frame = doubts.sweep_frame(one)
    assert frame[frame["unit"] == "percent"]["curve"].tolist() == list("ABCDEFGH")


def test_the_chart_that_is_written_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawn: list[str] = []
    for name in ("interval_plot", "sweep_curves"):
        monkeypatch.setattr(doubts, name, lambda *_, n=name, **__: drawn.append(n))
    monkeypatch.setattr(charts, "bars", lambda *_, **__: drawn.append("bars"))
    monkeypatch.setattr(charts, "gains_frame", lambda _: None)
    monkeypatch.setattr(charts, "write", lambda make, _: make(860))
    for done in (
        study(intervals=intervals(), sweep=sweep()),
        study(intervals=None, sweep=sweep()),
        study(intervals=None, sweep=None),
    ):
        doubts.write_chart(done, tmp_path / "chart.svg")
    assert drawn == ["interval_plot", "sweep_curves", "bars"]


# Industries.


def moves(**changes: Any) -> Any:
    """Two sectors in four economies: what each employs before and after, percent."""
    before, after = (
        [60.0, 40.0],
        {"A": [61.5, 38.5], "B": [59.0, 41.0], "C": [60.0, 40.0], "D": [57, 43]},
    )
    table = pd.DataFrame(
        [
            {
                "code": code, "sector": sector, "employment_share_percent": before[j],
                "new_employment_share_percent": float(share[j]), "output_percent": 1.26,
                "exports_percent": np.nan, "imports_percent": -2.51,
            }
            for code, share in after.items()
            for j, sector in enumerate(("ore", "oil"))
        ]
    ).set_index(["code", "sector"])  # fmt: skip
    world = SimpleNamespace(
        codes=WORLD.codes, names=WORLD.names, sectors=("ore", "oil"),
        technology=SimpleNamespace(names=("Ores", "Oil and gas")),
    )  # fmt: skip
    parts = {
        "own_trade_share": np.array([1.0, -0.4, 0.0, 0.0]),
        "revenue": np.array([0.234, -0.056, 0, 0]),
    }
    zero = np.zeros(4)
    taken = Decomposition(
        codes=WORLD.codes, welfare=GAIN,
        sources=parts | dict.fromkeys(("productivity", "scale", "transfers", "employment"), zero),
        path={"terms_of_trade": GAIN / 2, "volume": GAIN / 2, "other": zero},
        first_order={
            "welfare": 2 * GAIN, "terms_of_trade": GAIN, "volume": GAIN,
            "real_wage": np.array([3.0, 2, 1, 0]),
        },
        changes=(GAIN / 4, 3 * GAIN / 4),
    )  # fmt: skip
    found = result(
        world=world, sectors=SimpleNamespace(table=lambda: table), decomposition=taken, **changes
    )
    return study(result=found, world=world)


def test_industries_that_grow_and_shrink_most() -> None:
    table = industries.moves_table(moves(), top=2)
    assert headings(table)[3:] == ["before %", "points", "output %", "exports %", "imports %"]
    assert sides(table)[3:] == ["right"] * 5
    rest = ["+1.3", "–", "−2.5"]
    assert rows(table) == [
        ["", "members: grow most", *[""] * 6],
        ["A", "Land A", "Ores", "60.00", "+1.50", *rest],
        ["B", "Land B", "Oil and gas", "40.00", "+1.00", *rest],
        ["", "members: shrink most", *[""] * 6],
        ["A", "Land A", "Oil and gas", "40.00", "−1.50", *rest],
        ["B", "Land B", "Ores", "60.00", "−1.00", *rest],
        ["", "outsiders: grow most", *[""] * 6],
        ["D", "Land D", "Oil and gas", "40.00", "+3.00", *rest],
        ["", "outsiders: shrink most", *[""] * 6],
        ["D", "Land D", "Ores", "60.00", "−3.00", *rest],
    ]


def test_sentences_on_industries() -> None:
    assert industries.sentences(moves()) == (
        "Grows most among members: Ores in Land A, +1.50 points of its employment (from 60.00 %).",
        "Shrinks most among members: Oil and gas in Land A, −1.50 points of its employment (from "
        "40.00 %).",
    )


def test_welfare_in_parts_members_then_the_outsiders_that_lose_most() -> None:
    found = industries.parts(moves(), outsiders=1)
    assert found is not None
    exact, first = found
    assert headings(exact) == [
        "code", "welfare", "= own trade", "+ tariff revenue", "= terms of trade", "+ volume of trade",
        "+ other", "= change 1", "+ change 2",
    ]  # fmt: skip
    assert rows(exact)[:2] == [
        ["A", "+1.23", "+1.00", "+0.23", "+0.62", "+0.62", "0.00", "+0.31", "+0.93"],
        ["B", "−0.46", "−0.40", "−0.06", "−0.23", "−0.23", "0.00", "−0.11", "−0.34"],
    ]
    assert [row[0] for row in rows(exact)] == ["A", "B", "D"]
    assert headings(first) == ["code", "sum", "terms of trade", "volume of trade", "real wage"]
    assert rows(first)[0] == ["A", "+2.47", "+1.23", "+1.23", "+3.00"]
    assert set(sides(exact)[1:]) == set(sides(first)[1:]) == {"right"}


def test_the_sections_on_industries() -> None:
    industry, parts = industries.sections(moves())
    (grid,) = industry.grids
    assert grid.rows == (
        ("Ores, Land A", "60.00", 1.5, 1.26, None, -2.51),
        ("Oil and gas, Land B", "40.00", 1.0, 1.26, None, -2.51),
        ("Oil and gas, Land A", "40.00", -1.5, 1.26, None, -2.51),
        ("Ores, Land B", "60.00", -1.0, 1.26, None, -2.51),
    )
    assert grid.digits == (2, 2, 1, 1, 1)
    exact, first = parts.grids
    assert exact.rows == (
        ("Land A", 1.23, 1.0, 0.23, 0.62, 0.62, 0.0, 0.31, 0.93),
        ("Land B", -0.46, -0.4, -0.06, -0.23, -0.23, 0.0, -0.11, -0.34),
    )
    assert exact.digits == (2,) * 8
    assert first.rows[0] == ("Land A", 2.47, 1.23, 1.23, 3.0)
    assert first.digits == (2,) * 4
    sources, path = (figure.csv.splitlines() for figure in parts.figures)
    assert sources[:3] == [
        "code,name,part,percent,welfare_percent", "A,Land A,own trade,1,1.2340000000000018",
        "A,Land A,tariff revenue,0.234,1.2340000000000018",
    ]  # fmt: skip
    assert path[1] == "A,Land A,terms of trade,0.617,1.2340000000000018"


def test_nothing_is_taken_apart_without_sectors() -> None:
    assert industries.parts(study(result=result(decomposition=None)), outsiders=1) is None
    assert industries.moves(study()).empty


# The methods box.


def boxed(**changes: Any) -> Any:
    scenario = Scenario.from_toml("sco-2025")
    solver = SimpleNamespace(residual=2.5e-13, iterations=6)
    found = result(solver=solver, sectors=None)
    return SimpleNamespace(result=found, world=WORLD, scenario=scenario, others=None, **changes)


def test_the_methods_box_states_data_parameters_and_residual() -> None:
    box = methods(boxed())
    assert box.solved.endswith("holds to 2.5e-13 of every economy's output after 6 steps.")
    assert box.data == (
        f"World made, 2020: 4 economies, 1 sector; SHA-256 of all figures {WORLD.sha256}.",
        "Domestic sales: from the data.",
        "Members of blocs as of 2025-09-01.",
    )
    assert box.missing[0] == "differences between industries"
    assert [name for name, *_ in box.parameters] == [m for m in MEANING if m != "energy"]
    values = {name: (value, usual) for name, value, _, usual in box.parameters}
    assert values["trade_elasticity"] == (str(Parameters().trade_elasticity), True)
    assert values["elasticities"] == ("blank", True)
