"""The address is the state: every control of every tab is written there, and read again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

TABS = {
    "gains": "gains?kind=tariff-by&group=EAEU&size=10&partner=all",
    "mine": "mine?my=KAZ&group=EAEU",
    "shares": "shares?group=EAEU&size=-10&players=EAEU",
    "vote": "vote?rule=population&voters=SCO",
    "agree": "agree?bloc=EAEU&years=2015-2019",
    "compare": "compare?compare="
    '[{"title":"A","body":{"world":"world-2023","on":"2025-09-01","parameters":{},'
    '"change":[{"kind":"trade-cost","among":"EAEU","percent":-5}]}}]',
}

CUSTOM = {
    "title": "Two at once",
    "change": [
        {"kind": "trade-cost", "among": "EAEU", "percent": -5},
        {"kind": "productivity", "economies": ["KAZ"], "percent": 1},
    ],
}

# Controls that hold something: what only acts (copy, download) and what is the reader's own
# (language, colors) is not among them. Of many buttons of one kind two are enough.
HELD = """
:is(.panel, main) :is(
  select:not(#example),
  input:not([role=combobox]),
  [aria-pressed]:nth-child(-n+3),
  th:nth-child(-n+4) .head > button:first-child
)
"""

SCREEN = """
(selector) => [...document.querySelectorAll(selector)]
  .filter((one) => one.checkVisibility())
  .map((one) => [
    one.id || one.textContent,
    one.matches("select, input") ? one.value : one.ariaPressed ?? one.closest("th").ariaSort,
  ])
"""

CHANGE = """
(one) => {
  const say = (name) => one.dispatchEvent(new Event(name, { bubbles: true }));
  if (one.matches("button")) return one.click();
  if (one.matches("select")) one.selectedIndex = one.selectedIndex ? 0 : 1;
  else if (one.type === "date") one.value = "2016-05-29";
  else if (one.type === "search") one.value = "an";
  else if (one.value === one.max) one.stepDown();
  else one.value = Number(one.value) + (Number(one.step) || 1);
  say("input");
  say("change");
}
"""


def at_rest(page: Page) -> None:
    """Every answer is there."""
    expect(page.locator("body:is([data-settled], :not([data-tab=gains]))")).to_be_attached()
    expect(page.locator(".waiting")).to_have_count(0)
    expect(
        page.locator("main :is(.verdict p, .side, .error)").filter(visible=True).first
    ).to_be_visible()
    page.wait_for_timeout(200)  # more than the page waits before it writes a moving slider


def screen(page: Page) -> list[Any]:
    at_rest(page)
    found: list[Any] = page.evaluate(SCREEN, HELD)
    return found


def address(page: Page) -> str:
    return str(page.evaluate("location.hash"))


@pytest.mark.parametrize("tab", TABS)
def test_every_control_is_in_the_address_and_back_undoes_it(
    fresh: Callable[..., Page], tab: str
) -> None:
    page = fresh(TABS[tab], quiet=False)  # some of the values are refused, with a message
    page.locator("details.parameters").evaluate("one => { one.open = true; }")
    start = screen(page)
    where = address(page)
    names = [name for name, _ in start]
    assert len(names) > 3
    for k, name in enumerate(names):
        one = page.locator(HELD).filter(visible=True).nth(k)
        if one.get_attribute("aria-pressed") == "true":
            continue
        one.evaluate(CHANGE)
        page.wait_for_function("before => location.hash !== before", arg=where)
        moved = screen(page)
        assert moved != start, name
        if k % 5 == 0:
            page.reload()
            page.locator("details.parameters").evaluate("one => { one.open = true; }")
            assert screen(page) == moved, name
        page.go_back()
        page.wait_for_function("before => location.hash === before", arg=where)
        assert screen(page) == start, name


def test_a_slider_that_moves_is_one_step_and_its_link_is_copied(page_at: Page) -> None:
    page = page_at
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    steps = page.evaluate("history.length")
    for size in (-11, -13, -17.5):
        page.locator("#size").evaluate(
            """(slider, size) => {
              slider.value = size;
              slider.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            size,
        )
    page.get_by_role("button", name="Copy link").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "size=-17.5" in copied
    at_rest(page)
    assert "size=-17.5" in address(page)  # though the finger has not left it
    page.locator("#size").dispatch_event("change")
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    expect(page.locator("#size")).to_have_value("-10")


def test_pickers_chips_and_the_map_are_in_the_address(page_at: Page) -> None:
    page = page_at
    page.get_by_role("combobox", name="Members").fill("mexi")
    page.get_by_role("combobox", name="Members").press("Enter")
    page.wait_for_function("location.hash.includes('group=SCO%2B%2CMEX')")
    page.locator("path[data-code=CAN]").click()
    page.wait_for_function("location.hash.includes('MEX%2CCAN')")
    page.get_by_role("button", name="Remove Mexico").click()
    page.wait_for_function("location.hash.includes('group=SCO%2B%2CCAN')")
    page.reload()
    expect(page.locator(".chip[data-code=CAN]")).to_be_visible()
    expect(page.locator(".chip[data-code=MEX]")).to_have_count(0)


def test_examples_and_sizes_that_the_controls_cannot_say_are_in_the_address(
    fresh: Callable[..., Page],
) -> None:
    page = fresh("gains?changes=" + quote(json.dumps(CUSTOM)))
    size = page.locator(".custom input").first
    size.fill("-7")
    size.press("Enter")
    page.wait_for_function("decodeURIComponent(location.hash).includes('-7')")
    moved = screen(page)
    page.reload()
    assert screen(page) == moved
    page.locator("#example").select_option("belt-and-road")
    page.wait_for_function("decodeURIComponent(location.hash).includes('belt-and-road')")
    at_rest(page)
    heading = page.get_by_role("heading", level=1).inner_text()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_intervals_are_in_the_address_until_the_question_is_another(page_at: Page) -> None:
    page = page_at
    page.get_by_role("button", name="How sure is this?").click()
    expect(page.locator("thead th")).to_have_count(10)
    said = page.locator(".verdict").inner_text()
    page.reload()
    expect(page.locator("thead th")).to_have_count(10)
    assert page.locator(".verdict").inner_text() == said
    page.get_by_role("button", name="Outsiders", exact=True).click()
    assert "draws=yes" in address(page)
    page.get_by_role("button", name="EAEU", exact=True).click()
    expect(page.locator("thead th")).to_have_count(9)
    assert "draws" not in address(page)


@pytest.fixture
def page_at(fresh: Callable[..., Page]) -> Page:
    """The page as it opens."""
    return fresh()
