"""Pictures stand alone, in the language of the page: title, year, legend, source, disclaimer; citations."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from winset import __version__
from winset.worlds import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

SAID = {
    "en": (
        "Download",
        "no data",
        "disputed, no figure",
        "members",
        "do not imply any opinion",
        "Data of 2023",
        "Source: CEPII BACI",
    ),
    "ru": (
        "Скачать",
        "нет данных",
        "спорная территория, без оценки",
        "участники",
        "не выражают какого-либо мнения",
        "Данные за 2023 год",
        "Источник: CEPII BACI",
    ),
    "zh": (
        "下载",
        "无数据",
        "有争议，无数值",
        "成员",
        "不代表对任何国家",
        "2023年数据",
        "来源：CEPII BACI",
    ),
}


def saved(page: Page, press: Callable[[], None]) -> Path:
    with page.expect_download() as waiting:
        press()
    return Path(waiting.value.path())


def words(picture: Path) -> str:
    """All that is written in an SVG, lines joined."""
    tree = ET.fromstring(picture.read_text(encoding="utf-8"))
    texts = [one.text or "" for one in tree.iter("{http://www.w3.org/2000/svg}text")]
    return re.sub(r"\s+", " ", " ".join(texts))


@pytest.mark.parametrize("lang", SAID)
def test_the_map_is_saved_with_all_that_it_takes_to_stand_alone(
    fresh: Callable[..., Page], lang: str
) -> None:
    page = fresh(locale=lang, color_scheme="dark")
    expect(page.locator(".notes li")).not_to_have_count(1)  # the catalog of worlds is there
    menu, *said = SAID[lang]
    title = page.get_by_role("heading", level=1).inner_text().replace("\u00a0", " ")
    page.get_by_text(menu, exact=True).click()
    kept = saved(page, page.locator("[data-kind=svg]").click)
    written = words(kept)
    for one in (title, *said, f"winset {__version__}", "world-2023"):
        assert re.sub(r"\s", "", one) in re.sub(r"\s", "", written), one
    drawing = kept.read_text(encoding="utf-8")
    assert "url(&quot;#" not in drawing or "hatched" in drawing
    assert "rgb(201, 201" not in drawing
    assert 'fill="#ffffff"' in drawing  # on white, whatever the colors of the page
    members = [one for one in drawing.split("<path")[1:] if 'stroke="rgb(28, 26, 36)"' in one]
    assert len(members) >= 20
    page.get_by_text(menu, exact=True).click()
    picture = saved(page, page.locator("[data-kind=png]").click).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 2400
    assert page.evaluate("document.documentElement.dataset.theme") is None


@pytest.mark.parametrize(
    ("tab", "name"),
    [
        ("shares?group=EAEU", "Shares under each rule"),
        ("vote?rule=population", "Power against population"),
        ("agree?bloc=EAEU", "Positions"),
    ],
)
def test_charts_of_other_tabs_are_saved_with_title_and_source(
    fresh: Callable[..., Page], tab: str, name: str
) -> None:
    page = fresh(tab)
    button = page.get_by_role("button", name=f"Save as SVG: {name}")
    written = words(saved(page, button.click))
    assert written.startswith(name)
    assert "Computed by winset" in written


def test_a_citation_names_version_data_date_and_address(fresh: Callable[..., Page]) -> None:
    page = fresh()
    expect(page.locator(".notes li")).not_to_have_count(1)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Cite", exact=True).click()
    dialog = page.get_by_role("dialog")
    text, bibtex = dialog.locator(".citation").all_inner_texts()
    data = world("world-2023-free").sha256[:12]
    for said in (text, bibtex):
        assert f"winset {__version__}" in said
        assert data in said
        assert page.url in said
        assert "cost of trading inside: SCO+" in said
    assert bibtex.startswith(f"@misc{{winset-{data},")
    dialog.get_by_role("button", name="Copy").last.click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == bibtex
