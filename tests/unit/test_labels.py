"""Where names stand beside the points of a chart and along its axes, and residuals in words."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from winset.report import gap_page, labels, speech
from winset.report.brief import pages

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


def test_no_name_stands_on_the_line_of_nothing() -> None:
    # A point on the line: beside it the name would be struck through, above it there is room.
    (spot,) = labels.place([50.0], [50.0], ["AB"], width=200, height=100, level=50.0)
    assert spot is not None
    assert spot.y + 1.15 * 9 / 2 < 50.0
    # A point well off the line keeps its place at the right.
    (spot,) = labels.place([50.0], [50.0], ["AB"], width=200, height=100, level=80.0)
    assert spot is not None
    assert (spot.align, spot.y) == ("left", 50.0)


# Names and figures along an axis.


@pytest.mark.parametrize("width", [340, 860])
def test_long_names_of_a_brief_are_folded_and_the_bars_make_room(width: int) -> None:
    long = "Контроль над вооружениями и разоружение"
    frame = pd.DataFrame({"name": [long, "Колониализм"], "value": [0.6, 0.9], "label": ["", ""]})
    told = pages._bars(frame, width).to_dict()
    (rows,) = told["datasets"].values()
    names = [row["name"] for row in rows]
    assert [name.replace("\n", " ") for name in names] == list(frame["name"])
    axis = told["encoding"]["y"]["axis"]
    assert axis["labelExpr"] == labels.LINES
    assert all(labels.long(name, 11.0) <= axis["labelLimit"] for name in names)
    lines = 1 + max(name.count("\n") for name in names)
    assert lines > 1
    assert told["height"]["step"] >= 13 * lines


@pytest.mark.parametrize("width", [340, 860])
def test_the_figures_of_an_axis_of_incomes_stand_apart(width: int) -> None:
    frame = pd.DataFrame(
        {
            "economy": ["a", "b"],
            "income": [400.0, 150_000.0],
            "percent": [1.0, 2.0],
            "people": [1.0, 2.0],
        }
    )
    told = gap_page.gains(frame, width=width).to_dict()
    x, across = told["encoding"]["x"], told["width"]
    low, high = x["scale"]["domain"]
    places = [across * math.log(v / low) / math.log(high / low) for v in x["axis"]["values"]]
    wide = [labels.long(f"{v:,.0f}", 10.0) for v in x["axis"]["values"]]
    assert len(places) >= 2
    for a, b, left, right in zip(places, places[1:], wide, wide[1:], strict=False):
        assert b - a > (left + right) / 2


def test_a_residual_is_written_as_the_language_writes_it() -> None:
    assert speech.tiny(1.25e-15) == "1.2e-15"
    with speech.speaking("ru"):
        assert (speech.tiny(1.25e-15), speech.tiny(1e-11, 0)) == ("1,2·10⁻¹⁵", "1·10⁻¹¹")
    with speech.speaking("zh"):
        assert (speech.tiny(1.25e-15), speech.tiny(0.0)) == ("1.2×10⁻¹⁵", "0")


def test_people_and_land_are_counted_as_the_language_counts() -> None:
    assert (speech.many(3_413_369_186), speech.many(36.31e6, 1)) == ("3,413", "36.3")
    with speech.speaking("ru"):
        assert speech.many(3_413_369_186) == "3\N{NO-BREAK SPACE}413"
    with speech.speaking("zh"):
        assert (speech.many(3_413_369_186), speech.many(36.3e6, 1)) == ("34.1亿", "3,630万")
