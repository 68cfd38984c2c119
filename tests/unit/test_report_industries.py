"""Figures that the tables, sentences and sections on industries show, on a case made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.printed import headings, rows, sides

from winset.report import industries
from winset.trade.effects.figures import Decomposition

pytestmark = pytest.mark.usefixtures("undrawn")

CODES = ("C", "A", "B")
SECTORS = ("s", "t", "u")
BEFORE = {"A": (50.0, 30.0, 20.0), "B": (10.0, 80.0, 10.0), "C": (40.0, 40.0, 20.0)}
CHANGE = {"A": (1.5, -0.5, -1.0), "B": (-0.25, 0.3, -0.05), "C": (0.1, -0.1, 0.0)}
TAKEN = Decomposition(
    codes=CODES,
    welfare=np.array([-0.1, 1.0, 2.0]),
    sources={
        "own_trade_share": np.array([-0.1, 0.8, 1.5]),
        "productivity": np.array([0.0, 4e-4, -4e-4]),
        "scale": np.zeros(3),
        "revenue": np.array([0.0, 0.2, 0.5]),
        "transfers": np.zeros(3),
        "employment": np.zeros(3),
    },
    path={
        "terms_of_trade": np.array([0.0, 0.3, 0.4]),
        "volume": np.array([-0.1, 0.5, 1.0]),
        "other": np.array([0.0, 0.2, 0.6]),
    },
    first_order={
        "welfare": np.array([0.01, 1.25, 2.5]),
        "terms_of_trade": np.array([0.02, 0.75, 1.5]),
        "volume": np.array([0.03, 0.5, 1.0]),
        "real_wage": np.array([0.04, -0.25, -0.5]),
    },
    changes=(np.array([-0.1, 0.4, 1.75]), np.array([0.0, 0.6, 0.25])),
)


def study(*, change: dict[str, tuple[float, ...]] = CHANGE, taken: Any = TAKEN) -> Any:
    """A run's outside: members A and B, outsider C."""
    index = pd.MultiIndex.from_product([CODES, SECTORS], names=["code", "sector"])
    before = np.array([BEFORE[code] for code in CODES]).ravel()
    moved = np.array([change[code] for code in CODES]).ravel()
    frame = pd.DataFrame(
        {
            "employment_share_percent": before,
            "new_employment_share_percent": before + moved,
            "output_percent": np.arange(9) + 0.16,
            "exports_percent": np.arange(9) - 4.16,
            "imports_percent": [np.nan, *np.arange(8)],
        },
        index=index,
    )
    technology = SimpleNamespace(names=("Ores", "Oils", "Cars"))
    world = SimpleNamespace(
        codes=CODES, names=("Land C", "Land A", "Land B"), sectors=SECTORS, technology=technology
    )
    result = SimpleNamespace(
        codes=CODES, members=("A", "B"), world=world, decomposition=taken,
        sectors=SimpleNamespace(table=lambda: frame), welfare=np.array([0.999, 1.01, 1.02]),
    )  # fmt: skip
    return SimpleNamespace(result=result, world=world)


def test_moves_are_of_the_share_in_employment_largest_first() -> None:
    frame = industries.moves(study())
    assert list(zip(frame["code"], frame["sector"], strict=True)) == [
        ("A", "s"), ("B", "t"), ("C", "s"), ("C", "u"), ("B", "u"), ("C", "t"), ("B", "s"),
        ("A", "t"), ("A", "u"),
    ]  # fmt: skip
    assert frame["change_points"].tolist() == pytest.approx(
        [1.5, 0.3, 0.1, 0.0, -0.05, -0.1, -0.25, -0.5, -1.0]
    )
    first, third = frame.iloc[0], frame.iloc[2]
    assert (first["name"], first["industry"], first["role"]) == ("Land A", "Ores", "member")
    assert (third["name"], third["role"]) == ("Land C", "outsider")
    bare = study()
    bare.result.world.technology = None
    assert industries.moves(bare).iloc[0]["industry"] == "s"
    bare.result.sectors = None
    assert industries.moves(bare).empty


def test_the_table_of_industries() -> None:
    """Few members are listed alike, `top` industries shared among them; outsiders together."""
    table = industries.moves_table(study(), top=2)
    assert headings(table) == [
        "code", "economy", "industry", "before %", "points", "output %", "exports %", "imports %",
    ]  # fmt: skip
    assert sides(table) == ["left"] * 3 + ["right"] * 5
    assert rows(table) == [
        ["", "members: grow most", "", "", "", "", "", ""],
        ["A", "Land A", "Ores", "50.00", "+1.50", "+3.2", "−1.2", "+2.0"],
        ["B", "Land B", "Oils", "80.00", "+0.30", "+7.2", "+2.8", "+6.0"],
        ["", "members: shrink most", "", "", "", "", "", ""],
        ["A", "Land A", "Cars", "20.00", "−1.00", "+5.2", "+0.8", "+4.0"],
        ["B", "Land B", "Ores", "10.00", "−0.25", "+6.2", "+1.8", "+5.0"],
        ["", "outsiders: grow most", "", "", "", "", "", ""],
        ["C", "Land C", "Ores", "40.00", "+0.10", "+0.2", "−4.2", "–"],
        ["", "outsiders: shrink most", "", "", "", "", "", ""],
        ["C", "Land C", "Oils", "40.00", "−0.10", "+1.2", "−3.2", "0.0"],
    ]
    pooled = [row[0] + row[2] for row in rows(industries.moves_table(study(), top=1)) if row[0]]
    assert pooled == ["AOres", "ACars", "COres", "COils"]
    more = [row[0] + row[2] for row in rows(industries.moves_table(study(), top=5)) if row[0]]
    assert more == ["AOres", "BOils", "ACars", "AOils", "BOres", "BCars", "COres", "COils"]


@pytest.mark.parametrize(("size", "moves"), [(4.9e-4, False), (5.1e-4, True)])
def test_what_rounds_to_nothing_does_not_move(size: float, moves: bool) -> None:
    still = study(change={"A": (size, -size, 0.0), "B": (0.0,) * 3, "C": (0.0,) * 3})
    said = industries.sentences(still)
    assert (said == ("No member's industries change their share in its employment.",)) is not moves
    assert (len(industries.moves_table(still, top=5)) > 0) is moves


def test_sentences_on_the_extremes() -> None:
    assert industries.sentences(study()) == (
        "Grows most among members: Ores in Land A, +1.50 points of its employment (from 50.00 %).",
        "Shrinks most among members: Cars in Land A, −1.00 points of its employment "
        "(from 20.00 %).",
    )


def test_what_the_terminal_shows() -> None:
    shown = industries.printed(study(), top=2)
    assert [type(part).__name__ for part in shown] == [
        "Table",
        "str",
        "str",
        "Table",
        "Table",
        "str",
    ]
    assert shown[-1] == industries.WARNING
    assert [type(part).__name__ for part in industries.printed(study(), top=0)][:2] == [
        "str",
        "str",
    ]
    assert len(industries.printed(study(taken=None), top=1)) == 3
    assert industries.parts(study(taken=None), outsiders=1) is None


def test_welfare_in_parts_members_by_gain_then_the_losing_outsiders() -> None:
    tables = industries.parts(study(), outsiders=1)
    assert tables is not None
    exact, first = tables
    assert headings(exact) == [
        "code", "welfare", "= own trade", "+ tariff revenue", "= terms of trade",
        "+ volume of trade", "+ other", "= change 1", "+ change 2",
    ]  # fmt: skip
    assert sides(exact) == ["left"] + ["right"] * 8
    assert rows(exact) == [
        ["B", "+2.00", "+1.50", "+0.50", "+0.40", "+1.00", "+0.60", "+1.75", "+0.25"],
        ["A", "+1.00", "+0.80", "+0.20", "+0.30", "+0.50", "+0.20", "+0.40", "+0.60"],
        ["C", "−0.10", "−0.10", "0.00", "0.00", "−0.10", "0.00", "−0.10", "0.00"],
    ]
    assert headings(first) == ["code", "sum", "terms of trade", "volume of trade", "real wage"]
    assert sides(first) == ["left"] + ["right"] * 4
    assert rows(first) == [
        ["B", "+2.50", "+1.50", "+1.00", "−0.50"],
        ["A", "+1.25", "+0.75", "+0.50", "−0.25"],
        ["C", "+0.01", "+0.02", "+0.03", "+0.04"],
    ]
    assert [row[0] for row in rows(industries.parts(study(), outsiders=0)[0])] == ["B", "A"]  # type: ignore[index]


def test_the_section_on_industries() -> None:
    first, second = industries.sections(study())
    assert (first.id, first.title) == ("industries", "Which industries")
    assert first.paragraphs[:2] == industries.sentences(study())
    assert "the sum over industries is zero" in first.paragraphs[2]
    (grid,) = first.grids
    assert grid.headings == (
        "grow and shrink most", "employment before, %", "points", "output, %", "exports, %",
        "imports, %",
    )  # fmt: skip
    assert grid.digits == (2, 2, 1, 1, 1)
    assert grid.rows[0] == ("Ores, Land A", "50.00", 1.5, 3.16, pytest.approx(-1.16), 2.0)
    assert [row[0] for row in grid.rows] == [
        "Ores, Land A", "Oils, Land B", "Cars, Land A", "Oils, Land A", "Ores, Land B",
        "Cars, Land B",
    ]  # fmt: skip
    (heat,) = first.figures
    assert heat.csv.splitlines()[:2] == [
        "code,sector,industry,employment_share_percent,change_points,output_percent",
        "A,s,Ores,50,1.5,3.16",
    ]
    assert len(heat.csv.splitlines()) == 1 + 6  # members alone
    assert second.id == "parts"
    assert [s.id for s in industries.sections(study(taken=None))] == ["industries"]
    bare = study()
    bare.result.sectors = None
    assert industries.sections(bare) == ()


def test_a_figure_that_is_not_known_has_an_empty_cell() -> None:
    gone = study()
    gone.result.members = ("C",)
    (row,) = (r for r in industries.sections(gone)[0].grids[0].rows if r[0] == "Ores, Land C")
    assert row[-1] is None


def test_ten_that_grow_and_ten_that_shrink_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 30
    frame = pd.DataFrame(
        {
            "code": "A", "name": "Land A", "role": "member", "sector": [f"s{k}" for k in range(n)],
            "industry": [f"Goods {k}" for k in range(n)], "employment_share_percent": 1.0,
            "change_points": 14.5 - np.arange(n), "output_percent": 0.0, "exports_percent": 0.0,
            "imports_percent": 0.0,
        }
    )  # fmt: skip
    monkeypatch.setattr(industries, "moves", lambda _: frame)
    (grid,) = industries.sections(study(taken=None))[0].grids
    points = [row[2] for row in grid.rows]
    assert points == [14.5 - k for k in range(10)] + [-14.5 + k for k in range(10)]


@pytest.mark.parametrize("count", [40, 41])
def test_the_members_that_move_most_are_drawn(count: int) -> None:
    frame = pd.DataFrame(
        {"code": np.repeat([f"E{k}" for k in range(count)], 2),
         "change_points": np.ravel([[k + 1.0, -k - 1.0] for k in range(count)])}
    )  # fmt: skip
    kept = industries._largest(frame)
    assert kept["code"].nunique() == 40
    assert ("E0" in set(kept["code"])) is (count == 40)


def test_the_section_on_welfare_in_parts() -> None:
    section = industries.sections(study())[1]
    assert section.title == "Welfare taken apart"
    assert section.paragraphs[-1] == industries.WARNING
    exact, first = section.grids
    assert exact.headings[:3] == ("exact, %", "welfare", "= own trade")
    assert exact.rows == (
        ("Land B", 2.0, 1.5, 0.5, 0.4, 1.0, 0.6, 1.75, 0.25),
        ("Land A", 1.0, 0.8, 0.2, 0.3, 0.5, 0.2, 0.4, 0.6),
    )
    assert exact.digits == (2,) * 8
    assert first.headings == (
        "first order, %: not welfare", "sum", "terms of trade", "volume of trade", "real wage",
    )  # fmt: skip
    assert first.rows == (("Land B", 2.5, 1.5, 1.0, -0.5), ("Land A", 1.25, 0.75, 0.5, -0.25))
    assert first.digits == (2,) * 4
    sources, path = section.figures
    assert sources.caption.startswith("What moves the welfare of each member, percent.")
    assert path.caption.startswith("What the change of each member's trade is worth, percent.")
    head, *lines = sources.csv.removeprefix("\ufeff").splitlines()
    assert head == "code,name,part,percent,welfare_percent"
    cells = [line.split(",") for line in lines]
    assert [row[:3] for row in cells] == [
        ["B", "Land B", "own trade"],
        ["B", "Land B", "tariff revenue"],
        ["A", "Land A", "own trade"],
        ["A", "Land A", "tariff revenue"],
    ]
    figures = [[float(x) for x in row[3:]] for row in cells]
    assert np.array(figures) == pytest.approx(np.array([[1.5, 2], [0.5, 2], [0.8, 1], [0.2, 1]]))
    assert len(path.csv.splitlines()) == 1 + 2 * 3


def test_a_loss_of_nothing_has_no_sign() -> None:
    assert industries._cell(-0.004) == 0.0
    assert np.copysign(1.0, industries._cell(-0.004)) == 1.0
    assert industries._cell(-0.006) == -0.01
    assert industries._cell(1.005001) == 1.01


def test_labels_of_parts_and_of_the_heat_map() -> None:
    frame = industries.parts_frame(study(), TAKEN.path, industries.PATH, [2, 1])
    assert frame["label"].tolist()[:2] == [
        "Land B, terms of trade: +0.40 %",
        "Land B, volume of trade: +1.00 %",
    ]
    assert frame["welfare_percent"].tolist() == pytest.approx([2.0] * 3 + [1.0] * 3)
    moves = industries.moves(study())
    spec = industries.heat(moves, order=["u", "s", "t"], width=860).to_dict()
    assert spec["encoding"]["y"]["sort"] == ["Cars", "Ores", "Oils"]
    labels = [row["label"] for row in next(iter(spec["datasets"].values()))]
    assert labels[0] == "Ores, Land A: +1.50 points of employment, from 50.00 %"
    edge = float(np.percentile(moves["change_points"].abs(), 95))
    assert spec["encoding"]["color"]["scale"]["domain"] == pytest.approx([-edge, 0, edge])
    still = moves.assign(change_points=0.0)
    domain = industries.heat(still, order=[], width=860).to_dict()["encoding"]["color"]["scale"][
        "domain"
    ]
    assert domain == [-1e-3, 0, 1e-3]
