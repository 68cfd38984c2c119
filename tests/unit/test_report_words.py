"""What a run says in sentences: who gains and loses by how much, what was assumed; and its page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit.printed import made_world

from winset.places.groups import Group
from winset.report import page, words
from winset.trade.effects.figures import Diversion


def result(
    inside: list[float], outside: list[float] = (), *, money: tuple[float, ...] = (0, 0, 0)
) -> Any:  # type: ignore[assignment]
    """A result of members M0, M1, … and outsiders O0, O1, … with these gains in percent."""
    codes = (*(f"M{k}" for k in range(len(inside))), *(f"O{k}" for k in range(len(outside))))
    n = len(codes)
    world = made_world(" ".join(codes), np.eye(n).tolist())
    keys = ("members_musd", "outsiders_musd", "world_musd")
    percent = np.array([*inside, *outside])
    worth = percent * 1e3 * np.arange(1, n + 1) / 100.0  # of incomes that grow along the list
    above = {f"{b:g}": int((percent[len(inside) :] < -b).sum()) for b in (0.05, 0.1)}
    return SimpleNamespace(
        codes=codes, members=codes[: len(inside)], world=world,
        shock=SimpleNamespace(group=Group(codes[: len(inside)])),
        welfare=1.0 + percent / 100.0, equivalent_variation=worth,
        summary=lambda: dict(zip(keys, money, strict=True)) | {"outsiders_losing_more_than": above},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ([1.0], "Land M0 gains."),
        ([0.001], "Land M0 is unmoved."),
        ([-1.0], "Land M0 loses (−1.00 %)."),
        ([1.0, 2.0], "2 of 2 members gain."),
        ([1.0, 0.001], "1 of 2 members gain, 1 is unmoved."),
        ([0.001, 0.001, 0.5], "1 of 3 members gain, 2 are unmoved."),
        ([1.0, -0.25], "1 of 2 members gain; Land M1 −0.25 % loses."),
        ([-0.25, -0.5, 3.0], "1 of 3 members gain; Land M1 −0.50 %, Land M0 −0.25 % lose."),
        ([0.0, -0.25, 1.0], "1 of 3 members gain, 1 is unmoved; Land M1 −0.25 % loses."),
        (
            [-1.0, -2.0, -3.0, -4.0, -5.0],
            "0 of 5 members gain; Land M4 −5.00 %, Land M3 −4.00 %, Land M2 −3.00 %, "
            "Land M1 −2.00 %, Land M0 −1.00 % lose.",
        ),
        (
            [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -7.0],
            "0 of 7 members gain; Land M6 −7.00 %, Land M5 −6.00 %, Land M4 −5.00 %, "
            "Land M3 −4.00 %, Land M2 −3.00 % and 2 more lose.",
        ),
    ],
)
def test_members_that_gain_lose_and_stay(inside: list[float], said: str) -> None:
    first, money = words.verdict(result(inside))
    assert first == said
    assert money == "In money: members 0, outsiders 0, world 0 USD of 2020 a year."


@pytest.mark.parametrize(
    ("outside", "said"),
    [
        ([0.1, 0.0], "None of the 2 outsiders loses."),
        (
            [0.1, -0.2, -0.5, -0.001],
            "2 of 4 outsiders lose, 2 more than 0.1 % and 2 more than 0.05 %; worst Land O2 (−0.50 %, "
            "−25 million USD).",
        ),
        (
            [-0.2, -0.07, -0.06],
            "3 of 3 outsiders lose, 1 more than 0.1 % and 3 more than 0.05 %; worst Land O0 (−0.20 %, "
            "−6 million USD).",
        ),
        (
            [-0.06, -0.01, -0.055],
            "3 of 3 outsiders lose, 2 more than 0.05 %; worst Land O0 (−0.06 %), in money Land O2 "
            "(−3 million USD).",
        ),
        ([-0.04], "1 of 1 outsiders loses; worst Land O0 (−0.04 %, −1 million USD)."),
    ],
)
def test_outsiders_that_lose(outside: list[float], said: str) -> None:
    assert words.verdict(result([1.0, 2.0], outside))[1] == said


def test_money_in_billions_a_year() -> None:
    found = words.verdict(result([1.0], [1.0], money=(12_345.6, -4_560.0, 7_785.6)))
    assert found[-1] == (
        "In money: members +12.3 billion, outsiders −4.6 billion, world +7.8 billion USD of 2020 a year."
    )


def noted(**changes: Any) -> tuple[str, ...]:
    world = SimpleNamespace(
        name="made", notes=("A note.",), unmet=lambda _: None, services_left_out=lambda: None,
        tariff_basis=lambda: None,
    )  # fmt: skip
    found = {
        "answers": (), "floored": (), "world": world, "after": SimpleNamespace(export_revenue=None),
        "absent": (),
        "scenario": SimpleNamespace(parameters=SimpleNamespace(value_added_share=0.5)),
    } | changes  # fmt: skip
    changed = [SimpleNamespace(kind="tariff"), SimpleNamespace(kind="productivity")]
    study = SimpleNamespace(
        result=SimpleNamespace(**found), scenario=SimpleNamespace(changes=changed),
        idle=changes.get("idle", ()),
    )  # fmt: skip
    return words.notes(study)  # type: ignore[arg-type]


def test_what_was_assumed_and_left_out() -> None:
    assert noted() == ("A note.",)
    assert noted(idle=(2,)) == ("Change 2 (productivity) alters nothing here.", "A note.")
    assert noted(floored=("SGP", "HKG"))[0] == (
        "Exports exceed what GDP can hold; domestic sales set to 5% of output: SGP, HKG."
    )


@pytest.mark.parametrize(
    ("rates", "span"),
    [
        ({"A": 0.1}, "A is 10.00 %"),
        ({"A": 0.1, "B": 0.1}, "A, B is 10.00 %"),
        ({"A": 0.1, "B": 0.10004}, "A, B is 10.00 %"),
        ({"A": 0.1, "B": 0.10006}, "A, B is 10.00 % to 10.01 %"),
        ({"B": 0.25, "A": 0.1}, "B, A is 10.00 % to 25.00 %"),
        (dict.fromkeys("ABCDEF", 0.1), "A, B, C, D and 2 more is 10.00 %"),
    ],
)
def test_an_answer_is_told_with_its_span(rates: dict[str, float], span: str) -> None:
    answer = SimpleNamespace(rates=rates, change=3, how="optimal")
    (said, _) = noted(answers=(answer,))
    assert said == f"Change 3, answer = optimal: the tariff of {span}."


@pytest.mark.parametrize(("count", "listed"), [(3, 3), (4, 3)])
def test_three_outsiders_are_named_from_whom_trade_is_diverted(count: int, listed: int) -> None:
    n = 2 + count
    diverted = np.zeros((n, n))
    diverted[2:, 0] = 100.0 * np.arange(1, count + 1)
    codes = tuple("ABCDEF"[:n])
    found = Diversion(
        codes=codes, members=np.arange(n) < 2, change=np.zeros((n, n)), adjusted=np.zeros((n, n)),
        created=np.zeros((n, n)), diverted=diverted, adjustment=np.zeros(n), tariffs=None,
    )  # fmt: skip
    world = made_world(" ".join(codes), np.eye(n).tolist())
    study = SimpleNamespace(world=world, result=SimpleNamespace(codes=codes, world=world))
    said = words._most(study, found, 2)  # type: ignore[arg-type]
    assert said.startswith("; diverted most from ")
    assert said.count("Land") == listed
    assert f"Land {codes[-1]} ({count / 10:.2f})" in said


def test_numbers_in_words() -> None:
    assert (words.percent(-1.006), words.percent(2.0)) == ("−1.01", "2.00")
    assert [words.digits_for(x) for x in (999.0, 1_000.0, 9_999.0, -10_000.0)] == [3, 2, 2, 1]


# What a page is made with.


def test_templates_leave_no_trace_of_their_blocks() -> None:
    made = page.environment()
    text = "<p>\n  {% if yes %}\n  {{ figure|number(1) }}\n  {% endif %}\n</p>\n"
    assert made.from_string(text).render(yes=True, figure=-1.25) == "<p>\n  −1.2\n</p>"
    assert made.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    with pytest.raises(Exception, match="'gone' is undefined"):
        made.from_string("{{ gone }}").render()
    assert (page.number(None, 2), page.number(-0.5, 2)) == ("–", "−0.50")
