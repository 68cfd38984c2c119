"""The command line: parse, call the study or a room, show.

Each question has a file of its own in this package and registers its commands on ``app``.
Anything heavy is imported inside the command that needs it, so that ``winset --help`` answers
at once.
"""

from __future__ import annotations

import io
import os
import sys

from winset.cli import (  # noqa: F401  (they register their commands)
    agree,
    backtest,
    bank,
    bloc,
    carbon,
    common,
    deal,
    depend,
    doors,
    effect,
    even,
    gap,
    match,
    offer,
    people,
    route,
    run,
    serve,
    share,
    track,
    treaty,
    union,
    vote,
    war,
    world,
)
from winset.cli.app import app
from winset.errors import WinsetError, plain

__all__ = ["app", "main"]


def _speak_utf8() -> None:
    """Print UTF-8 whatever the code page is: names, minus signs and Cyrillic titles in one encoding.

    What was never text, as a byte of a file's name, is written with a backslash.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def main() -> None:
    """Run the program; an expected failure is one message on stderr and exit code 2."""
    _speak_utf8()
    debug = "--debug" in sys.argv
    if debug:
        sys.argv.remove("--debug")  # allowed anywhere on the line, before typer sees it
    try:
        app()
    except WinsetError as error:
        if debug:
            raise
        print(f"winset: {plain(str(error))}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader of a pipe has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (OSError, MemoryError) as error:
        if debug:
            raise
        where = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        what = "not enough memory" if isinstance(error, MemoryError) else error.strerror or error
        print(f"winset: {plain(f'{where}{what}')}.", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        from winset.trade.numerics.kernels import damaged_cache

        if debug or not (place := damaged_cache(error)):
            raise
        print(
            f"winset: the compiled kernels in {place} are damaged. Remove the files *.nbi and *.nbc "
            "there; they are compiled again, once.",
            file=sys.stderr,
        )
        sys.exit(2)
