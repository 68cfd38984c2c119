"""The page under conditions: phone, keyboard, dark, a server that goes away, jobs, languages."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from scripts.derive_page_economies import TARGET, contents
from tests.browser.serving import Server

from winset.web import answers
from winset.worlds import embedded_worlds, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

STATIC = files("winset.web") / "static"
TABS = (
    "gains",
    "mine?my=KAZ",
    "shares?group=EAEU&size=-10",
    "vote?rule=population",
    "agree",
    "compare",
)


def ready(page: Page) -> None:
    """Every tab has its answer."""
    expect(page.locator(".waiting")).to_have_count(0)
    expect(page.locator(":is(.verdict p, .compare .hint, .side)").first).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_no_tab_breaks_a_rule_of_accessibility_or_sticks_out(
    fresh: Callable[..., Page], theme: str, width: int
) -> None:
    page = fresh(
        viewport={"width": width, "height": 844}, color_scheme=theme, reduced_motion="reduce"
    )
    for tab in TABS:
        page.evaluate("tab => { location.hash = tab; }", tab)
        expect(page.locator(f"body[data-tab={tab.partition('?')[0]}]")).to_be_attached()
        ready(page)
        found = Axe().run(page)
        broken = [
            (one["id"], one["nodes"][0]["target"], one["nodes"][0]["failureSummary"])
            for one in found.response["violations"]
        ]
        assert broken == [], (tab, theme, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (tab, width)


def test_dark_and_light_follow_the_system_and_the_switch(fresh: Callable[..., Page]) -> None:
    page = fresh(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light colors").click()
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    expect(page.get_by_role("button", name="Dark colors")).to_be_visible()
    assert page.evaluate(ground) == light


def test_by_keyboard_alone(fresh: Callable[..., Page]) -> None:
    page = fresh()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the figures")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "size":
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        if page.evaluate("document.activeElement.textContent") == "SCO":
            page.keyboard.press("Enter")
            expect(page.locator("[data-tile=members] b")).to_have_text("10 / 10")
    else:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "size":
                break
    expect(page.locator("#size")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("12 %")
    expect(page.locator("#size")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.get_by_role("heading", level=1)).to_contain_text("30 %")


def test_the_phone_keeps_the_slider_under_the_thumb(fresh: Callable[..., Page]) -> None:
    page = fresh(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("heading", name="Who loses outside").scroll_into_view_if_needed()
    box = page.locator("#size").bounding_box()
    assert box is not None
    assert 700 < box["y"] < 844
    page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("10 %")


def test_a_server_that_goes_away_is_said_and_found_again(
    fresh: Callable[..., Page], tmp_path: Path
) -> None:
    own = Server(tmp_path)
    own.start()
    try:
        page = fresh(at=own.address, quiet=False)
        banner = page.locator("#banner")
        expect(banner).to_be_hidden()
        own.kill()
        move = """(slider, size) => {
          slider.value = size;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
        for size in (-11, -14, -17, -20):
            page.locator("#size").evaluate(move, size)
        expect(banner).to_be_visible()
        expect(banner).to_contain_text("does not answer")
        expect(page.locator("tbody tr[data-code=KAZ] > *").nth(3)).to_have_text("+2.35")
        own.start()
        expect(banner).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_contain_text("20 %")
        expect(page.locator("tbody tr[data-code=KAZ] > *").nth(3)).not_to_have_text("+2.35")
    finally:
        own.stop()


def test_a_job_is_found_after_a_reload_and_another_is_cancelled(
    fresh: Callable[..., Page],
) -> None:
    players = "CHN,IND,RUS,KAZ,UZB,KGZ,TJK,PAK,IRN,BLR,MNG,TUR,EGY,SAU,ARE,QAT"
    page = fresh(f"shares?group=SCO%2B&size=-10&on=2025-09-01&players={players}")
    start = page.get_by_role("button", name="Compute in the background")
    start.click()
    expect(page.locator(".jobs li")).to_have_count(1)
    page.reload()
    expect(page.locator(".jobs li")).to_have_count(1)
    expect(page.locator(".jobs progress")).to_be_visible()
    expect(page.locator(".verdict p").first).to_contain_text("65,536 coalitions", timeout=180_000)
    expect(page.locator("tbody tr")).to_have_count(16)

    more = f"{players},VNM,LKA,NPL,ARM"  # 2^20: not done before it is cancelled
    page.evaluate(
        "(list) => { location.hash = location.hash.replace(/players=[^&]*/, list); }",
        f"players={more}",
    )
    expect(page.locator(".hint", has_text="20 players")).to_be_visible()
    start.click()
    expect(page.locator(".jobs li")).to_have_count(2)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".jobs li[data-state=cancelled]")).to_have_count(1)
    page.locator(".jobs li[data-state=cancelled]").get_by_role("button", name="Remove").click()
    expect(page.locator(".jobs li")).to_have_count(1)


def test_an_error_of_the_server_is_shown_in_its_words(fresh: Callable[..., Page]) -> None:
    page = fresh("gains?group=SCO&size=-10&on=2025-09-01&world=icio-2099", quiet=False)
    expect(page.locator(".error")).to_contain_text("icio-2099")


@pytest.mark.parametrize(
    "broken",
    [
        "gains?on=2025-13-45",
        "gains?on=yesterday",
        "gains?size=much&kind=x&changes=[1]",
        "compare?compare=[null,1,{}]",
        "%%%?%E0%A4%A",
    ],
)
def test_a_broken_link_opens_the_page_as_at_the_start(
    fresh: Callable[..., Page], broken: str
) -> None:
    page = fresh(broken)
    expect(page.locator("main h1")).not_to_be_empty()
    expect(page.locator(".error:visible")).to_have_count(0)


def test_the_page_says_that_it_is_working(fresh: Callable[..., Page]) -> None:
    page = fresh()
    held: list[Any] = []  # the first request, let go below

    def hold(route: Any) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/solve", hold)
    page.locator("#size").press("ArrowRight")
    expect(page.get_by_text("Computing …")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_text("Computing …")).to_have_count(0)


def test_no_total_leaves_its_tile(fresh: Callable[..., Page]) -> None:
    for width in (1280, 390):
        page = fresh(locale="ru-RU", viewport={"width": width, "height": 844})
        expect(page.locator(".tiles b").nth(1)).to_contain_text("млрд")
        wide = "list => list.filter((one) => one.scrollWidth > one.clientWidth).length"
        assert page.locator(".tiles b").evaluate_all(wide) == 0


# Catalogs


def catalog(lang: str) -> dict[str, Any]:
    return json.loads((STATIC / "locales" / f"{lang}.json").read_text(encoding="utf-8"))


def test_notes_and_examples_of_the_package_are_in_the_catalogs() -> None:
    """Their texts in three languages are held together by tests/js/catalogs.test.js."""
    keys = set(catalog("en"))
    for name in embedded_worlds():
        notes = range(1, len(world(name).notes) + 1)
        assert {key for key in keys if key.startswith(f"notes.{name}.")} == {
            f"notes.{name}.{k}" for k in notes
        }
    for found in answers.scenarios()["scenarios"]:
        assert f"example.{found['name']}" in keys
        assert (f"example.{found['name']}.text" in keys) == found["files"]


def test_no_text_is_missing_and_none_is_unused() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (STATIC / "js").iterdir()
        if path.name.endswith(".js")
    )
    keys = set(catalog("en"))
    asked = set(re.findall(r'"([^"\n]*)"', code))
    made = [
        re.compile(re.sub(r"\\\$\\\{.*?\\\}", ".+", re.escape(text)) + "$")
        for text in re.findall(r"\bt\(`([^`]+)`", code)
    ]
    for key in re.findall(r'\bt\("([^"]+)"', code):
        assert key in keys, key
    unused = [key for key in keys if key not in asked and not any(p.match(key) for p in made)]
    assert sorted(unused) == []


def test_names_and_populations_are_those_of_the_package() -> None:
    assert TARGET.read_text(encoding="utf-8") == contents()


def test_theory_pages_have_the_headings_of_their_documents() -> None:
    """Written by scripts/write_theory_pages.mjs: run it again after a change of the documents."""
    from tests.shared import REPOSITORY

    sources = {"shares": "shares", "voting": "voting", "common-ground": "common-ground"}
    sources |= {name: f"theory/{name}" for name in ("one-sector", "notation", "lattice")}
    for name, source in sources.items():
        text = (REPOSITORY / "docs" / f"{source}.md").read_text(encoding="utf-8")
        text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        page = (STATIC / "theory" / f"{name}.html").read_text(encoding="utf-8")
        assert len(re.findall(r"^#+ ", text, flags=re.MULTILINE)) == len(
            re.findall(r"<h[1-6]", page)
        ), f"{name}: run node scripts/write_theory_pages.mjs"
