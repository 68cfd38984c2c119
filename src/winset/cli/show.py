"""What every command prints with: one JSON object, or tables fit for a terminal."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from winset.display import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from winset.display import Table
    from winset.report.outputs import Output
    from winset.worlds import World


def print_json(payload: dict[str, Any] | list[Any]) -> None:
    """Print exactly one JSON value, in ASCII for any code page; a NaN is a bug and raises."""
    json.dump(payload, sys.stdout, allow_nan=False, indent=1)
    sys.stdout.write("\n")


def console() -> Console:
    """Return the terminal; a pipe is as wide as ``COLUMNS`` says, else 120, and free of colors."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # for main(), which ends as for whatever else is printed

    told = os.environ.get("COLUMNS", "").isdigit()
    # Titles and names are data: nothing in them is markup, or the name of an emoji.
    return Terminal(
        width=None if told or sys.stdout.isatty() else 120,
        highlight=False,
        markup=False,
        emoji=False,
    )


def present(
    payload: dict[str, Any] | list[Any],
    shown: Iterable[Table | str],
    dim: Iterable[str] = (),
    *,
    json: bool,
    files: Iterable[Path | None] = (),
) -> None:
    """Print the one JSON value; or tables and sentences, what they rest on, and the files written."""
    if json:
        print_json(payload)
        return
    terminal = console()
    for item in shown:
        terminal.print(item)
    for line in dim:
        terminal.print(line, style="dim")
    written(*files)


def deliver(
    where: Output,
    payload: dict[str, Any] | list[Any],
    shown: Sequence[Table | str],
    dim: Sequence[str] = (),
    *,
    title: str,
    worlds: Iterable[World] = (),
    notes: Iterable[str] | None = None,
    json: bool,
    files: Iterable[Path | None] = (),
) -> None:
    """Write what ``--out`` asks for, then `present` it; `notes` are its sentences and `dim` if left out."""
    said = (*sentences(shown), *dim) if notes is None else notes
    made = where.write(payload, title=title, worlds=worlds, notes=said)
    present(payload, shown, dim, json=json, files=(*files, *made))


def listing(rows: Sequence[tuple[str, str]], least: int = 0) -> None:
    """Print labels with what they say beside them, folded under itself where it is long."""
    side = max(least, *(len(label) for label, _ in rows))
    terminal = console()
    room = max(terminal.width - side - 2, 20)
    for label, text in rows:
        for at, line in enumerate(folded(text, room)):
            terminal.print(f"{'' if at else label:<{side}}  {line}".rstrip(), soft_wrap=True)


def sentences(shown: Iterable[Table | str]) -> list[str]:
    """Return what of a command's output is no table, line by line."""
    return [line for item in shown if isinstance(item, str) for line in item.splitlines()]


def written(*paths: Path | None) -> None:
    """Say which files were written, each on a line that nothing breaks."""
    for path in paths:
        if path is not None:
            console().print(f"Written: {path}", soft_wrap=True)


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
