"""The start and the rooms: one bloc for all tabs, the command's figures, the report's words, any width."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from winset.governance.packages.issues import read_issues
from winset.governance.packages.search import deal
from winset.report import promise_page, speech
from winset.studies import promise_keeping
from winset.studies.commitments import treaty_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route


def answered(page: Page) -> None:
    expect(page.locator(".room .verdict p").first).to_be_visible(timeout=60_000)
    expect(page.locator(".waiting")).to_have_count(0)


def test_a_bloc_and_an_economy_chosen_at_the_start_are_those_of_every_tab(
    fresh: Callable[..., Page],
) -> None:
    page = fresh("start")
    page.get_by_role("button", name="EAEU", exact=True).click()
    page.get_by_role("combobox", name="My economy").fill("kazakh")
    page.get_by_role("combobox", name="My economy").press("Enter")
    page.locator("#start-on").fill("2016-06-01")
    page.locator("#start-on").dispatch_event("change")
    page.locator("#start-on").fill("2020-06-01")
    page.locator("#start-on").dispatch_event("change")
    page.get_by_role("link", name="Who has joined which treaty?").click()
    answered(page)
    told = treaty_table("EAEU", on=dt.date(2020, 6, 1)).to_json()
    row = page.locator(".room tr.mine").first
    expect(row.locator("> *").first).to_contain_text("KAZ Kazakhstan")
    kazakhstan = next(one for one in told["economies"] if one["code"] == "KAZ")
    expect(row.locator("> *").nth(1)).to_have_text(str(kazakhstan["party"]))
    expect(page.locator(".room-foot code")).to_have_text("winset treaty EAEU --on 2020-06-01")
    for said in ("bloc=EAEU", "voters=EAEU", "group=EAEU", "my=KAZ", "on=2020-06-01"):
        assert said in page.evaluate("location.hash"), said
    page.get_by_role("link", name="Common ground").click()
    expect(page.locator("main .chip.bloc")).to_contain_text("EAEU")
    page.get_by_role("link", name="Who gains?").first.click()
    expect(page.locator("[data-tile=members] b")).to_have_text("5 / 5")
    page.go_back()
    page.go_back()
    answered(page)
    expect(row.locator("> *").nth(1)).to_have_text(str(kazakhstan["party"]))


def test_a_date_typed_while_an_earlier_one_is_answered_stands(fresh: Callable[..., Page]) -> None:
    """The members of the first date come after the second date: neither its field nor the state goes back."""
    page = fresh("start")
    held: list[Route] = []
    page.route("**/api/blocs?on=2016-06-01", lambda route: held.append(route))
    on = page.locator("#start-on")
    on.fill("2016-06-01")
    expect(on).to_have_value("2016-06-01")
    page.wait_for_timeout(100)
    assert held
    on.fill("2020-06-01")
    expect(page).to_have_url(re.compile("on=2020-06-01"))
    held[0].continue_()
    page.wait_for_timeout(500)
    assert "on=2020-06-01" in page.evaluate("location.hash")
    expect(on).to_have_value("2020-06-01")


def test_an_answer_does_not_take_the_place_of_what_is_being_typed(
    fresh: Callable[..., Page],
) -> None:
    page = fresh("start")
    held: list[Route] = []
    page.route("**/api/blocs?on=2016-06-01", lambda route: held.append(route))
    on = page.locator("#start-on")
    on.fill("2016-06-01")
    page.wait_for_timeout(100)
    on.evaluate("input => (input.value = '2020-06-01')")  # fill() would end with a change
    held[0].continue_()
    expect(page).to_have_url(re.compile("on=2016-06-01"))
    expect(on).to_have_value("2020-06-01")


#: Room, its address, where it is wide, its language.
ROOMS = (
    ("deal", "deal?deal.side_payments=yes", 1280, "en"),
    ("track", "track?bloc=EU", 390, "ru"),
    ("gap", "gap?gap.mean=20", 390, "zh"),
    ("even", "even?bloc=CHN%2CUSA%2CRUS&my=CHN", 1280, "ru"),
    ("union", "union?bloc=EAEU&world=world-2023", 390, "en"),
)


@pytest.mark.parametrize(("room", "address", "width", "lang"), ROOMS, ids=[r[0] for r in ROOMS])
def test_a_room_says_what_its_report_says_at_any_width(
    fresh: Callable[..., Page], room: str, address: str, width: int, lang: str
) -> None:
    locale = {"en": "en-US", "ru": "ru-RU", "zh": "zh-CN"}[lang]
    page = fresh(address, viewport={"width": width, "height": 844}, locale=locale)
    answered(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    if room == "track":
        with speech.speaking("ru"):
            said = promise_page.sheet(promise_keeping.track("EU")).verdict
        assert page.locator(".room .verdict p").all_inner_texts() == list(said)
    if room == "deal":
        found = deal(read_issues("silk-road-example"))
        head = f"The best package brings {found.optimal[0].total:,.6g} in all"
        assert head not in page.locator(".verdict").inner_text()  # with payments all can sign
        page.get_by_label("Those who gain may pay those who lose").uncheck()
        expect(page.locator(".verdict p").first).to_contain_text(head)
        assert "side_payments" not in page.evaluate("location.hash")
        page.get_by_label("Or your own table").fill("issue,A,B\nrail,3,-1\nvisas,-1,3")
        page.get_by_label("Or your own table").blur()
        expect(page.locator(".verdict p").first).to_contain_text("brings 4 in all: rail, visas")
        page.reload()
        expect(page.locator(".verdict p").first).to_contain_text("brings 4 in all: rail, visas")
        with page.expect_download() as kept:
            page.get_by_role("button", name="Data (CSV)").first.click()
        assert "rail,A,3" in kept.value.path().read_text(encoding="utf-8")


def test_what_an_economy_would_ask_for_is_what_the_scenario_of_it_says(
    fresh: Callable[..., Page],
) -> None:
    from winset.display import signed
    from winset.scenario import parse
    from winset.studies import scenario_run

    page = fresh("mine?my=KGZ&group=EAEU&size=-5")
    row = page.locator("[aria-labelledby=mine-asks] tbody tr[data-code=RUS]")
    expect(row).to_be_visible(timeout=40_000)
    change = {"kind": "trade-cost", "exporters": ["KGZ"], "importers": ["RUS"], "percent": -10.0}
    asked = {"world": "world-2023-free", "on": dt.date(2025, 9, 1), "change": [change]}
    table = scenario_run.run(parse(asked)).result.table()
    for k, code in ((1, "KGZ"), (2, "RUS")):
        figure = signed(float(table.loc[code, "welfare_musd"]), 0)
        expect(row.locator("> *").nth(k)).to_have_text(figure)
