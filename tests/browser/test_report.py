"""The report as a reader sees it, on a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from winset.report import files
from winset.report.words import verdict
from winset.studies import scenario_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "sco-2025.html"
    files.write_page(scenario_run.run("sco-2025"), path)
    return path


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(browser: Browser, report: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The report opened with no network; any message on the console fails the test."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda r: said.append(r.url) if not r.url.startswith("file:") else None)
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert said == []


def test_size(report: Path) -> None:
    assert report.stat().st_size < 3_000_000


def test_verdict_and_title(page: Page) -> None:
    assert page.title().startswith("SCO family")
    assert "27 of 27 members gain." in page.locator(".verdict").inner_text()


def test_charts_and_map_are_visible_and_nothing_sticks_out(page: Page) -> None:
    for name in ("map", "bars", "scatter"):
        picture = page.locator(f"section[aria-labelledby={name}] svg:visible")
        assert picture.count() == 1
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 250
        assert box["height"] > 100
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_map_colors_members_and_tells_their_gain(page: Page) -> None:
    land = page.locator('section[aria-labelledby=map] svg:visible [aria-label^="Kazakhstan"]')
    assert "+2.35 %" in (land.get_attribute("aria-label") or "")
    assert land.get_attribute("fill") not in (None, "#d9d9d9", "#f7f7f7")
    land.hover(force=True)
    assert "Kazakhstan" in page.locator("#tip").inner_text()


def test_table_sorts_both_ways_and_filters(page: Page) -> None:
    heading = page.get_by_role("button", name="welfare, %", exact=True)
    first = page.locator("#economies tbody tr:visible td:first-child").first
    heading.click()
    assert first.inner_text() == "MNG"
    heading.click()
    assert first.inner_text() == "GIN"
    page.locator(".filter").fill("kazakh")
    assert page.locator("#economies tbody tr:visible").count() == 1


def test_the_page_holds_what_is_needed_to_run_it_again(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(page.locator("#scenario").inner_text(), encoding="utf-8")
    again = scenario_run.run(path)
    assert verdict(again.result) == verdict(scenario_run.run("sco-2025").result)


def test_the_same_run_gives_the_same_bytes(report: Path, tmp_path: Path) -> None:
    files.write_page(scenario_run.run("sco-2025"), tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == report.read_bytes()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_world_with_sectors_has_nothing_that_a_screen_reader_stumbles_over(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "nafta.html"
    files.write_page(scenario_run.run("nafta"), path)
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    opened = context.new_page()
    opened.goto(path.as_uri())
    for name in ("industries", "parts"):
        assert opened.locator(f"section[aria-labelledby={name}] svg:visible").count() > 0
    cell = opened.locator("section[aria-labelledby=industries] svg:visible")
    assert cell.locator('[aria-label^="Electrical, Mexico: +1.27 points"]').count() == 1
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(opened).response["violations"] == []
    context.close()


def test_print_on_a4(browser: Browser, report: Path) -> None:
    """On paper: wide charts, nothing cut off at the right, no controls, a dozen pages."""
    context = browser.new_context(viewport={"width": 688, "height": 1020}, offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".wide svg:visible").count() >= 3
    for hidden in (".narrow svg:visible", "a.data:visible", ".filter:visible"):
        assert page.locator(hidden).count() == 0, hidden
    pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert 5 <= pages <= 14
    context.close()
