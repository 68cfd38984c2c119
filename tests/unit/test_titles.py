"""What is computed says its own name: a title never contradicts the figures below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from winset.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "SCO family: ten percent off the cost of trading with each other"
TWO = (
    'title = "Two"\non = 2025-09-01\n'
    '[[change]]\nkind = "trade-cost"\namong = "EAEU"\npercent = -10\n'
    '[[change]]\nkind = "tariff"\nexporters = "CHN"\nimporters = "EAEU"\nrate = 0.1\n'
)


@pytest.mark.parametrize(
    ("overrides", "more"),
    [
        ({}, ""),
        ({"percent": "-10"}, ""),
        ({"percent": "-10.0"}, ""),
        ({"percent": "20"}, " (percent = 20)"),
        ({"among": "EAEU"}, " (among = EAEU)"),
        ({"among": '["KAZ","UZB"]', "percent": "-5"}, " (among = KAZ,UZB, percent = -5)"),
        ({"on": "2020-01-01"}, " (on = 2020-01-01)"),
        ({"trade_elasticity": "5"}, ""),
    ],
)
def test_an_override_that_changes_the_change_is_in_the_title(
    overrides: dict[str, str], more: str
) -> None:
    assert Scenario.from_toml("sco-2025", overrides=overrides).title == TITLE + more


def test_of_several_changes_the_number_is_said(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text(TWO, "utf-8")
    title = Scenario.from_toml(path, overrides={"change.2.points": "-0.02"}).title
    assert title == "Two (change 2: points = -0.02)"


def test_a_title_of_ones_own_stands() -> None:
    overrides = {"percent": "20", "title": "Dearer"}
    assert Scenario.from_toml("sco-2025", overrides=overrides).title == "Dearer"


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--json"),
        ("run", "--top", "0"),
        ("share", "--players", "KAZ,KGZ", "--json"),
        ("share", "--players", "KAZ,KGZ"),
        ("stable", "--players", "KAZ,KGZ", "--outsiders", "UZB", "--json"),
        ("join", "--players", "KAZ,KGZ", "--candidates", "UZB", "--json"),
    ],
    ids=" ".join,
)
def test_every_face_says_it(winset: Any, command: tuple[str, ...]) -> None:
    name, *more = command
    said = winset(name, "sco-2025", "--set", "percent=20", *more)
    assert said.code == 0, said.err
    assert "(percent = 20)" in " ".join(said.out.split())


def test_the_report_says_it(winset: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert winset("report", "sco-2025", "--set", "percent=20", "--out", page).code == 0
    assert f"<h1>{TITLE} (percent = 20)</h1>" in page.read_text("utf-8")
