"""A log that a stranger cannot fill a disk with: so many lines a minute of one kind, and in all."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter

SECONDS = 60.0
EACH = 5  # records of one kind
MOST = 50
LONGEST = 4_000  # characters of one record


class BoundedLog(logging.Filter):
    """Lets the first few records of each minute through; the next minute begins with how many were not."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._begun = -SECONDS
        self._seen: Counter[tuple[str, str]] = Counter()
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is written."""
        with self._lock:
            now, note = time.monotonic(), ""
            if now - self._begun >= SECONDS:
                note = f" ({self._left_out} more were left out)" if self._left_out else ""
                self._begun, self._left_out = now, 0
                self._seen.clear()
            kind = (record.name, str(record.msg)[:200])
            if self._seen[kind] >= EACH or self._seen.total() >= MOST:
                self._left_out += 1
                return False
            self._seen[kind] += 1
        record.msg, record.args = f"{record.getMessage()[:LONGEST]}{note}", None
        return True


def bounded_logs() -> None:
    """Send warnings of every logger to standard error, within bounds."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(BoundedLog())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
