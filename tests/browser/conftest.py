"""A headless browser: the system's Chromium, or the one that Playwright downloads."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

if TYPE_CHECKING:
    from collections.abc import Iterator


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
