"""From the slider's move to new figures on screen: the page in a headless Chromium.

A server of its own is started; the slider is moved two hundred times, each move once the one before is
painted, and the page's own measure ``winset.move-to-paint`` is read: it begins with the slider's event
and ends with the first task after the frame that shows the new table. Beside it stand the limit of
100 milliseconds and what the solver and the request took of it.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

MOVES = 200
LIMIT = 100.0  # milliseconds at the 95th percentile
MEASURE = """async (moves) => {
  const slider = document.querySelector("#size");
  const taken = [];
  for (let k = 0; k < moves; k++) {
    const painted = new Promise((resolve) => {
      new PerformanceObserver((list, self) => {
        const found = list.getEntriesByName("winset.move-to-paint");
        if (!found.length) return;
        self.disconnect();
        resolve(found.at(-1));
      }).observe({ type: "measure" });
    });
    slider.value = String(-30 + 0.5 * ((7 * k) % 59));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    const { duration, detail } = await painted;
    taken.push([duration, detail.request, detail.solver]);
  }
  return taken;
}"""


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Run ``winset serve`` on a free port and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as jobs:
        command = [sys.executable, "-m", "winset.cli", "serve", "--port", str(port), "--jobs", jobs]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}/"
        try:
            for _ in range(600):
                with contextlib.suppress(urllib.error.URLError):
                    urllib.request.urlopen(f"{address}api/scenarios", timeout=5).close()
                    break
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            process.wait()


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(100 * share) - 1]


def main() -> None:
    """Move the slider and print median and 95th percentile."""
    system = shutil.which("chromium") or shutil.which("google-chrome")
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=system, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.goto(f"{address}#gains")
        page.wait_for_selector("body[data-settled]")
        page.evaluate(MEASURE, 20)  # the first moves compile the page's code
        taken = page.evaluate(MEASURE, MOVES)
        browser.close()
    for name, column in (("move to paint", 0), ("of it: request", 1), ("of it: solver", 2)):
        values = [row[column] for row in taken]
        high = percentile(values, 0.95)
        print(f"{name:16} median {statistics.median(values):6.1f} ms   95th {high:6.1f} ms")
    whole = percentile([row[0] for row in taken], 0.95)
    print(
        f"{whole / LIMIT:.2f} of the limit of {LIMIT:.0f} ms at the 95th percentile, {MOVES} moves"
    )


if __name__ == "__main__":
    main()
