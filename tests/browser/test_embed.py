"""Answers inside another site: whom the server lets, the one card that the address names, no controls."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from winset.governance.packages.issues import read_issues
from winset.governance.packages.search import deal
from winset.web.answers import dumps
from winset.web.sections import sections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Route
    from tests.browser.serving import Server

DEAL = "?lang=ru#deal?deal.side_payments=yes"


def at_once(page: Page) -> None:
    """Answer what the tabs ask here: the server's own queue begins with a minute of warming up."""

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        study, lang = address.path.rpartition("/")[2], parse_qs(address.query)["lang"][0]
        said = sections(study, route.request.post_data_json, lang)
        route.fulfill(body=dumps(said), content_type="application/json")

    page.route("**/api/sections/**", answer)


@contextlib.contextmanager
def framed(browser: Browser, server: Server, port: int) -> Iterator[Page]:
    """Another site on a port, whose page shows an answer in a frame."""
    frame = f'<!doctype html><iframe src="{server.address}embed/{DEAL}" width="700" height="500">'

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(frame.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", port), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        page = browser.new_page(locale="en-US")
        at_once(page)
        page.goto(f"http://127.0.0.1:{site.server_port}/")
        yield page
        page.close()
        site.shutdown()


def test_a_site_that_was_named_shows_an_answer_without_controls(
    browser: Browser, server: Server
) -> None:
    found = deal(read_issues("silk-road-example"), side_payments=True).optimal[0]
    said = f"{found.total:,.6g}".replace(",", "\u00a0").replace(".", ",")
    with framed(browser, server, server.paper) as page:
        inside = page.frame_locator("iframe")
        expect(inside.locator(".verdict p").first).to_contain_text(said, timeout=40_000)
        assert inside.locator("html").get_attribute("lang") == "ru"
        for gone in ("nav", "header.top", ".room > section", ".actions button"):
            assert not any(one.is_visible() for one in inside.locator(gone).all()), gone
        whole = inside.locator("footer a")
        assert (whole.get_attribute("href") or "").startswith("/#deal?")
        assert whole.get_attribute("target") == "_blank"


def test_a_site_that_was_not_named_shows_nothing(browser: Browser, server: Server) -> None:
    with framed(browser, server, 0) as page:
        expect(page.frame_locator("iframe").locator(".verdict p")).to_have_count(0)
        assert page.frames[-1].url.startswith("chrome-error:")


def test_the_button_copies_a_frame_that_holds_that_card_alone(
    fresh: Callable[..., Page], server: Server
) -> None:
    page = fresh("start", permissions=["clipboard-read", "clipboard-write"])
    at_once(page)
    page.goto(f"{server.address}#treaty?bloc=EAEU")
    card = page.locator(".room .answer section.card").first
    expect(card).to_be_visible(timeout=40_000)
    heading = card.locator("h2").inner_text()
    rows = card.locator("tbody tr").count()
    card.get_by_role("button", name="Embed").click()
    lines = page.evaluate("navigator.clipboard.readText()")
    source = page.evaluate(
        "lines => new DOMParser().parseFromString(lines, 'text/html').querySelector('iframe').src",
        lines,
    )
    assert source.startswith(f"{server.address}embed/?lang=en#treaty?")
    page.goto(source)
    shown = page.locator("section.card:visible")
    expect(shown).to_have_count(1, timeout=40_000)
    expect(shown.locator("h2")).to_have_text(heading)
    assert shown.locator("tbody tr").count() == rows
    assert not page.locator(".verdict").is_visible()
    violations = Axe().run(page).response["violations"]
    assert [one["id"] for one in violations] == [], json.dumps(violations)[:2000]
    page.goto(f"{source}&only=chart")
    page.reload()
    expect(page.locator("section.card")).not_to_have_count(0, timeout=40_000)
    assert not page.locator("table:visible").count()
