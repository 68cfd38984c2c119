"""A headless browser, the system's Chromium or the one that Playwright downloads, and a server."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from tests.browser.serving import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

expect.set_options(timeout=40_000)  # two busy cores


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Skips only where there is no browser and this is not CI."""
    system = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as driver:
        try:
            started = driver.chromium.launch(executable_path=system, args=["--no-sandbox"])
        except PlaywrightError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(
                "needs Chromium: install your system's, or run "
                f".venv/bin/playwright install chromium ({error.message.splitlines()[0]})"
            )
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One ``winset serve`` for all tests of a process that leave it running."""
    started = Server(tmp_path_factory.mktemp("jobs"))
    started.start()
    yield started
    started.stop()


@pytest.fixture
def fresh(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open the page in a new browser context at an address's part behind the #.

    Any message on the console, and any request beyond the server, fails the test; `quiet` = False
    lets messages pass where the server is meant to be away.
    """
    contexts, said = [], []

    def make(fragment: str = "gains", *, quiet: bool = True, at: str = "", **options: Any) -> Page:
        address = at or server.address
        context = browser.new_context(**({"locale": "en-US"} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(40_000)
        if quiet:
            page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith((address, "blob:")) else said.append(r.url),
        )
        page.goto(f"{address}#{fragment}" if fragment else address)
        expect(page.locator("main h1")).to_be_visible()
        expect(
            page.locator("body:is([data-settled], [data-tab]:not([data-tab=gains]))")
        ).to_be_attached()
        return page

    yield make
    for context in contexts:
        context.close()
    assert said == []
