"""What every command prints with: one JSON object, or tables fit for a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console


def print_json(payload: dict[str, Any] | list[Any]) -> None:
    """Print exactly one JSON value, in ASCII for any code page; a NaN is a bug and raises."""
    json.dump(payload, sys.stdout, allow_nan=False, indent=1)
    sys.stdout.write("\n")


def console() -> Console:
    """Return the terminal; piped output is 120 columns wide and free of colors."""
    from rich.console import Console

    # Titles and names are data: nothing in them is markup.
    return Console(width=None if sys.stdout.isatty() else 120, highlight=False, markup=False)


@contextmanager
def progress(
    what: str, *, quiet: bool = False, unit: str = "blocks"
) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar with rate and time left on stderr, where that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(f"{unit} of {what}", total=None, rate="")

        def report(done: int, total: int) -> None:
            speed = bar.tasks[task].speed
            rate = f"{speed:.1f} {unit}/s" if speed else ""
            bar.update(task, completed=done, total=total, rate=rate)

        yield report


def announce_compilation(compiled: Callable[[], bool] | None = None) -> None:
    """Say on stderr that the first run on a machine compiles; numba keeps the result.

    `compiled` tells whether it has been done; by default for the kernels of all coalitions.
    """
    if compiled is None:
        from winset.trade.coalitions import compute

        compiled = compute.compiled
    if not compiled():
        print(
            "winset: compiling the kernels, once on this machine: about a minute.", file=sys.stderr
        )
