"""A room's long question as a job, and the tabs of brief and summit, at any width in three languages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from winset.report.brief import dossier, law, standing, tariffs
from winset.web import questions, sections

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

#: A question that is for a job whatever it takes, and takes a moment.
LONG = """title = "One phrase"
[[phrase]]
id = "projects"
phrase = "Projects that all would sign"
question = "How many projects are there?"
command = "winset bank two-islands --draws 20"
number = "count(projects)"
test = ">"
value = 0
"""
LOCALES = {"en": "en-US", "ru": "ru-RU", "zh": "zh-CN"}
WIDTHS = [("en", 1280), ("ru", 390), ("zh", 390), ("ru", 1280)]


def whole(page: Page) -> None:
    """Nothing is cut off, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []


def test_a_long_question_is_a_job_that_the_address_keeps(
    fresh: Callable[..., Page],
) -> None:
    page = fresh(f"summit?summit.text={quote(LONG)}")
    start = page.get_by_role("button", name="Start as a job")
    expect(start).to_be_visible(timeout=60_000)
    whole(page)
    start.click()
    expect(page.locator(".job progress, .room .verdict p").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"summit\.job=[0-9a-f]{16}"))
    page.reload()  # whether it is running or done
    expect(page.locator(".room .verdict p").first).to_be_visible(timeout=120_000)
    expect(page.locator(".room .verdict p").first).to_have_text(
        "supported: 1; not supported: 0; cannot be computed: 0."
    )
    name = re.search(r"summit\.job=([0-9a-f]{16})", page.url)[1]  # type: ignore[index]
    job = page.evaluate(f"fetch('/api/jobs/{name}').then((said) => said.json())")
    assert job["result"]["phrases"][0]["verdict"] == "supported"
    with page.expect_download() as kept:
        page.get_by_role("button", name="Report").click()
    assert "<!doctype html>" in kept.value.path().read_text(encoding="utf-8").lower()
    page.get_by_label("A draft to be checked").fill("All would sign projects.")
    page.get_by_label("A draft to be checked").blur()
    expect(start).to_be_visible(timeout=60_000)  # which the job has not asked
    assert "summit.job" not in page.url


def test_a_job_of_a_room_is_cancelled(fresh: Callable[..., Page]) -> None:
    page = fresh("summit")
    running: dict[str, Any] = {"state": "running", "done": 0, "total": 1, "seconds_left": None}

    def one(route: Route) -> None:
        if route.request.method == "DELETE":
            running["state"] = "cancelled"
        route.fulfill(json=running | {"id": "00" * 8, "study": "summit"})

    def add(route: Route) -> None:
        running["body"] = route.request.post_data_json
        route.fulfill(status=202, json=running | {"id": "00" * 8})

    page.route("**/api/jobs", add)
    page.route("**/api/jobs/*", one)
    page.get_by_label("Or a summit of your own").fill(LONG)
    page.get_by_label("Or a summit of your own").blur()
    page.get_by_role("button", name="Start as a job").click(timeout=60_000)
    expect(page.locator(".job progress")).to_be_visible()
    whole(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".job")).to_contain_text("cancelled.")
    expect(page.get_by_role("button", name="Start as a job")).to_be_visible()


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """A brief of three sections, in each language."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dossier, "SECTIONS", (standing, tariffs, law))
        found = questions.QUESTIONS["brief"]({"bloc": "EAEU", "on": "2025-09-01"}).answer()
        said = {lang: sections.kept("brief", found, lang)[0] for lang in LOCALES}
    return json.loads(json.dumps(said))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("lang", "width"), WIDTHS)
def test_the_tab_of_the_brief(
    fresh: Callable[..., Page], told: dict[str, Any], lang: str, width: int, tmp_path: Path
) -> None:
    page = fresh(
        "war?world=icio-2022&bloc=EAEU",
        viewport={"width": width, "height": 844},
        locale=LOCALES[lang],
    )
    job: dict[str, Any] = {"id": "ab" * 8, "state": "running", "done": 1, "total": 3}
    job |= {"seconds_left": 61.0}

    def add(route: Route) -> None:
        job["body"] = route.request.post_data_json
        route.fulfill(status=202, json=job)

    page.route("**/api/jobs", add)
    page.route("**/api/jobs/*", lambda route: route.fulfill(json=job))
    page.route("**/api/jobs/*/sections*", lambda route: route.fulfill(json=told[lang]))
    page.locator("main > .hint a").click()
    expect(page).to_have_url(re.compile("#brief.*part=tariffs"))
    page.locator(".room .job button.primary").click(timeout=60_000)
    expect(page.locator(".job progress")).to_have_attribute("max", "3")
    assert job["body"] == {
        "study": "brief", "bloc": "EAEU", "on": "2025-09-01", "sections": True
    }  # fmt: skip
    whole(page)
    page.screenshot(path=tmp_path / f"job-{lang}-{width}.png", full_page=True)
    job["state"] = "done"
    expect(page.locator(".room .verdict p").first).to_be_visible()
    heading = told[lang]["sections"][1]["title"]
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_in_viewport()
    assert page.locator(".room .verdict p").all_inner_texts() == told[lang]["verdict"]
    whole(page)
    page.screenshot(path=tmp_path / f"brief-{lang}-{width}.png", full_page=True)
    for kind in ("PDF", "DOCX", "MD"):
        expect(page.get_by_role("button", name=kind, exact=True)).to_be_visible()
    page.locator(".notes li", has_text="winset treaty EAEU --on 2025-09-01").get_by_role(
        "link"
    ).click()
    expect(page).to_have_url(re.compile("#treaty.*bloc=EAEU.*brief.job="))


@pytest.mark.parametrize(("lang", "width"), WIDTHS[:3])
def test_the_tab_of_the_summit(
    fresh: Callable[..., Page], lang: str, width: int, tmp_path: Path
) -> None:
    short = LONG.replace(" --draws 20", "")
    page = fresh(
        f"summit?summit.text={quote(short)}&summit.check={quote('All would sign projects by 2030.')}",
        viewport={"width": width, "height": 844},
        locale=LOCALES[lang],
    )
    expect(page.locator(".room .verdict p").first).to_be_visible(timeout=60_000)
    expect(page.locator(".room table")).to_have_count(2)
    whole(page)
    page.screenshot(path=tmp_path / f"summit-{lang}-{width}.png", full_page=True)
