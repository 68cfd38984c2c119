"""What every command prints with: one JSON object, or tables fit for a terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def print_json(payload: dict[str, Any] | list[Any]) -> None:
    """Print exactly one JSON value; a NaN is a bug and raises."""
    json.dump(payload, sys.stdout, allow_nan=False, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def console() -> Console:
    """Return the terminal; piped output is 120 columns wide and free of colors."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)
