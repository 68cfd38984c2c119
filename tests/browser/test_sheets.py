"""The pages of voting power, common ground and deals, on a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winset.governance.packages.issues import read_issues
from winset.governance.packages.search import deal
from winset.governance.rollcalls.ideal_points import un_ideal_points
from winset.governance.voting.power_indices import power
from winset.governance.voting.rules import find_rule
from winset.report import common_ground, frontier, page
from winset.report import power as powers
from winset.studies.agreement import agreement

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

FIGURES = {"vote": 1, "agree": 3, "deal": 2}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sheets")
    found, years = (agreement("SCO", "2015-2019", by_year=one)[:] for one in (False, True))
    sheets = {
        "vote": powers.sheet(power(find_rule("un-security-council").build())),
        "agree": common_ground.sheet(
            "SCO, 2015-2019", found[0], un_ideal_points(), [part.payload for part in years]
        ),
        "deal": frontier.sheet(deal(read_issues("silk-road-example"))),
    }
    for name, made in sheets.items():
        page.write_sheet(made, folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in sheets}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", FIGURES)
def test_a_page_is_whole(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda r: said.append(r.url) if not r.url.startswith("file:") else None)
    page.goto(pages[name].as_uri())
    pictures = page.locator("figure svg:visible")
    assert pictures.count() == FIGURES[name]
    for k in range(FIGURES[name]):
        box = pictures.nth(k).bounding_box()
        assert box is not None
        assert box["width"] > 250
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("figcaption a.data").first.get_attribute("download")
    context.close()
    assert said == []
